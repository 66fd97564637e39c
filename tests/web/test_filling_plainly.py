"""Filling in without detours: what is asked when, what a refused figure says, what is confirmed before it is signed."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, DateField, DecimalField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from registry.domain.vocabulary import Status
from registry.models import Application, Event, Organisation, RoundCategory, User
from registry.web.forms import Form
from tests import browse, factories
from tests.factories import NOON

Client = Callable[..., FlaskClient]
# A year of something that happened, a choice that opens a figure, and two figures of which one is part of the other.
CONTENT = """\
key: works
version: "1"
title: {zh: 示例厂, en: Example works}
rules: {places: 2, source: default}
documents:
  OWN: {title: {zh: 示例文件, en: Example document}, clauses: {'1': {zh: 应当利用。}}}
groups:
  works: {zh: 厂, en: Works}
  figures: {zh: 数据, en: Figures}
inputs:
  - {key: opened, kind: whole, title: {zh: 投运年份, en: Year of opening}, unit: year, limits: {min: 1950, max: 2100},
     past: true, group: works}
  - key: method
    kind: choice
    title: {zh: 方法, en: Method}
    choices: {factors: {zh: 因子法, en: Factors}, measured: {zh: 实测, en: Measured}}
    group: works
  - {key: methane, kind: number, title: {zh: 实测甲烷, en: Measured methane}, unit: kg, when: method == "measured",
     plausible: {max: 1000}, source: default, group: works}
  - {key: water, kind: number, title: {zh: 处理水量, en: Water treated}, unit: m³, limits: {min: 0},
     plausible: {min: 1000, max: 100000}, source: default, group: figures}
  - {key: reused, kind: number, title: {zh: 再生水, en: Water reused}, unit: m³, limits: {min: 0}, group: figures}
derived:
  - {key: share, title: {zh: 比例, en: Share}, unit: '%', formula: reused / water * 100}
checks:
  - {key: within, formula: share <= 100, help: {zh: 再生水不应大于处理水量。, en: Water reused is part of it.}}
sections:
  - key: use
    title: {zh: 利用, en: Use}
    indicators:
      - {key: rate, kind: measure, title: {zh: 利用率, en: Reuse rate}, points: 60, unit: '%', formula: share,
         curve: '0:0% → 50:100%', clauses: [OWN 1], source: default}
      - {key: habits, kind: checklist, title: {zh: 做法, en: Habits}, points: 20, clauses: [], source: default,
         items: [{key: a, points: 20, title: {zh: 甲, en: A}}]}
  - key: more
    title: {zh: 其他, en: More}
    indicators:
      - {key: deeds, kind: checklist, title: {zh: 措施, en: Deeds}, points: 20, clauses: [], source: default,
         items: [{key: b, points: 20, title: {zh: 乙, en: B}}]}
