"""Documents with their clauses, regions, and the tables of factors that count now."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from registry.models import Document, Factor, Region

# Where a session keeps what it has read of documents and regions.
KNOWN = "registry.known"


def documents(session: Session) -> list[Document]:
    """Return the policy documents with their clauses."""
    return list(session.scalars(select(Document).options(selectinload(Document.clauses)).order_by(Document.key)))


def regions(session: Session) -> list[Region]:
    """Return all regions, parents first."""
    return list(session.scalars(select(Region).order_by(Region.position)))


def factor_texts(session: Session) -> dict[str, str]:
    """Return the newest text of every table of factors by its key."""
    rows = session.execute(select(Factor.key, Factor.content).order_by(Factor.key, Factor.number))
    return {row.key: row.content for row in rows}
