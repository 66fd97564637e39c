"""Pictures of indicators: as committed, sound as SVG, legible, and drawn where the numbers say."""

import re
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from pathlib import Path

import pytest

from registry.domain.criteria import CriteriaSet, load_set
from registry.domain.shapes import Texts
from registry.rendering.pictures import cards

GALLERY = Path(__file__).parents[2] / "criteria" / "gallery"
PICTURES = sorted(GALLERY.glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def gallery() -> CriteriaSet:
    return load_set((GALLERY / "gallery.yaml").read_text(), source="gallery.yaml")


def drawn(gallery: CriteriaSet, key: str, marks: str = "") -> str:
    given = [Decimal(mark) for mark in marks.split()]
    return cards.of_indicator(gallery.indicators[key], gallery.rules.panel, given)


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314


def test_every_gate_and_indicator_of_the_gallery_has_its_picture(gallery: CriteriaSet) -> None:
    assert {path.stem for path in PICTURES} == {*gallery.indicators, *(gate.key for gate in gallery.gates)}


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_a_picture_stands_by_itself(path: Path) -> None:
    text = path.read_text()
    root = ElementTree.fromstring(text)  # noqa: S314
    assert root.tag == f"{SVG}svg"
    assert [element.tag.removeprefix(SVG) for element in root][:2] == ["title", "desc"]
    assert all((element.text or "").strip() for element in [*root][:2])
    assert re.findall(r"href|url\(|<style|<script|@import", text) == []


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_nothing_leaves_the_card(path: Path) -> None:
    root = ElementTree.fromstring(path.read_text())  # noqa: S314
    height = float(root.attrib["height"])
    for text in root.iter(f"{SVG}text"):
        width = cards.wide(text.text or "", float(text.attrib["font-size"]))
        before = {"end": 1.0, "middle": 0.5}.get(text.attrib.get("text-anchor", "start"), 0.0)
        left = float(text.attrib["x"]) - before * width
        assert left >= 0, text.text
        assert left + width <= cards.WIDTH, text.text
        assert float(text.attrib["y"]) < height


def brightness(colour: str) -> float:
    """Return the relative luminance of a colour as WCAG counts it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [cards.INK, cards.QUIET, *cards.COLOURS])
def test_words_and_lines_stand_out_from_the_card(colour: str) -> None:
    assert (brightness(cards.CARD) + 0.05) / (brightness(colour) + 0.05) >= 4.5


def test_a_line_goes_through_its_knots(gallery: CriteriaSet) -> None:
    # The knots 0.25 to 0.61 have a tenth of their span beside them: 0.214 to 0.646 lie on 64 to 452. 0.36 is then at
    # 64 + 0.146 ÷ 0.432 × 388 = 195.1, and 60% at 214 − 0.6 × 140 = 130.
    assert "L195.1 130 " in drawn(gallery, "falling")
    # Beyond its last knot it stays level to the edge.
    assert drawn(gallery, "falling").count("L452 214") == 1


def test_a_deduction_goes_down(gallery: CriteriaSet) -> None:
    # 0 to 3 with a tenth beside: −0.3 to 3.3 on 64 to 452, so that 3 is at 64 + 3.3 ÷ 3.6 × 388 = 419.7, full at 214
    picture = drawn(gallery, "late")
    assert "419.7 214" in picture
    assert "−3 分" in texts(picture)


def test_the_end_of_a_step_belongs_to_the_next(gallery: CriteriaSet) -> None:
    picture = drawn(gallery, "steps")
    # Three steps end where the next one begins, and the stretch below the first ends where it has the same share.
    assert picture.count(f'fill="{cards.CARD}" stroke="{cards.COLOURS[0]}"') == 3


def test_each_curve_has_its_name_and_its_own_line(gallery: CriteriaSet) -> None:
    picture = drawn(gallery, "by_condition")
    assert "缺水城市 · Water-short" in texts(picture)
    assert "其他城市 · Other cities" in texts(picture)
    assert cards.COLOURS[1] in picture


def test_a_panel_shows_the_mean_of_the_middle_marks(gallery: CriteriaSet) -> None:
    # of 2, 3, 3.2, 3.4 and 4 the three in the middle: 9.6 ÷ 3
    picture = drawn(gallery, "novelty", "4 2 3.4 3 3.2")
    assert "3.2 分" in texts(picture)
    assert picture.count(f'fill="{cards.CARD}" stroke="{cards.QUIET}"') == 2


def test_a_panel_without_marks_shows_its_levels(gallery: CriteriaSet) -> None:
    shown = texts(drawn(gallery, "novelty"))
    assert "国际领先 · Leading in the world" in shown
    assert not any("counted" in text for text in shown)


def test_a_checklist_is_cut_at_its_points(gallery: CriteriaSet) -> None:
    # 4.5 points lie on 250 to 456, so that the cap of 3 is at 250 + 3 ÷ 4.5 × 206 = 387.3
    picture = drawn(gallery, "equipment")
    assert 'd="M387.3 68 V194"' in picture
    assert "最多 at most 3" in texts(picture)


def test_a_gate_names_its_ways_or_its_formula(gallery: CriteriaSet) -> None:
    one, two = (cards.of_gate(gate) for gate in gallery.gates)
    assert "penalties == 0" in texts(one)
    assert {"有排污许可证 · Holds a permit", "已排污登记 · Is registered", cards.OR} <= set(texts(two))


def test_words_from_outside_are_words_in_the_picture(gallery: CriteriaSet) -> None:
    gate = gallery.gates[0].model_copy(update={"title": Texts(zh="<script>", en='a "b" & c')})
    picture = cards.of_gate(gate)
    assert "<script" not in picture
    assert texts(picture)[:2] == ["<script>", 'a "b" & c']


def test_long_words_are_cut() -> None:
    assert cards.fitted("short", 200) == "short"
    # eleven wide characters are 121 wide; ten and the ellipsis (six) are 116
    assert cards.fitted("一二三四五六七八九十一", 118) == "一二三四五六七八九十…"
