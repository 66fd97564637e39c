"""Six journeys without a mouse, each with the focus in sight at every stop and in the order of the page."""

import re

from playwright.sync_api import Page, expect

from tests.journeys import acts
from tests.journeys.hands import Hands

SENTENCE = "Checked against the licence and on site."


def opened(page: Page, url: str) -> Hands:
    """Open a page and leave its frame by the skip link."""
    page.goto(url)
    hands = Hands(page)
    hands.skip()
    return hands


def test_an_account_is_opened_and_an_organisation_entered(person):
    page = person("")
    hands = opened(page, "/register")
    main = acts.main(page)
    hands.write(main.get_by_label("Your name"), "Zhao Liu")
    hands.write(main.get_by_label("E-mail address"), "zhao@example.cn")
    hands.write(main.get_by_label("Password", exact=True), "a sentence is good")
    hands.write(main.locator("[name=repeated]"), "a sentence is good")
    hands.tick(main.locator("[name=truthful]"))
    hands.press(main.get_by_role("button", name="Open the account"))

    hands = opened(page, "/demo/mailbox")
    hands.press(main.get_by_role("row").filter(has_text="zhao@example.cn").get_by_role("link"))
    hands.skip()
    hands.press(main.get_by_role("link", name="Open the link"))
    hands.skip()
    hands.write(main.get_by_label("Password"), "a sentence is good")
    hands.press(main.get_by_role("button", name="Confirm the address"))

    hands = opened(page, "/organisations/new")
    hands.write(main.locator("[name=name]"), "Zhao Water Works")
    hands.write(main.locator("[name=credit_code]"), re.search(r"[0-9A-Z]{18}", main.inner_text())[0])
    hands.write(main.locator("[name=legal_representative]"), "Zhao Liu")
    hands.pick(main.locator("[name=region_key]"), "Zhejiang")
    hands.press(main.get_by_role("button", name="Enter the organisation"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zhao Water Works")


def test_fields_are_filled_and_the_points_read(person):
    page = person("xiangtai")
    page.goto("/applications")
    hands = Hands(page)
    hands.skip()
    hands.press(acts.main(page).locator("a[href^='/applications/']"))
    number = re.search(r"/applications/(\d+)", page.url)[1]
    hands = opened(page, f"/applications/{number}/edit")
    boxes = page.locator("#autosaved input[type=text]")
    # Whatever is saved by itself is saved before the next stop, so that nothing moves under it.
    with page.expect_response("**/autosave"):
        for box in boxes.all()[:3]:
            hands.write(box, "12")
    expect(page.locator("#saved")).to_contain_text("Saved at")
    hands.press(page.locator("button[name=go][value=stay]"))
    expect(boxes.first).to_have_value("12")
    hands = opened(page, page.url.partition("#")[0])
    hands.press(page.get_by_role("link", name="Your own points"))
    expect(page).to_have_url(re.compile(rf"/applications/{number}/score"))


def test_an_application_is_signed_and_submitted(person):
    page = person("signatory")
    number = drafted(person)
    hands = opened(page, f"/applications/{number}/submit")
    hands.tick(page.get_by_label("I sign for my organisation"))
    hands.press(page.get_by_role("button", name="Submit", exact=True))
    expect(page).to_have_url(re.compile(rf"/applications/{number}/receipt"))


def drafted(person) -> int:
    """Make an application with all its figures, in any way; return its number."""
    drafter = person("drafter")
    drafter.goto("/rounds/3")
    drafter.get_by_role("link", name=re.compile("^Apply")).first.click()
    drafter.get_by_role("radio").first.check()
    acts.main(drafter).get_by_role("button", name=re.compile("application", re.IGNORECASE)).click()
    number = int(re.search(r"/applications/(\d+)", drafter.url)[1])
    drafter.goto(f"/applications/{number}")
    acts.press(drafter, "Fill in the example")
    return number


def test_a_bureau_recommends(person):
    page = person("zhejiang")
    hands = opened(page, "/recommendations")
    hands.press(acts.main(page).locator("a[href^='/recommendations/']"))
    for section in ("#organisation", "#site"):
        confirm = page.locator(section).get_by_role("button", name="Confirm", exact=True)
        if confirm.count():
            hands.skip()
            hands.press(confirm)
    hands.skip()
    hands.choose(page.locator("#bureau").get_by_role("radio"))
    hands.write(page.get_by_label("Opinion of the bureau"), SENTENCE)
    hands.tick(page.locator("#bureau").locator("input[name=sure]"))
    hands.press(page.get_by_role("button", name="Sign and send"))
    acts.done(page)


def test_a_reviewer_marks_and_finishes(person):
    page = person("reviewer2")
    hands = opened(page, "/reviews")
    hands.press(acts.main(page).locator("a[href^='/reviews/']:not([href$='background'])"))
    marks = page.locator("#marks")
    hands.skip()
    pairs = zip(
        marks.get_by_label(re.compile("^Points")).all(),
        marks.get_by_label(re.compile("^Justification")).all(),
        strict=True,
    )
    for points, justification in pairs:
        hands.write(points, "3")
        hands.write(justification, SENTENCE)
    hands.press(page.get_by_role("button", name="Finish the review"))
    expect(page.get_by_text("Your review is finished.").first).to_be_visible()


def test_an_approver_approves(person):
    page = person("sz-approver")
    page.goto("/desk")
    waiting = acts.main(page).locator("a[href^='/admin/decisions/']").first.get_attribute("href")
    hands = opened(page, waiting)
    hands.write(page.get_by_label("Remark"), acts.REASON)
    hands.tick(page.locator("#approve-sure"))
    hands.press(page.get_by_role("button", name="Approve", exact=True))
    acts.done(page)


def test_anybody_checks_a_certificate(person):
    page = person("")
    hands = opened(page, "/verify")
    hands.write(acts.main(page).get_by_role("textbox"), "GJ-WWTP-2026-0001")
    hands.press(acts.main(page).get_by_role("button"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Valid")
