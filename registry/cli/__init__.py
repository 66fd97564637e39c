"""The `registry` command."""

import click

from registry.cli.database import database
from registry.cli.fonts import command as fonts
from registry.cli.serve import serve
from registry.cli.translations import translations
from registry.cli.worker import worker


@click.group()
@click.version_option(package_name="registry")
def registry() -> None:
    """The registry of synergy benchmarks: serve it, check it, look after it."""


for _command in (database, fonts, serve, translations, worker):
    registry.add_command(_command)
