"""Cut the static faces that the PDFs are set in from the variable faces of a package.

The face for the mainland comes first; Chinese characters that it lacks are taken from its sisters of the same design,
and raised or lowered digits, as in CO₂, are made of its own.
"""

import gc
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
from fontTools.misc.transform import Transform
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from registry.rendering import fonts

PACKAGE = "justmytype-intl-cjk"
FACE = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
SISTERS = ("fonts/ofl/notosanstc/NotoSansTC[wght].ttf", "fonts/ofl/notosansjp/NotoSansJP[wght].ttf")
CHINESE = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
# Digits and signs as they stand in units and formulas, above the line and below it.
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+−", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+−", strict=True))
# How small they are, and how high or low in units of a face of 1,000.
SMALL, UP, DOWN = 0.62, 370, -120
WEIGHTS = {fonts.REGULAR: 400, fonts.BOLD: 700}
STYLES = {fonts.REGULAR: "Regular", fonts.BOLD: "Bold"}
MARKER = "source.txt"
# The PDFs place every glyph themselves: shaping, hinting and vertical setting are never asked for,
# and a cut without them takes half the time.
UNUSED = ("BASE", "GDEF", "GPOS", "GSUB", "HVAR", "STAT", "gasp", "prep", "vhea", "vmtx")


@click.command("fonts")
@click.option("--force", is_flag=True, help="Cut again even when the cuts are there.")
def command(force: bool) -> None:
    """Make the static Chinese faces that certificates are set in."""
    folder = fonts.made_folder()
    if not force and up_to_date(folder):
        click.echo(f"{folder}: present ({source()})")
        return
    make(folder)
    click.echo(f"{folder}: made from {source()}")


def source() -> str:
    """Name the package and version that the cuts come from."""
    return f"{PACKAGE} {version(PACKAGE)}, with rare characters and small digits"


def up_to_date(folder: Path) -> bool:
    """Tell whether the folder holds both cuts of the installed package."""
    marker = folder / MARKER
    complete = all((folder / file).is_file() for file in fonts.FILES.values())
    return complete and marker.is_file() and marker.read_text(encoding="utf-8").strip() == source()


def make(folder: Path) -> None:
    """Cut both weights side by side; the marker comes last, so that a broken run is made again."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).unlink(missing_ok=True)
    with ProcessPoolExecutor(max_workers=len(WEIGHTS)) as pool:
        list(pool.map(cut, WEIGHTS, [folder / fonts.FILES[name] for name in WEIGHTS]))
    (folder / MARKER).write_text(f"{source()}\n", encoding="utf-8")


def cut(name: str, target: Path) -> None:
    """Write one weight of the variable face as a static file."""
    # Some millions of small objects are made and none is dropped before the end.
    gc.disable()
    partial = target.with_suffix(".partial")
    with TTFont(str(files("justmytype_intl_cjk") / FACE), recalcTimestamp=False) as face:
        for table in UNUSED:
            if table in face:
                del face[table]
        instantiateVariableFont(face, {"wght": WEIGHTS[name]}, inplace=True, optimize=False)
        for sister in SISTERS:
            add_rare(face, str(files("justmytype_intl_cjk") / sister), WEIGHTS[name])
        add_small_digits(face)
        rename(face, STYLES[name])
        face["post"].formatType = 3.0
        face.save(partial)
    partial.replace(target)


def add_rare(face: TTFont, sister: str, weight: int) -> None:
    """Give a cut the Chinese characters that it lacks and a sister has."""
    with TTFont(sister, recalcTimestamp=False) as other:
        known = face.getBestCmap()
        lacking = [point for point in other.getBestCmap() if _chinese(point) and point not in known]
        for table in UNUSED:
            if table in other:
                del other[table]
        chosen = Subsetter(Options(layout_features=[], notdef_outline=False, hinting=False))
        chosen.populate(unicodes=lacking)
        chosen.subset(other)
        instantiateVariableFont(other, {"wght": weight}, inplace=True, optimize=False)
        glyphs, widths, names = other.getGlyphSet(), other["hmtx"], other.getBestCmap()
        for point in lacking:
            _add(face, point, glyphs, names[point], Transform(), widths[names[point]][0])


def add_small_digits(face: TTFont) -> None:
    """Give a cut raised and lowered digits where it has none, made of its own."""
    glyphs, names = face.getGlyphSet(), dict(face.getBestCmap())
    for signs, shift in ((RAISED, UP), (LOWERED, DOWN)):
        for sign, base in signs.items():
            if ord(sign) not in names:
                width = round(face["hmtx"][names[ord(base)]][0] * SMALL)
                _add(face, ord(sign), glyphs, names[ord(base)], Transform(SMALL, 0, 0, SMALL, 0, shift), width)


def _chinese(point: int) -> bool:
    return any(first <= point <= last for first, last in CHINESE)


def _add(face: TTFont, point: int, glyphs: Any, source_name: str, change: Transform, width: int) -> None:
    recorded, drawn = DecomposingRecordingPen(glyphs), TTGlyphPen(None)
    glyphs[source_name].draw(recorded)
    recorded.replay(TransformPen(drawn, change))
    name = f"u{point:04X}.added"
    glyph = drawn.glyph()
    face["glyf"][name] = glyph
    glyph.recalcBounds(face["glyf"])
    face["hmtx"][name] = (width, getattr(glyph, "xMin", 0))
    for table in face["cmap"].tables:
        if table.isUnicode() and (point <= 0xFFFF or table.format == 12):
            table.cmap[point] = name


def rename(face: TTFont, style: str) -> None:
    """Give a cut the name of its weight; the variable face calls itself Thin."""
    family = face["name"].getBestFamilyName().removesuffix(" Thin")
    names = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family.replace(' ', '')}-{style}"}
    face["name"].names = [record for record in face["name"].names if record.nameID in {0, 5, 13, 14}]
    for identifier, text in names.items():
        face["name"].setName(text, identifier, 3, 1, 0x409)
