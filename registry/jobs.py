"""What the portal does by itself: messages leave the outbox, what is overdue lapses, places in reserve end, files
without a row go. Long work that somebody asked for is done beside it, in `registry.tasks`.

Each item is a unit of work of its own, so that one that fails holds up no other. Mail is handed over while no
transaction is open; should the portal stop between the hand-over and the record of it, that mail is sent twice rather
than never.
"""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from registry import clock, db, files, mail
from registry.config import Config
from registry.domain.errors import DomainError
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, MessageStatus
from registry.domain.workdays import SHANGHAI
from registry.models import Application, Message, Portal
from registry.queries import applications as seen
from registry.queries import deadlines, invitations, kept_files, outbox, reserves
from registry.services import applications, messages, outcomes, tasks
from registry.services import invitations as inviting

TRIES = 6
# A file is stored before the row that names it is committed.
KEPT_WITHOUT_ROW = timedelta(hours=24)
AT_ONCE = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """How many items of each kind were done in a turn."""

    sent: int
    lapsed: int
    expired: int
    reminded: int


def turn(database: db.Database, config: Config) -> Done:
    """Do all that is due at this moment, once."""
    with database.reading() as session:
        at = clock.read(session)
        waiting = outbox.waiting(session, at)
        overdue = deadlines.overdue(session, at)
        late = invitations.reviewers_to_remind(session, at)
        over = reserves.over(session, at.astimezone(SHANGHAI).date())
    return Done(
        sent=_each("message", waiting, lambda number: _deliver(database, config, number)),
        lapsed=_each("application", overdue, lambda number: _end(database, number, Action.LAPSE, applications.lapse)),
        expired=_each("application", over, lambda number: _end(database, number, Action.EXPIRE, outcomes.expire)),
        reminded=_each("reviewer", late, lambda number: _remind(database, number)),
    )


def sweep(database: db.Database, config: Config) -> int:
    """Take away the tasks whose time is over, then files that no row names and that are a day old or older.

    Returns how many files went. Their age is that of the machine's clock, which wrote it, and not of the portal's,
    which a demo moves.
    """
    db.run(database, _sweep_tasks)
    moment = time.time() - KEPT_WITHOUT_ROW.total_seconds()
    old = list(files.stored_before(config.data / "files", moment))
    return sum(_swept(database, old[start : start + AT_ONCE], moment) for start in range(0, len(old), AT_ONCE))


def worker_at(session: Session) -> Actor:
    """Return the portal itself as the one who acts."""
    portal = session.get(Portal, 1)
    at: datetime = clock.now(portal)
    return Actor(at, worker=True, clock_moved=portal is not None and portal.clock_ahead > 0)


def _sweep_tasks(session: Session) -> None:
    tasks.sweep(session, clock.read(session))
    session.commit()


def _swept(database: db.Database, paths: list[Path], moment: float) -> int:
    with database.reading() as session:
        named = kept_files.named(session, (path.name for path in paths))
    removed = 0
    for path in (path for path in paths if path.name not in named):
        # A file that went or came again in the meantime is left to whoever did that.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < moment:
                path.unlink()
                removed += 1
    return removed


def _each(what: str, numbers: Iterable[int], do: Callable[[int], bool]) -> int:
    done = 0
    for number in numbers:
        try:
            done += do(number)
        except Exception:
            log.exception("%s %s could not be done", what, number)
    return done


def _deliver(database: db.Database, config: Config, number: int) -> bool:
    with database.reading() as session:
        message = session.get_one(Message, number)
    try:
        mail.send(config, message)
    except OSError as error:
        log.warning("message %s did not leave: %s", number, error)
        db.run(database, lambda session: _record(session, number, left=False))
        return False
    return db.run(database, lambda session: _record(session, number, left=True))


def _record(session: Session, number: int, *, left: bool) -> bool:
    message = session.get_one(Message, number, with_for_update=True)
    if message.status is not MessageStatus.QUEUED:
        return False
    if left:
        messages.mark_sent(message, worker_at(session))
    else:
        messages.mark_failed(message, TRIES)
    session.commit()
    return left


def _remind(database: db.Database, number: int) -> bool:
    """Remind a reviewer of what is due soon or overdue, and tell whether there still was anything."""

    def work(session: Session) -> bool:
        reminded = inviting.remind_of_deadline(session, worker_at(session), number)
        session.commit()
        return reminded

    return db.run(database, work)


def _end(
    database: db.Database, number: int, action: Action, act: Callable[[Session, Actor, Application], None]
) -> bool:
    """Do what falls due of an application, and tell whether it was still to be done."""

    def work(session: Session) -> bool:
        actor = worker_at(session)
        try:
            act(session, actor, seen.one(session, actor, action, number, lock=True))
        except DomainError:
            # Corrected, withdrawn or selected since it was looked for.
            return False
        session.commit()
        return True

    return db.run(database, work)
