"""Which stored files some row names."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Evidence, ObjectionFile, Task, VisitPhoto


def named(session: Session, digests: Iterable[str]) -> frozenset[str]:
    """Return those of the digests that a row names."""
    wanted = list(digests)
    return frozenset(
        digest
        for column in (Evidence.sha256, ObjectionFile.sha256, VisitPhoto.sha256, Task.sha256)
        for digest in session.scalars(select(column).where(column.in_(wanted)))
        if digest is not None
    )
