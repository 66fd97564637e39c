"""The result of a scoring as frozen values; the working of each figure is written when it is asked for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from registry.domain.answers import Reading
from registry.domain.criteria import CriteriaSet
from registry.domain.values import written


class State(StrEnum):
    """What became of a gate or an item."""

    PASSED = "passed"
    FAILED = "failed"
    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"


class Why(StrEnum):
    """Why a gate or an item is not applicable, missing or without points."""

    SWITCHED_OFF = "switched_off"
    BY_RULE = "by_rule"
    DECLARED = "declared"
    UNANSWERED = "unanswered"
    UNCOMPUTABLE = "uncomputable"
    TOO_FEW_MARKS = "too_few_marks"
    NOT_CLAIMED = "not_claimed"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of working: what it is about, its figures by name, and the arithmetic as text."""

    line: str
    values: Mapping[str, Any]
    text: str

    def as_dict(self) -> dict[str, Any]:
        return {"line": self.line, "values": dict(self.values), "text": self.text}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the working of one score is written from; lines that several entries share are written once."""

    criteria: CriteriaSet
    reading: Reading
    gate: Callable[["Sheet", "GateResult"], tuple[Line, ...]]
    item: Callable[["Sheet", "Item"], tuple[Line, ...]]
    premises: dict[tuple[str, str], Line] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GateResult:
    """The state of one gate."""

    key: str
    state: State
    why: Why | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    alternative: str | None = None
    sheet: Sheet | None = field(default=None, compare=False, repr=False)

    @property
    def passed(self) -> bool | None:
        return {State.PASSED: True, State.FAILED: False}.get(self.state)

    @property
    def working(self) -> tuple[Line, ...]:
        """Write how the gate was judged."""
        return self.sheet.gate(self.sheet, self) if self.sheet else ()


@dataclass(frozen=True, slots=True)
class Item:
    """The points of one indicator, and the figure they come from."""

    key: str
    kind: str
    state: State
    points: Decimal
    max: Decimal
    value: Decimal | None = None
    why: Why | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    sheet: Sheet | None = field(default=None, compare=False, repr=False)

    @property
    def working(self) -> tuple[Line, ...]:
        """Write how the points came about."""
        return self.sheet.item(self.sheet, self) if self.sheet else ()


@dataclass(frozen=True, slots=True)
class SectionResult:
    """The points of one section out of what applies, and whether its minimum is reached."""

    key: str
    points: Decimal
    max: Decimal
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Tie:
    """Points that are compared when totals are equal."""

    key: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """The whole result."""

    set: str
    version: str
    gates_on: Mapping[str, bool]
    factors: Mapping[str, str]
    eligible: bool | None
    complete: bool
    withheld: str | None
    base: Decimal | None
    bonus: Decimal
    deduction: Decimal
    total: Decimal | None
    grade: str | None
    sections: tuple[SectionResult, ...]
    gates: tuple[GateResult, ...]
    items: tuple[Item, ...]
    ties: tuple[Tie, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys of the gates and items that could not be judged."""
        judged: tuple[GateResult | Item, ...] = (*self.gates, *self.items)
        return tuple(one.key for one in judged if one.state is State.MISSING)

    def as_dict(self) -> dict[str, Any]:
        """Return the score as the command prints it, numbers as strings."""
        return {
            "set": self.set,
            "version": self.version,
            "settings": {"gates": dict(self.gates_on), "factors": dict(self.factors)},
            "factors": dict(self.factors),
            "eligible": self.eligible,
            "complete": self.complete,
            "withheld": self.withheld,
            "base": _text(self.base),
            "bonus": _text(self.bonus),
            "deduction": _text(self.deduction),
            "total": _text(self.total),
            "grade": self.grade,
            "sections": [
                {"key": section.key, "points": _text(section.points), "max": written(section.max)}
                for section in self.sections
            ],
            "gates": [
                {"key": gate.key, "state": str(gate.state), "passed": gate.passed, "working": _lines(gate.working)}
                for gate in self.gates
            ],
            "items": [
                {
                    "key": item.key,
                    "state": str(item.state),
                    "points": _text(item.points),
                    "max": written(item.max),
                    "value": None if item.value is None else written(item.value),
                    "working": _lines(item.working),
                }
                for item in self.items
            ],
            "ties": [{"key": tie.key, "points": _text(tie.points)} for tie in self.ties],
        }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _lines(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [line.as_dict() for line in lines]
