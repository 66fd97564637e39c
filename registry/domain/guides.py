"""Guides as files: what each reader does in the portal, a page or two in both languages, with pictures of its pages."""

from typing import Annotated

from pydantic import Field

from registry.domain import plainyaml
from registry.domain.checking import shaped
from registry.domain.faults import CriteriaFaulty
from registry.domain.shapes import Frozen, SetKey, Texts, Words


class Way(Frozen):
    """A way to a page of the portal: the name of its endpoint, and the words of the link."""

    to: Words
    text: Texts


class Picture(Frozen):
    """A picture of a page, by the name of its file without language and ending; the text says what it shows."""

    name: SetKey
    text: Texts


class Chapter(Frozen):
    """A chapter: paragraphs, then steps in their order, then a picture and the ways that lead on."""

    title: Texts
    text: tuple[Texts, ...] = ()
    steps: tuple[Texts, ...] = ()
    picture: Picture | None = None
    ways: tuple[Way, ...] = ()


class Guide(Frozen):
    """The guide of one kind of reader."""

    title: Texts
    lead: Texts
    chapters: Annotated[tuple[Chapter, ...], Field(min_length=1)]


def load_guide(text: str, *, source: str) -> Guide:
    """Return a guide as its file has it, or raise CriteriaFaulty with all that is wrong with it."""
    root, faults = plainyaml.read(text, source=source)
    guide, more = shaped(root, Guide)
    if guide is None or faults or more:
        raise CriteriaFaulty(source, [*faults, *more])
    return guide
