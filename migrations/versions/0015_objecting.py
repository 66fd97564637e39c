"""Objections in name or anonymous, each with its own time for the answer; upholding one takes two persons.

An objection from before had no time of its own: it gets seven days, which five working days usually are.
"""

from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_of_0011 = spec_from_file_location("ties", Path(__file__).with_name("0011_ties.py"))
ties = module_from_spec(_of_0011)
_of_0011.loader.exec_module(ties)
first, dossiers = ties.first, ties._of("0009", "dossiers")

STATUSES_BEFORE = ("open", "dismissed", "upheld")
STATUSES_NOW = ("open", "proposed", "dismissed", "upheld")
DECISIONS_BEFORE = ("selection", "notice", "publication", "correction", "revocation", "termination", "pool")
DECISIONS_NOW = (*DECISIONS_BEFORE, "removal")
ONE_PROPOSED = "uq_decision_one_proposed_per_round_category"
PROPOSED_BEFORE = "status = 'proposed'"
PROPOSED_NOW = "status = 'proposed' AND kind <> 'removal'"
DAYS = timedelta(days=7)

TABLES = ("decision", "objection", "reply")
GUARDS_BEFORE = tuple(guard for guard in (*ties.before._guards()[0], *dossiers.GUARDS) if guard[0] in TABLES)
_OF_OBJECTION = (
    f"{first.changed('notice_id', 'application_id', 'statement', 'receipt', 'raised_at')}"
    f" OR {first.changed('anonymous', 'answer_due_at')}"
    f" OR (OLD.status NOT IN ('open', 'proposed') AND ({first.changed('status')}))"
)
GUARDS_NOW = (
    *(
        (table, verb, _OF_OBJECTION if (table, verb) == ("objection", "UPDATE") else condition)
        for table, verb, condition in GUARDS_BEFORE
    ),
    ("reply", "INSERT", "NEW.upheld AND NEW.decision_id IS NULL"),
)


def upgrade() -> None:
    ties._release(GUARDS_BEFORE)
    _index_proposals(PROPOSED_NOW)
    ties._say("decision", "kind", "decisionkind", DECISIONS_NOW)
    with ties._batch("objection") as batch:
        batch.add_column(sa.Column("anonymous", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=True))
    _give_time()
    with ties._batch("objection") as batch:
        batch.alter_column("anonymous", existing_type=sa.Boolean(), nullable=False)
        batch.alter_column("answer_due_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.create_check_constraint(
            op.f("ck_objection_anonymous_without_a_name"), "NOT anonymous OR (name = '' AND contact = '')"
        )
        batch.create_check_constraint(op.f("ck_objection_due_after_it_was_raised"), "raised_at < answer_due_at")
        batch.create_index(op.f("ix_objection_answer_due_at"), ["answer_due_at"], unique=False)
    ties._say("objection", "status", "objectionstatus", STATUSES_NOW)
    with ties._batch("reply") as batch:
        batch.add_column(sa.Column("decision_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_reply_decision_id"), "decision", ["decision_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_reply_decision_id"), ["decision_id"])
        batch.create_check_constraint(op.f("ck_reply_approved_where_upheld"), "decision_id IS NULL OR upheld")
    ties._keep(GUARDS_NOW)


def downgrade() -> None:
    """Go back to objections that one person answers; what was proposed of them has no place there."""
    proposals = sa.select(sa.func.count()).select_from(sa.table("decision")).where(sa.column("kind") == "removal")
    rows = op.get_bind().scalar(proposals)
    if rows:
        raise CommandError(f"cannot go back to {down_revision}: {rows} decisions on removing an entry")
    ties._release(GUARDS_NOW)
    with ties._batch("reply") as batch:
        batch.drop_constraint(op.f("ck_reply_approved_where_upheld"), type_="check")
        batch.drop_constraint(op.f("uq_reply_decision_id"), type_="unique")
        batch.drop_constraint(op.f("fk_reply_decision_id"), type_="foreignkey")
        batch.drop_column("decision_id")
    ties._say("objection", "status", "objectionstatus", STATUSES_BEFORE)
    with ties._batch("objection") as batch:
        batch.drop_index(op.f("ix_objection_answer_due_at"))
        batch.drop_constraint(op.f("ck_objection_due_after_it_was_raised"), type_="check")
        batch.drop_constraint(op.f("ck_objection_anonymous_without_a_name"), type_="check")
        batch.drop_column("answer_due_at")
        batch.drop_column("anonymous")
    ties._say("decision", "kind", "decisionkind", DECISIONS_BEFORE)
    _index_proposals(PROPOSED_BEFORE)
    ties._keep(GUARDS_BEFORE)


def _index_proposals(which: str) -> None:
    op.drop_index(ONE_PROPOSED, table_name="decision")
    op.create_index(
        ONE_PROPOSED,
        "decision",
        ["round_category_id", "kind"],
        unique=True,
        sqlite_where=sa.text(which),
        postgresql_where=sa.text(which),
    )


def _give_time() -> None:
    table = sa.table(
        "objection",
        sa.column("id", sa.Integer()),
        sa.column("raised_at", sa.DateTime(timezone=True)),
        sa.column("anonymous", sa.Boolean()),
        sa.column("answer_due_at", sa.DateTime(timezone=True)),
    )
    bind = op.get_bind()
    for number, raised_at in bind.execute(sa.select(table.c.id, table.c.raised_at)).all():
        given = {"anonymous": False, "answer_due_at": raised_at + DAYS}
        bind.execute(sa.update(table).where(table.c.id == number).values(**given))
