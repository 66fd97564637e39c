"""Rows that are never changed: events, answers, marks, evaluations, approved criteria, decisions, certificates."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# A table, and the condition under which one of its rows may not be changed any more; None means never.
KEPT = {
    "event": None,
    "answer": None,
    "mark": None,
    "evaluation": None,
    "verification": None,
    "certificate": None,
    "entry": None,
    "reply": None,
    "award_event": None,
    "outcome": None,
    "publication": None,
    "objection_file": None,
    "criteria_version": (
        "OLD.status <> 'draft' AND (NEW.content <> OLD.content OR NEW.digest <> OLD.digest OR NEW.number <> OLD.number "
        "OR NEW.status = 'draft')"
    ),
    "round_category": (
        "OLD.pinned_digest IS NOT NULL AND (NEW.pinned_digest IS NULL OR NEW.pinned_digest <> OLD.pinned_digest "
        "OR NEW.pinned_content <> OLD.pinned_content OR NEW.criteria_version_id <> OLD.criteria_version_id "
        "OR CAST(NEW.pinned_factors AS TEXT) <> CAST(OLD.pinned_factors AS TEXT) "
        "OR CAST(NEW.settings AS TEXT) <> CAST(OLD.settings AS TEXT))"
    ),
    "decision": (
        "OLD.status <> 'proposed' AND (NEW.status <> OLD.status OR NEW.digest <> OLD.digest "
        "OR NEW.decided_by_id <> OLD.decided_by_id)"
    ),
    "award": (
        "NEW.number <> OLD.number OR NEW.serial <> OLD.serial OR (OLD.status = 'revoked' AND NEW.status <> 'revoked')"
    ),
    "notice": (
        "NEW.digest <> OLD.digest OR CAST(NEW.entries AS TEXT) <> CAST(OLD.entries AS TEXT) "
        "OR NEW.decision_id <> OLD.decision_id OR NEW.opens_at <> OLD.opens_at OR NEW.closes_at <> OLD.closes_at "
        "OR (OLD.cleared_at IS NOT NULL AND (NEW.cleared_at IS NULL OR NEW.cleared_at <> OLD.cleared_at))"
    ),
    "objection": (
        "NEW.statement <> OLD.statement OR NEW.application_id <> OLD.application_id OR NEW.raised_at <> OLD.raised_at "
        "OR (OLD.status <> 'open' AND NEW.status <> OLD.status)"
    ),
    "evidence": (
        "NEW.sha256 <> OLD.sha256 OR NEW.size <> OLD.size OR NEW.filing_id <> OLD.filing_id "
        "OR (OLD.removed_at IS NOT NULL AND NEW.removed_at IS NULL)"
    ),
    "number_series": "NEW.last < OLD.last",
    "chain_head": "NEW.seq < OLD.seq",
    "review": "OLD.status = 'finished' AND NEW.status <> 'finished'",
    "application": (
        "OLD.status IN ('withdrawn', 'lapsed', 'declined', 'refused', 'barred', 'failed', 'unselected', 'excluded', "
        "'removed', 'certified') AND NEW.status <> OLD.status"
    ),
}

# Rows are never deleted either, but for those that were only prepared.
DELETED = {"round_category": "OLD.pinned_digest IS NOT NULL"}


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% rows are kept', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$"
        )
    for table, condition in KEPT.items():
        for verb in ("UPDATE", "DELETE"):
            op.execute(_trigger(sqlite, table, verb, condition if verb == "UPDATE" else DELETED.get(table)))
        if not sqlite:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in KEPT:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_refuses_{verb}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            op.execute(f"DROP TRIGGER {table}_refuses_truncate ON {table}")
    if not sqlite:
        op.execute("DROP FUNCTION refuse_change()")


def _trigger(sqlite: bool, table: str, verb: str, condition: str | None) -> str:
    head = f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW"
    when = f" WHEN ({condition})" if condition else ""
    if sqlite:
        return f"{head}{when} BEGIN SELECT RAISE(ABORT, '{table} rows are kept'); END"
    return f"{head}{when} EXECUTE FUNCTION refuse_change()"
