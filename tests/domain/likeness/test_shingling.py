"""How texts are read."""

from hypothesis import given
from hypothesis import strategies as st

from registry.domain.likeness.passages import Marked, common
from registry.domain.likeness.shingling import Hashing, spans, units
from registry.domain.likeness.values import Passage
from tests.domain.likeness.by_hand import signs

HASHING = Hashing("seed", 4)


def test_a_unit_is_a_chinese_sign_or_a_word_of_other_writing():
    assert units("年处理污水 1200 万吨，COD 去除率 95%。") == [
        *"年处理污水",
        "1200",
        *"万吨",
        "cod",
        *"去除率",
        "95",
    ]
    assert units("The plant's Café: re-use of sludge") == [
        "the",
        "plant",
        "s",
        "cafe",
        "re",
        "use",
        "of",
        "sludge",
    ]
    assert units("ＣＯＤ　去　除") == ["cod", "去", "除"]
    assert units("Cafe\u0301") == ["cafe"]
    assert units("，。 ") == []


def test_every_unit_keeps_its_place_in_the_text_as_written():
    written = "㎡ 年，ＣＯＤ去"
    assert [written[start:end] for start, end in spans(written)] == ["㎡", "年", "ＣＯＤ", "去"]


@given(st.text(max_size=60))
def test_units_and_places_go_together(written):
    places = spans(written)
    assert all(unit in units(written[start:end]) for unit, (start, end) in zip(units(written), places, strict=True))
    assert places == sorted(places)


def test_shingles_hang_on_the_order_and_on_the_seed():
    one, turned = HASHING.of("污水处理"), HASHING.of("理处水污")
    assert len(one) == len(turned) == 1
    assert one[0] != turned[0]
    assert Hashing("other", 4).of("污水处理")[0] != one[0]
    assert Hashing("seed", 4).of("污 水，处理")[0] == one[0]
    assert len(HASHING.of("污水处")) == 0
    assert len(HASHING.of("one two three four five")) == 2


def marked(written: str) -> Marked:
    return Marked(written, HASHING)


def test_common_passages_are_marked_where_they_stand():
    one = f"{signs(0, 10)}，{signs(10, 20)}；{signs(100, 105)}"
    other = f"{signs(200, 203)}{signs(0, 20)}。{signs(300, 305)}"
    assert common(marked(one), marked(other), 6) == (Passage(0, 21, 3, 23),)
    assert one[0:21].replace("，", "") == other[3:23]
    assert common(marked(one), marked(other), 21) == ()


def test_moved_sentences_are_found_each():
    one, other = signs(0, 10) + signs(50, 60), signs(50, 60) + signs(0, 10)
    assert common(marked(one), marked(other), 6) == (Passage(0, 10, 10, 20), Passage(10, 20, 0, 10))


def test_what_was_handed_out_begins_no_passage():
    given_out = frozenset(HASHING.of(signs(0, 10)).tolist())
    one = Marked(signs(0, 10) + signs(40, 48), HASHING, given_out)
    assert common(one, marked(signs(0, 10) + signs(90, 95)), 6) == ()
    assert common(one, marked(signs(40, 48)), 6) == (Passage(10, 18, 0, 8),)


@given(st.text("abc甲乙 ", max_size=40), st.text("abc甲乙 ", max_size=40))
def test_a_passage_is_the_same_in_both(one, other):
    for passage in common(marked(one), marked(other), 4):
        here = units(one[passage.start : passage.end])
        assert here == units(other[passage.other_start : passage.other_end])
        assert len(here) >= 4
