"""A seat is offered, and taken or declined on the page of one's organisations."""

import secrets

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
