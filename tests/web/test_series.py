"""A table of days or months through the portal and the command: the figures of the invented waterworks, worked by hand.

The set, the file and the working by hand are those of tests/domain/test_series.py: on 1, 2, 4 and 7 January 2025 all
three columns have a record; Σ inflow 4,100 m³, Σ electricity 1,640 kWh, 1,640 ÷ 4,100 = 0.4 kWh/m³, 4.03 of 8 points.
"""

import io
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.cli import registry
from registry.domain.errors import Invalid
from registry.domain.vocabulary import Kind, Role
from registry.models import Answer, Application, Round, RoundCategory, Verification
from registry.queries import applications as tables
from registry.queries import filings
from registry.services import filling
from tests import browse, factories
from tests.domain.test_series import FILE, SET
from tests.factories import NOON

Client = Callable[..., FlaskClient]
PANEL = """\
      - {key: novelty, kind: panel, title: {zh: 先进性, en: Novelty}, points: 2,
         levels: [{points: 0, zh: 无, en: None}, {points: 2, zh: 领先, en: Leading}], clauses: [], source: default}
"""
WITH_PANEL = SET.replace("rules: {source: default}", "rules: {panel: {rule: mean, reviewers: 1}, source: default}")
REASON = "抄表记录显示当日读数有误，已核对。"


def series(**columns: str) -> dict[str, Any]:
    """Return answers as they are stored: each column a text of day and number, such as "01 1000 02 1200"."""
    return {
        key: {"series": [[f"2025-01-{day}", number] for day, number in zip(*[iter(text.split())] * 2, strict=True)]}
        for key, text in columns.items()
    }


# The file of the hand-worked plant, as it is stored.
STORED = series(
    flow="01 1000 02 1200 04 800 05 900 07 1100",
    power="01 400 02 420 03 410 04 380 07 440",
    cod="01 300 02 310 03 305 04 290 05 280 07 300",
)


def waterworks(session: Session, content: str = SET, *, round_: Round | None = None) -> RoundCategory:
    """Return a category of an open round that judges the waterworks by their figures of 2025."""
    version = factories.criteria_version(session, content=content, key="waterworks")
    settings = {"gates": {}, "factors": {}, "year": 2025}
    return factories.round_category(session, round_=round_, criteria_version=version, settings=settings)


class Operator:
    """A plant operator who reads English, with a draft for the waterworks."""

    def __init__(self, session: Session, make: Client) -> None:
        self.session = session
        self.person = factories.user(session)
        organisation = factories.organisation(session)
        factories.seat(session, self.person, organisation)
        category = waterworks(session)
        draft = factories.application(session, round_category=category, organisation=organisation)
        session.commit()
        self.number = draft.id
        self.client = english(make(self.person))
        self.url = f"/applications/{self.number}"
        self.page = f"{self.url}/series/daily"

    def send(self, content: str | bytes, *, revision: int = 0, name: str = "daily.csv") -> TestResponse:
        data = content.encode() if isinstance(content, str) else content
        return browse.post(self.client, self.page, revision=revision, file=(io.BytesIO(data), name))

    def autosave(self, revision: int, **values: object) -> TestResponse:
        return self.client.post(
            f"{self.url}/autosave",
            json={"revision": revision, "values": values, "not_applicable": {}},
            headers={"X-CSRFToken": browse.token(self.client)},
        )

    def words(self, path: str = "") -> str:
        return browse.words(self.client.get(path or self.page))

    def declared(self) -> dict[str, Any]:
        """What stands declared, by the rows themselves."""
        self.session.rollback()
        rows = self.session.execute(select(Answer.key, Answer.value).order_by(Answer.revision, Answer.id)).all()
        self.session.rollback()
        return dict(tuple(row) for row in rows)

    def digest(self) -> str:
        application = self.session.scalars(tables.whole().where(Application.id == self.number)).one()
        found = filings.content_digest(filings.sheet(self.session, application))
        self.session.rollback()
        return found


def english(client: FlaskClient) -> FlaskClient:
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    return client


@pytest.fixture
def operator(session: Session, client: Client, at: Callable[[datetime], None]) -> Operator:
    at(NOON)
    return Operator(session, client)


