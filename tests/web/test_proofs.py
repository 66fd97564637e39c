"""Evidence, the self-assessed points and the summary, as the applicant and the office read them."""

import io
import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Application, User
from registry.queries import cases, filings
from tests import browse, factories
from tests.factories import NOON

Client = Callable[..., FlaskClient]
CONTENT = """\
key: works
version: "1"
title: {zh: 示例厂, en: Example works}
rules: {places: 2, bonus_cap: 3, cap: 103, panel: {rule: mean, reviewers: 1}, source: default}
grades:
  - {key: good, points: 30, title: {zh: 良好, en: Good}, source: default}
groups:
  plant: {zh: 厂, en: Plant}
papers:
  - {key: bills, zh: 电费单, en: Electricity bills}
  - {key: report, zh: 核查报告, en: Verification report, when: measured}
  - {key: certificate, zh: 主管部门证明, en: Certificate of the bureau, needed: later}
inputs:
  - {key: measured, kind: yes_no, title: {zh: 实测, en: Measured}, group: plant}
  - key: power
    kind: number
    title: {zh: 用电量, en: Electricity used}
    unit: kWh
    evidence: [bills, report, certificate]
    headline: true
    group: plant
  - {key: water, kind: number, title: {zh: 处理水量, en: Water treated}, unit: m³, headline: true, group: plant}
sections:
  - key: use
    title: {zh: 利用, en: Use}
    indicators:
      - key: intensity
        kind: measure
        title: {zh: 吨水电耗, en: Electricity per m³}
        points: 60
        unit: kWh/m³
        formula: power / water
        curve: '0:100% → 1:0%'
        clauses: []
        source: default
        evidence: [bills]
      - key: quality
        kind: panel
        title: {zh: 质量, en: Quality}
        points: 40
        levels: [{points: 20, zh: 中, en: fair}, {points: 40, zh: 优, en: good}]
        clauses: []
        source: default
bonuses:
  - {key: extra, kind: bonus, title: {zh: 加分, en: Extra}, points: 3, formula: '1', clauses: [], source: default}
"""


class Works:
    """A signatory with a draft under the set above, filled in: 60 × (1 − 1234567 ÷ 3703701) = 40 points, 1 of bonus."""

    def __init__(self, session: Session, make: Client, content: str = CONTENT) -> None:
        person = factories.user(session)
        self.organisation = factories.organisation(session, legal_representative="王法人")
        factories.seat(session, person, self.organisation, signatory=True)
        category = factories.round_category(
            session,
            criteria_version=factories.criteria_version(session, content=content),
            settings={"gates": {}, "year": 2023},
        )
        self.draft: Application = factories.application(
            session, round_category=category, organisation=self.organisation, started_by_id=person.id
        )
        session.commit()
        self.client = make(person)
        self.url = f"/applications/{self.draft.id}"
        browse.post(self.client, "/language", language="en")
        self.save(measured="false", power="1234567", water="3703701")

    def save(self, revision: int = 0, **values: object) -> None:
        answer = self.client.post(
            f"{self.url}/autosave",
            json={"revision": revision, "values": values, "not_applicable": {}},
            headers={"X-CSRFToken": browse.token(self.client)},
        )
        assert answer.json is not None
        assert answer.json["faults"] == {}

    def words(self, path: str) -> str:
        return browse.words(self.client.get(f"{self.url}{path}"))


@pytest.fixture
def works(session: Session, client: Client, at: Callable[[datetime], None]) -> Works:
    at(NOON)
    return Works(session, client)


def test_documents_are_sorted_by_when_they_are_needed(works: Works) -> None:
    text = works.words("/edit/evidence")
    assert "Papers there 0 / 2" in text
    missing = text[text.index("Still to come") : text.index("Files, by what they prove")]
    assert missing.index("Needed with the submission") < missing.index("Electricity bills")
    assert missing.index("Electricity bills") < missing.index("May follow") < missing.index("Certificate of the bureau")
    assert "Verification report" not in missing
    assert "Needed as you answered" not in missing
    assert "Verification report" in text[text.index("Not needed as answered: 1") :]


def test_a_document_that_the_answers_call_for_says_why(works: Works) -> None:
    works.save(1, measured="true")
    text = works.words("/edit/evidence")
    conditional = text[text.index("Needed as you answered") : text.index("May follow")]
    assert "Verification report" in conditional
    assert "Asked for by your answer to: Measured" in conditional


def test_a_file_stands_under_the_document_that_it_is(works: Works) -> None:
    name = "A" * 76 + ".pdf"
    file = (io.BytesIO(b"%PDF-1.7\n" + b"x" * 100), name)
    assert browse.post(works.client, f"{works.url}/evidence", target="wanted.0", file=file).status_code == 303
    text = works.words("/edit/evidence")
    assert text.index("Files, by what they prove") < text.rindex("Electricity bills") < text.index(name)
    assert "Needed with the submission" not in text


