"""The shape of a criteria set as frozen models: which fields there are and what each may hold.

What can be told from one entry alone is checked here; what needs the rest of the set is checked in ``criteria``.
"""

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from registry.domain.curves import NUMBER, Band, Curve, CurveError, Knot, Shape, line, share_of
from registry.domain.values import ZERO, written

KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
SET_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
# Python's parser reads the formulas, so that its own words cannot be names.
RESERVED = frozenset(keyword.kwlist) | {
    "true",
    "false",
    "row_key",
    "category",
    "region",
    "track",
    "year",
    "base_year",
    "min",
    "max",
    "clamp",
    "abs",
    "sqrt",
    "round",
    "answered",
    "count",
    "days",
    "row",
    "sum",
    "factor",
    "known",
    "nearest",
    "within",
    "measure",
    "checklist",
    "panel",
    "bonus",
    "deduction",
    "gate",
}
LONGEST_TEXT = 2_000
MOST_PLACES = 12

Source = Literal["document", "derived", "public", "default"]
InputKind = Literal["number", "whole", "yes_no", "choice", "choices", "text", "date", "rows"]
Reduction = Literal["sum", "mean", "min", "max", "last"]
PanelRule = Literal["mean", "median", "trimmed_mean"]


def refuse(key: str, **values: str) -> PydanticCustomError:
    """Return the error that becomes the fault of this key."""
    return PydanticCustomError(key, key, dict(values))


Complaint = tuple[str, dict[str, str]]


def refuse_all(complaints: Iterable[Complaint]) -> None:
    """Raise one error for all complaints about an entry, if there are any."""
    found = list(complaints)
    if found:
        raise PydanticCustomError("several", "several", {"faults": found})


def _label(value: object) -> object:
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise refuse("key_wrong", name=str(value)[:60])
    return value


def _key(value: object) -> object:
    if _label(value) in RESERVED:
        raise refuse("key_reserved", name=str(value))
    return value


def _set_key(value: object) -> object:
    if not isinstance(value, str) or not SET_KEY.fullmatch(value):
        raise refuse("key_wrong", name=str(value)[:60])
    return value


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise refuse("number_expected", value=str(value)[:60])
    return Decimal(value)


def _whole(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value):
        return int(value)
    raise refuse("whole_expected", value=str(value)[:60])


def _share(value: object) -> object:
    try:
        return value if isinstance(value, Decimal) else share_of(str(value))
    except CurveError as error:
        raise refuse(error.key, **error.values) from None


def _flag(value: object) -> object:
    if value in {"true", "false"}:
        return value == "true"
    raise refuse("flag_expected", value=str(value)[:60])


