"""The office's cases: the list, one application with all of it, and what the office sends."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import ConflictState, Kind, ReviewStatus, Role, Status
from registry.models import Application, Assignment, Correction, ScreeningItem, Verification
from tests import browse, factories

Client = Callable[..., FlaskClient]
REASON = "营业执照已过期,须更换后重新提交。"
POINTS = ("complete", "evidence_readable", "organisation_confirmed", "site_confirmed", "signatory_entitled", "licence")
HELD = {f"held_{key}": "yes" for key in POINTS}
FILED = {"licensed": True, "reused": "50"}


def case(session: Session, kind: Kind) -> Application:
    return factories.application(session, kind=kind, answers=FILED)


@pytest.fixture
def officer(session: Session, client: Client) -> FlaskClient:
    person = factories.persona(session, Role.OFFICER)
    session.commit()
    return client(person)


def status_of(session: Session, application: Application) -> Status:
    session.expire_all()
    found = session.get_one(Application, application.id).status
    session.rollback()
    return found


# The list


def test_the_list_is_filtered_searched_and_sorted(session: Session, officer: FlaskClient) -> None:
    first, second = case(session, Kind.SCREENING), case(session, Kind.SCORING)
    session.commit()
    names = (first.site.name, second.site.name)

    def shown(address: str) -> list[str]:
        page = browse.words(officer.get(address))
        return sorted((name for name in names if name in page), key=page.index)

    assert shown("/admin/cases") == [first.site.name, second.site.name]
    assert shown("/admin/cases?order=-submitted") == [second.site.name, first.site.name]
    assert shown("/admin/cases?stage=scoring") == [second.site.name]
    assert shown("/admin/cases?status=withdrawn") == []
    assert shown(f"/admin/cases?q={first.site.name}") == [first.site.name]
    assert shown(f"/admin/cases?category={second.round_category_id}") == [second.site.name]
    assert shown("/admin/cases?stage=nonsense&after=nonsense") == [first.site.name, second.site.name]


def test_another_programme_is_not_listed(session: Session, client: Client) -> None:
    application = case(session, Kind.SCREENING)
    person = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    session.commit()
    stranger = client(person)
    assert application.site.name not in browse.words(stranger.get("/admin/cases"))
    assert stranger.get(f"/admin/cases/{application.id}").status_code == 404


# Screening


def test_screening_accepts(session: Session, officer: FlaskClient) -> None:
    application = case(session, Kind.SCREENING)
    session.commit()
    url = f"/admin/cases/{application.id}"
    assert browse.post(officer, f"{url}/screening", decision="keep", held_complete="yes").status_code == 303
    early = browse.post(officer, f"{url}/screening", decision="accept", held_complete="yes")
    assert early.status_code == 422
    assert early.text.count('class="field-error"') == 5
    assert browse.post(officer, f"{url}/screening", decision="accept", **HELD).status_code == 303
    session.expire_all()
    assert session.get_one(Application, application.id).kind is Kind.SCORING


@pytest.mark.parametrize(("decision", "status"), [("refuse", Status.REFUSED), ("bar", Status.BARRED)])
def test_screening_ends_with_a_reason(session: Session, officer: FlaskClient, decision: str, status: Status) -> None:
    application = case(session, Kind.SCREENING)
    session.commit()
    url = f"/admin/cases/{application.id}/screening"
    note = {"held_licence": "no", "note_licence": "证已过期"}
    refused = browse.post(officer, url, decision=decision, reason="不行", **note)
    assert refused.status_code == 422
    assert 'value="证已过期"' in refused.text
    assert status_of(session, application) is Status.WAITING
    assert browse.post(officer, url, decision=decision, reason=REASON).status_code == 303
    assert status_of(session, application) is status


def test_a_return_sets_a_deadline(session: Session, officer: FlaskClient) -> None:
    application = case(session, Kind.SCREENING)
    session.commit()
    url = f"/admin/cases/{application.id}"
    assert 'value="10"' in officer.get(url).text
    assert browse.post(officer, f"{url}/return", note=REASON, working_days="0").status_code == 422
    assert browse.post(officer, f"{url}/return", note=REASON, working_days="5").status_code == 303
    assert session.scalars(select(Correction.note)).one() == REASON
    assert status_of(session, application) is Status.RETURNED
    assert REASON in browse.words(officer.get(url))


def test_a_value_is_established_beside_the_declared_one(session: Session, officer: FlaskClient) -> None:
    application = case(session, Kind.SCREENING)
    session.commit()
    url = f"/admin/cases/{application.id}/values/reused"
    assert officer.get(url).status_code == 200
    assert browse.post(officer, url, value="101", reason=REASON).status_code == 422
    assert browse.post(officer, url, value="45", reason=REASON).status_code == 303
    assert session.scalars(select(Verification.value)).one() == "45"
    session.rollback()
    page = browse.words(officer.get(f"/admin/cases/{application.id}"))
    assert "50 %" in page
    assert "45 %" in page
    assert officer.get(f"/admin/cases/{application.id}/values/rain").status_code == 404


# Scoring and review


def test_scoring_keeps_the_score(session: Session, officer: FlaskClient) -> None:
    """Half of 60 points for 50% reused, the panel of 40 still open: 30.00."""
    application = case(session, Kind.SCORING)
    session.commit()
    url = f"/admin/cases/{application.id}"
    assert browse.post(officer, f"{url}/score").status_code == 303
    assert "30.00" in browse.words(officer.get(url))
    assert browse.post(officer, f"{url}/score").status_code == 409


def test_a_review_from_assignment_to_its_end(session: Session, officer: FlaskClient) -> None:
    """Three marks of 30 of 40 beside 30 of 60 make 60.00."""
    application = case(session, Kind.REVIEW)
    people = [factories.persona(session, Role.REVIEWER, name=f"专家{number}") for number in range(3)]
    session.commit()
    url = f"/admin/cases/{application.id}"
    assert browse.post(officer, f"{url}/reviewers").status_code == 422
    assert browse.post(officer, f"{url}/reviewers", reviewer=str(10**30), why="水处理").status_code == 422
    for person in people:
        assert browse.post(officer, f"{url}/reviewers", reviewer=str(person.id), why="水处理").status_code == 303
    assert browse.post(officer, f"{url}/review").status_code == 409
    for assignment in session.scalars(select(Assignment)):
        factories.review(session, assignment, marks={"novelty": "30"}, status=ReviewStatus.FINISHED)
    session.commit()
    assert "理由充分" in browse.words(officer.get(url))
    assert browse.post(officer, f"{url}/review").status_code == 303
    assert "60.00" in browse.words(officer.get(url))


def test_conflicts_are_cleared_and_reviewers_replaced(session: Session, officer: FlaskClient) -> None:
    application = case(session, Kind.REVIEW)
    tied = factories.assignment(session, application, conflict=ConflictState.FOUND, conflict_reason="第一水务")
    free = factories.assignment(session, application, label="B")
    session.commit()
    url = f"/admin/cases/{application.id}/reviewers"
    assert "第一水务" in browse.words(officer.get(f"/admin/cases/{application.id}"))
    assert browse.post(officer, f"{url}/{tied.id}/clear", reason="无").status_code == 422
    assert browse.post(officer, f"{url}/{tied.id}/clear", reason="五年前已离职,无往来。").status_code == 303
    assert browse.post(officer, f"{url}/{free.id}/end", reason="临时出差,无法按期评审。").status_code == 303
    session.expire_all()
    assert session.get_one(Assignment, tied.id).conflict is ConflictState.CLEARED
    assert session.get_one(Assignment, free.id).ended_at is not None


# Who may


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR])
def test_others_of_the_office_read_and_change_nothing(session: Session, client: Client, role: Role) -> None:
    application = case(session, Kind.SCREENING)
    person = factories.persona(session, role)
    session.commit()
    reader, url = client(person), f"/admin/cases/{application.id}"
    page = reader.get(url)
    assert page.status_code == 200
    assert f'action="{url}' not in page.text
    assert browse.post(reader, f"{url}/screening", decision="refuse", reason=REASON).status_code == 403


# What the portal proposes, and what does not apply


def test_what_the_portal_knows_is_ticked_and_marked_until_somebody_saves(
    session: Session, officer: FlaskClient
) -> None:
    number = case(session, Kind.SCREENING).id
    session.commit()
    url = f"/admin/cases/{number}"
    browse.post(officer, "/language", language="en")
    page = officer.get(url)
    # Filled in, organisation, site and the licence are known; files and the signatory are for a person to judge.
    assert "What the portal can know it has ticked: 4 of 6, each marked." in browse.words(page)
    assert page.text.count("proposed by the portal") == 4
    assert session.scalars(select(ScreeningItem.id)).all() == []
    session.rollback()
    sent = browse.post(officer, f"{url}/screening", decision="keep", held_complete="yes")
    assert sent.status_code == 303
    assert officer.get(url).text.count("proposed by the portal") == 3


def test_what_does_not_apply_is_kept_as_such_with_its_note(session: Session, officer: FlaskClient) -> None:
    application = case(session, Kind.SCREENING)
    session.commit()
    url, fields = f"/admin/cases/{application.id}/screening", {**HELD, "held_site_confirmed": "none"}
    refused = browse.post(officer, url, decision="keep", **fields)
    assert refused.status_code == 422
    assert "请注明此项为何不适用" in refused.text or "Note why this item does not apply." in refused.text
    assert (
        browse.post(officer, url, decision="accept", note_site_confirmed="点名试点，无须", **fields).status_code == 303
    )
    kept = session.execute(select(ScreeningItem.held, ScreeningItem.note).where(ScreeningItem.key == "site_confirmed"))
    assert kept.one() == (None, "点名试点，无须")
    session.rollback()
    browse.post(officer, "/language", language="en")
    assert "does not apply" in browse.words(officer.get(f"/admin/cases/{application.id}"))
    assert status_of(session, application) is Status.WAITING


def test_an_export_of_nothing_says_at_the_field_what_to_do(session: Session, officer: FlaskClient) -> None:
    case(session, Kind.SCREENING)
    session.commit()
    browse.post(officer, "/language", language="en")
    nothing = browse.post(officer, "/admin/cases/export?q=nothing-has-this-name")
    assert nothing.status_code == 422
    assert "No application that you may export fits. Change or clear the filters." in browse.words(nothing)
    assert 'value="nothing-has-this-name"' in nothing.text
    lost = browse.post(officer, "/admin/cases/export?category=99999")
    assert lost.status_code == 422
    assert "This choice does not exist here. Choose one of the list, or all." in browse.words(lost)
    assert '<details class="narrowing" open>' in lost.text


def test_the_filters_are_folded_and_say_which_are_set(session: Session, officer: FlaskClient) -> None:
    case(session, Kind.SCREENING)
    session.commit()
    browse.post(officer, "/language", language="en")
    assert "Filters: none set" in browse.words(officer.get("/admin/cases"))
    assert "Filters: Stage = screening · Status = waiting" in browse.words(
        officer.get("/admin/cases?stage=screening&status=waiting")
    )
