"""Routes on which an application files several times, waits in a library, and goes past bureaus that are not there."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.policy import Actor
from registry.domain.vocabulary import (
    Action,
    Binding,
    Deadline,
    FilingKind,
    Kind,
    LetterKind,
    Level,
    Role,
    SiteKind,
    Standing,
    Status,
)
from registry.models import Application, Event, Filing, Letter, NotApplicable, Region, RoundCategory
from registry.queries import applications as tables
from registry.queries import cases, deadlines, filings, histories
from registry.services import applications, evaluations, filling, libraries, recommendations, screening, starting
from tests import factories
from tests.factories import NOON

END = (Kind.DELIBERATION, Kind.NOTICE, Kind.PUBLICATION, Kind.CERTIFICATE)
# Registered, screened, half-way, screened, accepted, screened, scored.
PILOT = (Kind.FILING, Kind.SCREENING, Kind.FILING, Kind.SCREENING, Kind.FILING, Kind.SCREENING, Kind.SCORING, *END)
STEPS = {
    0: {"filing": FilingKind.REGISTRATION},
    2: {"filing": FilingKind.MID_TERM, "parameters": {"months": 12}},
    3: {"parameters": {"working_days": 3}},
    4: {"filing": FilingKind.ACCEPTANCE},
}
LIBRARY = (Kind.FILING, Kind.SCREENING, Kind.LIBRARY, Kind.SCORING, *END)
KEY = bytes(range(10))
NOTE = "请补充进水总氮的监测报告。"
REASON = "按年度计划调入本批遴选。"
FIGURES = {"licensed": True, "reused": "50"}
# Twelve months after noon of 2 March 2026 in Beijing: the whole of that day counts.
DUE = datetime(2027, 3, 2, 16, tzinfo=UTC)


class Pilot:
    """A site with its applicant and the office."""

    def __init__(self, session: Session, where: RoundCategory | None = None) -> None:
        self.session = session
        self.where = where or factories.round_category(session, route=PILOT, steps=STEPS)
        self.organisation = factories.organisation(session)
        self.person = factories.persona(session, Role.DRAFTER, organisation=self.organisation)
        factories.seat(session, factories.user(session), self.organisation)
        self.signatory = factories.persona(session, Role.SIGNATORY, organisation=self.organisation)
        self.site = factories.site(session, organisation=self.organisation)
        self.officer = factories.persona(session, Role.OFFICER)

    def at(self, who: str, moment: datetime = NOON) -> Actor:
        return factories.actor(self.session, getattr(self, who), moment)

    def started(self) -> Application:
        begun = starting.start(self.session, self.at("person"), self.where, self.site, self.organisation)
        return self.loaded(begun)

    def loaded(self, application: Application, action: Action = Action.VIEW_OWN) -> Application:
        return tables.one(self.session, self.at("person"), action, application.id, lock=True)

    def hand_in(self, application: Application, moment: datetime = NOON, **values: object) -> None:
        revision = application.filing.revision
        if values:
            revision = filling.save(self.session, self.at("person", moment), application, values, revision=revision)
        applications.submit(self.session, self.at("signatory", moment), application, revision=revision, receipt_key=KEY)

    def screen(self, application: Application, moment: datetime = NOON) -> None:
        officer = self.at("officer", moment)
        known = screening.checklist(filings.sheet(self.session, application).criteria, application.round_category)
        screening.check(self.session, officer, application, dict.fromkeys(known, (True, "")))
        screening.accept(self.session, officer, application)

    def registered(self) -> Application:
        """An application that has registered and is asked for its report at mid-term."""
        application = self.started()
        self.hand_in(application, licensed=True, reused="50")
        self.screen(application)
        return application


@pytest.fixture
def pilot(session: Session) -> Pilot:
    return Pilot(session)


def test_the_first_filing_is_what_the_route_asks_first(session: Session, pilot: Pilot) -> None:
    filing = pilot.started().filing
    assert (filing.kind, filing.position, filing.current, filing.due_at) == (FilingKind.REGISTRATION, 0, True, None)


def test_another_filing_opens_with_the_figures_of_the_one_before(session: Session, pilot: Pilot) -> None:
    application = pilot.registered()
    assert (application.kind, application.position, application.status) == (Kind.FILING, 2, Status.DUE)
    filing = application.filing
    assert (filing.kind, filing.position, filing.current, filing.due_at) == (FilingKind.MID_TERM, 2, True, DUE)
    assert (filing.submitted_at, filing.submitted_revision) == (None, None)
    sheet = filings.sheet(session, application)
    assert {key: found.value for key, found in sheet.declared.items()} == FIGURES
    assert filings.answers(sheet)["context"]["filing"] == "mid_term"
    rows = session.scalars(select(Filing).where(Filing.application_id == application.id).order_by(Filing.position))
    assert [(row.position, row.current) for row in rows] == [(0, False), (2, True)]


def test_the_figures_of_a_later_filing_are_of_the_year_in_which_it_is_due(session: Session, pilot: Pilot) -> None:
    """The round of 2026 asks for figures of 2026; what is due in March 2027 is judged by those of 2027."""
    application = pilot.registered()
    assert filings.answers(filings.sheet(session, application))["context"]["year"] == 2027
    assert (application.filing.period_from.isoformat(), application.filing.period_to.isoformat()) == (
        "2027-01-01",
        "2027-12-31",
    )


def test_the_applicant_is_asked_by_letter(session: Session, pilot: Pilot) -> None:
    application = pilot.registered()
    letter = session.scalars(select(Letter).where(Letter.application_id == application.id)).one()
    assert letter.kind is LetterKind.FILING_DUE
    assert "中期评估材料" in letter.subject + letter.body


def test_evidence_belongs_to_its_filing_and_stays_readable(session: Session, pilot: Pilot) -> None:
    application = pilot.started()
    stored = StoredFile("a" * 64, 10, "application/pdf")
    proves = [(Binding.INPUT, "reused")]
    file = filling.attach(session, pilot.at("person"), application, stored, name="登记.pdf", bindings=proves)
    pilot.hand_in(application, licensed=True, reused="50")
    pilot.screen(application)
    assert filings.sheet(session, application).evidence == ()
    for who in ("person", "officer"):
        assert filings.evidence(session, pilot.at(who), file.id).name == "登记.pdf"
    with pytest.raises(NotFound):
        filling.remove_evidence(session, pilot.at("person"), application, file)
    earlier = filings.before(session, filings.sheet(session, application))
    assert [one.name for sheet in earlier for one in sheet.evidence] == ["登记.pdf"]


def test_what_was_claimed_not_to_apply_is_carried_over_and_can_be_taken_back(session: Session, pilot: Pilot) -> None:
    application = pilot.started()
    session.add(NotApplicable(filing_id=application.filing.id, indicator="reuse", reason="本厂不产生再生水"))
    session.flush()
    pilot.hand_in(application, licensed=True, reused="50")
    pilot.screen(application)
    assert filings.sheet(session, application).not_applicable == {"reuse": "本厂不产生再生水"}
    rows = session.scalars(select(NotApplicable).where(NotApplicable.filing_id == application.filing.id))
    assert [row.accepted_by_id for row in rows] == [None]


def test_others_read_what_was_handed_in_until_the_next_is(session: Session, pilot: Pilot) -> None:
    application = pilot.registered()
    moment = NOON + timedelta(days=100)
    revision = filling.save(session, pilot.at("person", moment), application, {"reused": "70"}, revision=1)
    shown = filings.sheet(session, application, outside=True)
    assert (shown.filing.kind, shown.declared["reused"].value) == (FilingKind.REGISTRATION, "50")
    applications.submit(session, pilot.at("signatory", moment), application, revision=revision, receipt_key=KEY)
    shown = filings.sheet(session, application, outside=True)
    assert (shown.filing.kind, shown.declared["reused"].value) == (FilingKind.MID_TERM, "70")
    earlier = filings.before(session, shown)
    assert [(one.filing.kind, one.declared["reused"].value) for one in earlier] == [(FilingKind.REGISTRATION, "50")]
    assert filings.before(session, earlier[0]) == []


def test_what_changed_between_two_filings_stands_beside_what_was_established(session: Session, pilot: Pilot) -> None:
    application = pilot.started()
    pilot.hand_in(application, licensed=True, reused="50")
    screening.verify_value(session, pilot.at("officer"), application, key="reused", value="45", reason=REASON)
    pilot.screen(application)
    pilot.hand_in(application, NOON + timedelta(days=90), reused="70")
    found = cases.one(session, pilot.at("officer"), application.id)
    changed = [(row.key, row.before, row.verified.value if row.verified else None, row.after)
               for row in found.earlier[0].differences]  # fmt: skip
    assert changed == [("reused", "50", "45", "70")]
    assert found.earlier[0].items.keys() == set(screening.checklist(found.sheet.criteria, pilot.where))
    assert found.items == {}
    # The declared value of the first filing was carried over, not the established one.
    assert found.sheet.verified == {}


def test_each_filing_keeps_its_time_and_digest_under_one_receipt(session: Session, pilot: Pilot) -> None:
    application = pilot.registered()
    receipt, first, digest = application.receipt, application.submitted_at, application.content_digest
    moment = NOON + timedelta(days=100)
    pilot.hand_in(application, moment, reused="70")
    assert (application.receipt, application.submitted_at) == (receipt, first)
    assert application.content_digest != digest
    assert application.filing.submitted_at == moment
    handed_in = [row for row in histories.of_application(session, application, names=False) if row.digest]
    assert [(row.filing, row.at, row.digest) for row in handed_in] == [
        (FilingKind.MID_TERM, moment, application.content_digest),
        (FilingKind.REGISTRATION, NOON, digest),
    ]


def test_the_digest_of_a_filing_says_which_filing_it_is(session: Session, pilot: Pilot) -> None:
    application = pilot.registered()
    assert filings.content_digest(filings.sheet(session, application)) != application.content_digest


def test_each_screening_has_its_own_checklist(session: Session, pilot: Pilot) -> None:
    application = pilot.registered()
    pilot.hand_in(application, NOON + timedelta(days=1))
    assert screening.items_of(session, application) == {}
    with pytest.raises(Invalid, match="screening_item_unchecked"):
        screening.accept(session, pilot.at("officer"), application)


def test_a_return_goes_back_to_the_filing_in_question(session: Session, pilot: Pilot) -> None:
    application = pilot.registered()
    pilot.hand_in(application, NOON + timedelta(days=1), reused="70")
    later = NOON + timedelta(days=2)
    assert screening.working_days_of(session, application) == 3
    correction = screening.send_back(session, pilot.at("officer", later), application, note=NOTE, working_days=3)
    assert (application.position, application.kind, application.status) == (2, Kind.FILING, Status.RETURNED)
    session.refresh(application, ["corrections"])
    assert filling.deadline(application) == correction.due_at
    pilot.hand_in(application, later, reused="72")
    assert (application.position, application.status) == (3, Status.WAITING)
    assert application.filing.kind is FilingKind.MID_TERM


def test_a_return_from_the_scoring_has_the_days_of_the_screening_before(session: Session) -> None:
    where = factories.round_category(session, steps={Kind.SCREENING: {"parameters": {"working_days": 4}}})
    application = factories.application(session, round_category=where, kind=Kind.SCORING)
    assert screening.working_days_of(session, application) == 4


def test_all_three_filings_to_the_deliberation(session: Session, pilot: Pilot) -> None:
    application = pilot.registered()
    for days, reused in ((100, "60"), (200, "80")):
        moment = NOON + timedelta(days=days)
        pilot.hand_in(application, moment, reused=reused)
        pilot.screen(application, moment)
    evaluation = evaluations.score(session, pilot.at("officer", NOON + timedelta(days=201)), application)
    assert (application.kind, application.position) == (Kind.DELIBERATION, 7)
    # 80 % of 60 points; the panel of 40 is marked by nobody on this route.
    assert str(evaluation.total) == "48.00"
    assert evaluation.filing_id == application.filing.id
    assert application.filing.kind is FilingKind.ACCEPTANCE
    assert [one.filing.kind for one in filings.before(session, filings.sheet(session, application))] == [
        FilingKind.MID_TERM,
        FilingKind.REGISTRATION,
    ]


# What falls due


def test_a_later_filing_is_a_deadline_and_lapses_after_it(session: Session, pilot: Pilot) -> None:
    application = pilot.registered()
    upcoming = deadlines.upcoming(session, DUE - timedelta(days=1))
    assert upcoming is not None
    assert (upcoming.at, upcoming.kind) == (DUE, Deadline.FILING_DUE)
    assert deadlines.overdue(session, DUE - timedelta(seconds=1)) == []
    assert deadlines.overdue(session, DUE) == [application.id]
    with pytest.raises(WrongState, match="filing_overdue"):
        filling.save(session, pilot.at("person", DUE), application, {"reused": "70"}, revision=1)
    with pytest.raises(WrongState):
        applications.lapse(session, factories.worker(DUE - timedelta(seconds=1)), application)
    applications.lapse(session, factories.worker(DUE), application)
    assert application.status is Status.LAPSED
    assert deadlines.overdue(session, DUE) == []


def test_a_filing_without_a_date_never_lapses(session: Session, pilot: Pilot) -> None:
    application = pilot.registered()
    pilot.hand_in(application)
    pilot.screen(application)
    assert (application.filing.kind, application.filing.due_at) == (FilingKind.ACCEPTANCE, None)
    far = NOON + timedelta(days=5000)
    assert deadlines.overdue(session, far) == []
    with pytest.raises(WrongState):
        applications.lapse(session, factories.worker(far), application)


def test_a_handed_in_filing_is_no_deadline_any_more(session: Session, pilot: Pilot) -> None:
    application = pilot.registered()
    pilot.hand_in(application)
    assert deadlines.overdue(session, DUE) == []
    assert deadlines.upcoming(session, DUE - timedelta(days=1)) is None


# The library


@pytest.fixture
def library(session: Session) -> RoundCategory:
    return factories.round_category(session, route=LIBRARY)


def kept(session: Session, library: RoundCategory) -> Application:
    return factories.application(session, round_category=library, kind=Kind.LIBRARY)


def test_what_is_called_goes_on_with_its_reason_on_record(session: Session, library: RoundCategory) -> None:
    application = kept(session, library)
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    libraries.call(session, officer, application, reason=REASON)
    assert (application.kind, application.status) == (Kind.SCORING, Status.WAITING)
    event = session.scalars(select(Event).where(Event.action == "call")).one()
    assert event.payload == {"reason": REASON}
    with pytest.raises(WrongState, match="moved_on"):
        libraries.call(session, officer, application, reason=REASON)


def test_the_chosen_are_called_together_or_not_at_all(session: Session, library: RoundCategory) -> None:
    first, second, third = (kept(session, library) for _ in range(3))
    elsewhere = kept(session, factories.round_category(session, route=LIBRARY))
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    for numbers, key in (
        ((), "nothing_chosen"),
        ((first.id, elsewhere.id), "library_changed"),
        ((first.id, 9999), "library_changed"),
    ):
        with pytest.raises(Invalid, match=key):
            libraries.call_several(session, officer, library, numbers, reason=REASON)
    with pytest.raises(Invalid, match="reason_too_short"):
        libraries.call_several(session, officer, library, [first.id], reason="好")
    assert first.kind is Kind.LIBRARY
    libraries.call_several(session, officer, library, [third.id, first.id], reason=REASON)
    assert [one.kind for one in (first, second, third)] == [Kind.SCORING, Kind.LIBRARY, Kind.SCORING]
    assert len(session.scalars(select(Event).where(Event.action == "call")).all()) == 2


def test_an_officer_of_another_programme_calls_nothing(session: Session, library: RoundCategory) -> None:
    application = kept(session, library)
    stranger = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    with pytest.raises(NotFound):
        libraries.call(session, factories.actor(session, stranger), application, reason=REASON)
    with pytest.raises(Invalid, match="library_changed"):
        libraries.call_several(session, factories.actor(session, stranger), library, [application.id], reason=REASON)


def test_a_call_may_ask_for_the_next_filing(session: Session) -> None:
    route = (Kind.FILING, Kind.SCREENING, Kind.LIBRARY, Kind.FILING, Kind.SCREENING, Kind.SCORING, *END)
    where = factories.round_category(session, route=route, steps={3: {"filing": FilingKind.ACCEPTANCE}})
    application = factories.application(session, round_category=where, kind=Kind.LIBRARY, answers=FIGURES)
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    libraries.call(session, officer, application, reason=REASON)
    assert (application.kind, application.position, application.status) == (Kind.FILING, 3, Status.DUE)
    assert application.filing.kind is FilingKind.ACCEPTANCE


# Bureaus that are not there

IN_TURN = (Kind.FILING, Kind.RECOMMENDATION, Kind.RECOMMENDATION, Kind.RECOMMENDATION, Kind.SCREENING, Kind.SCORING)
LEVELS = {1: {"level": Level.DISTRICT}, 2: {"level": Level.CITY}, 3: {"level": Level.PROVINCE}}


def place(session: Session, *levels: Level) -> Region:
    """The innermost of regions that lie in one another, the widest named first."""
    found = factories.country(session)
    for level in levels:
        found = factories.region(session, level=level, within=found)
    return found


@pytest.mark.parametrize(
    ("levels", "position", "passed"),
    [
        ((Level.PROVINCE, Level.CITY, Level.DISTRICT), 1, []),
        # A city that applies, or a plant known only to lie somewhere in it, has no district above it.
        ((Level.PROVINCE, Level.CITY), 2, ["district"]),
        ((Level.PROVINCE,), 3, ["district", "city"]),
        # The districts of a municipality lie in no city.
        ((Level.PROVINCE, Level.DISTRICT), 1, []),
        ((), 4, ["district", "city", "province"]),
    ],
)
def test_levels_without_a_bureau_are_passed_over_and_the_record_says_so(
    session: Session, levels: tuple[Level, ...], position: int, passed: list[str]
) -> None:
    where = factories.round_category(session, route=(*IN_TURN, *END), steps=LEVELS)
    region = place(session, *levels)
    pilot = Pilot(session, where)
    pilot.site = factories.site(session, organisation=pilot.organisation, region=region)
    application = pilot.started()
    pilot.hand_in(application, licensed=True, reused="50")
    assert application.position == position
    event = session.scalars(select(Event).where(Event.action == "submit")).one()
    assert event.payload.get("passed", []) == passed
    latest = histories.of_application(session, application, names=False)[0]
    assert [str(level) for level in latest.passed] == passed


def test_a_plant_in_a_district_of_a_municipality_goes_past_the_city(session: Session) -> None:
    where = factories.round_category(session, route=(*IN_TURN, *END), steps=LEVELS)
    district = place(session, Level.PROVINCE, Level.DISTRICT)
    site = factories.site(session, region=district, status=Standing.CONFIRMED)
    application = factories.application(
        session, round_category=where, kind=Kind.RECOMMENDATION, site=site, answers=FIGURES
    )
    bureau = factories.actor(session, factories.persona(session, Role.RECOMMENDER, region=district))
    recommendations.recommend(session, bureau, application, in_favour=True, opinion="情况属实，同意推荐参评。")
    assert (application.position, application.kind) == (3, Kind.RECOMMENDATION)


def test_a_city_stands_for_its_region(session: Session) -> None:
    """The figures of the answers are those of the region that the site is, wherever its authority sits."""
    city = place(session, Level.PROVINCE, Level.CITY)
    site = factories.site(session, region=city, kind=SiteKind.CITY, for_region_key=city.key)
    application = factories.application(session, site=site)
    assert filings.answers(filings.sheet(session, application))["context"]["region"] == city.key
