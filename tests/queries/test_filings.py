"""What a filing shows: to the applicant as it stands, to those outside as it was submitted last."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from registry.domain.errors import NotFound
from registry.domain.filetypes import StoredFile
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Binding, ConflictState, Kind, Role, Status
from registry.models import Application, Evidence, Region, Site
from registry.queries import applications as tables
from registry.queries import filings
from registry.queries.filings import Change, Declared, Sheet, Verified
from registry.services import applications, filling, screening
from tests import factories
from tests.factories import NOON

CLAIMABLE = factories.CONTENT.replace(
    "title: {zh: 再生利用, en: Reuse}\n", "title: {zh: 再生利用, en: Reuse}\n        not_applicable: true\n"
)
ROUTE = (Kind.FILING, Kind.SCREENING, Kind.SCORING, Kind.DELIBERATION)
LATER = NOON + timedelta(hours=1)
KEY = bytes(range(10))
NOTE = "请核对再生水率并更换监测报告。"
REASON = "与监测平台的数据不一致。"
CLAIM = "厂区没有再生水用户"
TIE = "曾任该厂的技术顾问"


class Case:
    """An application that goes from its applicant straight to screening, and the people at both ends."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.person = factories.user(session, name="陈填报")
        self.organisation = factories.organisation(session)
        factories.seat(session, self.person, self.organisation)
        version = factories.criteria_version(session, content=CLAIMABLE)
        where = factories.round_category(session, criteria_version=version, route=ROUTE)
        started = factories.application(session, round_category=where, organisation=self.organisation)
        self.applicant = factories.actor(session, self.person)
        self.officer = factories.actor(session, factories.persona(session, Role.OFFICER, name="刘审"))
        self.application = tables.one(session, self.applicant, Action.EDIT, started.id, lock=True)

    def save(self, values: Mapping[str, Any], claims: Mapping[str, str] | None = None, *, later: bool = False) -> None:
        actor = factories.actor(self.session, self.person, LATER if later else NOON)
        revision = self.application.filing.revision
        filling.save(self.session, actor, self.application, values, revision=revision, not_applicable=claims)

    def attach(self, letter: str) -> Evidence:
        stored = StoredFile(letter * 64, 10, "application/pdf")
        return filling.attach(
            self.session,
            self.applicant,
            self.application,
            stored,
            name=f"{letter}.pdf",
            bindings=[(Binding.INPUT, "reused"), (Binding.INDICATOR, "reuse")],
        )

    def remove(self, file: Evidence) -> None:
        filling.remove_evidence(self.session, self.applicant, self.application, file)

    def submit(self) -> None:
        revision = self.application.filing.revision
        applications.submit(self.session, self.applicant, self.application, revision=revision, receipt_key=KEY)

    def send_back(self) -> None:
        screening.send_back(self.session, self.officer, self.application, note=NOTE, working_days=5)
        self.session.refresh(self.application, ["corrections"])

    def verify(self, value: str, key: str = "reused") -> None:
        screening.verify_value(self.session, self.officer, self.application, key=key, value=value, reason=REASON)

    def inside(self) -> Sheet:
        return filings.sheet(self.session, self.application)

    def outside(self) -> Sheet:
        return filings.sheet(self.session, self.application, outside=True)


@pytest.fixture
def case(session: Session) -> Case:
    return Case(session)


Told = tuple[dict[str, Any], dict[str, str], list[str]]


def told(sheet: Sheet) -> Told:
    """The values, the claims and the names of the evidence of a sheet."""
    values = {key: declared.value for key, declared in sheet.declared.items()}
    return values, dict(sheet.not_applicable), [file.name for file in sheet.evidence]


def test_before_it_is_submitted_those_outside_read_nothing(case: Case) -> None:
    case.save({"licensed": True, "reused": "80"}, {"reuse": CLAIM})
    case.attach("a")
    assert told(case.inside()) == ({"licensed": True, "reused": "80"}, {"reuse": CLAIM}, ["a.pdf"])
    assert told(case.outside()) == ({}, {}, [])


