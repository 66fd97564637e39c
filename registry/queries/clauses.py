"""The text of the clauses that criteria cite."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Clause, Document


@dataclass(frozen=True, slots=True)
class Told:
    """The title of the document of a clause, its words, and what they say in English."""

    title: str
    title_en: str
    text: str
    summary_en: str


def texts(session: Session) -> dict[tuple[str, str], Told]:
    """Return every clause with its text, by document and reference."""
    query = select(
        Clause.document_key, Clause.ref, Document.title, Document.title_en, Clause.text, Clause.summary_en
    ).join(Document, Document.key == Clause.document_key)
    return {(key, ref): Told(*told) for key, ref, *told in session.execute(query)}
