"""What officers say of files in blind review: whether a file names nobody. Kept for ever; the latest word counts."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_of_0011 = spec_from_file_location("ties", Path(__file__).with_name("0011_ties.py"))
before = module_from_spec(_of_0011)
_of_0011.loader.exec_module(before)

GUARDS = tuple(("blind_ruling", verb, "TRUE") for verb in ("UPDATE", "DELETE"))


def upgrade() -> None:
    op.create_table(
        "blind_ruling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("readable", sa.Boolean(), nullable=False),
        sa.Column("ruled_by_id", sa.Integer(), nullable=False),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_blind_ruling_evidence_id")),
        sa.ForeignKeyConstraint(["ruled_by_id"], ["user_account.id"], name=op.f("fk_blind_ruling_ruled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_ruling")),
    )
    op.create_index(op.f("ix_blind_ruling_evidence_id"), "blind_ruling", ["evidence_id"], unique=False)
    before._keep(GUARDS)
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE TRIGGER blind_ruling_refuses_truncate BEFORE TRUNCATE ON blind_ruling"
            " EXECUTE FUNCTION refuse_truncate()"
        )


def downgrade() -> None:
    """Go back to reviews in which everybody sees who applies; what officers said of files is gone."""
    before._release(GUARDS)
    op.drop_table("blind_ruling")
