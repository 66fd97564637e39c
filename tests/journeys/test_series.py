"""A table in a browser: refused at its lines, mended, taken, read by keyboard and without script; six real years."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from registry.db import Database
from registry.demo import DOMAIN, PASSWORD
from tests import factories
from tests.web.test_real_plant import CASES, EVERY_YEAR, figure_in, started, table
from tests.web.test_series import waterworks

# January 2025 of an invented plant: 1,000 m³ and 400 kWh each day, four times as much on the 15th.
# Σ inflow 30 × 1,000 + 4,000 = 34,000 m³; Σ electricity 30 × 400 + 1,600 = 13,600 kWh; 13,600 ÷ 34,000 = 0.4 kWh/m³.
JANUARY = {f"2025-01-{day:02d}": ("1000", "400") for day in range(1, 32)} | {"2025-01-15": ("4000", "1600")}
# A minus before the second of January, in line 3, and a slip of the keyboard on the 20th, in line 21.
SLIPS = JANUARY | {"2025-01-02": ("-1000", "400"), "2025-01-20": ("1000000", "400")}


def written(folder: Path, days: dict[str, tuple[str, str]]) -> Path:
    path = folder / "january.csv"
    path.write_text("\n".join(["date,flow,power", *(",".join((day, *cells)) for day, cells in days.items())]))
    return path


def operating(page: Page, session: Session) -> str:
    """Sign in the operator of the waterworks, in English, and return the address of the draft."""
    person, organisation = factories.user(session, email="zhang@example.cn"), factories.organisation(session)
    factories.seat(session, person, organisation)
    category = waterworks(session, round_=factories.round_(session, closes_at=None))
    draft = factories.application(session, round_category=category, organisation=organisation)
    session.commit()
    enter(page, "zhang@example.cn", factories.PASSWORD)
    return f"/applications/{draft.id}"


def enter(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in")
    page.locator("button[name=language][value=en]").click()
    page.fill("#email", email)
    page.fill("#password", password)
    page.locator("main form button").click()


def send(page: Page, path: Path) -> None:
    page.set_input_files("#file", path)
    page.get_by_role("button", name="Send the table").click()


def test_a_month_is_refused_at_its_lines_mended_and_taken(page: Page, session: Session, tmp_path: Path) -> None:
    url = operating(page, session)
    page.goto(f"{url}/edit/group-general")
    page.get_by_role("link", name=re.compile("Fill from a table of days or months *: Electricity")).click()
    send(page, written(tmp_path, SLIPS))
    wrong = page.get_by_role("alert")
    expect(wrong).to_be_focused()
    expect(wrong).to_contain_text("Line 3, column B: -1,000 is not between 0 and 5,000.")
    expect(wrong).to_contain_text("Line 21, column B: 1,000,000 is not between 0 and 5,000.")
    expect(page.get_by_role("heading", name="Filled from the table")).to_have_count(0)
    assert Axe().run(page).response["violations"] == []

    send(page, written(tmp_path, JANUARY))
    row = page.get_by_role("row", name="Inflow")
    expect(row).to_contain_text("34,000 m³")
    expect(row).to_contain_text("31 of 365 days")
    expect(page.get_by_role("img", name="Inflow: 31 of 365 days")).to_be_visible()
    expect(page.get_by_role("img", name="Electricity: 31 of 365 days")).to_be_visible()
    assert row.locator(".records-mark").count() == 1  # 4,000 is beyond the plausible 2,000
    assert row.locator(".records-gap").count() == 1  # all after January
    row.locator("summary", has_text="Days without a record: 334").focus()
    page.keyboard.press("Enter")
    expect(row).to_contain_text("2025-02-01 to 2025-12-31 (334)")
    expect(row.get_by_text("2025-02-01 to 2025-12-31 (334)")).to_be_visible()
    assert Axe().run(page).response["violations"] == []

    page.get_by_role("link", name="Back to General").click()
    assert page.url.endswith(f"{url}/edit/group-general#input_power")
    expect(page.locator("#input_power")).to_contain_text("13,600 kWh")
    expect(page.locator("#input_power").get_by_role("img")).to_be_visible()
    # What is typed beside it is saved by itself, and the series stays.
    page.fill("#input_typed", "7")
    page.locator("#input_typed").blur()
    expect(page.locator("#saved")).to_contain_text("Saved at")
    page.goto(f"{url}/score")
    expect(page.locator("main")).to_contain_text("13,600 ÷ 34,000 = 0.4 kWh/m³")


@pytest.mark.parametrize("width", [1280, 390])
def test_without_script_the_same_is_done(
    browser: Browser, live: str, session: Session, tmp_path: Path, width: int
) -> None:
    context = browser.new_context(
        base_url=live, java_script_enabled=False, viewport={"width": width, "height": 800}, locale="zh-CN"
    )
    page = context.new_page()
    url = operating(page, session)
    page.goto(f"{url}/series/daily")
    send(page, written(tmp_path, SLIPS))
    expect(page.get_by_role("alert")).to_contain_text("Line 3, column B")
    send(page, written(tmp_path, JANUARY))
    expect(page.get_by_role("img", name="Inflow: 31 of 365 days")).to_be_visible()
    assert page.locator("svg[role=img]").first.bounding_box()["x"] >= 0
    page.get_by_role("button", name="Take the table back and type the figures instead").click()
    expect(page.get_by_role("heading", name="Filled from the table")).to_have_count(0)
    context.close()


@pytest.mark.skipif(not CASES, reason="CASES does not name the folder of real data")
@EVERY_YEAR
def test_a_real_year_in_the_browser(
    browser: Browser,
    served: str,
    visit: Callable[[str], FlaskClient],
    world_database: Database,
    tmp_path: Path,
    year: int,
    value: str,
    recorded: int,
    expected: int,
) -> None:
    number = started(visit("signatory"), world_database, year)
    path = tmp_path / f"{year}.csv"
    path.write_text(table(year))
    context = browser.new_context(base_url=served)
    page = context.new_page()
    enter(page, f"signatory@{DOMAIN}", PASSWORD)
    page.goto(f"/applications/{number}/series/daily")
    send(page, path)
    for title in ("Water treated", "Plant electricity"):
        expect(page.get_by_role("img", name=f"{title}: {recorded} of {expected} days")).to_be_visible()
    expect(page.get_by_text("fewer than the 90% asked").first).to_be_visible()
    page.goto(f"/applications/{number}/score")
    assert figure_in(page.locator("main").text_content() or "") == value
    context.close()
