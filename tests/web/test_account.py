"""The account's pages, each flow from its first form to the mail and the page behind its link."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.config import Config
from registry.domain.vocabulary import Role, UserStatus
from registry.mail import compose
from registry.models import Event, Grant, Message, SignIn, Token, User
from tests import browse, factories
from tests.factories import NOON, PASSWORD

NEW = "another good password"
REGISTRATION = {
    "name": "赵六",
    "email": "zhao@example.cn",
    "password": NEW,
    "repeated": NEW,
    "truthful": "y",
}


@pytest.fixture(autouse=True)
def noon(at):
    at(NOON)


@pytest.fixture
def person(session):
    found = factories.user(session, name="赵六", email="zhao@example.cn", language="en")
    session.commit()
    return found


def mails(database):
    with database.reading() as session:
        return session.scalars(select(Message).order_by(Message.id)).all()


def link(database, key):
    """The address in the newest mail of a kind, as it stands in the mail."""
    (message, *_older) = [message for message in reversed(mails(database)) if message.key == key]
    found = re.search(r"^http://portal(/\S+)$", compose(Config(base_url="http://portal"), message).get_content(), re.M)
    assert found, "the mail has no link"
    return found[1]


def of(database, person):
    with database.reading() as session:
        return session.get_one(User, person.id)


def test_whoever_registers_confirms_the_address_through_the_mail_and_is_signed_in(client, database):
    visitor = client()
    answer = browse.post(visitor, "/register?next=/applications", **REGISTRATION)
    assert answer.location == "/sign-in?next=/applications"
    assert "zhao@example.cn" in visitor.get(answer.location).text
    path = link(database, "confirm_address")

    # Before the address is confirmed the right password opens nothing, and a wrong one is answered alike.
    right = browse.post(visitor, answer.location, email="zhao@example.cn", password=NEW)
    wrong = browse.post(visitor, answer.location, email="zhao@example.cn", password="some other password")
    assert (right.status_code, browse.words(right)) == (422, browse.words(wrong))

    # Somebody else's browser, or a program that looks through mail: reading changes nothing.
    assert client().get(path).status_code == 200
    assert browse.post(visitor, "/sign-in", email="zhao@example.cn", password=NEW).status_code == 422
    confirmed = browse.post(visitor, path, password=NEW)
    assert confirmed.location == "/applications"
    assert visitor.get("/applications").status_code == 200
    assert visitor.get(path).status_code == 404
    assert browse.post(visitor, path, password=NEW).status_code == 404


def test_registering_tells_nobody_who_has_an_account_but_its_owner(client, database, session, person, at):
    factories.user(session, email="new@example.cn", name="钱七", confirmed_at=None)
    factories.user(session, email="closed@example.cn", status=UserStatus.DISABLED)
    session.commit()
    answers = set()
    for email in ("zhao@example.cn", "ZHAO@example.cn", "new@example.cn", "closed@example.cn", "nobody@example.cn"):
        visitor = client()
        answer = browse.post(visitor, "/register", **{**REGISTRATION, "email": email})
        page = browse.words(visitor.get("/sign-in")).replace(email, "ADDRESS")
        answers.add((answer.status_code, answer.location, page))
        signed = browse.post(visitor, "/sign-in", email=email, password=NEW)
        answers.add((signed.status_code, "", browse.words(signed)))
    assert len(answers) == 2
    # Once a minute the owner is told, one who cannot come in any more never; only the free address gets a link.
    told = [(message.key, message.address) for message in mails(database)]
    assert told == [
        ("registered_before", "zhao@example.cn"),
        ("registered_before", "new@example.cn"),
        ("confirm_address", "nobody@example.cn"),
    ]
    at(NOON + timedelta(minutes=1))
    browse.post(client(), "/register", **REGISTRATION)
    assert [message.key for message in mails(database)].count("registered_before") == 3

    # The name, the password and the standing of the account are what they were.
    kept = of(database, person)
    assert (kept.name, kept.confirmed_at) == (person.name, person.confirmed_at)
    assert browse.post(client(), "/sign-in", email="zhao@example.cn", password=PASSWORD).status_code == 303


def test_a_session_of_somebody_whose_address_is_not_confirmed_opens_nothing(client, session):
    person = factories.user(session, confirmed_at=None)
    session.commit()
    visitor = client(person)
    assert visitor.get("/account").location == "/sign-in?next=/account"
    assert browse.post(visitor, "/account/sessions/end").status_code == 401


def test_a_lost_confirmation_comes_again_with_the_right_password_and_the_page_tells_nobody(client, database, at):
    visitor = client()
    browse.post(visitor, "/register", **REGISTRATION)
    first = link(database, "confirm_address")
    at(NOON + timedelta(days=4))
    assert visitor.get(first).status_code == 404  # too old
    wrong = browse.post(visitor, "/sign-in", email="zhao@example.cn", password="some other password")
    assert len(mails(database)) == 1
    right = browse.post(visitor, "/sign-in", email="zhao@example.cn", password=NEW)
    unknown = browse.post(visitor, "/sign-in", email="nobody@example.cn", password=NEW)
    assert (right.status_code, browse.words(right)) == (422, browse.words(wrong))
    assert browse.words(right).replace("zhao@", "nobody@") == browse.words(unknown)
    second = link(database, "confirm_address")
    assert len(mails(database)) == 2
    assert browse.post(visitor, second, password=NEW).location == "/desk"
    assert visitor.get("/account").status_code == 200


def test_whoever_registered_with_anothers_address_does_not_come_in_with_it(client, database, at):
    """Its owner does not know the password: the mailbox replaces it, and that confirms the address."""
    stranger, owner = client(), client()
    browse.post(stranger, "/register", **REGISTRATION)
    path = link(database, "confirm_address")
    browse.post(owner, "/language", language="en")
    assert "Set a new password instead" in owner.get(path).text
    for guess in (None, "", "not the password"):
        page = browse.post(owner, path, password=guess)
        assert (page.status_code, 'role="alert"' in page.text) == (422, True)
    assert browse.post(stranger, "/sign-in", email="zhao@example.cn", password=NEW).status_code == 422

    assert 'action="/forgotten-password"' in page.text
    browse.post(owner, "/forgotten-password", email="zhao@example.cn")
    reset = link(database, "reset_password")
    assert browse.post(owner, reset, password=PASSWORD, repeated=PASSWORD).location == "/sign-in"
    assert owner.get(path).status_code == 404
    assert browse.post(stranger, "/sign-in", email="zhao@example.cn", password=NEW).status_code == 422
    assert browse.post(owner, "/sign-in", email="zhao@example.cn", password=PASSWORD).status_code == 303


def test_wrong_passwords_at_a_confirmation_lock_the_account_and_the_form_may_be_mended(client, database, at):
    visitor = client()
    browse.post(visitor, "/register", **REGISTRATION)
    path, key = link(database, "confirm_address"), "a-key-of-the-form-that-was-sent"
    for _number in range(5):
        assert browse.post(visitor, path, password="not the password", idempotency_key=key).status_code == 422
    assert browse.post(visitor, path, password=NEW, idempotency_key=key).status_code == 422
    at(NOON + timedelta(minutes=15))
    assert browse.post(visitor, path, password=NEW, idempotency_key=key).status_code == 303


def held_form(answer):
    """What the page that asks to sign in holds, and its own token."""
    fields = dict(re.findall(r'<textarea name="([^"]+)" hidden>([^<]*)</textarea>', answer.text))
    return {**fields, "csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', answer.text)[-1]}


@pytest.mark.parametrize("held", [True, False])
def test_what_somebody_entered_is_not_sent_by_the_next_at_the_browser(client, database, session, person, held):
    """Neither from the page that holds it nor by loading that page again."""
    other = factories.user(session, name="钱七", email="qian@example.cn")
    session.commit()
    visitor = client()
    browse.post(visitor, "/sign-in", email=person.email, password=PASSWORD)
    first = {"csrf_token": browse.token(visitor), "idempotency_key": "k" * 32, "name": "赵改", "language": "zh"}
    browse.post(visitor, "/sign-out")
    answer = visitor.post("/account/profile", data=first)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (401, "no-store")
    sent = held_form(answer) if held else first
    assert sent["name"] == "赵改"

    browse.post(visitor, "/sign-in", email=other.email, password=PASSWORD)
    assert visitor.post("/account/profile", data=sent).status_code == 400
    assert (of(database, other).name, of(database, person).name) == ("钱七", "赵六")


def test_what_somebody_entered_is_sent_once_the_same_person_is_back(client, database, person):
    visitor = client()
    browse.post(visitor, "/sign-in", email=person.email, password=PASSWORD)
    browse.post(visitor, "/sign-out")
    sent = held_form(browse.post(visitor, "/account/profile", name="赵改", language="zh"))
    browse.post(visitor, "/sign-in", email=person.email, password=PASSWORD)
    assert visitor.post("/account/profile", data=sent).status_code == 303
    assert of(database, person).name == "赵改"


def test_what_nobody_knows_whose_it_is_is_not_held_and_not_taken(client, database, person):
    visitor = client()
    first = {"csrf_token": browse.token(visitor), "idempotency_key": "k" * 32, "name": "赵改", "language": "zh"}
    answer = visitor.post("/account/profile", data=first)
    assert (answer.status_code, answer.headers["Cache-Control"], "赵改" in answer.text) == (401, "no-store", False)
    browse.post(visitor, "/sign-in", email=person.email, password=PASSWORD)
    assert visitor.post("/account/profile", data=first).status_code == 400
    assert of(database, person).name == "赵六"


def test_a_forgotten_password_is_replaced_through_the_mail(client, database, session, person):
    person.failures, person.locked_until = 0, NOON + timedelta(minutes=10)
    session.commit()
    elsewhere, visitor = client(person), client()
    assert "/forgotten-password" in visitor.get("/sign-in").text
    assert browse.post(visitor, "/forgotten-password", email="ZHAO@example.cn").location == "/sign-in"
    path = link(database, "reset_password")
    assert path not in elsewhere.get("/account/messages").text
    assert visitor.get(path).status_code == 200
    refused = browse.post(visitor, path, password=NEW, repeated="something else")
    assert refused.status_code == 422
    assert browse.post(visitor, path, password=NEW, repeated=NEW).location == "/sign-in"

    assert elsewhere.get("/account").location == "/sign-in?next=/account"
    assert browse.post(visitor, path, password=PASSWORD, repeated=PASSWORD).status_code == 404
    assert browse.post(visitor, "/sign-in", email="zhao@example.cn", password=PASSWORD).status_code == 422
    assert browse.post(visitor, "/sign-in", email="zhao@example.cn", password=NEW).location == "/desk"
    assert [message.key for message in mails(database)] == ["reset_password", "password_changed"]


def test_the_answer_tells_nothing_of_who_has_an_account(client, database, session, person):
    factories.user(session, email="closed@example.cn", status=UserStatus.DISABLED)
    session.commit()
    answers = set()
    for email in ("zhao@example.cn", "zhao@example.cn", "closed@example.cn", "nobody@example.cn"):
        visitor = client()
        answer = browse.post(visitor, "/forgotten-password", email=email)
        answers.add((answer.status_code, answer.location, browse.words(visitor.get("/sign-in"))))
    assert len(answers) == 1
    assert [message.address for message in mails(database)] == ["zhao@example.cn"]


def test_of_many_uses_of_a_link_at_once_one_counts(client, database, person):
    browse.post(client(), "/forgotten-password", email=person.email)
    path = link(database, "reset_password")
    several = [client() for _number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda visitor: browse.post(visitor, path, password=NEW, repeated=NEW), several))
    assert sorted(answer.status_code for answer in answers) == [303, 404, 404, 404, 404, 404]
    with database.reading() as session:
        assert session.scalars(select(Event.action).where(Event.action == "reset_password")).all() == ["reset_password"]


def test_only_digests_of_links_are_kept(client, database, person):
    browse.post(client(), "/forgotten-password", email=person.email)
    key = link(database, "reset_password").rsplit("/", 1)[1]
    with database.reading() as session:
        (token,) = session.scalars(select(Token))
        assert len(token.digest) == 64
        assert key not in token.digest
        assert key not in str([event.payload for event in session.scalars(select(Event))])


def test_a_password_is_changed_with_the_present_one_and_other_sessions_end(client, database, person):
    here, there = client(person), client(person)
    wrong = browse.post(here, "/account/password", current="not the password", password=NEW, repeated=NEW)
    assert wrong.status_code == 422
    assert of(database, person).failures == 1
    right = browse.post(here, "/account/password", current=PASSWORD, password=NEW, repeated=NEW)
    assert right.location == "/account"
    assert of(database, person).failures == 0
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert browse.post(client(), "/sign-in", email=person.email, password=NEW).status_code == 303
    assert [message.key for message in mails(database)] == ["password_changed"]


@pytest.mark.parametrize("page", ["/account/password", "/account/address"])
def test_wrong_passwords_within_the_account_lock_it(client, database, person, page):
    here = client(person)
    fields = {"password": NEW, "repeated": NEW, "email": "new@example.cn"}
    for _number in range(5):
        assert browse.post(here, page, current="not the password", **fields).status_code == 422
    assert browse.post(here, page, current=PASSWORD, **fields).status_code == 422
    assert of(database, person).locked_until == NOON + timedelta(minutes=15)
    assert mails(database) == []
    assert browse.post(client(), "/sign-in", email=person.email, password=PASSWORD).status_code == 422


def test_a_form_with_a_wrong_password_may_be_mended_under_the_same_key(client, database, person):
    here, key = client(person), "a-key-of-the-form-that-was-sent"
    fields = {"idempotency_key": key, "current": PASSWORD}
    wrong = browse.post(here, "/account/address", **{**fields, "current": "wrong", "email": "first@example.cn"})
    assert wrong.status_code == 422
    assert "first@example.cn" in wrong.text
    assert browse.post(here, "/account/address", email="second@example.cn", **fields).status_code == 303
    assert mails(database)[0].address == "second@example.cn"


def test_an_address_changes_when_the_link_sent_to_it_is_used(client, database, person):
    here = client(person)
    assert browse.post(here, "/account/address", email="Zhao@new.example.cn", current=PASSWORD).location == "/account"
    assert [(message.address, message.key) for message in mails(database)] == [
        ("zhao@new.example.cn", "new_address"),
        ("zhao@example.cn", "address_change_asked"),
    ]
    path = link(database, "new_address")
    assert path not in here.get("/account").text + here.get("/account/messages").text
    visitor = client()
    assert "zhao@new.example.cn" in visitor.get(path).text
    assert of(database, person).email == "zhao@example.cn"
    assert browse.post(visitor, path).status_code == 303
    assert of(database, person).email == "zhao@new.example.cn"
    assert here.get("/account").status_code == 200
    assert browse.post(visitor, path).status_code == 404
    assert browse.post(client(), "/sign-in", email="zhao@new.example.cn", password=PASSWORD).status_code == 303


def test_an_address_taken_meanwhile_is_refused_on_the_page_of_the_link(client, database, session, person):
    browse.post(client(person), "/account/address", email="zhao@new.example.cn", current=PASSWORD)
    factories.user(session, email="zhao@new.example.cn")
    session.commit()
    page = browse.post(client(), link(database, "new_address"))
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert of(database, person).email == "zhao@example.cn"


def test_a_changed_password_ends_a_change_of_address(client, database, person):
    here = client(person)
    browse.post(here, "/account/address", email="thief@example.cn", current=PASSWORD)
    path = link(database, "new_address")
    browse.post(here, "/account/password", current=PASSWORD, password=NEW, repeated=NEW)
    assert browse.post(client(), path).status_code == 404


def test_name_and_language_of_mails_are_changed(client, database, person):
    here = client(person)
    assert browse.post(here, "/account/profile", name="", language="zh").status_code == 422
    refused = browse.post(here, "/account/profile", name="见 www.evil.example", language="zh")
    assert (refused.status_code, "见 www.evil.example" in refused.text) == (422, True)
    assert browse.post(here, "/account/profile", name="赵七", language="zh").location == "/account"
    assert (of(database, person).name, of(database, person).language) == ("赵七", "zh")
    assert "赵七" in here.get("/account").text


def test_ones_other_sessions_are_seen_and_ended(client, database, session, person, at):
    there = client(person)
    session.add(SignIn(digest="old", user_id=person.id, started_at=NOON - timedelta(hours=13), seen_at=NOON))
    session.commit()
    at(NOON + timedelta(minutes=5))
    here = client(person)
    page = here.get("/account/sessions").text
    assert page.count("<tr>") == 3  # the head, this one and the other; the one that grew too old is none
    assert browse.post(here, "/account/sessions/end").location == "/account/sessions"
    assert here.get("/account/sessions").text.count("<tr>") == 2
    assert there.get("/account").status_code == 303


@pytest.fixture
def house(session):
    """An organisation with a signatory and a drafter."""
    organisation = factories.organisation(session)
    signatory, drafter = factories.user(session, name="孙签"), factories.user(session, name="赵填")
    factories.seat(session, signatory, organisation, drafter=False)
    factories.seat(session, drafter, organisation, signatory=False)
    session.commit()
    return organisation, signatory, drafter


def test_all_members_see_who_the_members_are(client, house):
    organisation, signatory, drafter = house
    page = client(drafter).get(f"/organisations/{organisation.id}").text
    assert "孙签" in page
    assert signatory.email not in page
    assert "/hand-over" not in page
    assert drafter.email in client(signatory).get(f"/organisations/{organisation.id}").text


def test_a_signatory_hands_over_and_leaves_in_one_step(client, house):
    organisation, signatory, drafter = house
    here, page = client(signatory), f"/organisations/{organisation.id}/hand-over"
    assert "赵填" in here.get(page).text
    assert browse.post(here, page, then="leave").status_code == 422
    answer = browse.post(here, page, successor=drafter.id, then="leave")
    assert answer.location == "/organisations"
    assert organisation.name not in browse.words(here.get("/organisations"))
    assert here.get(f"/organisations/{organisation.id}").status_code == 403
    assert client(drafter).get(page).status_code == 200


def test_the_last_signatory_is_shown_the_way_to_hand_over(client, house):
    organisation, signatory, drafter = house
    here, page = client(signatory), f"/organisations/{organisation.id}/leave"
    assert f'action="{page}"' not in here.get(page).text
    assert f"/organisations/{organisation.id}/hand-over" in here.get(page).text
    assert browse.post(here, page).status_code == 409
    there = client(drafter)
    assert browse.post(there, page).location == "/organisations"
    assert there.get(page).status_code == 403


def test_a_seat_is_ended_with_a_reason(client, database, house):
    organisation, signatory, drafter = house
    here, page = client(signatory), f"/organisations/{organisation.id}/members/{drafter.id}/end"
    assert browse.post(here, page, reason="short").status_code == 422
    assert browse.post(here, page, reason="Works elsewhere since March.").status_code == 303
    assert client(drafter).get(f"/organisations/{organisation.id}").status_code == 403
    assert here.get(page).status_code == 404
    assert [(message.user_id, message.key) for message in mails(database)] == [(drafter.id, "seat_ended")]


def test_an_administrator_appoints_where_nobody_signs_any_more(client, database, session, house):
    organisation, signatory, drafter = house
    administrator = factories.persona(session, Role.ADMINISTRATOR)
    session.commit()
    here = client(administrator)
    page = f"/admin/people/{drafter.id}/seats/{organisation.id}/appoint"
    assert here.get(page).status_code == 404
    assert browse.post(here, f"/admin/people/{signatory.id}/disable").status_code == 303
    assert page in here.get(f"/admin/people/{drafter.id}").text
    assert browse.post(here, page, reason="").status_code == 422
    assert browse.post(here, page, reason="Letter of authority of 1 March.").status_code == 303
    assert browse.post(here, page, reason="Letter of authority of 1 March.").status_code == 404
    assert client(drafter).get(f"/organisations/{organisation.id}/hand-over").status_code == 200


def test_an_account_whose_address_nobody_confirmed_is_marked_and_gets_no_role(session, client):
    stranger = factories.user(session, name="赵六", confirmed_at=None)
    known = factories.user(session, name="孙签")
    administrator = factories.persona(session, Role.ADMINISTRATOR)
    session.commit()
    here = client(administrator)
    browse.post(here, "/language", language="en")
    page = f"/admin/people/{stranger.id}"
    assert "address not confirmed" in here.get(page).text
    assert "address not confirmed" in here.get("/admin/people/?q=赵六").text
    assert "address not confirmed" not in here.get(f"/admin/people/{known.id}").text
    refused = browse.post(here, f"{page}/grants", role="approver", programme="", region="")
    assert refused.status_code == 422
    assert "A role is granted once the address is confirmed." in refused.text
    session.expire_all()
    assert session.scalars(select(Grant).where(Grant.user_id == stranger.id)).all() == []
