"""Who reviews what, on the pages: the state, a plan and its preview, why not others, a file with its faults."""

import io
import re

import pytest
from sqlalchemy import event, select

from registry.domain.vocabulary import Kind, PlanState, Role, TaskState
from registry.models import Assignment, AssignmentPlan, ReviewerProfile, Round, Task
from registry.tasks import work_off
from tests import browse, factories
from tests.world import config_for

FILED = {"licensed": True, "reused": "50"}
TWO = {Kind.REVIEW: {"parameters": {"minimum_reviewers": 2}}}
RULES = {"most": "20", "apart": "city", "demand": "any", "unjudged": "y"}


@pytest.fixture
def where(session):
    return factories.round_category(session, steps=TWO)


@pytest.fixture
def officer(session, client):
    person = factories.persona(session, Role.OFFICER)
    session.commit()
    there = client(person)
    browse.post(there, "/language", language="en")
    return there


def filed(session, where, **columns):
    return factories.application(session, round_category=where, kind=Kind.REVIEW, answers=FILED, **columns)


def page_of(where) -> str:
    return f"/admin/rounds/{where.round_id}/assigning"


def rules(prefix, **changed) -> dict[str, str]:
    return {f"{prefix}-{name}": value for name, value in {**RULES, **changed}.items()}


def worked(session, database, tmp_path) -> Task:
    assert work_off(database, config_for(database, tmp_path), "test") == 1
    session.expire_all()
    return read(session, select(Task).order_by(Task.id.desc()).limit(1))


def read(session, query):
    """Return one thing, and let go of the database."""
    found = session.scalars(query).one()
    session.commit()
    return found


def test_a_round_is_assigned_from_its_page(session, where, officer, database, tmp_path):
    application = filed(session, where)
    for name in ("王甲", "李乙"):
        factories.reviewer(session, name=name, most=4)
    session.commit()
    url = page_of(where)
    assert f'href="{url}"' in officer.get(f"/admin/rounds/{where.round_id}").text
    assert "of them lacking reviewers" in browse.words(officer.get(url))
    answer = browse.post(officer, f"{url}/draw-up", **rules("plan"), **{"plan-seed": "9", "plan-category": ""})
    task = worked(session, database, tmp_path)
    assert (answer.location, task.state) == (f"/tasks/{task.id}", TaskState.DONE)
    assert f'href="{url}"' in officer.get(answer.location).text
    words = browse.words(officer.get(url))
    for name in ("王甲", "李乙"):
        assert f"{name} : can judge Example set; then 1 open reviews, at most 4" in words
    plan = read(session, select(AssignmentPlan))
    refused = browse.post(officer, f"{url}/plans/{plan.id}/commit", sure=None)
    assert (refused.status_code, "Tick the box" in browse.words(refused)) == (422, True)
    assert browse.post(officer, f"{url}/plans/{plan.id}/commit", sure="y").status_code == 303
    assert worked(session, database, tmp_path).state is TaskState.DONE
    rows = session.scalars(select(Assignment)).all()
    assert [row.application_id for row in rows] == [application.id] * 2
    assert "can judge Example set" in browse.words(officer.get(f"/admin/cases/{application.id}"))
    words = browse.words(officer.get(url))
    assert "No application under review lacks a reviewer." in words
    assert "in effect" in words


def test_for_every_expert_there_is_a_why_or_a_why_not(session, where, officer):
    application = filed(session, where)
    city = factories.region(session, within=factories.country(session), name="甲市", name_en="Jia")
    application.site.region_key = city.key
    factories.reviewer(session, name="王甲")
    factories.reviewer(session, name="李乙", fields=[])
    factories.reviewer(session, name="周丙", region=city)
    worker = factories.reviewer(session, name="吴丁")
    organisation = application.organisation
    factories.employment(session, worker, organisation.name, code=organisation.credit_code)
    session.commit()
    words = browse.words(officer.get(f"{page_of(where)}/applications/{application.id}"))
    assert "王甲 could be chosen can judge Example set" in words
    assert "李乙 not possible no field is known; wanted: Example set" in words
    assert "周丙 not possible is of Jia, as the site is" in words
    assert f"吴丁 not possible is tied to {organisation.name}" in words
    other = filed(session, factories.round_category(session))
    session.commit()
    assert officer.get(f"{page_of(where)}/applications/{other.id}").status_code == 404


def test_what_is_wanting_and_the_loads_are_told(session, where, officer, database, tmp_path):
    filed(session, where)
    address = factories.reviewer(session, name="王甲").email
    session.commit()
    url = page_of(where)
    browse.post(officer, f"{url}/draw-up", **rules("plan", most="3"), **{"plan-seed": "9", "plan-category": ""})
    worked(session, database, tmp_path)
    words = browse.words(officer.get(url))
    assert "Places that stay open: 1" in words
    assert "Example set: experts needed: 1; they fill places: 1" in words
    loads = browse.words(officer.get(f"{url}/loads"))
    assert "王甲 Example set not stated 0 1 3" in loads
    plan = read(session, select(AssignmentPlan))
    text = officer.get(f"{url}/plans/{plan.id}.csv").text
    assert text.splitlines()[0] == "\ufeffapplication,reviewer,Project (site),Expert,Why"
    assert address in text
    assert browse.post(officer, f"{url}/plans/{plan.id}/discard").status_code == 303
    session.expire_all()
    assert plan.state is PlanState.DISCARDED


