"""All programmes: who may apply where, routes that ask for several filings, pools, visits, meetings, letters, lists.

Tables are copied where SQLite has no other way to change them; what the database refuses to change is set up anew, with
the tables that came.
"""

from contextlib import AbstractContextManager
from datetime import date, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations
from alembic.util import CommandError

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = ("filing", "recommendation", "screening", "scoring", "review", "deliberation", "notice", "publication")
KINDS_BEFORE = (*KINDS, "certificate")
KINDS_NOW = (
    *("filing", "recommendation", "screening", "library", "scoring", "review", "site_visit", "deliberation"),
    *("notice", "publication", "certificate"),
)
STATUSES = ("returned", "waiting", "selected", "reserved", "certified", "withdrawn", "lapsed", "declined", "refused")
STATUSES_BEFORE = ("drafted", *STATUSES, "barred", "failed", "unselected", "excluded", "removed")
STATUSES_NOW = ("drafted", "due", *STATUSES, "barred", "failed", "unselected", "excluded", "removed", "terminated")
DECISIONS_BEFORE = ("selection", "publication", "revocation")
DECISIONS_NOW = ("selection", "notice", "publication", "correction", "revocation", "termination", "pool")
FILINGS_BEFORE = ("application",)
FILINGS_NOW = ("application", "registration", "mid_term", "acceptance")
QUOTAS_BEFORE = ("award", "recommend")
QUOTAS_NOW = ("award", "total", "pool", "recommend")
TOKENS_BEFORE = ("invitation",)
TOKENS_NOW = ("invitation", "confirmation", "reset", "address")
METHODS = ("consensus", "vote")
LETTERS = (
    *("selected", "reserved", "reserve_ended", "unselected", "excluded", "failed", "declined", "refused", "barred"),
    *("lapsed", "withdrawn", "terminated", "removed", "published", "certified", "revoked", "filing_due"),
)
SITES_BEFORE = ("plant", "park", "factory", "farm", "city", "project")
SITES_NOW = ("plant", "park", "factory", "farm", "city", "zone", "project")
WORDS = (
    ("application", "kind", "kind", KINDS_BEFORE, KINDS_NOW),
    ("application", "status", "status", STATUSES_BEFORE, STATUSES_NOW),
    ("route_step", "kind", "kind", KINDS_BEFORE, KINDS_NOW),
    ("verification", "stage", "kind", KINDS_BEFORE, KINDS_NOW),
    ("evaluation", "stage", "kind", KINDS_BEFORE, KINDS_NOW),
    ("decision", "kind", "decisionkind", DECISIONS_BEFORE, DECISIONS_NOW),
    ("filing", "kind", "filingkind", FILINGS_BEFORE, FILINGS_NOW),
    ("quota", "purpose", "quotapurpose", QUOTAS_BEFORE, QUOTAS_NOW),
    ("site", "kind", "sitekind", SITES_BEFORE, SITES_NOW),
    ("token", "purpose", "tokenpurpose", TOKENS_BEFORE, TOKENS_NOW),
)
LIVE_BEFORE = "status NOT IN ('withdrawn', 'lapsed', 'declined', 'refused', 'excluded')"
LIVE_NOW = "status NOT IN ('withdrawn', 'lapsed', 'declined', 'refused', 'barred', 'failed', 'excluded', 'unselected')"

# Of what there could be one before: the table, which rows of it count, and what made two of them the same.
ONCE_BEFORE = (
    ("application", LIVE_BEFORE, "round_category_id", "site_id"),
    ("filing", "TRUE", "application_id"),
    ("screening_item", "TRUE", "application_id", "key"),
    ("notice", "TRUE", "decision_id"),
    ("entry", "application_id IS NOT NULL", "application_id"),
)

RESERVED = "(result = 'reserved') = (reserve_order IS NOT NULL) AND (reserve_order IS NULL) = (reserve_until IS NULL)"
TABLES = ("pool_grant", "letter_template", "letter", "site_visit", "visit_photo", "meeting", "meeting_opinion")

_of_0002 = spec_from_file_location("append_only", Path(__file__).with_name("0002_append_only.py"))
first = module_from_spec(_of_0002)
_of_0002.loader.exec_module(first)


