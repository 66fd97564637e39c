"""What an office does in the browser, page by page; the pages are in English."""

import re

from playwright.sync_api import Locator, Page, expect

REASON = "By rank, within the quota of this round."


def done(page: Page) -> None:
    """Wait for what the portal says of an act that was carried out."""
    expect(page.locator(".messages .notice-success").first).to_be_visible()


def main(page: Page) -> Locator:
    """Return the page without its frame."""
    return page.get_by_role("main")


def figure(page: Page, label: str) -> Locator:
    """Return one of the large figures at the head of a page."""
    return page.locator(".figures > div").filter(has_text=label).locator("dd").first


def row(page: Page, text: str) -> Locator:
    """Return the first line of a table whose head is this text."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(text))).first


def press(page: Page, button: str) -> None:
    """Press a button of the page and wait until the portal says that it is done."""
    found = main(page).get_by_role("button", name=button, exact=True)
    confirm(found)
    found.click()
    done(page)


def unfold(page: Page, key: str) -> None:
    """Open a part of a long page, where it is folded."""
    fold = page.locator(f"details:has(> #{key})")
    if fold.get_attribute("open") is None:
        fold.locator("> summary").click()


def confirm(button: Locator) -> None:
    """Set the tick that stands before a button which cannot be taken back, where there is one."""
    tick = button.locator("xpath=ancestor::form[1]").locator("input[name=sure]")
    if tick.count() and tick.is_visible():
        tick.check()


def wait(page: Page, button: str) -> None:
    """Move the clock from deadline to deadline until the page offers the button."""
    while not page.get_by_role("button", name=button, exact=True).count():
        page.get_by_role("button", name="To the next deadline").click()
        done(page)


def approve(approver: Page, url: str) -> None:
    """Approve what is proposed at an address."""
    approver.goto(url)
    card = approver.locator("section.card").filter(has=approver.get_by_role("button", name="Approve", exact=True))
    card.get_by_label("Remark").fill(REASON)
    button = card.get_by_role("button", name="Approve", exact=True)
    confirm(button)
    button.click()
    done(approver)


def release(officer: Page) -> None:
    """Look at the letters that wait in the outbox, and release all that somebody else wrote."""
    officer.goto("/admin/letters/outbox")
    groups = main(officer).locator("a[href^='/admin/letters/outbox/']").all()
    for address in [group.get_attribute("href") for group in groups]:
        officer.goto(address or "")
        if main(officer).get_by_role("button", name="Release all that are shown", exact=True).count():
            press(officer, "Release all that are shown")


def to_ranking(officer: Page, title: str) -> None:
    """Go to the ranking of a category."""
    officer.goto("/admin/decisions")
    officer.get_by_role("table", name="Rankings").get_by_role("link", name=re.compile(title)).first.click()


def meet(officer: Page, day: str) -> None:
    """Record from a ranking that a meeting supports every application, and go back to the ranking."""
    url = officer.url
    officer.get_by_role("link", name="Record a meeting").click()
    officer.get_by_label("Day of the meeting").fill(day)
    officer.get_by_label("Place of the meeting").fill("Room 1")
    officer.get_by_label("In the chair").fill("Jiang | Bureau of the demonstration")
    officer.get_by_label("Members").fill("Tong | Bureau of the demonstration\nYan | Institute of the demonstration")
    officer.get_by_label("Who kept the minutes").fill("Guo | Bureau of the demonstration")
    officer.get_by_role("group", name="How it was decided").get_by_label("consensus").check()
    officer.get_by_label("All of them are supported, by consensus").check()
    officer.get_by_label("Conclusion").fill("Supported in the order of the totals.")
    press(officer, "Record the meeting")
    officer.goto(url)


def propose(officer: Page) -> str:
    """Propose what the page is about, with the reason of all journeys, and return the address of the proposal."""
    officer.get_by_label(re.compile("^Reason")).fill(REASON)
    press(officer, "Propose")
    return officer.url


def announce(officer: Page, approver: Page, selection: str) -> None:
    """One person prepares the notice of a selection, another opens it; the officer stands on the notice then."""
    officer.goto(selection)
    officer.get_by_role("link", name="Prepare the notice").click()
    proposal = propose(officer)
    approve(approver, proposal)
    officer.goto(proposal)
    officer.get_by_role("link", name="The public notice").click()


def publish(officer: Page, approver: Page, title: str, title_en: str) -> None:
    """Wait on a notice for its end, conclude it, and publish the list; the officer stands on the decision then."""
    url = officer.url
    wait(officer, "Conclude the notice")
    press(officer, "Conclude the notice")
    officer.goto(url)
    card = officer.locator("#publish")
    card.get_by_label("Title of the list").fill(title)
    card.get_by_label("Title in English").fill(title_en)
    proposal = propose(officer)
    approve(approver, proposal)
    officer.goto(proposal)


def issue(officer: Page, title: str) -> None:
    """Issue the certificates of a list; the officer stands on the table of awards then."""
    officer.goto("/admin/awards")
    card = officer.locator("section.card").filter(has=officer.get_by_role("heading", name=title))
    button = card.get_by_role("button", name="Issue all certificates")
    confirm(button)
    button.click()
    # The page looks again by itself until the worker has issued all.
    expect(officer.get_by_role("link", name="Download the result")).to_be_visible(timeout=60_000)
    officer.goto("/admin/awards")
