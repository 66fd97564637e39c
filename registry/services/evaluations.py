"""Scores that are kept: the figures of a moment, with the digests of all that went into them."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from registry.domain import scoring
from registry.domain.chain import digest_of
from registry.domain.errors import WrongState
from registry.domain.policy import Actor
from registry.domain.results import GateResult, Score, State
from registry.domain.texts import Names
from registry.domain.vocabulary import Action, Kind, LetterKind, Status
from registry.models import Application, CriteriaVersion, Evaluation, RoundCategory
from registry.queries import facts, filings
from registry.queries import marks as marks_of
from registry.services import events, letters, moves


def evaluate(session: Session, actor: Actor, application: Application) -> Evaluation:
    """Score an application as it stands, with verified values and the marks of finished reviews, and keep it."""
    return _kept(session, actor, application)[0]


def score(session: Session, actor: Actor, application: Application) -> Evaluation:
    """Do the stage of scoring: the application goes on, or ends where a requirement is not met.

    Raises WrongState where no score is given because too much is not applicable, or a requirement cannot be judged.
    """
    if application.kind is not Kind.SCORING or application.status is not Status.WAITING:
        raise WrongState("moved_on", action=Action.SCORE, kind=application.kind, status=application.status)
    return settle(session, actor, application, Action.SCORE)


def settle(session: Session, actor: Actor, application: Application, onward: Action) -> Evaluation:
    """Keep the score and move the application onward, or end it where a requirement is not met.

    Raises WrongState where no score is given because too much is not applicable, or a requirement cannot be judged.
    """
    evaluation, result = _kept(session, actor, application)
    failed = [gate.key for gate in _in_state(result, State.FAILED)]
    payload = {"evaluation": evaluation.id, "total": evaluation.total, "failed": failed}
    if failed:
        reason = _titles(application, failed)
        moves.move(session, actor, application, Action.FAIL, payload=payload)
        letters.send(session, actor, application, LetterKind.FAILED, {"reason": reason})
        return evaluation
    if result.eligible is None:
        raise WrongState("gates_missing", count=len(_in_state(result, State.MISSING)))
    if result.total is None:
        raise WrongState("score_withheld")
    moves.move(session, actor, application, onward, payload=payload)
    return evaluation


def _kept(session: Session, actor: Actor, application: Application) -> tuple[Evaluation, Score]:
    sheet = filings.sheet(session, application, outside=True)
    answers = filings.answers(sheet)
    marks = marks_of.that_count(session, application)
    result = scoring.score(sheet.criteria, answers, marks)
    evaluation = Evaluation(
        filing_id=sheet.filing.id,
        stage=application.kind,
        criteria_digest=_criteria_digest(session, application),
        factors=dict(result.factors),
        input_digest=digest_of([answers, marks]),
        inputs=answers,
        marks=marks,
        result=result.as_dict(),
        total=result.total,
        grade=result.grade,
        evaluated_by_id=actor.user_id,
        evaluated_at=actor.at,
    )
    session.add(evaluation)
    session.flush()
    _record(session, actor, application, evaluation)
    return evaluation, result


def _record(session: Session, actor: Actor, application: Application, evaluation: Evaluation) -> None:
    events.record(
        session,
        actor,
        "evaluate",
        "evaluation",
        evaluation.id,
        programme_id=facts.programme_of(session, application),
        application=application,
        payload={
            "criteria": evaluation.criteria_digest,
            "inputs": evaluation.input_digest,
            "result": digest_of(evaluation.result),
            "total": evaluation.total,
        },
    )


def _criteria_digest(session: Session, application: Application) -> str:
    round_category = session.get_one(RoundCategory, application.round_category_id)
    if round_category.pinned_digest is not None:
        return round_category.pinned_digest
    return session.get_one(CriteriaVersion, round_category.criteria_version_id).digest


def _titles(application: Application, failed: Collection[str]) -> Names:
    """Return the requirements of these keys as a letter names them, one a line."""
    criteria = filings.criteria_of(application.round_category)
    titles = [gate.title for gate in criteria.gates if gate.key in failed]
    return Names("\n".join(title.zh for title in titles), "\n".join(title.en for title in titles))


def _in_state(result: Score, state: State) -> list[GateResult]:
    return [gate for gate in result.gates if gate.state is state]
