"""Pictures as values: every place worked out by hand."""

from decimal import Decimal

import pytest

from registry.domain.criteria import load_set
from registry.domain.curves import Band, Curve, Knot, Shape, line
from registry.rendering.pictures import curves, places, rankings, scores, series, shapes, weights
from registry.rendering.pictures.shapes import Box, Dot, Picture, Way, Words

ABOUT = ("points", "%")


def of_kind(picture: Picture, kind: str) -> list[Box | Way | Dot | Words]:
    return [shape for shape in picture.shapes if shape.kind == kind]


def texts(picture: Picture) -> list[str]:
    return [shape.text for shape in picture.shapes if isinstance(shape, Words)]


def spans(picture: Picture, kind: str) -> list[tuple[float, float]]:
    """Where the boxes of a kind begin, and how wide they are."""
    return [(box.x, box.width) for box in of_kind(picture, kind) if isinstance(box, Box)]


def number(text: str) -> Decimal:
    return Decimal(text)


# What all of them share


def test_labels_that_would_touch_go_to_another_row():
    # Ten letters of 13 × 0.56 = 7.28 are 72.8 wide, 36.4 to each side.
    found = shapes.rows_of_labels([(100, "aaaaaaaaaa"), (150, "bbbbbbbbbb"), (190, "cccccccccc"), (10, "d")], 0, 400)
    # The first begins at 63.6 and ends at 136.4; the second would begin at 113.6, the third at 153.6: 8 are left free.
    assert [(label.text[0], label.at, label.row) for label in found] == [
        ("d", 10.0, 0),
        ("a", 100.0, 0),
        ("b", 150.0, 1),
        ("c", 190.0, 0),
    ]


def test_labels_stay_within_the_edges():
    # 36.4 from each edge.
    found = shapes.rows_of_labels([(0, "aaaaaaaaaa"), (400, "bbbbbbbbbb")], 0, 400)
    assert [label.at for label in found] == [36.4, 363.6]


def test_hatching_stays_within_its_box():
    # Lines x + y = 3, 9, 15 in a box of 10 by 6: the first two are cut by its corner, the third by its right edge.
    assert shapes.hatch("lines", 100, 50, 10, 6).way == "M100 53L103 50M103 56L109 50M109 56L110 55"


def test_a_long_name_is_cut():
    # A Chinese character is 13 wide: four and the ellipsis (7.28) are 59.28.
    assert shapes.fitted("水质净化厂改造", 60) == "水质净化…"
    assert shapes.fitted("水质", 60) == "水质"


# Scores


def part(points: str, most: str, **more: object) -> scores.Part:
    return scores.Part("Part", f"{points} of {most}", number(points), number(most), **more)  # type: ignore[arg-type]


def total(points: str, *, full: str | None = None, cap: str = "100") -> scores.Total:
    return scores.Total("Total", number(points), number(cap), number(full or points))


def test_a_grade_of_80_in_a_bar_of_100_points_and_400_wide_stands_at_320():
    lines = [scores.Line(number("60"), "C 60"), scores.Line(number("80"), "B 80")]
    picture = scores.bar([part("50", "100")], total("50"), lines, width=400)
    # One row of labels: its words stand at 37, the lines begin at 41, the bar goes from 45 to 71, the lines 4 further.
    assert of_kind(picture, "score-grade") == [Way("score-grade", "M320 41V75")]
    assert of_kind(picture, "score-least") == [Way("score-least", "M240 41V75")]
    assert spans(picture, "score-value")[0] == (0.0, 200.0)


