"""Names are put out of sight however they are spelled, and common words are not."""

import re
import unicodedata
import zlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from registry.domain.blinding import MARK, Veil, folded, spellings

COMPANY = "浙江路河水务有限公司"
VEIL = Veil(
    frozenset({COMPANY, "Luhe Water Co., Ltd.", "91330100MA5F000001", "白云", "office@luhe.example", "Aqua"}),
    frozenset({"王伟", "Li Na", "杭州市"}),
)
HAN = st.text(alphabet="路河水务厂第一二三四五六七八九十甲乙丙丁", min_size=3, max_size=8)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我们是浙江路河水务有限公司。", f"我们是{MARK}。"),
        ("浙江路河 水务（有限）公司", MARK),
        ("LUHE  water co. ltd runs it", f"{MARK} runs it"),
        ("ｌｕｈｅ　ｗａｔｅｒ　ｃｏ，ｌｔｄ", MARK),
        ("９１３３０１００ｍａ５ｆ０００００１", MARK),
        ("代码 9133 0100-MA5F 0000 01。", f"代码 {MARK}。"),
        ("write to Office@Luhe.Example", f"write to {MARK}"),
        ("负责人王 伟签字", f"负责人{MARK}签字"),
        ("signed by LI NA.", f"signed by {MARK}."),
        ("位于杭州市", f"位于{MARK}"),
        ("浙江路河水务有限公司与浙江路河水务有限公司", f"{MARK}与{MARK}"),
    ],
)
def test_a_name_is_hidden_however_it_is_spelled(text: str, shown: str) -> None:
    assert VEIL.text(text) == shown


@pytest.mark.parametrize("text", ["白云下的湖", "salina and saline", "aquaculture", "", "王 的伟大", "浙江的河水"])
def test_common_words_stay(text: str) -> None:
    assert VEIL.text(text) == text
    assert not VEIL.names_in(text)


def test_a_short_latin_name_is_hidden_as_a_word_of_its_own() -> None:
    assert VEIL.text("the Aqua plant, aquatic") == f"the {MARK} plant, aquatic"


def test_texts_within_values_are_hidden_and_figures_are_not() -> None:
    told = {"a": [f"见{COMPANY}", 7, None], "b": {"c": "王伟"}, "d": True}
    assert VEIL.value(told) == {"a": [f"见{MARK}", 7, None], "b": {"c": MARK}, "d": True}


def test_a_veil_without_names_changes_nothing() -> None:
    assert Veil().text(COMPANY) == COMPANY
    assert not Veil().names_in(COMPANY)
    assert not Veil().told_in([COMPANY.encode()])


@given(
    before=st.text(max_size=20), name=HAN, after=st.text(max_size=20), blanks=st.sampled_from(["", " ", "\u3000", "·"])
)
def test_wherever_a_name_stands_it_is_not_left(before: str, name: str, after: str, blanks: str) -> None:
    shown = Veil(frozenset({name})).text(before + blanks.join(name) + after)
    assert name not in "".join(re.findall(r"\w|▇", unicodedata.normalize("NFKC", shown)))


@given(text=st.text(max_size=60), names=st.frozensets(HAN, max_size=4))
def test_to_hide_twice_is_to_hide_once(text: str, names: frozenset[str]) -> None:
    veil = Veil(names)
    once = veil.text(text + "".join(names))
    assert veil.text(once) == once
    assert not veil.names_in(once)


@given(text=st.text(alphabet="abcdefghij 一二三", max_size=60), name=HAN)
def test_what_is_no_name_stays_as_it_is(text: str, name: str) -> None:
    assume(name not in text)
    assert Veil(frozenset({name})).text(text) == text


@given(text=st.text(max_size=60))
def test_every_sign_that_counts_keeps_its_place(text: str) -> None:
    found = folded(text)
    assert len(found.signs) == len(found.places)
    assert list(found.places) == sorted(found.places)


def test_an_organisation_is_known_without_legal_form_and_place() -> None:
    assert spellings(COMPANY, ["浙江省", "浙江"]) == {COMPANY, "浙江路河水务", "路河水务"}


def test_what_is_left_of_a_name_counts_only_where_it_tells_whose_it_is() -> None:
    # 杭州水务 without 杭州 would be any waterworks.
    assert spellings("杭州水务有限公司", ["杭州"]) == {"杭州水务有限公司", "杭州水务"}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-be", "utf-16-le"])
def test_a_name_in_a_file_is_found_in_the_usual_encodings(encoding: str) -> None:
    assert VEIL.told_in([b"\x00\x01", b"/Author (" + COMPANY.encode(encoding) + b")"])


def test_a_name_in_a_file_is_found_as_the_numbers_of_a_pdf_and_in_any_case() -> None:
    assert VEIL.told_in([b"/Author <FEFF" + COMPANY.encode("utf-16-be").hex().upper().encode() + b">"])
    assert VEIL.told_in([b"by LUHE WATER CO., LTD."])


def test_a_file_is_not_refused_for_two_signs_that_may_come_about_by_chance() -> None:
    assert not VEIL.told_in([zlib.compress(b"nothing"), "王伟".encode()])
