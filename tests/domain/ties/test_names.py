"""Names of organisations, each pair judged by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.ties.names import Agreement, agreement, person_key, read

PLACES = ("深圳市", "深圳", "南山区", "广东省")
MIDDLES = ("水务", "水务集团", "清源环保", "绿能科技", "第一污水处理厂")
ENDINGS = ("", "有限公司", "有限责任公司", "股份有限公司", "局")
NAMES = st.builds(lambda *parts: "".join(parts), *(st.sampled_from(some) for some in (PLACES, MIDDLES, ENDINGS)))


def how(one: str, other: str) -> Agreement | None:
    return agreement(read(one), read(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("深圳市水务（集团）有限公司", "深圳市水务(集团)有限公司"),
        ("深圳市水务（集团）有限公司", "深圳市水务集团有限公司"),
        ("深圳市水务集团有限责任公司", "深圳市水务集团有限公司"),
        ("深圳 市水务局", "深圳市水务局"),
        ("ＡＢＣ环保科技有限公司", "abc环保科技有限公司"),
        ("Blue River Environment Co., Ltd.", "BLUE RIVER ENVIRONMENT COMPANY LIMITED"),
        ("Blue River Environment Co.,Ltd", "The Blue River Environment Co. Ltd."),
        ("Smith & Jones Consulting Ltd", "Smith and Jones Consulting Limited"),
        ("清华大学", "清华大学"),
    ],
)
def test_spellings_of_one_name(one, other):
    assert how(one, other) is Agreement.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("深圳水务", "深圳水务集团"),
        ("深圳水务", "深圳市水务集团有限公司"),
        ("深圳水务集团", "深圳市水务（集团）有限公司"),
        ("清源环保有限公司", "清源环保股份有限公司"),
        ("杭州清源环保有限公司", "杭州清源环保有限公司宁波分公司"),
        ("清华大学", "清华大学环境学院"),
        ("清华大学", "清华大学环境学部"),
        ("深圳水务集团", "深圳水务集团工程部"),
        ("深圳市生态环境局", "深圳市生态环境局南山管理局"),
        ("深圳市水务局", "深圳市水务局排水管理处"),
        ("深圳市水务局", "深圳水务局"),
        ("生态环境部", "生态环境部"),
        ("深圳高新区", "深圳高新区管理委员会"),
        ("Blue River", "Blue River Water Co., Ltd."),
        ("Siemens", "Siemens (China) Ltd"),
        ("华为", "华为"),
        ("环保科技有限公司", "环保科技有限公司"),
    ],
)
def test_names_that_may_mean_one_organisation(one, other):
    assert how(one, other) is Agreement.LIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("深圳水务", "深圳市水务局"),
        ("深圳水务集团", "深圳市水务局"),
        ("深圳水务", "深圳水务局"),
        ("深圳市水务局", "广州市水务局"),
        ("环保科技", "杭州清源环保科技有限公司"),
        ("环境工程有限公司", "中国环境工程有限公司"),
        ("水务", "深圳水务集团"),
        ("华为", "华为技术有限公司"),
        ("Water Environment", "Blue Water Environment Ltd"),
        ("Ford", "Waterford Engineering Ltd"),
        ("Blue River", "Bluer Rivers Ltd"),
        ("杭州清源环保有限公司", "杭州清泉环保有限公司"),
        ("有限公司", "深圳水务有限公司"),
        ("", "深圳水务有限公司"),
    ],
)
def test_names_that_are_two(one, other):
    assert how(one, other) is None


@pytest.mark.parametrize(
    ("name", "authority"),
    [
        ("深圳市水务局", True),
        ("浙江省生态环境厅", True),
        ("国家发展改革委", True),
        ("Shenzhen Water Bureau", True),
        ("深圳供电局有限公司", False),
        ("深圳供电局", False),
        ("清华大学环境学部", False),
        ("深圳水务集团办公室", False),
        ("中铁第八工程局", False),
        ("苏州工业园区管委会", False),
        ("深圳水务集团", False),
    ],
)
def test_who_is_an_authority(name, authority):
    assert read(name).authority is authority


def test_a_person_s_name_has_one_spelling():
    assert person_key("Ｗang  Wei") == person_key("wang wei") == "wangwei"
    assert person_key("买买提·艾力") == person_key("买买提艾力")


@given(NAMES, NAMES)
def test_agreement_does_not_depend_on_who_is_asked_first(one, other):
    assert how(one, other) is how(other, one)


@given(NAMES, st.sampled_from([" ", "\u3000", "（", "）", "(", "·", "。"]), st.data())
def test_blanks_and_brackets_change_nothing(name, sign, data):
    place = data.draw(st.integers(0, len(name)))
    assert read(name[:place] + sign + name[place:]) == read(name)
