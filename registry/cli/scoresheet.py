"""What `registry criteria` prints for people: the points of a set, and a score with its reasons and warnings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.domain.answers import Finding, Reading, findings, holds
from registry.domain.criteria import CriteriaSet
from registry.domain.results import GateResult, Item, Score, SectionResult, State, Why
from registry.domain.shapes import Derived, Gate, Indicator, Input, Section, Texts
from registry.domain.values import ZERO, written
from registry.words.criteria import FAULTS, LINES, REASONS, WARNINGS

# Which line of working says why an entry was not judged.
ASIDES = {
    Why.SWITCHED_OFF: "switched_off",
    Why.BY_RULE: "not_applicable",
    Why.DECLARED: "declared_not_applicable",
    Why.NOT_CLAIMED: "not_claimed",
}
PROVISIONAL = "  (provisional: not complete)"


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning as a sentence, and the inputs or entries that it is about."""

    key: str
    fields: tuple[str, ...]
    text: str

    def as_dict(self) -> dict[str, Any]:
        return {"key": self.key, "fields": list(self.fields), "text": self.text}


def points(criteria: CriteriaSet) -> str:
    """Return the points of every section and indicator, to lay beside the score sheet that the set was written from."""
    lines: list[str] = []
    total = ZERO
    for section in criteria.sections:
        of_section = sum((indicator.points for indicator in section.indicators), ZERO)
        total += of_section
        lines += ["", f"{written(of_section):>8}  {_both(section.title)}", *_points_of(section.indicators)]
    counted = "" if total == 100 else f", converted to 100: 100 × points ÷ {written(total)}"
    lines += ["", f"{written(total):>8}  all sections together{counted}"]
    for name, cap, entries in (
        ("bonuses", criteria.rules.bonus_cap, criteria.bonuses),
        ("deductions", criteria.rules.deduction_cap, criteria.deductions),
    ):
        if entries and cap is not None:
            of_all = written(sum((entry.points for entry in entries), ZERO))
            lines += ["", f"{written(cap):>8}  {name} at most; their entries give {of_all}", *_points_of(entries)]
    return "\n".join(lines)


def _points_of(entries: Iterable[Indicator]) -> Iterator[str]:
    for entry in entries:
        yield f"{written(entry.points):>8}    {entry.kind:<11}{entry.key}  {entry.title.zh}"


def warnings(criteria: CriteriaSet, answers: Mapping[str, Any], result: Score) -> list[Warned]:
    """Return the warnings about answers, and the declarations of not applicable that were not admitted."""
    found = [
        Warned(finding.key, finding.fields, _sentence(criteria, finding)) for finding in findings(criteria, answers)
    ]
    claims = answers.get("not_applicable") or {}
    judged: tuple[GateResult | Item, ...] = (*result.gates, *result.items)
    for entry in judged:
        if entry.key in claims and entry.state is not State.NOT_APPLICABLE:
            text = f"{LINES['claim_refused']}; it is judged as it is."
            found.append(Warned("claim_refused", (entry.key,), text))
    return found


def table(criteria: CriteriaSet, result: Score, warned: Sequence[Warned]) -> str:
    """Draw a score for a terminal: gates, items by section, the sum, and what to look at again."""
    lines = [f"{_both(criteria.title)} ({criteria.key} {criteria.version})", ""]
    lines += [_line(criteria, gate, "") for gate in result.gates]
    items = {item.key: item for item in result.items}
    for section, of_section in zip(criteria.sections, result.sections, strict=True):
        lines += ["", *(_line(criteria, items[one.key], _share(items[one.key])) for one in section.indicators)]
        lines.append(_subtotal(section, of_section))
    for entries in (criteria.bonuses, criteria.deductions):
        if entries:
            lines += ["", *(_line(criteria, items[one.key], _share(items[one.key])) for one in entries)]
    lines += ["", *_figures(result)]
    if warned:
        titles = _titles(criteria)
        lines += ["", "Warnings"]
        lines += [f"  {', '.join(_named(titles, key) for key in one.fields)}: {one.text}" for one in warned]
    return "\n".join(lines)


