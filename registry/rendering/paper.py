"""What every paper shares: words in two languages, and A4 pages with their head, foot, numbers and mark.

A paper is a flow of pieces. Each is drawn whole; one that keeps stays with the next, and the rows of a table have its
head repeated where they begin a page. The same pieces give the same bytes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from registry.rendering import fonts
from registry.rendering.ornament import HAIR, HAZE, PINE, SAGE, SAND
from registry.rendering.typesetting import Style, shrink

# The English months are written out because strftime follows the locale of the server.
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
WIDTH, HEIGHT = A4
LEFT, RIGHT = 58.0, WIDTH - 58.0
MEASURE = RIGHT - LEFT
CENTRE = WIDTH / 2
TOP, BOTTOM, FOOT = HEIGHT - 60.0, 62.0, 40.0
ROOM = TOP - BOTTOM
BAND = HEIGHT - 34.0
SMALL = Style(fonts.REGULAR, 7.6, SAGE)
PAGES = "第 {page} 页 / 共 {pages} 页 · Page {page} of {pages}"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in Chinese and, where there is one, in English."""

    zh: str
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


PORTAL = Bilingual("减污降碳协同标杆项目门户", "Registry of Synergy Benchmarks")
DEMO = Bilingual("演示数据", "DEMONSTRATION")
DEMO_NOTE = "仅供演示，不具效力  For demonstration only, without effect"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a paper is called, by whom, and what stands at the head of its pages; `number` may be empty."""

    title: str
    subject: str
    author: str
    programme: Bilingual
    number: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Something drawn whole below a height, with room before it that is dropped at the top of a page."""

    height: float
    draw: Callable[[Canvas, float], None]
    keep: bool = False
    before: float = 0.0
    head: "Piece | None" = None


def kept(pieces: Iterable[Piece]) -> list[Piece]:
    """Return pieces that stay together on one page."""
    found = list(pieces)
    return [replace(piece, keep=True) for piece in found[:-1]] + found[-1:]


def day(value: date | None) -> Bilingual:
    """Write a date in both languages; what has no end says so."""
    if value is None:
        return Bilingual("未设期限", "No end date is set")
    return Bilingual(
        f"{value.year}年{value.month}月{value.day}日", f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    )


def draw(frame: Frame, pieces: Sequence[Piece]) -> bytes:
    """Draw pieces page by page."""
    pages = paged(pieces)
    buffer = BytesIO()
    canvas = new_canvas(buffer)
    describe(canvas, frame.title, frame.author, frame.subject)
    for number, page in enumerate(pages, start=1):
        if frame.demo:
            demo_diagonal(canvas, WIDTH, HEIGHT)
            demo_band(canvas, LEFT, BAND, MEASURE)
        if number > 1:
            _running_head(canvas, frame)
        top = TOP
        for index, piece in enumerate(page):
            top -= piece.before if index else 0.0
            piece.draw(canvas, top)
            top -= piece.height
        _running_foot(canvas, number, len(pages))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def new_canvas(buffer: BytesIO, size: tuple[float, float] = A4, language: str = "zh-CN") -> Canvas:
    """Begin a file that has the same bytes for the same drawing and names no face that it does not carry."""
    return Canvas(
        buffer,
        pagesize=size,
        invariant=True,
        pageCompression=1,
        # Otherwise every file names Helvetica without carrying it. The stub is wrong about the type.
        initialFontName=fonts.REGULAR,  # type: ignore[arg-type]
        lang=language,
    )


def describe(canvas: Canvas, title: str, author: str, subject: str, keywords: str = "") -> None:
    """Say in the file what it is and whose."""
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setSubject(subject)
    if keywords:
        canvas.setKeywords(keywords)
    canvas.setCreator("registry")
    canvas.setProducer("registry")
    canvas.setViewerPreference("DisplayDocTitle", "true")


def demo_diagonal(canvas: Canvas, width: float, height: float) -> None:
    """Write across a page, under what stands on it, that it is of a demonstration."""
    canvas.saveState()
    canvas.setFillColor(HAZE)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(32)
    canvas.setFont(fonts.BOLD, 74)
    canvas.drawCentredString(0, 6, DEMO.zh)
    canvas.setFont(fonts.BOLD, 32)
    canvas.drawCentredString(0, -46, DEMO.en, charSpace=5)
    canvas.restoreState()


def demo_band(canvas: Canvas, left: float, bottom: float, width: float) -> None:
    """Write on a band that a page is of a demonstration and without effect."""
    canvas.setFillColor(SAND)
    canvas.rect(left, bottom, width, 15, stroke=0, fill=1)
    canvas.setFillColor(PINE)
    canvas.setFont(fonts.BOLD, 7.8)
    canvas.drawCentredString(left + width / 2, bottom + 4.6, f"{DEMO.zh} · {DEMO.en}    {DEMO_NOTE}")


def rule(
    canvas: Canvas, y: float, colour: Color = HAIR, line: float = 0.4, *, left: float = LEFT, right: float = RIGHT
) -> None:
    """Draw a level line."""
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(line)
    canvas.line(left, y, right, y)


def paged(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Return the pieces of each page; what keeps together goes on together, unless it is longer than a page."""
    pages: list[list[Piece]] = [[]]
    left = ROOM
    for run in _runs(pieces):
        if pages[-1] and _height(run, first=False) > left and _height(run, first=True) <= ROOM:
            pages.append([])
            left = ROOM
        for piece in run:
            needed = piece.height + (piece.before if pages[-1] else 0.0)
            if pages[-1] and needed > left:
                pages.append([])
                left, needed = ROOM, piece.height
            if not pages[-1] and piece.head is not None and len(pages) > 1:
                pages[-1].append(piece.head)
                left -= piece.head.height
            pages[-1].append(piece)
            left -= needed
    return pages


def _runs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    runs: list[list[Piece]] = []
    open_run = False
    for piece in pieces:
        if open_run:
            runs[-1].append(piece)
        else:
            runs.append([piece])
        open_run = piece.keep
    return runs


def _height(run: Sequence[Piece], *, first: bool) -> float:
    head = run[0].head.height if first and run[0].head else 0.0
    return head + sum(piece.height + piece.before for piece in run) - (run[0].before if first else 0.0)


def _running_head(canvas: Canvas, frame: Frame) -> None:
    number = SMALL.width(frame.number)
    said = f"{frame.programme.zh}  {frame.programme.en}".strip()
    about = shrink(said, SMALL, MEASURE - number - 24, lines=1, floor=6)
    line = f"{about.lines[0]} …" if len(about.lines) > 1 else "".join(about.lines)
    canvas.setFillColor(SMALL.colour)
    canvas.setFont(about.style.font, about.style.size)
    canvas.drawString(LEFT, TOP + 11, line)
    canvas.setFont(SMALL.font, SMALL.size)
    canvas.drawRightString(RIGHT, TOP + 11, frame.number)
    rule(canvas, TOP + 7)


def _running_foot(canvas: Canvas, page: int, pages: int) -> None:
    rule(canvas, FOOT + 12)
    canvas.setFillColor(SMALL.colour)
    canvas.setFont(SMALL.font, SMALL.size)
    canvas.drawString(LEFT, FOOT, f"{PORTAL.zh} · {PORTAL.en}")
    canvas.drawRightString(RIGHT, FOOT, PAGES.format(page=page, pages=pages))
