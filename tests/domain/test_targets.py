"""What the documents ask for: every category, only the numbers of the texts, and what the texts leave open."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from registry.domain.criteria import load_documents, load_regions
from registry.domain.faults import CriteriaFaulty, Fault
from registry.domain.targets import (
    TargetEntry,
    document_of,
    load_targets,
    of_document,
    parts_of,
    total_in,
)
from registry.words.criteria import FAULTS

ROOT = Path(__file__).parents[2]
CRITERIA = ROOT / "criteria"
DOCUMENTS = load_documents((CRITERIA / "documents.yaml").read_text(), source="documents.yaml")
REGIONS = load_regions((CRITERIA / "regions.yaml").read_text(), source="regions.yaml")
SETS = {
    *("wwtp", "air", "water", "solid", "wwproj", "park", "ent", "dual"),
    *("city", "zone", "farm", "rwp", "case", "lib", "index", "pilot"),
}

# First and last number of each document: 8 + 18 + 34 + 27 + 15 = 102, of which two are totals.
RANGES = {"GW": (1, 8), "GJ": (1, 18), "ZJ": (0, 33), "SZ": (0, 26), "SD": (1, 15)}

# Every number of the five texts, read from the clauses by hand:
# year, value, operator, measure, counting, total that it is part of.
NUMBERS = {
    "GW-01": [(2025, 100, "exact", "count", "unstated", None)],
    "ZJ-00": [(2025, 200, "exact", "count", "unstated", None), (2030, 400, "exact", "count", "unstated", None)],
    "ZJ-01": [(2025, 60, "exact", "count", "unstated", "ZJ-00")],
    "ZJ-02": [(2025, 60, "exact", "count", "unstated", "ZJ-00")],
    "ZJ-03": [(2025, 80, "exact", "count", "unstated", "ZJ-00")],
    "ZJ-04": [(2025, 10, "exact", "count", "unstated", None)],
    "ZJ-05": [(2025, 20, "exact", "count", "unstated", None), (2030, 40, "exact", "count", "cumulative", None)],
    "ZJ-06": [(2025, 50, "exact", "count", "unstated", None), (2030, 100, "exact", "count", "cumulative", None)],
    "ZJ-09": [(2025, 1000, "exact", "count", "unstated", None)],
    "ZJ-11": [(2025, 10, "exact", "change", "unstated", None), (2030, 20, "exact", "change", "cumulative", None)],
    "ZJ-12": [(2025, 100, "exact", "share", None, None), (2025, 60, "exact", "share", None, None)],
    "ZJ-13": [(2025, 60, "exact", "share", None, None)],
    "ZJ-14": [(2025, 1000, "at_least", "count", "unstated", None)],
    "ZJ-16": [(2025, 10, "exact", "count", "unstated", None)],
    "ZJ-17": [(2025, 100_000, "exact", "count", "unstated", None)],
    "ZJ-22": [(2025, 600_000, "at_least", "count", "unstated", None)],
    "ZJ-31": [(2025, 500, "exact", "count", "new", None)],
    "ZJ-32": [(2025, 100, "exact", "share", None, None)],
    "ZJ-33": [(2025, 25, "at_least", "share", None, None)],
    "SZ-00": [(2025, 50, "exact", "count", "unstated", None), (2030, 200, "exact", "count", "unstated", None)],
    "SZ-01": [(2025, 10, "exact", "count", "unstated", "SZ-00")],
    "SZ-02": [(2025, 5, "exact", "count", "unstated", "SZ-00")],
    "SZ-03": [(2025, 10, "exact", "count", "unstated", "SZ-00")],
    "SZ-04": [(2025, 5, "exact", "count", "unstated", "SZ-00")],
    "SZ-05": [(2025, 15, "exact", "count", "unstated", "SZ-00")],
    "SZ-16": [(2025, 140, "about", "count", "cumulative", None)],
    "SZ-18": [(2030, 10_000_000, "at_least", "count", "unstated", None)],
    "SD-15": [(2025, 70, "exact", "share", None, None)],
}
# As the clauses write the numbers that are not plain digits there.
WRITTEN = {
    ("ZJ-12", 100): "所有设区市",
    ("ZJ-17", 100_000): "10万亩",
    ("ZJ-22", 600_000): "60万吨/年以上",
    ("ZJ-32", 100): "所有县（市、区）",
    ("SZ-18", 10_000_000): "不少于1000万平方米",
}


@pytest.fixture(scope="module")
def entries() -> dict[str, TargetEntry]:
    text = (CRITERIA / "targets.yaml").read_text()
    return load_targets(text, source="targets.yaml", documents=DOCUMENTS, regions=REGIONS)


def clause(citation: str) -> str:
    """Return the text of a clause such as ``GW 五(十二)``."""
    document, _, number = citation.partition(" ")
    clauses = DOCUMENTS[document].clauses
    assert clauses is not None
    return str((clauses[number].model_extra or {})["text"])


def numbers(entries: dict[str, TargetEntry], *keys: str) -> list[Decimal]:
    return [target.value for key in keys for target in entries[key].targets]


# The whole


def test_all_hundred_categories_and_the_two_totals_are_there(entries: dict[str, TargetEntry]) -> None:
    ids = [f"{key}-{number:02}" for key, (first, last) in RANGES.items() for number in range(first, last + 1)]
    assert list(entries) == ids
    assert len(ids) == 102
    assert [key for key, entry in entries.items() if entry.kind == "total"] == ["ZJ-00", "SZ-00"]


def test_every_number_is_one_of_the_texts_and_none_is_missing(entries: dict[str, TargetEntry]) -> None:
    found = {
        key: [
            (target.year, target.value, target.operator, target.measure, target.counting, target.part_of)
            for target in entry.targets
        ]
        for key, entry in entries.items()
        if entry.targets
    }
    assert found == NUMBERS


def test_every_number_stands_in_a_clause_of_its_entry(entries: dict[str, TargetEntry]) -> None:
    for key, entry in entries.items():
        for target in entry.targets:
            wanted = WRITTEN.get((key, int(target.value)), str(target.value))
            texts = [clause(citation) for citation in entry.clauses]
            assert any(re.search(rf"(?<![0-9]){re.escape(wanted)}(?![0-9])", text) for text in texts), key
            assert any(re.search(rf"到 ?{target.year} ?年", text) for text in texts), key


def test_every_quotation_stands_in_the_clause_word_for_word(entries: dict[str, TargetEntry]) -> None:
    missing = [key for key, entry in entries.items() if not any(entry.quote in clause(one) for one in entry.clauses)]
    assert missing == []


def test_an_entry_cites_only_its_own_document(entries: dict[str, TargetEntry]) -> None:
    for key, entry in entries.items():
        assert {citation.partition(" ")[0] for citation in entry.clauses} == {document_of(key)}


def test_only_sets_of_the_project_score_a_category(entries: dict[str, TargetEntry]) -> None:
    assert {entry.criteria for entry in entries.values()} == SETS | {None}
    for entry in entries.values():
        if entry.kind in {"total", "K"}:
            assert entry.criteria is None


def test_a_set_and_its_categories_name_each_other(entries: dict[str, TargetEntry]) -> None:
    for path in sorted((CRITERIA / "sets").glob("*.yaml")):
        written = YAML(typ="safe", pure=True).load(path)
        # SD-01 speaks of benchmark enterprises and of dual near-zero ones; its entry names the set of the first.
        others = {"dual": {"SD-01"}}.get(written["key"], set())
        named = {key for key, entry in entries.items() if entry.criteria == written["key"]}
        assert set(written.get("categories", ())) - others == named, path.name


def test_the_english_is_complete(entries: dict[str, TargetEntry]) -> None:
    def texts(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [value["en"]] if "en" in value else [text for one in value.values() for text in texts(one)]
        return [text for one in value for text in texts(one)] if isinstance(value, (list, tuple)) else []

    for key, entry in entries.items():
        for text in texts(entry.model_dump()):
            assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", re.sub(r"[A-Z]{2} [^\s;,.]+", "", text)), (key, text)


# What the texts leave open


def test_shenzhen_gives_45_of_50_and_5_to_nobody(entries: dict[str, TargetEntry]) -> None:
    parts = parts_of(entries, "SZ-00", 2025)
    assert {key: int(part.value) for key, part in parts.items()} == {
        "SZ-01": 10,
        "SZ-02": 5,
        "SZ-03": 10,
        "SZ-04": 5,
        "SZ-05": 15,
    }
    total = total_in(entries, "SZ-00", 2025)
    assert total is not None
    assert (total.value, total.unallocated) == (50, 5)


def test_nothing_else_is_unallocated(entries: dict[str, TargetEntry]) -> None:
    left = [(key, target.year) for key, entry in entries.items() for target in entry.targets if target.unallocated]
    assert left == [("SZ-00", 2025)]


def test_the_200_of_zhejiang_are_60_and_60_and_80(entries: dict[str, TargetEntry]) -> None:
    parts = parts_of(entries, "ZJ-00", 2025)
    assert {key: int(part.value) for key, part in parts.items()} == {"ZJ-01": 60, "ZJ-02": 60, "ZJ-03": 80}


def test_the_ten_demonstration_works_of_zhejiang_are_outside_the_200(entries: dict[str, TargetEntry]) -> None:
    assert numbers(entries, "ZJ-04") == [10]
    assert entries["ZJ-04"].targets[0].part_of is None
    assert "示范工程" in entries["ZJ-04"].title.zh
    assert "标杆项目" not in entries["ZJ-04"].title.zh


@pytest.mark.parametrize(("total", "value"), [("ZJ-00", 400), ("SZ-00", 200)])
def test_the_totals_of_2030_are_not_split(entries: dict[str, TargetEntry], total: str, value: int) -> None:
    number = total_in(entries, total, 2030)
    assert number is not None
    assert (number.value, number.counting, number.unallocated) == (value, "unstated", None)
    assert parts_of(entries, total, 2030) == {}


def test_cumulative_or_new_is_said_only_where_the_text_says_it(entries: dict[str, TargetEntry]) -> None:
    said = {
        (key, target.year): target.counting
        for key, entry in entries.items()
        for target in entry.targets
        if target.counting not in {None, "unstated"}
    }
    assert said == {
        ("ZJ-05", 2030): "cumulative",
        ("ZJ-06", 2030): "cumulative",
        ("ZJ-11", 2030): "cumulative",
        ("ZJ-31", 2025): "new",
        ("SZ-16", 2025): "cumulative",
    }
    goals = clause("ZJ 一(二)")
    assert "累计创建40个创新城市、100个创新园区，建设400个" in goals
    assert "协同指数累计提高20%" in goals
    assert "新增省级美丽河湖500条" in clause("ZJ 六(十四)")
    assert "累计创建国家绿色园区" in clause("SZ 三(一)")


def test_the_index_has_no_base_year(entries: dict[str, TargetEntry]) -> None:
    changes = {key for key, entry in entries.items() for target in entry.targets if target.measure == "change"}
    assert changes == {"ZJ-11"}
    assert [target.base for target in entries["ZJ-11"].targets] == ["unstated", "unstated"]
    based = [key for key, entry in entries.items() for target in entry.targets if target.base is not None]
    assert set(based) == {"ZJ-11"}


def test_the_level_of_a_city_is_known_only_where_the_text_says_it(entries: dict[str, TargetEntry]) -> None:
    assert entries["ZJ-05"].level == "unstated"
    for key, entry in entries.items():
        if entry.level == "city":
            assert entry.named or any("设区市" in clause(one) for one in entry.clauses), key


def test_the_national_plan_gives_no_number_and_shandong_only_a_share(entries: dict[str, TargetEntry]) -> None:
    assert [key for key, entry in of_document(entries, "GJ").items() if entry.targets] == []
    assert [key for key, entry in of_document(entries, "SD").items() if entry.targets] == ["SD-15"]


def test_a_group_is_no_number(entries: dict[str, TargetEntry]) -> None:
    said = [key for key, entry in entries.items() if "一批" in entry.quote]
    assert said == [
        *("GJ-02", "GJ-10", "GJ-14", "GJ-18"),
        *("ZJ-07", "ZJ-10", "ZJ-22", "ZJ-29"),
        *("SZ-11", "SZ-12", "SD-01", "SD-02"),
    ]
    # The number of the shared treatment centres is a capacity, not how many there are to be.
    assert [key for key in said if entries[key].targets] == ["ZJ-22"]
    for key in said:
        note = entries[key].note
        assert note is not None
        assert "“一批”" in note.zh


# Departments


def bracketed(text: str) -> list[tuple[str, bool]] | None:
    """Return the departments that a clause brackets at its end and which of them leads; None where it brackets none."""
    found = re.search(r"[（(]([^（）()]+?)(?:按职责分工)?负责[）)]$", text.strip())
    if not found:
        return None
    parts = re.split("[、，]", found[1])
    return [(part.removesuffix("等").removesuffix("牵头"), part.endswith("牵头")) for part in parts]


def test_departments_are_null_exactly_where_the_text_gives_none(entries: dict[str, TargetEntry]) -> None:
    none = {key for key, entry in entries.items() if entry.departments is None}
    zhejiang_and_shenzhen = {key for key in entries if document_of(key) in {"ZJ", "SZ"}}
    # GJ-14 stands in the main goals; GW-08 is a national standard, and nobody is named to write it.
    assert none == zhejiang_and_shenzhen | {"GJ-14", "GW-08"}
    for key in zhejiang_and_shenzhen:
        assert all(bracketed(clause(citation)) is None for citation in entries[key].clauses)


@pytest.mark.parametrize("document", ["GJ", "SD"])
def test_departments_are_those_of_the_bracket_in_its_order(entries: dict[str, TargetEntry], document: str) -> None:
    for key, entry in of_document(entries, document).items():
        wanted = bracketed(clause(entry.clauses[0]))
        found = entry.departments and [(one.zh, one.lead) for one in entry.departments]
        assert (list(found) if found else None) == wanted, key
        assert entry.departments_open == bool(re.search(r"等(按职责分工)?负责[）)]$", clause(entry.clauses[0]))), key


def test_departments_read_by_hand(entries: dict[str, TargetEntry]) -> None:
    # The clause says 住房城乡建设部 and ends its list with 等.
    assert [one.zh for one in entries["GJ-03"].departments or ()] == [
        *("生态环境部", "国家发展改革委", "科技部", "工业和信息化部", "住房城乡建设部", "水利部", "商务部")
    ]
    assert entries["GJ-03"].departments_open
    assert [(one.zh, one.lead) for one in entries["SD-03"].departments or ()] == [
        ("省生态环境厅", True),
        ("省发展改革委", False),
        ("省住房城乡建设厅", False),
    ]
    assert [(one.zh, one.lead) for one in entries["SD-12"].departments or ()] == [("省生态环境厅", True)]
    assert [one.zh for one in entries["SD-01"].departments or ()] == ["省生态环境厅"]


def test_the_wastewater_document_names_its_departments_once_at_the_end(entries: dict[str, TargetEntry]) -> None:
    assert "各省（区、市）发展改革、住房城乡建设、生态环境主管部门要结合本地实际抓好工作落实" in clause("GW 结尾")
    given = {
        tuple(one.zh for one in entry.departments)
        for entry in of_document(entries, "GW").values()
        if entry.departments is not None
    }
    provincial = "各省（区、市）{}主管部门"
    assert given == {tuple(provincial.format(field) for field in ("发展改革", "住房城乡建设", "生态环境"))}


def test_a_department_has_one_english_name(entries: dict[str, TargetEntry]) -> None:
    names: dict[str, set[str]] = {}
    for entry in entries.values():
        for one in entry.departments or ():
            names.setdefault(one.zh.replace("住房和城乡", "住房城乡"), set()).add(one.en)
    assert {zh: en for zh, en in names.items() if len(en) > 1} == {}


# Named parties


def test_a_pilot_of_class_c_names_its_parties_and_no_other_class_does(entries: dict[str, TargetEntry]) -> None:
    # The national pilot of the whole province needs no name.
    pilots = {key for key, entry in entries.items() if entry.kind == "C"} - {"ZJ-30"}
    assert {key for key, entry in entries.items() if entry.named} == pilots


def test_named_parties_stand_in_the_quotation_and_open_lists_are_marked(entries: dict[str, TargetEntry]) -> None:
    for key, entry in entries.items():
        for party in entry.named:
            assert party.zh in entry.quote, key
    assert [key for key, entry in entries.items() if entry.named_open] == [
        *("ZJ-20", "ZJ-21", "ZJ-25", "ZJ-27", "SZ-09", "SD-13")
    ]
    for entry in entries.values():
        if entry.named_open:
            assert "等" in entry.quote


def test_a_named_party_has_the_key_of_the_region_that_it_is(entries: dict[str, TargetEntry]) -> None:
    regions = YAML(typ="safe", pure=True).load(CRITERIA / "regions.yaml")
    without = []
    for key, entry in entries.items():
        for party in entry.named:
            if party.region is None:
                without.append((key, party.zh))
            else:
                assert regions[party.region]["name"]["zh"].removesuffix("市") == party.zh.removesuffix("市")
    assert without == [
        ("ZJ-20", "安吉县"),
        ("ZJ-20", "椒江区大陈岛"),
        ("ZJ-28", "上虞杭州湾精细化工园区"),
        ("SZ-09", "前海自贸试验区"),
    ]


def test_the_six_zones_of_shenzhen_have_their_themes(entries: dict[str, TargetEntry]) -> None:
    zones = {party.region: party.task.zh for party in entries["SZ-08"].named if party.task}
    assert zones == {
        "shenzhen-yantian": "港口物流行业减污降碳协同示范区",
        "shenzhen-baoan": "先进制造业减污降碳协同示范区",
        "shenzhen-longhua": "减污降碳协同创新示范区",
        "shenzhen-guangming": "重点领域减污降碳协同示范区",
        "shenzhen-dapeng": "减污降碳协同指数示范区",
        "shenzhen-shenshan": "农村地区减污降碳协同示范区",
    }


# Section numbers repeat, so that a clause needs its chapter


def test_section_numbers_that_repeat_are_told_apart_by_their_chapter(entries: dict[str, TargetEntry]) -> None:
    assert entries["ZJ-11"].clauses[0] == "ZJ 一(二)"
    assert entries["ZJ-24"].clauses == ("ZJ 二(一)",)
    assert clause("ZJ 一(二)").startswith("（二）主要目标")
    assert clause("ZJ 二(二)").startswith("（二）加强生态环境准入管理")
    # In Shenzhen every chapter counts anew: air in the fourth, districts in the fifth.
    assert entries["SZ-01"].clauses == ("SZ 四(一)",)
    assert entries["SZ-08"].clauses == ("SZ 五(一)",)
    with pytest.raises(CriteriaFaulty) as caught:
        load(GOOD.replace("[X 一(一)]", "[X (一)]"))
    assert [(fault.path, fault.key) for fault in caught.value.faults] == [("X-00.clauses[0]", "clause_unknown")]


# The reader, with documents and regions made up for it

KNOWN = load_documents(
    """\
