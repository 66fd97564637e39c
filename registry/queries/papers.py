"""What papers about an application show beside its pages: a kept score with the values that it was made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action
from registry.models import Answer, Application, Evaluation, Filing, Issuer, Verification
from registry.queries import applications, awards


@dataclass(frozen=True, slots=True)
class Established:
    """A value that the office established, and why."""

    value: Any
    reason: str


@dataclass(frozen=True, slots=True)
class KeptScore:
    """A score as it was kept, with the values as they stood then."""

    application: Application
    filing: Filing
    evaluation: Evaluation
    declared: Mapping[str, Any]
    verified: Mapping[str, Established]


def kept_score(session: Session, actor: Actor, number: int, evaluation: int) -> KeptScore:
    """Return a score that was kept of an application; raises NotFound where it is none of its, or not for the actor."""
    application = applications.one(session, actor, Action.VIEW_CASE, number)
    found = session.get(Evaluation, evaluation)
    if found is None:
        raise NotFound
    return as_kept(session, application, found)


def as_kept(session: Session, application: Application, found: Evaluation) -> KeptScore:
    """Return a score with the values as they stood then; raises NotFound where it is not of the application."""
    filing = session.get(Filing, found.filing_id)
    if filing is None or filing.application_id != application.id:
        raise NotFound
    answers = session.execute(
        select(Answer.key, Answer.value, Answer.revision)
        .where(Answer.filing_id == filing.id, Answer.saved_at <= found.evaluated_at)
        .order_by(Answer.revision, Answer.id)
    ).all()
    revisions = {row.key: row.revision for row in answers}
    verifications = session.scalars(
        select(Verification)
        .where(Verification.filing_id == filing.id, Verification.verified_at <= found.evaluated_at)
        .order_by(Verification.id)
    )
    return KeptScore(
        application,
        filing,
        found,
        {row.key: row.value for row in answers},
        {
            row.key: Established(row.value, row.reason)
            for row in verifications
            if row.answer_revision >= revisions.get(row.key, 0)
        },
    )


def issuers(session: Session, application: Application) -> Sequence[Issuer]:
    """Return the authorities of the programme that an application is in, in their order."""
    return awards.issuers(session, application.round_category.round.programme)
