"""Lists on paper and in spreadsheets: what they say, that they say nothing else, and that no cell is a formula."""

import csv
import re
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pypdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.rendering import list_pages, spreadsheets
from registry.rendering.lists import Column, ListPaper

SHORT = ListPaper(
    language="zh",
    title="标杆项目公示名单（2026 年第一批）",
    state="公示",
    facts=(("计划", "标杆项目"), ("公示时间", "2026-03-02 12:00 至 2026-03-10 00:00"), ("摘要", "ab12")),
    notes=("对名单有异议的，请实名提出。",),
    columns=(Column("序号", 5, number=True), Column("名称", 30), Column("单位", 30), Column("总分", 8, number=True)),
    rows=((1, "第一净水厂", "第一水务有限公司", Decimal("80.50")), (2, "第二净水厂", "第二水务有限公司", Decimal("7"))),
    issuers=("某市生态环境局",),
    signed="2026年3月2日",
    seal="（盖章）",
    page="第 {page} 页，共 {pages} 页",
    unprintable="下列字符无法印出，以 〓 代替：{characters}",
    at=datetime(2026, 3, 2, 4, tzinfo=UTC),
    name="公示名单",
)


def rows(count: int, name: str = "第{}净水厂") -> ListPaper:
    return replace(
        SHORT,
        rows=tuple((number, name.format(number), "水务有限公司", Decimal("80.50")) for number in range(1, count + 1)),
    )


def pages(pdf: bytes) -> list[list[str]]:
    return [
        [line.strip() for line in page.extract_text().splitlines() if line.strip()]
        for page in pypdf.PdfReader(BytesIO(pdf)).pages
    ]


def pixels(pdf: bytes) -> list[bytes]:
    """The pages as pictures: what is drawn twice at one place or runs off the page shows there."""
    return [bytes(page.render(scale=0.5).to_pil().tobytes()) for page in pypdfium2.PdfDocument(pdf)]


# On paper


def test_a_short_list_is_one_page_and_says_all_of_its_values():
    assert pages(list_pages.render(SHORT)) == [
        [
            "标杆项目公示名单（2026 年第一批）",
            "公示",
            "计划",
            "标杆项目",
            "公示时间",
            "2026-03-02 12:00 至 2026-03-10 00:00",
            "摘要",
            "ab12",
            "对名单有异议的，请实名提出。",
            *("序号", "名称", "单位", "总分"),
            *("1", "第一净水厂", "第一水务有限公司", "80.50"),
            *("2", "第二净水厂", "第二水务有限公司", "7"),
            "某市生态环境局",
            "（盖章）",
            "2026年3月2日",
            "标杆项目公示名单（2026 年第一批）",
            "第 1 页，共 1 页",
        ]
    ]


def test_the_same_list_is_the_same_bytes():
    once = (list_pages.render(SHORT), spreadsheets.xlsx_of(SHORT), spreadsheets.csv_of(SHORT))
    time.sleep(2.1)  # a zip file counts time in steps of two seconds
    assert (list_pages.render(SHORT), spreadsheets.xlsx_of(SHORT), spreadsheets.csv_of(SHORT)) == once


def test_a_long_list_repeats_its_head_counts_its_pages_and_loses_no_row():
    found = pages(list_pages.render(rows(300)))
    assert all({"序号", "名称", "单位", "总分"} <= set(page) for page in found)
    assert [page[-1] for page in found] == [
        f"第 {number} 页，共 {len(found)} 页" for number in range(1, len(found) + 1)
    ]
    named = [line for page in found for line in page if re.fullmatch(r"第\d+净水厂", line)]
    assert named == [f"第{number}净水厂" for number in range(1, 301)]
    assert found[-1].count("某市生态环境局") == 1
    assert sum(page.count("某市生态环境局") for page in found) == 1


@pytest.mark.parametrize("count", range(18, 48))
def test_the_seals_never_stand_without_a_row(count):
    last = pages(list_pages.render(rows(count)))[-1]
    assert f"第{count}净水厂" in last
    assert "某市生态环境局" in last


