"""The parts that formulas are made of: closures that compute, and closures that write the same with its numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, NoReturn

from registry.domain.expressions import Expression, Run, combined, the
from registry.domain.templates import Show, in_brackets, joined, negative_in_brackets
from registry.domain.values import (
    ZERO,
    MissingError,
    Table,
    UncomputableError,
    Value,
    Values,
    shown,
    written,
)

ROWS_SHOWN = 12


class Type(StrEnum):
    """What a part of a formula stands for."""

    NUMBER = "number"
    CONDITION = "condition"
    TEXT = "text"
    CHOICES = "choices"
    ROWS = "rows"
    LIST = "list"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Name:
    """What the scope knows of a name: its type, its choices or rows, whether it is a series or computed."""

    type: Type
    allowed: frozenset[str] | None = None
    series: bool = False
    computed: bool = False
    places: int | None = None
    members: frozenset[Any] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """All that the formulas of one set may refer to."""

    names: Mapping[str, Name]
    tables: Mapping[str, Mapping[str, Table]] = field(default_factory=dict)
    regions: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A checked part of a formula: its type, what it does, how it is written, and how tightly it binds."""

    type: Type
    does: Run | Expression
    show: Show
    level: int = 9
    constant: Decimal | str | None = None
    allowed: frozenset[str] | None = None
    members: frozenset[Any] | None = None

    @cached_property
    def run(self) -> Run:
        """What the part does, as a function."""
        return self.does.function() if isinstance(self.does, Expression) else self.does

    @property
    def expression(self) -> Expression:
        """What the part does, to be put into the expression of a larger one."""
        return self.does if isinstance(self.does, Expression) else combined("{}(v)", the(self.does))


def never(_values: Values) -> NoReturn:
    """Refuse to run: the part stands for no value."""
    raise UncomputableError("no_number")


def nothing(_values: Values) -> str:
    """Write a question mark."""
    return "?"


def always(value: Value) -> Run:
    """Return a run that gives this value."""
    return lambda _values: value


def says(text: str) -> Show:
    """Return a writer of this text."""
    return joined(text)


def truth(value: bool) -> Part:
    """Return the part for true or false."""
    return Part(Type.CONDITION, the(value), says("✓" if value else "✗"))


def shows(key: str, name: Name) -> Show:
    """Return the writer of a name; a computed value is rounded, an answered one stands as answered."""
    return _shows(key, name.computed or name.series, name.places)


@lru_cache(maxsize=4096)
def _shows(key: str, computed: bool, places: int | None) -> Show:
    def show(values: Values) -> str:
        try:
            return write(values[key], computed=computed, places=places)
        except (MissingError, UncomputableError, DecimalException):
            return "?"

    # One writer for all formulas that show the name, because values keep a text by its writer.
    return show


def plain(value: Value, *, computed: bool = False, places: int | None = None) -> str:
    """Write a value for a list of figures: as it would be answered."""
    if isinstance(value, Decimal):
        return shown(value, places) if computed else written(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else write(value, computed=computed, places=places)


def write(value: Value, *, computed: bool = False, places: int | None = None) -> str:
    """Write a value for the working."""
    if isinstance(value, Decimal):
        return shown(value, places) if computed else written(value)
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(value)) + "}"
    return "{" + ", ".join(f"{key}: {written(number)}" for key, number in sorted(value.items())) + "}"


def safely(show: Show) -> Show:
    """Write a question mark where there is nothing to write."""

    def safe(values: Values) -> str:
        try:
            return show(values)
        except (MissingError, UncomputableError, DecimalException):
            return "?"

    return safe


def bracketed(part: Part, level: int) -> Show:
    """Return the writer of a part, in brackets where it binds less tightly than its surroundings."""
    if part.level < level:
        return in_brackets(part.show)
    return negative_in_brackets(part.show) if level > 4 else part.show


def both_constant(left: Part, right: Part) -> Decimal | None:
    """Return a mark that both sides are constants, so that they can be computed at once."""
    both = isinstance(left.constant, Decimal) and isinstance(right.constant, Decimal)
    return ZERO if both else None


def until(runs: Sequence[Run], *, decisive: bool) -> Run:
    """Look for the deciding part; what is missing matters only if nothing decides."""

    def run(values: Values) -> bool:
        missing: MissingError | None = None
        for condition in runs:
            try:
                if bool(condition(values)) is decisive:
                    return decisive
            except MissingError as error:
                missing = missing or error
        if missing is not None:
            raise missing
        return not decisive

    return run


def certainly(test: Part, values: Values) -> bool:
    """Return whether a condition is known to hold."""
    try:
        return bool(test.run(values))
    except (MissingError, UncomputableError, DecimalException):
        return False


