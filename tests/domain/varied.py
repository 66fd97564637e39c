"""Filings of any set, made up to be awkward: examples changed at random, gaps, series, claims, what does not fit."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from registry.domain.criteria import CriteriaSet
from registry.domain.shapes import Input

EXAMPLES = Path(__file__).parents[2] / "criteria" / "examples"
REGIONS = ("hangzhou", "ningbo", "zhejiang", "jinan", "qingdao", "shenzhen", "shenzhen-nanshan", "guangdong", "cn", "?")
BROKEN = (
    *(
        "x",
        "1e5",
        "-999999999999999",
        "1.23456789",
        " 12",
        "１２",
        "true",
        "二",
        "01",
        "-0",
        12,
        -1,
        2.5,
        True,
        [],
        ["x"],
    ),
    *({"rows": {}}, {"rows": {"x": "1"}}, {"series": [["2025-01-01", "x"]]}, {"series": 1}, Decimal("0.5")),
)

Filing = tuple[dict[str, Any], dict[str, dict[str, Any]]]


def filings(criteria: CriteriaSet, count: int, seed: int) -> list[Filing]:
    """Return this many answers with marks, the same for the same seed."""
    random = Random(f"{criteria.key} {seed}")  # noqa: S311 - invented filings, no secret
    return [_filing(criteria, random) for _ in range(count)]


def _filing(criteria: CriteriaSet, random: Random) -> Filing:
    answers = _example(criteria.key, "") or {"context": {"region": "hangzhou", "year": 2023}, "inputs": {}}
    inputs = answers["inputs"]
    filled, changed = random.choice([0, 0.5, 1, 1]), random.choice([0, 0.05, 0.3, 1])
    for key, entry in criteria.inputs.items():
        if (key in inputs and random.random() < changed) or (key not in inputs and random.random() < filled):
            inputs[key] = _answer(entry, random)
    for key in [key for key in inputs if random.random() < random.choice([0, 0, 0.05])]:
        inputs[key] = random.choice([None, "", ...])
        if inputs[key] is ...:
            del inputs[key]
    if inputs and random.random() < 0.08:
        inputs[random.choice([*inputs, "nobody_asked"])] = random.choice(BROKEN)
    _context(answers["context"], criteria, random)
    _settings(answers, criteria, random)
    _claims(answers, criteria, random)
    return answers, _marks(criteria, random)


def _example(key: str, kind: str) -> Any:
    path = EXAMPLES / f"{key}{kind}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _answer(entry: Input, random: Random) -> Any:
    return ANSWERS[entry.kind](entry, random)


def _number(entry: Input, random: Random) -> Any:
    if entry.series is not None and random.random() < 0.3:
        days = random.sample(range(1, 366), random.choice([30, 200, 330, 365]))
        dates = [f"2023-{day // 31 + 1:02}-{day % 28 + 1:02}" for day in sorted(days)]
        return {"series": [[date, _figure(entry, random)] for date in dict.fromkeys(dates)]}
    return _figure(entry, random)


def _figure(entry: Input, random: Random) -> str:
    usual = entry.plausible or entry.limits
    limits = entry.limits if random.random() < 0.2 and entry.limits is not None else usual
    low = limits.min if limits is not None and limits.min is not None else Decimal(0)
    high = limits.max if limits is not None and limits.max is not None else max(low, Decimal(0)) + 1000
    places = 6 if entry.places is None else entry.places
    number = random.choice([low, high, Decimal(str(random.uniform(float(low), float(high))))])
    number = Decimal(0) if random.random() < 0.1 and low <= 0 <= high else number
    return f"{number:.{0 if entry.kind == 'whole' else random.randint(0, places)}f}"


def _some(members: Any, random: Random) -> list[str]:
    return random.sample(list(members), random.randint(0, len(members)))


ANSWERS: dict[str, Callable[[Input, Random], Any]] = {
    "number": _number,
    "whole": _figure,
    "yes_no": lambda _entry, random: random.random() < 0.7,
    "choice": lambda entry, random: random.choice(list(entry.choices or {})),
    "choices": lambda entry, random: _some(entry.choices or {}, random),
    "text": lambda _entry, random: random.choice(["某厂", "100% <b>", "{0} %s", ""]),
    "date": lambda _entry, random: f"20{random.randint(10, 26)}-0{random.randint(1, 9)}-{random.randint(10, 28)}",
    "rows": lambda entry, random: {"rows": {key: _figure(entry, random) for key in _some(entry.rows or {}, random)}},
}


def _context(context: dict[str, Any], criteria: CriteriaSet, random: Random) -> None:
    if random.random() < 0.4:
        context["region"] = random.choice(REGIONS)
    if random.random() < 0.3:
        context["category"] = random.choice([*criteria.shape.categories, "XX-99"])
    if random.random() < 0.2:
        context["year"] = random.choice([2015, 2021, "2022", 2024, 2025, None, "x"])
    if random.random() < 0.05:
        context.pop(random.choice(list(context)))


def _settings(answers: dict[str, Any], criteria: CriteriaSet, random: Random) -> None:
    switched = [gate for gate in criteria.gates if random.random() < 0.15]
    gates = {gate.key: random.random() < 0.6 or not gate.may_switch for gate in switched}
    versions = {
        key: random.choice(list(table)) for key, table in criteria.factor_values.items() if random.random() < 0.2
    }
    if random.random() < 0.02:
        gates["nobody"] = True
    answers["settings"] = {"gates": gates, "factors": versions}


def _claims(answers: dict[str, Any], criteria: CriteriaSet, random: Random) -> None:
    often = random.choice([0, 0.1, 0.9])
    judged = [*criteria.gates, *criteria.indicators.values()]
    claimable = [entry.key for entry in judged if entry.not_applicable is not None or random.random() < 0.02]
    answers["not_applicable"] = {key: "没有产泥" for key in claimable if random.random() < often}
    if random.random() < 0.02:
        answers["not_applicable"]["nobody"] = ""


def _marks(criteria: CriteriaSet, random: Random) -> dict[str, dict[str, Any]]:
    marks: dict[str, dict[str, Any]] = {}
    reviewers = random.choice([0, 2, 3, 4, 5, 6])
    for key, indicator in criteria.indicators.items():
        if indicator.kind == "panel" and random.random() < 0.95:
            levels = [str(level.points) for level in indicator.levels] if indicator.marks == "levels" else []
            marks[key] = {
                f"reviewer-{number}": random.choice(levels)
                if levels
                else str(random.randint(0, int(indicator.points * 4)) / 4)
                for number in range(reviewers)
            }
            if reviewers and random.random() < 0.03:
                marks[key]["reviewer-0"] = random.choice([99, "x", 1, "１", 0.5])
    return marks
