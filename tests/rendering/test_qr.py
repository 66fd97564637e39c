"""The QR code's modules."""

from registry.rendering import qr


def test_runs_are_the_dark_stretches_of_a_row():
    assert qr.runs([False, True, True, False, True]) == [(1, 2), (4, 1)]
    assert qr.runs([False, False]) == []


def test_a_code_has_a_quiet_zone_of_four_modules():
    rows = qr.matrix("https://r.cn/verify/1")
    # 21 bytes at level M need version 2, which is 25 modules wide: 25 + 2 x 4.
    assert {len(row) for row in rows} == {33}
    assert len(rows) == 33
    assert not any(any(row) for row in [*rows[:4], *rows[-4:]])
    assert not any(any([*row[:4], *row[-4:]]) for row in rows)