X:
  title: {zh: 甲, en: X}
  clauses:
    一(一): {text: 建设5个项目，其中水2个。}
    二(一): {text: 提高 3%。}
Y: {title: {zh: 乙, en: Y}, clauses: {一: {text: 建设7个。}}}
Z: {title: {zh: 丙, en: Z}}
""",
    source="documents.yaml",
)
SOMEWHERE = {"here": None, "there": "here"}

GOOD = """\
X-00:
  title: {zh: 总量, en: Total}
  class: total
  clauses: [X 一(一)]
  applicant: {zh: 谁, en: Who}
  level: project
  departments: null
  named: []
  criteria: null
  quote: 建设5个项目
  targets:
    - {year: 2025, value: 5, unit: {zh: 个, en: it}, operator: exact, measure: count, counting: new, unallocated: 3}
X-01:
  title: {zh: 水, en: Water}
  class: A
  clauses: [X 一(一), X 二(一)]
  applicant: {zh: 谁, en: Who}
  level: project
  departments:
    - {zh: 厅, en: Department, lead: true}
  named:
    - {zh: 那里, en: There, region: there}
    - {zh: 某岛, en: An island, region: null}
  criteria: water
  quote: 其中水2个
  targets:
    - {year: 2025, value: 2, unit: {zh: 个, en: it}, operator: exact, measure: count, counting: new, part_of: X-00}
    - {year: 2025, value: 3, unit: {zh: '%', en: '%'}, operator: about, measure: change, base: 2020, counting: unstated}
    - {year: 2025, value: 60, unit: {zh: '%', en: '%'}, operator: exact, measure: share, of: {zh: 县, en: Counties}}
