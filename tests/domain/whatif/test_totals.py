"""Totals on arrays are those of the scoring, to the last digit, for every set and for whatever is filed."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from registry.domain.answers import mark_of
from registry.domain.criteria import CriteriaSet, load_set
from registry.domain.faults import AnswersFaulty
from registry.domain.results import Score
from registry.domain.scoring import score
from registry.domain.shapes import PanelRule
from registry.domain.whatif.arrays import Scale
from registry.domain.whatif.bench import Bench
from registry.domain.whatif.frozen import FrozenRound, frame_of, freeze
from registry.domain.whatif.settings import Left, Setting
from tests.domain.test_sets import CATEGORIES, CRITERIA, known, loaded
from tests.domain.varied import filings

COUNT = 40
Scored = tuple[Score, dict[str, dict[str, Decimal]]]


def read_marks(criteria: CriteriaSet, raw: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Decimal]]:
    return {
        key: {name: mark_of(criteria.indicators[key], mark) for name, mark in given.items()}
        for key, given in raw.items()
    }


def scored(criteria: CriteriaSet, count: int = COUNT, seed: int = 1) -> list[Scored]:
    found = []
    for answers, marks in filings(criteria, count, seed):
        try:
            found.append((score(criteria, answers, marks), read_marks(criteria, marks)))
        except AnswersFaulty:
            continue
    return found


def round_of(criteria: CriteriaSet, results: list[Scored]) -> FrozenRound:
    frame = frame_of(criteria)
    return FrozenRound(
        frame, tuple(freeze(number, frame, result, marks) for number, (result, marks) in enumerate(results))
    )


def same(criteria: CriteriaSet, frozen: FrozenRound, setting: Setting, results: list[Score]) -> None:
    """Compare totals, tie sums and who reaches the lowest grade."""
    bench = Bench(frozen)
    found = bench.outcome(setting)
    assert found.figures == {number: result.total for number, result in enumerate(results)}
    assert [one.ties for one in bench.candidates(setting)] == [
        tuple((tie.key, tie.points) for tie in result.ties) for result in results
    ]
    reaches = [result.eligible is True and (result.grade is not None or not criteria.grades) for result in results]
    assert [one.reaches for one in bench.candidates(setting) if one.total is not None] == [
        does for does, result in zip(reaches, results, strict=True) if result.total is not None
    ]


@pytest.mark.parametrize("key", CATEGORIES)
def test_the_neutral_setting_gives_the_totals_ties_and_grades_of_the_scoring(key: str) -> None:
    criteria = loaded(key)
    results = scored(criteria)
    assert len({result.total for result, _ in results}) > 3
    same(criteria, round_of(criteria, results), Setting(), [result for result, _ in results])


def changed(key: str, *changes: tuple[str, str]) -> CriteriaSet:
    """Return a set with other rules."""
    text = (CRITERIA / "sets" / f"{key}.yaml").read_text()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return load_set(text, source=f"{key}.yaml", **known())


TRIMMED = "panel: {rule: trimmed_mean, reviewers: 3, spread: 15%}"


@pytest.mark.parametrize("key", ["case", "wwtp", "dual"])
@pytest.mark.parametrize("rule", ["mean", "median", "trimmed_mean"])
def test_another_way_to_join_marks_gives_what_the_scoring_gives_a_set_that_says_so(key: str, rule: PanelRule) -> None:
    other = changed(key, (TRIMMED, f"panel: {{rule: {rule}, reviewers: 3}}"))
    criteria = loaded(key)
    frozen = round_of(criteria, scored(criteria, 80, 2))
    same(criteria, frozen, Setting(aggregation=rule), [result for result, _ in scored(other, 80, 2)])


@pytest.mark.parametrize(
    "places",
    [
        "places: 0",
        "places: 1\n  total_places: 3",
        "places: 3\n  total_places: 0",
        "places: 12",
        "places: 12\n  total_places: 1",
    ],
)
@pytest.mark.parametrize("key", ["case", "wwtp"])
def test_rounding_is_that_of_the_set_however_many_places_it_asks_for(key: str, places: str) -> None:
    criteria = changed(key, ("\n  places: 2\n", f"\n  {places}\n"))
    results = scored(criteria, 60, 3)
    same(criteria, round_of(criteria, results), Setting(), [result for result, _ in results])


def test_a_reviewer_left_out_is_as_if_the_marks_had_never_been_given() -> None:
    lenient = changed("case", (TRIMMED, "panel: {rule: trimmed_mean, reviewers: 1}"))
    before = filings(lenient, 80, 4)
    results, after = [], []
    for answers, marks in before:
        try:
            results.append((score(lenient, answers, marks), read_marks(lenient, marks)))
        except AnswersFaulty:
            continue
        fewer = {
            key: {name: mark for name, mark in given.items() if name != "reviewer-1"} for key, given in marks.items()
        }
        after.append(score(lenient, answers, fewer))
    setting = Setting(without=(Left("reviewer-1"),))
    assert any(one.total != result.total for one, (result, _) in zip(after, results, strict=True))
    same(lenient, round_of(lenient, results), setting, after)


def test_a_weight_counts_in_points_and_maxima_and_not_in_minima_and_ties() -> None:
    # Two sections of 60 and 40 points: 30 and 36 of them. Weighted by 1.1 the second counts as 39.6 of 44:
    # 100 × 69.6 ÷ 104 = 66.923… = 66.92.
    criteria = load_set(TWO, source="two.yaml")
    result = score(criteria, {"inputs": {"x": "5", "y": "9"}})
    assert result.total == Decimal("66.00")
    frame = frame_of(criteria)
    frozen = FrozenRound(frame, (freeze(1, frame, result, {}),))
    heavier = Setting(weights=(("second", Decimal("1.1")),))
    assert Bench(frozen).outcome(heavier).figures == {1: Decimal("66.92")}
    # The indicator of that section by a half and the section by 1.1: 36 × 0.55 = 19.8 of 22; 100 × 49.8 ÷ 82 = 60.73…
    both = Setting(weights=(("second", Decimal("1.1")), ("b", Decimal("0.5"))))
    assert Bench(frozen).outcome(both).figures == {1: Decimal("60.73")}
    for setting in (Setting(), heavier, both):
        bench = Bench(frozen)
        totals = Scale(bench.arrays, setting).totals(bench.points(setting))
        assert totals.ties.tolist() == [[3600]]
        # 90 % of 40 points are 36, which is reached; 91 % are 36.4, which is not.
        assert Bench(frozen).outcome(replace(setting, minima=(("second", "90%"),))).order == (1,)
        assert Bench(frozen).outcome(replace(setting, minima=(("second", "91%"),))).order == ()
        assert Bench(frozen).outcome(replace(setting, minima=(("second", "36"),))).order == (1,)
        assert Bench(frozen).outcome(replace(setting, minima=(("second", "36.01"),))).order == ()


def test_a_least_total_is_reached_by_who_has_just_that() -> None:
    criteria = load_set(TWO, source="two.yaml")
    frame = frame_of(criteria)
    frozen = FrozenRound(frame, (freeze(1, frame, score(criteria, {"inputs": {"x": "5", "y": "9"}}), {}),))
    assert Bench(frozen).outcome(Setting(lowest=Decimal(66))).order == (1,)
    assert Bench(frozen).outcome(Setting(lowest=Decimal("66.001"))).order == ()


def test_what_there_is_not_cannot_be_moved() -> None:
    criteria = load_set(TWO, source="two.yaml")
    frame = frame_of(criteria)
    bench = Bench(FrozenRound(frame, (freeze(1, frame, score(criteria, {"inputs": {"x": "5", "y": "9"}}), {}),)))
    for setting in (
        Setting(weights=(("third", Decimal(1)),)),
        Setting(weights=(("first", Decimal(-1)),)),
        Setting(minima=(("third", "1"),)),
        Setting(ties=("nothing",)),
        Setting(without=(Left("nobody"),)),
        Setting(adjusted=True),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - each names what there is not
            bench.outcome(setting)


TWO = """\
key: two
version: "1"
title: {zh: 二, en: Two}
rules: {source: default}
ties: [second]
inputs:
  - {key: x, kind: number, title: {zh: 数, en: Number}}
  - {key: y, kind: number, title: {zh: 数, en: Number}}
sections:
  - key: first
    title: {zh: 一, en: First}
    indicators:
      - {key: a, kind: measure, title: {zh: 甲, en: A}, points: 60, formula: "x", curve: "0:0% → 10:100%", clauses: [],
         source: default}
  - key: second
    title: {zh: 二, en: Second}
    indicators:
      - {key: b, kind: measure, title: {zh: 乙, en: B}, points: 40, formula: "y", curve: "0:0% → 10:100%", clauses: [],
         source: default}
"""