def test_sections_follow_each_other_in_the_total_and_have_their_rows():
    parts = [part("30", "40"), part("15", "60", open=number("20"))]
    picture = scores.bar(parts, total("45"), [], width=400)
    # In the total 4 units a point; in the rows 400 / 60 a point: 30 are 200 wide, 15 are 100.
    assert spans(picture, "score-value") == [(0.0, 120.0), (120.0, 60.0), (0.0, 200.0), (0.0, 100.0)]
    # The ground of the total, then of both sections: 40 of 60 are 266.7.
    assert spans(picture, "score-ground") == [(0.0, 400.0), (0.0, 266.7), (0.0, 400.0)]
    # What is not judged yet stands behind what is earned: in the total from 180 on, in its row from 100 on.
    ways = [shape.way for shape in of_kind(picture, "score-open-lines") if isinstance(shape, Way)]
    assert [float(way[1:].split(" ", 1)[0]) for way in ways] == [180.0, 100.0]
    assert texts(picture)[-4:] == ["1 Part", "30 of 40", "2 Part", "15 of 60"]


def test_a_set_of_other_points_counts_in_a_hundred():
    # 30 of 40 and 0 of 10 are 60 in a hundred: 240 of 400.
    picture = scores.bar([part("30", "40"), part("0", "10")], total("60"), [], width=400)
    assert spans(picture, "score-value")[0] == (0.0, 240.0)


def test_bonus_and_deduction_are_told_apart_and_end_at_the_total():
    parts = [part("90", "100"), part("5", "5", kind="bonus"), part("8", "10", kind="deduction")]
    picture = scores.bar(parts, total("87", full="95"), [], width=400)
    # 90 earned and 5 of bonus are 95, 8 are taken away: the bar ends at 87 (348), what is lost goes on to 95 (32 more).
    assert spans(picture, "score-value")[0] == (0.0, 348.0)
    assert spans(picture, "score-bonus") == [(0.0, 20.0)]
    assert spans(picture, "score-lost") == [(348.0, 32.0), (0.0, 32.0)]


def test_the_least_of_a_section_is_marked_in_its_row():
    picture = scores.bar([part("30", "50", least=number("20"))], None, [], width=400)
    # 20 of 50 are 160; the bar goes from 21 to 33, the line 4 beyond it on both sides.
    assert of_kind(picture, "score-least") == [Way("score-least", "M160 17V37")]
    assert picture.height == 44


# Curves


def drawn(curve: Curve, points: str = "60", **more: object) -> Picture:
    return curves.picture(curve, number(points), source="document", about=ABOUT, **more)  # type: ignore[arg-type]


def curve(shape: str, text: str) -> Curve:
    return Curve(Shape(shape), knots=line(text))


def lines(picture: Picture) -> list[str]:
    return [shape.way for shape in of_kind(picture, "curve-line") if isinstance(shape, Way)]


def labels(picture: Picture) -> list[tuple[float, float, str]]:
    return [(one.x, one.y, one.text) for one in of_kind(picture, "curve-label") if isinstance(one, Words)]


def test_a_curve_is_drawn_to_the_edges_with_its_knots_labelled():
    picture = drawn(curve("line", "0:0% -> 100:100%"))
    # From −10 to 110 across 308 units: 10 are 25.667 units. Up from 158 to 34.
    assert lines(picture) == ["M40 158L65.7 158L322.3 34L348 34"]
    assert labels(picture) == [
        (34.0, 162.0, "0"),
        (34.0, 38.0, "60"),
        (65.7, 177.0, "0"),
        (322.3, 177.0, "100"),
        (4.0, 14.0, "points"),
        (348.0, 208.0, "%"),
    ]
    assert of_kind(picture, "curve-mark") == []


def test_steps_and_bands_are_drawn_as_levels():
    steps = drawn(curve("steps", "0:0% -> 10:60% -> 20:100%"))
    # From −2 to 22: below 10 nothing, then 60 % (83.6 = 158 − 0.6 × 124), from 20 on all.
    assert lines(steps) == ["M40 158L194 158", "M194 83.6L322.3 83.6", "M322.3 34L348 34"]
    bands = (Band(None, Decimal("0.5"), Decimal(1)), Band(Decimal("0.5"), Decimal(1), Decimal("0.6")))
    # From 0.45 to 1.05: all up to 0.5, 60 % up to 1, nothing beyond.
    assert lines(drawn(Curve(Shape.BANDS, bands=bands))) == [
        "M40 34L65.7 34",
        "M65.7 83.6L322.3 83.6",
        "M322.3 158L348 158",
    ]


