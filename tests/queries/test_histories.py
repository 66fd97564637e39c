"""What happened to an application: in which order, which events, and who stands there by name or by role."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from registry.domain.filetypes import StoredFile
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Binding, Kind, Role, Standing
from registry.models import Application, Region, Site, User
from registry.queries import applications as tables
from registry.queries import histories
from registry.services import applications, conflicts, events, filling, recommendations, reviews, screening, starting
from tests import factories
from tests.factories import NOON
from tests.services.test_moves import Pilot

ROUTE = (Kind.FILING, Kind.RECOMMENDATION, Kind.SCREENING, Kind.SCORING, Kind.DELIBERATION)
KEY = bytes(range(10))
NOTE = "请补充进水总氮的监测报告。"
REASON = "与监测平台的数据不一致。"
OPINION = "运行稳定，同意推荐参加评选。"


class Case:
    """An organisation with its person, the bureau of its region and the office, each by name."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.person = factories.user(session, name="陈填报")
        self.organisation = factories.organisation(session)
        factories.seat(session, self.person, self.organisation)
        self.site = factories.site(session, organisation=self.organisation)
        self.category = factories.round_category(session, route=ROUTE)
        region = session.get_one(Region, self.site.region_key)
        self.bureau = factories.persona(session, Role.RECOMMENDER, region=region, name="赵荐")
        self.office = factories.persona(session, Role.OFFICER, name="刘审")

    def actor(self, person: User, hours: int) -> Actor:
        return factories.actor(self.session, person, NOON + timedelta(hours=hours))

    def started(self) -> Application:
        """An application that was started at noon."""
        begun = starting.start(self.session, self.actor(self.person, 0), self.category, self.site, self.organisation)
        return tables.one(self.session, self.actor(self.person, 0), Action.EDIT, begun.id, lock=True)

    def returned(self) -> Application:
        """An application that went to the office and came back: something at every hour from noon on."""
        session, application = self.session, self.started()
        filed = {"licensed": True, "reused": "80"}
        filling.save(session, self.actor(self.person, 1), application, filed, revision=0)
        stored = StoredFile("a" * 64, 10, "application/pdf")
        proves = [(Binding.INPUT, "reused")]
        file = filling.attach(
            session, self.actor(self.person, 2), application, stored, name="监测.pdf", bindings=proves
        )
        filling.remove_evidence(session, self.actor(self.person, 3), application, file)
        applications.submit(session, self.actor(self.person, 4), application, revision=1, receipt_key=KEY)
        bureau = self.actor(self.bureau, 5)
        recommendations.recommend(session, bureau, application, in_favour=True, opinion=OPINION)
        screening.check(session, self.actor(self.office, 6), application, {"complete": (True, "")})
        office = self.actor(self.office, 7)
        screening.verify_value(session, office, application, key="reused", value="65", reason=REASON)
        screening.send_back(session, self.actor(self.office, 8), application, note=NOTE, working_days=5)
        return application


@pytest.fixture
def case(session: Session) -> Case:
    return Case(session)


Line = tuple[int, str, str, Role | None, str]


