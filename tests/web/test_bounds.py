"""No page takes more than a hundred statements, nor more of them or many more rows where there is more of everything.

Every address that is read is visited as whoever it lets in: in the portal in motion, and in the same with hundreds of
rows. Where everybody is let in, one person of each role stands for all of that role.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import event, select

from registry import clock, db
from registry.db import Database
from registry.demo import DOMAIN
from registry.factory import create_app
from registry.models import User
from tests import browse, crowd
from tests.web.test_access import TABLE, find_places
from tests.world import MOMENT, config_for

MOST = 100
# A list that is empty in one world and not in the other asks for what is around its rows: once for each kind of thing.
SLACK = 14
# As much as a page of fifty rows takes, with the choices of its filters; figures of criteria take most elsewhere.
LONGEST = 400_000
# So many more rows at most stand on a page where there is more of everything: two lists of fifty, and some besides.
MORE_ROWS = 120
# Each of the ten sites that are offered at a time is asked whether it may apply.
MORE = {"applicant.start": 60}
ROLES = ("", "drafter", "zhejiang", "officer", "reviewer1", "approver", "auditor", "admin")
READ = [endpoint for endpoint, row in TABLE.items() if "GET" in row.get("methods", ["GET"])]


@dataclass(slots=True)
class World:
    """A portal, what stands in it at which name, and how many statements were sent to its database."""

    app: Flask
    database: Database
    places: dict[str, Any]
    statements: list[str] = field(default_factory=list)
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def read(self, endpoint: str, person: str) -> tuple[int, int, str]:
        """Return the status, the statements and the text of a page, which is empty for a file."""
        client = self._client(person)
        values = {name: self.places.get(place, place) for name, place in TABLE[endpoint].get("at", {}).items()}
        with self.app.test_request_context():
            url = url_for(endpoint, **values)
        self.statements.clear()
        response = client.get(url)
        page = response.text if response.mimetype == "text/html" else str(response.get_data() and "")
        response.close()
        return response.status_code, len(self.statements), page

    def _client(self, person: str) -> FlaskClient:
        if person not in self.clients:
            with self.database.reading() as session:
                user = session.scalar(select(User).where(User.email == f"{person}@{DOMAIN}"))
            self.clients[person] = browse.signed_in(self.app, self.database, user) if user else self.app.test_client()
        return self.clients[person]


@pytest.fixture(scope="module")
def worlds(databases_of_run: Any, world_folder: Path) -> Iterator[tuple[World, World]]:
    """The portal in motion, and the same with many rows; nobody changes anything in either."""
    with (
        pytest.MonkeyPatch.context() as patch,
        databases_of_run.fresh(of="world") as small,
        databases_of_run.fresh(of="world") as large,
    ):
        patch.setattr(clock, "utc_now", lambda: MOMENT)
        made = (_world(small, world_folder, crowded=False), _world(large, world_folder, crowded=True))
        yield made
        for one in made:
            one.app.extensions["registry.database"].engine.dispose()
            one.database.engine.dispose()


def _world(url: str, folder: Path, *, crowded: bool) -> World:
    database = db.connect(url)
    with database.writing() as session:
        places = find_places(session)
        if crowded:
            places |= crowd.add(session)
        session.commit()
    app = create_app(config_for(url, folder))
    world = World(app, database, places)
    event.listen(
        app.extensions["registry.database"].engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: world.statements.append(statement),
    )
    return world


def _people(endpoint: str) -> list[str]:
    reach = TABLE[endpoint]["reach"]
    if reach in ("anyone", "everybody"):
        return [person for person in ROLES if person or reach == "anyone"]
    return str(reach).split()


@pytest.mark.parametrize("endpoint", READ)
def test_no_page_takes_too_many_statements_or_more_with_more_rows(endpoint, worlds):
    small, large = worlds
    people = _people(endpoint)
    small.read(endpoint, people[0])  # what is read once and kept is not counted
    for person in people:
        _status, few, short = small.read(endpoint, person)
        status, many, page = large.read(endpoint, person)
        assert status in {200, 202, 302, 303}, (person, status)
        assert many <= MOST, (person, many, _repeated(large.statements))
        assert many <= few + MORE.get(endpoint, SLACK), (person, few, many, _repeated(large.statements))
        assert len(page) <= LONGEST, (person, len(page))
        assert page.count("<tr") <= short.count("<tr") + MORE_ROWS, (person, page.count("<tr"))


def _repeated(statements: list[str]) -> list[tuple[int, str]]:
    """The statements that were sent most often, for whoever mends a page."""
    told = [re.sub(r"\s+", " ", one)[:60] + " … " + one[one.find("FROM") :][:160] for one in statements]
    return sorted(((told.count(one), one) for one in set(told)), reverse=True)[:3]
