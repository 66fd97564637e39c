"""What hangs together in a criteria set, checked on the tree of its file.

The tree is used and not the finished models, so that one broken entry does not hide the faults of another.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from registry.domain import plainyaml
from registry.domain.curves import NUMBER
from registry.domain.faults import Fault
from registry.domain.formula import Formula, build
from registry.domain.parts import Name, Scope, Type
from registry.domain.plainyaml import Node, Sequence, Step, Text
from registry.domain.shapes import Document, FactorTable, as_written
from registry.domain.syntax import FormulaError
from registry.domain.values import Table, written

CONTEXT_NAMES = {
    "category": Name(Type.TEXT),
    "region": Name(Type.TEXT),
    "track": Name(Type.TEXT),
    "filing": Name(Type.TEXT),
    "year": Name(Type.NUMBER),
    "factor_year": Name(Type.NUMBER),
    "base_year": Name(Type.NUMBER),
}
TYPES_OF_INPUT = {
    "number": Type.NUMBER,
    "whole": Type.NUMBER,
    "yes_no": Type.CONDITION,
    "choice": Type.TEXT,
    "text": Type.TEXT,
    "date": Type.TEXT,
    "choices": Type.CHOICES,
    "rows": Type.ROWS,
}
KINDS = ("measure", "checklist", "panel", "bonus", "deduction")
SIMPLE_FAULTS = {
    "string_type": "text_expected",
    "tuple_type": "list_expected",
    "list_type": "list_expected",
    "too_short": "list_empty",
    "dict_type": "mapping_expected",
    "model_type": "mapping_expected",
    "model_attributes_type": "mapping_expected",
}

# The field of an entry at which a fault of the whole entry stands.
FIELDS_OF_FAULTS = {
    "curve_without_otherwise": "curve",
    "example_wrong": "example",
    "items_below_points": "items",
    "levels_wrong": "levels",
    "minimum_wrong": "minimum",
    "reviewers_needed": "reviewers",
    "weight_misplaced": "weight",
}

MOST_FAULTS = 200
MOST_DERIVED_DEEP = 40

Model = TypeVar("Model", bound=BaseModel)
Steps = tuple[Step, ...]


def shaped(root: Node, model: type[Model], steps: Steps = ()) -> tuple[Model | None, list[Fault]]:
    """Return the model of a node, or all faults of its shape; the steps lead to it from the root."""
    node = at(root, steps)
    try:
        return model.model_validate(plainyaml.plain(node) if node else None), []
    except ValidationError as error:
        found = error.errors()
        return None, [fault for one in found for fault in _faults(root, (*steps, *one["loc"]), one)]


def at(root: Node, steps: Iterable[Step]) -> Node | None:
    """Return the node at the end of the steps, where there is one."""
    node: Node | None = root
    for step in steps:
        if isinstance(node, plainyaml.Mapping):
            node = node.entries.get(str(step))
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.entries):
            node = node.entries[step]
        else:
            return None
    return node


def _faults(root: Node, steps: Steps, error: Any) -> list[Fault]:
    """Return the faults of one error; a list whose entries are faulty is not also empty."""
    node = at(root, steps)
    if error["type"] == "too_short" and isinstance(node, Sequence) and node.entries:
        return []
    if error["type"] != "several":
        return [_fault(root, steps, error)]
    path = plainyaml.place(root, steps)[1]
    return [Fault(_line(root, steps, key, values), path, key, values) for key, values in error["ctx"]["faults"]]


def _line(root: Node, steps: Steps, key: str, values: Mapping[str, str]) -> int:
    """Return the line of the field that a fault of a whole entry is about, else that of the entry."""
    entry = at(root, steps)
    field = values.get("name") if key == "field_not_of_kind" else FIELDS_OF_FAULTS.get(key)
    if field and at(root, (*steps, field)) is not None:
        steps = (*steps, field)
    elif key == "points_not_positive" and entry is not None:
        points = (
            more for more, node in plainyaml.walk(entry) if more[-1:] == ("points",) and _is(node, values["value"])
        )
        steps = (*steps, *next(points, ()))
    return plainyaml.place(root, steps)[0]


def _is(node: Node, number: str) -> bool:
    return (
        isinstance(node, Text) and NUMBER.fullmatch(node.value) is not None and written(Decimal(node.value)) == number
    )


def _fault(root: Node, steps: Steps, error: Any) -> Fault:
    line, path = plainyaml.place(root, steps)
    kind, context = error["type"], error.get("ctx", {})
    name = str(steps[-1])[:60] if steps else ""
    if kind == "missing":
        return Fault(line, path, "field_missing", {"name": name})
    if kind == "extra_forbidden":
        if re.search("[：，]", name):
            return Fault(line, path, "full_width_sign", {"text": name})
        return Fault(line, path, "field_unknown", {"name": name})
    if kind == "literal_error":
        values = {"value": as_written(error["input"]), "allowed": str(context["expected"]).replace("'", "")}
        return Fault(line, path, "not_one_of", values)
    if kind == "less_than_equal":
        return Fault(line, path, "number_above", {"limit": str(context["le"])})
    if kind in SIMPLE_FAULTS:
        return Fault(line, path, SIMPLE_FAULTS[kind])
    if error["msg"] == kind:
        values = {key: str(value) for key, value in context.items()}
        return Fault(_line(root, steps, kind, values), path, kind, values)
    return Fault(line, path, "value_wrong", {"problem": str(error["msg"])[:200]})


def citation_faults(citation: str, documents: Mapping[str, Document]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield why a citation does not lead to a clause: no such document, no clause named, or none of its clauses."""
    document, _, clause = citation.partition(" ")
    known = documents.get(document)
    if known is None:
        yield "document_unknown", {"document": document[:60], "known": ", ".join(sorted(documents))[:200]}
    elif not clause.strip():
        yield "clause_missing", {"clause": citation[:60]}
    elif known.clauses is not None and clause.strip() not in known.clauses:
        clauses = ", ".join(known.clauses)[:200]
        yield "clause_unknown", {"document": document, "clause": clause[:60], "known": clauses}