def test_labels_of_knots_that_would_touch_go_to_a_second_row():
    knots = tuple(Knot(Decimal(x), Decimal(share)) for x, share in ((0, 0), (95, 1), (100, 1), (105, 0)))
    across = [one for one in labels(drawn(Curve(Shape.LINE, knots=knots), "3")) if one[2] in ("0", "95", "100", "105")]
    # 177 is the first row, 192 the second; 105 finds no room in either and is left to the words below.
    assert [(text, y) for _x, y, text in across if y > 170] == [("0", 177.0), ("95", 177.0), ("100", 192.0)]


@pytest.mark.parametrize(
    ("value", "points", "place"),
    [
        # 50 is 60 units from −10, 154 of 308; 30 of 60 points are half of 124.
        ("50", "30", Dot("curve-mark", 194.0, 96.0, 6)),
        ("5000", "60", Dot("curve-mark", 348.0, 34.0, 6)),  # beyond the edge: at the edge
        ("-80", "0", Dot("curve-mark", 40.0, 158.0, 6)),
    ],
)
def test_the_place_of_a_site_stands_on_its_curve(value: str, points: str, place: Dot):
    mine = curves.Mine(number(value), number(points), f"{value} gives {points}")
    picture = drawn(curve("line", "0:0% -> 100:100%"), mine=mine)
    assert of_kind(picture, "curve-mark") == [place]
    (said,) = of_kind(picture, "curve-here")
    assert isinstance(said, Words)
    assert said.text == f"{value} gives {points}"
    assert said.x >= 40
    assert said.x + shapes.wide(said.text) <= curves.WIDTH


def test_the_words_at_a_place_leave_the_curve_free():
    # Left of a place on a rising line, above it, there is nothing; on a falling one there is to its right.
    (rising,) = of_kind(
        drawn(curve("line", "0:0% -> 100:100%"), mine=curves.Mine(number("50"), number("30"), "50")), "curve-here"
    )
    (falling,) = of_kind(
        drawn(curve("line", "0:100% -> 100:0%"), mine=curves.Mine(number("50"), number("30"), "50")), "curve-here"
    )
    # Two digits are 14.56 wide, 10 beside the place at 194 and 8 above 96.
    assert (rising.x, rising.y) == (169.4, 88.0)
    assert (falling.x, falling.y) == (204.0, 88.0)


def test_an_anchor_says_by_its_shape_where_its_number_comes_from():
    found = {kind: curves.sign(kind).shapes[0] for kind in ("document", "derived", "public", "default")}
    assert len(set(found.values())) == 4


# Rankings

SAID = rankings.Said("Cut", "Reserve", "Least", "none")


def ranked(selected: int, reserved: int = 0, others: int = 0, unranked: int = 0) -> list[rankings.Row]:
    results = ["selected"] * selected + ["reserved"] * reserved + ["unselected"] * others
    rows = [
        rankings.Row(f"Site {place}", place, Decimal(100) - Decimal(place) / 10, result)
        for place, result in enumerate(results, 1)
    ]
    return rows + [rankings.Row("Last", None, None, "unselected")] * unranked


def ranking(rows: list[rankings.Row], width: int = 640, least: Decimal | None = None) -> Picture:
    return rankings.picture(rows, SAID, cap=Decimal(100), least=least, width=width)


