"""What the documents ask for, and how far the awards of this portal have come with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from registry.domain.targets import Entries, Target, TargetEntry
from registry.domain.vocabulary import AwardStatus, CriteriaStatus, TargetState
from registry.domain.workdays import SHANGHAI
from registry.models import Award, Category, CriteriaVersion, Programme
from registry.models import TargetEntry as TargetRow

# Of these classes nothing is awarded, so that no award can count towards their numbers.
NOT_AWARDED = frozenset({"E", "K"})


@dataclass(frozen=True, slots=True)
class Standing:
    """The categories that run for an entry in programmes of this portal, each with how many of its awards stand."""

    categories: tuple[tuple[Category, int], ...]

    @property
    def awards(self) -> int:
        return sum(awards for _category, awards in self.categories)


def entries(session: Session, document_key: str | None = None) -> dict[str, TargetEntry]:
    """Return the entries of all documents, or of one, by id in the order of the file."""
    query = select(TargetRow.key, TargetRow.content).order_by(TargetRow.position)
    if document_key is not None:
        query = query.where(TargetRow.document_key == document_key)
    return {row.key: TargetEntry.model_validate(row.content) for row in session.execute(query)}


def ids(session: Session) -> frozenset[str]:
    """Return the ids of all entries."""
    return frozenset(session.scalars(select(TargetRow.key)))


def standings(session: Session, at: datetime) -> dict[str, Standing]:
    """Return, by the id of an entry, what runs for it here.

    A category runs an entry if it has its id for a key and its programme rests on the document of the entry.
    """
    counts = awards_by_category(session, at)
    running: dict[str, list[tuple[Category, int]]] = {}
    rows = session.scalars(
        select(Category)
        .join(TargetRow, TargetRow.key == Category.key)
        .join(Programme, Programme.id == Category.programme_id)
        .where(Programme.document_key == TargetRow.document_key)
        .options(joinedload(Category.programme, innerjoin=True))
        .order_by(Category.programme_id, Category.id)
    )
    for category in rows:
        running.setdefault(category.key, []).append((category, counts.get(category.id, 0)))
    return {key: Standing(tuple(found)) for key, found in running.items()}


def awards_by_category(session: Session, at: datetime) -> dict[int, int]:
    """Return how many awards stand in each category at a moment: not revoked, and valid to the end of their day."""
    today = at.astimezone(SHANGHAI).date()
    rows = session.execute(
        select(Award.category_id, func.count())
        .where(Award.status == AwardStatus.VALID, Award.valid_until >= today)
        .group_by(Award.category_id)
    )
    return {row[0]: row[1] for row in rows}


def categories(session: Session, document_key: str | None = None) -> list[Category]:
    """Return all categories with their programmes, or those of the programmes that rest on a document."""
    query = select(Category).options(joinedload(Category.programme, innerjoin=True))
    if document_key is not None:
        query = query.join(Programme, Programme.id == Category.programme_id)
        query = query.where(Programme.document_key == document_key)
    return list(session.scalars(query.order_by(Category.programme_id, Category.id)))


def sets_in_force(session: Session) -> dict[str, tuple[str, str]]:
    """Return the titles, Chinese and English, of the criteria sets that have an approved version, by key."""
    rows = session.execute(
        select(CriteriaVersion.key, CriteriaVersion.title, CriteriaVersion.title_en)
        .where(CriteriaVersion.status == CriteriaStatus.APPROVED)
        .order_by(CriteriaVersion.number)
    )
    return {row.key: (row.title, row.title_en) for row in rows}


def counted_in(every: Entries, key: str) -> tuple[str, ...]:
    """Return the ids of the entries whose awards count for an entry: itself, or the parts of a total."""
    if every[key].kind != "total":
        return (key,)
    return tuple(part for part, entry in every.items() if any(target.part_of == key for target in entry.targets))


def awarded(standing: Mapping[str, Standing], keys: Iterable[str]) -> int | None:
    """Return the awards that stand for these entries, or None where no programme of this portal runs any of them."""
    found = [standing[key].awards for key in keys if key in standing]
    return sum(found) if found else None


def state(entry: TargetEntry, target: Target, count: int | None, at: datetime) -> TargetState:
    """Tell how a number stands at a moment; it is due when its year is over in China.

    Awards are counted only for numbers of what is awarded, not for shares, changes, areas or capacities.
    """
    if entry.kind in NOT_AWARDED or target.measure != "count" or target.of is not None:
        return TargetState.NOT_MEASURED
    if count is None:
        return TargetState.NOT_RUN
    reached = Decimal(count) >= target.value
    if at.astimezone(SHANGHAI).year > target.year:
        return TargetState.DUE_REACHED if reached else TargetState.DUE_NOT_REACHED
    return TargetState.REACHED if reached else TargetState.UNDER_WAY
