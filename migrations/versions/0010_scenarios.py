"""Scenarios of the what-if bench are kept, and none is changed; a long round's stability is worked out as a task."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_of_0009 = spec_from_file_location("dossiers", Path(__file__).with_name("0009_dossiers.py"))
before = module_from_spec(_of_0009)
_of_0009.loader.exec_module(before)

TASKS_NOW = (*before.TASKS_NOW, "stability")
GUARDS = (
    ("scenario", "UPDATE", "TRUE"),
    ("scenario", "DELETE", "TRUE"),
    (
        "scenario",
        "INSERT",
        before.first.exists(
            "round_category c JOIN round r ON r.id = c.round_id",
            "c.id = NEW.round_category_id AND r.archived_at IS NOT NULL",
        ),
    ),
)


def upgrade() -> None:
    op.create_table(
        "scenario",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_category_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("setting", sa.JSON(), nullable=False),
        sa.Column("selected", sa.JSON(), nullable=False),
        sa.Column("entering", sa.JSON(), nullable=False),
        sa.Column("leaving", sa.JSON(), nullable=False),
        sa.Column("frozen_digest", sa.Text(), nullable=False),
        sa.Column("result_digest", sa.Text(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_category_id"], ["round_category.id"], name=op.f("fk_scenario_round_category_id")
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["user_account.id"], name=op.f("fk_scenario_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("round_category_id", "title", name=op.f("uq_scenario_round_category_id_title")),
    )
    before._let_tasks_be(TASKS_NOW)
    before._keep(GUARDS)
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE TRIGGER scenario_refuses_truncate BEFORE TRUNCATE ON scenario EXECUTE FUNCTION refuse_truncate()"
        )


def downgrade() -> None:
    """Go back to a bench without memory; the scenarios are gone, and the tasks that worked out stability."""
    before._release(GUARDS)
    op.drop_table("scenario")
    op.execute("DELETE FROM task WHERE kind = 'stability'")
    before._let_tasks_be(before.TASKS_NOW)
