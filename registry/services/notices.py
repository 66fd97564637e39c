"""Notices: a selection is announced by two people, objections are taken and answered, and what stands is cleared.

An entry of a notice and of a published list, frozen as it was announced, is `{"position", "application_id", "site",
"organisation", "credit_code", "region", "category"}`, each name as `{"zh", "en"}`, the organisation null and its credit
code empty where there is none.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.chain import digest_of
from registry.domain.errors import Invalid, WrongState
from registry.domain.filetypes import StoredFile, kept_name
from registry.domain.policy import Actor, Facts
from registry.domain.reasons import reasoned, stated
from registry.domain.routes import parameter
from registry.domain.vocabulary import (
    Action,
    DecisionKind,
    DecisionStatus,
    Kind,
    LetterKind,
    ObjectionStatus,
    Status,
)
from registry.models import (
    Application,
    Decision,
    Notice,
    Objection,
    ObjectionFile,
    Reply,
    Round,
    RoundCategory,
    RouteStep,
)
from registry.queries import facts, notices
from registry.services import calendar, events, letters, moves, proposals


def propose(session: Session, actor: Actor, selection: Decision, *, reason: str) -> Decision:
    """Propose to announce who of an approved selection stands at the next notice of its route.

    Another person approves, and the notice opens at that moment. Raises WrongState where there is nothing to announce,
    where every notice was given, or where the one before is not concluded.
    """
    policy.require(actor, Action.PROPOSE, Facts(programme_id=selection.programme_id))
    session.refresh(selection, ["status", "version"], with_for_update=True)
    if selection.kind is not DecisionKind.SELECTION or selection.status is not DecisionStatus.APPROVED:
        raise WrongState("notice_needs_approved_selection")
    step = notices.next_stage(session, selection)
    if step is None:
        raise WrongState("notice_opened_already")
    if any(row.cleared_at is None for row in notices.of_selection(session, selection)):
        raise WrongState("notice_before_not_concluded")
    words = stated(reason, "reason")
    content = _content(session, selection, step, lock=True)
    if not content["entries"]:
        raise WrongState("nobody_selected")
    return proposals.propose(
        session,
        actor,
        DecisionKind.NOTICE,
        content,
        programme_id=selection.programme_id,
        reason=words,
        round_category_id=selection.round_category_id,
    )


def content_now(session: Session, decision: Decision, *, lock: bool = True) -> dict[str, Any]:
    """Return the content that a proposed notice would have if it were drawn up now."""
    selection = session.get_one(Decision, decision.content["decision"])
    found = notices.stages(session, decision.round_category_id)
    step = next(row for row in found if row.position == decision.content["position"])
    return _content(session, selection, step, lock=lock)


def carry_out(session: Session, actor: Actor, decision: Decision) -> None:
    """Open an approved notice until the end of the last working day that the route gives it."""
    content = decision.content
    for known in facts.of_matter(session, decision.programme_id, content):
        policy.require(actor, Action.OPEN_NOTICE, known)
    days, count_start = content["working_days"], content["count_start"]
    notice = Notice(
        round_category_id=decision.round_category_id,
        decision_id=content["decision"],
        approval_id=decision.id,
        position=content["position"],
        opens_at=actor.at,
        closes_at=calendar.deadline(session, actor.at, days, count_start=count_start),
        working_days=days,
        entries=content["entries"],
        digest=digest_of(content["entries"]),
        opened_by_id=actor.user_id,
    )
    session.add(notice)
    session.flush()
    events.record(
        session,
        actor,
        Action.OPEN_NOTICE,
        "notice",
        notice.id,
        programme_id=decision.programme_id,
        payload={
            "decision": notice.decision_id,
            "approval": decision.id,
            "digest": notice.digest,
            "closes_at": notice.closes_at.isoformat(),
        },
    )


def object_(
    session: Session,
    actor: Actor,
    notice: Notice,
    *,
    application: int,
    name: str,
    contact: str,
    statement: str,
    files: Iterable[tuple[str, StoredFile]],
    receipt: str,
) -> Objection:
    """Take an objection to one entry of a notice; `files` are names with what was kept under them.

    Raises WrongState before the notice opens and from the moment it closes, Invalid for an entry that it has not.
    """
    _hold(session, notice)
    said = {"name": name, "contact": contact, "statement": statement}
    words = expect_objection(actor, notice, application=application, **said)
    objection = Objection(
        notice_id=notice.id,
        application_id=application,
        **words,
        receipt=receipt,
        status=ObjectionStatus.OPEN,
        raised_at=actor.at,
        files=[
            ObjectionFile(name=kept_name(title), sha256=kept.sha256, size=kept.size, media_type=kept.media_type)
            for title, kept in files
        ],
    )
    session.add(objection)
    session.flush()
    events.record(
        session,
        actor,
        Action.OBJECT,
        "objection",
        objection.id,
        programme_id=_programme_id(session, notice),
        payload={"notice": notice.id, "application": application, "files": len(objection.files)},
        personal={"name": objection.name, "contact": objection.contact},
    )
    return objection


def expect_objection(
    actor: Actor, notice: Notice, *, application: int, name: str, contact: str, statement: str
) -> dict[str, str]:
    """Return the words of an objection that would be taken now; to be asked before its files are stored.

    Raises WrongState outside the notice's time, Invalid for what is missing. However many there are, one more is taken.
    """
    if not notice.opens_at <= actor.at < notice.closes_at or notice.cleared_at is not None:
        raise WrongState("notice_closed")
    if application not in {entry["application_id"] for entry in notice.entries}:
        raise Invalid("objection_entry_unknown", field="application")
    return {
        "name": stated(name, "name"),
        "contact": stated(contact, "contact"),
        "statement": reasoned(statement, "statement"),
    }


def reply(session: Session, actor: Actor, objection: Objection, *, upheld: bool, text: str) -> Reply:
    """Answer an objection, once; where it is upheld the entry is removed and its place becomes vacant.

    Raises WrongState where it was answered before, or the notice is cleared; Forbidden for who has a seat in the
    organisation objected to. That the officer who answers may also have evaluated or proposed the application is left
    open here: an authority with one officer could answer nothing otherwise.
    """
    notice = session.get_one(Notice, objection.notice_id)
    _hold(session, notice)
    programme_id = _programme_id(session, notice)
    policy.require(actor, Action.ANSWER_OBJECTION, _facts(session, objection, programme_id))
    session.refresh(objection, ["status"], with_for_update=True)
    if objection.status is not ObjectionStatus.OPEN or notice.cleared_at is not None:
        raise WrongState("objection_answered")
    words = reasoned(text, "text")
    row = Reply(objection_id=objection.id, upheld=upheld, text=words, replied_by_id=actor.user_id, replied_at=actor.at)
    session.add(row)
    objection.status = ObjectionStatus.UPHELD if upheld else ObjectionStatus.DISMISSED
    events.record(
        session,
        actor,
        Action.ANSWER_OBJECTION,
        "objection",
        objection.id,
        programme_id=programme_id,
        before=ObjectionStatus.OPEN,
        after=objection.status,
        payload={"notice": notice.id},
        personal={"text": words},
    )
    if upheld:
        _remove(session, actor, objection, words)
    return row


def clear(session: Session, actor: Actor, notice: Notice) -> None:
    """End a notice: everyone still on it goes on, to the next notice or to publication.

    Raises WrongState before its last working day is over, and while an objection is unanswered.
    """
    policy.require(actor, Action.CLEAR, Facts(programme_id=_programme_id(session, notice)))
    _hold(session, notice)
    if notice.cleared_at is not None:
        raise WrongState("notice_cleared_already")
    if actor.at < notice.closes_at:
        raise WrongState("notice_still_open")
    if notices.unanswered(session, notice):
        raise WrongState("objections_unanswered")
    notice.cleared_at = actor.at
    standing = notices.standing(session, notice, Kind.NOTICE, lock=True)
    events.record(
        session,
        actor,
        "end_notice",
        "notice",
        notice.id,
        programme_id=_programme_id(session, notice),
        payload={"standing": [row.id for row in standing], "entries": len(notice.entries)},
    )
    for application in standing:
        moves.move(session, actor, application, Action.CLEAR, payload={"notice": notice.id})


def entry_of(application: Application, position: int) -> dict[str, Any]:
    """Return what is announced of a selected application: names and no more."""
    organisation = application.organisation
    category = application.round_category.category
    return {
        "position": position,
        "application_id": application.id,
        "site": _both(application.site),
        "organisation": _both(organisation) if organisation else None,
        "credit_code": organisation.credit_code if organisation else "",
        "region": _both(application.site.region),
        "category": _both(category),
    }


def _both(row: Any) -> dict[str, str]:
    return {"zh": row.name, "en": row.name_en}


def _hold(session: Session, notice: Notice) -> None:
    """Keep a notice as it is now until the unit of work ends: it is not cleared while somebody objects."""
    session.refresh(notice, ["opens_at", "closes_at", "cleared_at"], with_for_update=True)


def _facts(session: Session, objection: Objection, programme_id: int) -> Facts:
    application = session.get_one(Application, objection.application_id)
    return Facts(programme_id=programme_id, organisation_id=application.organisation_id)


def _content(session: Session, selection: Decision, step: RouteStep, *, lock: bool) -> dict[str, Any]:
    rows = notices.at_stage(session, selection, step.position, lock=lock)
    return {
        "decision": selection.id,
        "position": step.position,
        "working_days": parameter(Kind.NOTICE, step.parameters, "working_days"),
        "count_start": bool(parameter(Kind.NOTICE, step.parameters, "count_start")),
        "entries": [entry_of(row, place) for place, row in enumerate(rows, start=1)],
    }


def _programme_id(session: Session, notice: Notice) -> int:
    return session.scalars(
        select(Round.programme_id)
        .join(RoundCategory, RoundCategory.round_id == Round.id)
        .where(RoundCategory.id == notice.round_category_id)
    ).one()


def _remove(session: Session, actor: Actor, objection: Objection, words: str) -> None:
    application = session.get_one(Application, objection.application_id, with_for_update=True, populate_existing=True)
    if application.kind is not Kind.NOTICE or application.status is not Status.SELECTED:
        return  # An earlier objection removed it.
    moves.move(session, actor, application, Action.REMOVE, payload={"objection": objection.id})
    letters.send(session, actor, application, LetterKind.REMOVED, {"reason": words})
