"""The form in a browser: what is typed is saved by itself, and a second tab overwrites nothing."""

import time

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Answer
from tests import factories


def drafting(page: Page, session: Session) -> str:
    """Sign in somebody with a draft and return the address of its form."""
    person, organisation = factories.user(session, email="zhang@example.cn"), factories.organisation(session)
    factories.seat(session, person, organisation)
    category = factories.round_category(session, round_=factories.round_(session, closes_at=None))
    draft = factories.application(session, round_category=category, organisation=organisation)
    session.commit()
    page.goto("/sign-in")
    page.fill("#email", "zhang@example.cn")
    page.fill("#password", factories.PASSWORD)
    page.click("main button[type=submit]")
    return f"/applications/{draft.id}/edit"


def test_what_is_typed_is_saved_and_a_second_tab_is_told(page: Page, session: Session) -> None:
    url = drafting(page, session)
    page.goto(url)
    second = page.context.new_page()
    second.goto(url)

    page.check("#input_licensed-0")
    page.fill("#input_reused", "80")
    page.press("#input_reused", "Tab")
    expect(page.locator("#own-points")).to_have_text("48 / 60")
    page.fill("#input_reused", "800")
    expect(page.locator("[data-fault=reused]")).to_be_visible()
    page.fill("#input_reused", "90")
    expect(page.locator("#own-points")).to_have_text("54 / 60")
    expect(page.locator("[data-fault=reused]")).to_be_hidden()

    second.fill("#input_reused", "10")
    expect(second.locator("#conflict")).to_contain_text("90 %")
    rows = session.execute(select(Answer.key, Answer.value).order_by(Answer.revision, Answer.key))
    assert dict(tuple(row) for row in rows) == {"licensed": True, "reused": "90"}


def test_a_save_under_way_does_not_stand_in_the_way_of_the_button(page: Page, session: Session) -> None:
    url = drafting(page, session)
    # The answer to the save by itself is slow, as over a bad line; the button is pressed meanwhile.
    page.route("**/autosave", lambda route: (time.sleep(0.5), route.continue_()))
    page.goto(url)
    page.check("#input_licensed-0")
    page.fill("#input_reused", "80")
    page.locator("#input_reused").blur()
    page.click("button[name=go][value=stay]")
    expect(page.locator(".messages .notice-success").first).to_be_visible()
    rows = session.execute(select(Answer.key, Answer.value).order_by(Answer.revision, Answer.key))
    assert dict(tuple(row) for row in rows) == {"licensed": True, "reused": "80"}
