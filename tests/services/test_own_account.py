"""What people change of their own accounts: each change with its links, mails and sessions."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from registry.domain.errors import Invalid, NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Role, TokenPurpose, UserStatus
from registry.models import Event, Message, SignIn, Token, User
from registry.queries import people
from registry.services import accounts, own_account
from tests import factories
from tests.factories import NOON
from tests.services.races import only_on_postgres, together

MINUTE = timedelta(minutes=1)


@pytest.fixture
def person(session):
    """Somebody with two sessions, "here" and "there"."""
    found = factories.user(session, email="zhao@example.cn", name="赵六")
    for digest in ("here", "there"):
        session.add(SignIn(digest=digest, user_id=found.id, started_at=NOON, seen_at=NOON))
    session.flush()
    return found


def ask_reset(session, digest, email="zhao@example.cn", at=NOON):
    own_account.ask_reset(session, Actor(at), email=email, key=digest * 30, digest=digest)


def reset_link(session, digest, at=NOON):
    return people.link(session, TokenPurpose.RESET, digest, at, lock=True)


def mails(session):
    rows = session.execute(select(Message.address, Message.key, Message.path).order_by(Message.id))
    return [tuple(row) for row in rows]


def open_sessions(session):
    return set(session.scalars(select(SignIn.digest).where(SignIn.ended_at.is_(None))))


def test_a_link_to_another_password_is_good_for_two_hours(session, person):
    ask_reset(session, "r", " ZHAO@example.cn ")
    assert mails(session) == [("zhao@example.cn", "reset_password", "/password-resets/" + "r" * 30)]
    assert reset_link(session, "r", NOON + timedelta(minutes=119)).user_id == person.id
    with pytest.raises(NotFound) as refused:
        reset_link(session, "r", NOON + timedelta(hours=2))
    assert refused.value.key == "link_unknown"


@pytest.mark.parametrize("status", [UserStatus.DISABLED, UserStatus.INVITED, None])
def test_who_has_no_open_account_is_sent_nothing_and_nobody_can_tell(session, status):
    if status:
        factories.user(session, email="zhao@example.cn", status=status)
    before = session.scalar(select(func.count()).select_from(User))
    ask_reset(session, "r")
    assert mails(session) == []
    assert session.scalars(select(Token)).all() == []
    assert session.scalar(select(func.count()).select_from(User)) == before
    (event,) = session.scalars(select(Event))
    assert event.action == "ask_reset"
    assert "zhao@example.cn" not in str(event.payload)


def test_a_new_link_ends_the_one_before_and_leaves_no_sooner_than_a_minute_later(session, person):
    ask_reset(session, "r")
    ask_reset(session, "s", at=NOON + MINUTE - timedelta(seconds=1))
    assert len(mails(session)) == 1
    assert reset_link(session, "r").user_id == person.id

    ask_reset(session, "t", at=NOON + MINUTE)
    assert [path for _address, _key, path in mails(session)] == ["", "/password-resets/" + "t" * 30]
    with pytest.raises(NotFound):
        reset_link(session, "r", NOON + MINUTE)
    assert reset_link(session, "t", NOON + MINUTE).user_id == person.id


def test_another_password_ends_all_sessions_lifts_the_lock_and_confirms_the_address(session, person):
    person.locked_until, person.confirmed_at = NOON + timedelta(minutes=15), None
    ask_reset(session, "r")
    at = NOON + MINUTE
    own_account.reset_password(session, Actor(at), reset_link(session, "r", at), password_hash="new")

    assert (person.password_hash, person.failures, person.locked_until) == ("new", 0, None)
    assert person.confirmed_at == at
    assert open_sessions(session) == set()
    assert mails(session) == [
        ("zhao@example.cn", "reset_password", ""),
        ("zhao@example.cn", "password_changed", "/forgotten-password"),
    ]
    with pytest.raises(NotFound):
        reset_link(session, "r", at)


def test_of_two_uses_of_a_link_at_once_one_wins(database, session, person):
    only_on_postgres(database)
    ask_reset(session, "r")
    session.commit()

    def use(opened):
        own_account.reset_password(opened, Actor(NOON), reset_link(opened, "r"), password_hash="new")

    first, second = together(database, use, use)
    assert first is None
    assert isinstance(second, NotFound)


def test_a_changed_password_ends_the_other_sessions_and_what_was_asked_for_with_the_old_one(session, person):
    actor = factories.actor(session, person)
    ask_address(session, person)
    own_account.change_password(session, actor, person, password_hash="new", keep="here")
    assert person.password_hash == "new"
    assert open_sessions(session) == {"here"}
    assert mails(session)[-1] == ("zhao@example.cn", "password_changed", "/forgotten-password")
    with pytest.raises(NotFound):
        address_link(session)


def ask_address(session, person, email="zhao@new.example.cn", digest="a", at=NOON):
    actor = factories.actor(session, person, at)
    own_account.ask_address(session, actor, person, email=email, key=digest * 30, digest=digest)


def address_link(session, digest="a", at=NOON):
    return people.link(session, TokenPurpose.ADDRESS, digest, at, lock=True)


def test_an_address_changes_only_when_the_link_sent_to_it_is_used(session, person):
    ask_reset(session, "r")
    ask_address(session, person, " Zhao@New.example.cn")
    assert person.email == "zhao@example.cn"
    assert mails(session)[1:] == [
        ("zhao@new.example.cn", "new_address", "/new-addresses/" + "a" * 30),
        ("zhao@example.cn", "address_change_asked", "/account/password"),
    ]

    at = NOON + timedelta(hours=1)
    own_account.take_address(session, Actor(at), address_link(session, at=at))
    assert (person.email, person.confirmed_at) == ("zhao@new.example.cn", at)
    assert mails(session)[-1] == ("zhao@example.cn", "address_changed", "")
    # Links that went to the old address open nothing any more, and this one no second time.
    with pytest.raises(NotFound):
        reset_link(session, "r", at)
    with pytest.raises(NotFound):
        address_link(session, at=at)
    events = session.scalars(select(Event).where(Event.action.in_(("ask_address", "change_address")))).all()
    assert len(events) == 2
    assert "zhao" not in str([event.payload for event in events])


def test_an_address_that_somebody_took_meanwhile_stays_theirs(session, person):
    ask_address(session, person)
    factories.user(session, email="zhao@new.example.cn")
    with pytest.raises(Invalid) as refused:
        own_account.take_address(session, Actor(NOON), address_link(session))
    assert refused.value.key == "address_in_use"
    assert person.email == "zhao@example.cn"


def test_refused_addresses(session, person):
    with pytest.raises(Invalid) as refused:
        ask_address(session, person, "Zhao@example.cn")
    assert (refused.value.key, refused.value.field) == ("address_unchanged", "email")
    ask_address(session, person)
    with pytest.raises(Invalid) as refused:
        ask_address(session, person, "other@example.cn", "b", NOON + timedelta(seconds=59))
    assert refused.value.key == "mail_sent_lately"
    ask_address(session, person, "other@example.cn", "b", NOON + MINUTE)
    with pytest.raises(NotFound):
        address_link(session, at=NOON + MINUTE)
    assert address_link(session, "b", NOON + MINUTE).address == "other@example.cn"


def test_only_its_reader_learns_that_an_address_has_an_account(session, person):
    factories.user(session, email="taken@example.cn")
    ask_address(session, person, "taken@example.cn")
    assert mails(session) == [
        ("taken@example.cn", "new_address", "/new-addresses/" + "a" * 30),
        ("zhao@example.cn", "address_change_asked", "/account/password"),
    ]
    with pytest.raises(Invalid) as refused:
        own_account.take_address(session, Actor(NOON), address_link(session))
    assert refused.value.key == "address_in_use"
    for email in ("taken@example.cn", "free@example.cn"):
        with pytest.raises(Invalid) as refused:
            ask_address(session, person, email, "b", NOON + timedelta(seconds=59))
        assert refused.value.key == "mail_sent_lately"


def test_a_closed_account_takes_no_address_and_no_password(session, person):
    ask_reset(session, "r")
    ask_address(session, person)
    administrator = factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))
    accounts.disable(session, administrator, person)
    for link in (reset_link, address_link):
        with pytest.raises(NotFound):
            link(session, "r" if link is reset_link else "a")


def test_name_and_language_change_without_standing_in_the_record(session, person):
    own_account.change_profile(session, factories.actor(session, person), person, name=" 赵七 ", language="en")
    assert (person.name, person.language) == ("赵七", "en")
    (event,) = session.scalars(select(Event))
    assert event.payload["language"] == "en"
    assert "赵七" not in str(event.payload)


def test_all_sessions_end_but_the_one_in_use(session, person):
    actor = factories.actor(session, person)
    assert own_account.end_other_sessions(session, actor, person, keep="here") == 1
    assert open_sessions(session) == {"here"}
    assert own_account.end_other_sessions(session, actor, person, keep="here") == 0
    assert session.scalars(select(Event.action)).all() == ["end_sessions"]


def test_a_name_is_not_changed_to_one_that_holds_a_link(session, person):
    with pytest.raises(Invalid) as refused:
        own_account.change_profile(
            session, factories.actor(session, person), person, name="见 http://evil.example", language="zh"
        )
    assert (refused.value.key, refused.value.field, person.name) == ("name_has_address", "name", "赵六")
