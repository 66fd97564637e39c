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
    "filing",
    "year",
    "factor_year",
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
Justification = Literal["always", "extremes", "never"]


def refuse(key: str, **values: str) -> PydanticCustomError:
    """Return the error that becomes the fault of this key."""
    return PydanticCustomError(key, key, dict(values))


def as_written(value: object) -> str:
    """Return a value of a file as one would write it there, shortened."""
    if isinstance(value, (dict, list)):
        return "{…}" if isinstance(value, dict) else "[…]"
    return "null" if value is None else str(value)[:60]


Complaint = tuple[str, dict[str, str]]


def refuse_all(complaints: Iterable[Complaint]) -> None:
    """Raise one error for all complaints about an entry, if there are any."""
    found = list(complaints)
    if found:
        raise PydanticCustomError("several", "several", {"faults": found})


def _label(value: object) -> object:
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise refuse("key_wrong", name=as_written(value))
    return value


def _key(value: object) -> object:
    if _label(value) in RESERVED:
        raise refuse("key_reserved", name=str(value))
    return value


def _set_key(value: object) -> object:
    if not isinstance(value, str) or not SET_KEY.fullmatch(value):
        raise refuse("key_wrong", name=as_written(value))
    return value


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise refuse("number_expected", value=as_written(value))
    return Decimal(value)


def _whole(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value):
        return int(value)
    raise refuse("whole_expected", value=as_written(value))


def _share(value: object) -> object:
    try:
        return value if isinstance(value, Decimal) else share_of(str(value))
    except CurveError as error:
        raise refuse(error.key, **error.values) from None


def _flag(value: object) -> object:
    if value in {"true", "false"}:
        return value == "true"
    raise refuse("flag_expected", value=as_written(value))


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

    zh: Words = Field(description="The words in Chinese.")
    en: Words = Field(description="The words in English.")


class Paper(Texts):
    """A paper that proves something, and when the applicant is asked for it."""

    needed: Literal["submission", "later"] = Field(
        "submission",
        description="By when it is asked for: with the submission, or `later`, where screening or a correction asks.",
    )
    when: Words | None = Field(
        None, description="The condition under which it is asked for at all, such as that there is something to prove."
    )
    pledge: Flag = Field(
        False,
        description="Whether it is a pledge (承诺书): the portal offers its text, made of the declarations that it"
        " proves, to be signed and sealed.",
    )


class ListedPaper(Paper):
    """A paper that several entries ask for by its key, so that it is attached once."""

    key: Label = Field(description="The name by which `evidence` asks for it.")


def _paper(value: object) -> object:
    # The keys of listed papers have given way to the papers before; what is left is none of them.
    if isinstance(value, str):
        raise refuse("paper_unknown", name=as_written(value))
    return value


PaperField = Annotated[Paper, BeforeValidator(_paper)]


class Sources(Frozen):
    """Where the numbers of an entry come from, one kind for each and a note."""

    points: Source | None = Field(None, description="Where the number of points comes from.")
    curve: Source | None = Field(None, description="Where the numbers of the curve come from.")
    formula: Source | None = Field(
        None, description="Where the numbers within the formula come from: thresholds, weights, days of a year."
    )
    note: Texts | None = Field(None, description="Which public source it is, or how the number was derived.")


def _sources(value: object) -> object:
    return {"points": value, "curve": value, "formula": value} if isinstance(value, str) else value


SourceField = Annotated[Sources, BeforeValidator(_sources)]


class Case(Frozen):
    """One curve of an indicator, and when it is the one that counts."""

    when: Words | None = Field(
        None, description="The condition under which this curve counts; every curve but the last has one."
    )
    title: Texts | None = Field(None, description="What a reader sees as the name of this curve, such as 缺水城市.")
    curve: Curve = Field(description="The curve.")


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
        raise _refused(error) from None


