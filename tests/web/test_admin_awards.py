"""The office issues and revokes."""

import pytest
from sqlalchemy import select

from registry import tasks
from registry.domain.vocabulary import Kind, Role
from registry.models import Award, Certificate, Decision, RoundCategory
from tests import browse, factories

NAMES = {
    "organisation": {"zh": "滨江水务有限公司", "en": ""},
    "region": {"zh": "滨江区", "en": ""},
    "category": {"zh": "污水处理", "en": ""},
}
WHY = "抽查发现申报数据与台账不符。"


@pytest.fixture
def publication(session):
    where = factories.round_category(session, quota=9)
    return factories.publication(session, factories.decision(session, where))


@pytest.fixture
def officer(session, client, publication):
    person = factories.persona(session, Role.OFFICER)
    session.commit()
    return client(person)


def publish(session, publication, *sites: str) -> None:
    where = session.get_one(RoundCategory, publication.round_category_id)
    for position, site in enumerate(sites, start=1):
        application = factories.application(session, round_category=where, kind=Kind.CERTIFICATE)
        content = {"site": {"zh": site, "en": ""}, **NAMES}
        factories.entry(session, publication, application, position=position, content=content)
    session.commit()


def test_all_certificates_of_a_list_are_issued_and_can_be_kept(session, database, config, officer, publication):
    publish(session, publication, "城北水质净化厂", "东湖再生水厂")
    url = f"/admin/awards/publications/{publication.id}/issue"
    assert "城北水质净化厂" in officer.get("/admin/awards").text
    assert browse.post(officer, url).status_code == 303
    tasks.work_off(database, config, "a")
    awards = session.execute(select(Award.id, Award.number, Award.serial).order_by(Award.id)).all()
    number, content = session.execute(
        select(Certificate.id, Certificate.content).where(Certificate.award_id == awards[0].id)
    ).one()
    session.rollback()
    assert [award.serial for award in awards] == [1, 2]
    assert awards[0].number in officer.get(f"/admin/awards/{awards[0].id}").text
    file = officer.get(f"/admin/awards/certificates/{number}")
    assert (file.data, file.mimetype) == (content, "application/pdf")
    assert file.headers["Content-Disposition"] == f"attachment; filename={awards[0].number}.pdf"
    assert browse.post(officer, url).status_code == 409
    assert session.scalars(select(Award.serial).order_by(Award.id)).all() == [1, 2]


def test_a_revocation_is_proposed_with_a_reason(session, database, config, officer, publication):
    publish(session, publication, "城北水质净化厂")
    browse.post(officer, f"/admin/awards/publications/{publication.id}/issue")
    tasks.work_off(database, config, "a")
    url = f"/admin/awards/{session.scalars(select(Award.id)).one()}"
    session.rollback()
    refused = browse.post(officer, f"{url}/revocation", reason="不符")
    assert (refused.status_code, 'id="reason-error"' in refused.text) == (422, True)
    answer = browse.post(officer, f"{url}/revocation", reason=WHY)
    page = officer.get(url)
    assert [answer.location in page.text, "/revocation" in page.text] == [True, False]
    decided = session.scalars(select(Decision.id).where(Decision.award_id.is_not(None))).one()
    assert answer.location == f"/admin/decisions/{decided}"


def test_an_auditor_reads_but_does_not_issue(session, client, publication):
    publish(session, publication, "城北水质净化厂")
    person = factories.persona(session, Role.AUDITOR)
    session.commit()
    auditor = client(person)
    assert "/issue" not in auditor.get("/admin/awards").text
    assert browse.post(auditor, f"/admin/awards/publications/{publication.id}/issue").status_code == 403
