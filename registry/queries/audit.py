"""What an auditor reads: the events of a programme, and whether the record of all events is whole."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.chain import GENESIS, Break, Link, breaks
from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action
from registry.models import ChainHead, Event, Programme, User
from registry.queries import finding, pages, visibility
from registry.queries.pages import FIRST, Asked, By, Page

# How many of the latest events a page checks; the command `registry audit verify` checks them all.
LATEST = 500


@dataclass(frozen=True, slots=True)
class Check:
    """The record of events: its length, its last digest, how many were checked, and where it does not hold."""

    events: int
    digest: str
    checked: int
    breaks: tuple[Break, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are looked for: of an application, of one kind of act, of whoever has these words in the name."""

    application: int | None = None
    action: str = ""
    words: str = ""


def programme(session: Session, actor: Actor, number: int) -> Programme:
    """Return a programme that the actor may audit; raises NotFound."""
    mine = visibility.of_programmes(Programme.id, actor, Action.AUDIT)
    found = session.scalar(select(Programme).where(Programme.id == number, mine))
    if found is None:
        raise NotFound
    return found


def events_of(session: Session, programme: Programme, wanted: Wanted, asked: Asked = FIRST) -> Page[tuple[Event, str]]:
    """Return a page of the events of a programme that match, newest first, each with the name of whoever acted."""
    query: Any = (
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.programme_id == programme.id, finding.holds(wanted.words, User.name))
    )
    if wanted.application is not None:
        query = query.where(Event.application_id == wanted.application)
    if wanted.action:
        query = query.where(Event.action == wanted.action)
    found = pages.page(session, query, (By(Event.seq, descending=True),), asked)
    return found.of([(event, name or "") for event, name in found.rows])


def actions_of(session: Session, programme: Programme) -> list[str]:
    """Return what has happened in a programme, each kind of act once."""
    return list(session.scalars(select(Event.action).where(Event.programme_id == programme.id).distinct()))


def check(session: Session, latest: int | None = None) -> Check:
    """Check the record of events from the first to the last, or the latest ones as they follow the one before them."""
    head = session.get(ChainHead, 1)
    if head is None:
        return Check(0, "", 0, (Break(1, "chain_cut_short"),))
    skipped = 0 if latest is None else max(0, head.seq - latest)
    before = session.get(Event, skipped) if skipped else None
    if skipped and before is None:
        return Check(head.seq, head.digest, 0, (Break(skipped, "event_missing"),))
    events = session.scalars(
        select(Event).where(Event.seq > skipped).order_by(Event.seq).execution_options(yield_per=1000)
    )
    begin = (before.seq, before.digest) if before else (0, GENESIS)
    found = breaks(map(_row, events), (head.seq, head.digest), begin)
    return Check(head.seq, head.digest, head.seq - skipped, tuple(found))


def _row(event: Event) -> tuple[Link, dict[str, object], str]:
    link = Link(**{name: getattr(event, name) for name in Link.__slots__})
    return link, event.payload, event.digest
