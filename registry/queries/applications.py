"""Applications, each seen by those who may see it."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload, undefer

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, DecisionStatus, RoundStatus
from registry.models import (
    Application,
    Award,
    Certificate,
    Decision,
    Outcome,
    Programme,
    Round,
    RoundCategory,
    Site,
)
from registry.queries import visibility


def one(session: Session, actor: Actor, action: Action, number: int, *, lock: bool = False) -> Application:
    """Return an application on which the actor may do the action, with all that its pages show around it.

    `lock` keeps its row until the unit of work ends. Raises NotFound where there is none for this actor.
    """
    query = whole().where(Application.id == number, visibility.applications(actor, action))
    if lock:
        query = query.with_for_update(of=Application).execution_options(populate_existing=True)
    application = session.scalar(query)
    if application is None:
        raise NotFound
    return application


def whole() -> Select[Application]:
    """Select applications with site, region, organisation, filing, corrections, round, category and route."""
    return select(Application).options(
        joinedload(Application.site, innerjoin=True).joinedload(Site.region, innerjoin=True),
        joinedload(Application.organisation),
        joinedload(Application.filing),
        selectinload(Application.corrections),
        selectinload(Application.round_category).options(*_with_round()),
    )


def of_applicant(session: Session, actor: Actor) -> list[Application]:
    """Return the applications of the actor's organisations, newest first."""
    return list(
        session.scalars(
            whole()
            .where(visibility.applications(actor, Action.VIEW_OWN))
            .order_by(Application.started_at.desc(), Application.id.desc())
        )
    )


def offered(session: Session, number: int) -> RoundCategory:
    """Return a category of an opened round with all that starting an application shows; raises NotFound."""
    found = session.scalar(
        select(RoundCategory)
        .join(RoundCategory.round)
        .where(RoundCategory.id == number, Round.status == RoundStatus.OPENED)
        .options(*_with_round())
    )
    if found is None:
        raise NotFound
    return found


def of_sites(session: Session, round_category: RoundCategory, site_ids: list[int]) -> dict[int, Application]:
    """Return, by site, the latest application of each site in a round category."""
    rows = session.scalars(
        select(Application)
        .where(Application.round_category_id == round_category.id, Application.site_id.in_(site_ids))
        .order_by(Application.id)
    )
    return {row.site_id: row for row in rows}


def certificate(session: Session, application: Application) -> Certificate:
    """Return the latest edition of the certificate of an application with its bytes; raises NotFound without one."""
    found = session.scalar(
        select(Certificate)
        .join(Certificate.award)
        .where(Award.application_id == application.id)
        .options(contains_eager(Certificate.award), undefer(Certificate.content))
        .order_by(Certificate.edition.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


def award_of(session: Session, application: Application) -> Award | None:
    """Return the award that an application led to, or None."""
    return session.scalar(select(Award).where(Award.application_id == application.id))


def outcome_of(session: Session, application: Application) -> Outcome | None:
    """Return what the latest approved selection says of an application, or None while nothing is decided."""
    return session.scalar(
        select(Outcome)
        .join(Decision, Decision.id == Outcome.decision_id)
        .where(Outcome.application_id == application.id, Decision.status == DecisionStatus.APPROVED)
        .order_by(Outcome.id.desc())
        .limit(1)
    )


def _with_round() -> tuple[Any, ...]:
    """Load a round category with its category, route, criteria version, round, programme and document."""
    return (
        joinedload(RoundCategory.category, innerjoin=True),
        selectinload(RoundCategory.steps),
        joinedload(RoundCategory.criteria_version, innerjoin=True),
        joinedload(RoundCategory.round, innerjoin=True)
        .joinedload(Round.programme, innerjoin=True)
        .joinedload(Programme.document, innerjoin=True),
    )
