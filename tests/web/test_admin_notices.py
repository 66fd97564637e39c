"""The office announces: notices and the lists that follow."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.domain.vocabulary import Action, Kind, Result, Role, Status
from registry.models import Application, Decision, Notice
from registry.services import moves, notices
from registry.services.notices import entry_of
from tests import browse, factories
from tests.factories import NOON


@pytest.fixture
def application(session) -> Application:
    return factories.application(session, kind=Kind.NOTICE)


@pytest.fixture
def decision(session, application) -> Decision:
    row = factories.decision(session, application.round_category)
    factories.outcome(session, row, application)
    return row


@pytest.fixture
def notice(session, decision, application) -> Notice:
    return factories.notice(session, decision, entries=[entry_of(application, 1)])


@pytest.fixture
def office(session, client):
    def make(role: Role) -> FlaskClient:
        person = factories.persona(session, role)
        session.commit()
        return client(person)

    return make


def test_an_officer_prepares_the_notice_and_an_approver_opens_it(session, office, decision, application):
    number, site = decision.id, application.site.name
    officer, approver = office(Role.OFFICER), office(Role.APPROVER)
    assert f"/admin/decisions/{number}" in officer.get("/admin/notices").text
    url = f"/admin/notices/propose/{number}"
    assert site in officer.get(url).text
    refused = browse.post(officer, url, reason=" ")
    assert (refused.status_code, 'id="reason-error"' in refused.text, site in refused.text) == (422, True, True)
    assert browse.post(approver, url, reason="按名次公示").status_code == 403
    answer = browse.post(officer, url, reason="按名次公示")
    assert answer.status_code == 303
    assert session.scalars(select(Notice.id)).all() == []
    session.rollback()
    assert 'name="digest"' not in officer.get(answer.location).text
    page = approver.get(answer.location)
    assert site in page.text
    digest = re.search(r'name="digest" value="(\w{64})"', page.text)[1]
    assert answer.location in officer.get("/admin/notices").text
    assert browse.post(approver, f"{answer.location}/approve", digest=digest).status_code == 303
    assert session.scalars(select(Notice.decision_id)).all() == [number]
    opened = session.scalars(select(Notice.id)).one()
    session.rollback()
    assert f"/admin/notices/{opened}" in approver.get(answer.location).text
    assert site in officer.get(f"/admin/notices/{opened}").text


def _as_it_was_submitted(session, where) -> Application:
    organisation = factories.organisation(session)
    site = factories.site(session, organisation=organisation)
    names = {"name": organisation.name, "name_en": organisation.name_en}
    return factories.application(
        session,
        round_category=where,
        kind=Kind.NOTICE,
        organisation=organisation,
        site=site,
        applicant={**names, "site": {"name": site.name, "name_en": site.name_en}},
    )


def test_the_second_person_sees_who_has_left_since_and_who_has_another_name(session, client, at):
    at(NOON)
    where = factories.round_category(session, quota=3)
    gone, renamed, same = (_as_it_was_submitted(session, where) for _ in range(3))
    selection = factories.decision(session, where)
    for rank, row in enumerate((gone, renamed, same), start=1):
        factories.outcome(session, selection, row, rank=rank)
    signatory = factories.persona(session, Role.SIGNATORY, organisation=gone.organisation)
    moves.move(session, factories.actor(session, signatory), gone, Action.WITHDRAW)
    before, renamed.site.name = renamed.site.name, "改名后的水质净化厂"
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    proposal = notices.propose(session, officer, selection, reason="按名次公示")
    approver = factories.persona(session, Role.APPROVER)
    session.commit()
    page = client(approver).get(f"/admin/decisions/{proposal.id}").text
    changes = page[page.index("<table") : page.index("</table>")]
    assert [gone.site.name in changes, before in changes, "改名后的水质净化厂" in changes] == [True, True, True]
    assert same.site.name not in changes
    assert same.site.name in page


def test_a_vacancy_leads_to_the_reserve(session, client, at):
    at(NOON)
    round_ = factories.round_(session, closes_at=NOON)
    where = factories.round_category(session, round_=round_, quota=1)
    removed = factories.application(session, round_category=where, kind=Kind.NOTICE, status=Status.REMOVED)
    waiting = factories.application(session, round_category=where, kind=Kind.DELIBERATION, status=Status.RESERVED)
    selection = factories.decision(session, where)
    factories.outcome(session, selection, removed)
    factories.outcome(session, selection, waiting, rank=2, result=Result.RESERVED)
    notice = factories.notice(session, selection, entries=[entry_of(removed, 1)])
    factories.reply(session, factories.objection(session, notice, removed), upheld=True)
    officer = factories.persona(session, Role.OFFICER)
    session.commit()
    page = client(officer).get(f"/admin/notices/{notice.id}").text
    assert waiting.site.name in page
    assert f"/admin/decisions/rankings/{where.id}" in page


def test_a_concluded_notice_leads_to_the_proposal_of_the_list(session, office, at, notice, application):
    at(notice.closes_at)
    url = f"/admin/notices/{notice.id}"
    officer = office(Role.OFFICER)
    assert browse.post(officer, f"{url}/clear").status_code == 303
    session.rollback()
    assert session.scalars(select(Application.kind)).all() == [Kind.PUBLICATION]
    session.rollback()
    refused = browse.post(officer, f"{url}/publication", title="", reason="公示期满")
    assert (refused.status_code, "公示期满" in refused.text) == (422, True)
    # What stands beside the form leads to the page itself: the search of the list, and the choice of the language.
    assert f'<form method="get" action="{url}" role="search"' in refused.text
    assert f'<input type="hidden" name="next" value="{url}">' in refused.text
    answer = browse.post(officer, f"{url}/publication", title="第一批名单", title_en="", reason="公示期满")
    assert answer.status_code == 303
    assert "第一批名单" in officer.get(answer.location).text
    assert answer.location in officer.get(url).text


def test_a_notice_is_not_concluded_before_its_end(session, office, at, notice):
    at(notice.closes_at - timedelta(seconds=1))
    assert browse.post(office(Role.OFFICER), f"/admin/notices/{notice.id}/clear").status_code == 409
    session.rollback()
    assert session.scalars(select(Application.status)).all() == [Status.SELECTED]
