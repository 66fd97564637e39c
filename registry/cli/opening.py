"""Opening the database that a command is about, and saying plainly where there is none."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from registry import db, schema
from registry.config import Config, from_environment


@contextmanager
def opened() -> Iterator[tuple[Config, db.Database]]:
    """Give the settings and their database; a command ends with a sentence where it is missing or out of date."""
    config = from_environment()
    if not _there(config):
        raise click.ClickException(
            f"there is no database in {config.data}. Set REGISTRY_DATA to its folder "
            "(that of the demonstration is var/demo), or make one with `registry database upgrade`."
        )
    database = db.connect(config.database_url)
    try:
        if not schema.is_current(database.engine):
            raise click.ClickException("the database is not up to date; run `registry database upgrade`.")
        yield config, database
    finally:
        database.engine.dispose()


def _there(config: Config) -> bool:
    return bool(config.database) or (config.data / "registry.sqlite").exists()
