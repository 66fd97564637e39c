"""What the pages of a criteria set show beside its entries: sources, evidence, clauses, questions, lists and tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from registry.domain.criteria import CriteriaSet
from registry.domain.curves import percent
from registry.domain.shapes import (
    FactorTable,
    FactorVersion,
    Gate,
    Indicator,
    Input,
    Listing,
    Range,
    SeriesRule,
    Sources,
    Texts,
)
from registry.domain.values import ZERO, written
from registry.models import CriteriaVersion
from registry.queries import criteria_versions, public
from registry.web.formula_words import row_name
from registry.web.reading import cited, region_name, source_words, split_clause
from registry.web.templating import figure, picked
from registry.web.templating import said as _
from registry.words.groups import GROUPS

KINDS_OF_SOURCE = ("document", "derived", "public", "default")


@dataclass(frozen=True, slots=True)
class Offer:
    """A set in force, as the list of all sets shows it."""

    version: CriteriaVersion
    criteria: CriteriaSet
    kinds: Mapping[str, Decimal]
    documents: tuple[str, ...]

    @property
    def indicators(self) -> int:
        """How many indicators earn points in its sections."""
        return sum(len(section.indicators) for section in self.criteria.sections)


def offers(session: Session) -> list[Offer]:
    """Return the sets in force."""
    found = criteria_versions.parsed_each(session, public.criteria_in_force(session))
    return [_offer(version, criteria) for version, criteria in found]


def points_by_kind(criteria: CriteriaSet) -> Mapping[str, Decimal]:
    """Return the points of the sections by the kind of indicator that gives them."""
    points = dict.fromkeys(("measure", "checklist", "panel"), ZERO)
    for section in criteria.sections:
        for entry in section.indicators:
            points[entry.kind] += entry.points
    return points


def rests_on(criteria: CriteriaSet) -> dict[str, list[Gate | Indicator]]:
    """Return every clause that a set cites, by document and in the order of the page, with what rests on it."""
    found: dict[str, list[Gate | Indicator]] = {}
    for entry, clauses in cited(criteria):
        for clause in dict.fromkeys(clauses):
            found.setdefault(clause, []).append(entry)
    return dict(sorted(found.items(), key=lambda item: split_clause(item[0])[0]))


def proofs(criteria: CriteriaSet) -> list[tuple[Texts, list[Texts]]]:
    """Return every piece of evidence that a set wants, with the titles of what it proves, in the order of the form."""
    found: dict[str, tuple[Texts, dict[str, Texts]]] = {}
    for title, evidence in _wanted(criteria):
        for text in evidence:
            found.setdefault(text.zh, (text, {}))[1][title.zh] = title
    return [(text, list(titles.values())) for text, titles in found.values()]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many numbers of one sort come from which kind of source."""

    title: str
    counts: Mapping[str, int]
    unstated: int

    @property
    def total(self) -> int:
        return sum(self.counts.values()) + self.unstated


def counted(criteria: CriteriaSet) -> list[Counted]:
    """Return where the numbers of a set come from, by what they are for; one count for each entry that has some."""
    indicators = criteria.indicators.values()
    rules = [criteria.rules.source.points, *(grade.source.points for grade in criteria.grades)]
    sorts: list[tuple[str, list[str | None]]] = [
        (_("Points"), [entry.source.points for entry in indicators]),
        (_("Curves"), [entry.source.curve for entry in indicators if entry.curve]),
        (_("Requirements and formulas with numbers"), [*_numbers_in_formulas(criteria)]),
        (_("Grades and rules of the total"), [*rules]),
        (_("Limits and usual ranges of what is asked"), [source_of_range(entry) for entry in _ranged(criteria)]),
        (
            _("Editions of the factor tables"),
            [one.source.points for table in criteria.tables.values() for one in table.versions],
        ),
    ]
    return [
        Counted(title, {kind: kinds.count(kind) for kind in KINDS_OF_SOURCE}, kinds.count(None))
        for title, kinds in sorts
        if kinds
    ]


def source_of_range(entry: Input) -> str | None:
    """Return the kind of source of an input's limits and usual range."""
    return _only(entry.source)


def groups(criteria: CriteriaSet) -> list[tuple[str, list[Input]]]:
    """Return what is asked, under the titles by which the form groups it."""
    found: dict[str, list[Input]] = {}
    for entry in criteria.shape.inputs:
        found.setdefault(entry.group or "general", []).append(entry)
    return [(_group_title(criteria, word), entries) for word, entries in found.items()]


