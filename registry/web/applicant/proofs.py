"""The documents that a set asks for: which are still to come and by when, which are there, which nobody needs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from flask_babel import gettext

from registry.domain import completeness
from registry.domain.completeness import Need
from registry.domain.curves import NUMBER
from registry.domain.vocabulary import Binding
from registry.models import Evidence
from registry.queries import filings
from registry.web.applicant import parts
from registry.web.forms import SelectChoice
from registry.web.templating import picked

# A year in the name of a file, alone or with the month and the day behind it.
YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?=(?:[0-9]{2}){0,2}(?![0-9]))")


class PaperState(StrEnum):
    """What is to be said of a document."""

    MISSING = "missing"
    THERE = "there"
    UNNEEDED = "unneeded"


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that is wanted: by when, what of it is open, and its files; `asked` where the answers ask for it.

    `because` are the questions whose answers do so, empty where what it proves says so by itself.
    """

    number: int
    title: str
    need: Need
    because: str
    open: tuple[str, ...]
    files: tuple[Evidence, ...]
    asked: bool
    pledge: bool

    @property
    def state(self) -> PaperState:
        """Whether it is still to come, is there, or is not needed as the answers stand."""
        if self.open:
            return PaperState.MISSING
        return PaperState.THERE if self.asked else PaperState.UNNEEDED


@dataclass(frozen=True, slots=True)
class Proofs:
    """All documents and files of a filing, each file with what it proves by its number."""

    papers: tuple[Paper, ...]
    others: tuple[Evidence, ...]
    size: int
    titles: Mapping[int, str]
    odd_years: Mapping[int, str]

    def of(self, state: str) -> list[Paper]:
        """The documents in a state."""
        return [paper for paper in self.papers if paper.state == state]

    def missing(self, need: str) -> list[Paper]:
        """The documents still to come that are asked for with the submission, by some answers only, or later."""
        return [paper for paper in self.of(PaperState.MISSING) if paper.need == need]

    @property
    def due(self) -> list[Paper]:
        """The documents still to come that belong to the submission."""
        return [paper for paper in self.of(PaperState.MISSING) if paper.need is not Need.LATER]

    @property
    def needed(self) -> int:
        """How many papers the answers ask for, whatever files there are."""
        return sum(1 for paper in self.papers if paper.asked)

    @property
    def next(self) -> Paper | None:
        """The document to attach next: of those that are missing the one that is due first."""
        order = tuple(Need)
        return min(self.of(PaperState.MISSING), key=lambda paper: order.index(paper.need), default=None)


def of(sheet: filings.Sheet) -> Proofs:
    """Return the documents that are wanted in their order, and the files that prove something else.

    A file stands with every document for which it was sent in.
    """
    answers = filings.answers(sheet, verified=False)
    unproved = dict(completeness.unproved(sheet.criteria, answers, sheet.bound))
    asked = dict(completeness.unproved(sheet.criteria, answers, ()))
    wanted = completeness.wanted(sheet.criteria)
    places = {file.id: _places(file, wanted) for file in sheet.evidence}
    papers = tuple(
        Paper(
            number,
            titles_of(document),
            document.need,
            _because(sheet, document),
            tuple(parts.target_title(sheet.criteria, target) for target in unproved.get(number, ())),
            tuple(file for file in sheet.evidence if number in places[file.id]),
            number in asked,
            document.pledge,
        )
        for number, document in enumerate(wanted)
    )
    others = tuple(file for file in sheet.evidence if not places[file.id])
    return Proofs(
        papers,
        others,
        sum(file.size for file in sheet.evidence),
        {file.id: _proved(sheet, file, [papers[number] for number in places[file.id]]) for file in sheet.evidence},
        {file.id: odd_year(sheet, file.name) for file in sheet.evidence},
    )


def odd_year(sheet: filings.Sheet, name: str) -> str:
    """Return in a sentence that the name of a file has another year than those that are judged; else nothing."""
    named = YEAR.findall(name)
    judged = {str(sheet.year), str(sheet.base_year)}
    if not named or judged & set(named):
        return ""
    return str(
        gettext("The name says %(named)s; this round judges figures of %(year)s.", named=named[0], year=sheet.year)
    )


def targets(sheet: filings.Sheet) -> list[SelectChoice]:
    """Return the documents that a file can be, those that are due first, by what `bindings` takes."""
    in_turn = sorted(enumerate(completeness.wanted(sheet.criteria)), key=lambda one: tuple(Need).index(one[1].need))
    return [SelectChoice(f"wanted.{number}", titles_of(document)) for number, document in in_turn]


def singles(sheet: filings.Sheet) -> list[SelectChoice]:
    """Return every input, gate and indicator that some document proves, by itself."""
    found = dict.fromkeys(target for document in completeness.wanted(sheet.criteria) for target in document.targets)
    return [SelectChoice(f"{one[0]}.{one[1]}", parts.target_title(sheet.criteria, one)) for one in found]


def bindings(sheet: filings.Sheet, chosen: Iterable[str]) -> tuple[completeness.Target, ...]:
    """Return what choices of `targets` and `singles` bind a file to, each once."""
    found: list[completeness.Target] = []
    for one in chosen:
        kind, _dot, key = one.partition(".")
        found += completeness.wanted(sheet.criteria)[int(key)].targets if kind == "wanted" else [(Binding(kind), key)]
    return tuple(dict.fromkeys(found))


def _because(sheet: filings.Sheet, document: completeness.Wanted) -> str:
    """Name the answered questions on which it rests that a document is asked for."""
    if document.when is None:
        return ""
    behind = completeness.rests_on(sheet.criteria, sheet.criteria.formulas[document.when].names)
    answered = [key for key in sheet.criteria.inputs if key in behind and key in sheet.declared]
    # A figure of nothing asks for no paper, where it stands beside one that does.
    telling = [key for key in answered if not _nothing(sheet.declared[key].value)] or answered
    return str(gettext("; ")).join(picked(sheet.criteria.inputs[key].title) for key in telling)


def _nothing(value: object) -> bool:
    """Tell whether a stored answer is the figure 0."""
    return isinstance(value, str) and NUMBER.fullmatch(value) is not None and not Decimal(value)


def titles_of(document: completeness.Wanted) -> str:
    """Return the names of documents that prove the same, in the reader's language."""
    return str(gettext("; ")).join(picked(title) for title in document.titles)


def _proved(sheet: filings.Sheet, file: Evidence, papers: Sequence[Paper]) -> str:
    """Name what a file proves: the documents that it is, else each entry to which it is tied."""
    titles = [paper.title for paper in papers] or [
        parts.target_title(sheet.criteria, one) for one in sorted(_tied(file))
    ]
    return str(gettext("; ")).join(titles)


def _places(file: Evidence, wanted: Sequence[completeness.Wanted]) -> list[int]:
    """Return the documents that a file is: those of which it proves all, as long as each proves something more.

    Where it proves all of none, it is the first of which it proves some.
    """
    tied = _tied(file)
    told: set[completeness.Target] = set()
    found = []
    for number, document in enumerate(wanted):
        if tied >= set(document.targets) and set(document.targets) - told:
            found.append(number)
            told |= set(document.targets)
    partly = [number for number, document in enumerate(wanted) if tied & set(document.targets)]
    return found or partly[:1]


def _tied(file: Evidence) -> set[completeness.Target]:
    return {(link.binding, link.key) for link in file.links}
