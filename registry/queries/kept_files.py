"""Which stored files some row names."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Dossier, Evidence, ObjectionFile, Task, VisitPhoto

COLUMNS = (
    *(Evidence.sha256, ObjectionFile.sha256, VisitPhoto.sha256, Task.sha256),
    *(Dossier.json_sha256, Dossier.xlsx_sha256, Dossier.pdf_sha256),
)


def named(session: Session, digests: Iterable[str]) -> frozenset[str]:
    """Return those of the digests that a row names."""
    wanted = list(digests)
    return frozenset(
        digest
        for column in COLUMNS
        for digest in session.scalars(select(column).where(column.in_(wanted)))
        if digest is not None
    )
