"""Applications: start, save, prove, submit, withdraw, lapse; and everything that is refused on the way."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, NotFound, Stale, WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Binding, Kind, Role, RoundStatus, Standing, Status
from registry.models import (
    Answer,
    Application,
    Correction,
    Event,
    Message,
    Organisation,
    Programme,
    RoundCategory,
    Site,
    User,
)
from registry.queries import applications as tables
from registry.queries import filings
from registry.services import applications, filling, starting
from tests import factories
from tests.factories import NOON

COMPLETE = {"licensed": True, "reused": "80"}
KEY = bytes(range(10))
CLAIMABLE = "title: {zh: 再生利用, en: Reuse}\n        not_applicable: true"
STORED = StoredFile("a" * 64, 10, "application/pdf")


class Case:
    """An organisation with a site, its person, and a round category that is open."""

    def __init__(self, session: Session, **round_columns: Any) -> None:
        self.session = session
        self.person: User = factories.user(session)
        self.organisation: Organisation = factories.organisation(session)
        factories.seat(session, self.person, self.organisation)
        self.site: Site = factories.site(session, organisation=self.organisation)
        self.round = factories.round_(session, **round_columns)
        self.category: RoundCategory = factories.round_category(session, round_=self.round)

    def actor(self, after: timedelta = timedelta(0)) -> Actor:
        return factories.actor(self.session, self.person, NOON + after)

    def start(self, after: timedelta = timedelta(0)) -> Application:
        return starting.start(self.session, self.actor(after), self.category, self.site, self.organisation)

    def filled(self) -> Application:
        application = self.whole(self.start())
        filling.save(self.session, self.actor(), application, COMPLETE, revision=0)
        return application

    def whole(self, application: Application) -> Application:
        self.session.flush()
        return tables.one(self.session, self.actor(), Action.EDIT, application.id, lock=True)

    def submitted(self) -> Application:
        application = self.filled()
        applications.submit(self.session, self.actor(), application, revision=1, receipt_key=KEY)
        return application

    def returned(self, fields: list[str] | None = None) -> Application:
        return sent_back(self, self.submitted(), fields)


def sent_back(case: Case, application: Application, fields: list[str] | None = None) -> Application:
    application.position, application.kind, application.status = 0, Kind.FILING, Status.RETURNED
    case.session.add(
        Correction(
            application_id=application.id,
            from_position=2,
            note="请补充",
            fields=fields,
            due_at=NOON + timedelta(days=10),
            returned_by_id=factories.user(case.session).id,
            returned_at=NOON,
        )
    )
    case.session.flush()
    return case.whole(application)


@pytest.fixture
def case(session: Session) -> Case:
    return Case(session)


def test_an_application_starts_as_a_draft(session: Session, case: Case) -> None:
    started = case.start()
    assert (started.kind, started.status, started.filing.revision) == (Kind.FILING, Status.DRAFTED, 0)
    assert session.scalars(select(Event.action).where(Event.application_id == started.id)).all() == ["start"]


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        ({"status": RoundStatus.PREPARED}, "round_not_open_yet"),
        ({"opens_at": NOON + timedelta(seconds=1)}, "round_not_open_yet"),
        ({"closes_at": NOON}, "round_closed"),
    ],
)
def test_a_round_takes_applications_in_its_time_only(session: Session, columns: dict[str, Any], key: str) -> None:
    with pytest.raises(WrongState) as refusal:
        Case(session, **columns).start()
    assert refusal.value.key == key


@pytest.mark.parametrize(
    "columns", [{"opens_at": NOON}, {"closes_at": NOON + timedelta(seconds=1)}, {"closes_at": None}]
)
def test_a_round_is_open_to_its_last_second_and_a_library_always(session: Session, columns: dict[str, Any]) -> None:
    assert Case(session, **columns).start().status is Status.DRAFTED


def test_only_a_party_of_the_site_applies(session: Session, case: Case) -> None:
    case.site = factories.site(session)
    with pytest.raises(Invalid) as refusal:
        case.start()
    assert refusal.value.key == "no_part_in_site"


def test_nobody_applies_for_an_organisation_of_others(session: Session, case: Case) -> None:
    case.organisation = factories.organisation(session)
    with pytest.raises(NotFound):
        case.start()


def test_what_the_bureau_refused_does_not_apply(case: Case) -> None:
    case.organisation.status = Standing.REFUSED
    with pytest.raises(Invalid) as refusal:
        case.start()
    assert refusal.value.key == "refused_by_bureau"


def test_a_site_applies_once_and_again_after_withdrawing(case: Case) -> None:
    first = case.whole(case.start())
    with pytest.raises(Invalid) as refusal:
        case.start()
    assert refusal.value.key == "applied_already"

    applications.withdraw(case.session, case.actor(), first, reason="停产")
    assert case.start().id != first.id


def barred(session: Session, case: Case, programme: Programme) -> None:
    """The site of the case, barred in another round of a programme until three days after NOON."""
    factories.application(
        session,
        round_category=factories.round_category(session, round_=factories.round_(session, programme=programme)),
        site=case.site,
        organisation=case.organisation,
        kind=Kind.SCREENING,
        status=Status.BARRED,
        barred_until=date(2026, 3, 5),
    )


def test_a_barred_site_is_barred_from_every_round_of_the_programme_until_its_day(session: Session, case: Case) -> None:
    barred(session, case, session.get_one(Programme, case.round.programme_id))
    # The last minute of the 4th of March in Beijing.
    last_minute = datetime(2026, 3, 4, 15, 59, tzinfo=UTC) - NOON
    with pytest.raises(Invalid) as refusal:
        case.start(last_minute)
    assert (refusal.value.key, refusal.value.field) == ("barred_until", "site")
    assert refusal.value.values == {"day": date(2026, 3, 5)}

    assert case.start(last_minute + timedelta(minutes=1)).status is Status.DRAFTED


def test_a_bar_holds_in_its_own_programme_only(session: Session, case: Case) -> None:
    barred(session, case, factories.programme(session))
    assert case.start().status is Status.DRAFTED


def test_a_save_keeps_what_changed_under_a_new_revision(session: Session, case: Case) -> None:
    application = case.filled()
    assert filling.save(session, case.actor(), application, {"licensed": True, "reused": "90"}, revision=1) == 2
    assert filling.save(session, case.actor(), application, {"reused": None}, revision=2) == 3
    assert filling.save(session, case.actor(), application, {"reused": ""}, revision=3) == 3

    rows = session.execute(select(Answer.key, Answer.revision, Answer.value).order_by(Answer.id)).all()
    assert [tuple(row) for row in rows] == [
        ("licensed", 1, True),
        ("reused", 1, "80"),
        ("reused", 2, "90"),
        ("reused", 3, None),
    ]


def test_a_save_on_another_revision_overwrites_nothing(session: Session, case: Case) -> None:
    application = case.filled()
    with pytest.raises(Stale):
        filling.save(session, case.actor(), application, {"reused": "10"}, revision=0)
    assert filings.sheet(session, application).declared["reused"].value == "80"


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"reused": "101"}, "outside_limits"),
        ({"reused": "much"}, "number_expected"),
        ({"unheard": "1"}, "input_unknown"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_at_its_field(case: Case, values: dict[str, Any], key: str) -> None:
    application = case.whole(case.start())
    with pytest.raises(Invalid) as refusal:
        filling.save(case.session, case.actor(), application, values, revision=0)
    assert (refusal.value.key, refusal.value.field) == (key, next(iter(values)))


def test_after_the_deadline_nothing_is_saved_or_submitted(case: Case) -> None:
    application = case.filled()
    late = case.actor(timedelta(days=30))
    with pytest.raises(WrongState) as refusal:
        filling.save(case.session, late, application, {"reused": "1"}, revision=1)
    assert refusal.value.key == "round_closed"
    assert refusal.value.values == {"deadline": NOON + timedelta(days=30), "now": NOON + timedelta(days=30)}
    with pytest.raises(WrongState):
        applications.submit(case.session, late, application, revision=1, receipt_key=KEY)


def test_submitting_gives_a_receipt_and_tells_the_signatory(session: Session, case: Case) -> None:
    application = case.submitted()

    assert (application.kind, application.status, application.position) == (Kind.RECOMMENDATION, Status.WAITING, 1)
    assert application.submitted_at == NOON
    assert application.applicant is not None
    assert application.applicant["credit_code"] == case.organisation.credit_code
    assert application.content_digest == filings.content_digest(filings.sheet(session, application))
    assert session.scalars(select(Message.key).where(Message.user_id == case.person.id)).all() == ["submitted"]
    event = session.scalars(select(Event).where(Event.action == Action.SUBMIT)).one()
    assert event.payload["digest"] == application.content_digest


def test_submitting_once_more_changes_nothing(session: Session, case: Case) -> None:
    application = case.submitted()
    before = application.receipt
    applications.submit(session, case.actor(), application, revision=1, receipt_key=bytes(10))
    assert application.receipt == before
    assert len(session.scalars(select(Event).where(Event.action == Action.SUBMIT)).all()) == 1


def test_what_is_missing_is_not_submitted(case: Case) -> None:
    application = case.whole(case.start())
    with pytest.raises(Invalid) as refusal:
        applications.submit(case.session, case.actor(), application, revision=0, receipt_key=KEY)
    assert (refusal.value.key, refusal.value.values) == ("filing_incomplete", {"count": 2})


def test_what_the_signatory_was_not_shown_is_not_submitted(case: Case) -> None:
    application = case.filled()
    shown = filings.content_digest(filings.sheet(case.session, application))
    attach(case, application)
    with pytest.raises(Stale):
        applications.submit(case.session, case.actor(), application, revision=1, receipt_key=KEY, digest=shown)


def test_a_drafter_does_not_submit(session: Session, case: Case) -> None:
    application = case.filled()
    drafter = factories.user(session)
    factories.seat(session, drafter, case.organisation, signatory=False)
    with pytest.raises(NotFound):
        applications.submit(session, factories.actor(session, drafter), application, revision=1, receipt_key=KEY)


def test_where_two_are_needed_nobody_signs_what_they_filled_in_last(session: Session) -> None:
    case = Case(session, one_person_may_sign=False)
    application = case.filled()
    with pytest.raises(WrongState) as refusal:
        applications.submit(session, case.actor(), application, revision=1, receipt_key=KEY)
    assert refusal.value.key == "signs_own_draft"

    second = factories.user(session)
    factories.seat(session, second, case.organisation)
    applications.submit(session, factories.actor(session, second), application, revision=1, receipt_key=KEY)
    assert application.submitted_by_id == second.id


def test_a_correction_is_handed_in_where_it_came_from_with_the_first_receipt(session: Session, case: Case) -> None:
    application = case.returned()
    receipt, first = application.receipt, application.content_digest
    filling.save(session, case.actor(), application, {"reused": "70"}, revision=1)
    later = case.actor(timedelta(days=9))
    applications.submit(session, later, application, revision=2, receipt_key=bytes(10))

    assert (application.position, application.status) == (2, Status.WAITING)
    assert (application.receipt, application.submitted_at) == (receipt, NOON)
    assert application.content_digest != first
    assert application.corrections[0].closed_at == NOON + timedelta(days=9)


def test_a_correction_opens_only_the_fields_it_names(session: Session, case: Case) -> None:
    application = case.returned(fields=["reused"])
    with pytest.raises(Invalid) as refusal:
        filling.save(session, case.actor(), application, {"licensed": False}, revision=1)
    assert (refusal.value.key, refusal.value.field) == ("field_locked", "licensed")
    assert filling.save(session, case.actor(), application, {"reused": "60"}, revision=1) == 2


def test_an_overdue_correction_lapses(session: Session, case: Case) -> None:
    application = case.returned()
    with pytest.raises(WrongState) as refusal:
        filling.save(session, case.actor(timedelta(days=10)), application, {"reused": "1"}, revision=1)
    assert refusal.value.key == "correction_overdue"
    with pytest.raises(WrongState) as refusal:
        applications.lapse(session, factories.worker(NOON + timedelta(days=9)), application)
    assert refusal.value.key == "correction_not_overdue"

    applications.lapse(session, factories.worker(NOON + timedelta(days=10)), application)
    assert application.status is Status.LAPSED
    assert session.scalars(select(Message.key).order_by(Message.id)).all() == ["submitted", "letter"]


def attach(case: Case, application: Application, key: str = "reused") -> None:
    filling.attach(
        case.session, case.actor(), application, STORED, name="证明.pdf", bindings=[(Binding.INPUT, key)], page="3"
    )


def test_evidence_is_tied_and_taken_away_with_its_record_kept(session: Session, case: Case) -> None:
    application = case.filled()
    attach(case, application)
    (file,) = filings.sheet(session, application).evidence
    assert [(link.binding, link.key, link.page) for link in file.links] == [(Binding.INPUT, "reused", "3")]

    filling.remove_evidence(session, case.actor(), application, file)
    assert filings.sheet(session, application).evidence == ()
    assert file.removed_at == NOON


def test_the_same_file_proves_a_thing_once(case: Case) -> None:
    application = case.filled()
    attach(case, application)
    with pytest.raises(Invalid) as refusal:
        attach(case, application)
    assert refusal.value.key == "evidence_attached_before"
    with pytest.raises(Invalid) as refusal:
        attach(case, application, key="unheard")
    assert refusal.value.key == "evidence_for_nothing"


def test_after_submitting_nothing_changes(case: Case) -> None:
    application = case.submitted()
    with pytest.raises(WrongState) as refusal:
        filling.save(case.session, case.actor(), application, {"reused": "1"}, revision=1)
    assert refusal.value.key == "moved_on"
    with pytest.raises(WrongState):
        attach(case, application)


def test_withdrawing_needs_a_reason(case: Case) -> None:
    application = case.submitted()
    with pytest.raises(Invalid) as refusal:
        applications.withdraw(case.session, case.actor(), application, reason="  ")
    assert (refusal.value.key, refusal.value.field) == ("reason_missing", "reason")
    applications.withdraw(case.session, case.actor(), application, reason="停产")
    assert application.status is Status.WITHDRAWN


def test_others_read_what_was_submitted_while_it_is_corrected(session: Session, case: Case) -> None:
    application = case.filled()
    attach(case, application)
    applications.submit(session, case.actor(), application, revision=1, receipt_key=KEY)
    application = sent_back(case, application)
    (first,) = filings.sheet(session, application).evidence
    filling.save(session, case.actor(), application, {"reused": "70"}, revision=1)
    filling.remove_evidence(session, case.actor(), application, first)
    attach(case, application)
    (second,) = filings.sheet(session, application).evidence

    seen = filings.sheet(session, application, outside=True)
    assert (seen.declared["reused"].value, seen.evidence) == ("80", (first,))
    assert filings.sheet(session, application).declared["reused"].value == "70"
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    assert filings.evidence(session, officer, first.id) is first
    with pytest.raises(NotFound):
        filings.evidence(session, officer, second.id)
    assert filings.evidence(session, case.actor(), second.id) is second

    applications.submit(session, case.actor(), application, revision=2, receipt_key=KEY)
    seen = filings.sheet(session, application, outside=True)
    assert (seen.declared["reused"].value, seen.evidence) == ("70", (second,))
    assert filings.evidence(session, officer, second.id) is second
    with pytest.raises(NotFound):
        filings.evidence(session, officer, first.id)
    assert filings.evidence(session, case.actor(), first.id) is first


def test_others_read_the_claims_that_were_submitted(session: Session) -> None:
    claimable = factories.CONTENT.replace("title: {zh: 再生利用, en: Reuse}", CLAIMABLE)
    case = Case(session)
    case.category = factories.round_category(
        session, round_=case.round, criteria_version=factories.criteria_version(session, content=claimable)
    )
    application = case.filled()
    filling.save(session, case.actor(), application, {}, revision=1, not_applicable={"reuse": "无再生水用户"})
    applications.submit(session, case.actor(), application, revision=2, receipt_key=KEY)
    application = sent_back(case, application)
    filling.save(session, case.actor(), application, {}, revision=2, not_applicable={"reuse": "另有原因"})

    assert filings.sheet(session, application, outside=True).not_applicable == {"reuse": "无再生水用户"}
    assert filings.sheet(session, application).not_applicable == {"reuse": "另有原因"}


def test_where_two_are_needed_nobody_signs_what_they_helped_to_fill_in(session: Session) -> None:
    """Who saved first and who only attached is as little free to sign as who saved last."""
    case = Case(session, one_person_may_sign=False)
    application = case.filled()
    second, third = factories.user(session), factories.user(session)
    factories.seat(session, second, case.organisation)
    factories.seat(session, third, case.organisation)
    filling.save(session, factories.actor(session, third), application, {"reused": "81"}, revision=1)
    attacher = factories.actor(session, second)
    bindings = [(Binding.INPUT, "reused")]
    filling.attach(session, attacher, application, STORED, name="证明.pdf", bindings=bindings)

    for person in (case.person, second, third):
        with pytest.raises(WrongState, match="signs_own_draft"):
            applications.submit(session, factories.actor(session, person), application, revision=2, receipt_key=KEY)
    fourth = factories.user(session)
    factories.seat(session, fourth, case.organisation)
    applications.submit(session, factories.actor(session, fourth), application, revision=2, receipt_key=KEY)

    application = sent_back(case, application)
    filling.save(session, attacher, application, {"reused": "82"}, revision=2)
    applications.submit(session, case.actor(), application, revision=3, receipt_key=KEY)
    assert application.submitted_by_id == case.person.id
