"""Receipt, letter and score sheet, read back: both languages, pages that count, and nothing that is read as markup."""

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pypdf
import pypdfium2
import pytest

from registry.domain.errors import Invalid
from registry.rendering import letter, receipt, score_paper
from registry.rendering.blocks import Unprintable
from registry.rendering.paper import ROOM, Bilingual, Piece, paged
from registry.rendering.receipt import File
from tests.rendering import paper_values as values

RARE = "䶮㙍𬭎𠮷"
# No face of the package has this one: 𰀀.
UNKNOWN = "\U00030000"
Paper = tuple[Callable[[Any], bytes], Any]
SHORT: list[Paper] = [
    (receipt.render, values.RECEIPT),
    (letter.render, values.LETTER),
    (score_paper.render, values.SCORE),
]
LONG: list[Paper] = [
    (receipt.render, values.LONG_RECEIPT),
    (letter.render, values.LONG_LETTER),
    (score_paper.render, values.LONG_SCORE),
]
NAMES = ["receipt", "letter", "score"]


def pages(pdf: bytes) -> list[list[str]]:
    return [
        [line.strip() for line in page.extract_text().splitlines() if line.strip()]
        for page in pypdf.PdfReader(BytesIO(pdf)).pages
    ]


def text(pdf: bytes) -> str:
    return "".join("".join(line.split()) for page in pages(pdf) for line in page)


def renamed(paper: Any, name: str) -> Any:
    """The same paper of a site of another name."""
    if isinstance(paper, receipt.Receipt):
        return replace(paper, site=Bilingual(name, name))
    if isinstance(paper, letter.Letter):
        return replace(paper, subject=Bilingual(name, name))
    return replace(paper, facts=((Bilingual("申报场所", "Site"), Bilingual(name, name)),))


@pytest.mark.parametrize(("render", "paper"), [*SHORT, *LONG], ids=[*NAMES, *(f"long {name}" for name in NAMES)])
def test_the_pages_are_numbered_in_both_manners_and_named_from_the_second_on(render, paper):
    found = pages(render(paper))
    for number, page in enumerate(found, start=1):
        assert f"第 {number} 页 / 共 {len(found)} 页 · Page {number} of {len(found)}" in page
        assert any(line.startswith("减污降碳协同标杆项目门户 · Registry of Synergy Benchmarks") for line in page)
    for page in found[1:]:
        assert "全国标杆污水处理厂  National benchmark wastewater plants" in page
        assert "8NZR-YW8R-ZRW3-DESK" in page


def test_a_receipt_says_what_arrived_in_both_languages():
    (page,) = pages(receipt.render(values.RECEIPT))
    assert page[: page.index("Received")] == ["申报回执", "RECEIPT OF SUBMISSION", "8NZR-YW8R-ZRW3-DESK", "接收时间"]
    said = " ".join(page)
    for part in (
        *("2026年6月1日 09:30（北京时间）", "09:30 on 1 June 2026 (Beijing time)", "签署人 Signed by 卫签署"),
        *("云溪水务集团有限公司 Yunxi Water Group", "统一社会信用代码 Unified Social Credit Code 91000000DEM0000006"),
        *(values.RECEIPT.digest, "1 年处理水量 Water treated in the year 36,720,000 m³", "365 天 365 days"),
        *("佐证材料（1 件） Evidence: 1", "1 监测报告.pdf 1.2 MB 0123456789abcdef"),
        *("全程任何环节均不收取费用。", "No fee is ever charged at any step."),
    ):
        assert part in said
    assert "0123456789abcdef0" not in said


def test_a_long_receipt_loses_no_value_and_no_file_and_repeats_the_heads():
    found = pages(receipt.render(values.LONG_RECEIPT))
    said = text(receipt.render(values.LONG_RECEIPT))
    assert [f"第{place}项指标数值" in said for place in range(1, 61)] == [True] * 60
    assert [f"佐证材料第{place}件" in said for place in range(1, 41)] == [True] * 40
    assert said.count(values.LONG_NAME.zh) == 2
    assert said.count("E" * 80) == 2
    for page in found[1:]:
        assert "填报项" in page or "文件" in page
    assert not any(page[-4:] == ["填报内容", "What was filled in", "序号", "No."] for page in found)


