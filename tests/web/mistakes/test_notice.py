"""The public notice, done wrong: opening it, objecting, answering and concluding."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from registry.domain.vocabulary import DecisionKind, DecisionStatus, Kind, ObjectionStatus, Role, Status
from registry.models import Application, Decision, Event, Notice, Objection, Reply
from tests import browse
from tests.web.mistakes import stages

KEY = "one-form-and-its-one-key"
MINUTE = timedelta(minutes=1)
STATEMENT = "The outlet smells in summer, and nobody answers the telephone."
ANSWER = "The office has visited the outlet and found it in order."


@pytest.fixture
def running(play):
    """The number of a notice that runs."""
    return play(stages.announced)


@pytest.fixture
def entry(play):
    """The number of the application that is announced."""
    return play(stages.number_of, "zhexi")


def object_to(client, number, entry, **changed):
    fields = {"application": str(entry), "statement": STATEMENT, "name": "A neighbour", "contact": "n@example.org"}
    return browse.post(client, f"/notices/{number}/objection", **{**fields, **changed})


def answer(client, number, **changed):
    fields = {"answer": "dismissed", "text": ANSWER}
    return browse.post(client, f"/admin/notices/objections/{number}/reply", **{**fields, **changed})


def closing(ask, number):
    (found,) = ask(select(Notice.closes_at).where(Notice.id == number))
    return found


def test_notice_late(visit, ask, only, at, running, entry):
    """A minute before the end an objection is taken; at the end it is not, and what was written is shown again.

    The notice of 2026-11-02, a Monday, runs for the five working days that follow: to the end of 2026-11-09.
    """
    end = closing(ask, running)
    at(end)
    neighbour = visit("")
    with only():
        late = object_to(neighbour, running, entry)
        stages.refused(late, 409, "Objections were possible until 2026-11-09 24:00, Beijing time.", STATEMENT)
    at(end - MINUTE)
    assert object_to(neighbour, running, entry).status_code == 303
    assert ask(select(Objection.raised_at).where(Objection.notice_id == running)) == [end - MINUTE]


def prepare(client, selection, **changed):
    fields = {"reason": "As selected, in the order of the ranking."}
    return browse.post(client, f"/admin/notices/propose/{selection}", **{**fields, **changed})


def approve(client, proposal, digest, **changed):
    return browse.post(client, f"/admin/decisions/{proposal}/approve", **{"digest": digest, "reason": "", **changed})


def digest_of(ask, decision):
    (found,) = ask(select(Decision.digest).where(Decision.id == decision))
    return found


def proposal_of(ask):
    waiting = select(Decision.id).where(Decision.kind == DecisionKind.NOTICE)
    (found,) = ask(waiting.where(Decision.status == DecisionStatus.PROPOSED))
    return found


def test_notice_twice(visit, play, ask, only, entry):
    """One selection has one notice, one form makes one objection, and an objection is answered once."""
    decision = play(stages.selected)
    officer, approver = visit("officer"), visit("approver")
    first = prepare(officer, decision, idempotency_key=KEY)
    assert "Proposed. Another person approves or rejects it." in browse.words(officer.get(first.location))
    with only():
        again = prepare(officer, decision, idempotency_key=KEY)
        stages.refused(prepare(officer, decision), 409, "A proposal on this waits for approval already.")
    assert (again.status_code, again.location) == (303, first.location)
    proposal = proposal_of(ask)
    digest = digest_of(ask, proposal)
    assert approve(approver, proposal, digest).status_code == 303
    with only():
        stages.refused(approve(approver, proposal, digest), 409, "This was decided already: approved.")
        stages.refused(prepare(officer, decision), 409, "This selection is announced already.")
    (running,) = ask(select(Notice.id).where(Notice.decision_id == decision))
    neighbour = visit("")
    receipt = object_to(neighbour, running, entry, idempotency_key=KEY)
    assert "Your objection was received." in browse.words(neighbour.get(receipt.location))
    with only():
        assert object_to(neighbour, running, entry, idempotency_key=KEY).location == receipt.location
    (objection,) = ask(select(Objection.id).where(Objection.notice_id == running))
    assert answer(officer, objection).status_code == 303
    with only():
        stages.refused(answer(officer, objection), 409, "This objection is answered already.")
    assert ask(select(Reply.text).where(Reply.objection_id == objection)) == [ANSWER]


def test_notice_two_tabs(visit, play, ask, only, running, entry):
    """Dismissed in one tab, an objection is not upheld in the other: the answer and the entry stand."""
    objection = play(stages.objected, running)
    one_tab, other_tab = visit("officer"), visit("officer")
    assert answer(one_tab, objection).status_code == 303
    with only():
        other = answer(other_tab, objection, answer="upheld", text="On second thoughts it is upheld.")
        stages.refused(other, 409, "This objection is answered already.")
    stages.refused(other_tab.get(f"/admin/notices/objections/{objection}/reply"), 200, ANSWER)
    assert ask(select(Objection.status).where(Objection.id == objection)) == [ObjectionStatus.DISMISSED]
    assert ask(select(Application.status).where(Application.id == entry)) == [Status.SELECTED]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"statement": "It smells."}, "Your objection: write between 20 and 5000 characters"),
        ({"application": "1"}, "Choose one of what is offered: Which entry do you object to?"),
        ({"name": ""}, "Please fill in: Your name or that of your organisation"),
        ({"files": (BytesIO(b"MZ"), "smell.exe")}, "Files of this type are not taken."),
        ({"files": (BytesIO(b"MZ"), "smell.pdf")}, "The content of the file is not what its name says (.pdf)."),
    ],
)
def test_notice_wrong_value(changed, sentence, visit, play, ask, only, running, entry):
    """What is wrong with an objection or its answer is said at its field, and nothing that was written is lost."""
    with only():
        sent = object_to(visit(""), running, entry, **changed)
        stages.refused(sent, 422, sentence)
    typed = {"statement": STATEMENT, "contact": "n@example.org", **changed}
    assert typed["statement"] in browse.words(sent)
    assert typed["contact"] in sent.text
    assert ask(select(Objection.id).where(Objection.notice_id == running)) == []
    objection, officer = play(stages.objected, running), visit("officer")
    with only():
        short = answer(officer, objection, text="No.")
        stages.refused(short, 422, "Write at least 10 characters, so that others can follow.")
        undecided = answer(officer, objection, answer="perhaps")
        stages.refused(undecided, 422, "Choose one of what is offered: Decision on the objection", ANSWER)
    assert ask(select(Objection.status).where(Objection.id == objection)) == [ObjectionStatus.OPEN]


def test_notice_without_right(visit, play, ask, only):
    """The approver prepares nothing, the officer opens nothing, and another programme's officer finds nothing."""
    decision, stranger = play(stages.selected), play(stages.stranger, Role.OFFICER)
    elsewhere = visit(stranger)
    for key in ("approver", "auditor", "zhexi"):
        with only("event", "chain_head"):  # a denied access is put on record
            stages.refused(
                prepare(visit(key), decision), 403, "Your account does not have the role that this page needs."
            )
    with only():
        stages.refused(prepare(elsewhere, decision), 404)
        stages.refused(prepare(visit("officer"), decision, reason=" "), 422, "Fill in this field.")
    proposal = play(stages.prepared, decision)
    digest = digest_of(ask, proposal)
    with only("event", "chain_head"):
        stages.refused(approve(visit("officer"), proposal, digest), 403)
    play(stages.also, "officer", Role.APPROVER)
    with only("event", "chain_head"):
        stages.refused(approve(visit("officer"), proposal, digest), 403, "You proposed this; another person decides.")
    assert approve(visit("approver"), proposal, digest).status_code == 303
    (running,) = ask(select(Notice.id).where(Notice.decision_id == decision))
    objection = play(stages.objected, running)
    with only("event", "chain_head"):
        stages.refused(answer(visit("approver"), objection), 403)
    with only():
        stages.refused(answer(elsewhere, objection), 404)
        stages.refused(browse.post(elsewhere, f"/admin/notices/{running}/clear"), 404)
    assert ask(select(Objection.status).where(Objection.id == objection)) == [ObjectionStatus.OPEN]


