"""Answers: a raw value read and refused, warned about, or found lacking; and the values that a scoring works with.

One reader a kind of input. A form calls ``parse_input`` for each field; a scoring reads the stored answers again
with the same readers and raises all their faults at once.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, DecimalException, localcontext
from functools import partial
from typing import Any, NamedTuple

from registry.domain import units
from registry.domain.criteria import CriteriaSet
from registry.domain.curves import NUMBER
from registry.domain.errors import Invalid
from registry.domain.faults import AnswersFaulty, Fault
from registry.domain.figures import Figures
from registry.domain.series import Coverage, Records, one_period, period_of
from registry.domain.shapes import Indicator, Input, Range, SeriesRule, Texts
from registry.domain.texts import plain
from registry.domain.values import CONTEXT, ZERO, MissingError, Table, UncomputableError, Value, Values, written

MOST_ROWS = 200
MOST_DAYS = 366
# Beside a series: the figure that the office established in place of what it comes to.
ESTABLISHED = "established"
PLACES = 6
LENGTH = 500
WHOLE = re.compile(r"-?[0-9]{1,15}")
YEAR = re.compile(r"[0-9]{4}")
GROUPED = re.compile(
    r"(-?[1-9][0-9]{0,2}(?:,[0-9]{3})+|-?[1-9][0-9]{0,2}(?: [0-9]{3})+)(?=\.[0-9]|[^0-9., ]| [^0-9]|$)"
)
# A decimal point as a Chinese keyboard writes it.
POINT = re.compile(r"(?<=[0-9])。(?=[0-9])")
DATE = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))")
INFINITY = Decimal("Infinity")
YEARS = ("year", "factor_year", "base_year")
WORDS = ("category", "region", "track", "filing")
# What is filed unless the answers say otherwise: the one filing of most routes.
FILING = "application"
PARTS = frozenset({"context", "settings", "inputs", "not_applicable"})
TRUTH: dict[object, bool] = {True: True, False: False, "true": True, "false": False}
YES = {"true": True, "yes": True, "on": True, "1": True, "是": True}
NO = {"false": False, "no": False, "off": False, "0": False, "否": False}

Answer = str | bool | list[str] | dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What the one who fills in is told: implausible or inconsistent; what is `certain` cannot be submitted."""

    key: str
    fields: tuple[str, ...]
    values: Mapping[str, str]
    help: Texts | None = None
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The answers of one filing, read: values for the formulas, and what a round and the applicant decided."""

    values: Values
    gates: Mapping[str, bool]
    versions: Mapping[str, str]
    claims: Mapping[str, str]
    covered: Mapping[str, Coverage] = field(default_factory=dict)
    marks: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)


def parse_input(entry: Input, raw: object) -> Answer:
    """Return a raw value of a form as it is stored, None if nothing was given, or raise Invalid with its key."""
    value = _tidied(entry, raw)
    if value is None:
        return None
    read_value = READERS[entry.kind](entry, value)
    if entry.series is not None and isinstance(read_value, dict):
        return _canonical(value)
    return value


def _canonical(series: Any) -> dict[str, Any]:
    """Return a series that was read as it is stored: its dates in order, its numbers written in one way."""
    pairs = [[day, None if number is None else written(Decimal(_spelled(number)))] for day, number in series["series"]]
    return {"series": sorted(pairs, key=lambda pair: str(pair[0]))}


def read(
    criteria: CriteriaSet, answers: Mapping[str, Any], marks: Mapping[str, Mapping[str, Any]] | None = None
) -> Reading:
    """Read stored answers and marks against the set, or raise AnswersFaulty with all that does not fit."""
    reader = _Reader(criteria)
    for part in answers.keys() - PARTS:
        reader.note(str(part), "answer_unknown", name=str(part))
    context = reader.context(reader.part(answers, "context"))
    values, filled = reader.inputs(reader.part(answers, "inputs"))
    year = context.get("year")
    figures = Figures(criteria, filled, values, int(year) if isinstance(year, Decimal) else None)
    reader.take(figures, values)
    reader.refuse_to_come(values, year)
    values.update(context)
    settings = reader.part(answers, "settings")
    versions = reader.versions(reader.part(settings, "factors", "settings.factors"))
    gates = reader.gates(reader.part(settings, "gates", "settings.gates"))
    claims = reader.claims(reader.part(answers, "not_applicable"))
    read_marks = reader.marks(marks or {})
    if reader.faults:
        raise AnswersFaulty(reader.faults)
    factors = {table: criteria.factor_values[table][version] for table, version in versions.items()}
    ready = _asked_alone(criteria, values, factors, figures.days)
    return Reading(ready, gates, versions, claims, figures.covered, read_marks)


def _asked_alone(
    criteria: CriteriaSet, answered: Mapping[str, Value], factors: Mapping[str, Table], days: Mapping[str, int]
) -> Values:
    """Return the values of what is asked: an answer from before another one changed counts nowhere."""
    conditions = [(key, entry.when) for key, entry in criteria.inputs.items() if entry.when is not None]
    unasked: set[str] = set()
    while True:
        left = {key: value for key, value in answered.items() if key not in unasked}
        covered = {key: number for key, number in days.items() if key not in unasked}
        values = Values(left, derived=criteria.derived_runs, factors=factors, days=covered)
        found = {key for key, when in conditions if key in left and holds(criteria, when, values) is False}
        if not found:
            return values
        unasked |= found


def findings(criteria: CriteriaSet, answers: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the warnings: values outside their plausible range, and fields that contradict each other."""
    reading = read(criteria, answers)
    found = [
        finding
        for key, entry in criteria.inputs.items()
        if entry.plausible is not None and key in reading.values and _is_asked(criteria, entry, reading.values)
        for finding in _implausible(entry, entry.plausible, reading.values)
    ]
    found += [
        _uncovered(key, covered) for key, covered in reading.covered.items() if covered.short or not covered.enough
    ]
    for check in criteria.checks:
        formula = criteria.formulas[check.formula]
        if holds(criteria, check.formula, reading.values) is False:
            with localcontext(CONTEXT):
                values = {"check": check.key, "numbers": formula.show(reading.values)}
            found.append(Finding("inconsistent", tuple(sorted(formula.names)), values, check.help, check.certain))
    return tuple(found)


