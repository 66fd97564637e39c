"""The schema of a database: bringing it up to date, and asking whether it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config as Alembic
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from registry.config import ROOT


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database up to a revision, the newest by default."""
    with changing(engine) as connection:
        command.upgrade(_alembic(connection), to)


def downgrade(engine: Engine, to: str) -> None:
    """Take the database down to a revision, or to `base`.

    Raises CommandError, and changes nothing, where something came since that has no place in the older schema.
    """
    with changing(engine) as connection:
        command.downgrade(_alembic(connection), to)


def is_current(engine: Engine) -> bool:
    """Tell whether the database stands at the newest revision."""
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
        return at == ScriptDirectory.from_config(_alembic(connection)).get_current_head()


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """Give a connection in one transaction for all that a migration changes.

    SQLite changes a table by copying it, and would follow foreign keys while the old one is dropped; the keys are
    checked as a whole before the end instead.
    """
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            _follow_keys(connection, "OFF")
        try:
            with connection.begin():
                yield connection
                if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                    raise RuntimeError(f"foreign keys lead nowhere: {broken[:5]}")
        finally:
            if sqlite:
                _follow_keys(connection, "ON")


def _follow_keys(connection: Connection, switch: str) -> None:
    # Outside any transaction, where alone SQLite heeds it.
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys = {switch}")
    cursor.close()


def _alembic(connection: Connection) -> Alembic:
    alembic = Alembic()
    alembic.set_main_option("script_location", str(ROOT / "migrations"))
    alembic.attributes["connection"] = connection
    return alembic
