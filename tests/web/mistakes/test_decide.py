"""Deciding, done wrong: proposing a selection, approving it and rejecting it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.domain.vocabulary import DecisionStatus, Kind, Role, Status
from registry.models import Application, Decision, Event, Outcome
from tests import browse
from tests.web.mistakes import stages
from tests.world import MOMENT

REASON = "By the total, within the quota."
KEY = "one-form-and-its-one-key"
EARLY = {"places": "1", "reserve": "2", "reason": REASON}


@pytest.fixture
def proposal(play):
    """The number of a selection that waits for the approver."""
    return play(stages.proposed)


def approve(client, number, **changed):
    page = client.get(f"/admin/decisions/{number}").text
    digest = page.partition('name="digest" value="')[2].partition('"')[0]
    return browse.post(client, f"/admin/decisions/{number}/approve", **{"digest": digest, "reason": "", **changed})


def reject(client, number, **changed):
    return browse.post(client, f"/admin/decisions/{number}/reject", **{"reason": REASON, **changed})


def decided(ask, number):
    return ask(select(Decision.status).where(Decision.id == number))


def selection(play):
    """Where a selection is proposed, and its form: how many, why, and why the unfinished are excluded."""
    unfinished = [play(stages.number_of, key) for key in ("beiting", "luhe", "xiangtai")]
    excluded = {f"exclude_{number}": "Not finished in time." for number in unfinished}
    form = {"places": "1", "reserve": "2", "reason": REASON, **excluded}
    return f"/admin/decisions/rankings/{play(stages.running)}/propose", form


def test_decide_late(visit, play, ask, only, at, proposal):
    """Cannot be late, only early: while a round is open nothing is decided in it, afterwards no date binds anybody.

    A decision bears the day on which it was taken.
    """
    with only():
        early = browse.post(
            visit("officer"), f"/admin/decisions/rankings/{play(stages.open_category)}/propose", **EARLY
        )
        stages.refused(early, 409, "The round is still open. A selection is proposed after it has closed.")
    late = MOMENT + timedelta(days=180)
    at(late)
    approver = visit("approver")
    assert approve(approver, proposal).status_code == 303
    assert ask(select(Decision.decided_at).where(Decision.id == proposal)) == [late]
    assert "李审批 · 2027-05-01 10:00" in browse.words(approver.get(f"/admin/decisions/{proposal}"))


def test_decide_twice(visit, play, ask, only, proposal):
    """One approval, one outcome for each application, however often it is sent; nor is anything proposed twice."""
    approver = visit("approver")
    (digest,) = ask(select(Decision.digest).where(Decision.id == proposal))
    url, form = selection(play)
    with only():
        proposed = browse.post(visit("officer"), url, **form)
        stages.refused(proposed, 409, "A proposal on this waits for approval already.")
    first = approve(approver, proposal, idempotency_key=KEY, digest=digest)
    assert "Approved and carried out." in browse.words(approver.get(first.location))
    with only():
        again = approve(approver, proposal, idempotency_key=KEY, digest=digest)
        anew = approve(approver, proposal, digest=digest)
        stages.refused(anew, 409, "This was decided already: approved.")
    assert [(sent.status_code, sent.location) for sent in (first, again)] == [(303, f"/admin/decisions/{proposal}")] * 2
    assert len(ask(select(Outcome.id).where(Outcome.decision_id == proposal))) == 4
    assert len(ask(stages.events_of("approve").where(Event.subject_id == str(proposal)))) == 1


def test_decide_two_tabs(visit, ask, only, proposal):
    """Rejected in one tab, a proposal is not approved in the other; the applications stay where they are."""
    one_tab, other_tab = visit("approver"), visit("approver")
    (digest,) = ask(select(Decision.digest).where(Decision.id == proposal))
    places = select(Application.status).order_by(Application.id)
    before = ask(places)
    assert reject(one_tab, proposal).status_code == 303
    with only():
        sent = approve(other_tab, proposal, digest=digest)
        stages.refused(sent, 409, "This was decided already: rejected.")
    assert decided(ask, proposal) == [DecisionStatus.REJECTED]
    assert ask(places) == before


def test_decide_wrong_value(visit, play, ask, only):
    """Too many places, an exclusion or a proposal without its reason, a digest of something else, too short a no."""
    officer, approver = visit("officer"), visit("approver")
    play(stages.reviewed)
    url, form = selection(play)
    excluding = next(name for name in form if name.startswith("exclude_"))
    with only():
        many = browse.post(officer, url, **{**form, "places": "4"})
        stages.refused(many, 422, "The quota leaves 3 places free; not more can be selected.")
        unexcused = browse.post(officer, url, **{**form, excluding: "No."})
        stages.refused(unexcused, 422, "Write at least 10 characters, so that others can follow.")
        unreasoned = browse.post(officer, url, **{**form, "reason": ""})
        stages.refused(unreasoned, 422, "Please fill in: Reason for the proposal")
    for page in (many, unexcused, unreasoned):
        assert page.text.count("Not finished in time.") == (2 if page is unexcused else 3)
    assert browse.post(officer, url, **form).status_code == 303
    (number,) = ask(
        select(Decision.id).where(Decision.programme_id == stages.PLANTS, Decision.status == DecisionStatus.PROPOSED)
    )
    with only():
        other = approve(approver, number, digest="0" * 64)
        stages.refused(other, 409, "What this rests on has changed since it was proposed.")
        stages.refused(approve(approver, number, digest="0"), 422)
        short = reject(approver, number, reason="No.")
        stages.refused(short, 422, "Write at least 10 characters, so that others can follow.")
        assert ">\r\nNo.</textarea>" in short.text
    assert decided(ask, number) == [DecisionStatus.PROPOSED]


def test_decide_without_right(visit, play, ask, only, proposal):
    """Two pairs of eyes: who proposed does not approve, even as an approver; nor does another programme's approver."""
    stranger = play(stages.stranger, Role.APPROVER)
    (digest,) = ask(select(Decision.digest).where(Decision.id == proposal))
    for key in ("officer", "auditor", "admin"):
        with only("event", "chain_head"):  # a denied access is put on record
            denied = approve(visit(key), proposal, digest=digest)
            stages.refused(denied, 403, "Your account does not have the role that this page needs.")
    elsewhere = visit(stranger)
    with only():
        stages.refused(approve(elsewhere, proposal, digest=digest), 404)
        stages.refused(reject(elsewhere, proposal), 404)
    play(stages.also, "officer", Role.APPROVER)
    with only("event", "chain_head"):
        own = approve(visit("officer"), proposal, digest=digest)
        stages.refused(own, 403, "You proposed this; another person decides.")
    assert decided(ask, proposal) == [DecisionStatus.PROPOSED]


def test_decide_moved_on(visit, play, ask, only, proposal):
    """The applicant of the best withdraws between proposal and approval: nothing happens, and it can be rejected."""
    approver = visit("approver")
    # What the approver had open before.
    (digest,) = ask(select(Decision.digest).where(Decision.id == proposal))
    number = play(stages.withdrawn, "zhexi")
    with only():
        sent = approve(approver, proposal, digest=digest)
        changed = "What this rests on has changed since it was proposed. Reject it and have it proposed again."
        stages.refused(sent, 409, changed)
    (left,) = ask(select(Application).where(Application.id == number))
    assert (left.kind, left.status) == (Kind.DELIBERATION, Status.WITHDRAWN)
    assert reject(approver, proposal).status_code == 303
    assert decided(ask, proposal) == [DecisionStatus.REJECTED]
