"""In how many plausible settings each application is in, proved by computing every one of them anew."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from registry.domain.quota_rules import Rule
from registry.domain.whatif.bench import Bench
from registry.domain.whatif.frozen import FrozenRound
from registry.domain.whatif.settings import Left, Setting
from registry.domain.whatif.stability import Firmness, Standing, settings_of, stability
from tests.domain.whatif.rounds import invented, limits, plainly
from tests.domain.whatif.test_bench import one_panel


def counted(frozen: FrozenRound, base: Setting) -> dict[int, Standing]:
    """Return every standing from each setting of each application, computed anew."""
    bench = Bench(frozen)
    known: dict[Setting, frozenset[int]] = {}
    now = plainly(frozen, base)[1]
    found = {}
    for one in frozen.applications:
        inside, otherwise, settings = 0, [], settings_of(bench, base, one.key)
        for setting in settings:
            if setting not in known:
                known[setting] = plainly(frozen, setting)[1]
            inside += one.key in known[setting]
            if (one.key in known[setting]) != (one.key in now):
                otherwise.append(setting.key)
        found[one.key] = Standing(one.key, inside, len(settings), tuple(otherwise))
    return found


@pytest.mark.parametrize("seed", range(10))
def test_each_standing_is_that_of_every_setting_computed_anew(seed: int) -> None:
    random = Random(f"stability {seed}")  # noqa: S311 - invented, no secret
    frozen = invented(random, 9, graded=seed % 2 == 0)
    if seed % 5 == 0:
        frozen = replace(frozen, severities={})
    base = Setting(places=random.choice([None, 0, 3, 5, 8]), rules=limits(random) if seed % 4 else ())
    if seed % 6 == 5:
        base = replace(base, rules=(*base.rules, Rule("sea", "region", "sea", least=2)), places=6)
    assert stability(Bench(frozen), base).standings == counted(frozen, base)


@pytest.mark.parametrize("seed", range(25))
def test_leaving_one_out_under_limits_is_the_whole_ranking_anew(seed: int) -> None:
    """The same for more rounds and more limits, of the settings in which only one row differs."""
    random = Random(f"limits {seed}")  # noqa: S311 - invented, no secret
    frozen = invented(random, 30, graded=False)
    bench = Bench(frozen)
    base = Setting(places=random.choice([4, 8, 12]), rules=(*limits(random), Rule("two", "evaluator", "two", most=2)))
    found = stability(bench, base).standings
    now = bench.outcome(base).selected
    for one in frozen.applications:
        alone = [setting for setting in settings_of(bench, base, one.key) if setting.without or setting.shift]
        other = [setting.key for setting in alone if (one.key in bench.outcome(setting).selected) != (one.key in now)]
        assert [key for key in found[one.key].otherwise if key.startswith(("without.", "uncertain."))] == other


def test_the_settings_of_an_application_have_keys_of_their_own_and_are_all_counted() -> None:
    frozen = invented(Random("keys"), 12)  # noqa: S311 - invented, no secret
    bench, base = Bench(frozen), Setting(places=4)
    found = stability(bench, base)
    # Two kinds of marks by three ways to join them by three sections a tenth up, a tenth down, and as they are.
    assert len(found.common) == 2 * 3 * 7
    for one in frozen.applications:
        keys = [setting.key for setting in settings_of(bench, base, one.key)]
        assert len(set(keys)) == len(keys) == found.standings[one.key].settings


def test_with_few_sections_it_is_the_weights_of_indicators_that_are_moved() -> None:
    found = stability(Bench(one_panel(("5", "6"))), Setting(places=1))
    assert [setting.key for setting in found.common] == [
        f"raw.{rule}.{name}"
        for rule in ("mean", "median", "trimmed_mean")
        for name in ("weights", "more.panel", "less.panel")
    ]


def test_safe_out_and_on_the_line_worked_by_hand() -> None:
    # Means 9, 6, 5.67 and 1. The second and the third each lose their place, or find one, when a reviewer is left out.
    bench = Bench(one_panel(("9", "9", "9"), ("8", "5", "5"), ("5", "6", "6"), ("1", "1", "1")))
    found = stability(bench, Setting(places=2)).standings
    assert [found[key].firmness for key in (1, 2, 3, 4)] == [
        Firmness.SAFE,
        Firmness.ON_THE_LINE,
        Firmness.ON_THE_LINE,
        Firmness.OUT,
    ]
    # Nine settings for all, three of its own reviewers, two of its uncertainty.
    assert {one.settings for one in found.values()} == {14}
    # By medians the third stands before the second: 6 and 5, whatever the weight. Without A the second has 5; without
    # B or C it has 6.5. The variance of one mark: (0 + 3² × 2 ÷ 3 + 1² × 2 ÷ 3 + 0) ÷ (4 × 2), in which the second's
    # sum of squares is 6 and the third's 0.67: 6.67 ÷ 8 = 0.83. Two standard errors of three marks are
    # 2 × √(0.83 ÷ 3) = 1.05 points of ten: the second falls to 4.95, below the third.
    assert found[2].otherwise == (
        *(f"raw.median.{name}" for name in ("weights", "more.panel", "less.panel")),
        "without.A",
        "uncertain.raw.lower",
    )
    assert (found[2].inside, found[2].settings) == (9, 14)


def test_a_reviewer_who_alone_marked_a_panel_is_not_left_out_and_one_mark_has_the_error_of_all() -> None:
    bench = Bench(one_panel(("9",), ("8", "6")))
    base = Setting(places=1)
    assert [one.key for one in settings_of(bench, base, 1)][9:] == ["uncertain.raw.higher", "uncertain.raw.lower"]
    # One mark of 8 and one of 6 have a variance of 2; √2 is 1.414, and two errors of a single mark are 2.828 of ten.
    lower = settings_of(bench, base, 1)[-1]
    assert bench.outcome(lower).figures[1] == Decimal("61.72")


def test_without_marks_there_is_neither_uncertainty_nor_anybody_to_leave_out() -> None:
    bench = Bench(one_panel((), ()))
    assert {one.settings for one in stability(bench, Setting(places=1)).standings.values()} == {9}


def test_a_scenario_that_leaves_a_reviewer_out_of_all_does_not_leave_the_same_one_out_again() -> None:
    bench = Bench(one_panel(("5", "6", "7"), ("4", "6", "5")))
    base = Setting(places=1, without=(Left("A"),))
    assert [one.key for one in settings_of(bench, base, 1) if one.key.startswith("without.")] == [
        "without.B",
        "without.C",
    ]


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    stability(Bench(one_panel(("5", "6"), ("7", "8"))), Setting(places=1), lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
