"""What may come in at all, and from whom."""

from dataclasses import replace
from io import BytesIO

import pytest
from flask import request

from registry.factory import create_app
from registry.web import work
from registry.web.paths import safe_path
from tests import browse, factories

BEYOND = 2**31


@pytest.mark.parametrize("path", ["/notices", "/rounds", "/evidence"])
def test_a_number_beyond_all_range_is_not_found(client, path):
    anybody = client()
    for number in (BEYOND, 10**30):
        assert anybody.get(f"{path}/{number}").status_code == 404


@pytest.mark.parametrize("address", ["/verify/a%00b", "/projects?words=%00", "/projects?%00=1", "/verify?q=%00"])
def test_a_zero_byte_in_an_address_is_refused(client, address):
    assert client().get(address).status_code == 400


def test_a_zero_byte_in_a_form_is_refused(client):
    answer = browse.post(client(), "/sign-in", email="a@example.cn", password="pass\0word")
    assert answer.status_code == 400


def test_a_control_character_is_refused_at_its_field(client):
    answer = browse.post(
        client(),
        "/register",
        name="Wang\x07",
        email="wang@example.cn",
        password="long enough a password",
        repeated="long enough a password",
        truthful="y",
    )
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert "U+0007" in answer.text


def address_seen(config, **headers):
    app = create_app(config)
    seen = []
    app.before_request(lambda: seen.append((request.remote_addr, request.scheme)))
    app.test_client().get("/healthz", headers=headers)
    app.extensions["registry.database"].engine.dispose()
    return seen[0]


def test_proxies_are_believed_as_many_as_are_trusted(config, database):
    told = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
    assert address_seen(config, **told) == ("127.0.0.1", "http")
    assert address_seen(replace(config, trusted_proxies=1), **told) == ("198.51.100.7", "https")


@pytest.mark.parametrize("path", ["/\t/example.cn", "/?a=\n", "/notices?\x7f", "//example.cn", "/\\example.cn"])
def test_nobody_is_sent_to_an_address_that_reads_otherwise(app, path):
    with app.app_context():
        assert safe_path(path) == ""


def test_a_form_that_was_open_for_long_is_taken(app):
    assert app.config["WTF_CSRF_TIME_LIMIT"] is None


def test_a_form_sent_after_the_session_ended_can_be_sent_again(client, session):
    person = factories.user(session)
    session.commit()
    here = client(person)
    here.get("/desk")
    browse.post(here, "/sign-out")
    answer = browse.post(here, "/organisations/new", name="青澜水务")
    assert answer.status_code == 401
    assert "青澜水务" in answer.text
    # Not sent on elsewhere: loading this page again sends the same form again.
    assert answer.location is None
    assert browse.post(client(person), "/organisations/new", name="青澜水务").status_code == 422


def test_a_second_try_reads_every_file_of_a_field_again(app):
    """What a first try had read to its end is read from its beginning by the next, each file of a field."""
    sent = {"files": [(BytesIO(b"one"), "a.pdf"), (BytesIO(b"two"), "b.pdf")]}
    with app.test_request_context("/", method="POST", data=sent):
        first = [file.stream.read() for file in request.files.getlist("files")]
        work._rewind()
        again = [file.stream.read() for file in request.files.getlist("files")]
    assert (first, again) == ([b"one", b"two"], [b"one", b"two"])