def test_bars_stand_in_order_and_the_cut_below_the_last_that_is_in():
    picture = ranking(ranked(2, reserved=1, others=1, unranked=1))
    # Rows of 20 from 4 on: two, the gap of the cut with 26, the word of the reserve with 20, its row, and the rest.
    names = [(one.text, one.y) for one in of_kind(picture, "picture-words") if isinstance(one, Words)]
    assert names == [
        ("Site 1", 19.0),
        ("Site 2", 39.0),
        ("Reserve", 85.0),
        ("Site 3", 105.0),
        ("Site 4", 125.0),
        ("Last", 145.0),
        ("none", 145.0),
    ]
    assert of_kind(picture, "ranking-cut") == [Way("ranking-cut", "M0 49H640")]
    assert [(box.y, box.height) for box in of_kind(picture, "ranking-band") if isinstance(box, Box)] == [
        (70.0, 20.0),
        (90.0, 20.0),
    ]
    # Of 100 points over the 258 units from 320 to 578: 99.9 are 257.7.
    assert spans(picture, "ranking-selected") == [(320.0, 257.7), (320.0, 257.5)]
    assert [len(of_kind(picture, kind)) for kind in ("ranking-reserved", "ranking-lines", "ranking-out")] == [1, 1, 1]


def test_the_least_is_a_line_through_the_bars_alone():
    # 60 of 100: 320 + 0.6 × 258 = 474.8; the rows begin at 24, below the words of the line.
    assert of_kind(ranking(ranked(2), least=Decimal(60)), "ranking-least") == [
        Way("ranking-least", "M474.8 24V44"),
        Way("ranking-least", "M474.8 44V64"),
    ]
    # Narrow: 44 + 0.6 × 296 = 221.6, and only beside the bar, which stands below the name.
    assert of_kind(ranking(ranked(1), 340, Decimal(60)), "ranking-least") == [Way("ranking-least", "M221.6 43V62")]


def test_equal_totals_are_joined():
    rows = [
        rankings.Row("A", 1, Decimal("80.50"), "selected"),
        rankings.Row("B", 1, Decimal("80.5"), "selected"),
        rankings.Row("C", 3, Decimal("70"), "unselected"),
        rankings.Row("D", None, Decimal("70"), "unselected"),
        rankings.Row("E", None, None, "unselected"),
        rankings.Row("F", None, None, "unselected"),
    ]
    assert [row.tied for row in rankings.with_ties(rows)] == [False, True, False, False, False, False]
    # From the middle of the first row (14) to that of the second (34).
    assert of_kind(ranking(rankings.with_ties(rows)), "ranking-tie") == [Way("ranking-tie", "M39 14H34V34H39")]


def test_a_tie_through_the_cut_is_joined_across_it():
    rows = [
        rankings.Row("A", 1, Decimal("80"), "selected"),
        rankings.Row("B", 1, Decimal("80"), "reserved", tied=True),
    ]
    # From the middle of the first row (14), past the cut (26) and the word of the reserve (20), to 70 + 10.
    assert of_kind(ranking(rows), "ranking-tie") == [Way("ranking-tie", "M39 14H34V80H39")]


def test_everybody_is_in_or_nobody():
    assert of_kind(ranking(ranked(2)), "ranking-cut") == [Way("ranking-cut", "M0 49H640")]
    assert of_kind(ranking(ranked(0, others=2)), "ranking-cut") == []
    assert ranking([]).shapes == ()


@pytest.mark.parametrize(
    ("rows", "first", "count"),
    [
        (ranked(3, others=2), 0, 5),
        (ranked(10, others=40), 0, 40),
        (ranked(150, 2, 148), 130, 40),  # 150 − 20
        (ranked(10, 2, 288), 0, 40),
        (ranked(290, 2, 8), 260, 40),  # 300 − 40
    ],
)
def test_of_a_long_ranking_the_rows_around_the_cut_are_drawn(rows: list[rankings.Row], first: int, count: int):
    before, shown = rankings.around(rows)
    assert (before, len(shown)) == (first, count)
    picture = ranking(rows)
    assert sum(text.startswith("Site ") for text in texts(picture)) == count
    assert len(of_kind(picture, "ranking-cut")) == 1


# Places


