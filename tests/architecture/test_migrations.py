"""The migrations make the tables that the models describe, on an empty database, and can be taken back."""

import re

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Enum, inspect, select, text

from registry import db, schema
from registry.config import ROOT
from registry.domain.vocabulary import DecisionKind, Kind, QuotaPurpose, RoundStatus, Status, TokenPurpose
from registry.models import Base, Filing, Quota, ReviewerProfile, ScreeningItem, Token
from tests import factories

VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))
WITH_VISIT = (*factories.ROUTE[:5], Kind.SITE_VISIT, *factories.ROUTE[5:])


@pytest.fixture
def bare(bare_url):
    connected = db.connect(bare_url)
    yield connected.engine
    connected.engine.dispose()


def test_up_from_nothing_agrees_with_the_models(bare):
    assert not schema.is_current(bare)
    schema.upgrade(bare)
    assert schema.is_current(bare)
    with bare.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_to_nothing_leaves_no_table_and_goes_up_again(bare):
    schema.upgrade(bare)
    schema.downgrade(bare, "base")
    assert [name for name in inspect(bare).get_table_names() if name != "alembic_version"] == []
    schema.upgrade(bare)
    assert schema.is_current(bare)


def kept(engine) -> dict[str, list[str]]:
    """Return all rows of all tables."""
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(text("*")).select_from(text(name)))))
            for name in inspect(engine).get_table_names()
        }


def sent(session, purpose) -> None:
    person = factories.user(session)
    session.add(Token(digest=purpose * 4, user_id=person.id, purpose=purpose, expires_at=factories.NOON))


def test_links_of_a_purpose_that_was_not_there_before_go_with_it(database, session):
    factories.application(session, kind=Kind.SCREENING, answers={"reused": "40"})
    for purpose in TokenPurpose:
        sent(session, purpose)
    session.commit()
    schema.downgrade(database.engine, "0004")
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT purpose FROM token")).all() == [("invitation",)]
        assert connection.execute(text("SELECT kind FROM application")).all() == [("screening",)]
    schema.upgrade(database.engine)
    assert schema.is_current(database.engine)


def one_that_is_due(session):
    factories.application(session, status=Status.DUE)


def one_that_is_visited(session):
    factories.application(session, round_category=factories.round_category(session, route=WITH_VISIT))


def one_that_filed_twice(session):
    application = factories.application(session, kind=Kind.SCREENING)
    first = factories.filing_of(session, application)
    first.current = False
    session.flush()
    session.add(Filing(application_id=application.id, site_id=first.site_id, position=2))


def one_that_applied_again(session):
    refused = factories.application(session, kind=Kind.REVIEW, status=Status.FAILED)
    factories.application(session, round_category=refused.round_category, site=refused.site)


def a_pool(session):
    intake = factories.round_(session, status=RoundStatus.PREPARED)
    session.add(Quota(round_id=intake.id, purpose=QuotaPurpose.POOL, number=1))


def an_announcement(session):
    factories.decision(session, factories.round_category(session), kind=DecisionKind.NOTICE)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (one_that_is_due, "application: 1 with status due"),
        (one_that_is_visited, "route_step: 1 with kind site_visit"),
        (one_that_filed_twice, "filing: 1 times more than one of the same application_id"),
        (one_that_applied_again, "application: 1 times more than one of the same round_category_id and site_id"),
        (a_pool, "quota: 1 with purpose pool"),
        (an_announcement, "decision: 1 with kind notice"),
    ],
)
def test_what_has_no_place_in_older_tables_is_named_and_stays(database, session, make, says):
    make(session)
    sent(session, TokenPurpose.RESET)
    session.commit()
    before = kept(database.engine)
    with pytest.raises(CommandError, match="cannot go back to 0004") as refusal:
        schema.downgrade(database.engine, "0004")
    assert str(refusal.value).splitlines()[1:] == [f"- {says}"]
    assert kept(database.engine) == before
    assert schema.is_current(database.engine)


