"""Whether a database holds together: every invariant, every digest, and the chain of events."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session, undefer

from registry.domain.chain import digest_of
from registry.models import Certificate, CriteriaVersion, Decision, RoundCategory
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
    found += [_violation(key, says, look(session)) for key, says, look in DIGESTS]
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


def _chain(session: Session) -> list[object]:
    return [f"{broken.seq} ({broken.key})" for broken in audit.check(session).breaks]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


DIGESTS: tuple[tuple[str, str, Callable[[Session], list[object]]], ...] = (
    ("criteria_digest", "criteria have the digest of their content", _criteria),
    ("pinned_digest", "pinned criteria have the digest of their content", _pinned),
    ("decision_digest", "a decision has the digest of its content", _decisions),
    ("certificate_digest", "a certificate has the digest of its bytes", _certificates),
    ("chain", "every event follows from the one before", _chain),
)
