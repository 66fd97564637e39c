"""What a form is made of, and what is missing in it."""

from registry.domain import completeness
from registry.domain.answers import read, required_inputs
from registry.domain.completeness import Lack, Part, PartKind
from registry.domain.criteria import load_set
from registry.domain.receipts import receipt_number
from registry.domain.vocabulary import Binding

CONTENT = """\
key: tiny
version: "1"
title: {zh: 示例, en: Example}
rules: {places: 2, source: default}
groups: {plant: {zh: 厂, en: Plant}, base: {zh: 基准年, en: Base year}}
inputs:
  - {key: base, kind: yes_no, title: {zh: 基准, en: Base}, group: plant}
  - {key: old, kind: number, title: {zh: 旧值, en: Old}, when: base, group: base, evidence: [{zh: 台账, en: Record}]}
  - {key: new, kind: number, title: {zh: 新值, en: New}, group: plant, evidence: [{zh: 台账, en: Record}]}
  - {key: counted, kind: number, title: {zh: 计数, en: Counted}, filled_by: portal, optional: true}
gates:
  - key: cut
    kind: gate
    title: {zh: 减排, en: Cut}
    formula: new < old
    not_applicable: {when: not base}
    clauses: []
    evidence: [{zh: 核算, en: Account}]
sections:
  - key: work
    title: {zh: 工作, en: Work}
    indicators:
      - key: done
        kind: checklist
        title: {zh: 清单, en: List}
        points: 2
        items:
          - {key: one, points: 1, title: {zh: 一, en: One}, evidence: [{zh: 照片, en: Photos}]}
          - {key: two, points: 1, title: {zh: 二, en: Two}}
        clauses: []
        source: default
"""
CRITERIA = load_set(CONTENT, source="tiny.yaml")
OLD, NEW = (Binding.INPUT, "old"), (Binding.INPUT, "new")
CUT, DONE = (Binding.INDICATOR, "cut"), (Binding.INDICATOR, "done")


def test_a_form_has_groups_then_items_then_claims_then_evidence() -> None:
    assert completeness.parts(CRITERIA) == (
        Part("group-plant", PartKind.INPUTS, ("base", "new"), CRITERIA.shape.groups["plant"]),
        Part("group-base", PartKind.INPUTS, ("old",), CRITERIA.shape.groups["base"]),
        Part("measures", PartKind.ITEMS, ("done",)),
        Part("claims", PartKind.CLAIMS),
        Part("evidence", PartKind.EVIDENCE),
    )


def test_missing_entries_come_in_the_order_of_the_form() -> None:
    # `old` is asked only where there is a base year, which is not known yet.
    lacks = completeness.lacks(CRITERIA, {"inputs": {}})
    assert lacks == (Lack("group-plant", "base"), Lack("group-plant", "new"), Lack("measures", "done"))
    assert lacks[0].anchor == "input_base"

    assert completeness.lacks(CRITERIA, {"inputs": {"base": True, "new": "1"}}) == (
        Lack("group-base", "old"),
        Lack("measures", "done"),
    )


def test_nothing_ticked_is_an_answer() -> None:
    assert completeness.lacks(CRITERIA, {"inputs": {"base": True, "new": "1", "old": "2", "done": []}}) == ()


def test_a_document_that_proves_several_things_is_asked_for_once() -> None:
    found = [(document.titles[0].en, document.targets) for document in completeness.wanted(CRITERIA)]
    assert found == [("Record", (OLD, NEW)), ("Account", (CUT,)), ("Photos", (DONE,))]


def test_only_what_was_answered_and_applies_needs_proof() -> None:
    none: dict[str, object] = {"inputs": {"base": False, "done": []}}
    assert completeness.unproved(CRITERIA, {**none, "not_applicable": {"cut": "新建厂"}}, ()) == ()

    filled = {"inputs": {"base": True, "old": "2", "new": "1", "done": ["one"]}}
    assert completeness.unproved(CRITERIA, filled, (NEW,)) == ((0, (OLD,)), (1, (CUT,)), (2, (DONE,)))


def test_a_receipt_number_has_sixteen_characters_in_groups_of_four() -> None:
    # 80 bits of zero are sixteen zeros; the last bit alone is the last character.
    assert receipt_number(bytes(10)) == "0000-0000-0000-0000"
    assert receipt_number(bytes(9) + b"\x01") == "0000-0000-0000-0001"


BURNING = """\
key: burning
version: "1"
title: {zh: 焚烧, en: Burning}
rules: {places: 2, source: default}
inputs:
  - {key: burnt, kind: yes_no, title: {zh: 焚烧, en: Burnt}}
  - {key: permitted, kind: yes_no, title: {zh: 许可, en: Permitted}, when: burnt}
  - {key: size, kind: number, title: {zh: 规模, en: Size}}
gates:
  - {key: permit, kind: gate, title: {zh: 许可, en: Permit}, formula: permitted, when: burnt, clauses: [],
     source: default}
sections:
  - key: work
    title: {zh: 工作, en: Work}
    indicators:
      - {key: m, kind: measure, title: {zh: 规模, en: Size}, points: 10, formula: size, curve: "0:0% → 1:100%",
         clauses: [], source: default}
"""


def test_an_answer_by_which_a_requirement_does_not_apply_counts_and_what_it_would_open_does_not() -> None:
    criteria = load_set(BURNING, source="burning.yaml")

    def asked(**inputs: object) -> set[str]:
        return set(required_inputs(criteria, read(criteria, {"inputs": inputs})))

    assert asked() == {"burnt", "size"}
    assert asked(burnt=False) == {"burnt", "size"}
    assert asked(burnt=True) == {"burnt", "permitted", "size"}
