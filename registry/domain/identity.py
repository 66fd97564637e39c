"""The Unified Social Credit Code, by which an organisation is known."""

import re

from stdnum.cn import uscc

from registry.domain.errors import Invalid

LENGTH = 18
# Region 000000 is nobody's, so that no registered organisation has a code that begins like this.
DEMO_PREFIX = "91000000DEM"
DEMO_SERIALS = 10 ** (LENGTH - 1 - len(DEMO_PREFIX))

# Digits and capitals without I, O, S, V and Z. The first place may be a letter: a village's economic
# cooperative, which may run a farm, is registered under N.
_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY][0-9]{7}[0-9A-HJ-NP-RTUWXY]{10}")


def credit_code(text: str) -> str:
    """Return a credit code in its one spelling; refuse one of wrong length, characters or check digit."""
    code = str(uscc.compact(text))
    if len(code) != LENGTH:
        raise Invalid("credit_code_length", length=len(code), needed=LENGTH)
    if not _CODE.fullmatch(code):
        raise Invalid("credit_code_characters", code=code)
    if uscc.calc_check_digit(code[:-1]) != code[-1]:
        raise Invalid("credit_code_checksum", code=code)
    return code


def demo_credit_code(serial: int) -> str:
    """Return an invented code for the demonstration: well formed, and of no organisation that exists."""
    if not 0 <= serial < DEMO_SERIALS:
        raise Invalid("demo_serial", serial=serial, limit=DEMO_SERIALS)
    body = f"{DEMO_PREFIX}{serial:0{LENGTH - 1 - len(DEMO_PREFIX)}d}"
    return body + str(uscc.calc_check_digit(body))
