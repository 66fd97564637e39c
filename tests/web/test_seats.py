"""A seat is offered, and taken or declined on the page of one's organisations."""

import secrets
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from registry.domain.vocabulary import SeatStatus
from tests import browse, factories


@pytest.mark.parametrize(("answer", "status"), [("accept", SeatStatus.ACTIVE), ("decline", SeatStatus.DECLINED)])
def test_a_seat_is_answered_once(session: Session, client, answer: str, status: SeatStatus) -> None:
    organisation, person = factories.organisation(session), factories.user(session)
    seat = factories.seat(session, person, organisation, status=SeatStatus.ASKED)
    session.commit()
    visitor = client(person)
    assert visitor.get(f"/organisations/{organisation.id}").status_code == 403
    page = visitor.get("/organisations").text
    assert organisation.name in page
    assert f"/organisations/{organisation.id}/seat" in page

    def answered() -> int:
        fields = {"csrf_token": browse.token(visitor), "idempotency_key": secrets.token_hex(16), "answer": answer}
        return visitor.post(f"/organisations/{organisation.id}/seat", data=fields).status_code

    assert (answered(), answered()) == (303, 404)
    session.refresh(seat)
    assert seat.status is status
    assert f"/organisations/{organisation.id}/seat" not in visitor.get("/organisations").text


def test_who_has_an_account_is_not_found_out_by_trying(session: Session, client, at) -> None:
    """Five addresses in a quarter of an hour, in all of one's organisations; then a pause, with a true one too."""
    at(factories.NOON)
    person, colleague = factories.user(session), factories.user(session)
    waiting = factories.user(session, confirmed_at=None)
    organisations = [factories.organisation(session) for _number in range(2)]
    for organisation in organisations:
        factories.seat(session, person, organisation)
    session.commit()
    visitor = client(person)
    browse.post(visitor, "/language", language="en")

    def offered(email: str, organisation: int = 0) -> str:
        path = f"/organisations/{organisations[organisation].id}/members"
        answer = browse.post(visitor, path, email=email, drafter="y")
        return answer.location or browse.words(answer)

    assert "Nobody has an account with this address." in offered("nobody0@example.cn")
    assert "has not confirmed it yet" in offered(waiting.email)
    for number in range(3):
        assert "Nobody has an account with this address." in offered(f"nobody{number}@example.cn", 1)
    for email in ("nobody9@example.cn", colleague.email):
        refused = offered(email)
        assert "try again in 15 minutes" in refused
        assert "Nobody has an account with this address." not in refused
    at(factories.NOON + timedelta(minutes=15))
    assert offered(colleague.email).endswith(f"/organisations/{organisations[0].id}")
