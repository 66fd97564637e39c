"""A part of a filing as its page shows it: fields with their inputs, warnings, evidence, and the way to other parts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from registry import words
from registry.domain import completeness, requirements, units
from registry.domain.answers import Finding, holds, parse_input, read
from registry.domain.completeness import Part, PartKind
from registry.domain.criteria import CriteriaSet
from registry.domain.curves import NUMBER
from registry.domain.errors import DomainError, Invalid, NotFound
from registry.domain.shapes import Entry, Gate, Indicator, Input
from registry.domain.texts import plain
from registry.domain.values import ZERO, written
from registry.domain.vocabulary import Binding
from registry.models import Evidence
from registry.queries import filings
from registry.web import plots
from registry.web.applicant import helping
from registry.web.templating import figure, picked, unit
from registry.words.criteria import WARNINGS
from registry.words.groups import GROUPS

# From so many questions on something is said once for all of them.
SEVERAL = 3
# The last of the parts: what follows when all of them are filled in.
SUBMISSION = "submission"
# The values of a sentence that are figures.
FIGURES = frozenset({"value", "min", "max", "figure"})
# Such a figure may be a year, which is written without a sign between its digits.
YEARS = frozenset(map(str, range(1900, 2200)))


@dataclass(frozen=True, slots=True)
class Link:
    """A part in the list of parts, as the macro of sections shows it."""

    label: str
    url: str
    state: str
    current: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """An input with what stands around its field; `hidden` while another answer of the same page must open it."""

    entry: Input
    hidden: bool
    files: tuple[Evidence, ...]
    warnings: tuple[str, ...]
    contradictions: tuple[str, ...]
    unmet: tuple[str, ...]
    verified: filings.Verified | None
    indicator: Indicator | None
    column: plots.Column | None
    help: helping.Help
    read_as: str

    @property
    def items(self) -> tuple[Entry, ...]:
        """The items of a checklist that are ticked by hand."""
        return tuple(item for item in self.indicator.items if item.formula is None) if self.indicator else ()

    @property
    def heading(self) -> str:
        """The title of the question; with a checklist the points that its ticks can earn."""
        title = picked(self.entry.title)
        if self.indicator is None:
            return title
        most = min(sum((item.points for item in self.items), ZERO), self.indicator.points)
        return str(gettext("%(title)s (%(points)s points at most)", title=title, points=written(most)))


@dataclass(frozen=True, slots=True)
class Shared:
    """What is said once above the questions of a part: help, and the key of the table that fills them."""

    help: str
    table: str


def part_of(sheet: filings.Sheet, key: str) -> Part:
    """Return a part by its key, the first where the key is empty. Raises NotFound for an unknown one."""
    parts = completeness.parts(sheet.criteria)
    found = parts[0] if not key else next((part for part in parts if part.key == key), None)
    if found is None:
        raise NotFound
    return found


def title_of(part: Part) -> str:
    """Return the name of a part in the reader's language."""
    if part.title is not None:
        return picked(part.title)
    word = part.key.removeprefix("group-")
    # A set that was stored before groups had titles shows its own words.
    return str(gettext(GROUPS[word])) if word in GROUPS else word


def links(
    sheet: filings.Sheet, here: str, notes: Mapping[str, str], lacking: Collection[str], *, signs: bool
) -> list[Link]:
    """Return the parts with what state they are in and the note of each where there is one, and the submission last.

    `lacking` are the parts with something to answer, `signs` tells whether the reader submits.
    """
    states = {
        completeness.CLAIMS: "done" if sheet.not_applicable else "coming",
        completeness.EVIDENCE: _evidence_state(sheet),
    }
    found = [
        Link(
            title_of(part),
            url_for("applicant.edit", number=sheet.application.id, part=part.key),
            states.get(part.key) or _state(sheet, part, part.key in lacking),
            part.key == here,
            notes.get(part.key, ""),
        )
        for part in offered(sheet)
    ]
    # Whoever does not sign reads on the page of the application what is still to be done.
    last = url_for("applicant.submit" if signs else "applicant.show", number=sheet.application.id)
    return [*found, Link(gettext("Check and submit"), last, "coming", here == SUBMISSION)]


def offered(sheet: filings.Sheet) -> list[Part]:
    """Return the parts of the form as the answers stand: the one of what does not apply only where something can."""
    return [part for part in completeness.parts(sheet.criteria) if part.kind is not PartKind.CLAIMS or claims(sheet)]


def after(sheet: filings.Sheet, here: str) -> str | None:
    """Return the key of the part that follows, or None after the last."""
    keys = [part.key for part in completeness.parts(sheet.criteria)]
    shown = {part.key for part in offered(sheet)}
    return next((key for key in keys[keys.index(here) + 1 :] if key in shown), None)


