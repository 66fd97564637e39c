"""Who is tied to which applications, read for whoever is to judge: the graph of the organisations around them.

Only what can lead from a person to one of the applications is loaded: the parties of the applications and whatever the
people are linked to, with all that hangs together with them by parents, and whoever is led by one of the same name.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.ties.graph import Graph
from registry.domain.ties.standing import Ties
from registry.domain.ties.values import (
    Bond,
    BondKind,
    Case,
    Finding,
    Judged,
    Link,
    Party,
    Person,
    Verdict,
)
from registry.domain.ties.verdicts import judged, latest
from registry.domain.vocabulary import Action, Kind
from registry.domain.workdays import SHANGHAI
from registry.models import Application, Round, RoundCategory, TieVerdict, User
from registry.queries import facts, people, visibility
from registry.queries.backgrounds import links_of
from registry.queries.parties import around, by_portions, known, parties_of, paths

_NOTHING = Judged(())


@dataclass(frozen=True, slots=True)
class Tied:
    """An application to which somebody is tied, with all that was found."""

    application: Application
    judged: Judged


def of_application(
    session: Session, application: Application, persons: Collection[User], at: datetime
) -> dict[int, Judged]:
    """Return of each of some people what ties them to an application, what was decided about it applied."""
    if not persons:
        return {}
    day = at.astimezone(SHANGHAI).date()
    links = links_of(session, [person.id for person in persons])
    ties = _ties(session, [application.id], links, day)
    named = [Person(person.id, person.name, tuple(links[person.id])) for person in persons]
    found = {person.number: ties.between(person, application.id) for person in named}
    remembered = verdicts(session, [one for findings in found.values() for one in findings])
    here = remembered.get(facts.programme_of(session, application), {})
    return {number: judged(findings, here) for number, findings in found.items()}


def of_applications(session: Session, numbers: Collection[int], person: User, at: datetime) -> dict[int, Judged]:
    """Return what ties one person to applications, of those where anything does, what was decided about it applied."""
    return _of_person(session, sorted(numbers), person_of(session, person), at) if numbers else {}


def of_many(
    session: Session, programme_id: int, numbers: Sequence[int], persons: Collection[Person], at: datetime
) -> dict[int, dict[int, Judged]]:
    """Return by person and application what ties some people to applications of a programme, where anything does.

    What the programme decided is applied. It is read at once, however many pairs there are.
    """
    if not numbers or not persons:
        return {}
    links = {person.number: list(person.links) for person in persons}
    ties = _ties(session, sorted(numbers), links, at.astimezone(SHANGHAI).date())
    rows = session.scalars(select(TieVerdict).where(TieVerdict.programme_id == programme_id).order_by(TieVerdict.id))
    here = latest(Verdict(row.fingerprint, row.decision, row.reason, row.judged_by_id, row.judged_at) for row in rows)
    return {
        person.number: {number: judged(findings, here) for number, findings in ties.check(person).items()}
        for person in persons
    }


def of_person(session: Session, application: Application, person: User, at: datetime) -> Judged:
    """Return what ties one person to an application, what was decided about it applied."""
    return of_application(session, application, [person], at).get(person.id, _NOTHING)


def finding_of(judged_: Judged, fingerprint: str) -> Finding:
    """Return the finding of a fingerprint, standing or dismissed. Raises NotFound where it is not found any more."""
    for one in (*judged_.standing, *(dismissed for dismissed, _verdict in judged_.dismissed)):
        if one.fingerprint == fingerprint:
            return one
    raise NotFound


def open_applications(session: Session, actor: Actor, person: Person) -> list[Tied]:
    """Return the applications under way in the actor's programmes to which a person is tied, as far as is known.

    The person need not have an account: it is then number 0, and nothing was decided about it yet.
    """
    query = (
        select(Application.id)
        .where(visibility.applications(actor, Action.ASSIGN), Application.kind.in_(_BEFORE_DECISION))
        .order_by(Application.id)
    )
    found = _of_person(session, session.scalars(query).all(), person, actor.at)
    loaded = {row.id: row for some in by_portions(found) for row in session.scalars(_shown(some))}
    return [Tied(loaded[number], judged_) for number, judged_ in found.items()]


def person_of(session: Session, user: User) -> Person:
    """Return a person with an account and all that links it to organisations."""
    return Person(user.id, user.name, tuple(links_of(session, [user.id])[user.id]))


def verdicts(session: Session, findings: Iterable[Finding]) -> dict[int, dict[str, Verdict]]:
    """Return what each programme decided about some findings, by fingerprint: the latest of each.

    What one programme decided binds no other.
    """
    marks = sorted({mark for one in findings for mark in (one.fingerprint, one.between) if mark})
    rows: dict[int, list[Verdict]] = defaultdict(list)
    for some in by_portions(marks):
        query = select(TieVerdict).where(TieVerdict.fingerprint.in_(some)).order_by(TieVerdict.id)
        for row in session.scalars(query):
            verdict = Verdict(row.fingerprint, row.decision, row.reason, row.judged_by_id, row.judged_at)
            rows[row.programme_id].append(verdict)
    return {number: latest(some) for number, some in rows.items()}


def judges(session: Session, found: Iterable[Judged]) -> dict[int, str]:
    """Return the names of those who decided about what was found."""
    numbers = {verdict.by for one in found for _finding, verdict in one.dismissed}
    numbers |= {verdict.by for one in found for verdict in one.verdicts.values()}
    return people.names(session, numbers)


_BEFORE_DECISION = (
    Kind.RECOMMENDATION,
    Kind.SCREENING,
    Kind.LIBRARY,
    Kind.SCORING,
    Kind.REVIEW,
    Kind.SITE_VISIT,
    Kind.DELIBERATION,
)


def _of_person(session: Session, numbers: Sequence[int], person: Person, at: datetime) -> dict[int, Judged]:
    """Return by application what ties a person to it, each judged as its own programme decided."""
    day = at.astimezone(SHANGHAI).date()
    found = _ties(session, numbers, {person.number: list(person.links)}, day).check(person)
    remembered = verdicts(session, [one for findings in found.values() for one in findings])
    programmes: dict[int, int] = {}
    for some in by_portions(found) if remembered else ():
        query = (
            select(Application.id, Round.programme_id)
            .join(RoundCategory, RoundCategory.id == Application.round_category_id)
            .join(Round, Round.id == RoundCategory.round_id)
            .where(Application.id.in_(some))
        )
        programmes |= {row.id: row.programme_id for row in session.execute(query)}
    return {
        number: judged(findings, remembered.get(programmes.get(number, 0), {})) for number, findings in found.items()
    }


def _shown(numbers: Iterable[int]) -> Any:
    return (
        select(Application)
        .where(Application.id.in_(tuple(numbers)))
        .options(
            joinedload(Application.site, innerjoin=True),
            joinedload(Application.organisation),
            joinedload(Application.round_category, innerjoin=True).options(
                joinedload(RoundCategory.category, innerjoin=True), joinedload(RoundCategory.round, innerjoin=True)
            ),
        )
    )


def _ties(session: Session, application_ids: Sequence[int], links: Mapping[int, Collection[Link]], day: date) -> Ties:
    """Return the applications with their parties, ready to be held against people."""
    parties, numbers, named = parties_of(session, application_ids)
    linked = [link.to for some in links.values() for link in some if link.to is not None]
    rows = around(session, numbers, {one.code for one in (*linked, *named) if one.code})
    lying = paths(session)
    by_id = {row.id: known(row, lying) for row in rows}
    # What an application says of its own evaluator counts for it, besides what the portal knows of the organisation.
    organisations = [*by_id.values(), *named]
    for application, numbered in numbers.items():
        parties[application] += [Party(by_id[number].key, part) for number, part in numbered]
    bonds = [
        Bond(BondKind.PARENT, by_id[row.id].key, by_id[row.parent_id].key) for row in rows if row.parent_id in by_id
    ]
    graph = Graph(organisations, bonds, day)
    return Ties(graph, [Case(number, tuple(parties[number])) for number in application_ids])