def _words(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        raise refuse("text_expected")
    if len(value) > LONGEST_TEXT:
        raise refuse("text_too_long", limit=str(LONGEST_TEXT))
    return value


Key = Annotated[str, BeforeValidator(_key)]
Label = Annotated[str, BeforeValidator(_label)]
SetKey = Annotated[str, BeforeValidator(_set_key)]
Number = Annotated[Decimal, BeforeValidator(_number)]
Whole = Annotated[int, BeforeValidator(_whole)]
Share = Annotated[Decimal, BeforeValidator(_share)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Words = Annotated[str, BeforeValidator(_words)]
Places = Annotated[int, BeforeValidator(_whole), Field(le=MOST_PLACES)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Texts(Frozen):
    """The same words in Chinese and English."""

    zh: Words
    en: Words


class Sources(Frozen):
    """Where the numbers of an entry come from, one kind for each and a note."""

    points: Source | None = None
    curve: Source | None = None
    formula: Source | None = None
    note: Texts | None = None


def _sources(value: object) -> object:
    return {"points": value, "curve": value, "formula": value} if isinstance(value, str) else value


SourceField = Annotated[Sources, BeforeValidator(_sources)]


class Case(Frozen):
    """One curve of an indicator, and when it is the one that counts."""

    when: Words | None = None
    title: Texts | None = None
    curve: Curve


def _case(value: object) -> object:
    if isinstance(value, str):
        value = {"knots": value}
    if not isinstance(value, dict):
        raise refuse("curve_wrong")
    about = {key: value[key] for key in ("when", "title") if key in value}
    rest = {key: entry for key, entry in value.items() if key not in about}
    return {**about, "curve": _curve(rest)}


def _curve(value: Mapping[str, Any]) -> Curve:
    kind = value.get("kind", "line")
    if kind not in set(Shape):
        raise refuse("not_one_of", value=str(kind)[:60], allowed="line, steps, bands")
    wanted = "bands" if kind == Shape.BANDS else "knots"
    unknown = set(value) - {"kind", wanted}
    if unknown or wanted not in value:
        raise refuse("curve_fields", kind=str(kind), wanted=wanted)
    try:
        if kind == Shape.BANDS:
            return Curve(Shape.BANDS, bands=_bands(value["bands"]))
        return Curve(Shape(kind), knots=_knots(value["knots"]))
    except CurveError as error:
        raise refuse(error.key, **error.values) from None


def _knots(value: object) -> tuple[Knot, ...]:
    if isinstance(value, str):
        return line(value)
    raise CurveError("curve_wrong")


def _bands(value: object) -> tuple[Band, ...]:
    if not isinstance(value, list) or not value:
        raise CurveError("curve_wrong")
    bands = []
    for entry in value:
        if not isinstance(entry, dict) or not {"share"} <= set(entry) <= {"from", "to", "share"}:
            raise CurveError("curve_band")
        low, high = (_end(entry.get(end)) for end in ("from", "to"))
        if low is not None and high is not None and low > high:
            raise CurveError("curve_not_rising", first=written(low), second=written(high))
        bands.append(Band(low, high, share_of(str(entry["share"]))))
    return tuple(bands)


def _end(value: object) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise CurveError("number_expected", value=str(value)[:60])
    return Decimal(value)


def _cases(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _otherwise_last(cases: tuple[Case, ...]) -> bool:
    """Return whether the last curve, and only the last, has no condition."""
    return bool(cases) and all(case.when for case in cases[:-1]) and cases[-1].when is None


class NotApplicable(Frozen):
    """The rule by which an applicant may declare an entry not applicable."""

    when: Words | None = None
    help: Texts | None = None


def _claim(value: object) -> object:
    if value == "false":
        return None
    return {} if value == "true" else value


Claim = Annotated[NotApplicable | None, BeforeValidator(_claim)]


class Range(Frozen):
    """Lowest and highest value, each optional."""

    min: Number | None = None
    max: Number | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise refuse("range_upside_down", min=written(self.min), max=written(self.max))
        return self

    def holds(self, number: Decimal) -> bool:
        """Return whether a number lies within, ends included."""
        return (self.min is None or number >= self.min) and (self.max is None or number <= self.max)


class CoverageRule(Frozen):
    """The share of the days or months of the year that a series should have, and that without which it is no figure."""

    asked: Share
    least: Share = Decimal(0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.least > self.asked:
            raise refuse("range_upside_down", min=written(self.least), max=written(self.asked))
        return self


def _coverage(value: object) -> object:
    return {"asked": value} if isinstance(value, str) else value


class SeriesRule(Frozen):
    """How a number is filled from a daily or monthly series: what becomes of the records, and what they must be."""

    reduce: Reduction
    table: Label | None = None
    weight: Key | None = None
    limits: Range | None = None
    plausible: Range | None = None
    coverage: Annotated[CoverageRule | None, BeforeValidator(_coverage)] = None

    @model_validator(mode="after")
    def _weighed(self) -> Self:
        if self.weight is not None and (self.reduce != "mean" or self.table is None):
            raise refuse("weight_misplaced")
        return self


FIELDS_OF_INPUT: dict[str, frozenset[str]] = {
    "number": frozenset({"unit", "limits", "plausible", "places", "series"}),
    "whole": frozenset({"unit", "limits", "plausible"}),
    "yes_no": frozenset(),
    "choice": frozenset({"choices"}),
    "choices": frozenset({"choices"}),
    "text": frozenset({"length"}),
    "date": frozenset(),
    "rows": frozenset({"unit", "limits", "plausible", "places", "rows"}),
}
NEEDED_OF_INPUT = {"choice": "choices", "choices": "choices", "rows": "rows"}


class Input(Frozen):
    """One thing that is asked."""

    key: Key
    kind: InputKind
    title: Texts
    help: Texts | None = None
    unit: Words | None = None
    limits: Range | None = None
    plausible: Range | None = None
    places: Places | None = None
    choices: dict[Words, Texts] | None = None
    rows: dict[Words, Texts] | None = None
    series: SeriesRule | None = None
    length: Whole | None = None
    evidence: tuple[Texts, ...] = ()
    when: Words | None = None
    optional: Flag = False
    filled_by: Literal["applicant", "portal"] = "applicant"
    identifying: Flag = False
    group: Words | None = None
    source: SourceField | None = None

    @property
    def table(self) -> str | None:
        """The table of series from which it may be filled: the one that is named, else its own."""
        return (self.series.table or self.key) if self.series else None

    @model_validator(mode="after")
    def _fields_of_kind(self) -> Self:
        own = FIELDS_OF_INPUT[self.kind]
        for name in sorted(frozenset().union(*FIELDS_OF_INPUT.values()) - own):
            if getattr(self, name) is not None:
                raise refuse("field_not_of_kind", name=name, kind=self.kind)
        needed = NEEDED_OF_INPUT.get(self.kind)
        if needed and not getattr(self, needed):
            raise refuse("field_needed_by_kind", name=needed, kind=self.kind)
        return self


class Derived(Frozen):
    """A value computed from inputs and other derived values."""

    key: Key
    title: Texts
    help: Texts | None = None
    unit: Words | None = None
    places: Places | None = None
    formula: Words
    clauses: tuple[Words, ...] = ()
    source: SourceField | None = None


class Check(Frozen):
    """A consistency between fields; what does not hold is a warning."""

    key: Label
    formula: Words
    help: Texts


class Alternative(Frozen):
    """One of several ways to pass a gate."""

    key: Label
    title: Texts
    formula: Words


class Gate(Frozen):
    """What must be passed before anything counts."""

    key: Key
    kind: Literal["gate"] = "gate"
    title: Texts
    help: Texts | None = None
    formula: Words | None = None
    alternatives: tuple[Alternative, ...] = ()
    when: Words | None = None
    not_applicable: Claim = None
    switchable: Flag = False
    default: Literal["on", "off"] = "on"
    evidence: tuple[Texts, ...] = ()
    clauses: tuple[Words, ...]
    source: SourceField | None = None

    @model_validator(mode="after")
    def _passable(self) -> Self:
        if (self.formula is None) == (not self.alternatives):
            raise refuse("gate_formula")
        return self

    @property
    def may_switch(self) -> bool:
        """Whether a round may switch the gate on or off."""
        return self.switchable or self.default == "off"


class Entry(Frozen):
    """A named item of a checklist, ticked or following from inputs."""

    key: Label
    points: Number
    title: Texts
    help: Texts | None = None
    formula: Words | None = None
    when: Words | None = None
    evidence: tuple[Texts, ...] = ()
    clauses: tuple[Words, ...] = ()
    source: SourceField | None = None


class Level(Frozen):
    """An anchor of a panel: these points mean this."""

    points: Number
    zh: Words
    en: Words


class Panel(Frozen):
    """How the marks of several reviewers become one."""

    rule: PanelRule
    reviewers: Whole
    spread: Share | None = None

    @model_validator(mode="after")
    def _someone(self) -> Self:
        if self.reviewers < 1:
            raise refuse("reviewers_needed")
        return self


IndicatorKind = Literal["measure", "checklist", "panel", "bonus", "deduction"]
FIELDS_OF_INDICATOR = {
    "measure": frozenset({"unit", "places", "formula", "curve"}),
    "checklist": frozenset({"items", "identifying"}),
    "panel": frozenset({"levels", "marks", "panel"}),
}
FIELDS_OF_INDICATOR["bonus"] = FIELDS_OF_INDICATOR["measure"] | FIELDS_OF_INDICATOR["checklist"]
FIELDS_OF_INDICATOR["deduction"] = FIELDS_OF_INDICATOR["bonus"]


class Indicator(Frozen):
    """What earns or costs points: a measure, checklist, panel, bonus or deduction."""

    key: Key
    kind: IndicatorKind
    title: Texts
    help: Texts | None = None
    points: Number
    clauses: tuple[Words, ...]
    source: SourceField
    evidence: tuple[Texts, ...] = ()
    when: Words | None = None
    not_applicable: Claim = None
    unit: Words | None = None
    places: Places | None = None
    formula: Words | None = None
    curve: Annotated[tuple[Annotated[Case, BeforeValidator(_case)], ...], BeforeValidator(_cases)] = ()
    items: tuple[Entry, ...] = ()
    identifying: Flag = False
    levels: tuple[Level, ...] = ()
    marks: Literal["any", "levels"] = "any"
    panel: Panel | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        refuse_all([*self._fields_of_kind(), *self._points(), *self._keys_of_items(), *self._levels_rise()])
        return self

    def _fields_of_kind(self) -> Iterator[Complaint]:
        own = FIELDS_OF_INDICATOR[self.kind]
        every = frozenset().union(*FIELDS_OF_INDICATOR.values())
        for name in sorted((every - own) & self.model_fields_set):
            yield "field_not_of_kind", {"name": name, "kind": self.kind}
        needed = {"measure": "formula", "checklist": "items", "panel": "levels"}.get(self.kind)
        if needed and not getattr(self, needed):
            yield "field_needed_by_kind", {"name": needed, "kind": self.kind}
        if self.kind in {"bonus", "deduction"} and (self.formula is None) == (not self.items):
            yield "items_or_formula", {"kind": self.kind}
        if "curve" in self.model_fields_set and not _otherwise_last(self.curve):
            yield "curve_without_otherwise", {}

    def _points(self) -> Iterator[Complaint]:
        for points in (self.points, *(item.points for item in self.items)):
            if points <= ZERO:
                yield "points_not_positive", {"value": written(points)}
        reached = sum((item.points for item in self.items), ZERO)
        if self.items and reached < self.points:
            yield "items_below_points", {"items": written(reached), "points": written(self.points)}

    def _keys_of_items(self) -> Iterator[Complaint]:
        keys = [item.key for item in self.items]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield "key_twice", {"name": key}

    def _levels_rise(self) -> Iterator[Complaint]:
        points = [level.points for level in self.levels]
        rising = all(low < high for low, high in pairwise(points))
        if points and (not rising or points[0] < ZERO or points[-1] != self.points):
            yield "levels_wrong", {"points": written(self.points)}

    @property
    def ticked(self) -> bool:
        """Whether it has items that are ticked by hand, and so is an input of its own."""
        return any(item.formula is None for item in self.items)


class Section(Frozen):
    """A part of the set, whose points are also added up by themselves."""

    key: Label
    title: Texts
    help: Texts | None = None
    minimum: str | None = None
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.minimum is not None and not NUMBER.fullmatch(self.minimum.removesuffix("%").strip()):
            raise refuse("minimum_wrong", value=self.minimum[:60])
        for indicator in self.indicators:
            if indicator.kind in {"bonus", "deduction"}:
                raise refuse("kind_misplaced", kind=indicator.kind)
        return self


class Rules(Frozen):
    """Rounding, caps and the rule for panels."""

    places: Places = 2
    total_places: Places | None = None
    cap: Number = Decimal(100)
    bonus_cap: Number | None = None
    deduction_cap: Number | None = None
    excluded_cap: Share = Decimal("0.3")
    panel: Panel | None = None
    source: SourceField


class Grade(Frozen):
    """A grade and the total from which it is given."""

    key: Label
    points: Number
    title: Texts
    source: SourceField


class Tie(Frozen):
    """Points that are compared when totals are equal."""

    key: Label
    title: Texts | None = None
    sum: Annotated[tuple[str, ...], Field(min_length=1)]


def _tie(value: object) -> object:
    return {"key": value, "sum": [value]} if isinstance(value, str) else value


class Listing(Frozen):
    """A named list, such as the pilots that a document names."""

    key: Key
    title: Texts
    values: Annotated[tuple[Words | tuple[Words, ...], ...], Field(min_length=1)]
    clauses: tuple[Words, ...] = ()


class Clause(BaseModel):
    """A clause of a document; further fields are for other uses."""

    model_config = ConfigDict(frozen=True, extra="allow")

    title: Texts | None = None


class Document(BaseModel):
    """A policy document; further fields are for other uses."""

    model_config = ConfigDict(frozen=True, extra="allow")

    title: Texts
    number: Words | None = None
    clauses: dict[str, Clause] | None = None


def _row(value: object) -> object:
    if isinstance(value, dict):
        return {key: None if entry is None else _number(entry) for key, entry in value.items()}
    return None if value is None else _number(value)


FactorRow = Annotated[Decimal | dict[str, Decimal | None] | None, BeforeValidator(_row)]


class FactorVersion(BaseModel):
    """One edition of a factor table; further fields are for other uses."""

    model_config = ConfigDict(frozen=True, extra="allow")

    version: Words
    source: SourceField
    clauses: tuple[Words, ...] = ()
    note: Texts | None = None
    values: dict[Words, FactorRow]


class FactorTable(BaseModel):
    """A table of factors in one or several editions, one of which counts unless a round says otherwise."""

    model_config = ConfigDict(frozen=True, extra="allow")

    key: Label
    title: Texts
    unit: Words | None = None
    default: Words
    versions: Annotated[tuple[FactorVersion, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _default_there(self) -> Self:
        versions = [version.version for version in self.versions]
        for version in versions:
            if versions.count(version) > 1:
                raise refuse("key_twice", name=version)
        if self.default not in versions:
            raise refuse("version_unknown", version=self.default, versions=", ".join(versions)[:200])
        return self


class SetShape(Frozen):
    """The whole file of a criteria set."""

    key: SetKey
    version: Words
    title: Texts
    help: Texts | None = None
    categories: tuple[Words, ...] = ()
    documents: dict[SetKey, Document] = Field(default_factory=dict)
    factors: tuple[FactorTable, ...] = ()
    lists: tuple[Listing, ...] = ()
    rules: Rules
    grades: tuple[Grade, ...] = ()
    ties: tuple[Annotated[Tie, BeforeValidator(_tie)], ...] = ()
    inputs: tuple[Input, ...] = ()
    derived: tuple[Derived, ...] = ()
    checks: tuple[Check, ...] = ()
    gates: tuple[Gate, ...] = ()
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    bonuses: tuple[Indicator, ...] = ()
    deductions: tuple[Indicator, ...] = ()
