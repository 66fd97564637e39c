"""Texts as sets of shingles: runs of so many units, a unit being a Chinese sign or a word of other writing.

Shingles and the likeness of two texts as the likeness of their sets are Broder's: A. Z. Broder, On the resemblance and
containment of documents, Proceedings of Compression and Complexity of Sequences 1997. Width, case, accents, blanks and
punctuation are left out of account before; simplified and traditional characters are not brought together.
"""

import re
import unicodedata
from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_SIGNS = "\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNIT = re.compile(f"[{_SIGNS}]|[^\\W_{_SIGNS}]+")


@cache
def _usual(sign: str) -> str:
    """Return a sign in its usual spelling: of usual width, small, without accents."""
    parts = unicodedata.normalize("NFKD", sign).casefold()
    return "".join(one for one in parts if unicodedata.category(one) != "Mn")


class _Spelling(dict[int, str]):
    def __missing__(self, sign: int) -> str:
        self[sign] = found = _usual(chr(sign))
        return found


_SPELLING = _Spelling()


def units(text: str) -> list[str]:
    """Return the units of a text in their one spelling."""
    found: list[str] = _UNIT.findall(text.translate(_SPELLING))
    return found


def spans(text: str) -> list[tuple[int, int]]:
    """Return of each unit of a text from where to where it stands in the text as it was written."""
    places: list[int] = []
    for place, sign in enumerate(text):
        places += [place] * len(_usual(sign))
    found = _UNIT.finditer(text.translate(_SPELLING))
    return [(places[one.start()], places[one.end() - 1] + 1) for one in found]


class Hashing:
    """Shingles as numbers of 64 bits under a key, the same on every machine and in every run.

    Two shingles of one number are as good as impossible: with five million of them the chance that any two are is
    below one in a million. All that is called exact here is exact but for that.
    """

    def __init__(self, seed: str, gram: int) -> None:
        self.gram = gram
        self._key = seed.encode()[:64]
        self._known: dict[str, int] = {}

    def shingles(self, words: list[str]) -> Hashes:
        """Return the shingles of some units in their order; none where there are fewer units than one takes."""
        known = self._known
        for word in set(words).difference(known):
            known[word] = int.from_bytes(blake2b(word.encode(), digest_size=8, key=self._key).digest(), "big")
        each = np.array([known[word] for word in words], dtype=np.uint64)
        many = len(each) - self.gram + 1
        if many < 1:
            return np.empty(0, dtype=np.uint64)
        found = np.zeros(many, dtype=np.uint64)
        for place in range(self.gram):
            found = mixed(found ^ each[place : place + many])
        return found

    def of(self, text: str) -> Hashes:
        """Return the shingles of a text in their order."""
        return self.shingles(units(text))


def mixed(numbers: Hashes) -> Hashes:
    """Return numbers stirred so that each bit hangs on all: the last step of SplitMix64 (Steele et al. 2014)."""
    found = numbers + np.uint64(0x9E3779B97F4A7C15)
    found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def without(numbers: Hashes, left_out: Hashes) -> NDArray[np.bool_]:
    """Tell of each number whether it is not among those left out, which are sorted."""
    if not len(left_out):
        return np.ones(len(numbers), dtype=np.bool_)
    places = np.minimum(np.searchsorted(left_out, numbers), len(left_out) - 1)
    kept: NDArray[np.bool_] = left_out[places] != numbers
    return kept
