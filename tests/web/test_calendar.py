"""A deadline that rests on a year whose holidays are not announced says so, to everyone who reads it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from registry.domain.vocabulary import Kind, Role, Status
from registry.services import calendar, screening
from registry.services.notices import entry_of
from tests import browse, factories

Client = Callable[..., FlaskClient]
At = Callable[[datetime], None]
# Monday 28 December 2026 and Monday 2 March 2026; five working days on.
LATE = datetime(2026, 12, 28, 4, tzinfo=UTC)
SPRING = datetime(2026, 3, 2, 4, tzinfo=UTC)
WORDS = "The arrangement of holidays for 2027 is not announced yet; this day is estimated."
ENTERED = """\
days:
  - {date: 2027-02-05, worked: false, source: 示例, note: {zh: 春节, en: Spring Festival}}
"""


def english(client: FlaskClient) -> FlaskClient:
    browse.post(client, "/language", language="en")
    return client


@pytest.mark.parametrize(("begun", "shown"), [(LATE, True), (SPRING, False)])
def test_a_notice_says_so_to_the_public_and_the_office(
    session: Session, client: Client, at: At, begun: datetime, shown: bool
) -> None:
    at(begun)
    application = factories.application(session, kind=Kind.NOTICE, status=Status.SELECTED)
    decision = factories.decision(session, application.round_category)
    number = factories.notice(
        session,
        decision,
        opens_at=begun,
        closes_at=begun + timedelta(days=8),
        entries=[entry_of(application, 1)],
    ).id
    officer = factories.persona(session, Role.OFFICER)
    session.commit()
    public, office = english(client()), english(client(officer))
    for page in (public.get(f"/notices/{number}"), office.get(f"/admin/notices/{number}")):
        assert page.status_code == 200
        assert (WORDS in browse.words(page)) is shown


def test_an_ended_notice_and_an_entered_year_say_nothing(session: Session, client: Client, at: At) -> None:
    application = factories.application(session, kind=Kind.NOTICE, status=Status.SELECTED)
    decision = factories.decision(session, application.round_category)
    over = LATE + timedelta(days=8)
    entries = [entry_of(application, 1)]
    number = factories.notice(session, decision, opens_at=LATE, closes_at=over, entries=entries).id
    session.commit()
    visitor = english(client())
    at(over)
    assert WORDS not in browse.words(visitor.get(f"/notices/{number}"))
    at(LATE)
    assert WORDS in browse.words(visitor.get(f"/notices/{number}"))
    calendar.sync(session, factories.worker(), ENTERED)
    session.commit()
    assert WORDS not in browse.words(visitor.get(f"/notices/{number}"))


def test_a_correction_says_so_to_the_applicant_and_the_office(session: Session, client: Client, at: At) -> None:
    at(LATE)
    application = factories.application(session, kind=Kind.SCREENING)
    officer = factories.persona(session, Role.OFFICER)
    drafter = factories.persona(session, Role.DRAFTER, organisation=application.organisation)
    acting = factories.actor(session, officer, LATE)
    screening.send_back(session, acting, application, note="营业执照已过期，须更换。", working_days=5)
    number = application.id
    session.commit()
    applicant, office = english(client(drafter)), english(client(officer))
    for page in (applicant.get(f"/applications/{number}"), office.get(f"/admin/cases/{number}")):
        assert page.status_code == 200
        assert WORDS in browse.words(page)
    calendar.sync(session, factories.worker(), ENTERED)
    session.commit()
    for page in (applicant.get(f"/applications/{number}"), office.get(f"/admin/cases/{number}")):
        assert WORDS not in browse.words(page)
