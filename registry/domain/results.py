"""The result of a scoring as frozen values; the working of each figure is written when it is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from registry.domain.answers import Reading
from registry.domain.criteria import CriteriaSet
from registry.domain.values import CONTEXT, entire, written

NOTHING: Mapping[str, str] = MappingProxyType({})


class State(StrEnum):
    """What became of a gate or an item."""

    PASSED = "passed"
    FAILED = "failed"
    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"


PASSED, FAILED = State.PASSED, State.FAILED
# A line of working as the command prints it: its key as "line", its figures as "values", the arithmetic as "text".
Written = dict[str, Any]
# The lines that several entries share, each written once, by what writes them.
Shared = dict[object, Written | None]


class Why(StrEnum):
    """Why a gate or an item is not applicable, missing or without points."""

    SWITCHED_OFF = "switched_off"
    BY_RULE = "by_rule"
    DECLARED = "declared"
    UNANSWERED = "unanswered"
    UNCOMPUTABLE = "uncomputable"
    TOO_FEW_MARKS = "too_few_marks"
    NOT_CLAIMED = "not_claimed"


class Line(NamedTuple):
    """One line of working: what it is about, its figures by name, and the arithmetic as text."""

    line: str
    values: Mapping[str, Any]
    text: str

    def as_dict(self) -> Written:
        return {"line": self.line, "values": dict(self.values), "text": self.text}


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What the working of one score is written from. Whatever it writes is new and the caller's own."""

    criteria: CriteriaSet
    reading: Reading
    gate: Callable[["Sheet", "GateResult", Shared], list[Written]]
    item: Callable[["Sheet", "Item", Shared], list[Written]]

    def __eq__(self, other: object) -> bool:
        """Results are equal by their figures, whatever they are written from."""
        return isinstance(other, Sheet)

    def __hash__(self) -> int:
        return hash(Sheet)

    def __repr__(self) -> str:
        return "Sheet()"


# Tuples with names, because a score is made of many of them and they are the frozen values that are made fastest.
class GateResult(NamedTuple):
    """The state of one gate."""

    key: str
    state: State
    why: Why | None = None
    about: Mapping[str, str] = NOTHING
    alternative: str | None = None
    sheet: Sheet | None = None

    @property
    def passed(self) -> bool | None:
        return True if self.state is PASSED else False if self.state is FAILED else None

    @property
    def working(self) -> tuple[Line, ...]:
        """Write how the gate was judged."""
        with localcontext(CONTEXT):
            return tuple([Line(**line) for line in self.sheet.gate(self.sheet, self, {})]) if self.sheet else ()


class Item(NamedTuple):
    """The points of one indicator, and the figure they come from."""

    key: str
    kind: str
    state: State
    points: Decimal
    max: Decimal
    value: Decimal | None = None
    why: Why | None = None
    about: Mapping[str, str] = NOTHING
    sheet: Sheet | None = None

    @property
    def working(self) -> tuple[Line, ...]:
        """Write how the points came about."""
        with localcontext(CONTEXT):
            return tuple([Line(**line) for line in self.sheet.item(self.sheet, self, {})]) if self.sheet else ()


class SectionResult(NamedTuple):
    """The points of one section out of what applies, and whether its minimum is reached."""

    key: str
    points: Decimal
    max: Decimal
    reached: bool = True


class Tie(NamedTuple):
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

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Score":
        """Return the figures of a score that was kept by `as_dict`; what its working was written from is gone."""
        items = [
            Item(
                item["key"],
                "",
                State(item["state"]),
                Decimal(item["points"]),
                Decimal(item["max"]),
                _number(item["value"]),
            )
            for item in kept["items"]
        ]
        return cls(
            set=kept["set"],
            version=kept["version"],
            gates_on=kept["settings"]["gates"],
            factors=kept["factors"],
            eligible=kept["eligible"],
            complete=kept["complete"],
            withheld=kept["withheld"],
            base=_number(kept["base"]),
            bonus=Decimal(kept["bonus"]),
            deduction=Decimal(kept["deduction"]),
            total=_number(kept["total"]),
            grade=kept["grade"],
            sections=tuple(
                SectionResult(one["key"], Decimal(one["points"]), Decimal(one["max"])) for one in kept["sections"]
            ),
            gates=tuple(GateResult(one["key"], State(one["state"])) for one in kept["gates"]),
            items=tuple(items),
            ties=tuple(Tie(one["key"], Decimal(one["points"])) for one in kept["ties"]),
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys of the gates and items that could not be judged."""
        judged: tuple[GateResult | Item, ...] = (*self.gates, *self.items)
        return tuple(one.key for one in judged if one.state is State.MISSING)

    def as_dict(self) -> dict[str, Any]:
        """Return the score as the command prints it, numbers as strings; a line that entries share is one dict."""
        with localcontext(CONTEXT):
            gates, items = self._judged()
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
            "gates": gates,
            "items": items,
            "ties": [{"key": tie.key, "points": _text(tie.points)} for tie in self.ties],
        }

    def _judged(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the gates and items with every line of their working."""
        shared: Shared = {}
        gates = [
            {
                "key": gate.key,
                "state": str(gate.state),
                "passed": gate.passed,
                "working": gate.sheet.gate(gate.sheet, gate, shared) if gate.sheet else [],
            }
            for gate in self.gates
        ]
        items = [
            {
                "key": item.key,
                "state": str(item.state),
                "points": entire(item.points),
                "max": written(item.max),
                "value": None if item.value is None else written(item.value),
                "working": item.sheet.item(item.sheet, item, shared) if item.sheet else [],
            }
            for item in self.items
        ]
        return gates, items


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else entire(number)
