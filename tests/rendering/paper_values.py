"""Values for papers: a plain case, and one that is as long as names and lists get."""

from dataclasses import replace
from decimal import Decimal

from registry.rendering.letter import Letter
from registry.rendering.paper import Bilingual
from registry.rendering.receipt import File, HandedIn, Receipt
from registry.rendering.score_paper import Declared, Judged, ScorePaper, Section

LONG_NAME = Bilingual("甲乙丙丁戊己庚辛壬癸" * 6, "E" * 80)
PROGRAMME = Bilingual("全国标杆污水处理厂", "National benchmark wastewater plants")
ISSUERS = (
    Bilingual("国家发展和改革委员会", "National Development and Reform Commission"),
    Bilingual("住房和城乡建设部", "Ministry of Housing and Urban-Rural Development"),
    Bilingual("生态环境部", "Ministry of Ecology and Environment"),
)
NINE = tuple(Bilingual(f"某省人民政府第{place}厅", f"Department {place} of the Province") for place in range(1, 10))

RECEIPT = Receipt(
    number="8NZR-YW8R-ZRW3-DESK",
    received=Bilingual("2026年6月1日 09:30（北京时间）", "09:30 on 1 June 2026 (Beijing time)"),
    signed="卫签署",
    programme=PROGRAMME,
    round=Bilingual("2026年第一批", "First batch of 2026"),
    category=Bilingual("污水处理绿色低碳标杆厂", "Green low-carbon benchmark wastewater plant"),
    applicant=Bilingual("云溪水务集团有限公司", "Yunxi Water Group"),
    code="91000000DEM0000006",
    site=Bilingual("云溪第一净水厂", "Yunxi No. 1 Water Purification Plant"),
    region=Bilingual("嘉兴市", "Jiaxing"),
    digest="a7086f294f08cf1d85698824ce8228d34a3d3a0877201e31cde823932c366dd8",
    handed_in=(),
    values=(
        (Bilingual("年处理水量", "Water treated in the year"), Bilingual("36,720,000 m³", "36,720,000 m³")),
        (Bilingual("运行天数", "Days of operation"), Bilingual("365 天", "365 days")),
    ),
    files=(File("监测报告.pdf", "1.2 MB", "0123456789abcdef" * 4),),
    address="https://portal.example/applications/1/receipt",
    issuers=("国家发展和改革委员会",),
)
LONG_RECEIPT = replace(
    RECEIPT,
    applicant=LONG_NAME,
    site=LONG_NAME,
    handed_in=tuple(
        HandedIn(RECEIPT.received, Bilingual("申报书", "application"), "卫签署", RECEIPT.digest) for _ in range(2)
    ),
    values=tuple(
        (Bilingual(f"第 {place} 项指标数值", f"Figure number {place}"), Bilingual("1,234.5 t", "1,234.5 t"))
        for place in range(1, 61)
    ),
    files=tuple(
        File(f"佐证材料第{place}件（环境影响评价批复及竣工验收意见扫描件）.pdf", "12.3 MB", f"{place:064x}")
        for place in range(1, 41)
    ),
    demo=True,
)
LETTER = Letter(
    subject=Bilingual("未入选通知：云溪第一净水厂", "Not selected: Yunxi No. 1 Water Purification Plant"),
    body=Bilingual(
        "云溪水务集团有限公司：\n\n你单位为“云溪第一净水厂”提交的申报（全国标杆污水处理厂，2026年第一批，污水处理绿色低碳"
        "标杆厂）经综合评议，未予入选。\n\n原因：总分低于入选线。\n\n各项得分及计算过程可在本系统的申报页面查看。\n\n"
        "对本通知有疑问的，请向发文机关咨询。\n\n国家发展和改革委员会、住房和城乡建设部、生态环境部\n2026年6月29日",
        "To Yunxi Water Group\n\nYour application for Yunxi No. 1 Water Purification Plant was not selected after "
        "deliberation.\n\nReason: the total is below the cut.\n\nQuestions are answered by the issuing authority.\n\n"
        "National Development and Reform Commission, Ministry of Housing and Urban-Rural Development, Ministry of "
        "Ecology and Environment\n29 June 2026",
    ),
    day=Bilingual("2026年6月29日", "29 June 2026"),
    issuers=ISSUERS,
    programme=PROGRAMME,
    number="8NZR-YW8R-ZRW3-DESK",
    address="https://portal.example/applications/1/letters/4",
)
LONG_LETTER = replace(
    LETTER,
    subject=Bilingual(f"未入选通知：{LONG_NAME.zh}", f"Not selected: {LONG_NAME.en}"),
    body=Bilingual(
        LETTER.body.zh.replace("总分低于入选线。", "因评议组认为材料不全，" * 180),
        LETTER.body.en.replace("the total is below the cut.", "the group found the documents incomplete, " * 90),
    ),
    issuers=NINE,
    demo=True,
)


def judged(number: str, **about: str) -> Judged:
    values = {
        "title": "单位处理水量电耗",
        "figure": "0.2968 kWh/m³",
        "working": ("公式: 总用电量 ÷ 处理水量  10,900,000 ÷ 36,720,000 = 0.297 kWh/m³", "得分: 83.0% × 8 = 6.64"),
        "points": "6.64 / 8",
        "clauses": "GW 三(三); GW 五(十一)",
        "source": "演示默认值，由发证机关设定",
        **about,
    }
    return Judged(number=number, **values)  # type: ignore[arg-type]


SCORE = ScorePaper(
    title=Bilingual("得分表", "SCORE SHEET"),
    programme=PROGRAMME,
    number="8NZR-YW8R-ZRW3-DESK",
    author="国家发展和改革委员会",
    facts=((Bilingual("申报场所", "Site"), Bilingual("云溪第一净水厂", "Yunxi No. 1 Plant")),),
    results=((Bilingual("总分", "Total"), "86.85"), (Bilingual("等级", "Grade"), "优秀")),
    notes=(),
    gates=(judged("0.1", title="依法设立", figure="满足", points=""),),
    sections=(
        Section(Bilingual("能源", "Energy"), Decimal("6.64"), Decimal(12), (judged("1.1"), judged("1.2"))),
        Section(
            Bilingual("专家评审", "Expert review"),
            Decimal(0),
            Decimal(4),
            (judged("2.1", title="创新性", figure="", points="– / 4", open="评分不足"),),
        ),
    ),
    missing=("2.1 创新性：评分不足",),
    computed=(("总用电量", "10,000,000 + 900,000 = 10,900,000 kWh"),),
    values=(
        Declared("年处理水量", "36,720,000 m³", "36,500,000 m³", "按监测记录核减"),
        Declared("运行天数", "365 天"),
    ),
)
LONG_SCORE = replace(
    SCORE,
    facts=((Bilingual("申报场所", "Site"), LONG_NAME),),
    sections=(
        Section(
            Bilingual("能源", "Energy"),
            Decimal("398.4"),
            Decimal(480),
            tuple(judged(f"1.{place}") for place in range(1, 61)),
        ),
    ),
    values=tuple(Declared(f"第 {place} 项", "1,234.5 t") for place in range(1, 61)),
    demo=True,
)
