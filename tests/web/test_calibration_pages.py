"""The pages of rounds that adjust for the severity of reviewers, or in which something follows where they disagree."""

import pytest
from flask.testing import FlaskClient

from registry.domain.vocabulary import Kind, ReviewStatus, Role
from tests import browse, factories
from tests.domain.test_disagreement import SPREAD
from tests.factories import NOON
from tests.services.test_applied_calibration import category, judged
from tests.web.test_admin_meetings import RECORD

WHY = "再生水去向已核实，按多数意见支持。"


@pytest.fixture
def officer(session, client, at):
    """Sign an officer in once all is made."""

    def enter() -> FlaskClient:
        person = factories.persona(session, Role.OFFICER, name="某经办")
        session.commit()
        at(NOON)
        found: FlaskClient = client(person)
        browse.post(found, "/language", language="en")
        return found

    return enter


# Adjusted totals: 87 for whom the strict one marked 84, 85 for whom the mild one marked 88; see the service's own test.


def test_both_totals_stand_on_every_page_of_a_ranking_that_adjusts(session, officer):
    where = category(session)
    number, round_id, first = where.id, where.round_id, judged(session, where)["strict"].id
    client = officer()
    ranking = f"/admin/decisions/rankings/{number}"
    page = browse.words(client.get(ranking))
    assert "The order goes by totals adjusted for the severity of reviewers" in page
    assert page.index("as given: 84.00") < page.index("as given: 88.00")
    bench = client.get(f"{ranking}/bench").text
    assert bench.index("adjusted for the severity of reviewers") < bench.index("raw, as they were given")
    # The raw marks put the other one in; what stands for the round is adjusted.
    assert "bench-answer" not in client.get(f"{ranking}/bench").text
    assert "bench-answer" in client.get(f"{ranking}/bench?marks=raw").text
    assert "totals adjusted for it decide the order" in browse.words(client.get(f"{ranking}/reviewers"))
    public = browse.words(client.get(f"/rounds/{round_id}"))
    assert "the totals of the adjusted marks decide the order" in public

    given = {"reason": "按校准后总分排序的理由", "places": "1", "reserve": "1"}
    decision = browse.post(client, f"{ranking}/propose", **given).location
    for url in (decision, f"/admin/cases/{first}"):
        page = browse.words(client.get(url))
        assert ("87.00" in page, "84.00" in page) == (True, True)
    assert "Digest of the severities" in browse.words(client.get(decision))


def test_while_somebody_is_under_review_nothing_is_proposed_and_it_says_so(session, officer):
    where = category(session)
    judged(session, where)
    late = factories.application(session, round_category=where, kind=Kind.REVIEW).id
    ranking = f"/admin/decisions/rankings/{where.id}"
    client = officer()
    page = client.get(ranking)
    assert "Still under review: 1." in browse.words(page)
    assert f"{ranking}/propose" not in page.text
    given = {"reason": "按总分排序的理由", "places": "1", "reserve": "0", f"exclude_{late}": "评审尚未完成，不再等待。"}
    refused = browse.post(client, f"{ranking}/propose", **given)
    assert refused.status_code == 409
    assert "Conclude their reviews first" in browse.words(refused)


def disputed(session, follows, kind):
    """An application on which two reviewers gave ten and thirty of forty points, six of which are the most apart."""
    version = factories.criteria_version(session, content=SPREAD)
    steps = {Kind.REVIEW: {"parameters": {"minimum_reviewers": 2, "disagreement": follows}}}
    round_ = factories.round_(session, closes_at=NOON)
    where = factories.round_category(session, round_=round_, criteria_version=version, steps=steps)
    people = [factories.persona(session, Role.REVIEWER) for _ in range(2)]
    if kind is Kind.DELIBERATION:
        marks = dict(zip(people, ("10", "30"), strict=True))
        return where, factories.judged(session, where, reused="90", marks=marks)
    row = factories.application(session, round_category=where, kind=kind, answers={"licensed": True, "reused": "90"})
    for person, label, points in zip(people, "AB", ("10", "30"), strict=True):
        given = factories.assignment(session, row, reviewer=person, label=label)
        factories.review(session, given, marks={"novelty": points}, status=ReviewStatus.FINISHED)
    return where, row


def test_the_case_says_that_one_more_review_is_needed_and_why(session, officer):
    where, row = disputed(session, 1, Kind.REVIEW)
    case, round_id = row.id, where.round_id
    client = officer()
    page = client.get(f"/admin/cases/{case}")
    said = browse.words(page)
    assert "The reviewers disagree" in said
    assert "Finished reviews needed: at least 3; none may be open." in said
    assert "Conclude the review" not in said
    assert "where the reviewers disagree, one more reviews it" in browse.words(client.get(f"/rounds/{round_id}"))


def test_a_ranking_names_whom_a_meeting_has_to_speak_of_and_takes_no_support_without_a_reason(session, officer):
    where, row = disputed(session, 2, Kind.DELIBERATION)
    case, number = row.id, where.id
    client = officer()
    ranking = f"/admin/decisions/rankings/{number}"
    page = client.get(ranking)
    assert "To be deliberated, because the reviewers disagree: 1" in browse.words(page)
    assert f"{ranking}/propose" not in page.text
    refused = browse.post(client, f"{ranking}/propose", reason="按总分排序的理由", places="1", reserve="0")
    assert (refused.status_code, "no meeting has spoken of them yet" in browse.words(refused)) == (422, True)

    record = f"/admin/meetings/record/{number}"
    assert "Reason, needed because the reviewers disagree" in browse.words(client.get(record))
    opinion = {f"supported_{case}": "yes"}
    refused = browse.post(client, record, **{**RECORD, **opinion})
    assert (refused.status_code, f'id="reason_{case}-error"' in refused.text) == (422, True)
    assert browse.post(client, record, **{**RECORD, **opinion, f"reason_{case}": WHY}).status_code == 303
    page = client.get(ranking)
    assert "To be deliberated" not in browse.words(page)
    assert f"{ranking}/propose" in page.text
    decision = browse.post(client, f"{ranking}/propose", reason="按总分排序的理由", places="1", reserve="0").location
    assert "the reviewers disagree" in browse.words(client.get(decision))
