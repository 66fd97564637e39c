"""What a filing is made of, and what of it is still missing: in the order of the form, with where to find it.

A form has parts: one for each group of inputs, one for each section or list of bonuses and deductions that has items to
tick, one for what does not apply, and one for evidence.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from registry.domain.answers import Reading, claimed, holds, missing_inputs, read
from registry.domain.criteria import CriteriaSet
from registry.domain.shapes import Gate, Indicator, Input, Texts
from registry.domain.vocabulary import Binding

CLAIMS = "claims"
EVIDENCE = "evidence"

Target = tuple[Binding, str]


class PartKind(StrEnum):
    """What a part of the form holds."""

    INPUTS = "inputs"
    ITEMS = "items"
    CLAIMS = "claims"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the form; its title is that of a section, else the word by which a set groups its inputs."""

    key: str
    kind: PartKind
    inputs: tuple[str, ...] = ()
    title: Texts | None = None


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is missing: in which part, and at which field of it."""

    part: str
    key: str

    @property
    def anchor(self) -> str:
        """The place of the field on its page."""
        return f"input_{self.key}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Documents that a set asks for, with all that they are to prove together."""

    titles: tuple[Texts, ...]
    targets: tuple[Target, ...]


def parts(criteria: CriteriaSet) -> tuple[Part, ...]:
    """Return the parts of the form of a criteria set, in order."""
    groups: dict[str, list[str]] = {}
    for entry in criteria.shape.inputs:
        if entry.filled_by == "applicant":
            groups.setdefault(entry.group or "general", []).append(entry.key)
    titles = criteria.shape.groups
    found = [Part(f"group-{group}", PartKind.INPUTS, tuple(keys), titles.get(group)) for group, keys in groups.items()]
    sections: list[tuple[str, Texts | None, Iterable[Indicator]]] = [
        (f"section-{section.key}", section.title, section.indicators) for section in criteria.sections
    ]
    sections += [("bonuses", None, criteria.bonuses), ("deductions", None, criteria.deductions)]
    for key, title, indicators in sections:
        ticked = tuple(indicator.key for indicator in indicators if indicator.ticked)
        if ticked:
            found.append(Part(key, PartKind.ITEMS, ticked, title))
    if claimable(criteria):
        found.append(Part(CLAIMS, PartKind.CLAIMS))
    if wanted(criteria):
        found.append(Part(EVIDENCE, PartKind.EVIDENCE))
    return tuple(found)


def claimable(criteria: CriteriaSet) -> tuple[Gate | Indicator, ...]:
    """Return the gates and indicators that an applicant may declare not applicable, in order."""
    judged: tuple[Gate | Indicator, ...] = (*criteria.gates, *criteria.indicators.values())
    return tuple(entry for entry in judged if entry.not_applicable is not None)


def asked(criteria: CriteriaSet, entry: Input, reading: Reading) -> bool:
    """Tell whether an input is asked at all by these answers; while that cannot be told it is."""
    return entry.when is None or holds(criteria, entry.when, reading.values) is not False


def lacks(criteria: CriteriaSet, answers: Mapping[str, Any]) -> tuple[Lack, ...]:
    """Return the inputs that must still be filled in, in the order of the form."""
    missing = set(missing_inputs(criteria, answers))
    return tuple(Lack(part.key, key) for part in parts(criteria) for key in part.inputs if key in missing)


def wanted(criteria: CriteriaSet) -> tuple[Wanted, ...]:
    """Return the documents that a set asks for, each once, those together that prove the same."""
    found: dict[str, tuple[Texts, list[Target]]] = {}
    for binding, key, titles in _asking(criteria):
        for title in titles:
            targets = found.setdefault(title.zh, (title, []))[1]
            if (binding, key) not in targets:
                targets.append((binding, key))
    together: dict[tuple[Target, ...], list[Texts]] = {}
    for title, proved in found.values():
        together.setdefault(tuple(proved), []).append(title)
    return tuple(Wanted(tuple(titles), targets) for targets, titles in together.items())


def unproved(
    criteria: CriteriaSet, answers: Mapping[str, Any], bound: Collection[Target]
) -> tuple[tuple[int, tuple[Target, ...]], ...]:
    """Return the wanted documents that lack a file, by their number in `wanted`, with what is not proved yet.

    Only what applies and was answered needs proof.
    """
    reading = read(criteria, answers)
    found = []
    for number, document in enumerate(wanted(criteria)):
        open_targets = tuple(
            target for target in document.targets if target not in bound and _counts(criteria, target, reading)
        )
        if open_targets:
            found.append((number, open_targets))
    return tuple(found)


def _counts(criteria: CriteriaSet, target: Target, reading: Reading) -> bool:
    binding, key = target
    if binding is Binding.INPUT:
        value = reading.values.get(key)
        return value is not None and value is not False and value != frozenset()
    gate = next((gate for gate in criteria.gates if gate.key == key), None)
    entry = gate or criteria.indicators[key]
    if gate is not None and not reading.gates[key]:
        return False
    if key in criteria.inputs and not reading.values.get(key):
        return False
    applies = entry.when is None or holds(criteria, entry.when, reading.values) is True
    return applies and not claimed(criteria, entry, reading)


def _asking(criteria: CriteriaSet) -> Iterable[tuple[Binding, str, tuple[Texts, ...]]]:
    """Yield everything that asks for documents: inputs, gates, indicators and the items of checklists."""
    for entry in criteria.shape.inputs:
        yield Binding.INPUT, entry.key, entry.evidence
    for gate in criteria.gates:
        yield Binding.INDICATOR, gate.key, gate.evidence
    for indicator in criteria.indicators.values():
        yield Binding.INDICATOR, indicator.key, indicator.evidence
        for item in indicator.items:
            yield Binding.INDICATOR, indicator.key, item.evidence
