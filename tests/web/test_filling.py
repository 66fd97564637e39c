"""The way of somebody new to a complete draft: sites put right, figures read, help at hand, evidence, the summary."""

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import Kind, Standing, Status
from registry.models import Application, Event, Organisation, Portal, RoundCategory, Site, User
from tests import browse, factories
from tests.factories import NOON

Client = Callable[..., FlaskClient]
# Numbers of both kinds of importance: one to be counted in tens of thousands, one without which nothing is missing.
CONTENT = """\
key: plant
version: "1"
title: {zh: 示例厂, en: Example plant}
rules: {places: 2, panel: {rule: mean, reviewers: 1}, source: default}
grades:
  - {key: good, points: 60, title: {zh: 良好, en: Good}, source: default}
groups:
  plant: {zh: 厂, en: Plant}
  figures: {zh: 数据, en: Figures}
inputs:
  - {key: licensed, kind: yes_no, title: {zh: 持有许可证, en: Holds a permit}, group: plant}
  - {key: opened, kind: date, title: {zh: 投运日期, en: Opened on}, group: plant, optional: true}
  - key: water
    kind: number
    title: {zh: 处理水量, en: Water treated}
    help: {zh: 全年合计。, en: Total of the year.}
    where: {zh: 进水流量计, en: Meter at the inlet}
    example: '36720000'
    unit: m³
    limits: {min: 1, max: 4000000000}
    plausible: {min: 500000, max: 1000000000}
    source: default
    evidence: [{zh: 水量报表, en: Flow records}]
    group: figures
  - key: reused
    kind: number
    title: {zh: 再生水利用量, en: Water reused}
    unit: m³
    limits: {min: 0, max: 4000000000}
    evidence: [{zh: 供水合同, en: Supply contract}]
    group: figures
documents:
  TEST: {title: {zh: 示例文件, en: Example document}, clauses: {'1': {zh: 应当利用再生水。}}}
gates:
  - {key: permit, title: {zh: 持证, en: Permit held}, formula: licensed, clauses: [], source: default}
sections:
  - key: use
    title: {zh: 利用, en: Use}
    indicators:
      - key: rate
        kind: measure
        title: {zh: 利用率, en: Reuse rate}
        points: 60
        unit: '%'
        formula: reused / water * 100
        curve: '0:0% → 50:100%'
        clauses: []
        source: default
      - key: quality
        kind: panel
        title: {zh: 质量, en: Quality}
        points: 40
        levels: [{points: 20, zh: 中, en: fair}, {points: 40, zh: 优, en: good}]
        clauses: []
        source: default
"""


class Plant:
    """A person with an organisation and an unconfirmed site, and a draft under the set above."""

    def __init__(self, session: Session, make: Client) -> None:
        self.session = session
        self.person: User = factories.user(session)
        self.organisation: Organisation = factories.organisation(session)
        factories.seat(session, self.person, self.organisation, signatory=True)
        self.site: Site = factories.site(
            session,
            organisation=self.organisation,
            status=Standing.PENDING,
            region=factories.region(session, within=factories.region(session)),
        )
        self.category: RoundCategory = factories.round_category(
            session,
            criteria_version=factories.criteria_version(session, content=CONTENT),
            settings={"gates": {}, "year": 2023, "base_year": 2020},
        )
        self.draft = factories.application(
            session,
            round_category=self.category,
            site=self.site,
            organisation=self.organisation,
            started_by_id=self.person.id,
        )
        session.commit()
        self.client = make(self.person)
        browse.post(self.client, "/language", language="en")
        self.url = f"/applications/{self.draft.id}"
        self.site_url = f"/organisations/{self.organisation.id}/sites/{self.site.id}"

    def save(self, part: str, revision: int = 0, **fields: object) -> object:
        return browse.post(self.client, f"{self.url}/edit/{part}", revision=revision, go="stay", **fields)

    def autosave(self, revision: int = 0, **values: object) -> dict:
        answer = self.client.post(
            f"{self.url}/autosave",
            json={"revision": revision, "values": values, "not_applicable": {}},
            headers={"X-CSRFToken": browse.token(self.client)},
        )
        assert answer.json is not None
        return answer.json

    def words(self, path: str) -> str:
        return browse.words(self.client.get(f"{self.url}{path}"))