def test_once_handed_in_all_read_the_same(case: Case) -> None:
    case.save({"licensed": True, "reused": "80"}, {"reuse": CLAIM})
    case.remove(case.attach("a"))
    case.attach("b")
    case.submit()
    assert told(case.outside()) == ({"licensed": True, "reused": "80"}, {"reuse": CLAIM}, ["b.pdf"])
    assert told(case.inside()) == told(case.outside())


def test_what_is_written_into_a_correction_is_the_applicants_until_it_is_handed_in(case: Case) -> None:
    case.save({"licensed": True, "reused": "80"}, {"reuse": CLAIM})
    old, kept = case.attach("a"), case.attach("b")
    case.submit()
    case.send_back()
    submitted = ({"licensed": True, "reused": "80"}, {"reuse": CLAIM}, ["a.pdf", "b.pdf"])
    assert told(case.inside()) == told(case.outside()) == submitted

    case.save({"licensed": None, "reused": "70"}, {"reuse": ""}, later=True)
    case.remove(old)
    new = case.attach("c")
    assert told(case.outside()) == submitted
    assert case.outside().declared["reused"] == Declared("80", 1, NOON)
    assert told(case.inside()) == ({"licensed": None, "reused": "70"}, {}, ["b.pdf", "c.pdf"])
    assert case.inside().declared["reused"] == Declared("70", 2, LATER)

    case.save({"licensed": True}, later=True)
    case.submit()
    corrected: Told = ({"licensed": True, "reused": "70"}, {}, ["b.pdf", "c.pdf"])
    assert told(case.inside()) == told(case.outside()) == corrected
    assert [file.submitted for file in (old, kept, new)] == [False, True, True]


def test_what_is_withdrawn_in_its_correction_stays_as_it_was_submitted(case: Case) -> None:
    case.save({"licensed": True, "reused": "80"})
    case.submit()
    case.send_back()
    case.save({"reused": "70"})
    case.attach("a")
    applications.withdraw(case.session, case.applicant, case.application, reason=REASON)
    assert (case.application.kind, case.application.status) == (Kind.FILING, Status.WITHDRAWN)
    assert told(case.outside()) == ({"licensed": True, "reused": "80"}, {}, [])


def test_evidence_is_bound_to_what_it_proves_until_it_is_removed(case: Case) -> None:
    file = case.attach("a")
    assert case.inside().bound == {(Binding.INPUT, "reused"), (Binding.INDICATOR, "reuse")}
    case.remove(file)
    assert case.inside().bound == frozenset()


def test_the_latest_verified_value_stands_with_who_found_it(case: Case) -> None:
    case.save({"licensed": True, "reused": "80"})
    case.submit()
    case.verify("60")
    case.verify("65")
    assert case.outside().verified == {"reused": Verified("65", REASON, Kind.SCREENING, "刘审", NOON)}
    assert filings.answers(case.outside())["inputs"] == {"licensed": True, "reused": "65"}
    assert filings.answers(case.outside(), verified=False)["inputs"] == {"licensed": True, "reused": "80"}


@pytest.mark.parametrize(("newer", "inputs"), [("70", {"licensed": True, "reused": "70"}), (None, {"licensed": True})])
def test_a_newer_declared_value_voids_the_verified_one_once_it_is_read(
    case: Case, newer: str | None, inputs: dict[str, Any]
) -> None:
    case.save({"licensed": True, "reused": "80"})
    case.submit()
    case.verify("65")
    case.send_back()
    case.save({"reused": newer})
    assert case.inside().verified == {}
    assert filings.answers(case.inside())["inputs"] == inputs
    # Outside, the value stands that it was found for, and so does what was found.
    assert filings.answers(case.outside())["inputs"] == {"licensed": True, "reused": "65"}


