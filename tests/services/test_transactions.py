"""Units of work: no update is lost, no writer is locked out, and what the database asks for is tried again."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, InvalidRequestError, OperationalError

from registry import db
from registry.domain.policy import Actor
from registry.models import Event, User
from registry.services import events
from tests import factories

THREADS, EACH = 16, 60


@pytest.fixture
def counter(session):
    """The number of a person whose failures are counted up."""
    person = factories.user(session)
    session.commit()
    return person.id


def add_one(number):
    """A unit of work that reads a figure, adds one to it and writes it back."""

    def work(session):
        person = session.get_one(User, number, with_for_update=True)
        person.failures += 1
        session.commit()

    return work


def count_of(database, number):
    with database.reading() as session:
        return session.get_one(User, number).failures


def only_on(database, name):
    if database.engine.dialect.name != name:
        pytest.skip(f"a test of {name}")


def test_of_many_writers_to_one_row_none_is_lost_and_none_is_locked_out(database, counter):
    def write(_number):
        for _time in range(EACH):
            db.run(database, add_one(counter))

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(write, range(THREADS))) == [None] * THREADS
    assert count_of(database, counter) == 960  # 16 threads of 60 each


def test_events_written_at_the_same_time_form_one_chain(database, counter):
    def work(session):
        events.record(session, Actor(factories.NOON, user_id=counter), "sign_in", "user", counter)
        session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _number: db.run(database, work), range(80)))
    with database.reading() as session:
        rows = session.scalars(select(Event).order_by(Event.seq)).all()
        assert [row.seq for row in rows] == list(range(1, 81))
        assert [row.previous for row in rows[1:]] == [row.digest for row in rows[:-1]]


def inject(database, *, every):
    """Let every n-th update of a person fail, in turn for want of serialisation and by a deadlock."""
    with database.engine.begin() as connection:
        connection.execute(text("CREATE SEQUENCE updates"))
        connection.execute(
            text(
                "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n bigint := nextval('updates');"
                f" BEGIN IF n % {2 * every} = 0 THEN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01';"
                f" ELSIF n % {every} = 0 THEN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001';"
                " END IF; RETURN NEW; END $$"
            )
        )
        connection.execute(
            text("CREATE TRIGGER fails BEFORE UPDATE ON user_account FOR EACH ROW EXECUTE FUNCTION fail()")
        )


def updates_of(database):
    with database.engine.connect() as connection:
        return connection.scalar(text("SELECT last_value FROM updates"))


def test_a_fifth_of_all_updates_failing_is_noticed_by_nobody(database, counter):
    only_on(database, "postgresql")
    inject(database, every=5)
    for _time in range(200):
        db.run(database, add_one(counter))
    assert count_of(database, counter) == 200
    # Of n tries n ÷ 5 fail, rounded down: 249 − 49 = 200.
    assert updates_of(database) == 249


def test_what_always_fails_is_tried_five_times(database, counter):
    only_on(database, "postgresql")
    inject(database, every=1)
    with pytest.raises(OperationalError):
        db.run(database, add_one(counter))
    assert (updates_of(database), count_of(database, counter)) == (5, 0)


def test_a_failure_after_an_event_repeats_the_event_too(database, counter):
    only_on(database, "postgresql")
    inject(database, every=2)

    def work(session):
        events.record(session, Actor(factories.NOON, user_id=counter), "sign_in", "user", counter)
        add_one(counter)(session)

    for _time in range(10):
        db.run(database, work)
    with database.reading() as session:
        assert session.scalars(select(Event.seq).order_by(Event.seq)).all() == list(range(1, 11))
    assert count_of(database, counter) == 10


@pytest.fixture
def impatient(database):
    """The same SQLite database, connected to with next to no patience, and a foreign connection that locks it."""
    only_on(database, "sqlite")
    connected = db.connect(str(database.engine.url), busy_seconds=0.01)
    foreign = sqlite3.connect(database.engine.url.database, isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    yield connected, foreign
    foreign.close()
    connected.engine.dispose()


def test_a_locked_file_is_tried_again(database, counter, impatient):
    connected, foreign = impatient
    tries = []

    def work(session):
        tries.append(len(tries) + 1)
        if len(tries) == 3:
            foreign.execute("ROLLBACK")
        add_one(counter)(session)

    db.run(connected, work)
    assert (tries, count_of(database, counter)) == ([1, 2, 3], 1)


def test_a_file_that_stays_locked_is_given_up_after_five_tries(counter, impatient):
    connected, _foreign = impatient
    tries = []

    def work(session):
        tries.append(len(tries) + 1)
        add_one(counter)(session)

    with pytest.raises(OperationalError, match="database is locked"):
        db.run(connected, work)
    assert tries == [1, 2, 3, 4, 5]


@pytest.fixture
def read(database, counter):
    """A foreign connection that reads the same SQLite database for as long as it likes."""
    only_on(database, "sqlite")
    foreign = sqlite3.connect(database.engine.url.database, isolation_level=None)
    foreign.execute("BEGIN")
    foreign.execute("SELECT * FROM user_account").fetchall()
    yield foreign
    foreign.close()


def test_a_commit_that_waits_too_long_for_readers_leaves_nothing_open(database, counter, read):
    """Its connection goes back to the pool; whoever gets it next begins as ever, and nobody finds a lock."""
    if db.journal_mode() == "WAL":
        pytest.skip("a commit to a write-ahead log waits for no reader")
    connected = db.connect(str(database.engine.url), busy_seconds=0.01)
    with connected.writing() as session, pytest.raises(OperationalError, match="database is locked"):
        add_one(counter)(session)
    read.execute("COMMIT")
    with closing(sqlite3.connect(database.engine.url.database, timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    with connected.writing() as session:
        add_one(counter)(session)
    assert count_of(connected, counter) == 1
    connected.engine.dispose()


def test_a_commit_is_tried_again_when_the_reader_is_done(database, counter, read):
    if db.journal_mode() == "WAL":
        pytest.skip("a commit to a write-ahead log waits for no reader")
    connected = db.connect(str(database.engine.url), busy_seconds=0.01)
    tries = []

    def work(session):
        tries.append(len(tries) + 1)
        if len(tries) == 2:
            read.execute("COMMIT")
        add_one(counter)(session)

    db.run(connected, work)
    assert (tries, count_of(connected, counter)) == ([1, 2], 1)
    connected.engine.dispose()


@pytest.mark.parametrize("kind", ["reading", "writing"])
def test_a_session_that_is_over_is_not_begun_again(database, kind):
    with getattr(database, kind)() as session:
        session.scalars(select(User)).all()
    with pytest.raises(InvalidRequestError):
        session.scalars(select(User)).all()


def test_what_is_simply_wrong_is_not_tried_again(database):
    tries = []

    def work(inner):
        tries.append(len(tries) + 1)
        factories.user(inner, email="CAPITALS@example.cn")

    with pytest.raises(IntegrityError):
        db.run(database, work)
    assert tries == [1]


def test_a_value_that_may_be_there_once_is_tried_again_and_refused_at_last(database, session):
    factories.user(session, email="taken@example.cn")
    session.commit()
    tries = []

    def work(inner):
        tries.append(len(tries) + 1)
        factories.user(inner, email="taken@example.cn")

    with pytest.raises(IntegrityError):
        db.run(database, work)
    assert tries == [1, 2, 3, 4, 5]


def test_of_two_who_are_first_at_once_the_second_sees_the_first(database, session):
    tries = []

    def work(inner):
        tries.append(len(tries) + 1)
        if inner.scalar(select(User.id).where(User.email == "taken@example.cn")) is not None:
            return "seen"
        # Between the look and the writing somebody else is faster; one row of the same unit of work stands for them.
        factories.user(inner, email="taken@example.cn")
        inner.commit()
        factories.user(inner, email="taken@example.cn")
        return "written"

    assert (db.run(database, work), tries) == ("seen", [1, 2])


def test_what_was_not_committed_is_undone(database, counter):
    def work(session):
        session.get_one(User, counter).failures = 7
        session.flush()

    db.run(database, work)
    assert count_of(database, counter) == 0


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        # The write-ahead log that two connections reset at once is mended from 3.51.3 on.
        ((3, 7, 0), "DELETE"),
        ((3, 40, 1), "DELETE"),
        ((3, 51, 2), "DELETE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
        ((4, 0, 0), "WAL"),
    ],
)
def test_the_journal_follows_the_version_of_sqlite(version, mode):
    assert db.journal_mode(version) == mode


def test_a_connection_to_sqlite_is_set_up_for_safety(database):
    only_on(database, "sqlite")
    with database.engine.connect() as connection:

        def pragma(name):
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        found = {name: pragma(name) for name in ("journal_mode", "foreign_keys", "synchronous", "mmap_size")}
    # Synchronous 2 is FULL.
    expected = {"journal_mode": db.journal_mode().lower(), "foreign_keys": 1, "synchronous": 2, "mmap_size": 0}
    assert found == expected
