"""Ties of reviewers, likeness of applications, what was decided about either, and the third party that evaluated."""

from contextlib import AbstractContextManager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations
from alembic.util import CommandError

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

GROUPS_BEFORE = ("region", "bureau", "applicant", "answer")
GROUPS_NOW = ("region", "bureau", "applicant", "evaluator", "answer")
TASKS_BEFORE = ("list", "export", "issue", "dossier", "stability")
TASKS_NOW = (*TASKS_BEFORE, "likeness")
DECISIONS = ("confirmed", "dismissed")
KINDS = ("text", "review", "file", "figures")
EVALUATOR = ("evaluator", "evaluator_code", "evaluator_representative")
KEPT = ("tie_verdict", "likeness_finding", "likeness_party", "likeness_verdict")


def _of(number: str, name: str):
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{number}_{name}.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


before, rules = _of("0005", "programmes"), _of("0007", "quota_rules")
first = before.first
APPLICATION_BEFORE = tuple(guard for guard in before._guards()[0] if guard[0] == "application" and guard[1] == "UPDATE")
# As the applicant's data: the applicant's to change until it is handed in, and after that nobody's.
APPLICATION_NOW = tuple(
    (
        table,
        verb,
        f"{condition} OR ((OLD.kind <> 'filing' OR OLD.status NOT IN ('drafted', 'due', 'returned'))"
        f" AND ({first.changed(*EVALUATOR)}))"
        " OR (NEW.evaluator = '' AND (NEW.evaluator_code <> '' OR NEW.evaluator_representative <> ''))",
    )
    for table, verb, condition in APPLICATION_BEFORE
)
RULES = tuple(("quota_rule", verb, condition) for verb, condition in rules.GUARDS)
GUARDS = tuple((table, verb, "TRUE") for table in KEPT for verb in ("UPDATE", "DELETE"))


