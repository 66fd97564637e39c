"""The score as it stands: what the applicant's own answers earn, with the working of every figure and its clauses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from registry.domain import requirements, scoring
from registry.domain.criteria import CriteriaSet
from registry.domain.results import GateResult, Item, Line, Score, State
from registry.domain.shapes import Gate, Grade, Indicator
from registry.domain.values import ZERO, half_up, written
from registry.domain.vocabulary import Binding
from registry.queries import clauses, filings
from registry.web import reading, workings
from registry.web.applicant import parts
from registry.web.pictures import curves
from registry.web.pictures.shown import Shown
from registry.web.templating import language_of_reader, named, picked
from registry.web.values_in_words import readable, source_in_words

# So many sections are named as those that lost most.
MOST_LOST = 3


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause with its words; for a reader of English with what they say, so that the Chinese can stand back."""

    document: str
    ref: str
    title: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A gate or an indicator with its result, its working, its curve and the clauses behind it."""

    entry: Gate | Indicator
    result: GateResult | Item
    rows: list[workings.Row]
    picture: Shown | None
    clauses: list[Cited]
    source: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A section with its indicators; bonuses and deductions have no key."""

    key: str
    title: str
    points: Decimal
    max: Decimal
    judged: list[Judged]


@dataclass(frozen=True, slots=True)
class Lost:
    """How many of the points of a section or a checklist are lost as it is filled in."""

    key: str
    title: str
    points: str


@dataclass(frozen=True, slots=True)
class Prospect:
    """The self-assessed total, and what it comes to at most: with full marks of the experts and for all that is open.

    `counted` tells that it was counted up to 100, since some of the points do not apply. `experts` is empty where
    nothing waits for them; only there, and where nothing else is open, is there a grade. `line` is the total of the
    lowest grade, empty where there is none, `short` tells that it cannot be reached: `unticked` are then the checklists
    without a tick, and `lost` the sections that lost most beside them.
    """

    total: str
    counted: bool
    reach: str
    experts: str
    grade: Grade | None
    line: str
    short: bool
    unticked: tuple[Lost, ...]
    lost: tuple[Lost, ...]


@dataclass(frozen=True, slots=True)
class Unmet:
    """A requirement that is not met: its working, and each question behind it with its address and its answer."""

    title: str
    url: str
    questions: list[tuple[str, str, str]]


def own(sheet: filings.Sheet) -> Score:
    """Return the score of the answers as they are declared, without anybody's marks."""
    return scoring.score(sheet.criteria, filings.answers(sheet, verified=False))


def summary(score: Score) -> dict[str, str]:
    """Return the points that rest on the applicant's own answers, out of how many, and what experts add later."""
    items = [item for item in score.items if item.kind not in ("bonus", "deduction")]
    counted = [item for item in items if item.state is not State.NOT_APPLICABLE]
    answered = [item for item in counted if item.kind != "panel"]
    panels = [item for item in counted if item.kind == "panel"]
    return {
        "points": written(sum((item.points for item in answered), ZERO)),
        "max": written(sum((item.max for item in answered), ZERO)),
        "panels": written(sum((item.max for item in panels), ZERO)),
        "bonus": written(score.bonus),
        "deduction": written(score.deduction),
        "open": str(sum(1 for item in answered if item.state is State.MISSING)),
    }


def failed(score: Score) -> int:
    """Return how many requirements are not met as the answers stand."""
    return sum(1 for gate in score.gates if gate.state is State.FAILED)


def unmet(sheet: filings.Sheet, score: Score) -> list[Unmet]:
    """Return the requirements that are not met, each with the way to the questions that say so."""
    number, criteria = sheet.application.id, sheet.criteria
    return [
        Unmet(
            picked(one.gate.title),
            url_for("applicant.score", number=number, _anchor=f"gate-{one.gate.key}"),
            [
                (
                    parts.target_title(criteria, (Binding.INPUT, place.key)),
                    url_for("applicant.edit", number=number, part=place.part, _anchor=place.anchor),
                    readable(criteria.inputs[place.key], sheet.declared[place.key].value),
                )
                for place in one.places
            ],
        )
        for one in requirements.unmet(criteria, filings.answers(sheet, verified=False), score)
    ]


def prospect(criteria: CriteriaSet, score: Score) -> Prospect | None:
    """Return what the own answers come to and what is left to the experts, or None where there is no total."""
    if score.total is None or score.base is None:
        return None
    waiting = [item for item in score.items if item.state is State.MISSING]
    experts = sum((item.max for item in waiting if item.kind == "panel"), ZERO)
    unanswered = sum((item.max for item in waiting if item.kind not in ("panel", "bonus", "deduction")), ZERO)
    applicable = sum((section.max for section in score.sections), ZERO)
    share = (experts + unanswered) * 100 / applicable if applicable else ZERO
    # While answers are open a bonus may still come; once all is filled in, what was left empty earns none.
    bonus = _most_bonus(criteria, score, waiting) if unanswered else score.bonus
    places = criteria.rules.places if criteria.rules.total_places is None else criteria.rules.total_places
    reach = half_up(min(max(score.base + share + bonus - score.deduction, ZERO), criteria.rules.cap), places)
    grade = next((grade for grade in criteria.grades if grade.key == score.grade), None)
    line = min((grade.points for grade in criteria.grades), default=None)
    short = line is not None and reach < line
    unticked = _unticked(criteria, score) if short else {}
    return Prospect(
        written(score.total),
        applicable != 100,
        written(reach),
        written(experts) if experts else "",
        grade if score.complete else None,
        "" if line is None else written(line),
        short,
        tuple(Lost(key, picked(criteria.indicators[key].title), written(most)) for key, most in unticked.items()),
        tuple(_lost(criteria, score, unticked)) if short else (),
    )


