"""Award numbers, which are public and run without gaps, and verification codes, which cannot be guessed."""

import re
import unicodedata
from dataclasses import dataclass

from registry.domain.errors import Invalid

# Crockford's base 32: no I, L, O or U, which are misread or misheard.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 26
CODE_BYTES = 17
GROUP = 4

_PREFIX = re.compile(r"[A-Z]{2,6}")
_PROGRAMME = re.compile(r"[A-Z][A-Z0-9]{0,11}")
_NUMBER = re.compile(r"([A-Z]{2,6})-([A-Z][A-Z0-9]{0,11})-([0-9]{4})-([0-9]{4}|[1-9][0-9]{4,})")
_MISREAD = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Number:
    """An award number in its parts."""

    issuer_prefix: str
    programme_code: str
    year: int
    serial: int


def number(issuer_prefix: str, programme_code: str, year: int, serial: int) -> str:
    """Write an award number such as GJ-WWTP-2026-0007; a serial above 9999 takes the digits it needs."""
    if not _PREFIX.fullmatch(issuer_prefix):
        raise Invalid("number_prefix", prefix=issuer_prefix)
    if not _PROGRAMME.fullmatch(programme_code):
        raise Invalid("number_programme", programme=programme_code)
    if not 1000 <= year <= 9999:
        raise Invalid("number_year", year=year)
    if serial < 1:
        raise Invalid("number_serial", serial=serial)
    return f"{issuer_prefix}-{programme_code}-{year}-{serial:04d}"


def parse(text: str) -> Number:
    """Read an award number; there is one spelling of each."""
    match = _NUMBER.fullmatch(text)
    if match is None or int(match[3]) < 1000 or int(match[4]) < 1:
        raise Invalid("number_format", number=text)
    return Number(match[1], match[2], int(match[3]), int(match[4]))


def normalise_number(text: str) -> str:
    """Read a number as people type it: any case or width, with dashes, with blanks for them or with both."""
    plain = unicodedata.normalize("NFKC", text).upper()
    parts = "".join("-" if _dash(character) else character for character in plain)
    joined = "".join(parts.split())
    spaced = "-".join(part for part in re.split(r"[\s-]+", parts) if part)
    return spaced if _NUMBER.fullmatch(spaced) else joined


def verification_code(random_bytes: bytes) -> str:
    """Write 130 of the random bits handed in as a code of 26 characters."""
    if len(random_bytes) < CODE_BYTES:
        raise Invalid("code_bytes", length=len(random_bytes), needed=CODE_BYTES)
    bits = int.from_bytes(random_bytes[:CODE_BYTES], "big")
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in reversed(range(CODE_LENGTH)))


def grouped(code: str) -> str:
    """Write a code for reading, in groups of four."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def normalise_code(text: str) -> str:
    """Read a code as people type it: any case or width, spaces and dashes, O for 0, I or L for 1."""
    plain = unicodedata.normalize("NFKC", text).upper()
    kept = [character for character in plain if not (character.isspace() or _dash(character))]
    code = "".join(kept).translate(_MISREAD)
    if len(code) != CODE_LENGTH:
        raise Invalid("code_length", length=len(code), needed=CODE_LENGTH)
    wrong = "".join(dict.fromkeys(character for character in code if character not in ALPHABET))
    if wrong:
        raise Invalid("code_characters", characters=wrong)
    return code


def _dash(character: str) -> bool:
    # The minus sign and the long vowel mark are what some keyboards give for a hyphen.
    return unicodedata.category(character) == "Pd" or character in "\u2212\u30fc"
