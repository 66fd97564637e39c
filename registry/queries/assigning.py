"""All that the assignment of a round depends on, read at once: applications, reviewers, who left, what ties them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import Session

from registry.domain.assigning.settings import Settings
from registry.domain.assigning.values import Case, Duo, Problem, Reason, Reviewer
from registry.domain.policy import Actor
from registry.domain.ties.values import Judged, Link, LinkKind, Person
from registry.domain.vocabulary import Action, Kind, Status
from registry.models import Application, Assignment, ReviewerProfile, Round, Site, User
from registry.queries import blinding, candidates, criteria_versions, disagreements, reviews, ties, visibility
from registry.queries.backgrounds import links_of
from registry.queries.parties import paths

# Why a tie keeps two apart: it stands for certain, nobody has judged it yet, or the reviewer would assign oneself.
CERTAIN, UNJUDGED, ONESELF = "certain", "unjudged", "oneself"
# Or the reviewer has an office in the programme, and would see who applies where nobody who reviews may.
NOT_BLIND = "not_blind"


@dataclass(frozen=True, slots=True)
class _Row:
    """An application under review as it is read."""

    id: int
    round_category_id: int
    position: int
    region_key: str


def needed(session: Session, round_: Round) -> dict[tuple[int, int], int]:
    """Return how many reviewers each stage of review of a round asks for, by category of the round and position."""
    found = {}
    for entry in round_.categories:
        steps = [step for step in entry.steps if step.kind is Kind.REVIEW]
        criteria = criteria_versions.of_round_category(session, entry) if steps else None
        for step in steps:
            if criteria is not None:
                found[entry.id, step.position] = reviews.needed(criteria, step.parameters)
    return found


def under_review(round_: Round, actor: Actor, action: Action) -> ColumnElement[bool]:
    """Return the condition on Application for those under review in a round on which the actor may do the action."""
    return (
        Application.round_category_id.in_([entry.id for entry in round_.categories])
        & (Application.kind == Kind.REVIEW)
        & (Application.status == Status.WAITING)
        & visibility.applications(actor, action)
    )


def problem(
    session: Session, actor: Actor, round_: Round, settings: Settings, only: Collection[int] | None = None
) -> Problem:
    """Return what a plan of a round that was loaded with its categories depends on, as the actor would assign now.

    With `only` it is about these applications alone, as far as they are under review. However many pairs there are, the
    number of statements grows with the portions in which the applications are read, not with the pairs.
    """
    which = under_review(round_, actor, Action.ASSIGN)
    if settings.round_category is not None:
        which &= Application.round_category_id == settings.round_category
    if only is not None:
        which &= Application.id.in_(sorted(only)) if only else false()
    rows = _applications(session, which)
    kept, left = _assigned(session, which)
    persons, reviewers = _reviewers(session, round_.programme_id, settings, left)
    needs, keys = needed(session, round_), {entry.id: entry.criteria_version.key for entry in round_.categories}
    more = disagreements.further(session, round_.categories)
    lying = paths(session)
    cases = tuple(
        Case(
            key=row.id,
            fields=(keys[row.round_category_id],),
            needed=max(0, needs.get((row.round_category_id, row.position), 0) + (row.id in more) - len(kept[row.id])),
            region=lying[row.region_key],
            kept=frozenset(kept[row.id]),
        )
        for row in rows
    )
    found = ties.of_many(session, round_.programme_id, [row.id for row in rows], persons, actor.at)
    tied = dict(_tied(found, settings))
    unseeing = blinding.among(session, [row.id for row in rows])
    seeing = candidates.in_office(session, round_.programme_id) if unseeing else frozenset()
    tied |= {Duo(number, person): Reason(NOT_BLIND) for number in unseeing for person in seeing}
    tied |= {Duo(row.id, actor.user_id): Reason(ONESELF) for row in rows if actor.user_id is not None}
    return Problem(cases, reviewers, settings.rules, tied)


def fields_of(session: Session, programme_id: int) -> dict[int, ReviewerProfile]:
    """Return what is known of the reviewers of a programme, by person; those of whom nothing is are left out."""
    people = candidates.reviewers_of(programme_id).with_only_columns(User.id)
    rows = session.scalars(select(ReviewerProfile).where(ReviewerProfile.user_id.in_(people)))
    return {row.user_id: row for row in rows}


def _applications(session: Session, which: ColumnElement[bool]) -> list[_Row]:
    query = (
        select(Application.id, Application.round_category_id, Application.position, Site.region_key)
        .join(Site, Site.id == Application.site_id)
        .where(which)
        .order_by(Application.id)
    )
    return [_Row(*row) for row in session.execute(query)]


def _assigned(session: Session, which: ColumnElement[bool]) -> tuple[Mapping[int, set[int]], Mapping[int, set[int]]]:
    """Return who is there, by application, and the applications which each reviewer has left or must not judge."""
    kept: dict[int, set[int]] = defaultdict(set)
    left: dict[int, set[int]] = defaultdict(set)
    rows = (
        select(Assignment.application_id, Assignment.reviewer_id, Assignment.ended_at, Assignment.conflict)
        .join(Application, Application.id == Assignment.application_id)
        .where(which)
    )
    for row in session.execute(rows):
        if row.ended_at is None and row.conflict in reviews.OPEN:
            kept[row.application_id].add(row.reviewer_id)
        else:
            left[row.reviewer_id].add(row.application_id)
    return kept, left


def _reviewers(
    session: Session, programme_id: int, settings: Settings, left: Mapping[int, set[int]]
) -> tuple[list[Person], tuple[Reviewer, ...]]:
    people = session.scalars(candidates.reviewers_of(programme_id).order_by(User.id)).all()
    profiles, carried, lying = fields_of(session, programme_id), candidates.loads(session), paths(session)
    links = links_of(session, [person.id for person in people])
    reviewers = []
    for person in people:
        profile = profiles.get(person.id)
        reviewers.append(
            Reviewer(
                key=person.id,
                fields=frozenset(profile.fields if profile else ()),
                most=(profile.most if profile else None) or settings.most,
                taken=carried.get(person.id, 0),
                region=lying[profile.region_key] if profile and profile.region_key else (),
                employer=_employer(links[person.id]),
                declined=frozenset(left.get(person.id, ())),
            )
        )
    return [Person(one.id, one.name, tuple(links[one.id])) for one in people], tuple(reviewers)


def _employer(links: Sequence[Link]) -> str | None:
    """Return by what the first present employer is known: of one employer one reviewer judges an application."""
    there = (link.to for link in links if link.kind is LinkKind.EMPLOYER and link.until is None)
    return next((one.key for one in there if one is not None), None)


def _tied(found: Mapping[int, Mapping[int, Judged]], settings: Settings) -> Iterator[tuple[Duo, Reason]]:
    """Yield the pairs that ties keep apart, each with the strongest of them."""
    for person, by_application in found.items():
        for application, judged in by_application.items():
            blocking = next((one for one in judged.standing if one.blocks), None)
            one = blocking or (judged.standing[0] if judged.standing and settings.unjudged else None)
            if one is not None:
                values = {"organisation": one.nodes[-1].name, "tie": str(one.tie)}
                yield Duo(application, person), Reason(CERTAIN if blocking else UNJUDGED, values)