@pytest.fixture
def plant(session: Session, client: Client, at: Callable[[datetime], None]) -> Plant:
    at(NOON)
    return Plant(session, client)


def test_a_question_has_its_help_its_example_and_what_it_counts_for(plant: Plant) -> None:
    page = plant.client.get(f"{plant.url}/edit/group-figures")
    text = browse.words(page)
    assert "Total of the year. Example: 36,720,000 m³" in text
    assert "Where to find it: Meter at the inlet" in text
    assert "Counts for: Reuse rate (60 points)" in text
    assert "Usual: 500,000 to 1,000,000,000 m³" in text
    # An example is told, never filled in.
    assert 'value="36720000"' not in page.text
    assert re.search(r'name="input_water"[^>]*value=""|value=""[^>]*name="input_water"', page.text)


def test_the_year_of_the_figures_is_said_before_the_first_of_them(plant: Plant) -> None:
    head = plant.words("/edit/group-figures")
    assert re.search(r"Year of the figures: 2023 ?\( ?set by the round ?\) ?· Base year: 2020", head)
    assert "Year of the figures 2023 Base year 2020" in plant.words("/summary")
    page = browse.words(plant.client.get(f"/rounds/{plant.category.round_id}"))
    assert "Year of the figures 2023 Base year 2020" in page


def test_parts_say_how_much_is_answered_and_what_comes_next(plant: Plant) -> None:
    assert "Answered 0 / 3" in plant.words("/edit/group-plant")
    # From the beginning of the page on, so that nothing on it is passed over.
    assert "Next open question Holds a permit" in plant.words("/edit/group-plant")
    assert "Next open question Water treated" in plant.words("/edit/group-figures")
    plant.save("group-plant", input_licensed="true")
    assert "Next open question Water treated" in plant.words("/edit/group-plant")
    # What may stay empty is not counted.
    text = plant.words("/edit/group-plant")
    assert "Answered 1 / 3" in text
    assert "1 / 1" in text
    answer = plant.autosave(1, water="1000000")
    assert (answer["answered"], answer["asked"], answer["here"]) == (2, 3, "1 / 2")
    plant.autosave(2, reused="0")
    assert "Everything that is asked is filled in" in plant.words("/edit/group-plant")


@pytest.mark.parametrize(
    "typed",
    [
        "36,720,000",
        "３６７２００００",
        "36 720 000",
        "36720000 m³",
        "36,720,000m3",
        "３６，７２０，０００ 立方米",
        "36720000.0 方",
    ],
)
def test_a_figure_is_read_however_people_write_it_and_said_back(plant: Plant, typed: str) -> None:
    answer = plant.autosave(water=typed)
    assert answer["faults"] == {}
    assert answer["read"]["water"].startswith("36,720,000")
    assert "Read as 36,720,000" in plant.words("/edit/group-figures")


def test_a_chinese_reader_is_told_the_tens_of_thousands(plant: Plant) -> None:
    browse.post(plant.client, "/language", language="zh")
    # 36,720,000 / 10,000 = 3,672
    assert plant.autosave(water="36720000")["read"]["water"] == "36,720,000 m³（3,672 万）"


@pytest.mark.parametrize("typed", ["3672 万立方米", "3672万", "３６７２ 万", "3,672 万 m³", "0.3672 亿", "0.3672亿方"])
def test_tens_of_thousands_are_read_and_said_back(plant: Plant, typed: str) -> None:
    # 3,672 × 10,000 = 0.3672 × 100,000,000 = 36,720,000
    assert plant.autosave(water=typed)["read"]["water"] == "36,720,000 m³"
    assert plant.save("group-figures", 1, input_water=typed).status_code == 303
    assert 'value="36720000"' in plant.client.get(f"{plant.url}/edit/group-figures").text


@pytest.mark.parametrize("typed", ["36720 t", "36720000 kWh", "3672 万吨", "3672 万 kWh"])
def test_a_figure_in_another_unit_is_refused_by_name(plant: Plant, typed: str) -> None:
    refused = plant.autosave(water=typed)["faults"]["water"]
    assert "is not taken: the figure is asked in m³" in refused
    page = plant.save("group-figures", input_water=typed)
    assert page.status_code == 422
    assert f'value="{typed}"' in page.text
    assert 'href="#input_water"' in page.text


