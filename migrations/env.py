"""Runs the migrations on the connection that is handed in, else on the configured database."""

from alembic import context
from sqlalchemy import Connection

from registry import schema
from registry.config import from_environment
from registry.db import connect
from registry.models import Base
from registry.models.base import Exact, Moment


def rendered(kind: str, item: object, _context: object) -> str | bool:
    """How our own types stand in a migration: as the plain types they are kept in."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Exact):
        return "sa.String(length=64)"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=rendered,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    engine = connect(from_environment().database_url).engine
    with schema.changing(engine) as connection:
        migrate(connection)
    engine.dispose()
