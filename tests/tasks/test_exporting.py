"""Exports and lists as workers make them: what stands in them, and for whom."""

import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pypdf
import pytest
from sqlalchemy import update

from registry.domain.vocabulary import Kind, Role, TaskState
from registry.files import path_of
from registry.models import Grant, Task
from registry.queries import cases
from registry.services import tasks
from registry.tasks import work_off
from tests import factories
from tests.factories import NOON
from tests.services.test_tasks import PAPER

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(autouse=True)
def noon(at):
    at(NOON)


def asked(session, person, **wanted) -> int:
    actor = factories.actor(session, person)
    found = cases.to_export(session, actor, cases.Wanted(**wanted))
    numbers, programmes = [number for number, _of in found], {of for _number, of in found}
    number = tasks.ask_export(session, actor, numbers, sorted(programmes), language="zh").id
    session.commit()
    return number


def kept(database, number) -> Task:
    with database.reading() as session:
        return session.get_one(Task, number)


def sheets(config, task) -> list[list[dict[str, str]]]:
    """The rows of each sheet, each the texts and numbers of its cells by their columns."""
    with zipfile.ZipFile(path_of(config.data / "files", task.sha256)) as book:
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - drawn by ourselves
        texts = ["".join(part.text or "" for part in one.iter(f"{SPACE}t")) for one in shared]
        names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        return [_rows(ElementTree.fromstring(book.read(name)), texts) for name in names]  # noqa: S314


def _rows(sheet, texts) -> list[dict[str, str]]:
    assert list(sheet.iter(f"{SPACE}f")) == []
    found = []
    for row in sheet.iter(f"{SPACE}row"):
        cells = {}
        for cell in row:
            value = cell.find(f"{SPACE}v")
            if value is not None:
                text = texts[int(value.text)] if cell.get("t") == "s" else value.text
                cells[cell.get("r").rstrip("0123456789")] = text
        found.append(cells)
    return found


def table(sheet) -> list[dict[str, str]]:
    """The rows of the table by the titles of their columns."""
    place = next(place for place, row in enumerate(sheet) if row.get("A") == "序号")
    head = sheet[place]
    return [
        {title: row[column] for column, title in head.items() if column in row}
        for row in sheet[place + 1 :]
        if "B" in row
    ]


def test_an_export_has_a_sheet_for_each_category_with_its_figures(database, config, session):
    organisation = factories.organisation(session, name="=1+1 水务")
    where = factories.round_category(session)
    first = factories.application(
        session,
        round_category=where,
        organisation=organisation,
        kind=Kind.SCREENING,
        answers={"reused": "40.5"},
        applicant={"legal_representative": "欧阳修文"},
    )
    factories.evaluation(session, first)
    factories.application(session, round_category=factories.round_category(session), kind=Kind.SCREENING)
    number = asked(session, factories.persona(session, Role.OFFICER))
    assert work_off(database, config, "a") == 1
    task = kept(database, number)
    assert (task.state, task.done, task.total) == (TaskState.DONE, 2, 2)
    one, other = sheets(config, task)
    (row,) = table(one)
    assert (row["序号"], row["申报单位"]) == ("1", "=1+1 水务")
    # Who represents an organisation is masked, as on other lists.
    assert row["法定代表人"] == "欧阳**"
    assert "欧阳修文" not in str(one)
    assert "40.5" in row.values()
    assert len(table(other)) == 1


def test_an_export_is_of_what_fits_and_what_the_asker_may_see(database, config, session):
    where = factories.round_category(session)
    wanted = factories.application(session, round_category=where, kind=Kind.SCREENING)
    factories.application(session, kind=Kind.SCREENING)
    factories.application(session, round_category=where)  # a draft, which is not the office's
    whose = factories.organisation(session)
    factories.application(session, round_category=where, organisation=whose, kind=Kind.SCREENING)
    person = factories.persona(session, Role.OFFICER)
    factories.seat(session, person, whose)
    number = asked(session, person, round_category_id=where.id)
    assert kept(database, number).parameters["applications"] == [wanted.id]


def test_an_export_stops_where_the_asker_has_lost_the_role(database, config, session):
    factories.application(session, kind=Kind.SCREENING)
    person = factories.persona(session, Role.AUDITOR)
    number = asked(session, person)
    session.execute(update(Grant).where(Grant.user_id == person.id).values(ended_at=NOON))
    session.commit()
    work_off(database, config, "a")
    task = kept(database, number)
    assert (task.state, task.failure, task.sha256) == (TaskState.FAILED, "task_asker_may_not", None)


def test_an_export_that_was_cut_off_begins_again(database, config, session, at):
    factories.application(session, kind=Kind.SCREENING)
    number = asked(session, factories.persona(session, Role.OFFICER))
    with pytest.raises(KeyboardInterrupt):
        work_off(database, config, "a", _interrupted())
    assert (kept(database, number).state, kept(database, number).done) == (TaskState.RUNNING, 1)
    at(NOON + tasks.LEASE)
    work_off(database, config, "b")
    assert kept(database, number).state is TaskState.DONE


def _interrupted():
    asked = iter([True])

    def go_on() -> bool:
        if next(asked, False):
            return True
        raise KeyboardInterrupt

    return go_on


def test_a_list_is_drawn_of_what_was_set_down(database, config, session):
    programme = factories.programme(session)
    actor = factories.actor(session, factories.persona(session, Role.OFFICER))
    number = tasks.ask_list(session, actor, PAPER, programme_id=programme.id, subject_id=1).id
    session.commit()
    assert work_off(database, config, "a") == 1
    task = kept(database, number)
    content = path_of(config.data / "files", task.sha256).read_bytes()
    assert (task.state, task.name, task.size) == (TaskState.DONE, "名单.pdf", len(content))
    assert "城北水厂" in pypdf.PdfReader(BytesIO(content)).pages[0].extract_text()
