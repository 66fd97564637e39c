"""Small invented criteria sets and answers for the tests of the engine."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from registry.domain.criteria import CriteriaSet, load_set
from registry.domain.faults import AnswersFaulty, CriteriaFaulty, Fault

SETS = Path(__file__).parent / "sets"
REGIONS = {"cn": None, "zhejiang": "cn", "hangzhou": "zhejiang", "shandong": "cn"}

ONE = """\
key: one
version: "1"
title: {zh: 一, en: One}
rules: {source: default}
inputs:
  - {key: x, kind: number, title: {zh: 数, en: Number}}
  - {key: y, kind: number, title: {zh: 数, en: Number}}
  - {key: yes, kind: yes_no, title: {zh: 是否, en: Whether}}
sections:
  - key: only
    title: {zh: 唯一, en: Only}
    indicators:
      - {key: m, kind: measure, title: {zh: 度, en: M}, points: 8, formula: "FORMULA",
         curve: "CURVE", clauses: [], source: default}
"""


def everything() -> CriteriaSet:
    """Return the set that has one of every kind."""
    return load_set((SETS / "everything.yaml").read_text(), source="everything.yaml", regions=REGIONS)


def one(formula: str = "x", curve: str = "0:0% → 10:100%") -> CriteriaSet:
    """Return a set of a single measure worth 8 points."""
    return load_set(ONE.replace("FORMULA", formula).replace("CURVE", curve), source="one.yaml", regions=REGIONS)


def faults_of(text: str, **known: Any) -> list[tuple[int, str, str]]:
    """Return line, path and key of every fault of a text that is no good set."""
    return [(fault.line, fault.path, fault.key) for fault in refused(text, **known)]


def refused(text: str, **known: Any) -> tuple[Fault, ...]:
    """Return the faults of a text that is no good set."""
    with pytest.raises(CriteriaFaulty) as caught:
        load_set(text, source="test.yaml", **known)
    return caught.value.faults


def answer_faults(raised: pytest.ExceptionInfo[AnswersFaulty]) -> list[tuple[str, str]]:
    """Return path and key of every fault of answers."""
    return [(fault.path, fault.key) for fault in raised.value.faults]


FULL: dict[str, Any] = {
    "context": {"region": "hangzhou", "year": 2025},
    "inputs": {
        "operator": "某厂",
        # 231.08 kWh ÷ 400 m³ = 0.5777 kWh/m³
        "electricity": "231.08",
        "volume": {
            "series": [["2025-01-01", "100"], ["2025-01-02", None], ["2025-01-03", "150"], ["2025-01-04", "150"]]
        },
        "trucks": "5",
        "short": False,
        "zone": "yantian",
        "theme": "port",
        "techniques": ["heat"],
        "opened": "2024-06-30",
        # 8 ÷ 1 + 8 ÷ 0.8 = 18 equivalents
        "removed": {"rows": {"cod": "8", "nh3n": "8"}},
        "product": "steel",
        "used": "550",
        "growth": "-4",
        "permit": True,
        "equipment": ["motors"],
        "extra": ["twin"],
        "certified": "1",
    },
}
MARKS = {"novelty": {"a": "4", "b": "2", "c": "0", "d": "4", "e": "2"}}


def full(**changes: Any) -> dict[str, Any]:
    """Return complete answers with some inputs changed; None takes an input away."""
    answers = deepcopy(FULL)
    answers["inputs"].update(changes)
    return answers
