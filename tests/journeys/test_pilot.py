"""A named pilot of Shenzhen: its acceptance, asked for after years, is filed, judged, visited and deliberated."""

import re
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page, expect

from registry.demo.stage import picture
from tests.journeys import acts

EXPERTS = {"expert1": "吕专家", "expert2": "施专家", "expert3": "张专家"}
CALLS = "Of which using shore power"
# 405 of 2,600 calls are 15.6 %, 250 are 9.6 %: below the 10 % for which the set gives 6 of its 100 points.
REASON = "The berth log lists 250 calls that used it; the others only lay at such a berth."


def test_a_pilot_hands_in_its_acceptance_and_is_visited(person, tmp_path):
    number = _hand_in(person("yantian-gov"))
    officer = person("sz-officer")
    _screen(officer, number)
    for key in EXPERTS:
        _review(officer, person(key), number, EXPERTS[key])
    officer.goto(f"/admin/cases/{number}")
    acts.press(officer, "Conclude the review")
    before = _total(officer)
    _visit(officer, number, tmp_path)
    assert before - _total(officer) == 6
    _decide(officer)


def _hand_in(applicant: Page) -> int:
    """The applicant reads what is asked, checks what was carried over, changes one figure, and signs."""
    applicant.goto("/applications")
    expect(acts.row(applicant, "Yantian")).to_contain_text("next filing is due")
    applicant.get_by_role("link", name=re.compile("Yantian")).first.click()
    number = int(applicant.url.rsplit("/", 1)[1])
    expect(acts.main(applicant)).to_contain_text("The next filing is asked for: acceptance")
    expect(acts.main(applicant)).to_contain_text("The figures of the filing before were carried over.")
    applicant.get_by_role("link", name="Fill in", exact=True).click()
    expect(applicant.get_by_label("Ship calls", exact=True)).to_have_value("2600")
    expect(applicant.get_by_label(CALLS)).to_have_value("310")
    applicant.get_by_label(CALLS).fill("405")
    part = applicant.url
    applicant.get_by_role("button", name="Save and go on", exact=True).click()
    expect(applicant).not_to_have_url(part)
    applicant.goto(f"/applications/{number}/submit")
    applicant.get_by_label("I sign for my organisation").check()
    applicant.get_by_role("button", name="Submit", exact=True).click()
    expect(applicant).to_have_url(re.compile(rf"/applications/{number}/receipt"))
    return number


def _total(officer: Page) -> Decimal:
    """The total on the page of the case."""
    acts.unfold(officer, "score")
    return Decimal(acts.figure(officer, "Total as it stands").inner_text())


def _screen(officer: Page, number: int) -> None:
    """The officer reads what is new beside what was filed before, accepts, and keeps the score."""
    officer.goto(f"/admin/cases/{number}")
    acts.unfold(officer, "values")
    expect(acts.row(officer, CALLS)).to_contain_text("405")
    acts.unfold(officer, "filings")
    officer.locator("#filings summary", has_text="mid-term report").click()
    changed = officer.get_by_role("table", name="Changed by the filing after it").first
    expect(changed.get_by_role("row").filter(has_text=CALLS).get_by_role("cell")).to_have_text(["310", "", "405"])
    for choice in officer.locator("#screening").get_by_role("radio", name="holds", exact=True).all():
        choice.check()
    acts.press(officer, "Accept")
    acts.press(officer, "Keep the score and go on")


def _review(officer: Page, expert: Page, number: int, name: str) -> None:
    """The officer assigns an expert, who marks every question with its best level."""
    officer.goto(f"/admin/cases/{number}")
    review = officer.locator("#review")
    review.get_by_role("radio", name=re.compile(name)).check()
    acts.press(officer, "Assign")
    expert.goto("/reviews")
    expert.get_by_role("link", name=re.compile("Yantian")).first.click()
    for box in expert.locator("#marks").get_by_label(re.compile("^Points")).all():
        box.fill("3")
    for box in expert.locator("#marks").get_by_label(re.compile("^Justification|^Why")).all():
        box.fill("The evidence shows it on its first page.")
    acts.press(expert, "Finish the review")


def _visit(officer: Page, number: int, folder: Path) -> None:
    """The officer records the visit with a photograph and one established value, and concludes it."""
    officer.get_by_role("link", name="Go to the site visit").click()
    officer.get_by_label("Day of the visit").fill("2026-11-02")
    officer.get_by_label("Who went").fill(
        "Meng | Institute of the demonstration\nPing | Institute of the demonstration"
    )
    officer.get_by_label("Whom they met").fill("Lin | Port of the demonstration")
    officer.get_by_label("What was found").fill("Eleven of twelve berths have shore power; the log was read.")
    acts.press(officer, "Save the record")
    photograph = folder / "berth.jpg"
    photograph.write_bytes(picture())
    officer.get_by_label("Photograph").set_input_files(photograph)
    officer.get_by_label("What it shows").fill("Shore power at berth 4")
    acts.press(officer, "Add the photograph")
    shown = officer.get_by_role("img", name="Shore power at berth 4")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640

    officer.get_by_role("link", name=re.compile(f"^Establish.*{CALLS}")).click()
    officer.get_by_role("textbox", name=CALLS).fill("250")
    officer.get_by_label(re.compile("^Reason")).fill(REASON)
    acts.press(officer, "Establish this value")
    officer.goto(f"/admin/visits/{number}")
    acts.press(officer, "Conclude the visit")
    expect(officer.locator("#visit")).to_contain_text(REASON)


def _decide(officer: Page) -> None:
    """The case stands in deliberation, and the proposal tells of the visit and of what it established."""
    acts.to_ranking(officer, "Synergy demonstration zone")
    expect(acts.row(officer, "Yantian")).to_be_visible()
    working = officer.locator("details").filter(has_text="Yantian Synergy Zone")
    expect(working).to_contain_text("250 ÷ 2,600 × 100 ≥ 10 → No")
    acts.meet(officer, "2026-11-02")
    acts.propose(officer)
    officer.locator("summary", has_text="Yantian").click()
    found = officer.get_by_role("row").filter(has_text=CALLS)
    expect(found).to_contain_text("405")
    expect(found).to_contain_text("250")
    expect(found).to_contain_text(REASON)