def refused(answer: TestResponse) -> list[str]:
    """Return the lines of the summary of what is wrong, without its first, which says that nothing was changed."""
    assert answer.status_code == 422
    summary = re.search(r'<div class="errors".*?</div>', answer.text, re.DOTALL)
    assert summary
    lines = [" ".join(re.sub(r"<[^>]+>", " ", item).split()) for item in re.findall(r"<li>.*?</li>", summary[0], re.S)]
    assert lines[0] == "Nothing was changed. Mend these lines and send the file again."
    return lines[1:]


# Before anything is sent


def test_the_page_says_what_the_table_is_before_anything_is_sent(operator: Operator) -> None:
    page = operator.words()
    assert "Records of 2025, the year that is judged" in page
    assert "Inflow (m³) flow sum" in page
    assert "Influent COD (mg/L) cod mean, weighted by Inflow" in page
    # Only the inflow asks for a share of the year, so it is named.
    assert "Inflow: Records of 1.5% of the year are asked; below 0.8% there is no figure." in page
    assert "Filled from the table" not in page


def test_the_way_back_leads_to_where_the_reader_came_from(operator: Operator) -> None:
    part = operator.client.get(f"{operator.url}/edit/group-general").text
    assert f'href="{operator.page}?input=power"' in part
    assert (
        f'href="{operator.url}/edit/group-general#input_power"'
        in operator.client.get(f"{operator.page}?input=power").text
    )
    # Anything else in the address leads to the first input of the table.
    assert (
        f'href="{operator.url}/edit/group-general#input_flow"'
        in operator.client.get(f"{operator.page}?input=%22%3E").text
    )


def test_another_table_is_not_found_and_a_column_of_its_own_is_a_table(operator: Operator) -> None:
    assert operator.client.get(f"{operator.url}/series/weekly").status_code == 404
    assert operator.client.get(f"{operator.url}/series/weekly/days.csv").status_code == 404
    assert operator.client.get(f"{operator.url}/series/stock").status_code == 200


