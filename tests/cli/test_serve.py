"""The commands that run the portal, as processes."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from registry import db, schema
from registry.config import as_environment, from_environment
from registry.domain.vocabulary import MessageStatus
from registry.models import ChainHead, Message, Portal
from registry.services import messages
from tests import factories

SECONDS = 30
PS = shutil.which("ps") or "ps"


def started(config, *words):
    return subprocess.Popen(
        [sys.executable, "-m", "registry", *words],
        env={**os.environ, **as_environment(config)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finished(config, *words):
    process = started(config, *words)
    output, _ = process.communicate(timeout=SECONDS)
    return process.returncode, output


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def eventually(tell):
    """Wait until it is so, and return what was told."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if found := tell():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came to be so")


def answer(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except ConnectionError:
        return None
    finally:
        connection.close()


def status_of(database, number):
    with database.reading() as session:
        return session.get_one(Message, number).status


@pytest.fixture
def queued(session):
    person = factories.user(session)
    message = messages.queue(session, factories.actor(session, person), person, "invitation", {"name": "张三"})
    session.commit()
    return message.id


def test_settings_survive_the_way_through_the_environment(config):
    assert from_environment(as_environment(config)) == config


def test_a_new_database_is_made_and_made_again_without_harm(config, bare_url):
    settings = replace(config, database=bare_url)
    for _time in range(2):
        assert finished(settings, "database", "upgrade") == (0, "The database is up to date.\n")
    connected = db.connect(bare_url)
    assert schema.is_current(connected.engine)
    with connected.reading() as session:
        assert session.get_one(Portal, 1).demo is False
        assert session.get_one(ChainHead, 1).seq == 0
    connected.engine.dispose()


def test_an_outdated_database_is_not_served(config, bare_url):
    settings = replace(config, database=bare_url)
    code, output = finished(settings, "serve", "--port", str(free_port()))
    assert (code, output) == (
        1,
        "Error: the database is not up to date: run `registry database upgrade` first\n",
    )


def test_the_worker_does_one_turn(database, config, queued):
    code, output = finished(config, "worker", "--once")
    assert code == 0
    assert output.endswith("1 messages sent, 0 applications lapsed, 0 places in reserve ended\n")
    assert status_of(database, queued) is MessageStatus.SENT


def test_the_worker_stops_when_told(database, config, queued):
    process = started(config, "worker")
    eventually(lambda: status_of(database, queued) is MessageStatus.SENT)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert "Traceback" not in output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_portal_is_served_with_its_worker_and_both_end_together(database, config, queued, number):
    port = free_port()
    process = started(config, "serve", "--port", str(port))
    try:
        eventually(lambda: answer(port, "/readyz") == 200)
        eventually(lambda: status_of(database, queued) is MessageStatus.SENT)
        worker = child_of(process.pid)
        process.send_signal(number)
        output, _ = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    assert process.returncode == 0
    assert output.splitlines()[0] == f"http://127.0.0.1:{port}"
    assert "Traceback" not in output
    eventually(lambda: not is_running(worker))


@pytest.mark.parametrize(("trusted", "told"), [(0, None), (1, "max-age=31536000")])
def test_what_a_proxy_tells_of_the_connection_is_believed_where_it_is_trusted(database, config, trusted, told):
    port = free_port()
    process = started(replace(config, trusted_proxies=trusted), "serve", "--no-worker", "--port", str(port))
    try:
        eventually(lambda: answer(port, "/readyz") == 200)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/healthz", headers={"X-Forwarded-Proto": "https"})
        found = connection.getresponse().headers["Strict-Transport-Security"]
        connection.close()
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)
    assert found == told


def test_the_worker_ends_when_the_portal_is_killed(database, config, queued):
    process = started(config, "serve", "--port", str(free_port()))
    eventually(lambda: status_of(database, queued) is MessageStatus.SENT)
    worker = child_of(process.pid)
    process.kill()
    process.wait()
    process.stdout.close()
    eventually(lambda: not is_running(worker))


def child_of(number):
    found = subprocess.run([PS, "-o", "pid=", "--ppid", str(number)], capture_output=True, text=True, check=True)
    return int(found.stdout.split()[0])


def is_running(number):
    found = subprocess.run([PS, "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False)
    return found.stdout.strip() not in ("", "Z")
