"""How an application was judged, for its applicant: its figures, where the line was, and the reviewers' reasons.

Nothing of another applicant is among it but the total of the last one that was selected, without a name. Reviewers
stand by the letter under which they marked, and their names are not even read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import routes
from registry.domain.errors import NotFound
from registry.domain.results import Line as Working
from registry.domain.vocabulary import Ground, Kind, LetterKind, LetterState, Result, Status
from registry.models import Application, Assignment, Decision, Evaluation, Letter, Mark, Outcome, Review
from registry.queries import applications, decisions, filings, letters
from registry.queries.decisions import Figure

# Which letters tell an outcome, after which it can be said how it came about.
_TELLING = frozenset(LetterKind) - {
    LetterKind.FILING_DUE,
    LetterKind.DECLINED,
    LetterKind.REFUSED,
    LetterKind.BARRED,
    LetterKind.LAPSED,
}
_STILL_TO_BE_ANNOUNCED = (Kind.NOTICE, Kind.PUBLICATION)


@dataclass(frozen=True, slots=True)
class Marked:
    """What one reviewer gave for a question, and why."""

    question: str
    label: str
    points: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an application stood in a selection, and where the line was.

    `last` is the total of the last one that was selected in the order, `of_group` that of the last one in the group
    whose quota rule kept this application out; None where there is none. `content` is what the decision keeps.
    """

    line: Mapping[str, Any]
    content: Mapping[str, Any]
    ranked: int
    last: Decimal | None
    of_group: Decimal | None

    @property
    def total(self) -> Decimal | None:
        return _number(self.line["total"])

    @property
    def given(self) -> Decimal | None:
        """The total of the marks as they were given, also where an adjusted one decides the order."""
        return _number(self.line.get("given", self.line["total"]))

    @property
    def least(self) -> Decimal | None:
        return _number(self.content.get("least"))


