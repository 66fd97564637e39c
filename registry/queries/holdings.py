"""What a category asks of awards that are held already, and the valid awards of sites and organisations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from registry.domain.eligibility import Exclusion, Prior, full_name
from registry.domain.vocabulary import AwardStatus, Once, Result
from registry.domain.workdays import SHANGHAI
from registry.models import (
    Application,
    Award,
    AwardEvent,
    Category,
    Decision,
    Organisation,
    Outcome,
    Programme,
    RoundCategory,
)


@dataclass(frozen=True, slots=True)
class Held:
    """The categories, by their full names, in which each site and each credit code holds a valid award."""

    sites: Mapping[int, frozenset[str]]
    codes: Mapping[str, frozenset[str]]

    def exclusion(self, prior: Prior, site_id: int, credit_code: str) -> Exclusion | None:
        """Return why what a site and its applicant hold, or do not, keeps them out of a category, or None."""
        nothing: frozenset[str] = frozenset()
        return prior.exclusion(self.sites.get(site_id, nothing), self.codes.get(credit_code, nothing))


def prior(session: Session, category: Category) -> Prior | None:
    """Return what a category asks of awards that are held, or None where it asks nothing."""
    if not category.after and category.once is None:
        return None
    programme = session.get_one(Programme, category.programme_id)
    once = None if category.once is None else Once(category.once)
    return Prior(full_name(programme.key, category.key), frozenset(category.after), once)


def valid(session: Session, asked: Prior, on: date, *, site_id: int | None = None, credit_code: str = "") -> Held:
    """Return who holds an award that matters to a category and is valid on a day.

    With a site only its awards are read, and those of its applicant by the credit code.
    """
    query = (
        select(Programme.key, Category.key.label("category"), Award.site_id, Organisation.credit_code)
        .join(Category, Category.id == Award.category_id)
        .join(Programme, Programme.id == Category.programme_id)
        .outerjoin(Organisation, Organisation.id == Award.organisation_id)
        .where(
            Award.status == AwardStatus.VALID,
            Award.valid_from <= on,
            Award.valid_until >= on,
            _among(asked.after | {asked.name}),
        )
    )
    if site_id is not None:
        of_applicant = Organisation.credit_code == credit_code if credit_code else false()
        query = query.where(or_(Award.site_id == site_id, of_applicant))
    sites: dict[int, set[str]] = {}
    codes: dict[str, set[str]] = {}
    for row in session.execute(query):
        name = full_name(row.key, row.category)
        sites.setdefault(row.site_id, set()).add(name)
        if row.credit_code:
            codes.setdefault(row.credit_code, set()).add(name)
    return Held(
        {key: frozenset(found) for key, found in sites.items()}, {key: frozenset(found) for key, found in codes.items()}
    )


def categories(session: Session, names: Iterable[str]) -> dict[str, Category]:
    """Return the categories that are on the portal under these full names, with their programmes."""
    query = select(Category).join(Category.programme).options(joinedload(Category.programme, innerjoin=True))
    rows = session.scalars(query.where(_among(names)))
    return {full_name(row.programme.key, row.key): row for row in rows}


def every_category(session: Session) -> list[Category]:
    """Return all categories on the portal with their programmes, in the order in which they were set up."""
    query = select(Category).options(joinedload(Category.programme, innerjoin=True))
    return list(session.scalars(query.order_by(Category.programme_id, Category.id)))


def selected_without(session: Session) -> list[object]:
    """Return who was selected in a category without an award in one of those that it asks for first.

    It counts what was valid on the day of the decision and not revoked before it.
    """
    asking = {row.id: row.after for row in session.execute(select(Category.id, Category.after)) if row.after}
    if not asking:
        return []
    selected = session.execute(
        select(Application.id, Application.site_id, Organisation.credit_code, RoundCategory.category_id)
        .add_columns(Decision.decided_at)
        .join(Outcome, Outcome.application_id == Application.id)
        .join(Decision, Decision.id == Outcome.decision_id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
        .where(Outcome.result == Result.SELECTED, RoundCategory.category_id.in_(asking))
        .order_by(Application.id)
    ).all()
    revoked_at = (
        select(func.min(AwardEvent.at))
        .where(AwardEvent.award_id == Award.id, AwardEvent.after == AwardStatus.REVOKED)
        .scalar_subquery()
    )
    given = session.execute(
        select(Programme.key, Category.key.label("category"), Award.site_id, Organisation.credit_code)
        .add_columns(Award.valid_from, Award.valid_until, revoked_at.label("revoked_at"))
        .join(Category, Category.id == Award.category_id)
        .join(Programme, Programme.id == Category.programme_id)
        .outerjoin(Organisation, Organisation.id == Award.organisation_id)
        .where(_among({name for names in asking.values() for name in names}))
    ).all()
    return [
        row.id
        for row in selected
        if not any(
            full_name(one.key, one.category) in asking[row.category_id]
            and (one.site_id == row.site_id or (row.credit_code and one.credit_code == row.credit_code))
            and one.valid_from <= row.decided_at.astimezone(SHANGHAI).date() <= one.valid_until
            and (one.revoked_at is None or one.revoked_at > row.decided_at)
            for one in given
        )
    ]


def _among(names: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a category is one of these full names."""
    pairs = [name.partition("/") for name in sorted(names)]
    return or_(false(), *(and_(Programme.key == key, Category.key == last) for key, _slash, last in pairs))
