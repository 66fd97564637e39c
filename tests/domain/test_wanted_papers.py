"""The papers that a set asks for: once for all they prove, only where they are called for, and by when."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from registry.domain import completeness
from registry.domain.completeness import Need
from registry.domain.criteria import CriteriaSet, load_documents, load_factors, load_regions, load_set
from registry.domain.faults import CriteriaFaulty
from registry.domain.vocabulary import Binding
from registry.words.criteria import FAULTS

FOLDER = Path(__file__).parents[2] / "criteria"
CONTENT = """\
key: tiny
version: "1"
title: {zh: 示例, en: Example}
rules: {places: 2, source: default}
papers:
  - {key: meters, zh: 电表, en: Meters}
  - {key: report, zh: 核查报告, en: Report, when: measured}
  - {key: certificate, zh: 证明, en: Certificate, needed: later}
inputs:
  - {key: measured, kind: yes_no, title: {zh: 实测, en: Measured}, evidence: [certificate]}
  - {key: power, kind: number, title: {zh: 电量, en: Power}, evidence: [meters, report]}
  - {key: solar, kind: number, title: {zh: 光伏, en: Solar}, when: measured, evidence: [{zh: 光伏表, en: PV meter}]}
  - {key: water, kind: number, title: {zh: 水量, en: Water}, evidence: [{zh: 水表, en: Water meter, when: water > 0}]}
sections:
  - key: work
    title: {zh: 工作, en: Work}
    indicators:
      - key: saving
        kind: measure
        title: {zh: 节电, en: Saving}
        points: 2
        formula: power
        curve: '0:0% → 10:100%'
        clauses: []
        source: default
        evidence: [meters, certificate]
      - key: done
        kind: checklist
        title: {zh: 清单, en: List}
        points: 2
        items:
          - {key: one, points: 1, title: {zh: 一, en: One}, evidence: [{zh: 照片, en: Photos}]}
          - {key: two, points: 1, title: {zh: 二, en: Two}, evidence: [{zh: 合同, en: Contract}]}
        clauses: []
        source: default
