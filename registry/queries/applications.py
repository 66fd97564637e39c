"""Applications, each seen by those who may see it."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action
from registry.models import Application, Programme, Round, RoundCategory, Site
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
        selectinload(Application.round_category).options(
            joinedload(RoundCategory.category, innerjoin=True),
            selectinload(RoundCategory.steps),
            joinedload(RoundCategory.criteria_version, innerjoin=True),
            joinedload(RoundCategory.round, innerjoin=True)
            .joinedload(Round.programme, innerjoin=True)
            .joinedload(Programme.document, innerjoin=True),
        ),
    )
