"""What an auditor reads: the events of a programme, and whether the record of all events is whole."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.domain.chain import Break, Link, breaks
from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action
from registry.models import ChainHead, Event, Programme, User
from registry.queries import visibility

PAGE = 50


@dataclass(frozen=True, slots=True)
class Check:
    """The record of events: its length, its last digest, and every place where it does not hold."""

    events: int
    digest: str
    breaks: tuple[Break, ...]


@dataclass(frozen=True, slots=True)
class Events:
    """A page of events, each with the name of whoever acted, and how many there are in all."""

    rows: tuple[tuple[Event, str], ...]
    total: int


def programme(session: Session, actor: Actor, number: int) -> Programme:
    """Return a programme that the actor may audit; raises NotFound."""
    mine = visibility.of_programmes(Programme.id, actor, Action.AUDIT)
    found = session.scalar(select(Programme).where(Programme.id == number, mine))
    if found is None:
        raise NotFound
    return found


def events_of(session: Session, programme: Programme, *, application: int | None, page: int) -> Events:
    """Return a page of the events of a programme, newest first, of one application where it is named."""
    asked = [Event.programme_id == programme.id]
    if application is not None:
        asked.append(Event.application_id == application)
    rows = session.execute(
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(*asked)
        .order_by(Event.seq.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    total = session.scalar(select(func.count()).select_from(Event).where(*asked)) or 0
    return Events(tuple((event, name or "") for event, name in rows), total)


def check(session: Session) -> Check:
    """Check the whole record of events, from the first to the last."""
    head = session.get(ChainHead, 1)
    if head is None:
        return Check(0, "", (Break(1, "chain_cut_short"),))
    events = session.scalars(select(Event).order_by(Event.seq).execution_options(yield_per=1000))
    found = breaks(map(_row, events), (head.seq, head.digest))
    return Check(head.seq, head.digest, tuple(found))


def _row(event: Event) -> tuple[Link, dict[str, object], str]:
    link = Link(**{name: getattr(event, name) for name in Link.__slots__})
    return link, event.payload, event.digest
