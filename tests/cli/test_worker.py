"""The worker: messages leave, overdue corrections lapse, and one item that fails holds up no other."""

import io
import os
import socketserver
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from registry import files, jobs, mail
from registry.domain.vocabulary import Action, FilingKind, Kind, LetterState, MessageStatus, Result, Role, Status
from registry.models import Application, Correction, Event, Letter, Message, ObjectionFile
from registry.services import messages, moves
from tests import factories
from tests.factories import NOON


@pytest.fixture
def queued(session):
    person = factories.user(session, name="张三", email="zhang@example.cn", language="en")
    message = messages.queue(
        session, factories.actor(session, person), person, "invitation", {"name": "张三"}, path="/invitations/abc"
    )
    session.commit()
    return message


@pytest.fixture
def overdue(session):
    """An application whose correction was due at NOON."""
    made = factories.application(session, kind=Kind.FILING, status=Status.RETURNED)
    correction = Correction(
        application_id=made.id,
        from_position=2,
        note="请补正",
        due_at=NOON,
        returned_by_id=made.started_by_id,
        returned_at=NOON - timedelta(days=10),
    )
    factories.added(session, correction)
    session.commit()
    return made.id


def kept(database, row, number):
    with database.reading() as session:
        return session.get_one(row, number)


def test_without_a_mail_server_a_message_counts_as_sent_in_the_mailbox(database, config, queued, at):
    at(NOON)
    assert jobs.turn(database, config) == jobs.Done(sent=1, lapsed=0, expired=0, reminded=0)
    message = kept(database, Message, queued.id)
    assert (message.status, message.sent_at) == (MessageStatus.SENT, NOON)
    assert jobs.turn(database, config) == jobs.Done(sent=0, lapsed=0, expired=0, reminded=0)


class MailServer(socketserver.StreamRequestHandler):
    """As much of a mail server as takes a mail."""

    def handle(self):
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            command = line[:4].upper()
            self.wfile.write({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(command, b"250 fine\r\n"))
            if command == b"DATA":
                self.server.mails.append(self.read_mail())
                self.wfile.write(b"250 taken\r\n")

    def read_mail(self):
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(lines).decode()


@pytest.fixture
def mail_server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer) as server:
        server.mails = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_mail_goes_to_the_server_with_its_link(database, config, queued, at, mail_server):
    at(NOON)
    port = mail_server.server_address[1]
    settings = replace(config, smtp=f"127.0.0.1:{port}", base_url="https://portal.example.cn")
    assert jobs.turn(database, settings).sent == 1
    (received,) = mail_server.mails
    assert "To: zhang@example.cn\r\n" in received
    assert "Subject: Your account on the registry of synergy benchmarks\r\n" in received
    body = mail.compose(settings, queued).get_content()
    assert body.endswith("\n\nhttps://portal.example.cn/invitations/abc\n")


def test_a_line_break_in_a_name_makes_no_header(config):
    message = Message(
        address="a@b.cn", language="en", key="submitted", values={"site": "x\nBcc: y@z.cn", "receipt": 1, "digest": 2}
    )
    message.path = ""
    assert mail.compose(config, message)["Subject"] == "Received: the application of x Bcc: y@z.cn"
    assert mail.compose(config, message)["Bcc"] is None


def test_a_mail_that_does_not_leave_is_tried_again_later_and_given_up_at_last(database, config, queued, at):
    nowhere = replace(config, smtp="127.0.0.1:1")
    # Tried at once and 1, 3, 7, 15 and 31 minutes later.
    for attempts, minutes in enumerate((0, 1, 3, 7, 15), start=1):
        at(NOON + timedelta(minutes=minutes))
        assert jobs.turn(database, nowhere).sent == 0
        assert jobs.turn(database, nowhere).sent == 0
        message = kept(database, Message, queued.id)
        assert (message.attempts, message.status) == (attempts, MessageStatus.QUEUED)
    at(NOON + timedelta(minutes=31))
    jobs.turn(database, nowhere)
    assert kept(database, Message, queued.id).status is MessageStatus.FAILED


def test_an_overdue_correction_lapses_on_the_minute(database, config, overdue, at):
    at(NOON - timedelta(seconds=1))
    assert jobs.turn(database, config).lapsed == 0
    at(NOON)
    assert jobs.turn(database, config).lapsed == 1
    assert kept(database, Application, overdue).status is Status.LAPSED
    with database.reading() as session:
        (event,) = session.scalars(select(Event).where(Event.application_id == overdue)).all()
        assert (event.action, event.actor_id, event.after) == ("lapse", None, "filing.lapsed")


