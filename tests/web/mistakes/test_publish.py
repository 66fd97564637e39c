"""Publishing a list, done wrong: proposing it after the notice, and approving it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.domain.vocabulary import DecisionKind, DecisionStatus, Kind, Role, Status
from registry.models import Application, Decision, Entry, Event, Notice, Publication
from tests import browse
from tests.web.mistakes import stages
from tests.world import MOMENT

KEY = "one-form-and-its-one-key"
FORM = {"title": "第二批名单", "title_en": "Second list", "reason": "The notice is over; nobody objected."}


@pytest.fixture
def notice(play, at, ask):
    """The number of a concluded notice, two hours after its end."""
    number = play(stages.concluded)
    (end,) = ask(select(Notice.closes_at).where(Notice.id == number))
    at(end + timedelta(hours=2))
    return number


def propose(client, notice, **changed):
    return browse.post(client, f"/admin/notices/{notice}/publication", **{**FORM, **changed})


def approve(client, decision, digest, **changed):
    url = f"/admin/decisions/{decision}/approve"
    return browse.post(client, url, **{"digest": digest, "reason": "", **changed})


def digest_of(ask, decision):
    (found,) = ask(select(Decision.digest).where(Decision.id == decision))
    return found


def lists_of(decision):
    return select(Publication).where(Publication.decision_id == decision)


def test_publish_late(visit, play, ask, only, at):
    """Cannot be late, only early: no date binds a list, and before its notice is concluded there is none.

    A list that is published half a year later bears the day on which it was.
    """
    running = play(stages.announced)
    with only():
        early = propose(visit("officer"), running)
        stages.refused(early, 409, "The notice is not concluded yet.")
    proposal = play(stages.listed, play(stages.cleared, running))
    late = MOMENT + timedelta(days=180)
    at(late)
    assert approve(visit("approver"), proposal, digest_of(ask, proposal)).status_code == 303
    (published,) = ask(lists_of(proposal))
    assert published.published_at == late
    assert "2027-05-01" in browse.words(visit("").get(f"/lists/{published.id}"))


def test_publish_twice(visit, play, ask, only, notice):
    """One notice, one list, each entry on it once, however often it is proposed or approved."""
    officer, approver = visit("officer"), visit("approver")
    first = propose(officer, notice, idempotency_key=KEY)
    assert "Proposed. Another person approves or rejects it." in browse.words(officer.get(first.location))
    with only():
        assert propose(officer, notice, idempotency_key=KEY).location == first.location
        stages.refused(propose(officer, notice), 409, "A proposal on this waits for approval already.")
    waiting = select(Decision.id).where(
        Decision.programme_id == stages.PLANTS, Decision.status == DecisionStatus.PROPOSED
    )
    (proposal,) = ask(waiting.where(Decision.kind == DecisionKind.PUBLICATION))
    digest = digest_of(ask, proposal)
    sent = approve(approver, proposal, digest, idempotency_key=KEY)
    with only():
        assert approve(approver, proposal, digest, idempotency_key=KEY).location == sent.location
        stages.refused(approve(approver, proposal, digest), 409, "This was decided already: approved.")
        stages.refused(propose(officer, notice), 409, "Nobody is left on this notice who waits for publication.")
    (published,) = ask(lists_of(proposal))
    entries = ask(select(Entry.application_id).where(Entry.publication_id == published.id))
    assert entries == [play(stages.number_of, "zhexi")]
    assert len(ask(stages.events_of("publish").where(Event.application_id == entries[0]))) == 1


def test_publish_two_tabs(visit, ask, only, notice):
    """Of two proposals the first stands as it was written, and of two answers to it the first."""
    one_tab, other_tab = visit("officer"), visit("officer")
    assert propose(one_tab, notice).status_code == 303
    with only():
        second = propose(other_tab, notice, title_en="Another title")
        stages.refused(second, 409, "A proposal on this waits for approval already.")
    waiting = select(Decision).where(Decision.programme_id == stages.PLANTS, Decision.status == DecisionStatus.PROPOSED)
    (proposal,) = ask(waiting.where(Decision.kind == DecisionKind.PUBLICATION))
    assert proposal.content["title_en"] == "Second list"
    one_answer, other_answer = visit("approver"), visit("approver")
    no = browse.post(one_answer, f"/admin/decisions/{proposal.id}/reject", reason="The title is wrong.")
    assert no.status_code == 303
    with only():
        yes = approve(other_answer, proposal.id, proposal.digest)
        stages.refused(yes, 409, "This was decided already: rejected.")
    assert ask(lists_of(proposal.id)) == []


def test_publish_wrong_value(visit, play, ask, only, notice):
    """Without a title or a reason no list is proposed and what was typed stays; a wrong digest publishes nothing."""
    officer = visit("officer")
    with only():
        for name in ("title", "reason"):
            sent = propose(officer, notice, **{name: " "})
            stages.refused(sent, 422, "Fill in this field.")
            assert all(typed in sent.text for field, typed in FORM.items() if field != name)
        long = propose(officer, notice, title="名" * 201)
        stages.refused(long, 422, "Title of the list: write at most 200 characters", FORM["reason"])
    proposal = play(stages.listed, notice)
    with only():
        wrong = approve(visit("approver"), proposal, "0" * 64)
        stages.refused(wrong, 409, "What this rests on has changed since it was proposed.")
    assert ask(lists_of(proposal)) == []


def test_publish_without_right(visit, play, ask, only, notice):
    """The approver does not propose, the officer does not approve, and who may do both does not do both."""
    with only("event", "chain_head"):  # a denied access is put on record
        denied = propose(visit("approver"), notice)
        stages.refused(denied, 403, "Your account does not have the role that this page needs.")
    stranger = play(stages.stranger, Role.OFFICER)
    elsewhere = visit(stranger)
    with only():
        stages.refused(propose(elsewhere, notice), 404)
    proposal = play(stages.listed, notice)
    digest = digest_of(ask, proposal)
    with only("event", "chain_head"):
        stages.refused(approve(visit("officer"), proposal, digest), 403)
    play(stages.also, "officer", Role.APPROVER)
    with only("event", "chain_head"):
        own = approve(visit("officer"), proposal, digest)
        stages.refused(own, 403, "You proposed this; another person decides.")
    assert ask(lists_of(proposal)) == []


def test_publish_moved_on(visit, play, ask, only, at):
    """Everybody on the notice was removed after an objection: the officer who has the old page publishes nobody."""
    running = play(stages.announced)
    play(stages.answered, play(stages.objected, running), True)
    play(stages.cleared, running)
    (end,) = ask(select(Notice.closes_at).where(Notice.id == running))
    at(end + timedelta(hours=2))
    with only():
        sent = propose(visit("officer"), running)
        stages.refused(sent, 409, "Nobody is left on this notice who waits for publication.")
    (left,) = ask(select(Application).where(Application.id == play(stages.number_of, "zhexi")))
    assert (left.kind, left.status) == (Kind.NOTICE, Status.REMOVED)
    lists = select(Decision.id).where(Decision.kind == DecisionKind.PUBLICATION)
    assert ask(lists.where(Decision.programme_id == stages.PLANTS, Decision.status == DecisionStatus.PROPOSED)) == []
