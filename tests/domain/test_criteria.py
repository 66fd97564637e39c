"""Reading criteria sets: all faults at once with their lines, references checked, the file given back unchanged."""

import re
import time
from pathlib import Path

import pytest

from registry.domain.criteria import load_documents, load_factors, load_regions, load_set
from registry.domain.faults import CriteriaFaulty
from registry.domain.scoring import score
from registry.words.criteria import FAULTS
from tests.domain.criteria_sets import ONE, SETS, everything, faults_of, one, refused

DOCUMENTS = load_documents("GW: {title: {zh: 污水, en: Water}, clauses: {三(三): {}}}\n", source="documents.yaml")
INDICATOR = ONE[ONE.index("{key: m") :].rstrip()


def with_indicator(text: str, more: str = "") -> str:
    """Return the small set with another indicator, and more at the end."""
    return ONE.replace(INDICATOR, text) + more


def test_all_faults_of_a_file_come_at_once() -> None:
    assert faults_of((SETS / "faulty.yaml").read_text(), documents=DOCUMENTS) == [
        (3, "title.en", "field_missing"),
        (4, "rules", "rule_needed"),
        (4, "rules.places", "whole_expected"),
        (4, "rules.source", "not_one_of"),
        (6, "grades[pass].points", "number_expected"),
        (8, "inputs[x].limits", "range_upside_down"),
        (9, "inputs[x].key", "key_twice"),
        (10, "inputs[city]", "field_needed_by_kind"),
        (11, "inputs[sum].key", "key_reserved"),
        (12, "inputs[z].kind", "not_one_of"),
        (13, "inputs[flow]", "field_not_of_kind"),
        (16, "derived[b].formula", "derived_circle"),
        (18, "gates[g]", "source_needed"),
        (18, "gates[g].clauses[0]", "clause_unknown"),
        (19, "gates[h]", "gate_formula"),
        (19, "gates[h].clauses[0]", "document_unknown"),
        (24, "sections[s].indicators[m].title", "field_missing"),
        (27, "sections[s].indicators[m].formula", "formula_token"),
        (28, "sections[s].indicators[m].curve", "curve_not_rising"),
        (29, "sections[s].indicators[m].clauses[0]", "clause_missing"),
        (31, "sections[s].indicators[n]", "curve_without_otherwise"),
        (31, "sections[s].indicators[n]", "points_not_positive"),
        (31, "sections[s].indicators[n].formula", "exponent_too_large"),
        (32, "sections[s].indicators[c]", "items_below_points"),
        (33, "sections[s].indicators[p]", "levels_wrong"),
        (33, "sections[s].indicators[p]", "rule_needed"),
        (35, "bonuses[e].colour", "field_unknown"),
        (35, "bonuses[e].formula", "name_unknown"),
        (36, "ties[0]", "tie_unknown"),
    ]


@pytest.mark.parametrize(
    ("entry", "path", "key"),
    [
        (INDICATOR.replace("points: 8", "points: 8e3"), "sections[only].indicators[m].points", "number_expected"),
        (
            INDICATOR.replace("points: 8", "points: 1234567890123456"),
            "sections[only].indicators[m].points",
            "number_expected",
        ),
        (
            INDICATOR.replace('"CURVE"', "{kind: wave, knots: '0:0%'}"),
            "sections[only].indicators[m].curve",
            "not_one_of",
        ),
        (
            INDICATOR.replace('"CURVE"', "{kind: bands, knots: '0:0%'}"),
            "sections[only].indicators[m].curve",
            "curve_fields",
        ),
        (
            INDICATOR.replace('"CURVE"', "{kind: bands, bands: [{share: 120%}]}"),
            "sections[only].indicators[m].curve",
            "share_wrong",
        ),
        (INDICATOR.replace("clauses: [], ", ""), "sections[only].indicators[m].clauses", "field_missing"),
        (INDICATOR.replace(", source: default", ""), "sections[only].indicators[m].source", "field_missing"),
        (INDICATOR.replace("key: m", "key: x"), "sections[only].indicators[x].key", "key_twice"),
        (INDICATOR.replace("key: m", "key: 2m"), "sections[only].indicators[2m].key", "key_wrong"),
    ],
)
def test_a_wrong_indicator_names_line_path_and_fault(entry: str, path: str, key: str) -> None:
    text = with_indicator(entry).replace("FORMULA", "x").replace("CURVE", "0:0% → 1:100%")
    line = 14 if path.endswith(".curve") else 13
    assert faults_of(text) == [(line, path, key)]