def test_every_place_is_a_cell():
    rows = [places.Row("A", "said", 4, 1, assigned=1, waiting=1), places.Row("B", "said", 2, 2)]
    picture = places.picture(rows, width=100)
    # The longest has four places and one in reserve: 20 each, 2 of them free between the cells.
    assert spans(picture, "places-free") == [(20.0, 18.0), (40.0, 18.0), (60.0, 18.0)]
    assert spans(picture, "places-taken") == [(0.0, 18.0), (0.0, 18.0), (20.0, 18.0)]
    # The last of the four came from the pool; the one in reserve stands behind them.
    assert of_kind(picture, "places-pool") == [Way("places-pool", "M60 39H78")]
    assert len(of_kind(picture, "places-lines")) == 1
    assert picture.height == 92


def test_many_places_are_a_bar():
    picture = places.picture([places.Row("A", "said", 200, 50)], width=400)
    assert spans(picture, "places-taken") == [(0.0, 100.0)]
    assert spans(picture, "places-free") == [(100.0, 300.0)]


def test_more_taken_than_there_are_places_and_no_limit():
    picture = places.picture([places.Row("A", "said", 1, 2), places.Row("B", "said", None, 1)], width=40)
    assert spans(picture, "places-taken") == [(0.0, 18.0), (20.0, 18.0), (0.0, 18.0)]
    assert of_kind(picture, "places-free") == []
    assert len(of_kind(picture, "places-open")) == 1


# Series


def test_a_series_has_its_gaps_and_what_stands_out():
    dates = [f"2025-{month:02d}" for month in range(1, 13)]
    records = {"2025-01": Decimal(0), "2025-02": Decimal(10), "2025-12": Decimal(5)}
    picture = series.picture(dates, records, {"2025-02"})
    # A month is 30 wide; nothing from March to November: 9 months from 60 on. 74 units from 82 up to 8.
    assert spans(picture, "records-gap") == [(60.0, 270.0)]
    assert of_kind(picture, "records-line") == [Way("records-line", "M15 82L45 8 M345 45h0.01")]
    assert of_kind(picture, "records-mark") == [Dot("records-mark", 45.0, 8.0, 4)]


# What counts how much

CANTEEN = """\
key: canteen
version: "1"
title: {zh: 食堂, en: Canteens}
rules: {places: 2, bonus_cap: 4, panel: {rule: mean, reviewers: 1}, source: default}
inputs: [{key: waste, kind: number, title: {zh: 垃圾, en: Waste}, unit: kg, limits: {min: 0}, source: default}]
sections:
  - key: all
    title: {zh: 全部, en: All}
    indicators:
      - {key: less, kind: measure, title: {zh: 减量, en: Less}, points: 60, clauses: [], formula: waste,
         curve: "0:100% -> 10:0%", unit: kg, source: default}
      - {key: fresh, kind: panel, title: {zh: 创新, en: New}, points: 20, clauses: [], source: default,
         levels: [{points: 20, zh: 好, en: good}]}
bonuses:
  - {key: more, kind: bonus, title: {zh: 加分, en: More}, points: 4, clauses: [], formula: waste, source: default}
"""


def test_bars_are_as_long_as_their_points():
    found = weights.bars(load_set(CANTEEN, source="canteen.yaml"))
    assert [(bar.kind, bar.points) for bar in found] == [("section", Decimal(80)), ("bonus", Decimal(4))]
    picture = weights.picture(found, ["All · 80", "Bonus · 4"], width=400)
    # 5 units a point.
    assert spans(picture, "weight weight-measure") == [(0.0, 300.0)]
    assert spans(picture, "weight weight-panel") == [(300.0, 100.0)]
    assert spans(picture, "weight weight-bonus") == [(0.0, 20.0)]
    # What experts judge is hatched too.
    assert len(of_kind(picture, "weight-lines")) == 1
    assert texts(picture) == ["All · 80", "60", "20", "Bonus · 4", "4"]