def test_a_verified_value_outlives_a_change_of_others(case: Case) -> None:
    case.save({"licensed": True, "reused": "80"})
    case.submit()
    case.verify("65")
    case.send_back()
    case.save({"licensed": False})
    assert filings.answers(case.inside())["inputs"] == {"licensed": False, "reused": "65"}


def test_a_value_verified_where_none_was_declared_stands_until_one_is(session: Session) -> None:
    application = factories.application(session, kind=Kind.SCREENING, answers={"licensed": True})
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    screening.verify_value(session, officer, application, key="reused", value="65", reason=REASON)
    sheet = filings.sheet(session, application)
    assert list(sheet.declared) == ["licensed"]
    assert filings.answers(sheet)["inputs"] == {"licensed": True, "reused": "65"}


def test_the_answers_carry_context_and_settings(session: Session) -> None:
    settings = {"gates": {"licence": False}, "factors": {"electricity": "cn-2023"}, "base_year": 2020}
    where = factories.round_category(session, settings=settings)
    application = factories.application(session, round_category=where, answers={"licensed": True, "reused": None})
    found = filings.answers(filings.sheet(session, application))
    assert found == {
        "context": {
            "category": application.round_category.category.key,
            "region": application.site.region_key,
            "year": 2026,
            "factor_year": 2026,
            "track": "competition",
            "filing": "application",
            "base_year": 2020,
        },
        "settings": {"gates": {"licence": False}, "factors": {"electricity": "cn-2023"}},
        "inputs": {"licensed": True},
        "not_applicable": {},
    }


def test_the_answers_of_a_round_without_settings(session: Session) -> None:
    where = factories.round_category(session, settings={})
    found = filings.answers(filings.sheet(session, factories.application(session, round_category=where)))
    assert found["settings"] == {"gates": {}, "factors": {}}
    assert (found["context"]["base_year"], found["inputs"]) == (None, {})


def test_the_year_judged_is_that_of_the_period_then_the_set_one_then_the_rounds(session: Session) -> None:
    """The round of the factories is of 2026."""
    where = factories.round_category(session, settings={"year": 2025})
    application = factories.application(session, round_category=where)
    assert filings.answers(filings.sheet(session, application))["context"]["year"] == 2025
    application.filing.period_to = date(2024, 12, 31)
    assert filings.answers(filings.sheet(session, application))["context"]["year"] == 2024


def test_a_named_region_is_judged_by_its_own_figures(session: Session) -> None:
    application = factories.application(session)
    named = factories.region(session)
    application.site.for_region_key = named.key
    assert filings.answers(filings.sheet(session, application))["context"]["region"] == named.key


def test_changes_tell_each_answer_once_with_who_saved_it_last(session: Session, case: Case) -> None:
    case.save({"licensed": True, "reused": "80"})
    filing = case.application.filing
    other = factories.user(session, name="周补填")
    factories.seat(session, other, case.organisation)
    case.save({"reused": "75"})
    colleague = factories.actor(session, other, LATER)
    filling.save(session, colleague, case.application, {"reused": "70"}, revision=2)
    assert filings.changes_since(session, filing, 0) == [
        Change("licensed", "陈填报", NOON),
        Change("reused", "周补填", LATER),
    ]
    assert filings.changes_since(session, filing, 1) == [Change("reused", "周补填", LATER)]
    assert filings.changes_since(session, filing, 3) == []


def test_declared_values_are_known_at_every_revision(session: Session, case: Case) -> None:
    case.save({"licensed": True, "reused": "80"})
    case.save({"reused": None})
    filing = case.application.filing
    assert filings.declared_at(session, filing, 0) == {}
    assert filings.declared_at(session, filing, 1) == {"licensed": True, "reused": "80"}
    assert filings.declared_at(session, filing, 2) == {"licensed": True, "reused": None}


