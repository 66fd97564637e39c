"""A round can be archived, once; its dossiers are filed, and nothing of it is decided any more."""

from contextlib import AbstractContextManager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TASKS_BEFORE = ("list", "export", "issue")
TASKS_NOW = (*TASKS_BEFORE, "dossier")
FILES = ("json", "xlsx", "pdf")

_of_0002 = spec_from_file_location("append_only", Path(__file__).with_name("0002_append_only.py"))
first = module_from_spec(_of_0002)
_of_0002.loader.exec_module(first)

_ARCHIVED = "r.archived_at IS NOT NULL"
_OF_CATEGORY = "round_category c JOIN round r ON r.id = c.round_id"
_DELETES = ("round", "DELETE", first.DELETES["round"])
ROUND_BEFORE = (("round", "UPDATE", first.UPDATES["round"]), _DELETES)
ROUND_NOW = (
    (
        "round",
        "UPDATE",
        f"{first.UPDATES['round']} OR {first.set_once('archived_at')} OR {first.set_once('archived_by_id')}",
    ),
    _DELETES,
)
GUARDS = (
    ("dossier", "UPDATE", "TRUE"),
    ("dossier", "DELETE", "TRUE"),
    ("dossier", "INSERT", "NOT " + first.exists(_OF_CATEGORY, f"c.id = NEW.round_category_id AND {_ARCHIVED}")),
    # A list may still be put right and an award taken back.
    (
        "decision",
        "INSERT",
        "NEW.kind NOT IN ('correction', 'revocation') AND "
        + first.exists(_OF_CATEGORY, f"c.id = NEW.round_category_id AND {_ARCHIVED}"),
    ),
    ("notice", "INSERT", first.exists(_OF_CATEGORY, f"c.id = NEW.round_category_id AND {_ARCHIVED}")),
    ("meeting", "INSERT", first.exists(_OF_CATEGORY, f"c.id = NEW.round_category_id AND {_ARCHIVED}")),
    ("application", "INSERT", first.exists(_OF_CATEGORY, f"c.id = NEW.round_category_id AND {_ARCHIVED}")),
    (
        "pool_grant",
        "INSERT",
        first.exists("quota q JOIN round r ON r.id = q.round_id", f"q.id = NEW.quota_id AND {_ARCHIVED}"),
    ),
)


def upgrade() -> None:
    _release(ROUND_BEFORE)
    with _batch("round") as batch:
        batch.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("archived_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_round_archived_by_id"), "user_account", ["archived_by_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_round_archived_by_somebody"), "(archived_at IS NULL) = (archived_by_id IS NULL)"
        )
        batch.create_check_constraint(
            op.f("ck_round_archived_after_it_opened"), "archived_at IS NULL OR status = 'opened'"
        )
    _let_tasks_be(TASKS_NOW)
    op.create_table(
        "dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_category_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("evaluations", sa.Integer(), nullable=False),
        sa.Column("selections", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        *(
            column
            for file in FILES
            for column in (
                sa.Column(f"{file}_sha256", sa.Text(), nullable=False),
                sa.Column(f"{file}_size", sa.Integer(), nullable=False),
            )
        ),
        sa.CheckConstraint("json_size > 0 AND xlsx_size > 0 AND pdf_size > 0", name=op.f("ck_dossier_not_empty")),
        sa.ForeignKeyConstraint(
            ["round_category_id"], ["round_category.id"], name=op.f("fk_dossier_round_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("round_category_id", name=op.f("uq_dossier_round_category_id")),
    )
    for file in FILES:
        op.create_index(op.f(f"ix_dossier_{file}_sha256"), "dossier", [f"{file}_sha256"], unique=False)
    _keep((*ROUND_NOW, *GUARDS))
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE TRIGGER dossier_refuses_truncate BEFORE TRUNCATE ON dossier EXECUTE FUNCTION refuse_truncate()"
        )


def downgrade() -> None:
    """Go back to rounds that cannot be archived; dossiers that were filed are gone, and the tasks that wrote them."""
    _release((*ROUND_NOW, *GUARDS))
    op.drop_table("dossier")
    op.execute("DELETE FROM task WHERE kind = 'dossier'")
    _let_tasks_be(TASKS_BEFORE)
    with _batch("round") as batch:
        for name in ("archived_by_somebody", "archived_after_it_opened"):
            batch.drop_constraint(op.f(f"ck_round_{name}"), type_="check")
        batch.drop_constraint(op.f("fk_round_archived_by_id"), type_="foreignkey")
        batch.drop_column("archived_by_id")
        batch.drop_column("archived_at")
    _keep(ROUND_BEFORE)


def _let_tasks_be(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with _batch("task") as batch:
        batch.drop_constraint(op.f("ck_task_taskkind"), type_="check")
        batch.create_check_constraint(op.f("ck_task_taskkind"), f"kind IN ({listed})")


def _batch(table: str) -> AbstractContextManager[BatchOperations]:
    """Change a table; what its keys lead to stays as it is and need not be read."""
    return op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False})


def _release(guards: tuple[tuple[str, str, str], ...]) -> None:
    for table, verb, _condition in guards:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {first._name(table, verb)}")
        else:
            op.execute(f"DROP FUNCTION {first._name(table, verb)}() CASCADE")


def _keep(guards: tuple[tuple[str, str, str], ...]) -> None:
    for table, verb, condition in guards:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(first._on_sqlite(table, verb, condition.replace("DIFFERS FROM", "IS NOT")))
            continue
        for statement in first._on_postgresql(table, verb, condition.replace("DIFFERS FROM", "IS DISTINCT FROM")):
            op.execute(statement)
