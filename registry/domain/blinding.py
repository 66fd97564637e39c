"""Blind review: the names that could tell who applies, and how they are put out of sight wherever they stand.

A name is found whatever its case, its width, its accents, and whatever blanks or signs stand between its letters. Not
every name is hidden inside a text: one of two Chinese signs is hidden where it is a person's or a place's, for of
anything else it may well be a common word, and a short Latin one only where it stands as a word. Traditional and
simplified characters are not brought together. What the veil cannot know – a trade name alone, a photograph – is for
whoever opens a file to look at.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from registry.domain.ties.names import read

# What stands in the place of a name.
MARK = "▇▇▇"
LEAST = 3
LEAST_SHORT = 2
LEAST_LATIN = 4
# A Latin name so long is hidden inside a longer word too.
ANYWHERE_LATIN = 6
_SIGN = MARK[0]
_ENCODINGS = ("utf-8", "gb18030", "utf-16-be", "utf-16-le")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as names are looked for in it: letters and digits of one spelling, each with its place in the text."""

    signs: str
    places: tuple[int, ...]


def folded(text: str) -> Folded:
    """Return a text without case, width, accents, blanks and punctuation."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for one in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold()):
            if one.isalnum() or one == _SIGN:
                signs.append(one)
                places.append(place)
    return Folded("".join(signs), tuple(places))


@dataclass(frozen=True)
class Veil:
    """The names that are hidden; without any it changes nothing.

    `names` are those of organisations and sites, codes, addresses and the like, `short` those of people and places.
    """

    names: frozenset[str] = frozenset()
    short: frozenset[str] = frozenset()
    _kept: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _wanted(self) -> tuple[str, ...]:
        """The names as they are looked for, the longest first."""
        found = {sign for name in self.names if _tells(sign := folded(name).signs, LEAST)}
        found |= {sign for name in self.short if _tells(sign := folded(name).signs, LEAST_SHORT)}
        return tuple(sorted(found, key=lambda name: (-len(name), name)))

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        return re.compile("|".join(map(re.escape, self._wanted))) if self._wanted else None

    def text(self, text: str) -> str:
        """Return a text with a mark in the place of every name."""
        if self._pattern is None or not text:
            return text
        known = self._kept.get(text)
        if known is None:
            known = self._kept[text] = self._veiled(text)
        return known

    def names_in(self, text: str) -> bool:
        """Tell whether a name stands in a text."""
        return next(self._found(text), None) is not None

    def value(self, value: Any) -> Any:
        """Return a stored value with a mark in the place of every name in its texts."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.value(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(one) for one in value]
        return value

    def told_in(self, content: Iterable[bytes]) -> bool:
        """Tell whether parts of a file name somebody: as they stand in the usual encodings, or as numbers of a PDF."""
        needles = tuple(self._needles())
        return any(needle in part for part in (one.lower() for one in content) for needle in needles)

    def _needles(self) -> Iterator[bytes]:
        for name, least in (*((one, LEAST) for one in self.names), *((one, LEAST_SHORT) for one in self.short)):
            # Two Chinese signs are four bytes or six that may come about by chance; a file is no text.
            if not _tells(folded(name).signs, max(least, LEAST)):
                continue
            for spelling in {name.strip(), unicodedata.normalize("NFKC", name.strip())}:
                for encoding in _ENCODINGS:
                    encoded = spelling.encode(encoding, "ignore")
                    yield encoded.lower()
                    if encoding == "utf-16-be":
                        yield encoded.hex().encode()

    def _veiled(self, text: str) -> str:
        shown, at = [], 0
        for begin, end in self._found(text):
            shown += [text[at:begin], MARK]
            at = end
        return "".join([*shown, text[at:]])

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield from where to where names stand in a text."""
        if self._pattern is None:
            return
        found, at = folded(text), 0
        while match := self._pattern.search(found.signs, at):
            begin, end = found.places[match.start()], found.places[match.end() - 1] + 1
            if _stands_alone(match[0], text, begin, end):
                yield begin, end
                at = match.end()
                # A sign of several letters is out of sight whole.
                while at < len(found.places) and found.places[at] < end:
                    at += 1
            else:
                at = match.start() + 1


def spellings(name: str, places: Iterable[str] = ()) -> frozenset[str]:
    """Return how an organisation or a site may be called: in full, without its legal form, without its place.

    What is left of a name counts only where it still tells whose it is.
    """
    whole = read(name)
    cores = {"".join(whole.core) if not name.isascii() else " ".join(whole.core)}
    cores |= {core.removeprefix(place) for core in cores for place in places if place}
    return frozenset({name, *(core for core in cores if read(core).telling)})


def _tells(signs: str, least: int) -> bool:
    return len(signs) >= (LEAST_LATIN if signs.isascii() else least)


def _stands_alone(name: str, text: str, begin: int, end: int) -> bool:
    """Tell whether a name is no part of a longer Latin word; a long one, and a Chinese one, need not be asked."""
    if len(name) >= ANYWHERE_LATIN or not name.isascii():
        return True
    return not (_latin(text[begin - 1 : begin]) or _latin(text[end : end + 1]))


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()
