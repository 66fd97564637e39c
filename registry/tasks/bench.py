"""What a worker has at hand while it does one task, and how its progress is committed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from registry import clock, db
from registry.config import Config
from registry.domain.policy import Actor
from registry.models import Portal, Task, User
from registry.queries import actors
from registry.services import tasks
from registry.services.tasks import Lease


@dataclass(frozen=True, slots=True)
class Bench:
    """The database, the settings, the task on its lease, and what is asked between two units: it may raise to stop."""

    database: db.Database
    config: Config
    lease: Lease
    between: Callable[[], None]

    @property
    def folder(self) -> Path:
        """The folder of the files."""
        return self.config.data / "files"

    def advance(self, done: int) -> None:
        """Commit that so many units are done, and renew the lease. Raises LeaseLostError."""

        def work(session: Session) -> None:
            tasks.advance(tasks.held(session, self.lease), now=clock.utc_now(), done=done)
            session.commit()

        db.run(self.database, work)
        self.between()


def asker(session: Session, task: Task) -> Actor:
    """Return whoever asked for a task, in the standing of this moment: roles that ended meanwhile are gone."""
    portal = session.get(Portal, 1)
    user = session.get(User, task.asked_by_id) if task.asked_by_id else None
    moved = portal is not None and portal.clock_ahead > 0
    return actors.load(session, user, clock.now(portal), clock_moved=moved)
