"""The documents that a set asks for: which are still to come and by when, which are there, which nobody needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext

from registry.domain import completeness
from registry.domain.completeness import Need
from registry.models import Evidence
from registry.queries import filings
from registry.web.applicant import parts
from registry.web.templating import picked


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

    @property
    def state(self) -> PaperState:
        """Whether it is still to come, is there, or is not needed as the answers stand."""
        if self.open:
            return PaperState.MISSING
        return PaperState.THERE if self.asked else PaperState.UNNEEDED


@dataclass(frozen=True, slots=True)
class Proofs:
    """All documents and files of a filing, each file in one place."""

    papers: tuple[Paper, ...]
    others: tuple[Evidence, ...]
    size: int

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
        """How many documents the answers ask for, whatever files there are."""
        return sum(1 for paper in self.papers if paper.asked)

    @property
    def next(self) -> Paper | None:
        """The document to attach next: of those that are missing the one that is due first."""
        order = tuple(Need)
        return min(self.of(PaperState.MISSING), key=lambda paper: order.index(paper.need), default=None)


def of(sheet: filings.Sheet) -> Proofs:
    """Return the documents that are wanted in their order, and the files that prove something else.

    A file that proves several documents stands with one of them.
    """
    answers = filings.answers(sheet, verified=False)
    unproved = dict(completeness.unproved(sheet.criteria, answers, sheet.bound))
    asked = dict(completeness.unproved(sheet.criteria, answers, ()))
    wanted = completeness.wanted(sheet.criteria)
    places = {file.id: _place(file, wanted) for file in sheet.evidence}
    papers = tuple(
        Paper(
            number,
            titles_of(document),
            document.need,
            _because(sheet, document),
            tuple(parts.target_title(sheet.criteria, target) for target in unproved.get(number, ())),
            tuple(file for file in sheet.evidence if places[file.id] == number),
            number in asked,
        )
        for number, document in enumerate(wanted)
    )
    others = tuple(file for file in sheet.evidence if places[file.id] is None)
    return Proofs(papers, others, sum(file.size for file in sheet.evidence))


def _because(sheet: filings.Sheet, document: completeness.Wanted) -> str:
    """Name the answered questions on which it rests that a document is asked for."""
    if document.when is None:
        return ""
    behind = completeness.rests_on(sheet.criteria, sheet.criteria.formulas[document.when].names)
    titles = [
        picked(entry.title) for key, entry in sheet.criteria.inputs.items() if key in behind & set(sheet.declared)
    ]
    return str(gettext("; ")).join(titles)


def titles_of(document: completeness.Wanted) -> str:
    """Return the names of documents that prove the same, in the reader's language."""
    return str(gettext("; ")).join(picked(title) for title in document.titles)


def _place(file: Evidence, wanted: Sequence[completeness.Wanted]) -> int | None:
    """Return the document that a file is: the first of which it proves all, else the first of which it proves some."""
    tied = _tied(file)
    whole = (number for number, document in enumerate(wanted) if tied >= set(document.targets))
    partly = (number for number, document in enumerate(wanted) if tied & set(document.targets))
    return next(whole, next(partly, None))


def _tied(file: Evidence) -> set[completeness.Target]:
    return {(link.binding, link.key) for link in file.links}
