"""Letters as they were written, and the wordings from which the next ones are."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.domain.errors import NotFound
from registry.domain.letters import Wording, day, place, restored
from registry.domain.policy import Actor
from registry.domain.texts import Names
from registry.domain.vocabulary import Action, LetterKind, LetterState, SeatStatus
from registry.domain.wordings import DEFAULTS
from registry.models import (
    Application,
    Category,
    Issuer,
    Letter,
    LetterTemplate,
    Membership,
    Organisation,
    Programme,
    ProgrammeIssuer,
    Round,
    RoundCategory,
    Site,
    User,
)
from registry.queries import visibility


def wording(session: Session, programme_id: int, kind: LetterKind) -> Wording:
    """Return the wording of a kind of letter in a programme: its own latest, else the one of the portal."""
    own = latest(session, programme_id).get(kind)
    return wording_of(own) if own else DEFAULTS[kind]


def wording_of(row: LetterTemplate) -> Wording:
    """Return the words of a row."""
    return Wording(row.subject, row.body, row.subject_en, row.body_en)


def latest(session: Session, programme_id: int) -> dict[LetterKind, LetterTemplate]:
    """Return the latest wording that a programme gave each kind of letter, by its kind."""
    newest = (
        select(func.max(LetterTemplate.id))
        .where(LetterTemplate.programme_id == programme_id)
        .group_by(LetterTemplate.kind)
    )
    rows = session.scalars(select(LetterTemplate).where(LetterTemplate.id.in_(newest)))
    return {row.kind: row for row in rows}


def past(session: Session, programme_id: int, kind: LetterKind) -> list[tuple[LetterTemplate, str]]:
    """Return every wording that a programme gave a kind of letter, newest first, with who prepared it."""
    rows = session.execute(
        select(LetterTemplate, User.name)
        .join(User, User.id == LetterTemplate.prepared_by_id)
        .where(LetterTemplate.programme_id == programme_id, LetterTemplate.kind == kind)
        .order_by(LetterTemplate.id.desc())
    )
    return [(row, name) for row, name in rows]


def programme(session: Session, actor: Actor, number: int, *, lock: bool = False) -> Programme:
    """Return a programme whose letters the actor words; `lock` keeps its row. Raises NotFound where there is none."""
    mine = visibility.of_programmes(Programme.id, actor, Action.MANAGE_LETTERS)
    query = select(Programme).where(Programme.id == number, mine)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


def about(session: Session, application: Application) -> tuple[int, Mapping[str, Names]]:
    """Return the number of the programme of an application, and what every letter about it can say.

    An application without an organisation is addressed by the name of its site.
    """
    site, organisation, category, round_, of = session.execute(
        select(Site, Organisation, Category, Round, Programme)
        .select_from(Application)
        .join(Site, Site.id == Application.site_id)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Category, Category.id == RoundCategory.category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .where(Application.id == application.id)
    ).one()
    told = of_programme(session, of)
    filed = _names(round_.title, round_.title_en), _names(category.name, category.name_en)
    return of.id, {
        "where": place(told["programme"], *filed),
        "site": _names(site.name, site.name_en),
        "organisation": _names(organisation.name, organisation.name_en)
        if organisation
        else _names(site.name, site.name_en),
        "category": _names(category.name, category.name_en),
        "round": _names(round_.title, round_.title_en),
        **told,
    }


def of_programme(session: Session, programme: Programme) -> dict[str, Names]:
    """Return what a letter says of its programme: the name, and its issuers in the order in which they sign."""
    issuers = session.scalars(
        select(Issuer)
        .join(ProgrammeIssuer, ProgrammeIssuer.issuer_id == Issuer.id)
        .where(ProgrammeIssuer.programme_id == programme.id)
        .order_by(ProgrammeIssuer.position)
    ).all()
    return {
        "programme": _names(programme.name, programme.name_en),
        "issuers": Names("、".join(row.name for row in issuers), ", ".join(row.name_en or row.name for row in issuers)),
    }


def readers(session: Session, application: Application) -> list[User]:
    """Return the people to whom the letters of an application go: all who have a seat in its organisation."""
    return list(
        session.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.organisation_id == application.organisation_id,
                Membership.status == SeatStatus.ACTIVE,
            )
            .order_by(User.id)
        )
    )


def sent(session: Session, application: Application) -> list[Letter]:
    """Return the letters about an application that were sent, newest first: those that its applicant reads."""
    query = select(Letter).where(Letter.application_id == application.id, Letter.state == LetterState.SENT)
    return list(session.scalars(query.order_by(Letter.settled_at.desc(), Letter.id.desc())))


def written(session: Session, application: Application) -> list[Letter]:
    """Return every letter that was written about an application, whatever became of it, newest first."""
    query = select(Letter).where(Letter.application_id == application.id)
    return list(session.scalars(query.order_by(Letter.id.desc())))


def one(session: Session, application: Application, number: int) -> Letter:
    """Return a letter about an application that was sent; raises NotFound where there is no such letter."""
    found = session.get(Letter, number)
    if found is None or found.application_id != application.id or found.state is not LetterState.SENT:
        raise NotFound
    return found


def awaited(session: Session, application: Application) -> bool:
    """Tell whether a letter about an application waits to be sent."""
    query = select(Letter.id).where(Letter.application_id == application.id, Letter.state == LetterState.WAITING)
    return session.scalar(query) is not None


def dated(letter: Letter) -> Names:
    """Return the day of a letter as its texts write it: that of the act it tells of."""
    day_of = restored(letter.told).get("date")
    return day_of if isinstance(day_of, Names) else day(letter.written_at)


def _names(name: str, name_en: str) -> Names:
    return Names(name, name_en or name)
