"""A criteria set as people read it: what cites a clause, what a round asks for, curves as points, formulas in words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from registry.domain.criteria import CriteriaSet
from registry.domain.curves import Band, Curve, Shape
from registry.domain.shapes import Entry, Gate, Indicator, Input, Texts
from registry.domain.values import written
from registry.models import CriteriaVersion, RoundCategory
from registry.queries import criteria_versions, public
from registry.web.templating import picked

_PARTS = re.compile(r'"[^"]*"|[A-Za-z_][A-Za-z0-9_]*|\*\*|[<>=!]=|.', re.DOTALL)
_SIGNS = {"*": "×", "/": "÷", "-": "−", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "**": "^"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What one category of a round asks: its criteria, which gates are on, and the evidence to have at hand."""

    row: RoundCategory
    criteria: CriteriaSet
    gates: tuple[tuple[Gate, bool], ...]
    evidence: tuple[Texts, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A gate or an indicator that rests on a clause, with the version of the set it stands in."""

    version: CriteriaVersion
    key: str
    title: Texts


def asked(session: Session, row: RoundCategory) -> Asked:
    """Return what a category of a round asks."""
    criteria = criteria_versions.of_round_category(session, row)
    switched = row.settings.get("gates", {})
    gates = tuple((gate, bool(switched.get(gate.key, gate.default == "on"))) for gate in criteria.gates)
    return Asked(row, criteria, gates, evidence_of(criteria))


def evidence_of(criteria: CriteriaSet) -> tuple[Texts, ...]:
    """Return every piece of evidence that a set wants, each once, in the order of the form."""
    entries: tuple[Input | Gate | Indicator, ...] = (
        *criteria.inputs.values(),
        *criteria.gates,
        *criteria.indicators.values(),
    )
    items = (item for indicator in criteria.indicators.values() for item in indicator.items)
    wanted = (text for entry in (*entries, *items) for text in entry.evidence)
    return tuple({text.zh: text for text in wanted}.values())


def citing(session: Session, document_key: str) -> dict[str, list[Citation]]:
    """Return, for each clause of a document, what rests on it in the criteria sets in force."""
    found: dict[str, list[Citation]] = {}
    for version in public.criteria_in_force(session):
        for entry, clauses in _cited(criteria_versions.parsed(session, version)):
            for clause in dict.fromkeys(clauses):
                document, ref = split_clause(clause)
                if document == document_key:
                    found.setdefault(ref, []).append(Citation(version, entry.key, entry.title))
    return found


def split_clause(clause: str) -> tuple[str, str]:
    """Return the document's key and the reference of a citation."""
    document, _blank, ref = clause.partition(" ")
    return document, ref


def drawn(curve: Curve, points: Decimal) -> list[tuple[str, str]]:
    """Return a curve as the corners of its line from left to right: the value and the points it gives."""
    corners = {Shape.LINE: _line, Shape.STEPS: _steps, Shape.BANDS: _bands}[curve.shape](curve)
    return [(written(x), written(share * points)) for x, share in corners]


def in_words(formula: str, criteria: CriteriaSet) -> str:
    """Return a formula with the names of inputs, derived values and tables in the reader's language."""
    names = {key: entry.title for key, entry in criteria.inputs.items()}
    names |= {entry.key: entry.title for entry in criteria.derived}
    tables = {f'"{key}"': table.title for key, table in criteria.tables.items()}
    parts = _PARTS.findall(formula)
    signs = {**_SIGNS, **_conjunctions()}
    return "".join(_part(part, names.get(part) or tables.get(part), signs) for part in parts)


def _part(part: str, title: Texts | None, signs: Mapping[str, str]) -> str:
    return f"[{picked(title)}]" if title is not None else signs.get(part, part)


def _conjunctions() -> dict[str, str]:
    return {
        "and": _("and"),
        "or": _("or"),
        "not": _("not"),
        "if": _("if"),
        "else": _("otherwise"),
        "in": _("among"),
        "factor": _("factor"),
        "sum": _("sum over the rows of"),
        "answered": _("answered"),
    }


def _cited(criteria: CriteriaSet) -> Iterator[tuple[Gate | Indicator, Sequence[str]]]:
    for gate in criteria.gates:
        yield gate, gate.clauses
    for indicator in criteria.indicators.values():
        yield indicator, (*indicator.clauses, *_item_clauses(indicator.items))


def _item_clauses(items: Sequence[Entry]) -> Iterator[str]:
    for item in items:
        yield from item.clauses


def _line(curve: Curve) -> list[tuple[Decimal, Decimal]]:
    return [(knot.x, knot.share) for knot in curve.knots]


def _steps(curve: Curve) -> list[tuple[Decimal, Decimal]]:
    corners: list[tuple[Decimal, Decimal]] = []
    for knot in curve.knots:
        if corners:
            corners.append((knot.x, corners[-1][1]))
        corners.append((knot.x, knot.share))
    return corners


def _bands(curve: Curve) -> list[tuple[Decimal, Decimal]]:
    """The corners of the bands; an open end is drawn as far out as all the closed ones lie apart."""
    ends = sorted({end for band in curve.bands for end in (band.low, band.high) if end is not None})
    if not ends:
        return [(Decimal(0), curve.bands[0].share), (Decimal(1), curve.bands[0].share)]
    reach = (ends[-1] - ends[0]) or abs(ends[0]) or Decimal(1)

    def corners(band: Band) -> Iterator[tuple[Decimal, Decimal]]:
        yield ends[0] - reach if band.low is None else band.low, band.share
        yield ends[-1] + reach if band.high is None else band.high, band.share

    return [corner for band in sorted(curve.bands, key=_low) for corner in corners(band)]


def _low(band: Band) -> Decimal:
    return Decimal("-Infinity") if band.low is None else band.low
