"""One plant from its application to a certificate that anyone can check, in a real browser, through every role."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys import acts

OPINION = "Checked against the licence and on site; recommended."
MARKS = "The evidence shows it on its first page."


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
    acts.publish(officer, person("approver"), "第三批名单", "List of the third batch")
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
    acts.press(bureau, "Sign and send")


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
    acts.to_ranking(officer, "third batch")
    acts.wait(officer, "Propose")
    selection = acts.propose(officer)
    acts.approve(approver, selection)
    acts.announce(officer, approver, selection)


def _issue(officer: Page) -> str:
    acts.issue(officer, "List of the third batch")
    numbers = re.findall(r"GJ-WWTP-\d{4}-\d{4}", acts.main(officer).inner_text())
    return max(numbers, key=lambda number: number[-4:])


def _verify(anyone: Page, award: str) -> None:
    anyone.goto("/verify")
    anyone.get_by_role("main").get_by_role("textbox").fill(award)
    anyone.get_by_role("main").get_by_role("button").first.click()
    expect(anyone.get_by_role("heading", level=1)).to_have_text("Valid")
    expect(anyone.get_by_role("main")).to_contain_text("Qinglan Wastewater Plant")


def _audit(auditor: Page) -> None:
    auditor.goto("/audit")
    auditor.get_by_role("main").get_by_role("link", name=re.compile("benchmark wastewater plants")).click()
    expect(auditor.get_by_role("main")).to_contain_text("issued")
