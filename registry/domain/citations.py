"""References to clauses in Latin numbers: the documents count in Chinese, which readers of English cannot look up."""

import re

_DIGITS = {sign: number for number, sign in enumerate("一二三四五六七八九", 1)}
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_NUMBER = "[一二三四五六七八九十]+"
_REFERENCE = re.compile(rf"({_NUMBER})(?:[(（]({_NUMBER})[)）])?")
_CITED = re.compile(rf"(?<![A-Za-z])([A-Z]{{2}} )({_NUMBER}(?:[(（]{_NUMBER}[)）])?|结尾)")
_CLOSING = {"结尾": "closing"}


def number_of(text: str) -> int:
    """Return a Chinese number below a hundred; raises KeyError for anything else."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS[text]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def latin(reference: str) -> str:
    """Return a reference with its chapter in Roman and its section in Arabic numbers: 五(十二) is V(12).

    What is no such reference stands as it is.
    """
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return _CLOSING.get(reference, reference)
    chapter, section = found.groups()
    return _roman(number_of(chapter)) + (f"({number_of(section)})" if section else "")


def latin_within(text: str) -> str:
    """Return a text with every clause that it cites by the key of its document in Latin numbers."""
    return _CITED.sub(lambda found: found[1] + latin(found[2]), text)


def _roman(number: int) -> str:
    signs = ""
    for worth, sign in _ROMAN:
        many, number = divmod(number, worth)
        signs += sign * many
    return signs
