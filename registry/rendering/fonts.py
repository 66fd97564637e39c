"""The two faces every PDF is set in, and the check that they hold the characters asked for."""

import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts

from registry.domain.errors import DomainError, Invalid

REGULAR = "Registry-Regular"
BOLD = "Registry-Bold"
FILES = {REGULAR: "Regular.ttf", BOLD: "Bold.ttf"}
COMMAND = "registry fonts"
RANGES_PER_BLOCK = 100

_registering = Lock()


class FontsMissing(DomainError):
    """Neither the operator's folder nor the cuts made at set-up hold both faces."""

    def __init__(self, path: Path) -> None:
        super().__init__("fonts_missing", path=str(path), command=COMMAND)

    def __str__(self) -> str:
        path = self.values["path"]
        return f"{path} is missing: `{COMMAND}` makes it, or REGISTRY_FONTS names another folder"


class MissingGlyphs(Invalid):
    """A text has characters that a face cannot print."""

    def __init__(self, characters: Sequence[str], field: str) -> None:
        listed = ", ".join(named(character) for character in characters)
        super().__init__("missing_glyphs", field, characters=listed)
        self.characters = tuple(characters)

    def __str__(self) -> str:
        return f"{self.field}: no glyph for {self.values['characters']}"


def named(character: str) -> str:
    """Write a character with its code point; one that cannot be seen is written by its code point alone."""
    point = f"U+{ord(character):04X}"
    return f"{character} ({point})" if _visible(character) else point


def made_folder() -> Path:
    """Return the folder inside the virtual environment that `registry fonts` fills."""
    return Path(sys.prefix) / "share" / "registry" / "fonts"


def folder() -> Path:
    """Return the folder in use: the operator's, else the one filled at set-up."""
    chosen = os.environ.get("REGISTRY_FONTS")
    return Path(chosen) if chosen else made_folder()


def register() -> tuple[ttfonts.TTFont, ...]:
    """Make both faces known to ReportLab and return them; a second call only returns them."""
    with _registering:
        return _register(folder())


def missing_glyphs(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the characters that cannot be printed, by field; empty when all can."""
    faces = [font.face.charToGlyph for font in register()]
    found = {
        field: tuple(
            character
            for character in dict.fromkeys(text)
            if not _visible(character) or any(ord(character) not in face for face in faces)
        )
        for field, text in texts.items()
    }
    return {field: characters for field, characters in found.items() if characters}


def to_unicode_map(fontname: str, subset: Sequence[int]) -> str:
    """Return the map by which a reader turns the codes of a subset back into text."""
    pairs = [f"<{code:02X}> <{_utf16(point)}>" for code, point in enumerate(subset)]
    blocks = [pairs[start : start + RANGES_PER_BLOCK] for start in range(0, len(pairs), RANGES_PER_BLOCK)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            f"/CMapName /{fontname} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<00> <FF>",
            "endcodespacerange",
            *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


@cache
def _register(place: Path) -> tuple[ttfonts.TTFont, ...]:
    for file in FILES.values():
        if not (place / file).is_file():
            raise FontsMissing(place / file)
    # ReportLab writes the bare code point, which above U+FFFF is read back as another character,
    # and one block of 256 pairs where the format allows 100.
    ttfonts.makeToUnicodeCMap = to_unicode_map
    # It would also write every stream as letters, which takes longer than all the drawing and a quarter more room.
    rl_config.useA85 = 0
    made = tuple(ttfonts.TTFont(name, str(place / file)) for name, file in FILES.items())
    for font in made:
        pdfmetrics.registerFont(font)
    return made


def _visible(character: str) -> bool:
    # Controls and invisible marks would print as nothing and may turn a name around.
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _utf16(point: int) -> str:
    return chr(point).encode("utf-16-be", "surrogatepass").hex().upper()
