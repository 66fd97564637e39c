"""The pictures of the pages: their words for those who do not see them, hostile names, and where they stand."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from flask import Flask, get_template_attribute, session

from registry.domain import scoring
from registry.domain.criteria import CriteriaSet, load_set
from registry.domain.vocabulary import FilingKind, Kind, Level, QuotaPurpose, Role, Status
from registry.models import Quota, RouteStep
from registry.queries.quotas import Places
from registry.rendering.pictures import rankings as bars
from registry.web import route_words
from registry.web.pictures import curves, places, rankings, scores
from registry.web.pictures.shown import Shown
from tests import factories
from tests.factories import NOON

HOSTILE = "<script>alert(1)</script>&\"'"

TEXT = """\
key: canteen
version: "1"
title: {zh: 无废食堂, en: Zero-waste canteens}
rules: {places: 2, bonus_cap: 3, deduction_cap: 5, cap: 103, panel: {rule: mean, reviewers: 1}, source: default}
grades:
  - {key: excellent, points: 85, title: {zh: 优秀, en: Excellent}, source: default}
  - {key: pass_line, points: 60, title: {zh: 通过, en: Pass}, source: default}
inputs:
  - {key: waste, kind: number, title: {zh: 餐厨垃圾, en: Waste}, unit: kg, limits: {min: 0}, source: default}
  - {key: late, kind: number, title: {zh: 迟报, en: Late}, unit: d, limits: {min: 0}, source: default}
sections:
  - key: figures
    title: {zh: 定量, en: Figures}
    minimum: 40%
    indicators:
      - {key: less, kind: measure, title: {zh: 减量, en: Less waste}, points: 60, clauses: [], formula: waste,
         unit: kg, curve: "0:100% -> 10:0%", source: default}
  - key: judged
    title: {zh: 评审, en: Judged}
    indicators:
      - {key: fresh, kind: panel, title: {zh: 创新, en: Novelty}, points: 40, clauses: [], source: default,
         levels: [{points: 40, zh: 好, en: good}]}
deductions:
  - {key: delay, kind: deduction, title: {zh: 迟报, en: Delay}, points: 5, clauses: [], formula: late,
     unit: d, curve: "0:0% -> 10:100%", source: default}
