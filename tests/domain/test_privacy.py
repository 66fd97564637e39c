"""Masking of names, telephone numbers and addresses."""

import pytest

from registry.domain.privacy import masked_address, masked_name, masked_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小三", "张**"),
        (" 张 三 ", "张*"),
        ("欧阳修", "欧阳*"),
        ("欧阳修文", "欧阳**"),
        ("欧阳", "欧*"),
        ("司徒静", "司徒*"),
        ("阿卜杜拉·买买提", "阿***·***"),
        ("𠮷田", "𠮷*"),
        ("张", "张"),
        ("Ann Mary Smith", "A. M. S."),
        ("li wei", "L. W."),
        ("J.Smith", "J. S."),
        ("9", "*"),
        ("  ", ""),
        ("", ""),
    ],
)
def test_a_name_keeps_its_surname_or_its_initials(name, shown):
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800001234", "138****1234"),
        ("138 0000 1234", "138 **** 1234"),
        ("+86 13800001234", "+86 138****1234"),
        ("008613800001234", "0086 138****1234"),
        ("0755-12345678", "****-******78"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_a_telephone_number_hides_its_middle_or_nearly_all(number, shown):
    assert masked_phone(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("zhang.san@example.cn", "z***@example.cn"),
        ("a@b", "a***@b"),
        ("@example.cn", "***"),
        ("nobody", "***"),
        ("", "***"),
    ],
)
def test_an_address_keeps_its_first_letter_and_its_host(address, shown):
    assert masked_address(address) == shown
