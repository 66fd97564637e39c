"""The office decides: the ranking, the proposal, and what the second person sees."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.domain.vocabulary import DecisionStatus, Kind, Role, Status
from registry.models import Application, Decision, RoundCategory
from tests import browse, factories
from tests.factories import NOON

WHY = "材料在截止日前未补齐，不予纳入。"


@pytest.fixture
def where(session) -> RoundCategory:
    return factories.round_category(session, round_=factories.round_(session, closes_at=NOON), quota=1)


@pytest.fixture
def rows(session, where) -> list[Application]:
    """Two in deliberation with 80 and 90 points, one still under review."""
    found = [factories.application(session, round_category=where, kind=Kind.DELIBERATION) for _ in range(2)]
    for row, total in zip(found, ("80.00", "90.00"), strict=True):
        item = {
            "key": "reuse",
            "state": "scored",
            "points": "48.00",
            "max": "60",
            "value": "80",
            "working": [{"line": "formula", "values": {}, "text": "reused = 80"}],
        }
        factories.evaluation(session, row, total=total, result={"eligible": True, "total": total, "items": [item]})
    return [*found, factories.application(session, round_category=where, kind=Kind.REVIEW)]


@pytest.fixture
def people(session, rows, client, at) -> dict[Role, FlaskClient]:
    roles = (Role.OFFICER, Role.APPROVER, Role.AUDITOR)
    found = {role: factories.persona(session, role, name=f"某{role}") for role in roles}
    session.commit()
    at(NOON)
    return {role: client(person) for role, person in found.items()}


def propose(people, where, **fields):
    url = f"/admin/decisions/rankings/{where.id}/propose"
    return browse.post(people[Role.OFFICER], url, **{"reason": "按总分排序", "places": "1", "reserve": "1", **fields})


def proposed(people, where, rows) -> str:
    return propose(people, where, **{f"exclude_{rows[2].id}": WHY}).location


def digest_on(page) -> str:
    return re.search(r'name="digest" value="(\w{64})"', page.text)[1]


def statuses(session) -> list[Status]:
    found = list(session.scalars(select(Application.status).order_by(Application.id)))
    session.rollback()  # so that the next request may write
    return found


def test_the_ranking_shows_order_cut_and_working_to_those_who_may_see_it(people, where, rows):
    page = people[Role.AUDITOR].get(f"/admin/decisions/rankings/{where.id}")
    table = page.text[page.text.index("<tbody>") : page.text.index("</tbody>")]
    assert [int(number) for number in re.findall(r"/admin/cases/(\d+)", table)] == [rows[1].id, rows[0].id]
    assert (
        table.index("row-cut") < table.index(f"/admin/cases/{rows[1].id}") < table.index(f"/admin/cases/{rows[0].id}")
    )
    assert "reused = 80" in page.text
    assert rows[2].site.name in page.text
    assert "/propose" not in page.text
    assert "/propose" in people[Role.OFFICER].get(f"/admin/decisions/rankings/{where.id}").text


def test_while_the_round_is_open_the_ranking_offers_no_proposal(people, at, where):
    at(NOON - timedelta(minutes=1))
    page = people[Role.OFFICER].get(f"/admin/decisions/rankings/{where.id}")
    assert (page.status_code, "/propose" in page.text) == (200, False)


def test_other_numbers_move_the_line_and_nonsense_does_not(people, where, rows):
    url = f"/admin/decisions/rankings/{where.id}"
    assert "row-cut" not in people[Role.OFFICER].get(f"{url}?places=0").text
    assert people[Role.OFFICER].get(f"{url}?places=-1&reserve=x").status_code == 200


def test_a_proposal_is_approved_by_another_person_who_saw_it(session, people, where, rows):
    url = proposed(people, where, rows)
    own = people[Role.OFFICER].get(url)
    assert 'name="digest"' not in own.text
    page = people[Role.APPROVER].get(url)
    assert [rows[1].site.name in page.text, WHY in page.text, "某officer" in page.text] == [True, True, True]
    answer = browse.post(people[Role.APPROVER], f"{url}/approve", digest=digest_on(page), reason="同意")
    assert (answer.status_code, answer.location) == (303, url)
    assert statuses(session) == [Status.RESERVED, Status.SELECTED, Status.EXCLUDED]
    assert "/admin/notices/propose/" in people[Role.OFFICER].get(url).text
    assert "/admin/notices/propose/" not in people[Role.APPROVER].get(url).text


def test_an_entry_that_is_refused_stays_in_the_form(people, where, rows):
    answer = propose(people, where, reason="一段写好的理由")
    assert answer.status_code == 422
    assert "一段写好的理由" in answer.text
    assert f'id="exclude_{rows[2].id}-error"' in answer.text


def test_more_places_than_the_quota_are_refused_in_words(people, where, rows):
    answer = propose(people, where, places="2", **{f"exclude_{rows[2].id}": WHY})
    assert answer.status_code == 422
    assert 'class="errors"' in answer.text


def test_another_digest_changes_nothing(session, people, where, rows):
    url = proposed(people, where, rows)
    answer = browse.post(people[Role.APPROVER], f"{url}/approve", digest="0" * 64)
    assert answer.status_code == 409
    assert statuses(session) == [Status.WAITING, Status.WAITING, Status.WAITING]


def test_a_rejection_needs_a_reason_and_leaves_everything(session, people, where, rows):
    url = proposed(people, where, rows)
    assert browse.post(people[Role.APPROVER], f"{url}/reject", reason="否").status_code == 422
    assert browse.post(people[Role.APPROVER], f"{url}/reject", reason="请先核实第二名的进水数据。").status_code == 303
    assert session.scalars(select(Decision.status)).all() == [DecisionStatus.REJECTED]
    assert statuses(session) == [Status.WAITING, Status.WAITING, Status.WAITING]


def test_the_office_of_another_programme_finds_nothing(session, client, people, where, rows):
    url = proposed(people, where, rows)
    stranger = factories.persona(session, Role.APPROVER, programme=factories.programme(session))
    session.commit()
    there = client(stranger)
    assert there.get(url).status_code == 404
    assert there.get(f"/admin/decisions/rankings/{where.id}").status_code == 404
    assert browse.post(there, f"{url}/approve", digest="0" * 64).status_code == 404


def test_the_index_shows_what_waits(people, where, rows):
    url = proposed(people, where, rows)
    page = people[Role.APPROVER].get("/admin/decisions")
    assert [f'href="{url}"' in page.text, f"/rankings/{where.id}" in page.text] == [True, True]


def test_a_proposal_that_has_changed_since_shows_what_line_by_line_and_is_not_approved(session, people, where, rows):
    url = proposed(people, where, rows)
    assert 'name="digest"' in people[Role.APPROVER].get(url).text
    # Scored anew, the second stands before the first.
    factories.evaluation(session, session.get_one(Application, rows[0].id), total="95.00")
    session.commit()
    page = people[Role.APPROVER].get(url)
    words = browse.words(page)
    assert 'name="digest"' not in page.text
    assert "80.00" in words
    assert "95.00" in words
    assert rows[0].site.name in words
    digest = re.search(r"\b[0-9a-f]{64}\b", page.text)[0]
    assert browse.post(people[Role.APPROVER], f"{url}/approve", digest=digest).status_code == 409
    assert statuses(session) == [Status.WAITING, Status.WAITING, Status.WAITING]
    # The reason for the rejection is suggested; one click sends it back.
    reason = re.search(r'<textarea[^>]*name="reason"[^>]*>\s*([^<]+?)\s*</textarea>', page.text)[1]
    assert browse.post(people[Role.APPROVER], f"{url}/reject", reason=reason).status_code == 303
    assert session.scalars(select(Decision.status)).all() == [DecisionStatus.REJECTED]


def test_the_ranking_stays_as_it_was_decided_and_a_case_tells_why(people, where, rows, session):
    url = proposed(people, where, rows)
    first, second, unfinished = rows[1].id, rows[0].id, rows[2].id
    ranking = f"/admin/decisions/rankings/{where.id}"
    session.rollback()
    reader = people[Role.AUDITOR]
    browse.post(reader, "/language", language="en")
    assert "proposed, not decided yet" in browse.words(reader.get(f"/admin/cases/{first}"))
    digest = digest_on(people[Role.APPROVER].get(url))
    assert browse.post(people[Role.APPROVER], f"{url}/approve", digest=digest, reason="同意").status_code == 303
    words = browse.words(reader.get(ranking))
    assert "The ranking as it was decided" in words
    decision = url.rsplit("/", 1)[1]
    assert f"Decision {decision} · 2026-03-02 · 1 selected" in words
    table = reader.get(ranking).text.split('id="decided"')[1]
    assert [int(number) for number in re.findall(r"/admin/cases/(\d+)", table)] == [first, second, unfinished]
    won = browse.words(reader.get(f"/admin/cases/{first}"))
    assert "Result selected Why within the quota Place in the ranking 1 of 2, with 90.00 points" in won
    assert "The line the last one in: place 1, with 90.00 points Places 1" in won
    assert f"Decision {decision} approved" in won
    below = browse.words(reader.get(f"/admin/cases/{second}"))
    assert "Place in the ranking 2 of 2, with 80.00 points" in below
    assert f"Why unfinished: {WHY}" in browse.words(reader.get(f"/admin/cases/{unfinished}"))


def test_before_a_decision_a_case_says_that_there_is_none(people, where, rows):
    reader, number = people[Role.AUDITOR], rows[1].id
    browse.post(reader, "/language", language="en")
    words = browse.words(reader.get(f"/admin/cases/{number}"))
    assert "In deliberation; no selection is proposed yet. To the ranking" in words
