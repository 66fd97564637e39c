"""The line ornament of official papers, drawn from curves: frame, rosette and the mark of a demonstration."""

from functools import lru_cache
from math import cos, pi, sin

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

PINE = HexColor("#0F3D33")
SAGE = HexColor("#54736A")
MIST = HexColor("#E4EDE8")
AMBER = HexColor("#B7791F")
SAND = HexColor("#F7E7C6")
HAZE = HexColor("#F9ECD2")
HAIR = HexColor("#C4D4CC")
INK = HexColor("#1B1F1E")

BAND = 12.0
WAVE = 18.0
PETALS = 8
ARCS_PER_PETAL = 4
RIPPLES = (4.2, 2.7, 1.2)


def frame(canvas: Canvas, width: float, height: float, inset: float) -> None:
    """Draw the border: two pine rules with waves between them and an amber hairline inside."""
    canvas.saveState()
    canvas.setStrokeColor(PINE)
    canvas.setLineWidth(1.1)
    _box(canvas, width, height, inset)
    canvas.setLineWidth(0.45)
    _box(canvas, width, height, inset + BAND)
    canvas.setStrokeColor(AMBER)
    canvas.setLineWidth(0.4)
    _box(canvas, width, height, inset + BAND + 3)
    canvas.setStrokeColor(PINE)
    canvas.setLineWidth(0.28)
    middle = inset + BAND / 2
    canvas.drawPath(_waves(width, height, inset), stroke=1, fill=0)
    for x in (middle, width - middle):
        for y in (middle, height - middle):
            _corner(canvas, x, y)
    canvas.restoreState()


def rosette(
    canvas: Canvas, x: float, y: float, radius: float, colour: Color, *, strands: int = 12, line: float = 0.3
) -> None:
    """Draw a ring of interlaced curves around a point."""
    canvas.saveState()
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(line)
    canvas.drawPath(_ring(x, y, radius, strands), stroke=1, fill=0)
    canvas.restoreState()


def emblem(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """Draw the small rosette in an amber ring that stands above a title."""
    rosette(canvas, x, y, radius, PINE, strands=4, line=0.45)
    canvas.saveState()
    canvas.setStrokeColor(AMBER)
    canvas.setLineWidth(0.5)
    canvas.circle(x, y, radius * 1.12, stroke=1, fill=0)
    canvas.circle(x, y, radius * 0.2, stroke=1, fill=0)
    canvas.restoreState()


def _box(canvas: Canvas, width: float, height: float, inset: float) -> None:
    canvas.rect(inset, inset, width - 2 * inset, height - 2 * inset, stroke=1, fill=0)


def _corner(canvas: Canvas, x: float, y: float) -> None:
    half = BAND / 2
    canvas.rect(x - half, y - half, BAND, BAND, stroke=1, fill=0)
    rosette(canvas, x, y, half * 0.8, PINE, strands=2, line=0.3)


# The same on every paper, so they are worked out once.
@lru_cache(maxsize=16)
def _waves(width: float, height: float, inset: float) -> PDFPathObject:
    path, middle = PDFPathObject(), inset + BAND / 2
    for ripple in (sign * size for size in RIPPLES for sign in (1, -1)):
        for side in (middle, height - middle):
            _wave(path, inset + BAND, side, width - 2 * (inset + BAND), ripple, upright=False)
        for side in (middle, width - middle):
            _wave(path, side, inset + BAND, height - 2 * (inset + BAND), ripple, upright=True)
    return path


@lru_cache(maxsize=64)
def _ring(x: float, y: float, radius: float, strands: int) -> PDFPathObject:
    path = PDFPathObject()
    for strand in range(strands):
        _petals(path, (x, y), radius, 2 * pi * strand / strands)
    return path


def _wave(path: PDFPathObject, x: float, y: float, length: float, ripple: float, *, upright: bool) -> None:
    # One Bézier arc per half wave; its handles stand at 4/3 of the height it is to reach.
    arcs = round(length / (WAVE / 2))
    step = length / arcs

    def point(along: float, across: float) -> tuple[float, float]:
        near, far = (across, along) if upright else (along, across)
        return round(x + near, 2), round(y + far, 2)

    path.moveTo(*point(0, 0))
    for arc in range(arcs):
        start = arc * step
        peak = ripple * 4 / 3 * (1 if arc % 2 == 0 else -1)
        path.curveTo(
            *point(start + 0.364 * step, peak),
            *point(start + 0.636 * step, peak),
            *point(start + step, 0),
        )


def _petals(path: PDFPathObject, centre: tuple[float, float], radius: float, turn: float) -> None:
    # Bézier arcs through points of r = 0.66 + 0.34 cos(PETALS·θ + turn), with its tangents as handles.
    arcs = PETALS * ARCS_PER_PETAL
    step = 2 * pi / arcs
    path.moveTo(*_petal(centre, radius, 0, turn, 0))
    for arc in range(arcs):
        start, end = arc * step, (arc + 1) * step
        path.curveTo(
            *_petal(centre, radius, start, turn, step / 3),
            *_petal(centre, radius, end, turn, -step / 3),
            *_petal(centre, radius, end, turn, 0),
        )
    path.close()


def _petal(centre: tuple[float, float], radius: float, angle: float, turn: float, along: float) -> tuple[float, float]:
    # The point at an angle, moved along its tangent; two places keep the file small.
    reach = 0.66 + 0.34 * cos(PETALS * angle + turn)
    slope = -0.34 * PETALS * sin(PETALS * angle + turn)
    x = reach * cos(angle) + along * (slope * cos(angle) - reach * sin(angle))
    y = reach * sin(angle) + along * (slope * sin(angle) + reach * cos(angle))
    return round(centre[0] + radius * x, 2), round(centre[1] + radius * y, 2)
