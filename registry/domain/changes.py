"""What changed between two versions of a content: which lines came, which went, and what reads otherwise."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One field that reads otherwise; None where one side has no such field."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Changed:
    """A line on both sides of which something reads otherwise."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    fields: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What two lists of lines do not share; added and changed follow the later list, dropped the earlier."""

    added: tuple[Mapping[str, Any], ...]
    dropped: tuple[Mapping[str, Any], ...]
    changed: tuple[Changed, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.dropped or self.changed)


def compare(
    before: Iterable[Mapping[str, Any]],
    after: Iterable[Mapping[str, Any]],
    *,
    key: str,
    ignored: Collection[str] = NOTHING,
) -> Difference:
    """Return how the later lines differ from the earlier; a line is known by its key, ignored fields may differ."""
    earlier, later = tuple(before), tuple(after)
    old = {line[key]: line for line in earlier}
    new = {line[key] for line in later}
    both = ((old[line[key]], line) for line in later if line[key] in old)
    pairs = ((was, now, fields(was, now, ignored=ignored)) for was, now in both)
    return Difference(
        added=tuple(line for line in later if line[key] not in old),
        dropped=tuple(line for line in earlier if line[key] not in new),
        changed=tuple(Changed(was, now, found) for was, now, found in pairs if found),
    )


def fields(
    before: Mapping[str, Any], after: Mapping[str, Any], *, ignored: Collection[str] = NOTHING
) -> tuple[Change, ...]:
    """Return the fields that read otherwise, in the order of the earlier, then those that only the later has."""
    names = [*before, *(name for name in after if name not in before)]
    return tuple(
        Change(name, before.get(name), after.get(name))
        for name in names
        if name not in ignored and before.get(name) != after.get(name)
    )