@pytest.mark.parametrize(
    ("period", "first", "last", "lines"), [("days", "-01-01", "-12-31", 365), ("months", "-01", "-12", 12)]
)
def test_the_empty_table_has_every_date_and_the_unit_of_every_column(
    operator: Operator, period: str, first: str, last: str, lines: int
) -> None:
    answer = operator.client.get(f"{operator.page}/{period}.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="daily-2025-{period}.csv"'
    assert answer.data.startswith(b"\xef\xbb\xbf")  # spreadsheets read it as UTF-8
    head, *dates = answer.data.decode("utf-8-sig").splitlines()
    assert head == "date,Inflow (m³),Electricity (kWh),Influent COD (mg/L)"
    assert (dates[0], dates[-1], len(dates)) == (f"2025{first},,,", f"2025{last},,,", lines)
    # Sent as it is, it has no figures; filled in two columns, those two are taken.
    assert refused(operator.send(answer.data)) == ["Line 1: No column has figures. Use: date, flow, power, cod."]
    filled = answer.data.replace(f"2025{first},,,".encode(), f"2025{first},1000,400,".encode())
    assert operator.send(filled).status_code == 303
    assert set(operator.declared()) == {"flow", "power"}


def test_the_empty_table_is_named_in_the_readers_language(operator: Operator) -> None:
    with operator.client.session_transaction() as cookie:
        cookie["language"] = "zh"
    answer = operator.client.get(f"{operator.page}/days.csv")
    assert "进水量 (m³),用电量 (kWh),进水 COD (mg/L)" in answer.text
    filled = answer.data.replace(b"2025-01-01,,,", b"2025-01-01,1000,400,300")
    assert operator.send(filled).status_code == 303


# Taken over


def test_a_table_becomes_figures_with_coverage_gaps_and_pictures(operator: Operator) -> None:
    answer = operator.send(FILE)
    assert (answer.status_code, answer.location) == (303, operator.page)
    page = operator.client.get(operator.page)
    words = browse.words(page)
    assert "The table is taken over." in words
    assert "Inflow sum 4,100 m³" in words
    assert "Electricity sum 1,640 kWh" in words
    assert "Influent COD mean, weighted by Inflow 297.2 mg/L" in words  # 1,486,000 ÷ 5,000
    # 1.5 % of 365 days are 5.475: the four days that all columns have are fewer than that.
    assert "4 of 365 days · fewer than the 1.5% asked from 800 to 1,200 m³" in words
    assert "5 of 365 days have a record; only dates count that the columns it belongs with have too." in words
    # 365 − 5 days of inflow; 6 January and all after the 7th.
    assert "Days without a record: 360 2025-01-03; 2025-01-06; 2025-01-08 to 2025-12-31 (358)" in words
    assert page.text.count('<figure class="records">') == 3
    assert page.text.count('class="records-gap"') == 3 + 2 + 2  # flow: 3, 6, from 8; power: 5–6, from 8; COD: 6, from 8
    assert operator.declared()["flow"]["series"][2:4] == [["2025-01-03", None], ["2025-01-04", "800"]]


def test_on_the_part_the_figure_stands_with_its_picture_and_without_a_field(operator: Operator) -> None:
    operator.send(FILE)
    page = operator.client.get(f"{operator.url}/edit/group-general")
    words = browse.words(page)
    assert 'name="input_flow"' not in page.text
    assert 'name="input_typed"' in page.text
    assert "4,100 m³ Inflow: 4 of 365 days" in words
    assert "Change the table, or type the figure instead" in words
    # The warning of the set: 4 of 365 days.
    assert "4 of 365 have a record; 1.5% are asked." in words
    # Saving the part leaves the series alone.
    saved = browse.post(operator.client, f"{operator.url}/edit/group-general", revision=1, input_typed="7", go="stay")
    assert saved.status_code == 303
    assert operator.declared()["typed"] == "7"
    assert "Inflow sum 4,100 m³" in operator.words()


def test_what_stands_out_is_ringed_and_named(operator: Operator) -> None:
    lines = [f"2025-01-{day:02d},{flow}" for day, flow in enumerate([1000, 1010, 990, 1000, 2600, 1005, 400], 1)]
    operator.send("\n".join(["date,flow", *lines]))
    page = operator.client.get(operator.page)
    # 2600 and 400 lie outside the plausible 500 to 2000 (and far from the median of 1000).
    assert "Stand out: 2 2025-01-05: 2,600; 2025-01-07: 400" in browse.words(page)
    assert page.text.count('class="records-mark"') == 2


def test_months_are_counted_of_twelve(operator: Operator) -> None:
    operator.send("month,flow,power\n2025-01,100,40\n2025-02,200,60\n2025-03,100,30\n2025-05,100,30\n")
    words = operator.words()
    assert "Inflow sum 500 m³" in words
    assert "4 of 12 months" in words
    assert "Months without a record: 8 2025-04; 2025-06 to 2025-12 (7)" in words


def test_too_few_records_give_no_figure_and_say_so(operator: Operator) -> None:
    # 0.8 % of 365 days are 2.92: two days are no figure.
    operator.send("date,flow\n2025-01-01,1000\n2025-01-02,1000\n")
    words = operator.words()
    assert "too few records for a figure" in words
    assert "2 of 365 days · too few: below 0.8% there is no figure" in words
    assert "too few records for a figure" in operator.words(f"{operator.url}/edit/group-general")


def test_a_column_sent_again_replaces_itself_only_and_a_typed_figure(operator: Operator) -> None:
    operator.autosave(0, power="5000", typed="7")
    operator.send(FILE, revision=1)
    operator.send("date,flow\n2025-01-01,2000\n2025-01-02,2000\n2025-01-04,2000\n2025-01-07,2000\n", revision=2)
    declared = operator.declared()
    assert declared["power"]["series"][0] == ["2025-01-01", "400"]
    assert declared["typed"] == "7"
    assert declared["flow"] == series(flow="01 2000 02 2000 04 2000 07 2000")["flow"]


def test_the_table_is_taken_back_and_the_figure_typed(operator: Operator) -> None:
    operator.send(FILE)
    stale = browse.post(operator.client, f"{operator.page}/clear?input=power", revision="0")
    assert stale.status_code == 409
    assert operator.declared()["flow"] is not None
    answer = browse.post(operator.client, f"{operator.page}/clear?input=power", revision="1")
    assert answer.location == f"{operator.page}?input=power"
    assert operator.declared() == {"flow": None, "power": None, "cod": None}
    part = operator.client.get(f"{operator.url}/edit/group-general").text
    assert 'name="input_flow"' in part
    assert operator.autosave(2, flow="5000").json["faults"] == {}
    assert operator.declared()["flow"] == "5000"
    # And the other way round: the table replaces what was typed.
    assert "Inflow (m³) flow · typed by hand" in operator.words()
    operator.send(FILE, revision=3)
    assert "Inflow sum 4,100 m³" in operator.words()


def test_the_same_table_sent_again_changes_nothing(operator: Operator) -> None:
    operator.send(FILE)
    before = operator.digest()
    assert operator.send(FILE, revision=1).status_code == 303
    assert operator.digest() == before
    assert operator.autosave(1, typed="1").json["revision"] == 2


# Refused


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            FILE.replace("1200", "-5").replace("900", "1000000"),
            [
                "Line 3, column B: -5 is not between 0 and 5,000. Check the unit.",
                "Line 6, column B: 1,000,000 is not between 0 and 5,000. Check the unit.",
            ],
        ),
        (
            "date,flow,water,flow\n2025-01-01,many,1,2\n2025-01-02,1,1,1,9\n",
            [
                "Line 1, column C: There is no column water. Use: date, flow, power, cod.",
                "Line 1, column D: The column flow stands there twice. Keep one of them.",
                "Line 2, column B: many is not a number. Write digits, a point if need be, no unit and no exponent.",
                "Line 3, column E: 9 stands under no column. Take it out or name the column.",
            ],
        ),
        (
            "date,flow (万m³)\n2025-01-01,1\n",
            ["Line 1, column B: There is no column flow (万m³). Use: date, flow, power, cod."],
        ),
        (
            "date,flow,cod\n2025-01-01,,300\n",
            ["Line 1, column C: cod is weighted by flow. Add that column."],
        ),
        (
            "date,flow\n2025-01-01,1\n2025-02,1\n2024-12-31,1\n2025-01-01,1\n",
            [
                "Line 3, column A: 2025-02 is of another kind than the dates before it. "
                "Give days only, or months only.",
                "Line 4, column A: 2024-12-31 is not in 2025, the year that is judged. Leave it out.",
                "Line 5, column A: The day or month 2025-01-01 stands there twice. Keep one of them.",
            ],
        ),
        (
            "flow,date\n1,2025-01-01\n",
            ["Line 1, column A: The first column is that of the dates. The columns are: date, flow, power, cod."],
        ),
        ("", ["Line 1: The file has no line below the names of the columns. Fill it in."]),
        (
            b"PK\x03\x04\x14\x00\x06\x00\xff\xfe\x80",
            ["Line 1: This is no text. Save the table as CSV (UTF-8) and choose that file."],
        ),
        (
            'date,flow\n2025-01-01,"1\n',
            ["Line 2: This is no CSV. Save the table as CSV, with commas between the columns."],
        ),
        # No line is at fault where the sum does not fit its input.
        (
            "date,flow\n2025-01-01,0\n2025-01-02,0\n2025-01-03,0\n",
            ["Inflow: 0 is not between 1 and 1,000,000. Check the unit."],
        ),
    ],
)
def test_a_file_is_refused_at_its_lines_and_nothing_changes(
    operator: Operator, content: str | bytes, expected: list[str]
) -> None:
    operator.send("date,flow\n2025-03-01,500\n")
    before = operator.declared()
    assert refused(operator.send(content, revision=1)) == expected
    assert operator.declared() == before


