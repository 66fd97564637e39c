"""A point of the formal check may not apply: neither held nor failed, with a note that says why.

The table is copied where SQLite has no other way to change it, so what the database refuses of it is set up anew.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE, EXPLAINED = "screening_item", "ck_screening_item_does_not_apply_for_a_reason"

_of_0005 = spec_from_file_location("programmes", Path(__file__).with_name("0005_programmes.py"))
before = module_from_spec(_of_0005)
_of_0005.loader.exec_module(before)
first = before.first
GUARDS = tuple(guard for guard in before._guards()[0] if guard[0] == TABLE)


def upgrade() -> None:
    _release()
    with op.batch_alter_table(TABLE, reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("held", existing_type=sa.Boolean(), nullable=True)
        batch.create_check_constraint(op.f(EXPLAINED), "held IS NOT NULL OR note <> ''")
    _keep()


def downgrade() -> None:
    """Go back to two answers: what does not apply does not hold, and its note says why it may go on all the same."""
    _release()
    op.execute(f"UPDATE {TABLE} SET held = FALSE WHERE held IS NULL")  # noqa: S608 - nothing here comes from outside
    with op.batch_alter_table(TABLE, reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(op.f(EXPLAINED), type_="check")
        batch.alter_column("held", existing_type=sa.Boolean(), nullable=False)
    _keep()


def _release() -> None:
    for table, verb, _condition in GUARDS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {first._name(table, verb)}")
        else:
            op.execute(f"DROP FUNCTION {first._name(table, verb)}() CASCADE")


def _keep() -> None:
    for table, verb, condition in GUARDS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(first._on_sqlite(table, verb, condition.replace("DIFFERS FROM", "IS NOT")))
            continue
        for statement in first._on_postgresql(table, verb, condition.replace("DIFFERS FROM", "IS DISTINCT FROM")):
            op.execute(statement)
