"""Differences between two versions of a list."""

from registry.domain.changes import Change, Changed, Difference, compare, fields

A = {"id": 1, "position": 1, "name": "甲厂", "region": "东区"}
B = {"id": 2, "position": 2, "name": "乙厂", "region": "西区"}
C = {"id": 3, "position": 3, "name": "丙厂", "region": "东区"}


def test_equal_lists_do_not_differ():
    found = compare([A, B], [A, B], key="id")
    assert found == Difference((), (), ())
    assert not found


def test_lines_come_and_go():
    found = compare([A, B], [B, C], key="id")
    assert (found.added, found.dropped, found.changed) == ((C,), (A,), ())
    assert found


def test_a_changed_field_is_told_before_and_after():
    renamed = {**B, "name": "新乙厂"}
    found = compare([A, B], [A, renamed], key="id")
    assert found == Difference((), (), (Changed(B, renamed, (Change("name", "乙厂", "新乙厂"),)),))


def test_what_is_ignored_may_differ():
    moved = {**B, "position": 1}
    assert not compare([A, B], [moved, {**A, "position": 2}], key="id", ignored={"position"})
    assert [change.fields for change in compare([B], [moved], key="id").changed] == [(Change("position", 2, 1),)]


def test_added_and_changed_follow_the_later_order_dropped_the_earlier():
    one, two = {**A, "name": "1"}, {**B, "name": "2"}
    found = compare([A, B], [two, C, one], key="id")
    assert [row.after["id"] for row in found.changed] == [2, 1]
    assert [row["id"] for row in compare([C, B, A], [], key="id").dropped] == [3, 2, 1]
    assert [row["id"] for row in compare([], [C, A], key="id").added] == [3, 1]


def test_a_field_that_one_side_lacks_is_none_there():
    assert fields({"a": 1, "b": 2}, {"b": 3, "c": 4}) == (
        Change("a", 1, None),
        Change("b", 2, 3),
        Change("c", None, 4),
    )
    assert fields({"a": 1}, {"a": 2}, ignored={"a"}) == ()
