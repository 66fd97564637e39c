"""Published lists: drawn up from a cleared notice, frozen, and published once another person has approved."""

from typing import Any

from sqlalchemy.orm import Session

from registry.domain.errors import WrongState
from registry.domain.policy import Actor
from registry.domain.reasons import stated
from registry.domain.vocabulary import Action, DecisionKind, Kind
from registry.models import Application, Decision, Entry, Notice, Publication, Round, RoundCategory
from registry.queries import notices
from registry.services import messages, moves, proposals


def propose(session: Session, actor: Actor, notice: Notice, *, title: str, title_en: str, reason: str) -> Decision:
    """Propose to publish who stands after a notice.

    Raises WrongState before the notice is cleared, and where nobody is left to be published.
    """
    if notice.cleared_at is None:
        raise WrongState("notice_not_cleared")
    name, words = stated(title, "title"), stated(reason, "reason")
    content = _content(session, notice, name, title_en.strip())
    if not content["entries"]:
        raise WrongState("nothing_to_publish")
    round_category = session.get_one(RoundCategory, notice.round_category_id)
    return proposals.propose(
        session,
        actor,
        DecisionKind.PUBLICATION,
        content,
        programme_id=session.get_one(Round, round_category.round_id).programme_id,
        reason=words,
        round_category_id=notice.round_category_id,
    )


def content_now(session: Session, decision: Decision) -> dict[str, Any]:
    """Return the content that a proposed list would have if it were drawn up now."""
    notice = session.get_one(Notice, decision.content["notice"])
    return _content(session, notice, decision.content["title"], decision.content["title_en"])


def carry_out(session: Session, actor: Actor, decision: Decision) -> None:
    """Publish an approved list, entry by entry as it was approved, and tell its applicants."""
    content = decision.content
    publication = Publication(
        round_category_id=decision.round_category_id,
        decision_id=decision.id,
        title=content["title"],
        title_en=content["title_en"],
        published_at=actor.at,
        digest=decision.digest,
        entries=[_entry(line) for line in content["entries"]],
    )
    session.add(publication)
    session.flush()
    for line in content["entries"]:
        application = session.get_one(Application, line["application_id"])
        moves.move(session, actor, application, Action.PUBLISH, payload={"publication": publication.id})
        messages.to_applicant(session, actor, application, "application_published", {"title": publication.title})


def _content(session: Session, notice: Notice, title: str, title_en: str) -> dict[str, Any]:
    standing = {row.id for row in notices.standing(session, notice, Kind.PUBLICATION, lock=True)}
    kept = [entry for entry in notice.entries if entry["application_id"] in standing]
    return {
        "notice": notice.id,
        "title": title,
        "title_en": title_en,
        "entries": [{**entry, "position": place} for place, entry in enumerate(kept, start=1)],
    }


def _entry(line: dict[str, Any]) -> Entry:
    shown = {key: value for key, value in line.items() if key not in {"position", "application_id"}}
    return Entry(position=line["position"], application_id=line["application_id"], content=shown)
