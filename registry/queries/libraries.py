"""The library of a round category: what passed its screening there and waits to be called."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Kind, Status
from registry.models import Application, Event, Organisation, Recommendation, Round, RoundCategory, Site
from registry.queries import applications, finding, pages, visibility
from registry.queries.pages import FIRST, Asked, By, Page

_ENTERED = f"{Kind.LIBRARY}.{Status.WAITING}"


@dataclass(frozen=True, slots=True)
class Kept:
    """An application in the library: since when, and the last opinion of a bureau on it."""

    application: Application
    since: datetime | None
    recommendation: Recommendation | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A round category with what stands in its library, the first that came first."""

    round_category: RoundCategory
    count: int
    kept: list[Kept]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in the libraries: by words, in a round category, in a region; empty means any."""

    words: str = ""
    round_category_id: int | None = None
    region: str = ""


def page(session: Session, actor: Actor, wanted: Wanted, asked: Asked = FIRST) -> Page[Kept]:
    """Return a page of what stands in the libraries and matches: the latest round first, in each the first that came.

    Only of those libraries of which the actor may see the applications.
    """
    query = (
        _standing(actor)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Site, Site.id == Application.site_id)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
        .where(finding.holds(wanted.words, *applications.NAMES))
    )
    if wanted.round_category_id:
        query = query.where(Application.round_category_id == wanted.round_category_id)
    if wanted.region:
        query = query.where(Site.region_key.in_(finding.within(wanted.region)))
    entered = select(func.max(Event.at)).where(Event.application_id == Application.id, Event.after == _ENTERED)
    order = (
        By(RoundCategory.round_id, descending=True),
        By(RoundCategory.id),
        By(func.coalesce(entered.scalar_subquery(), Application.started_at)),
        By(Application.id),
    )
    found = pages.page(session, query, order, asked)
    since, opinions = _since(session, found.rows), _opinions(session, found.rows)
    return found.of([Kept(one, since.get(one.id), opinions.get(one.id)) for one in found.rows])


def shelves(session: Session, actor: Actor, kept: Sequence[Kept]) -> list[Shelf]:
    """Return the libraries in which these applications stand, in their order, with how many stand in each."""
    counts = _counts(session, actor)
    found: dict[int, Shelf] = {}
    for one in kept:
        where = one.application.round_category
        found.setdefault(where.id, Shelf(where, counts.get(where.id, 0), [])).kept.append(one)
    return list(found.values())


def categories(session: Session, actor: Actor) -> list[RoundCategory]:
    """Return the round categories with something in the library that the actor may see, the latest round first."""
    query = select(RoundCategory).where(RoundCategory.id.in_(_counts(session, actor)))
    around = (joinedload(RoundCategory.round, innerjoin=True), joinedload(RoundCategory.category, innerjoin=True))
    return list(session.scalars(query.options(*around).order_by(RoundCategory.round_id.desc(), RoundCategory.id)))


def category(session: Session, actor: Actor, number: int) -> RoundCategory:
    """Return a round category from whose library the actor may call. Raises NotFound for another's."""
    found = session.scalar(
        select(RoundCategory)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(RoundCategory.id == number, visibility.of_programmes(Round.programme_id, actor, Action.CALL))
        .options(joinedload(RoundCategory.round), joinedload(RoundCategory.category))
    )
    if found is None:
        raise NotFound
    return found


def chosen(
    session: Session, actor: Actor, round_category: RoundCategory, numbers: Collection[int]
) -> list[Application]:
    """Return those of the applications that stand in the library now, their rows kept until the unit of work ends."""
    query = (
        applications.whole()
        .where(
            Application.round_category_id == round_category.id,
            Application.id.in_(numbers),
            Application.kind == Kind.LIBRARY,
            Application.status == Status.WAITING,
            visibility.applications(actor, Action.CALL),
        )
        .order_by(Application.id)
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _counts(session: Session, actor: Actor) -> dict[int, int]:
    query = _standing(actor).with_only_columns(Application.round_category_id, func.count(), maintain_column_froms=True)
    return {row[0]: row[1] for row in session.execute(query.group_by(Application.round_category_id))}


def _standing(actor: Actor) -> Select[Application]:
    return applications.whole().where(
        visibility.applications(actor, Action.VIEW_CASE),
        Application.kind == Kind.LIBRARY,
        Application.status == Status.WAITING,
    )


def _since(session: Session, found: list[Application]) -> dict[int | None, datetime]:
    rows = session.execute(
        select(Event.application_id, func.max(Event.at).label("at"))
        .where(Event.application_id.in_([one.id for one in found]), Event.after == _ENTERED)
        .group_by(Event.application_id)
    )
    return {row.application_id: row.at for row in rows}


def _opinions(session: Session, found: list[Application]) -> dict[int, Recommendation]:
    rows = session.scalars(
        select(Recommendation)
        .where(Recommendation.application_id.in_([one.id for one in found]))
        .order_by(Recommendation.position)
    )
    return {row.application_id: row for row in rows}
