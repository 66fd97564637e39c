"""The number on a receipt: nobody guesses it, and it can be read out over the telephone."""

from registry.domain.errors import Invalid
from registry.domain.numbering import ALPHABET

KEY_BYTES = 10
GROUP = 4


def receipt_number(receipt_key: bytes) -> str:
    """Write 80 random bits as four groups of four characters, without letters that are misread."""
    if len(receipt_key) < KEY_BYTES:
        raise Invalid("code_bytes", length=len(receipt_key), needed=KEY_BYTES)
    bits = int.from_bytes(receipt_key[:KEY_BYTES], "big")
    characters = "".join(ALPHABET[bits >> 5 * place & 31] for place in reversed(range(KEY_BYTES * 8 // 5)))
    return "-".join(characters[start : start + GROUP] for start in range(0, len(characters), GROUP))
