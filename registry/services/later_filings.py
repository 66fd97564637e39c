"""Later filings: a route that asks for more than one opens the next when an application comes to it."""

from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from registry.domain.letters import FILED, NO_DATE, moment
from registry.domain.policy import Actor
from registry.domain.routes import parameter
from registry.domain.vocabulary import FilingKind, Kind, LetterKind
from registry.domain.workdays import SHANGHAI, end_of, months_later
from registry.models import Answer, Application, Filing, NotApplicable, Round, RoundCategory, RouteStep
from registry.services import letters


def ask(session: Session, actor: Actor, application: Application, step: RouteStep) -> None:
    """Open the filing of a step and ask the applicant for it.

    It begins with the answers of the one before and with what was claimed not to apply; evidence is not carried over,
    and no series, whose days are those of another year. Its figures are of a year as far from the round's as the day on
    which it is due, or else is asked for.
    """
    before = session.scalars(select(Filing).where(Filing.application_id == application.id, Filing.current)).one()
    before.current = False
    session.flush()
    today = actor.at.astimezone(SHANGHAI).date()
    months = parameter(Kind.FILING, step.parameters, "months")
    due_on = months_later(today, months) if months else None
    year = _year(session, application, due_on or today)
    filing = Filing(
        application_id=application.id,
        site_id=application.site_id,
        position=step.position,
        kind=step.filing or FilingKind.APPLICATION,
        due_at=end_of(due_on) if due_on else None,
        period_from=date(year, 1, 1),
        period_to=date(year, 12, 31),
        revision=1,
        saved_by_id=before.saved_by_id,
        filled_by=[],
        submitted_claims={},
    )
    session.add(filing)
    session.flush()
    declared = session.scalars(select(Answer).where(Answer.filing_id == before.id).order_by(Answer.revision))
    copies = [_copied(row, filing, actor) for row in {row.key: row for row in declared}.values() if _carries(row)]
    if copies:
        session.execute(insert(Answer), copies)
    for indicator, reason in before.submitted_claims.items():
        session.add(NotApplicable(filing_id=filing.id, indicator=indicator, reason=reason))
    session.flush()
    set_committed_value(application, "filing", filing)
    told = {"title": FILED[filing.kind], "due": moment(filing.due_at) if filing.due_at else NO_DATE}
    letters.send(session, actor, application, LetterKind.FILING_DUE, told)


def _year(session: Session, application: Application, day: date) -> int:
    """Return the year of the figures of a filing that is due on a day, as far from it as those of the first were."""
    round_category = session.get_one(RoundCategory, application.round_category_id)
    round_ = session.get_one(Round, round_category.round_id)
    first: int = round_category.settings.get("year", round_.year)
    return first + day.year - round_.opens_at.astimezone(SHANGHAI).year


def _carries(row: Answer) -> bool:
    return row.value is not None and not (isinstance(row.value, dict) and "series" in row.value)


def _copied(row: Answer, filing: Filing, actor: Actor) -> dict[str, Any]:
    return {
        "filing_id": filing.id,
        "key": row.key,
        "revision": filing.revision,
        "value": row.value,
        "saved_by_id": row.saved_by_id,
        "saved_at": actor.at,
    }
