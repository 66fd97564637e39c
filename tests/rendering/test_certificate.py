"""The certificate, read back as a reader, a camera and a suspicious clerk would."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import combinations

import pypdf
import pypdfium2
import pytest
import zxingcpp

from registry.domain.errors import Invalid
from registry.rendering import fonts
from registry.rendering.certificate import Basis, Certificate, TooLong, missing_glyphs, render
from registry.rendering.paper import Bilingual

ADDRESS = "https://registry.example.gov.cn/verify/7K3QM0ZX9APW2RTHJ4NCE6VBD8"

FULL = Certificate(
    number="GJ-WWTP-2026-0007",
    edition=2,
    holder=Bilingual("杭州某水务集团有限公司", "Hangzhou Example Water Group Co., Ltd."),
    site=Bilingual("某某净水厂", "Example Water Plant"),
    region=Bilingual("浙江省杭州市余杭区", "Yuhang District, Hangzhou, Zhejiang"),
    category=Bilingual("绿色低碳标杆污水处理厂", "Green and Low-carbon Benchmark Wastewater Plant"),
    programme=Bilingual("全国标杆污水处理厂", "National benchmark wastewater plants"),
    track=Bilingual("择优", "Competition"),
    issuers=(
        Bilingual("国家发展和改革委员会", "NDRC"),
        Bilingual("住房和城乡建设部", "MOHURD"),
        Bilingual("生态环境部", "MEE"),
    ),
    basis=Basis(
        Bilingual("关于推进协同增效的实施意见", "Implementing Opinions on Synergy"),
        "某环〔2023〕7号",
        Bilingual("第一部分", "Part 1"),
        Bilingual("建成100座标杆厂", "build 100 benchmark plants"),
    ),
    issued=date(2026, 11, 20),
    valid_until=date(2029, 11, 19),
    code="7K3QM0ZX9APW2RTHJ4NCE6VBD8",
    address=ADDRESS,
    grade=Bilingual("一级", "Grade 1"),
)

LONG = Bilingual("甲乙丙丁戊己庚辛壬癸" * 6, "Very Long Name of a Plant. " * 4 + "Plant, No. 8")
LONGEST = replace(
    FULL,
    holder=LONG,
    site=LONG,
    region=LONG,
    category=LONG,
    programme=LONG,
    track=LONG,
    grade=LONG,
    basis=Basis(LONG, "某环〔2023〕7号", LONG, LONG),
    issuers=(LONG,) * 9,
)
NINE = replace(FULL, issuers=tuple(Bilingual(f"某省第{i}厅", f"Department {i} of the Province") for i in range(9)))


def lines(pdf):
    text = pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text()
    return [line.strip() for line in text.splitlines() if line.strip()]


def chinese_only(value):
    return Bilingual(value.zh)


def test_a_page_says_all_of_its_values_and_nothing_else():
    assert lines(render(FULL)) == [
        "认定证书",
        "CERTIFICATE OF AWARD",
        "兹认定",
        "This is to certify that",
        "某某净水厂",
        "Example Water Plant",
        "为",
        "is recognised as",
        "绿色低碳标杆污水处理厂",
        "Green and Low-carbon Benchmark Wastewater Plant",
        *("证书编号", "Certificate number", "GJ-WWTP-2026-0007"),
        *("版次", "Edition", "第 2 版", "Edition 2"),
        *("持证单位", "Holder", "杭州某水务集团有限公司", "Hangzhou Example Water Group Co., Ltd."),
        *("所在地", "Location", "浙江省杭州市余杭区", "Yuhang District, Hangzhou, Zhejiang"),
        *("计划", "Programme", "全国标杆污水处理厂", "National benchmark wastewater plants"),
        *("赛道", "Track", "择优", "Competition"),
        *("等级", "Grade", "一级", "Grade 1"),
        *("发证日期", "Date of issue", "2026年11月20日", "20 November 2026"),
        *("有效期至", "Valid until", "2029年11月19日", "19 November 2029"),
        *("认定依据", "Basis", "《关于推进协同增效的实施意见》\uff08某环〔2023〕7号\uff09"),
        "Implementing Opinions on Synergy",
        *("条款", "Clause", "第一部分\uff1a“建成100座标杆厂”", 'Part 1: "build 100 benchmark plants"'),
        "颁发机关  Issued by",
        *("国家发展和改革委员会", "NDRC", "住房和城乡建设部", "MOHURD", "生态环境部", "MEE"),
        "查验 Verify",
        "7K3Q-M0ZX-9APW-2RTH-J4NC-E6VB-D8",
        ADDRESS,
        "本证书以查验页面所示状态为准。",
        "The status shown on the verification page prevails.",
        "认定与发证不收取任何费用。",
        "No fee is charged for the award or the certificate.",
    ]


def test_chinese_stands_alone_where_there_is_no_english():
    bare = replace(
        FULL,
        holder=chinese_only(FULL.holder),
        site=chinese_only(FULL.site),
        region=chinese_only(FULL.region),
        category=chinese_only(FULL.category),
        programme=chinese_only(FULL.programme),
        track=Bilingual(""),
        grade=None,
        issuers=(Bilingual("某市生态环境局"),),
        basis=Basis(Bilingual("某某通知"), "", Bilingual("第三条")),
        valid_until=None,
    )
    said = lines(render(bare))
    assert said[4:7] == ["某某净水厂", "为", "is recognised as"]
    assert said[7:9] == ["绿色低碳标杆污水处理厂", "证书编号"]
    assert said[15 : said.index("查验 Verify")] == [
        *("持证单位", "Holder", "杭州某水务集团有限公司"),
        *("所在地", "Location", "浙江省杭州市余杭区"),
        *("计划", "Programme", "全国标杆污水处理厂"),
        *("发证日期", "Date of issue", "2026年11月20日", "20 November 2026"),
        *("有效期至", "Valid until", "未设期限", "No end date is set"),
        *("认定依据", "Basis", "《某某通知》"),
        *("条款", "Clause", "第三条"),
        *("颁发机关  Issued by", "某市生态环境局"),
    ]


def test_equal_values_give_equal_bytes():
    assert render(FULL) == render(replace(FULL))
    assert render(FULL) != render(replace(FULL, edition=3))


def test_another_process_gives_the_same_bytes():
    script = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1]);"
        "from test_certificate import FULL, render;"
        "print(hashlib.sha256(render(FULL)).hexdigest())"
    )
    here = os.path.dirname(__file__)  # noqa: PTH120
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/New_York"}
    told = subprocess.run(
        [sys.executable, "-c", script, here], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == hashlib.sha256(render(FULL)).hexdigest()


def test_characters_outside_the_first_plane_are_read_back():
    names = "䶮㙍𬭬𫖯𬀩㛃"
    assert names in lines(render(replace(FULL, site=Bilingual(names))))


@pytest.mark.parametrize(
    "literal",
    [
        "<b>粗</b> &amp; & <i",
        "<img src=http://127.0.0.1:9/a.png>",
        '<font color="[[__import__(1)]]">x</font>',
        "{{ 7*7 }} ${7*7} %(x)s",
        "(未闭合 \\ 括号",
    ],
)
def test_markup_is_printed_as_it_stands(literal):
    said = lines(render(replace(FULL, holder=Bilingual(literal, literal))))
    assert said[said.index("Holder") + 1 :][:2] == [literal, literal]


def test_every_face_is_carried_in_the_file():
    for values in (FULL, replace(FULL, demo=True)):
        page = pypdf.PdfReader(BytesIO(render(values))).pages[0]
        faces = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        assert all("/FontFile2" in face["/FontDescriptor"] for face in faces)
        assert {face["/BaseFont"].split("+")[1] for face in faces} == {
            "NotoSansSC-Regular",
            "NotoSansSC-Bold",
        }


def test_the_file_says_what_it_is():
    reader = pypdf.PdfReader(BytesIO(render(FULL)))
    assert reader.metadata["/Title"] == "认定证书 GJ-WWTP-2026-0007 某某净水厂"
    assert reader.metadata["/Author"] == "国家发展和改革委员会、住房和城乡建设部、生态环境部"
    assert reader.metadata["/Subject"] == "全国标杆污水处理厂 绿色低碳标杆污水处理厂"
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"


@pytest.mark.parametrize("address", [ADDRESS, "https://r.cn/verify/" + "A" * 180])
def test_a_camera_reads_the_address(address):
    page = pypdfium2.PdfDocument(render(replace(FULL, address=address)))[0]
    codes = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    assert [(code.text, code.ec_level) for code in codes] == [(address, "M")]


def test_a_demonstration_says_so():
    said = lines(render(replace(FULL, demo=True)))
    assert said[:3] == [
        "演示数据",
        "DEMONSTRATION",
        "演示数据 · DEMONSTRATION    仅供演示\uff0c不具效力  For demonstration only, without effect",
    ]
    assert said[3:] == lines(render(FULL))


@pytest.mark.parametrize("values", [FULL, NINE, LONGEST], ids=["full", "nine issuers", "longest"])
def test_all_stands_on_one_page_inside_the_frame_and_apart(values):
    document = pypdfium2.PdfDocument(render(values))
    assert len(document) == 1
    text = document[0].get_textpage()
    boxes = [text.get_rect(index) for index in range(text.count_rects())]
    # The frame's inner line is 22 + 12 points from the edge of a page of 595 by 842.
    assert all(left > 34 and low > 34 and right < 561 and high < 808 for left, low, right, high in boxes)
    assert [pair for pair in combinations(boxes, 2) if overlap(*pair) > 1] == []


def overlap(one, other):
    """The area two boxes share, in square points."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0) * max(height, 0)


