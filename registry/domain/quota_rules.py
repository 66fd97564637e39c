"""Quota rules as data: limits and reserved places of groups, and who is in when places are filled down a ranking.

A group is whatever a rule counts by: a category, a region, a bureau, an applicant, an evaluator firm, an answer. The
documents set such numbers by category and by region (`ZJ 二(一)`: 200 projects, 20 cities, 50 parks), the notices of
comparable lists by bureau, by applicant and by evaluator firm.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

# The groups of one candidate: by what is counted, the values it has. A plant is in its district, city and province.
Groups = Mapping[str, tuple[str, ...]]
Ordered = Sequence[tuple[int, Groups]]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """At most, or at least, so many places for one group, or for each group by itself where no value is given.

    `taken` is how many places each group holds already: from earlier decisions, or from earlier years where the number
    is one of several years.
    """

    key: str
    by: str
    value: str | None = None
    least: int | None = None
    most: int | None = None
    taken: Mapping[str, int] = field(default_factory=dict)


Cell = tuple[Rule, str]


@dataclass(frozen=True, slots=True)
class Allotted:
    """Who is in, and by whose key of a rule: who stands at a full limit, is in, or is out, for the sake of reserved
    places alone."""

    taken: frozenset[int]
    passed: Mapping[int, str]
    favoured: Mapping[int, str]
    displaced: Mapping[int, str]

    def rule_of(self, key: int) -> str | None:
        """Return the key of the rule that a candidate's place rests on, or None where it is its rank alone."""
        return self.favoured.get(key) or self.displaced.get(key) or self.passed.get(key)


def allot(ordered: Ordered, places: int, rules: Sequence[Rule] = ()) -> Allotted:
    """Fill the places down the ranking with whoever no rule keeps out, and say which rule moved whom.

    Whoever stands before is in before, except where a limit of one of its groups is full, or as many places are left as
    must be kept for groups that have not had theirs. What is kept for a group of which nobody is left is free for all.
    """
    filled = _Filling(ordered, places, rules)
    if not any(rule.least for rule in rules):
        return Allotted(frozenset(filled.taken), filled.passed, {}, {})
    limits = tuple(replace(rule, least=None) for rule in rules if rule.most is not None)
    by_rank = _Filling(ordered, places, limits).taken
    return Allotted(
        frozenset(filled.taken),
        filled.passed,
        {key: rule for key, rule in filled.taken.items() if key not in by_rank},
        {key: rule for key, rule in filled.postponed.items() if key in by_rank},
    )


class _Filling:
    """The places as they are filled, from the first of the ranking to the last.

    `taken` and `postponed` name the rule by which somebody fills a kept place or waits for one that is kept.
    """

    def __init__(self, ordered: Ordered, places: int, rules: Sequence[Rule]) -> None:
        self.left = places
        self.held = Counter({(rule, value): many for rule in rules for value, many in rule.taken.items()})
        self.cells = {key: tuple(cells_of(groups, rules)) for key, groups in ordered}
        keeping = [cell for cells in self.cells.values() for cell in cells if cell[0].least]
        self.to_come = Counter(keeping)
        self.taken: dict[int, str] = {}
        self.passed: dict[int, str] = {}
        self.postponed: dict[int, str] = {}
        for key in self.cells:
            self._offer(key)
            while self.postponed and self._free() > 0:
                self._offer(next(iter(self.postponed)))

    def _offer(self, key: int) -> None:
        """Take somebody in, pass over, or postpone while all that is left is kept for others."""
        cells = self.cells[key]
        waited = self.postponed.pop(key, "")
        full = next((rule for rule, value in cells if _is_full(rule, self.held[rule, value])), None)
        fills = next((cell[0] for cell in cells if self._kept(cell)), None)
        if full is not None:
            self.passed[key] = full.key
        elif self.left > 0 and (fills is not None or self._free() > 0):
            self.taken[key] = fills.key if fills else ""
            self.left -= 1
            self.held.update(cells)
        elif self.left > 0:
            self.postponed[key] = waited or next(cell[0].key for cell in self.to_come if self._kept(cell))
            return
        self.to_come.subtract(cell for cell in cells if cell[0].least)

    def _free(self) -> int:
        """Return how many of the places left need not be kept for a group."""
        return self.left - sum(self._kept(cell) for cell in self.to_come)

    def _kept(self, cell: Cell) -> int:
        """Return how many places are kept for a group: what it has not had, as far as there is somebody for them."""
        return max(0, min((cell[0].least or 0) - self.held[cell], self.to_come[cell]))


def cells_of(groups: Groups, rules: Iterable[Rule]) -> Iterable[Cell]:
    """Return where a candidate counts: the rules that concern it, each with the candidate's value."""
    for rule in rules:
        for value in groups.get(rule.by, ()):
            if rule.value is None or rule.value == value:
                yield rule, value


def _is_full(rule: Rule, held: int) -> bool:
    return rule.most is not None and held >= rule.most
