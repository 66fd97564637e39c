"""Which texts may be alike: small sketches of their shingles, looked up instead of all pairs tried.

Two sketches, since each is blind where the other sees. MinHash (Broder 1997; Broder, Charikar, Frieze, Mitzenmacher,
Min-wise independent permutations, STOC 1998) with banding (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets,
chapter 3) finds texts that are alike as wholes however the changes are scattered. Winnowing (Schleimer, Wilkerson,
Aiken, Winnowing: local algorithms for document fingerprinting, SIGMOD 2003) finds a passage in a much longer text.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from registry.domain.likeness.shingling import Hashes, mixed
from registry.domain.likeness.values import Rules

Pairs = NDArray[np.int64]
_LAST = np.uint64(0xFFFFFFFFFFFFFFFF)


def signatures(sets: Sequence[Hashes], rules: Rules, seed: int) -> NDArray[np.uint64]:
    """Return of each set, none of them empty, the least number under each of many ways of stirring."""
    many = rules.rows * rules.bands
    keys = mixed(np.arange(1, 2 * many + 1, dtype=np.uint64) ^ np.uint64(seed))
    factors, added = keys[:many] | np.uint64(1), keys[many:]
    found = np.empty((len(sets), many), dtype=np.uint64)
    for row, some in enumerate(sets):
        product = some[:, None] * factors
        product += added
        # The high bits of a product are well stirred, so the least of the products is as good as drawn by lot.
        np.min(product, axis=0, out=found[row])
    return found


def banded(signed: NDArray[np.uint64], rules: Rules) -> tuple[Pairs, bool]:
    """Return the pairs that agree in all rows of a band at least once, and whether large groups were thinned."""
    found, thinned = [], False
    for band in range(rules.bands):
        numbers = np.zeros(len(signed), dtype=np.uint64)
        for column in range(band * rules.rows, (band + 1) * rules.rows):
            numbers = mixed(numbers ^ signed[:, column])
        pairs, some = _grouped(numbers, np.arange(len(signed)), rules.largest)
        found.append(pairs)
        thinned |= some
    return _once(found), thinned


def winnowed(ordered: Sequence[Hashes], window: int, largest: int) -> tuple[Pairs, bool]:
    """Return the pairs of which one may lie within the other, and whether large groups were thinned.

    The numbers of a text come in the order of the text, those that do not count as the largest number of all. Of each
    window the least is kept; a pair that shares three in ten of the fewer ones, or three, is worth comparing. A text of
    as many numbers as a window has is found in any that holds it, and so is a passage three windows long.
    """
    prints = [_prints(one, window) for one in ordered]
    sizes = np.array([len(one) for one in prints])
    whole = np.concatenate([np.empty(0, dtype=np.uint64), *prints])
    owners = np.repeat(np.arange(len(prints)), sizes)
    rows, thinned = _grouped(whole, owners, largest)
    if not len(rows):
        return rows, thinned
    pairs, shared = _counted(rows, len(prints))
    least = np.minimum(sizes[pairs[:, 0]], sizes[pairs[:, 1]])
    return pairs[shared >= np.minimum(0.3 * least, 3)], thinned


def _counted(rows: Pairs, many: int) -> tuple[Pairs, NDArray[np.int64]]:
    numbers, counts = np.unique(rows[:, 0] * many + rows[:, 1], return_counts=True)
    return np.stack((numbers // many, numbers % many), axis=1), counts


def _prints(numbers: Hashes, window: int) -> Hashes:
    if len(numbers) > window:
        numbers = np.lib.stride_tricks.sliding_window_view(numbers, window).min(axis=1)
    else:
        numbers = numbers.min(initial=_LAST, keepdims=True)
    found: Hashes = np.unique(numbers)
    return np.delete(found, found == _LAST)


def _once(found: Sequence[Pairs]) -> Pairs:
    return np.unique(np.concatenate([np.empty((0, 2), dtype=np.int64), *found]), axis=0)


def _grouped(numbers: Hashes, owners: NDArray[np.int64], largest: int) -> tuple[Pairs, bool]:
    """Return the pairs of owners that have a number in common, the lower first; of a large group only some of them."""
    order = np.lexsort((owners, numbers))
    numbers, owners = numbers[order], owners[order]
    begins = np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1]))) if len(numbers) else np.empty(0, int)
    sizes = np.diff(np.append(begins, len(numbers)))
    found = []
    for size in np.unique(sizes[sizes > 1]):
        starts = begins[sizes == size]
        if size <= largest:
            one, other = np.triu_indices(size, 1)
        else:
            # Everyone with the one before, and with the first.
            one = np.concatenate((np.arange(size - 1), np.zeros(size - 2, dtype=np.int64)))
            other = np.concatenate((np.arange(1, size), np.arange(2, size)))
        found.append(
            np.stack((owners[(starts[:, None] + one).ravel()], owners[(starts[:, None] + other).ravel()]), axis=1)
        )
    thinned = bool(len(sizes) and sizes.max() > largest)
    return np.concatenate([np.empty((0, 2), dtype=np.int64), *found]), thinned
