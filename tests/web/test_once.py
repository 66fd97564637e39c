"""A form counts once, however often and however nearly at the same moment it is sent."""

import hmac
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from registry.domain.chain import canonical
from registry.models import Event, IdempotencyKey, User
from tests import browse

KEY = "a-key-of-the-form-that-was-sent"
FIELDS = {
    "name": "张三",
    "email": "zhang@example.cn",
    "password": "long enough a password",
    "repeated": "long enough a password",
    "truthful": "y",
}
# One person, who is registered, and one key.
ONE = (1, 1, 1)


def register(client, **changed):
    return browse.post(client, "/register", idempotency_key=KEY, sure=None, **{**FIELDS, **changed})


def counts(database):
    with database.reading() as session:
        return tuple(session.scalar(select(func.count()).select_from(row)) for row in (User, Event, IdempotencyKey))


def test_thirty_two_sendings_at_once_make_one_account(database, client):
    client_of = [client() for _number in range(32)]
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(register, client_of))
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/sign-in")}
    assert counts(database) == ONE


def test_the_same_key_with_another_body_is_a_conflict(database, client):
    assert register(client()).status_code == 303
    assert register(client(), email="other@example.cn").status_code == 409
    assert counts(database) == ONE


def test_a_refused_form_may_be_mended_under_the_same_key(database, client):
    assert register(client(), repeated="something else").status_code == 422
    assert register(client()).status_code == 303
    assert counts(database) == ONE


def test_what_is_kept_of_a_form_tells_nothing_of_its_password(database, client):
    assert register(client()).status_code == 303
    again = register(client(), password="another good password", repeated="another good password")
    assert (again.status_code, again.location) == (303, "/sign-in")
    with database.reading() as session:
        (kept,) = session.scalars(select(IdempotencyKey.request_digest))
    fields = sorted((name, value) for name, value in FIELDS.items() if name not in {"password", "repeated"})
    sent = ["POST", "/register?", fields, []]
    assert kept == hmac.new(b"secret of the tests", canonical(sent), "sha256").hexdigest()


@pytest.mark.parametrize("key", ["short", "x" * 65])
def test_a_form_without_a_proper_key_is_refused(database, client, key):
    assert browse.post(client(), "/register", idempotency_key=key, **FIELDS).status_code == 422
    assert counts(database) == (0, 0, 0)
