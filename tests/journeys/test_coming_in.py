"""Coming in with a real browser: by keyboard, in either language, and out again."""

from playwright.sync_api import expect

from tests import factories


def test_a_person_signs_in_by_keyboard_changes_the_language_and_leaves(page, session):
    person = factories.user(session, name="赵六", email="zhao@example.cn")
    session.commit()
    page.goto("/sign-in")
    page.locator("[name=email]").focus()
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/desk")
    expect(page.get_by_text("赵六").first).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/account")
    expect(page).to_have_url("/sign-in?next=/account")
