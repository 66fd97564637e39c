"""The portal on a port of this machine, and a browser that visits it."""

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from waitress import create_server

from tests.journeys import browsers


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """Serve the portal as `registry serve` does, and give its address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=8, connection_limit=1000)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    server.task_dispatcher.shutdown(timeout=5)
    server.trigger.pull_trigger()
    thread.join(timeout=5)


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
