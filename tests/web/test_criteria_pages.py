"""The pages of the criteria sets: sentences of the score sheet, formulas in words, pictures, every set as a whole."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import select

from registry import seeds
from registry.db import Database
from registry.domain.criteria import CriteriaSet, load_set
from registry.domain.curves import Band, Curve, Shape, line
from registry.models import CriteriaVersion
from registry.queries import criteria_versions
from registry.web import criteria_pages, score_sheets
from registry.web.formula_words import plainer, without_guard, words_of
from tests import browse

Visit = Callable[[str], FlaskClient]

# A set with one entry of every sort, invented.
TEXT = """\
key: canteen
version: "1"
title: {zh: 无废食堂, en: Zero-waste canteens}
categories: [ZJ-05, ZJ-08, SD-03]
lists:
  - {key: zhejiang, title: {zh: 浙江, en: Zhejiang}, values: [ZJ-05, ZJ-08]}
  - {key: named, title: {zh: 点名城市, en: Named cities}, values: [jinan, qingdao]}
rules:
  places: 2
  bonus_cap: 3
  deduction_cap: 5
  cap: 103
  panel: {rule: trimmed_mean, reviewers: 3, spread: 15%}
  source: default
grades:
  - {key: pass_line, points: 60, title: {zh: 通过, en: Pass}, source: public}
  - {key: excellent, points: 85, title: {zh: 优秀, en: Excellent}, source: default}
ties: [waste, {key: every, title: {zh: 定量合计, en: All measures}, sum: [measure]}]
inputs:
  - {key: meals, kind: whole, title: {zh: 用餐人次, en: Meals}, limits: {min: 1, max: 1000000}, source: default}
  - key: waste_kg
    kind: number
    title: {zh: 餐厨垃圾, en: Food waste}
    unit: kg
    limits: {min: 0}
    plausible: {max: 900}
  - {key: licensed, kind: yes_no, title: {zh: 持证, en: Licensed}}
  - key: place
    kind: choice
    title: {zh: 食堂类型, en: Type}
    choices: {school: {zh: 学校, en: School}, works: {zh: 工厂, en: Works}, other: {zh: 其他, en: Other}}
    when: category in zhejiang
  - {key: removed, kind: rows, title: {zh: 去除量, en: Removed}, rows: {cod: {zh: 化学需氧量, en: COD}}}
derived:
  - {key: rate, title: {zh: 人均垃圾, en: Waste per meal}, unit: g, formula: waste_kg / meals * 1000}
gates:
  - {key: licence, kind: gate, title: {zh: 许可, en: Licence}, formula: licensed, clauses: []}
  - key: size
    kind: gate
    title: {zh: 规模, en: Size}
    alternatives:
      - {key: large, title: {zh: 大型, en: Large}, formula: meals >= 1000}
      - {key: city, title: {zh: 点名, en: Named}, formula: region in named}
    default: "off"
    clauses: []
    source: default
sections:
  - key: saving
    title: {zh: 节约, en: Saving}
    minimum: 40%
    indicators:
      - key: waste
        kind: measure
        title: {zh: 人均餐厨垃圾, en: Waste per meal}
        points: 60
        unit: g
        formula: rate
        curve:
          - {when: 'place == "school"', title: {zh: 学校, en: Schools}, knots: "50:100% -> 150:0%"}
          - {knots: "80:100% -> 200:0%"}
        not_applicable: {when: meals == 0}
        clauses: []
        source: {points: default, curve: public, formula: document, note: {zh: 50 出自公开来源, en: 50 is public}}
      - key: kinds
        kind: checklist
        title: {zh: 做法, en: Practice}
        points: 3
        when: not licensed
        items:
          - {key: scales, points: 1, title: {zh: 称重, en: Scales}}
          - {key: half, points: 1.5, title: {zh: 半份菜 50%, en: Half portions of 50%}}
          - key: cut
            points: 2
            title: {zh: 减量, en: Cut}
            formula: rate < 80
            when: category in zhejiang and place in ("school", "works")
          - {key: menu, points: 0.5, title: {zh: 公示, en: Menu}}
        clauses: []
        source: default
      - key: guests
        kind: measure
        title: {zh: 来访, en: Guests}
        points: 8
        formula: meals
        clauses: []
        source: default
  - key: experts
    title: {zh: 专家, en: Experts}
    indicators:
      - key: novelty
        kind: panel
        title: {zh: 先进性, en: Novelty}
        points: 29
        marks: levels
        levels: [{points: 0, zh: 无, en: None}, {points: 29, zh: 领先, en: Leading}]
        clauses: []
        source: default
