"""The database: how a unit of work begins, and when it is tried again.

A unit of work that may write begins with BEGIN IMMEDIATE on SQLite, one that only reads with BEGIN. Without that,
two writers read the same row and one of the two updates is lost without an error. SQLite before 3.51.3 can corrupt a
write-ahead log that two connections write at once, so there the rollback journal is kept.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from sqlite3 import sqlite_version_info
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

WAL_IS_SAFE_FROM = (3, 51, 3)
TRIES = 5
T = TypeVar("T")
_AGAIN = {"40001", "40P01"}
_UNIQUE = "23505"


@dataclass(frozen=True, slots=True)
class Database:
    """An engine with its two kinds of session: `writing()` and `reading()`."""

    engine: Engine
    writing: sessionmaker[Session]
    reading: sessionmaker[Session]


def connect(url: str, *, busy_seconds: float = 30) -> Database:
    """Return the database at the address; the SQLite file's folder must exist."""
    sqlite = make_url(url).get_backend_name() == "sqlite"
    engine = (
        create_engine(url, connect_args={"timeout": busy_seconds})
        if sqlite
        else create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10)
    )
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "reset", _end_sqlite)
        read_engine = engine.execution_options(read_only=True)
    else:
        read_engine = engine.execution_options(postgresql_readonly=True)
    # A session that is over stays so: used again it would keep its locks until it is collected.
    kept: dict[str, Any] = {"expire_on_commit": False, "close_resets_only": False}
    reading = sessionmaker(read_engine, **kept)
    event.listen(reading, "do_orm_execute", _refuse_locks)
    return Database(engine, sessionmaker(engine, **kept), reading)


def journal_mode(version: tuple[int, ...] = sqlite_version_info) -> str:
    """Return the SQLite journal mode that is safe for several writers with this version of SQLite."""
    return "WAL" if version >= WAL_IS_SAFE_FROM else "DELETE"


def run(database: Database, work: Callable[[Session], T], tries: int = TRIES) -> T:
    """Do the work in a writing session and try the whole of it again where the database asks for that.

    The work commits by itself; what it did without a commit is rolled back. A serialisation failure, a deadlock, a
    locked database and a lost race for a unique value are tried again, up to `tries` times in all.
    """
    for attempt in range(1, tries + 1):
        with database.writing() as session:
            try:
                return work(session)
            except DBAPIError as error:
                if attempt == tries or not may_try_again(error):
                    raise
        time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
    raise AssertionError("unreachable: the last try returns or raises")


def may_try_again(error: DBAPIError) -> bool:
    """Tell whether the same work may succeed in a new transaction."""
    if getattr(error.orig, "sqlstate", None) in _AGAIN:
        return True
    message = str(error.orig)
    if isinstance(error, IntegrityError):
        # Somebody else was first with a value that may be there once: the next try sees it and can say so.
        return getattr(error.orig, "sqlstate", None) == _UNIQUE or "UNIQUE constraint failed" in message
    return "database is locked" in message or "database table is locked" in message


def _refuse_locks(state: ORMExecuteState) -> None:
    """Refuse to keep rows while reading: PostgreSQL would, SQLite would leave it unsaid."""
    if getattr(state.statement, "_for_update_arg", None) is not None:
        raise InvalidRequestError("a reading session keeps no rows")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN is late and deferred; ours is written out in `_begin_sqlite`.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA journal_mode = {journal_mode()}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA mmap_size = 0")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _end_sqlite(connection: Any, _record: Any, _state: Any) -> None:
    """Roll back what a connection that comes back to the pool still has open.

    A COMMIT that had to wait too long for readers fails and leaves its transaction open, with its locks. SQLAlchemy
    takes the transaction for over all the same, and whoever gets the connection next could not begin.
    """
    if connection is not None and connection.in_transaction:
        connection.rollback()