def questions(sheet: filings.Sheet, part: Part) -> list[Question]:
    """Return the inputs of a part that are asked by the answers so far, with what stands around them.

    What another answer on the same page may still open stands there too, hidden.
    """
    criteria = sheet.criteria
    reading = read(criteria, _answers(sheet))
    warned = warnings(criteria, _answers(sheet))
    contradicted = contradictions(criteria, _answers(sheet))
    failing = unmet(criteria, _answers(sheet))
    return [
        Question(
            entry=criteria.inputs[key],
            hidden=not completeness.asked(criteria, criteria.inputs[key], reading),
            files=files_for(sheet, key),
            warnings=tuple(warned.get(key, ())),
            contradictions=tuple(contradicted.get(key, ())),
            unmet=tuple(failing.get(key, ())),
            verified=sheet.verified.get(key),
            indicator=criteria.indicators.get(key),
            column=plots.column(sheet, criteria.inputs[key], reading) if _in_series(sheet, key) else None,
            help=helping.help_of(criteria, criteria.inputs[key], sheet.application.round_category.category.key),
            read_as=helping.read_as(criteria.inputs[key], sheet.declared[key].value) if key in sheet.declared else "",
        )
        for key in part.inputs
        if completeness.asked(criteria, criteria.inputs[key], reading) or _may_open(sheet, part, key)
    ]


def shared(questions: Sequence[Question]) -> Shared:
    """Return what is said once for a part: help that all its figures share, and the table that fills most of them."""
    figures = [item.entry for item in questions if item.entry.kind in ("number", "whole")]
    told = {picked(entry.help) if entry.help else "" for entry in figures}
    tables = {entry.table for entry in figures if entry.series}
    filled = sum(1 for entry in figures if entry.series)
    return Shared(
        told.pop() if len(told) == 1 and len(figures) >= SEVERAL else "",
        (tables.pop() or "") if len(tables) == 1 and filled >= SEVERAL else "",
    )


def paired(questions: Sequence[Question]) -> list[list[Question]]:
    """Return the questions in rows: what is recorded beside each other stands beside each other, all else by itself.

    So does what goes in and what comes out of the same, without a record of days: `base_cod_in` and `base_cod_out`.
    """
    rows: list[list[Question]] = []
    for item in questions:
        before = rows[-1][-1].entry if rows and len(rows[-1]) == 1 else None
        if before is not None and _beside(before, item.entry):
            rows[-1].append(item)
        else:
            rows.append([item])
    return rows


def _beside(left: Input, right: Input) -> bool:
    if left.series is not None:
        return left.series.beside == right.key
    return left.key.endswith("_in") and right.key == f"{left.key.removesuffix('_in')}_out"


def declares(sheet: filings.Sheet, questions: Sequence[Question]) -> bool:
    """Tell whether a part is one of declarations: several of its questions with yes and no decide a requirement."""
    criteria = sheet.criteria
    deciding = frozenset().union(*(criteria.uses[gate.key] for gate in criteria.gates))
    asked = [item for item in questions if item.entry.kind == "yes_no" and item.entry.key in deciding]
    return len(asked) >= SEVERAL


def asked_in(sheet: filings.Sheet, part: Part) -> list[str]:
    """Return the keys of the inputs of a part that are asked by the answers so far."""
    reading = read(sheet.criteria, _answers(sheet))
    return [key for key in part.inputs if completeness.asked(sheet.criteria, sheet.criteria.inputs[key], reading)]


def _may_open(sheet: filings.Sheet, part: Part, key: str) -> bool:
    """Tell whether an input that is not asked may be by a change on its own page."""
    criteria = sheet.criteria
    condition = criteria.inputs[key].when
    if condition is None:
        return False
    behind = completeness.rests_on(criteria, criteria.formulas[condition].names)
    return any(one in part.inputs and not _in_series(sheet, one) for one in behind)


def claims(sheet: filings.Sheet) -> list[Gate | Indicator]:
    """Return what may be declared not applicable as the answers stand, and what was declared."""
    reading = read(sheet.criteria, _answers(sheet))
    return [
        entry
        for entry in completeness.claimable(sheet.criteria)
        if entry.key in sheet.not_applicable
        or entry.not_applicable is None
        or entry.not_applicable.when is None
        or holds(sheet.criteria, entry.not_applicable.when, reading.values) is not False
    ]


def target_title(criteria: CriteriaSet, target: completeness.Target) -> str:
    """Return the name of an input, gate or indicator in the reader's language, its key where the set has none."""
    binding, key = target
    gate = next((gate for gate in criteria.gates if gate.key == key), None)
    entry = criteria.inputs.get(key) if binding is Binding.INPUT else gate or criteria.indicators.get(key)
    return picked(entry.title) if entry else key


def files_for(sheet: filings.Sheet, key: str) -> tuple[Evidence, ...]:
    """Return the evidence that is tied to an input or an indicator."""
    return tuple(file for file in sheet.evidence if any(link.key == key for link in file.links))


