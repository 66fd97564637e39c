"""What an applicant reads of an outcome: on the page of the application, in letters, and where to apply again."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.letters import Value
from registry.domain.vocabulary import Kind, LetterKind, Result, Role, Status
from registry.models import Application, Letter, Programme, User
from registry.services import letters, starting
from tests import browse, factories
from tests.factories import NOON

Client = Callable[..., FlaskClient]
REASON = "营业执照已过期，须更换后重新提交。"


@pytest.fixture(autouse=True)
def _noon(at) -> None:
    at(NOON)


def own(session: Session, **columns) -> tuple[Application, User]:
    """An application and a signatory of its organisation."""
    row = factories.application(session, **columns)
    return row, factories.persona(session, Role.SIGNATORY, organisation=row.organisation)


def told(session: Session, row: Application, kind: LetterKind, **values: Value) -> int:
    """Send a letter and return its number; the session is committed."""
    letter = letters.send(session, factories.worker(), row, kind, values)
    session.commit()
    return letter.id


def page_of(client: Client, person: User, row: Application) -> str:
    return browse.words(client(person).get(f"/applications/{row.id}"))


def test_a_letter_is_read_in_both_languages_by_its_applicant_alone(session: Session, client: Client) -> None:
    row, person = own(session, kind=Kind.SCREENING, status=Status.REFUSED)
    stranger = factories.persona(session, Role.SIGNATORY)
    other, _person = own(session)
    number = told(session, row, LetterKind.REFUSED, reason="<b>甲</b> {site}")
    page = client(person).get(f"/applications/{row.id}/letters/{number}")
    assert page.status_code == 200
    assert "&lt;b&gt;甲&lt;/b&gt; {site}" in page.text
    assert page.text.index(f"形式审查未通过：{row.site.name}") < page.text.index(
        f"Not accepted in screening: {row.site.name_en}"
    )
    assert client(stranger).get(f"/applications/{row.id}/letters/{number}").status_code == 404
    assert client(person).get(f"/applications/{other.id}/letters/{number}").status_code == 404
    assert client(person).get(f"/applications/{row.id}/letters/{number + 1}").status_code == 404


def test_the_messages_list_letters_with_site_and_the_way_to_read_them(session: Session, client: Client) -> None:
    row, person = own(session, kind=Kind.SCREENING, status=Status.REFUSED)
    number = told(session, row, LetterKind.REFUSED, reason=REASON)
    page = client(person).get("/account/messages")
    assert f"/applications/{row.id}/letters/{number}" in page.text
    assert f"形式审查未通过：{row.site.name}" in browse.words(page)
    assert REASON not in page.text
    assert f"/applications/{row.id}/letters/{number}" in client(person).get(f"/applications/{row.id}").text


@pytest.mark.parametrize("status", [Status.REFUSED, Status.DECLINED, Status.WITHDRAWN, Status.EXCLUDED])
def test_who_may_apply_again_is_offered_the_open_round(session: Session, client: Client, status: Status) -> None:
    row, person = own(session, kind=Kind.SCREENING, status=status)
    session.commit()
    assert f"/applications/start/{row.round_category_id}" in client(person).get(f"/applications/{row.id}").text


def test_who_was_not_selected_is_offered_the_next_round_of_the_same_category(session: Session, client: Client) -> None:
    over = factories.round_(session, opens_at=NOON - timedelta(days=90), closes_at=NOON - timedelta(days=30))
    where = factories.round_category(session, round_=over)
    row, person = own(session, round_category=where, kind=Kind.DELIBERATION, status=Status.UNSELECTED)
    session.commit()
    link = "/applications/start/"
    assert link not in client(person).get(f"/applications/{row.id}").text

    programme = session.get_one(Programme, over.programme_id)
    again, ahead = (
        factories.round_(session, programme=programme, opens_at=at) for at in (NOON, NOON + timedelta(seconds=1))
    )
    category = row.round_category.category
    open_ = factories.round_category(session, round_=again, category=category)
    elsewhere = factories.round_category(session, round_=again)
    later = factories.round_category(session, round_=ahead, category=category)
    session.commit()
    page = client(person).get(f"/applications/{row.id}").text
    assert [f"{link}{one.id}" in page for one in (open_, elsewhere, later)] == [True, False, False]


def test_in_a_library_who_was_not_selected_may_apply_again_at_once(session: Session, client: Client) -> None:
    where = factories.round_category(session, round_=factories.round_(session, closes_at=None))
    row, person = own(session, round_category=where, kind=Kind.DELIBERATION, status=Status.UNSELECTED)
    session.commit()
    assert f"/applications/start/{where.id}" in client(person).get(f"/applications/{row.id}").text
    again = starting.start(session, factories.actor(session, person), where, row.site, row.organisation)
    assert (again.status, again.site_id) == (Status.DRAFTED, row.site_id)


def test_a_barred_site_reads_its_day_and_is_offered_nothing_before(session: Session, client: Client, at) -> None:
    row, person = own(session, kind=Kind.SCREENING, status=Status.BARRED, barred_until=date(2026, 3, 5))
    session.commit()
    assert "2026-03-05" in page_of(client, person, row)
    assert "/applications/start/" not in client(person).get(f"/applications/{row.id}").text
    at(NOON + timedelta(days=3))
    assert f"/applications/start/{row.round_category_id}" in client(person).get(f"/applications/{row.id}").text


def test_a_place_in_reserve_is_shown_with_its_order_and_last_day(session: Session, client: Client) -> None:
    row, person = own(session, kind=Kind.DELIBERATION, status=Status.RESERVED)
    decision = factories.decision(session, row.round_category)
    factories.outcome(session, decision, row, result=Result.RESERVED, reserve_order=2, reserve_until=date(2027, 3, 2))
    session.commit()
    client_ = client(person)
    client_.get("/")
    with client_.session_transaction() as kept:
        kept["language"] = "en"
    assert "In reserve: number 2, until 2027-03-02" in browse.words(client_.get(f"/applications/{row.id}"))


@pytest.mark.parametrize(
    ("kind", "status", "may"),
    [
        (Kind.SCREENING, Status.WAITING, True),
        (Kind.DELIBERATION, Status.RESERVED, True),
        (Kind.NOTICE, Status.SELECTED, True),
        (Kind.CERTIFICATE, Status.SELECTED, False),
        (Kind.SCREENING, Status.REFUSED, False),
    ],
)
def test_withdrawing_is_offered_where_it_is_possible(
    session: Session, client: Client, kind: Kind, status: Status, may: bool
) -> None:
    row, person = own(session, kind=kind, status=status)
    session.commit()
    assert (f"/applications/{row.id}/withdraw" in client(person).get(f"/applications/{row.id}").text) is may


# The office


def test_the_office_bars_for_the_months_it_enters(session: Session, client: Client) -> None:
    row, _person = own(session, kind=Kind.SCREENING, answers={"licensed": True})
    officer = factories.persona(session, Role.OFFICER)
    session.commit()
    acting = client(officer)
    assert 'name="months"' in acting.get(f"/admin/cases/{row.id}").text
    fields = {"decision": "bar", "reason": REASON}
    refused = browse.post(acting, f"/admin/cases/{row.id}/screening", **fields, months="61")
    assert refused.status_code == 422
    assert 'value="61"' in refused.text
    assert browse.post(acting, f"/admin/cases/{row.id}/screening", **fields, months="12").status_code == 303
    session.expire_all()
    found = session.get_one(Application, row.id)
    assert (found.status, found.barred_until) == (Status.BARRED, date(2027, 3, 2))


def test_two_people_terminate_on_their_pages(session: Session, client: Client) -> None:
    row, person = own(session, kind=Kind.SCREENING, answers={"licensed": True})
    people = [factories.persona(session, role) for role in (Role.OFFICER, Role.APPROVER)]
    session.commit()
    url, site, number, proposer = f"/admin/cases/{row.id}", row.site.name, row.id, people[0].id
    applicant, officer, approver = client(person), *(client(one) for one in people)
    session.rollback()
    assert f"{url}/termination" in officer.get(url).text
    assert f"{url}/termination" not in approver.get(url).text

    field = "termination-reason"
    refused = browse.post(officer, f"{url}/termination", **{field: "停产拆除"})
    assert refused.status_code == 422
    assert "停产拆除" in refused.text
    proposed = browse.post(officer, f"{url}/termination", **{field: "该厂已停产拆除，申报不再有意义。"})
    assert proposed.status_code == 303
    assert proposed.location in officer.get(url).text
    assert f"{url}/termination" not in officer.get(url).text

    page = approver.get(proposed.location)
    assert site in browse.words(page)
    assert approver.get("/admin/decisions").status_code == 200
    digest = re.search(r'name="digest" value="(\w{64})"', page.text)[1]
    done = browse.post(approver, f"{proposed.location}/approve", digest=digest, reason="同意")
    assert done.location == proposed.location
    assert approver.get(proposed.location).status_code == 200
    session.expire_all()
    assert session.get_one(Application, number).status is Status.TERMINATED
    # The letter waits for a second look: the applicant reads it when somebody else than the approver released it.
    assert f"终止申报的决定：{site}" not in browse.words(applicant.get(f"/applications/{number}"))
    (letter,) = session.scalars(select(Letter))
    assert letter.kind is LetterKind.TERMINATED
    letters.release(session, factories.actor(session, session.get_one(User, proposer)), [letter.id])
    session.commit()
    assert f"终止申报的决定：{site}" in browse.words(applicant.get(f"/applications/{number}"))
    assert "经两人审核决定" in officer.get(url).text
