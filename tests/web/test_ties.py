"""Ties and likeness on the pages: found, told step by step, judged with a reason; nobody else reads of them."""

import re

import pytest
from sqlalchemy import select

from registry.domain.vocabulary import ConflictState, Kind, ReviewStatus, Role
from registry.models import Assignment, Employment, LikenessVerdict, ReviewerProfile, TieVerdict
from tests import browse, factories
from tests.factories import NOON

REASON = "经核实仅为同名,并非同一单位。"
FILED = {"licensed": True, "reused": "50"}


@pytest.fixture
def application(session):
    found = factories.application(session, kind=Kind.REVIEW, answers=FILED)
    found.organisation.name = "青澜水务有限公司"
    return found


@pytest.fixture
def reviewer(session):
    person = factories.persona(session, Role.REVIEWER, name="王五")
    factories.employment(session, person, "青澜水务")
    return person


@pytest.fixture
def officer(session, client):
    person = factories.persona(session, Role.OFFICER)
    session.commit()
    return client(person)


def test_the_case_tells_the_way_and_keeps_the_verdict(session, application, reviewer, officer):
    url = f"/admin/cases/{application.id}"
    page = officer.get(url)
    assert re.findall(r"王五[^。]*?→[^。]*?青澜水务[^。]*?→[^。]*?青澜水务有限公司", browse.words(page))
    (mark,) = set(re.findall(r'name="fingerprint" value="([0-9a-f]+)"', page.text))
    sent = {"person": str(reviewer.id), "fingerprint": mark, "decision": "dismissed"}
    short = browse.post(officer, f"{url}/ties", **sent, reason="不是")
    assert (short.status_code, "不是</textarea>" in short.text) == (422, True)
    assert browse.post(officer, f"{url}/ties", **sent, reason=REASON).status_code == 303
    assert session.scalars(select(TieVerdict.reason)).one() == REASON
    assert REASON in browse.words(officer.get(url))


def test_the_file_says_that_a_recused_persons_marks_do_not_count(session, application, reviewer, officer):
    row = factories.assignment(
        session,
        application,
        reviewer=reviewer,
        conflict=ConflictState.DECLARED,
        conflict_reason="配偶任职",
        ended_at=NOON,
    )
    factories.review(session, row, marks={"novelty": "30"}, status=ReviewStatus.FINISHED)
    session.commit()
    words = browse.words(officer.get(f"/admin/cases/{application.id}"))
    assert "王五" in words
    assert "配偶任职" in words


def test_a_stranger_is_checked_before_being_invited(session, application, officer):
    session.commit()
    page = browse.words(officer.get("/admin/ties?name=赵六&employer=青澜水务有限公司"))
    assert application.site.name in page
    assert application.site.name not in browse.words(officer.get("/admin/ties?name=赵六&employer=无关公司"))
    assert officer.get("/admin/ties").status_code == 200


def test_reviewers_keep_their_own_lists(session, application, client, reviewer):
    session.commit()
    mine = client(reviewer)
    url = "/reviews/background"
    assert "青澜水务" in browse.words(mine.get(url))
    refused = browse.post(mine, f"{url}/employments", **{"employment-employer": "乙院", "employment-code": "123"})
    assert (refused.status_code, 'value="乙院"' in refused.text) == (422, True)
    assert browse.post(mine, f"{url}/employments", **{"employment-employer": "乙院"}).status_code == 303
    number = session.scalars(select(Employment.id).order_by(Employment.id.desc())).first()
    session.rollback()
    assert browse.post(mine, f"{url}/employments/{number}/end").status_code == 422
    assert browse.post(mine, f"{url}/employments/{number}/end", until="2026-03-01").status_code == 303
    assert browse.post(mine, f"{url}/employments/{number}/take-back").status_code == 303
    tie = {"tie-organisation": "丙公司", "tie-words": "持有股份"}
    assert browse.post(mine, f"{url}/ties", **{**tie, "tie-words": ""}).status_code == 422
    assert browse.post(mine, f"{url}/ties", **tie).status_code == 303
    assert "丙公司" in browse.words(mine.get(url))
    assert browse.post(mine, f"{url}/confirm").status_code == 303
    assert session.scalars(select(ReviewerProfile.confirmed_at)).one() is not None