def parsed(criteria: CriteriaSet, raw: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Invalid]]:
    """Return the values that fit their inputs, and why the others do not."""
    values: dict[str, Any] = {}
    faults: dict[str, Invalid] = {}
    for key, entered in raw.items():
        entry = criteria.inputs.get(key)
        try:
            if entry is None or entry.filled_by == "portal":
                raise Invalid("input_unknown", field=key)
            values[key] = parse_input(entry, entered)
        except Invalid as error:
            faults[key] = error if entry is None else _told(entry, error)
    return values, faults


def _told(entry: Input, error: Invalid) -> Invalid:
    """Return a refusal with what helps at this field: what is taken there, and no doubt about a unit that is none."""
    values = {name: value for name, value in error.values.items() if name != "field"}
    if error.key == "number_expected":
        zero = entry.limits is not None and entry.limits.min == 0
        return Invalid("number_or_zero" if zero else "number_unread", field=error.field, **values)
    if error.key == "whole_expected":
        zero = entry.limits is not None and entry.limits.min == 0
        return Invalid("whole_or_zero" if zero else "whole_unread", field=error.field, **values)
    if error.key == "outside_limits":
        key = "outside_limits" if units.may_be_mistaken(entry.unit) else "outside_range"
        return Invalid(key, field=error.field, **values, unit=entry.unit or "")
    return error


def reasons(raw: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Invalid]]:
    """Return the reasons that can be kept as text, and why the others cannot."""
    kept: dict[str, str] = {}
    faults: dict[str, Invalid] = {}
    for key, entered in raw.items():
        try:
            kept[key] = plain(str(entered), key)
        except Invalid as error:
            faults[key] = error
    return kept, faults


def warnings(criteria: CriteriaSet, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the warnings about answers by the input at which each is said, as sentences."""
    found: dict[str, list[str]] = {}
    for place, finding in completeness.warned(criteria, answers):
        if not finding.certain:
            found.setdefault(place.key, []).append(warning(finding, criteria.inputs[place.key]))
    return found


def contradictions(criteria: CriteriaSet, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what cannot be right about answers by the input at which each is said, as sentences."""
    found = completeness.contradictions(criteria, answers)
    return {place.key: [contradiction(one) for one in findings] for place, findings in found.items()}


def contradiction(finding: Finding) -> str:
    """Return as a sentence which figures contradict each other, and that one of them must be corrected."""
    return str(gettext("Figures contradict each other, please correct: %(why)s", why=warning(finding)))


def unmet(criteria: CriteriaSet, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return, by the question whose answer says so, which requirements are not met as the answers stand."""
    found: dict[str, list[str]] = {}
    for one in requirements.unmet(criteria, answers):
        text = gettext("With this answer a requirement is not met: %(title)s", title=picked(one.gate.title))
        for place in one.places:
            found.setdefault(place.key, []).append(text)
    return found


def warning(finding: Finding, entry: Input | None = None) -> str:
    """Return a warning as a sentence in the reader's language, with the unit of the input where one is given."""
    if finding.help is not None:
        return picked(finding.help)
    values = legible(finding.values)
    if finding.key != "implausible" or entry is None:
        return str(gettext(WARNINGS[finding.key])) % values
    key = "implausible_amount" if units.may_be_mistaken(entry.unit) else "implausible_count"
    behind = f" {unit(entry.unit)}" if entry.unit else ""
    return str(gettext(WARNINGS[key])) % {**values, "unit": behind}


def sentence(error: DomainError) -> str:
    """Return a refusal as a sentence in the reader's language, its figures with their thousands set apart."""
    return words.sentence(error.key, legible(error.values), gettext)


def legible(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a sentence as people read them: thousands set apart, units that are words as words."""
    return {
        name: unit(str(value)) if name == "unit" else _set_apart(value) if name in FIGURES else value
        for name, value in values.items()
    }


def _set_apart(value: object) -> object:
    text = str(value)
    return figure(text) if NUMBER.fullmatch(text) and text not in YEARS else value


def _in_series(sheet: filings.Sheet, key: str) -> bool:
    declared = sheet.declared.get(key)
    return declared is not None and plots.is_series(declared.value)


def _answers(sheet: filings.Sheet) -> dict[str, Any]:
    return filings.answers(sheet, verified=False)


def _evidence_state(sheet: filings.Sheet) -> str:
    if not sheet.evidence:
        return "coming"
    wanted = completeness.wanted(sheet.criteria)
    lacking = completeness.unproved(sheet.criteria, _answers(sheet), sheet.bound)
    due = any(wanted[number].need is not completeness.Need.LATER for number, _targets in lacking)
    return "attention" if due else "done"


def _state(sheet: filings.Sheet, part: Part, lacking: bool) -> str:
    begun = any(key in sheet.declared for key in part.inputs)
    if lacking:
        return "attention" if begun else "coming"
    # Where everything may stay empty there is nothing to be complete or to be missing.
    optional = all(sheet.criteria.inputs[key].optional for key in part.inputs)
    return "done" if (begun or part.kind is PartKind.ITEMS) and not optional else "coming"


def entries_of(questions: Sequence[Question]) -> list[Input]:
    """Return the inputs that are asked."""
    return [question.entry for question in questions]
