"""The office corrects a published list: the form, the second person, and what the public reads of both lists."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.domain.vocabulary import DecisionKind, Kind, Role
from registry.models import Decision, Publication
from registry.services.notices import entry_of
from tests import browse, factories
from tests.factories import NOON

WHY = "申报单位全称印刷有误，现予更正。"


@pytest.fixture
def publication(session, at) -> Publication:
    at(NOON)
    where = factories.round_category(session, quota=5)
    decision = factories.decision(session, where, kind=DecisionKind.PUBLICATION)
    row = factories.publication(session, decision, title="第一批名单", title_en="First list")
    for position in (1, 2):
        application = factories.application(session, round_category=where, kind=Kind.CERTIFICATE)
        content = entry_of(application, position)
        kept = {key: value for key, value in content.items() if key not in ("position", "application_id")}
        factories.entry(session, row, application, position=position, content=kept)
    session.refresh(row, ["entries"])
    session.commit()
    return row


@pytest.fixture
def people(session, client, publication):
    roles = (Role.OFFICER, Role.APPROVER, Role.AUDITOR)
    found = {role: factories.persona(session, role) for role in roles}
    session.commit()
    return {role: client(person) for role, person in found.items()}


def fields(publication, **changed) -> dict[str, str]:
    content = publication.entries[0].content
    given = {"title": publication.title, "title_en": publication.title_en, "reason": WHY}
    for part in ("site", "organisation", "region", "category"):
        given |= {f"entry_1_{part}_zh": content[part]["zh"], f"entry_1_{part}_en": content[part]["en"]}
    return {**given, "entry_1_credit_code": content["credit_code"], **changed}


def propose(client, publication, **changed):
    url = f"/admin/publications/{publication.id}/correction?entry=1"
    return browse.post(client, url, **fields(publication, **changed))


def test_the_fields_of_the_chosen_entries_stand_in_the_form(people, publication):
    officer = people[Role.OFFICER]
    url = f"/admin/publications/{publication.id}/correction"
    assert url in officer.get("/admin/publications").text
    bare = officer.get(url).text
    assert ["entry_1_site_zh" in bare, 'name="entry"' in bare] == [False, True]
    chosen = officer.get(f"{url}?entry=2&entry=nonsense&entry=77").text
    assert [f"entry_{number}_site_zh" in chosen for number in (1, 2, 77)] == [False, True, False]
    assert publication.entries[1].content["site"]["zh"] in chosen


def test_a_correction_is_approved_by_another_who_sees_before_and_after(session, people, publication, client, at):
    first, published = publication.id, publication.entries[0].content["organisation"]["zh"]
    form = fields(publication)
    answer = propose(people[Role.OFFICER], publication, entry_1_organisation_zh="第一水务（集团）有限公司")
    assert answer.status_code == 303
    page = people[Role.APPROVER].get(answer.location)
    changes = page.text[page.text.index("<table") : page.text.index("</table>")]
    assert published in changes
    assert "第一水务（集团）有限公司" in changes
    digest = re.search(r'name="digest" value="(\w{64})"', page.text)[1]
    at(NOON + timedelta(minutes=10))
    assert browse.post(people[Role.APPROVER], f"{answer.location}/approve", digest=digest).status_code == 303
    number = session.scalars(select(Publication.id).where(Publication.replaces_id == publication.id)).one()
    session.rollback()  # so that the next request may write
    visitor = client()
    old, new = visitor.get(f"/lists/{first}"), visitor.get(f"/lists/{number}")
    assert published in old.text
    assert [WHY in old.text, f"/lists/{number}" in old.text] == [True, True]
    assert [WHY in new.text, f"/lists/{first}" in new.text] == [True, True]
    assert "第一水务（集团）有限公司" in new.text
    assert [f"/lists/{each}" in visitor.get("/").text for each in (first, number)] == [False, True]
    assert visitor.get(f"/lists/{first}.csv").status_code == 200
    # What was replaced is not corrected again, also not from a page that was open.
    again = f"/admin/publications/{first}/correction?entry=1"
    assert browse.post(people[Role.OFFICER], again, **{**form, "title": "别的"}).status_code == 409


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "新标题", "reason": "改"}, "reason"),
        ({"entry_1_site_zh": ""}, "entry_1_site_zh"),
        ({"entry_1_credit_code": "9144"}, "entry_1_credit_code"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(session, people, publication, changed, field):
    given = {"entry_1_organisation_zh": "写好的新名称", **changed}
    answer = propose(people[Role.OFFICER], publication, **given)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "写好的新名称" in answer.text
    assert session.scalars(select(Decision).where(Decision.kind == DecisionKind.CORRECTION)).all() == []


def test_a_correction_that_changes_nothing_is_refused_in_words(people, publication):
    answer = propose(people[Role.OFFICER], publication)
    assert answer.status_code == 422
    assert 'class="errors"' in answer.text


def test_only_officers_correct_and_the_auditor_reads(people, publication):
    url = f"/admin/publications/{publication.id}/correction"
    assert [people[role].get(url).status_code for role in (Role.APPROVER, Role.AUDITOR)] == [403, 403]
    assert people[Role.AUDITOR].get("/admin/publications").status_code == 200
