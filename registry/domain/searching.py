"""What people type to find something: words that must all be there, in whichever width their keyboard gave them."""

import unicodedata

LONGEST = 100
SHORTEST = 2
_MOST_WORDS = 8


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a search, blanks of every width between them; nothing where it is too short to find by."""
    words = tuple("".join(sign if sign.isprintable() else " " for sign in text[:LONGEST]).split())[:_MOST_WORDS]
    return words if sum(map(len, words)) >= SHORTEST else ()


def too_short(text: str) -> bool:
    """Tell whether something was typed that is too short to find by: one sign of any writing."""
    return bool(text.strip()) and not words_of(text)


def spellings(word: str) -> tuple[str, ...]:
    """Return a word as it was typed, and with letters and digits of usual width where it has others."""
    usual = unicodedata.normalize("NFKC", word)
    return (word,) if usual == word else (word, usual)
