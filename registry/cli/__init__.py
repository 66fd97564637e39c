"""The `registry` command."""

import click

from registry.cli.fonts import command as fonts
from registry.cli.translations import translations


@click.group()
@click.version_option(package_name="registry")
def registry() -> None:
    """The registry of synergy benchmarks: serve it, check it, look after it."""


for _command in (fonts, translations):
    registry.add_command(_command)