def test_a_later_filing_that_is_not_handed_in_lapses(database, config, session, at):
    route = (*factories.ROUTE[:3], Kind.LIBRARY, Kind.FILING, *factories.ROUTE[3:])
    months = {Kind.FILING: {"filing": FilingKind.ACCEPTANCE, "parameters": {"months": 1}}}
    made = factories.application(
        session, round_category=factories.round_category(session, route=route, steps=months), kind=Kind.LIBRARY
    )
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    moves.move(session, officer, made, Action.CALL)
    session.commit()
    # Called on the 2nd of March, it is due by the end of the 2nd of April in Beijing.
    at(datetime(2026, 4, 2, 15, 59, tzinfo=UTC))
    assert jobs.turn(database, config).lapsed == 0
    at(datetime(2026, 4, 2, 16, 0, tzinfo=UTC))
    assert jobs.turn(database, config).lapsed == 1
    assert kept(database, Application, made.id).status is Status.LAPSED


def test_a_place_in_reserve_ends_at_midnight_in_beijing_with_a_letter(database, config, session, at):
    made = factories.application(session, kind=Kind.DELIBERATION, status=Status.RESERVED)
    member = factories.persona(session, Role.DRAFTER, organisation=made.organisation)
    decision = factories.decision(session, made.round_category)
    factories.outcome(session, decision, made, result=Result.RESERVED, reserve_order=1, reserve_until=date(2026, 9, 30))
    session.commit()
    at(datetime(2026, 9, 30, 15, 59, tzinfo=UTC))
    assert jobs.turn(database, config) == jobs.Done(sent=0, lapsed=0, expired=0, reminded=0)
    at(datetime(2026, 9, 30, 16, 0, tzinfo=UTC))
    assert jobs.turn(database, config).expired == 1
    assert kept(database, Application, made.id).status is Status.UNSELECTED
    with database.reading() as session:
        (event,) = session.scalars(select(Event).where(Event.application_id == made.id)).all()
        assert (event.action, event.actor_id, event.after) == ("expire", None, "deliberation.unselected")
        # Its letter waits for a second look: nobody is told before somebody of the office has released it.
        (letter,) = session.scalars(select(Letter).where(Letter.application_id == made.id)).all()
        assert (letter.state, letter.subject) == (LetterState.WAITING, f"储备期满：{made.site.name}")
        assert "的储备资格已于2026年9月30日到期" in letter.body
        assert session.scalars(select(Message).where(Message.user_id == member.id)).all() == []
    assert jobs.turn(database, config) == jobs.Done(sent=0, lapsed=0, expired=0, reminded=0)


def test_one_that_fails_holds_up_no_other(database, config, session, queued, at, mail_server, caplog):
    at(NOON)
    broken = Message(
        user_id=queued.user_id,
        address="a@b.cn",
        language="zh",
        key="a key without a text",
        values={},
        status=MessageStatus.QUEUED,
        queued_at=NOON - timedelta(days=1),
    )
    factories.added(session, broken)
    session.commit()
    settings = replace(config, smtp=f"127.0.0.1:{mail_server.server_address[1]}")
    assert jobs.turn(database, settings).sent == 1
    assert [record.getMessage() for record in caplog.records] == [f"message {broken.id} could not be done"]


def test_files_that_no_row_names_go_after_a_day(database, config, session, at):
    """The age is that of the machine's clock: the portal's stands still here, years from it."""
    at(NOON)
    folder = config.data / "files"
    kept = [
        files.store(folder, io.BytesIO(b"%PDF-" + name), name="a.pdf", limit=100).sha256
        for name in (b"proof", b"objection", b"old", b"young")
    ]
    half = folder / "incoming-abc"
    half.write_bytes(b"%PDF")
    application = factories.application(session)
    factories.evidence(session, application, sha256=kept[0])
    objection = factories.objection(
        session, factories.notice(session, factories.decision(session, application.round_category)), application
    )
    proof = ObjectionFile(
        objection_id=objection.id, name="a.pdf", sha256=kept[1], size=14, media_type="application/pdf"
    )
    factories.added(session, proof)
    session.commit()
    now = time.time()
    for path in (half, *(files.path_of(folder, sha256) for sha256 in kept[:3])):
        os.utime(path, (now - 86_460, now - 86_460))
    os.utime(files.path_of(folder, kept[3]), (now - 86_340, now - 86_340))

    assert jobs.sweep(database, config) == 2
    assert [files.path_of(folder, sha256).is_file() for sha256 in kept] == [True, True, False, True]
    assert not half.exists()
    assert jobs.sweep(database, config) == 0
