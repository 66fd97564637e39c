"""The chain of events: canonical text, digests, and the check that nothing was changed or left out."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One event as the chain sees it."""

    seq: int
    at: datetime
    clock_moved: bool
    actor_id: int | None
    role: str
    action: str
    subject: str
    subject_id: str
    programme_id: int | None
    application_id: int | None
    before: str | None
    after: str | None
    payload_digest: str
    previous: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold: the sequence number and a key for what is wrong there."""

    seq: int
    key: str


def canonical(value: object) -> bytes:
    """Return the one JSON text of a value: keys sorted, no blanks, UTF-8; times in UTC, decimals as their digits."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def digest_of(value: object) -> str:
    """Return the SHA-256 of the canonical text, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def salted(value: str, salt: str) -> str:
    """Return what stands for personal data in an event: a digest that tells nothing without the salt."""
    return hashlib.sha256(f"{salt}:{value}".encode()).hexdigest()


def digest_of_link(link: Link) -> str:
    """Return the digest of an event, which the next one carries as `previous`."""
    return digest_of([getattr(link, name) for name in Link.__slots__])


def breaks(
    rows: Iterable[tuple[Link, dict[str, Any], str]], head: tuple[int, str], begin: tuple[int, str] = (0, GENESIS)
) -> list[Break]:
    """Return every place where the chain does not hold.

    Each row is an event, its payload and its stored digest, in the order of their numbers; `head` is the number and
    digest that the chain is said to end with, `begin` those of the event before the first row.
    """
    found: list[Break] = []
    previous, expected = begin[1], begin[0] + 1
    for link, payload, digest in rows:
        if link.seq != expected:
            found.append(Break(expected, "event_missing"))
        if link.previous != previous:
            found.append(Break(link.seq, "event_not_linked"))
        if digest_of(payload) != link.payload_digest:
            found.append(Break(link.seq, "payload_changed"))
        if digest_of_link(link) != digest:
            found.append(Break(link.seq, "event_changed"))
        previous, expected = digest, link.seq + 1
    if (expected - 1, previous) != head:
        found.append(Break(expected, "chain_cut_short"))
    return found


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical text")
