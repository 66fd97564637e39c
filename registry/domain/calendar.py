"""The override table of the working days: days on which the library is wrong or does not know yet, read from a file."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator

from registry.domain import plainyaml
from registry.domain.checking import at, shaped
from registry.domain.faults import CriteriaFaulty, Fault
from registry.domain.shapes import Flag, Frozen, Texts, Words, refuse

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _date(value: object) -> object:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise refuse("date_expected", value=str(value)[:60])


class Override(Frozen):
    """A day, whether it is worked, and where that is said."""

    date: Annotated[date, BeforeValidator(_date)]
    worked: Flag
    source: Words
    note: Texts


class _Calendar(Frozen):
    days: tuple[Override, ...]


def load_calendar(text: str, *, source: str) -> tuple[Override, ...]:
    """Return the overrides of a calendar file, or raise CriteriaFaulty with all that is wrong with it."""
    root, faults = plainyaml.read(text, source=source)
    calendar, more = shaped(root, _Calendar)
    faults += [*more, *_twice(root)]
    if calendar is None or faults:
        raise CriteriaFaulty(source, faults)
    return calendar.days


def _twice(root: plainyaml.Node) -> Iterator[Fault]:
    """Yield a fault for every day that stands there before."""
    days = at(root, ("days",))
    first: dict[str, int] = {}
    for position, _entry in enumerate(days.entries if isinstance(days, plainyaml.Sequence) else ()):
        day = at(root, ("days", position, "date"))
        if not isinstance(day, plainyaml.Text):
            continue
        line, path = plainyaml.place(root, ("days", position, "date"))
        if day.value in first:
            yield Fault(line, path, "yaml_duplicate", {"name": day.value[:60], "first": str(first[day.value])})
        first.setdefault(day.value, line)
