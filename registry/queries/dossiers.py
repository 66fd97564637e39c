"""What the dossier of a round category holds: everything that its result rests on, read as it was frozen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from registry.domain import routes
from registry.domain.dossier import figures_of
from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.routes import Step
from registry.domain.vocabulary import Action, DecisionKind, DecisionStatus, ReviewStatus
from registry.models import (
    Application,
    Assignment,
    Award,
    Clause,
    Decision,
    Document,
    Dossier,
    Evaluation,
    Filing,
    Meeting,
    MeetingOpinion,
    Notice,
    Objection,
    Publication,
    Region,
    Reply,
    Review,
    Round,
    RoundCategory,
    User,
    Verification,
)
from registry.queries import applications, decisions, pages, quota_rules, visibility
from registry.queries.pages import FIRST, Asked, By, Page

Json = dict[str, Any]


def content(session: Session, where: RoundCategory, *, at: datetime, code: str) -> Json:
    """Return what the dossier of a round category holds at a moment; `code` is the version of the portal.

    Reviewers stand in it by their numbers, those who object without name and contact; officials by name.
    """
    read = {key: part(session, where) for key, part in PARTS.items()}
    return {"code": code, "written_at": at.isoformat(), **read}


def whole(session: Session, number: int) -> RoundCategory:
    """Return a round category with all that a dossier says of it."""
    return session.scalars(
        select(RoundCategory)
        .where(RoundCategory.id == number)
        .options(
            joinedload(RoundCategory.round, innerjoin=True).joinedload(Round.programme, innerjoin=True),
            joinedload(RoundCategory.category, innerjoin=True),
            joinedload(RoundCategory.criteria_version, innerjoin=True),
            selectinload(RoundCategory.steps),
        )
    ).one()


def missing(session: Session, round_id: int) -> dict[int, int]:
    """Return the categories of a round that have no dossier, each with the units of work that one is: its applications
    and one more."""
    submitted = func.count(Application.id).filter(Application.submitted_at.is_not(None))
    rows = session.execute(
        select(RoundCategory.id, submitted)
        .outerjoin(Application, Application.round_category_id == RoundCategory.id)
        .where(RoundCategory.round_id == round_id)
        .where(~exists().where(Dossier.round_category_id == RoundCategory.id))
        .group_by(RoundCategory.id)
        .order_by(RoundCategory.id)
    )
    return {number: count + 1 for number, count in rows}


def of_round(session: Session, round_id: int) -> Sequence[Dossier]:
    """Return the dossiers of a round, in the order of its categories."""
    query = _filed().where(RoundCategory.round_id == round_id).order_by(RoundCategory.id)
    return session.scalars(query).all()


def of_category(session: Session, number: int) -> Dossier | None:
    """Return the dossier of a round category, or None."""
    return session.scalar(_filed().where(Dossier.round_category_id == number))


def of_programme(session: Session, programme_id: int, asked: Asked = FIRST) -> Page[Dossier]:
    """Return a page of the dossiers of a programme, the newest first."""
    return pages.page(
        session, _filed().where(Round.programme_id == programme_id), (By(Dossier.id, descending=True),), asked
    )


def one(session: Session, actor: Actor, number: int) -> Dossier:
    """Return a dossier that the actor may have; raises NotFound for others."""
    mine = visibility.of_programmes(Round.programme_id, actor, Action.VIEW_RANKING)
    found = session.scalar(_filed().where(Dossier.id == number, mine))
    if found is None:
        raise NotFound
    return found


def file_name(row: Dossier, kind: str) -> str:
    """Return what a file of a dossier is called when it leaves the portal: json, xlsx or pdf."""
    where = row.round_category
    return f"dossier-{where.round_id}-{where.category.key}-{where.track}-{row.digest[:8]}.{kind}"


def _filed() -> Select[Dossier]:
    return (
        select(Dossier)
        .join(Dossier.round_category)
        .join(RoundCategory.round)
        .options(
            contains_eager(Dossier.round_category).options(
                contains_eager(RoundCategory.round).joinedload(Round.programme, innerjoin=True),
                joinedload(RoundCategory.category, innerjoin=True),
            )
        )
    )


def _programme(_session: Session, where: RoundCategory) -> Json:
    programme = where.round.programme
    return {"key": programme.key, "name": _names(programme), "document": programme.document_key}


def _round(_session: Session, where: RoundCategory) -> Json:
    round_ = where.round
    return {
        "id": round_.id,
        "title": _names(round_, "title"),
        "year": round_.year,
        "opens_at": _when(round_.opens_at),
        "closes_at": _when(round_.closes_at),
        "archived_at": _when(round_.archived_at),
    }


def _category(_session: Session, where: RoundCategory) -> Json:
    return {
        "id": where.id,
        "key": where.category.key,
        "name": _names(where.category),
        "clause": where.category.clause_ref,
        "track": str(where.track),
        "settings": where.settings,
        "route": routes.write(Step(step.kind, step.level, step.parameters, step.filing) for step in where.steps),
    }


def _numbers(session: Session, where: RoundCategory) -> Sequence[int]:
    """The applications that were handed in."""
    return session.scalars(
        select(Application.id)
        .where(Application.round_category_id == where.id, Application.submitted_at.is_not(None))
        .order_by(Application.id)
    ).all()


def _rules(session: Session, where: RoundCategory) -> list[Json]:
    """The quota rules of the round, without what was taken: each selection says that of its own moment."""
    rows = quota_rules.rows(session, where)
    pairs = zip(rows, quota_rules.in_force(session, rows), strict=True)
    return [{key: value for key, value in quota_rules.kept(*pair).items() if key != "taken"} for pair in pairs]


def _applications(session: Session, where: RoundCategory) -> list[Json]:
    rows = session.scalars(
        applications.whole()
        .where(Application.round_category_id == where.id, Application.submitted_at.is_not(None))
        .order_by(Application.id)
    )
    return [_application(row) for row in rows]


def _selections(session: Session, where: RoundCategory) -> list[Json]:
    return [_decision(row) for row in _decisions(session, where, (DecisionKind.SELECTION,))]


def _others(session: Session, where: RoundCategory) -> list[Json]:
    """Every other decision on the category, and those that assigned places of the pool of its round."""
    kinds = [kind for kind in DecisionKind if kind is not DecisionKind.SELECTION]
    pools = session.scalars(
        select(Decision)
        .where(Decision.kind == DecisionKind.POOL, Decision.status == DecisionStatus.APPROVED)
        .where(Decision.programme_id == where.round.programme_id)
        .order_by(Decision.decided_at, Decision.id)
    )
    of_round = [row for row in pools if row.content["round"] == where.round_id]
    return [_decision(row) for row in (*of_round, *_decisions(session, where, kinds))]


def _criteria(session: Session, where: RoundCategory) -> Json:
    documents: dict[str, Json] = {
        row.key: {"title": _names(row, "title"), "clauses": []}
        for row in session.scalars(select(Document).order_by(Document.key))
    }
    for row in session.execute(select(Clause.document_key, Clause.ref).order_by(Clause.position)):
        documents[row.document_key]["clauses"].append(row.ref)
    regions = session.execute(select(Region.key, Region.parent_key).order_by(Region.position))
    return {
        "key": where.criteria_version.key,
        "number": where.criteria_version.number,
        "digest": where.pinned_digest,
        "content": where.pinned_content,
        "factors": where.pinned_factors or {},
        "documents": documents,
        "regions": {row.key: row.parent_key for row in regions},
    }


def _application(row: Application) -> Json:
    return {
        "id": row.id,
        "site": _names(row.site),
        "region": row.site.region_key,
        "applicant": _names(row.organisation) if row.organisation else None,
        "credit_code": row.organisation.credit_code if row.organisation else None,
        "evaluator": {"name": row.evaluator, "credit_code": row.evaluator_code} if row.evaluator else None,
        "receipt": row.receipt,
        "content_digest": row.content_digest,
        "submitted_at": _when(row.submitted_at),
        "stage": str(row.kind),
        "status": str(row.status),
    }


def _verified(session: Session, where: RoundCategory) -> list[Json]:
    numbers = _numbers(session, where)
    rows = session.execute(
        select(Verification, Filing.application_id)
        .join(Filing, Filing.id == Verification.filing_id)
        .where(Filing.application_id.in_(numbers))
        .order_by(Verification.id)
    )
    return [
        {
            "application": application_id,
            "key": row.key,
            "value": row.value,
            "stage": str(row.stage),
            "reason": row.reason,
            "at": _when(row.verified_at),
        }
        for row, application_id in rows
    ]


def _reviews(session: Session, where: RoundCategory) -> list[Json]:
    """Every assignment with its conflict, its end and its marks; recused ones too, whose marks do not count."""
    numbers = _numbers(session, where)
    rows = session.scalars(
        select(Assignment)
        .where(Assignment.application_id.in_(numbers))
        .options(joinedload(Assignment.review).options(selectinload(Review.marks)))
        .order_by(Assignment.id)
    )
    return [
        {
            "application": row.application_id,
            "label": row.label,
            "reviewer": row.reviewer_id,
            "why": row.why,
            "conflict": str(row.conflict),
            "conflict_reason": row.conflict_reason,
            "ended_at": _when(row.ended_at),
            "ended_reason": row.ended_reason,
            "declined_at": _when(row.declined_at),
            "finished_at": _when(row.review.finished_at) if row.review else None,
            "finished": bool(row.review and row.review.status is ReviewStatus.FINISHED),
            "marks": [
                {
                    "indicator": mark.indicator,
                    "points": str(mark.points),
                    "justification": mark.justification,
                    "reason": mark.reason,
                    "at": _when(mark.marked_at),
                }
                for mark in (row.review.marks if row.review else ())
            ],
        }
        for row in rows
    ]


def _evaluations(session: Session, where: RoundCategory) -> list[Json]:
    """The evaluations that a selection rests on, and of everybody else the last."""
    numbers, selections = _numbers(session, where), _decisions(session, where, (DecisionKind.SELECTION,))
    wanted = {row.id for row in decisions.latest_evaluations(session, numbers).values()}
    for decision in selections:
        wanted |= {line["evaluation"] for line in decision.content["applications"] if line["evaluation"] is not None}
        wanted |= {*decision.content.get("calibration", {}).get("evaluations", ())}
    rows = session.execute(
        select(Evaluation, Filing.application_id)
        .join(Filing, Filing.id == Evaluation.filing_id)
        .where(Evaluation.id.in_(wanted))
        .order_by(Evaluation.id)
    )
    return [
        {
            "id": row.id,
            "application": application_id,
            "stage": str(row.stage),
            "answers": row.inputs,
            "marks": row.marks,
            "input_digest": row.input_digest,
            "figures": figures_of(row.result),
            "at": _when(row.evaluated_at),
        }
        for row, application_id in rows
    ]


def _meetings(session: Session, where: RoundCategory) -> list[Json]:
    rows = session.scalars(select(Meeting).where(Meeting.round_category_id == where.id).order_by(Meeting.id)).all()
    opinions = session.scalars(
        select(MeetingOpinion)
        .where(MeetingOpinion.meeting_id.in_([row.id for row in rows]))
        .order_by(MeetingOpinion.id)
    ).all()
    return [
        {
            "id": row.id,
            "held_on": row.held_on.isoformat(),
            "replaces": row.replaces_id,
            "recusals": row.recusals,
            "method": str(row.method),
            "conclusion": row.conclusion,
            "digest": row.digest,
            "opinions": [
                {
                    "application": one.application_id,
                    "supported": one.supported,
                    "votes": [one.in_favour, one.against, one.abstained],
                    "reason": one.reason,
                }
                for one in opinions
                if one.meeting_id == row.id
            ],
        }
        for row in rows
    ]


def _decisions(session: Session, where: RoundCategory, kinds: Iterable[DecisionKind]) -> Sequence[Decision]:
    return session.scalars(
        select(Decision)
        .where(
            Decision.round_category_id == where.id,
            Decision.kind.in_(list(kinds)),
            Decision.status == DecisionStatus.APPROVED,
        )
        .order_by(Decision.decided_at, Decision.id)
    ).all()


def _decision(row: Decision) -> Json:
    return {
        "id": row.id,
        "kind": str(row.kind),
        "content": row.content,
        "digest": row.digest,
        "reason": row.reason,
        "proposed_by": row.proposed_by_id,
        "proposed_at": _when(row.proposed_at),
        "decided_by": row.decided_by_id,
        "decided_at": _when(row.decided_at),
        "decided_reason": row.decided_reason,
    }


def _notices(session: Session, where: RoundCategory) -> list[Json]:
    rows = session.scalars(
        select(Notice)
        .where(Notice.round_category_id == where.id)
        .options(
            selectinload(Notice.objections).options(
                joinedload(Objection.reply).joinedload(Reply.decision), selectinload(Objection.files)
            )
        )
        .order_by(Notice.id)
    )
    return [
        {
            "id": row.id,
            "selection": row.decision_id,
            "opens_at": _when(row.opens_at),
            "closes_at": _when(row.closes_at),
            "cleared_at": _when(row.cleared_at),
            "entries": [entry["application_id"] for entry in row.entries],
            "digest": row.digest,
            "objections": [_objection(one) for one in row.objections],
        }
        for row in rows
    ]


def _objection(row: Objection) -> Json:
    """An objection without who raised it: its words and files may tell that, so that their digests stand here."""
    return {
        "id": row.id,
        "application": row.application_id,
        "form": "anonymous" if row.anonymous else "in_name",
        "statement": sha256(row.statement.encode()).hexdigest(),
        "files": sorted(file.sha256 for file in row.files),
        "status": str(row.status),
        "raised_at": _when(row.raised_at),
        "answer_due_at": _when(row.answer_due_at),
        "reply": _reply(row.reply) if row.reply else None,
    }


def _reply(row: Reply) -> Json:
    return {
        "upheld": row.upheld,
        "text": row.text,
        "at": _when(row.replied_at),
        "answered_by": row.replied_by_id,
        "approved_by": row.decision.decided_by_id if row.decision else None,
        "decision": row.decision_id,
    }


def _publications(session: Session, where: RoundCategory) -> list[Json]:
    rows = session.scalars(
        select(Publication)
        .where(Publication.round_category_id == where.id)
        .options(selectinload(Publication.entries))
        .order_by(Publication.id)
    )
    return [
        {
            "id": row.id,
            "title": _names(row, "title"),
            "replaces": row.replaces_id,
            "reason": row.reason,
            "published_at": _when(row.published_at),
            "digest": row.digest,
            "entries": [
                {"position": one.position, "application": one.application_id, "content": one.content}
                for one in row.entries
            ],
        }
        for row in rows
    ]


def _awards(session: Session, where: RoundCategory) -> list[Json]:
    numbers = _numbers(session, where)
    rows = session.scalars(select(Award).where(Award.application_id.in_(numbers)).order_by(Award.id))
    return [{"application": row.application_id, "number": row.number, "status": str(row.status)} for row in rows]


def _people(session: Session, where: RoundCategory) -> Mapping[str, str]:
    """The officials who proposed, who decided and who answered an objection, by their numbers."""
    decided = (*_selections(session, where), *_others(session, where))
    numbers = {one[key] for one in decided for key in ("proposed_by", "decided_by")}
    replies = (one["reply"] for notice in _notices(session, where) for one in notice["objections"] if one["reply"])
    numbers |= {reply["answered_by"] for reply in replies}
    named = session.execute(select(User.id, User.name).where(User.id.in_(numbers)).order_by(User.id))
    return {str(row.id): row.name for row in named}


def _names(thing: Any, attribute: str = "name") -> Json:
    return {"zh": getattr(thing, attribute), "en": getattr(thing, f"{attribute}_en")}


def _when(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


# What a dossier holds, part by part; each can be read by itself.
PARTS: Mapping[str, Callable[[Session, RoundCategory], Any]] = {
    "programme": _programme,
    "round": _round,
    "category": _category,
    "criteria": _criteria,
    "rules": _rules,
    "applications": _applications,
    "verified": _verified,
    "reviews": _reviews,
    "evaluations": _evaluations,
    "meetings": _meetings,
    "selections": _selections,
    "decisions": _others,
    "notices": _notices,
    "publications": _publications,
    "awards": _awards,
    "people": _people,
}