def told(session: Session, application: Application, *, names: bool) -> list[Line]:
    """Hours after noon, action, name, role and words of each line."""
    return [
        ((row.at - NOON) // timedelta(hours=1), row.action, row.name, row.role, row.said)
        for row in histories.of_application(session, application, names=names)
    ]


def test_the_office_reads_all_that_happened_by_whom_newest_first(session: Session, case: Case) -> None:
    """The save at one o'clock is not shown; submitting is the signatory's, acts outside the policy have no role."""
    assert told(session, case.returned(), names=True) == [
        (8, "return", "刘审", Role.OFFICER, NOTE),
        (7, "verify_value", "刘审", Role.OFFICER, REASON),
        (6, "check", "刘审", None, ""),
        (5, "recommend", "赵荐", Role.RECOMMENDER, OPINION),
        (4, "submit", "陈填报", Role.SIGNATORY, ""),
        (3, "remove_evidence", "陈填报", None, ""),
        (2, "attach", "陈填报", None, ""),
        (0, "start", "陈填报", None, ""),
    ]


def test_the_applicant_reads_where_it_went_and_the_role_of_who_is_not_its_own(session: Session, case: Case) -> None:
    assert told(session, case.returned(), names=False) == [
        (8, "return", "", Role.OFFICER, NOTE),
        (5, "recommend", "", Role.RECOMMENDER, OPINION),
        (4, "submit", "陈填报", Role.SIGNATORY, ""),
        (3, "remove_evidence", "陈填报", None, ""),
        (2, "attach", "陈填报", None, ""),
        (0, "start", "陈填报", None, ""),
    ]


def test_what_happens_at_one_moment_stands_in_the_order_of_the_record(session: Session, case: Case) -> None:
    application = case.started()
    worker = factories.worker()
    for action in ("attach", "remove_evidence", "attach"):
        events.record(session, worker, action, "application", application.id, application=application)
    rows = histories.of_application(session, application, names=False, drafts=True)
    assert [row.action for row in rows] == ["attach", "remove_evidence", "attach", "start"]
    assert {row.at for row in rows} == {NOON}


def test_a_move_that_leaves_its_place_is_told_and_other_acts_there_are_not(session: Session, case: Case) -> None:
    """Where nothing changed, the name of the act decides whether it is a move."""
    application = case.started()
    office = case.actor(case.office, 1)
    for action, place in (("reserve", "deliberation.reserved"), ("check", "screening.waiting")):
        events.record(
            session,
            office,
            action,
            "application",
            application.id,
            application=application,
            before=place,
            after=place,
        )
    rows = histories.of_application(session, application, names=False)
    assert [row.action for row in rows] == ["reserve", "start"]


@pytest.mark.parametrize("names", [True, False])
def test_what_the_portal_did_is_of_nobody(session: Session, case: Case, names: bool) -> None:
    application = case.returned()
    session.refresh(application, ["corrections"])
    applications.lapse(session, factories.worker(application.corrections[0].due_at), application)
    latest = histories.of_application(session, application, names=names)[0]
    assert (latest.action, latest.name, latest.role) == ("lapse", "", None)
    assert latest.at == application.corrections[0].due_at


@pytest.mark.parametrize("names", [True, False])
def test_the_digest_is_told_of_what_was_handed_in(session: Session, case: Case, names: bool) -> None:
    application = case.returned()
    rows = histories.of_application(session, application, names=names)
    assert {row.action: row.digest for row in rows if row.digest} == {"submit": application.content_digest}


def test_who_reviews_is_told_to_the_office_alone(session: Session, case: Case) -> None:
    application = factories.application(session, kind=Kind.REVIEW)
    reviewer = factories.persona(session, Role.REVIEWER, name="孙评")
    office = case.actor(case.office, 1)
    assignment = reviews.assign(session, office, application, reviewer, why="污水处理专家")
    conflicts.declare_conflict(session, case.actor(reviewer, 2), assignment, reason="曾任该厂的技术顾问三年")
    assert told(session, application, names=True) == [
        (2, "declare_conflict", "孙评", None, "A"),
        (1, "assign", "刘审", Role.OFFICER, "A"),
    ]
    assert told(session, application, names=False) == []


def test_the_bureaus_check_of_the_site_is_told_to_the_office_alone(session: Session, case: Case) -> None:
    site = factories.site(session, status=Standing.PENDING)
    application = factories.application(session, kind=Kind.RECOMMENDATION, site=site)
    region = session.get_one(Region, session.get_one(Site, application.site_id).region_key)
    bureau = case.actor(factories.persona(session, Role.RECOMMENDER, region=region, name="钱荐"), 1)
    recommendations.confirm_site(session, bureau, application, confirmed=True)
    assert told(session, application, names=True) == [(1, "confirm_site", "钱荐", None, "")]
    assert told(session, application, names=False) == []


def test_a_history_is_of_one_application(session: Session, case: Case) -> None:
    application = case.started()
    other = Case(session)
    other.started()
    for names in (True, False):
        assert told(session, application, names=names) == [(0, "start", "陈填报", None, "")]


def test_a_clock_that_was_moved_is_told(session: Session, case: Case) -> None:
    application = case.started()
    moved = Actor(NOON, worker=True, clock_moved=True)
    events.record(session, moved, "attach", "application", application.id, application=application)
    rows = histories.of_application(session, application, names=False, drafts=True)
    assert [row.clock_moved for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("action", "role"),
    [
        ("submit", Role.SIGNATORY),
        ("recommend", Role.RECOMMENDER),
        ("accept", Role.OFFICER),
        ("select", Role.APPROVER),
        ("lapse", Role.WORKER),
        ("start", None),
        ("attach", None),
    ],
)
def test_the_policy_says_whose_an_action_is(action: str, role: Role | None) -> None:
    assert histories.role_of(action) is role


def test_what_happened_to_something_else_of_the_application_is_told_to_the_office_alone(
    session: Session, case: Case
) -> None:
    """Even under the name of a move: an objection beside an application has a way of its own."""
    application = case.started()
    office = case.actor(case.office, 1)
    events.record(session, office, "clear", "objection", 1, application=application, before="open", after="dismissed")
    assert told(session, application, names=True)[0] == (1, "clear", "刘审", Role.OFFICER, "")
    assert told(session, application, names=False) == [(0, "start", "陈填报", None, "")]


def test_what_is_prepared_for_a_later_filing_is_the_applicants_alone_until_it_is_handed_in(session: Session) -> None:
    pilot = Pilot(session)
    application = pilot.registered()
    stored = StoredFile("a" * 64, 10, "application/pdf")
    proves = [(Binding.INPUT, "reused")]
    file = filling.attach(session, pilot.at("person"), application, stored, name="新工艺.pdf", bindings=proves)
    filling.remove_evidence(session, pilot.at("person"), application, file)

    def actions(**given: bool) -> list[str]:
        return [row.action for row in histories.of_application(session, application, **given)]

    assert actions(names=False, drafts=True)[:2] == ["remove_evidence", "attach"]
    for names in (True, False):
        assert not {"attach", "remove_evidence"} & set(actions(names=names))
    pilot.hand_in(application, NOON + timedelta(days=100), reused="70")
    for names in (True, False):
        assert actions(names=names)[:3] == ["submit", "remove_evidence", "attach"]
