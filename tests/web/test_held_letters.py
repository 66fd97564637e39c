"""The outbox in the office: what waits by its cause, each letter as it will be read, released once by another."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import Kind, LetterKind, LetterState, Role, Status
from registry.models import Application, Letter, Message, Organisation, RoundCategory, Site, User
from registry.services import letters
from tests import browse, factories
from tests.factories import NOON

Client = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def _noon(at) -> None:
    at(NOON)


@pytest.fixture
def where(session: Session) -> RoundCategory:
    return factories.round_category(session)


@pytest.fixture
def approver(session: Session) -> User:
    return factories.persona(session, Role.APPROVER, name="陈核准")


def held(session: Session, approver: User, where: RoundCategory, number: int = 2) -> list[Letter]:
    actor = factories.actor(session, approver)
    rows = [
        factories.application(session, round_category=where, kind=Kind.NOTICE, status=Status.SELECTED)
        for _ in range(number)
    ]
    return [letters.send(session, actor, row, LetterKind.SELECTED) for row in rows]


def seen(page: str, form: str = "release") -> str:
    """The digest of what is shown, in the form that is sent to an address."""
    part = page.split(f'/{form}"', 1)[1]
    return re.search(r'name="seen"[^>]*value="(\w{64})"', part)[1]


def states(session: Session) -> list[LetterState]:
    found = list(session.scalars(select(Letter.state).order_by(Letter.id)))
    session.rollback()
    return found


def test_the_outbox_shows_what_waits_by_its_cause(session, client, where, approver):
    first = held(session, approver, where)[0]
    site = session.get_one(Site, session.get_one(Application, first.application_id).site_id).name
    officer = factories.persona(session, Role.OFFICER)
    session.commit()
    acting = client(officer)
    page = acting.get("/admin/letters/outbox")
    assert f"/admin/letters/outbox/{where.id}/selected/0" in page.text
    assert f"入选通知：{site}" in browse.words(page)
    assert "/admin/letters/outbox" in acting.get("/desk").text
    assert "/admin/letters/outbox/" not in acting.get("/admin/letters/outbox?kind=removed").text
    assert acting.get("/admin/letters/outbox?kind=nonsense&programme=x").status_code == 200
    group = acting.get(f"/admin/letters/outbox/{where.id}/selected/0")
    assert "Selected:" in group.text
    assert "陈核准" in group.text
    assert acting.get(f"/admin/letters/outbox/{where.id}/removed/0").status_code == 404


def test_a_whole_group_is_released_after_the_tick(session, client, where, approver):
    held(session, approver, where)
    officer = factories.persona(session, Role.OFFICER)
    session.commit()
    acting, url = client(officer), f"/admin/letters/outbox/{where.id}/selected/0"
    digest = seen(acting.get(url).text)
    refused = browse.post(acting, f"{url}/release", seen=digest, sure=None)
    assert refused.status_code == 422
    assert states(session) == [LetterState.WAITING] * 2
    done = browse.post(acting, f"{url}/release", seen=digest, sure="y")
    assert (done.status_code, done.location) == (303, "/admin/letters/outbox")
    assert states(session) == [LetterState.SENT] * 2
    assert acting.get(url).status_code == 404


def test_nothing_is_released_that_was_not_shown(session, client, where, approver):
    held(session, approver, where)
    officer = factories.persona(session, Role.OFFICER)
    session.commit()
    acting, url = client(officer), f"/admin/letters/outbox/{where.id}/selected/0"
    digest = seen(acting.get(url).text)
    held(session, approver, where, 1)
    session.commit()
    refused = browse.post(acting, f"{url}/release", seen=digest, sure="y")
    assert refused.status_code == 422
    assert states(session) == [LetterState.WAITING] * 3


def test_a_letter_is_read_released_and_then_reaches_its_applicant(session, client, where, approver):
    letter = held(session, approver, where, 1)[0]
    row = session.get_one(Application, letter.application_id)
    organisation = session.get_one(Organisation, row.organisation_id)
    person = factories.persona(session, Role.SIGNATORY, organisation=organisation)
    officer = factories.persona(session, Role.OFFICER)
    number, mine = letter.id, row.id
    session.commit()
    acting, reader, writer = client(officer), client(person), client(approver)
    url = f"/admin/letters/outbox/letters/{number}"
    assert reader.get(f"/applications/{mine}/letters/{number}").status_code == 404
    assert reader.get(f"/applications/{mine}/letters/{number}.pdf").status_code == 404
    assert f"/letters/{number}" not in reader.get(f"/applications/{mine}").text
    assert "正在复核" in browse.words(reader.get(f"/applications/{mine}"))
    assert acting.get(f"{url}.pdf").data.startswith(b"%PDF")
    assert f"{url}/release" not in writer.get(url).text
    assert browse.post(acting, f"{url}/release", seen=seen(acting.get(url).text), sure="y").status_code == 303
    assert reader.get(f"/applications/{mine}/letters/{number}").status_code == 200
    assert session.scalars(select(Message.user_id)).all() == [person.id]


def test_a_letter_is_written_anew_for_a_reason(session, client, where, approver):
    letter = held(session, approver, where, 1)[0]
    officer = factories.persona(session, Role.OFFICER)
    programme, number = where.round.programme_id, letter.id
    session.commit()
    acting, url = client(officer), f"/admin/letters/outbox/letters/{number}"
    digest = seen(acting.get(url).text, "rewrite")
    same = browse.post(acting, f"{url}/rewrite", seen=digest, reason="原措辞有误，按新措辞重写。")
    assert same.status_code == 422
    assert "原措辞有误，按新措辞重写。" in same.text
    own = {"subject": "结果：{site}", "body": "已入选", "subject_en": "Result: {site}", "body_en": "Selected"}
    wording = f"/admin/letters/{programme}/selected"
    assert browse.post(acting, wording, **own, seen="0", act="save").status_code == 303
    short = browse.post(acting, f"{url}/rewrite", seen=digest, reason="错")
    assert short.status_code == 422
    done = browse.post(acting, f"{url}/rewrite", seen=digest, reason="原措辞有误，按新措辞重写。")
    assert done.status_code == 303
    assert states(session) == [LetterState.WITHDRAWN, LetterState.WAITING]
    assert "已入选" in acting.get(done.location).text
    assert "原措辞有误，按新措辞重写。" in acting.get(url).text


def test_the_approver_releases_and_words_nothing(session, client, where, approver):
    letter = held(session, approver, where, 1)[0]
    other = factories.persona(session, Role.APPROVER)
    number = letter.id
    session.commit()
    page = client(other).get(f"/admin/letters/outbox/letters/{number}")
    assert f"/{number}/release" in page.text
    assert f"/{number}/rewrite" not in page.text