def test_a_file_is_checked_line_by_line(session, where, officer, database, tmp_path):
    application = filed(session, where)
    good, other = factories.reviewer(session), factories.reviewer(session, name="李乙", fields=["else"])
    session.commit()
    url = page_of(where)
    template = officer.get(f"{url}/template.csv").text.splitlines()
    assert template[0].startswith("\ufeffapplication,reviewer,")
    # Two places are open.
    assert [line.split(",")[0] for line in template[1:]] == [application.receipt] * 2

    def send(text: str):
        file = (io.BytesIO(text.encode()), "plan.csv")
        return browse.post(officer, f"{url}/file", **rules("file"), **{"file-file": file})

    missing = browse.post(officer, f"{url}/file", **rules("file", apart="none"))
    assert missing.status_code == 422
    assert re.search(r'<option selected value="none">', missing.text)
    refused = send(f"application,reviewer\n{application.receipt},nobody@example.org\n")
    assert refused.status_code == 422
    words = browse.words(refused)
    assert "Line 2, column B: No reviewer of this programme has the e-mail address “nobody@example.org”." in words
    lines = f"application,reviewer\n{application.receipt},{good.email}\n{application.receipt},{other.email}\n"
    assert send(lines).status_code == 303
    assert worked(session, database, tmp_path).state is TaskState.DONE
    words = browse.words(officer.get(url))
    assert "Some lines do not hold" in words
    assert re.search(r"3 \S+ 李乙 can judge else; wanted: Example set", words)
    assert "Put the plan into effect" not in words
    assert send("\n".join(lines.splitlines()[:2])).status_code == 303
    worked(session, database, tmp_path)
    assert "Put the plan into effect" in browse.words(officer.get(url))


def test_others_see_it_and_cannot_act(session, where, client):
    application, person = filed(session, where), factories.reviewer(session)
    plan = factories.assignment_plan(session, session.get_one(Round, where.round_id), [(application, person)])
    approver = factories.persona(session, Role.APPROVER)
    session.commit()
    there = client(approver)
    page = there.get(page_of(where))
    assert (page.status_code, person.name in page.text) == (200, True)
    assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]
    assert browse.post(there, f"{page_of(where)}/plans/{plan.id}/commit", sure="y").status_code in (403, 404)


def test_a_page_stays_a_page(session, where, officer, database):
    people = [factories.reviewer(session) for _ in range(60)]
    applications = [filed(session, where) for _ in range(60)]
    round_ = session.get_one(Round, where.round_id)
    factories.assignment_plan(session, round_, zip(applications, people, strict=True))
    session.commit()
    for path in ("", "?show=all", "/loads", f"/applications/{applications[0].id}"):
        count = 0

        def tell(*_told: object) -> None:
            nonlocal count
            count += 1

        event.listen(database.engine, "after_cursor_execute", tell)
        try:
            page = officer.get(page_of(where) + path)
        finally:
            event.remove(database.engine, "after_cursor_execute", tell)
        assert page.status_code == 200
        assert count < 60, path
        assert page.text.count("<tr") < 80


def test_experts_say_themselves_what_they_can_judge(session, client, where):
    person = factories.persona(session, Role.REVIEWER)
    place = factories.region(session, within=factories.country(session)).key
    session.commit()
    there = client(person)
    sent = {"fields": "tiny", "most": "5", "region_key": place}
    assert browse.post(there, "/reviews/background/fields", **sent).status_code == 303
    profile = session.get_one(ReviewerProfile, person.id)
    assert (profile.fields, profile.most, profile.region_key) == (["tiny"], 5, place)
    session.commit()
    refused = browse.post(there, "/reviews/background/fields", **{**sent, "most": "0"})
    assert (refused.status_code, 'value="0"' in refused.text) == (422, True)


def test_the_file_of_a_plan_has_no_application_that_its_reader_must_not_judge(session, client):
    where = factories.round_category(session)
    organisation = factories.organisation(session)
    own = factories.application(session, round_category=where, kind=Kind.REVIEW, organisation=organisation)
    other = factories.application(session, round_category=where, kind=Kind.REVIEW)
    person = factories.reviewer(session)
    plan = factories.assignment_plan(session, where.round, [(own, person), (other, person)])
    officer = factories.persona(session, Role.OFFICER)
    factories.seat(session, officer, organisation)
    session.commit()
    receipts = own.receipt, other.receipt
    text = client(officer).get(f"/admin/rounds/{where.round_id}/assigning/plans/{plan.id}.csv").text
    assert [receipt in text for receipt in receipts] == [False, True]
