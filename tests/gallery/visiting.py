"""Visit pages with a browser, take their pictures and note what a machine finds wrong."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from babel.messages.pofile import read_po
from flask import Flask, url_for
from playwright.sync_api import Browser, BrowserContext, Error, Page, Response, sync_playwright

from registry.config import ROOT
from tests.gallery import plan, worlds
from tests.gallery.plan import STRAYS, Visit
from tests.journeys import browsers

CATALOGUE = ROOT / "registry" / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
LOOK = Path(__file__).with_name("look.js").read_text()
KNOWN = tuple(Path(__file__).with_name("known_words.txt").read_text().split())
TALLEST = 6000
PATIENCE = 180_000
# As in look.js.
LONGEST = 90
# What it answers is kept on the page: a browser short of time forgets a promise that nobody on the page holds.
AXE = """options => {
  window.judged = null;
  axe.run(document, options).then(found => { window.judged = found.violations.map(({id, nodes}) =>
    ({rule: id, nodes: nodes.slice(0, 4).map(node => node.html.slice(0, 140)), count: nodes.length})); });
}"""
AXE_ALL = {"preload": False, "resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# What depends on the width; the rest is looked at in the first width only, which takes most of the time.
AXE_BY_WIDTH = {
    "preload": False,
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable", "bypass", "region"]},
}
# A form is sent with nothing in it, past what the browser itself would refuse; hidden fields stay as they are.
SEND = """number => {
  const form = [...document.querySelectorAll("main form")].filter(form => form.method === "post")[number];
  form.noValidate = true;
  for (const field of form.querySelectorAll("input, textarea")) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = false;
    else if (!["hidden", "submit", "button", "file"].includes(field.type)) field.value = "";
  }
  for (const chosen of form.querySelectorAll("select")) {
    if ([...chosen.options].some(option => option.value === "")) chosen.value = "";
  }
  const button = form.querySelector("button:not([type=button]), input[type=submit]");
  HTMLFormElement.prototype.requestSubmit.call(form, button);
}"""


@dataclass(slots=True)
class Shot:
    """One picture with what is wrong on it."""

    name: str
    state: str
    language: str
    width: int
    role: str
    person: str
    endpoint: str
    path: str
    status: int
    picture: str = ""
    faults: dict[str, list[Any]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


def run(folder: Path, out: Path, name: str, visits: list[Visit], widths: list[int]) -> None:
    """Visit the pages one after the other and write a line for each picture."""
    worlds.stand_still()
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=browsers.found_browser(), args=list(browsers.FLAGS))
        lines = stack.enter_context((out / f"findings-{name}.jsonl").open("w"))
        open_worlds: dict[str, worlds.World] = {}
        for group in plan.grouped(visits):
            state = group[0].state
            if state not in open_worlds:
                open_worlds[state] = stack.enter_context(worlds.served(folder, state, name))
            world = open_worlds[state]
            with signed_in(browser, world, group[0]) as context:
                for visit in group:
                    for shot in _Visitor(context, world, out, widths).visit(visit):
                        lines.write(json.dumps(asdict(shot), ensure_ascii=False) + "\n")
                        lines.flush()
        browser.close()


@contextmanager
def signed_in(
    browser: Browser, world: worlds.World, visit: Visit, size: tuple[int, int] = (1280, 900)
) -> Iterator[BrowserContext]:
    """Give a browser in which the person of a visit has signed in and chosen the language."""
    context = browser.new_context(
        base_url=world.address,
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        java_script_enabled=visit.state != "noscript",
    )
    context.set_default_timeout(60_000)
    kept = world.cookie(visit.person, visit.language)
    context.add_cookies([{"name": "session", "value": kept, "url": world.address}])
    yield context
    context.close()


class _Visitor:
    """A browser in one person's hands."""

    def __init__(self, context: BrowserContext, world: worlds.World, out: Path, widths: list[int]) -> None:
        self._context, self._world, self._out, self._widths = context, world, out, widths
        self._console: list[str] = []
        self._missing: list[str] = []

    def visit(self, visit: Visit) -> Iterator[Shot]:
        path = address(self._world.app, visit, self._world.places)
        page = self._context.new_page()
        page.on("console", lambda message: self._console.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._console.append(str(error)))
        page.on("response", self._note)
        try:
            response = self._open(page, path)
            if response is None:
                yield from self._file(visit, path)
            elif visit.state == "error":
                yield from self._mistakes(page, visit, path)
            elif visit.state != "noscript" or page.locator("main form").count():
                yield from self._look(page, visit, path, response.status, "")
        except Error as error:
            # The others are seen all the same.
            shot = self._shot(visit, path, 0, 0, "-broken-off")
            shot.faults = {"broken off": [error.message.splitlines()[0]]}
            yield shot
        finally:
            page.close()

    def _open(self, page: Page, path: str) -> Response | None:
        """Open a page in the first width; return None where the address is a file."""
        self._console.clear()
        self._missing.clear()
        page.set_viewport_size({"width": self._widths[0], "height": 900})
        return opened(page, path)

    def _note(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self._missing.append(f"{response.status} {response.url}")

    def _file(self, visit: Visit, path: str) -> Iterator[Shot]:
        """Only whether a file is there; without its page there is no mistake to make."""
        if visit.state in {"error", "noscript"}:
            return
        status = self._context.request.get(path).status
        shot = self._shot(visit, path, status, 0, "")
        shot.faults = _unexpected(visit, status)
        yield shot

    def _mistakes(self, page: Page, visit: Visit, path: str) -> Iterator[Shot]:
        seen = set()
        for number, action in enumerate(page.evaluate(LOOK, _reader(visit))["forms"]):
            kind = re.sub(r"\d+", "N", action)
            if kind in seen:
                continue
            seen.add(kind)
            if number and self._open(page, path) is None:
                continue
            with page.expect_navigation() as told:
                page.evaluate(SEND, number)
            status = told.value.status
            if status >= 400:
                yield from self._look(page, visit, action, status, f"-{kind.strip('/').replace('/', '.')}")

    def _look(self, page: Page, visit: Visit, path: str, status: int, suffix: str) -> Iterator[Shot]:
        # Where a form was refused, the browser itself says so on its console.
        said = [text for text in self._console if not text.startswith("Failed to load resource")]
        for width in self._widths:
            page.set_viewport_size({"width": width, "height": 900})
            seen = page.evaluate(LOOK, _reader(visit))
            strange, names = _told_apart(visit.language, seen["foreign"])
            shot = self._shot(visit, path, status, width, suffix)
            shot.names = names if width == self._widths[0] else []
            shot.picture = f"{shot.name}.png"
            clip = {"x": 0, "y": 0, "width": width, "height": min(seen["height"], TALLEST)}
            page.screenshot(path=self._out / shot.picture, full_page=True, clip=clip, animations="disabled")
            shot.faults = {
                # Without scripts axe cannot run, and the page is the same.
                "axe": violations(page, whole=width == self._widths[0]) if visit.state != "noscript" else [],
                "wide": [seen["wide"]] if seen["wide"] else [],
                "sticking out": seen["sticking"],
                "cut off": seen["cut"],
                "other language": strange if width == self._widths[0] else [],
                "lang": [seen["lang"]] if seen["lang"] else [],
                "first headings": [seen["headings"]] if seen["headings"] != 1 else [],
                "console": [text for text in said if "Content Security Policy" not in text],
                "content policy": [text for text in said if "Content Security Policy" in text],
                "missing": list(self._missing),
                **_unexpected(visit, status),
            }
            shot.faults = {kind: found for kind, found in shot.faults.items() if found}
            yield shot

    def _shot(self, visit: Visit, path: str, status: int, width: int, suffix: str) -> Shot:
        name = f"{visit.name}{suffix}~{visit.person or 'visitor'}~{visit.state}~{visit.language}~{width}"
        return Shot(name, visit.state, visit.language, width, visit.role, visit.person, visit.endpoint, path, status)


def violations(page: Page, *, whole: bool = True) -> list[dict[str, Any]]:
    """Return what axe finds on an open page: by all of its rules, or by those that depend on the width."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    page.evaluate(AXE, AXE_ALL if whole else AXE_BY_WIDTH)
    found: list[dict[str, Any]] = page.wait_for_function(
        "() => window.judged", polling=50, timeout=PATIENCE
    ).json_value()
    return found


def opened(page: Page, path: str) -> Response | None:
    """Open a page; return None where the address is a file."""
    try:
        response = page.goto(path)
    except Error as error:
        if "Download is starting" in error.message or "ERR_ABORTED" in error.message:
            return None
        raise
    return response if response and response.headers.get("content-type", "").startswith("text/html") else None


def address(app: Flask, visit: Visit, places: dict[str, Any]) -> str:
    """Return the path of a page."""
    if visit.endpoint in STRAYS:
        return STRAYS[visit.endpoint][1]
    with app.test_request_context():
        return url_for(visit.endpoint, **{name: places.get(place, place) for name, place in visit.at.items()})


@cache
def _our_chinese() -> frozenset[str]:
    """Every sentence of the portal in Chinese, as far as `look.js` gives one back."""
    with CATALOGUE.open("rb") as file:
        texts = [message.string for message in read_po(file) if message.id]
    said = [one for text in texts for one in (text if isinstance(text, tuple | list) else (text,))]
    return frozenset(text.strip()[:LONGEST] for text in said if text)


def _told_apart(language: str, texts: list[str]) -> tuple[list[str], list[str]]:
    """Divide what is in another language: what the portal says itself, and on an English page what people entered."""
    if language == "zh":
        return texts, []
    ours = [text for text in texts if text in _our_chinese()]
    return ours, [text for text in texts if text not in _our_chinese()]


def _reader(visit: Visit) -> dict[str, Any]:
    return {"language": visit.language, "known": list(KNOWN)}


def _unexpected(visit: Visit, status: int) -> dict[str, list[Any]]:
    """The status, where it is not one that the page may answer in this state."""
    wanted = {STRAYS[visit.endpoint][2]} if visit.endpoint in STRAYS else {200}
    if visit.state == "closed":
        # What is over is refused, and a link that was mailed leads nowhere any more.
        wanted |= {404, 409}
    if visit.state == "long":
        # A long list is made while the reader waits.
        wanted.add(202)
    if visit.state == "error":
        wanted = {400, 403, 404, 409, 413, 422}
    return {} if status in wanted else {"status": [status]}
