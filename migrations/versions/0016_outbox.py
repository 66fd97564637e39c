"""Letters are held until a second person sends them; of an application at most one waits, and each is sent once."""

from contextlib import AbstractContextManager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations
from alembic.util import CommandError

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEYS = (
    ("written_by_id", "user_account"),
    ("decision_id", "decision"),
    ("replaces_id", "letter"),
    ("instead_of_id", "letter"),
    ("settled_by_id", "user_account"),
)
CHECKS = (
    ("settled_at_a_time", "(state = 'waiting') = (settled_at IS NULL)"),
    ("sent_by_another", "state <> 'sent' OR settled_by_id <> written_by_id"),
    ("withdrawn_for_a_reason", "state = 'withdrawn' OR reason = ''"),
    ("letterstate", "state IN ('waiting', 'sent', 'withdrawn')"),
)
WAITING, OF_LETTER = sa.text("state = 'waiting'"), sa.text("letter_id IS NOT NULL")

_of_0011 = spec_from_file_location("ties", Path(__file__).with_name("0011_ties.py"))
ties = module_from_spec(_of_0011)
_of_0011.loader.exec_module(ties)

FROZEN = (
    *("application_id", "kind", "subject", "body", "subject_en", "body_en", "told", "written_at", "written_by_id"),
    *("decision_id", "replaces_id", "instead_of_id"),
)
GUARDS_BEFORE = (("letter", "UPDATE", "TRUE"), ("letter", "DELETE", "TRUE"))
# What a letter says never changes; what became of it is said once.
GUARDS_NOW = (
    ("letter", "UPDATE", f"{ties.first.changed(*FROZEN)} OR OLD.state <> 'waiting'"),
    ("letter", "DELETE", "TRUE"),
)


def upgrade() -> None:
    ties._release(GUARDS_BEFORE)
    with _batch() as batch:
        batch.add_column(sa.Column("told", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
        for name, _table in KEYS:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch.add_column(sa.Column("state", sa.String(length=32), server_default="sent", nullable=False))
        batch.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("reason", sa.Text(), server_default="", nullable=False))
    # Every letter so far was sent as soon as it was written.
    op.execute("UPDATE letter SET settled_at = written_at")
    with _batch() as batch:
        for name, table in KEYS:
            batch.create_foreign_key(op.f(f"fk_letter_{name}"), table, [name], ["id"])
        batch.create_unique_constraint(op.f("uq_letter_instead_of_id"), ["instead_of_id"])
        for name, condition in CHECKS:
            batch.create_check_constraint(op.f(f"ck_letter_{name}"), condition)
    op.create_index(
        "uq_letter_one_waiting",
        "letter",
        ["application_id"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        "uq_message_letter_once",
        "message",
        ["letter_id", "user_id"],
        unique=True,
        sqlite_where=OF_LETTER,
        postgresql_where=OF_LETTER,
    )
    ties._keep(GUARDS_NOW)


def downgrade() -> None:
    """Go back to letters that are all sent; those that were withdrawn are gone."""
    waiting = sa.select(sa.func.count()).select_from(sa.table("letter")).where(sa.column("state") == "waiting")
    rows = op.get_bind().scalar(waiting)
    if rows:
        raise CommandError(f"cannot go back to {down_revision}: {rows} letters wait to be sent")
    ties._release(GUARDS_NOW)
    op.drop_index("uq_message_letter_once", table_name="message")
    op.drop_index("uq_letter_one_waiting", table_name="letter")
    with _batch() as batch:
        for name, _condition in CHECKS:
            batch.drop_constraint(op.f(f"ck_letter_{name}"), type_="check")
        batch.drop_constraint(op.f("uq_letter_instead_of_id"), type_="unique")
        for name, _table in KEYS:
            batch.drop_constraint(op.f(f"fk_letter_{name}"), type_="foreignkey")
    op.execute("DELETE FROM letter WHERE state = 'withdrawn'")
    with _batch() as batch:
        for name in ("reason", "settled_at", "state", *(name for name, _table in KEYS), "told"):
            batch.drop_column(name)
    ties._keep(GUARDS_BEFORE)


def _batch() -> AbstractContextManager[BatchOperations]:
    """Change the letters; what their keys lead to stays as it is and need not be read."""
    return op.batch_alter_table("letter", reflect_kwargs={"resolve_fks": False})
