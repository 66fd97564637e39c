"""Pages of long lists, by keyset: a page begins after, or ends before, a row that is named by what it is ordered by.

No row is skipped or shown twice where others come or go meanwhile, and the last page costs what the first one does.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeDecorator

SIZE = 50
# What a cursor is never longer than, and no number in it larger than what both databases hold.
_LONGEST = 2000
_LARGEST = 2**63
T = TypeVar("T")
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a page is to begin or to end: the cursors of an address; without any it is the first page."""

    after: str = ""
    before: str = ""


FIRST = Asked()


@dataclass(frozen=True, slots=True)
class By:
    """What a list is ordered by; none of its values is null, and the last of an order differs from row to row."""

    column: ColumnElement[Any] | InstrumentedAttribute[Any]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The rows of a page, how many rows stand before it, how many there are in all, and where its neighbours are."""

    rows: list[T]
    skipped: int
    total: int
    previous: str | None
    next: str | None

    @property
    def first(self) -> int:
        """The number of the first row, counted from one; 0 where there is none."""
        return self.skipped + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.skipped + len(self.rows)

    def of(self, rows: Sequence[Any]) -> "Page[Any]":
        """Return the same page with other rows: those that are shown for its own."""
        return replace(self, rows=list(rows))


def page(session: Session, query: Select[T], order: Sequence[By], asked: Asked = FIRST, *, size: int = SIZE) -> Page[T]:
    """Return a page of a query without an order of its own: the first where a cursor is none, or leads past the end.

    A query of one thing gives things, one of several gives rows of them.
    """
    bounds, backwards = _where(asked, [_kind(by.column) for by in order])
    found = _rows(session, query, order, bounds, backwards, size)
    if bounds and (not found or (backwards and len(found) < size)):
        found = _rows(session, query, order, None, False, size)
    keys = [key for key, _row in found]
    if not bounds and len(found) < size:
        skipped, total = 0, len(found)  # All of them are here.
    else:
        skipped, total = _counts(session, query, order, keys[0] if keys else None)
    return _page([row for _key, row in found], keys, skipped, total)


def cut(rows: Sequence[T], key: Callable[[T], int], asked: Asked = FIRST, *, size: int = SIZE) -> Page[T]:
    """Return a page of rows at hand, which are in the order of their keys."""
    bounds, backwards = _where(asked, [int])
    numbers = [key(row) for row in rows]
    begin = 0
    if bounds and backwards:
        begin = max(0, sum(number < bounds[0] for number in numbers) - size)
    elif bounds:
        begin = sum(number <= bounds[0] for number in numbers)
    begin = begin if begin < len(rows) else 0
    shown = list(rows[begin : begin + size])
    return _page(shown, [(key(row),) for row in shown], begin, len(rows))


def cursor(key: Key) -> str:
    """Return the text that stands for a row in an address."""
    written = json.dumps([_written(value) for value in key], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def _page(rows: list[T], keys: Sequence[Key], skipped: int, total: int) -> Page[T]:
    more = skipped + len(rows) < total
    return Page(
        rows,
        skipped,
        total,
        cursor(keys[0]) if keys and skipped else None,
        cursor(keys[-1]) if keys and more else None,
    )


def _rows(
    session: Session, query: Select[Any], order: Sequence[By], bounds: Key | None, backwards: bool, size: int
) -> list[tuple[Key, Any]]:
    """The rows of a page in the order of the list, each with its key."""
    wanted = query.add_columns(*(by.column.label(f"key_{place}") for place, by in enumerate(order)))
    if bounds:
        wanted = wanted.where(_beyond(order, bounds, backwards=backwards))
    turned = [by.column.desc() if by.descending is not backwards else by.column.asc() for by in order]
    found = [
        (tuple(row[-len(order) :]), row[: -len(order)]) for row in session.execute(wanted.order_by(*turned).limit(size))
    ]
    pairs = [(key, row[0] if len(row) == 1 else row) for key, row in found]
    return pairs[::-1] if backwards else pairs


def _counts(session: Session, query: Select[Any], order: Sequence[By], key: Key | None) -> tuple[int, int]:
    """How many rows stand before a key, and how many there are in all."""
    if key is None:
        return 0, 0
    before = case((_beyond(order, key, backwards=True), 1))
    counted = query.with_only_columns(before.label("before"), maintain_column_froms=True).order_by(None).subquery()
    row = session.execute(select(func.count(counted.c.before), func.count()).select_from(counted)).one()
    return row[0], row[1]


def _beyond(order: Sequence[By], key: Key, *, backwards: bool) -> ColumnElement[bool]:
    """The condition that a row stands after a key in the order, or before it."""
    cases = []
    for place, by in enumerate(order):
        value = literal(key[place], by.column.type)
        same = [other.column == literal(key[at], other.column.type) for at, other in enumerate(order[:place])]
        further = by.column < value if by.descending is not backwards else by.column > value
        cases.append(and_(*same, further))
    return or_(*cases)


def _where(asked: Asked, kinds: Sequence[type]) -> tuple[Key | None, bool]:
    """What a page begins after, or ends before; None for the first page, also where a cursor is none of this list."""
    if bounds := _read(asked.after, kinds):
        return bounds, False
    bounds = _read(asked.before, kinds)
    return bounds, bounds is not None


def _kind(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> type:
    """What a column holds, as Python has it."""
    kept = column.type
    return kept.impl_instance.python_type if isinstance(kept, TypeDecorator) else kept.python_type


def _read(text: str, kinds: Sequence[type]) -> Key | None:
    if not text or len(text) > _LONGEST:
        return None
    try:
        values = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(kinds):
            return None
        return tuple(_value(value, kind) for value, kind in zip(values, kinds, strict=True))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return None


def _written(value: Any) -> int | str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, int) else str(value)


def _value(value: Any, kind: type) -> Any:
    """A value of a cursor as the database compares it; raises ValueError where it is none of its kind."""
    if kind is int and type(value) is int and abs(value) < _LARGEST:
        return value
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("no value of a cursor")
    value.encode()
    if kind is str or issubclass(kind, Enum):
        return kind(value)
    if kind is datetime and (moment := datetime.fromisoformat(value)).tzinfo is UTC:
        return moment
    if kind is date:
        return date.fromisoformat(value)
    raise ValueError("no value of a cursor")
