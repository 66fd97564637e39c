"""Recommending, done wrong: confirming an organisation and its site, and giving the bureau's opinion."""

from datetime import timedelta

from sqlalchemy import select

from registry.domain.vocabulary import Kind, Standing, Status
from registry.models import Application, Organisation, Recommendation
from tests import browse
from tests.web.mistakes import stages
from tests.world import MOMENT

OPINION = "The papers are in order; the bureau recommends the plant."
GONE = "This can no longer be done: the application has moved on (stage: {}, status: {})."


def confirmed(client, number):
    for part in ("organisation", "site"):
        assert browse.post(client, f"/recommendations/{number}/{part}", confirmed="yes").status_code == 303


def give(client, number, **fields):
    return browse.post(
        client, f"/recommendations/{number}/opinion", **{"in_favour": "yes", "opinion": OPINION, **fields}
    )


def standing(ask, number):
    return ask(select(Application.kind).where(Application.id == number))


def test_recommend_late(visit, play, ask, only, at):
    """Cannot be late by the clock: no date binds the bureau. Too late is an opinion after the round was decided."""
    number, decision = play(stages.number_of, "beiting"), play(stages.proposed)
    at(MOMENT + timedelta(days=180))
    bureau = visit("zhejiang")
    confirmed(bureau, number)
    play(stages.approved, decision)
    with only():
        stages.refused(give(bureau, number), 409, GONE.format("recommendation", "excluded from the decision"))
    assert ask(select(Application.status).where(Application.id == number)) == [Status.EXCLUDED]


def test_recommend_twice(visit, play, ask, only):
    number = play(stages.number_of, "beiting")
    bureau = visit("zhejiang")
    confirmed(bureau, number)
    first = give(bureau, number, idempotency_key="one-form-and-its-one-key")
    assert "The application goes on with your recommendation." in browse.words(bureau.get(first.location))
    with only():
        again = give(bureau, number, idempotency_key="one-form-and-its-one-key")
        stages.refused(give(bureau, number), 409, GONE.format("screening", "waiting"))
    assert [(sent.status_code, sent.location) for sent in (first, again)] == [(303, "/recommendations")] * 2
    assert ask(select(Recommendation.opinion).where(Recommendation.application_id == number)) == [OPINION]


def test_recommend_two_tabs(visit, play, ask, only):
    """One tab says yes, the other, opened before, then says no: the first opinion stands."""
    number = play(stages.number_of, "beiting")
    one_tab, other_tab = visit("zhejiang"), visit("zhejiang")
    confirmed(one_tab, number)
    assert give(one_tab, number).status_code == 303
    with only():
        against = give(other_tab, number, in_favour="no", opinion="On second thoughts the bureau does not.")
        stages.refused(against, 409, GONE.format("screening", "waiting"))
        unconfirmed = browse.post(other_tab, f"/recommendations/{number}/organisation", confirmed="no")
        stages.refused(unconfirmed, 409, GONE.format("screening", "waiting"))
    assert ask(select(Recommendation.in_favour).where(Recommendation.application_id == number)) == [True]


def test_recommend_wrong_value(visit, play, ask, only):
    """Nothing chosen, too few words, nothing confirmed, a button that there is not: said at its place, nothing lost."""
    number = play(stages.number_of, "beiting")
    bureau = visit("zhejiang")
    with only():
        early = give(bureau, number)
        stages.refused(early, 422, "Confirm the organisation's licence before you recommend.")
        unsaid = give(bureau, number, in_favour=None)
        stages.refused(unsaid, 422, "Say whether the bureau recommends the application.")
        for refused in (early, unsaid):
            assert OPINION in refused.text
        short = give(bureau, number, opinion="Yes.")
        stages.refused(short, 422, "Opinion of the bureau: write between 10 and 4000 characters")
        assert ">\r\nYes.</textarea>" in short.text
        other = browse.post(bureau, f"/recommendations/{number}/site", confirmed="perhaps")
        stages.refused(other, 422)
    assert standing(ask, number) == [Kind.RECOMMENDATION]


def test_recommend_without_right(visit, play, ask, only):
    """A bureau of another province finds nothing; officer and applicant have no such page."""
    number = play(stages.number_of, "beiting")
    elsewhere = visit("bureau")
    with only():
        stages.refused(give(elsewhere, number), 404, "There is no such page, or it is not open to you.")
        confirm = browse.post(elsewhere, f"/recommendations/{number}/organisation", confirmed="yes")
        stages.refused(confirm, 404)
    for key in ("officer", "beiting"):
        with only("event", "chain_head"):  # a denied access is put on record
            denied = give(visit(key), number)
            stages.refused(denied, 403, "Your account does not have the role that this page needs.")
    assert standing(ask, number) == [Kind.RECOMMENDATION]


def test_recommend_moved_on(visit, play, ask, only):
    """The applicant withdraws while the bureau reads."""
    number = play(stages.number_of, "beiting")
    bureau = visit("zhejiang")
    assert OPINION not in bureau.get(f"/recommendations/{number}").text
    play(stages.withdrawn, "beiting")
    with only():
        stages.refused(give(bureau, number), 409, GONE.format("recommendation", "withdrawn"))
        confirm = browse.post(bureau, f"/recommendations/{number}/organisation", confirmed="yes")
        stages.refused(confirm, 409, GONE.format("recommendation", "withdrawn"))
    organisation = select(Application.organisation_id).where(Application.id == number)
    assert ask(select(Organisation.status).where(Organisation.id.in_(organisation))) == [Standing.PENDING]
