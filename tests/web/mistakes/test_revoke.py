"""Revoking an award, done wrong: proposing the revocation, and approving it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.domain.vocabulary import AwardStatus, DecisionStatus, Role
from registry.models import Award, AwardEvent, Decision, Event
from tests import browse
from tests.web.mistakes import stages
from tests.world import MOMENT

KEY = "one-form-and-its-one-key"
REASON = "The figures of the filing do not agree with the records."


@pytest.fixture
def award(play):
    """The number of an award that is valid."""
    return play(stages.valid_award)


def propose(client, award, **changed):
    return browse.post(client, f"/admin/awards/{award}/revocation", **{"reason": REASON, **changed})


def decide(client, decision, verb="approve", **changed):
    return browse.post(client, f"/admin/decisions/{decision}/{verb}", **{"reason": REASON, **changed})


def waiting(ask):
    """The revocation that waits for the approver."""
    (found,) = ask(
        select(Decision).where(Decision.programme_id == stages.PLANTS, Decision.status == DecisionStatus.PROPOSED)
    )
    return found


def shown(visit, ask, award):
    """What anybody reads of the award."""
    (number,) = ask(select(Award.number).where(Award.id == award))
    return browse.words(visit("").get(f"/projects/{number}"))


def standing(ask, award):
    return ask(select(Award.status).where(Award.id == award))


def test_revoke_late(visit, ask, at, award):
    """Cannot be late: even an award that has expired is revoked, so that nobody leans on what it once said."""
    at(MOMENT + timedelta(days=4 * 365))
    assert "This award has expired." in shown(visit, ask, award)
    assert propose(visit("officer"), award).status_code == 303
    proposal = waiting(ask)
    assert decide(visit("approver"), proposal.id, digest=proposal.digest).status_code == 303
    page = shown(visit, ask, award)
    assert "This award was revoked." in page
    assert REASON in page
    assert "This award has expired." not in page


def test_revoke_twice(visit, ask, only, award):
    """However often it is proposed or approved, an award is revoked once, and then not again."""
    officer, approver = visit("officer"), visit("approver")
    first = propose(officer, award, idempotency_key=KEY)
    assert "Proposed. Another person approves or rejects it." in browse.words(officer.get(first.location))
    with only():
        assert propose(officer, award, idempotency_key=KEY).location == first.location
        stages.refused(propose(officer, award), 409, "A proposal on this waits for approval already.")
    proposal = waiting(ask)
    sent = decide(approver, proposal.id, digest=proposal.digest, idempotency_key=KEY)
    with only():
        again = decide(approver, proposal.id, digest=proposal.digest, idempotency_key=KEY)
        assert (again.status_code, again.location) == (303, sent.location)
        anew = decide(approver, proposal.id, digest=proposal.digest)
        stages.refused(anew, 409, "This was decided already: approved.")
        stages.refused(propose(officer, award), 409, "This award is revoked already.")
    happened = select(AwardEvent.after).where(AwardEvent.award_id == award).order_by(AwardEvent.id)
    assert ask(happened) == [AwardStatus.VALID, AwardStatus.REVOKED]
    revoked = stages.events_of("revoke").where(Event.subject == "award", Event.subject_id == str(award))
    assert len(ask(revoked)) == 1


def test_revoke_two_tabs(visit, play, ask, only, award):
    """Rejected in one tab, a revocation is not approved in the other."""
    proposal = play(stages.revocation, award)
    (digest,) = ask(select(Decision.digest).where(Decision.id == proposal))
    one_tab, other_tab = visit("approver"), visit("approver")
    assert decide(one_tab, proposal, "reject").status_code == 303
    with only():
        other = decide(other_tab, proposal, digest=digest)
        stages.refused(other, 409, "This was decided already: rejected.")
    assert standing(ask, award) == [AwardStatus.VALID]
    assert "This award was revoked." not in shown(visit, ask, award)


def test_revoke_wrong_value(visit, play, ask, only, award):
    """Too short a reason proposes nothing and stays where it was typed; another digest revokes nothing."""
    officer = visit("officer")
    with only():
        short = propose(officer, award, reason="Fraud.")
        stages.refused(short, 422, "Write at least 10 characters, so that others can follow.")
        assert ">\r\nFraud.</textarea>" in short.text
        stages.refused(propose(officer, award, reason=""), 422, "Please fill in: Reason for the revocation")
    proposal = play(stages.revocation, award)
    with only():
        wrong = decide(visit("approver"), proposal, digest="0" * 64)
        stages.refused(wrong, 409, "What this rests on has changed since it was proposed.")
    assert standing(ask, award) == [AwardStatus.VALID]


def test_revoke_without_right(visit, play, ask, only, award):
    """The approver does not propose, who proposed does not approve, and another programme finds nothing."""
    stranger = play(stages.stranger, Role.OFFICER)
    for key in ("approver", "auditor", "yunxi"):
        with only("event", "chain_head"):  # a denied access is put on record
            denied = propose(visit(key), award)
            stages.refused(denied, 403, "Your account does not have the role that this page needs.")
    elsewhere = visit(stranger)
    with only():
        stages.refused(propose(elsewhere, award), 404)
    proposal = play(stages.revocation, award)
    (digest,) = ask(select(Decision.digest).where(Decision.id == proposal))
    play(stages.also, "officer", Role.APPROVER)
    with only("event", "chain_head"):
        own = decide(visit("officer"), proposal, digest=digest)
        stages.refused(own, 403, "You proposed this; another person decides.")
    assert standing(ask, award) == [AwardStatus.VALID]


def test_revoke_moved_on(visit, play, ask, only, award):
    """While the officer writes, the award is revoked by others: nothing is left to propose, and the page says so."""
    officer = visit("officer")
    assert "Propose to revoke the award" in browse.words(officer.get(f"/admin/awards/{award}"))
    play(stages.approved, play(stages.revocation, award))
    with only():
        stages.refused(propose(officer, award), 409, "This award is revoked already.")
    assert "Propose to revoke the award" not in browse.words(officer.get(f"/admin/awards/{award}"))
    assert standing(ask, award) == [AwardStatus.REVOKED]