def _refused(error: CurveError) -> PydanticCustomError:
    """Return the refusal of a curve by the mistake that is likely: points for shares, commas for arrows."""
    text = error.values.get("share", error.values.get("knot", "")).strip()
    if "：" in text:
        return refuse("full_width_sign", text=text)
    if "," in text or "，" in text:
        return refuse("curve_wrong")
    if error.key == "share_wrong" and NUMBER.fullmatch(text) and Decimal(text) > 1:
        return refuse("share_in_points", points=text)
    return refuse(error.key, **error.values)


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
        raise CurveError("number_expected", value=as_written(value))
    return Decimal(value)


def _cases(value: object) -> object:
    return value if isinstance(value, list) else [value]


CurveField = Annotated[tuple[Annotated[Case, BeforeValidator(_case)], ...], BeforeValidator(_cases)]


def _otherwise_last(cases: tuple[Case, ...]) -> bool:
    """Return whether the last curve, and only the last, has no condition."""
    return bool(cases) and all(case.when for case in cases[:-1]) and cases[-1].when is None


class NotApplicable(Frozen):
    """The rule by which an applicant may declare an entry not applicable."""

    when: Words | None = Field(
        None, description="The condition under which the applicant may declare it; without one always."
    )
    help: Texts | None = Field(None, description="What the applicant reads before declaring it (不适用项).")


def _claim(value: object) -> object:
    if value == "false":
        return None
    return {} if value == "true" else value


Claim = Annotated[NotApplicable | None, BeforeValidator(_claim)]


