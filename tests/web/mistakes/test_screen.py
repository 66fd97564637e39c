"""Screening, done wrong: the checklist, what becomes of the application, and the correction."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.domain.vocabulary import FormPoint, Kind, Role, Status
from registry.models import Application, Correction, Event, ScreeningItem, Verification
from tests import browse
from tests.web.mistakes import stages

GONE = "This can no longer be done: the application has moved on (stage: {}, status: {})."
REASON = "The permit has run out and must be renewed first."


@pytest.fixture
def luhe(play):
    """The application that waits in screening."""
    return play(stages.number_of, "luhe")


def screen(client, number, **fields):
    return browse.post(client, f"/admin/cases/{number}/screening", **fields)


def held(client, number):
    """All items of the checklist on the page, each found to hold, and what else its form carries."""
    page = client.get(f"/admin/cases/{number}").text
    items = {part.partition('"')[0]: "yes" for part in page.split('name="held_')[1:]}
    (tag,) = [part for part in page.split("<input ") if 'name="seen"' in part]
    seen = tag.partition('value="')[2].partition('"')[0]
    return {**{f"held_{key}": answer for key, answer in items.items()}, "seen": seen}


def place(ask, number):
    (found,) = ask(select(Application).where(Application.id == number))
    return found.kind, found.status


def test_screen_late(visit, play, ask, only, at):
    """Cannot be late by the clock: no date binds the office. What it gave a date is refused from that date on.

    The application of 湘台 was returned; after the date of the correction the applicant cannot hand in again, and the
    office cannot screen what is with the applicant.
    """
    number = play(stages.number_of, "xiangtai")
    (due,) = ask(select(Correction.due_at).where(Correction.application_id == number))
    at(due)
    officer, applicant = visit("officer"), visit("xiangtai")
    with only():
        stages.refused(
            screen(officer, number, decision="keep", held_complete="yes"),
            409,
            GONE.format("application", "returned for correction"),
        )
        url = f"/applications/{number}/edit/group-plant"
        late = browse.post(applicant, url, revision="1", input_commissioned_year="2001")
        shown = (due + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
        stages.refused(
            late, 409, f"The correction was due by {shown}, and it is {shown} now by the clock of the portal."
        )
    assert place(ask, number) == (Kind.FILING, Status.RETURNED)


def test_screen_twice(visit, ask, only, luhe):
    officer = visit("officer")
    form, key = held(officer, luhe), "one-form-and-its-one-key"
    first = screen(officer, luhe, idempotency_key=key, decision="accept", **form)
    assert "Accepted: the application goes on." in browse.words(officer.get(first.location))
    with only():
        again = screen(officer, luhe, idempotency_key=key, decision="accept", **form)
        stages.refused(screen(officer, luhe, decision="accept", **form), 409, GONE.format("scoring", "waiting"))
    assert [(sent.status_code, sent.location) for sent in (first, again)] == [(303, f"/admin/cases/{luhe}")] * 2
    assert len(ask(stages.events_of("accept").where(Event.application_id == luhe))) == 1


def test_screen_two_tabs(visit, ask, only, luhe):
    """What one officer found is not overwritten by another who has not seen it; what that one typed is not lost."""
    one_tab, other_tab = visit("officer"), visit("officer")
    seen = held(one_tab, luhe)["seen"]
    found = {"decision": "keep", "held_complete": "no", "note_complete": "Annex 3 is missing"}
    assert screen(one_tab, luhe, **found, seen=seen).status_code == 303
    with only():
        other = {"decision": "keep", "held_complete": "yes", "note_complete": "All annexes are there"}
        second = screen(other_tab, luhe, **other, seen=seen)
        stages.refused(second, 409, "Somebody saved in the meantime", "nothing of yours is lost", "Annex 3 is missing")
    assert 'value="All annexes are there"' in second.text
    note = select(ScreeningItem.note).where(ScreeningItem.application_id == luhe, ScreeningItem.key == "complete")
    assert ask(note) == ["Annex 3 is missing"]
    assert screen(other_tab, luhe, **other, seen=held(other_tab, luhe)["seen"]).status_code == 303
    assert ask(note) == ["All annexes are there"]


def test_screen_wrong_value(visit, ask, only, luhe):
    """Open items, too short a reason, a date out of bounds, a value out of its limits: said, and nothing is lost."""
    officer = visit("officer")
    note = {"held_complete": "no", "note_complete": "Annex 3 is missing"}
    with only():
        early = screen(officer, luhe, decision="accept", **note)
        stages.refused(early, 422, "Say of this item whether it holds.")
        unsaid = screen(officer, luhe, decision="refuse", reason="No.", **note)
        stages.refused(unsaid, 422, "Write at least 10 characters, so that others can follow.")
        for page in (early, unsaid):
            assert 'value="Annex 3 is missing"' in page.text
        stages.refused(screen(officer, luhe, decision="burn", **note), 422, "Choose what is to be done.")
        far = browse.post(officer, f"/admin/cases/{luhe}/return", note=REASON, working_days="61")
        stages.refused(far, 422, "Give between 1 and 60 working days.")
        assert REASON in far.text
        year = browse.post(officer, f"/admin/cases/{luhe}/values/commissioned_year", value="1066", reason=REASON)
        assert year.status_code == 422
        assert 'value="1066"' in year.text
        assert REASON in year.text
    assert ask(select(Verification.id)) == []
    assert place(ask, luhe) == (Kind.SCREENING, Status.WAITING)


def test_screen_without_right(visit, play, ask, only, luhe):
    """Only the officer screens; another programme sees nothing, nor does anybody before it is sent."""
    for key in ("approver", "auditor", "bureau", "luhe"):
        client = visit(key)
        with only("event", "chain_head"):  # a denied access is put on record
            denied = screen(client, luhe, decision="refuse", reason=REASON)
            stages.refused(denied, 403, "Your account does not have the role that this page needs.")
    draft, elsewhere = play(stages.drafted), visit(play(stages.stranger, Role.OFFICER))
    with only():
        for client, number in ((elsewhere, luhe), (visit("officer"), draft)):
            hidden = screen(client, number, decision="refuse", reason=REASON)
            stages.refused(hidden, 404, "There is no such page, or it is not open to you.")
    assert place(ask, luhe) == (Kind.SCREENING, Status.WAITING)


def test_screen_moved_on(visit, play, ask, only, luhe):
    """The applicant withdraws while the officer checks."""
    officer = visit("officer")
    form = held(officer, luhe)
    assert {f"held_{point.value}" for point in FormPoint} <= set(form)
    play(stages.withdrawn, "luhe")
    with only():
        for decision in ("keep", "accept", "refuse", "bar"):
            sent = screen(officer, luhe, decision=decision, reason=REASON, **form)
            stages.refused(sent, 409, GONE.format("screening", "withdrawn"))
        returned = browse.post(officer, f"/admin/cases/{luhe}/return", note=REASON, working_days="5")
        stages.refused(returned, 409, GONE.format("screening", "withdrawn"))
        established = browse.post(officer, f"/admin/cases/{luhe}/values/commissioned_year", value="2001", reason=REASON)
        stages.refused(established, 409, GONE.format("screening", "withdrawn"))
    assert place(ask, luhe) == (Kind.SCREENING, Status.WITHDRAWN)
