"""Site visits: what is recorded, which values are established there, and what becomes of the application."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from registry.domain.attending import Person
from registry.domain.errors import DomainError, Forbidden, Invalid, NotFound, Stale, WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.policy import Actor
from registry.domain.vocabulary import Kind, ReviewStatus, Role, Status
from registry.models import Application, Evaluation, Event, SiteVisit, VisitPhoto
from registry.queries import filings, visits
from registry.services import screening
from registry.services import visits as visiting
from tests import factories
from tests.factories import NOON, ROUTE

TEAM = (Person("陈华", "省生态环境厅"), Person("李明", "设计院"))
MET = (Person("赵工", "水务公司"),)
FINDINGS = "现场查看了进出水口与台账，与申报一致。"
REASON = "现场在线监测数据为准，申报值偏高。"
TO_THE_END = ROUTE[ROUTE.index(Kind.DELIBERATION) :]
WITH_VISIT = (Kind.FILING, Kind.SCREENING, Kind.SCORING, Kind.REVIEW, Kind.SITE_VISIT, *TO_THE_END)
PHOTO = StoredFile("a" * 64, 1000, "image/jpeg")


def to_visit(session: Session) -> Application:
    where = factories.round_category(session, route=WITH_VISIT)
    filed = {"licensed": True, "reused": "50"}
    return factories.application(session, round_category=where, kind=Kind.SITE_VISIT, answers=filed)


@pytest.fixture
def application(session: Session) -> Application:
    return to_visit(session)


@pytest.fixture
def officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


def recorded(session, officer, application, **told) -> SiteVisit:
    given = {"version": 0, "visited_on": NOON.date(), "team": TEAM, "met": MET, "findings": FINDINGS, **told}
    return visiting.record(session, officer, application, **given)


def pictured(session, officer, application, stored=PHOTO, *, name="现场.jpg", caption="曝气池") -> VisitPhoto:
    return visiting.add_photo(session, officer, application, stored, name=name, caption=caption)


def refused(act) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value.key, getattr(refusal.value, "field", None)


# The record


def test_what_was_seen_is_kept_and_can_be_written_again(session, application, officer):
    visit = recorded(session, officer, application)
    assert (visit.position, visit.visited_on, visit.concluded_at) == (4, date(2026, 3, 2), None)
    assert visit.team == [{"name": "陈华", "unit": "省生态环境厅"}, {"name": "李明", "unit": "设计院"}]
    again = recorded(session, officer, application, version=visit.version, met=(), findings=FINDINGS + "补充。")
    assert again.id == visit.id
    assert (again.met, again.findings) == ([], FINDINGS + "补充。")


def test_the_event_names_nobody(session, application, officer):
    recorded(session, officer, application)
    event = session.scalars(select(Event).where(Event.action == "record_visit")).one()
    assert event.payload["findings"] == FINDINGS
    assert {len(event.payload[key]) for key in ("team_1", "team_2", "met_1")} == {64}
    assert "陈华" not in str(event.payload)


def test_who_saves_second_is_told(session, application, officer):
    visit = recorded(session, officer, application)
    with pytest.raises(Stale):
        recorded(session, officer, application, version=0)
    version = visit.version
    recorded(session, officer, application, version=version, findings=FINDINGS + "补充。")
    with pytest.raises(Stale):
        recorded(session, officer, application, version=version)


def test_a_visit_lies_between_the_submission_and_today_in_beijing(session, application, officer):
    # Submitted at noon on 2 March in Beijing; it is one o'clock on the 4th there, and in London still the 3rd.
    later = replace(officer, at=datetime(2026, 3, 3, 17, tzinfo=UTC))
    assert refused(lambda: recorded(session, later, application, visited_on=date(2026, 3, 1))) == (
        "day_before_submission",
        "visited_on",
    )
    assert refused(lambda: recorded(session, later, application, visited_on=date(2026, 3, 5))) == (
        "day_in_future",
        "visited_on",
    )
    assert recorded(session, later, application, visited_on=date(2026, 3, 4)).visited_on == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("told", "key", "field"),
    [
        ({"team": ()}, "people_outside", "team"),
        ({"team": TEAM * 7}, "people_outside", "team"),
        ({"met": MET * 13}, "people_outside", "met"),
        ({"findings": "一致。"}, "reason_too_short", "findings"),
    ],
)
def test_records_that_say_too_little_or_too_much(session, application, officer, told, key, field):
    assert refused(lambda: recorded(session, officer, application, **told)) == (key, field)


def test_it_is_recorded_at_its_stage_by_an_officer_without_interest(session, application, officer):
    elsewhere = factories.application(session, kind=Kind.SCREENING)
    with pytest.raises(WrongState):
        recorded(session, officer, elsewhere)
    approver = factories.actor(session, factories.persona(session, Role.APPROVER))
    stranger = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    for other in (approver, factories.actor(session, stranger)):
        with pytest.raises(NotFound):
            recorded(session, other, application)
    interested = factories.persona(session, Role.OFFICER)
    factories.seat(session, interested, application.organisation)
    with pytest.raises(Forbidden):
        recorded(session, factories.actor(session, interested), application)


# Photographs


def test_photographs_stand_until_they_are_taken_away(session, application, officer):
    visit = recorded(session, officer, application)
    photo = pictured(session, officer, application, name="../现场.JPG", caption=" 曝气池 ")
    assert (photo.visit_id, photo.caption, photo.media_type) == (visit.id, "曝气池", "image/jpeg")
    visiting.remove_photo(session, officer, application, photo)
    session.flush()
    assert photo.removed_at == NOON
    with pytest.raises(NotFound):
        visiting.remove_photo(session, officer, application, photo)
    assert visits.of_application(session, application)[0].photos == ()
    # The same picture may come back.
    pictured(session, officer, application)


def test_photographs_that_are_refused(session, application, officer):
    assert refused(lambda: pictured(session, officer, application)) == ("visit_not_recorded", None)
    recorded(session, officer, application)
    for name, stored in (
        ("a.pdf", StoredFile("b" * 64, 9, "application/pdf")),
        ("a.heic", PHOTO),
        ("a.png", PHOTO),
        ("a", PHOTO),
    ):
        assert refused(lambda name=name, stored=stored: pictured(session, officer, application, stored, name=name)) == (
            "photo_type",
            "file",
        )
    for caption in ("  ", "池" * 201):
        assert refused(lambda caption=caption: pictured(session, officer, application, caption=caption)) == (
            "caption_needed",
            "caption",
        )
    pictured(session, officer, application)
    assert refused(lambda: pictured(session, officer, application)) == ("photo_added_before", "file")


def test_a_visit_has_at_most_thirty_photographs(session, application, officer):
    visit = recorded(session, officer, application)
    for _ in range(30):
        factories.visit_photo(session, visit)
    assert refused(lambda: pictured(session, officer, application)) == ("photos_full", None)


def test_a_photograph_of_another_visit_is_not_found(session, application, officer):
    recorded(session, officer, application)
    other = to_visit(session)
    recorded(session, officer, other)
    with pytest.raises(NotFound):
        visiting.remove_photo(session, officer, application, pictured(session, officer, other))


# Values


def test_a_value_that_the_visit_establishes_counts_and_names_the_visit(session, application, officer):
    with pytest.raises(WrongState) as refusal:
        screening.verify_value(session, officer, application, key="reused", value="40", reason=REASON)
    assert refusal.value.key == "visit_not_recorded"
    visit = recorded(session, officer, application)
    first = screening.verify_value(session, officer, application, key="reused", value="45", reason=REASON)
    screening.verify_value(session, officer, application, key="reused", value="40", reason=REASON)
    session.flush()
    assert (first.visit_id, first.stage) == (visit.id, Kind.SITE_VISIT)
    assert filings.answers(filings.sheet(session, application))["inputs"]["reused"] == "40"
    found = visits.of_application(session, application)[0].found
    # The last one stands for the visit, beside what was declared.
    assert [(one.entry.key, one.declared, one.value, one.reason) for one in found] == [("reused", "50", "40", REASON)]


def test_a_value_is_checked_as_in_screening(session, application, officer):
    recorded(session, officer, application)
    for key, value in (("reused", "101"), ("nonsense", "1"), ("reused", "")):
        with pytest.raises(Invalid):
            screening.verify_value(session, officer, application, key=key, value=value, reason=REASON)


# The end


def test_the_score_is_worked_out_anew(session, application, officer):
    factories.evaluation(session, application, total="70.00")
    assignment = factories.assignment(session, application)
    factories.review(session, assignment, marks={"novelty": "40"}, status=ReviewStatus.FINISHED)
    recorded(session, officer, application)
    screening.verify_value(session, officer, application, key="reused", value="40", reason=REASON)
    visiting.conclude(session, officer, application)
    assert (application.kind, application.status) == (Kind.DELIBERATION, Status.WAITING)
    latest = session.scalars(select(Evaluation).order_by(Evaluation.id.desc())).first()
    # Reuse gives 60 points at 100 %, so 24 at the 40 % that were found; the panel gives 40 of 40.
    assert (latest.stage, latest.total) == (Kind.SITE_VISIT, Decimal("64.00"))
    assert visits.of_application(session, application)[0].row.concluded_at == NOON


def test_a_requirement_that_fails_at_the_visit_ends_it(session, application, officer):
    recorded(session, officer, application)
    screening.verify_value(session, officer, application, key="licensed", value="no", reason=REASON)
    visiting.conclude(session, officer, application)
    assert (application.kind, application.status) == (Kind.SITE_VISIT, Status.FAILED)


def test_nothing_that_a_visit_found_can_be_declared_anew(session, application, officer):
    recorded(session, officer, application)
    screening.verify_value(session, officer, application, key="reused", value="40", reason=REASON)
    visiting.conclude(session, officer, application)
    with pytest.raises(WrongState):
        screening.send_back(session, officer, application, note="请补充说明用电数据的来源。", working_days=5)
    assert filings.answers(filings.sheet(session, application))["inputs"]["reused"] == "40"


def test_nothing_is_concluded_without_a_record(session, application, officer):
    with pytest.raises(WrongState) as refusal:
        visiting.conclude(session, officer, application)
    assert refusal.value.key == "visit_not_recorded"


def test_what_is_concluded_stays_as_it_is(session, application, officer):
    visit = recorded(session, officer, application)
    photo = pictured(session, officer, application)
    factories.evaluation(session, application)
    visiting.conclude(session, officer, application)
    for act in (
        lambda: recorded(session, officer, application, version=visit.version),
        lambda: pictured(session, officer, application, StoredFile("c" * 64, 9, "image/jpeg")),
        lambda: visiting.remove_photo(session, officer, application, photo),
        lambda: visiting.conclude(session, officer, application),
        lambda: screening.verify_value(session, officer, application, key="reused", value="1", reason=REASON),
    ):
        with pytest.raises(WrongState):
            act()
    for statement in (
        update(SiteVisit).values(findings="改写"),
        update(VisitPhoto).values(removed_at=NOON + timedelta(days=1)),
    ):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(statement)