"""
_SHOWN = "Shown are rows {} to {} of {}, around the cut; the table has all."
CONTEXT = {"category": "x", "region": "cn", "year": 2025}


@pytest.fixture
def canteen() -> CriteriaSet:
    return load_set(TEXT, source="canteen.yaml", regions={"cn": None})


@pytest.fixture
def in_english(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        session["language"] = "en"
        yield


def drawn(shown: Shown) -> str:
    return str(get_template_attribute("macros/charts.html", "picture")(shown))


def scored(criteria: CriteriaSet, **inputs: str) -> scoring.Score:
    return scoring.score(criteria, {"context": CONTEXT, "inputs": inputs})


@pytest.mark.usefixtures("in_english")
def test_a_score_is_told_in_words_with_grades_sections_and_what_is_open(canteen):
    # 5 kg are half of 60 points: 30 in a hundred. Five days are half of 5: 2.5 less. Novelty is not marked yet.
    shown = scores.of_score(canteen, scored(canteen, waste="5", late="5"))
    assert shown.label == "Score by section"
    assert shown.about == (
        "Total: 27.5 of 103; Excellent 85; Pass 60, the least; Figures: 30 of 60, at least 24; Judged: 0 of 40; "
        "Deduction: −2.5 of 5; not judged yet: 40 points"
    )
    assert [word for _swatch, word in shown.legend] == ["earned", "not judged yet", "Deduction"]


@pytest.mark.usefixtures("in_english")
def test_a_score_as_it_was_kept_has_the_same_picture(canteen):
    score = scored(canteen, waste="5", late="5")
    assert scores.of_result(canteen, score.as_dict()) == scores.of_score(canteen, score)
    assert scores.of_result(canteen, {"total": "1"}) is None


@pytest.mark.usefixtures("in_english")
def test_a_curve_says_its_knots_and_the_place_of_the_site(canteen):
    score = scored(canteen, waste="2.5", late="4")
    less, delay = canteen.indicators["less"], canteen.indicators["delay"]
    items = {item.key: item for item in score.items}
    # 2.5 of 10 away from all: 75 % of 60.
    shown = curves.with_mine(less, items["less"].working, items["less"].points)
    assert shown is not None
    assert shown.about == "0 kg gives 60 points; 10 kg gives 0 points"
    assert shown.note == "This site: 2.5 kg gives 45 points"
    assert "2.5 gives 45 points" in drawn(shown)
    costs = curves.with_mine(delay, items["delay"].working, items["delay"].points)
    assert costs is not None
    assert costs.note == "This site: 4 d costs 2 points"
    assert curves.with_mine(canteen.indicators["fresh"], (), Decimal(0)) is None


@pytest.mark.usefixtures("in_english")
def test_a_curve_of_what_is_missing_has_nobody_on_it(canteen):
    item = next(item for item in scored(canteen, late="0").items if item.key == "less")
    shown = curves.with_mine(canteen.indicators["less"], item.working, item.points)
    assert shown is not None
    assert shown.note == ""
    assert "curve-mark" not in drawn(shown)


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("count", [5, 50, 300])
def test_a_ranking_of_any_length_is_bounded_and_says_so(canteen, count):
    rows = [
        bars.Row(f"Site {place}", place, Decimal(90), "selected" if place <= count // 2 else "unselected")
        for place in range(1, count + 1)
    ]
    shown = rankings._ranking(rows, canteen, count // 2)
    markup = drawn(shown)
    # Both layouts have a name for each row that is drawn.
    assert len(re.findall(r">Site \d+</text>", markup)) == 2 * min(count, 40)
    assert shown.about == f"{count // 2} selected; in reserve: 0; others: {count - count // 2}; least for a grade: 60"
    # Of 300 the cut is after 150, of 50 after 25: 20 before it and 20 behind.
    said = {5: "", 50: _SHOWN.format(6, 45, 50), 300: _SHOWN.format(131, 170, 300)}[count]
    assert shown.note == said
    assert said in markup


@pytest.mark.usefixtures("in_english")
def test_places_are_told_in_words():
    shown = places.of_limits([("City", Places(5, 2)), ("Round", Places(None, 2))])
    assert shown is not None
    assert shown.about == "City: taken 2 of 5, free 3"
    assert places.of_limits([("Round", Places(None, 2))]) is None
    divided = places.of_division([("A", 3, 1), ("B", None, 0)], 2)
    assert divided is not None
    assert divided.about == "A: 3, of them 1 from the pool; Pool, given to no category: 2"
    assert places.of_division([("B", None, 0)], None) is None


@pytest.mark.usefixtures("in_english")
def test_hostile_names_stay_words(canteen):
    for shown in (
        rankings._ranking([bars.Row(HOSTILE, 1, Decimal(90), "selected")], canteen, 1),
        places.of_division([(HOSTILE, 3, 0)], None),
        curves.of_curve(canteen.indicators["less"], canteen.indicators["less"].curve[0].curve, HOSTILE),
    ):
        assert shown is not None
        markup = drawn(shown)
        assert "<script" not in markup
        assert "&lt;script&gt;" in markup


@pytest.mark.usefixtures("in_english")
def test_every_layout_has_a_name_and_words_of_its_own(canteen):
    markup = drawn(scores.of_score(canteen, scored(canteen, waste="5", late="0")))
    pictures = re.findall(r'<svg class="picture-(\w+)".*?role="img" aria-labelledby="(\S+) (\S+)"', markup)
    assert [layout for layout, _title, _desc in pictures] == ["wide", "narrow"]
    for _layout, title, desc in pictures:
        assert f'<title id="{title}">Score by section</title>' in markup
        assert f'<desc id="{desc}">Total: 30 of 103' in markup
    assert len({key for _layout, *keys in pictures for key in keys}) == 4
    assert "style=" not in markup


# Where an application stands


def stage(kind: Kind, position: int, filing: FilingKind | None = None, level: Level | None = None) -> RouteStep:
    return RouteStep(kind=kind, position=position, filing=filing, level=level, parameters={})


@pytest.mark.usefixtures("in_english")
def test_stages_that_come_again_are_told_apart():
    route = [
        stage(Kind.FILING, 0, FilingKind.APPLICATION),
        stage(Kind.RECOMMENDATION, 1, level=Level.CITY),
        stage(Kind.RECOMMENDATION, 2, level=Level.PROVINCE),
        stage(Kind.SCREENING, 3),
        stage(Kind.FILING, 4, FilingKind.MID_TERM),
        stage(Kind.SCREENING, 5),
    ]
    names = route_words.names(route)
    assert [names[3], names[5]] == ["screening 1", "screening 2"]
    assert names[1] == names[2] == "recommendation"  # their levels stand below them
    assert names[0] != names[4]
    assert route_words.names(route[:1]) == ["application"]


def steps_on(page) -> str:
    return page.text[page.text.index('<ol class="steps"') : page.text.index("</ol>", page.text.index("steps"))]


@pytest.mark.parametrize(
    ("status", "here", "words"),
    [
        (Status.WAITING, "current", "目前处于第 3 个环节（共 8 个）：形式审查"),
        (Status.REFUSED, "ended", "止于第 3 个环节（共 8 个）：形式审查"),
    ],
)
def test_a_case_says_where_it_stands_or_ended(session, client, at, status, here, words):
    row = factories.application(session, kind=Kind.SCREENING, status=status)
    officer = factories.persona(session, Role.OFFICER)
    session.commit()
    at(NOON)
    page = client(officer).get(f"/admin/cases/{row.id}")
    count = len(row.round_category.steps)
    position = row.position + 1
    assert words.replace("第 3 个", f"第 {position} 个").replace("共 8 个", f"共 {count} 个") in page.text
    found = re.findall(r'<li class="steps-(\w+)"', steps_on(page))
    rest = "coming" if here == "current" else "muted"
    assert found == ["done"] * (position - 1) + [here] + [rest] * (count - position)


# Where pictures stand


def test_the_office_sees_places_taken_and_in_reserve(session, client, at):
    where = factories.round_category(session, round_=factories.round_(session, closes_at=NOON), quota=3)
    factories.application(session, round_category=where, kind=Kind.NOTICE, status=Status.SELECTED)
    factories.application(session, round_category=where, kind=Kind.DELIBERATION, status=Status.RESERVED)
    officer = factories.persona(session, Role.OFFICER)
    session.commit()
    at(NOON)
    page = client(officer).get(f"/admin/rounds/{where.round_id}")
    name = where.category.name
    assert f"{name}：共 3，已用 1，空余 2、储备 1 个</desc>" in page.text


def test_the_public_sees_how_places_are_divided_and_not_how_many_are_taken(session, client, at):
    round_ = factories.round_(session, closes_at=NOON)
    factories.added(session, Quota(round_id=round_.id, purpose=QuotaPurpose.POOL, number=2))
    where = factories.round_category(session, round_=round_, quota=3)
    factories.application(session, round_category=where, kind=Kind.NOTICE, status=Status.SELECTED)
    session.commit()
    at(NOON)
    page = client().get(f"/rounds/{where.round_id}")
    assert f"{where.category.name}：3；未分配名额（未分到类别）：2</desc>" in page.text
    assert "已用" not in page.text


def test_the_ranking_and_the_decision_have_the_picture_of_the_cut(session, client, at):
    where = factories.round_category(session, round_=factories.round_(session, closes_at=NOON), quota=1)
    rows = [factories.application(session, round_category=where, kind=Kind.DELIBERATION) for _ in range(2)]
    for row, total in zip(rows, ("80.00", "90.00"), strict=True):
        factories.evaluation(session, row, total=total)
    officer = factories.persona(session, Role.OFFICER)
    session.commit()
    at(NOON)
    page = client(officer).get(f"/admin/decisions/rankings/{where.id}?places=1&reserve=1")
    picture = page.text[page.text.index('<svg class="picture-wide"') : page.text.index('<svg class="picture-narrow"')]
    assert "入选 1 个；储备 1 个；其余 0 个" in picture
    kinds = [kind for kind in re.findall(r'class="ranking-(\w+)"', picture) if kind in ("selected", "reserved", "cut")]
    assert kinds == ["selected", "cut", "reserved"]


def test_a_bureau_sees_how_many_it_has_recommended_of_how_many_it_may(session, client, at):
    region = factories.region(session, level=Level.CITY)
    round_ = factories.round_(session)
    limit = Quota(round_id=round_.id, region_key=region.key, purpose=QuotaPurpose.RECOMMEND, number=2)
    factories.added(session, limit)
    where = factories.round_category(session, round_=round_)
    site = factories.site(session, organisation=factories.organisation(session, region=region))
    row = factories.application(session, round_category=where, kind=Kind.RECOMMENDATION, site=site)
    person = factories.persona(session, Role.RECOMMENDER, region=region)
    session.commit()
    at(NOON)
    said = "整个批次：共 2，已用 0，空余 2</desc>"
    bureau = client(person)
    assert said in bureau.get("/recommendations").text
    assert said in bureau.get(f"/recommendations/{row.id}").text
