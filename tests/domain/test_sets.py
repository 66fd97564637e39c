"""All sixteen criteria sets: whole, in both languages, honest about their numbers, and one in their words."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from registry.domain.criteria import CriteriaSet, load_documents, load_factors, load_regions, load_set
from registry.domain.results import State
from registry.domain.scoring import score
from registry.domain.shapes import Entry, Gate, Indicator, Input, Texts

CRITERIA = Path(__file__).parents[2] / "criteria"
# The sixteen of the draft, each with the categories it is written for.
CATEGORIES = {
    "wwtp": {"GW-01"},
    "air": {"ZJ-01", "SZ-01", "GJ-06", "SD-06", "ZJ-23", "SZ-14"},
    "water": {"ZJ-02", "SZ-11", "GW-02"},
    "solid": {"ZJ-03", "SZ-03", "SZ-12"},
    "wwproj": {"ZJ-04", "SZ-02"},
    "park": {"ZJ-06", "SZ-04", "SD-02", "GJ-03"},
    "ent": {"SZ-05", "SD-01", "ZJ-07", "GJ-02", "SZ-17"},
    "dual": {"GJ-01", "SZ-06", "SD-01"},
    "city": {"ZJ-05", "ZJ-08", "SD-03", "GJ-04"},
    "zone": {"SZ-08", "SZ-09", "GJ-05", "SD-04"},
    "farm": {"ZJ-09", "ZJ-10", "SZ-19"},
    "rwp": {"GJ-07", "ZJ-15", "SD-05"},
    "case": {"SZ-07", "GW-05", "GJ-15", "GJ-14"},
    "lib": {"ZJ-19", "GJ-11", "SZ-20", "GW-06"},
    "index": {"ZJ-11", "SZ-21", "GJ-13", "SD-09"},
    "pilot": {
        *("ZJ-18", "ZJ-20", "ZJ-21", "ZJ-24", "ZJ-25", "ZJ-26", "ZJ-27", "ZJ-28", "ZJ-30"),
        *("SZ-15", "SZ-26", "SD-13", "GJ-08", "GJ-12", "SD-10", "SD-11"),
    },
}
LINES = dict.fromkeys(CATEGORIES, ("85", "75", "60")) | {"dual": ("90", "85", "75")}


@cache
def known() -> dict[str, Any]:
    factors = [load_factors(path.read_text(), source=path.name) for path in (CRITERIA / "factors").glob("*.yaml")]
    return {
        "documents": load_documents((CRITERIA / "documents.yaml").read_text(), source="documents.yaml"),
        "factors": {table.key: table for table in factors},
        "regions": load_regions((CRITERIA / "regions.yaml").read_text(), source="regions.yaml"),
    }


@cache
def loaded(key: str) -> CriteriaSet:
    return load_set((CRITERIA / "sets" / f"{key}.yaml").read_text(), source=f"{key}.yaml", **known())


def every() -> Iterator[CriteriaSet]:
    return (loaded(key) for key in CATEGORIES)


def entries(criteria: CriteriaSet) -> Iterator[Input | Gate | Indicator]:
    yield from criteria.shape.inputs
    yield from criteria.gates
    yield from criteria.indicators.values()


def items(criteria: CriteriaSet) -> Iterator[tuple[Indicator, Entry]]:
    return ((indicator, item) for indicator in criteria.indicators.values() for item in indicator.items)


def test_there_are_sixteen_sets_for_the_categories_of_the_draft() -> None:
    assert {path.stem for path in (CRITERIA / "sets").glob("*.yaml")} == set(CATEGORIES)
    assert len(CATEGORIES) == 16
    assert {criteria.key: set(criteria.shape.categories) for criteria in every()} == CATEGORIES


@pytest.mark.parametrize("key", list(CATEGORIES))
def test_the_points_of_the_sections_are_a_hundred(key: str) -> None:
    assert sum(indicator.points for section in loaded(key).sections for indicator in section.indicators) == 100


@pytest.mark.parametrize("key", list(CATEGORIES))
def test_the_grades_are_those_of_the_draft(key: str) -> None:
    given = sorted((grade.points for grade in loaded(key).grades), reverse=True)
    assert given == [Decimal(line) for line in LINES[key]]


def reachable(indicator: Indicator) -> set[Decimal]:
    """Return what the items of a checklist come to under each of the conditions on which some are offered."""
    always = sum((item.points for item in indicator.items if item.when is None), Decimal(0))
    offered: dict[str, Decimal] = {}
    for item in indicator.items:
        if item.when is not None:
            offered[item.when] = offered.get(item.when, always) + item.points
    return set(offered.values()) or {always}


@pytest.mark.parametrize("key", list(CATEGORIES))
def test_a_checklist_sums_to_its_points_or_says_that_it_is_capped(key: str) -> None:
    for indicator in loaded(key).indicators.values():
        if indicator.items and reachable(indicator) != {indicator.points}:
            assert indicator.help is not None, indicator.key
            if f"每份合计 {indicator.points} 分" in indicator.help.zh:  # one list for each theme
                continue
            assert "最多" in indicator.help.zh, indicator.key
            assert re.search(r"at most|capped|no more than", indicator.help.en), indicator.key


@pytest.mark.parametrize("key", list(CATEGORIES))
def test_an_evidence_is_asked_for_whatever_earns_points_by_papers(key: str) -> None:
    for indicator in loaded(key).indicators.values():
        by_item = bool(indicator.items) and all(item.evidence or item.formula for item in indicator.items)
        assert indicator.kind == "panel" or indicator.evidence or by_item, indicator.key


@pytest.mark.parametrize("key", list(CATEGORIES))
def test_a_document_is_named_for_every_number_that_is_said_to_be_its(key: str) -> None:
    """Numbers of a document need a clause, those of another public source its name in a note."""
    for entry in (*loaded(key).gates, *loaded(key).indicators.values()):
        source = entry.source
        kinds = {source.points, source.curve, source.formula} if source else set()
        if kinds & {"document", "derived"}:
            assert entry.clauses, entry.key
        if "public" in kinds:
            assert source is not None
            assert source.note is not None, entry.key


def test_every_limit_says_where_it_comes_from() -> None:
    bare = [
        (criteria.key, entry.key)
        for criteria in every()
        for entry in criteria.shape.inputs
        if (entry.limits or entry.plausible) and entry.source is None
    ]
    assert bare == []


# What a word stands for differs with what is judged: the sectors of air and of water, waste of a firm and of a city.
OF_THEIR_OWN = {
    "sector",
    "water_short_city",
    "waste_generated",
    "waste_utilised",
    "projects_certified",
    "has_base_year",
}


def test_what_has_the_same_key_in_two_sets_has_the_same_words() -> None:
    titles: dict[str, dict[tuple[str, str], list[str]]] = {}
    for criteria in every():
        for entry in (*criteria.shape.inputs, *criteria.gates):
            titles.setdefault(entry.key, {}).setdefault((entry.title.zh, entry.title.en), []).append(criteria.key)
    assert {key: found for key, found in titles.items() if len(found) > 1 and key not in OF_THEIR_OWN} == {}


def test_every_group_of_inputs_has_a_title() -> None:
    for criteria in every():
        used = {entry.group or "general" for entry in criteria.shape.inputs}
        assert used <= criteria.shape.groups.keys(), criteria.key


def test_names_that_the_portal_knows_are_not_asked_again() -> None:
    for criteria in every():
        assert not {"plant_name", "operator_name", "permit_number", "credit_code"} & criteria.inputs.keys()


def test_no_half_width_punctuation_stands_between_chinese_words() -> None:
    wrong = [
        (criteria.key, text.zh)
        for criteria in every()
        for text in _texts(criteria)
        if re.search(r"[一-鿿][,;:?!]|[,;:?!][一-鿿]", text.zh)
    ]
    assert wrong == []


BANNING = ("air", "ent", "dual", "park", "solid")


@pytest.mark.parametrize("key", BANNING)
def test_the_lists_of_banned_capacity_differ_between_the_country_and_shandong(key: str) -> None:
    lists = {one.key: set(one.values) for one in loaded(key).lists}
    # GJ 三(五): 钢铁、焦化、炼油、电解铝、水泥、平板玻璃
    assert lists["banned_national"] == {"steel", "coking", "refining", "aluminium", "cement", "flat_glass"}
    # SD 二(二): 钢铁、焦化、水泥熟料、平板玻璃、电解铝、氧化铝、煤化工
    assert lists["banned_shandong"] == {
        *("steel", "coking", "clinker", "flat_glass", "aluminium", "alumina", "coal_chemicals"),
    }


@pytest.mark.parametrize("key", BANNING)
@pytest.mark.parametrize(
    ("region", "capacity", "in_key_region", "state"),
    [
        ("hangzhou", "none", True, State.PASSED),
        ("hangzhou", "refining", True, State.FAILED),
        ("hangzhou", "refining", False, State.PASSED),
        ("hangzhou", "alumina", True, State.PASSED),  # on the list of Shandong alone
        ("jinan", "alumina", True, State.FAILED),
        ("jinan", "refining", True, State.FAILED),  # the national list holds in Shandong too
    ],
)
def test_new_capacity_is_held_against_the_lists_that_apply(
    key: str, region: str, capacity: str, in_key_region: bool, state: State
) -> None:
    inputs = {"not_restricted": True, "new_capacity": capacity, "air_key_region": in_key_region}
    result = score(loaded(key), {"context": {"region": region, "year": 2025}, "inputs": inputs})
    assert {gate.key: gate.state for gate in result.gates}["gate_catalogue"] is state


def test_the_readme_counts_the_sources_of_all_numbers() -> None:
    """The table in criteria/README.md is counted here again: what the numbers of gates and indicators rest on."""
    table = (CRITERIA / "README.md").read_text()
    for criteria in every():
        counted = sources_of(criteria)
        row = f"| `{criteria.key}` | " + " | ".join(
            str(counted[kind]) for kind in ("document", "derived", "public", "default")
        )
        assert row in table, row


def sources_of(criteria: CriteriaSet) -> Counter[str]:
    """Count gates with a number and indicators by where their decisive number comes from."""
    found: Counter[str] = Counter()
    for entry in (*criteria.gates, *criteria.indicators.values()):
        if entry.source is not None:
            found[decisive(entry)] += 1
    return found


def decisive(entry: Gate | Indicator) -> str:
    """Return the kind of source nearest to a document among the numbers of an entry."""
    source = entry.source
    assert source is not None
    kinds = {source.points, source.curve, source.formula}
    return next(kind for kind in ("document", "derived", "public", "default") if kind in kinds)


def _texts(criteria: CriteriaSet) -> Iterator[Texts]:
    for entry in entries(criteria):
        yield entry.title
        if entry.help:
            yield entry.help
        yield from entry.evidence
    for _indicator, item in items(criteria):
        yield item.title
        yield from item.evidence
