"""Cut the static faces that the PDFs are set in from the variable face of a package."""

import gc
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import click
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from registry.rendering import fonts

PACKAGE = "justmytype-intl-cjk"
FACE = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
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
    return f"{PACKAGE} {version(PACKAGE)}"


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
        rename(face, STYLES[name])
        face["post"].formatType = 3.0
        face.save(partial)
    partial.replace(target)


def rename(face: TTFont, style: str) -> None:
    """Give a cut the name of its weight; the variable face calls itself Thin."""
    family = face["name"].getBestFamilyName().removesuffix(" Thin")
    names = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family.replace(' ', '')}-{style}"}
    face["name"].names = [record for record in face["name"].names if record.nameID in {0, 5, 13, 14}]
    for identifier, text in names.items():
        face["name"].setName(text, identifier, 3, 1, 0x409)