class Checker:
    """Checks names, formulas, clauses and references of one file against each other and what is known outside."""

    def __init__(
        self,
        root: Node,
        documents: dict[str, Document],
        tables: dict[str, FactorTable],
        regions: Mapping[str, str | None],
        *,
        stored: bool = False,
    ) -> None:
        self.root = root
        self.stored = stored
        self.documents = documents
        self.tables = tables
        self.formulas: dict[str, Formula] = {}
        self._faults: list[Fault] = []
        self._unknown_tables: set[str] = set()
        self._take_own_documents()
        self._take_own_tables()
        self._names = self._all_names()
        self._regions = regions
        self._scope = Scope(self._names, self._table_values(), regions)

    def faults(self) -> list[Fault]:
        """Check everything and return all faults."""
        self._check_keys()
        self._check_derived()
        for steps, node in plainyaml.walk(self.root):
            if len(self._faults) > MOST_FAULTS:
                self._note((), "too_many_faults", limit=str(MOST_FAULTS))
                break
            if isinstance(node, Text) and steps and steps[-1] in {"formula", "when"}:
                self._check_formula(steps, node)
            elif isinstance(node, Text) and len(steps) > 1 and steps[-2] == "clauses" and steps[0] != "documents":
                self._check_clause(steps, node)
        if not self.stored:
            self._check_groups()
        self._check_papers()
        self._check_weights()
        self._check_ties()
        self._check_rules()
        return self._faults

    def _note(self, steps: Steps, key: str, **values: str) -> None:
        line, path = plainyaml.place(self.root, steps)
        self._faults.append(Fault(line, path, key, values))

    def _texts(self, *steps: Step) -> dict[str, Node]:
        node = at(self.root, steps)
        return node.entries if isinstance(node, plainyaml.Mapping) else {}

    def _list(self, *steps: Step) -> list[tuple[Steps, dict[str, Node]]]:
        """Return the entries of a list that are mappings, with the steps to each."""
        node = at(self.root, steps)
        entries = node.entries if isinstance(node, Sequence) else []
        return [
            ((*steps, number), entry.entries)
            for number, entry in enumerate(entries)
            if isinstance(entry, plainyaml.Mapping)
        ]

    def _indicators(self) -> Iterator[tuple[Steps, dict[str, Node]]]:
        for steps, _ in self._list("sections"):
            yield from self._list(*steps, "indicators")
        yield from self._list("bonuses")
        yield from self._list("deductions")

    def _take_own_documents(self) -> None:
        for key in self._texts("documents"):
            document, _ = shaped(self.root, Document, ("documents", key))
            if document is not None:
                self.documents[key] = document
            else:
                self.documents.pop(key, None)
                self._unknown_tables.add(key)

    def _take_own_tables(self) -> None:
        for steps, entry in self._list("factors"):
            table, _ = shaped(self.root, FactorTable, steps)
            if table is not None:
                self.tables[table.key] = table
            else:
                self._unknown_tables.add(_text(entry.get("key")))

    def _table_values(self) -> dict[str, dict[str, Table]]:
        known: dict[str, dict[str, Table]] = {key: {} for key in self._unknown_tables}
        for key, table in self.tables.items():
            known[key] = {version.version: version.values for version in table.versions}
        return known

    def _all_names(self) -> dict[str, Name]:
        names = dict(CONTEXT_NAMES)
        for _, entry in self._list("inputs"):
            names[_text(entry.get("key"))] = _name_of_input(entry)
        for _, entry in self._list("lists"):
            names[_text(entry.get("key"))] = Name(Type.LIST, members=_members(entry.get("values")))
        for _, entry in self._indicators():
            ticks = _ticks(entry)
            if ticks:
                names[_text(entry.get("key"))] = Name(Type.CHOICES, ticks)
        return names

    def _check_keys(self) -> None:
        """Every key stands once: in the one namespace of the set, and among its equals elsewhere."""
        sections = self._list("sections")
        shared = [
            *self._list("inputs"),
            *self._list("derived"),
            *self._list("lists"),
            *self._list("gates"),
            *sections,
            *self._indicators(),
        ]
        own = [self._list(name) for name in ("factors", "grades", "ties", "checks", "papers")]
        own += [self._list(*steps, "alternatives") for steps, _ in self._list("gates")]
        for group in (shared, *own):
            seen: dict[str, int] = {}
            for steps, entry in group:
                node = entry.get("key")
                if isinstance(node, Text) and node.value in seen:
                    self._note((*steps, "key"), "key_twice", name=node.value[:60], first=str(seen[node.value]))
                elif isinstance(node, Text):
                    seen[node.value] = node.line

    def _check_derived(self) -> None:
        """Give every derived value its type, those first that others rest on."""
        entries = {_text(entry.get("key")): (steps, entry) for steps, entry in self._list("derived")}
        # All are names from the start, so that one with a fault is not also reported as unknown.
        self._names.update(dict.fromkeys(entries, Name(Type.UNKNOWN, computed=True)))
        levels: dict[str, int] = {}
        for key in entries:
            if key not in levels and len(self._faults) <= MOST_FAULTS:
                self._visit(key, entries, levels, 1)

    def _visit(
        self, key: str, entries: dict[str, tuple[Steps, dict[str, Node]]], levels: dict[str, int], depth: int
    ) -> None:
        """Check one derived value after those it rests on; its level is 0 while it is open."""
        levels[key] = 0
        steps, entry = entries[key]
        steps = (*steps, "formula")
        others = _names_in(_text(entry.get("formula"))) & entries.keys()
        for other in sorted(others):
            if other not in levels and depth <= MOST_DERIVED_DEEP:
                self._visit(other, entries, levels, depth + 1)
            level = levels.get(other)
            if level == 0 or level is None or level >= MOST_DERIVED_DEEP:
                self._note(steps, "derived_circle" if level == 0 else "derived_too_deep", name=other)
                levels[key] = 1
                return
        levels[key] = 1 + max((levels[other] for other in others), default=0)
        node = entry.get("formula")
        formula = self._build(steps, node, None) if isinstance(node, Text) else None
        if formula is not None:
            places = _text(entry.get("places"))
            number = int(places) if places.isdigit() and len(places) < 3 else None
            self._names[key] = Name(formula.type, computed=True, places=number)

    def _check_formula(self, steps: Steps, node: Text) -> None:
        derived = steps[0] in {"derived", "inputs"} and steps[-1] == "formula"
        if derived or steps[0] in {"documents", "factors"} or "source" in steps:
            return
        of_points = steps[-1] == "formula" and (
            (steps[0] == "sections" and len(steps) == 5) or (steps[0] in {"bonuses", "deductions"} and len(steps) == 3)
        )
        formula = self._build(steps, node, Type.NUMBER if of_points else Type.CONDITION)
        numbers = re.search(r"(?<![A-Za-z_0-9])[0-9]", node.value)
        sourced = at(self.root, (*steps[:2], "source")) is not None
        if formula is not None and steps[0] == "gates" and numbers and not sourced:
            self._note(steps[:2], "source_needed")

    def _build(self, steps: Steps, node: Text, wanted: Type | None) -> Formula | None:
        try:
            formula = build(node.value, self._scope, wanted)
        except FormulaError as error:
            for key, values in error.faults:
                if key == "formula_title":
                    values = {**values, "near": self._key_of(values["name"], node.value)}
                self._note(steps, key, **values)
            return None
        self.formulas[node.value] = formula
        return formula

    def _key_of(self, name: str, formula: str) -> str:
        """Return the key of what has the title that stands in a formula, else of what has one like the name, or "?"."""
        titles: dict[str, str] = {}
        for _, entry in (*self._list("inputs"), *self._list("derived")):
            title = entry.get("title")
            words = _text(title.entries.get("zh")) if isinstance(title, plainyaml.Mapping) else ""
            titles.setdefault(words, _text(entry.get("key")))
        written_out = [words for words in titles if words.startswith(name) and words in formula]
        if written_out:
            return titles[max(written_out, key=len)]
        found = [words for words in titles if name in words] or get_close_matches(name, titles, 1)
        return ", ".join(titles[words] for words in found[:3]) or "?"

    def _check_clause(self, steps: Steps, node: Text) -> None:
        if node.value.partition(" ")[0] not in self._unknown_tables:
            for key, values in citation_faults(node.value, self.documents):
                self._note(steps, key, **values)

    def _check_groups(self) -> None:
        """Every word by which inputs are grouped has its title."""
        titles = self._texts("groups")
        for steps, entry in self._list("inputs"):
            group = _text(entry.get("group"))
            if group and group not in titles:
                self._note((*steps, "group"), "group_unknown", name=group[:60])

    def _check_papers(self) -> None:
        """Every paper of the list proves something."""
        asked = {
            node.value
            for steps, node in plainyaml.walk(self.root)
            if isinstance(node, Text) and len(steps) > 1 and steps[-2] == "evidence"
        }
        for steps, entry in self._list("papers"):
            key = _text(entry.get("key"))
            if key and key not in asked:
                self._note((*steps, "key"), "paper_unused", name=key[:60])

    def _check_weights(self) -> None:
        """The weight of a series, and the one it stands beside, are other series of the same table."""
        tables = {_text(entry.get("key")): _series(entry).get("table") for _, entry in self._list("inputs")}
        for steps, entry in self._list("inputs"):
            beside = _series(entry).get("beside")
            weight = _series(entry).get("weight")
            own, key = _text(_series(entry).get("table")), _text(entry.get("key"))
            if isinstance(weight, Text) and own and (weight.value == key or _text(tables.get(weight.value)) != own):
                self._note((*steps, "series", "weight"), "weight_unknown", name=weight.value[:60], table=own[:60])
            if isinstance(beside, Text) and (beside.value == key or not own or _text(tables.get(beside.value)) != own):
                self._note((*steps, "series", "beside"), "weight_unknown", name=beside.value[:60], table=own[:60])

    def _check_ties(self) -> None:
        known = {_text(entry.get("key")) for _, entry in (*self._list("sections"), *self._indicators())} | {*KINDS}
        ties = at(self.root, ("ties",))
        for number, tie in enumerate(ties.entries if isinstance(ties, Sequence) else []):
            if isinstance(tie, Text):
                self._check_tie(("ties", number), tie, known)
            for steps, node in plainyaml.walk(tie):
                if isinstance(node, Text) and len(steps) == 2 and steps[0] == "sum":
                    self._check_tie(("ties", number, *steps), node, known)

    def _check_tie(self, steps: Steps, node: Text, known: set[str]) -> None:
        if node.value not in known:
            self._note(steps, "tie_unknown", name=node.value[:60])

    def _check_rules(self) -> None:
        rules = self._texts("rules")
        for part, rule in (("bonuses", "bonus_cap"), ("deductions", "deduction_cap")):
            if self._list(part) and rule not in rules:
                self._note(("rules",), "rule_needed", name=rule, part=part)
        for steps, entry in self._indicators():
            if _text(entry.get("kind")) == "panel" and "panel" not in rules and "panel" not in entry:
                self._note(steps, "rule_needed", name="panel", part="panels")


