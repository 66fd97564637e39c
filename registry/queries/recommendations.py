"""The bureau's queue and what it must know of one application."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from registry.domain.policy import Actor, Holding
from registry.domain.vocabulary import Action, Kind, Level, Role, Standing, Status
from registry.models import Application, Organisation, Recommendation, Round, RoundCategory, RouteStep, Site, User
from registry.queries import applications, finding, pages, places, quotas, visibility
from registry.queries.pages import FIRST, Asked, By, Page

# The limits of so many categories are read for a queue.
MOST_LIMITS = 6


@dataclass(frozen=True, slots=True)
class Opinion:
    """A recommendation and who signed it."""

    recommendation: Recommendation
    name: str


@dataclass(frozen=True, slots=True)
class Given:
    """An application with the opinion that the reader's own bureau gave on it."""

    application: Application
    recommendation: Recommendation


@dataclass(frozen=True, slots=True)
class Turn:
    """The number of an application that waits for a bureau, and whether its organisation and site are confirmed."""

    id: int
    round_category_id: int
    organisation: Standing | None
    site: Standing


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which applications a bureau looks for: by words, in a programme, in a region; empty means any."""

    words: str = ""
    programme_id: int | None = None
    region: str = ""


ANY = Wanted()
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a bureau may recommend in a category and in its round as a whole; None where nothing is set."""

    category: quotas.Places | None
    round: quotas.Places | None


def turns(session: Session, actor: Actor) -> list[Turn]:
    """Return what waits for the actor's own bureau, the first submitted first, without all that is around it."""
    rows = session.execute(
        select(
            Application.id,
            Application.round_category_id,
            Organisation.status.label("organisation"),
            Site.status.label("site"),
        )
        .join(RouteStep, _step_here())
        .join(Site, Site.id == Application.site_id)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
        .where(_waiting(actor), visibility.applications(actor, Action.VIEW_RECOMMENDATIONS))
        .order_by(Application.submitted_at, Application.id)
    )
    return [Turn(*row) for row in rows]


def queue(session: Session, actor: Actor, wanted: Wanted = ANY, asked: Asked = FIRST) -> Page[Application]:
    """Return a page of the applications that wait for the actor's own bureau and match, the first submitted first."""
    query = (
        applications.whole()
        .join(RouteStep, _step_here())
        .where(_waiting(actor), visibility.applications(actor, Action.VIEW_RECOMMENDATIONS))
    )
    return pages.page(session, _narrowed(query, wanted), (By(Application.submitted_at), By(Application.id)), asked)


def decided(session: Session, actor: Actor, wanted: Wanted = ANY, asked: Asked = FIRST) -> Page[Given]:
    """Return a page of what the actor's own bureaus have given an opinion on and matches, the latest first."""
    own = [holding.region_key for holding in actor.held(Role.RECOMMENDER)]
    query = (
        select(Recommendation)
        .join(Application, Application.id == Recommendation.application_id)
        .where(Recommendation.region_key.in_(own), visibility.applications(actor, Action.VIEW_RECOMMENDATIONS))
    )
    page = pages.page(session, _narrowed(query, wanted), (By(Recommendation.id, descending=True),), asked)
    numbers = [row.application_id for row in page.rows]
    found = session.scalars(applications.whole().where(Application.id.in_(numbers)))
    by_number = {application.id: application for application in found}
    return page.of([Given(by_number[row.application_id], row) for row in page.rows])


def _narrowed(query: Select[T], wanted: Wanted) -> Select[T]:
    query = query.join(Site, Site.id == Application.site_id)
    query = query.outerjoin(Organisation, Organisation.id == Application.organisation_id)
    if wanted.programme_id:
        query = query.where(applications.in_programme(wanted.programme_id))
    if wanted.region:
        query = query.where(Site.region_key.in_(finding.within(wanted.region)))
    return query.where(finding.holds(wanted.words, *applications.NAMES))


def opinions(session: Session, application: Application) -> list[Opinion]:
    """Return the recommendations of an application in the order of its route."""
    rows = session.execute(
        select(Recommendation, User.name)
        .join(User, User.id == Recommendation.recommended_by_id)
        .where(Recommendation.application_id == application.id)
        .order_by(Recommendation.position)
    )
    return [Opinion(recommendation, name) for recommendation, name in rows]


def claimants(session: Session, application: Application) -> list[Organisation]:
    """Return the other organisations under the applying organisation's credit code, the confirmed one first."""
    if application.organisation is None:
        return []
    rows = session.scalars(
        select(Organisation)
        .where(
            Organisation.credit_code == application.organisation.credit_code,
            Organisation.id != application.organisation_id,
        )
        .order_by(Organisation.id)
    )
    return sorted(rows, key=lambda row: row.status is not Standing.CONFIRMED)


