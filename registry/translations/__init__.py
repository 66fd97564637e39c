"""The catalogues. English stands in the code and templates, `zh` has every sentence in Chinese."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

FOLDER = Path(__file__).resolve().parent


def compile_catalogues() -> Path:
    """Compile each catalogue that is newer than its compiled form, and return their folder."""
    for source in FOLDER.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            _compile(source, target)
    return FOLDER


def gettext_for(language: str) -> Callable[[str], str]:
    """Return the function that gives a sentence in a language, for commands and mail."""
    return Translations.load(compile_catalogues(), [language]).gettext


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        catalogue = read_po(file)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        write_mo(file, catalogue)
    Path(temporary).replace(target)