class Range(Frozen):
    """Lowest and highest value, each optional."""

    min: Number | None = Field(None, description="The lowest value, itself included.")
    max: Number | None = Field(None, description="The highest value, itself included.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise refuse("range_upside_down", min=written(self.min), max=written(self.max))
        return self

    def holds(self, number: Decimal) -> bool:
        """Return whether a number lies within, ends included."""
        return (self.min is None or number >= self.min) and (self.max is None or number <= self.max)

    @property
    def ends(self) -> dict[str, str]:
        """Both ends in words for a sentence, an open one as infinity."""
        return {
            "min": "−∞" if self.min is None else written(self.min),
            "max": "∞" if self.max is None else written(self.max),
        }


class CoverageRule(Frozen):
    """The share of the days or months of the year that a series should have, and that without which it is no figure."""

    asked: Share = Field(
        description="The share of the days or months of the year that should have a record; below it a warning."
    )
    least: Share = Field(
        default_factory=lambda: ZERO,
        description="The share below which there is no figure at all and the input counts as unanswered. Left out, it"
        " is that of `asked` for a sum, which would be too small, and 0% for the others.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.least > self.asked:
            raise refuse("range_upside_down", min=written(self.least), max=written(self.asked))
        return self


def _coverage(value: object) -> object:
    return {"asked": value} if isinstance(value, str) else value


CoverageField = Annotated[CoverageRule | None, BeforeValidator(_coverage)]


class SeriesRule(Frozen):
    """How a number is filled from a daily or monthly series: what becomes of the records, and what they must be."""

    reduce: Reduction = Field(
        description="What becomes of the records: their sum, mean, lowest, highest, or the last one."
    )
    table: Label | None = Field(
        None,
        description="The table that it shares with other inputs: one file, and sums count only the dates that all sums"
        " of the table have.",
    )
    weight: Key | None = Field(
        None,
        description="For a mean: the input of the same table by which each record is weighted (加权平均).",
    )
    beside: Key | None = Field(
        None, description="Another series of the table; only the dates count that both have, such as in and out."
    )
    limits: Range | None = Field(None, description="The lowest and highest record; one beyond them is refused.")
    plausible: Range | None = Field(
        None, description="The usual range of a record; one beyond it is pointed out, nothing else."
    )
    coverage: CoverageField = Field(
        None, description="How far the records must cover the year: a share that is asked, or `{asked, least}`."
    )

    @model_validator(mode="after")
    def _whole_sums(self) -> Self:
        """A sum over part of a year is too small: unless the set says otherwise, it needs all that is asked."""
        rule = self.coverage
        if rule is not None and self.reduce == "sum" and "least" not in rule.model_fields_set:
            object.__setattr__(self, "coverage", rule.model_copy(update={"least": rule.asked}))
        return self

    @model_validator(mode="after")
    def _weighed(self) -> Self:
        if self.weight is not None and (self.reduce != "mean" or self.table is None):
            raise refuse("weight_misplaced")
        return self


FIELDS_OF_INPUT: dict[str, frozenset[str]] = {
    "number": frozenset({"unit", "limits", "plausible", "places", "series", "example", "water"}),
    "whole": frozenset({"unit", "limits", "plausible", "example", "past"}),
    "yes_no": frozenset(),
    "choice": frozenset({"choices"}),
    "choices": frozenset({"choices"}),
    "text": frozenset({"length"}),
    "date": frozenset({"example"}),
    "rows": frozenset({"unit", "limits", "plausible", "places", "rows"}),
}
NEEDED_OF_INPUT = {"choice": "choices", "choices": "choices", "rows": "rows"}


class Input(Frozen):
    """One thing that is asked."""

    key: Key = Field(description="The name by which formulas know it.")
    kind: InputKind = Field(description="What kind of answer it is.")
    title: Texts = Field(description="The question, in a few words.")
    help: Texts | None = Field(
        None, description="What else one needs to know to answer: boundary, unit, where the number stands (填报说明)."
    )
    where: Texts | None = Field(
        None, description="Where the answer stands: which meter, bill, report or form (数据来源)."
    )
    example: Words | None = Field(
        None,
        description="What an invented applicant would enter; shown as an example, never put into the field (示例).",
    )
    unit: Words | None = Field(None, description="The unit of the number (计量单位).")
    limits: Range | None = Field(None, description="The lowest and highest possible value; one beyond them is refused.")
    plausible: Range | None = Field(None, description="The usual range; a value beyond it is a warning, nothing else.")
    places: Places | None = Field(None, description="The most decimal places that are accepted; 6 if it is left out.")
    past: Flag | None = Field(
        None,
        description="Whether it is the year of something that has happened: none after the year of the figures is"
        " taken.",
    )
    water: Flag | None = Field(
        None, description="Whether it is a volume of water: of this a tonne that is typed is read as a cubic metre."
    )
    choices: dict[Words, Texts] | None = Field(None, description="The choices, each a short name with its words.")
    rows: dict[Words, Texts] | None = Field(
        None, description="The rows that may be filled in, each a short name with its words, such as pollutants."
    )
    series: SeriesRule | None = Field(
        None, description="The number may be filled from a table of days or months; this says how."
    )
    length: Whole | None = Field(None, description="The most characters of a text; 500 if it is left out.")
    evidence: tuple[PaperField, ...] = Field(
        (), description="The papers that prove it (佐证材料), each written out or by its key of `papers`."
    )
    when: Words | None = Field(None, description="The condition under which it is asked at all.")
    optional: Flag = Field(
        False, description="Whether it may stay empty without being listed as still to be filled in."
    )
    filled_by: Literal["applicant", "portal"] = Field(
        "applicant", description="Who fills it in: the applicant, or the portal where it counts by itself."
    )
    identifying: Flag = Field(
        False,
        description="Whether it could tell reviewers who the applicant is; hidden from them in blind review.",
    )
    headline: Flag = Field(
        False, description="Whether it stands among the few figures of the summary for whoever signs (主要数据)."
    )
    group: Words | None = Field(None, description="The heading under which the form shows it: a key of `groups`.")
    source: SourceField | None = Field(None, description="Where its plausible range comes from.")

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
        if self.example is not None and not self._would_be_taken(self.example):
            raise refuse("example_wrong", value=self.example)
        return self

    def _would_be_taken(self, example: str) -> bool:
        """Tell whether an example would be taken as an answer, and without a warning."""
        if self.kind == "date":
            return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", example) is not None
        _whole, point, places = example.partition(".")
        if not NUMBER.fullmatch(example) or (point and self.kind == "whole"):
            return False
        if self.places is not None and len(places) > self.places:
            return False
        return all(limits is None or limits.holds(Decimal(example)) for limits in (self.limits, self.plausible))


class Derived(Frozen):
    """A value computed from inputs and other derived values."""

    key: Key = Field(description="The name by which formulas know it.")
    title: Texts = Field(description="What it is, in a few words.")
    help: Texts | None = Field(None, description="How it is to be understood.")
    unit: Words | None = Field(None, description="Its unit.")
    places: Places | None = Field(
        None, description="The decimal places with which it is shown; nothing is rounded on the way."
    )
    formula: Words = Field(description="How it is computed.")
    clauses: tuple[Words, ...] = Field((), description="The clauses that ask for it or define it.")
    source: SourceField | None = Field(None, description="Where the numbers within its formula come from.")


class Check(Frozen):
    """A consistency between fields; what does not hold is a warning, or a contradiction where it cannot be."""

    key: Label = Field(description="Its name among the checks.")
    formula: Words = Field(description="The condition that should hold.")
    help: Texts = Field(description="What the applicant reads where it does not hold.")
    certain: Flag = Field(
        False,
        description="Whether the figures cannot both be right where it does not hold: nothing is submitted with them"
        " then. Otherwise whoever signs may confirm that they are.",
    )


class Alternative(Frozen):
    """One of several ways to pass a gate."""

    key: Label = Field(description="Its name among the alternatives of the gate.")
    title: Texts = Field(description="This way to pass, in a few words.")
    formula: Words = Field(description="The condition under which the gate is passed this way.")


class Gate(Frozen):
    """What must be passed before anything counts."""

    key: Key = Field(description="Its name in the set.")
    kind: Literal["gate"] = Field("gate", description="Always `gate`; may be left out.")
    title: Texts = Field(description="The requirement, in a few words.")
    help: Texts | None = Field(None, description="How it is to be understood.")
    formula: Words | None = Field(
        None, description="The condition under which it is passed; either this or `alternatives`."
    )
    alternatives: tuple[Alternative, ...] = Field(
        (), description="Several ways to pass, one of which is enough (满足其一); either this or `formula`."
    )
    when: Words | None = Field(
        None, description="The condition under which it is looked at; otherwise it is not applicable."
    )
    not_applicable: Claim = Field(
        None, description="Whether the applicant may declare it not applicable: `true`, or with a condition."
    )
    switchable: Flag = Field(False, description="Whether a round may switch it on or off.")
    default: Literal["on", "off"] = Field("on", description="`off`: not looked at unless a round switches it on.")
    evidence: tuple[PaperField, ...] = Field(
        (), description="The papers that prove it, each written out or by its key of `papers`."
    )
    clauses: tuple[Words, ...] = Field(description="The clauses that ask for it; `[]` where no text does.")
    source: SourceField | None = Field(
        None, description="Where a number within its formula comes from; needed if there is one."
    )

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

    key: Label = Field(description="Its name among the items; it is what an answer lists.")
    points: Number = Field(description="The points that it earns.")
    title: Texts = Field(description="The item, in a few words.")
    help: Texts | None = Field(None, description="How it is to be understood.")
    formula: Words | None = Field(
        None, description="The condition from which it follows; an item without one is ticked by hand."
    )
    when: Words | None = Field(None, description="The condition under which it is offered.")
    evidence: tuple[PaperField, ...] = Field(
        (), description="The papers that prove it, each written out or by its key of `papers`."
    )
    clauses: tuple[Words, ...] = Field((), description="The clauses that it serves.")
    source: SourceField | None = Field(
        None, description="Where its points come from, if elsewhere than those of the whole."
    )


class Level(Frozen):
    """An anchor of a panel: these points mean this."""

    points: Number = Field(description="The points of this level.")
    zh: Words = Field(description="What earns them, in Chinese.")
    en: Words = Field(description="What earns them, in English.")


class Panel(Frozen):
    """How the marks of several reviewers become one."""

    rule: PanelRule = Field(
        description="How the marks become one; `trimmed_mean` drops one highest and one lowest from five marks on."
    )
    reviewers: Whole = Field(description="The fewest marks with which there is a result.")
    spread: Share | None = Field(
        None, description="The share of the points beyond which the standard deviation of the marks is pointed out."
    )
    justification: Justification = Field(
        "always",
        description="Which marks reviewers justify: `always`; `extremes`, those at the lowest and the highest level or "
        "beyond; `never`.",
    )

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
NEEDED_OF_INDICATOR = {"measure": "formula", "checklist": "items", "panel": "levels"}


class Indicator(Frozen):
    """What earns or costs points: a measure, checklist, panel, bonus or deduction."""

    key: Key = Field(description="Its name in the set.")
    kind: IndicatorKind = Field(description="How it earns points.")
    title: Texts = Field(description="The indicator, in a few words.")
    help: Texts | None = Field(None, description="How it is to be understood.")
    points: Number = Field(description="The points that it can earn, or a deduction can cost, at most (分值).")
    clauses: tuple[Words, ...] = Field(description="The clauses that ask for it; `[]` where no text does.")
    source: SourceField = Field(description="Where its numbers come from.")
    evidence: tuple[PaperField, ...] = Field(
        (), description="The papers that prove it, each written out or by its key of `papers`."
    )
    when: Words | None = Field(
        None,
        description="The condition under which it counts; otherwise its points leave the total's denominator.",
    )
    not_applicable: Claim = Field(
        None, description="Whether the applicant may declare it not applicable: `true`, or with a condition."
    )
    unit: Words | None = Field(None, description="The unit of the figure that its formula gives.")
    places: Places | None = Field(
        None, description="The decimal places with which that figure is shown; nothing is rounded on the way."
    )
    formula: Words | None = Field(
        None, description="The figure that is judged; without a curve it is the points themselves."
    )
    curve: CurveField = Field(
        (), description="Which share of the points a figure earns; one curve, or several with conditions."
    )
    items: tuple[Entry, ...] = Field((), description="The items of a checklist, bonus or deduction.")
    identifying: Flag = Field(
        False,
        description="Whether the ticks could tell reviewers who the applicant is; they are hidden in blind review.",
    )
    levels: tuple[Level, ...] = Field((), description="The levels of a panel, from the lowest to the highest.")
    marks: Literal["any", "levels"] = Field(
        "any", description="`levels`: reviewers may give only the points of a level; `any`: anything between as well."
    )
    panel: Panel | None = Field(None, description="How the marks become one, where it is not as in `rules`.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        refuse_all([*self._fields_of_kind(), *self._points(), *self._keys_of_items(), *self._levels_rise()])
        return self

    def _fields_of_kind(self) -> Iterator[Complaint]:
        own = FIELDS_OF_INDICATOR[self.kind]
        every = frozenset().union(*FIELDS_OF_INDICATOR.values())
        for name in sorted((every - own) & self.model_fields_set):
            yield "field_not_of_kind", {"name": name, "kind": self.kind}
        needed = NEEDED_OF_INDICATOR.get(self.kind)
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

    key: Label = Field(description="Its name in the set.")
    title: Texts = Field(description="The heading.")
    help: Texts | None = Field(None, description="How it is to be understood.")
    minimum: str | None = Field(
        None,
        description="The points, or the share of its applicable points such as 40%, below which there is no grade.",
    )
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)] = Field(
        description="The measures, checklists and panels of this section."
    )

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

    places: Places = Field(
        2, description="The decimal places of the points of each item and of the total; halves are rounded up."
    )
    total_places: Places | None = Field(
        None, description="The decimal places of the total, where they are not those of the items."
    )
    cap: Number = Field(Decimal(100), description="The highest total.")
    bonus_cap: Number | None = Field(None, description="The highest sum of all bonuses; needed if there are any.")
    deduction_cap: Number | None = Field(
        None, description="The highest sum of all deductions; needed if there are any."
    )
    excluded_cap: Share = Field(
        Decimal("0.3"),
        description="The share of the points that may be not applicable; beyond it a person decides, not a total.",
    )
    panel: Panel | None = Field(
        None, description="How the marks of reviewers become one; needed if there is a panel without a rule of its own."
    )
    source: SourceField = Field(description="Where these numbers come from.")


class Grade(Frozen):
    """A grade and the total from which it is given."""

    key: Label = Field(description="Its name among the grades.")
    points: Number = Field(description="The total from which it is given.")
    title: Texts = Field(description="The grade (等级).")
    source: SourceField = Field(description="Where the number comes from.")


class Tie(Frozen):
    """Points that are compared when totals are equal."""

    key: Label = Field(description="Its name among the ties.")
    title: Texts | None = Field(None, description="What is compared, in a few words.")
    sum: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="The keys of indicators or sections, or kinds such as `measure`, whose points are added up."
    )