def test_notice_moved_on(visit, play, ask, only, at):
    """A proposal that was rejected is not announced; a notice is not concluded early, nor with an objection open."""
    officer = visit("officer")
    rejected = play(stages.rejected, play(stages.proposed))
    with only():
        stages.refused(prepare(officer, rejected), 409, "A notice announces an approved selection.")
    (again,) = ask(select(Decision.id).where(Decision.id == play(stages.approved, play(stages.proposed_again))))
    play(stages.opened, play(stages.prepared, again))
    (running,) = ask(select(Notice.id).where(Notice.decision_id == again))
    objection = play(stages.objected, running)
    with only():
        early = browse.post(officer, f"/admin/notices/{running}/clear")
        stages.refused(early, 409, "The notice is still open; it can be concluded when its last working day is over.")
    at(closing(ask, running))
    officer = visit("officer")
    with only():
        unanswered = browse.post(officer, f"/admin/notices/{running}/clear")
        stages.refused(unanswered, 409, "Answer every objection before the notice is concluded.")
    play(stages.answered, objection, True)
    assert browse.post(officer, f"/admin/notices/{running}/clear").status_code == 303
    with only():
        twice = browse.post(officer, f"/admin/notices/{running}/clear")
        stages.refused(twice, 409, "This notice is concluded already.")
    (left,) = ask(select(Application).where(Application.id == play(stages.number_of, "zhexi")))
    assert (left.kind, left.status) == (Kind.NOTICE, Status.REMOVED)
    assert len(ask(stages.events_of("end_notice").where(Event.subject_id == str(running)))) == 1
