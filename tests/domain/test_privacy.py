"""Masking of names."""

import pytest

from registry.domain.privacy import masked_name


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