def _tie(value: object) -> object:
    return {"key": value, "sum": [value]} if isinstance(value, str) else value


TieField = Annotated[Tie, BeforeValidator(_tie)]


class Listing(Frozen):
    """A named list, such as the pilots that a document names."""

    key: Key = Field(description="The name by which formulas know it.")
    title: Texts = Field(description="What the list is.")
    values: Annotated[tuple[Words | tuple[Words, ...], ...], Field(min_length=1)] = Field(
        description="The texts in it, or lists of texts that belong together."
    )
    clauses: tuple[Words, ...] = Field((), description="The clauses that name them.")


class Clause(BaseModel):
    """A clause of a document; further fields are for other uses."""

    model_config = ConfigDict(frozen=True, extra="allow")

    title: Texts | None = Field(None, description="What the clause is about.")


class Document(BaseModel):
    """A policy document; further fields are for other uses."""

    model_config = ConfigDict(frozen=True, extra="allow")

    title: Texts = Field(description="The title of the document.")
    number: Words | None = Field(None, description="Its number (文号).")
    clauses: dict[str, Clause] | None = Field(
        None, description="Its clauses; if they are listed, only these may be named."
    )


def _row(value: object) -> object:
    if isinstance(value, dict):
        return {key: None if entry is None else _number(entry) for key, entry in value.items()}
    return None if value is None else _number(value)


