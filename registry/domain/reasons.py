"""Reasons: whoever decides about others says why, in words that can be read later."""

from registry.domain.errors import Invalid

LEAST = 10


def reasoned(text: str, field: str) -> str:
    """Return a reason without blanks around it. Raises Invalid for the field where it is too short to say anything."""
    words = text.strip()
    if len(words) < LEAST:
        raise Invalid("reason_too_short", field=field, least=LEAST)
    return words


def stated(text: str, field: str) -> str:
    """Return a text without blanks around it. Raises Invalid for the field where it is empty."""
    if not text.strip():
        raise Invalid("entry_needed", field=field)
    return text.strip()