def falls_short(prospect: Prospect | None) -> str:
    """Return in a few words that the line of the lowest grade cannot be reached, nothing where it can."""
    if prospect is None or not prospect.short:
        return ""
    return str(_("At most %(reach)s: below the pass line of %(line)s", reach=prospect.reach, line=prospect.line))


def _most_bonus(criteria: CriteriaSet, score: Score, waiting: Iterable[Item]) -> Decimal:
    most = score.bonus + sum((item.max for item in waiting if item.kind == "bonus"), ZERO)
    cap = criteria.rules.bonus_cap
    return most if cap is None else min(most, cap)


def _unticked(criteria: CriteriaSet, score: Score) -> dict[str, Decimal]:
    """Return the points of each checklist that was left without a tick, the one of most points first."""
    lists = {key for key, indicator in criteria.indicators.items() if indicator.ticked}
    empty = [item for item in score.items if item.kind == "checklist" and item.key in lists and not item.points]
    found = [(item.max, item.key) for item in empty if item.state is State.SCORED]
    return {key: most for most, key in sorted(found, key=lambda one: -one[0])}


def _lost(criteria: CriteriaSet, score: Score, unticked: Mapping[str, Decimal]) -> list[Lost]:
    """Return the sections that lost most, the first of them most, without what experts or open answers may bring.

    The lists without a tick are told by themselves.
    """
    waiting = {item.key: item.max for item in score.items if item.state is State.MISSING}
    aside = {**waiting, **unticked}
    found = []
    for section, result in zip(criteria.sections, score.sections, strict=True):
        besides = sum((aside.get(entry.key, ZERO) for entry in section.indicators), ZERO)
        found.append((result.max - result.points - besides, section))
    ranked = sorted((one for one in found if one[0] > 0), key=lambda one: -one[0])
    return [Lost(section.key, picked(section.title), written(points)) for points, section in ranked[:MOST_LOST]]


def sections(session: Session, sheet: filings.Sheet) -> list[Sum]:
    """Return the sections with the working of every indicator, bonuses and deductions last."""
    score = own(sheet)
    items = {item.key: item for item in score.items}
    groups: list[tuple[str, str, Iterable[Indicator]]] = [
        (section.key, picked(section.title), section.indicators) for section in sheet.criteria.sections
    ]
    groups += [("", _("Bonus points"), sheet.criteria.bonuses), ("", _("Deductions"), sheet.criteria.deductions)]
    texts = clauses.texts(session)
    return [
        Sum(
            key,
            title,
            sum((items[entry.key].points for entry in entries), ZERO),
            sum(
                (items[entry.key].max for entry in entries if items[entry.key].state is not State.NOT_APPLICABLE),
                ZERO,
            ),
            [_judged(sheet, entry, items[entry.key], texts) for entry in entries],
        )
        for key, title, found in groups
        if (entries := tuple(found))
    ]


def gates(session: Session, sheet: filings.Sheet) -> list[Judged]:
    """Return the gates with how each was judged."""
    results = {result.key: result for result in own(sheet).gates}
    texts = clauses.texts(session)
    return [_judged(sheet, gate, results[gate.key], texts) for gate in sheet.criteria.gates]


def _judged(
    sheet: filings.Sheet,
    entry: Gate | Indicator,
    result: GateResult | Item,
    texts: Mapping[tuple[str, str], clauses.Told],
) -> Judged:
    cited = [_cited(clause, texts) for clause in entry.clauses]
    lines = result.working
    # Clauses and sources stand below the lines.
    place = workings.place_of(filings.answers(sheet, verified=False))
    rows = list(workings.rows(sheet.criteria, lines, without=("clauses", "source"), place=place))
    return Judged(entry, result, rows, _picture(entry, lines, result), cited, source_in_words(entry.source))


def _cited(clause: str, texts: Mapping[tuple[str, str], clauses.Told]) -> Cited:
    document, ref = reading.split_clause(clause)
    told = texts.get((document, ref))
    if told is None:
        return Cited(document, ref, document, "", "")
    summary = told.summary_en if language_of_reader() == "en" else ""
    return Cited(document, ref, named(told, "title"), summary, told.text)


def _picture(entry: Gate | Indicator, lines: Iterable[Line], result: GateResult | Item) -> Shown | None:
    if isinstance(entry, Gate) or not isinstance(result, Item):
        return None
    return curves.with_mine(entry, lines, result.points)