FactorRow = Annotated[Decimal | dict[str, Decimal | None] | None, BeforeValidator(_row)]


class FactorVersion(BaseModel):
    """One edition of a factor table; further fields are for other uses."""

    model_config = ConfigDict(frozen=True, extra="allow")

    version: Words = Field(description="The name of the edition, such as a year.")
    title: Texts | None = Field(
        None, description="What a reader sees as its name, such as the average of the provinces."
    )
    source: SourceField = Field(description="Where its numbers come from.")
    clauses: tuple[Words, ...] = Field((), description="The clauses that give them.")
    note: Texts | None = Field(None, description="Which source it is, and what to know about it.")
    values: dict[Words, FactorRow] = Field(
        description="The factor of each row, or of its columns; `null` is known to be unknown and never guessed."
    )


class FactorTable(BaseModel):
    """A table of factors in one or several editions, one of which counts unless a round says otherwise."""

    model_config = ConfigDict(frozen=True, extra="allow")

    key: Label = Field(description="The name by which formulas know it.")
    title: Texts = Field(description="What the factors are.")
    unit: Words | None = Field(None, description="The unit of the factors.")
    default: Words = Field(description="The version that counts unless a round chooses another.")
    versions: Annotated[tuple[FactorVersion, ...], Field(min_length=1)] = Field(description="The editions.")

    @model_validator(mode="after")
    def _default_there(self) -> Self:
        versions = [version.version for version in self.versions]
        for version in versions:
            if versions.count(version) > 1:
                raise refuse("key_twice", name=version)
        if self.default not in versions:
            raise refuse("version_unknown", version=self.default, versions=", ".join(versions)[:200])
        return self


