"""A database that is locked or away: the reader is told to wait, and soon."""

import sqlite3
import time
from dataclasses import replace

import pytest

from registry.factory import create_app
from tests import browse


@pytest.fixture
def locked(config, database):
    """A portal with little patience, whose SQLite file somebody else has locked; `open` lets it go."""
    if database.engine.dialect.name != "sqlite":
        pytest.skip("a test of sqlite")
    app = create_app(replace(config, busy_seconds=0.05))
    client = app.test_client()
    token = browse.token(client)
    foreign = sqlite3.connect(database.engine.url.database, isolation_level=None)
    foreign.execute("BEGIN EXCLUSIVE")
    yield client, token, foreign
    foreign.close()
    app.extensions["registry.database"].engine.dispose()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_locked_database_is_told_with_the_time_to_wait(locked, method):
    client, token, foreign = locked
    fields = {"csrf_token": token, "email": "a@example.cn", "password": "whatever it is"}
    begun = time.monotonic()
    answer = client.open("/sign-in", method=method, data=fields if method == "POST" else None)
    # Five tries of 0.05 s each, and between them at most 0.02 × (2 + 4 + 8 + 16 + 32) = 1.24 s.
    assert time.monotonic() - begun < 5
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert answer.headers["Cache-Control"] == "no-store"
    foreign.execute("ROLLBACK")
    assert client.get("/sign-in").status_code == 200


def test_an_unknown_address_is_told_too_while_the_database_is_locked(locked):
    client, _token, _foreign = locked
    assert client.get("/no-such-page").status_code == 503
