"""What a filing is made of, and what of it is still missing: in the order of the form, with where to find it.

A form has parts: one for each group of inputs, one for all that is ticked, one for what does not apply, and one for
evidence.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from registry.domain.answers import Finding, Reading, claimed, findings, holds, missing_inputs, read
from registry.domain.criteria import CriteriaSet
from registry.domain.shapes import Gate, Indicator, Input, Paper, Texts
from registry.domain.vocabulary import Binding

MEASURES = "measures"
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
    """A part of the form; its title is that of the group of inputs where the set names one."""

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


class Need(StrEnum):
    """When a document is asked for: with the submission, only under its condition, or later on."""

    SUBMISSION = "submission"
    DEPENDS = "depends"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Demand:
    """What asks for a document: a target, or one item of it; under a condition where it has one."""

    target: Target
    item: str | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Documents that a set asks for, with all that they are to prove together, when, and on what condition."""

    titles: tuple[Texts, ...]
    demands: tuple[Demand, ...]
    need: Need
    when: str | None = None
    pledge: bool = False

    @property
    def targets(self) -> tuple[Target, ...]:
        """What they are to prove, each once."""
        return tuple(dict.fromkeys(demand.target for demand in self.demands))


def parts(criteria: CriteriaSet) -> tuple[Part, ...]:
    """Return the parts of the form of a criteria set, in order."""
    groups: dict[str, list[str]] = {}
    for entry in criteria.shape.inputs:
        if entry.filled_by == "applicant":
            groups.setdefault(entry.group or "general", []).append(entry.key)
    titles = criteria.shape.groups
    found = [Part(f"group-{group}", PartKind.INPUTS, tuple(keys), titles.get(group)) for group, keys in groups.items()]
    ticked = tuple(indicator.key for indicator in criteria.indicators.values() if indicator.ticked)
    if ticked:
        found.append(Part(MEASURES, PartKind.ITEMS, ticked))
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
    """Tell whether an input is asked by these answers; while its condition cannot be told it is not."""
    return entry.when is None or holds(criteria, entry.when, reading.values) is True


def lacks(criteria: CriteriaSet, answers: Mapping[str, Any]) -> tuple[Lack, ...]:
    """Return the inputs that must still be filled in, in the order of the form."""
    missing = set(missing_inputs(criteria, answers))
    return tuple(Lack(part.key, key) for part in parts(criteria) for key in part.inputs if key in missing)


def rests_on(criteria: CriteriaSet, names: Iterable[str]) -> frozenset[str]:
    """Return the inputs behind the names of a formula, through derived values too."""
    return frozenset(key for name in names for key in criteria.uses.get(name, {name}) if key in criteria.inputs)


def place_of(criteria: CriteriaSet, finding: Finding) -> Lack | None:
    """Return where a warning is said, once: at the last field of the form on which it rests."""
    behind = rests_on(criteria, finding.fields)
    places = [Lack(part.key, key) for part in parts(criteria) for key in part.inputs if key in behind]
    return places[-1] if places else None


def warned(criteria: CriteriaSet, answers: Mapping[str, Any]) -> tuple[tuple[Lack, Finding], ...]:
    """Return the warnings about what is asked with their places, in the order of the form."""
    reading = read(criteria, answers)
    placed = [(place, finding) for finding in findings(criteria, answers) if (place := place_of(criteria, finding))]
    order = {key: number for number, key in enumerate(key for part in parts(criteria) for key in part.inputs)}
    told = [pair for pair in placed if asked(criteria, criteria.inputs[pair[0].key], reading)]
    return tuple(sorted(told, key=lambda pair: order[pair[0].key]))


def unusual(criteria: CriteriaSet, answers: Mapping[str, Any]) -> dict[Lack, list[Finding]]:
    """Return the figures that whoever signs confirms, of another size than usual or hardly fitting, with why."""
    return _by_place(criteria, answers, certain=False)


def contradictions(criteria: CriteriaSet, answers: Mapping[str, Any]) -> dict[Lack, list[Finding]]:
    """Return the figures that cannot be right beside each other, with why: nothing is submitted with them."""
    return _by_place(criteria, answers, certain=True)


def _by_place(criteria: CriteriaSet, answers: Mapping[str, Any], *, certain: bool) -> dict[Lack, list[Finding]]:
    found: dict[Lack, list[Finding]] = {}
    for place, finding in warned(criteria, answers):
        if finding.key in ("implausible", "inconsistent") and finding.certain is certain:
            found.setdefault(place, []).append(finding)
    return found


