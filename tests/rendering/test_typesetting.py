"""Breaking Chinese and English into lines."""

import pytest

from registry.rendering import fonts
from registry.rendering.ornament import INK
from registry.rendering.typesetting import Style, set_text, shrink, wrap


@pytest.fixture(autouse=True)
def _faces():
    fonts.register()


# A full-width character of ten points is ten points wide.
TEN = Style(fonts.REGULAR, 10, INK)


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 50, []),
        ("甲乙丙丁戊", 50, ["甲乙丙丁戊"]),
        ("甲乙丙丁戊己", 50, ["甲乙丙丁戊", "己"]),
        ("甲乙丙丁戊。己", 50, ["甲乙丙丁", "戊。己"]),
        ("甲乙丙丁《戊己》", 50, ["甲乙丙丁", "《戊己》"]),
        ("water plant", 40, ["water", "plant"]),
        ("甲 <b> 乙", 500, ["甲 <b> 乙"]),
    ],
)
def test_lines_break_where_the_script_allows(text, width, expected):
    assert wrap(text, TEN, width) == expected


def test_a_word_longer_than_a_line_is_cut_and_nothing_is_lost():
    pieces = wrap("a" * 200, TEN, 60)
    assert "".join(pieces) == "a" * 200
    assert all(TEN.width(piece) <= 60 for piece in pieces)


def test_balanced_lines_are_about_equally_long():
    assert set_text("甲乙丙丁戊己", TEN, 50, balanced=True).lines == ("甲乙丙", "丁戊己")


def test_a_text_shrinks_to_its_lines_but_not_below_the_floor():
    # Eight characters on 60 points: 7.5 points each.
    assert shrink("甲" * 8, TEN, 60, lines=1, floor=5).style.size == 7.5
    setting = shrink("甲" * 8, TEN, 20, lines=1, floor=5)
    assert (setting.style.size, setting.lines) == (5, ("甲甲甲甲", "甲甲甲甲"))
