"""Lists as files: where they are, what they say, and what they keep to themselves."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from registry.domain.vocabulary import DecisionKind, Kind, Role, Status
from registry.models import Application, Decision, Notice, Organisation, Publication
from registry.services import decisions
from registry.services.notices import entry_of
from tests import browse, factories
from tests.factories import NOON

REPRESENTATIVE = "欧阳修文"


@pytest.fixture
def english(client) -> FlaskClient:
    visitor = client()
    browse.post(visitor, "/language", language="en", next="/")
    return visitor


@pytest.fixture
def application(session) -> Application:
    """Selected and on a notice; its organisation calls itself what a spreadsheet would take for a formula."""
    organisation = factories.organisation(
        session, name="=1+1 水务", name_en="Water One", legal_representative=REPRESENTATIVE
    )
    return factories.application(session, kind=Kind.NOTICE, organisation=organisation)


@pytest.fixture
def notice(session, application, at) -> Notice:
    at(NOON)
    selection = factories.decision(session, application.round_category)
    factories.outcome(session, selection, application)
    row = factories.notice(session, selection, entries=[entry_of(application, 1)])
    session.commit()
    return row


@pytest.fixture
def publication(session, application, at) -> Publication:
    at(NOON)
    decision = factories.decision(session, application.round_category, kind=DecisionKind.PUBLICATION)
    row = factories.publication(session, decision, title="第一批名单", title_en="First list")
    content = {
        key: value for key, value in entry_of(application, 1).items() if key not in ("position", "application_id")
    }
    factories.entry(session, row, application, content=content)
    session.commit()
    return row


def table(answer) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.data.decode("utf-8-sig"), newline="")))


def words(answer) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(answer.data)).pages).replace("\n", "")


HEAD = ["No.", "Project (site)", "Applicant", "Unified Social Credit Code", "Region", "Category"]


def test_a_notice_as_csv_says_what_was_announced(english, notice, application):
    answer = english.get(f"/notices/{notice.id}.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert table(answer) == [
        HEAD,
        [
            "1",
            application.site.name_en,
            "Water One",
            application.organisation.credit_code,
            application.site.region.name_en,
            "Wastewater",
        ],
    ]


def test_a_cell_that_would_be_a_formula_is_a_text(client, notice):
    assert table(client().get(f"/notices/{notice.id}.csv"))[1][2] == "'=1+1 水务"


def test_a_file_has_a_chinese_name_and_a_plain_one_and_is_kept_not_shown(client, notice):
    answer = client().get(f"/notices/{notice.id}.pdf")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith(f"attachment; filename=\"notice-{notice.id}.pdf\"; filename*=UTF-8''")
    assert "%E5%85%AC%E7%A4%BA" in disposition  # 公示
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.data.startswith(b"%PDF-")


def test_a_notice_on_paper_says_until_when_and_where_one_objects(english, notice):
    said = words(english.get(f"/notices/{notice.id}.pdf"))
    assert "2 March 2026, 12:00 to 9 March 2026, 12:00, Beijing time" in said
    assert f"Decision number{notice.decision_id}" in said
    assert f"/notices/{notice.id}/objection" in said
    assert notice.digest[:40] in said
    assert "Environment Bureau" in said


def test_whoever_left_a_notice_is_marked_in_its_files(english, session, notice, application):
    session.execute(update(Application).values(status=Status.REMOVED))
    session.commit()
    assert [row[-1] for row in table(english.get(f"/notices/{notice.id}.csv"))] == [
        "Remark",
        "removed after an objection was upheld",
    ]


def test_a_later_name_changes_no_list_that_was_announced(client, session, notice, publication, application):
    paths = [f"/notices/{notice.id}", f"/lists/{publication.id}"]
    visitor = client()
    before = [visitor.get(f"{path}.{kind}").data for path in paths for kind in ("csv", "xlsx", "pdf")]
    session.execute(update(Organisation).values(name="别的公司", name_en="Another"))
    session.commit()
    assert [visitor.get(f"{path}.{kind}").data for path in paths for kind in ("csv", "xlsx", "pdf")] == before


@pytest.mark.parametrize("path", ["/notices/1.doc", "/notices/999.pdf", "/lists/999.csv", "/lists/1.pdf.exe"])
def test_there_is_no_other_file(client, notice, path):
    assert client().get(path).status_code == 404


def test_a_notice_that_has_not_begun_is_no_file(client, notice, at):
    at(NOON - timedelta(seconds=1))
    assert client().get(f"/notices/{notice.id}.pdf").status_code == 404


def test_public_files_name_no_person(client, notice, publication):
    visitor = client()
    for path in (f"/notices/{notice.id}", f"/lists/{publication.id}"):
        assert REPRESENTATIVE not in words(visitor.get(f"{path}.pdf"))
        for page in (f"{path}.csv", path):
            assert REPRESENTATIVE not in visitor.get(page).text
            assert "欧阳" not in visitor.get(page).text


def test_pages_lead_to_their_files(client, notice, publication):
    visitor = client()
    for page, path in (
        (f"/notices/{notice.id}", f"/notices/{notice.id}"),
        ("/notices", f"/notices/{notice.id}"),
        (f"/lists/{publication.id}", f"/lists/{publication.id}"),
    ):
        text = visitor.get(page).text
        assert [f'href="{path}.{kind}"' in text for kind in ("pdf", "xlsx", "csv")] == [True, True, True]


# Drafts


@pytest.fixture
def draft(session, at) -> Decision:
    at(NOON)
    where = factories.round_category(session, round_=factories.round_(session, closes_at=NOON), quota=1)
    represented = {"legal_representative": REPRESENTATIVE}
    for total in ("90.50", "80.00", "70.00"):
        row = factories.application(session, round_category=where, kind=Kind.DELIBERATION, applicant=represented)
        factories.evaluation(session, row, total=total)
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    proposal = decisions.propose_selection(session, officer, where, exclusions={}, reason="按总分排序", reserve=1)
    session.commit()
    return proposal


@pytest.fixture
def office(session, client):
    def make(role: Role, **columns) -> FlaskClient:
        person = factories.persona(session, role, **columns)
        session.commit()
        visitor = client(person)
        browse.post(visitor, "/language", language="en", next="/")
        return visitor

    return make


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.AUDITOR])
def test_the_draft_has_figures_and_masked_names_for_the_office(office, draft, role):
    found = table(office(role).get(f"/admin/decisions/{draft.id}/list.csv"))
    assert found[0] == [
        *HEAD,
        "Legal representative",
        "Total",
        "Grade",
        "Rank",
        "Result",
        "Order in reserve",
        "Reason",
    ]
    assert [row[6:] for row in found[1:]] == [
        ["欧阳**", "90.50", "Pass", "1", "selected", "", "within the quota"],
        ["欧阳**", "80.00", "Pass", "2", "reserve", "1", "next in line"],
        ["欧阳**", "70.00", "Pass", "3", "not selected", "", "below the cut"],
    ]


def test_the_draft_on_paper_says_that_it_is_one(office, draft):
    said = words(office(Role.OFFICER).get(f"/admin/decisions/{draft.id}/list.pdf"))
    assert "A draft for use within the office" in said
    assert REPRESENTATIVE not in said
    assert draft.digest[:40] in said


def test_nobody_else_reads_a_draft(session, client, office, draft):
    path = f"/admin/decisions/{draft.id}/list.pdf"
    assert client().get(path).status_code in (302, 303)
    assert office(Role.REVIEWER).get(path).status_code == 403
    elsewhere = factories.programme(session)
    assert office(Role.OFFICER, programme=elsewhere).get(path).status_code == 404


def test_what_is_no_list_is_no_file(session, office, draft):
    where = draft.round_category_id
    other = Decision(
        kind=DecisionKind.POOL,
        programme_id=draft.programme_id,
        round_category_id=where,
        content={},
        digest="0" * 64,
        reason="x",
        status=draft.status,
        proposed_by_id=draft.proposed_by_id,
        proposed_at=NOON,
    )
    number = factories.added(session, other).id
    session.commit()
    assert office(Role.OFFICER).get(f"/admin/decisions/{number}/list.pdf").status_code == 404
