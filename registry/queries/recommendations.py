"""The bureau's queue and what it must know of one application."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from registry.domain.policy import Actor, Holding
from registry.domain.vocabulary import Action, Kind, Level, Role, Standing, Status
from registry.models import Application, Organisation, Recommendation, Round, RoundCategory, RouteStep, Site, User
from registry.queries import applications, visibility


@dataclass(frozen=True, slots=True)
class Opinion:
    """A recommendation and who signed it."""

    recommendation: Recommendation
    name: str


def queue(session: Session, actor: Actor) -> list[Application]:
    """Return the applications that wait for the actor's own bureau, the first submitted first."""
    query = (
        applications.whole()
        .join(RouteStep, _step_here())
        .where(_waiting(actor), visibility.applications(actor, Action.VIEW_RECOMMENDATIONS))
        .order_by(Application.submitted_at, Application.id)
    )
    return list(session.scalars(query))


def decided(session: Session, actor: Actor, limit: int = 100) -> list[Application]:
    """Return the applications of the actor's regions that have a recommendation, the latest first."""
    query = (
        applications.whole()
        .where(
            Application.id.in_(select(Recommendation.application_id)),
            visibility.applications(actor, Action.VIEW_RECOMMENDATIONS),
        )
        .order_by(Application.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


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


def turn_of(session: Session, actor: Actor, application: Application) -> bool:
    """Tell whether an application waits for the actor's own bureau."""
    found = session.scalar(
        select(Application.id).join(RouteStep, _step_here()).where(Application.id == application.id, _waiting(actor))
    )
    return found is not None


def level_of(application: Application) -> Level | None:
    """Return the level at which the application's route asks for a recommendation."""
    steps = application.round_category.steps
    return next((step.level for step in steps if step.kind is Kind.RECOMMENDATION), None)


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
