"""``python -m benchmarks.assigning``: a whole round assigned at once, beside a greedy pass through its cases.

The greedy floor is what an officer with a list would do, written out in plain Python: case by case, the best match with
the most room left of those whom the rules allow. It is fast and nothing else: it fills fewer places or matches worse,
it says no reason, and the order of the rows decides. The figures of both plans are printed beside the times.
"""

import argparse
import resource
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.measuring import Comparison, compare, rounds, table
from registry.domain.assigning.checking import checked
from registry.domain.assigning.drawing_up import drawn_up
from registry.domain.assigning.missing import shortage
from registry.domain.assigning.planning import planned
from registry.domain.assigning.values import Case, Duo, Figures, Plan, Problem, Reason, Reviewer, Rules

SEED = 20250101
FIELDS = tuple(f"field-{number:02}" for number in range(20))
EMPLOYERS = tuple(f"employer-{number:03}" for number in range(120))
PROVINCE, CITIES, DISTRICTS = "zhejiang", 11, 8
TIE = Reason("declared")


@dataclass(frozen=True, slots=True)
class Size:
    """How large the round is, and the room that all reviewers have together beside what it needs."""

    applications: int
    reviewers: int = 400
    each: int = 5
    slack: float = 1.25


def problem(size: Size, seed: int = SEED) -> Problem:
    """Return an invented round: some fields are common and some rare, one reviewer in five comes from far away."""
    random = Random(seed)  # noqa: S311 - invented rounds, no secret
    mean = size.applications * size.each / size.reviewers * size.slack
    reviewers = tuple(
        Reviewer(
            key,
            frozenset(random.sample(FIELDS, random.randint(2, 4))),
            max(1, round(mean * random.uniform(0.6, 1.4))),
            region=_place(random) if random.random() < 0.8 else ("cn", "beijing"),
            employer=random.choice(EMPLOYERS),
            organisations=frozenset(random.sample(EMPLOYERS, random.randint(0, 2))),
        )
        for key in range(1, size.reviewers + 1)
    )
    often = [1 / (1 + number / 4) for number in range(len(FIELDS))]
    cases = tuple(
        Case(
            key,
            tuple(dict.fromkeys(random.choices(FIELDS, often, k=3))),
            size.each,
            region=_place(random),
            organisations=frozenset(random.choices(EMPLOYERS, k=2)),
        )
        for key in range(1, size.applications + 1)
    )
    ties = {
        Duo(random.randint(1, size.applications), random.randint(1, size.reviewers)): TIE
        for _ in range(2 * size.applications)
    }
    return Problem(cases, reviewers, Rules(seed="measured"), ties)


def _place(random: Random) -> tuple[str, ...]:
    city = random.randrange(CITIES)
    return "cn", PROVINCE, f"city-{city}", f"district-{city}-{random.randrange(DISTRICTS)}"


def greedy(told: Problem) -> list[Duo]:
    """Return the pairs of the floor: case by case, the best match with the most room left."""
    by_field: dict[str, list[Reviewer]] = defaultdict(list)
    for reviewer in told.reviewers:
        for field in reviewer.fields:
            by_field[field].append(reviewer)
    left = {reviewer.key: reviewer.room for reviewer in told.reviewers}
    found = []
    for case in told.cases:
        chosen: list[Reviewer] = []
        main = by_field[case.fields[0]]
        others = {one.key: one for field in case.fields[1:] for one in by_field[field]}
        rest = [one for one in others.values() if case.fields[0] not in one.fields]
        for some in (main, rest):
            for one in sorted(some, key=lambda one: -left[one.key] / one.most):
                if len(chosen) == case.needed:
                    break
                if left[one.key] and _allowed(told, case, one) and one.employer not in {two.employer for two in chosen}:
                    chosen.append(one)
                    left[one.key] -= 1
        found += [Duo(case.key, one.key) for one in chosen]
    return found


def _allowed(told: Problem, case: Case, reviewer: Reviewer) -> bool:
    return (
        (case.key, reviewer.key) not in told.ties
        and case.region[:3] != reviewer.region[:3]
        and reviewer.employer not in case.organisations
        and not case.organisations & reviewer.organisations
    )


def measured(size: Size, count: int) -> tuple[list[Comparison], Plan, Plan, Problem]:
    """Return the comparison and both plans. Raises AssertionError where one of the plans breaks a rule."""
    told = problem(size)
    plans: dict[str, Plan] = {}
    pairs: list[Duo] = []

    def ours() -> None:
        plans["ours"] = planned(told)

    def floor() -> None:
        pairs[:] = greedy(told)

    seconds = rounds({"ours": ours, "floor": floor}, count)
    plan, plain = plans["ours"], drawn_up(told, pairs)
    for one in (plan, plain):
        faults = checked(told, [placed.duo for placed in one.placed])
        if faults:
            raise AssertionError(faults[0])
    reading = f"{size.applications} × {size.reviewers} × {size.each}, proved best and explained"
    found = compare("–", reading, seconds["ours"], seconds["floor"], each=size.applications, goal=None)
    sys.stdout.write(f"seconds of each plan: {', '.join(f'{one:.1f}' for one in seconds['ours'])}\n")
    return [found], plan, plain, told


def told_figures(name: str, figures: Figures) -> str:
    """Write the figures of a plan as a line."""
    filled = f"{figures.filled} of {figures.places} places"
    return f"{name:<8}{filled}, {figures.points} points of match, burden {figures.burden}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.assigning", description=__doc__)
    parser.add_argument("--applications", type=int, default=1000, help="how many are assigned")
    parser.add_argument("--reviewers", type=int, default=400, help="how many there are to choose from")
    parser.add_argument("--each", type=int, default=5, help="how many each application needs")
    parser.add_argument("--slack", type=float, default=1.25, help="room of all reviewers in parts of what is needed")
    parser.add_argument("--rounds", type=int, default=1, help="how many rounds, each side once in each")
    parser.add_argument("--missing", action="store_true", help="also count the reviewers that are missing")
    asked = parser.parse_args(arguments)
    size = Size(asked.applications, asked.reviewers, asked.each, asked.slack)
    found, plan, plain, told = measured(size, asked.rounds)
    sys.stdout.write(f"{table(found)}\n{told_figures('best', plan.figures)}{told_figures('greedy', plain.figures)}")
    sys.stdout.write(f"{len(plan.widened)} pairs beyond the limit of candidates\n")
    if asked.missing:
        load = round(asked.applications * asked.each / asked.reviewers)

        def counted() -> None:
            lacking = shortage(told, load)
            sys.stdout.write(f"{lacking.open_places} open; missing with {load} each: {dict(lacking.reviewers)}\n")

        sys.stdout.write(f"counted in {rounds({'missing': counted}, 1)['missing'][0]:.1f} seconds\n")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"most memory of the whole process: {most} MiB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
