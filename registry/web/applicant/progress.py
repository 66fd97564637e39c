"""How far a filing is: how much is answered of what is asked, in each part and in all, and what comes next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from registry.domain import completeness
from registry.domain.answers import read, required_inputs
from registry.domain.completeness import Lack, PartKind
from registry.domain.vocabulary import Binding
from registry.queries import filings
from registry.web.applicant import parts


@dataclass(frozen=True, slots=True)
class Next:
    """The question to go on with."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the questions that must be answered are, by the key of their part, and the open one to go on with.

    `next` is the first on the page where the reader is, else the one `beyond` it.
    """

    by_part: Mapping[str, tuple[int, int]]
    next: Next | None
    beyond: Next | None
    lacks: tuple[Lack, ...]

    def open_in(self, part: str) -> list[str]:
        """The inputs of a part that must still be answered."""
        return [lack.key for lack in self.lacks if lack.part == part]

    @property
    def answered(self) -> int:
        return sum(answered for answered, _asked in self.by_part.values())

    @property
    def asked(self) -> int:
        return sum(asked for _answered, asked in self.by_part.values())

    def said(self, key: str) -> str:
        """How far a part is: figures, or that it may stay empty; nothing for one without questions."""
        answered, asked = self.by_part.get(key, (0, 0))
        if key not in self.by_part:
            return ""
        return f"{answered} / {asked}" if asked else str(_("optional"))


def of(sheet: filings.Sheet, here: str = "", refused: Collection[str] = ()) -> Progress:
    """Return how far a filing is; the next question is the first open one from the part where the reader is on.

    What may stay empty is not counted, nor what the answers so far do not ask. What was `refused` on the page of the
    reader is not answered, whatever was kept there before.
    """
    criteria, answers = sheet.criteria, filings.answers(sheet, verified=False)
    missing = {lack.key for lack in completeness.lacks(criteria, answers)} | set(refused)
    lacks = tuple(Lack(part.key, key) for part in completeness.parts(criteria) for key in part.inputs if key in missing)
    reading = read(criteria, answers)
    required = set(required_inputs(criteria, reading))
    found: dict[str, tuple[int, int]] = {}
    for part in completeness.parts(criteria):
        if part.kind not in (PartKind.INPUTS, PartKind.ITEMS):
            continue
        asked = required & set(part.inputs)
        found[part.key] = (len((asked & reading.values.keys()) - set(refused)), len(asked))
    order = {part.key: place for place, part in enumerate(completeness.parts(criteria))}
    place = order.get(here, -1)
    # From here to the end, and from the beginning again.
    ahead = sorted(lacks, key=lambda lack: order[lack.part] < place)
    beyond = sorted((lack for lack in lacks if lack.part != here), key=lambda lack: order[lack.part] < place)
    return Progress(found, _next(sheet, ahead), _next(sheet, beyond), lacks)


def links(sheet: filings.Sheet, here: str, far: Progress, *, signs: bool) -> list[parts.Link]:
    """Return the parts with the state of each and how far it is, the submission last; `signs`: the reader submits."""
    notes = {key: far.said(key) for key in far.by_part}
    return parts.links(sheet, here, notes, {lack.part for lack in far.lacks}, signs=signs)


def _next(sheet: filings.Sheet, lacks: Sequence[Lack]) -> Next | None:
    if not lacks:
        return None
    lack = lacks[0]
    title = parts.target_title(sheet.criteria, (Binding.INPUT, lack.key))
    number = sheet.application.id
    return Next(title, url_for("applicant.edit", number=number, part=lack.part, _anchor=lack.anchor))
