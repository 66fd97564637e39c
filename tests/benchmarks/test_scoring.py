"""The plain plant formulas beside the engine: the same results, lines that compare, and ratios that are told."""

from decimal import Decimal

import pytest

from benchmarks import plain_plant, plain_working, scoring
from benchmarks.applications import applications
from benchmarks.measuring import Comparison, Spread, compare, rounds, table
from benchmarks.plain_plant import Factors
from registry.domain.criteria import CriteriaSet
from registry.domain.scoring import score


@pytest.fixture(scope="module")
def plant() -> tuple[CriteriaSet, Factors]:
    criteria, parents = scoring.plant_set()
    return criteria, scoring.factors_of(criteria, parents)


def test_the_same_plants_are_made_every_time() -> None:
    assert applications(20) == applications(20)
    assert applications(20) != applications(20, seed=1)


def test_engine_and_plain_formulas_agree(plant: tuple[CriteriaSet, Factors]) -> None:
    scoring.same_results(*plant, applications(300))


def test_a_difference_is_found(plant: tuple[CriteriaSet, Factors], monkeypatch: pytest.MonkeyPatch) -> None:
    # Full points at 0.26 instead of 0.25 kWh/m³: every plant on the first stretch of the curve earns more.
    other = plain_plant.knots(("0.26", "1"), ("0.36", "0.6"), ("0.61", "0"))
    monkeypatch.setattr(plain_plant, "PER_M3", other)
    with pytest.raises(AssertionError, match="electricity_per_m3"):
        scoring.same_results(*plant, applications(100))


def test_every_state_occurs(plant: tuple[CriteriaSet, Factors]) -> None:
    _criteria, factors = plant
    results = [plain_plant.score(factors, *one) for one in applications(1500)]
    assert {state for one in results for state in one["gates"].values()} == {
        "passed", "failed", "missing", "not_applicable",
    }  # fmt: skip
    assert {item[0] for one in results for item in one["items"].values()} == {"scored", "missing", "not_applicable"}
    assert {one["grade"] for one in results} >= {None, "good", "qualified"}
    assert {key for one in results for key, item in one["items"].items() if item[0] == "missing"} >= {
        "novelty", "ghg_intensity", "intensity_cut", "electricity_per_m3", "sludge_recovery",
    }  # fmt: skip


def test_the_plain_lines_are_those_of_the_engine(plant: tuple[CriteriaSet, Factors]) -> None:
    """All arithmetic that the floor writes stands word for word in the working, so that the two compare."""
    criteria, factors = plant
    units = {key: entry.unit or "" for key, entry in criteria.inputs.items()}
    answers, marks = next(one for one in applications(200) if score(criteria, *one).grade == "good")
    lines = plain_working.lines(factors, units, {key: [] for key in _judged(criteria)}, answers, marks,
                                plain_plant.score(factors, answers, marks))  # fmt: skip
    result = score(criteria, answers, marks)
    texts = {line.text for one in result.items for line in one.working}
    texts |= {line.text for one in result.gates for line in one.working}
    assert [line["text"] for line in lines if line["line"] != "input" and line["text"] not in texts] == []
    assert len(lines) > 150


def _judged(criteria: CriteriaSet) -> list[str]:
    return [*(gate.key for gate in criteria.gates), *criteria.indicators]


def test_sides_take_turns() -> None:
    called: list[str] = []
    seconds = rounds({"a": lambda: called.append("a"), "b": lambda: called.append("b")}, 3)
    assert "".join(called) == "abbaab"
    assert {key: len(one) for key, one in seconds.items()} == {"a": 3, "b": 3}


def test_a_ratio_is_of_one_round() -> None:
    # 1 ÷ 2 = 0.5, 3 ÷ 4 = 0.75, 1 ÷ 5 = 0.2; median 0.5. Sides 2, 4, 5 s for 1,000 things: median 4,000 µs.
    found = compare("B0", "x", [2, 4, 5], [1, 3, 1], each=1000, goal=0.5)
    assert (found.ratio, found.met) == (Spread(0.5, 0.2, 0.75), True)
    assert found.side.median == pytest.approx(4000)


@pytest.mark.parametrize(("goal", "told"), [(0.6, "0.6 missed"), (0.5, "0.5"), (None, "–")])
def test_a_missed_goal_is_told(goal: float | None, told: str) -> None:
    one = Spread(1, 1, 1)
    found = Comparison("B0", "x", one, one, Spread(0.5, 0.5, 0.5), goal)
    assert table([found]).splitlines()[1].endswith(told)


def test_a_half_stays_a_half() -> None:
    # 0.125 that lost its last digit to a division rounds as 0.125 does by hand.
    assert str(plain_plant._rounded(Decimal("0.1249999999999999999999999999"))) == "0.13"