def test_nothing_of_a_long_name_is_lost():
    said = "".join(lines(render(LONGEST)))
    # Seven values, three of the basis and nine issuers.
    assert said.count(LONG.zh) == 19


def test_texts_beyond_one_page_are_refused():
    endless = Bilingual("甲" * 3000)
    with pytest.raises(TooLong) as refusal:
        render(replace(FULL, site=endless))
    assert (refusal.value.key, refusal.value.values) == (
        "certificate_too_long",
        {"number": "GJ-WWTP-2026-0007"},
    )
    with pytest.raises(TooLong):
        render(replace(FULL, address="https://r.cn/" + "a" * 900))


def test_a_missing_glyph_is_refused_by_name_before_anything_is_drawn():
    values = replace(FULL, holder=Bilingual("某한公司한𫠝"))
    assert missing_glyphs(values) == {"holder.zh": ("한", "𫠝")}
    with pytest.raises(fonts.MissingGlyphs) as refusal:
        render(values)
    assert isinstance(refusal.value, Invalid)
    assert refusal.value.field == "holder.zh"
    assert refusal.value.characters == ("한", "𫠝")
    assert (refusal.value.key, refusal.value.values) == (
        "missing_glyphs",
        {"characters": "한 (U+D55C), 𫠝 (U+2B81D)"},
    )


def test_missing_glyphs_are_named_wherever_they_stand():
    values = replace(
        FULL,
        issuers=(Bilingual("甲"), Bilingual("乙", "한")),
        basis=replace(FULL.basis, clause=Bilingual("\u202e一")),
    )
    assert missing_glyphs(values) == {"issuers.2.en": ("한",), "basis.clause.zh": ("\u202e",)}
    assert missing_glyphs(FULL) == {}
