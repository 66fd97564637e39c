"""Rounds too large to try everything: the limit of candidates costs no place, and nothing else goes wrong."""

import subprocess
import sys
from dataclasses import replace
from random import Random

import pytest

from registry.domain.assigning.checking import checked
from registry.domain.assigning.missing import shortage
from registry.domain.assigning.planning import planned
from registry.domain.assigning.values import Case, Demand, Problem, Reviewer, Rules

PURE = "values grounds ordering weighing filling drawing_up checking"


def scarce(seed: int) -> Problem:
    """Return a round in which some fields have too few reviewers, most employers several, and few have room."""
    random = Random(seed)  # noqa: S311 - invented rounds, no secret
    fields = [f"field-{number:02}" for number in range(random.randint(2, 12))]
    often = [1 / (1 + number) for number in range(len(fields))]
    employers = [f"employer-{number}" for number in range(random.randint(3, 12))]
    reviewers = tuple(
        Reviewer(
            key,
            frozenset(random.choices(fields, k=2)),
            random.randint(1, 6),
            taken=random.randint(0, 2),
            region=("cn", "east", f"city-{random.randrange(4)}"),
            employer=random.choice(employers),
        )
        for key in range(40)
    )
    cases = tuple(
        Case(
            key,
            tuple(dict.fromkeys(random.choices(fields, often, k=3))),
            random.randint(0, 4),
            region=("cn", "east", f"city-{random.randrange(4)}"),
            organisations=frozenset({random.choice(employers)}),
            kept=frozenset({random.randrange(40)}),
        )
        for key in range(60)
    )
    rules = Rules(seed=str(seed), candidates=random.choice([1, 2, 5]), demand=random.choice(list(Demand)))
    return Problem(cases, reviewers, rules)


@pytest.mark.parametrize("seed", range(12))
def test_the_limit_of_candidates_costs_no_place(seed: int):
    told = scarce(seed)
    plan = planned(told)
    assert checked(told, [one.duo for one in plan.placed]) == ()
    assert plan.figures.filled == planned(replace(told, rules=replace(told.rules, candidates=40))).figures.filled
    assert sum(one.missing for one in plan.gaps) == plan.figures.places - plan.figures.filled
    within = {one.key: told.rules.candidates for one in told.cases}
    for duo in plan.widened:
        within[duo.case] += 1
    assert all(len(who) <= within[case] for case, who in plan.candidates.items())


@pytest.mark.parametrize("seed", range(12))
def test_with_those_who_are_missing_every_place_is_filled(seed: int):
    told = scarce(seed)
    told = replace(told, rules=replace(told.rules, demand=Demand.ANY))
    found = shortage(told, 3)
    fields = [field for field, number in found.reviewers.items() for _ in range(number)]
    more = tuple(Reviewer(key, frozenset({field}), 3) for key, field in enumerate(fields, start=100))
    assert planned(replace(told, reviewers=told.reviewers + more)).gaps == ()
    one_less = planned(replace(told, reviewers=told.reviewers + more[1:]))
    assert bool(one_less.gaps) == bool(fields)
    assert found.open_places == sum(one.missing for one in planned(told).gaps) == sum(found.fills.values())


def test_the_solver_is_loaded_by_those_only_who_plan():
    names = ", ".join(f"registry.domain.assigning.{name}" for name in PURE.split())
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, {names}; print('highspy' in sys.modules, 'numpy' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "False False\n"