@pytest.mark.parametrize("typed", ["2019-03-01", "2019/3/1", "2019.3.1", "2019年3月1日", "20190301", "２０１９-３-１"])
def test_a_day_is_read_however_people_write_it(plant: Plant, typed: str) -> None:
    assert plant.save("group-plant", input_opened=typed).status_code == 303
    assert 'value="2019-03-01"' in plant.client.get(f"{plant.url}/edit/group-plant").text


def test_an_unusual_figure_is_kept_and_warned_about_at_its_field(plant: Plant) -> None:
    answer = plant.autosave(water="3672")
    assert answer["faults"] == {}
    assert answer["warnings"]["water"] == [
        "3,672 is unusual: between 500,000 and 1,000,000,000 m³ is usual. Check the number and its unit."
    ]


def test_nothing_is_said_to_be_saved_before_it_is(plant: Plant) -> None:
    assert "Nothing is saved yet." in plant.words("/edit/group-plant")
    plant.autosave(licensed="true")
    assert "Last saved 2026-03-02 12:00" in plant.words("/edit/group-plant")


def test_whoever_was_signed_out_sends_what_was_entered_after_signing_in(plant: Plant, client: Client) -> None:
    token = browse.token(plant.client)
    with plant.client.session_transaction() as cookie:
        key = cookie.pop("_user_id")
    answer = plant.client.post(
        f"{plant.url}/autosave",
        json={"revision": 0, "values": {"water": "1"}, "not_applicable": {}},
        headers={"X-CSRFToken": token},
    )
    assert (answer.status_code, answer.json) == (401, {"refused": "Please sign in first."})
    page = plant.save("group-figures", input_water="about 5 <b>")
    assert page.status_code == 401
    assert 'name="input_water" hidden>about 5 &lt;b&gt;</textarea>' in page.text
    fields = dict(re.findall(r'<textarea name="(\w+)" hidden>(.*?)</textarea>', page.text, re.DOTALL))
    with plant.client.session_transaction() as cookie:
        cookie["_user_id"] = key
    again = browse.post(plant.client, f"{plant.url}/edit/group-figures", **{**fields, "input_water": "36720000"})
    assert again.status_code == 303


def test_a_password_never_stands_in_the_page_of_somebody_signed_out(plant: Plant) -> None:
    with plant.client.session_transaction() as cookie:
        del cookie["_user_id"]
    page = browse.post(plant.client, "/account/password", current="old secret word", password="a", repeated="a")
    assert page.status_code == 401
    assert "old secret word" not in page.text


def test_evidence_is_grouped_by_what_it_proves_with_what_is_missing_first(plant: Plant) -> None:
    assert "Papers there 0 / 0" in plant.words("/edit/evidence")
    plant.autosave(water="36720000", reused="3672000")
    text = plant.words("/edit/evidence")
    assert "Papers there 0 / 2" in text
    assert "at most 50 MB" in text.replace("At most", "at most")
    file = (io.BytesIO(b"%PDF-1.7\n" + b"x" * 1_991), "flow.pdf")
    sent = browse.post(plant.client, f"{plant.url}/evidence", target="wanted.0", file=file)
    assert sent.status_code == 303
    text = plant.words("/edit/evidence")
    assert "Papers there 1 / 2" in text
    assert "Together 2 kB" in text
    assert text.index("Supply contract") < text.index("Files, by what they prove") < text.index("flow.pdf")
    # Without a file the refusal stands at the field.
    refused = browse.post(plant.client, f"{plant.url}/evidence", target="wanted.0")
    assert refused.status_code == 422
    assert 'href="#file"' in refused.text


def test_the_summary_tells_the_one_who_signs_what_there_is(plant: Plant) -> None:
    plant.autosave(licensed="true", water="36720000", reused="3672000")
    page = plant.client.get(f"{plant.url}/summary")
    text = browse.words(page)
    # 3,672,000 / 36,720,000 = 10 %; 60 points × 10 / 50 = 12.
    assert "Reuse rate 10 % 12 / 60" in text
    assert "Of the 60 points that the portal can compute from your answers now they earn 12." in text
    assert "Answered: 3 of 3 questions" in text
    assert "Papers there: 0 of 2; files: 0" in text
    assert "Good 60" in text
    assert "Permit held met" in text
    assert "Holds a permit Yes" in text
    assert plant.person.name in text
    for place in ("", "/submit"):
        assert f'href="{plant.url}/summary"' in plant.client.get(f"{plant.url}{place}").text


