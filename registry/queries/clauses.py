"""The text of the clauses that criteria cite."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Clause


def texts(session: Session) -> dict[str, dict[str, str]]:
    """Return the text of every clause, by document and reference."""
    found: dict[str, dict[str, str]] = {}
    for row in session.execute(select(Clause.document_key, Clause.ref, Clause.text)):
        found.setdefault(row.document_key, {})[row.ref] = row.text
    return found
