"""The discussion after marking: who says something, when, and who reads it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Kind, ReviewStatus, Role
from registry.models import Application
from registry.queries import remarks as seen
from registry.queries import reviews
from registry.services import conflicts, remarks
from tests import factories

WORDS = "请看佐证材料第三页。"


@pytest.fixture
def application(session: Session) -> Application:
    return factories.application(session, kind=Kind.REVIEW, answers={"licensed": True})


def officer_of(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


def test_only_who_has_finished_speaks_and_reads(session: Session, application: Application) -> None:
    one, two = factories.persona(session, Role.REVIEWER), factories.persona(session, Role.REVIEWER)
    first = factories.assignment(session, application, reviewer=one)
    second = factories.assignment(session, application, reviewer=two, label="B")
    factories.review(session, first, marks={"novelty": "30"}, status=ReviewStatus.FINISHED)
    with pytest.raises(Invalid):
        remarks.say(session, factories.actor(session, one), first, "  ")
    remarks.say(session, factories.actor(session, one), first, WORDS)
    with pytest.raises(WrongState, match="review_not_finished"):
        remarks.say(session, factories.actor(session, two), second, WORDS)
    with pytest.raises(NotFound):
        remarks.say(session, factories.actor(session, two), first, WORDS)
    by_person = {
        user.id: [row.words for row in seen.for_reviewer(session, reviews.one(session, actor, number))]
        for user, number in ((one, first.id), (two, second.id))
        for actor in (factories.actor(session, user),)
    }
    assert by_person == {one.id: [WORDS], two.id: []}


def test_the_office_speaks_without_a_letter_unless_it_marks_too(session: Session, application: Application) -> None:
    officer = officer_of(session)
    remarks.say_of_office(session, officer, application, WORDS)
    rows = reviews.assignments(session, application)
    assert [row.assignment for row in seen.for_office(session, officer, application, rows)] == [None]
    both = factories.persona(session, Role.OFFICER)
    factories.grant(session, both, Role.REVIEWER)
    factories.assignment(session, application, reviewer=both)
    rows = reviews.assignments(session, application)
    assert seen.for_office(session, factories.actor(session, both), application, rows) == []
    with pytest.raises(NotFound):
        remarks.say_of_office(session, factories.actor(session, both), application, WORDS)


def test_it_ends_with_the_review(session: Session) -> None:
    application = factories.application(session, kind=Kind.DELIBERATION)
    person = factories.persona(session, Role.REVIEWER)
    assignment = factories.assignment(session, application, reviewer=person)
    factories.review(session, assignment, marks={"novelty": "30"}, status=ReviewStatus.FINISHED)
    with pytest.raises(WrongState, match="moved_on"):
        remarks.say(session, factories.actor(session, person), assignment, WORDS)
    with pytest.raises(WrongState, match="moved_on"):
        remarks.say_of_office(session, officer_of(session), application, WORDS)


def test_whoever_stood_aside_speaks_no_more(session: Session, application: Application) -> None:
    person = factories.persona(session, Role.REVIEWER)
    assignment = factories.assignment(session, application, reviewer=person)
    factories.review(session, assignment, marks={"novelty": "30"}, status=ReviewStatus.FINISHED)
    actor = factories.actor(session, person)
    conflicts.declare_conflict(session, actor, assignment, reason="发现该厂曾委托我做咨询。")
    with pytest.raises(NotFound):
        remarks.say(session, actor, assignment, WORDS)


@pytest.mark.parametrize("act", ["UPDATE review_remark SET words = 'x'", "DELETE FROM review_remark"])
def test_a_remark_stays_as_it_is(session: Session, application: Application, act: str) -> None:
    remarks.say_of_office(session, officer_of(session), application, WORDS)
    with pytest.raises(IntegrityError, match="rows are kept"):
        session.execute(text(act))
