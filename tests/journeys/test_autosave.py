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
    # One line says when it was saved; no banner stays above newer saves.
    expect(page.locator("#saved")).to_contain_text("最近保存于")
    expect(page.locator(".messages .notice-success")).to_have_count(0)
    rows = session.execute(select(Answer.key, Answer.value).order_by(Answer.revision, Answer.key))
    assert dict(tuple(row) for row in rows) == {"licensed": True, "reused": "80"}


PLANT = """\
key: plant
version: "1"
title: {zh: 厂, en: Plant}
rules: {places: 2, source: default}
groups: {first: {zh: 一, en: First}, second: {zh: 二, en: Second}}
inputs:
  - {key: water, kind: number, title: {zh: 水量, en: Water}, unit: m³, group: first, limits: {min: 0}}
  - {key: burnt, kind: yes_no, title: {zh: 焚烧, en: Burnt}, group: first}
  - {key: ash, kind: number, title: {zh: 灰渣, en: Ash}, unit: t, when: burnt, group: first}
  - {key: kept, kind: yes_no, title: {zh: 台账, en: Records are kept}, group: first}
  - {key: later, kind: yes_no, title: {zh: 其他, en: Later}, group: second}
gates:
  - {key: permit, kind: gate, title: {zh: 许可, en: Permit}, formula: ash < 100, when: burnt, clauses: [],
     source: default}
  - {key: records, kind: gate, title: {zh: 台账, en: Records}, formula: kept and later, clauses: [], source: default}
sections:
  - key: work
    title: {zh: 工作, en: Work}
    indicators:
      - {key: size, kind: measure, title: {zh: 规模, en: Size}, points: 10, formula: water, curve: "0:0% → 100:100%",
         clauses: [], source: default}
"""


def plant(page: Page, session: Session) -> str:
    """Sign in somebody with a draft under the set above and return the address of its first page, in English."""
    person, organisation = factories.user(session, email="zhang@example.cn"), factories.organisation(session)
    factories.seat(session, person, organisation)
    category = factories.round_category(
        session,
        round_=factories.round_(session, closes_at=None),
        criteria_version=factories.criteria_version(session, content=PLANT),
    )
    draft = factories.application(session, round_category=category, organisation=organisation)
    session.commit()
    page.goto("/sign-in")
    page.fill("#email", "zhang@example.cn")
    page.fill("#password", factories.PASSWORD)
    page.click("main button[type=submit]")
    page.locator("button[name=language][value=en]").first.click()
    return f"/applications/{draft.id}/edit/group-first"


def test_the_next_question_is_the_first_open_one_of_the_page_and_nothing_above_it_moves(
    page: Page, session: Session
) -> None:
    page.goto(plant(page, session))
    height = "document.querySelector('#autosaved form').getBoundingClientRect().top + scrollY"
    top = page.evaluate(height)
    following = page.locator("#next-open")
    expect(following).to_contain_text("Water")
    # Whoever stands in it is not sent past it.
    page.focus("#input_water")
    expect(following).to_contain_text("Water")
    page.check("#input_kept-1")
    expect(page.locator("#answered")).to_have_text("1 / 4")
    expect(following).to_contain_text("Water")
    page.fill("#input_water", "34 million m3")
    page.locator("#input_water").blur()
    expect(following).to_contain_text("Burnt")
    expect(page.locator("[data-read=water]")).to_contain_text("34,000,000 m³")
    # A no that makes a requirement not apply counts as answered.
    page.check("#input_burnt-1")
    expect(page.locator("#answered")).to_have_text("3 / 4")
    expect(following).to_contain_text("Later")
    page.check("#input_burnt-0")
    expect(page.locator("#answered")).to_have_text("3 / 5")
    expect(following).to_contain_text("Ash")
    assert page.evaluate(height) == top


def test_a_refused_figure_is_not_answered_and_the_part_is_ticked_when_it_is_mended(
    page: Page, session: Session
) -> None:
    page.goto(plant(page, session))
    page.check("#input_burnt-1")
    page.check("#input_kept-0")
    page.fill("#input_water", "5")
    page.locator("#input_water").blur()
    here = page.locator(".sections [aria-current]")
    expect(here).to_contain_text("3 / 3")
    expect(here).to_contain_text("(complete)")
    page.fill("#input_water", "5 kWh")
    page.locator("#input_water").blur()
    expect(here).to_contain_text("2 / 3")
    expect(here).to_contain_text("(needs you)")
    expect(page.locator("#next-open")).to_contain_text("Water")
    expect(page.locator("#saved a")).to_have_text("Water")
    # It stays refused while another answer is saved.
    page.check("#input_kept-1")
    expect(page.locator("#failed")).to_be_visible()
    expect(here).to_contain_text("2 / 3")
    page.fill("#input_water", "6")
    page.locator("#input_water").blur()
    expect(here).to_contain_text("(complete)")


def test_a_click_is_not_lost_while_the_page_says_what_it_read(page: Page, session: Session) -> None:
    page.goto(plant(page, session))
    page.fill("#input_water", "34310000")
    choice = page.locator("#input_kept-0")
    choice.scroll_into_view_if_needed()
    box = choice.bounding_box()
    assert box is not None
    # The press leaves the field, which saves; the answer comes back before the release.
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    with page.expect_response("**/autosave"):
        page.mouse.down()
    page.wait_for_timeout(300)
    page.mouse.up()
    expect(choice).to_be_checked()
    expect(page.locator("[data-read=water]")).to_contain_text("34,310,000")
