"""A problem in the one order in which it is solved, its digest, and the numbers that a seed draws.

Everything that follows works on this order, so that the rows may come in any.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace

from registry.domain.assigning.values import Duo, Problem
from registry.domain.errors import Invalid

FORM = 1


def ordered(problem: Problem) -> Problem:
    """Return the problem with cases, reviewers and ties by key.

    Raises Invalid where a key stands twice, a number is below what makes sense, or there is no seed.
    """
    _once("case_twice", (one.key for one in problem.cases))
    _once("reviewer_twice", (one.key for one in problem.reviewers))
    for case in problem.cases:
        if case.needed < 0:
            raise Invalid("needed_below_zero", case=case.key)
    for reviewer in problem.reviewers:
        if reviewer.most < 0 or reviewer.taken < 0:
            raise Invalid("load_below_zero", reviewer=reviewer.key)
    if problem.rules.candidates < 1:
        raise Invalid("candidates_below_one")
    if not problem.rules.seed:
        raise Invalid("seed_needed")
    cases = tuple(sorted(problem.cases, key=lambda one: one.key))
    reviewers = tuple(sorted(problem.reviewers, key=lambda one: one.key))
    return replace(problem, cases=cases, reviewers=reviewers, ties=dict(sorted(problem.ties.items())))


def digest(problem: Problem) -> str:
    """Return the SHA-256 of all that the plan depends on, the same in whatever order the rows came."""
    whole = ordered(problem)
    told = {
        "form": FORM,
        "cases": [asdict(one) for one in whole.cases],
        "reviewers": [asdict(one) for one in whole.reviewers],
        "rules": asdict(whole.rules),
        "ties": [[*duo, asdict(reason)] for duo, reason in whole.ties.items()],
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def drawn(seed: str, duo: Duo) -> int:
    """Return the number below 2**60 that the seed draws for a pair, the same on every machine."""
    told = hashlib.blake2b(b"%d %d" % duo, key=hashlib.sha256(seed.encode()).digest(), digest_size=8)
    return int.from_bytes(told.digest(), "big") >> 4


def _once(key: str, keys: Iterable[int]) -> None:
    twice = sorted(one for one, times in Counter(keys).items() if times > 1)
    if twice:
        raise Invalid(key, keys=tuple(twice))


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value)