def test_a_bonus_does_not_stand_in_a_section() -> None:
    text = with_indicator(INDICATOR.replace("kind: measure", "kind: bonus"))
    text = text.replace("FORMULA", "x").replace("CURVE", "0:0% → 1:100%")
    assert faults_of(text) == [(10, "sections[only]", "kind_misplaced")]


def test_an_unknown_name_comes_with_the_nearest_known() -> None:
    (fault,) = refused(ONE.replace("FORMULA", "yess").replace("CURVE", "0:0% → 1:100%"))
    assert (fault.key, fault.values) == ("name_unknown", {"name": "yess", "near": "yes"})


def test_every_fault_has_a_sentence_whose_values_it_brings() -> None:
    for fault in refused((SETS / "faulty.yaml").read_text(), documents=DOCUMENTS):
        assert set(re.findall(r"%\((\w+)\)s", FAULTS[fault.key])) <= set(fault.values)
        assert "%(" not in FAULTS[fault.key] % fault.values


def test_every_key_of_the_domain_has_a_sentence() -> None:
    folder = Path(__file__).parents[2] / "registry" / "domain"
    names = ("plainyaml", "syntax", "formula", "parts", "curves", "shapes", "checking", "criteria", "answers")
    calls = re.compile(
        r"(?:refuse|CurveError|Invalid|UncomputableError|_UnusableError|\.fault|FormulaError|Fault|_note|\.note)\("
        r'(?:[^"()]*(?:\([^()]*\))?[^"()]*?, )?(?:"[^"]*", )?(?:\[\()?"([a-z]+(?:_[a-z]+)+)"'
    )
    keys = {key for name in names for key in calls.findall((folder / f"{name}.py").read_text())}
    assert len(keys) > 60
    assert keys - FAULTS.keys() == set()


def test_the_set_gives_its_file_back_unchanged() -> None:
    assert everything().text == (SETS / "everything.yaml").read_text()


def test_a_set_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        everything().rules.places = 3


def test_sections_inputs_and_indicators_stand_in_their_order() -> None:
    criteria = everything()
    assert [section.key for section in criteria.sections] == ["energy", "deeds"]
    assert list(criteria.indicators) == [
        "power", "pollution", "lead", "reuse", "equipment", "counted", "novelty", "extra", "late",
    ]  # fmt: skip
    assert list(criteria.inputs)[-4:] == ["plan", "certified", "equipment", "extra"]
    assert list(criteria.inputs["equipment"].choices or {}) == ["motors", "blowers", "shore"]


def test_the_inputs_that_an_indicator_rests_on_are_known_through_derived_values() -> None:
    uses = everything().uses
    assert uses["power"] == {"electricity", "volume"}
    assert uses["lead"] == {"used", "product", "trucks"}
    assert uses["equipment"] == {"equipment", "techniques", "zone"}
    assert uses["permitted"] == {"permit", "plan"}


def test_numbers_are_exact() -> None:
    assert str(one(curve="0:0% → 0.1:100%").indicators["m"].curve[0].curve.knots[1].x) == "0.1"


def test_own_documents_and_factors_count_beside_the_known_ones() -> None:
    text = with_indicator(
        INDICATOR.replace("clauses: []", "clauses: [GW 三(三), OWN 任何]"),
        "documents: {OWN: {title: {zh: 自, en: Own}}}\n",
    )
    criteria = load_set(
        text.replace("FORMULA", "x").replace("CURVE", "0:0% → 1:100%"), source="x.yaml", documents=DOCUMENTS
    )
    assert criteria.indicators["m"].clauses == ("GW 三(三)", "OWN 任何")


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        (
            "key: t\ntitle: {zh: 表, en: T}\ndefault: b\nversions: [{version: a, source: public, values: {x: 1}}]\n",
            1,
            "version_unknown",
        ),
        (
            "key: t\ntitle: {zh: 表, en: T}\ndefault: a\nversions:\n"
            "  - {version: a, source: public, values: {x: one}}\n",
            5,
            "number_expected",
        ),
        (
            "key: t\ntitle: {zh: 表, en: T}\ndefault: a\nversions:\n  - {version: a, values: {x: 1}}\n",
            5,
            "field_missing",
        ),
        ("- 1\n", 1, "mapping_expected"),
    ],
)
def test_a_wrong_factor_table_is_refused(text: str, line: int, key: str) -> None:
    with pytest.raises(CriteriaFaulty) as caught:
        load_factors(text, source="factors.yaml")
    assert [(fault.line, fault.key) for fault in caught.value.faults] == [(line, key)]


