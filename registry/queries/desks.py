"""The desk of somebody who is signed in: what needs them now, in all their roles and programmes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, load_only

from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Duty, FilingKind, Role
from registry.models import Category, Programme, Round, RoundCategory, Site
from registry.queries import held_letters, office, visibility, waiting
from registry.queries.waiting import Waiting

# How many lines a desk has; who has more sees the most urgent ones.
MOST = 100
_ORDER = tuple(Duty)
# There is nothing to do but to wait.
_IDLE = frozenset({Duty.WATCH_NOTICE})


@dataclass(frozen=True, slots=True)
class Line:
    """Something that waits, with the rows that say where it belongs."""

    waiting: Waiting
    programme: Programme | None
    category: Category | None
    round: Round | None
    site: Site | None

    @property
    def duty(self) -> Duty:
        return self.waiting.duty

    @property
    def due(self) -> datetime | None:
        return self.waiting.due

    @property
    def filing(self) -> FilingKind | None:
        return self.waiting.filing


def lines(session: Session, actor: Actor) -> list[Line]:
    """Return what needs the actor now: due first before the others, then what has no date, last what only runs."""
    found = _waiting(session, actor)
    found.sort(
        key=lambda row: (
            row.duty in _IDLE,
            row.due is None,
            row.due or actor.at,
            _ORDER.index(row.duty),
            row.only or 0,
        )
    )
    return _named(session, found[:MOST])


def audited(session: Session, actor: Actor) -> list[Programme]:
    """Return the programmes that the actor audits."""
    mine = visibility.of_programmes(Programme.id, actor, Action.AUDIT)
    return list(session.scalars(select(Programme).where(mine).order_by(Programme.id).limit(MOST)))


def _waiting(session: Session, actor: Actor) -> list[Waiting]:
    parts = {
        Role.RECOMMENDER: waiting.of_bureau,
        Role.OFFICER: office.of_officer,
        Role.REVIEWER: waiting.of_reviewer,
        Role.APPROVER: waiting.of_approver,
    }
    found = waiting.of_applicant(session, actor)
    for role, part in parts.items():
        if role in actor.roles:
            found += part(session, actor)
    if actor.roles & {Role.OFFICER, Role.APPROVER}:
        found += held_letters.of_office(session, actor)
    return found + (waiting.of_administrator(session) if Role.ADMINISTRATOR in actor.roles else [])


def _named(session: Session, found: list[Waiting]) -> list[Line]:
    places = {row.id: row for row in session.scalars(_places([row.round_category_id for row in found]))}
    numbers = {row.programme_id for row in found if row.round_category_id is None}
    programmes = {row.id: row for row in session.scalars(select(Programme).where(Programme.id.in_(numbers)))}
    sites = {row.id: row for row in session.scalars(select(Site).where(Site.id.in_([row.site_id for row in found])))}
    return [_line(row, places.get(row.round_category_id or 0), programmes, sites) for row in found]


def _line(row: Waiting, place: RoundCategory | None, programmes: dict[int, Programme], sites: dict[int, Site]) -> Line:
    site = sites.get(row.site_id or 0)
    if place is None:
        return Line(row, programmes.get(row.programme_id or 0), None, None, site)
    return Line(row, place.round.programme, place.category, place.round, site)


def _places(numbers: list[int | None]) -> Select[RoundCategory]:
    return (
        select(RoundCategory)
        .where(RoundCategory.id.in_([number for number in numbers if number is not None]))
        .options(
            load_only(RoundCategory.round_id, RoundCategory.category_id),
            joinedload(RoundCategory.category, innerjoin=True),
            joinedload(RoundCategory.round, innerjoin=True).joinedload(Round.programme, innerjoin=True),
        )
    )