"""
CRITERIA = load_set(CONTENT, source="tiny.yaml")


def names(criteria: CriteriaSet, answers: dict[str, Any], *bound: tuple[Binding, str]) -> list[str]:
    wanted = completeness.wanted(criteria)
    return [
        title.en for number, _open in completeness.unproved(criteria, answers, bound) for title in wanted[number].titles
    ]


def faults(old: str, new: str) -> list[tuple[str, str]]:
    assert CONTENT.count(old) == 1
    with pytest.raises(CriteriaFaulty) as caught:
        load_set(CONTENT.replace(old, new), source="tiny.yaml")
    for fault in caught.value.faults:
        assert "%(" not in FAULTS[fault.key] % fault.values
    return [(fault.path, fault.key) for fault in caught.value.faults]


def test_a_paper_is_asked_for_once_with_all_that_it_proves() -> None:
    found = {title.en: one for one in completeness.wanted(CRITERIA) for title in one.titles}
    assert found["Meters"].targets == ((Binding.INPUT, "power"), (Binding.INDICATOR, "saving"))
    assert found["Certificate"].targets == ((Binding.INPUT, "measured"), (Binding.INDICATOR, "saving"))
    assert CRITERIA.inputs["power"].evidence[0].zh == "电表"


def test_a_paper_says_by_when_and_on_what_condition() -> None:
    assert {one.titles[0].en: (one.need, one.when) for one in completeness.wanted(CRITERIA)} == {
        "Certificate": (Need.LATER, None),
        "Meters": (Need.SUBMISSION, None),
        "Report": (Need.DEPENDS, "measured"),
        "PV meter": (Need.DEPENDS, None),
        "Water meter": (Need.DEPENDS, "water > 0"),
        # Asked for by what is ticked; both prove the same list.
        "Photos": (Need.DEPENDS, None),
    }


def test_a_paper_whose_condition_does_not_hold_is_not_asked_for() -> None:
    answers = {"inputs": {"measured": False, "power": "5", "solar": "3", "water": "0", "done": []}}
    assert names(CRITERIA, answers) == ["Certificate", "Meters"]
    told = {"inputs": {"measured": True, "power": "5", "solar": "3", "water": "1", "done": ["two"]}}
    assert names(CRITERIA, told) == [
        "Certificate",
        "Meters",
        "Report",
        "PV meter",
        "Water meter",
        "Photos",
        "Contract",
    ]
    # While the condition cannot be told, nothing is asked for on it.
    assert "Report" not in names(CRITERIA, {"inputs": {"power": "5"}})


def test_what_is_proved_wholly_is_asked_for_no_more() -> None:
    answers = {"inputs": {"power": "5"}}
    saving = (Binding.INDICATOR, "saving")
    assert names(CRITERIA, answers, (Binding.INPUT, "power"), saving) == []
    assert names(CRITERIA, answers, saving) == ["Meters"]


def test_due_with_the_submission_as_soon_as_one_entry_says_so() -> None:
    twice = CONTENT.replace("[{zh: 光伏表, en: PV meter}]", "[{zh: 证明, en: Certificate}]")
    found = {one.titles[0].en: one.need for one in completeness.wanted(load_set(twice, source="tiny.yaml"))}
    assert found["Certificate"] is Need.SUBMISSION


@pytest.mark.parametrize(
    ("old", "new", "path", "key"),
    [
        ("evidence: [meters, report]", "evidence: [meters, repport]", "inputs[power].evidence[1]", "paper_unknown"),
        ("evidence: [meters, report]", "evidence: [meters]", "papers[report].key", "paper_unused"),
        ("key: certificate", "key: meters", "papers[meters].key", "key_twice"),
        ("Report, when: measured", "Report, when: measurd", "papers[report].when", "name_unknown"),
        ("en: Certificate, needed: later", "en: Certificate, needed: soon", "papers[certificate].needed", "not_one_of"),
        ("{key: meters, zh: 电表, en: Meters}", "{key: meters, zh: 电表}", "papers[meters].en", "field_missing"),
    ],
)  # fmt: skip
def test_a_wrong_paper_is_refused_at_its_place(old: str, new: str, path: str, key: str) -> None:
    assert (path, key) in faults(old, new)


@pytest.fixture(scope="module")
def plant() -> CriteriaSet:
    tables = [load_factors(path.read_text(), source=path.name) for path in (FOLDER / "factors").glob("*.yaml")]
    return load_set(
        (FOLDER / "sets" / "wwtp.yaml").read_text(),
        source="wwtp.yaml",
        documents=load_documents((FOLDER / "documents.yaml").read_text(), source="documents.yaml"),
        factors={table.key: table for table in tables},
        regions=load_regions((FOLDER / "regions.yaml").read_text(), source="regions.yaml"),
    )


@pytest.fixture
def example() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads((FOLDER / "examples" / "wwtp.json").read_text())
    return answers


def test_the_plant_of_the_example_is_asked_for_some_twenty_papers(plant: CriteriaSet, example: dict[str, Any]) -> None:
    """A plant with all there is: base year, own electricity, reuse, co-incineration, most of the lists."""
    wanted = completeness.wanted(plant)
    asked = [wanted[number].need for number, _open in completeness.unproved(plant, example, ())]
    assert Counter(asked) == {Need.SUBMISSION: 8, Need.DEPENDS: 11, Need.LATER: 2}


def test_a_plain_plant_is_asked_for_a_dozen(plant: CriteriaSet, example: dict[str, Any]) -> None:
    example["inputs"] |= {
        "has_base_year": False,
        "design_capacity": "60000",
        "pv_electricity": "0",
        "biogas_electricity": "0",
        "green_certificates": "0",
        "reclaimed_water": "0",
        "co_incineration": False,
        **{key: [] for key in ("gas_measures", "recovery_measures", "surroundings_measures", "system_measures")},
        "extra": [],
    }
    assert len(completeness.unproved(plant, example, ())) == 11


def test_nothing_is_asked_for_that_the_answers_exclude(plant: CriteriaSet, example: dict[str, Any]) -> None:
    by_factors = names(plant, example)
    assert "Third-party verification report" not in by_factors
    assert "Result of the performance evaluation" not in by_factors
    example["inputs"] |= {"emission_method": "measured", "ch4_measured": "96000", "n2o_measured": "15800"}
    assert "Third-party verification report" in names(plant, example)


def test_every_paper_of_the_plants_proves_something_that_no_other_does(plant: CriteriaSet) -> None:
    """Otherwise one file would do for two papers, and the second would never be asked for."""
    wanted = completeness.wanted(plant)
    proofs = Counter(target for one in wanted for target in one.targets)
    assert [one.titles[0].en for one in wanted if all(proofs[target] > 1 for target in one.targets)] == []
