"""Applications, each seen by those who may see it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, inspect, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload, undefer

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, DecisionStatus, RoundStatus, Status
from registry.models import (
    Application,
    Award,
    Certificate,
    Decision,
    Organisation,
    Outcome,
    Programme,
    Round,
    RoundCategory,
    Site,
)
from registry.queries import finding, pages, visibility
from registry.queries.pages import FIRST, Asked, By, Page

# By which an application is found: its receipt, and names and numbers of site and organisation.
NAMES = (
    Application.receipt,
    Site.name,
    Site.name_en,
    Site.permit_number,
    Organisation.name,
    Organisation.name_en,
    Organisation.credit_code,
)

AROUND = frozenset({"site", "organisation", "filing", "corrections", "round_category"})
_COLUMNS = [column.key for column in inspect(Application).column_attrs]


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


def held(session: Session, number: int) -> Application:
    """Return an application whole by its number, its row kept until the unit of work ends; for the portal's own use."""
    query = whole().where(Application.id == number).with_for_update(of=Application)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def whole() -> Select[Application]:
    """Select applications with site, region, organisation, filing, corrections, round, category and route."""
    return select(Application).options(
        joinedload(Application.site, innerjoin=True).joinedload(Site.region, innerjoin=True),
        joinedload(Application.organisation),
        joinedload(Application.filing),
        selectinload(Application.corrections),
        selectinload(Application.round_category).options(*_with_round()),
    )


def in_programme(programme_id: int) -> ColumnElement[bool]:
    """Return the condition on Application for those of a programme."""
    rounds = select(Round.id).where(Round.programme_id == programme_id)
    return Application.round_category_id.in_(select(RoundCategory.id).where(RoundCategory.round_id.in_(rounds)))


def of_applicant(
    session: Session, actor: Actor, text: str = "", statuses: Collection[Status] = (), asked: Asked = FIRST
) -> Page[Application]:
    """Return a page of the applications of the actor's organisations, newest first."""
    query = (
        whole()
        .join(Site, Site.id == Application.site_id)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
        .where(visibility.applications(actor, Action.VIEW_OWN), finding.holds(text, *NAMES))
    )
    if statuses:
        query = query.where(Application.status.in_(statuses))
    order = (By(Application.started_at, descending=True), By(Application.id, descending=True))
    return pages.page(session, query, order, asked)


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
