"""A filing on two pages, for the one who signs: what is applied for, the figures, the points, and what is missing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from flask import g, render_template
from flask.typing import ResponseReturnValue

from registry.domain import answers, completeness
from registry.domain.criteria import CriteriaSet
from registry.domain.results import Item, Score, State
from registry.domain.shapes import Indicator, Input
from registry.domain.values import ZERO, legible, written
from registry.domain.vocabulary import Action
from registry.queries import applications as tables
from registry.queries import filings
from registry.queries import organisations as organisation_tables
from registry.services import filling
from registry.web.applicant import progress, proofs, scores
from registry.web.applicant.applications import signs, writable
from registry.web.applicant.blueprint import bp
from registry.web.templating import figure, picked, unit
from registry.web.values_in_words import readable

# So much of each fits on two pages.
MOST_PLANT_FIGURES = 8
MOST_RANKED = 3
MOST_MISSING = 12


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was declared, as its reader reads it."""

    entry: Input
    value: str


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator that is scored, with its figure where it has one."""

    indicator: Indicator
    value: str
    points: Decimal
    max: Decimal

    @property
    def share(self) -> Decimal:
        return self.points / self.max


@dataclass(frozen=True, slots=True)
class Sum:
    """The points of a section: what the answers earn, out of how many, and what the experts add."""

    section: str
    points: Decimal
    max: Decimal
    panels: Decimal


@bp.get("/applications/<int:number>/summary")
def summary(number: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.VIEW_OWN, number)
    sheet = filings.sheet(g.session, application)
    own = scores.own(sheet)
    measured = list(_measured(sheet.criteria, own))
    ranked = sorted(measured, key=lambda one: -one.share)
    few = min(MOST_RANKED, len(ranked) // 2)
    lacks = completeness.lacks(sheet.criteria, filings.answers(sheet, verified=False))
    return render_template(
        "applicant/summary.html",
        application=application,
        sheet=sheet,
        own=own,
        points=scores.summary(own),
        prospect=scores.prospect(sheet.criteria, own),
        site_figures=_first_part(sheet),
        headlines=_headlines(sheet),
        measured=[one for one in measured if one.value],
        strongest=ranked[:few],
        weakest=ranked[len(ranked) - few :][::-1],
        unmet=scores.unmet(sheet, own),
        sums=_sums(sheet.criteria, own),
        gates=[(gate, result) for gate, result in zip(sheet.criteria.gates, own.gates, strict=True)],
        declarations=_declarations(sheet),
        lacking=[sheet.criteria.inputs[lack.key].title for lack in lacks[:MOST_MISSING]],
        lacks=len(lacks),
        progress=progress.of(sheet),
        proofs=proofs.of(sheet),
        due=filling.deadline(application),
        signatories=organisation_tables.signatories(g.session, application.organisation_id),
        writable=writable(application),
        signs=signs(application),
    )


def _measured(criteria: CriteriaSet, own: Score) -> Iterator[Measured]:
    """Yield what is scored out of the answers, bonuses and deductions aside."""
    for item in own.items:
        if item.state is State.SCORED and item.kind in ("measure", "checklist") and item.max > 0:
            indicator = criteria.indicators[item.key]
            yield Measured(indicator, _value(indicator, item), _short(item.points), _short(item.max))


def _value(indicator: Indicator, item: Item) -> str:
    if item.kind != "measure" or item.value is None:
        return ""
    return f"{figure(legible(item.value))} {unit(indicator.unit)}".strip()


def _sums(criteria: CriteriaSet, own: Score) -> list[Sum]:
    items = {item.key: item for item in own.items}
    found = []
    for section in criteria.sections:
        rows = [items[indicator.key] for indicator in section.indicators]
        counted = [item for item in rows if item.state is not State.NOT_APPLICABLE]
        answered = [item for item in counted if item.kind != "panel"]
        found.append(
            Sum(
                picked(section.title),
                _short(sum((item.points for item in answered), ZERO)),
                _short(sum((item.max for item in answered), ZERO)),
                _short(sum((item.max for item in counted if item.kind == "panel"), ZERO)),
            )
        )
    return found


def _short(points: Decimal) -> Decimal:
    """Return points without zeros at the end."""
    return Decimal(written(points))


def _first_part(sheet: filings.Sheet) -> list[Fact]:
    """Return what the first part of the form asks: what the site is; the few figures of the set stand elsewhere."""
    inputs = sheet.criteria.inputs
    keys = [key for key in completeness.parts(sheet.criteria)[0].inputs if not inputs[key].headline]
    return [fact for fact in _facts(sheet, keys) if fact.value != "–"][:MOST_PLANT_FIGURES]


def _headlines(sheet: filings.Sheet) -> list[Fact]:
    """Return the few figures that the set marks for this page, as far as they are there, those of tables too."""
    criteria = sheet.criteria
    values = answers.read(criteria, filings.answers(sheet, verified=False)).values
    found = []
    for key, entry in criteria.inputs.items():
        if entry.headline and (value := values.get(key)) is not None:
            shown = f"{figure(legible(value))} {unit(entry.unit)}".strip() if isinstance(value, Decimal) else None
            found.append(Fact(entry, shown or readable(entry, sheet.declared[key].value)))
    return found


def _declarations(sheet: filings.Sheet) -> list[Fact]:
    """Return the questions to be answered with yes or no on which a requirement rests, those that are asked."""
    criteria = sheet.criteria
    reading = answers.read(criteria, filings.answers(sheet, verified=False))
    resting = frozenset().union(*(criteria.uses[gate.key] for gate in criteria.gates))
    asked = (
        entry.key
        for entry in criteria.shape.inputs
        if entry.key in resting
        and entry.kind == "yes_no"
        and not entry.optional
        and completeness.asked(criteria, entry, reading)
    )
    return _facts(sheet, asked)


def _facts(sheet: filings.Sheet, keys: Iterable[str]) -> list[Fact]:
    found = []
    for key in keys:
        entry = sheet.criteria.inputs[key]
        declared = sheet.declared.get(key)
        found.append(Fact(entry, readable(entry, declared.value if declared else None)))
    return found
