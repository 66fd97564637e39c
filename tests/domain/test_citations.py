"""References to clauses in Latin numbers, each worked out by hand."""

import pytest

from registry.domain.citations import latin, latin_within


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("一", "I"),
        ("二(二)", "II(2)"),
        ("三(三)", "III(3)"),
        ("四(七)", "IV(7)"),
        ("五(十二)", "V(12)"),
        ("五（十）", "V(10)"),
        ("六(十九)", "VI(19)"),
        ("七(二十)", "VII(20)"),
        ("七(二十三)", "VII(23)"),
        ("八(二十六)", "VIII(26)"),
        ("九(二十九)", "IX(29)"),
        ("十", "X"),
        ("结尾", "closing"),
        ("3.2", "3.2"),
        ("", ""),
    ],
)
def test_a_reference_in_latin_numbers(reference: str, expected: str) -> None:
    assert latin(reference) == expected


def test_only_what_a_text_cites_is_changed() -> None:
    text = "25% is of GW 一 and ZJ 四(十); GW 结尾 speaks of surveys, SZ 六（二）of credit. 一厂一策 stays."
    assert latin_within(text) == (
        "25% is of GW I and ZJ IV(10); GW closing speaks of surveys, SZ VI(2)of credit. 一厂一策 stays."
    )