def _guards() -> tuple[tuple[tuple[str, str, str], ...], tuple[str, ...]]:
    """What the database refuses from now on: as before, with what came and with what a later filing needs."""
    always = (*first.ALWAYS, "pool_grant", "letter_template", "letter", "meeting", "meeting_opinion")
    changed, set_once, exists = first.changed, first.set_once, first.exists

    def handed_in(row: str) -> str:
        """The filing of a row is not open to its applicant: another came after it, or the office has it."""
        return "NOT " + exists(
            "filing f JOIN application a ON a.id = f.application_id",
            f"f.id = {row}.filing_id AND f.current AND a.kind = 'filing'"
            " AND a.status IN ('drafted', 'due', 'returned')",
        )

    def not_in_screening(row: str) -> str:
        return "NOT " + exists(
            "application a",
            f"a.id = {row}.application_id AND a.kind = 'screening' AND a.status = 'waiting'"
            f" AND a.position = {row}.position",
        )

    def concluded(row: str) -> str:
        return exists("site_visit v", f"v.id = {row}.visit_id AND v.concluded_at IS NOT NULL")

    updates = {
        **first.UPDATES,
        "application": (
            f"{changed('round_category_id', 'site_id', 'organisation_id', 'started_by_id', 'started_at')}"
            f" OR {set_once('submitted_at')} OR {set_once('receipt')}"
            " OR ((OLD.kind <> 'filing' OR OLD.status NOT IN ('drafted', 'due', 'returned'))"
            f" AND ({changed('applicant', 'submitted_by_id', 'content_digest')}))"
            " OR (OLD.status IN ('withdrawn', 'lapsed', 'declined', 'refused', 'barred', 'failed', 'unselected',"
            " 'excluded', 'removed', 'certified', 'terminated')"
            f" AND ({changed('status', 'kind', 'position', 'barred_until')}))"
        ),
        "filing": (
            f"{changed('application_id', 'site_id', 'position', 'kind', 'due_at')} OR {set_once('submitted_at')}"
            f" OR (NOT OLD.current AND ({changed('current', 'revision', 'submitted_revision')}))"
        ),
        "not_applicable": f"({changed('filing_id', 'indicator', 'reason')}) AND {handed_in('OLD')}",
        "evidence": (
            f"{changed('filing_id', 'name', 'sha256', 'size', 'media_type', 'variant', 'replaces_id')}"
            f" OR {changed('uploaded_by_id', 'uploaded_at')} OR {set_once('removed_at')}"
            f" OR (({changed('removed_at')}) AND {handed_in('OLD')})"
        ),
        "screening_item": f"{changed('application_id', 'position', 'key')} OR {not_in_screening('OLD')}",
        "notice": (
            f"{changed('round_category_id', 'decision_id', 'approval_id', 'position', 'opens_at', 'closes_at')}"
            f" OR {changed('working_days', 'entries', 'digest', 'opened_by_id')} OR {set_once('cleared_at')}"
        ),
        "site_visit": f"{changed('application_id', 'position')} OR OLD.concluded_at IS NOT NULL",
        "visit_photo": (
            f"{changed('visit_id', 'name', 'sha256', 'size', 'media_type', 'added_by_id', 'added_at')}"
            f" OR {set_once('removed_at')} OR {concluded('OLD')}"
        ),
    }
    deletes = {
        **first.DELETES,
        "not_applicable": handed_in("OLD"),
        "screening_item": not_in_screening("OLD"),
    }
    inserts = {
        **first.INSERTS,
        "answer": handed_in("NEW"),
        "not_applicable": handed_in("NEW"),
        "evidence": handed_in("NEW"),
        "evidence_link": exists(
            "evidence e", f"e.id = NEW.evidence_id AND (e.removed_at IS NOT NULL OR {handed_in('e')})"
        ),
        "screening_item": not_in_screening("NEW"),
        "visit_photo": concluded("NEW"),
    }
    guards = (
        *((table, "INSERT", condition) for table, condition in inserts.items()),
        *((table, "UPDATE", "TRUE") for table in always),
        *((table, "UPDATE", condition) for table, condition in updates.items()),
        *((table, "DELETE", deletes.get(table, "TRUE")) for table in (*always, *updates)),
    )
    return guards, (*always, *updates)