def test_employers_go_down_to_one_each_and_come_up_again(database, session):
    """Whoever has no profile, or worked at several places: the employer entered last is kept, what has ended is not."""
    told, untold, former = (factories.user(session) for _ in range(3))
    session.add(ReviewerProfile(user_id=told.id, expertise="水处理"))
    for name in ("甲研究院", "乙研究院"):
        factories.employment(session, told, name)
    factories.employment(session, untold, "丙研究院")
    factories.employment(session, former, "丁研究院", until=factories.NOON.date())
    application = factories.application(session, kind=Kind.REVIEW)
    factories.tie_verdict(session, application, told)
    finding = factories.likeness(session, application.round_category.round_id, [application.id])
    factories.likeness_verdict(session, finding)
    numbers = (told.id, untold.id)
    session.commit()
    schema.downgrade(database.engine, "0010")
    with database.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT user_id, employer, expertise FROM reviewer_profile ORDER BY user_id")
        ).all()
    assert rows == [(numbers[0], "乙研究院", "水处理"), (numbers[1], "丙研究院", "")]
    schema.upgrade(database.engine)
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT user_id, employer FROM employment ORDER BY user_id")).all()
    assert rows == [(numbers[0], "乙研究院"), (numbers[1], "丙研究院")]


def test_the_command_of_alembic_migrates_in_the_same_way(database, database_url, session, monkeypatch):
    """Tables that others point to are copied on SQLite, which it must not take for taking their rows away."""
    factories.application(session, kind=Kind.SCREENING, answers={"reused": "40"})
    session.commit()
    before = kept(database.engine)
    monkeypatch.setenv("REGISTRY_DATABASE", database_url)
    alembic = Config(toml_file=ROOT / "pyproject.toml")
    command.downgrade(alembic, "0004")
    assert not schema.is_current(database.engine)
    command.upgrade(alembic, "head")
    assert kept(database.engine)["answer"] == before["answer"]


def test_one_line_of_migrations_named_after_their_revisions():
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert sorted(revisions) == [path.name[:4] for path in VERSIONS]
    assert [path.name for path in VERSIONS if not re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", path.name)] == []
    assert scripts.get_heads() == [max(revisions)]


def test_every_check_of_the_models_stands_in_the_database(bare):
    schema.upgrade(bare)
    inspector = inspect(bare)
    for table in Base.metadata.sorted_tables:
        expected = {str(check.name) for check in table.constraints if type(check).__name__ == "CheckConstraint"}
        found = {check["name"] for check in inspector.get_check_constraints(table.name)}
        assert found == expected, table.name


def test_every_constraint_has_a_name_of_its_own(bare):
    schema.upgrade(bare)
    inspector = inspect(bare)
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        names = [
            inspector.get_pk_constraint(table)["name"],
            *(found["name"] for found in inspector.get_foreign_keys(table)),
            *(found["name"] for found in inspector.get_unique_constraints(table)),
            *(found["name"] for found in inspector.get_check_constraints(table)),
        ]
        assert None not in names, table
        assert len(set(names)) == len(names), table


def test_every_word_of_a_vocabulary_is_checked_by_the_database():
    bare_words = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Enum) and not column.type.create_constraint
    ]
    assert bare_words == []


def test_what_does_not_apply_goes_back_to_what_does_not_hold_with_its_note(database, session):
    application = factories.application(session, kind=Kind.SCREENING)
    person = factories.user(session)
    for key, held in (("site_confirmed", None), ("complete", True)):
        item = ScreeningItem(application_id=application.id, position=application.position, key=key, held=held)
        item.note, item.checked_by_id, item.checked_at = "无须", person.id, factories.NOON
        session.add(item)
    session.commit()
    schema.downgrade(database.engine, "0007")
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT key, held, note FROM screening_item ORDER BY key")).all()
    assert [(key, bool(held), note) for key, held, note in rows] == [
        ("complete", True, "无须"),
        ("site_confirmed", False, "无须"),
    ]
    schema.upgrade(database.engine)
    assert schema.is_current(database.engine)
