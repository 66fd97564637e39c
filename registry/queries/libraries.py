"""The library of a round category: what passed its screening there and waits to be called."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Kind, Status
from registry.models import Application, Event, Recommendation, Round, RoundCategory
from registry.queries import applications, visibility

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
    kept: list[Kept]


def shelves(session: Session, actor: Actor) -> list[Shelf]:
    """Return the libraries of which the actor may see the applications, those of the latest round first."""
    found = list(session.scalars(_standing(actor).order_by(Application.id)))
    since, opinions = _since(session, found), _opinions(session, found)
    shelves: dict[int, Shelf] = {}
    for application in found:
        shelf = shelves.setdefault(application.round_category_id, Shelf(application.round_category, []))
        shelf.kept.append(Kept(application, since.get(application.id), opinions.get(application.id)))
    for shelf in shelves.values():
        shelf.kept.sort(key=lambda one: (one.since or one.application.started_at, one.application.id))
    return sorted(shelves.values(), key=lambda shelf: (-shelf.round_category.round_id, shelf.round_category.id))


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
