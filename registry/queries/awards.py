"""Awards as the office sees them, and the published entries that wait for their certificates."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from registry.domain.errors import NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action
from registry.models import (
    Application,
    Award,
    Certificate,
    Decision,
    Entry,
    Issuer,
    Programme,
    ProgrammeIssuer,
    Site,
)
from registry.queries import applications, pages, register, visibility
from registry.queries.pages import FIRST, Asked, By, Page
from registry.queries.register import Search


def index(session: Session, actor: Actor, wanted: Search, asked: Asked = FIRST) -> Page[Award]:
    """Return a page of the awards of the actor's programmes that match, newest first."""
    query = register.matching(_awards(actor, Action.VIEW_RANKING), wanted, actor.at)
    return pages.page(session, query, (By(Award.id, descending=True),), asked)


def one(session: Session, actor: Actor, action: Action, number: int) -> Award:
    """Return an award on which the actor may act, with certificates and events; raises NotFound."""
    query = (
        _awards(actor, action)
        .where(Award.id == number)
        .options(
            selectinload(Award.certificates),
            selectinload(Award.events),
            joinedload(Award.application, innerjoin=True),
        )
    )
    award = session.scalar(query)
    if award is None:
        raise NotFound
    return award


def decisions_on(session: Session, award: Award) -> list[Decision]:
    """Return the decisions about an award, newest first."""
    return list(session.scalars(select(Decision).where(Decision.award_id == award.id).order_by(Decision.id.desc())))


def certificate(session: Session, actor: Actor, number: int) -> Certificate:
    """Return an edition with its stored bytes and its award; raises NotFound where the actor has none."""
    edition = session.scalar(
        select(Certificate)
        .join(Certificate.award)
        .where(Certificate.id == number, visibility.of_programmes(Award.programme_id, actor, Action.VIEW_RANKING))
        .options(undefer(Certificate.content), joinedload(Certificate.award, innerjoin=True))
    )
    if edition is None:
        raise NotFound
    return edition


def edition(session: Session, number: int) -> Certificate:
    """Return an edition with its stored bytes and its award, for the portal's own use."""
    query = select(Certificate).where(Certificate.id == number)
    return session.scalars(
        query.options(undefer(Certificate.content), joinedload(Certificate.award, innerjoin=True))
    ).one()


def application_of(session: Session, entry: Entry) -> Application:
    """Return the application of an entry with all around it, kept as it is; raises WrongState where it has none."""
    row = session.scalar(
        applications.whole()
        .where(Application.id == entry.application_id)
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise WrongState("not_to_be_issued")
    return row


def issuers(session: Session, programme: Programme) -> Sequence[Issuer]:
    """Return the authorities in whose name a programme's certificates are issued, in their order."""
    return session.scalars(
        select(Issuer)
        .join(ProgrammeIssuer, ProgrammeIssuer.issuer_id == Issuer.id)
        .where(ProgrammeIssuer.programme_id == programme.id)
        .order_by(ProgrammeIssuer.position)
    ).all()


def edition_with_digest(session: Session, sha256: str) -> Certificate | None:
    """Return the edition whose file has this digest, with its award, or None."""
    return session.scalar(_editions().where(Certificate.sha256 == sha256))


def edition_with_code(session: Session, code: str) -> Certificate | None:
    """Return the edition that carries this verification code, with its award, or None."""
    return session.scalar(_editions().where(Certificate.code == code))


def _editions() -> Select[Certificate]:
    return select(Certificate).options(joinedload(Certificate.award, innerjoin=True))


def _awards(actor: Actor, action: Action) -> Select[Award]:
    return (
        select(Award)
        .where(visibility.of_programmes(Award.programme_id, actor, action))
        .options(
            joinedload(Award.site, innerjoin=True).joinedload(Site.region, innerjoin=True),
            joinedload(Award.organisation),
            joinedload(Award.category, innerjoin=True),
            joinedload(Award.programme, innerjoin=True),
        )
    )
