"""Award numbers and verification codes."""

import pytest

from registry.domain.errors import Invalid
from registry.domain.numbering import Number, grouped, normalise_code, number, parse, verification_code


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("GJ", "WWTP", 2026, 7), "GJ-WWTP-2026-0007"),
        (("ZJSTHJ", "P20", 2027, 9999), "ZJSTHJ-P20-2027-9999"),
        (("SD", "PARK", 2026, 10000), "SD-PARK-2026-10000"),
    ],
)
def test_a_number_is_written_and_read_back(parts, text):
    assert number(*parts) == text
    assert parse(text) == Number(*parts)


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (("G", "WWTP", 2026, 1), "number_prefix"),
        (("GJGJGJG", "WWTP", 2026, 1), "number_prefix"),
        (("gj", "WWTP", 2026, 1), "number_prefix"),
        (("GJ", "", 2026, 1), "number_programme"),
        (("GJ", "A-B", 2026, 1), "number_programme"),
        (("GJ", "WWTP", 26, 1), "number_year"),
        (("GJ", "WWTP", 2026, 0), "number_serial"),
    ],
)
def test_a_number_of_wrong_parts_is_refused(parts, key):
    with pytest.raises(Invalid) as refusal:
        number(*parts)
    assert refusal.value.key == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GJ-WWTP-2026-7",
        "GJ-WWTP-2026-00007",
        "GJ-WWTP-2026-0000",
        "GJ-WWTP-0026-0001",
        "GJ-WWTP-2026-0007\n",
        "GJ-WWTP-2026-000\uff17",
        "gj-WWTP-2026-0007",
    ],
)
def test_another_spelling_is_no_number(text):
    with pytest.raises(Invalid) as refusal:
        parse(text)
    assert refusal.value.key == "number_format"


def test_a_code_writes_the_lowest_130_bits_most_significant_first():
    # 17 bytes are 136 bits, of which the upper 6 are dropped: 0x1F in the last byte is the last character Z,
    # and 0x03 in the first byte is the top two bits of the first character: 11000 = 24, R in the alphabet.
    assert verification_code(bytes(17)) == "0" * 26
    assert verification_code(bytes(16) + b"\x1f") == "0" * 25 + "Z"
    assert verification_code(b"\x03" + bytes(16)) == "R" + "0" * 25
    assert verification_code(b"\xff" * 17) == "Z" * 26


def test_too_few_random_bytes_are_refused():
    with pytest.raises(Invalid) as refusal:
        verification_code(bytes(16))
    assert (refusal.value.key, refusal.value.values) == ("code_bytes", {"length": 16, "needed": 17})


def test_a_code_is_grouped_for_reading():
    assert grouped("7K3QM0ZX9APW2RTHJ4NCE6VBD8") == "7K3Q-M0ZX-9APW-2RTH-J4NC-E6VB-D8"


@pytest.mark.parametrize(
    "typed",
    [
        "7K3Q-M0ZX-9APW-2RTH-J4NC-E6VB-D8",
        "7K3QM-0ZX9A-PW2RT-HJ4NC-E6VBD-8",
        " 7k3qm oZx9a pw2rt hj4nc e6vbd 8\n",
        "7K3QM\u20140ZX9A\uff0dPW2RT\u2212HJ4NC\u3000E6VBD-8",
        "".join(chr(ord(character) + 0xFEE0) for character in "7K3QM0ZX9APW2RTHJ4NCE6VBD8"),
    ],
)
def test_a_code_is_read_as_people_type_it(typed):
    assert normalise_code(typed) == "7K3QM0ZX9APW2RTHJ4NCE6VBD8"


def test_misread_letters_become_digits():
    assert normalise_code("OIL" + "0" * 23) == "011" + "0" * 23


@pytest.mark.parametrize("length", [0, 25, 27])
def test_a_code_of_another_length_is_refused(length):
    with pytest.raises(Invalid) as refusal:
        normalise_code("7" * length)
    assert (refusal.value.key, refusal.value.values) == ("code_length", {"length": length, "needed": 26})


def test_a_character_outside_the_alphabet_is_refused():
    with pytest.raises(Invalid) as refusal:
        normalise_code("U*U" + "0" * 23)
    assert (refusal.value.key, refusal.value.values) == ("code_characters", {"characters": "U*"})
