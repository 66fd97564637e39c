"""What a category asks of awards that are held; and a round that was opened without an end can be given one, once."""

from contextlib import AbstractContextManager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


_of_0009 = spec_from_file_location("dossiers", Path(__file__).with_name("0009_dossiers.py"))
before = module_from_spec(_of_0009)
_of_0009.loader.exec_module(before)
ROUND_BEFORE = before.ROUND_NOW
_FIXED, _SET = before.first.changed("closes_at"), before.first.set_once("closes_at")
ROUND_NOW = tuple(
    (table, verb, condition.replace(_FIXED, _SET) if verb == "UPDATE" else condition)
    for table, verb, condition in ROUND_BEFORE
)


def upgrade() -> None:
    """Let categories ask for awards, and officers set the end of a round that has none."""
    before._release(ROUND_BEFORE)
    before._keep(ROUND_NOW)
    once = sa.Enum("site", "applicant", name="once", native_enum=False, create_constraint=True, length=32)
    with _batch("category") as batch:
        batch.add_column(sa.Column("after", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        batch.add_column(sa.Column("once", once, nullable=True))


def downgrade() -> None:
    """Go back to categories that ask nothing of awards; what they asked is gone. An end that was set stays."""
    before._release(ROUND_NOW)
    before._keep(ROUND_BEFORE)
    with _batch("category") as batch:
        batch.drop_constraint(op.f("ck_category_once"), type_="check")
        batch.drop_column("once")
        batch.drop_column("after")


def _batch(table: str) -> AbstractContextManager[BatchOperations]:
    """Change a table; what its keys lead to stays as it is and need not be read."""
    return op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False})