def test_a_letter_has_its_issuers_addressee_text_and_signature_in_both_languages():
    (page,) = pages(letter.render(values.LETTER))
    subject = page.index("未入选通知：云溪第一净水厂")
    assert {"国家发展和改革委员会", "住房和城乡建设部", "生态环境部"} <= set(page[:subject])
    assert page[subject + 1] == "云溪水务集团有限公司："
    assert page[page.index("对本通知有疑问的，请向发文机关咨询。") + 1 :][:4] == [
        *("国家发展和改革委员会", "住房和城乡建设部", "生态环境部", "2026年6月29日"),
    ]
    english = page.index("Not selected: Yunxi No. 1 Water Purification Plant")
    assert page[english + 1] == "To Yunxi Water Group"
    assert "29 June 2026" in page[english:]
    assert "登录门户可核对原文：https://portal.example/applications/1/letters/4" in "".join(page)
    assert "This letter is electronic; check it, signed in, at https://portal.example/applications/1/letters/4" in page


def test_a_wording_without_a_signature_is_signed_all_the_same():
    bare = replace(values.LETTER, body=Bilingual("予以入选。", "Selected."), issuers=values.ISSUERS[2:])
    (page,) = pages(letter.render(bare))
    assert page[page.index("予以入选。") + 1 :][:2] == ["生态环境部", "2026年6月29日"]
    assert page[page.index("Selected.") + 1 :][:2] == ["Ministry of Ecology and Environment", "29 June 2026"]


def test_nine_issuers_stand_at_the_head_of_a_letter_and_sign_it():
    said = text(letter.render(replace(values.LETTER, body=Bilingual("予以入选。", "Selected."), issuers=values.NINE)))
    assert [said.count(issuer.zh) for issuer in values.NINE] == [2] * 9


def test_a_score_sheet_says_result_requirements_indicators_and_values():
    said = " ".join(line for page in pages(score_paper.render(values.SCORE)) for line in page)
    for part in (
        *("得分表 SCORE SHEET", "86.85", "优秀", "各部分得分 Points by section", "6.64 / 12"),
        *("尚缺 What is missing · 2.1 创新性：评分不足", "门槛要求 Requirements", "0.1 依法设立"),
        *("能源 Energy", "0.2968 kWh/m³", "6.64 / 8", "GW 三(三); GW 五(十一)", "演示默认值，由发证机关设定"),
        *("总用电量 10,000,000 + 900,000 = 10,900,000 kWh", "年处理水量 36,720,000 m³ 36,500,000 m³ 按监测记录核减"),
    ):
        assert part in said


def test_sixty_indicators_go_over_pages_with_their_head():
    found = pages(score_paper.render(values.LONG_SCORE))
    numbers = [line for page in found for line in page if re.fullmatch(r"1\.\d+", line)]
    assert numbers == [f"1.{place}" for place in range(1, 61)]
    for page in found:
        assert not any(line.startswith("1.") for line in page) or "Indicator and working" in page


@pytest.mark.parametrize(("render", "paper"), SHORT, ids=NAMES)
def test_equal_values_give_equal_bytes(render, paper):
    assert render(paper) == render(replace(paper))


@pytest.mark.parametrize(("render", "paper"), SHORT, ids=NAMES)
def test_a_paper_says_in_its_file_what_it_is_and_whose(render, paper):
    reader = pypdf.PdfReader(BytesIO(render(renamed(paper, "甲厂"))))
    assert "甲厂" in reader.metadata["/Title"]
    assert reader.metadata["/Author"].startswith("国家发展和改革委员会")
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"


@pytest.mark.parametrize(("render", "paper"), SHORT, ids=NAMES)
def test_rare_characters_come_out(render, paper):
    assert RARE in text(render(renamed(paper, RARE)))


