"""What is kept, the database itself refuses to change.

Of the tables in ALWAYS no row is changed or deleted. Of those in UPDATES no row is changed in the way said there, and
none is deleted unless DELETES says when it may not be. Into those in INSERTS no row is added under the condition said
there. Columns that no condition names can change, and new rows of the other tables are not looked at.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ALWAYS = (
    "event",
    "answer",
    "mark",
    "evaluation",
    "verification",
    "certificate",
    "entry",
    "reply",
    "award_event",
    "outcome",
    "publication",
    "objection_file",
    "recommendation",
    "evidence_link",
)


def changed(*columns: str) -> str:
    # As text, because PostgreSQL does not compare json; DIFFERS FROM is replaced by what each database calls it.
    return " OR ".join(f"CAST(NEW.{name} AS TEXT) DIFFERS FROM CAST(OLD.{name} AS TEXT)" for name in columns)


def set_once(column: str) -> str:
    return f"(OLD.{column} IS NOT NULL AND ({changed(column)}))"


def exists(tables: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {tables} WHERE {condition})"  # noqa: S608 - nothing here comes from outside


def _handed_in(row: str) -> str:
    """The filing of a row is not open to its applicant."""
    return "NOT " + exists(
        "filing f JOIN application a ON a.id = f.application_id",
        f"f.id = {row}.filing_id AND a.kind = 'filing' AND a.status IN ('drafted', 'returned')",
    )


def _not_in_screening(row: str) -> str:
    return "NOT " + exists(
        "application a", f"a.id = {row}.application_id AND a.kind = 'screening' AND a.status = 'waiting'"
    )


def step_fixed(row: str) -> str:
    # Opening a round pins every category of it; without a pin there is nothing yet that anybody could rely on.
    return exists("round_category c", f"c.id = {row}.round_category_id AND c.pinned_digest IS NOT NULL")


def quota_fixed(row: str) -> str:
    return exists(
        "round_category c",
        f"c.round_id = {row}.round_id AND c.pinned_digest IS NOT NULL"
        f" AND ({row}.category_id IS NULL OR c.category_id = {row}.category_id)",
    )


UPDATES = {
    "criteria_version": (
        f"OLD.status <> 'draft' AND (NEW.status = 'draft' OR {changed('key', 'number', 'content', 'digest')}"
        f" OR {changed('prepared_by_id', 'prepared_at', 'approved_by_id', 'approved_at')})"
    ),
    "round": "OLD.status = 'opened' AND ("
    + changed(
        "programme_id",
        "title",
        "title_en",
        "year",
        "opens_at",
        "closes_at",
        "status",
        "one_person_may_sign",
        "prepared_by_id",
    )
    + ")",
    "round_category": "OLD.pinned_digest IS NOT NULL AND ("
    + changed(
        "round_id",
        "category_id",
        "track",
        "criteria_version_id",
        "pinned_content",
        "pinned_digest",
        "pinned_factors",
        "settings",
    )
    + ")",
    "route_step": f"{step_fixed('OLD')} OR {step_fixed('NEW')}",
    "quota": f"{quota_fixed('OLD')} OR {quota_fixed('NEW')}",
    "application": (
        f"{changed('round_category_id', 'site_id', 'organisation_id', 'started_by_id', 'started_at')}"
        f" OR {set_once('submitted_at')} OR {set_once('receipt')}"
        " OR ((OLD.kind <> 'filing' OR OLD.status NOT IN ('drafted', 'returned'))"
        f" AND ({changed('applicant', 'submitted_by_id', 'content_digest')}))"
        " OR (OLD.status IN ('withdrawn', 'lapsed', 'declined', 'refused', 'barred', 'failed', 'unselected',"
        f" 'excluded', 'removed', 'certified') AND ({changed('status', 'kind', 'position')}))"
    ),
    "not_applicable": f"({changed('filing_id', 'indicator', 'reason')}) AND {_handed_in('OLD')}",
    "evidence": (
        f"{changed('filing_id', 'name', 'sha256', 'size', 'media_type', 'variant', 'replaces_id')}"
        f" OR {changed('uploaded_by_id', 'uploaded_at')} OR {set_once('removed_at')}"
        f" OR (({changed('removed_at')}) AND {_handed_in('OLD')})"
    ),
    "correction": (
        f"{changed('application_id', 'from_position', 'note', 'fields', 'due_at', 'returned_by_id', 'returned_at')}"
        f" OR {set_once('closed_at')}"
    ),
    "screening_item": f"{changed('application_id', 'key')} OR {_not_in_screening('OLD')}",
    "assignment": (
        f"{changed('application_id', 'reviewer_id', 'label', 'why', 'assigned_by_id', 'assigned_at')}"
        f" OR {set_once('ended_at')}"
    ),
    "review": (
        f"{changed('assignment_id', 'started_at')} OR {set_once('finished_at')}"
        f" OR (OLD.status = 'finished' AND ({changed('status')}))"
    ),
    "decision": (
        f"{changed('kind', 'programme_id', 'round_category_id', 'award_id', 'content', 'digest', 'reason')}"
        f" OR {changed('proposed_by_id', 'proposed_at')} OR (OLD.status <> 'proposed'"
        f" AND ({changed('status', 'decided_by_id', 'decided_at', 'decided_digest', 'decided_reason')}))"
    ),
    "notice": (
        f"{changed('round_category_id', 'decision_id', 'opens_at', 'closes_at', 'working_days', 'entries', 'digest')}"
        f" OR {changed('opened_by_id')} OR {set_once('cleared_at')}"
    ),
    "objection": (
        f"{changed('notice_id', 'application_id', 'statement', 'receipt', 'raised_at')}"
        f" OR (OLD.status <> 'open' AND ({changed('status')}))"
    ),
    "award": (
        f"{changed('number', 'programme_id', 'year', 'serial', 'application_id', 'site_id', 'organisation_id')}"
        f" OR {changed('category_id', 'valid_from', 'valid_until')}"
        f" OR (OLD.status = 'revoked' AND ({changed('status')}))"
    ),
    "number_series": f"{changed('programme_id', 'year')} OR NEW.last < OLD.last",
    "chain_head": "NEW.seq < OLD.seq",
    "role_grant": (
        f"{changed('user_id', 'role', 'programme_id', 'region_key', 'granted_by_id', 'granted_at')}"
        f" OR {set_once('ended_at')}"
    ),
}

DELETES = {
    "round": "OLD.status = 'opened'",
    "round_category": "OLD.pinned_digest IS NOT NULL",
    "route_step": step_fixed("OLD"),
    "quota": quota_fixed("OLD"),
    "not_applicable": _handed_in("OLD"),
    "screening_item": _not_in_screening("OLD"),
}

INSERTS = {
    "route_step": step_fixed("NEW"),
    "quota": quota_fixed("NEW"),
    "answer": _handed_in("NEW"),
    "not_applicable": _handed_in("NEW"),
    "evidence": _handed_in("NEW"),
    "evidence_link": exists(
        "evidence e", f"e.id = NEW.evidence_id AND (e.removed_at IS NOT NULL OR {_handed_in('e')})"
    ),
    "screening_item": _not_in_screening("NEW"),
    "mark": exists("review r", "r.id = NEW.review_id AND r.status = 'finished'"),
}

GUARDS = (
    *((table, "INSERT", condition) for table, condition in INSERTS.items()),
    *((table, "UPDATE", "TRUE") for table in ALWAYS),
    *((table, "UPDATE", condition) for table, condition in UPDATES.items()),
    *((table, "DELETE", DELETES.get(table, "TRUE")) for table in (*ALWAYS, *UPDATES)),
)


def upgrade() -> None:
    keep(GUARDS, (*ALWAYS, *UPDATES))


def downgrade() -> None:
    release(GUARDS)


def keep(guards: tuple[tuple[str, str, str], ...], tables: tuple[str, ...]) -> None:
    """Set up the guards: of a table, against a verb, where a condition holds. No table of these is truncated."""
    if op.get_bind().dialect.name == "sqlite":
        for table, verb, condition in guards:
            op.execute(_on_sqlite(table, verb, condition.replace("DIFFERS FROM", "IS NOT")))
        return
    for table, verb, condition in guards:
        for statement in _on_postgresql(table, verb, condition.replace("DIFFERS FROM", "IS DISTINCT FROM")):
            op.execute(statement)
    op.execute(_function("refuse_truncate", "TG_TABLE_NAME", "TRUE", "NULL"))
    for table in tables:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_truncate()"
        )


def release(guards: tuple[tuple[str, str, str], ...]) -> None:
    """Take the guards down again."""
    if op.get_bind().dialect.name == "sqlite":
        for table, verb, _condition in guards:
            op.execute(f"DROP TRIGGER {_name(table, verb)}")
        return
    # The triggers go with their functions.
    for table, verb, _condition in guards:
        op.execute(f"DROP FUNCTION {_name(table, verb)}() CASCADE")
    op.execute("DROP FUNCTION refuse_truncate() CASCADE")


def _name(table: str, verb: str) -> str:
    return f"{table}_refuses_{verb.lower()}"


def _on_sqlite(table: str, verb: str, condition: str) -> str:
    return (
        f"CREATE TRIGGER {_name(table, verb)} BEFORE {verb} ON {table} FOR EACH ROW"
        f" BEGIN SELECT RAISE(ABORT, '{table} rows are kept') WHERE {condition}; END"
    )


def _on_postgresql(table: str, verb: str, condition: str) -> tuple[str, str]:
    # A function for each, because the WHEN of a trigger may not look at other tables.
    name = _name(table, verb)
    return (
        _function(name, f"'{table}'", condition, "OLD" if verb == "DELETE" else "NEW"),
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


def _function(name: str, table: str, condition: str, result: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN RAISE EXCEPTION"
        f" '% rows are kept', {table} USING ERRCODE = 'check_violation'; END IF; RETURN {result}; END $$"
    )
