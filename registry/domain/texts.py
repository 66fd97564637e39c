"""Texts that people type: what may stand in one that is kept."""

import unicodedata
from dataclasses import dataclass

from registry.domain.errors import Invalid


@dataclass(frozen=True, slots=True)
class Names:
    """A name in both languages, as a value of a sentence that is told in the reader's."""

    zh: str
    en: str


def plain(text: str, field: str | None = None) -> str:
    """Return a text with line ends of one kind and blanks for tabs.

    Raises Invalid for the field where a sign in it is no sign: a control character, or half of a pair.
    """
    tidied = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    for place, sign in enumerate(tidied, 1):
        if sign != "\n" and unicodedata.category(sign) in {"Cc", "Cs"}:
            raise Invalid("sign_not_taken", field=field, sign=f"U+{ord(sign):04X}", place=place)
    return tidied
