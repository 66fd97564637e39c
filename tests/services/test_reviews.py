"""Expert review: assignment, conflicts, marks in two tabs, who sees whose marks, and the end."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.db import Database
from registry.domain.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, ConflictState, Kind, ReviewStatus, Role, SeatStatus, Status
from registry.models import Application, Assignment, Event, Grant, Mark, Message, User
from registry.queries import applications, candidates, filings
from registry.queries import marks as marks_of
from registry.queries import reviews as seen
from registry.services import conflicts, marking, reviews
from tests import factories
from tests.services.races import only_on_postgres, together

WHY = "佐证材料第三页有第三方验证报告。"


@pytest.fixture
def application(session: Session) -> Application:
    return factories.application(session, kind=Kind.REVIEW, answers={"licensed": True, "reused": "50"})


@pytest.fixture
def officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


def assigned(session: Session, officer: Actor, application: Application) -> tuple[Assignment, Actor]:
    reviewer = factories.persona(session, Role.REVIEWER)
    assignment = reviews.assign(session, officer, application, reviewer, why="水处理")
    return assignment, factories.actor(session, reviewer)


def marked(session: Session, actor: Actor, assignment: Assignment, points: str) -> None:
    marking.save_marks(session, actor, assignment, {"novelty": (points, WHY)}, version=0)
    marking.finish(session, actor, assignment)


# Assignment


def test_reviewers_get_letters_and_a_message(session: Session, application: Application, officer: Actor) -> None:
    first, _ = assigned(session, officer, application)
    reviews.unassign(session, officer, first, reason="出差")
    second, actor = assigned(session, officer, application)
    assert (first.label, second.label) == ("A", "B")
    assert [row.label for row in seen.assignments(session, application)] == ["B"]
    message = session.scalars(select(Message).where(Message.user_id == actor.user_id)).one()
    assert (message.key, message.path) == ("review_assigned", f"/reviews/{second.id}")


def test_only_a_reviewer_of_the_programme_is_assigned_and_once(
    session: Session, application: Application, officer: Actor
) -> None:
    stranger = factories.persona(session, Role.REVIEWER, programme=factories.programme(session))
    with pytest.raises(Invalid, match="not_a_reviewer"):
        reviews.assign(session, officer, application, stranger, why="")
    _, actor = assigned(session, officer, application)
    with pytest.raises(Invalid, match="assigned_already"):
        reviews.assign(session, officer, application, session.get_one(User, actor.user_id), why="")


def test_nobody_assigns_oneself(session: Session, application: Application) -> None:
    both = factories.persona(session, Role.OFFICER)
    factories.grant(session, both, Role.REVIEWER)
    with pytest.raises(Invalid, match="assign_not_oneself"):
        reviews.assign(session, factories.actor(session, both), application, both, why="")


@pytest.mark.parametrize("tie", ["seat", "past employer"])
def test_a_tie_is_found_and_blocks(session: Session, application: Application, officer: Actor, tie: str) -> None:
    organisation = application.organisation
    assert organisation is not None
    reviewer = factories.persona(session, Role.REVIEWER)
    if tie == "seat":
        factories.seat(session, reviewer, organisation, status=SeatStatus.ENDED)
    else:
        left = factories.NOON.date() - timedelta(days=90)
        factories.employment(session, reviewer, organisation.name, code=organisation.credit_code, until=left)
    assert [row.ties.blocks for row in candidates.of_application(session, application, factories.NOON)] == [True]

    assignment = reviews.assign(session, officer, application, reviewer, why="")

    assert (assignment.conflict, assignment.conflict_reason) == (ConflictState.FOUND, organisation.name)
    actor = factories.actor(session, reviewer)
    assert seen.mine(session, actor).rows == []
    with pytest.raises(NotFound):
        marking.save_marks(session, actor, assignment, {}, version=0)
    if tie == "seat":
        with pytest.raises(Invalid, match="tie_unequivocal"):
            conflicts.clear_conflict(session, officer, assignment, reason="五年前已离职,无往来。")
        return
    conflicts.clear_conflict(session, officer, assignment, reason="五年前已离职,无往来。")
    assert [task.assignment.id for task in seen.mine(session, actor).rows] == [assignment.id]


@pytest.mark.parametrize("change", [lambda name: name.removesuffix("有限公司"), lambda name: f"{name}技术中心"])
def test_an_employer_of_a_like_name_blocks_until_it_is_judged(
    session: Session, application: Application, officer: Actor, change: Callable[[str], str]
) -> None:
    organisation = application.organisation
    assert organisation is not None
    reviewer = factories.persona(session, Role.REVIEWER)
    factories.employment(session, reviewer, change(organisation.name))
    assert [row.ties.blocks for row in candidates.of_application(session, application, factories.NOON)] == [True]

    assignment = reviews.assign(session, officer, application, reviewer, why="")

    assert (assignment.conflict, assignment.conflict_reason) == (ConflictState.FOUND, organisation.name)
    actor = factories.actor(session, reviewer)
    with pytest.raises(NotFound):
        marking.save_marks(session, actor, assignment, {}, version=0)
    conflicts.clear_conflict(session, officer, assignment, reason="经核实为另一家单位,无往来。")
    assert [task.assignment.id for task in seen.mine(session, actor).rows] == [assignment.id]
    conflicts.find_ties(session, officer, reviewer)
    assert assignment.conflict is ConflictState.CLEARED


def test_a_declared_conflict_closes_the_application(session: Session, application: Application, officer: Actor) -> None:
    assignment, actor = assigned(session, officer, application)
    with pytest.raises(Invalid, match="reason_too_short"):
        conflicts.declare_conflict(session, actor, assignment, reason="亲属")
    conflicts.declare_conflict(session, actor, assignment, reason="配偶在申报单位任职财务。")
    assert assignment.conflict is ConflictState.DECLARED
    with pytest.raises(NotFound):
        seen.one(session, actor, assignment.id)
    with pytest.raises(NotFound):
        marking.save_marks(session, actor, assignment, {"novelty": ("40", WHY)}, version=0)


def test_what_was_said_of_a_conflict_stands_in_no_event(
    session: Session, application: Application, officer: Actor
) -> None:
    """The record cannot be corrected, and these are words about people: it keeps a digest of them."""
    assignment, actor = assigned(session, officer, application)
    other, _ = assigned(session, officer, application)
    said = "配偶在申报单位任职财务。", "经核实已离职满五年。", "家属住院请假。"
    conflicts.declare_conflict(session, actor, assignment, reason=said[0])
    conflicts.clear_conflict(session, officer, assignment, reason=said[1])
    reviews.unassign(session, officer, other, reason=said[2])
    payloads = "".join(str(payload) for payload in session.scalars(select(Event.payload)))
    assert [words for words in said if words in payloads] == []
    assert (assignment.conflict_reason, other.ended_reason) == (said[1], said[2])


def test_a_seat_taken_later_blocks_and_is_not_cleared(
    session: Session, application: Application, officer: Actor
) -> None:
    assignment, actor = assigned(session, officer, application)
    assert application.organisation is not None
    factories.seat(session, session.get_one(User, actor.user_id), application.organisation)
    member = factories.actor(session, session.get_one(User, actor.user_id))
    assert seen.mine(session, member).rows == []
    with pytest.raises(Forbidden, match="own_organisation"):
        marking.save_marks(session, member, assignment, {"novelty": ("40", WHY)}, version=0)
    conflicts.find_ties(session, member, session.get_one(User, member.user_id))
    assert (assignment.conflict, assignment.ended_at) == (ConflictState.FOUND, None)
    with pytest.raises(WrongState, match="conflict_stands"):
        conflicts.clear_conflict(session, officer, assignment, reason="五年前已离职,无往来。")


def test_to_be_asked_for_a_seat_ties_nobody(session: Session, application: Application) -> None:
    reviewer = factories.persona(session, Role.REVIEWER)
    factories.seat(session, reviewer, application.organisation, status=SeatStatus.ASKED)
    found = {row.user.id: row.ties.standing for row in candidates.of_application(session, application, factories.NOON)}
    assert found[reviewer.id] == ()


def test_a_conflict_after_finishing_ends_the_assignment_for_good(
    session: Session, application: Application, officer: Actor
) -> None:
    """Else marks could be taken out and put back once those of others are known."""
    assignment, actor = assigned(session, officer, application)
    marked(session, actor, assignment, "30")
    conflicts.declare_conflict(session, actor, assignment, reason="发现该厂曾委托我做咨询。")
    assert assignment.ended_at == actor.at
    with pytest.raises(WrongState, match="conflict_stands"):
        conflicts.clear_conflict(session, officer, assignment, reason="核实后认为无影响。")
    with pytest.raises(Invalid, match="conflict_stands"):
        reviews.assign(session, officer, application, session.get_one(User, actor.user_id), why="")


def test_a_grant_for_another_programme_opens_nothing(
    session: Session, application: Application, officer: Actor
) -> None:
    assignment, actor = assigned(session, officer, application)
    reviewer = session.get_one(User, actor.user_id)
    session.scalars(select(Grant).where(Grant.user_id == reviewer.id)).one().ended_at = factories.NOON
    factories.grant(session, reviewer, Role.REVIEWER, programme=factories.programme(session))
    actor = factories.actor(session, reviewer)
    assert seen.mine(session, actor).rows == []
    with pytest.raises(NotFound):
        marking.save_marks(session, actor, assignment, {"novelty": ("40", WHY)}, version=0)


@pytest.mark.parametrize(("kind", "readable"), [(Kind.REVIEW, True), (Kind.DELIBERATION, False)])
def test_evidence_is_open_to_reviewers_only_during_the_review(session: Session, kind: Kind, readable: bool) -> None:
    application = factories.application(session)
    file, assignment = factories.evidence(session, application), factories.assignment(session, application)
    application.kind, application.status, application.position = kind, Status.WAITING, factories.ROUTE.index(kind)
    application.submitted_at, application.receipt, application.content_digest = factories.NOON, "R-1", "0" * 64
    session.flush()
    actor = factories.actor(session, session.get_one(User, assignment.reviewer_id))
    assert applications.one(session, actor, Action.REVIEW, application.id) is application
    if readable:
        assert filings.evidence(session, actor, file.id) is file
    else:
        with pytest.raises(NotFound):
            filings.evidence(session, actor, file.id)


def test_another_persons_review_is_not_found(session: Session, application: Application, officer: Actor) -> None:
    theirs, _ = assigned(session, officer, application)
    _, actor = assigned(session, officer, application)
    with pytest.raises(NotFound):
        marking.save_marks(session, actor, theirs, {"novelty": ("40", WHY)}, version=0)
    with pytest.raises(NotFound):
        seen.one(session, actor, theirs.id)


# Marks


def test_a_correction_is_a_new_row(session: Session, application: Application, officer: Actor) -> None:
    assignment, actor = assigned(session, officer, application)
    first = marking.save_marks(session, actor, assignment, {"novelty": ("10", WHY)}, version=0)
    same = marking.save_marks(session, actor, assignment, {"novelty": ("10", WHY)}, version=first)
    assert session.scalar(select(func.count()).select_from(Mark)) == 1
    marking.save_marks(session, actor, assignment, {"novelty": ("20", WHY)}, version=same)
    assert session.scalar(select(func.count()).select_from(Mark)) == 2
    assert assignment.id == seen.one(session, actor, assignment.id).id
    review = seen.one(session, actor, assignment.id).review
    assert review is not None
    assert str(marks_of.latest(session, review)["novelty"].points) == "20"


def test_a_second_tab_overwrites_nothing(session: Session, application: Application, officer: Actor) -> None:
    assignment, actor = assigned(session, officer, application)
    version = marking.save_marks(session, actor, assignment, {"novelty": ("10", WHY)}, version=0)
    marking.save_marks(session, actor, assignment, {"novelty": ("20", WHY)}, version=version)
    for stale in (0, version):
        with pytest.raises(Stale):
            marking.save_marks(session, actor, assignment, {"novelty": ("30", WHY)}, version=stale)
    assert [str(row.points) for row in session.scalars(select(Mark).order_by(Mark.id))] == ["10", "20"]


@pytest.mark.parametrize(
    ("points", "why", "sentence", "field"),
    [
        ("41", WHY, "outside_limits", "points_novelty"),
        ("-1", WHY, "outside_limits", "points_novelty"),
        ("viel", WHY, "number_expected", "points_novelty"),
    ],
)
def test_a_mark_is_within_its_points(
    session: Session, application: Application, officer: Actor, points: str, why: str, sentence: str, field: str
) -> None:
    assignment, actor = assigned(session, officer, application)
    with pytest.raises(Invalid) as refused:
        marking.save_marks(session, actor, assignment, {"novelty": (points, why)}, version=0)
    assert (refused.value.key, refused.value.field) == (sentence, field)


def test_a_finished_review_stays(session: Session, application: Application, officer: Actor) -> None:
    assignment, actor = assigned(session, officer, application)
    with pytest.raises(Invalid) as refused:
        marking.finish(session, actor, assignment)
    assert (refused.value.key, refused.value.values) == ("marks_missing", {"count": 1})
    marked(session, actor, assignment, "30")
    for act in (
        lambda: marking.save_marks(session, actor, assignment, {"novelty": ("40", WHY)}, version=2),
        lambda: marking.finish(session, actor, assignment),
        lambda: reviews.unassign(session, officer, assignment),
    ):
        with pytest.raises(WrongState, match="review_finished"):
            act()


def test_nobody_sees_marks_before_finishing(session: Session, application: Application, officer: Actor) -> None:
    first, one = assigned(session, officer, application)
    second, two = assigned(session, officer, application)
    marking.save_marks(session, one, first, {"novelty": ("10", WHY)}, version=0)
    assert marks_of.for_office(session, officer, application) == {}
    marking.finish(session, one, first)
    assert marks_of.of_others(session, second) == {}
    marking.save_marks(session, two, second, {"novelty": ("20", WHY)}, version=0)
    assert marks_of.of_others(session, first) == {}
    marking.finish(session, two, second)
    assert {name: str(mark.points) for name, mark in marks_of.of_others(session, first)["novelty"].items()} == {
        "B": "20"
    }
    assert marks_of.that_count(session, application) == {"novelty": {"A": "10", "B": "20"}}


# The end


def test_the_score_follows_the_sets_rule(session: Session, application: Application, officer: Actor) -> None:
    """The plain mean of 40, 20 and 30 is 30; with 30 of 60 for reuse that makes 100 × 60 ÷ 100 = 60.00, a pass."""
    for points in ("40", "20", "30"):
        assignment, actor = assigned(session, officer, application)
        marked(session, actor, assignment, points)
    evaluation = reviews.conclude(session, officer, application)
    assert (str(evaluation.total), evaluation.grade, evaluation.stage) == ("60.00", "pass", Kind.REVIEW)
    assert evaluation.marks == {"novelty": {"A": "40", "B": "20", "C": "30"}}
    assert (application.kind, application.status) == (Kind.DELIBERATION, Status.WAITING)
    rows = seen.assignments(session, application)
    assert [row.review and row.review.status for row in rows] == [ReviewStatus.FINISHED] * 3


@pytest.mark.parametrize(("finished", "begun"), [(2, 0), (3, 1)])
def test_too_few_or_unfinished_reviews_hold_it_up(
    session: Session, application: Application, officer: Actor, finished: int, begun: int
) -> None:
    for number in range(finished + begun):
        assignment, actor = assigned(session, officer, application)
        if number < finished:
            marked(session, actor, assignment, "30")
    with pytest.raises(WrongState) as refused:
        reviews.conclude(session, officer, application)
    assert refused.value.values == {"finished": finished, "assigned": finished + begun, "needed": 3}


def test_a_blocked_reviewer_neither_counts_nor_delays(
    session: Session, application: Application, officer: Actor
) -> None:
    """The marks 40, 40 and 40 count, the 0 of whoever declared a conflict afterwards does not: 30 + 40 = 70.00."""
    for points in ("0", "40", "40", "40"):
        assignment, actor = assigned(session, officer, application)
        marked(session, actor, assignment, points)
        if points == "0":
            conflicts.declare_conflict(session, actor, assignment, reason="发现该厂曾委托我做咨询。")
    assert str(reviews.conclude(session, officer, application).total) == "70.00"


@pytest.mark.parametrize(
    ("concluded_first", "refusal", "kind"),
    [(True, "moved_on", Kind.DELIBERATION), (False, "reviews_unfinished", Kind.REVIEW)],
)
def test_a_conflict_and_the_conclusion_wait_for_each_other(
    database: Database,
    session: Session,
    application: Application,
    officer: Actor,
    concluded_first: bool,
    refusal: str,
    kind: Kind,
) -> None:
    """Three finished reviews are needed: either they count, or one is withdrawn and there are too few."""
    only_on_postgres(database)
    for _ in range(3):
        assignment, actor = assigned(session, officer, application)
        marked(session, actor, assignment, "30")
    session.commit()

    def conclude(inner: Session) -> None:
        taken = applications.one(inner, officer, Action.CONCLUDE_REVIEW, application.id, lock=True)
        reviews.conclude(inner, officer, taken)

    def declare(inner: Session) -> None:
        own = seen.one(inner, actor, assignment.id)
        conflicts.declare_conflict(inner, actor, own, reason="发现该厂曾委托我做咨询。")

    first, second = together(database, *((conclude, declare) if concluded_first else (declare, conclude)))
    assert first is None
    assert isinstance(second, WrongState)
    assert second.key == refusal
    with database.reading() as reading:
        assert reading.get_one(Application, application.id).kind is kind