def test_a_wide_list_lies_across_the_page():
    wide = replace(
        SHORT,
        columns=tuple(Column(f"栏{number}", 1) for number in range(8)),
        rows=(tuple("字" for _ in range(8)),),
    )
    heights = [
        float(pypdf.PdfReader(BytesIO(list_pages.render(paper))).pages[0].mediabox.height) for paper in (SHORT, wide)
    ]
    assert [round(height) for height in heights] == [842, 595]


def test_a_name_of_any_length_stays_within_its_column_and_its_page():
    long = rows(3, "深圳市水务（集团）有限公司南山水质净化厂及其再生水利用工程" * 4 + "{}")
    found = pages(list_pages.render(long))
    joined = "".join("".join(page) for page in found)
    assert joined.count("再生水利用工程") == 12
    endless = rows(1, "无尽的说明" * 2000)
    # Longer than a page: it is cut with a mark, on a page that holds its row alone.
    assert [sum(line.endswith("…") for line in page) for page in pages(list_pages.render(endless))] == [0, 1, 0]


def test_what_cannot_be_printed_is_marked_and_named():
    (page,) = pages(list_pages.render(rows(1, "\ue000\ue000{}厂")))
    assert "〓〓1厂" in page
    assert "下列字符无法印出，以 〓 代替：U+E000" in page


def test_text_is_drawn_as_it_stands():
    hostile = '<font color="red">&amp;</font> {page} %(x)s [[__import__]]'
    (page,) = pages(list_pages.render(replace(SHORT, rows=((1, hostile, "单位", Decimal("1")),))))
    assert hostile.replace(" ", "") in "".join(page).replace(" ", "")


def test_a_demo_says_so_on_every_page():
    found = pages(list_pages.render(replace(rows(60), demo=True)))
    assert len(found) > 1
    assert all("演示数据" in page and any("DEMONSTRATION" in line for line in page) for page in found)
    assert not any("演示数据" in page for page in pages(list_pages.render(rows(60))))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 9])
def test_every_issuer_has_room_for_a_seal(count):
    several = replace(SHORT, issuers=tuple(f"某省第{number}厅" for number in range(1, count + 1)))
    (page,) = pages(list_pages.render(several))
    assert [line for line in page if line.endswith("厅")] == [f"某省第{number}厅" for number in range(1, count + 1)]
    assert page.count("（盖章）") == count


def test_an_empty_list_has_its_head():
    (page,) = pages(list_pages.render(replace(SHORT, rows=())))
    assert {"序号", "名称", "单位", "总分"} <= set(page)


def test_no_page_is_blank():
    assert len(set(pixels(list_pages.render(rows(300))))) == len(pages(list_pages.render(rows(300))))


# In spreadsheets

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "\0=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "  =1",
    "\u3000=1",
    # Blanks of every kind and signs that nobody sees: of order, without width, of direction, an em, ends of lines.
    "\ufeff=1",
    "\u200b=1",
    "\u202a=1",
    "\u2003=1",
    "\u2028=1",
    "\u2029=1",
    "\u00ad\u200d \u2066=1",
    "\u200b\tx",
    "﹦1",
    "﹢1",
    "﹣1",
    "﹫x",
    '"=1',
    "=cmd|' /C calc'!A1",
    '=HYPERLINK("http://x","y")',
)


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def with_name(name: str) -> ListPaper:
    return replace(SHORT, rows=((1, name, "单位", Decimal("80.50")),))


def test_csv_is_the_bare_table_in_the_form_that_spreadsheets_read():
    content = spreadsheets.csv_of(SHORT)
    assert content == (
        b"\xef\xbb\xbf"
        + "序号,名称,单位,总分\r\n1,第一净水厂,第一水务有限公司,80.50\r\n2,第二净水厂,第二水务有限公司,7\r\n".encode()
    )


