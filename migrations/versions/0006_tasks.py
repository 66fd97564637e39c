"""Long work that a worker does, with its progress and its result.

Nothing of it is kept for ever, so that no guard of the append-only tables stands over it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KINDS = ("list", "export", "issue")
STATES = ("queued", "running", "done", "failed", "cancelled")
UNFINISHED = sa.text("state IN ('queued', 'running')")


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _words(KINDS, "taskkind"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", _words(STATES, "taskstate"), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("failure_values", sa.JSON(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.CheckConstraint("0 <= done AND done <= total", name=op.f("ck_task_done_within_total")),
        sa.CheckConstraint(
            "(state = 'running') = (owner IS NOT NULL) AND (owner IS NULL) = (leased_until IS NULL)",
            name=op.f("ck_task_running_on_lease"),
        ),
        sa.CheckConstraint(
            "(state = 'done') = (sha256 IS NOT NULL) AND (sha256 IS NULL) = (size IS NULL)"
            " AND (sha256 IS NULL) = (media_type IS NULL)",
            name=op.f("ck_task_done_with_file"),
        ),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_task_failed_for_a_reason")),
        sa.CheckConstraint(
            "(state IN ('queued', 'running')) = (ended_at IS NULL) AND (ended_at IS NULL) = (kept_until IS NULL)",
            name=op.f("ck_task_ended_or_not"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_task_asked_by_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_task_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(
        "uq_task_unfinished", "task", ["key"], unique=True, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED
    )
    op.create_index("ix_task_of_person", "task", ["asked_by_id", "id"], unique=False)
    op.create_index("ix_task_queue", "task", ["state", "id"], unique=False)
    for column in ("key", "kept_until", "sha256"):
        op.create_index(op.f(f"ix_task_{column}"), "task", [column], unique=False)


def downgrade() -> None:
    op.drop_table("task")


def _words(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
