"""Unified Social Credit Codes."""

import pytest
from stdnum.cn import uscc

from registry.domain.errors import Invalid
from registry.domain.identity import DEMO_SERIALS, credit_code, demo_credit_code

# The example of python-stdnum's documentation.
KNOWN = "91110000600037341L"


@pytest.mark.parametrize("text", [KNOWN, KNOWN.lower(), " 9 1 110000 60003734-1L "])
def test_a_code_is_returned_in_its_one_spelling(text):
    assert credit_code(text) == KNOWN


def test_a_village_cooperative_registered_under_n_is_accepted():
    # The values of N, M and F in the alphabet are 22, 21 and 15; the weights are 3^i mod 31.
    # 22*1 + 2*3 + 3*9 + 3*27 + 0*19 + 1*26 + 0*16 + 6*17 + 21*20 + 15*29 + 5*25 = 1244 = 40*31 + 4,
    # and the letter of value 31 - 4 = 27 is U.
    assert credit_code("N2330106MF5000000U") == "N2330106MF5000000U"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "credit_code_length"),
        (KNOWN[:-1], "credit_code_length"),
        (KNOWN + "0", "credit_code_length"),
        ("9111000060003734IL", "credit_code_characters"),
        ("911100006000373\u56fd1L", "credit_code_characters"),
        ("9A110000600037341L", "credit_code_characters"),
        ("911100006000373410", "credit_code_checksum"),
        ("91110000600037431L", "credit_code_checksum"),
    ],
)
def test_a_wrong_code_is_refused_by_what_is_wrong(text, key):
    with pytest.raises(Invalid) as refusal:
        credit_code(text)
    assert refusal.value.key == key


def test_demo_codes_are_well_formed_and_distinct():
    codes = [demo_credit_code(serial) for serial in (*range(500), DEMO_SERIALS - 1)]
    assert [credit_code(code) for code in codes] == codes
    assert all(uscc.is_valid(code) for code in codes)
    assert len(set(codes)) == 501
    assert {code[:11] for code in codes} == {"91000000DEM"}


@pytest.mark.parametrize("serial", [-1, 1_000_000])
def test_a_demo_serial_out_of_range_is_refused(serial):
    with pytest.raises(Invalid) as refusal:
        demo_credit_code(serial)
    assert refusal.value.key == "demo_serial"
