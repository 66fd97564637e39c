"""Issuing certificates, done wrong."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from registry.domain.vocabulary import Kind, Role, Status
from registry.models import Application, Award, Certificate, NumberSeries, Publication
from tests import browse
from tests.web.mistakes import stages

KEY = "one-form-and-its-one-key"
# The first batch took the numbers 1 to 3 of the year.
# Three plants of the first batch and one that was rebuilt have their numbers.
NEXT = "GJ-WWTP-2026-0005"
TAKEN = select(NumberSeries.last).where(NumberSeries.programme_id == stages.PLANTS)


@pytest.fixture
def published(play, at, ask):
    """The number of a published list on which 柘溪 waits for its certificate."""
    number = play(stages.publicized)
    (moment,) = ask(select(Publication.published_at).where(Publication.id == number))
    at(moment + stages.HOUR)
    return number


@pytest.fixture
def zhexi(play):
    return play(stages.number_of, "zhexi")


def issue(client, number, **changed):
    return browse.post(client, f"/admin/awards/publications/{number}/issue", **changed)


def numbers(ask, application):
    return ask(select(Award.number).where(Award.application_id == application))


def test_issue_late(visit, ask, at, work_off, published, zhexi):
    """Cannot be late: no date binds the office. The number is of the year, and the time runs from the day, of issue."""
    at(datetime(2027, 1, 11, 2, 0, tzinfo=UTC))
    officer = visit("officer")
    sent = issue(officer, published)
    work_off()
    assert "Certificates issued 1" in browse.words(officer.get(sent.location))
    (award,) = ask(select(Award).where(Award.application_id == zhexi))
    assert award.number == "GJ-WWTP-2027-0001"
    assert (award.valid_from, award.valid_until) == (date(2027, 1, 11), date(2030, 1, 11))


def test_issue_twice(visit, ask, only, work_off, published, zhexi):
    """Sent twice, a list is worked off once: it has each certificate once, and no number is lost."""
    officer = visit("officer")
    first = issue(officer, published, idempotency_key=KEY)
    with only("idempotency_key"):
        again = issue(officer, published, idempotency_key=KEY)
        anew = issue(officer, published)
    assert [(sent.status_code, sent.location) for sent in (first, again, anew)] == [(303, "/tasks/1")] * 3
    work_off()
    assert "Certificates issued 1" in browse.words(officer.get(first.location))
    with only():
        stages.refused(issue(officer, published), 409, "Every entry of this list has its certificate already.")
    assert numbers(ask, zhexi) == [NEXT]
    assert ask(select(Certificate.edition).join(Award).where(Award.application_id == zhexi)) == [1]
    assert ask(TAKEN) == [5]


def test_issue_two_tabs(visit, ask, only, work_off, published, zhexi):
    """Two officers have the list open; what one has issued the other does not issue again."""
    one_tab, other_tab = visit("officer"), visit("officer")
    assert all(
        "Entries that wait for a certificate: 1" in browse.words(tab.get("/admin/awards"))
        for tab in (one_tab, other_tab)
    )
    assert issue(one_tab, published).status_code == 303
    work_off()
    with only():
        second = issue(other_tab, published)
        stages.refused(second, 409, "Every entry of this list has its certificate already.")
    assert "Entries that wait for a certificate" not in browse.words(other_tab.get("/admin/awards"))
    assert numbers(ask, zhexi) == [NEXT]


def test_issue_wrong_value(visit, play, ask, at, work_off, zhexi):
    """A name has a character that cannot be printed: it is not issued, takes no number, and the page says why."""
    play(stages.renamed, "zhexi", "柘溪\U0001f3ed厂")
    number = play(stages.publicized)
    (moment,) = ask(select(Publication.published_at).where(Publication.id == number))
    at(moment)
    officer = visit("officer")
    sent = issue(officer, number)
    work_off()
    said = browse.words(officer.get(sent.location))
    assert all(words in said for words in ("Not issued: 1", "柘溪\U0001f3ed厂", "cannot be printed")), said
    assert numbers(ask, zhexi) == []
    assert ask(TAKEN) == [4]


def test_issue_without_right(visit, play, ask, only, published, zhexi):
    """Approver, auditor and holder issue nothing; another programme's officer finds no such list."""
    stranger = play(stages.stranger, Role.OFFICER)
    for key in ("approver", "auditor", "admin", "zhexi"):
        with only("event", "chain_head"):  # a denied access is put on record
            denied = issue(visit(key), published)
            stages.refused(denied, 403, "Your account does not have the role that this page needs.")
    elsewhere = visit(stranger)
    with only():
        stages.refused(issue(elsewhere, published), 404, "There is no such page, or it is not open to you.")
    assert numbers(ask, zhexi) == []


def test_issue_moved_on(visit, ask, only, work_off, published, zhexi):
    """Cannot happen: a published entry moves to its certificate and nowhere else; even a withdrawal is refused.

    A list that is not published has no address from which to issue.
    """
    with only():
        url = f"/applications/{zhexi}/withdraw"
        gone = browse.post(visit("zhexi"), url, reason="We have thought better of it.")
        stages.refused(gone, 409, "the application has moved on (stage: certificate, status: selected)")
        stages.refused(issue(visit("officer"), published + 1), 404)
    (waiting,) = ask(select(Application).where(Application.id == zhexi))
    assert (waiting.kind, waiting.status) == (Kind.CERTIFICATE, Status.SELECTED)
    assert issue(visit("officer"), published).status_code == 303
    work_off()
    assert numbers(ask, zhexi) == [NEXT]
