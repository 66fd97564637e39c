"""A whole portal in motion for tests: the demonstration, at one fixed moment, each test with its own copy."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import select

from registry import clock, db
from registry.config import Config
from registry.db import Database
from registry.demo import DOMAIN
from registry.demo.opening import open_demo
from registry.factory import create_app
from registry.models import User
from tests import browse
from tests.databases import Postgres, Sqlite


class _Compiled(BytecodeCache):
    """Keeps what the templates are compiled to, so that the many portals of a run share it."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()
# A Monday, ten in the morning in Beijing.
MOMENT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


def portal(config: Config) -> Flask:
    """Return a portal with these settings; templates that another portal of this run has compiled are ready."""
    app = create_app(config)
    app.jinja_env.bytecode_cache = _COMPILED
    return app


def config_for(url: str, folder: Path) -> Config:
    """The settings of a portal in motion."""
    return Config(
        data=folder,
        database=url,
        secret_key="secret of the tests",
        base_url="http://127.0.0.1:8000",
        argon2_time_cost=1,
        argon2_memory_kib=8,
        argon2_parallelism=1,
        testing=True,
    )


@pytest.fixture(scope="session")
def world_folder(databases_of_run: Sqlite | Postgres, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Play the demonstration once; return the folder with its files."""
    folder = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "utc_now", lambda: MOMENT)
        databases_of_run.prepare("world", lambda url: open_demo(config_for(url, folder)))
    return folder


@pytest.fixture
def world_url(databases_of_run: Sqlite | Postgres, world_folder: Path) -> Iterator[str]:
    with databases_of_run.fresh(of="world") as url:
        yield url


@pytest.fixture
def world_database(world_url: str, at: Callable[[datetime], None]) -> Iterator[Database]:
    at(MOMENT)
    connected = db.connect(world_url)
    yield connected
    connected.engine.dispose()


@pytest.fixture
def world(world_url: str, world_folder: Path, world_database: Database) -> Iterator[Flask]:
    """The portal in motion."""
    app = portal(config_for(world_url, world_folder))
    yield app
    app.extensions["registry.database"].engine.dispose()


@pytest.fixture
def visit(world: Flask, world_database: Database) -> Callable[[str], FlaskClient]:
    """Make clients: `visit("officer")` is signed in as that person of the demonstration, `visit("")` is anybody."""

    def make(key: str) -> FlaskClient:
        if not key:
            return world.test_client()
        with world_database.reading() as session:
            user = session.scalars(select(User).where(User.email == f"{key}@{DOMAIN}")).one()
        return browse.signed_in(world, world_database, user)

    return make
