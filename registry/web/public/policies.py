"""The documents with what was derived from each clause, and what they ask for with how far it is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.targets import Entries, Target, TargetEntry, of_document, parts_of
from registry.domain.values import ZERO
from registry.domain.vocabulary import TargetState
from registry.models import Category, Clause, Document
from registry.queries import catalogue, public, targets
from registry.queries.targets import Standing
from registry.web import reading
from registry.web.forms import SelectChoice
from registry.web.forms.public import TargetsForm
from registry.web.public.blueprint import bp
from registry.web.reading import Citation
from registry.web.templating import figure, named, picked
from registry.words.targets import CLASSES, LEVELS


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number of an entry: in words, and how it stands; count is None where no awards can be counted."""

    target: Target
    words: str
    state: TargetState
    count: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as its page shows it, with what runs for it in this portal."""

    key: str
    entry: TargetEntry
    numbers: tuple[Numbered, ...]
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Sum:
    """A number of a total with its parts by the ids of their entries, and what the parts give together."""

    target: Target
    parts: Mapping[str, Target]
    together: Decimal


@dataclass(frozen=True, slots=True)
class Summary:
    """What a document asks for in all: entries by class, totals with their parts, and the numbers beside them."""

    document: Document
    classes: tuple[tuple[str, int], ...]
    totals: tuple[tuple[str, tuple[Sum, ...]], ...]
    beside: tuple[tuple[str, str], ...]

    @property
    def entries(self) -> int:
        return sum(count for _name, count in self.classes)


@dataclass(frozen=True, slots=True)
class Derived:
    """A clause with what was derived from it; each category with how many of its awards are valid."""

    clause: Clause
    entries: tuple[tuple[str, TargetEntry], ...]
    categories: tuple[tuple[Category, int], ...]
    citations: tuple[Citation, ...]

    @property
    def anything(self) -> bool:
        return bool(self.entries or self.categories or self.citations)


@dataclass(frozen=True, slots=True)
class Chapter:
    """The clauses of a chapter; what stands outside of the chapters has no title."""

    key: str
    title: Mapping[str, str] | None
    clauses: tuple[Derived, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a document has, and how much rests on it."""

    document: Document
    entries: int
    numbers: int
    categories: int
    indicators: int


@bp.get("/documents")
def documents() -> ResponseReturnValue:
    every = targets.entries(g.session)
    citing = reading.citing(g.session)
    categories = Counter(category.programme.document_key for category in targets.categories(g.session))
    rows = [
        _counts(document, of_document(every, document.key), categories[document.key], citing.get(document.key, {}))
        for document in catalogue.documents(g.session)
    ]
    return render_template("public/documents.html", rows=rows)


@bp.get("/documents/<string(maxlength=60):key>")
def document(key: str) -> ResponseReturnValue:
    found = public.document(g.session, key)
    derived = _derived(found)
    only = request.args.get("derived") == "1"
    shown = [row for row in derived if row.anything or not only]
    return render_template(
        "public/document.html",
        document=found,
        chapters=_chapters(found, shown),
        only=only,
        count=len(derived),
        count_derived=sum(row.anything for row in derived),
        in_words=in_words,
        classes=CLASSES,
    )


@bp.get("/targets", endpoint="targets")
def target_list() -> ResponseReturnValue:
    known = {row.key: row for row in catalogue.documents(g.session)}
    form = _targets_form(known.values())
    asked, kind = (form.document.data or "", form.kind.data or "") if form.validate() else ("", "")
    every = targets.entries(g.session)
    standing = targets.standings(g.session, g.actor.at)
    shown = {
        key: [
            _shown(every, standing, name, g.actor.at)
            for name, entry in of_document(every, key).items()
            if kind in ("", entry.kind)
        ]
        for key in known
        if asked in ("", key)
    }
    return render_template(
        "public/targets.html",
        form=form,
        filtered=bool(asked or kind),
        summaries=[_summary(known[key], every) for key in shown],
        documents=known,
        shown={key: rows for key, rows in shown.items() if rows},
        count=sum(len(rows) for rows in shown.values()),
        sets={key: {"zh": zh, "en": en} for key, (zh, en) in targets.sets_in_force(g.session).items()},
        classes=CLASSES,
        levels=LEVELS,
    )


