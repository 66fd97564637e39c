"""A browser that runs no script: an application is filled in, checked and handed in all the same."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from registry.demo import DOMAIN, PASSWORD
from tests.journeys import acts


@pytest.fixture
def plain(browser: Browser, served: str):
    """Make pages without scripts, signed in, in English."""
    contexts = []

    def make(key: str) -> Page:
        context = browser.new_context(base_url=served, java_script_enabled=False, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_role("button", name="English").click()
        page.get_by_label("E-mail address").fill(f"{key}@{DOMAIN}")
        page.get_by_label("Password").fill(PASSWORD)
        acts.main(page).get_by_role("button", name="Sign in").click()
        return page

    yield make
    for context in contexts:
        context.close()


def test_an_application_is_filled_in_and_submitted(plain):
    page = plain("drafter")
    page.goto("/rounds/3")
    page.get_by_role("link", name=re.compile("^Apply")).first.click()
    page.get_by_role("radio").first.check()
    acts.main(page).get_by_role("button", name=re.compile("application", re.IGNORECASE)).click()
    number = re.search(r"/applications/(\d+)", page.url)[1]
    page.goto(f"/applications/{number}")
    acts.press(page, "Fill in the example")

    page.goto(f"/applications/{number}/edit")
    figures = page.locator("#autosaved input[type=text]")
    before = figures.first.input_value()
    figures.first.fill("a word")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errors")).to_be_visible()
    expect(figures.first).to_have_value("a word")
    figures.first.fill(before)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errors")).to_have_count(0)
    expect(page.locator("#saved")).to_contain_text("Last saved")

    signatory = plain("signatory")
    signatory.goto(f"/applications/{number}/submit")
    signatory.get_by_label("I sign for my organisation").check()
    signatory.get_by_role("button", name="Submit", exact=True).click()
    expect(signatory).to_have_url(re.compile(rf"/applications/{number}/receipt"))
