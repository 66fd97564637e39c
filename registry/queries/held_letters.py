"""The letters that wait for a second look, by what caused them, and those that they overtake or contradict."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from registry.domain import workdays
from registry.domain.errors import NotFound
from registry.domain.letters import CONTRADICTED, LOOKED_AT_WITHIN
from registry.domain.policy import Actor
from registry.domain.texts import Names
from registry.domain.vocabulary import Action, Duty, LetterKind, LetterState, SeatStatus
from registry.models import (
    Application,
    CalendarDay,
    Decision,
    Letter,
    Membership,
    Organisation,
    Round,
    RoundCategory,
    Site,
    User,
)
from registry.queries import applications, finding, pages, visibility
from registry.queries.pages import FIRST, Asked, By, Page
from registry.queries.waiting import Waiting

# How many letters are released or written anew in one go.
MOST_AT_ONCE = 500
_WAITS = Letter.state == LetterState.WAITING


@dataclass(frozen=True, slots=True)
class Held:
    """A letter with its application and the number of its programme."""

    letter: Letter
    application: Application
    programme_id: int


@dataclass(frozen=True, slots=True)
class Group:
    """The letters of one kind that one act caused: where, by which decision if any, how many, and since when.

    `own` counts those that the actor wrote, whom another releases; `first` is one of them with its site.
    """

    where: RoundCategory
    kind: LetterKind
    decision: Decision | None
    count: int
    own: int
    since: datetime
    first: Letter
    site: Site


@dataclass(frozen=True, slots=True)
class Cause:
    """By what the letters of a group are known: the round category, the kind, and the decision, None for none."""

    where: int
    kind: LetterKind
    decision: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the office looks for among the letters that wait; None and nothing mean any."""

    programme_id: int | None = None
    round_category_id: int | None = None
    kind: LetterKind | None = None


def groups(session: Session, actor: Actor, wanted: Wanted, asked: Asked = FIRST) -> Page[Group]:
    """Return a page of the letters that wait, by what caused them, the longest waiting first."""
    first = (
        _waiting(actor)
        .with_only_columns(func.min(Letter.id))
        .group_by(Application.round_category_id, Letter.kind, Letter.decision_id)
    )
    if wanted.programme_id:
        first = first.where(applications.in_programme(wanted.programme_id))
    if wanted.round_category_id:
        first = first.where(Application.round_category_id == wanted.round_category_id)
    if wanted.kind:
        first = first.where(Letter.kind == wanted.kind)
    found = pages.page(session, select(Letter).where(Letter.id.in_(first)), (By(Letter.id),), asked)
    shown = [letter.id for letter in found.rows]
    return found.of(_grouped(session, actor, _waiting(actor).having(func.min(Letter.id).in_(shown))))


def places(session: Session, actor: Actor) -> list[RoundCategory]:
    """Return the categories of rounds in which letters wait, the newest first."""
    waiting_in = _waiting(actor).with_only_columns(Application.round_category_id)
    rows = session.scalars(
        select(RoundCategory)
        .where(RoundCategory.id.in_(waiting_in))
        .options(joinedload(RoundCategory.category, innerjoin=True), joinedload(RoundCategory.round, innerjoin=True))
        .order_by(RoundCategory.id.desc())
    )
    return list(rows)


def group(session: Session, actor: Actor, cause: Cause) -> Group:
    """Return the letters that wait of one cause; raises NotFound where there is none for the actor."""
    found = _grouped(session, actor, _of_cause(actor, cause))
    if not found:
        raise NotFound
    return found[0]


def _grouped(session: Session, actor: Actor, waiting: Select[Letter]) -> list[Group]:
    """Return letters that wait by what caused them, the longest waiting first, with one statement for each table."""
    counted = session.execute(
        waiting.with_only_columns(
            func.min(Letter.id).label("first"),
            func.count().label("number"),
            func.count().filter(Letter.written_by_id == actor.user_id).label("own"),
            func.min(Letter.written_at).label("since"),
        )
        .group_by(Application.round_category_id, Letter.kind, Letter.decision_id)
        .order_by(func.min(Letter.id))
    ).all()
    firsts = {
        letter.id: (letter, site, where)
        for letter, site, where in session.execute(
            select(Letter, Site, Application.round_category_id)
            .join(Application, Application.id == Letter.application_id)
            .join(Site, Site.id == Application.site_id)
            .where(Letter.id.in_([row.first for row in counted]))
        )
    }
    places = {
        row.id: row
        for row in session.scalars(
            select(RoundCategory)
            .where(RoundCategory.id.in_({where for _letter, _site, where in firsts.values()}))
            .options(
                joinedload(RoundCategory.category, innerjoin=True),
                joinedload(RoundCategory.round, innerjoin=True).joinedload(Round.programme, innerjoin=True),
            )
        )
    }
    numbers = {letter.decision_id for letter, _site, _where in firsts.values()} - {None}
    decisions = {row.id: row for row in session.scalars(select(Decision).where(Decision.id.in_(numbers)))}
    found = []
    for row in counted:
        letter, site, where = firsts[row.first]
        decision = decisions[letter.decision_id] if letter.decision_id else None
        found.append(Group(places[where], letter.kind, decision, row.number, row.own, row.since, letter, site))
    return found


def of_cause(
    session: Session, actor: Actor, cause: Cause, text: str = "", asked: Asked = FIRST
) -> Page[tuple[Letter, Application]]:
    """Return a page of the letters that wait of one cause, each with its application, oldest first."""
    query: Any = (
        _of_cause(actor, cause)
        .with_only_columns(Letter, Application)
        .join(Site, Site.id == Application.site_id)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
        .options(contains_eager(Application.site), contains_eager(Application.organisation))
        .where(finding.holds(text, Application.receipt, Site.name, Site.name_en, Organisation.name))
    )
    return pages.page(session, query, (By(Letter.id),), asked)


