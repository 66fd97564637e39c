"""What two texts have in common: the same words one after another, as places that a page can mark."""

from collections import defaultdict
from collections.abc import Sequence

from registry.domain.likeness.shingling import Hashing, spans, units
from registry.domain.likeness.values import Passage

# Of a phrase that stands in a text more often than this, only the first places are tried.
_MOST_PLACES = 32


class Marked:
    """A text with its units, where each stands, and its shingles in their order; those left out begin no passage."""

    def __init__(self, text: str, hashing: Hashing, left_out: frozenset[int] = frozenset()) -> None:
        self.units = units(text)
        self.spans = spans(text)
        self.left_out = left_out
        self.shingles: list[int] = hashing.shingles(self.units).tolist()
        self.places: dict[int, list[int]] = defaultdict(list)
        for place, shingle in enumerate(self.shingles):
            self.places[shingle].append(place)


def longest(one: Marked, other: Marked) -> int:
    """Return the most shingles that count and stand one after another in both texts, others among them or not."""
    most = 0
    runs: dict[int, int] = {}
    for shingle in one.shingles:
        counted = shingle not in one.left_out
        runs = {there: runs.get(there - 1, 0) + counted for there in other.places.get(shingle, ())}
        most = max(most, max(runs.values(), default=0))
    return most


def common(one: Marked, other: Marked, least: int) -> tuple[Passage, ...]:
    """Return the passages of at least so many units that both have, in the order of the first text.

    It goes through the first text and takes at each place the longest run that begins there, so that no place of the
    first is marked twice. A run begins where a shingle counts, and may go on over what does not.
    """
    found = []
    place = 0
    while place < len(one.shingles):
        shingle = one.shingles[place]
        places = () if shingle in one.left_out else other.places.get(shingle, ())
        many, there = max(
            ((_run(one.units, other.units, place, start), -start) for start in places[:_MOST_PLACES]), default=(0, 0)
        )
        if many >= least:
            end, other_end = place + many - 1, many - there - 1
            found.append(
                Passage(one.spans[place][0], one.spans[end][1], other.spans[-there][0], other.spans[other_end][1])
            )
        place += many if many >= least else 1
    return tuple(found)


def _run(one: Sequence[str], other: Sequence[str], place: int, there: int) -> int:
    many = 0
    most = min(len(one) - place, len(other) - there)
    while many < most and one[place + many] == other[there + many]:
        many += 1
    return many