def kind_words(entry: Input) -> str:
    """Return what kind of answer is asked."""
    return {
        "number": _("a number"),
        "whole": _("a whole number"),
        "yes_no": _("yes or no"),
        "choice": _("one of a list"),
        "choices": _("several of a list"),
        "text": _("a text"),
        "date": _("a date"),
        "rows": _("a number for each row"),
    }[entry.kind]


def range_words(held: Range | None) -> str:
    """Return a range in words, empty where there is none."""
    if held is None or (held.min is None and held.max is None):
        return ""
    low, high = (figure(written(end)) if end is not None else "" for end in (held.min, held.max))
    if held.min is not None and held.min == held.max:
        return low
    if not high:
        return _("%(low)s or more", low=low)
    return _("%(low)s to %(high)s", low=low, high=high) if low else _("%(high)s or less", high=high)


def series_words(rule: SeriesRule) -> str:
    """Return how a figure comes of a table of days or months, and how much of the year the table should cover."""
    reduced = {
        "sum": _("their sum"),
        "mean": _("their mean"),
        "min": _("the least of them"),
        "max": _("the greatest of them"),
        "last": _("the last of them"),
    }[rule.reduce]
    told = [_("May be filled from a table of days or months: %(reduced)s.", reduced=reduced)]
    if rule.coverage:
        told.append(_("The table should cover %(share)s of the year.", share=percent(rule.coverage.asked)))
        if rule.coverage.least:
            told.append(_("Below %(share)s it gives no figure.", share=percent(rule.coverage.least)))
    return _sentence_blank().join(told)


def listed(listing: Listing, criteria: CriteriaSet) -> list[str]:
    """Return the members of a list by their names."""
    return [
        _(" with ").join(row_title(part, criteria, "") for part in ((value,) if isinstance(value, str) else value))
        for value in listing.values
    ]


def row_title(key: str, criteria: CriteriaSet, table: str) -> str:
    """Return the name of a row or column of a factor table."""
    return row_name(key, criteria, table, region_name)


def edition_title(edition: FactorVersion) -> str:
    """Return what an edition of a factor table is called; one without a title is called by its key."""
    return picked(edition.title) if edition.title else edition.version


def notices_of(edition: FactorVersion) -> list[tuple[str, Mapping[str, str]]]:
    """Return the notices that announced the figures of an edition, by the year of the figures."""
    return list((edition.model_extra or {}).get("documents", {}).items())


def headings(labels: Iterable[str]) -> list[dict[str, str]]:
    """Return columns of figures for a table."""
    return [{"label": label, "kind": "number"} for label in labels]


def source_names() -> list[str]:
    """Return what the kinds of source are called, in their order."""
    return [source_words(kind) for kind in KINDS_OF_SOURCE]


def columns_of(table: FactorTable) -> list[str]:
    """Return the columns of a factor table, none where each row is one number."""
    rows = (row for version in table.versions for row in version.values.values() if isinstance(row, dict))
    return list(dict.fromkeys(column for row in rows for column in row))


def _offer(version: CriteriaVersion, criteria: CriteriaSet) -> Offer:
    documents = dict.fromkeys(split_clause(clause)[0] for clause in rests_on(criteria))
    return Offer(version, criteria, points_by_kind(criteria), tuple(documents))


def _group_title(criteria: CriteriaSet, word: str) -> str:
    if word in criteria.shape.groups:
        return picked(criteria.shape.groups[word])
    return _(GROUPS[word]) if word in GROUPS else word


def _wanted(criteria: CriteriaSet) -> Iterator[tuple[Texts, Sequence[Texts]]]:
    asked: tuple[Input | Gate, ...] = (*criteria.shape.inputs, *criteria.gates)
    for entry in asked:
        yield entry.title, entry.evidence
    for indicator in criteria.indicators.values():
        yield indicator.title, indicator.evidence
        for item in indicator.items:
            yield item.title, item.evidence


def _numbers_in_formulas(criteria: CriteriaSet) -> Iterator[str | None]:
    for gate in criteria.gates:
        if gate.source:
            yield _only(gate.source)
    for entry in criteria.indicators.values():
        if entry.source.formula and (entry.formula or any(item.formula for item in entry.items)):
            yield entry.source.formula
    for derived in criteria.derived:
        if derived.source:
            yield _only(derived.source)


def _ranged(criteria: CriteriaSet) -> Iterable[Input]:
    return [entry for entry in criteria.shape.inputs if entry.limits or entry.plausible]


def _only(source: Sources | None) -> str | None:
    """The kind of source of an entry whose numbers are of one sort."""
    return (source.formula or source.points or source.curve) if source else None


def _sentence_blank() -> str:
    """What stands between two sentences: nothing in Chinese."""
    return "" if picked({"zh": "zh", "en": "en"}) == "zh" else " "
