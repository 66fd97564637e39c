"""Applying, done wrong: starting, filling in, proving and submitting."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from registry.domain.vocabulary import Kind, Status
from registry.models import Answer, Application, Event, Evidence, Filing
from tests import browse
from tests.web.mistakes import stages
from tests.world import MOMENT

# The open round of the demonstration closes 26 days after its moment, at ten in the morning in Beijing.
# Rounds of the demonstration close at five in the afternoon, Beijing time.
CLOSES = (MOMENT + timedelta(days=26)).replace(hour=9)
MINUTE = timedelta(minutes=1)
PLANT = "group-plant"
MOST = 1024 * 1024


def signing(client, number):
    """What the page sends on which the signatory checks and signs."""
    page = client.get(f"/applications/{number}/submit").text
    return {
        "revision": page.partition('name="revision" value="')[2].partition('"')[0],
        "digest": page.partition('name="digest" value="')[2].partition('"')[0],
        "truthful": "y",
    }


def started(ask):
    return ask(select(func.count()).select_from(Application))


def test_apply_late(visit, play, ask, only, at):
    """A minute before the close one may submit; at the close nobody starts, saves or submits, and is told so."""
    number, where, part = play(stages.drafted), play(stages.open_category), play(stages.visitors_part)
    at(CLOSES - MINUTE)
    signatory, drafter = visit("signatory"), visit("drafter")
    form = signing(signatory, number)
    at(CLOSES)
    sentence = "The deadline was 2026-11-28 17:00, and it is 2026-11-28 17:00 now by the clock of the portal."
    with only():
        stages.refused(browse.post(signatory, f"/applications/{number}/submit", **form), 409, sentence)
        late = browse.post(drafter, f"/applications/{number}/edit/{PLANT}", revision="1", input_process="mbr")
        stages.refused(late, 409, sentence)
        closed = browse.post(visit("yunxi"), f"/applications/start/{where}", site=str(part))
        stages.refused(closed, 422, "This round takes no applications now")
    at(CLOSES - MINUTE)
    assert browse.post(signatory, f"/applications/{number}/submit", **form).status_code == 303
    assert ask(select(Application.kind).where(Application.id == number)) == [Kind.RECOMMENDATION]


def test_apply_twice(visit, play, ask, only):
    """Sent twice, an application arrives once, with one receipt, whether the form or its page was taken twice."""
    number = play(stages.drafted)
    signatory = visit("signatory")
    form, url = signing(signatory, number), f"/applications/{number}/submit"
    first = browse.post(signatory, url, idempotency_key="one-form-and-its-one-key", **form)
    receipt = ask(select(Application.receipt).where(Application.id == number))
    with only():
        again = browse.post(signatory, url, idempotency_key="one-form-and-its-one-key", **form)
    with only("idempotency_key"):
        anew = browse.post(signatory, url, **form)
    assert [answer.status_code for answer in (first, again, anew)] == [303, 303, 303]
    assert {answer.location for answer in (first, again, anew)} == {f"/applications/{number}/receipt"}
    assert "Your application has arrived." in browse.words(signatory.get(first.location))
    assert ask(select(Application.receipt).where(Application.id == number)) == receipt
    assert len(ask(stages.events_of("submit").where(Event.application_id == number))) == 1


def test_apply_two_tabs(visit, play, ask, only):
    """The second tab is told what the first one saved, keeps what was typed in it, and may save it then."""
    number = play(stages.drafted)
    drafter = visit("drafter")
    url = f"/applications/{number}/edit/{PLANT}"
    assert browse.post(drafter, url, revision="1", input_commissioned_year="2001", go="stay").status_code == 303
    with only():
        second = browse.post(drafter, url, revision="1", input_commissioned_year="2002", go="stay")
        stages.refused(second, 409, "Somebody saved in the meantime", "Nothing was overwritten", "2001")
    assert 'value="2002"' in second.text
    latest = select(Answer.value).where(Answer.key == "commissioned_year").order_by(Answer.id.desc()).limit(1)
    assert ask(latest) == ["2001"]
    revision = second.text.partition('name="revision" value="')[2].partition('"')[0]
    assert browse.post(drafter, url, revision=revision, input_commissioned_year="2002", go="stay").status_code == 303
    assert ask(latest) == ["2002"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("plan.exe", b"MZ", "Files of this type are not taken. Taken are: PDF, PNG, JPG, DOCX, XLSX, OFD, ZIP."),
        ("plan.pdf", b"MZ program", "The content of the file is not what its name says (.pdf)."),
        ("plan.pdf", b"", "The file is empty."),
        ("plan.pdf", b"%PDF-" + bytes(MOST), "The file is larger than 1 MB. Make it smaller or split it."),
        ("", b"", "Choose a file."),
    ],
)
def test_apply_wrong_value(name, content, sentence, world, visit, play, ask, only):
    """A wrong file is refused at its field; beside a wrong number everything else is saved, and it stands as typed."""
    world.extensions["registry.config"] = replace(world.extensions["registry.config"], upload_bytes=MOST)
    number = play(stages.drafted)
    drafter = visit("drafter")
    with only():
        sent = browse.post(
            drafter,
            f"/applications/{number}/evidence",
            target="input.discharge_standard",
            file=(BytesIO(content), name),
            page="page 3 of the permit",
        )
        sent.request.environ["wsgi.input"].close()  # a large body lies in a file of the test's own
        stages.refused(sent, 422, sentence)
    assert 'value="page 3 of the permit"' in sent.text
    filing = select(Filing.id).where(Filing.application_id == number)
    assert len(ask(select(Evidence.id).where(Evidence.filing_id.in_(filing)))) == 1
    values = {"input_commissioned_year": "long ago", "input_process": "mbr"}
    partly = browse.post(drafter, f"/applications/{number}/edit/{PLANT}", revision="1", go="stay", **values)
    stages.refused(partly, 422, "“long ago” is not read as a whole number. Write it in digits, without decimals.")
    assert 'value="long ago"' in partly.text
    kept = select(Answer.value).where(Answer.filing_id.in_(filing), Answer.revision == 2)
    assert "mbr" in ask(kept)
    assert "long ago" not in ask(kept)


def test_apply_without_right(visit, play, ask, only):
    """Another organisation finds nothing, a drafter does not submit, and a stranger's site is not on offer."""
    number, where, part = play(stages.drafted), play(stages.open_category), play(stages.visitors_part)
    form = signing(visit("signatory"), number)
    other, drafter = visit("beiting"), visit("drafter")
    with only():
        edited = browse.post(other, f"/applications/{number}/edit/{PLANT}", revision="1", input_process="mbr")
        stages.refused(edited, 404, "There is no such page, or it is not open to you.")
        stages.refused(browse.post(other, f"/applications/{number}/submit", **form), 404)
        stages.refused(browse.post(other, f"/applications/start/{where}", site=str(part)), 422)
    with only("event", "chain_head"):  # a denied access is put on record
        signed = browse.post(drafter, f"/applications/{number}/submit", **form)
        stages.refused(signed, 403, "Your account does not have the role that this page needs.")
    assert ask(select(Application.status).where(Application.id == number)) == [Status.DRAFTED]


def test_apply_moved_on(visit, play, only):
    """While the drafter writes, the signatory withdraws; while the signatory reads, the drafter writes."""
    number = play(stages.drafted)
    drafter, signatory = visit("drafter"), visit("signatory")
    form, url = signing(signatory, number), f"/applications/{number}/edit/{PLANT}"
    assert browse.post(drafter, url, revision="1", input_commissioned_year="2001", go="stay").status_code == 303
    with only():
        unread = browse.post(signatory, f"/applications/{number}/submit", **form)
        stages.refused(unread, 409, "Somebody else saved in the meantime. Nothing was overwritten")
    play(stages.withdrawn, "drafter", "signatory")
    with only():
        gone = browse.post(drafter, url, revision="2", input_commissioned_year="2002", go="stay")
        stages.refused(gone, 409, "the application has moved on (stage: application, status: withdrawn)")
