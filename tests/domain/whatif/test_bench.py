"""Who is in under a setting is who the ranking of everything computed anew says."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from registry.domain.quota_rules import Rule
from registry.domain.selection import rank
from registry.domain.vocabulary import Result
from registry.domain.whatif.bench import Bench, Difference
from registry.domain.whatif.frozen import Application, Column, Frame, FrozenRound, Item, marks_of
from registry.domain.whatif.settings import Left, Setting
from tests.domain.whatif.rounds import REVIEWERS, invented, limits, plainly


def moved(random: Random) -> Setting:
    """Return a setting with anything moved."""
    return Setting(
        adjusted=random.random() < 0.5,
        aggregation=random.choice([None, "mean", "median", "trimmed_mean"]),
        weights=tuple(
            (key, random.choice([Decimal("1.1"), Decimal("0.9"), Decimal("0.25"), Decimal(0)]))
            for key in random.sample(("measured", "judged", "last", "m", "p"), random.randint(0, 2))
        ),
        without=tuple(Left(name) for name in random.sample(REVIEWERS, random.choice([0, 0, 1, 2]))),
        lowest=random.choice([None, Decimal(45), Decimal(0)]),
        minima=random.choice([(), (("judged", "55%"),), (("measured", "7.25"), ("last", "0"))]),
        ties=random.choice([None, (), ("m",), ("m", "judged")]),
        places=random.choice([None, 0, 1, 5, 9, 40]),
        pool=random.choice([0, 0, 2]),
        rules=limits(random),
    )


@pytest.mark.parametrize("seed", range(60))
def test_order_and_places_are_those_of_everything_computed_anew(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - invented, no secret
    frozen = invented(random, 40, graded=seed % 3 > 0)
    bench = Bench(frozen)
    for _ in range(4):
        setting = moved(random)
        if seed % 4 == 0:
            setting = replace(setting, rules=(*setting.rules, Rule("sea", "region", "sea", least=2)))
        outcome = bench.outcome(setting)
        assert (outcome.order, outcome.selected) == plainly(frozen, setting)


@pytest.mark.parametrize("seed", range(10))
def test_a_page_that_ranks_the_candidates_shows_the_same_who_are_in(seed: int) -> None:
    random = Random(f"page {seed}")  # noqa: S311 - invented, no secret
    bench, setting = Bench(invented(random, 30)), moved(random)
    places = None if setting.places is None else setting.places + setting.pool
    rows = rank(bench.candidates(setting), places, 2, setting.rules).rows
    outcome = bench.outcome(setting)
    assert {row.key for row in rows if row.result is Result.SELECTED} == outcome.selected
    assert tuple(row.key for row in rows if row.rank is not None) == outcome.order


def one_panel(*rows: tuple[str, ...]) -> FrozenRound:
    """Return a round of one panel of ten points; each row is the marks of A, B, C … on one application."""
    frame = Frame((Column("panel", "judged", Decimal(10), "mean"),), {}, 2, 2, Decimal(100), (), None)
    applications = tuple(
        Application(key, (Item(True, Decimal(0), tuple(zip("ABCDE", map(Decimal, marks), strict=False))),))
        for key, marks in enumerate(rows, start=1)
    )
    return FrozenRound(frame, applications)


def test_a_difference_says_who_enters_and_who_leaves() -> None:
    # Means 7, 6 and 5 of ten; medians 6, 6 and 6.5: with one place the third enters and the first leaves.
    bench = Bench(one_panel(("6", "6", "9"), ("6", "6", "6"), ("2", "6.5", "6.5")))
    base = Setting(places=1)
    assert bench.outcome(base).selected == {1}
    assert bench.difference(replace(base, aggregation="median"), base) == Difference((3,), (1,))
    assert bench.difference(base, base) == Difference((), ())


def test_places_of_the_pool_are_places() -> None:
    bench = Bench(one_panel(("9",), ("8",), ("7",)))
    assert bench.outcome(Setting(places=1)).selected == {1}
    assert bench.outcome(Setting(places=1, pool=1)).selected == {1, 2}


def test_a_reviewer_left_out_of_one_application_still_counts_in_the_others() -> None:
    # Without A the first has 8 and the second 9; without A in the first alone the second keeps its 6.
    bench = Bench(one_panel(("2", "8"), ("3", "9")))
    outcome = bench.outcome(Setting(without=(Left("A", application=1),)))
    assert outcome.figures == {1: Decimal("80.00"), 2: Decimal("60.00")}
    assert bench.outcome(Setting(without=(Left("A"),))).figures == {1: Decimal("80.00"), 2: Decimal("90.00")}


def test_an_adjusted_mark_is_held_between_nothing_and_the_maximum() -> None:
    # A is severe by a tenth, one point of ten: 9.5 becomes 10 and 4 becomes 5. B is lenient by 0.2: 1 becomes 0.
    frozen = replace(one_panel(("9.5", "10"), ("4", "1")), severities={"A": Decimal("0.1"), "B": Decimal("-0.2")})
    # (10 + 8) ÷ 2 = 9 and (5 + 0) ÷ 2 = 2.5 of ten.
    assert Bench(frozen).outcome(Setting(adjusted=True)).figures == {1: Decimal("90.00"), 2: Decimal("25.00")}


def test_what_a_reviewer_gave_in_all_is_the_share_of_the_panels_marked() -> None:
    (first, second) = marks_of(one_panel(("2", "8")))
    assert (first.application, first.reviewer, first.share) == (1, "A", Decimal("0.2"))
    assert (second.application, second.reviewer, second.share) == (1, "B", Decimal("0.8"))


def test_a_round_of_nobody_has_nobody_in_it() -> None:
    outcome = Bench(one_panel()).outcome(Setting(places=3))
    assert (outcome.order, outcome.selected, outcome.figures) == ((), frozenset(), {})
