"""Which reviewers are possible for each case, and the candidates among them.

A set of reviewers is a whole number with one bit for each, in their order: the rules then work on all of them at once.
`grounds` tells the same rules pair by pair, in words, and a test holds the two against each other.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from registry.domain.assigning.ordering import drawn
from registry.domain.assigning.values import Case, Demand, Duo, Level, Match, Problem, Reviewer

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Possible:
    """The reviewers who may judge one case, by how well they match."""

    main: int
    other: int
    none: int

    @property
    def all(self) -> int:
        """Everyone possible, whatever the match."""
        return self.main | self.other | self.none

    def match(self, index: int) -> Match:
        """Return the match of one who is possible."""
        if self.main >> index & 1:
            return Match.MAIN
        return Match.OTHER if self.other >> index & 1 else Match.NONE


def members(of: int) -> Iterator[int]:
    """Yield the places of the bits that are set, lowest first."""
    while of:
        lowest = of & -of
        yield lowest.bit_length() - 1
        of ^= lowest


def colleagues(problem: Problem) -> list[int]:
    """Return for each reviewer who cannot serve beside them: all of the same employer, where the rules ask for that."""
    together = _groups(problem.reviewers, lambda one: [one.employer] if one.employer else [])
    alone = not problem.rules.one_of_an_employer
    return [
        1 << index if alone or one.employer is None else together[one.employer]
        for index, one in enumerate(problem.reviewers)
    ]


def possible(problem: Problem) -> list[Possible]:
    """Return the reviewers possible for each case of an ordered problem."""
    reviewers, rules = problem.reviewers, problem.rules
    places = {one.key: index for index, one in enumerate(reviewers)}
    full = _mask(index for index, one in enumerate(reviewers) if not one.room)
    fields = _groups(reviewers, lambda one: one.fields)
    organisations = _groups(reviewers, _organisations)
    apart = _Apart(reviewers, rules.apart)
    declined = _groups(reviewers, lambda one: one.declined)
    together = colleagues(problem)
    tied: dict[int, int] = defaultdict(int)
    for duo in problem.ties:
        if duo.reviewer in places:
            tied[duo.case] |= 1 << places[duo.reviewer]
    found = []
    for case in problem.cases:
        out = full | tied[case.key] | declined[case.key] | apart.too_near(case)
        if rules.own_organisation_barred:
            out |= _union(organisations[one] for one in case.organisations)
        out |= _union(together[places[key]] for key in case.kept if key in places)
        found.append(_by_match(case, rules.demand, fields, ((1 << len(reviewers)) - 1) & ~out))
    return found


def candidates(problem: Problem, able: Sequence[Possible]) -> list[int]:
    """Return the candidates for each case: the best matches, and among equals those with room whom the seed favours.

    A quarter of them are drawn without regard to the match, so that a field with many reviewers does not shut all
    others out, and whoever is possible somewhere is a candidate somewhere.
    """
    limit, seed = problem.rules.candidates, problem.rules.seed
    rooms = [one.room for one in problem.reviewers]
    found = []
    for case, one in zip(problem.cases, able, strict=True):
        if one.all.bit_count() <= limit:
            found.append(one.all)
            continue
        turn = {
            index: drawn(seed, Duo(case.key, problem.reviewers[index].key)) // rooms[index]
            for index in members(one.all)
        }
        best = (
            index for part in (one.main, one.other, one.none) for index in sorted(members(part), key=turn.__getitem__)
        )
        chosen = _mask(islice(best, limit - limit // 4))
        rest = sorted(members(one.all & ~chosen), key=turn.__getitem__)
        found.append(chosen | _mask(rest[: limit // 4]))
    return _everyone(problem, able, found)


def _everyone(problem: Problem, able: Sequence[Possible], found: list[int]) -> list[int]:
    """Bring in whoever is a candidate nowhere, each in place of somebody who is one in several cases."""
    times = [0] * len(problem.reviewers)
    for one in found:
        for index in members(one):
            times[index] += 1
    for index, reviewer in enumerate(problem.reviewers):
        if times[index]:
            continue
        where = [place for place, one in enumerate(able) if one.all >> index & 1]
        where.sort(
            key=lambda place: (
                -able[place].match(index),
                drawn(problem.rules.seed, Duo(problem.cases[place].key, reviewer.key)),
            )
        )
        for place in where:
            spare = [other for other in members(found[place]) if times[other] > 1]
            if spare:
                worst = min(spare, key=lambda other: (able[place].match(other), -times[other], other))
                found[place] = found[place] & ~(1 << worst) | 1 << index
                times[worst] -= 1
                times[index] = 1
                break
    return found


class _Apart:
    """Who lies too near to a case."""

    def __init__(self, reviewers: Sequence[Reviewer], level: Level | None) -> None:
        self._level = level
        self._barred = _groups(reviewers, lambda one: one.barred_regions)
        # By each beginning of their path as deep as the level, and by the whole of it where it ends above the level.
        self._within: dict[tuple[str, ...], int] = defaultdict(int)
        self._ending: dict[tuple[str, ...], int] = defaultdict(int)
        for index, one in enumerate(reviewers):
            path = one.region[:level]
            for deep in range(2, len(path) + 1):
                self._within[path[:deep]] |= 1 << index
            self._ending[path] |= 1 << index

    def too_near(self, case: Case) -> int:
        out = _union(self._barred[one] for one in case.region)
        if self._level is None:
            return out
        path = case.region[: self._level]
        above = _union(self._ending[path[:deep]] for deep in range(2, len(path)))
        return out | above | (self._within[path] if len(path) > 1 else 0)


def _by_match(case: Case, demand: Demand, fields: dict[str, int], allowed: int) -> Possible:
    main = fields[case.fields[0]] & allowed if case.fields else 0
    other = _union(fields[one] for one in case.fields) & allowed & ~main
    none = allowed & ~main & ~other
    return Possible(main, 0 if demand is Demand.MAIN else other, none if demand is Demand.NONE else 0)


def _organisations(reviewer: Reviewer) -> Iterable[str]:
    return reviewer.organisations if reviewer.employer is None else reviewer.organisations | {reviewer.employer}


def _groups(reviewers: Sequence[Reviewer], of: Callable[[Reviewer], Iterable[Key]]) -> dict[Key, int]:
    groups: dict[Key, int] = defaultdict(int)
    for index, one in enumerate(reviewers):
        for key in of(one):
            groups[key] |= 1 << index
    return groups


def _mask(indexes: Iterable[int]) -> int:
    return _union(1 << index for index in indexes)


def _union(masks: Iterable[int]) -> int:
    whole = 0
    for one in masks:
        whole |= one
    return whole
