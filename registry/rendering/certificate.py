"""The certificate: one A4 page of vectors, the same bytes for the same values."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from io import BytesIO

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from registry.domain import numbering
from registry.domain.errors import Invalid
from registry.rendering import fonts, ornament, qr
from registry.rendering.ornament import AMBER, HAIR, HAZE, INK, MIST, PINE, SAGE
from registry.rendering.paper import DEMO, Bilingual, day, demo_band, describe, new_canvas, rule
from registry.rendering.typesetting import Setting, Style, set_text, shrink

NOTHING = Bilingual("")


@dataclass(frozen=True, slots=True)
class Basis:
    """The document and the clause that an award rests on; the quotation is short."""

    title: Bilingual
    number: str
    clause: Bilingual
    quotation: Bilingual = NOTHING


@dataclass(frozen=True, slots=True)
class Certificate:
    """All that stands on one edition of a certificate."""

    number: str
    edition: int
    holder: Bilingual
    site: Bilingual
    region: Bilingual
    category: Bilingual
    programme: Bilingual
    track: Bilingual
    issuers: tuple[Bilingual, ...]
    basis: Basis
    issued: date
    valid_until: date | None
    code: str
    address: str
    grade: Bilingual | None = None
    demo: bool = False


class TooLong(Invalid):
    """The texts do not fit one page even in the smallest size."""

    def __init__(self, number: str) -> None:
        super().__init__("certificate_too_long", number=number)


TITLE = Bilingual("认定证书", "CERTIFICATE OF AWARD")
CERTIFY = Bilingual("兹认定", "This is to certify that")
RECOGNISED = Bilingual("为", "is recognised as")
STATEMENTS = (
    Bilingual("本证书以查验页面所示状态为准。", "The status shown on the verification page prevails."),
    Bilingual("认定与发证不收取任何费用。", "No fee is charged for the award or the certificate."),
)
LABELS = {
    "holder": Bilingual("持证单位", "Holder"),
    "region": Bilingual("所在地", "Location"),
    "programme": Bilingual("计划", "Programme"),
    "track": Bilingual("赛道", "Track"),
    "grade": Bilingual("等级", "Grade"),
    "number": Bilingual("证书编号", "Certificate number"),
    "edition": Bilingual("版次", "Edition"),
    "issued": Bilingual("发证日期", "Date of issue"),
    "valid_until": Bilingual("有效期至", "Valid until"),
    "basis": Bilingual("认定依据", "Basis"),
    "clause": Bilingual("条款", "Clause"),
    "issuers": Bilingual("颁发机关", "Issued by"),
    "verify": Bilingual("查验", "Verify"),
}
# By the words of the vocabulary.
TRACKS = {
    "competition": Bilingual("竞争遴选", "Competition"),
    "named": Bilingual("文件指定", "Named by the document"),
    "library": Bilingual("项目入库", "Library"),
}

WIDTH, HEIGHT = A4
INSET = 22.0
LEFT, RIGHT = 64.0, WIDTH - 64.0
MEASURE = RIGHT - LEFT
CENTRE = WIDTH / 2
BODY_TOP, BODY_FOOT = 663.0, 147.0
FOOT = 46.0
CODE_SIZE = 96.0
LABEL_WIDTH = 86.0
GAP = 6.0
# Each size is tried until the body fits between the title and the foot.
SCALES = tuple(1 - step / 25 for step in range(14))


@dataclass(frozen=True, slots=True)
class _Part:
    height: float
    draw: Callable[[Canvas, float], None]


def render(values: Certificate) -> bytes:
    """Draw a certificate; refuse, by field and character, what the faces cannot print."""
    for field, characters in missing_glyphs(values).items():
        raise fonts.MissingGlyphs(characters, field)
    parts = _fitted(values)
    buffer = BytesIO()
    canvas = new_canvas(buffer)
    _describe(canvas, values)
    _ground(canvas, values)
    _head(canvas, values)
    gap = (BODY_TOP - BODY_FOOT - sum(part.height for part in parts)) / len(parts)
    top = BODY_TOP - gap / 2
    for part in parts:
        part.draw(canvas, top)
        top -= part.height + gap
    _foot(canvas, values)
    canvas.save()
    return buffer.getvalue()


def missing_glyphs(values: Certificate) -> dict[str, tuple[str, ...]]:
    """Return the characters of a certificate that cannot be printed, by field, so that a form may say so."""
    return fonts.missing_glyphs(dict(_texts("", values)))


def _texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value, start=1):
            yield from _texts(f"{name}.{index}", item)
    elif isinstance(value, (Certificate, Bilingual, Basis)):
        for field in fields(value):
            yield from _texts(f"{name}.{field.name}".lstrip("."), getattr(value, field.name))


def _describe(canvas: Canvas, values: Certificate) -> None:
    describe(
        canvas,
        f"{TITLE.zh} {values.number} {values.site.zh}",
        "、".join(issuer.zh for issuer in values.issuers),
        f"{values.programme.zh} {values.category.zh}",
        f"{values.number}, {values.code}",
    )


def _ground(canvas: Canvas, values: Certificate) -> None:
    ornament.rosette(canvas, CENTRE, (BODY_TOP + BODY_FOOT) / 2, 196, MIST, line=0.35)
    if values.demo:
        _demo_diagonal(canvas)
    ornament.frame(canvas, WIDTH, HEIGHT, INSET)


def _demo_diagonal(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setFillColor(HAZE)
    canvas.translate(CENTRE, (BODY_TOP + BODY_FOOT) / 2)
    canvas.rotate(35)
    canvas.setFont(fonts.BOLD, 78)
    canvas.drawCentredString(0, 6, DEMO.zh)
    canvas.setFont(fonts.BOLD, 34)
    canvas.drawCentredString(0, -48, DEMO.en, charSpace=6)
    canvas.restoreState()


def _head(canvas: Canvas, values: Certificate) -> None:
    if values.demo:
        demo_band(canvas, LEFT, 784, MEASURE)
    ornament.emblem(canvas, CENTRE, 758, 18)
    _spaced(canvas, TITLE.zh, Style(fonts.BOLD, 31, PINE), 698, 9)
    _spaced(canvas, TITLE.en, Style(fonts.REGULAR, 9, SAGE), 679, 3.2)
    canvas.setStrokeColor(AMBER)
    canvas.setLineWidth(0.7)
    canvas.line(CENTRE - 30, 668, CENTRE + 30, 668)


def _spaced(canvas: Canvas, text: str, style: Style, baseline: float, gap: float) -> None:
    # The gap after the last character is not seen, so the line is moved by half of it.
    canvas.setFillColor(style.colour)
    canvas.setFont(style.font, style.size)
    left = CENTRE - (style.width(text) + gap * (len(text) - 1)) / 2
    canvas.drawString(left, baseline, text, charSpace=gap)


def _fitted(values: Certificate) -> list[_Part]:
    for scale in SCALES:
        parts = list(_body(values, scale))
        if sum(part.height + GAP for part in parts) <= BODY_TOP - BODY_FOOT:
            return parts
    raise TooLong(values.number)


def _body(values: Certificate, scale: float) -> Iterator[_Part]:
    yield _centred([_line(CERTIFY.zh, 11, SAGE, scale), _line(CERTIFY.en, 8, SAGE, scale)])
    yield _name(values.site, 25, PINE, scale)
    yield _centred([_line(RECOGNISED.zh, 11, SAGE, scale), _line(RECOGNISED.en, 8, SAGE, scale)])
    yield _name(values.category, 18, AMBER, scale)
    yield _table(values, scale)
    yield _issuers(values.issuers, scale)


def _line(text: str, size: float, colour: Color, scale: float) -> Setting:
    return set_text(text, Style(fonts.REGULAR, size, colour).scaled(scale), MEASURE, balanced=True)


def _name(name: Bilingual, size: float, colour: Color, scale: float) -> _Part:
    zh = Style(fonts.BOLD, size, colour, 1.32).scaled(scale)
    en = Style(fonts.REGULAR, size * 0.46, SAGE).scaled(scale)
    return _centred(
        [
            shrink(name.zh, zh, MEASURE, lines=2, floor=zh.size * 0.6),
            shrink(name.en, en, MEASURE, lines=2, floor=en.size * 0.75),
        ]
    )


def _centred(settings: list[Setting]) -> _Part:
    def draw(canvas: Canvas, top: float) -> None:
        for setting in settings:
            top = setting.draw(canvas, CENTRE, top, centred=True)

    return _Part(sum(setting.height for setting in settings), draw)


def _table(values: Certificate, scale: float) -> _Part:
    rows = [_row(cells, scale) for cells in _cells(values)]

    def draw(canvas: Canvas, top: float) -> None:
        rule(canvas, top, PINE, 0.7, left=LEFT, right=RIGHT)
        for index, row in enumerate(rows):
            if index:
                rule(canvas, top, HAIR, 0.4, left=LEFT, right=RIGHT)
            row.draw(canvas, top)
            top -= row.height
        rule(canvas, top, PINE, 0.7, left=LEFT, right=RIGHT)

    return _Part(sum(row.height for row in rows), draw)


def _cells(values: Certificate) -> Iterator[list[tuple[Bilingual, Bilingual]]]:
    """Yield the rows of the table, each of one or two labelled texts; what is empty has no cell."""
    edition = Bilingual(f"第 {values.edition} 版", f"Edition {values.edition}")
    rows = [
        [("number", Bilingual(values.number)), ("edition", edition)],
        [("holder", values.holder)],
        [("region", values.region)],
        [("programme", values.programme)],
        [("track", values.track), ("grade", values.grade or Bilingual(""))],
        [("issued", day(values.issued)), ("valid_until", day(values.valid_until))],
        [("basis", _document(values.basis))],
        [("clause", _clause(values.basis))],
    ]
    for row in rows:
        cells = [(LABELS[key], text) for key, text in row if text]
        if cells:
            yield cells


def _document(basis: Basis) -> Bilingual:
    number = f"（{basis.number}）" if basis.number else ""
    return Bilingual(f"《{basis.title.zh}》{number}", basis.title.en)


def _clause(basis: Basis) -> Bilingual:
    zh = [basis.clause.zh, f"“{basis.quotation.zh}”" if basis.quotation.zh else ""]
    en = [basis.clause.en, f'"{basis.quotation.en}"' if basis.quotation.en else ""]
    return Bilingual("：".join(filter(None, zh)), ": ".join(filter(None, en)))


def _row(cells: list[tuple[Bilingual, Bilingual]], scale: float) -> _Part:
    share = MEASURE / len(cells)
    padding = 3.8 * scale
    placed = []
    for index, (label, text) in enumerate(cells):
        left = LEFT + index * share
        placed.append((left, _stack(label, (8.4, 6.6), PINE, LABEL_WIDTH - 8, scale)))
        width = share - LABEL_WIDTH - (8 if index + 1 < len(cells) else 0)
        placed.append((left + LABEL_WIDTH, _stack(text, (9.8, 7.6), INK, width, scale)))
    height = 2 * padding + max(sum(item.height for item in stack) for _, stack in placed)

    def draw(canvas: Canvas, top: float) -> None:
        for left, stack in placed:
            y = top - padding
            for item in stack:
                y = item.draw(canvas, left, y)

    return _Part(height, draw)


def _stack(text: Bilingual, sizes: tuple[float, float], colour: Color, width: float, scale: float) -> list[Setting]:
    zh = Style(fonts.REGULAR, sizes[0], colour, 1.34).scaled(scale)
    en = Style(fonts.REGULAR, sizes[1], SAGE, 1.34).scaled(scale)
    return [set_text(text.zh, zh, width), set_text(text.en, en, width)]


def _issuers(issuers: tuple[Bilingual, ...], scale: float) -> _Part:
    columns = {1: 1, 2: 2, 4: 2}.get(len(issuers), 3)
    width = MEASURE / columns
    zh = Style(fonts.BOLD, 11.5, INK).scaled(scale)
    en = Style(fonts.REGULAR, 7.4, SAGE, 1.3).scaled(scale)
    heading = set_text(
        f"{LABELS['issuers'].zh}  {LABELS['issuers'].en}",
        Style(fonts.REGULAR, 7.6, SAGE).scaled(scale),
        MEASURE,
    )
    stacks = [
        [
            shrink(issuer.zh, zh, width - 14, lines=1, floor=zh.size * 0.75),
            shrink(issuer.en, en, width - 14, lines=2, floor=en.size * 0.85),
        ]
        for issuer in issuers
    ]
    rows = [stacks[start : start + columns] for start in range(0, len(stacks), columns)]
    gap = 7 * scale
    heights = [gap + max(sum(item.height for item in stack) for stack in row) for row in rows]

    def draw(canvas: Canvas, top: float) -> None:
        top = heading.draw(canvas, CENTRE, top, centred=True)
        for row, height in zip(rows, heights, strict=True):
            for index, stack in enumerate(row):
                y = top - gap
                for item in stack:
                    y = item.draw(canvas, CENTRE + (index - (len(row) - 1) / 2) * width, y, centred=True)
            top -= height

    return _Part(heading.height + sum(heights), draw)


def _foot(canvas: Canvas, values: Certificate) -> None:
    qr.draw(canvas, values.address, LEFT - 8, FOOT, CODE_SIZE)
    left = LEFT + LABEL_WIDTH + 16
    width = RIGHT - left
    top = FOOT + CODE_SIZE - 2
    label = Style(fonts.REGULAR, 7.2, SAGE)
    label_text = f"{LABELS['verify'].zh} {LABELS['verify'].en}"
    top = set_text(label_text, label, width).draw(canvas, left, top)
    code = numbering.grouped(values.code)
    top = shrink(code, Style(fonts.BOLD, 11, PINE), width, lines=1, floor=7).draw(canvas, left, top)
    top = shrink(values.address, Style(fonts.REGULAR, 8, INK), width, lines=2, floor=5.5).draw(canvas, left, top)
    top -= 5
    for statement in STATEMENTS:
        top = set_text(statement.zh, Style(fonts.REGULAR, 8, INK, 1.3), width).draw(canvas, left, top)
        top = set_text(statement.en, Style(fonts.REGULAR, 6.6, SAGE, 1.3), width).draw(canvas, left, top)
    if top < INSET + ornament.BAND:
        raise TooLong(values.number)
