"""Notices: a selection is announced by two people, and what stands when every objection is answered is cleared.

An entry of a notice and of a published list, frozen as it was announced, is `{"position", "application_id", "site",
"organisation", "credit_code", "region", "category"}`, each name as `{"zh", "en"}`, the organisation null and its credit
code empty where there is none.
"""

from typing import Any

from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.chain import digest_of
from registry.domain.errors import WrongState
from registry.domain.policy import Actor, Facts
from registry.domain.reasons import stated
from registry.domain.routes import parameter
from registry.domain.vocabulary import Action, DecisionKind, DecisionStatus, Kind
from registry.models import Application, Decision, Notice, RouteStep
from registry.queries import facts, notices, objections
from registry.services import calendar, events, moves, proposals
from registry.services.objections import hold


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


def clear(session: Session, actor: Actor, notice: Notice) -> None:
    """End a notice: everyone still on it goes on, to the next notice or to publication.

    Raises WrongState before its last working day is over, and while an objection is unanswered.
    """
    policy.require(actor, Action.CLEAR, Facts(programme_id=objections.programme_of(session, notice)))
    hold(session, notice)
    if notice.cleared_at is not None:
        raise WrongState("notice_cleared_already")
    if actor.at < notice.closes_at:
        raise WrongState("notice_still_open")
    if objections.unanswered(session, notice):
        raise WrongState("objections_unanswered")
    notice.cleared_at = actor.at
    standing = notices.standing(session, notice, Kind.NOTICE, lock=True)
    events.record(
        session,
        actor,
        "end_notice",
        "notice",
        notice.id,
        programme_id=objections.programme_of(session, notice),
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


def _content(session: Session, selection: Decision, step: RouteStep, *, lock: bool) -> dict[str, Any]:
    rows = notices.at_stage(session, selection, step.position, lock=lock)
    return {
        "decision": selection.id,
        "position": step.position,
        "working_days": parameter(Kind.NOTICE, step.parameters, "working_days"),
        "count_start": bool(parameter(Kind.NOTICE, step.parameters, "count_start")),
        "entries": [entry_of(row, place) for place, row in enumerate(rows, start=1)],
    }