def test_a_file_of_nothing_but_faults_is_told_to_the_fiftieth(operator: Operator) -> None:
    lines = [f"2025-{month:02d}-{day:02d},x" for month in range(1, 4) for day in range(1, 29)]
    told = refused(operator.send("\n".join(["date,flow", *lines])))
    assert told[-1] == "Line 52, column A: There are more than 50 faults; the rest is not listed. Mend these first."
    assert len(told) == 51
    wide = refused(operator.send("date" + ",<b>x</b>" * 20_000 + "\n2025-01-01,1\n"))
    assert len(wide) == 51
    assert wide[-2].startswith("Line 1, column AY: ")  # A is that of the dates, AY the fiftieth after it


def test_a_file_that_is_too_large_or_none_at_all_is_refused_at_the_field(operator: Operator) -> None:
    large = operator.send(b"date,flow\n" + b"2025-01-01,1\n" * 90_000)
    assert large.status_code == 422
    assert "The file is larger than 1 MB." in browse.words(large)
    large.request.environ["wsgi.input"].close()  # a large form is a file of the test client
    none = browse.post(operator.client, operator.page, revision=0)
    assert none.status_code == 422
    assert "Choose a file." in browse.words(none)
    assert operator.declared() == {}


def test_on_an_old_revision_nothing_is_overwritten(operator: Operator) -> None:
    operator.autosave(0, power="1640")
    answer = operator.send(FILE, revision=0)
    assert answer.status_code == 409
    assert operator.declared() == {"power": "1640"}


