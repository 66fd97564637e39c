"""An official letter: its issuers at the head, the letter as it was written, in Chinese and then in English."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from registry.rendering import fonts
from registry.rendering.blocks import Drawing, Paper
from registry.rendering.ornament import INK, PINE, SAGE
from registry.rendering.paper import RIGHT, Bilingual, Frame, kept, rule
from registry.rendering.typesetting import Setting, Style, set_text, shrink

SUBJECT, SUBJECT_EN = Style(fonts.BOLD, 17, INK, 1.4), Style(fonts.BOLD, 12.5, INK, 1.4)
BODY, BODY_EN = Style(fonts.REGULAR, 11.5, INK, 1.75), Style(fonts.REGULAR, 10, INK, 1.5)
CHECK = Style(fonts.REGULAR, 8, SAGE, 1.45)
SIGNED_WIDTH = 310.0
PLACE = Bilingual("通知书", "Letter")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it was written; `number` is that of the receipt of the application, empty where there is none.

    `day` is the day of the letter as its texts write it, `sent` when it was sent where that is another. One that
    `waits` was not sent to anybody and says so.
    """

    subject: Bilingual
    body: Bilingual
    day: Bilingual
    issuers: tuple[Bilingual, ...]
    programme: Bilingual
    number: str
    address: str
    demo: bool = False
    sent: Bilingual | None = None
    waits: bool = False


def render(values: Letter) -> bytes:
    """Draw a letter; raises Unprintable where a character in it cannot be printed."""
    author = "、".join(issuer.zh for issuer in values.issuers)
    frame = Frame(values.subject.zh, values.programme.zh, author, values.programme, values.number, values.demo)
    paper = Paper(frame)
    for issuer in values.issuers:
        paper.named(Bilingual("发文机关", "Issued by"), issuer.zh, issuer.en)
    for text in (values.subject, values.body):
        paper.named(PLACE, text.zh, text.en)
    paper.names(values.issuers, size=15 if len(values.issuers) == 1 else 12.5, keep=True)
    paper.add(10, _head_rules, keep=True)
    _language(paper, values.subject.zh, values.body.zh, values.day.zh, _names(values, "zh", "、"), english=False)
    first = len(paper.pieces)
    _language(paper, values.subject.en, values.body.en, values.day.en, _names(values, "en", ", "), english=True)
    paper.add(1, rule, before=26)
    if values.waits:
        paper.text("本件尚未发出，仅供内部审核。", CHECK, before=5)
        paper.text("Not sent to anybody yet: for the second look of the office only.", CHECK)
        return _whole(paper, first)
    if values.sent:
        paper.text(f"发出日期：{values.sent.zh}", CHECK, before=5)
        paper.text(f"Sent on {values.sent.en}", CHECK)
    zh = "本通知书以电子形式发出，登录门户可核对原文："
    paper.text(f"{zh}{values.address}", CHECK, before=5)
    paper.text(f"This letter is electronic; check it, signed in, at {values.address}", CHECK)
    return _whole(paper, first)


def _whole(paper: Paper, first: int) -> bytes:
    """The English stands below the Chinese where it fits there as a whole, else it begins a page."""
    paper.pieces[first:] = kept(paper.pieces[first:])
    return paper.bytes()


def _names(values: Letter, language: str, between: str) -> tuple[str, tuple[str, ...]]:
    """Return how a letter names its issuers in a line, and each by itself."""
    names = tuple((issuer.en if language == "en" else "") or issuer.zh for issuer in values.issuers)
    return between.join(names), names


def _language(
    paper: Paper, subject: str, body: str, day: str, issuers: tuple[str, tuple[str, ...]], *, english: bool
) -> None:
    """Add a letter in one language: the addressee at the left, paragraphs, and who signs at the right with the day."""
    title = shrink(subject, SUBJECT_EN if english else SUBJECT, 440, lines=3, floor=10)
    paper.centred([title], keep=True, before=44 if english else 22)
    paper.add(14, lambda _canvas, _top: None, keep=True)
    style = BODY_EN if english else BODY
    paragraphs = [part.strip().split("\n") for part in body.split("\n\n") if part.strip()]
    signed = paragraphs.pop() if paragraphs and day in paragraphs[-1] else [issuers[0], day]
    for place, lines in enumerate(paragraphs):
        addressee = place == 0 and len(lines) == 1 and (lines[0].endswith(("：", ":")) or lines[0].startswith("To "))
        for index, line in enumerate(lines):
            paper.text(
                line,
                style,
                ems=0 if english or addressee else 2,
                before=0 if index or not place else style.size * (0.7 if english else 0.25),
                keep=addressee or (place + 1 == len(paragraphs) and index + 1 == len(lines)),
            )
    _signed(paper, [each for line in signed for each in (issuers[1] if line == issuers[0] else (line,))], style)


def _signed(paper: Paper, lines: Sequence[str], style: Style) -> None:
    """Add who signs, centred above the day, at the right and on one page."""
    settings = [set_text(line, style, SIGNED_WIDTH, balanced=True) for line in lines if line.strip()]
    middle = RIGHT - max(min(SIGNED_WIDTH, max(style.width(line) for line in lines)) / 2, 60) - style.size
    for index, setting in enumerate(settings):
        paper.add(
            setting.height,
            _centred_at(setting, middle),
            keep=index + 1 < len(settings),
            before=0 if index else style.size * 1.6,
        )


def _centred_at(setting: Setting, middle: float) -> Drawing:
    def drawn(canvas: Canvas, top: float) -> None:
        setting.draw(canvas, middle, top, centred=True)

    return drawn


def _head_rules(canvas: Canvas, top: float) -> None:
    rule(canvas, top - 4, PINE, 1.6)
    rule(canvas, top - 7, PINE, 0.5)
