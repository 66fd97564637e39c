"""The documents that a set asks for: which are still to come and by when, which are there, which nobody needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext

from registry.domain import completeness
from registry.domain.completeness import Need
from registry.models import Evidence
from registry.queries import filings
from registry.web import reading
from registry.web.applicant import parts
from registry.web.templating import picked


class PaperState(StrEnum):
    """What is to be said of a document."""

    MISSING = "missing"
    THERE = "there"
    UNNEEDED = "unneeded"


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that is wanted: by when, what of it is open, and its files; `proved` where any file proves some of it.

    `because` is the condition on which it is asked for, empty where what it proves says so by itself.
    """

    number: int
    title: str
    need: Need
    because: str
    open: tuple[str, ...]
    files: tuple[Evidence, ...]
    proved: bool

    @property
    def state(self) -> PaperState:
        """Whether it is still to come, is there, or is not needed as the answers stand."""
        if self.open:
            return PaperState.MISSING
        return PaperState.THERE if self.proved else PaperState.UNNEEDED


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
        """How many documents the answers ask for."""
        return sum(1 for paper in self.papers if paper.state is not PaperState.UNNEEDED)


def of(sheet: filings.Sheet) -> Proofs:
    """Return the documents that are wanted in their order, and the files that prove something else.

    A file that proves several documents stands with one of them.
    """
    unproved = dict(completeness.unproved(sheet.criteria, filings.answers(sheet, verified=False), sheet.bound))
    wanted = completeness.wanted(sheet.criteria)
    places = {file.id: _place(file, wanted) for file in sheet.evidence}
    papers = tuple(
        Paper(
            number,
            titles_of(document),
            document.need,
            reading.in_words(document.when, sheet.criteria) if document.when else "",
            tuple(parts.target_title(sheet.criteria, target) for target in unproved.get(number, ())),
            tuple(file for file in sheet.evidence if places[file.id] == number),
            any(_tied(file) & set(document.targets) for file in sheet.evidence),
        )
        for number, document in enumerate(wanted)
    )
    others = tuple(file for file in sheet.evidence if places[file.id] is None)
    return Proofs(papers, others, sum(file.size for file in sheet.evidence))


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
