"""The JSON Schema for editors: as committed, true of every set, and false of what an editor should underline."""

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from registry.domain import setreference, setschema
from registry.domain.criteria import load_set
from registry.domain.faults import CriteriaFaulty
from registry.domain.shapes import Case, SetShape
from tests.domain.criteria_sets import SETS
from tests.domain.json_schema import complaints

CRITERIA = Path(__file__).parents[2] / "criteria"
BROKEN = Path(__file__).parent / "broken"
SCHEMA = setschema.schema()


def parsed(text: str) -> Any:
    """Return a file as an editor reads it, with numbers and truth values."""
    return YAML(typ="safe", pure=True).load(text)


def found(path: Path) -> list[str]:
    return complaints(SCHEMA, parsed(path.read_text()))


def test_the_committed_schema_is_the_one_of_the_models() -> None:
    assert json.loads((CRITERIA / "schema.json").read_text()) == SCHEMA


@pytest.mark.parametrize(
    "path",
    [*sorted((CRITERIA / "sets").glob("*.yaml")), CRITERIA / "gallery" / "gallery.yaml", SETS / "everything.yaml"],
    ids=lambda path: path.stem,
)
def test_every_sound_set_fits_the_schema(path: Path) -> None:
    assert found(path) == []


# What an editor underlines, by the part of the name of a broken file; the rest only `registry criteria check` can tell.
UNDERLINED = {
    "full-width-colon-in-braces": ".sections[0].title.zh：节约: false",
    "list-instead": ": type",
    "unknown-field": ".sections[0].indicators[0].weight: false",
    "misspelt-field": ".sections[0].indicators[0].cluases: false",
    "wrong-kind": ".inputs[1].kind: enum",
    "field-of-another": ".inputs[2].unit: false",
    "english-missing": ".sections[0].title: required en",
    "source-missing": ".sections[0].indicators[0]: required source",
    "key-in-chinese": ".inputs[1].key: pattern",
    "key-reserved": ".inputs[1].key: not",
    "points-as-text": ".sections[0].indicators[0].points: pattern",
    "points-negative": ".sections[0].indicators[0].points: exclusiveMinimum",
    "minimum-unreadable": ".sections[0].minimum: pattern",
    "share-above": ".sections[0].indicators[0].curve: anyOf",
    "gate-without-formula": ".gates[0]: oneOf",
    "bonus-without-cap": ".rules: required bonus_cap",
    "coverage-above": ".inputs[0].series: anyOf",
}


@pytest.mark.parametrize(("name", "complaint"), UNDERLINED.items())
def test_an_editor_underlines(name: str, complaint: str) -> None:
    (path,) = [path for path in BROKEN.glob("*.yaml") if name in path.name]
    assert complaint in found(path)


GATE = "gates: [{key: g, title: {zh: 门, en: G}, formula: a, alternatives: [], clauses: []}]"


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ("inputs: [{key: c, kind: choice, title: {zh: 选, en: C}}]", ".inputs[0]: required choices"),
        ("inputs: [{key: c, kind: text, title: {zh: 文, en: T}, places: 2}]", ".inputs[0].places: false"),
        ("groups: {一般: {zh: 一般, en: General}}", ".groups.一般: pattern"),
        ("ties: [{key: t}]", ".ties[0]: anyOf"),
        (GATE, ".gates[0]: oneOf"),
        ("bonuses: [{key: b, kind: measure}]", ".bonuses[0].kind: enum"),
    ],
)
def test_fields_of_each_kind_are_told_apart(more: str, complaint: str) -> None:
    text = f"key: one\nversion: 1\ntitle: {{zh: 一, en: One}}\nrules: {{source: default}}\n{more}\n"
    assert complaint in complaints(SCHEMA, parsed(text))


@pytest.mark.parametrize(
    "curve",
    [
        "1:0%",
        "0.25:100% → 0.36:60% -> 0.61:0",
        "-5 : 12.5 %→ 0:1",
        "{kind: steps, knots: '0:0%'}",
        "{kind: bands, bands: [{to: 5, share: 0.5}]}",
        "[{when: x, knots: '1:0%'}, {knots: '1:0%'}]",
        "1：0%",
        "1:0% 2:5%",
        "0:101%",
        "{bands: [{to: 5, share: 0.5}]}",
        "{kind: bands, bands: []}",
        "{kind: bands, knots: '0:0%'}",
        "{kind: wave, knots: '0:0%'}",
        "[]",
        "5",
    ],
)
def test_a_curve_fits_the_schema_exactly_where_it_can_be_read(curve: str) -> None:
    quoted = curve if curve[0] in "{[" else f'"{curve}"'
    text = (SETS / "everything.yaml").read_text()
    old = 'curve: "0.25:100% → 0.36:60% → 0.61:0%"'
    assert old in text
    text = text.replace(old, f"curve: {quoted}").replace("when: x", "when: short")
    try:
        load_set(text, source="x.yaml", regions={"cn": None})
    except CriteriaFaulty:
        sound = False
    else:
        sound = True
    assert (complaints(SCHEMA, parsed(text)) == []) == sound


def test_every_field_says_what_it_means() -> None:
    missing = [
        f"{model.__name__}.{name}"
        for model in setschema.models()
        for name in setschema.hints(model)
        if len(setschema.described(model, name)) < 5
    ]
    assert missing == []
    assert [model.__name__ for model in setschema.models() if len(setschema.meaning(model)) < 10] == []


def test_the_reference_has_a_row_for_every_field() -> None:
    reference = setreference.reference()
    for model in setschema.models():
        table = reference.split(f"#### {setreference.NAMES[model]}\n")[1].split("####")[0]
        fields = ["when", "title", "kind", "knots", "bands"] if model is Case else list(model.model_fields)
        assert [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")] == fields
    assert set(setreference.NAMES) == set(setschema.models())


def test_the_reference_names_what_is_needed_and_what_is_the_default() -> None:
    lines = setreference.reference().splitlines()
    assert "| `key` | key | **needed** | The name of the set. |" in lines
    assert any(line.startswith("| `excluded_cap` | share | `30%` |") for line in lines)
    assert any(line.startswith("| `choices` |") and "Only for **`choice`**, **`choices`**." in line for line in lines)
    assert next(iter(setschema.models())) is SetShape
