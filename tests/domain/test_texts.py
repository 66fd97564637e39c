"""Texts that people type, and signs that are none."""

import pytest

from registry.domain.errors import Invalid
from registry.domain.filetypes import kept_name
from registry.domain.texts import plain


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("再生水 80 %", "再生水 80 %"),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("a\tb", "a b"),
        ("👷‍♀️", "👷‍♀️"),
        ("", ""),
    ],
)
def test_words_stay_with_line_ends_of_one_kind(typed, kept):
    assert plain(typed) == kept


@pytest.mark.parametrize(
    ("sign", "code"),
    [("\0", "U+0000"), ("\x0b", "U+000B"), ("\x1b", "U+001B"), ("\x85", "U+0085"), ("\ud800", "U+D800")],
)
def test_a_sign_that_is_none_is_refused_with_its_place(sign, code):
    with pytest.raises(Invalid) as refused:
        plain(f"ab{sign}c", "reason")
    assert (refused.value.key, refused.value.field) == ("sign_not_taken", "reason")
    assert refused.value.values == {"sign": code, "place": 3}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("再生水 台账.pdf", "再生水 台账.pdf"),
        # Right-to-left override: shown as invoice.exe.pdf's reverse, kept as what it is.
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nb\0.pdf", "ab.pdf"),
        ("\ud800a.pdf ", "a.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_kept_without_what_nobody_sees(name, kept):
    assert kept_name(name) == kept