def test_reviewers_have_no_act_on_what_the_office_entered(session, client, reviewer):
    number = session.scalars(select(Employment.id)).one()
    admin = factories.persona(session, Role.ADMINISTRATOR)
    session.commit()
    own, office = "/reviews/background", f"/admin/people/{reviewer.id}/background"
    mine, acts = client(reviewer), (f"employments/{number}/end", f"employments/{number}/take-back")
    page = mine.get(own).text
    assert [f"{own}/{act}" in page for act in acts] == [False, False]
    page = client(admin).get(office).text
    assert [f"{office}/{act}" in page for act in acts] == [True, True]
    assert browse.post(client(reviewer), f"{own}/{acts[1]}").status_code == 409
    assert session.scalars(select(Employment.removed_at)).one() is None


def test_another_persons_line_is_not_there(session, client, reviewer):
    other = factories.persona(session, Role.REVIEWER)
    row = factories.employment(session, other, "乙院")
    session.commit()
    assert browse.post(client(reviewer), f"/reviews/background/employments/{row.id}/take-back").status_code == 404


def test_the_administrator_sets_fields_and_load(session, client, reviewer):
    factories.criteria_version(session)
    admin = factories.persona(session, Role.ADMINISTRATOR)
    session.commit()
    office = client(admin)
    url = f"/admin/people/{reviewer.id}/background"
    assert office.get(url).status_code == 200
    assert browse.post(office, f"{url}/fields", fields="tiny", most="0", region_key="").status_code == 422
    assert browse.post(office, f"{url}/fields", fields="tiny", most="6", region_key="").status_code == 303
    profile = session.scalars(select(ReviewerProfile)).one()
    assert (profile.fields, profile.most) == (["tiny"], 6)
    session.rollback()
    assert "示例标准集" in browse.words(office.get(url))
    assert url in office.get(f"/admin/people/{reviewer.id}").text


def test_a_likeness_is_judged_with_a_reason_and_shown_on_the_case(session, application, officer, client):
    other = factories.application(session, round_category=application.round_category, kind=Kind.REVIEW, answers=FILED)
    both = [application.id, other.id]
    finding = factories.likeness(
        session,
        application.round_category.round_id,
        both,
        kind="text",
        measure={"jaccard": "0.90", "containment": "0.95", "longest": 90},
        content={
            "sides": [
                {"application": number, "key": "answer:1:licensed", "question": "licensed", "text": "前面。同样的话。"}
                for number in both
            ],
            "passages": [[3, 8, 3, 8]],
        },
    )
    reader = factories.persona(session, Role.AUDITOR)
    session.commit()
    url, case = f"/admin/rounds/{application.round_category.round_id}/likeness", f"/admin/cases/{application.id}"
    number, audit = finding.id, client(reader)
    session.rollback()
    page = officer.get(url)
    assert page.text.count("<mark>同样的话。</mark>") == 2
    assert browse.post(officer, f"{url}/{number}", decision="dismissed", reason="短").status_code == 422
    assert browse.post(officer, f"{url}/{number}", decision="dismissed", reason=REASON).status_code == 303
    assert session.scalars(select(LikenessVerdict.reason)).one() == REASON
    session.rollback()
    assert REASON in browse.words(officer.get(case))
    assert REASON in browse.words(audit.get(f"{url}?show=all"))
    assert browse.post(audit, f"{url}/{number}", decision="dismissed", reason=REASON).status_code == 403
    assert browse.post(officer, url).status_code == 303


def test_neither_applicant_nor_reviewer_reads_of_likeness_or_ties(session, application, client, reviewer):
    row = factories.assignment(session, application, reviewer=reviewer)
    secret = "仅供经办人看的比对结果"
    factories.likeness(
        session,
        application.round_category.round_id,
        [application.id],
        content={"sides": [{"application": application.id, "name": secret}]},
    )
    signatory = factories.persona(session, Role.SIGNATORY, organisation=application.organisation)
    session.commit()
    assert secret not in client(reviewer).get(f"/reviews/{row.id}").text
    assert secret not in client(signatory).get(f"/applications/{application.id}").text
    assert session.scalars(select(Assignment.conflict)).one() is ConflictState.NONE