bonuses:
  - key: extra
    kind: bonus
    title: {zh: 加分, en: Extra}
    points: 3
    items: [{key: garden, points: 3, title: {zh: 菜园, en: Garden}}]
    clauses: []
    source: default
deductions:
  - key: late
    kind: deduction
    title: {zh: 迟交, en: Late}
    points: 5
    formula: meals
    curve: "0:0% -> 10:100%"
    clauses: []
    source: default
"""


@pytest.fixture(scope="module")
def canteen() -> CriteriaSet:
    return load_set(TEXT, source="canteen.yaml", regions={"cn": None, "jinan": "cn", "qingdao": "cn"})


@pytest.fixture
def read_in(app: Flask) -> Callable[[str], object]:
    """Read in a language: `with read_in("zh"): …`."""

    @contextmanager
    def reading(language: str) -> Iterator[None]:
        with app.test_request_context():
            session["language"] = language
            yield

    return reading


def curve(kind: str, knots: str) -> Curve:
    return Curve(Shape(kind), knots=line(knots))


# One curve of every sort: points, unit, whether it costs, and the sentence in both languages, each written by hand.
RISING = "0:0% -> 10:60% -> 30:100%"
FALLING = "0.25:100% -> 0.36:60% -> 0.61:0%"
BOTH_SIDES = "50:0% -> 70:60% -> 80:100% -> 95:100% -> 100:60% -> 120:0%"
BANDS = (Band(None, Decimal("0.5"), Decimal(1)), Band(Decimal("0.5"), Decimal(1), Decimal("0.6")))
WHOLE = (Band(None, Decimal(1), Decimal(1)), Band(Decimal(1), None, Decimal(0)))
SENTENCES = [
    (
        curve("line", RISING), "6", "%", False,
        "30% or more earns all (6 points); 10% earns 60% (3.6 points); 0% or less earns nothing; "
        "in between in proportion (straight line)",
        "30% 及以上得满分（6 分）；10% 得 60%（3.6 分）；0% 及以下不得分；其间按比例（线性）得分",
    ),
    (
        curve("line", FALLING), "8", "kWh/m³", False,
        "0.25 kWh/m³ or less earns all (8 points); 0.36 earns 60% (4.8 points); 0.61 or more earns nothing; "
        "in between in proportion (straight line)",
        "0.25 kWh/m³ 及以下得满分（8 分）；0.36 得 60%（4.8 分）；0.61 及以上不得分；其间按比例（线性）得分",
    ),
    (
        curve("line", BOTH_SIDES), "3", "%", False,
        "80% to 95% earns all (3 points); 70%, 100% earns 60% (1.8 points); "
        "50% or less, 120% or more earns nothing; in between in proportion (straight line)",
        "80% 至 95% 得满分（3 分）；70%、100% 得 60%（1.8 分）；50% 及以下、120% 及以上不得分；其间按比例（线性）得分",
    ),
    (
        curve("steps", "0:0% -> 10:60% -> 20:100%"), "5", "m", False,
        "20 m or more earns all (5 points); 10 to less than 20 earns 60% (3 points); less than 10 earns nothing; "
        "in steps, nothing in between",
        "20 m 及以上得满分（5 分）；10 及以上、不足 20 得 60%（3 分）；不足 10 不得分；分档计分，不插值",
    ),
    (
        Curve(Shape.BANDS, bands=BANDS), "4", "", False,
        "0.5 or less earns all (4 points); 0.5 to 1 earns 60% (2.4 points); "
        "a limit belongs to the band named first; anything else earns nothing",
        "0.5 及以下得满分（4 分）；0.5 至 1 得 60%（2.4 分）；界值归先列的一档；其余不得分",
    ),
    (
        Curve(Shape.BANDS, bands=WHOLE), "1", "", False,
        "1 or less earns all (1 point); 1 or more earns nothing; a limit belongs to the band named first",
        "1 及以下得满分（1 分）；1 及以上不得分；界值归先列的一档",
    ),
    (curve("line", "5:60%"), "1", "", False, "any value earns 60% (0.6 points)", "任何数值得 60%（0.6 分）"),
    (
        curve("line", "0:0% -> 10:100%"), "3", "", True,
        "10 or more costs all (3 points); 0 or less costs nothing; in between deducted in proportion (straight line)",
        "10 及以上扣满分（3 分）；0 及以下不扣分；其间按比例（线性）扣分",
    ),
    (
        curve("line", "1000:0% -> 2000:50%"), "2", "kg", False,
        "2,000 kg or more earns 50% (1 point); 1,000 or less earns nothing; in between in proportion (straight line)",
        "2,000 kg 及以上得 50%（1 分）；1,000 及以下不得分；其间按比例（线性）得分",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("drawn", "points", "unit", "costs", "english", "chinese"), SENTENCES)
def test_a_curve_is_said_as_on_a_score_sheet(read_in, drawn, points, unit, costs, english, chinese):
    for language, sentence in (("en", english), ("zh", chinese)):
        with read_in(language):
            assert score_sheets.curve_sentence(drawn, Decimal(points), unit, costs=costs) == sentence


# What a formula says in both languages, by hand.
FORMULAS = [
    ("licensed and not licensed", "[Licensed] is yes and [Licensed] is no", "[持证]为“是”，且[持证]为“否”"),
    ("waste_kg / meals * 1000", "[Food waste] ÷ [Meals] × 1,000", "[餐厨垃圾] ÷ [用餐人次] × 1,000"),
    (
        "(waste_kg - meals) * (meals + 1)",
        "([Food waste] − [Meals]) × ([Meals] + 1)",
        "([餐厨垃圾] − [用餐人次]) × ([用餐人次] + 1)",
    ),
    ('place == "school"', "[Type] is “School”", "[食堂类型]为“学校”"),
    ('place != "works"', "[Type] is not “Works”", "[食堂类型]不是“工厂”"),
    ('place in ("school", "works")', "[Type] is one of “School”, “Works”", "[食堂类型]为其中之一：“学校”、“工厂”"),
    ("region not in named", "the region is not on the list [Named cities]", "所在地区不在名单[点名城市]之内"),
    ('within(region, "jinan")', "the region lies in Jinan City", "所在地区位于济南"),
    ("year >= 2030", "the year judged ≥ 2030", "数据年度 ≥ 2030"),
    (
        "licensed and (meals > 1 or meals == 0)",
        "[Licensed] is yes and ([Meals] > 1 or [Meals] = 0)",
        "[持证]为“是”，且（[用餐人次] > 1，或[用餐人次] = 0）",
    ),
    (
        "rate if answered(waste_kg) else 0",
        "[Waste per meal] if [Food waste] is filled in, otherwise 0",
        "若[餐厨垃圾]已填报，则为 [人均垃圾]；否则为 0",
    ),
    (
        'max(row(removed, "cod"), 0)',
        "the greatest of ([Removed: COD]; 0)",
        "最大值（[去除量：化学需氧量]；0）",
    ),
    ('category == "ZJ-05"', "the category is ZJ-05", "申报类别为ZJ-05"),
    (
        "not (meals > 1 and licensed)",
        "not ([Meals] > 1 and [Licensed] is yes)",
        "并非（[用餐人次] > 1，且[持证]为“是”）",
    ),
    (
        'licensed if region == "jinan" else meals > 1',
        "if the region is “Jinan City”, then [Licensed] is yes; otherwise [Meals] > 1",
        "所在地区为“济南”时，[持证]为“是”；否则[用餐人次] > 1",
    ),
    ('not within(region, "jinan")', "the region does not lie in Jinan City", "所在地区不在济南"),
    ("a formula that cannot be read (", "a formula that cannot be read (", "a formula that cannot be read ("),
]


@pytest.mark.parametrize(("formula", "english", "chinese"), FORMULAS)
def test_a_formula_is_said_with_names(read_in, canteen, formula, english, chinese):
    places = {"en": {"jinan": "Jinan City"}, "zh": {"jinan": "济南"}}
    for language, said in (("en", english), ("zh", chinese)):
        with read_in(language):
            assert words_of(formula, canteen, lambda key, names=places[language]: names.get(key, key)) == said


def standards(read_in, canteen: CriteriaSet, language: str) -> dict[str, tuple[str, ...]]:
    with read_in(language):
        parts = score_sheets.sheet(canteen, lambda formula: words_of(formula, canteen, str))
    return {row.key: lines(row) for part in parts for row in part.rows}


def lines(row: score_sheets.Row) -> tuple[str, ...]:
    """What stands in the column of the rule, from top to bottom."""
    grouped = (line for group in row.groups for line in (group.title, *group.items) if line)
    return (*filter(None, [row.help]), *row.standards, *grouped, *row.conditions)


# A formula as it stands in a set, and what is computed where the answers fit.
GUARDED = [
    ("waste_kg / meals if meals > 0 else 0", "waste_kg / meals"),
    ("(waste_kg - 1) / (meals + 1) if\n  meals > 0 else 0", "(waste_kg - 1) / (meals + 1)"),
    ("0 if meals == 0 else waste_kg / meals", "0 if meals == 0 else waste_kg / meals"),
    ("waste_kg if licensed else meals", "waste_kg if licensed else meals"),
    ("waste_kg (", "waste_kg ("),
]


@pytest.mark.parametrize(("formula", "bare"), GUARDED)
def test_the_sheet_leaves_the_guard_of_a_formula_out(formula, bare):
    assert without_guard(formula) == bare


# A condition as it stands in a set, and the same as short as it can be said. Canteen has ZJ-05, ZJ-08 and SD-03.
CONDITIONS = [
    ("category in zhejiang", "category in ('ZJ-05', 'ZJ-08')"),
    ("not category in zhejiang", "category == 'SD-03'"),
    ('not (category == "ZJ-08" or category == "SD-03")', "category == 'ZJ-05'"),
    ('category != "ZJ-08" and category != "SD-03"', "category == 'ZJ-05'"),
    # The type of canteen is asked only in Zhejiang.
    ('category in zhejiang and place == "school"', "place == 'school'"),
    ('category == "SD-03" and meals > 1', "category == 'SD-03' and meals > 1"),
    ("category not in zhejiang and meals > 1", "category == 'SD-03' and meals > 1"),
    ("meals > 1", "meals > 1"),
    # For all of its categories or for none: left as it is.
    ('category != "GJ-01"', 'category != "GJ-01"'),
]


@pytest.mark.parametrize(("condition", "short"), CONDITIONS)
def test_a_condition_is_said_as_short_as_it_can_be(canteen, condition, short):
    assert plainer(condition, canteen) == short


def test_a_category_goes_by_its_title(read_in, canteen):
    with read_in("en"):
        said = words_of('category == "SD-03"', canteen, str, {"SD-03": "City pilot"}.__getitem__)
    assert said == "the category is “City pilot”"


def test_the_sheet_ends_with_what_is_added_up(read_in, canteen):
    with read_in("en"):
        assert score_sheets.totals(canteen) == (
            # 60 + 3 + 8 of saving and 29 of the experts.
            ("Sum of the sections", "100"),
            ("Bonuses", "at most +3"),
            ("Deductions", "at most −5"),
            ("Total", "at most 103"),
        )
        assert score_sheets.computed(canteen, lambda formula: formula.upper()) == (
            score_sheets.Computed("Waste per meal", "WASTE_KG / MEALS * 1000", "g"),
        )


def test_every_sort_of_entry_is_a_row_of_the_score_sheet(read_in, canteen):
    english = standards(read_in, canteen, "en")
    assert english["licence"] == ("Must hold: Licensed. If not, the application fails.",)
    assert english["size"] == (
        "One of these must hold: Large ([Meals] ≥ 1,000); Named (the region is on the list [Named cities]). "
        "If none does, the application fails.",
        "Counts only where the round asks for it.",
    )
    assert english["waste"] == (
        "Value (g) = [Waste per meal]",
        "Schools ([Type] is “School”): 50 g or less earns all (60 points); 150 or more earns nothing; "
        "in between in proportion (straight line).",
        "Otherwise: 80 g or less earns all (60 points); 200 or more earns nothing; "
        "in between in proportion (straight line).",
        "May be declared not applicable, with a reason, if [Meals] = 0.",
    )
    assert english["kinds"] == (
        "Item by item, at most 3 points; of these count those that apply:",
        # 1 + 1.5 + 0.5 points, wherever they stand in the set.
        "In every case (3 points)",
        "Scales 1 point",
        "Half portions of 50%: 1.5 points",
        "Menu 0.5 points",
        "School, Works (2 points)",
        "Cut 2 points (follows from [Waste per meal] < 80)",
        "Only if [Licensed] is no; otherwise it does not apply.",
    )
    assert english["guests"] == ("Value = [Meals]", "The value itself is the points, from 0 up to 8 points.")
    assert english["novelty"] == (
        "Experts give 0 to 29 points. 0 points: None; 29 points: Leading.",
        "Only these steps may be given.",
    )
    assert english["extra"] == ("Item by item, at most 3 points:", "Garden 3 points")
    assert english["late"][1] == (
        "10 or more costs all (5 points); 0 or less costs nothing; in between deducted in proportion (straight line)."
    )


def test_the_same_rows_in_chinese(read_in, canteen):
    chinese = standards(read_in, canteen, "zh")
    assert chinese["licence"] == ("须满足：持证。不满足的，一票否决。",)
    assert chinese["size"] == (
        "须满足下列之一：大型（[用餐人次] ≥ 1,000）；点名（所在地区在名单[点名城市]之内）。都不满足的，一票否决。",
        "默认不作要求，批次打开后才适用。",
    )
    assert chinese["waste"] == (
        "指标值（g）= [人均垃圾]",
        "学校（[食堂类型]为“学校”）：50 g 及以下得满分（60 分）；150 及以上不得分；其间按比例（线性）得分。",
        "否则：80 g 及以下得满分（60 分）；200 及以上不得分；其间按比例（线性）得分。",
        "下列情形可申请不适用，并说明理由：[用餐人次] = 0。",
    )
    assert chinese["kinds"] == (
        "逐项计分，最多 3 分；只计符合条件的各项：",
        "不论何种情形（3 分）",
        "称重 1 分",
        "半份菜 50%：1.5 分",
        "公示 0.5 分",
        "学校、工厂（2 分）",
        "减量 2 分（由填报值判定：[人均垃圾] < 80）",
        "仅适用于下列情形：[持证]为“否”；否则不适用。",
    )
    assert chinese["guests"] == ("指标值 = [用餐人次]", "按指标值直接得分，最低 0 分，最高 8 分。")
    assert chinese["novelty"] == ("专家评分，0 至 29 分。0 分：无；29 分：领先。", "只能按上列分档评分。")
    assert chinese["extra"] == ("逐项计分，最多 3 分：", "菜园 3 分")
    assert chinese["late"] == (
        "指标值 = [用餐人次]",
        "10 及以上扣满分（5 分）；0 及以下不扣分；其间按比例（线性）扣分。",
    )


def test_the_sheet_has_numbers_points_and_marks_of_the_defaults(read_in, canteen):
    with read_in("en"):
        parts = score_sheets.sheet(canteen, str)
    assert [(part.kind, part.title, part.points) for part in parts] == [
        ("gate", "Requirements", ""),
        ("section", "Saving", "71"),
        ("section", "Experts", "29"),
        ("bonus", "Bonuses", "3"),
        ("deduction", "Deductions", "5"),
    ]
    assert parts[1].notes == ("At least 40% of the section's points, or no grade.",)
    rows = {row.key: row for part in parts for row in part.rows}
    assert [rows[key].number for key in ("licence", "size", "waste", "guests", "novelty", "extra", "late")] == [
        "0.1", "0.2", "1.1", "1.3", "2.1", "B.1", "D.1",
    ]  # fmt: skip
    assert [rows[key].points for key in ("licence", "waste", "extra", "late")] == ["", "60", "+3", "−5"]
    # A requirement without numbers has no default; a curve with a note has anchors of ours beside those it names.
    assert [rows[key].standard_default for key in ("licence", "size", "waste", "novelty")] == [False, True, True, True]
    assert rows["waste"].note == "50 is public"


def test_the_rules_of_the_total_are_sentences(read_in, canteen):
    with read_in("en"):
        assert score_sheets.rules(canteen) == (
            "Total = 100 × points ÷ points that apply to the site, plus bonuses, less deductions; at most 103.",
            "Bonuses count up to 3 points.",
            "Deductions count up to 5 points.",
            "Items that do not apply leave both sides of the division; where they hold more than 30% of the points, "
            "the total is withheld until a person has looked at it.",
            "The mean of the experts' marks counts; from five marks on without the highest and the lowest.",
            "Experts: at least 3.",
            "Marks that differ (standard deviation) by more than 15% of the points are pointed out.",
            "Equal totals are ordered by the points of Waste per meal, then All measures; "
            "after that the earlier submission goes first.",
        )
        assert score_sheets.grade_lines(canteen) == "Excellent from 85 points; Pass from 60 points"
    with read_in("zh"):
        assert score_sheets.grade_lines(canteen) == "优秀：85 分及以上；通过：60 分及以上"
        assert (
            score_sheets.rules(canteen)[-1]
            == "总分相同的，依次比较人均餐厨垃圾、定量合计的得分；仍相同的，先提交者在前。"
        )


def test_the_numbers_are_counted_by_their_source(read_in, canteen):
    with read_in("en"):
        found = {row.title: (*row.counts.values(), row.unstated) for row in criteria_pages.counted(canteen)}
    # In the order document, derived, public, default, not stated.
    assert found == {
        # The points of waste, kinds, guests, novelty, extra and late.
        "Points": (0, 0, 0, 6, 0),
        # The curves of waste and of late.
        "Curves": (0, 0, 1, 1, 0),
        # The requirement of size and the formulas of waste, kinds, guests and late.
        "Requirements and formulas with numbers": (1, 0, 0, 4, 0),
        # The rules and two grades.
        "Grades and rules of the total": (0, 0, 1, 2, 0),
        # Meals say where their limits come from, food waste does not.
        "Limits and usual ranges of what is asked": (0, 0, 0, 1, 1),
    }


# Every set of the portal, in both languages

DEFAULT = {
    "zh": "示范默认值，由发文机关设定",
    "en": "Default set by the portal, to be confirmed by the issuing authority",
}


@pytest.fixture
def keys(world_database: Database) -> list[str]:
    with world_database.reading() as reading:
        return list(reading.scalars(select(CriteriaVersion.key).order_by(CriteriaVersion.key)))


def reader(visit: Visit, language: str) -> FlaskClient:
    anybody = visit("")
    browse.post(anybody, "/language", language=language)
    return anybody


def test_the_demonstration_approves_every_set_that_comes_with_the_portal(keys):
    assert keys == sorted(path.stem for path in (seeds.CRITERIA / "sets").glob("*.yaml"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_set_has_its_page_and_its_score_sheet(visit, keys, world_database, language):
    anybody = reader(visit, language)
    default = DEFAULT[language]
    index = anybody.get("/criteria")
    with world_database.reading() as reading:
        sets = {row.key: criteria_versions.parsed(reading, row) for row in reading.scalars(select(CriteriaVersion))}
    for key, criteria in sets.items():
        page, sheet = anybody.get(f"/criteria/{key}"), anybody.get(f"/criteria/{key}/sheet")
        assert (page.status_code, sheet.status_code) == (200, 200)
        assert f'href="/criteria/{key}"' in index.text
        assert f'href="/criteria/{key}/sheet"' in page.text
        for entry in (*criteria.gates, *criteria.indicators.values()):
            assert page.text.count(f'id="{entry.key}"') == 1
            assert f'href="/criteria/{key}#{entry.key}"' in sheet.text
        curves = sum(len(entry.curve) for entry in criteria.indicators.values())
        assert page.text.count('class="curve-axis"') == curves
        # Whatever is a default says so: each curve beside its anchors, each row of the sheet with a mark.
        defaults = [entry for entry in criteria.indicators.values() if entry.source.points == "default"]
        assert page.text.count(default) >= len(defaults)
        assert sheet.text.count('class="default-mark"') >= len(defaults)
        assert default in sheet.text
        for text in (page.text, sheet.text):
            ids = re.findall(r'\sid="([^"]+)"', text)
            assert len(ids) == len(set(ids))
            assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)
        if language == "zh":
            # In Chinese a sentence ends with a full-width stop.
            assert re.findall(r"[\u4e00-\u9fff]\.\s*</(?:p|figcaption)>", page.text + sheet.text) == []


def test_a_score_sheet_can_be_filled_in_and_signed(visit):
    text = reader(visit, "en").get("/criteria/city/sheet").text
    assert "Score sheet: " in text
    assert "CriteriaVersion object" not in text
    # As city.yaml has it: each list of tasks has 12 points, in all 100, bonuses up to 5, at most 105.
    assert '<p class="sheet-group">Modern international metropolis (12 points): </p>' in text
    assert "the category is “City innovation pilot of pollution and carbon reduction (SD-03)” (12 points)" in text
    rows = re.findall(r'<th scope="row" colspan="4">([^<]*)</th>\s*<td class="sheet-points"[^>]*><div>([^<]*)<', text)
    assert rows == [("Sum of the sections", "100"), ("Bonuses", "at most +5"), ("Total", "at most 105")]
    for place in ("Applicant: ", "Signature of the reviewer: ", "Date: "):
        assert f"<span>{place}</span>" in text
    legend = text[text.index("sheet-legend") :]
    for document in ("GW", "GJ", "ZJ", "SZ", "SD"):
        assert f'<span class="nowrap">{document}</span> ' in legend


def test_the_words_of_a_clause_stand_on_the_page(visit):
    text = reader(visit, "en").get("/criteria/wwtp").text
    # The end of GW 一, on which the synergy requirement rests.
    assert "座能源资源高效循环利用的污水处理绿色低碳标杆厂" in text
    assert 'href="/documents/GW#%E4%BA%94(%E5%8D%81%E4%BA%8C)"' in text


def test_lists_name_regions_and_tables_their_editions(visit):
    anybody = reader(visit, "en")
    assert "Jinan; Qingdao; Yantai; Weifang" in browse.words(anybody.get("/criteria/city"))
    assert "IPCC Sixth Assessment Report" in browse.words(anybody.get("/criteria/wwtp"))


def test_what_may_be_filled_from_a_table_says_so(visit):
    words = browse.words(reader(visit, "en").get("/criteria/wwtp"))
    # As wwtp.yaml has it: reduce sum, coverage asked 90 %, least 30 %.
    assert (
        "May be filled from a table of days or months: their sum. The table should cover 90% of the year. "
        "Below 30% it gives no figure." in words
    )


def test_the_programmes_and_the_footer_lead_to_the_sets(visit):
    text = reader(visit, "en").get("/programmes").text
    assert text.count('href="/criteria"') == 2


def test_a_set_is_read_once(visit, keys, monkeypatch):
    read = []
    load = criteria_versions.load_set

    def counting(content: str, **about: object) -> CriteriaSet:
        read.append(about["source"])
        return load(content, **about)

    monkeypatch.setattr(criteria_versions, "load_set", counting)
    criteria_versions._shelf.clear()
    anybody = visit("")
    anybody.get("/criteria/wwtp")
    assert read == ["wwtp"]
    anybody.get("/criteria/wwtp/sheet")
    assert read == ["wwtp"]
    anybody.get("/criteria")
    assert sorted(read) == keys
    anybody.get("/criteria")
    assert sorted(read) == keys


def test_another_version_keeps_its_number_on_the_way_to_the_sheet(visit):
    anybody = visit("")
    assert 'href="/criteria/wwtp/sheet?version=1"' in anybody.get("/criteria/wwtp?version=1").text
    assert 'href="/criteria/wwtp?version=1#novelty"' in anybody.get("/criteria/wwtp/sheet?version=1").text
    assert anybody.get("/criteria/wwtp/sheet?version=9").status_code == 404
    assert anybody.get("/criteria/unknown/sheet").status_code == 404
