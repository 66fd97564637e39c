"""Applications as an export has them: what was filed as it counts, and the latest score."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from registry.domain.answers import read
from registry.domain.faults import AnswersFaulty
from registry.domain.policy import Actor
from registry.domain.values import Value
from registry.domain.vocabulary import Action
from registry.models import Application, Evaluation, Programme, Round, RoundCategory
from registry.queries import applications, filings, visibility


@dataclass(frozen=True, slots=True)
class Line:
    """An application with its sheet, the values that count by their keys, and the latest score."""

    application: Application
    sheet: filings.Sheet
    values: dict[str, Value]
    evaluation: Evaluation | None


def lines(session: Session, actor: Actor, numbers: Sequence[int]) -> list[Line]:
    """Return those of the applications that the actor may export now, in the order of the numbers."""
    query = applications.whole().where(Application.id.in_(numbers), visibility.applications(actor, Action.EXPORT))
    found = {application.id: application for application in session.scalars(query)}
    shown = [found[number] for number in numbers if number in found]
    latest = _latest(session, [application.filing.id for application in shown])
    return [_line(session, application, latest.get(application.filing.id)) for application in shown]


def round_category(session: Session, number: int) -> RoundCategory:
    """Return a category of a round with all that stands above its table."""
    query = (
        select(RoundCategory)
        .where(RoundCategory.id == number)
        .options(
            joinedload(RoundCategory.category, innerjoin=True),
            joinedload(RoundCategory.criteria_version, innerjoin=True),
            joinedload(RoundCategory.round, innerjoin=True)
            .joinedload(Round.programme, innerjoin=True)
            .joinedload(Programme.document, innerjoin=True),
        )
    )
    return session.scalars(query).one()


def _line(session: Session, application: Application, evaluation: Evaluation | None) -> Line:
    sheet = filings.sheet(session, application, outside=True)
    try:
        values = dict(read(sheet.criteria, filings.answers(sheet)).values)
    except AnswersFaulty:
        # What cannot be read leaves its cells empty; the application's own page says why.
        values = {}
    return Line(application, sheet, values, evaluation)


def _latest(session: Session, filing_ids: Sequence[int]) -> dict[int, Evaluation]:
    rows = session.scalars(select(Evaluation).where(Evaluation.filing_id.in_(filing_ids)).order_by(Evaluation.id))
    return {row.filing_id: row for row in rows}
