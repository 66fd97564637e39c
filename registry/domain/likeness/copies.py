"""Near-duplicate texts: candidates from sketches, each compared exactly, with the common passages and the reasons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from registry.domain.likeness.clusters import clustered
from registry.domain.likeness.passages import Marked, common, longest
from registry.domain.likeness.shingling import Hashes, Hashing, without
from registry.domain.likeness.sketches import Pairs, banded, signatures, winnowed
from registry.domain.likeness.values import Pair, Report, Rules, Text, TextKind, reasons

_LAST = np.uint64(0xFFFFFFFFFFFFFFFF)
_NONE = np.empty(0, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Shingled:
    """Texts that are long enough, in the order of their keys, with the shingles that count."""

    texts: tuple[Text, ...]
    ordered: tuple[Hashes, ...]
    sets: tuple[Hashes, ...]
    usual: Hashes
    too_short: tuple[str, ...]


def compared(texts: Iterable[Text], rules: Rules | None = None, *, handed_out: Sequence[str] = ()) -> Report:
    """Return which texts are alike though they are not of one application, whatever order they come in.

    `handed_out` are texts that the form itself gives, such as the help of its questions: what stands in them counts for
    nothing. Answers and evidence are compared with each other, reviewers' justifications among themselves. Keys must be
    different.
    """
    told = rules or Rules()
    rows = sorted(texts, key=lambda one: one.key)
    halves = [[one for one in rows if (one.kind is TextKind.REVIEW) is side] for side in (False, True)]
    reports = [_compared(half, told, handed_out) for half in halves]
    pairs = sorted(
        (pair for report in reports for pair in report.pairs),
        key=lambda one: (-max(one.jaccard, one.containment), -one.jaccard, one.one, one.other),
    )
    return Report(
        tuple(pairs),
        clustered((one.one, one.other, one.why) for one in pairs),
        tuple(sorted(key for report in reports for key in report.too_short)),
        sum(report.usual for report in reports),
        sum(report.candidates for report in reports),
        any(report.thinned for report in reports),
    )


def _compared(texts: Sequence[Text], rules: Rules, handed_out: Sequence[str]) -> Report:
    hashing = Hashing(rules.seed, rules.gram)
    told = shingled(texts, rules, hashing, handed_out)
    candidates, thinned = candidate_pairs(told, rules)
    exact = Exact(told)
    marked = _Marking(told, hashing)
    pairs = []
    tried = 0
    for one, other in candidates.tolist():
        why = reasons(told.texts[one].owner, told.texts[other].owner)
        if not why:
            continue
        tried += 1
        shared, jaccard, containment = exact.likeness(one, other)
        alike = jaccard >= rules.alike or containment >= rules.held
        if alike or shared >= rules.long:
            here, there = marked.of(one), marked.of(other)
            run = longest(here, there)
            if alike or run >= rules.long:
                keys = told.texts[one].key, told.texts[other].key
                passages = common(here, there, rules.passage)
                pairs.append(Pair(*keys, jaccard, containment, run, why, passages))
    return Report(tuple(pairs), (), told.too_short, len(told.usual), tried, thinned)


class _Marking:
    """The texts of a comparison with the places of their units, each read when it is first asked for."""

    def __init__(self, told: Shingled, hashing: Hashing) -> None:
        self._told, self._hashing = told, hashing
        self._left_out = frozenset(told.usual.tolist())
        self._read: dict[int, Marked] = {}

    def of(self, place: int) -> Marked:
        found = self._read.get(place)
        if found is None:
            found = self._read[place] = Marked(self._told.texts[place].text, self._hashing, self._left_out)
        return found


def shingled(texts: Sequence[Text], rules: Rules, hashing: Hashing, handed_out: Sequence[str] = ()) -> Shingled:
    """Return texts as sets of the shingles that count: neither handed out nor everybody's."""
    ordered = [hashing.of(one.text) for one in texts]
    given = np.unique(np.concatenate([_NONE, *(hashing.of(one) for one in handed_out)]))
    usual = np.union1d(
        given, _everybodys([np.unique(one) for one in ordered], [one.owner.hand for one in texts], rules)
    )
    kept: list[tuple[Text, Hashes, Hashes]] = []
    too_short = []
    for text, hashes in zip(texts, ordered, strict=True):
        counts = without(hashes, usual)
        some = np.unique(hashes[counts])
        if len(some) >= max(1, rules.shortest[text.kind]):
            kept.append((text, np.where(counts, hashes, _LAST), some))
        else:
            too_short.append(text.key)
    return Shingled(
        tuple(text for text, _, _ in kept),
        tuple(hashes for _, hashes, _ in kept),
        tuple(some for _, _, some in kept),
        usual,
        tuple(too_short),
    )


def _everybodys(sets: Sequence[Hashes], hands: Sequence[str], rules: Rules) -> Hashes:
    """Return the shingles that too many hands use to be anybody's, sorted."""
    numbers = {hand: number for number, hand in enumerate(sorted(set(hands)))}
    limit = max(rules.usual_share * len(numbers), rules.usual_least)
    whole = np.concatenate([_NONE, *sets])
    owners = np.repeat(np.array([numbers[hand] for hand in hands], dtype=np.int64), [len(one) for one in sets])
    several, counts = np.unique(whole, return_counts=True)
    often = several[counts > limit]
    there = ~without(whole, often) if len(often) else np.zeros(len(whole), dtype=np.bool_)
    places = np.searchsorted(often, whole[there])
    each = np.unique(places * len(numbers) + owners[there])
    used = np.bincount(each // len(numbers), minlength=len(often)) if len(often) else np.empty(0, dtype=np.int64)
    found: Hashes = often[used > limit]
    return found


def candidate_pairs(told: Shingled, rules: Rules) -> tuple[Pairs, bool]:
    """Return the pairs worth comparing, by place, the lower first, and whether large groups were thinned."""
    if not told.texts:
        return np.empty((0, 2), dtype=np.int64), False
    seed = int.from_bytes(blake2b(rules.seed.encode(), digest_size=8).digest(), "big")
    alike, some = banded(signatures(told.sets, rules, seed), rules)
    window = min(rules.window, *(rules.shortest[one.kind] for one in told.texts))
    within, others = winnowed(told.ordered, max(1, window), rules.largest)
    return np.unique(np.concatenate((alike, within)), axis=0), some or others


class Exact:
    """The exact likeness of two texts; a shingle that only one text has cannot be shared and is not looked at."""

    def __init__(self, told: Shingled) -> None:
        self._sizes = [len(one) for one in told.sets]
        bounds = np.cumsum([0, *self._sizes])
        _, places, counts = np.unique(np.concatenate([_NONE, *told.sets]), return_inverse=True, return_counts=True)
        self._shared: list[NDArray[np.int64]] = []
        for start, end in pairwise(bounds):
            some = places[start:end]
            self._shared.append(some[counts[some] > 1])
        self._sets: dict[int, frozenset[int]] = {}

    def likeness(self, one: int, other: int) -> tuple[int, float, float]:
        """Return what two texts share, their Jaccard index, and which part of the shorter lies in the longer."""
        shared = len(self._set(one) & self._set(other))
        first, second = self._sizes[one], self._sizes[other]
        return shared, shared / (first + second - shared), shared / min(first, second)

    def _set(self, place: int) -> frozenset[int]:
        found = self._sets.get(place)
        if found is None:
            found = self._sets[place] = frozenset(self._shared[place].tolist())
        return found
