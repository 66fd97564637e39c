"""Published lists: drawn up from a cleared notice, frozen, and published once another person has approved.

A correction is a new list by two people; the one that it replaces stays readable.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.errors import Invalid, WrongState
from registry.domain.identity import credit_code
from registry.domain.policy import Actor, Facts
from registry.domain.reasons import reasoned, stated
from registry.domain.texts import Names
from registry.domain.vocabulary import Action, DecisionKind, Kind, LetterKind
from registry.models import Application, Decision, Entry, Notice, Publication, Round, RoundCategory
from registry.queries import notices, publications
from registry.services import events, letters, moves, proposals

# What a correction may put right in an entry, beside the credit code: names as they were printed.
NAMES = ("site", "organisation", "region", "category")


def propose(session: Session, actor: Actor, notice: Notice, *, title: str, title_en: str, reason: str) -> Decision:
    """Propose to publish who stands after a notice.

    Raises WrongState before the notice is cleared, where another notice follows it on the route, and where nobody is
    left to be published.
    """
    if notice.cleared_at is None:
        raise WrongState("notice_not_cleared")
    if not notices.is_last(session, notice):
        raise WrongState("another_notice_follows")
    name, words = stated(title, "title"), stated(reason, "reason")
    content = _content(session, notice, name, title_en.strip(), lock=True)
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


def content_now(session: Session, decision: Decision, *, lock: bool = True) -> dict[str, Any]:
    """Return the content that a proposed list would have if it were drawn up now."""
    notice = session.get_one(Notice, decision.content["notice"])
    return _content(session, notice, decision.content["title"], decision.content["title_en"], lock=lock)


def carry_out(session: Session, actor: Actor, decision: Decision) -> None:
    """Publish an approved list, entry by entry as it was approved, and tell its applicants."""
    publication = _published(session, actor, decision)
    for line in decision.content["entries"]:
        application = session.get_one(Application, line["application_id"])
        moves.move(session, actor, application, Action.PUBLISH, payload={"publication": publication.id})
        title = Names(publication.title, publication.title_en or publication.title)
        letters.send(session, actor, application, LetterKind.PUBLISHED, {"title": title}, decision=decision)


def propose_correction(
    session: Session,
    actor: Actor,
    publication: Publication,
    *,
    title: str,
    title_en: str,
    corrections: Mapping[int, Mapping[str, Any]],
    reason: str,
) -> Decision:
    """Propose a published list anew with its title or names put right; nobody is added and nobody taken off.

    `corrections` are, by the position of an entry, names as `{"zh", "en"}` by what they name, and `credit_code`, which
    becomes that of the organisation that applied and no other. Raises WrongState where the list was replaced already,
    Invalid at the field for an empty name or a code of somebody else, and where nothing changes. Certificates that were
    issued keep their words.
    """
    round_category = session.get_one(RoundCategory, publication.round_category_id)
    programme_id = session.get_one(Round, round_category.round_id).programme_id
    policy.require(actor, Action.PROPOSE, Facts(programme_id=programme_id))
    # Whoever approves or proposes another correction of this list waits here.
    session.refresh(publication, ["digest"], with_for_update=True)
    if publications.replacement(session, publication) is not None:
        raise WrongState("publication_replaced")
    words = reasoned(reason, "reason")
    entries = [entry_line(entry) for entry in publication.entries]
    corrected = [_corrected(session, line, corrections.get(line["position"], {})) for line in entries]
    name, name_en = stated(title, "title"), title_en.strip()
    if (name, name_en, corrected) == (publication.title, publication.title_en, entries):
        raise Invalid("correction_changes_nothing")
    return proposals.propose(
        session,
        actor,
        DecisionKind.CORRECTION,
        {
            "publication": publication.id,
            "replaces": publication.digest,
            "title": name,
            "title_en": name_en,
            "entries": corrected,
            "reason": words,
        },
        programme_id=programme_id,
        reason=words,
        round_category_id=publication.round_category_id,
    )


def correction_now(session: Session, decision: Decision) -> dict[str, Any]:
    """Return the content of a proposed correction as it reads now: it is of the list that stands today, or of none."""
    publication = publications.latest(session, session.get_one(Publication, decision.content["publication"]))
    return {**decision.content, "publication": publication.id, "replaces": publication.digest}


def carry_out_correction(session: Session, actor: Actor, decision: Decision) -> None:
    """Publish an approved correction in the place of the list that it names."""
    content = decision.content
    publication = _published(session, actor, decision, replaces_id=content["publication"], reason=content["reason"])
    events.record(
        session,
        actor,
        "correct_publication",
        "publication",
        publication.id,
        programme_id=decision.programme_id,
        payload={"replaces": publication.replaces_id, "decision": decision.id, "digest": publication.digest},
    )


def entry_line(entry: Entry) -> dict[str, Any]:
    """Return a published entry as a line of a decision's content."""
    return {"position": entry.position, "application_id": entry.application_id, **entry.content}


def _corrected(session: Session, line: dict[str, Any], correction: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(line)
    for name in NAMES:
        if line.get(name) and name in correction:
            field = f"entry_{line['position']}_{name}"
            found[name] = {
                "zh": stated(correction[name]["zh"], f"{field}_zh"),
                "en": correction[name]["en"].strip(),
            }
    if line.get("credit_code") and correction.get("credit_code") not in (None, line["credit_code"]):
        field = f"entry_{line['position']}_credit_code"
        try:
            found["credit_code"] = credit_code(correction["credit_code"])
        except Invalid as error:
            raise Invalid(error.key, field=field, **error.values) from error
        if found["credit_code"] != publications.applicants_code(session, line["application_id"]):
            raise Invalid("credit_code_not_of_applicant", field=field)
    return found


def _content(session: Session, notice: Notice, title: str, title_en: str, *, lock: bool) -> dict[str, Any]:
    standing = {row.id for row in notices.standing(session, notice, Kind.PUBLICATION, lock=lock)}
    kept = [entry for entry in notice.entries if entry["application_id"] in standing]
    return {
        "notice": notice.id,
        "title": title,
        "title_en": title_en,
        "entries": [{**entry, "position": place} for place, entry in enumerate(kept, start=1)],
    }


def _published(session: Session, actor: Actor, decision: Decision, **replaced: Any) -> Publication:
    """Publish a list as it was approved; `replaced` says which list it replaces and why."""
    content = decision.content
    publication = Publication(
        round_category_id=decision.round_category_id,
        decision_id=decision.id,
        title=content["title"],
        title_en=content["title_en"],
        published_at=actor.at,
        digest=decision.digest,
        entries=[_entry(line) for line in content["entries"]],
        **replaced,
    )
    session.add(publication)
    session.flush()
    return publication


def _entry(line: dict[str, Any]) -> Entry:
    shown = {key: value for key, value in line.items() if key not in {"position", "application_id"}}
    return Entry(position=line["position"], application_id=line["application_id"], content=shown)