def test_a_service_refuses_a_series_of_another_year(session: Session, operator: Operator) -> None:
    application = session.scalars(tables.whole().where(Application.id == operator.number)).one()
    actor = factories.actor(session, operator.person)
    with pytest.raises(Invalid) as caught:
        filling.save(session, actor, application, {"stock": {"series": [["2024-12-31", "1"]]}}, revision=0)
    assert (caught.value.key, caught.value.field) == ("date_outside_year", "stock")
    session.rollback()
    assert operator.declared() == {}


def test_a_series_without_any_record_is_shown_as_such_everywhere(
    session: Session, client: Client, operator: Operator
) -> None:
    # No file makes one, but a programme may save one by itself.
    assert operator.autosave(0, flow={"series": [["2025-01-01", None]]}).status_code == 200
    assert operator.client.get(operator.page).status_code == 200
    assert "too few records for a figure" in operator.words(f"{operator.url}/edit/group-general")
    number = filed(session, series(flow="01 1000") | {"power": {"series": []}})
    officer = officer_of(session, client)
    assert "too few records for a figure" in browse.words(officer.get(f"/admin/cases/{number}"))


# Handed in, and read by others


def submit(operator: Operator, revision: int) -> TestResponse:
    page = operator.client.get(f"{operator.url}/submit").text
    shown = re.search(r'name="digest" value="(\w+)"', page)
    assert shown, page
    return browse.post(operator.client, f"{operator.url}/submit", revision=revision, digest=shown[1], truthful="y")


def test_a_filing_with_series_is_handed_in_under_its_digest(operator: Operator) -> None:
    operator.send(FILE)
    operator.autosave(1, stock="1", level="1", typed="1")
    before = operator.digest()
    # One record more or less is another content.
    operator.send(FILE.replace("1200", "1201"), revision=2)
    assert operator.digest() != before
    operator.send(FILE, revision=3)
    assert operator.digest() == before
    assert submit(operator, 4).location == f"{operator.url}/receipt"
    kept = operator.session.get_one(Application, operator.number)
    assert (kept.kind, kept.content_digest) == (Kind.RECOMMENDATION, before)
    operator.session.rollback()
    late = operator.send(FILE, revision=4)
    assert late.status_code in (404, 409)


def filed(session: Session, answers: dict[str, Any], kind: Kind = Kind.SCREENING) -> int:
    application = factories.application(
        session, round_category=waterworks(session, WITH_PANEL + PANEL), kind=kind, answers=answers
    )
    session.commit()
    return application.id


def officer_of(session: Session, client: Client) -> FlaskClient:
    person = factories.persona(session, Role.OFFICER)
    session.commit()
    return english(client(person))


def test_the_office_reads_the_figure_its_coverage_and_its_picture(session: Session, client: Client) -> None:
    number = filed(session, STORED)
    officer = officer_of(session, client)
    page = officer.get(f"/admin/cases/{number}")
    words = browse.words(page)
    assert "4,100 m³" in words
    assert "1,640 kWh" in words
    assert "297.2 mg/L" in words
    assert "4 of 365 days · fewer than the 1.5% asked" in words
    assert "Days without a record: 360" in words
    assert page.text.count('<figure class="records">') == 3