def test_before_the_experts_there_is_no_grade(works: Works) -> None:
    """41 of 103 is above the line of the grade, which is nobody's yet; with 40 of the experts it would be 81."""
    for path in ("/submit", "/summary", "/score"):
        text = works.words(path)
        assert "Of the 60 points that the portal can compute from your answers now they earn 40." in text
        assert "With bonus 1 and deductions 0 that is 41. The experts give up to 40 more" in text
        assert "as filled in, at most 81 can be reached. The grade is settled after the expert review." in text
        # One score out of one number.
        assert "of 103" not in text
        assert "cannot reach the pass line" not in text
        assert "Total: 41" not in text
    assert "· Good" not in works.client.get(f"{works.url}/submit").text
    assert "Self-assessed; the grade is settled after the expert review." in works.words("/edit")


def test_submitting_says_which_documents_lack_and_which_may_follow(works: Works) -> None:
    text = works.words("/submit")
    assert "Papers that belong to the submission and are not there: 1" in text
    assert "Papers that may follow: 1" in text


def test_the_summary_has_the_figures_that_the_set_marks_and_who_applies(works: Works) -> None:
    text = works.words("/summary")
    assert f"Credit code {works.organisation.credit_code}" in text
    assert "Legal representative 王法人" in text
    figures = text[text.index("Figures of the year") : text.index("How complete it is")]
    assert "Electricity used 1,234,567 kWh" in figures
    assert "Water treated 3,703,701 m³" in figures
    assert "Measured" not in figures
    # 1,234,567 ÷ 3,703,701 = 0.3333…
    assert "Electricity per m³ 0.33 kWh/m³ 40 / 60" in text


def test_the_office_is_told_which_documents_lack(session: Session, works: Works) -> None:
    sheet = filings.sheet(session, session.get_one(Application, works.draft.id))
    assert [paper.titles[0].en for paper in cases.lacking_papers(sheet)] == [
        "Electricity bills",
        "Certificate of the bureau",
    ]


def test_a_summary_of_the_demonstration_says_so_on_paper(visit: Callable[[str], FlaskClient], world_database) -> None:
    with world_database.reading() as session:
        person = select(User.id).where(User.email == "yunxi@demo.example").scalar_subquery()
        number = session.scalars(select(Application.id).where(Application.started_by_id == person)).one()
    page = visit("yunxi").get(f"/applications/{number}/summary").text
    assert "演示" in page[page.index('<span class="summary-demo">') :][:2000].partition("</p>")[0]


def test_the_page_of_a_case_lists_the_documents_that_lack(visit: Callable[[str], FlaskClient], world_database) -> None:
    with world_database.reading() as session:
        person = select(User.id).where(User.email == "yunxi@demo.example").scalar_subquery()
        number = session.scalars(select(Application.id).where(Application.started_by_id == person)).one()
    page = browse.words(visit("officer").get(f"/admin/cases/{number}"))
    assert "尚无文件的应交材料" in page or "Documents asked for that no file proves" in page


@pytest.mark.parametrize(("language", "name"), [("en", "Self-score sheet"), ("zh", "自评分表")])
def test_a_paper_is_named_in_the_readers_language(works: Works, language: str, name: str) -> None:
    browse.post(works.client, "/language", language=language)
    disposition = works.client.get(f"{works.url}/score.pdf").headers["Content-Disposition"]
    assert unquote(disposition.partition("UTF-8''")[2]).startswith(f"{name} ")


def test_the_choice_of_what_a_file_proves_stands_at_the_next_document_that_is_due(works: Works) -> None:
    page = works.client.get(f"{works.url}/edit/evidence").text
    assert re.search(r'<option selected value="wanted.0">Electricity bills', page)


def test_the_documents_that_are_asked_for_are_as_many_with_files_as_without(works: Works) -> None:
    assert "Papers there 0 / 2" in works.words("/edit/evidence")
    file = (io.BytesIO(b"%PDF-1.7\n" + b"x" * 99), "bills.pdf")
    # The verification report proves the same figure and is asked of measured figures only: it is not counted with them.
    assert browse.post(works.client, f"{works.url}/evidence", target="wanted.0", file=file).status_code == 303
    assert "/ 2" in works.words("/edit/evidence").partition("Papers there")[2][:6]


def test_one_file_may_prove_several_papers_and_a_question(works: Works) -> None:
    works.save(1, measured="true")
    file = (io.BytesIO(b"%PDF-1.7\n" + b"x" * 98), "all of 2023.pdf")
    sent = browse.post(
        works.client, f"{works.url}/evidence", target="", also=["wanted.0", "wanted.1"], other="input.power", file=file
    )
    assert sent.status_code == 303
    text = works.words("/edit/evidence")
    assert "Needed with the submission" not in text
    assert "Needed as you answered" not in text
    assert "The name says" not in text