def releasable(session: Session, actor: Actor, cause: Cause) -> list[int]:
    """Return the numbers of the letters of one cause that somebody else than the actor wrote, the first of them."""
    query = _of_cause(actor, cause).with_only_columns(Letter.id).where(_of_another(actor))
    return list(session.scalars(query.order_by(Letter.id).limit(MOST_AT_ONCE)))


def rewritable(session: Session, actor: Actor, cause: Cause) -> list[int]:
    """Return the numbers of the letters of one cause, whoever wrote them, the first of them."""
    query = _of_cause(actor, cause).with_only_columns(Letter.id)
    return list(session.scalars(query.order_by(Letter.id).limit(MOST_AT_ONCE)))


def one(session: Session, actor: Actor, number: int) -> tuple[Letter, Application]:
    """Return a letter, whatever became of it, with its application whole; raises NotFound where it is not for the
    actor."""
    letter = session.get(Letter, number)
    if letter is None:
        raise NotFound
    return letter, applications.one(session, actor, Action.RELEASE_LETTERS, letter.application_id)


def followed_by(session: Session, letter: Letter) -> Letter | None:
    """Return the letter that was written instead of one, or None."""
    return session.scalar(select(Letter).where(Letter.instead_of_id == letter.id))


def cause_of(letter: Letter, application: Application) -> Cause:
    """Return by what the group of a letter is known."""
    return Cause(application.round_category_id, letter.kind, letter.decision_id)


def locked(session: Session, actor: Actor, action: Action, numbers: Collection[int]) -> list[Held]:
    """Return letters on whose applications the actor may act, in order, kept until the unit of work ends."""
    found = session.scalars(
        select(Letter)
        .join(Application, Application.id == Letter.application_id)
        .where(Letter.id.in_(numbers), visibility.applications(actor, action))
        .order_by(Letter.id)
        .with_for_update(of=Letter)
        .execution_options(populate_existing=True)
    ).all()
    around = session.execute(
        select(Application, Round.programme_id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(Application.id.in_([letter.application_id for letter in found]))
    )
    by_number = {application.id: (application, programme_id) for application, programme_id in around}
    return [Held(letter, *by_number[letter.application_id]) for letter in found]


def waiting(session: Session, application: Application) -> Letter | None:
    """Return the letter that waits of an application, kept until the unit of work ends; None where none does."""
    return session.scalar(
        select(Letter)
        .where(Letter.application_id == application.id, _WAITS)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def contradicted(session: Session, application: Application, kind: LetterKind) -> Sequence[Letter]:
    """Return the letters about an application that a letter of a kind contradicts, oldest first: those that were sent
    and that no letter sent since has replaced."""
    replaced = select(Letter.replaces_id).where(
        Letter.application_id == application.id,
        Letter.state == LetterState.SENT,
        Letter.replaces_id.is_not(None),
    )
    return session.scalars(
        select(Letter)
        .where(
            Letter.application_id == application.id,
            Letter.state == LetterState.SENT,
            Letter.kind.in_(CONTRADICTED.get(kind, ())),
            Letter.id.not_in(replaced),
        )
        .order_by(Letter.id)
    ).all()


def addressed(session: Session, application_ids: Collection[int]) -> dict[int, tuple[Names, list[User]]]:
    """Return the name of the site and the people to whom letters go, by the numbers of applications."""
    sites = session.execute(
        select(Application.id, Site.name, Site.name_en)
        .join(Site, Site.id == Application.site_id)
        .where(Application.id.in_(application_ids))
    )
    found: dict[int, tuple[Names, list[User]]] = {
        row.id: (Names(row.name, row.name_en or row.name), []) for row in sites
    }
    readers = session.execute(
        select(Application.id, User)
        .join(Membership, Membership.organisation_id == Application.organisation_id)
        .join(User, User.id == Membership.user_id)
        .where(Application.id.in_(application_ids), Membership.status == SeatStatus.ACTIVE)
        .order_by(Application.id, User.id)
    )
    for number, user in readers:
        found[number][1].append(user)
    return found


def of_office(session: Session, actor: Actor) -> list[Waiting]:
    """Return the letters that wait for the actor to release them, with the moment by which they should be looked at."""
    rows = session.execute(
        _waiting(actor)
        .with_only_columns(
            Application.round_category_id,
            func.count().label("number"),
            func.min(Letter.written_at).label("since"),
            func.min(Letter.id).label("first"),
        )
        .where(_of_another(actor))
        .group_by(Application.round_category_id)
    ).all()
    days = {row.day: row.worked for row in session.execute(select(CalendarDay.day, CalendarDay.worked))} if rows else {}
    return [
        Waiting(
            Duty.RELEASE_LETTERS,
            row.number,
            workdays.deadline(row.since, LOOKED_AT_WITHIN, count_start=False, overrides=days),
            row.first if row.number == 1 else None,
            round_category_id=row.round_category_id,
        )
        for row in rows
    ]


def _waiting(actor: Actor) -> Select[Letter]:
    return (
        select(Letter)
        .join(Application, Application.id == Letter.application_id)
        .where(_WAITS, visibility.applications(actor, Action.RELEASE_LETTERS))
    )


def _of_cause(actor: Actor, cause: Cause) -> Select[Letter]:
    return _waiting(actor).where(
        Application.round_category_id == cause.where,
        Letter.kind == cause.kind,
        Letter.decision_id.is_not_distinct_from(cause.decision),
    )


def _of_another(actor: Actor) -> ColumnElement[bool]:
    return or_(Letter.written_by_id.is_(None), Letter.written_by_id != actor.user_id)
