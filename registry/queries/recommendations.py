"""The bureau's queue and what it must know of one application."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from registry.domain.policy import Actor, Holding
from registry.domain.vocabulary import Action, Kind, Level, Role, Standing, Status
from registry.models import Application, Organisation, Recommendation, Round, RoundCategory, RouteStep, Site, User
from registry.queries import applications, places, quotas, visibility


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
class Limits:
    """What a bureau may recommend in a category and in its round as a whole; None where nothing is set."""

    category: quotas.Places | None
    round: quotas.Places | None


def queue(session: Session, actor: Actor) -> list[Application]:
    """Return the applications that wait for the actor's own bureau, the first submitted first."""
    query = (
        applications.whole()
        .join(RouteStep, _step_here())
        .where(_waiting(actor), visibility.applications(actor, Action.VIEW_RECOMMENDATIONS))
        .order_by(Application.submitted_at, Application.id)
    )
    return list(session.scalars(query))


def decided(session: Session, actor: Actor, limit: int = 100) -> list[Given]:
    """Return what the actor's own bureaus have given an opinion on, the latest first."""
    own = [holding.region_key for holding in actor.held(Role.RECOMMENDER)]
    newest = (
        select(Recommendation)
        .join(Application, Application.id == Recommendation.application_id)
        .where(Recommendation.region_key.in_(own), visibility.applications(actor, Action.VIEW_RECOMMENDATIONS))
        .order_by(Recommendation.id.desc())
        .limit(limit)
    )
    rows = session.scalars(newest).all()
    found = session.scalars(applications.whole().where(Application.id.in_([row.application_id for row in rows])))
    by_number = {application.id: application for application in found}
    return [Given(by_number[row.application_id], row) for row in rows]


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


def without_bureau(session: Session, site_id: int, steps: Iterable[RouteStep]) -> frozenset[int]:
    """Return the positions of the recommendations that no bureau can give: those below the region of the site.

    A city that applies has no district above it, a plant in a municipality no city.
    """
    levels = places.levels_above(session, site_id)
    return frozenset(step.position for step in steps if step.level is not None and step.level not in levels)


def _step_here() -> ColumnElement[bool]:
    return and_(
        RouteStep.round_category_id == Application.round_category_id,
        RouteStep.position == Application.position,
    )


def _waiting(actor: Actor) -> ColumnElement[bool]:
    """The condition that the stage is the bureau's, at the level of one of the actor's own regions."""
    turns = (_turn(holding) for holding in actor.held(Role.RECOMMENDER))
    here = and_(Application.kind == Kind.RECOMMENDATION, Application.status == Status.WAITING)
    return and_(here, or_(false(), *turns))


def _turn(holding: Holding) -> ColumnElement[bool]:
    condition = and_(
        or_(RouteStep.level.is_(None), RouteStep.level == holding.region_level),
        Application.site_id.in_(select(Site.id).where(Site.region_key.in_(holding.region_keys))),
    )
    if holding.programme_id is None:
        return condition
    rounds = select(RoundCategory.id).join(Round, Round.id == RoundCategory.round_id)
    return and_(condition, Application.round_category_id.in_(rounds.where(Round.programme_id == holding.programme_id)))
