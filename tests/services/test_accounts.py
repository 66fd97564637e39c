"""Accounts: what ends with an account, and who still comes in."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.domain.errors import NotFound
from registry.domain.vocabulary import Role, UserStatus
from registry.models import Event, Grant, Message, SignIn, Token
from registry.queries import people
from registry.services import accounts
from tests import factories
from tests.factories import NOON

LOCKOUT = accounts.Lockout(5, timedelta(minutes=15))


@pytest.fixture
def administrator(session):
    return factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))


@pytest.fixture
def invited(session, administrator):
    """A person who was invited and did not come in yet; the digest of the link is "link"."""
    return accounts.invite(
        session, administrator, email="wang@example.cn", name="Wang", language="en", key="k" * 30, digest="link"
    )


def test_a_closed_account_has_no_role_session_or_link_left(session, administrator, invited):
    accounts.grant(session, administrator, invited, role=Role.OFFICER)
    session.add(SignIn(digest="session", user_id=invited.id, started_at=NOON, seen_at=NOON))
    accounts.disable(session, administrator, invited)
    assert session.scalars(select(Grant.ended_at).where(Grant.user_id == invited.id)).all() == [NOON]
    assert session.scalars(select(SignIn.ended_at).where(SignIn.user_id == invited.id)).all() == [NOON]
    assert session.scalars(select(Token.expires_at).where(Token.user_id == invited.id)).all() == [NOON]
    assert session.scalars(select(Message.path).where(Message.user_id == invited.id)).all() == [""]
    actions = session.scalars(select(Event.action).where(Event.subject == "user").order_by(Event.seq)).all()
    assert actions[-2:] == ["end_grant", "disable"]


@pytest.mark.parametrize("status", [UserStatus.ACTIVE, UserStatus.DISABLED])
def test_a_link_opens_the_account_of_somebody_invited_only(session, invited, status):
    assert people.invited(session, "link", NOON, lock=True).user_id == invited.id
    invited.password_hash, invited.status = "hash", status
    session.flush()
    with pytest.raises(NotFound) as refused:
        people.invited(session, "link", NOON)
    assert refused.value.key == "invitation_unknown"


def test_an_account_closed_while_its_password_was_checked_is_not_let_in(session, administrator):
    person = factories.user(session, status=UserStatus.DISABLED)
    let_in = accounts.sign_in(
        session,
        factories.actor(session, None),
        person.id,
        email=person.email,
        matches=True,
        digest="d",
        lockout=LOCKOUT,
    )
    assert let_in is False
    assert session.scalars(select(SignIn)).all() == []