def upgrade() -> None:
    first.release(first.GUARDS)
    _create()
    _add()
    _carry_over()
    _tie()
    for table, column, name, _before, now in WORDS:
        _say(table, column, name, now)
    first.keep(*_guards())


def downgrade() -> None:
    _make_way()
    first.release(_guards()[0])
    for table, column, name, before, _now in WORDS:
        _say(table, column, name, before)
    _untie()
    _take_away()
    for table in reversed(TABLES):
        op.drop_table(table)
    first.keep(first.GUARDS, (*first.ALWAYS, *first.UPDATES))


def _make_way() -> None:
    """Refuse to go back while something is there that the older tables cannot hold, and say what it is.

    Links that were sent for one of the new purposes are taken away: nothing answers them any more.
    """
    bind, count = op.get_bind(), sa.func.count()
    found = []
    for table, column, _name, before, now in WORDS:
        for word in (word for word in now if word not in before and table != "token"):
            rows = bind.scalar(sa.select(count).select_from(sa.table(table)).where(sa.column(column) == word))
            found += [f"{table}: {rows} with {column} {word}"] if rows else []
    for table, which, *columns in ONCE_BEFORE:
        several = sa.select(count).select_from(sa.table(table)).where(sa.text(which))
        several = several.group_by(*map(sa.column, columns)).having(count > 1)
        rows = bind.scalar(sa.select(count).select_from(several.subquery()))
        found += [f"{table}: {rows} times more than one of the same {' and '.join(columns)}"] if rows else []
    if found:
        listed = "\n".join(f"- {line}" for line in found)
        raise CommandError(f"cannot go back to {down_revision}, whose tables have no place for\n{listed}")
    op.execute("DELETE FROM token WHERE purpose <> 'invitation'")


