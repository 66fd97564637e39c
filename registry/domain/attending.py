"""People who took part in a visit or a meeting: free names with their units, written one a line."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from registry.domain.errors import Invalid

LONGEST = 120
# Between a name and a unit stands a bar; where there is none a comma is taken, since people write one.
_BARS, _COMMAS = re.compile(r"[|｜]"), re.compile(r"[,，]")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name and unit; no account is meant."""

    name: str
    unit: str

    def as_dict(self) -> dict[str, str]:
        """Return name and unit as they are kept."""
        return asdict(self)


def read_people(text: str, field: str, *, least: int = 0, most: int) -> tuple[Person, ...]:
    """Return the people of a text, one a line: name | unit. Empty lines count for nothing.

    Raises Invalid for the field where a line lacks the name or the unit or is too long, somebody stands there twice, or
    there are fewer or more people than may be.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    found = tuple(_person(line, number, field) for number, line in lines)
    for person in found:
        if found.count(person) > 1:
            raise Invalid("person_twice", field=field, name=person.name)
    if not least <= len(found) <= most:
        raise Invalid("people_outside", field=field, least=least, most=most, count=len(found))
    return found


def write_people(people: Iterable[Mapping[str, Any]]) -> str:
    """Return kept people one a line, as `read_people` takes them."""
    return "\n".join(f"{person['name']} | {person['unit']}" for person in people)


def halves(line: str) -> tuple[str, str]:
    """Return a line in two, at its first bar or, where it has none, its first comma; the second half may be empty."""
    between = _BARS if _BARS.search(line) else _COMMAS
    first, second = (*between.split(line, maxsplit=1), "")[:2]
    return first.strip(), second.strip()


def _person(line: str, number: int, field: str) -> Person:
    name, unit = halves(line)
    if not name or not unit:
        raise Invalid("person_unreadable", field=field, number=number, line=line[:LONGEST])
    if max(len(name), len(unit)) > LONGEST:
        raise Invalid("person_too_long", field=field, number=number, most=LONGEST)
    return Person(name, unit)
