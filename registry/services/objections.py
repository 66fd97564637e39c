"""Objections to an entry of a notice: taken in name or anonymous, answered each in its own time.

An officer alone says that an objection does not hold. That it holds is proposed and approved by another person, and
only then the entry leaves the notice. Whoever objects is known to those who answer and to nobody else: each look at a
name or a file is an event, and no other event, decision or dossier carries them. An account that happens to be signed
in while somebody objects is kept nowhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.errors import Invalid, WrongState
from registry.domain.filetypes import StoredFile, kept_name
from registry.domain.policy import Actor, Facts
from registry.domain.reasons import reasoned, stated
from registry.domain.vocabulary import Action, DecisionKind, LetterKind, ObjectionStatus
from registry.models import Application, Decision, Notice, Objection, ObjectionFile, Reply, Site
from registry.queries import objections
from registry.services import calendar, events, letters, moves, proposals


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody objects: to whom, in which words, and who it is unless it is anonymous."""

    application: int
    statement: str
    name: str = ""
    contact: str = ""
    anonymous: bool = False


def nobody(actor: Actor) -> Actor:
    """Return somebody who acts at the same moment and is not known: whoever objects, signed in or not."""
    return Actor(actor.at, clock_moved=actor.clock_moved)


def take(
    session: Session,
    actor: Actor,
    notice: Notice,
    said: Said,
    *,
    files: Iterable[tuple[str, StoredFile]],
    receipt: str,
) -> Objection:
    """Take an objection to one entry of a notice; `files` are names with what was kept under them.

    Whoever sends it, nothing that is kept says by which account it came, also where it is in name.
    Raises WrongState before the notice opens and from the moment it closes, Invalid for an entry that it has not, and
    for one without a name where the round takes none.
    """
    hold(session, notice)
    words = expect(session, actor, notice, said)
    rules = objections.rules(session, notice)
    objection = Objection(
        notice_id=notice.id,
        application_id=words.application,
        name=words.name,
        contact=words.contact,
        statement=words.statement,
        anonymous=words.anonymous,
        receipt=receipt,
        status=ObjectionStatus.OPEN,
        raised_at=actor.at,
        answer_due_at=calendar.deadline(session, actor.at, rules.answer_days, count_start=False),
        files=[
            ObjectionFile(name=kept_name(title), sha256=kept.sha256, size=kept.size, media_type=kept.media_type)
            for title, kept in files
        ],
    )
    session.add(objection)
    session.flush()
    events.record(
        session,
        nobody(actor),
        Action.OBJECT,
        "objection",
        objection.id,
        programme_id=objections.programme_of(session, notice),
        payload={
            "notice": notice.id,
            "application": words.application,
            "anonymous": words.anonymous,
            "files": len(objection.files),
            "answer_due_at": objection.answer_due_at.isoformat(),
        },
        personal=None if words.anonymous else {"name": words.name, "contact": words.contact},
    )
    return objection


def expect(session: Session, actor: Actor, notice: Notice, said: Said) -> Said:
    """Return the objection as it would be taken now; to be asked before its files are stored.

    An anonymous one keeps no name, whatever was entered. Raises WrongState outside the notice's time, Invalid for what
    is missing or not taken. However many there are, one more is taken.
    """
    if not notice.opens_at <= actor.at < notice.closes_at or notice.cleared_at is not None:
        raise WrongState("notice_closed")
    if said.application not in {entry["application_id"] for entry in notice.entries}:
        raise Invalid("objection_entry_unknown", field="application")
    statement = reasoned(said.statement, "statement")
    if not said.anonymous:
        return Said(said.application, statement, stated(said.name, "name"), stated(said.contact, "contact"))
    if not objections.rules(session, notice).anonymous:
        raise Invalid("anonymous_not_taken", field="way")
    return Said(said.application, statement, anonymous=True)


def dismiss(session: Session, actor: Actor, objection: Objection, *, text: str) -> Reply:
    """Answer, once, that an objection does not hold, and why.

    Raises WrongState where it was answered before, upholding it waits for approval, or the notice is cleared; Forbidden
    for who has a seat in the organisation objected to. That the officer who answers may also have evaluated or proposed
    the application is left open here: an authority with one officer could answer nothing otherwise.
    """
    notice = _to_be_answered(session, actor, objection)
    words = reasoned(text, "text")
    row = Reply(objection_id=objection.id, upheld=False, text=words, replied_by_id=actor.user_id, replied_at=actor.at)
    session.add(row)
    _settle(session, actor, objection, notice, ObjectionStatus.DISMISSED, words)
    return row


def propose_removal(session: Session, actor: Actor, objection: Objection, *, text: str) -> Decision:
    """Propose to uphold an objection with the answer that its objector and the applicant will read.

    Nothing changes for the entry until another person approves. Raises as `dismiss` does.
    """
    notice = _to_be_answered(session, actor, objection)
    words = reasoned(text, "text")
    decision = proposals.propose(
        session,
        actor,
        DecisionKind.REMOVAL,
        _content(session, objection, words),
        programme_id=objections.programme_of(session, notice),
        reason=words,
        round_category_id=notice.round_category_id,
    )
    objection.status = ObjectionStatus.PROPOSED
    _record(session, actor, "propose_removal", objection, ObjectionStatus.OPEN, {"decision": decision.id})
    return decision