def test_the_summary_of_an_empty_draft_says_what_is_missing(plant: Plant) -> None:
    text = plant.words("/summary")
    assert "Answered: 0 of 3 questions" in text
    assert "Still missing: Holds a permit; Water treated; Water reused" in text


def correction(plant: Plant, **changed: object) -> dict[str, object]:
    site = plant.site
    return {"name": site.name, "permit_number": "P-2", "region_key": site.region_key, **changed}


def test_an_unconfirmed_site_is_corrected_by_its_organisation(plant: Plant) -> None:
    assert plant.site_url in plant.client.get(f"/organisations/{plant.organisation.id}").text
    answer = browse.post(plant.client, plant.site_url, **correction(plant, name="青川污水处理厂", name_en="Qingchuan"))
    assert (answer.status_code, answer.location) == (303, f"/organisations/{plant.organisation.id}")
    plant.session.rollback()
    plant.session.refresh(plant.site)
    assert (plant.site.name, plant.site.name_en, plant.site.permit_number) == ("青川污水处理厂", "Qingchuan", "P-2")
    (event,) = plant.session.scalars(select(Event).where(Event.action == "correct_site"))
    assert sorted(event.payload["before"]) == ["name", "name_en", "permit_number"]
    assert event.payload["after"]["permit_number"] == "P-2"
    # Its own number is no second one.
    again = correction(plant)
    plant.session.rollback()
    assert browse.post(plant.client, plant.site_url, **again).status_code == 303


def test_a_wrong_correction_keeps_what_was_typed(plant: Plant) -> None:
    page = browse.post(plant.client, plant.site_url, **correction(plant, name="新名称", region_key="nowhere"))
    assert page.status_code == 422
    assert 'value="新名称"' in page.text


def test_a_site_that_is_confirmed_or_read_by_others_says_whom_to_ask(plant: Plant) -> None:
    plant.draft.site.status = Standing.CONFIRMED
    plant.session.commit()
    page = plant.client.get(plant.site_url)
    assert "Ask the bureau of the region" in browse.words(page)
    assert 'name="permit_number"' not in page.text
    refused = browse.post(plant.client, plant.site_url, **correction(plant, name="另一个"))
    assert refused.status_code == 409


@pytest.mark.parametrize(
    ("kind", "status"),
    [(Kind.RECOMMENDATION, Status.WAITING), (Kind.FILING, Status.RETURNED), (Kind.FILING, Status.DUE)],
)
def test_a_site_whose_application_is_handed_in_is_not_changed(
    session: Session, client: Client, plant: Plant, kind: Kind, status: Status
) -> None:
    """Nor where it came back: what an officer has read is not exchanged for another plant."""
    other = factories.site(session, organisation=plant.organisation, status=Standing.PENDING)
    factories.application(session, site=other, organisation=plant.organisation, kind=kind, status=status)
    session.commit()
    url = f"/organisations/{plant.organisation.id}/sites/{other.id}"
    refused = browse.post(client(plant.person), url, name="另一个", region_key=other.region_key)
    assert refused.status_code == 409


def test_the_site_of_another_organisation_is_not_found(session: Session, plant: Plant) -> None:
    stranger = factories.site(session, organisation=factories.organisation(session))
    session.commit()
    url = f"/organisations/{plant.organisation.id}/sites/{stranger.id}"
    assert plant.client.get(url).status_code == 404


