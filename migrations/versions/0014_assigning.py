"""Plans of who reviews what in a round: kept as they were drawn up, and drawn up as a task."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_of_0011 = spec_from_file_location("ties", Path(__file__).with_name("0011_ties.py"))
before = module_from_spec(_of_0011)
_of_0011.loader.exec_module(before)

TASKS_NOW = (*before.TASKS_NOW, "assignment")
KEPT = ("assignment_plan", "planned_pair")
_CONTENT = (
    "round_id",
    "kind",
    "seed",
    "settings",
    "digest",
    "content",
    "weighed",
    "drawn_up_by_id",
    "drawn_up_at",
)
GUARDS = (
    ("assignment_plan", "UPDATE", f"OLD.state <> 'drafted' OR {before.first.changed(*_CONTENT)}"),
    ("assignment_plan", "DELETE", "TRUE"),
    ("planned_pair", "UPDATE", "TRUE"),
    ("planned_pair", "DELETE", "TRUE"),
    (
        "planned_pair",
        "INSERT",
        before.first.exists("assignment_plan p", "p.id = NEW.plan_id AND p.state <> 'drafted'"),
    ),
)


def upgrade() -> None:
    op.create_table(
        "assignment_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("kind", before._words(("solver", "csv"), "plankind"), nullable=False),
        sa.Column("state", before._words(("drafted", "committed", "discarded"), "planstate"), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("settings", "content", "weighed", "faults")),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("drawn_up_by_id", sa.Integer(), nullable=False),
        sa.Column("drawn_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("seed <> ''", name=op.f("ck_assignment_plan_has_a_seed")),
        sa.CheckConstraint(
            "(state = 'drafted') = (ended_at IS NULL) AND (ended_at IS NULL) = (ended_by_id IS NULL)",
            name=op.f("ck_assignment_plan_ended_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_assignment_plan_round_id")),
        sa.ForeignKeyConstraint(
            ["drawn_up_by_id"], ["user_account.id"], name=op.f("fk_assignment_plan_drawn_up_by_id")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user_account.id"], name=op.f("fk_assignment_plan_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_plan")),
    )
    op.create_index(op.f("ix_assignment_plan_round_id"), "assignment_plan", ["round_id"], unique=False)
    drafted = sa.text("state = 'drafted'")
    op.create_index(
        "uq_assignment_plan_drafted",
        "assignment_plan",
        ["round_id"],
        unique=True,
        sqlite_where=drafted,
        postgresql_where=drafted,
    )
    op.create_table(
        "planned_pair",
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("plan_id", "application_id", "reviewer_id", "match", "load")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["assignment_plan.id"], name=op.f("fk_planned_pair_plan_id")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_planned_pair_application_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user_account.id"], name=op.f("fk_planned_pair_reviewer_id")),
        sa.PrimaryKeyConstraint("plan_id", "application_id", "reviewer_id", name=op.f("pk_planned_pair")),
    )
    op.create_index(op.f("ix_planned_pair_application_id"), "planned_pair", ["application_id"], unique=False)
    before._say("task", "kind", "taskkind", TASKS_NOW)
    before._keep(GUARDS)
    if op.get_bind().dialect.name != "sqlite":
        for table in KEPT:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_truncate()"
            )


def downgrade() -> None:
    """Go back to assigning by hand alone: the plans are gone, what they assigned stays."""
    before._release(GUARDS)
    op.drop_table("planned_pair")
    op.drop_table("assignment_plan")
    op.execute("DELETE FROM task WHERE kind = 'assignment'")
    before._say("task", "kind", "taskkind", before.TASKS_NOW)
