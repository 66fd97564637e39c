"""The `registry` command."""

import click

from registry.cli.audit import audit
from registry.cli.catalogue import catalogue
from registry.cli.certificates import certificates
from registry.cli.criteria import criteria
from registry.cli.database import database
from registry.cli.demo import demo
from registry.cli.doctor import doctor
from registry.cli.fonts import command as fonts
from registry.cli.programmes import programmes
from registry.cli.rounds import rounds
from registry.cli.serve import serve
from registry.cli.translations import translations
from registry.cli.users import users
from registry.cli.worker import worker


@click.group()
@click.version_option(package_name="registry")
def registry() -> None:
    """The registry of synergy benchmarks: serve it, check it, look after it."""


for _command in (
    audit,
    catalogue,
    certificates,
    criteria,
    database,
    demo,
    doctor,
    fonts,
    programmes,
    rounds,
    serve,
    translations,
    users,
    worker,
):
    registry.add_command(_command)