def _listed(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the papers of a set by key, as `evidence` holds them; a faulty list is told of where it stands."""
    listed = value.get("papers")
    papers = listed if isinstance(listed, list) else []
    return {
        paper["key"]: {name: field for name, field in paper.items() if name != "key"}
        for paper in papers
        if isinstance(paper, dict) and isinstance(paper.get("key"), str)
    }


def _with_papers(value: Any, papers: Mapping[str, Any]) -> Any:
    """Return a tree in which every key of a paper in `evidence` has given way to the paper."""
    if isinstance(value, list):
        return [_with_papers(entry, papers) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        name: [papers.get(paper, paper) if isinstance(paper, str) else paper for paper in entry]
        if name == "evidence" and isinstance(entry, list)
        else _with_papers(entry, papers)
        for name, entry in value.items()
    }


class SetShape(Frozen):
    """The whole file of a criteria set."""

    key: SetKey = Field(description="The name of the set.")
    version: Words = Field(description="The version as its author counts it.")
    title: Texts = Field(description="The title of the set.")
    help: Texts | None = Field(None, description="What the set is for and how it is to be filled in.")
    categories: tuple[Words, ...] = Field(
        (), description="The categories for which it is written: ids of criteria/targets.yaml."
    )
    documents: dict[SetKey, Document] = Field(
        default_factory=dict, description="Documents of its own, beside those of criteria/documents.yaml."
    )
    factors: tuple[FactorTable, ...] = Field(
        (), description="Factor tables of its own, beside those of criteria/factors."
    )
    lists: tuple[Listing, ...] = Field((), description="White lists and other named lists.")
    rules: Rules = Field(description="Rounding, caps and the rule for panels.")
    grades: tuple[Grade, ...] = Field((), description="The grades and the totals from which they are given.")
    ties: tuple[TieField, ...] = Field((), description="What is compared in this order where totals are equal.")
    groups: dict[Label, Texts] = Field(
        default_factory=dict, description="The headings under which the form shows the inputs, in this order."
    )
    papers: tuple[ListedPaper, ...] = Field(
        (), description="Papers that prove several entries, which name them by key in `evidence`."
    )
    inputs: tuple[Input, ...] = Field((), description="What is asked.")
    derived: tuple[Derived, ...] = Field((), description="Values computed from inputs.")
    checks: tuple[Check, ...] = Field(
        (), description="What should fit together; a warning where it does not, or a contradiction."
    )
    gates: tuple[Gate, ...] = Field((), description="What must be passed before anything counts (必备条件).")
    sections: Annotated[tuple[Section, ...], Field(min_length=1)] = Field(description="What earns points.")
    bonuses: tuple[Indicator, ...] = Field((), description="What earns points beside the hundred (加分项).")
    deductions: tuple[Indicator, ...] = Field((), description="What costs points (扣分项).")

    @model_validator(mode="before")
    @classmethod
    def _papers_for_keys(cls, value: Any) -> Any:
        """Put the papers where entries ask for them by key."""
        return _with_papers(value, _listed(value)) if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _in_their_place(self) -> Self:
        for place, kind, entries in (("bonuses", "bonus", self.bonuses), ("deductions", "deduction", self.deductions)):
            refuse_all(
                ("kind_elsewhere", {"kind": one.kind, "place": place, "wanted": kind})
                for one in entries
                if one.kind != kind
            )
        return self
