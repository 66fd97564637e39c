"""The pledge to be signed, read back: who pledges, what is declared in both languages, and where to sign."""

from dataclasses import replace

import pytest

from registry.rendering import pledge
from registry.rendering.blocks import Unprintable
from registry.rendering.paper import Bilingual
from tests.rendering.test_papers import UNKNOWN, pages, text

VALUES = pledge.Pledge(
    programme=Bilingual("标杆厂", "Benchmark plants"),
    round=Bilingual("2026 年遴选", "Selection 2026"),
    category=Bilingual("污水处理厂", "Wastewater plant"),
    applicant=Bilingual("示例水务有限公司", "Example Water"),
    code="91330100MA00000000",
    site=Bilingual("示例污水处理厂", "Example plant"),
    sentences=(
        Bilingual("承诺数据真实", "We pledge that the data are true"),
        Bilingual("确认没有造假", "We confirm that nothing was falsified"),
    ),
    issuers=("示例委员会",),
)


def test_it_fits_one_page_and_says_who_declares_what() -> None:
    pdf = pledge.render(VALUES)
    assert len(pages(pdf)) == 1
    words = text(pdf)
    told = (
        "示例水务有限公司",
        "91330100MA00000000",
        "示例污水处理厂",
        "1.承诺数据真实",
        "2.确认没有造假",
        "法定代表人（签字）",
    )
    assert [one for one in told if one not in words] == []
    assert words.index("Wepledgethatthedataaretrue") < words.index("2.确认没有造假") < words.index("Organisation(seal)")


def test_the_same_pledge_gives_the_same_bytes_and_an_unknown_sign_is_refused() -> None:
    assert pledge.render(VALUES) == pledge.render(VALUES)
    with pytest.raises(Unprintable):
        pledge.render(replace(VALUES, site=Bilingual(f"厂{UNKNOWN}")))


def test_where_to_sign_stays_together() -> None:
    long = replace(VALUES, sentences=VALUES.sentences * 9)
    last = "".join(pages(pledge.render(long))[-1])
    assert all(place.zh in last for place in pledge.PLACES)
