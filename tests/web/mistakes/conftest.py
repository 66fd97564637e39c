"""Fixtures for mistakes: clients that read English, acts played behind their backs, and a look at what is kept."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from registry import tasks
from registry.db import Database
from tests.web.mistakes import stages
from tests.world import config_for


@pytest.fixture
def visit(visit: Callable[[str], FlaskClient]) -> Callable[[str], FlaskClient]:
    """Make clients as ever, who read English."""

    def make(key: str) -> FlaskClient:
        client = visit(key)
        with client.session_transaction() as cookie:
            cookie["language"] = "en"
        return client

    return make


@pytest.fixture
def play(world_database: Database, world_folder: Path) -> Callable[..., Any]:
    """Play an act of `stages` in the world: `play(stages.reviewed)`; what it returns is returned."""

    def run(act: Callable[..., Any], *values: Any) -> Any:
        with world_database.writing() as session:
            result = act(stages.stage_of(session, world_folder / "files"), *values)
            session.commit()
        return result

    return run


@pytest.fixture
def ask(world_database: Database) -> Callable[[Any], list[Any]]:
    """Return the values of one column, or the rows of one table, that a query finds."""

    def run(query: Any) -> list[Any]:
        with world_database.reading() as session:
            return list(session.scalars(query))

    return run


@pytest.fixture
def only(world_database: Database) -> Callable[..., AbstractContextManager[None]]:
    """See to it that within the block no rows change but those of the tables that are named: `with only("event"):`."""
    return lambda *tables: stages.only(world_database, *tables)


@pytest.fixture
def work_off(world_database: Database, world_url: str, world_folder: Path) -> Callable[[], None]:
    """Let the worker do all the tasks that wait."""
    return lambda: tasks.work_off(world_database, config_for(world_url, world_folder), "a")
