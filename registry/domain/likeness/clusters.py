"""Pairs brought together into clusters."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import TypeVar

from registry.domain.likeness.values import Cluster, Why

Thing = TypeVar("Thing")


def paired(things: Sequence[Thing], largest: int) -> Iterator[tuple[Thing, Thing]]:
    """Return all pairs of some things; of too many each with the one before and the first, which joins all."""
    if len(things) <= largest:
        yield from combinations(things, 2)
        return
    yield from pairwise(things)
    yield from ((things[0], one) for one in things[2:])


def clustered(pairs: Iterable[tuple[str, str, frozenset[Why]]]) -> tuple[Cluster, ...]:
    """Return what hangs together through pairs, the largest first.

    A chain is one cluster although its ends may have nothing in common: the pairs say who is like whom.
    """
    rows = list(pairs)
    head: dict[str, str] = {}

    def found(key: str) -> str:
        head.setdefault(key, key)
        while head[key] != key:
            head[key] = head[head[key]]
            key = head[key]
        return key

    for one, other, _ in rows:
        first, second = sorted((found(one), found(other)))
        head[second] = first
    members: dict[str, set[str]] = defaultdict(set)
    why: dict[str, set[Why]] = defaultdict(set)
    for one, other, reasons in rows:
        members[found(one)] |= {one, other}
        why[found(one)] |= reasons
    whole = [Cluster(tuple(sorted(some)), frozenset(why[key])) for key, some in members.items()]
    return tuple(sorted(whole, key=lambda one: (-len(one.members), one.members)))
