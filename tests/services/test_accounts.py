"""Accounts: how an address is confirmed, what ends with an account, and who still comes in."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.config import Config
from registry.domain.errors import Invalid, NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Role, TokenPurpose, UserStatus
from registry.mail import compose
from registry.models import Event, Grant, Message, SignIn, Token
from registry.queries import people
from registry.services import accounts, own_account
from tests import factories
from tests.factories import NOON
from tests.services.races import only_on_postgres, together

LOCKOUT = accounts.Lockout(5, timedelta(minutes=15))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def administrator(session):
    return factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))


@pytest.fixture
def invited(session, administrator):
    """A person who was invited and did not come in yet; the digest of the link is "link"."""
    return accounts.invite(
        session, administrator, email="wang@example.cn", name="Wang", language="en", key="k" * 30, digest="link"
    )


@pytest.fixture
def registered(session):
    """A person who registered at noon and did not confirm the address yet; the digest of the link is "first"."""
    return accounts.register(
        session,
        Actor(NOON),
        email=" Zhao@Example.cn",
        name="赵六",
        password_hash="hash",
        language="zh",
        key="a" * 30,
        digest="first",
    )


def confirmation(session, digest, at=NOON):
    return people.link(session, TokenPurpose.CONFIRMATION, digest, at, lock=True)


def confirm(session, at=NOON, digest="first", *, matches=True):
    token = confirmation(session, digest, at)
    return accounts.confirm(session, Actor(at), token, matches=matches, lockout=LOCKOUT)


def paths(session, person):
    return session.scalars(select(Message.path).where(Message.user_id == person.id).order_by(Message.id)).all()


def test_whoever_registers_is_in_at_once_and_confirms_the_address_later(session, registered):
    assert (registered.status, registered.email) == (UserStatus.ACTIVE, "zhao@example.cn")
    assert registered.confirmed_at is None
    assert factories.actor(session, registered).confirmed is False
    assert paths(session, registered) == ["/confirmations/" + "a" * 30]

    later = NOON + timedelta(hours=71, minutes=59)
    assert confirm(session, later)
    assert registered.confirmed_at == later
    assert factories.actor(session, registered).confirmed is True
    assert paths(session, registered) == [""]
    event = session.scalars(select(Event).order_by(Event.seq.desc())).first()
    assert event.action == "confirm_address"
    assert "zhao@example.cn" not in str(event.payload)


def test_only_the_password_of_the_account_confirms_it_and_a_wrong_one_counts(session, registered):
    assert [confirm(session, matches=False) for _number in range(4)] == [False] * 4
    assert (registered.confirmed_at, registered.failures, registered.locked_until) == (None, 4, None)
    assert confirm(session, matches=False) is False
    assert registered.locked_until == NOON + timedelta(minutes=15)
    assert confirm(session) is False  # locked: the right one does not help either
    assert confirm(session, NOON + timedelta(minutes=15)) is True


def test_an_invitation_takes_over_what_somebody_opened_with_the_address(session, administrator, registered):
    session.add(SignIn(digest="session", user_id=registered.id, started_at=NOON, seen_at=NOON))
    registered.failures, registered.locked_until = 2, NOON + MINUTE
    given = {"email": "Zhao@example.cn", "name": "Officer Zhao", "language": "en", "key": "k" * 30, "digest": "link"}
    person = accounts.invite(session, administrator, **given)
    assert person.id == registered.id
    assert (person.status, person.password_hash, person.confirmed_at) == (UserStatus.INVITED, None, None)
    assert (person.name, person.language, person.failures, person.locked_until) == ("Officer Zhao", "en", 0, None)
    assert session.scalars(select(SignIn.ended_at)).all() == [NOON]
    with pytest.raises(NotFound):
        confirmation(session, "first")
    assert people.invited(session, "link", NOON).user_id == person.id
    assert paths(session, person) == ["", "/invitations/" + "k" * 30]
    with pytest.raises(Invalid) as refused:
        accounts.invite(session, administrator, **{**given, "digest": "other"})
    assert refused.value.key == "address_in_use"


def test_an_account_that_was_confirmed_is_not_taken_over(session, administrator, registered):
    assert confirm(session)
    with pytest.raises(Invalid) as refused:
        accounts.invite(
            session, administrator, email=registered.email, name="X", language="en", key="k" * 30, digest="link"
        )
    assert refused.value.key == "address_in_use"
    assert (registered.status, registered.password_hash) == (UserStatus.ACTIVE, "hash")


def test_whoever_was_invited_and_registers_is_sent_the_invitation_anew(session, invited):
    def ask(at, digest):
        given = {"email": invited.email, "name": "Other", "password_hash": "x", "language": "zh"}
        accounts.ask_account(session, Actor(at), key=digest * 30, digest=digest, **given)

    ask(NOON + timedelta(seconds=59), "s")
    assert paths(session, invited) == ["/invitations/" + "k" * 30]
    ask(NOON + MINUTE, "t")
    assert paths(session, invited) == ["", "/invitations/" + "t" * 30]
    assert people.invited(session, "t", NOON + MINUTE).user_id == invited.id
    assert (invited.name, invited.password_hash, invited.status) == ("Wang", None, UserStatus.INVITED)


def test_a_link_works_once(session, registered):
    assert confirm(session)
    with pytest.raises(NotFound) as refused:
        confirmation(session, "first")
    assert refused.value.key == "link_unknown"


def test_a_link_works_for_its_time(session, registered):
    with pytest.raises(NotFound):
        confirmation(session, "first", NOON + timedelta(days=3))


@pytest.mark.parametrize("purpose", [TokenPurpose.RESET, TokenPurpose.ADDRESS, TokenPurpose.INVITATION])
def test_a_link_opens_nothing_but_what_it_is_for(session, registered, purpose):
    with pytest.raises(NotFound):
        people.link(session, purpose, "first", NOON)


def arrive(session, person, at, *, matches=True):
    """Sign in with the key "b…b", whose digest is "second"."""
    return accounts.sign_in(
        session,
        Actor(at),
        person.id,
        email=person.email,
        matches=matches,
        key="b" * 30,
        digest="second",
        lockout=LOCKOUT,
    )


def test_a_lost_link_is_sent_again_with_the_right_password_and_no_sooner_than_a_minute_later(session, registered):
    assert arrive(session, registered, NOON + MINUTE - timedelta(seconds=1)) is False
    assert arrive(session, registered, NOON + MINUTE, matches=False) is False
    assert paths(session, registered) == ["/confirmations/" + "a" * 30]

    assert arrive(session, registered, NOON + MINUTE) is False
    assert paths(session, registered) == ["", "/confirmations/" + "b" * 30]
    assert session.scalars(select(SignIn)).all() == []
    with pytest.raises(NotFound):
        confirmation(session, "first", NOON + MINUTE)
    assert confirmation(session, "second", NOON + MINUTE).user_id == registered.id
    actions = session.scalars(select(Event.action).order_by(Event.seq)).all()
    assert actions == ["register", *["sign_in_failed"] * 3, "send_confirmation"]


def test_wrong_passwords_lock_an_account_that_waits_for_its_confirmation_too(session, registered):
    assert [arrive(session, registered, NOON + MINUTE, matches=False) for _number in range(5)] == [False] * 5
    assert registered.locked_until == NOON + timedelta(minutes=16)
    assert arrive(session, registered, NOON + timedelta(minutes=15)) is False
    assert paths(session, registered) == ["/confirmations/" + "a" * 30]


def test_a_confirmed_address_gets_no_link(session):
    person = factories.user(session)
    assert arrive(session, person, NOON) is True
    assert paths(session, person) == []


def test_an_address_has_one_account(session, registered):
    with pytest.raises(Invalid) as refused:
        accounts.register(
            session,
            Actor(NOON),
            email="ZHAO@example.cn",
            name="",
            password_hash="",
            language="zh",
            key="c" * 30,
            digest="third",
        )
    assert (refused.value.key, refused.value.field) == ("address_in_use", "email")


def test_of_two_uses_of_a_link_at_once_one_wins(database, session, registered):
    only_on_postgres(database)
    session.commit()

    def use(opened):
        confirm(opened)

    first, second = together(database, use, use)
    assert first is None
    assert isinstance(second, NotFound)


def test_an_accepted_invitation_confirms_the_address(session, invited):
    token = people.invited(session, "link", NOON, lock=True)
    accounts.accept_invitation(session, Actor(NOON), token, password_hash="hash")
    assert (invited.status, invited.confirmed_at) == (UserStatus.ACTIVE, NOON)
    assert paths(session, invited) == [""]


def test_a_new_invitation_ends_the_one_before(session, administrator, invited):
    accounts.invite_again(session, administrator, invited, key="m" * 30, digest="newer")
    with pytest.raises(NotFound):
        people.invited(session, "link", NOON)
    assert people.invited(session, "newer", NOON).user_id == invited.id
    assert paths(session, invited) == ["", "/invitations/" + "m" * 30]


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
        key="k" * 30,
        digest="d",
        lockout=LOCKOUT,
    )
    assert let_in is False
    assert session.scalars(select(SignIn)).all() == []


def test_a_wrong_password_within_the_account_counts_like_one_at_the_door(session):
    person = factories.user(session, failures=3)
    actor = factories.actor(session, person)

    def shown(*, matches):
        return accounts.show_password_again(session, actor, person, matches=matches, lockout=LOCKOUT)

    assert [shown(matches=False), shown(matches=False)] == [False, False]  # the fourth and the fifth
    assert person.locked_until == NOON + timedelta(minutes=15)
    assert shown(matches=True) is False
    actions = session.scalars(select(Event.action).order_by(Event.seq)).all()
    assert actions == ["password_wrong", "password_wrong", "password_wrong"]
    assert arrive(session, person, NOON) is False


def test_a_role_is_granted_once_the_address_is_confirmed(session, administrator, registered):
    with pytest.raises(Invalid) as refused:
        accounts.grant(session, administrator, registered, role=Role.APPROVER)
    assert (refused.value.key, refused.value.field) == ("grant_needs_confirmed_address", "role")
    assert confirm(session)
    accounts.grant(session, administrator, registered, role=Role.APPROVER)
    assert Role.APPROVER in factories.actor(session, registered).roles


def test_whoever_was_invited_gets_the_role_at_once_and_acts_after_coming_in(session, administrator, invited):
    """The link went to the address: nobody comes in without confirming it."""
    accounts.grant(session, administrator, invited, role=Role.OFFICER)
    assert Role.OFFICER not in factories.actor(session, invited).roles
    token = people.invited(session, "link", NOON, lock=True)
    accounts.accept_invitation(session, Actor(NOON), token, password_hash="hash")
    assert Role.OFFICER in factories.actor(session, invited).roles


def test_a_role_of_somebody_whose_address_is_not_confirmed_does_not_count(session):
    person = factories.persona(session, Role.APPROVER, confirmed_at=None)
    assert factories.actor(session, person).holdings == ()
    person.confirmed_at = NOON
    assert [holding.role for holding in factories.actor(session, person).holdings] == [Role.APPROVER]


BAIT = "中奖通知：请登录 https://evil.example/pay 缴费"


@pytest.mark.parametrize("name", [BAIT, "WWW.evil.example", "赵六\n请付款", "赵六\u2028请付款", "赵六\r\nBcc: a@b.cn"])
def test_a_name_holds_no_link_and_is_one_line(session, name):
    given = {"email": "victim@example.cn", "password_hash": "x", "language": "zh", "key": "k", "digest": "d"}
    with pytest.raises(Invalid) as refused:
        accounts.register(session, Actor(NOON), name=name, **given)
    assert (refused.value.key, refused.value.field) == ("name_has_address", "name")
    assert session.scalars(select(Message)).all() == []


def test_a_mail_to_an_address_that_nobody_confirmed_does_not_say_the_name(session, registered):
    registered.name = "请速汇款到六号账户"
    own = factories.actor(session, registered)
    own_account.ask_reset(session, Actor(NOON), email=registered.email, key="r" * 30, digest="reset")
    own_account.ask_address(session, own, registered, email="victim@example.cn", key="n" * 30, digest="new")
    own_account.change_password(session, own, registered, password_hash="y", keep="")
    assert confirm(session)
    sent = session.scalars(select(Message)).all()
    keys = {message.key for message in sent}
    assert keys == {"confirm_address", "reset_password", "new_address", "address_change_asked", "password_changed"}
    for message in sent:
        mail = compose(Config(), message)
        assert registered.name not in f"{mail['Subject']} {mail.get_content()} {message.values}"
        assert "%(" not in mail.get_content()


def test_a_mail_that_waited_since_before_still_leaves(session, registered):
    """It has a name among its values that its text does not ask for any more."""
    message = session.scalars(select(Message)).one()
    message.values = {"name": "赵六"}
    assert "赵六" not in compose(Config(), message).get_content()
