"""Whether a database holds together: every invariant, every digest, the dates on record, and the chain of events."""

import hashlib
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Text, cast, select, text
from sqlalchemy.orm import Session, undefer

from registry.domain.chain import digest_of
from registry.domain.vocabulary import Action
from registry.domain.workdays import SHANGHAI
from registry.models import Award, Certificate, CriteriaVersion, Decision, Event, Programme, Round, RoundCategory
from registry.queries import audit
from registry.services.invariants import INVARIANTS

SHOWN = 10


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
    query = select(Round.id, Round.opens_at, Round.closes_at, Event.payload).join(
        Event,
        (Event.subject == "round") & (Event.subject_id == cast(Round.id, Text)) & (Event.action == "open_round"),
    )
    return [
        row.id
        for row in session.execute(query)
        if (row.opens_at, row.closes_at) != (_moment(row.payload["opens_at"]), _moment(row.payload["closes_at"]))
    ]


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _chain(session: Session) -> list[object]:
    return [f"{broken.seq} ({broken.key})" for broken in audit.check(session).breaks]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


LOOKS: tuple[tuple[str, str, Callable[[Session], list[object]]], ...] = (
    ("criteria_digest", "criteria have the digest of their content", _criteria),
    ("pinned_digest", "pinned criteria have the digest of their content", _pinned),
    ("decision_digest", "a decision has the digest of its content", _decisions),
    ("certificate_digest", "a certificate has the digest of its bytes", _certificates),
    ("award_dates", "an award has the dates that follow from its issue", _award_dates),
    ("round_dates", "an open round has the dates that it was opened with", _round_dates),
    ("chain", "every event follows from the one before", _chain),
)
