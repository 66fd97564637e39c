"""The portal on a port of this machine, and a browser that visits it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from waitress import create_server, wasyncore

from registry import tasks
from registry.demo import DOMAIN, PASSWORD
from tests.journeys import browsers


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve a portal as `registry serve` does, with a worker for long work, and give its address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=8, connection_limit=1000)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    stop = Event()
    worker = Thread(target=_work, args=(app, stop), daemon=True)
    worker.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    stop.set()
    worker.join(timeout=20)
    # Closed by its own thread, which ends when no connection is left.
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
    thread.join(timeout=5)
    server.task_dispatcher.shutdown(timeout=5)


def _work(app: Flask, stop: Event) -> None:
    database, config = app.extensions["registry.database"], app.extensions["registry.config"]
    while not stop.wait(0.5):
        tasks.work_off(database, config, "worker", lambda: not stop.is_set())


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = browsers.found_browser()
    if not path:
        pytest.skip("no browser found: neither chromium nor chrome with the playwright package")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(browsers.FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, live: str) -> Iterator[Page]:
    """A new page whose addresses start at the portal."""
    context = browser.new_context(base_url=live, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def served(world: Flask) -> Iterator[str]:
    """The portal in motion, on a port of this machine."""
    with serving(world) as address:
        yield address


@pytest.fixture
def person(browser: Browser, served: str) -> Iterator[Callable[[str], Page]]:
    """Make pages in English: `person("officer")` has signed in, `person("")` is anybody; each has its own cookies."""
    contexts: dict[str, Page] = {}

    def make(key: str) -> Page:
        if key not in contexts:
            context = browser.new_context(base_url=served, locale="zh-CN", timezone_id="Asia/Shanghai")
            context.set_default_timeout(15_000)
            contexts[key] = page = context.new_page()
            page.goto("/sign-in")
            page.get_by_role("button", name="English").click()
            if key:
                page.get_by_label("E-mail address").fill(f"{key}@{DOMAIN}")
                page.get_by_label("Password").fill(PASSWORD)
                page.get_by_role("main").get_by_role("button", name="Sign in").click()
                expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return contexts[key]

    yield make
    for page in contexts.values():
        page.context.close()