def permit_claimants(session: Session, application: Application) -> list[Site]:
    """Return the other sites under the discharge permit of the application's site, the confirmed one first."""
    if not application.site.permit_number:
        return []
    rows = session.scalars(
        select(Site)
        .where(
            Site.permit_number == application.site.permit_number,
            Site.id != application.site_id,
            Site.merged_into_id.is_(None),
        )
        .options(joinedload(Site.region, innerjoin=True))
        .order_by(Site.id)
    )
    return sorted(rows, key=lambda row: row.status is not Standing.CONFIRMED)


def holding_of(actor: Actor, application: Application) -> Holding | None:
    """Return the grant by which an application that was loaded whole waits for the actor's bureau, or None."""
    level = level_of(application)
    if application.kind is not Kind.RECOMMENDATION or application.status is not Status.WAITING:
        return None
    programme_id = application.round_category.round.programme_id
    for holding in actor.held(Role.RECOMMENDER):
        here = application.site.region_key in holding.region_keys and holding.programme_id in (None, programme_id)
        if here and level in (None, holding.region_level):
            return holding
    return None


def level_of(application: Application) -> Level | None:
    """Return the level of the bureau for which an application waits, None where the route names none."""
    steps = application.round_category.steps
    return next((step.level for step in steps if step.position == application.position), None)


def limits(session: Session, actor: Actor, application: Application) -> Limits:
    """Return how many the bureau for which an application waits may recommend, and how many it has."""
    holding = holding_of(actor, application)
    if holding is None:
        return Limits(None, None)
    return Limits(*quotas.recommending_by(session, application.round_category, holding))


def limits_around(
    session: Session, actor: Actor, waiting: Iterable[Application], decided: Iterable[Given]
) -> list[tuple[RoundCategory, Holding, Limits]]:
    """Return the limits for what waits and what was decided, by category of a round and bureau, each once.

    Of no more than `MOST_LIMITS`; the page of an application says what holds for it.
    """
    found: dict[tuple[int, str | None], tuple[RoundCategory, Holding]] = {}
    pairs = [(one, holding_of(actor, one)) for one in waiting]
    pairs += [(one.application, _holding_by(actor, one)) for one in decided]
    for application, holding in pairs:
        if holding is not None:
            key = application.round_category_id, holding.region_key
            found.setdefault(key, (application.round_category, holding))
    return [
        (where, holding, Limits(*quotas.recommending_by(session, where, holding)))
        for where, holding in list(found.values())[:MOST_LIMITS]
    ]


def _holding_by(actor: Actor, given: Given) -> Holding | None:
    """Return the grant of the actor in whose region an opinion was given, or None."""
    programme_id = given.application.round_category.round.programme_id
    mine = (one for one in actor.held(Role.RECOMMENDER) if one.programme_id in (None, programme_id))
    return next((one for one in mine if one.region_key == given.recommendation.region_key), None)


def without_bureau(session: Session, site_id: int, steps: Iterable[RouteStep]) -> frozenset[int]:
    """Return the positions of the recommendations that no bureau can give: those below the region of the site.

    A city that applies has no district above it, a plant in a municipality no city.
    """
    of_a_level = [step for step in steps if step.level is not None]
    levels = places.levels_above(session, site_id) if of_a_level else frozenset()
    return frozenset(step.position for step in of_a_level if step.level not in levels)


def _step_here() -> ColumnElement[bool]:
    return and_(
        RouteStep.round_category_id == Application.round_category_id,
        RouteStep.position == Application.position,
    )


def _waiting(actor: Actor) -> ColumnElement[bool]:
    """The condition that the stage is the bureau's, at the level of one of the actor's own regions."""
    together = visibility.regions_together(actor.held(Role.RECOMMENDER))
    turns = (_turn(programme_id, level, keys) for (programme_id, level), keys in together.items())
    here = and_(Application.kind == Kind.RECOMMENDATION, Application.status == Status.WAITING)
    return and_(here, or_(false(), *turns))


def _turn(programme_id: int | None, level: str | None, region_keys: Collection[str]) -> ColumnElement[bool]:
    condition = and_(
        or_(RouteStep.level.is_(None), RouteStep.level == level),
        Application.site_id.in_(select(Site.id).where(Site.region_key.in_(region_keys))),
    )
    if programme_id is None:
        return condition
    rounds = select(RoundCategory.id).join(Round, Round.id == RoundCategory.round_id)
    return and_(condition, Application.round_category_id.in_(rounds.where(Round.programme_id == programme_id)))