@dataclass(frozen=True, slots=True)
class Feedback:
    """What an applicant is told of how an application was judged; `level` is what its round tells.

    `standing` is None where no selection was decided, `evaluation` where nothing was ever scored. Below the level of
    the reviewers' reasons the figures of the questions that reviewers mark have no working, as that has their marks.
    """

    application: Application
    level: int
    evaluation: Evaluation | None
    result: Mapping[str, Any]
    standing: Standing | None
    marks: tuple[Marked, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The points of every indicator as they were kept."""
        return tuple(
            Figure(
                item["key"],
                item["state"],
                item["points"],
                item["max"],
                tuple(Working(**line) for line in item["working"]),
            )
            for item in self.result.get("items", ())
        )


def there_is(session: Session, application: Application) -> bool:
    """Tell whether there is something to be told of how an application was judged, be it final or not."""
    return _level(application) > 0 and _grounds(session, application) is not None


def released(session: Session, application: Application) -> Feedback | None:
    """Return what the applicant is told by now; None while that is not final, and where the round tells nothing.

    The letter of the outcome was sent. Where the round says so, nobody of the same selection waits for the end of the
    notice or for the list any more either, so that the line does not move.
    """
    grounds = _grounds(session, application) if _level(application) else None
    if grounds is None or letters.awaited(session, application) or not _was_told(session, application):
        return None
    decision = grounds[1]
    if decision is not None and _waits_for_list(application) and _still_open(session, decision):
        return None
    return prepared(session, application)


def prepared(session: Session, application: Application) -> Feedback:
    """Return what an applicant will be told, for the office; raises NotFound where there is nothing to be told."""
    level, grounds = _level(application), _grounds(session, application)
    if not level or grounds is None:
        raise NotFound
    evaluation, decision, line = grounds
    result: dict[str, Any] = dict(evaluation.result) if evaluation else {}
    if evaluation is not None and level < 2:
        panels = {
            key
            for key, entry in filings.criteria_of(application.round_category).indicators.items()
            if entry.kind == "panel"
        }
        result["items"] = [{**item, "working": []} if item["key"] in panels else item for item in result["items"]]
    standing = _standing(decision, line) if decision is not None and line is not None else None
    marks = tuple(_marks(session, application, evaluation)) if evaluation is not None and level > 1 else ()
    return Feedback(application, level, evaluation, result, standing, marks)


def _level(application: Application) -> int:
    return routes.feedback(_publication(application))


def _waits_for_list(application: Application) -> bool:
    return bool(routes.parameter(Kind.PUBLICATION, _publication(application), "feedback_from"))


def _publication(application: Application) -> Mapping[str, int]:
    return next(step.parameters for step in application.round_category.steps if step.kind is Kind.PUBLICATION)


def _grounds(
    session: Session, application: Application
) -> tuple[Evaluation | None, Decision | None, Mapping[str, Any] | None] | None:
    """Return the figures that counted, with the decision and its line; None where nothing was judged to its end."""
    outcome = applications.outcome_of(session, application)
    if outcome is not None:
        decision = session.get_one(Decision, outcome.decision_id)
        line = next(
            (one for one in decision.content.get("applications", ()) if one["application"] == application.id), None
        )
        number = line["evaluation"] if line else None
        return session.get(Evaluation, number) if number else None, decision, line
    if application.status is Status.FAILED:
        evaluation = decisions.latest_evaluations(session, [application.id]).get(application.id)
        return (evaluation, None, None) if evaluation else None
    return None


def _was_told(session: Session, application: Application) -> bool:
    query = select(Letter.id).where(
        Letter.application_id == application.id, Letter.state == LetterState.SENT, Letter.kind.in_(_TELLING)
    )
    return session.scalar(query.limit(1)) is not None


def _still_open(session: Session, decision: Decision) -> bool:
    """Tell whether somebody whom a decision selected is still to be announced or published."""
    query = (
        select(Outcome.id)
        .join(Application, Application.id == Outcome.application_id)
        .where(
            Outcome.decision_id == decision.id,
            Outcome.result == Result.SELECTED,
            Application.status == Status.SELECTED,
            Application.kind.in_(_STILL_TO_BE_ANNOUNCED),
        )
    )
    return session.scalar(query.limit(1)) is not None


def _standing(decision: Decision, line: Mapping[str, Any]) -> Standing:
    lines = decision.content["applications"]
    selected = [one for one in lines if one["result"] == Result.SELECTED and one["ground"] != Ground.OVERRIDDEN]
    ranked = sum(one["rank"] is not None for one in lines)
    return Standing(line, decision.content, ranked, _last(selected), _last(_of_same_group(decision, line, selected)))


def _of_same_group(
    decision: Decision, line: Mapping[str, Any], selected: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return who was selected of the group whose rule kept somebody out."""
    rule = next((one for one in decision.content.get("rules", ()) if one["key"] == line.get("rule")), None)
    if rule is None:
        return []
    own = set(line.get("groups", {}).get(rule["by"], ()))
    return [one for one in selected if own & set(one.get("groups", {}).get(rule["by"], ()))]


def _last(selected: list[Mapping[str, Any]]) -> Decimal | None:
    return _number(selected[-1]["total"]) if selected else None


def _number(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)


def _marks(session: Session, application: Application, evaluation: Evaluation) -> Iterable[Marked]:
    """Yield the marks that went into an evaluation with their reasons, in the order of the questions and letters."""
    rows = session.execute(
        select(Assignment.label, Mark.indicator, Mark.points, Mark.justification)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Mark, Mark.review_id == Review.id)
        .where(Assignment.application_id == application.id, Mark.marked_at <= evaluation.evaluated_at)
        .order_by(Mark.id)
    )
    latest = {(row.indicator, row.label): row for row in rows}
    for question, given in evaluation.marks.items():
        for label in sorted(given):
            if row := latest.get((question, label)):
                yield Marked(question, label, row.points, row.justification)