def _create() -> None:
    op.create_table(
        "pool_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quota_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_pool_grant_grants_something")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_pool_grant_category_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_pool_grant_decision_id")),
        sa.ForeignKeyConstraint(["quota_id"], ["quota.id"], name=op.f("fk_pool_grant_quota_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_grant")),
        sa.UniqueConstraint("decision_id", "category_id", name=op.f("uq_pool_grant_decision_id_category_id")),
    )
    op.create_index(op.f("ix_pool_grant_quota_id"), "pool_grant", ["quota_id"], unique=False)
    op.create_table(
        "letter_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*LETTERS, name="letterkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("subject_en", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["user_account.id"], name=op.f("fk_letter_template_prepared_by_id")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_letter_template_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_template")),
    )
    op.create_index("ix_letter_template_latest", "letter_template", ["programme_id", "kind", "id"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*LETTERS, name="letterkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("subject_en", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_letter_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_application_id"), "letter", ["application_id"], unique=False)
    op.create_table(
        "site_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("team", sa.JSON(), nullable=False),
        sa.Column("met", sa.JSON(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_site_visit_application_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_site_visit_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_visit")),
        sa.UniqueConstraint("application_id", "position", name=op.f("uq_site_visit_application_id_position")),
    )
    op.create_table(
        "visit_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_visit_photo_added_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["site_visit.id"], name=op.f("fk_visit_photo_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_photo")),
    )
    op.create_index(op.f("ix_visit_photo_visit_id"), "visit_photo", ["visit_id"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_category_id", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("chair", sa.Text(), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("recusals", sa.JSON(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(*METHODS, name="meetingmethod", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_meeting_recorded_by_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["meeting.id"], name=op.f("fk_meeting_replaces_id")),
        sa.ForeignKeyConstraint(
            ["round_category_id"], ["round_category.id"], name=op.f("fk_meeting_round_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_meeting_replaces_id")),
    )
    op.create_index(op.f("ix_meeting_round_category_id"), "meeting", ["round_category_id"], unique=False)
    op.create_table(
        "meeting_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("supported", sa.Boolean(), nullable=False),
        sa.Column("in_favour", sa.Integer(), nullable=True),
        sa.Column("against", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("supported OR reason <> ''", name=op.f("ck_meeting_opinion_not_supported_with_reason")),
        sa.CheckConstraint(
            "in_favour >= 0 AND against >= 0 AND abstained >= 0", name=op.f("ck_meeting_opinion_votes_not_negative")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_meeting_opinion_application_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_opinion_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_opinion")),
        sa.UniqueConstraint("meeting_id", "application_id", name=op.f("uq_meeting_opinion_meeting_id_application_id")),
    )
    op.create_index(op.f("ix_meeting_opinion_application_id"), "meeting_opinion", ["application_id"], unique=False)


def _add() -> None:
    with _batch("programme") as batch:
        batch.add_column(sa.Column("region_key", sa.Text(), server_default=sa.text("'cn'"), nullable=False))
        batch.create_foreign_key(op.f("fk_programme_region_key"), "region", ["region_key"], ["key"])
    with _batch("category") as batch:
        for name in ("site_kinds", "levels", "named_regions"):
            batch.add_column(sa.Column(name, sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
    with _batch("application") as batch:
        batch.add_column(sa.Column("barred_until", sa.Date(), nullable=True))
    with _batch("filing") as batch:
        batch.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("current", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
    with _batch("message") as batch:
        batch.add_column(sa.Column("letter_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_message_letter_id"), "letter", ["letter_id"], ["id"])
    with _batch("notice") as batch:
        batch.add_column(sa.Column("approval_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch.create_foreign_key(op.f("fk_notice_approval_id"), "decision", ["approval_id"], ["id"])
    with _batch("outcome") as batch:
        batch.add_column(sa.Column("reserve_order", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("reserve_until", sa.Date(), nullable=True))
    with _batch("publication") as batch:
        batch.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("reason", sa.Text(), server_default="", nullable=False))
        batch.create_foreign_key(op.f("fk_publication_replaces_id"), "publication", ["replaces_id"], ["id"])
    with _batch("route_step") as batch:
        batch.add_column(sa.Column("filing", _words(FILINGS_NOW, "filingkind"), nullable=True))
    with _batch("screening_item") as batch:
        batch.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
    with _batch("token") as batch:
        batch.add_column(sa.Column("address", sa.Text(), nullable=True))
    with _batch("membership") as batch:
        batch.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    with _batch("user_account") as batch:
        batch.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    with _batch("verification") as batch:
        batch.add_column(sa.Column("visit_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_verification_visit_id"), "site_visit", ["visit_id"], ["id"])


def _carry_over() -> None:
    """Give what is there already its place in what came: one filing, one screening and one notice to a route."""
    op.execute("UPDATE route_step SET filing = 'application' WHERE kind = 'filing'")
    op.execute(
        "UPDATE filing SET submitted_at = (SELECT a.submitted_at FROM application a WHERE a.id = filing.application_id)"
    )
    op.execute(
        "UPDATE screening_item SET position = (SELECT s.position FROM route_step s JOIN application a"
        " ON a.round_category_id = s.round_category_id WHERE a.id = screening_item.application_id"
        " AND s.kind = 'screening')"
    )
    op.execute(
        "UPDATE notice SET position = (SELECT s.position FROM route_step s"
        " WHERE s.round_category_id = notice.round_category_id AND s.kind = 'notice')"
    )
    op.execute("UPDATE user_account SET confirmed_at = created_at WHERE status = 'active'")
    # Neither had an end before; both are given a year from the migration, which the office can shorten by deciding.
    year = date.today() + timedelta(days=365)  # noqa: DTZ011 - the day on which an administrator migrates
    bind = op.get_bind()
    bind.execute(sa.text("UPDATE application SET barred_until = :day WHERE status = 'barred'"), {"day": year})
    reserved = bind.execute(
        sa.text("SELECT id, decision_id FROM outcome WHERE result = 'reserved' ORDER BY decision_id, rank, id")
    ).all()
    places: dict[int, int] = {}
    for row in reserved:
        places[row.decision_id] = places.get(row.decision_id, 0) + 1
        bind.execute(
            sa.text("UPDATE outcome SET reserve_order = :place, reserve_until = :day WHERE id = :id"),
            {"place": places[row.decision_id], "day": year, "id": row.id},
        )


def _tie() -> None:
    with _batch("application") as batch:
        batch.drop_index("uq_application_one_per_site")
        batch.create_check_constraint(
            op.f("ck_application_barred_until_a_day"), "(status = 'barred') = (barred_until IS NOT NULL)"
        )
    _one_per_site(LIVE_NOW)
    with _batch("filing") as batch:
        batch.drop_constraint(op.f("uq_filing_application_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_filing_application_id_position"), ["application_id", "position"])
    op.create_index(
        "uq_filing_one_current",
        "filing",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    with _batch("notice") as batch:
        batch.drop_constraint(op.f("uq_notice_decision_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_notice_approval_id"), ["approval_id"])
        batch.create_unique_constraint(op.f("uq_notice_decision_id_position"), ["decision_id", "position"])
    with _batch("outcome") as batch:
        batch.create_check_constraint(op.f("ck_outcome_reserved_in_order_for_a_time"), RESERVED)
    with _batch("publication") as batch:
        batch.create_unique_constraint(op.f("uq_publication_replaces_id"), ["replaces_id"])
        batch.create_check_constraint(
            op.f("ck_publication_replaced_with_reason"), "replaces_id IS NULL OR reason <> ''"
        )
    with _batch("entry") as batch:
        batch.drop_constraint(op.f("uq_entry_application_id"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_entry_publication_id_application_id"), ["publication_id", "application_id"]
        )
        batch.create_index(op.f("ix_entry_application_id"), ["application_id"])
    with _batch("screening_item") as batch:
        batch.drop_constraint(op.f("uq_screening_item_application_id_key"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_screening_item_application_id_position_key"), ["application_id", "position", "key"]
        )


def _untie() -> None:
    with _batch("screening_item") as batch:
        batch.drop_constraint(op.f("uq_screening_item_application_id_position_key"), type_="unique")
        batch.create_unique_constraint(op.f("uq_screening_item_application_id_key"), ["application_id", "key"])
    with _batch("entry") as batch:
        batch.drop_index(op.f("ix_entry_application_id"))
        batch.drop_constraint(op.f("uq_entry_publication_id_application_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_entry_application_id"), ["application_id"])
    with _batch("publication") as batch:
        batch.drop_constraint(op.f("ck_publication_replaced_with_reason"), type_="check")
        batch.drop_constraint(op.f("uq_publication_replaces_id"), type_="unique")
    with _batch("outcome") as batch:
        batch.drop_constraint(op.f("ck_outcome_reserved_in_order_for_a_time"), type_="check")
    with _batch("notice") as batch:
        batch.drop_constraint(op.f("uq_notice_decision_id_position"), type_="unique")
        batch.drop_constraint(op.f("uq_notice_approval_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_notice_decision_id"), ["decision_id"])
    op.drop_index("uq_filing_one_current", "filing")
    with _batch("filing") as batch:
        batch.drop_constraint(op.f("uq_filing_application_id_position"), type_="unique")
        batch.create_unique_constraint(op.f("uq_filing_application_id"), ["application_id"])
    with _batch("application") as batch:
        batch.drop_index("uq_application_one_per_site")
        batch.drop_constraint(op.f("ck_application_barred_until_a_day"), type_="check")
    _one_per_site(LIVE_BEFORE)


def _take_away() -> None:
    for table, column in (("verification", "visit_id"), ("message", "letter_id"), ("programme", "region_key")):
        with _batch(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_{column}"), type_="foreignkey")
            batch.drop_column(column)
    for table, column in (("notice", "approval_id"), ("publication", "replaces_id")):
        with _batch(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_{column}"), type_="foreignkey")
            batch.drop_column(column)
    with _batch("route_step") as batch:
        batch.drop_constraint(op.f("ck_route_step_filingkind"), type_="check")
        batch.drop_column("filing")
    for table, columns in {
        "user_account": ("confirmed_at",),
        "membership": ("ended_at",),
        "token": ("address",),
        "screening_item": ("position",),
        "publication": ("reason",),
        "outcome": ("reserve_until", "reserve_order"),
        "notice": ("position",),
        "filing": ("submitted_at", "due_at", "current", "position"),
        "application": ("barred_until",),
        "category": ("named_regions", "levels", "site_kinds"),
    }.items():
        with _batch(table) as batch:
            for column in columns:
                batch.drop_column(column)


def _one_per_site(live: str) -> None:
    op.create_index(
        "uq_application_one_per_site",
        "application",
        ["round_category_id", "site_id"],
        unique=True,
        sqlite_where=sa.text(live),
        postgresql_where=sa.text(live),
    )


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