@pytest.mark.parametrize(("render", "paper"), SHORT, ids=NAMES)
def test_a_name_that_cannot_be_printed_is_refused_with_its_place(render, paper):
    with pytest.raises(Unprintable) as refusal:
        render(renamed(paper, f"甲{UNKNOWN}厂"))
    assert isinstance(refusal.value, Invalid)
    assert refusal.value.key == "paper_unprintable"
    where = "通知书 Letter" if paper is values.LETTER else "申报场所 Site"
    assert refusal.value.values == {"where": where, "characters": f"{UNKNOWN} (U+30000)"}


def test_a_file_name_that_cannot_be_printed_is_marked_and_named():
    paper = replace(values.RECEIPT, files=(File("报告\N{PARTY POPPER}.pdf", "1 kB", "0" * 64),))
    said = text(receipt.render(paper))
    assert "报告〓.pdf" in said
    assert "〓代替无法印出的字符：U+1F389" in said


@pytest.mark.parametrize(("render", "paper"), SHORT, ids=NAMES)
@pytest.mark.parametrize("literal", ["<b>&", "<font color='red'>x</font>", "{{ 7*7 }} %(x)s {page}", "(未闭合 \\"])
def test_markup_is_printed_as_it_stands(render, paper, literal):
    assert "".join(literal.split()) in text(render(renamed(paper, literal)))


def test_a_demonstration_says_so_on_every_page():
    for render, paper in LONG:
        for page in pages(render(paper)):
            assert "演示数据" in page
            assert any("For demonstration only, without effect" in line for line in page)
    assert "演示数据" not in text(receipt.render(values.RECEIPT))


@pytest.mark.parametrize(("render", "paper"), [*SHORT, *LONG], ids=[*NAMES, *(f"long {name}" for name in NAMES)])
def test_all_stands_within_the_margins_and_every_face_is_carried(render, paper):
    content = render(replace(paper, demo=False))
    for page in pypdfium2.PdfDocument(content):
        found = page.get_textpage()
        boxes = [found.get_rect(index) for index in range(found.count_rects())]
        assert all(left > 56 and low > 36 and right < 539 and high < 800 for left, low, right, high in boxes)
    for page in pypdf.PdfReader(BytesIO(content)).pages:
        faces = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        assert all("/FontFile2" in face["/FontDescriptor"] for face in faces)


def piece(height: float, **about: Any) -> Piece:
    return Piece(height, lambda _canvas, _top: None, **about)


def heights(pieces: list[Piece]) -> list[list[float]]:
    return [[one.height for one in page] for page in paged(pieces)]


def test_what_keeps_together_goes_on_together():
    assert heights([piece(ROOM - 50), piece(40, keep=True), piece(30)]) == [[ROOM - 50], [40, 30]]
    assert heights([piece(ROOM - 50), piece(20, keep=True), piece(30)]) == [[ROOM - 50, 20, 30]]


def test_room_before_a_piece_counts_but_not_at_the_top_of_a_page():
    assert heights([piece(ROOM - 50), piece(50, before=1)]) == [[ROOM - 50], [50]]
    assert heights([piece(ROOM, before=20)]) == [[ROOM]]


def test_a_table_that_goes_on_has_its_head_again():
    head = piece(10, keep=True)
    rows = [piece(ROOM / 2 - 10, head=head) for _ in range(3)]
    assert heights([head, *rows]) == [[10, ROOM / 2 - 10, ROOM / 2 - 10], [10, ROOM / 2 - 10]]


def test_what_is_kept_and_longer_than_a_page_is_broken_all_the_same():
    assert heights([piece(ROOM * 0.6, keep=True), piece(ROOM * 0.6, keep=True), piece(10)]) == [
        [ROOM * 0.6],
        [ROOM * 0.6, 10],
    ]


def test_points_by_section_are_named_in_both_languages():
    """Each section stands beside its bar and above its table, in Chinese and in English."""
    said = text(score_paper.render(values.SCORE))
    for section in values.SCORE.sections:
        assert "".join(said).count(section.title.en.replace(" ", "")) >= 2, section.title.en