def test_the_office_establishes_a_figure_in_place_of_a_series(session: Session, client: Client) -> None:
    number = filed(session, STORED)
    officer = officer_of(session, client)
    url = f"/admin/cases/{number}/values/flow"
    page = officer.get(url)
    assert "4,100 m³" in browse.words(page)
    assert '<figure class="records">' in page.text
    assert browse.post(officer, url, value="4200", reason=REASON).status_code == 303
    assert session.scalars(select(Verification.value)).one() == "4200"
    session.rollback()
    words = browse.words(officer.get(f"/admin/cases/{number}"))
    assert "4,200 m³" in words
    assert "4,100 m³" in words  # what was declared stays beside it


def test_a_reviewer_reads_the_figure_its_coverage_and_its_picture(session: Session, client: Client) -> None:
    number = filed(session, STORED, Kind.REVIEW)
    person = factories.persona(session, Role.REVIEWER)
    assignment = factories.assignment(session, session.get_one(Application, number), reviewer=person)
    session.commit()
    page = english(client(person)).get(f"/reviews/{assignment.id}")
    words = browse.words(page)
    assert page.status_code == 200
    assert "4,100 m³" in words
    assert "4 of 365 days · fewer than the 1.5% asked" in words
    assert '<figure class="records">' in page.text


# The same figures by the portal and by the command


def test_the_score_by_the_portal_and_by_the_command(operator: Operator, tmp_path: Path) -> None:
    operator.send(FILE)
    page = operator.words(f"{operator.url}/score")
    assert "Inflow 4,100 m³ (sum; 4 of 365 days)" in page
    assert "1,640 ÷ 4,100 = 0.4 kWh/m³" in page
    # (0.61 − 0.4) ÷ 0.25 × 60 % × 8 = 4.032
    assert "4.03 / 8" in page
    (tmp_path / "waterworks.yaml").write_text(SET)
    answers = {"context": {"year": 2025}, "inputs": STORED}
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    arguments = ["criteria", "score", str(tmp_path / "waterworks.yaml"), str(tmp_path / "answers.json")]
    printed = CliRunner().invoke(registry, [*arguments, "--json"])
    (item,) = json.loads(printed.output)["items"]
    assert (item["value"], item["points"]) == ("0.4", "4.03")
    flow = next(line for line in item["working"] if line["line"] == "input" and line["values"]["key"] == "flow")
    assert {key: flow["values"][key] for key in ("value", "reduce", "period", "recorded", "expected")} == {
        "value": "4100",
        "reduce": "sum",
        "period": "day",
        "recorded": "4",
        "expected": "365",
    }
    assert "4.03" in CliRunner().invoke(registry, arguments).output


def test_the_command_refuses_a_series_that_does_not_fit(tmp_path: Path) -> None:
    (tmp_path / "waterworks.yaml").write_text(SET)
    inputs = {**series(flow="01 -5"), "power": {"series": [["2024-01-01", "1"]]}}
    (tmp_path / "answers.json").write_text(json.dumps({"context": {"year": 2025}, "inputs": inputs}))
    arguments = ["criteria", "score", str(tmp_path / "waterworks.yaml"), str(tmp_path / "answers.json")]
    printed = CliRunner().invoke(registry, arguments)
    assert printed.exit_code == 1
    assert "inputs.flow: -5 is not between 0 and 5000. Check the unit." in printed.stderr
    assert "inputs.power: 2024-01-01 is not in 2025, the year that is judged. Leave it out." in printed.stderr


def test_one_series_that_does_not_fit_keeps_nothing_else_from_being_saved(operator: Operator) -> None:
    nothing = {"series": [["2025-01-01", "0"], ["2025-01-02", "0"], ["2025-01-03", "0"]]}
    answer = operator.autosave(0, typed="5", flow=nothing)
    assert set(answer.json["faults"]) == {"flow"}
    assert operator.declared() == {"typed": "5"}
