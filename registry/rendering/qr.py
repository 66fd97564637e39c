"""A QR code drawn as one vector path, sharp at any size."""

import segno
from reportlab.pdfgen.canvas import Canvas

QUIET_ZONE = 4


def draw(canvas: Canvas, text: str, left: float, bottom: float, size: float) -> None:
    """Draw the code of a text, quiet zone included, in a white square."""
    rows = matrix(text)
    module = size / len(rows)
    canvas.saveState()
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(left, bottom, size, size, stroke=0, fill=1)
    canvas.setFillColorRGB(0, 0, 0)
    path = canvas.beginPath()
    for index, row in enumerate(rows):
        for start, length in runs(row):
            low = bottom + size - (index + 1) * module
            path.rect(left + start * module, low, length * module, module)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def matrix(text: str) -> list[list[bool]]:
    """Return the modules of a code with its quiet zone, true where dark, at error level M."""
    code = segno.make_qr(text, error="m", boost_error=False)
    return [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET_ZONE)]


def runs(row: list[bool]) -> list[tuple[int, int]]:
    """Return (start, length) of each run of dark modules in a row."""
    edges = [index for index in range(len(row) + 1) if _dark(row, index) != _dark(row, index - 1)]
    return [(start, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _dark(row: list[bool], index: int) -> bool:
    return 0 <= index < len(row) and row[index]
