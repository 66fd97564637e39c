"""Fixtures for all tests: a fresh database, the portal on it, signed-in clients and the clock.

`pytest --db=postgres` runs the same tests on PostgreSQL. REQUIRE=postgres,browser turns a missing part into a failure.
Rows are made by `tests.factories`, pages are visited with `tests.browse`.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from registry import clock, db
from registry.config import Config
from registry.db import Database
from registry.models import Portal, User
from tests import browse, databases
from tests.crowd import crowd_template, crowd_url
from tests.journeys import browsers
from tests.world import portal, visit, world, world_database, world_folder, world_url

__all__ = ["crowd_template", "crowd_url", "visit", "world", "world_database", "world_folder", "world_url"]

PARTS = {"postgres": databases.found_postgres, "browser": browsers.found_browser}
Server = databases.Sqlite | databases.Postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("sqlite", "postgres"), default="sqlite", help="the database of the tests")


def pytest_report_header(config: pytest.Config) -> str:
    found = ", ".join(f"{part}: {find() or 'not found'}" for part, find in PARTS.items())
    return f"database of this run: {config.getoption('--db')}; {found}"


def pytest_sessionstart(session: pytest.Session) -> None:
    wanted = {part for part in os.environ.get("REQUIRE", "").split(",") if part}
    if unknown := wanted - set(PARTS):
        pytest.exit(f"REQUIRE names unknown parts: {', '.join(sorted(unknown))}", returncode=4)
    if session.config.getoption("--db") == "postgres":
        wanted.add("postgres")
    if missing := [part for part in sorted(wanted) if not PARTS[part]()]:
        pytest.exit(f"missing, though required: {', '.join(missing)}", returncode=1)


@pytest.fixture(scope="session")
def databases_of_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server: Server
    if request.config.getoption("--db") == "postgres":
        server = databases.Postgres(databases.postgres_address())
    else:
        server = databases.Sqlite(tmp_path_factory.mktemp("databases"))
    yield server
    server.close()


@pytest.fixture
def database_url(databases_of_run: Server) -> Iterator[str]:
    with databases_of_run.fresh() as url:
        yield url


@pytest.fixture
def bare_url(databases_of_run: Server) -> Iterator[str]:
    """The address of a database without tables."""
    with databases_of_run.bare() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database that holds the portal's own row and nothing else."""
    connected = db.connect(database_url)
    yield connected
    connected.engine.dispose()


@pytest.fixture
def demo_database(database: Database) -> Database:
    """The same database, as that of a demo: its clock can be moved."""
    with database.writing() as session:
        session.get_one(Portal, 1).demo = True
        session.commit()
    return database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session. Commit it before a client does anything: until then SQLite lets nobody else write."""
    with database.writing() as opened:
        yield opened


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """The settings of the portal under test: files in a folder of the test, passwords that cost no time."""
    folder = tmp_path / "data"
    folder.mkdir()
    return Config(
        data=folder,
        database=database_url,
        secret_key="secret of the tests",
        argon2_time_cost=1,
        argon2_memory_kib=8,
        argon2_parallelism=1,
        testing=True,
    )


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    created = portal(config)
    yield created
    created.extensions["registry.database"].engine.dispose()


@pytest.fixture
def client(app: Flask, database: Database) -> Callable[..., FlaskClient]:
    """Make clients: `client(user)` is signed in as that person, `client()` is anybody."""

    def make(user: User | None = None) -> FlaskClient:
        return browse.signed_in(app, database, user) if user else app.test_client()

    return make


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the time: after `at(moment)` the portal's clock stands at the moment."""

    def stand(moment: datetime) -> None:
        monkeypatch.setattr(clock, "utc_now", lambda: moment)

    return stand
