"""The office's list of applications, and all of one application on one page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from registry.domain import completeness, scoring
from registry.domain.answers import missing_inputs, read
from registry.domain.policy import Actor
from registry.domain.results import Score
from registry.domain.series import Coverage
from registry.domain.shapes import Input
from registry.domain.values import Value, written
from registry.domain.vocabulary import Action, Kind, Status
from registry.models import (
    Application,
    Assignment,
    Evaluation,
    Evidence,
    Organisation,
    ReviewRemark,
    Round,
    RoundCategory,
    ScreeningItem,
    Site,
    User,
    Verification,
)
from registry.queries import (
    applications,
    filings,
    finding,
    histories,
    marks,
    pages,
    recommendations,
    remarks,
    reviews,
    visibility,
)
from registry.queries.pages import FIRST, Asked, By, Page

ORDERS = {
    "submitted": Application.submitted_at,
    "name": Site.name,
    "stage": Application.position,
    "status": Application.status,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the office looks for: stage, status, category of a round, programme, region, words; and in which order."""

    stage: Kind | None = None
    status: Status | None = None
    round_category_id: int | None = None
    programme_id: int | None = None
    region: str = ""
    words: str = ""
    order: str = "submitted"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """An application in the office's list, with its latest score."""

    application: Application
    evaluation: Evaluation | None


@dataclass(frozen=True, slots=True)
class Established:
    """A verification with who made it."""

    verification: Verification
    name: str


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value that the criteria ask: declared, established where it was, and the files that support it.

    `figure` is the declared value as it counts: what a series comes to, where it was filled from one; `covered` how
    much of the year that series covers.
    """

    entry: Input
    declared: filings.Declared | None
    verified: filings.Verified | None
    evidence: tuple[Evidence, ...]
    figure: Value | None
    covered: Coverage | None

    @property
    def present(self) -> Any:
        """The value that counts."""
        if self.verified is not None:
            return self.verified.value
        return self.declared.value if self.declared is not None else None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A filing before the one that counts, what its screening found, and what the filing after it says otherwise."""

    sheet: filings.Sheet
    items: dict[str, ScreeningItem]
    differences: list[filings.Difference]


@dataclass(frozen=True, slots=True)
class Case:
    """All of one application: what was filed, what was found, what happened; the filings before stand newest first."""

    application: Application
    sheet: filings.Sheet
    earlier: list[Earlier]
    score: Score
    evaluations: list[Evaluation]
    established: list[Established]
    items: dict[str, ScreeningItem]
    opinions: list[recommendations.Opinion]
    assignments: list[Assignment]
    recused: list[Assignment]
    declined: list[Assignment]
    remarks: list[ReviewRemark]
    marks: marks.Marks
    happenings: list[histories.Happening]


def index(session: Session, actor: Actor, wanted: Wanted, asked: Asked = FIRST) -> Page[Row]:
    """Return a page of the applications that the actor may see and that fit what is wanted."""
    column = ORDERS.get(wanted.order, Application.submitted_at)
    order = (By(column, wanted.descending), By(Application.id, wanted.descending))
    found = pages.page(session, _fitting(actor, wanted), order, asked)
    latest = _latest(session, [application.filing.id for application in found.rows])
    return found.of([Row(application, latest.get(application.filing.id)) for application in found.rows])


