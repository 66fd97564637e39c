"""The file by which the office assigns: columns by their names, faults with line and column, nothing or all of it."""

import pytest

from registry.domain.assigning.planfile import MOST_FAULTS, read_plan, written_plan
from registry.domain.assigning.settings import Settings, reason_of, settings_of, written, written_reason
from registry.domain.assigning.values import Against, Demand, Duo, Level, Reason

APPLICATIONS = {"AAAA-1111": 1, "BBBB-2222": 2}
REVIEWERS = {"wang@example.org": 7, "feng@example.org": 8}


def read(text):
    return read_plan(text.encode(), APPLICATIONS, REVIEWERS)


def faults(text):
    return [(one.line, one.path, one.key) for one in read(text).faults]


def test_lines_are_read_by_the_names_of_the_columns_and_empty_ones_assign_nobody():
    text = "site,Reviewer,application\n厂,wang@example.org,AAAA-1111\n\n厂,,BBBB-2222\n厂,FENG@example.org, bbbb-2222\n"
    found = read(text)
    assert found.faults == ()
    assert [(line.number, line.duo) for line in found.lines] == [(2, Duo(1, 7)), (5, Duo(2, 8))]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_is_read_as_spreadsheets_save_it(encoding):
    content = "申报编号,专家邮箱,场所\nAAAA-1111,wang@example.org,污水厂\n".encode(encoding)
    assert [line.duo for line in read_plan(content, APPLICATIONS, REVIEWERS).lines] == [Duo(1, 7)]


def test_every_fault_has_its_line_and_column_and_nothing_is_taken():
    text = "application,reviewer\nAAAA-1111,wang@example.org\nZZZZ-9999,nobody@example.org\n,wang@example.org\n"
    assert faults(text) == [
        (3, "A", "plan_file_application"),
        (3, "B", "plan_file_reviewer"),
        (4, "A", "plan_file_no_application"),
    ]
    assert read(text).lines == ()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "plan_file_empty"),
        ("application,reviewer\n", "plan_file_empty"),
        ("application,reviewer\nAAAA-1111,\n", "plan_file_empty"),
        ("number,person\nAAAA-1111,wang@example.org\n", "plan_file_columns"),
        ('application,reviewer\n"AAAA,wang@example.org\n', "file_not_csv"),
    ],
)
def test_what_is_no_plan_is_said(text, key):
    assert [fault[2] for fault in faults(text)] == [key]


def test_what_is_no_text_is_said():
    found = read_plan(b"\xff\xfe\x00\x81\xff", APPLICATIONS, REVIEWERS)
    assert [one.key for one in found.faults] == ["file_not_text"]


def test_no_more_faults_are_listed_than_anybody_reads():
    text = "application,reviewer\n" + "X,wang@example.org\n" * 80
    found = faults(text)
    assert (len(found), found[-1][2]) == (MOST_FAULTS + 1, "too_many_faults")


def test_what_a_spreadsheet_would_compute_stays_a_text():
    text = written_plan(["application", "reviewer"], [("AAAA-1111", "=1+1"), ("BBBB-2222", "wang@example.org")])
    assert text.splitlines() == ["application,reviewer", "AAAA-1111,'=1+1", "BBBB-2222,wang@example.org"]


def test_settings_and_reasons_come_back_as_they_were():
    for one in (Settings("1"), Settings("2", 5, None, Demand.NONE, unjudged=False, round_category=3)):
        assert settings_of(written(one)) == one
    assert Settings("1").apart is Level.CITY
    tie = Reason("certain", {"organisation": "甲公司", "tie": "seat"})
    for reason in (Reason(Against.TIED, {"tie": tie}), Reason(Against.NO_EXPERTISE, {"wanted": ("a",), "has": ()})):
        assert reason_of(written_reason(reason)) == reason