"""
FULL = {"opened": "2009", "method": "factors", "water": "50000", "reused": "20000", "habits": [], "deeds": ["b"]}


class Works:
    """A signatory with a draft under the set above; figures are those of 2023."""

    def __init__(self, session: Session, make: Client, content: str = CONTENT) -> None:
        self.session = session
        self.person: User = factories.user(session)
        self.organisation: Organisation = factories.organisation(session)
        factories.seat(session, self.person, self.organisation, signatory=True)
        self.category: RoundCategory = factories.round_category(
            session,
            criteria_version=factories.criteria_version(session, content=content),
            settings={"gates": {}, "year": 2023},
        )
        self.draft = factories.application(
            session, round_category=self.category, organisation=self.organisation, started_by_id=self.person.id
        )
        session.commit()
        self.client = make(self.person)
        browse.post(self.client, "/language", language="en")
        self.url = f"/applications/{self.draft.id}"

    def save(self, part: str, revision: int = 0, go: str = "stay", **fields: object):
        return browse.post(self.client, f"{self.url}/edit/{part}", revision=revision, go=go, **fields)

    def autosave(self, revision: int = 0, **values: object) -> dict:
        answer = self.client.post(
            f"{self.url}/autosave",
            json={"revision": revision, "values": values, "not_applicable": {}},
            headers={"X-CSRFToken": browse.token(self.client)},
        )
        assert answer.json is not None
        return answer.json

    def page(self, path: str) -> str:
        return self.client.get(f"{self.url}{path}").text

    def words(self, path: str) -> str:
        return browse.words(self.client.get(f"{self.url}{path}"))

    def submit(self, revision: int = 1, **fields: object):
        digest = re.search(r'name="digest" value="(\w+)"', self.page("/submit"))
        assert digest is not None
        return browse.post(self.client, f"{self.url}/submit", revision=revision, digest=digest[1], **fields)


@pytest.fixture
def works(session: Session, client: Client, at: Callable[[datetime], None]) -> Works:
    at(NOON)
    return Works(session, client)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2009年6月1日", "Enter the year only, such as 2009."),
        ("2009-06-01", "Enter the year only, such as 2009."),
        ("2009年6月", "Enter the year only, such as 2009."),
        ("209", "209 is no year. Write four digits, such as 2025."),
        ("1949", "1949 is not taken: the year lies between 1950 and 2100."),
        ("2024", "2024 is not taken: it comes after 2023, the year of the figures."),
        ("long ago", "“long ago” is not read as a whole number. Write it in digits, without decimals."),
    ],
)
def test_what_is_no_year_that_can_be_is_refused_plainly(works: Works, typed: str, said: str) -> None:
    assert works.autosave(opened=typed)["faults"] == {"opened": said}
    page = works.save("group-works", input_opened=typed, input_method="factors")
    assert page.status_code == 422
    assert said in browse.words(page)
    assert f'value="{typed}"' in page.text


@pytest.mark.parametrize("typed", ["2009", "２００９", "2009年", "2009 年", "2023"])
def test_a_year_is_read_however_people_write_it(works: Works, typed: str) -> None:
    assert works.autosave(opened=typed)["faults"] == {}


@pytest.mark.parametrize("typed", ["<0.6", "＜0.6", "≤ 0.6", "低于0.6", "未检出", "ND"])
def test_a_figure_below_the_limit_of_detection_is_told_that_no_rule_is_set(works: Works, typed: str) -> None:
    assert "enter a figure only. The criteria have no rule" in works.autosave(water=typed)["faults"]["water"]


def test_what_was_not_taken_is_linked_beside_what_was_saved(works: Works) -> None:
    page = works.save("group-works", input_opened="209", input_method="factors")
    status = page.text.split('id="saved"')[1].split("</p>")[0]
    assert "Saved at 2026-03-02 12:00; not taken: 1" in status
    assert '<a href="#input_opened">Year of opening</a>' in status


def test_what_an_answer_opens_is_asked_only_then(works: Works) -> None:
    def hidden(text: str) -> bool:
        return re.search(r'data-question="methane"[^>]* hidden', text) is not None

    assert hidden(works.page("/edit/group-works"))
    # Without scripts: the page comes back with what was opened, whichever button was pressed.
    opened = works.save("group-works", go="on", input_opened="2009", input_method="measured", input_methane="")
    assert opened.location == f"{works.url}/edit/group-works#input_methane"
    assert "By your answers more is asked on this page: 1" in browse.words(works.client.get(opened.location))
    assert not hidden(works.page("/edit/group-works"))
    # With scripts: the answer says what is asked now.
    assert works.autosave(1, method="factors")["shown"] == ["opened", "method"]
    assert works.autosave(2, method="measured")["shown"] == ["opened", "method", "methane"]
    on = works.save("group-works", 3, go="on", input_opened="2009", input_method="factors", input_methane="5000")
    assert on.location == f"{works.url}/edit/group-figures"
    # What is not asked any more is no figure to confirm.
    works.autosave(4, **{**FULL, "method": "factors"})
    assert "Unusual figures" not in works.words("/submit")


def test_the_next_open_question_is_the_one_that_follows_where_the_reader_is(works: Works) -> None:
    works.autosave(water="5000")
    for part, following in {
        "group-works": "Year of opening",
        "group-figures": "Water reused",
        "measures": "Habits",
    }.items():
        assert f"Next open question {following}" in works.words(f"/edit/{part}")
    answer = works.autosave(1, habits=[], deeds=[])
    # Behind the last page it begins again.
    assert (answer["open"], answer["beyond"]["title"]) == ([], "Year of opening")
    assert answer["beyond"]["url"].endswith("/edit/group-works#input_opened")
    answer = works.autosave(2, method="factors")
    assert (answer["open"], answer["beyond"]["title"]) == (["opened"], "Water reused")


def test_all_that_is_ticked_stands_on_one_page(works: Works) -> None:
    page = works.words("/edit/measures")
    assert page.index("Habits") < page.index("Deeds")
    assert works.client.get(f"{works.url}/edit/section-use").status_code == 404


def test_a_contradiction_is_said_once_at_the_later_field(works: Works) -> None:
    works.autosave(water="5000", reused="6000")
    assert works.words("/edit/group-figures").count("Water reused is part of it.") == 1
    assert works.autosave(1, water="5000")["warnings"] == {"reused": ["Water reused is part of it."]}


def test_unusual_figures_are_confirmed_before_they_are_signed(works: Works) -> None:
    works.autosave(**{**FULL, "water": "500", "reused": "600"})
    page = works.words("/submit")
    assert "Unusual figures, please confirm: 2" in page
    assert re.search("Water treated ?: 500 m³ 500 is unusual: between 1,000 and 100,000 m³ is usual.", page)
    assert f'href="{works.url}/edit/group-figures#input_water"' in works.page("/submit")
    refused = works.submit(truthful="y")
    assert refused.status_code == 422
    assert 'href="#unusual"' in refused.text
    assert "Look at each of the 2 figures named here" in browse.words(refused)
    assert re.search(r'<input checked[^>]*name="truthful"|name="truthful"[^>]*checked', refused.text)
    assert works.submit(truthful="y", unusual="y").location == f"{works.url}/receipt"


def test_all_that_is_to_be_ticked_is_said_at_once(works: Works) -> None:
    works.autosave(**{**FULL, "water": "500", "reused": "600"})
    refused = works.submit()
    assert refused.status_code == 422
    assert 'href="#truthful"' in refused.text
    assert 'href="#unusual"' in refused.text


def test_nothing_is_to_be_confirmed_where_nothing_is_unusual(works: Works) -> None:
    works.autosave(**FULL)
    assert 'name="unusual"' not in works.page("/submit")
    assert works.submit(truthful="y").location == f"{works.url}/receipt"


def test_a_clause_in_the_help_has_the_title_of_its_document(works: Works) -> None:
    assert "“Example document” 1" in works.words("/edit/group-figures")


def test_a_draft_is_deleted_not_withdrawn(works: Works) -> None:
    works.autosave(water="5000", reused="600")
    assert "Delete draft" in works.words("")
    asked = works.words("/withdraw")
    assert "Delete the draft of" in asked
    assert "answers: 2, files: 0" in asked
    assert "Withdraw" not in asked
    done = browse.post(works.client, f"{works.url}/withdraw", reason="Begun by mistake.")
    assert done.location == works.url
    assert "The draft is deleted." in browse.words(works.client.get(done.location))
    works.session.expire_all()
    assert works.session.get_one(Application, works.draft.id).status is Status.WITHDRAWN
    assert works.session.scalars(select(Event).where(Event.action == "withdraw")).one()


def test_whoever_registers_on_a_round_comes_back_to_it(works: Works, app: Flask) -> None:
    visitor, here = app.test_client(), f"/rounds/{works.category.round_id}"
    page = visitor.get(here).text
    assert f'href="/register?next={here.replace("/", "%2F")}"' in page or f'href="/register?next={here}"' in page
    form = visitor.get("/register", query_string={"next": here}).text
    assert f'action="/register?next={here.replace("/", "%2F")}' in form or f'action="/register?next={here}' in form
    fields = {
        "name": "新人",
        "email": "new@example.org",
        "password": "a long sentence",
        "repeated": "a long sentence",
        "truthful": "y",
    }
    sent = browse.post(visitor, f"/register?next={here}", **fields)
    assert sent.location.replace("%2F", "/") == f"/sign-in?next={here}"
    # An address elsewhere is not taken along.
    other = browse.post(app.test_client(), "/register?next=//example.org/x", **{**fields, "email": "two@example.org"})
    assert other.location == "/sign-in"


class Everything(Form):
    text = StringField("Name of it", [InputRequired(), Length(min=2, max=5)])
    pattern = StringField("Code 50%", [Regexp("^[a-z]+$")])
    number = IntegerField("How many 50%", [InputRequired(), NumberRange(1, 9)])
    amount = DecimalField("How much", [InputRequired()])
    day = DateField("Which day", [InputRequired()])
    one = SelectField("Which kind", [InputRequired()], choices=["a"])
    button = RadioField("Which way", [InputRequired()], choices=["a"])
    tick = BooleanField("I agree", [InputRequired()])


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        (
            {},
            {
                "text": "Please fill in: Name of it",
                "number": "Please fill in: How many 50%",
                "one": "Please choose: Which kind",
                "button": "Please choose: Which way",
                "tick": "Please tick: I agree",
            },
        ),
        ({"text": "a"}, {"text": "Name of it: write between 2 and 5 characters"}),
        ({"number": "x"}, {"number": "How many 50%: enter a whole number in digits, such as 12"}),
        ({"number": "10"}, {"number": "How many 50%: enter a number from 1 to 9"}),
        ({"amount": "x"}, {"amount": "How much: enter a number in digits, such as 12.5"}),
        ({"day": "x"}, {"day": "Which day: enter a day, such as 2026-03-01"}),
        ({"one": "b"}, {"one": "Choose one of what is offered: Which kind"}),
        ({"pattern": "1"}, {"pattern": "Code 50%: this cannot be read as what is asked"}),
    ],
)
def test_a_form_says_what_to_fill_in_by_the_name_of_the_field(
    app: Flask, entered: dict[str, str], said: dict[str, str]
) -> None:
    with app.test_request_context(method="POST", data=entered), force_locale("en"):
        form = Everything()
        assert form.validate() is False
        assert {name: form.errors[name][0] for name in said} == said
