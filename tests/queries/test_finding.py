"""Finding rows by words, the same on both databases."""

import pytest
from sqlalchemy import select

from registry.domain.searching import too_short, words_of
from registry.models import Site
from registry.queries import finding
from tests import factories


@pytest.fixture
def found(session):
    for name, english, permit in (
        ("青澜第一水质净化厂", "Qinglan Water Works No. 1", "9133AB"),
        ("青澜污水处理厂", "Qinglan Sewage Works", "9144CD"),
        ("云溪 100% 再生水厂", "Yunxi_Reuse", ""),
        ("云溪（二期）", "", ""),
    ):
        factories.site(session, name=name, name_en=english, permit_number=permit)

    def names(text: str) -> list[str]:
        query = select(Site.name).where(finding.holds(text, Site.name, Site.name_en, Site.permit_number))
        return list(session.scalars(query.order_by(Site.id)))

    return names


FIRST, SECOND, THIRD, FOURTH = "青澜第一水质净化厂", "青澜污水处理厂", "云溪 100% 再生水厂", "云溪（二期）"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("水质", [FIRST]),
        ("青澜", [FIRST, SECOND]),
        ("青澜 污水", [SECOND]),
        ("污水　青澜", [SECOND]),
        ("青澜 云溪", []),
        ("qinglan WORKS", [FIRST, SECOND]),
        ("青澜 sewage", [SECOND]),
        ("９１４４ｃｄ", [SECOND]),
        ("33ab", [FIRST]),
        ("（二期）", [FOURTH]),
        ("%", [FIRST, SECOND, THIRD, FOURTH]),
        ("0%", [THIRD]),
        ("%%", []),
        ("__", []),
        ("i_r", [THIRD]),
        ("a\\b", []),
        ("'; --", []),
        ("", [FIRST, SECOND, THIRD, FOURTH]),
    ],
)
def test_every_word_stands_somewhere(found, text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(("text", "short"), [("水", True), (" 水 ", True), ("a", True), ("水厂", False), ("", False)])
def test_one_sign_is_too_short_to_find_by(text, short):
    assert too_short(text) is short
    assert words_of(text) == ((text,) if text == "水厂" else ())


def test_words_of_one_sign_count_where_there_are_several():
    assert words_of("北 厂") == ("北", "厂")


def test_a_long_text_is_cut():
    assert words_of("字" * 300) == ("字" * 100,)
    assert words_of(" ".join("甲乙丙丁戊己庚辛壬癸")) == tuple("甲乙丙丁戊己庚辛")


def test_entries_at_hand_are_found_by_the_same_words():
    entries = [
        {"position": 1, "site": {"zh": FIRST, "en": "Qinglan"}, "credit_code": "91330100AB"},
        {"position": 2, "site": {"zh": FOURTH, "en": ""}, "organisation": {"zh": "云溪水务", "en": "Yunxi"}},
    ]
    assert [entry["position"] for entry in finding.among(entries, "水务").rows] == [2]
    assert [entry["position"] for entry in finding.among(entries, "0100ab qing").rows] == [1]
    assert [entry["position"] for entry in finding.among(entries, "").rows] == [1, 2]