def in_words(target: Target) -> str:
    """Return a number as its document has it, in the reader's language: "at least 1,000 farms by 2025"."""
    sentence = _change(target) if target.measure == "change" else _by(target)
    words = sentence % {"amount": _amount(target), "year": target.year, "base": target.base}
    return f"{picked(target.of)}{_(': ')}{words}" if target.of else words


def _amount(target: Target) -> str:
    unit = picked(target.unit)
    amount = f"{figure(target.value)}{unit if unit == '%' else f' {unit}'}"
    words = {
        "exact": amount,
        "at_least": _("at least %(amount)s", amount=amount),
        "about": _("about %(amount)s", amount=amount),
    }
    return str(words[target.operator])


# The placeholders of these sentences are filled by `in_words`.
def _by(target: Target) -> str:
    if target.counting == "cumulative":
        return str(_("%(amount)s in all by %(year)s"))
    return str(_("%(amount)s more by %(year)s") if target.counting == "new" else _("%(amount)s by %(year)s"))


def _change(target: Target) -> str:
    if target.base != "unstated":
        return str(_("+%(amount)s by %(year)s against %(base)s"))
    if target.counting == "cumulative":
        return str(_("+%(amount)s in all by %(year)s against a base year that the document does not state"))
    return str(_("+%(amount)s by %(year)s against a base year that the document does not state"))


def _shown(every: Entries, standing: Mapping[str, Standing], key: str, at: datetime) -> Shown:
    entry = every[key]
    count = targets.awarded(standing, targets.counted_in(every, key))
    numbers = tuple(_numbered(entry, target, count, at) for target in entry.targets)
    return Shown(key, entry, numbers, standing.get(key))


def _numbered(entry: TargetEntry, target: Target, count: int | None, at: datetime) -> Numbered:
    state = targets.state(entry, target, count, at)
    measured = state not in {TargetState.NOT_MEASURED, TargetState.NOT_RUN}
    return Numbered(target, in_words(target), state, count if measured else None)


def _summary(document: Document, every: Entries) -> Summary:
    own = of_document(every, document.key)
    classes: Counter[str] = Counter(entry.kind for entry in own.values())
    totals = tuple(
        (key, tuple(_sum(every, key, target) for target in entry.targets))
        for key, entry in own.items()
        if entry.kind == "total"
    )
    beside = tuple(
        (key, in_words(target))
        for key, entry in own.items()
        for target in entry.targets
        if entry.kind == "A" and target.part_of is None
    )
    return Summary(document, tuple((kind, classes[kind]) for kind in CLASSES if classes[kind]), totals, beside)


def _sum(every: Entries, key: str, target: Target) -> Sum:
    parts = parts_of(every, key, target.year)
    return Sum(target, parts, sum((part.value for part in parts.values()), ZERO))


def _counts(document: Document, own: Entries, categories: int, citing: Mapping[str, Sequence[Citation]]) -> Counts:
    resting = {(citation.version.key, citation.key) for found in citing.values() for citation in found}
    return Counts(
        document,
        entries=sum(entry.kind != "total" for entry in own.values()),
        numbers=sum(len(entry.targets) for entry in own.values()),
        categories=categories,
        indicators=len(resting),
    )


def _derived(document: Document) -> list[Derived]:
    own = targets.entries(g.session, document.key)
    citing = reading.citing(g.session).get(document.key, {})
    categories = targets.categories(g.session, document.key)
    awards = targets.awards_by_category(g.session, g.actor.at)
    return [
        Derived(
            clause,
            tuple((key, entry) for key, entry in own.items() if f"{document.key} {clause.ref}" in entry.clauses),
            tuple((row, awards.get(row.id, 0)) for row in categories if row.clause_ref == clause.ref),
            tuple(citing.get(clause.ref, ())),
        )
        for clause in document.clauses
    ]


def _chapters(document: Document, rows: Iterable[Derived]) -> list[Chapter]:
    grouped: dict[str, list[Derived]] = {}
    for row in rows:
        grouped.setdefault(row.clause.ref.partition("(")[0], []).append(row)
    return [Chapter(key, document.chapters.get(key), tuple(clauses)) for key, clauses in grouped.items()]


def _targets_form(known: Iterable[Document]) -> TargetsForm:
    anything = SelectChoice("", _("all"))
    form = TargetsForm(request.args)
    form.document.choices = [anything, *(SelectChoice(row.key, f"{row.key} · {named(row, 'title')}") for row in known)]
    form.kind.choices = [anything, *(SelectChoice(kind, _(words)) for kind, words in CLASSES.items())]
    return form
