"""Opening a demonstration: made where its database is new, left as it is where it is one already."""

import secrets

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from registry import clock, db, schema
from registry.config import Config
from registry.demo.accounts import PASSWORD
from registry.demo.crowd import Crowd
from registry.demo.story import build
from registry.domain.chain import GENESIS
from registry.domain.errors import WrongState
from registry.models import ChainHead, Portal
from registry.passwords import Passwords


def is_made(config: Config) -> bool:
    """Tell whether the database holds a portal already, a demonstration or another."""
    database = db.connect(config.database_url)
    try:
        with database.reading() as session:
            return inspect(session.connection()).has_table(Portal.__tablename__) and session.get(Portal, 1) is not None
    finally:
        database.engine.dispose()


def open_demo(config: Config, *, crowd: bool = False) -> bool:
    """Make the demonstration in a new database and return True; return False where there is one.

    With a crowd it is that of a whole country, which takes about twice as long. Raises WrongState where the database is
    in use and is no demonstration.
    """
    database = db.connect(config.database_url)
    schema.upgrade(database.engine)
    password_hash = Passwords(config).hash(PASSWORD)

    def make(session: Session) -> bool:
        portal = session.get(Portal, 1)
        if portal is not None:
            if not portal.demo:
                raise WrongState("no_demo")
            return False
        session.add(Portal(id=1, demo=True, salt=secrets.token_hex(16)))
        session.merge(ChainHead(id=1, seq=0, digest=GENESIS))
        # What is played stands at full hours, as people set their dates.
        at = clock.utc_now().replace(minute=0, second=0, microsecond=0)
        build(
            session,
            config.data / "files",
            at=at,
            password_hash=password_hash,
            base_url=config.base_url,
            crowd=Crowd() if crowd else None,
        )
        session.commit()
        return True

    try:
        return db.run(database, make)
    finally:
        database.engine.dispose()