def _line(criteria: CriteriaSet, entry: GateResult | Item, share: str) -> str:
    title = _titles(criteria)[entry.key]
    why = _why(criteria, entry)
    points = f"{share:>14}  " if share else ""
    return f"  {entry.state:<15}{points}{entry.key}  {title}" + (f" – {why}" if why else "")


def _share(item: Item) -> str:
    return f"{item.points} / {written(item.max)}"


def _subtotal(section: Section, result: SectionResult) -> str:
    share = f"{result.points} / {written(result.max)}"
    short = "" if result.reached else f" – below its minimum of {section.minimum}, so there is no grade"
    return f"  {'subtotal':<15}{share:>14}  {section.title.zh}{short}"


def _figures(result: Score) -> Iterator[str]:
    whole = result.as_dict()
    for name in ("eligible", "complete", "withheld", "base", "bonus", "deduction", "total", "grade"):
        value = whole[name]
        shown = "–" if value is None else REASONS[value] if name == "withheld" else value
        provisional = PROVISIONAL if name in {"total", "grade"} and value and not result.complete else ""
        yield f"  {name:<12}{shown}{provisional}"


def _why(criteria: CriteriaSet, entry: GateResult | Item) -> str:
    """Say in words why a gate or an item was not judged; empty where it was."""
    if entry.why is None or entry.sheet is None:
        return ""
    if entry.why is Why.UNANSWERED:
        return _unanswered(criteria, entry.sheet.reading, entry.about["input"])
    if entry.why is Why.TOO_FEW_MARKS:
        return f"too few marks: {entry.about['marks']} < {entry.about['reviewers']}"
    if entry.why is Why.UNCOMPUTABLE:
        return f"cannot be computed: {FAULTS[entry.about['reason']] % entry.about}"
    return LINES[ASIDES[entry.why]].lower()


def _unanswered(criteria: CriteriaSet, reading: Reading, name: str) -> str:
    """Say which answer lacks; where it is not asked for, say what decides that, or that the set should not need it."""
    titles, key = _titles(criteria), name.partition(".")[0]
    lacking = _named(titles, name)
    entry = criteria.inputs.get(key)
    if entry is None:
        return f"not in the context of the answers: {key}"
    if key in criteria.indicators:
        return f"not filled in: {lacking}; [] says that nothing is ticked"
    asked = entry.when is None or holds(criteria, entry.when, reading.values)
    if asked is False:
        guarded = f"… if {entry.when} else 0"
        return f"the set needs {lacking}, which is not asked here; its author should guard it: {guarded}"
    if asked is None and entry.when is not None:
        names = criteria.formulas[entry.when].names
        rests_on = {one for other in names for one in criteria.uses.get(other, {other})} & criteria.inputs.keys()
        deciding = [one for one in criteria.inputs if one in rests_on and one not in reading.values]
        lacking = ", ".join(_named(titles, one) for one in deciding) or lacking
    return f"not filled in: {lacking}"


def _sentence(criteria: CriteriaSet, finding: Finding) -> str:
    if finding.help is not None:
        return f"{_both(finding.help)} ({finding.values['numbers']})"
    text = WARNINGS[finding.key] % finding.values
    row = finding.values.get("where")
    if not row:
        return text
    rows = criteria.inputs[finding.fields[0]].rows or {}
    return f"{rows[row].zh if row in rows else row}: {text}"


def _titles(criteria: CriteriaSet) -> dict[str, str]:
    named: tuple[Gate | Derived | Input | Indicator, ...] = (
        *criteria.gates,
        *criteria.derived,
        *criteria.inputs.values(),
        *criteria.indicators.values(),
    )
    return {entry.key: entry.title.zh for entry in named}


def _named(titles: Mapping[str, str], name: str) -> str:
    """Return a name with its title, as 年供餐份数 (meals)."""
    title = titles.get(name.partition(".")[0])
    return f"{title} ({name})" if title else name


def _both(texts: Texts) -> str:
    return f"{texts.zh} · {texts.en}"