def content_now(session: Session, decision: Decision, *, lock: bool = True) -> dict[str, Any]:
    """Return the content that a proposed removal would have if it were drawn up now."""
    objection = session.get_one(Objection, decision.content["objection"])
    if lock:
        hold(session, session.get_one(Notice, objection.notice_id))
        _held(session, objection.application_id)
    return _content(session, objection, decision.reason)


def carry_out(session: Session, actor: Actor, decision: Decision) -> None:
    """Uphold an objection as it was approved: it is answered, its entry leaves the notice, its applicants are told.

    An entry that an earlier objection removed, or that left by itself, stays where it is, and nobody is told twice.
    """
    objection = session.get_one(Objection, decision.content["objection"], with_for_update=True, populate_existing=True)
    notice = session.get_one(Notice, objection.notice_id)
    reply = Reply(
        objection_id=objection.id,
        upheld=True,
        text=decision.reason,
        replied_by_id=decision.proposed_by_id,
        replied_at=actor.at,
        decision_id=decision.id,
    )
    session.add(reply)
    _settle(session, actor, objection, notice, ObjectionStatus.UPHELD, decision.reason, decision=decision.id)
    application = _held(session, objection.application_id)
    if objections.on_notice(application):
        moves.move(session, actor, application, Action.REMOVE, payload={"objection": objection.id})
        letters.send(session, actor, application, LetterKind.REMOVED, {"reason": decision.reason}, decision=decision)


def turn_down(session: Session, actor: Actor, decision: Decision) -> None:
    """Leave an objection to be answered anew, as upholding it was rejected."""
    objection = session.get_one(Objection, decision.content["objection"], with_for_update=True, populate_existing=True)
    objection.status = ObjectionStatus.OPEN
    _record(session, actor, "reopen_objection", objection, ObjectionStatus.PROPOSED, {"decision": decision.id})


def look(session: Session, actor: Actor, objection: Objection) -> None:
    """Record that somebody who answers reads who objects and the files that came with it.

    Raises NotFound for whom it is not to answer.
    """
    notice = session.get_one(Notice, objection.notice_id)
    policy.require(actor, Action.ANSWER_OBJECTION, _facts(session, objection, notice))
    events.record(
        session,
        actor,
        objections.LOOKED,
        "objection",
        objection.id,
        programme_id=objections.programme_of(session, notice),
        payload={"notice": notice.id},
    )


def hold(session: Session, notice: Notice) -> None:
    """Keep a notice as it is now until the unit of work ends: it is not cleared while somebody objects."""
    session.refresh(notice, ["opens_at", "closes_at", "cleared_at"], with_for_update=True)


def _to_be_answered(session: Session, actor: Actor, objection: Objection) -> Notice:
    """Return the notice of an objection that is open; both are kept until the unit of work ends."""
    notice = session.get_one(Notice, objection.notice_id)
    hold(session, notice)
    policy.require(actor, Action.ANSWER_OBJECTION, _facts(session, objection, notice))
    session.refresh(objection, ["status"], with_for_update=True)
    if objection.status is ObjectionStatus.PROPOSED:
        raise WrongState("objection_proposed")
    if objection.status is not ObjectionStatus.OPEN or notice.cleared_at is not None:
        raise WrongState("objection_answered")
    return notice


def _settle(
    session: Session,
    actor: Actor,
    objection: Objection,
    notice: Notice,
    status: ObjectionStatus,
    words: str,
    **payload: int,
) -> None:
    before, objection.status = objection.status, status
    events.record(
        session,
        actor,
        Action.ANSWER_OBJECTION,
        "objection",
        objection.id,
        programme_id=objections.programme_of(session, notice),
        before=before,
        after=status,
        payload={"notice": notice.id, "in_time": actor.at < objection.answer_due_at, **payload},
        personal={"text": words},
    )


def _record(
    session: Session, actor: Actor, action: str, objection: Objection, before: ObjectionStatus, payload: dict[str, int]
) -> None:
    notice = session.get_one(Notice, objection.notice_id)
    events.record(
        session,
        actor,
        action,
        "objection",
        objection.id,
        programme_id=objections.programme_of(session, notice),
        before=before,
        after=objection.status,
        payload={"notice": notice.id, **payload},
    )


def _facts(session: Session, objection: Objection, notice: Notice) -> Facts:
    application = session.get_one(Application, objection.application_id)
    return Facts(programme_id=objections.programme_of(session, notice), organisation_id=application.organisation_id)


def _held(session: Session, number: int) -> Application:
    """Return an application as it stands, kept so until the unit of work ends."""
    return session.get_one(Application, number, with_for_update=True, populate_existing=True)


def _content(session: Session, objection: Objection, words: str) -> dict[str, Any]:
    """What is proposed, without a word of who objects: the entry and the answer.

    How the entry stands is no part of it: several objections to one entry may wait at once, and each is upheld for
    itself, whether or not the entry is still on the notice by then.
    """
    application = session.get_one(Application, objection.application_id)
    site = session.get_one(Site, application.site_id)
    return {
        "objection": objection.id,
        "notice": objection.notice_id,
        "application": application.id,
        "number": application.receipt,
        "site": {"zh": site.name, "en": site.name_en},
        "answer": words,
    }
