"""An objection is upheld, a place becomes vacant; the first in reserve takes it with a notice and a list of its own."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from registry import clock, seeds
from registry.db import Database
from registry.demo.cast import Cast
from registry.demo.decisions import decided_on
from registry.demo.plays import Run
from registry.demo.stage import Stage
from registry.models import Category, Notice, RoundCategory, User
from tests.journeys import acts
from tests.world import MOMENT

WORDS = "The monitored outflow of July differs from what is announced; please check it."
ANSWER = "The record of July was read again: the objection is right, the declared outflow is not."


@pytest.fixture
def announced(world_database: Database, tmp_path: Path) -> int:
    """The sewage works of Shenzhen, five selected under notice and two in reserve: the number of the notice."""
    with world_database.writing() as session:
        users = {user.email.split("@")[0]: user for user in session.scalars(select(User))}
        entry = select(RoundCategory).join(Category).where(Category.key == "SZ-02")
        outline = seeds.programmes()["shenzhen-projects"]
        run = Run(outline, outline.round_of("selection"), MOMENT, {})
        run.categories = {"SZ-02": session.scalars(entry).one()}
        stage = Stage(Cast(session, "", users), tmp_path)
        noticed = select(Notice.id).where(Notice.round_category_id == run.categories["SZ-02"].id)
        for moment in decided_on(stage, run, "SZ-02", MOMENT, "http://127.0.0.1:8000"):
            if number := session.scalar(noticed):
                break
            latest = moment
        clock.advance(session, latest)
        session.commit()
        return number


def test_the_first_in_reserve_takes_a_vacant_place(person, announced):
    officer, approver, anyone = person("sz-officer"), person("sz-approver"), person("")
    _object(anyone, announced)
    _uphold(officer, approver, announced)
    selection = _fill(officer)
    acts.approve(approver, selection)
    acts.release(officer)
    acts.announce(officer, approver, selection)
    expect(officer.get_by_role("table", name="Entries of the list").get_by_role("rowheader")).to_have_count(1)
    expect(acts.row(officer, "Shiling")).to_contain_text("announced")
    acts.publish(officer, approver, "深圳污水处理项目递补名单", "Sewage works of Shenzhen, filled from the reserve")
    acts.issue(officer, "Sewage works of Shenzhen, filled from the reserve")
    # No other certificate of this programme and year was issued yet.
    expect(acts.row(officer, "SZ-XM-2026-0001")).to_contain_text("Shiling")

    # The four who still stand on the first notice are listed without the removed one.
    officer.goto(f"/admin/notices/{announced}")
    acts.publish(officer, approver, "深圳污水处理项目名单", "Sewage works of Shenzhen")
    expect(officer.get_by_role("table", name="Entries of the list").get_by_role("rowheader")).to_have_count(4)
    expect(officer.get_by_role("table", name="Changed since the notice")).to_contain_text("Lanyu")

    anyone.reload()
    expect(acts.main(anyone)).to_contain_text(ANSWER)
    _read_letters(person("works0"), "Lanyu", "Removed after an objection", ANSWER)
    _read_letters(person("works5"), "Shiling", "Selected", "has been selected")


def _object(anyone: Page, number: int) -> None:
    """Anybody objects to the first entry, and holds a receipt."""
    anyone.goto(f"/notices/{number}")
    anyone.get_by_role("link", name="Object to an entry").click()
    anyone.get_by_role("radio", name=re.compile("Lanyu")).check()
    anyone.get_by_label("Your objection").fill(WORDS)
    anyone.get_by_label("Your name or that of your organisation").fill("A neighbour")
    anyone.get_by_label("How we reach you").fill("neighbour@demo.example")
    anyone.get_by_role("button", name="Send the objection").click()
    expect(anyone.get_by_role("heading", level=1)).to_have_text("Receipt of an objection")


def _uphold(officer: Page, approver: Page, number: int) -> None:
    """The officer proposes to uphold it, the approver agrees; the notice says then that a place is vacant."""
    officer.goto(f"/admin/notices/{number}")
    expect(acts.main(officer)).to_contain_text(WORDS)
    officer.get_by_role("link", name="Answer this objection").click()
    officer.get_by_role("radio", name="upheld", exact=True).check()
    officer.get_by_label("Answer", exact=True).fill(ANSWER)
    acts.press(officer, "Send the answer")
    expect(acts.main(officer)).to_contain_text("to be upheld, a second person decides")
    officer.get_by_role("link", name="Read the proposal").click()
    acts.approve(approver, officer.url)
    officer.goto(f"/admin/notices/{number}")


def _fill(officer: Page) -> str:
    """The officer proposes to fill the vacant place; the address of the proposal."""
    expect(acts.main(officer)).to_contain_text("A place has become vacant")
    officer.get_by_role("link", name="Fill the place from the reserve").click()
    expect(acts.figure(officer, "Free under the quota")).to_have_text("1")
    expect(acts.main(officer)).to_contain_text("Places of the category: 5, from the pool 0, taken 4.")
    proposal = acts.propose(officer)
    expect(acts.row(officer, "Shiling")).to_contain_text("selected")
    expect(acts.row(officer, "Shapu")).to_contain_text("reserve")
    return proposal


def _read_letters(applicant: Page, site: str, subject: str, words: str) -> None:
    """An applicant reads one of the letters on its application."""
    applicant.goto("/applications")
    applicant.get_by_role("link", name=re.compile(site)).first.click()
    applicant.get_by_role("link", name=re.compile(f"^{subject}: {site}")).click()
    expect(applicant.get_by_role("heading", level=1)).to_have_text("Official letter")
    expect(applicant.get_by_role("article").first).to_contain_text(words)
