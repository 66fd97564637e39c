"""The formal check: the checklist, its decisions, the return with its deadline, and established values."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.config import Config
from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Kind, Role, Status
from registry.mail import compose
from registry.models import Answer, Application, Message
from registry.queries import filings
from registry.services import moves, screening
from tests import factories

ITEMS = (
    "complete",
    "evidence_readable",
    "organisation_confirmed",
    "site_confirmed",
    "signatory_entitled",
    "licence",
)
HELD = dict.fromkeys(ITEMS, (True, ""))
REASON = "营业执照已过期,须更换后重新提交。"


@pytest.fixture
def waiting(session: Session) -> Application:
    return factories.application(session, kind=Kind.SCREENING, answers={"licensed": True, "reused": "50"})


@pytest.fixture
def officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


def test_all_items_held_let_it_go_on(session: Session, waiting: Application, officer: Actor) -> None:
    sheet = filings.sheet(session, waiting)
    assert screening.checklist(sheet.criteria, waiting.round_category) == ITEMS
    screening.check(session, officer, waiting, HELD)
    screening.accept(session, officer, waiting)
    assert (waiting.kind, waiting.status) == (Kind.SCORING, Status.WAITING)


def test_an_unchecked_item_holds_it_up(session: Session, waiting: Application, officer: Actor) -> None:
    screening.check(session, officer, waiting, dict.fromkeys(ITEMS[:-1], (True, "")))
    with pytest.raises(Invalid) as refused:
        screening.accept(session, officer, waiting)
    assert (refused.value.key, refused.value.field) == ("screening_item_unchecked", "held_licence")


def test_what_does_not_hold_needs_a_note(session: Session, waiting: Application, officer: Actor) -> None:
    screening.check(session, officer, waiting, {**HELD, "site_confirmed": (False, "")})
    with pytest.raises(Invalid) as refused:
        screening.accept(session, officer, waiting)
    assert (refused.value.key, refused.value.field) == ("screening_item_unexplained", "note_site_confirmed")
    screening.check(session, officer, waiting, {"site_confirmed": (False, "命名城市,无须确认")})
    screening.accept(session, officer, waiting)
    assert waiting.kind is Kind.SCORING


def test_only_what_is_on_the_list_is_checked(session: Session, waiting: Application, officer: Actor) -> None:
    with pytest.raises(Invalid, match="screening_item_unknown"):
        screening.check(session, officer, waiting, {"weather": (True, "")})


def test_refused_may_apply_again_and_barred_may_not(session: Session, officer: Actor) -> None:
    first, second = (factories.application(session, kind=Kind.SCREENING) for _ in range(2))
    screening.refuse(session, officer, first, reason=REASON)
    screening.bar(session, officer, second, reason=REASON)
    assert (first.status, second.status) == (Status.REFUSED, Status.BARRED)
    again = factories.application(
        session,
        round_category=first.round_category,
        site=first.site,
        organisation=first.organisation,
    )
    assert again.status is Status.DRAFTED


def test_a_return_gives_working_days(session: Session, waiting: Application) -> None:
    """Monday 2026-09-21 noon, 10 working days: the National Day holiday of 2026 lies within.

    Counted from the day after: 22, 23, 24 September are 3; 25 to 27 September are Mid-Autumn; 28, 29, 30 make 6;
    1 to 7 October are off; 8, 9 and the made-up Saturday 10 October make 9; Monday 12 October is the 10th. The
    deadline is its end, 24:00 in Beijing, 16:00 UTC.
    """
    monday = datetime(2026, 9, 21, 4, 0, tzinfo=UTC)
    officer = factories.actor(session, factories.persona(session, Role.OFFICER), monday)
    assert waiting.organisation is not None
    factories.persona(session, Role.DRAFTER, organisation=waiting.organisation)

    assert screening.working_days_of(session, waiting) == 10
    correction = screening.send_back(session, officer, waiting, note=REASON, working_days=10)

    assert correction.due_at == datetime(2026, 10, 12, 16, 0, tzinfo=UTC)
    assert (correction.from_position, correction.closed_at) == (2, None)
    assert (waiting.kind, waiting.position, waiting.status) == (Kind.FILING, 0, Status.RETURNED)
    message = session.scalars(select(Message)).one()
    assert message.key == "application_returned"
    names = {"site": waiting.site.name, "site_en": waiting.site.name_en}
    assert message.values == {**names, "note": REASON, "due": "2026-10-13 00:00"}
    assert waiting.site.name in compose(Config(), message)["Subject"]
    message.language = "en"
    assert compose(Config(), message)["Subject"] == f"Please correct your application: {waiting.site.name_en}"
    # One from before holds the Chinese name alone.
    message.values = {"site": waiting.site.name, "note": REASON, "due": "2026-10-13 00:00"}
    assert compose(Config(), message)["Subject"] == f"Please correct your application: {waiting.site.name}"


@pytest.mark.parametrize("days", [0, 61])
def test_a_return_within_bounds(session: Session, waiting: Application, officer: Actor, days: int) -> None:
    with pytest.raises(Invalid, match="working_days_outside"):
        screening.send_back(session, officer, waiting, note=REASON, working_days=days)


def test_a_value_established_counts_until_a_new_one_is_declared(
    session: Session, waiting: Application, officer: Actor
) -> None:
    screening.verify_value(session, officer, waiting, key="reused", value="45", reason=REASON)
    sheet = filings.sheet(session, waiting)
    assert (sheet.declared["reused"].value, sheet.verified["reused"].value) == ("50", "45")
    assert filings.answers(sheet)["inputs"]["reused"] == "45"

    screening.send_back(session, officer, waiting, note=REASON, working_days=5)
    session.add(
        Answer(
            filing_id=sheet.filing.id,
            key="reused",
            revision=2,
            value="48",
            saved_by_id=waiting.started_by_id,
            saved_at=factories.NOON,
        )
    )
    session.flush()
    sheet = filings.sheet(session, waiting)
    assert "reused" not in sheet.verified
    assert filings.answers(sheet)["inputs"]["reused"] == "48"


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [("reused", "101", "outside_limits"), ("reused", "", "verified_value_needed"), ("rain", "1", "input_unknown")],
)
def test_a_value_must_fit_its_input(
    session: Session, waiting: Application, officer: Actor, key: str, value: str, sentence: str
) -> None:
    with pytest.raises(Invalid) as refused:
        screening.verify_value(session, officer, waiting, key=key, value=value, reason=REASON)
    assert (refused.value.key, refused.value.field) == (sentence, "value")


def test_what_has_moved_on_is_not_screened(session: Session, waiting: Application, officer: Actor) -> None:
    moves.move(session, officer, waiting, Action.REFUSE)
    for act in (screening.refuse, screening.bar):
        with pytest.raises(WrongState, match="moved_on"):
            act(session, officer, waiting, reason=REASON)


def test_another_programme_is_not_screened(session: Session, waiting: Application) -> None:
    stranger = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    with pytest.raises(NotFound):
        screening.accept(session, factories.actor(session, stranger), waiting)


def test_what_does_not_apply_lets_it_go_on_with_a_note(session: Session, waiting: Application, officer: Actor) -> None:
    screening.check(session, officer, waiting, {**HELD, "licence": (None, "本类别无须许可")})
    screening.accept(session, officer, waiting)
    assert (waiting.kind, waiting.status) == (Kind.SCORING, Status.WAITING)


def test_what_does_not_apply_needs_its_note_at_once(session: Session, waiting: Application, officer: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        screening.check(session, officer, waiting, {**HELD, "licence": (None, " ")})
    assert (refused.value.key, refused.value.field) == ("screening_item_not_called_for", "note_licence")
