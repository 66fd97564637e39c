"""Quota rules: limits and reserved places of groups, fixed as soon as the round is open."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

GROUPS = ("region", "bureau", "applicant", "answer")
LEVELS = ("country", "province", "city", "district")

_of_0002 = spec_from_file_location("append_only", Path(__file__).with_name("0002_append_only.py"))
first = module_from_spec(_of_0002)
_of_0002.loader.exec_module(first)
# As of quotas: neither added, changed nor deleted once a category that they concern is open.
OLD, NEW = first.quota_fixed("OLD"), first.quota_fixed("NEW")
GUARDS = (("INSERT", NEW), ("UPDATE", f"{OLD} OR {NEW}"), ("DELETE", OLD))


def upgrade() -> None:
    op.create_table(
        "quota_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("group_by", _words(GROUPS, "groupby"), nullable=False),
        sa.Column("level", _words(LEVELS, "level"), nullable=True),
        sa.Column("input_key", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("least", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("since", sa.Integer(), nullable=True),
        sa.CheckConstraint("least >= 0 AND most >= 0", name=op.f("ck_quota_rule_not_negative")),
        sa.CheckConstraint("(least IS NULL) <> (most IS NULL)", name=op.f("ck_quota_rule_limits_or_reserves")),
        sa.CheckConstraint(
            "(group_by = 'answer') = (input_key IS NOT NULL)", name=op.f("ck_quota_rule_names_an_answer")
        ),
        sa.CheckConstraint(
            "(group_by = 'region' AND value IS NULL) = (level IS NOT NULL)", name=op.f("ck_quota_rule_names_a_level")
        ),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_quota_rule_category_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_quota_rule_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_rule")),
    )
    op.create_index(op.f("ix_quota_rule_round_id"), "quota_rule", ["round_id"], unique=False)
    for verb, condition in GUARDS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(first._on_sqlite("quota_rule", verb, condition))
            continue
        for statement in first._on_postgresql("quota_rule", verb, condition):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("quota_rule")
    if op.get_bind().dialect.name != "sqlite":
        for verb, _condition in GUARDS:
            op.execute(f"DROP FUNCTION {first._name('quota_rule', verb)}()")


def _words(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
