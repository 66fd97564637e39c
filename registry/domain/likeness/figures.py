"""The same figures: numbers so unusual that several applications hardly have them by chance.

A number of d digits is one of ten to the power of d, so that two applications agree in it by chance about once in so
many. Each shared number counts log2(10) = 3.32 bits for every digit beyond the second; the first two are what a hundred
questions give to chance. Noughts at the end are no digits: 12000 has two. A number that further applicants have too
counts less by the logarithm of how many, and not at all where it is everybody's, a year, or a declared constant.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log2

from registry.domain.likeness.clusters import clustered, paired
from registry.domain.likeness.values import Cluster, Figures, Rules, Why, reasons

BITS_OF_A_DIGIT = log2(10)
FREE_DIGITS = 2
# Beyond the chance of all pairs: one false finding is expected in a thousand such rounds.
MARGIN = 10.0
_YEARS = range(1990, 2061)


@dataclass(frozen=True, slots=True)
class Shared:
    """A number that two applications give, with the questions under which each gives it, and what it counts."""

    value: Decimal
    questions: tuple[str, ...]
    others: tuple[str, ...]
    bits: float


@dataclass(frozen=True, slots=True)
class FigurePair:
    """Two applications with the same figures: what they share, and what that counts in all."""

    one: str
    other: str
    shared: tuple[Shared, ...]
    bits: float
    why: frozenset[Why]


@dataclass(frozen=True, slots=True)
class FigureReport:
    """Pairs, those that count most first, their clusters, and how many bits a pair needed."""

    pairs: tuple[FigurePair, ...]
    clusters: tuple[Cluster, ...]
    needed: float


def digits(value: Decimal) -> int:
    """Return how many digits a number has, without noughts before and after."""
    return len("".join(map(str, value.as_tuple().digits)).strip("0"))


def same_figures(
    rows: Iterable[Figures], rules: Rules | None = None, *, constants: Iterable[Decimal] = ()
) -> FigureReport:
    """Return the pairs of applications whose shared numbers count more than chance gives to one of all pairs.

    A pair needs log2 of the number of pairs, and ten bits more. Under another question a number counts the less by
    log2 of the number of questions, for it may agree with any.
    """
    told, given = rules or Rules(), frozenset(constants)
    ordered = sorted(rows, key=lambda one: one.key)
    many = len(ordered)
    needed = log2(max(1, many * (many - 1) // 2)) + MARGIN
    questions = [_questions(one.values) for one in ordered]
    having: dict[Decimal, list[int]] = defaultdict(list)
    for place, some in enumerate(questions):
        for value in some:
            having[value].append(place)
    bits = dict(_bits(having, ordered, given, told))
    found: dict[tuple[int, int], list[Shared]] = defaultdict(list)
    for value in sorted(bits):
        for one, other in paired(having[value], told.largest):
            first, second = questions[one][value], questions[other][value]
            counted = bits[value] if first & second else bits[value] - log2(max(len(ordered[other].values), 1))
            if counted > 0 and reasons(ordered[one].owner, ordered[other].owner):
                found[one, other].append(Shared(value, tuple(sorted(first)), tuple(sorted(second)), counted))
    pairs = [_pair(ordered[one], ordered[other], shared) for (one, other), shared in found.items()]
    kept = sorted((one for one in pairs if one.bits >= needed), key=lambda one: (-one.bits, one.one, one.other))
    return FigureReport(tuple(kept), clustered((one.one, one.other, one.why) for one in kept), needed)


def _questions(values: Mapping[str, Decimal]) -> dict[Decimal, set[str]]:
    found: dict[Decimal, set[str]] = defaultdict(set)
    for question, value in values.items():
        if value.is_finite():
            found[value].add(question)
    return found


def _bits(
    having: Mapping[Decimal, Sequence[int]], rows: Sequence[Figures], constants: frozenset[Decimal], rules: Rules
) -> Iterator[tuple[Decimal, float]]:
    """Say of each number that several have what it counts, where that is anything."""
    limit = max(rules.usual_share * len({one.owner.hand for one in rows}), rules.usual_least)
    for value, places in having.items():
        if len(places) < 2 or value in constants or value in _YEARS:
            continue
        if len({rows[place].owner.hand for place in places}) > limit:
            continue
        applicants = len({rows[place].owner.applicant for place in places})
        counted = (digits(value) - FREE_DIGITS) * BITS_OF_A_DIGIT - log2(max(1, applicants - 1))
        if counted > 0:
            yield value, counted


def _pair(one: Figures, other: Figures, shared: Sequence[Shared]) -> FigurePair:
    strongest = tuple(sorted(shared, key=lambda row: (-row.bits, row.value)))
    return FigurePair(
        one.key, other.key, strongest, sum(row.bits for row in strongest), reasons(one.owner, other.owner)
    )