def to_export(session: Session, actor: Actor, wanted: Wanted) -> list[tuple[int, int]]:
    """Return the applications that fit and that the actor may export, each with its programme, category by category."""
    fitting = _fitting(actor, wanted).with_only_columns(Application.id, maintain_column_froms=True)
    query = (
        select(Application.id, Round.programme_id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(Application.id.in_(fitting), visibility.applications(actor, Action.EXPORT))
        .order_by(Application.round_category_id, Application.submitted_at, Application.id)
    )
    return [(number, programme_id) for number, programme_id in session.execute(query)]


def categories(session: Session, actor: Actor) -> list[RoundCategory]:
    """Return the categories of rounds in which the actor may see applications, those of the latest round first."""
    query = (
        select(RoundCategory)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(visibility.of_programmes(Round.programme_id, actor, Action.VIEW_CASE))
        .order_by(Round.id.desc(), RoundCategory.id)
        .options(*_named())
    )
    return list(session.scalars(query))


def one(session: Session, actor: Actor, number: int) -> Case:
    """Return all of one application; raises NotFound where there is none for this actor."""
    application = applications.one(session, actor, Action.VIEW_CASE, number)
    sheet = filings.sheet(session, application, outside=True)
    given = marks.for_office(session, actor, application)
    assigned = reviews.assignments(session, application)
    counted = {key: {name: written(mark.points) for name, mark in by_label.items()} for key, by_label in given.items()}
    return Case(
        application=application,
        sheet=sheet,
        earlier=_earlier(session, sheet),
        score=scoring.score(sheet.criteria, filings.answers(sheet), counted),
        evaluations=_evaluations(session, sheet),
        established=_established(session, sheet),
        items=_items(session, sheet),
        opinions=recommendations.opinions(session, application),
        assignments=assigned,
        recused=reviews.recused(session, application),
        declined=reviews.declined(session, application),
        remarks=remarks.for_office(session, actor, application, assigned),
        marks=given,
        happenings=histories.of_application(session, application, names=True),
    )


def value_rows(sheet: filings.Sheet) -> list[ValueRow]:
    """Return the values of a filing in the order of the form: those given, and those that are needed and missing."""
    missing = set(missing_inputs(sheet.criteria, filings.answers(sheet)))
    given = {key for key, declared in sheet.declared.items() if declared.value is not None}
    shown = given | sheet.verified.keys() | missing
    return _value_rows(sheet, [key for key in sheet.criteria.inputs if key in shown])


def value_row(sheet: filings.Sheet, key: str) -> ValueRow:
    """Return one value of a filing."""
    return _value_rows(sheet, [key])[0]


def _value_rows(sheet: filings.Sheet, keys: Iterable[str]) -> list[ValueRow]:
    declared = read(sheet.criteria, filings.answers(sheet, verified=False))
    return [
        ValueRow(
            sheet.criteria.inputs[key],
            sheet.declared.get(key),
            sheet.verified.get(key),
            evidence_of(sheet, key),
            declared.values.get(key),
            declared.covered.get(key),
        )
        for key in keys
    ]


def evidence_of(sheet: filings.Sheet, key: str) -> tuple[Evidence, ...]:
    """Return the files that are tied to a value or an indicator."""
    return tuple(file for file in sheet.evidence if any(link.key == key for link in file.links))


def lacking_papers(sheet: filings.Sheet) -> list[completeness.Wanted]:
    """Return the documents that the answers of a filing ask for and that no file proves."""
    wanted = completeness.wanted(sheet.criteria)
    lacking = completeness.unproved(sheet.criteria, filings.answers(sheet, verified=False), sheet.bound)
    return [wanted[number] for number, _targets in lacking]


def established(session: Session, sheet: filings.Sheet, key: str) -> list[Established]:
    """Return all that was established for one value, the latest first."""
    return [one for one in _established(session, sheet) if one.verification.key == key]


def _fitting(actor: Actor, wanted: Wanted) -> Select[Application]:
    query = (
        applications.whole()
        .join(Site, Site.id == Application.site_id)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
        .where(visibility.applications(actor, Action.VIEW_CASE))
    )
    if wanted.stage:
        query = query.where(Application.kind == wanted.stage)
    if wanted.status:
        query = query.where(Application.status == wanted.status)
    if wanted.round_category_id:
        query = query.where(Application.round_category_id == wanted.round_category_id)
    if wanted.programme_id:
        query = query.where(applications.in_programme(wanted.programme_id))
    if wanted.region:
        query = query.where(Site.region_key.in_(finding.within(wanted.region)))
    return query.where(finding.holds(wanted.words, *applications.NAMES))


def _latest(session: Session, filing_ids: list[int]) -> dict[int, Evaluation]:
    rows = session.scalars(select(Evaluation).where(Evaluation.filing_id.in_(filing_ids)).order_by(Evaluation.id))
    return {row.filing_id: row for row in rows}


def _named() -> tuple[Any, ...]:
    return (
        joinedload(RoundCategory.category, innerjoin=True),
        joinedload(RoundCategory.round, innerjoin=True).joinedload(Round.programme, innerjoin=True),
    )


def _evaluations(session: Session, sheet: filings.Sheet) -> list[Evaluation]:
    query = select(Evaluation).where(Evaluation.filing_id == sheet.filing.id)
    return list(session.scalars(query.order_by(Evaluation.id.desc())))


def _established(session: Session, sheet: filings.Sheet) -> list[Established]:
    rows = session.execute(
        select(Verification, User.name)
        .join(User, User.id == Verification.verified_by_id)
        .where(Verification.filing_id == sheet.filing.id)
        .order_by(Verification.id.desc())
    )
    return [Established(verification, name) for verification, name in rows]


def _earlier(session: Session, sheet: filings.Sheet) -> list[Earlier]:
    before = filings.before(session, sheet)
    later = [sheet, *before]
    return [
        Earlier(one, _items(session, one), filings.differences(one, after))
        for one, after in zip(before, later, strict=False)
    ]


def _items(session: Session, sheet: filings.Sheet) -> dict[str, ScreeningItem]:
    """What was found at the screening of a filing: at its stage before another filing is asked for."""
    steps = sheet.application.round_category.steps
    later = (step.position for step in steps if step.kind is Kind.FILING and step.position > sheet.filing.position)
    rows = session.scalars(
        select(ScreeningItem).where(
            ScreeningItem.application_id == sheet.application.id,
            ScreeningItem.position > sheet.filing.position,
            ScreeningItem.position < min(later, default=len(steps)),
        )
    )
    return {row.key: row for row in rows}
