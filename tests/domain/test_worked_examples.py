"""An example of every set worked by hand: each item, section and total, by somebody who did not write the set.

`criteria/examples/KEY.json` and `KEY.marks.json` are the answers and marks of an invented applicant. `worked/KEY.yaml`
has what they come to, written down with the arithmetic before anything was computed by the program. A value with
an unending quotient stands there with its first digits and is compared to the last of them.
"""

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from registry.cli import registry
from registry.domain.results import Score
from registry.domain.scoring import score
from tests.domain.test_sets import CATEGORIES, loaded

EXAMPLES = Path(__file__).parents[2] / "criteria" / "examples"
WORKED = Path(__file__).parent / "worked"
# The plants' set has its own file: two variants, every derived value and every warning (test_plant_worked_by_hand.py).
KEYS = [key for key in CATEGORIES if key != "wwtp"]


def example(key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    marks = EXAMPLES / f"{key}.marks.json"
    answers: dict[str, Any] = json.loads((EXAMPLES / f"{key}.json").read_text())
    return answers, json.loads(marks.read_text()) if marks.exists() else {}


def worked(key: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(WORKED / f"{key}.yaml")
    return found


def scored(key: str) -> Score:
    answers, marks = example(key)
    return score(loaded(key), answers, marks)


def to_the_digit(value: Decimal | None, figure: str) -> str | None:
    """Return a value rounded to as many places as the figure has."""
    if value is None:
        return None
    return format(value.quantize(Decimal(1).scaleb(Decimal(figure).as_tuple().exponent), ROUND_HALF_UP), "f")


@pytest.mark.parametrize("key", KEYS)
def test_every_item_has_the_points_and_the_value_worked_by_hand(key: str) -> None:
    result, figures = scored(key), worked(key)["items"]
    assert {item.key for item in result.items} == set(figures)
    found = {}
    for item in result.items:
        figure = figures[item.key]
        found[item.key] = {"points": format(item.points, "f"), "state": str(item.state)}
        if "value" in figure:
            found[item.key]["value"] = to_the_digit(item.value, figure["value"])
    expected = {
        item: {"points": figure["points"], "state": figure.get("state", "scored")}
        | ({"value": figure["value"]} if "value" in figure else {})
        for item, figure in figures.items()
    }
    assert found == expected
    assert all(figure["why"] for figure in figures.values())


@pytest.mark.parametrize("key", KEYS)
def test_the_gates_sections_and_the_total_are_those_worked_by_hand(key: str) -> None:
    result, figures = scored(key), worked(key)
    assert {gate.key: str(gate.state) for gate in result.gates} == figures.get("gates", {})
    assert {section.key: format(section.points, "f") for section in result.sections} == figures["sections"]
    assert {
        "base": format(result.base or 0, "f"),
        "bonus": format(result.bonus, "f"),
        "total": None if result.total is None else format(result.total, "f"),
        "grade": result.grade,
        "eligible": result.eligible,
        "complete": result.complete,
    } == {name: figures[name] for name in ("base", "bonus", "total", "grade", "eligible", "complete")}


@pytest.mark.parametrize("key", KEYS)
def test_an_example_has_interior_points_and_what_else_its_set_offers(key: str) -> None:
    """A point within a curve's stretch, a panel, a bonus and something not applicable, wherever the set has them."""
    criteria, result = loaded(key), scored(key)
    items = {item.key: item for item in result.items}
    curved = [entry.key for entry in criteria.indicators.values() if entry.curve]
    assert not curved or any(0 < items[one].points < items[one].max for one in curved)
    assert not criteria.bonuses or result.bonus > 0
    panels = [entry.key for entry in criteria.indicators.values() if entry.kind == "panel"]
    assert not panels or all(str(items[one].state) == "scored" for one in panels)
    claimable = [
        entry for entry in (*criteria.gates, *criteria.indicators.values()) if entry.not_applicable or entry.when
    ]
    states = {str(one.state) for one in (*result.gates, *result.items)}
    assert not claimable or "not_applicable" in states


@pytest.mark.parametrize("key", KEYS)
def test_the_command_gives_the_same_total(key: str) -> None:
    marks = EXAMPLES / f"{key}.marks.json"
    options = ["--marks", str(marks)] if marks.exists() else []
    printed = CliRunner().invoke(
        registry, ["criteria", "score", key, str(EXAMPLES / f"{key}.json"), *options, "--json"]
    )
    assert printed.exit_code == 0, printed.output
    assert json.loads(printed.output)["total"] == worked(key)["total"]


@pytest.mark.parametrize("key", [key for key in CATEGORIES if "has_base_year" in loaded(key).inputs])
def test_an_answer_that_is_no_longer_asked_counts_nowhere(key: str) -> None:
    """Without a base year its figures, left from before, bring what they bring where they were never given."""
    answers, marks = example(key)
    none = {**answers, "inputs": {**answers["inputs"], "has_base_year": False}}
    asked = set(loaded(key).inputs) - {
        name for name, entry in loaded(key).inputs.items() if entry.when and "has_base_year" in entry.when
    }
    bare = {**none, "inputs": {name: value for name, value in none["inputs"].items() if name in asked}}
    kept, without = score(loaded(key), none, marks), score(loaded(key), bare, marks)
    assert (kept.total, kept.grade, kept.eligible) == (without.total, without.grade, without.eligible)
    assert [(item.key, item.points) for item in kept.items] == [(item.key, item.points) for item in without.items]