def wanted(criteria: CriteriaSet) -> tuple[Wanted, ...]:
    """Return the documents that a set asks for, each once, those together that prove the same at the same time."""
    found: dict[str, list[tuple[Paper, Demand]]] = {}
    for target, item, papers in _asking(criteria):
        for paper in papers:
            found.setdefault(paper.zh, []).append((paper, Demand(target, item, paper.when)))
    together: dict[tuple[Any, ...], Wanted] = {}
    for asking in found.values():
        one = _document(criteria, asking)
        same = (one.targets, one.need, one.when)
        before = together.get(same)
        if before is not None:
            one = replace(
                one,
                titles=before.titles + one.titles,
                demands=before.demands + one.demands,
                pledge=before.pledge or one.pledge,
            )
        together[same] = one
    return tuple(together.values())


def pledged(criteria: CriteriaSet) -> tuple[Input, ...]:
    """Return the declarations that the pledge of a set contains, in the order of the form; none where it has no pledge.

    They are what is answered by yes or no and proved by it.
    """
    return tuple(
        entry
        for entry in criteria.shape.inputs
        if entry.kind == "yes_no" and any(paper.pledge for paper in entry.evidence)
    )


def unproved(
    criteria: CriteriaSet, answers: Mapping[str, Any], bound: Collection[Target]
) -> tuple[tuple[int, tuple[Target, ...]], ...]:
    """Return the wanted documents that lack a file, by their number in `wanted`, with what is not proved yet.

    Only what applies and was answered needs proof, and only under the condition on which the document is asked for.
    """
    reading = read(criteria, answers)
    found = []
    for number, document in enumerate(wanted(criteria)):
        open_targets = dict.fromkeys(
            demand.target
            for demand in document.demands
            if demand.target not in bound and _counts(criteria, demand, reading)
        )
        if open_targets:
            found.append((number, tuple(open_targets)))
    return tuple(found)


def _document(criteria: CriteriaSet, asking: Sequence[tuple[Paper, Demand]]) -> Wanted:
    """Return a document of all that asks for it: due with the submission as soon as one of them says so."""
    demands = tuple(dict.fromkeys(demand for _paper, demand in asking))
    conditions = {paper.when for paper, _demand in asking}
    when = conditions.pop() if len(conditions) == 1 else None
    if all(paper.needed == "later" for paper, _demand in asking):
        need = Need.LATER
    elif all(_depends(criteria, demand) for demand in demands):
        need = Need.DEPENDS
    else:
        need = Need.SUBMISSION
    return Wanted((asking[0][0],), demands, need, when, any(paper.pledge for paper, _demand in asking))


def _depends(criteria: CriteriaSet, demand: Demand) -> bool:
    """Tell whether a document is asked for only by some answers: under a condition, or for what was ticked."""
    if demand.when is not None or demand.item is not None:
        return True
    binding, key = demand.target
    if binding is Binding.INPUT:
        return criteria.inputs[key].when is not None
    entry = _judged(criteria, key)
    return entry.when is not None or key in criteria.inputs


def _judged(criteria: CriteriaSet, key: str) -> Gate | Indicator:
    return next((gate for gate in criteria.gates if gate.key == key), None) or criteria.indicators[key]


def _counts(criteria: CriteriaSet, demand: Demand, reading: Reading) -> bool:
    binding, key = demand.target
    if demand.when is not None and holds(criteria, demand.when, reading.values) is not True:
        return False
    if binding is Binding.INPUT:
        entry = criteria.inputs[key]
        value = reading.values.get(key)
        answered = value is not None and value is not False and value != frozenset()
        return answered and (entry.when is None or holds(criteria, entry.when, reading.values) is True)
    judged = _judged(criteria, key)
    if isinstance(judged, Gate) and not reading.gates[key]:
        return False
    if key in criteria.inputs and not _ticked(criteria, demand, reading):
        return False
    applies = judged.when is None or holds(criteria, judged.when, reading.values) is True
    return applies and not claimed(criteria, judged, reading)


def _ticked(criteria: CriteriaSet, demand: Demand, reading: Reading) -> bool:
    """Tell whether the item that asks is ticked; a whole list, or an item that follows by itself, asks with any."""
    key = demand.target[1]
    ticked = reading.values.get(key)
    if demand.item in (criteria.inputs[key].choices or {}):
        return isinstance(ticked, Collection) and demand.item in ticked
    return bool(ticked)


def _asking(criteria: CriteriaSet) -> Iterable[tuple[Target, str | None, tuple[Paper, ...]]]:
    """Yield everything that asks for documents: inputs, gates, indicators and the items of checklists."""
    for entry in criteria.shape.inputs:
        yield (Binding.INPUT, entry.key), None, entry.evidence
    for gate in criteria.gates:
        yield (Binding.INDICATOR, gate.key), None, gate.evidence
    for indicator in criteria.indicators.values():
        yield (Binding.INDICATOR, indicator.key), None, indicator.evidence
        for item in indicator.items:
            yield (Binding.INDICATOR, indicator.key), item.key, item.evidence