def missing_inputs(criteria: CriteriaSet, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the inputs still to be filled in: asked, not optional, and needed by what applies."""
    reading = read(criteria, answers)
    return tuple(key for key in required_inputs(criteria, reading) if key not in reading.values)


def required_inputs(criteria: CriteriaSet, reading: Reading) -> tuple[str, ...]:
    """Return the inputs that these answers ask for, answered or not: none that may stay empty or that nothing needs."""
    needed = _needed(criteria, reading)
    return tuple(
        key
        for key, entry in criteria.inputs.items()
        if not entry.optional
        and key in needed
        and (entry.when is None or holds(criteria, entry.when, reading.values) is True)
    )


def _is_asked(criteria: CriteriaSet, entry: Input, values: Values) -> bool:
    return entry.when is None or holds(criteria, entry.when, values) is not False


def holds(criteria: CriteriaSet, condition: str, values: Values) -> bool | None:
    """Return whether a condition of the set holds, or None while that cannot be told."""
    try:
        with localcontext(CONTEXT):
            return bool(criteria.formulas[condition].run(values))
    except (MissingError, UncomputableError, DecimalException):
        return None


def claimed(criteria: CriteriaSet, entry: Any, reading: Reading) -> bool:
    """Return whether an entry was declared not applicable and its own rule allows it."""
    rule = entry.not_applicable
    if rule is None or entry.key not in reading.claims:
        return False
    return rule.when is None or holds(criteria, rule.when, reading.values) is True


def _needed(criteria: CriteriaSet, reading: Reading) -> set[str]:
    """Return the inputs that something applicable rests on, and those that nothing rests on at all.

    An answer by which something does not apply was asked for, so that giving it does not make it count for nothing.
    """
    judged: list[Any] = [*criteria.gates, *criteria.indicators.values()]
    needed: set[str] = set()
    for entry in judged:
        if entry.kind == "bonus" or reading.gates.get(entry.key) is False or claimed(criteria, entry, reading):
            continue
        if entry.when is None or holds(criteria, entry.when, reading.values) is not False:
            needed |= criteria.uses[entry.key]
        else:
            needed |= _behind(criteria, entry.when) & reading.values.keys()
    used = frozenset().union(*(criteria.uses[entry.key] for entry in judged))
    return needed | (criteria.inputs.keys() - used)


def _behind(criteria: CriteriaSet, condition: str) -> frozenset[str]:
    """Return the inputs on which a condition rests, through derived values too."""
    direct = {entry.key: criteria.formulas[entry.formula].names for entry in criteria.derived}
    waiting, seen = set(criteria.formulas[condition].names), set[str]()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= direct.get(name, frozenset()) - seen
    return frozenset(seen & criteria.inputs.keys())


def _implausible(entry: Input, limits: Range, values: Values) -> list[Finding]:
    numbers = dict(values[entry.key]) if entry.kind == "rows" else {"": values[entry.key]}
    outside = [(name, number) for name, number in numbers.items() if not limits.holds(number)]
    if not outside:
        return []
    name, number = outside[0]
    about = {"value": written(number), **limits.ends, "count": str(len(outside)), "where": name}
    return [Finding("implausible", (entry.key,), about)]


def typed_otherwise(entry: Input, raw: object) -> units.Typed | None:
    """Return how a number was converted that was typed in another unit than it is asked in, None where it was not."""
    if not isinstance(raw, str) or entry.kind not in {"number", "whole"}:
        return None
    try:
        found = units.read_typed(ungrouped(raw.strip()), entry.unit, entry.key, water=bool(entry.water))
    except Invalid:
        return None
    return found if found.ratio is not None else None


def _tidied(entry: Input, raw: object) -> Answer:
    """Bring what people type into the stored form: full-width digits, grouped thousands, blanks."""
    if isinstance(raw, str):
        raw = plain(raw, entry.key)
        # Only numbers and dates are normalised; words stay the words that were typed.
        raw = raw.strip() if entry.kind in {"text", "choice"} else widened(raw).strip()
        if not raw:
            return None
        if entry.kind in {"number", "whole"}:
            return units.without_unit(ungrouped(raw), entry.unit, entry.key, water=bool(entry.water))
        if entry.kind == "date":
            return _plain_date(raw)
        if entry.kind == "yes_no":
            return {**YES, **NO}.get(raw.lower(), raw)
        return [raw] if entry.kind == "choices" else raw
    if isinstance(raw, Mapping) and entry.kind == "rows":
        rows = raw.get("rows", raw)
        if not isinstance(rows, Mapping):
            return dict(raw)
        texts = {
            str(key): "" if value is None else units.without_unit(ungrouped(str(value)), entry.unit, entry.key)
            for key, value in rows.items()
        }
        filled = {key: text for key, text in texts.items() if text}
        return {"rows": filled} if filled else None
    if isinstance(raw, Mapping):
        return dict(raw)
    if isinstance(raw, (bool, list)) or raw is None:
        return raw
    return list(raw) if isinstance(raw, (tuple, set, frozenset)) else str(raw)


def _uncovered(key: str, covered: Coverage) -> Finding:
    about = {
        "recorded": str(covered.recorded),
        "expected": str(covered.expected),
        "period": "month" if covered.monthly else "day",
        "asked": written(covered.rule.asked * 100) if covered.rule else "",
    }
    if covered.mixed:
        return Finding("coverage_mixed", (key,), about)
    return Finding("coverage_short" if covered.enough else "coverage_least", (key,), about)


def ungrouped(text: str) -> str:
    """Return a number as people type it without groups of thousands, full-width digits and blanks.

    A raised, lowered or circled digit is none of the number: it stays, and the text is no number then.
    """
    text = POINT.sub(".", widened(text).strip().replace("−", "-"))
    grouped = GROUPED.match(text)
    return grouped[0].replace(",", "").replace(" ", "") + text[grouped.end() :] if grouped else text


def widened(text: str) -> str:
    """Return a text with full-width signs as ordinary ones; a digit that is raised, lowered or circled stays itself."""
    return "".join(sign if _is_note(sign) else unicodedata.normalize("NFKC", sign) for sign in text)


def _is_note(sign: str) -> bool:
    return unicodedata.category(sign) == "No"


def _plain_date(text: str) -> str:
    """Return a day as it is stored, however it was set apart: 2025/3/1, 2025年3月1日, 20250301."""
    found = DATE.fullmatch(text.replace(" ", ""))
    if found is None:
        return text
    year, month, day = (part for part in found.groups() if part is not None)
    return f"{year}-{month:0>2}-{day:0>2}"


def _spelled(raw: object) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, Decimal) and raw.is_finite() and abs(raw.adjusted()) < CONTEXT.prec:
        return written(raw)
    return str(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else ""


def _decimal(entry: Input, raw: object) -> Decimal:
    return _measured(entry.key, raw, entry.limits, PLACES if entry.places is None else entry.places)


def _measured(field: str, raw: object, limits: Range | None, most: int) -> Decimal:
    text = _spelled(raw)
    if not NUMBER.fullmatch(text):
        raise Invalid("number_expected", field=field, value=str(raw)[:60])
    _, _, places = text.partition(".")
    if len(places.rstrip("0")) > most:
        raise Invalid("too_many_places", field=field, places=str(most), value=text)
    number = Decimal(text)
    if limits is not None and not limits.holds(number):
        raise Invalid("outside_limits", field=field, value=text, **limits.ends)
    return number


def _number(entry: Input, raw: object) -> Decimal | dict[str, Decimal]:
    """Return the number that was typed, or the records that it is to be filled from."""
    if entry.series is not None and isinstance(raw, Mapping):
        return record_series(entry, entry.series, raw)
    return _decimal(entry, raw)


def record_series(entry: Input, rule: SeriesRule, raw: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the records of a series as it is stored, without the dates that have none, or raise Invalid."""
    pairs = raw.get("series") if {"series"} <= raw.keys() <= {"series", ESTABLISHED} else None
    if not isinstance(pairs, Sequence) or isinstance(pairs, str) or len(pairs) > MOST_DAYS:
        raise Invalid("series_expected", field=entry.key, limit=str(MOST_DAYS))
    records: dict[str, Decimal] = {}
    seen: set[str] = set()
    for pair in pairs:
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
            raise Invalid("series_expected", field=entry.key, limit=str(MOST_DAYS))
        day = pair[0]
        if period_of(day) is None:
            raise Invalid("date_expected", field=entry.key, value=str(day)[:60])
        if day in seen:
            raise Invalid("day_twice", field=entry.key, value=day)
        seen.add(day)
        if pair[1] is not None:
            records[day] = record_of(entry.key, rule, pair[1])
    one_period(seen, None, entry.key)
    return records


def record_of(field: str, rule: SeriesRule, raw: object) -> Decimal:
    """Return one record of a series, or raise Invalid for the field."""
    return _measured(field, raw, rule.limits, PLACES)


def _whole(entry: Input, raw: object) -> Decimal:
    if entry.unit == "year":
        return _year(entry, raw)
    if not WHOLE.fullmatch(_spelled(raw)):
        raise Invalid("whole_expected", field=entry.key, value=str(raw)[:60])
    return _decimal(entry, raw)


def _year(entry: Input, raw: object) -> Decimal:
    text = _spelled(raw)
    if DATE.fullmatch(text.replace(" ", "")) or re.fullmatch(r"[0-9]{4}[-/.年]\s*[0-9]{1,2}月?", text):
        raise Invalid("year_only", field=entry.key, year=text[:4])
    if not WHOLE.fullmatch(text):
        raise Invalid("whole_expected", field=entry.key, value=str(raw)[:60])
    if not YEAR.fullmatch(text):
        raise Invalid("year_wrong", field=entry.key, value=str(raw)[:60])
    limits = entry.limits
    if limits is not None and not limits.holds(Decimal(text)):
        raise Invalid("year_outside", field=entry.key, value=text, **limits.ends)
    return Decimal(text)


def _yes_no(entry: Input, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise Invalid("yes_no_expected", field=entry.key, value=str(raw)[:60])


def _choice(entry: Input, raw: object) -> str:
    choices = entry.choices or {}
    if not isinstance(raw, str) or raw not in choices:
        raise Invalid("choice_wrong", field=entry.key, value=str(raw)[:60], choices=", ".join(choices)[:200])
    return raw


def _choices(entry: Input, raw: object) -> frozenset[str]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) > MOST_ROWS:
        raise Invalid("choices_expected", field=entry.key, value=str(raw)[:60])
    return frozenset(_choice(entry, one) for one in raw)


def _words(entry: Input, raw: object) -> str:
    most = LENGTH if entry.length is None else entry.length
    if not isinstance(raw, str):
        raise Invalid("text_expected", field=entry.key)
    if len(raw) > most:
        raise Invalid("text_too_long", field=entry.key, limit=str(most))
    return raw


def _date(entry: Input, raw: object) -> str:
    if isinstance(raw, str) and _is_date(raw):
        return raw
    raise Invalid("date_expected", field=entry.key, value=str(raw)[:60])


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _rows(entry: Input, raw: object) -> dict[str, Decimal]:
    rows = raw.get("rows") if isinstance(raw, Mapping) and raw.keys() == {"rows"} else None
    if not isinstance(rows, Mapping) or len(rows) > MOST_ROWS:
        raise Invalid("rows_expected", field=entry.key, limit=str(MOST_ROWS))
    known = entry.rows or {}
    for key in rows:
        if key not in known:
            raise Invalid("row_unknown", field=entry.key, row=str(key)[:60], rows=", ".join(known)[:200])
    return {key: _decimal(entry, value) for key, value in rows.items()}


Reader = Callable[[Input, object], Value]
READERS: dict[str, Reader] = {
    "number": _number,
    "whole": _whole,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "text": _words,
    "date": _date,
    "rows": _rows,
}


class _ReaderOf(NamedTuple):
    """How one input is read: a number that is written plainly without a detour, the rest as in a form."""

    plain: re.Pattern[str] | None
    least: Decimal
    most: Decimal
    careful: Callable[[object], Value]


def _readers(criteria: CriteriaSet) -> Mapping[str, _ReaderOf]:
    """Return the readers of all inputs of a set, made when they are first asked for."""
    readers: dict[str, _ReaderOf] | None = criteria.prepared.get("readers")
    if readers is None:
        readers = criteria.prepared["readers"] = {key: _reader(entry) for key, entry in criteria.inputs.items()}
    return readers


def _reader(entry: Input) -> _ReaderOf:
    careful: Callable[[object], Value] = partial(READERS[entry.kind], entry)
    pattern = low = high = None
    if entry.kind == "choices":
        careful = _plain_choices(entry, careful)
    if entry.kind in {"number", "whole"}:
        places = PLACES if entry.places is None else entry.places
        whole = entry.kind == "whole" or not places
        pattern = WHOLE if whole else re.compile(rf"-?[0-9]{{1,15}}(?:\.[0-9]{{1,{places}}})?")
    if entry.limits is not None:
        low, high = entry.limits.min, entry.limits.max
    return _ReaderOf(pattern, -INFINITY if low is None else low, INFINITY if high is None else high, careful)


def _plain_choices(entry: Input, careful: Callable[[object], Value]) -> Callable[[object], Value]:
    choices = entry.choices or {}

    def reader(raw: object) -> Value:
        if isinstance(raw, list) and len(raw) <= len(choices) and all(isinstance(one, str) for one in raw):
            found = frozenset(raw)
            if found <= choices.keys():
                return found
        return careful(raw)

    return reader


class _Reader:
    """Reads the parts of stored answers and collects what does not fit."""

    def __init__(self, criteria: CriteriaSet) -> None:
        self.criteria = criteria
        self.faults: list[Fault] = []
        self.established: dict[str, Value] = {}

    def note(self, path: str, key: str, **values: str) -> None:
        self.faults.append(Fault(0, path, key, values))

    def part(self, whole: Mapping[str, Any], name: str, path: str | None = None) -> Mapping[str, Any]:
        found = whole.get(name)
        if found is None:
            return {}
        if not isinstance(found, (dict, Mapping)):
            self.note(path or name, "mapping_expected")
            return {}
        return found

    def inputs(self, raw: Mapping[str, Any]) -> tuple[dict[str, Value], dict[str, Records]]:
        """Return the values that stand by themselves, and the records of those filled from series."""
        values: dict[str, Value] = {}
        filled: dict[str, Records] = {}
        known = _readers(self.criteria)
        for key, answer in raw.items():
            reader = known.get(key)
            if reader is None:
                self.note(f"inputs.{key}", "answer_unknown", name=str(key)[:60])
                continue
            pattern, least, most, careful = reader
            if pattern is not None and isinstance(answer, str) and pattern.fullmatch(answer):
                number = Decimal(answer)
                if least <= number <= most:
                    values[key] = number
                    continue
            elif not answer and (answer is None or answer == ""):
                continue
            try:
                value = careful(answer)
            except Invalid as error:
                self._refuse(key, error)
                continue
            if value.__class__ is dict and self.criteria.inputs[key].kind == "number":
                filled[key] = value
                self._establish(key, answer)
            else:
                values[key] = value
        return values, filled

    def _establish(self, key: str, answer: Mapping[str, Any]) -> None:
        """Keep the figure that stands for a series; its dates still count for the others of its table."""
        if ESTABLISHED not in answer:
            return
        try:
            self.established[key] = _decimal(self.criteria.inputs[key], answer[ESTABLISHED])
        except Invalid as error:
            self._refuse(key, error)

    def take(self, figures: Figures, values: dict[str, Value]) -> None:
        """Put the figures of series among the values, and what the office established over them."""
        for key, error in figures.refused.items():
            self._refuse(key, error)
        values.update(figures.values)
        values.update(self.established)

    def refuse_to_come(self, values: Mapping[str, Value], year: Value | None) -> None:
        """Refuse years of what has happened that lie behind the year of the figures."""
        if not isinstance(year, Decimal):
            return
        for entry in self.criteria.shape.inputs:
            value = values.get(entry.key)
            if entry.past and isinstance(value, Decimal) and value > year:
                self.note(f"inputs.{entry.key}", "year_to_come", value=written(value), year=written(year))

    def _refuse(self, key: str, error: Invalid) -> None:
        self.note(f"inputs.{key}", error.key, **{name: str(value) for name, value in error.values.items()})

    def context(self, raw: Mapping[str, Any]) -> dict[str, Value]:
        values: dict[str, Value] = {"filing": FILING}
        for key, answer in raw.items():
            if answer is None:
                continue
            if key in YEARS and WHOLE.fullmatch(_spelled(answer)):
                values[key] = Decimal(_spelled(answer))
            elif key in YEARS:
                self.note(f"context.{key}", "whole_expected", value=str(answer)[:60])
            elif key not in WORDS:
                self.note(f"context.{key}", "answer_unknown", name=str(key)[:60])
            elif not isinstance(answer, str) or len(answer) > LENGTH:
                self.note(f"context.{key}", "text_expected")
            else:
                values[key] = answer
        if "year" in values:
            # Factors are those of the year judged unless another year of theirs was chosen.
            values.setdefault("factor_year", values["year"])
        return values

    def versions(self, raw: Mapping[str, Any]) -> dict[str, str]:
        tables = self.criteria.tables
        for key, version in raw.items():
            if key not in tables:
                self.note(f"settings.factors.{key}", "table_unknown", table=str(key)[:60], near="?")
            elif version not in self.criteria.factor_values[key]:
                known = ", ".join(self.criteria.factor_values[key])[:200]
                self.note(f"settings.factors.{key}", "version_unknown", version=str(version)[:60], versions=known)
        return {key: _chosen(raw.get(key), table.default) for key, table in tables.items()}

    def gates(self, raw: Mapping[str, Any]) -> dict[str, bool]:
        on = {gate.key: gate.default == "on" for gate in self.criteria.gates}
        for key, switch in raw.items():
            path = f"settings.gates.{key}"
            gate = next((gate for gate in self.criteria.gates if gate.key == key), None)
            if gate is None:
                self.note(path, "answer_unknown", name=str(key)[:60])
            elif not isinstance(switch, bool):
                self.note(path, "flag_expected", value=str(switch)[:60])
            elif not switch and not gate.may_switch:
                self.note(path, "gate_not_switchable", name=key)
            else:
                on[key] = switch
        return on

    def claims(self, raw: Mapping[str, Any]) -> dict[str, str]:
        claims: dict[str, str] = {}
        if not raw:
            return claims
        known: Collection[str] = {gate.key for gate in self.criteria.gates} | self.criteria.indicators.keys()
        for key, why in raw.items():
            if key not in known:
                self.note(f"not_applicable.{key}", "answer_unknown", name=str(key)[:60])
            elif not isinstance(why, str) or not why.strip():
                self.note(f"not_applicable.{key}", "reason_needed")
            else:
                claims[key] = why
        return claims

    def marks(self, raw: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[Decimal, ...]]:
        read: dict[str, tuple[Decimal, ...]] = {}
        for key, given in raw.items():
            indicator = self.criteria.indicators.get(key)
            if indicator is None or indicator.kind != "panel":
                self.note(f"marks.{key}", "panel_unknown", name=str(key)[:60])
            elif not isinstance(given, (dict, Mapping)):
                self.note(f"marks.{key}", "mapping_expected")
            else:
                read[key] = tuple(sorted(self._marks_of(indicator, given)))
        return read

    def _marks_of(self, indicator: Indicator, given: Mapping[str, Any]) -> list[Decimal]:
        marks = []
        most, freely = indicator.points, indicator.marks != "levels"
        for reviewer, mark in given.items():
            # What is written plainly is read without a detour.
            if freely and isinstance(mark, str) and NUMBER.fullmatch(mark):
                number = Decimal(mark)
                if ZERO <= number <= most:
                    marks.append(number)
                    continue
            try:
                marks.append(mark_of(indicator, mark))
            except Invalid as error:
                values = {key: str(value) for key, value in error.values.items()}
                self.note(f"marks.{indicator.key}.{reviewer}", error.key, **values)
        return marks


def mark_of(indicator: Indicator, raw: object) -> Decimal:
    """Return a reviewer's mark on a panel, or raise Invalid."""
    text = raw if isinstance(raw, str) else _spelled(raw)
    if not NUMBER.fullmatch(text) and not NUMBER.fullmatch(text := ungrouped(text)):
        raise Invalid("number_expected", field=indicator.key, value=str(raw)[:60])
    mark = Decimal(text)
    if not ZERO <= mark <= indicator.points:
        top = written(indicator.points)
        raise Invalid("outside_limits", field=indicator.key, value=text, min="0", max=top)
    if indicator.marks == "levels" and all(mark != level.points for level in indicator.levels):
        levels = ", ".join(written(level.points) for level in indicator.levels)
        raise Invalid("mark_between_levels", field=indicator.key, value=text, levels=levels)
    return mark


def _chosen(version: object, default: str) -> str:
    return version if isinstance(version, str) else default
