"""The states in which the portal is looked at, each a database of its own that is served while it is visited."""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from registry import clock, db, schema, seeds
from registry.db import Database
from registry.demo import ACCOUNTS, DOMAIN
from registry.demo.opening import open_demo
from registry.domain.chain import GENESIS
from registry.domain.vocabulary import DecisionStatus, Kind, QuotaPurpose, Role, RoundStatus
from registry.factory import create_app
from registry.models import (
    Application,
    Category,
    ChainHead,
    Decision,
    Portal,
    Programme,
    Quota,
    Round,
    RoundCategory,
    User,
)
from registry.queries import deadlines
from tests import browse, crowd, factories
from tests.gallery.plan import EACH
from tests.journeys.conftest import serving
from tests.web.test_access import find_places
from tests.world import MOMENT, config_for

ATTACHMENTS = 40
# What is entered by people and shown by its name.
NAMED = ("organisation", "site", "programme", "category", "issuer", "user_account", "round")
CHARACTERS = "长三角生态绿色一体化发展示范区城镇生活污水处理与资源化循环利用有限责任公司" * 2
LETTERS = "Thoroughlyinterconnectedmunicipalwastewaterreclamationandresourcerecoverycompany"
LONG = {"name": CHARACTERS, "title": CHARACTERS, "name_en": LETTERS, "title_en": LETTERS}


def stand_still(moment: datetime = MOMENT) -> None:
    """Let the machine's clock stand in this process, so that every picture shows the same time."""
    clock.utc_now = lambda: moment


def make(folder: Path, states: Iterable[str]) -> None:
    """Make the databases of these states in a folder, those that are there already left as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    if set(states) != {"empty"} and not (folder / "places.json").exists():
        open_demo(config_for(_url(folder, "full"), folder))
        with _writing(folder, "full") as session:
            places = all_places(session)
        (folder / "places.json").write_text(json.dumps(places))
    for state in states:
        if state != "full" and not (folder / f"{state}.sqlite").exists():
            _MAKERS.get(state, _copy)(folder, state)


def all_places(session: Session) -> dict[str, Any]:
    """Return what stands at each name of the table's `at` and of `plan.MORE`."""
    return find_places(session) | _more_places(session)


def _more_places(session: Session) -> dict[str, int]:
    programme = session.scalars(select(Programme).where(Programme.key == "national-plants")).one()
    planned = factories.round_(
        session,
        programme=programme,
        status=RoundStatus.PREPARED,
        opens_at=MOMENT + timedelta(days=10),
        closes_at=MOMENT + timedelta(days=50),
    )
    category = session.scalars(select(Category).where(Category.programme_id == programme.id)).first()
    entry = factories.round_category(
        session,
        round_=planned,
        category=category,
        pinned=False,
        settings={"gates": {}, "factors": {}, "year": 2026, "base_year": None},
    )
    standing = select(Application).join(RoundCategory).join(Round).join(Programme)
    deliberated = session.scalars(
        standing.where(Programme.key == "shenzhen-projects", Application.kind == Kind.DELIBERATION)
    ).first()
    return {
        "planned": planned.id,
        "planned_category": entry.id,
        "compared": deliberated.round_category_id,
        "pool": session.scalars(
            select(Quota.round_id)
            .join(Round)
            .join(Programme)
            .where(Programme.key == "shenzhen-projects", Quota.purpose == QuotaPurpose.POOL)
        ).first(),
        "visited": session.scalars(
            standing.where(Programme.key == "zhejiang-sewage-works", Application.kind == Kind.SITE_VISIT)
        )
        .first()
        .id,
        "selecting": session.scalars(
            select(Decision.id)
            .join(Programme, Programme.id == Decision.programme_id)
            .where(Programme.key == "zhejiang-cities", Decision.status == DecisionStatus.PROPOSED)
        ).first(),
        "due": session.scalars(
            select(Application.id)
            .join(User, User.id == Application.started_by_id)
            .where(User.email == f"yantian-gov@{DOMAIN}")
        ).first(),
    }


def _copy(folder: Path, state: str) -> None:
    """The same as `full`: only what is done there differs."""
    shutil.copyfile(folder / "full.sqlite", folder / f"{state}.sqlite")


