"""Reviews have a day by which they are due, invitations a state, marks that are not whole yet a place, reviewers who
have finished a discussion; a mark that is changed after that says why."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_of_0011 = spec_from_file_location("ties", Path(__file__).with_name("0011_ties.py"))
ties = module_from_spec(_of_0011)
_of_0011.loader.exec_module(ties)

MOMENTS = ("due_at", "bounced_at", "opened_at", "acknowledged_at", "declined_at", "reminded_at")
CHECKS = {
    "declined_is_ended": "declined_at IS NULL OR ended_at IS NOT NULL",
    "acknowledged_with_a_day": "(acknowledged_at IS NULL) = (promised_on IS NULL)",
}
ASSIGNMENT_BEFORE = (("assignment", "UPDATE", ties.first.UPDATES["assignment"]), ("assignment", "DELETE", "TRUE"))
ASSIGNMENT_NOW = (
    (
        "assignment",
        "UPDATE",
        " OR ".join(
            (
                ties.first.UPDATES["assignment"],
                ties.first.changed("due_at"),
                *map(ties.first.set_once, ("opened_at", "acknowledged_at", "declined_at")),
            )
        ),
    ),
    ("assignment", "DELETE", "TRUE"),
)
MARK_BEFORE = (("mark", "INSERT", ties.first.INSERTS["mark"]),)
# Once a review is finished a mark says why it is given, and before that it does not.
MARK_NOW = (("mark", "INSERT", f"({ties.first.INSERTS['mark']}) = (NEW.reason = '')"),)
REMARKS = tuple(("review_remark", verb, "TRUE") for verb in ("UPDATE", "DELETE"))


def upgrade() -> None:
    ties._release(ASSIGNMENT_BEFORE)
    with op.batch_alter_table("assignment", reflect_kwargs={"resolve_fks": False}) as batch:
        for name in MOMENTS:
            batch.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("promised_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("message_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_assignment_message_id"), "message", ["message_id"], ["id"])
        for name, condition in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_assignment_{name}"), condition)
    ties._keep(ASSIGNMENT_NOW)
    op.add_column("review", sa.Column("draft", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
    ties._release(MARK_BEFORE)
    op.add_column("mark", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    ties._keep(MARK_NOW)
    op.create_table(
        "review_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("words <> ''", name=op.f("ck_review_remark_says_something")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_review_remark_application_id")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_review_remark_assignment_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user_account.id"], name=op.f("fk_review_remark_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_remark")),
    )
    for name in ("application_id", "assignment_id"):
        op.create_index(op.f(f"ix_review_remark_{name}"), "review_remark", [name], unique=False)
    ties._keep(REMARKS)
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE TRIGGER review_remark_refuses_truncate BEFORE TRUNCATE ON review_remark"
            " EXECUTE FUNCTION refuse_truncate()"
        )


def downgrade() -> None:
    """Go back to reviews without a date; remarks, drafts and the states of invitations are gone, marks stay."""
    ties._release(REMARKS)
    op.drop_table("review_remark")
    ties._release(MARK_NOW)
    op.drop_column("mark", "reason")
    ties._keep(MARK_BEFORE)
    op.drop_column("review", "draft")
    ties._release(ASSIGNMENT_NOW)
    with op.batch_alter_table("assignment", reflect_kwargs={"resolve_fks": False}) as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_assignment_{name}"), type_="check")
        batch.drop_constraint(op.f("fk_assignment_message_id"), type_="foreignkey")
        for name in (*MOMENTS, "promised_on", "message_id"):
            batch.drop_column(name)
    ties._keep(ASSIGNMENT_BEFORE)
