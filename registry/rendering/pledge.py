"""The pledge of an applicant, to be printed, signed and sealed: who pledges, for what, and what is declared."""

from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from registry.rendering import fonts
from registry.rendering.blocks import NOTE, Paper
from registry.rendering.ornament import INK
from registry.rendering.paper import LEFT, MEASURE, RIGHT, Bilingual, Frame, kept
from registry.rendering.typesetting import Style, set_text

TITLE = Bilingual("承诺书", "PLEDGE")
SENTENCE = Style(fonts.REGULAR, 11.5, INK, 1.6)
SENTENCE_EN = Style(fonts.REGULAR, 9.5, INK, 1.45)
LABELS = {
    "applicant": Bilingual("申报单位", "Applicant"),
    "code": Bilingual("统一社会信用代码", "Unified Social Credit Code"),
    "site": Bilingual("申报场所", "Site"),
    "programme": Bilingual("计划", "Programme"),
    "round": Bilingual("批次", "Round"),
    "category": Bilingual("类别", "Category"),
}
BEGINNING = Bilingual("本单位就上述申报郑重承诺：", "For this application we declare:")
END = Bilingual(
    "以上各项属实。如有不实，本单位承担相应责任。",
    "All of this is true. Should any of it not be, we answer for it.",
)
PLACES = (
    Bilingual("法定代表人（签字）", "Legal representative (signature)"),
    Bilingual("单位（盖章）", "Organisation (seal)"),
    Bilingual("日期", "Date"),
)
HINT = Bilingual(
    "打印后签字、盖章，扫描成 PDF 或图片，在申报表的“佐证材料”里上传。",
    "Print it, sign and seal it, and attach the scan or a photo to the evidence of the application.",
)
INDENT = 20.0


@dataclass(frozen=True, slots=True)
class Pledge:
    """All that stands on a pledge."""

    programme: Bilingual
    round: Bilingual
    category: Bilingual
    applicant: Bilingual
    code: str
    site: Bilingual
    sentences: tuple[Bilingual, ...]
    issuers: tuple[str, ...]
    demo: bool = False


def render(values: Pledge) -> bytes:
    """Draw a pledge; raises Unprintable where a name on it cannot be printed."""
    subject = f"{values.programme.zh} {values.round.zh}"
    author = "、".join(values.issuers)
    frame = Frame(f"{TITLE.zh} {values.site.zh}", subject, author, values.programme, demo=values.demo)
    paper = Paper(frame)
    paper.title(TITLE)
    paper.pairs(
        (label, value if isinstance(value, Bilingual) else Bilingual(value))
        for label, value in ((LABELS[key], getattr(values, key)) for key in LABELS)
    )
    paper.text(BEGINNING.zh, SENTENCE, before=16, keep=True)
    paper.text(BEGINNING.en, SENTENCE_EN, keep=True)
    for place, sentence in enumerate(values.sentences, start=1):
        _sentence(paper, place, sentence)
    paper.text(END.zh, SENTENCE, before=12, keep=True)
    paper.text(END.en, SENTENCE_EN, keep=True)
    first = len(paper.pieces)
    for index, signing in enumerate(PLACES):
        _place(paper, signing, before=26 if index == 0 else 20)
    paper.note(HINT.zh, before=26)
    paper.note(HINT.en)
    paper.pieces[first:] = kept(paper.pieces[first:])
    return paper.bytes()


def _sentence(paper: Paper, place: int, sentence: Bilingual) -> None:
    """Add a numbered declaration, its Chinese and its English one below the other, on one page."""
    zh = set_text(paper.free(sentence.zh), SENTENCE, MEASURE - INDENT)
    en = set_text(paper.free(sentence.en), SENTENCE_EN, MEASURE - INDENT)
    number = set_text(f"{place}.", SENTENCE, INDENT)

    def drawn(canvas: Canvas, top: float) -> None:
        number.draw(canvas, LEFT, top)
        en.draw(canvas, LEFT + INDENT, zh.draw(canvas, LEFT + INDENT, top))

    paper.add(zh.height + en.height, drawn, before=7)


def _place(paper: Paper, signing: Bilingual, *, before: float) -> None:
    """Add a place to write, sign or seal: its name, and a line to the right of it."""
    zh, en = set_text(signing.zh, SENTENCE, MEASURE), set_text(signing.en, NOTE, MEASURE)
    left = LEFT + MEASURE * 0.36

    def drawn(canvas: Canvas, top: float) -> None:
        low = en.draw(canvas, left, zh.draw(canvas, left, top))
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.5)
        canvas.line(left + MEASURE * 0.3, low + 3, RIGHT, low + 3)

    paper.add(zh.height + en.height, drawn, before=before)