def test_a_file_for_nothing_is_refused_at_its_field(works: Works) -> None:
    file = (io.BytesIO(b"%PDF-1.7\n" + b"x" * 97), "bills.pdf")
    answer = browse.post(works.client, f"{works.url}/evidence", target="", file=file)
    assert answer.status_code == 422
    assert "target" in answer.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Bills 2025.pdf", "The name says 2025; this round judges figures of 2023."),
        ("Bills 20250131.pdf", "The name says 2025; this round judges figures of 2023."),
        ("Bills 2023 and 2025.pdf", ""),
        ("Bills 2023.pdf", ""),
        ("Order 120250.pdf", ""),
        ("Bills.pdf", ""),
    ],
)
def test_a_name_with_another_year_is_pointed_out(works: Works, name: str, said: str) -> None:
    file = (io.BytesIO(b"%PDF-1.7\n" + b"x" * 96), name)
    browse.post(works.client, f"{works.url}/evidence", target="wanted.0", file=file)
    assert ("The name says" in works.words("/edit/evidence")) is bool(said)
    assert said in works.words("")


def test_the_choice_has_the_papers_of_this_application_and_the_questions_stand_apart(works: Works) -> None:
    page = works.client.get(f"{works.url}/edit/evidence").text
    papers = page[page.index('id="target"') : page.index("</select>", page.index('id="target"'))]
    assert "Electricity bills" in papers
    # Not asked for as answered.
    assert "Verification report" not in papers
    assert 'value="input.power"' not in papers
    assert 'value="input.power"' in page


def test_applicants_are_not_told_that_there_is_no_scanner(works: Works) -> None:
    file = (io.BytesIO(b"%PDF-1.7\n" + b"x" * 95), "bills.pdf")
    browse.post(works.client, f"{works.url}/evidence", target="wanted.0", file=file)
    for path in ("", "/edit/evidence", "/edit/group-plant"):
        text = works.words(path)
        assert "bills.pdf" in text
        assert "scanner" not in text
    assert "Proves: Electricity bills" in works.words("")


def test_below_the_pass_line_is_said_outright(session: Session, client: Client, at: Callable[[datetime], None]) -> None:
    at(NOON)
    works = Works(session, client, CONTENT.replace("points: 30, title", "points: 60, title"))
    # 60 × (1 − 3703701 ÷ 3703701) = 0 points; 40 of the experts and 1 of bonus make 41 at most.
    works.save(1, power="3703701")
    for path in ("/submit", "/score"):
        text = works.words(path)
        assert "As filled in, the application cannot reach the pass line of 60: at most 41" in text
        assert "Use : −60" in text or "Use: −60" in text
    assert "At most 41: below the pass line of 60" in works.words("/edit")
    # What is not filled in yet may still earn its points.
    works.save(2, power="")
    assert "below the pass line" not in works.words("/edit")


LISTS = """\
      - key: lists
        kind: checklist
        title: {zh: 措施, en: Measures of the works}
        points: 20
        items:
          - {key: pumps, points: 12, title: {zh: 泵, en: Pumps}}
          - {key: dosing, points: 8, title: {zh: 加药, en: Dosing}}
        clauses: []
        source: default
"""


def test_a_list_without_a_tick_is_named_with_the_way_to_it(
    session: Session, client: Client, at: Callable[[datetime], None]
) -> None:
    at(NOON)
    content = CONTENT.replace("points: 30, title", "points: 90, title").replace("points: 60\n", "points: 40\n")
    works = Works(session, client, content.replace("      - key: quality\n", f"{LISTS}      - key: quality\n"))
    assert "Measures of the works (20 points at most)" in works.words("/edit/measures")
    # 40 × (1 − 1234567 ÷ 3703701) = 26.67 of 40, 20 of the list that is open, 40 of the experts, 1 of bonus: 87.67.
    assert "below the pass line" in works.words("/edit/evidence")
    works.save(1, lists=[])
    for path in ("/submit", "/score"):
        page = works.client.get(f"{works.url}{path}")
        box = page.text[page.text.index("cannot reach the pass line of 90") :]
        assert f'href="{works.url}/edit/measures#input_lists">Measures of the works</a>' in box
        assert "nothing is ticked; −20" in browse.words(page)
        # 40 − 26.67 of the rest of the section.
        assert "−13.33" in browse.words(page)
    assert "Measures of the works none of them" in works.words("/submit")


def test_a_figure_of_nothing_is_not_why_a_paper_is_asked_for(
    session: Session, client: Client, at: Callable[[datetime], None]
) -> None:
    at(NOON)
    works = Works(session, client, CONTENT.replace("when: measured}", "when: power > 0 or water > 0}"))
    works.save(1, water="0")
    text = works.words("/edit/evidence")
    assert "Asked for by your answer to: Electricity used" in text
    assert "Asked for by your answer to: Electricity used; Water treated" not in text


def test_possible_papers_and_those_of_the_answers_are_both_told(works: Works) -> None:
    # The bills, the report and the certificate; the report is asked for measured figures only.
    assert "Papers there 0 / 2 asked for by your answers, of 3 possible ones" in works.words("/edit/evidence")
    assert "the papers that your answers call for, of 3 possible ones" in browse.words(
        works.client.get(f"/rounds/{works.draft.round_category.round_id}")
    )