def test_the_round_that_was_chosen_is_kept_on_the_way_to_it(session: Session, client: Client, plant: Plant) -> None:
    newcomer, region = factories.user(session), factories.region(session, within=factories.region(session))
    session.commit()
    visitor, number = client(newcomer), plant.category.id
    assert visitor.get(f"/applications/start/{number}").location == f"/organisations/new?start={number}"
    entered = browse.post(
        visitor,
        f"/organisations/new?start={number}",
        name="青川水务",
        credit_code="91000000DEM0000019",
        legal_representative="王五",
        kind="enterprise",
        region_key=region.key,
    )
    assert re.fullmatch(rf"/organisations/\d+/sites/new\?start={number}", entered.location)
    fields = {"kind": "plant", "name": "青川厂", "region_key": region.key, "role": "operator"}
    # The round takes the site, so that its application begins with it.
    begun = browse.post(visitor, entered.location, **fields).location
    assert re.fullmatch(r"/applications/\d+/edit", begun)
    session.rollback()
    draft = session.get_one(Application, int(re.findall(r"\d+", begun)[0]))
    assert (draft.round_category_id, draft.started_by_id) == (number, newcomer.id)


@pytest.mark.parametrize("typed", ["10³", "10⁴", "1234¹", "7₂", "①②", "0,500", "0 500"])
def test_no_figure_is_made_of_notes_and_leading_noughts(plant: Plant, typed: str) -> None:
    answer = plant.save("group-figures", input_water=typed)
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text


def test_a_requirement_that_is_not_met_is_said_wherever_it_matters(plant: Plant) -> None:
    answer = plant.autosave(licensed="false", water="36720000", reused="3672000")
    said = "With this answer a requirement is not met: Permit held"
    assert (answer["unmet"], answer["failed"]) == ({"licensed": [said]}, 1)
    assert said in plant.words("/edit/group-plant")
    assert "Requirements not met: 1" in plant.words("/edit/group-figures")
    page = plant.client.get(f"{plant.url}/submit")
    text = browse.words(page)
    assert "Requirements not met: 1" in text
    assert "Your answer: Holds a permit : No" in text
    assert f'href="{plant.url}/edit/group-plant#input_licensed"' in page.text
    assert f'href="{plant.url}/score"' in page.text
    assert "Everything that is asked is filled in" not in text
    answer = plant.autosave(1, licensed="true")
    assert (answer["unmet"], answer["failed"]) == ({}, 0)
    assert "Everything that is asked is filled in" in plant.words("/submit")


def test_what_fails_a_requirement_is_submitted_only_once_that_was_read(plant: Plant) -> None:
    plant.autosave(licensed="false", water="36720000", reused="3672000")
    page = plant.client.get(f"{plant.url}/submit").text
    digest = re.search(r'name="digest" value="(\w+)"', page)
    assert digest is not None
    sign = {"revision": 1, "digest": digest[1], "truthful": "y"}
    refused = browse.post(plant.client, f"{plant.url}/submit", **sign)
    assert refused.status_code == 422
    assert 'href="#unmet"' in refused.text
    assert "Read which, and tick the box to submit all the same." in browse.words(refused)
    assert browse.post(plant.client, f"{plant.url}/submit", **sign, unmet="y").status_code == 303


def test_the_history_says_who_saved_how_many_answers_and_when(plant: Plant, at: Callable[[datetime], None]) -> None:
    plant.autosave(licensed="true", water="36720000")
    at(NOON.replace(minute=20))
    plant.autosave(1, reused="0")
    for minutes in (45, 70):  # reading on, so that the session stays
        at(NOON + timedelta(minutes=minutes))
        plant.words("")
    at(NOON + timedelta(minutes=81))
    plant.autosave(2, reused="3672000")
    text = plant.words("")
    # Two answers, and one within the hour; another one later is a line of its own.
    assert "Entries saved, each change counted: 3" in text
    assert text.index("Entries saved, each change counted: 1") < text.index("Entries saved, each change counted: 3")
    assert text.count(f"{plant.person.name} Entries saved") == 2


def test_the_example_of_the_demonstration_overwrites_nothing(plant: Plant) -> None:
    plant.session.get_one(Portal, 1).demo = True
    plant.session.commit()
    assert f'action="/demo{plant.url}/example"' in plant.client.get(plant.url).text
    plant.autosave(water="36720000")
    assert f'action="/demo{plant.url}/example"' not in plant.client.get(plant.url).text
    assert browse.post(plant.client, f"/demo{plant.url}/example").status_code == 409
    assert 'value="36720000"' in plant.client.get(f"{plant.url}/edit/group-figures").text
