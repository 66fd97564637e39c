"""Two units of work at the same time."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from registry import db
from registry.db import Database

Work = Callable[[Session], object]


def only_on_postgres(database: Database) -> None:
    """Leave a test out on SQLite, which lets one writer in at a time."""
    if database.engine.dialect.name != "postgresql":
        pytest.skip("a test of postgresql")


def together(database: Database, first: Work, second: Work) -> tuple[BaseException | None, BaseException | None]:
    """Begin the second unit of work once the first has written and before it commits; return how each was refused."""
    written, begun = threading.Event(), threading.Event()

    def lead(session: Session) -> None:
        first(session)
        session.flush()
        written.set()
        begun.wait(5)
        time.sleep(0.3)
        session.commit()

    def follow(session: Session) -> None:
        written.wait(5)
        begun.set()
        second(session)
        session.commit()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(db.run, database, lead), pool.submit(db.run, database, follow)
    return one.exception(), other.exception()
