"""Recycled evidence: one file in the applications of several applicants, years or firms."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from registry.domain.likeness.clusters import paired
from registry.domain.likeness.values import Rules, StoredFile, Why, reasons


@dataclass(frozen=True, slots=True)
class Recycled:
    """A file, by digest and size, that several applications hold, and why that matters."""

    sha256: str
    size: int
    files: tuple[StoredFile, ...]
    why: frozenset[Why]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Files found in several applications, and those left out because everybody has them."""

    recycled: tuple[Recycled, ...]
    usual: tuple[Recycled, ...]


def recycled(files: Iterable[StoredFile], rules: Rules | None = None, *, handed_out: Iterable[str] = ()) -> Evidence:
    """Return the files that more than one application holds, the most applications first.

    Files that the programme itself hands out, by digest, are left out, and so are empty ones. What more than a fifth of
    all hands have, and ten at least, is told apart: a standard or a decree that all cite.
    """
    told, given = rules or Rules(), frozenset(handed_out)
    same: dict[tuple[str, int], list[StoredFile]] = defaultdict(list)
    hands = set()
    for one in sorted(files, key=lambda one: one.key):
        hands.add(one.owner.hand)
        if one.size and one.sha256 not in given:
            same[one.sha256, one.size].append(one)
    limit = max(told.usual_share * len(hands), told.usual_least)
    found: list[Recycled] = []
    usual: list[Recycled] = []
    for (sha256, size), some in same.items():
        why: set[Why] = set()
        for first, second in paired(list(dict.fromkeys(one.owner for one in some)), told.largest):
            why |= reasons(first, second)
        if why:
            row = Recycled(sha256, size, tuple(some), frozenset(why))
            (usual if len({one.owner.hand for one in some}) > limit else found).append(row)
    return Evidence(*(tuple(sorted(rows, key=_order)) for rows in (found, usual)))


def _order(one: Recycled) -> tuple[int, str, int]:
    return -len({file.owner.application for file in one.files}), one.sha256, one.size