def test_csv_quotes_what_needs_it():
    assert table(spreadsheets.csv_of(with_name('甲,"乙"\n丙')))[1] == ["1", '甲,"乙"\n丙', "单位", "80.50"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_csv_begins_a_formula(text):
    assert table(spreadsheets.csv_of(with_name(text)))[1][1] == f"'{text}"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("甲;=1", "甲;'=1"),
        ("甲,=1", "甲,'=1"),
        ("甲;-1;+1;@x", "甲;'-1;'+1;'@x"),
        ("甲\n=1", "甲\n'=1"),
        ("甲\r\n=1", "甲\r\n'=1"),
        ("甲; \ufeff＝1", "甲;' \ufeff＝1"),
        ('甲;"=1', "甲;'\"=1"),
        ("=1;=2", "'=1;'=2"),
        ("\t=1", "'\t'=1"),
        ("甲;乙-1，=1", "甲;乙-1，=1"),
    ],
)
def test_nor_does_one_that_is_read_with_another_separator(text, kept):
    assert table(spreadsheets.csv_of(with_name(text)))[1][1] == kept


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("甲1 ,;\"'\t\r\n=-＠﹢\u200b\u2003\0"), max_size=12), st.sampled_from(",;\t"))
def test_whatever_the_separator_no_cell_begins_a_formula(text, separator):
    content = spreadsheets.csv_of(with_name(text)).decode("utf-8-sig")
    for line in csv.reader(StringIO(content, newline=""), delimiter=separator):
        for cell in line:
            assert cell.lstrip('" \t\r\n\0\u200b\u2003')[:1] not in set("=-＠﹢"), repr(cell)


@pytest.mark.parametrize("text", ["第一净水厂", "A-1 厂", "1", "", "'已有撇号", "（=1）"])
def test_other_texts_of_a_csv_stay_as_they_are(text):
    assert table(spreadsheets.csv_of(with_name(text)))[1][1] == text


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(text):
    found = parts(spreadsheets.xlsx_of(with_name(text)))
    assert "<f>" not in found["xl/worksheets/sheet1.xml"]
    assert "<f " not in found["xl/worksheets/sheet1.xml"]
    assert not any(name.endswith("sheet1.xml.rels") for name in found)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_any_text_at_all_is_a_text(text):
    found = parts(spreadsheets.xlsx_of(with_name(text)))
    assert "<f>" not in found["xl/worksheets/sheet1.xml"]
    cell = table(spreadsheets.csv_of(with_name(text)))[1][1]
    assert cell.lstrip(" \u00a0\u2003\u3000\ufeff\u200b")[:1] not in set("=+-@\t\r\n\0＝＋－＠﹦﹢﹣﹫")


def test_numbers_stay_numbers_with_their_places_and_codes_stay_texts():
    paper = replace(SHORT, rows=((1, "第一净水厂", "914403000012345678", Decimal("80.50")),))
    found = parts(spreadsheets.xlsx_of(paper))
    sheet, styles = found["xl/worksheets/sheet1.xml"], found["xl/styles.xml"]
    assert re.search(r'<c r="D\d+" s="\d+"><v>80.5</v></c>', sheet)
    assert re.search(r'<c r="C\d+" s="\d+" t="s">', sheet)
    assert 'formatCode="0.00"' in styles
    assert "914403000012345678" in found["xl/sharedStrings.xml"]


def test_a_workbook_is_laid_out_to_be_printed():
    sheet = parts(spreadsheets.xlsx_of(SHORT))["xl/worksheets/sheet1.xml"]
    assert 'paperSize="9"' in sheet
    assert 'fitToHeight="0"' in sheet
    assert "&amp;P / &amp;N" in sheet
    assert "frozen" in sheet


def test_a_workbook_names_nobody_who_made_it():
    core = parts(spreadsheets.xlsx_of(SHORT))["docProps/core.xml"]
    assert re.findall(r"<dc:creator>(.*?)</dc:creator>", core) == ["某市生态环境局"]
    assert re.findall(r">(\d{4}-\d\d-\d\dT[\d:]+Z)<", core) == ["2026-03-02T04:00:00Z"] * 2


def test_all_issuers_of_a_list_stand_in_one_size():
    """The longest name is drawn smaller to fit its place, and the short ones with it."""
    long = "某省某市城市管理和综合执法与住房和城乡建设及水务发展改革联合工作领导小组办公室"
    paper = replace(SHORT, issuers=("某厅", long, "某局"))
    sizes: dict[str, float] = {}

    def seen(text: str, _cm: object, _tm: object, _font: object, size: float) -> None:
        for name in ("某厅", "某局", long[:6]):
            if name in text:
                sizes[name] = size

    pypdf.PdfReader(BytesIO(list_pages.render(paper))).pages[-1].extract_text(visitor_text=seen)
    assert len(sizes) == 3
    (size,) = set(sizes.values())
    assert 7 <= size < list_pages.ISSUER.size
