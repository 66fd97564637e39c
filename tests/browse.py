"""Going through the portal as a person does: signed in, with a real token against forged requests on every form."""

import hashlib
import html
import re
import secrets
from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry import clock
from registry.db import Database
from registry.models import SignIn, User

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="csrf_token"')


def signed_in(app: Flask, database: Database, user: User) -> FlaskClient:
    """Return a client with a session of this person, begun at the portal's present moment."""
    key = secrets.token_urlsafe(32)
    with database.writing() as session:
        at: datetime = clock.read(session)
        session.add(SignIn(digest=hashlib.sha256(key.encode()).hexdigest(), user_id=user.id, started_at=at, seen_at=at))
        session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = key, True
    return client


def token(client: FlaskClient) -> str:
    """Return a token against forged requests, read from a page that this client was shown."""
    found = _TOKEN.search(client.get("/sign-in").text)
    assert found, "the sign-in page has no token"
    return found[1] or found[2]


def post(
    client: FlaskClient, url: str, /, *, idempotency_key: str | None = None, headers: Any = None, **fields: Any
) -> TestResponse:
    """Send a form with its token and a new idempotency key; a list sends a field several times.

    The tick that asks before what cannot be undone is set, as by somebody who has read it; `sure=None` leaves it out.
    """
    data = {
        "csrf_token": token(client),
        "idempotency_key": idempotency_key or secrets.token_hex(16),
        **{name: value for name, value in {"sure": "y", **fields}.items() if value is not None},
    }
    return client.post(url, data=data, headers=headers)


def words(response: TestResponse) -> str:
    """Return what a reader sees of a page: its text without tags, blanks drawn together."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