def chained(runs: Sequence[Run], compare: Sequence[Callable[[Any, Any], bool]]) -> Run:
    """Return a run that compares neighbours, all of which it needs."""

    def run(values: Values) -> bool:
        sides = [side(values) for side in runs]
        return all(holds(sides[at], sides[at + 1]) for at, holds in enumerate(compare))

    return run


def chain_shown(parts: Sequence[Part], signs: Sequence[str]) -> Show:
    """Return the writer of a comparison."""
    pieces: list[str | Show] = [bracketed(parts[0], 4)]
    for part, sign in zip(parts[1:], signs, strict=True):
        pieces += [sign, bracketed(part, 4)]
    return joined(*pieces)


def membership(holds: Expression, left: Show, right: Show, *, absent: bool) -> Part:
    """Return the part that says whether something is in a list."""
    sign = "∉" if absent else "∈"
    return Part(
        Type.CONDITION,
        combined("(not {})", holds) if absent else holds,
        joined(left, f" {sign} ", right),
        level=3,
    )


def called(name: str, parts: Sequence[Part]) -> Show:
    """Return the writer of a function with its arguments."""
    return joined(f"{name}(", listed([part.show for part in parts], ", "), ")")


def listed(shows: Sequence[Show], sign: str) -> Show:
    """Return the writer of parts with a sign between each two."""
    pieces: list[str | Show] = [shows[0]]
    for show in shows[1:]:
        pieces += [sign, show]
    return joined(*pieces)


def days_of(values: Values, key: str) -> Decimal:
    """Return the days that the series of an input covers, 0 where it was not filled from one."""
    return Decimal(values.days.get(key, 0))


def row_of(values: Values, key: str, which: str) -> Decimal:
    """Return one row of an input."""
    number = values[key].get(which)
    if not isinstance(number, Decimal):
        raise MissingError(f"{key}.{which}")
    return number


def row_keys(values: Values, keys: Sequence[str]) -> list[str]:
    """Return the rows that all these inputs have; if they differ, the first that lacks is missing."""
    rows = [values[key] for key in keys]
    first = rows[0]
    for key, other in zip(keys, rows, strict=True):
        if other.keys() != first.keys():
            lacking = sorted(other.keys() ^ first.keys())
            raise MissingError(f"{key}.{lacking[0]}")
    # Sorted, so that the order in which rows were filled in never touches a digit.
    return sorted(first)


def sum_of(values: Values, keys: Sequence[str], body: Part) -> Decimal:
    """Run a part once for each row and add up."""
    total = ZERO
    run = body.run
    try:
        for row in row_keys(values, keys):
            values.row = row
            total += run(values)
    finally:
        values.row = ""
    return total


def sum_shown(values: Values, keys: Sequence[str], show: Show) -> str:
    """Write the first rows of a sum."""
    texts = []
    rows = row_keys(values, keys)
    for row in rows[:ROWS_SHOWN]:
        values.row = row
        texts.append(show(values))
    values.row = ""
    return " + ".join([*texts, *(["…"] if len(rows) > ROWS_SHOWN else [])]) or "0"


def look_up(values: Values, table: str, runs: Sequence[Run]) -> Decimal | None:
    """Return the number in a factor table, or None."""
    found: Any = values.factors[table]
    for run in runs:
        found = found.get(run(values)) if isinstance(found, (dict, Mapping)) else None
    return found if isinstance(found, Decimal) else None


def factor_of(values: Values, table: str, runs: Sequence[Run]) -> Decimal:
    """Return the number in a factor table, or refuse: none is guessed."""
    number = look_up(values, table, runs)
    if number is None:
        raise UncomputableError("factor_missing", table=table, row=" / ".join(str(run(values)) for run in runs))
    return number


def factor(table: str, runs: Sequence[Run]) -> Run:
    """Return a run that looks a factor up."""
    return lambda v: factor_of(v, table, runs)


def fixed_factor(table: str, row: str) -> Run:
    """Return a run that looks up the factor of a row that is always the same."""
    careful = factor(table, [always(row)])

    def run(values: Values) -> Any:
        number = values.factors[table].get(row)
        return number if isinstance(number, Decimal) else careful(values)

    return run


def surroundings(key: str | None, regions: Mapping[str, str | None]) -> list[str]:
    """Return a region and all that it lies in; a circle in the file ends where it begins."""
    line: list[str] = []
    while key is not None and key not in line:
        line.append(key)
        key = regions.get(key)
    return line


def known_region(key: str, regions: Mapping[str, str | None]) -> str:
    """Return a region if it is known, or refuse."""
    if key not in regions:
        raise UncomputableError("region_unknown", region=key[:60])
    return key


def nearest_of(values: Values, table: str, key: str, regions: Mapping[str, str | None]) -> str:
    """Return the region itself or the nearest one around it that has a row in a factor table, or refuse."""
    for region in surroundings(known_region(key, regions), regions):
        if region in values.factors[table]:
            return region
    raise UncomputableError("factor_missing", table=table, row=key)