def reads(session: Session, actor: Actor, file: Evidence) -> bool:
    """Tell whether the actor is given a piece of evidence."""
    try:
        return filings.evidence(session, actor, file.id) is file
    except NotFound:
        return False


def test_the_office_reads_the_evidence_that_was_submitted_last(session: Session, case: Case) -> None:
    def read(*files: Evidence) -> tuple[list[bool], list[bool]]:
        return (
            [reads(session, case.applicant, file) for file in files],
            [reads(session, case.officer, file) for file in files],
        )

    case.save({"licensed": True, "reused": "80"})
    dropped, old, kept = case.attach("a"), case.attach("b"), case.attach("c")
    case.remove(dropped)
    assert read(dropped, old, kept) == ([True, True, True], [False, False, False])
    case.submit()
    assert read(dropped, old, kept) == ([True, True, True], [False, True, True])

    case.send_back()
    case.remove(old)
    new = case.attach("d")
    assert read(dropped, old, kept, new) == ([True, True, True, True], [False, True, True, False])
    case.submit()
    assert read(dropped, old, kept, new) == ([True, True, True, True], [False, False, True, True])


def _region_of(session: Session, application: Application) -> Region:
    return session.get_one(Region, session.get_one(Site, application.site_id).region_key)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.AUDITOR, Role.RECOMMENDER])
def test_the_offices_of_the_application_read_its_evidence(session: Session, role: Role) -> None:
    application = factories.application(session, kind=Kind.SCREENING)
    file = factories.evidence(session, application, submitted=True)
    region = _region_of(session, application) if role is Role.RECOMMENDER else None
    programme = application.round_category.round.programme
    person = factories.persona(session, role, region=region, programme=programme)
    assert reads(session, factories.actor(session, person), file)


@pytest.mark.parametrize("role", [Role.DRAFTER, Role.SIGNATORY, Role.RECOMMENDER, Role.REVIEWER, Role.ADMINISTRATOR])
def test_strangers_find_no_evidence(session: Session, role: Role) -> None:
    """Of another organisation, of another region, without an assignment, or with no say in what is filed."""
    file = factories.evidence(session, factories.application(session, kind=Kind.REVIEW), submitted=True)
    with pytest.raises(NotFound):
        filings.evidence(session, factories.actor(session, factories.persona(session, role)), file.id)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.AUDITOR])
def test_the_office_of_another_programme_finds_no_evidence(session: Session, role: Role) -> None:
    file = factories.evidence(session, factories.application(session, kind=Kind.SCREENING), submitted=True)
    elsewhere = factories.persona(session, role, programme=factories.programme(session))
    assert not reads(session, factories.actor(session, elsewhere), file)


def test_who_is_not_signed_in_finds_no_evidence_and_nobody_what_is_not_there(session: Session, case: Case) -> None:
    file = case.attach("a")
    assert not reads(session, factories.actor(session, None), file)
    with pytest.raises(NotFound):
        filings.evidence(session, case.applicant, file.id + 1)


@pytest.mark.parametrize(
    ("kind", "columns", "read"),
    [
        (Kind.REVIEW, {}, True),
        (Kind.REVIEW, {"conflict": ConflictState.CLEARED, "conflict_reason": TIE}, True),
        (Kind.REVIEW, {"conflict": ConflictState.DECLARED, "conflict_reason": TIE}, False),
        (Kind.REVIEW, {"ended_at": NOON}, False),
        (Kind.DELIBERATION, {}, False),
    ],
)
def test_a_reviewer_reads_evidence_while_reviewing(
    session: Session, kind: Kind, columns: dict[str, Any], read: bool
) -> None:
    application = factories.application(session, kind=kind)
    file = factories.evidence(session, application, submitted=True)
    reviewer = factories.persona(session, Role.REVIEWER)
    factories.assignment(session, application, reviewer=reviewer, **columns)
    assert reads(session, factories.actor(session, reviewer), file) is read