def _empty(folder: Path, state: str) -> None:
    """Accounts with roles and what the files of criteria bring, and nothing else."""
    database = db.connect(_url(folder, state))
    schema.upgrade(database.engine)
    database.engine.dispose()
    known = {account.key: account for account in ACCOUNTS}
    with _writing(folder, state) as session:
        session.add(Portal(id=1, demo=False, salt="salt of the gallery"))
        session.add(ChainHead(id=1, seq=0, digest=GENESIS))
        seeds.sync(session, factories.worker(MOMENT))
        for key in EACH:
            account = known.get(key)
            person = factories.user(session, name=account.name if account else "何填报", email=f"{key}@{DOMAIN}")
            if account and account.role not in {Role.DRAFTER, Role.SIGNATORY}:
                factories.grant(session, person, account.role)


def _closed(folder: Path, state: str) -> None:
    """The same, after the last deadline."""
    _copy(folder, state)
    with _writing(folder, state) as session:
        while upcoming := deadlines.upcoming(session, clock.read(session)):
            clock.advance(session, upcoming.at)


def _long(folder: Path, state: str) -> None:
    """The same with names as long as they come, many attachments and many rows."""
    _copy(folder, state)
    places = json.loads((folder / "places.json").read_text())
    with _writing(folder, state) as session:
        for key in ("xiangtai", "zhexi", "luhe"):
            application = session.get_one(Application, places[key])
            _attach_many(session, application)
        others = crowd.add(session)
        for (trigger,) in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f'DROP TRIGGER "{trigger}"'))
        for table in NAMED:
            _lengthen(session, table)
    (folder / f"{state}.json").write_text(json.dumps(places | others))


def _attach_many(session: Session, application: Application) -> None:
    for number in range(ATTACHMENTS):
        name = LETTERS if number % 2 else "污水处理厂能源消耗与碳排放核算佐证材料目录及附件" * 2
        factories.evidence(session, application, name=f"{number:02d}{name}.pdf")


def _lengthen(session: Session, table: str) -> None:
    """Replace the names in a table; the number stands first, so that each name is there once."""
    for row in session.execute(text(f"PRAGMA table_info({table})")).all():
        if row.name in LONG:
            session.execute(
                text(f"UPDATE {table} SET {row.name} = substr(id || :long, 1, :length)"),  # noqa: S608 - our own names
                {"long": LONG[row.name], "length": 80 if row.name.endswith("_en") else 60},
            )


_MAKERS: dict[str, Callable[[Path, str], None]] = {"empty": _empty, "closed": _closed, "long": _long}


@dataclass(frozen=True, slots=True)
class World:
    """A state that is served."""

    app: Flask
    database: Database
    address: str
    places: dict[str, Any]

    def cookie(self, person: str, language: str) -> str:
        """Return the cookie of a session of this person in this language; of nobody's for ""."""
        client = self.app.test_client()
        if person:
            with self.database.reading() as session:
                user = session.scalars(select(User).where(User.email == f"{person}@{DOMAIN}")).one()
            client = browse.signed_in(self.app, self.database, user)
        with client.session_transaction() as kept:
            kept["language"] = language
        found = client.get_cookie("session", domain="localhost")
        assert found is not None
        return found.value


@contextmanager
def served(folder: Path, state: str, name: str) -> Iterator[World]:
    """Serve a copy of a state; in `error` nothing that is sent is kept."""
    copy = folder / f"{name}-{os.getpid()}-{state}.sqlite"
    shutil.copyfile(folder / f"{state}.sqlite", copy)
    url = f"sqlite:///{copy}"
    own = db.connect(url)
    app = create_app(config_for(url, folder))
    own_places = folder / f"{state}.json"
    places = own_places if own_places.exists() else folder / "places.json"
    if state == "error":
        # Whoever commits there only sends the rows: the unit of work ends and takes them back.
        app.extensions["registry.database"].writing.class_.commit = Session.flush
    try:
        with serving(app) as address:
            yield World(app, own, address, json.loads(places.read_text()) if places.exists() else {})
    finally:
        own.engine.dispose()
        app.extensions["registry.database"].engine.dispose()
        copy.unlink()


@contextmanager
def _writing(folder: Path, state: str) -> Iterator[Session]:
    database = db.connect(_url(folder, state))
    with database.writing() as session:
        yield session
        session.commit()
    database.engine.dispose()


def _url(folder: Path, state: str) -> str:
    return f"sqlite:///{folder / state}.sqlite"