def _names_in(formula: str) -> set[str]:
    """Return the names in a formula, leaving out what stands in quotes."""
    return set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", re.sub(r"\"[^\"]*\"|'[^']*'", "", formula)))


def _text(node: Node | None) -> str:
    return node.value if isinstance(node, Text) else ""


def _keys(node: Node | None) -> frozenset[str] | None:
    return frozenset(node.entries) if isinstance(node, plainyaml.Mapping) else None


def _series(entry: dict[str, Node]) -> dict[str, Node]:
    node = entry.get("series")
    return node.entries if isinstance(node, plainyaml.Mapping) else {}


def _name_of_input(entry: dict[str, Node]) -> Name:
    kind = _text(entry.get("kind"))
    allowed = _keys(entry.get("choices")) or _keys(entry.get("rows"))
    return Name(TYPES_OF_INPUT.get(kind, Type.UNKNOWN), allowed, series="series" in entry)


def _members(node: Node | None) -> frozenset[Any]:
    entries = node.entries if isinstance(node, Sequence) else []
    return frozenset(
        entry.value if isinstance(entry, Text) else tuple(_text(part) for part in entry.entries)
        for entry in entries
        if isinstance(entry, (Text, Sequence))
    )


def _ticks(entry: dict[str, Node]) -> frozenset[str]:
    items = entry.get("items")
    return frozenset(
        _text(item.entries.get("key"))
        for item in (items.entries if isinstance(items, Sequence) else [])
        if isinstance(item, plainyaml.Mapping) and "formula" not in item.entries
    )
