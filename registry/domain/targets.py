"""What the documents ask to be selected: the categories, the totals and their numbers, read from a file.

``load_targets`` is the only way in. The numbers are those of the texts: what a text leaves open stays open here.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from registry.domain import plainyaml
from registry.domain.checking import Steps, at, citation_faults, shaped
from registry.domain.criteria import Regions
from registry.domain.faults import CriteriaFaulty, Fault
from registry.domain.plainyaml import Node, Text
from registry.domain.shapes import (
    Complaint,
    Document,
    Flag,
    Frozen,
    Number,
    SetKey,
    Texts,
    Words,
    refuse,
    refuse_all,
)
from registry.domain.values import ZERO, written

ID = re.compile(r"([A-Za-z][A-Za-z0-9]{0,9})-[0-9]{2,3}")
YEAR = re.compile(r"[12][0-9]{3}")
HUNDRED = Decimal(100)

Class = Literal["A", "B", "C", "D", "E", "K", "total"]
Level = Literal[
    "province",
    "city",
    "county",
    "district",
    "region",
    "community",
    "park",
    "enterprise",
    "plant",
    "farm",
    "project",
    "several",
    "unstated",
]
Operator = Literal["exact", "at_least", "about"]
Measure = Literal["count", "share", "change"]
Counting = Literal["cumulative", "new", "unstated"]

FIELDS_OF_MEASURE: dict[str, frozenset[str]] = {
    "count": frozenset({"counting", "of", "part_of", "unallocated"}),
    "share": frozenset({"of"}),
    "change": frozenset({"base", "counting", "of"}),
}
NEEDED_OF_MEASURE: dict[str, tuple[str, ...]] = {
    "count": ("counting",),
    "share": ("of",),
    "change": ("base", "counting"),
}


def _year(value: object) -> object:
    if isinstance(value, str) and YEAR.fullmatch(value):
        return int(value)
    raise refuse("year_wrong", value=str(value)[:60])


def _base(value: object) -> object:
    return value if value in {None, "unstated"} else _year(value)


class Department(Frozen):
    """A department that a clause makes responsible; the lead is the one that the clause calls so."""

    zh: Words
    en: Words
    lead: Flag = False


class Named(Frozen):
    """A party that the text names, the task for which it does, and its key where it is a known region."""

    zh: Words
    en: Words
    region: Words | None
    task: Texts | None = None


class Target(Frozen):
    """A number that is to be reached by the end of a year; ``of`` says of what, where the unit does not."""

    year: Annotated[int, BeforeValidator(_year)]
    value: Number
    unit: Texts
    operator: Operator
    measure: Measure
    of: Texts | None = None
    base: Annotated[int | Literal["unstated"] | None, BeforeValidator(_base)] = None
    counting: Counting | None = None
    part_of: Words | None = None
    unallocated: Number | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        refuse_all([*self._fields_of_measure(), *self._amounts()])
        return self

    def _fields_of_measure(self) -> Iterator[Complaint]:
        every = frozenset().union(*FIELDS_OF_MEASURE.values())
        for name in sorted(every - FIELDS_OF_MEASURE[self.measure]):
            if getattr(self, name) is not None:
                yield "field_not_of_kind", {"name": name, "kind": self.measure}
        for name in NEEDED_OF_MEASURE[self.measure]:
            if getattr(self, name) is None:
                yield "field_needed_by_kind", {"name": name, "kind": self.measure}

    def _amounts(self) -> Iterator[Complaint]:
        for amount in (self.value, self.unallocated):
            if amount is not None and amount <= ZERO:
                yield "amount_wrong", {"value": written(amount)}
        if self.measure == "share" and self.value > HUNDRED:
            yield "number_above", {"limit": written(HUNDRED)}


class TargetEntry(Frozen):
    """A category of a document, or the total of several, with all that the text says of it.

    ``departments`` is None where the text brackets none. ``departments_open`` and ``named_open`` say that the text
    ends its list with "and others".
    """

    title: Texts
    kind: Class = Field(alias="class")
    clauses: Annotated[tuple[Words, ...], Field(min_length=1)]
    applicant: Texts
    level: Level
    departments: Annotated[tuple[Department, ...], Field(min_length=1)] | None
    departments_open: Flag = False
    named: tuple[Named, ...]
    named_open: Flag = False
    criteria: SetKey | None
    quote: Words
    targets: tuple[Target, ...]
    note: Texts | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        refuse_all(self._targets_differ())
        if self.kind != "total" and any(target.unallocated is not None for target in self.targets):
            raise refuse("field_not_of_kind", name="unallocated", kind=self.kind)
        return self

    def _targets_differ(self) -> Iterator[Complaint]:
        seen = set()
        for target in self.targets:
            mark = (target.year, target.measure, target.of and target.of.zh)
            if mark in seen:
                yield "target_twice", {"year": str(target.year)}
            seen.add(mark)


Entries = Mapping[str, TargetEntry]


def load_targets(
    text: str, *, source: str, documents: Mapping[str, Document], regions: Regions
) -> dict[str, TargetEntry]:
    """Read and check the targets of the documents by id, or raise CriteriaFaulty with all that is wrong."""
    root, faults = plainyaml.read(text, source=source)
    if not isinstance(root, plainyaml.Mapping):
        raise CriteriaFaulty(source, [*faults, Fault(1, "", "mapping_expected")])
    entries: dict[str, TargetEntry] = {}
    for key in root.entries:
        entry, more = shaped(root, TargetEntry, (key,))
        faults += more
        if entry is not None:
            entries[key] = entry
    checker = _Checker(root, documents, regions)
    faults += checker.references()
    if len(entries) == len(root.entries):
        faults += checker.sums(entries)
    if faults:
        raise CriteriaFaulty(source, faults)
    return entries


def document_of(key: str) -> str:
    """Return the key of the document that the entry of this id comes from."""
    return key.partition("-")[0]


def of_document(entries: Entries, document: str) -> dict[str, TargetEntry]:
    """Return the entries of one document, in the order of the file."""
    return {key: entry for key, entry in entries.items() if document_of(key) == document}


def parts_of(entries: Entries, total: str, year: int) -> dict[str, Target]:
    """Return the targets of a year that are parts of a total, by the ids of their entries; empty if it is not split."""
    return {
        key: target
        for key, entry in entries.items()
        for target in entry.targets
        if target.part_of == total and target.year == year
    }


def total_in(entries: Entries, total: str, year: int) -> Target | None:
    """Return the number of a total for a year, or None where there is none."""
    targets = entries[total].targets if total in entries else ()
    return next((target for target in targets if target.measure == "count" and target.year == year), None)


class _Checker:
    """Checks the entries against each other and against the documents and regions that are known.

    References are checked on the tree, so that a broken entry does not hide the faults of another.
    """

    def __init__(self, root: plainyaml.Mapping, documents: Mapping[str, Document], regions: Regions) -> None:
        self.root = root
        self.documents = documents
        self.regions = regions
        self._faults: list[Fault] = []

    def references(self) -> list[Fault]:
        """Return the faults of ids, clauses, quotations, regions and totals that are named."""
        self._faults = []
        for key in self.root.entries:
            self._check_id(key)
            self._check_quote(key)
        for steps, node in plainyaml.walk(self.root):
            if not isinstance(node, Text) or len(steps) < 3:
                continue
            if steps[1] == "clauses":
                self._check_clause(steps, node.value)
            elif steps[1] == "named" and steps[-1] == "region" and plainyaml.plain(node) is not None:
                if node.value not in self.regions:
                    self._note(steps, "region_unknown", region=node.value[:60])
            elif steps[-1] == "part_of":
                self._check_total(steps, node.value)
        return self._faults

    def sums(self, entries: Entries) -> list[Fault]:
        """Return the faults of totals when all entries are whole: parts without a total, and sums that differ."""
        self._faults = []
        totals = {key for key, entry in entries.items() if entry.kind == "total"}
        for key, entry in entries.items():
            for number, target in enumerate(entry.targets):
                steps = (key, "targets", number)
                total = target.part_of
                if total is not None and total in totals and total_in(entries, total, target.year) is None:
                    self._note((*steps, "part_of"), "part_of_nothing", total=total, year=str(target.year))
                if entry.kind == "total" and target.measure == "count":
                    self._check_sum(entries, steps, target)
        return self._faults

    def _check_sum(self, entries: Entries, steps: Steps, target: Target) -> None:
        parts = parts_of(entries, str(steps[0]), target.year)
        if not parts and target.unallocated is None:
            return
        given = sum((part.value for part in parts.values()), ZERO)
        left = target.unallocated or ZERO
        if given + left != target.value:
            values = {"parts": written(given), "unallocated": written(left), "total": written(target.value)}
            self._note(steps, "parts_sum", **values)

    def _check_id(self, key: str) -> None:
        if not ID.fullmatch(key):
            self._note((key,), "target_id_wrong", name=key[:60])
        elif document_of(key) not in self.documents:
            self._unknown_document((key,), document_of(key))

    def _check_clause(self, steps: Steps, citation: str) -> None:
        for key, values in citation_faults(citation, self.documents):
            self._note(steps, key, **values)

    def _check_quote(self, key: str) -> None:
        """The words stand in one of the clauses; where a clause is not known by its text, nothing can be said."""
        quote = at(self.root, (key, "quote"))
        cited = at(self.root, (key, "clauses"))
        if not isinstance(quote, Text) or not isinstance(cited, plainyaml.Sequence):
            return
        texts = [self._text_of(clause) for clause in cited.entries]
        if texts and None not in texts and not any(text and quote.value in text for text in texts):
            self._note((key, "quote"), "quote_elsewhere")

    def _text_of(self, citation: Node) -> str | None:
        document, _, clause = citation.value.partition(" ") if isinstance(citation, Text) else ("", "", "")
        known = self.documents.get(document)
        found = known.clauses.get(clause.strip()) if known and known.clauses else None
        text = (found.model_extra or {}).get("text") if found else None
        return text if isinstance(text, str) else None

    def _check_total(self, steps: Steps, total: str) -> None:
        kind = at(self.root, (total, "class"))
        if not isinstance(kind, Text) or kind.value != "total":
            self._note(steps, "total_unknown", name=total[:60])
        elif document_of(total) != document_of(str(steps[0])):
            self._note(steps, "total_of_other_document", name=total[:60], document=document_of(str(steps[0]))[:60])

    def _unknown_document(self, steps: Steps, document: str) -> None:
        known = ", ".join(sorted(self.documents))[:200]
        self._note(steps, "document_unknown", document=document[:60], known=known)

    def _note(self, steps: Steps, key: str, **values: str) -> None:
        line, path = plainyaml.place(self.root, steps)
        self._faults.append(Fault(line, path, key, values))
