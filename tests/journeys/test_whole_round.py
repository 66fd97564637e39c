"""One plant from its application to a certificate that anyone can check, in a real browser, through every role."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from registry.demo import DOMAIN, PASSWORD
from tests.journeys.conftest import serving

OPINION = "Checked against the licence and on site; recommended."
REASON = "By rank, within the quota of this round."
MARKS = "The evidence shows it on its first page."


@pytest.fixture
def served(world: Flask) -> Iterator[str]:
    """The portal in motion, on a port of this machine."""
    with serving(world) as address:
        yield address


@pytest.fixture
def person(browser: Browser, served: str) -> Iterator[Callable[[str], Page]]:
    """Make pages: `person("officer")` has signed in; each has a browser context of its own."""
    contexts = {}

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


def test_from_application_to_a_verified_certificate(person, tmp_path):
    number = _apply(person, tmp_path)
    _recommend(person("zhejiang"), number)
    _screen(person("officer"), number)
    for reviewer in ("reviewer1", "reviewer2", "reviewer4"):
        _assign(person("officer"), number, reviewer)
    for reviewer in ("reviewer1", "reviewer2", "reviewer4"):
        _review(person(reviewer))
    officer = person("officer")
    officer.goto(f"/admin/cases/{number}")
    officer.get_by_role("button", name="Conclude the review").click()
    _decide(officer, person("approver"))
    _publish(officer, person("approver"))
    award = _issue(officer)
    _verify(person(""), award)
    _audit(person("auditor"))


def _apply(person: Callable[[str], Page], tmp_path) -> int:
    drafter = person("drafter")
    drafter.goto("/")
    drafter.get_by_role("link", name=re.compile("Third batch|third batch")).first.click()
    drafter.get_by_role("link", name=re.compile("Apply")).first.click()
    drafter.get_by_role("radio").first.check()
    drafter.get_by_role("main").get_by_role("button", name=re.compile("application", re.IGNORECASE)).click()
    number = int(re.search(r"/applications/(\d+)", drafter.url)[1])
    drafter.goto(f"/applications/{number}")
    drafter.get_by_role("button", name="Fill in the example").click()
    paper = tmp_path / "evidence.pdf"
    paper.write_bytes(b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    drafter.goto(f"/applications/{number}/edit/evidence")
    drafter.get_by_label("File", exact=True).set_input_files(paper)
    drafter.get_by_label("What the file proves").select_option(index=1)
    drafter.get_by_role("main").get_by_role("button", name="Attach").click()
    expect(drafter.get_by_role("link", name="evidence.pdf").first).to_be_visible()

    signatory = person("signatory")
    signatory.goto(f"/applications/{number}/submit")
    signatory.get_by_label("I sign for my organisation").check()
    signatory.get_by_role("button", name="Submit", exact=True).click()
    expect(signatory).to_have_url(re.compile(rf"/applications/{number}/receipt"))
    return number


def _recommend(bureau: Page, number: int) -> None:
    bureau.goto(f"/recommendations/{number}")
    for section in ("#organisation", "#site"):
        bureau.locator(section).get_by_role("button", name="Confirm", exact=True).click()
    bureau.locator("#bureau").get_by_role("radio").first.check()
    bureau.get_by_label("Opinion of the bureau").fill(OPINION)
    bureau.get_by_role("button", name="Sign and send").click()
    _done(bureau)


def _done(page: Page) -> None:
    """Wait for what the portal says of an act that was carried out."""
    expect(page.locator(".messages .notice-success").first).to_be_visible()


def _screen(officer: Page, number: int) -> None:
    officer.goto(f"/admin/cases/{number}")
    for choice in officer.locator("#screening").get_by_role("radio", name="holds", exact=True).all():
        choice.check()
    officer.locator("#screening").get_by_role("button", name="Accept").click()
    officer.get_by_role("button", name="Keep the score and go on").click()
    expect(officer.locator("#review").get_by_role("button", name="Assign")).to_be_visible()


NAMES = {"reviewer1": "王专家", "reviewer2": "冯专家", "reviewer4": "褚专家"}


def _assign(officer: Page, number: int, reviewer: str) -> None:
    officer.goto(f"/admin/cases/{number}")
    officer.locator("#review").get_by_role("radio", name=re.compile(NAMES[reviewer])).check()
    officer.locator("#review").get_by_role("button", name="Assign").click()


def _review(reviewer: Page) -> None:
    reviewer.goto("/reviews")
    reviewer.get_by_role("link", name=re.compile("Qinglan")).first.click()
    for box in reviewer.locator("#marks").get_by_label(re.compile("^Points")).all():
        box.fill("3")
    for box in reviewer.locator("#marks").get_by_label(re.compile("^Justification|^Why")).all():
        box.fill(MARKS)
    reviewer.get_by_role("button", name="Finish the review").click()
    expect(reviewer.get_by_text("Your review is finished.").first).to_be_visible()


def _decide(officer: Page, approver: Page) -> None:
    officer.goto("/admin/decisions")
    officer.get_by_role("link", name=re.compile("third batch")).first.click()
    _wait(officer, "Propose")
    officer.get_by_label("Reason").fill(REASON)
    officer.get_by_role("button", name="Propose", exact=True).click()
    _approve(approver, officer.url)
    officer.reload()
    officer.get_by_role("button", name="Open the notice").click()


def _wait(page: Page, button: str) -> None:
    """Move the clock from deadline to deadline until the page offers the button."""
    while not page.get_by_role("button", name=button, exact=True).count():
        page.get_by_role("button", name="Move the clock to the next deadline").click()
        _done(page)


def _approve(approver: Page, url: str) -> None:
    approver.goto(url)
    card = approver.locator("section.card").filter(has=approver.get_by_role("button", name="Approve", exact=True))
    card.get_by_label("Remark").fill(REASON)
    card.get_by_role("button", name="Approve", exact=True).click()


def _publish(officer: Page, approver: Page) -> None:
    url = officer.url
    _wait(officer, "Conclude the notice")
    officer.get_by_role("button", name="Conclude the notice").click()
    officer.goto(url)
    card = officer.locator("#publish")
    card.get_by_label("Title of the list").fill("第三批名单")
    card.get_by_label("Title in English").fill("List of the third batch")
    card.get_by_label("Reason").fill(REASON)
    card.get_by_role("button", name="Propose", exact=True).click()
    _approve(approver, officer.url)


def _issue(officer: Page) -> str:
    officer.goto("/admin/awards")
    officer.get_by_role("button", name="Issue all certificates").click()
    officer.goto("/admin/awards")
    numbers = re.findall(r"GJ-WWTP-\d{4}-\d{4}", officer.get_by_role("main").inner_text())
    return max(numbers, key=lambda number: number[-4:])


def _verify(anyone: Page, award: str) -> None:
    anyone.goto("/verify")
    anyone.get_by_role("main").get_by_role("textbox").fill(award)
    anyone.get_by_role("main").get_by_role("button").first.click()
    expect(anyone.get_by_role("heading", level=1)).to_have_text("Valid")
    expect(anyone.get_by_role("main")).to_contain_text("Qinglan Wastewater Plant")


def _audit(auditor: Page) -> None:
    auditor.goto("/audit")
    auditor.get_by_role("main").get_by_role("link").first.click()
    expect(auditor.get_by_role("main")).to_contain_text("issued")
