"""Reviewing, done wrong: marking, finishing, and being assigned."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.domain.vocabulary import ReviewStatus
from registry.models import Assignment, Event, Mark, Review, User
from tests import browse
from tests.web.mistakes import stages
from tests.world import MOMENT

WHY = "Page three of the evidence has a test by a third party."
GONE = "This can no longer be done: the application has moved on (stage: {}, status: {})."
# The questions of the set with the most points that each gives.
MOST = {"novelty": 4, "replicability": 3, "economics": 3}


@pytest.fixture
def half(play):
    """The assignment of the second reviewer, who has a draft."""
    return play(stages.reviewing, "reviewer2")


def marks(client, number, **changed):
    """The form as its page shows it to the reviewer, marks of 1 in it, and what was changed."""
    page = client.get(f"/reviews/{number}").text
    (tag,) = [part for part in page.split("<input ") if 'name="version"' in part]
    fields = {"version": tag.partition('value="')[2].partition('"')[0]}
    for key in MOST:
        fields |= {f"points_{key}": "1", f"justification_{key}": WHY}
    return {**fields, **changed}


def points(ask, number):
    """The latest mark of each question of a review, in the order of the questions."""
    query = (
        select(Mark).join(Review, Review.id == Mark.review_id).where(Review.assignment_id == number).order_by(Mark.id)
    )
    latest = {mark.indicator: str(mark.points) for mark in ask(query)}
    return [latest.get(key) for key in MOST]


def test_review_late(visit, play, ask, only, at, half):
    """Cannot be late by the clock: no date binds a reviewer. Too late is a mark after the review was concluded."""
    reviewer = visit("reviewer2")
    form = marks(reviewer, half)
    play(stages.reviewed)
    before = points(ask, half)
    at(MOMENT + timedelta(days=180))
    reviewer = visit("reviewer2")
    with only():
        for address in (f"/reviews/{half}", f"/reviews/{half}/finish"):
            stages.refused(browse.post(reviewer, address, **form), 409, GONE.format("deliberation", "waiting"))
        stages.refused(reviewer.get(f"/reviews/{half}"), 200, "Your review is finished.")
    assert points(ask, half) == before


def test_review_twice(visit, ask, only, half):
    reviewer = visit("reviewer2")
    form, url, key = marks(reviewer, half), f"/reviews/{half}/finish", "one-form-and-its-one-key"
    first = browse.post(reviewer, url, idempotency_key=key, **form)
    with only():
        again = browse.post(reviewer, url, idempotency_key=key, **form)
        stages.refused(browse.post(reviewer, url, **form), 409, "This review is finished; it stays as it is.")
        other = {**form, "points_novelty": "4"}
        stages.refused(browse.post(reviewer, f"/reviews/{half}", **other), 409, "This review is finished")
    assert [(sent.status_code, sent.location) for sent in (first, again)] == [(303, f"/reviews/{half}")] * 2
    assert "Your review is finished." in browse.words(reviewer.get(first.location))
    assert points(ask, half) == ["1", "1", "1"]
    finished = stages.events_of("finish_review").where(Event.subject_id == str(half))
    assert len(ask(finished)) == 1


def test_review_two_tabs(visit, ask, only, half):
    """The second tab is told, overwrites nothing and keeps what was typed in it."""
    one_tab, other_tab = visit("reviewer2"), visit("reviewer2")
    seen = marks(one_tab, half)
    assert browse.post(one_tab, f"/reviews/{half}", **seen).status_code == 303
    other = {**seen, "points_novelty": "4", "justification_novelty": "Typed at length in the second tab."}
    for address in (f"/reviews/{half}", f"/reviews/{half}/finish"):
        with only():
            second = browse.post(other_tab, address, **other)
            stages.refused(second, 409, "Somebody saved in the meantime", "nothing of yours is lost")
        assert "Typed at length in the second tab." in second.text
    assert points(ask, half) == ["1", "1", "1"]
    assert ask(select(Review.status).where(Review.assignment_id == half)) == [ReviewStatus.STARTED]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"points_novelty": "5"}, "between 0 and 4"),
        ({"points_novelty": "many"}, "many is not a number"),
        ({"points_novelty": "-1"}, "between 0 and 4"),
    ],
)
def test_review_wrong_value(changed, sentence, visit, ask, only, half):
    """A mark above its most, below nothing or without reason is refused at its question, and all stays as typed."""
    reviewer = visit("reviewer2")
    before = points(ask, half)
    form = marks(reviewer, half, justification_economics="Typed at another question.", **changed)
    for address in (f"/reviews/{half}", f"/reviews/{half}/finish"):
        with only():
            sent = browse.post(reviewer, address, **form)
            stages.refused(sent, 422, sentence)
        assert "Typed at another question." in sent.text
        assert all(typed in sent.text for typed in changed.values())
    assert points(ask, half) == before


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"points_novelty": ""}, "Give points here before you finish."),
        ({"justification_novelty": "Good."}, "Justify these points in at least 10 characters."),
    ],
)
def test_review_of_half_a_mark(changed, sentence, visit, ask, only, half):
    """Points without a reason, or a reason without points, are kept as a draft; nobody finishes with them."""
    reviewer = visit("reviewer2")
    form = marks(reviewer, half, **changed)
    with only():
        stages.refused(browse.post(reviewer, f"/reviews/{half}/finish", **form), 422, sentence)
    assert browse.post(reviewer, f"/reviews/{half}", **form).status_code == 303
    (kept,) = changed.values()
    assert kept in reviewer.get(f"/reviews/{half}").text
    # The mark that was there stays; the two other questions have theirs now.
    assert points(ask, half) == ["3", "1", "1"]


def test_review_without_right(visit, play, ask, only, half):
    """Who is not assigned, or has a conflict, finds nothing; a stranger to the programme is not assigned at all."""
    third = play(stages.reviewing, "reviewer3")
    form = marks(visit("reviewer2"), half)
    number = play(stages.number_of, "zhexi")
    (approver,) = ask(select(User.id).where(User.email.startswith("approver@")))
    unassigned, tied, officer = visit("reviewer4"), visit("reviewer3"), visit("officer")
    with only():
        for client, assignment in ((unassigned, half), (visit("reviewer1"), half), (tied, third)):
            for address in (f"/reviews/{assignment}", f"/reviews/{assignment}/finish"):
                sent = browse.post(client, address, **form)
                stages.refused(sent, 404, "There is no such page, or it is not open to you.")
        assigned = browse.post(officer, f"/admin/cases/{number}/reviewers", reviewer=str(approver), why="Trusted")
        stages.refused(assigned, 422, "This person is no reviewer of this programme.")
    assert ask(select(Assignment.id).where(Assignment.reviewer_id == approver)) == []


def test_review_moved_on(visit, play, ask, only, half):
    """The applicant withdraws while the reviewer writes."""
    reviewer = visit("reviewer2")
    form, before = marks(reviewer, half), points(ask, half)
    number = play(stages.withdrawn, "zhexi")
    with only():
        for address in (f"/reviews/{half}", f"/reviews/{half}/finish"):
            stages.refused(browse.post(reviewer, address, **form), 409, GONE.format("expert review", "withdrawn"))
        conflict = browse.post(reviewer, f"/reviews/{half}/conflict", reason="My sister works there.")
        stages.refused(conflict, 409, GONE.format("expert review", "withdrawn"))
        concluded = browse.post(visit("officer"), f"/admin/cases/{number}/review")
        stages.refused(concluded, 409, GONE.format("expert review", "withdrawn"))
    stages.refused(reviewer.get(f"/reviews/{half}"), 200, "The review of this application is closed.")
    assert points(ask, half) == before