def test_regions_lie_in_known_regions() -> None:
    assert load_regions("cn: {parent: null}\nzj: {parent: cn, name: x}\n", source="r") == {"cn": None, "zj": "cn"}
    with pytest.raises(CriteriaFaulty) as caught:
        load_regions("zj: {parent: cn}\n", source="r")
    assert [fault.key for fault in caught.value.faults] == ["region_unknown"]


@pytest.mark.parametrize(
    "attack",
    [
        "x.__class__.__mro__",
        "9**9**9",
        "x ** 99999999",
        '__import__("os").system("true")',
        "open(x)",
        "(" * 300 + "x" + ")" * 300,
        "sum(x for x in y)",
    ],
)
def test_an_attack_in_a_formula_is_a_fault(attack: str) -> None:
    text = ONE.replace('"FORMULA"', f"'{attack}'").replace("CURVE", "0:0% → 1:100%")
    ((line, path, _),) = faults_of(text)
    assert (line, path) == (13, "sections[only].indicators[m].formula")


def test_a_formula_longer_than_any_text_is_refused_once() -> None:
    text = ONE.replace("FORMULA", "x" + "+x" * 6000).replace("CURVE", "0:0% → 1:100%")
    assert {key for _, _, key in faults_of(text)} == {"text_too_long", "formula_too_long"}


def derived(entries: int, formula: str) -> str:
    """Return the small set with a chain of derived values, each resting on the ones before."""
    first = ["  - {key: d0, title: {zh: 一, en: D}, formula: x}", "  - {key: d1, title: {zh: 一, en: D}, formula: x}"]
    rest = (
        f"  - {{key: d{n}, title: {{zh: 一, en: D}}, formula: '{formula.format(n - 1, n - 2)}'}}"
        for n in range(2, entries)
    )
    text = ONE.replace("FORMULA", f"d{entries - 1}").replace("CURVE", "0:0% → 1:100%")
    return text + "derived:\n" + "\n".join([*first, *rest]) + "\n"


def test_a_chain_of_derived_values_ends() -> None:
    assert "derived_too_deep" in {key for _, _, key in faults_of(derived(1_900, "d{0} + 1"))}


def test_values_that_rest_on_each_other_twice_are_computed_once() -> None:
    # Without keeping what was found, forty levels would take a hundred million steps, missing or not.
    criteria = load_set(derived(40, "d{0} + d{1}"), source="x.yaml")
    assert criteria.uses["m"] == {"x"}
    assert score(criteria, {}).items[0].about == {"input": "x"}
    # the 39th Fibonacci number beyond the first two: 102334155
    assert score(criteria, {"inputs": {"x": "1"}}).items[0].value == 102334155


def test_a_flood_of_faults_is_cut_off() -> None:
    began = time.monotonic()
    found = faults_of(derived(1_900, "unknown{0} + unknown{1}"))
    assert ("too_many_faults" in {key for _, _, key in found}, len(found) < 300) == (True, True)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(("place", "kind"), [("bonuses", "measure"), ("bonuses", "deduction"), ("deductions", "bonus")])
def test_an_entry_of_another_kind_is_refused_where_bonuses_and_deductions_stand(place: str, kind: str) -> None:
    text = ONE.replace("FORMULA", "x").replace("CURVE", "0:0% → 10:100%")
    text = text.replace("rules: {source: default}", "rules: {source: default, bonus_cap: 5, deduction_cap: 5}")
    entry = (
        f"{{key: extra, kind: {kind}, title: {{zh: 一, en: E}}, points: 2, formula: x, clauses: [], source: default}}"
    )
    assert "kind_elsewhere" in [key for _line, _path, key in faults_of(f"{text}{place}:\n  - {entry}\n")]