def upgrade() -> None:
    _create()
    for name in EVALUATOR:
        op.add_column("application", sa.Column(name, sa.Text(), server_default="", nullable=False))
    _release(APPLICATION_BEFORE)
    _keep(APPLICATION_NOW)
    op.execute(
        "INSERT INTO employment (user_id, employer, credit_code, entered_at)"
        " SELECT p.user_id, p.employer, '', u.created_at FROM reviewer_profile p"
        " JOIN user_account u ON u.id = p.user_id WHERE p.employer <> ''"
    )
    with _batch("reviewer_profile") as batch:
        batch.drop_column("employer")
        batch.add_column(sa.Column("fields", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        batch.add_column(sa.Column("most", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(op.f("ck_reviewer_profile_most_is_positive"), "most > 0")
    _count_by(GROUPS_NOW)
    _say("task", "kind", "taskkind", TASKS_NOW)
    _keep(GUARDS)
    if op.get_bind().dialect.name != "sqlite":
        for table in KEPT:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_truncate()"
            )


def downgrade() -> None:
    """Go back to reviewers with one employer; verdicts, findings and what was said of evaluators are gone."""
    by_evaluator = sa.select(sa.func.count()).select_from(sa.table("quota_rule"))
    rows = op.get_bind().scalar(by_evaluator.where(sa.column("group_by") == "evaluator"))
    if rows:
        raise CommandError(f"cannot go back to {down_revision}: {rows} quota rules count by evaluator")
    _release(GUARDS)
    op.execute("DELETE FROM task WHERE kind = 'likeness'")
    _say("task", "kind", "taskkind", TASKS_BEFORE)
    _count_by(GROUPS_BEFORE)
    with _batch("reviewer_profile") as batch:
        batch.drop_constraint(op.f("ck_reviewer_profile_most_is_positive"), type_="check")
        for name in ("confirmed_at", "most", "fields"):
            batch.drop_column(name)
        batch.add_column(sa.Column("employer", sa.Text(), server_default="", nullable=False))
    # Whoever entered an employment since may have no profile yet.
    op.execute(
        "INSERT INTO reviewer_profile (user_id, expertise) SELECT DISTINCT e.user_id, '' FROM employment e"
        " WHERE e.until IS NULL AND e.removed_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM reviewer_profile p WHERE p.user_id = e.user_id)"
    )
    op.execute(
        "UPDATE reviewer_profile SET employer = coalesce((SELECT e.employer FROM employment e"
        " WHERE e.user_id = reviewer_profile.user_id AND e.until IS NULL AND e.removed_at IS NULL"
        " ORDER BY e.id DESC LIMIT 1), '')"
    )
    _release(APPLICATION_NOW)
    for name in EVALUATOR:
        op.drop_column("application", name)
    _keep(APPLICATION_BEFORE)
    for table in ("likeness_verdict", "likeness_party", "likeness_finding", "tie_verdict", "declared_tie"):
        op.drop_table(table)
    op.drop_table("employment")


def _create() -> None:
    op.create_table("employment", *_told("employment", "employer"))
    op.create_index(op.f("ix_employment_user_id"), "employment", ["user_id"], unique=False)
    op.create_table("declared_tie", *_told("declared_tie", "organisation"))
    op.create_index(op.f("ix_declared_tie_user_id"), "declared_tie", ["user_id"], unique=False)
    op.create_table(
        "tie_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("of_organisations", sa.Boolean(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.JSON(), nullable=False),
        *_judged("tie_verdict"),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_tie_verdict_programme_id")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_tie_verdict_application_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_tie_verdict_user_id")),
    )
    op.create_index(op.f("ix_tie_verdict_fingerprint"), "tie_verdict", ["fingerprint"], unique=False)
    op.create_index(op.f("ix_tie_verdict_application_id"), "tie_verdict", ["application_id"], unique=False)
    op.create_table(
        "likeness_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("kind", _words(KINDS, "likenesskind"), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("measure", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_likeness_finding_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness_finding")),
        sa.UniqueConstraint("round_id", "fingerprint", name=op.f("uq_likeness_finding_round_id_fingerprint")),
    )
    op.create_index(op.f("ix_likeness_finding_round_id"), "likeness_finding", ["round_id"], unique=False)
    op.create_index(op.f("ix_likeness_finding_fingerprint"), "likeness_finding", ["fingerprint"], unique=False)
    op.create_table(
        "likeness_party",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_likeness_party_application_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["likeness_finding.id"], name=op.f("fk_likeness_party_finding_id")),
        sa.PrimaryKeyConstraint("finding_id", "application_id", name=op.f("pk_likeness_party")),
    )
    op.create_index(op.f("ix_likeness_party_application_id"), "likeness_party", ["application_id"], unique=False)
    op.create_table(
        "likeness_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        *_judged("likeness_verdict"),
        sa.ForeignKeyConstraint(["finding_id"], ["likeness_finding.id"], name=op.f("fk_likeness_verdict_finding_id")),
    )
    op.create_index(op.f("ix_likeness_verdict_fingerprint"), "likeness_verdict", ["fingerprint"], unique=False)


def _told(table: str, name: str) -> list[sa.schema.SchemaItem]:
    """What a reviewer says of an organisation, with its time."""
    declared = table == "declared_tie"
    says = (
        ("organisation <> '' AND words <> ''", "says_what_it_is")
        if declared
        else (f"{name} <> ''", "names_an_employer")
    )
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(name, sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        *([sa.Column("words", sa.Text(), nullable=False)] if declared else []),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(says[0], name=op.f(f"ck_{table}_{says[1]}")),
        sa.CheckConstraint("until >= since", name=op.f(f"ck_{table}_ends_after_it_began")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user_account.id"], name=op.f(f"fk_{table}_entered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _judged(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("decision", _words(DECISIONS, "decision"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("judged_by_id", sa.Integer(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{table}_has_a_reason")),
        sa.ForeignKeyConstraint(["judged_by_id"], ["user_account.id"], name=op.f(f"fk_{table}_judged_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _count_by(groups: tuple[str, ...]) -> None:
    _release(RULES)
    _say("quota_rule", "group_by", "groupby", groups)
    _keep(RULES)


def _say(table: str, column: str, name: str, words: tuple[str, ...]) -> None:
    """Let a column hold these words and no others."""
    listed = ", ".join(f"'{word}'" for word in words)
    with _batch(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_{name}"), f"{column} IN ({listed})")


def _batch(table: str) -> AbstractContextManager[BatchOperations]:
    """Change a table; what its keys lead to stays as it is and need not be read."""
    return op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False})


def _words(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


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
