"""The schema of a database: bringing it up to date, and asking whether it is."""

from alembic import command
from alembic.config import Config as Alembic
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from registry.config import ROOT


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database up to a revision, the newest by default."""
    with engine.begin() as connection:
        command.upgrade(_alembic(connection), to)


def downgrade(engine: Engine, to: str) -> None:
    """Take the database down to a revision, or to `base`."""
    with engine.begin() as connection:
        command.downgrade(_alembic(connection), to)


def is_current(engine: Engine) -> bool:
    """Tell whether the database stands at the newest revision."""
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
        return at == ScriptDirectory.from_config(_alembic(connection)).get_current_head()


def _alembic(connection: Connection) -> Alembic:
    alembic = Alembic()
    alembic.set_main_option("script_location", str(ROOT / "migrations"))
    alembic.attributes["connection"] = connection
    return alembic