Y-01:
  title: {zh: 别, en: Other}
  class: B
  clauses: [Y 一]
  applicant: {zh: 谁, en: Who}
  level: unstated
  departments: null
  named: []
  criteria: null
  quote: 建设7个
  targets: []
"""


def load(text: str) -> dict[str, TargetEntry]:
    return load_targets(text, source="test.yaml", documents=KNOWN, regions=SOMEWHERE)


def refused(text: str) -> tuple[Fault, ...]:
    with pytest.raises(CriteriaFaulty) as caught:
        load(text)
    return caught.value.faults


def test_a_good_file_is_read_and_frozen() -> None:
    entries = load(GOOD)
    assert [(entry.kind, entry.criteria) for entry in entries.values()] == [
        ("total", None),
        ("A", "water"),
        ("B", None),
    ]
    water = entries["X-01"]
    assert water.departments is not None
    assert (water.departments[0].lead, water.departments_open) == (True, False)
    assert [(target.value, target.base) for target in water.targets] == [(2, None), (3, 2020), (60, None)]
    assert list(of_document(entries, "Y")) == ["Y-01"]
    assert list(parts_of(entries, "X-00", 2025)) == ["X-01"]
    assert parts_of(entries, "X-00", 2030) == {}
    assert total_in(entries, "X-00", 2030) is None
    assert total_in(entries, "W-00", 2025) is None
    with pytest.raises(ValueError, match="frozen"):
        water.level = "city"


OF_COUNTIES = "measure: share, of: {zh: 县, en: Counties}"
AS_PART = "counting: new, part_of: X-00"
WRONG = [
    # The entry
    ("Y-01:", "Y1:", "30 Y1 target_id_wrong"),
    ("Y-01:", "W-01:", "30 W-01 document_unknown"),
    ("class: A", "class: F", "15 X-01.class not_one_of"),
    ("  class: A\n", "", "13 X-01.class field_missing"),
    ("  targets: []\n", "", "30 Y-01.targets field_missing"),
    ("level: unstated", "level: town", "35 Y-01.level not_one_of"),
    ("    - {zh: 厅, en: Department, lead: true}", "    []", "19 X-01.departments list_empty"),
    ("criteria: water", "criteria: water!", "24 X-01.criteria key_wrong"),
    # What it refers to
    ("clauses: [Y 一]", "clauses: [W 一]", "33 Y-01.clauses[0] document_unknown"),
    ("clauses: [Y 一]", "clauses: [Y]", "33 Y-01.clauses[0] clause_missing"),
    ("clauses: [Y 一]", "clauses: [Y 二]", "33 Y-01.clauses[0] clause_unknown"),
    ("clauses: [Y 一]", "clauses: []", "33 Y-01.clauses list_empty"),
    ("quote: 建设7个", "quote: 建设8个", "39 Y-01.quote quote_elsewhere"),
    ("region: there", "region: nowhere", "22 X-01.named[0].region region_unknown"),
    # Totals and parts
    ("part_of: X-00", "part_of: X-09", "12 X-00.targets[0] parts_sum", "27 X-01.targets[0].part_of total_unknown"),
    ("part_of: X-00", "part_of: Y-01", "12 X-00.targets[0] parts_sum", "27 X-01.targets[0].part_of total_unknown"),
    (
        "{year: 2025, value: 5",
        "{year: 2030, value: 5",
        "12 X-00.targets[0] parts_sum",
        "27 X-01.targets[0].part_of part_of_nothing",
    ),
    ("unallocated: 3", "unallocated: 2", "12 X-00.targets[0] parts_sum"),
    ("new, unallocated: 3", "new", "12 X-00.targets[0] parts_sum"),
    # Sums wait until every entry is whole.
    (AS_PART, "counting: new, unallocated: 1", "13 X-01 field_not_of_kind"),
    # One number
    ("{year: 2025, value: 60", "{year: 25, value: 60", "29 X-01.targets[2].year year_wrong"),
    ("base: 2020", "base: then", "28 X-01.targets[1].base year_wrong"),
    ("value: 60", "value: 0", "29 X-01.targets[2] amount_wrong"),
    ("value: 60", "value: 101", "29 X-01.targets[2] number_above"),
    ("value: 60", "value: many", "29 X-01.targets[2].value number_expected"),
    ("measure: share", "measure: weight", "29 X-01.targets[2].measure not_one_of"),
    ("operator: about", "operator: most", "28 X-01.targets[1].operator not_one_of"),
    ("base: 2020, ", "", "28 X-01.targets[1] field_needed_by_kind"),
    (", of: {zh: 县, en: Counties}", "", "29 X-01.targets[2] field_needed_by_kind"),
    (AS_PART, f"{AS_PART}, base: 2020", "27 X-01.targets[0] field_not_of_kind"),
    (OF_COUNTIES, "measure: change, base: 2020, counting: new", "13 X-01 target_twice"),
]


@pytest.mark.parametrize(("before", "after", "faults"), [(one[0], one[1], one[2:]) for one in WRONG])
def test_what_is_wrong_is_named_with_its_place(before: str, after: str, faults: tuple[str, ...]) -> None:
    assert GOOD.count(before) == 1
    found = refused(GOOD.replace(before, after))
    assert tuple(f"{fault.line} {fault.path} {fault.key}" for fault in found) == faults


def test_a_part_stays_within_its_document() -> None:
    more = (
        "{year: 2025, value: 7, unit: {zh: 个, en: it}, operator: exact, measure: count, counting: new, part_of: X-00}"
    )
    text = GOOD.replace("  targets: []", f"  targets:\n    - {more}")
    assert [(fault.path, fault.key) for fault in refused(text)] == [
        ("X-00.targets[0]", "parts_sum"),
        ("Y-01.targets[0].part_of", "total_of_other_document"),
    ]


def test_all_faults_come_at_once_and_a_broken_entry_hides_none() -> None:
    text = GOOD.replace("class: A", "class: F").replace("region: there", "region: nowhere")
    text = text.replace("clauses: [Y 一]", "clauses: [Y 二]").replace("clauses: [X 一(一)]", "clauses: [X 九]")
    assert [(fault.line, fault.path, fault.key) for fault in refused(text)] == [
        (4, "X-00.clauses[0]", "clause_unknown"),
        (15, "X-01.class", "not_one_of"),
        (22, "X-01.named[0].region", "region_unknown"),
        (33, "Y-01.clauses[0]", "clause_unknown"),
    ]


def test_a_clause_without_text_leaves_the_quotation_unchecked() -> None:
    entries = load(GOOD.replace("Y-01", "Z-01").replace("Y 一", "Z 一"))
    assert entries["Z-01"].clauses == ("Z 一",)


def test_a_list_is_no_file_of_targets() -> None:
    assert [fault.key for fault in refused("- X-01\n")] == ["mapping_expected"]


def test_every_fault_of_the_reader_has_its_sentence() -> None:
    code = (ROOT / "registry" / "domain" / "targets.py").read_text()
    calls = r'(?:refuse|Fault|_note)\((?:[^"()]*(?:\([^()]*\))?[^"()]*?, )?(?:"", )?"([a-z]+(?:_[a-z]+)+)"'
    keys = {*re.findall(calls, code), *re.findall(r'yield "([a-z_]+)"', code)}
    assert len(keys) > 14
    assert keys - FAULTS.keys() == set()
