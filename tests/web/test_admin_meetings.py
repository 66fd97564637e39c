"""The record of a meeting: its form, corrections, and where it is read: ranking and decision."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from registry.db import Database
from registry.domain.vocabulary import Kind, Role
from registry.models import Application, Meeting, RoundCategory
from tests import browse, factories
from tests.factories import NOON, ROUTE

CONCLUSION = "按得分和现场情况逐项评议，形成上述意见。"
WHY = "再生水去向说不清楚，论证不足。"
RECORD = {
    "seen": "0",
    "held_on": "2026-03-02",
    "place": "301 会议室",
    "chair": "陈华 | 省生态环境厅",
    "members": "李明 | 省发展改革委\n王芳 | 设计院",
    "secretaries": "赵敏 | 省生态环境厅",
    "method": "consensus",
    "rest": "open",
    "conclusion": CONCLUSION,
}
WITH_VISIT = (*ROUTE[: ROUTE.index(Kind.DELIBERATION)], Kind.SITE_VISIT, *ROUTE[ROUTE.index(Kind.DELIBERATION) :])


@pytest.fixture
def where(session: Session) -> RoundCategory:
    steps = {Kind.DELIBERATION: {"parameters": {"meeting": 1}}}
    intake = factories.round_(session, closes_at=NOON)
    return factories.round_category(session, round_=intake, quota=1, steps=steps, route=WITH_VISIT)


@pytest.fixture
def rows(session: Session, where: RoundCategory) -> list[Application]:
    """Two in deliberation, with 80 and 90 points."""
    found = [factories.application(session, round_category=where, kind=Kind.DELIBERATION) for _ in range(2)]
    for row, total in zip(found, ("80.00", "90.00"), strict=True):
        factories.evaluation(session, row, total=total)
        factories.site_visit(session, row, position=WITH_VISIT.index(Kind.SITE_VISIT), concluded_at=NOON)
    return found


@pytest.fixture
def people(session, rows, client, at) -> dict[Role, FlaskClient]:
    roles = (Role.OFFICER, Role.APPROVER, Role.AUDITOR)
    found = {role: factories.persona(session, role, name=f"某{role}") for role in roles}
    session.commit()
    at(NOON)
    return {role: client(person) for role, person in found.items()}


@pytest.fixture
def officer(people) -> FlaskClient:
    return people[Role.OFFICER]


def record(officer, where, **fields):
    return browse.post(officer, f"/admin/meetings/record/{where.id}", **{**RECORD, **fields})


def meetings(database: Database) -> list[Meeting]:
    with database.reading() as session:
        query = select(Meeting).options(selectinload(Meeting.opinions)).order_by(Meeting.id)
        return list(session.scalars(query))


def voted(
    number: int, in_favour: int, against: int, abstained: int, supported: str, reason: str = ""
) -> dict[str, str]:
    votes = {"in_favour": in_favour, "against": against, "abstained": abstained}
    return {
        f"supported_{number}": supported,
        f"reason_{number}": reason,
        **{f"{name}_{number}": str(count) for name, count in votes.items()},
    }


def test_a_meeting_is_recorded_and_read_at_the_ranking_and_the_decision(database, people, officer, where, rows):
    low, high = rows
    ranking = f"/admin/decisions/rankings/{where.id}"
    # The route asks for a meeting, so there is nothing to propose before.
    assert f"{ranking}/propose" not in officer.get(ranking).text
    assert officer.get(f"/admin/meetings/record/{where.id}").status_code == 200
    sent = record(
        officer,
        where,
        method="vote",
        **voted(high.id, 0, 2, 0, "no", WHY),
        **{f"recused_{high.id}": "李明 | 曾任该企业顾问"},
        **voted(low.id, 2, 1, 0, "yes"),
    )
    assert sent.status_code == 303
    (meeting,) = meetings(database)
    assert sent.location == f"/admin/meetings/{meeting.id}"
    assert (meeting.held_on, meeting.chair) == (date(2026, 3, 2), "陈华")
    for role in people:
        page = browse.words(people[role].get(sent.location))
        for text in ("陈华", "赵敏", "曾任该企业顾问", WHY, CONCLUSION, meeting.digest):
            assert text in page
        page = browse.words(people[role].get(ranking))
        assert page.index(low.site.name) < page.index(high.site.name)
        assert WHY in page
    assert f"{ranking}/propose" in officer.get(ranking).text
    given = {"reason": "按总分排序", "places": "1", "reserve": "0"}
    proposal = browse.post(officer, f"{ranking}/propose", **given).location
    for role in people:
        page = browse.words(people[role].get(proposal))
        for text in ("李明", "曾任该企业顾问", WHY, CONCLUSION, "现场与申报材料一致，设施运行正常。"):
            assert text in page


def test_a_proposal_without_its_meeting_is_refused_and_keeps_its_reason(officer, where, rows):
    url = f"/admin/decisions/rankings/{where.id}/propose"
    refused = browse.post(officer, url, reason="按总分排序的理由", places="1", reserve="0")
    assert refused.status_code == 422
    assert "按总分排序的理由" in refused.text


def test_those_that_are_not_marked_are_supported_or_left_open(database, officer, where, rows):
    low, high = rows
    assert record(officer, where, rest="supported", **{f"supported_{high.id}": "no", f"reason_{high.id}": WHY}).location
    assert record(officer, where, seen="1", **{f"supported_{high.id}": "yes"}).location
    found = [{one.application_id: one.supported for one in row.opinions} for row in meetings(database)]
    assert found == [{low.id: True, high.id: False}, {high.id: True}]


def test_everything_that_is_wrong_is_said_at_its_field_and_nothing_is_lost(database, officer, where, rows):
    low, high = rows
    refused = record(
        officer,
        where,
        method="vote",
        **voted(high.id, 1, 2, 0, "yes"),
        **{f"recused_{low.id}": "钱某 | 亲属", f"reason_{low.id}": "另有说明"},
    )
    assert refused.status_code == 422
    assert refused.text.count('class="field-error"') == 2
    for text in ("李明 | 省发展改革委", "钱某 | 亲属", "另有说明", CONCLUSION, 'value="301 会议室"'):
        assert text in refused.text
    # The list above the form names the site, since every application has the same fields.
    summary = refused.text.split('class="errors"')[1].split("</ul>")[0]
    assert high.site.name in summary
    assert f'href="#supported_{high.id}-0"' in summary
    assert f'href="#recused_{low.id}"' in summary
    assert meetings(database) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"held_on": "2026-03-03"},
        {"held_on": ""},
        {"place": ""},
        {"chair": "陈华"},
        {"chair": "陈华 | 省厅\n李某 | 省厅"},
        {"members": ""},
        {"members": "陈华 | 另一单位", "secretaries": ""},
        {"method": ""},
        {"method": "vote", "rest": "supported"},
        {"conclusion": "同意。"},
        {"rest": "open"},
    ],
)
def test_a_record_that_lacks_something_is_refused(database, officer, where, rows, fields):
    refused = record(officer, where, **{"rest": "supported", "secretaries": "", **fields})
    assert refused.status_code == 422
    assert 'class="errors"' in refused.text
    assert meetings(database) == []


def test_a_record_made_meanwhile_is_not_passed_over(database, officer, where, rows):
    assert record(officer, where, rest="supported").status_code == 303
    second = record(officer, where, rest="supported", place="另一处会议室")
    assert second.status_code == 409
    assert 'value="另一处会议室"' in second.text
    (only,) = meetings(database)
    assert f'name="seen" type="hidden" value="{only.id}"' in second.text


def test_a_correction_begins_with_what_was_recorded(database, people, officer, where, rows):
    high = rows[1]
    out = {f"recused_{high.id}": "李明 | 曾任该企业顾问"}
    first = record(officer, where, method="vote", **voted(high.id, 0, 2, 0, "no", WHY), **out).location
    assert f'href="{first}/correct"' in officer.get(first).text
    assert f'href="{first}/correct"' not in people[Role.APPROVER].get(first).text
    page = officer.get(f"{first}/correct").text
    for text in ("陈华 | 省生态环境厅", "王芳 | 设计院", "李明 | 曾任该企业顾问", WHY, CONCLUSION):
        assert text in page
    assert re.search(rf'checked[^>]*name="supported_{high.id}"[^>]*value="no"', page)
    assert re.search(rf'id="against_{high.id}"[^>]*value="2"', page)
    (only,) = meetings(database)
    told = {**RECORD, "seen": str(only.id), "method": "vote", **voted(high.id, 2, 1, 0, "yes")}
    second = browse.post(officer, f"{first}/correct", **told).location
    page = officer.get(first)
    assert f'href="{second}"' in page.text
    assert f'href="{first}/correct"' not in page.text
    assert f'href="{first}"' in officer.get(second).text
    assert [row.replaces_id for row in meetings(database)] == [None, only.id]


def test_who_may_record(session, client, people, where, rows):
    url = f"/admin/meetings/record/{where.id}"
    for role in (Role.APPROVER, Role.AUDITOR):
        assert people[role].get(url).status_code == 403
        assert record(people[role], where, rest="supported").status_code == 403
    person = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    session.commit()
    assert client(person).get(url).status_code == 404


def test_a_meeting_on_three_hundred_applications_is_recorded(session, client, at):
    where = factories.round_category(session, round_=factories.round_(session, closes_at=NOON))
    rows = [factories.application(session, round_category=where, kind=Kind.DELIBERATION) for _ in range(300)]
    person = factories.persona(session, Role.OFFICER)
    session.commit()
    at(NOON)
    told = {}
    for row in rows:
        told |= voted(row.id, 0, 3, 0, "no", WHY * 10)
    assert record(client(person), where, method="vote", **told).status_code == 303
