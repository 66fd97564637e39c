"""Whether a database holds together: every invariant, every digest, the dates on record, and the chain of events."""

import hashlib
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, cast, select, text
from sqlalchemy.orm import Session, selectinload, undefer

from registry.domain.chain import digest_of
from registry.domain.routes import parameter
from registry.domain.vocabulary import Action, CalibrationUse, DecisionKind, DecisionStatus, Kind, Status
from registry.domain.workdays import SHANGHAI
from registry.models import (
    Application,
    Award,
    Certificate,
    CriteriaVersion,
    Decision,
    Entry,
    Event,
    Meeting,
    Organisation,
    Programme,
    Round,
    RoundCategory,
    RouteStep,
)
from registry.queries import audit, holdings
from registry.services import meetings
from registry.services.invariants import INVARIANTS

SHOWN = 10
_SELECTED = (Decision.kind == DecisionKind.SELECTION, Decision.status == DecisionStatus.APPROVED)


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold: in how many rows, and the first of them."""

    key: str
    says: str
    count: int
    rows: tuple[str, ...]


def violations(session: Session) -> list[Violation]:
    """Return every invariant that does not hold."""
    found = [_violation(known.key, known.says, _numbers(session, known.query)) for known in INVARIANTS]
    found += [_violation(key, says, look(session)) for key, says, look in LOOKS]
    return [violation for violation in found if violation.count]


def _numbers(session: Session, query: str) -> list[str]:
    return sorted(str(row[0]) for row in session.execute(text(query)))


def _violation(key: str, says: str, rows: Iterable[object]) -> Violation:
    numbers = [str(row) for row in rows]
    return Violation(key, says, len(numbers), tuple(numbers[:SHOWN]))


def _criteria(session: Session) -> list[object]:
    rows = session.execute(select(CriteriaVersion.id, CriteriaVersion.content, CriteriaVersion.digest))
    return [row.id for row in rows if _sha256(row.content.encode()) != row.digest]


def _pinned(session: Session) -> list[object]:
    query = select(RoundCategory.id, RoundCategory.pinned_content, RoundCategory.pinned_digest)
    rows = session.execute(query.where(RoundCategory.pinned_content.is_not(None)))
    return [row.id for row in rows if _sha256(row.pinned_content.encode()) != row.pinned_digest]


def _decisions(session: Session) -> list[object]:
    rows = session.execute(select(Decision.id, Decision.content, Decision.digest))
    return [row.id for row in rows if digest_of(row.content) != row.digest]


def _certificates(session: Session) -> list[object]:
    rows = session.scalars(select(Certificate).options(undefer(Certificate.content)).execution_options(yield_per=20))
    return [row.id for row in rows if _sha256(row.content) != row.sha256]


def _award_dates(session: Session) -> list[object]:
    query = (
        select(Award.id, Award.year, Award.valid_from, Award.valid_until, Programme.years_valid, Event.at)
        .join(Programme, Programme.id == Award.programme_id)
        .join(Event, (Event.application_id == Award.application_id) & (Event.action == Action.ISSUE))
    )
    found: list[object] = []
    for row in session.execute(query):
        first_day = row.at.astimezone(SHANGHAI).date()
        last_year = first_day.year + row.years_valid
        # Where the last year has no 29 February, the award ends the day before.
        last_day = date(last_year, first_day.month, min(first_day.day, monthrange(last_year, first_day.month)[1]))
        if (row.year, row.valid_from, row.valid_until) != (first_day.year, first_day, last_day):
            found.append(row.id)
    return found


def _round_dates(session: Session) -> list[object]:
    """Opened rounds with other dates than they were opened with; one without an end has that which was set since."""
    of_round = (Event.subject == "round") & (Event.subject_id == cast(Round.id, Text))
    ends = {
        row.id: row.payload["closes_at"]
        for row in session.execute(
            select(Round.id, Event.payload).join(Event, of_round & (Event.action == Action.END_INTAKE))
        )
    }
    query = select(Round.id, Round.opens_at, Round.closes_at, Event.payload).join(
        Event, of_round & (Event.action == "open_round")
    )
    return [
        row.id
        for row in session.execute(query)
        if (row.opens_at, row.closes_at)
        != (_moment(row.payload["opens_at"]), _moment(row.payload["closes_at"] or ends.get(row.id)))
    ]


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _chain(session: Session) -> list[object]:
    return [f"{broken.seq} ({broken.key})" for broken in audit.check(session).breaks]


def _meetings(session: Session) -> list[object]:
    rows = session.scalars(select(Meeting).options(selectinload(Meeting.opinions)))
    return [row.id for row in rows if digest_of(meetings.content_of(row)) != row.digest]


def _meetings_needed(session: Session) -> list[object]:
    """Approved selections whose route asks for a meeting, in which somebody ranked has no opinion of one."""
    query = (
        select(Decision.id, Decision.content, RouteStep.parameters)
        .join(RouteStep, RouteStep.round_category_id == Decision.round_category_id)
        .where(*_SELECTED, RouteStep.kind == Kind.DELIBERATION)
    )
    return [
        row.id
        for row in session.execute(query)
        if parameter(Kind.DELIBERATION, row.parameters, "meeting") and not _all_spoken_of(row.content)
    ]


def _disputes(session: Session) -> list[object]:
    """Approved selections in which somebody is ranked whose reviewers disagree, and of whom no meeting has spoken."""
    return [
        row.id
        for row in session.execute(select(Decision.id, Decision.content).where(*_SELECTED))
        if any(
            line.get("apart") and line["rank"] is not None and "opinion" not in line
            for line in row.content.get("applications", ())
        )
    ]


def _calibrations(session: Session) -> list[object]:
    """Approved selections with somebody ranked that adjust for severities although their round does not, or do not."""
    query = (
        select(Decision.id, Decision.content, RoundCategory.settings)
        .join(RoundCategory, RoundCategory.id == Decision.round_category_id)
        .where(*_SELECTED)
    )
    return [
        row.id
        for row in session.execute(query)
        if any(line["rank"] is not None for line in row.content.get("applications", ()))
        and ("calibration" in row.content) is not (row.settings.get("calibration") == CalibrationUse.APPLIED)
    ]


def _all_spoken_of(content: Mapping[str, Any]) -> bool:
    named = {meeting["id"] for meeting in content.get("meetings", ())}
    ranked = (line for line in content.get("applications", ()) if line["rank"] is not None)
    return all("opinion" in line and line["opinion"]["meeting"] in named for line in ranked)


def _barred(session: Session) -> list[object]:
    """Applications that were started for a site while it was barred from their programme."""
    columns = (Application.id, Application.site_id, Application.started_at, Application.barred_until)
    of_programme = (
        select(*columns, Round.programme_id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
    )
    barring = of_programme.add_columns(Event.at).join(
        Event, (Event.application_id == Application.id) & (Event.action == Action.BAR)
    )
    bars = session.execute(barring.where(Application.status == Status.BARRED)).all()
    later = of_programme.where(Application.site_id.in_({row.site_id for row in bars}))
    return [
        one.id
        for one in session.execute(later)
        if any(
            (one.site_id, one.programme_id) == (bar.site_id, bar.programme_id)
            and one.id != bar.id
            and one.started_at >= bar.at
            and one.started_at.astimezone(SHANGHAI).date() < bar.barred_until
            for bar in bars
        )
    ]


def _entries(session: Session) -> list[object]:
    """Published entries whose credit code is not that of the organisation that applied."""
    query = (
        select(Entry.id, Entry.content, Organisation.credit_code)
        .join(Application, Application.id == Entry.application_id)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
    )
    return [
        row.id for row in session.execute(query) if row.content.get("credit_code") not in (None, "", row.credit_code)
    ]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


LOOKS: tuple[tuple[str, str, Callable[[Session], list[object]]], ...] = (
    ("criteria_digest", "criteria have the digest of their content", _criteria),
    ("pinned_digest", "pinned criteria have the digest of their content", _pinned),
    ("decision_digest", "a decision has the digest of its content", _decisions),
    ("meeting_digest", "the record of a meeting has the digest of its content", _meetings),
    ("meeting_needed", "where the route asks for a meeting a selection rests on the record of one", _meetings_needed),
    ("dispute_deliberated", "a meeting has spoken of whom reviewers disagree on by the rule of the round", _disputes),
    ("calibration_as_fixed", "adjusted totals decide where the round fixed it, and nowhere else", _calibrations),
    ("entry_of_applicant", "a published entry has the credit code of the organisation that applied", _entries),
    ("certificate_digest", "a certificate has the digest of its bytes", _certificates),
    ("award_dates", "an award has the dates that follow from its issue", _award_dates),
    (
        "round_dates",
        "an open round has the dates that it was opened with, or the end that was set since where it had none",
        _round_dates,
    ),
    ("listed_first", "whoever is selected held an award that the category asks for first", holdings.selected_without),
    ("barred_site_stays_out", "nobody applies for a site in a programme while it is barred from it", _barred),
    ("chain", "every event follows from the one before", _chain),
)
