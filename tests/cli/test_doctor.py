"""`registry doctor` and `registry audit verify`: silent where all is well, precise where it is not."""

import hashlib
import sqlite3

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from registry import db, files
from registry.cli import registry
from registry.cli.doctor import unsafe_journal
from registry.config import as_environment
from registry.models import ChainHead, Portal
from registry.services import events
from tests import factories


@pytest.fixture
def command(config):
    """Run the command on the test's database; return its exit code and what it said."""

    def run(*words):
        result = CliRunner().invoke(registry, words, env=as_environment(config))
        return result.exit_code, result.output

    return run


@pytest.fixture
def three_events(database):
    with database.writing() as session:
        actor = factories.actor(session, factories.user(session))
        for number in range(3):
            events.record(session, actor, "sign_in", "user", number, payload={"number": number})
        session.commit()
        return session.get_one(ChainHead, 1).digest


def unguarded(database, *statements):
    """Do what the triggers refuse, as somebody with the run of the database could."""
    with database.engine.begin() as connection:
        for table in ("event", "chain_head"):
            if connection.dialect.name == "sqlite":
                for verb in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_refuses_{verb}"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))


def test_an_empty_database_is_sound(command):
    assert command("doctor") == (0, "Everything holds.\n")
    assert command("audit", "verify") == (0, f"0 events, unbroken; the last digest is {'0' * 64}.\n")


def test_a_moved_clock_is_named_with_its_row(command, database):
    with database.writing() as session:
        session.get_one(Portal, 1).demo = True
        session.get_one(Portal, 1).clock_ahead = 60
        session.commit()
    assert command("doctor") == (0, "Everything holds.\n")
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM portal"))
    assert command("doctor") == (
        1,
        "clock_moved: not so for 1: the clock is moved in a demonstration only, and the portal has its one row (0)\n"
        "Faults found: 1\n",
    )


def test_a_lost_file_is_named(command, config, session):
    content = b"%PDF-1.7 bytes"
    sha256 = hashlib.sha256(content).hexdigest()
    made = factories.evidence(session, factories.application(session), sha256=sha256, size=len(content))
    session.commit()
    line = f"evidence_file: the file of evidence {made.id} is missing or of another size: {sha256}\nFaults found: 1\n"
    assert command("doctor") == (1, line)
    path = files.path_of(config.data / "files", sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert command("doctor") == (0, "Everything holds.\n")


def test_a_database_without_tables_is_told_what_to_do(command, database):
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert command("doctor") == (1, "Error: the database is not up to date; run `registry database upgrade`.\n")


def test_a_dangling_reference_is_found_on_sqlite(command, database):
    if database.engine.dialect.name != "sqlite":
        pytest.skip("a test of sqlite")
    with sqlite3.connect(database.engine.url.database) as raw:
        raw.execute("UPDATE chain_head SET seq = 0")
        raw.execute(
            "INSERT INTO region (key, parent_key, level, name, name_en, position) VALUES ('a','b','city','','',1)"
        )
    raw.close()
    code, output = command("doctor")
    assert (code, output.splitlines()[0]) == (
        1,
        "sqlite: row 1 of region refers to a row of region that is not there",
    )


@pytest.mark.parametrize(
    ("found", "version", "reason"),
    [
        ("DELETE", (3, 40, 1), ""),
        ("DELETE", (3, 51, 3), ""),
        ("WAL", (3, 51, 3), ""),
        (
            "WAL",
            (3, 51, 2),
            "the write-ahead log is in use, and SQLite 3.51.2 may corrupt it when two connections write it at once;"
            " it is safe from 3.51.3 on",
        ),
        (
            "MEMORY",
            (3, 51, 3),
            "the journal mode is MEMORY, which does not survive a crash or several writers; it should be DELETE",
        ),
    ],
)
def test_the_doctor_says_why_a_journal_is_not_safe(found, version, reason):
    assert unsafe_journal(found, version) == reason
    assert not reason or db.journal_mode(version) != found


def test_an_unbroken_chain_is_verified(command, three_events):
    assert command("audit", "verify") == (0, f"3 events, unbroken; the last digest is {three_events}.\n")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE event SET action = 'select' WHERE seq = 2", ["event 2: event_changed"]),
        ("UPDATE event SET payload = '{}' WHERE seq = 2", ["event 2: payload_changed"]),
        ("DELETE FROM event WHERE seq = 2", ["event 2: event_missing", "event 3: event_not_linked"]),
        ("DELETE FROM event WHERE seq = 3", ["event 3: chain_cut_short"]),
        ("UPDATE chain_head SET seq = 2", ["event 4: chain_cut_short"]),
    ],
)
def test_whoever_changes_the_record_is_found_out(command, database, three_events, statement, said):
    unguarded(database, statement.replace(":", r"\:"))
    first = min(int(line.split()[1].rstrip(":")) for line in said)
    expected = [*said, f"The chain does not hold; it breaks first at event {first}."]
    code, output = command("audit", "verify")
    assert (code, output.splitlines()) == (1, expected)
