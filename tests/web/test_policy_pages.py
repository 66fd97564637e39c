"""The pages of the documents and their targets, and the links from clause to target, indicator and award and back."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask
from flask import session as cookie
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from registry import seeds
from registry.db import Database
from registry.domain.targets import Target, TargetEntry
from registry.domain.vocabulary import AwardStatus, Kind, Status, TargetState
from registry.models import Award, Category, Programme
from registry.queries import targets
from registry.web.public.policies import in_words
from tests import browse, factories
from tests.factories import NOON

Client = Callable[..., FlaskClient]
At = Callable[[datetime], None]
DOCUMENTS = ("GJ", "GW", "SD", "SZ", "ZJ")
# The last minute of 2025 in Beijing, and the one after it.
LAST = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)
NEXT = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)


@pytest.fixture
def reader(client: Client, at: At, session: Session) -> FlaskClient:
    """Somebody who reads English, at NOON, in a portal that has the five documents."""
    at(NOON)
    seeds.sync(session, factories.worker())
    session.commit()
    visitor = client()
    browse.post(visitor, "/language", language="en")
    return visitor


def _running(session: Session, key: str, ref: str, *, document: str) -> Category:
    programme = factories.programme(session, document_key=document)
    return factories.category(session, programme=programme, key=key, clause_ref=ref)


def _awarded(session: Session, category: Category, **columns: Any) -> Award:
    round_ = factories.round_(session, programme=session.get_one(Programme, category.programme_id))
    where = factories.round_category(session, round_=round_, category=category)
    application = factories.application(session, round_category=where, kind=Kind.CERTIFICATE, status=Status.CERTIFIED)
    return factories.award(session, application, **columns)


def _entries(text: str) -> dict[str, str]:
    """The words of each entry of the page of targets, by id."""
    parts = re.split(r'<article class="target" id="([^"]+)">', text)[1:]
    return {key: _words(body.split("</article>")[0]) for key, body in zip(parts[::2], parts[1::2], strict=True)}


def _words(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def _links(text: str) -> Iterator[tuple[str, str]]:
    """The path and the fragment of each link of a page into the portal."""
    for address in re.findall(r'href="(/[^"]*|#[^"]*)"', text):
        parts = urlsplit(unescape(address))
        yield parts.path, unquote(parts.fragment)


# Targets


def test_all_entries_stand_under_their_documents(reader: FlaskClient) -> None:
    shown = _entries(reader.get("/targets").text)
    # Counted in the file by hand: 102 in all, two of them totals.
    assert Counter(key.partition("-")[0] for key in shown) == {"GW": 8, "GJ": 18, "ZJ": 34, "SZ": 27, "SD": 15}


def test_totals_are_shown_with_their_parts(reader: FlaskClient) -> None:
    words = browse.words(reader.get("/targets"))
    parts = "SZ-00 2025: 10 ( SZ-01 ) + 5 ( SZ-02 ) + 10 ( SZ-03 ) + 5 ( SZ-04 ) + 15 ( SZ-05 ) = 45"
    assert f"{parts} ; 45 + 5 given to no category = 50" in words.replace("45;", "45 ;")
    assert "ZJ-00 2025: 60 ( ZJ-01 ) + 60 ( ZJ-02 ) + 80 ( ZJ-03 ) = 200" in words
    assert "ZJ-00 2030: 400 ; not divided" in words.replace("400;", "400 ;")
    # The ten works of Zhejiang stand beside its 200.
    assert "ZJ-04 10 projects by 2025" in words
    # Neither the national plan nor Shandong gives a number of what is to be selected.
    assert words.count("The document gives no number of anything to be selected.") == 2


def test_an_entry_says_what_its_text_says_and_what_it_leaves_open(reader: FlaskClient) -> None:
    shown = _entries(reader.get("/targets").text)
    assert "A · selected, with a number" in shown["ZJ-05"]
    assert "20 cities by 2025 · whether cumulative is not stated" in shown["ZJ-05"]
    assert "40 cities in all by 2030 no programme here yet" in shown["ZJ-05"]
    assert "Level not stated in the document" in shown["ZJ-05"]
    assert "Departments not stated" in shown["ZJ-05"]
    assert "part of the total SZ-00" in shown["SZ-01"]
    assert "5 of them are given to no category" in shown["SZ-00"]
    assert "about 140 titles in all by 2025" in shown["SZ-16"]
    assert "not measured here" in shown["SZ-16"]
    assert "Shandong Department of Ecology and Environment (lead)" in shown["SD-03"]
    assert "Hydrogen" in shown["SD-13"]
    assert "The text leaves the list open." in shown["SD-13"]
    assert "Yantian District: Synergy in port logistics" in shown["SZ-08"]
    assert "The document gives no number." in shown["GJ-01"]
    assert "State Administration for Market Regulation, National Energy Administration" in shown["GJ-17"]
    assert "Ministry of Commerce and others" in shown["GJ-03"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"value": "100", "counting": "unstated"}, "100 farms by 2025"),
        ({"value": "1000", "operator": "at_least", "counting": "unstated"}, "at least 1,000 farms by 2025"),
        ({"value": "140", "operator": "about", "counting": "cumulative"}, "about 140 farms in all by 2025"),
        ({"value": "500", "counting": "new"}, "500 farms more by 2025"),
        ({"value": "60", "measure": "share", "of": "Parks", "unit": "%"}, "Parks: 60% by 2025"),
        (
            {"value": "10", "measure": "change", "base": "unstated", "counting": "unstated", "unit": "%"},
            "+10% by 2025 against a base year that the document does not state",
        ),
        (
            {"value": "20", "measure": "change", "base": "unstated", "counting": "cumulative", "unit": "%"},
            "+20% in all by 2025 against a base year that the document does not state",
        ),
        (
            {"value": "10", "measure": "change", "base": "2020", "counting": "unstated", "unit": "%"},
            "+10% by 2025 against 2020",
        ),
    ],
)
def test_a_number_in_words(app: Flask, given: dict[str, str], words: str) -> None:
    with app.test_request_context():
        cookie["language"] = "en"
        assert in_words(_target(**given)) == words


def _target(year: str = "2025", unit: str = "farms", of: str | None = None, **given: str) -> Target:
    plain: dict[str, object] = {"operator": "exact", "measure": "count", "year": year, **given}
    plain["unit"] = {"zh": "家", "en": unit}
    if of:
        plain["of"] = {"zh": "园区", "en": of}
    return Target.model_validate(plain)


@pytest.mark.parametrize(
    ("count", "at", "state"),
    [
        (None, LAST, TargetState.NOT_RUN),
        (9, LAST, TargetState.UNDER_WAY),
        (10, LAST, TargetState.REACHED),
        (9, NEXT, TargetState.DUE_NOT_REACHED),
        (10, NEXT, TargetState.DUE_REACHED),
    ],
)
def test_a_number_is_due_when_its_year_is_over_in_beijing(count: int | None, at: datetime, state: TargetState) -> None:
    target = _target(value="10", counting="unstated")
    assert targets.state(_entry("A"), target, count, at) is state
    assert targets.state(_entry("K"), target, count, at) is TargetState.NOT_MEASURED
    assert targets.state(_entry("E"), target, count, at) is TargetState.NOT_MEASURED
    area = _target(value="10", counting="unstated", of="Floor area")
    assert targets.state(_entry("B"), area, count, at) is TargetState.NOT_MEASURED


def _entry(kind: str) -> TargetEntry:
    both = {"zh": "厂", "en": "Plant"}
    plain = {"title": both, "class": kind, "clauses": ["GW 一"], "applicant": both, "level": "plant"}
    return TargetEntry.model_validate(
        {**plain, "departments": None, "named": [], "criteria": None, "quote": "厂", "targets": []}
    )


def test_only_awards_that_stand_count(reader: FlaskClient, session: Session, at: At) -> None:
    running = _running(session, "SZ-02", "四(二)", document="SZ")
    stands = _awarded(session, running)
    _awarded(session, running, status=AwardStatus.REVOKED)
    _awarded(session, running, valid_from=date(2023, 3, 1), valid_until=date(2026, 3, 1))
    # Of a category with the same key, but of a programme that rests on another document.
    _awarded(session, _running(session, "SZ-02", "一", document="GW"))
    session.commit()
    shown = _entries(reader.get("/targets?document=SZ").text)
    # NOON is 2 March 2026: one of five, and of the fifty of the total; the year is over.
    assert "1 / 5 due; not reached by what stands today" in shown["SZ-02"]
    assert "1 / 50 due; not reached by what stands today" in shown["SZ-00"]
    assert "1 / 200 under way" in shown["SZ-00"]
    assert "no programme here yet" in shown["SZ-01"]
    assert "valid awards: 1" in shown["SZ-02"]
    assert stands.number in reader.get(f"/projects?programme={_programme(session, running).key}&status=valid").text
    at(LAST)
    # By the clock of the last minute of 2025, two are not past their last day.
    assert "2 / 5 under way" in _entries(reader.get("/targets?document=SZ").text)["SZ-02"]


def _programme(session: Session, category: Category) -> Programme:
    return session.get_one(Programme, category.programme_id)


def test_a_bar_has_its_words(reader: FlaskClient, session: Session) -> None:
    _running(session, "GW-01", "五(十二)", document="GW")
    session.commit()
    page = reader.get("/targets?document=GW").text
    assert 'role="img" aria-label="Valid awards against the number for 2025: 0 / 100"' in page


def test_targets_are_filtered_by_document_and_class(reader: FlaskClient) -> None:
    chosen = reader.get("/targets?document=SZ&kind=A")
    assert list(_entries(chosen.text)) == ["SZ-01", "SZ-02", "SZ-03", "SZ-04", "SZ-05"]
    assert "Entries shown: 5" in browse.words(chosen)
    assert "No entry is of this class." in browse.words(reader.get("/targets?document=GJ&kind=A"))
    wrong = reader.get("/targets?document=XX")
    assert wrong.status_code == 200
    assert len(_entries(wrong.text)) == 102
    assert 'class="errors"' in wrong.text


def test_the_page_of_targets_asks_the_database_little(app: Flask, reader: FlaskClient, session: Session) -> None:
    _awarded(session, _running(session, "GW-01", "五(十二)", document="GW"))
    session.commit()
    database: Database = app.extensions["registry.database"]
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    reader.get("/targets")
    event.remove(database.engine, "before_cursor_execute", note)
    assert 0 < len(statements) <= 20


# Documents


def test_documents_with_what_rests_on_them(reader: FlaskClient) -> None:
    words = browse.words(reader.get("/documents"))
    zhejiang = words[words.index("Implementation Plan for Building the Zhejiang") :]
    # 32 clauses, 33 categories beside the total, 23 numbers, all counted in the files by hand; no set is approved.
    assert "浙环函〔2022〕308号 · 2022-12-12 Clauses 32 Things that it asks for 33 Numbers to be reached 23" in zhejiang
    assert "Shenzhen Municipality number not stated · date not stated" in words


def test_clauses_stand_under_their_chapters(reader: FlaskClient) -> None:
    page = reader.get("/documents/GW")
    assert re.findall(r'<h2 id="chapter-([^"]+)">', page.text) == ["一", "二", "三", "四", "五"]
    places = [page.text.index(f'id="{anchor}"') for anchor in ("chapter-五", "五(九)", "五(十二)", "结尾")]
    assert places == sorted(places)
    # The closing paragraph stands under no chapter, at the level of one.
    assert re.search(r'<h2 class="clause-title"><a href="#结尾">', page.text)
    words = browse.words(page)
    assert "Only the Chinese text counts; the English above each clause is a summary." in words
    assert "By 2025 the synergy makes progress" in words
    assert '<blockquote class="clause" lang="zh-CN"><p>以习近平' in page.text


def test_a_clause_shows_its_entries_and_the_categories_that_run(reader: FlaskClient, session: Session) -> None:
    running = _running(session, "GW-01", "五(十二)", document="GW")
    _awarded(session, running)
    session.commit()
    page = reader.get("/documents/GW").text
    clause = page[page.index('<article id="五(十二)">') :].split("</article>")[0]
    # GW-01, GW-04 and GW-05 rest on it, as the file of targets says.
    assert re.findall(r'href="/targets#([^"]+)"', clause) == ["GW-01", "GW-04", "GW-05"]
    assert "100 plants by 2025" in _words(clause)
    assert "valid awards: 1" in _words(clause)
    assert f'href="/programmes/{_programme(session, running).key}"' in clause
    quiet = page[page.index('<article id="三(三)">') :].split("</article>")[0]
    assert "Nothing was derived from this clause." in _words(quiet)


def test_only_the_clauses_from_which_something_was_derived(reader: FlaskClient) -> None:
    page = reader.get("/documents/GW?derived=1")
    # The clauses that the entries of GW name: 一, 二(一), 二(二), 五(九), 五(十一), 五(十二), 结尾.
    assert re.findall(r'<article id="([^"]+)">', page.text) == [
        *("一", "二(一)", "二(二)", "五(九)", "五(十一)", "五(十二)", "结尾")
    ]
    assert "From 7 of 14 clauses something was derived." in browse.words(page)
    assert 'href="/documents/GW"' in page.text


# Back and forth


def test_every_link_between_documents_targets_and_criteria_leads_to_its_place(
    visit: Callable[[str], FlaskClient],
) -> None:
    visitor = visit("")
    pages: dict[str, str] = {}

    def page(path: str) -> str:
        if path not in pages:
            answer = visitor.get(path)
            assert answer.status_code == 200, path
            pages[path] = answer.text
        return pages[path]

    starts = ["/targets", "/documents", *(f"/documents/{key}" for key in DOCUMENTS)]
    lost = []
    for start in starts:
        for path, fragment in set(_links(page(start))):
            if fragment and f'id="{fragment}"' not in page(path or start):
                lost.append((start, path, fragment))
    assert lost == []


def test_entries_and_clauses_name_each_other(visit: Callable[[str], FlaskClient]) -> None:
    visitor = visit("")
    parts = re.split(r'<article class="target" id="([^"]+)">', visitor.get("/targets").text)[1:]
    there = {
        (key, path.removeprefix("/documents/"), fragment)
        for key, body in zip(parts[::2], parts[1::2], strict=True)
        for path, fragment in _links(body.split("</article>")[0])
        if path.startswith("/documents/") and fragment
    }
    back = set()
    for document in DOCUMENTS:
        clauses = re.split(r'<article id="([^"]+)">', visitor.get(f"/documents/{document}").text)[1:]
        for ref, body in zip(clauses[::2], clauses[1::2], strict=True):
            for path, fragment in _links(body.split("</article>")[0]):
                if path == "/targets" and not fragment.endswith("-00"):
                    back.add((fragment, document, ref))
    assert {row for row in there if not row[0].endswith("-00")} == back
    assert len({key for key, _document, _ref in back}) == 100


def test_an_award_leads_to_its_clause_and_target_and_is_found_from_there(
    visit: Callable[[str], FlaskClient],
) -> None:
    visitor = visit("")
    register = visitor.get("/projects?programme=national-plants&status=valid").text
    number = re.findall(r'href="/projects/(GJ-WWTP-[0-9-]+)"', register)[0]
    for path in (f"/projects/{number}", f"/verify/{number}"):
        links = set(_links(visitor.get(path).text))
        assert {("/documents/GW", "五(十二)"), ("/targets", "GW-01")} <= links
    for path in ("/programmes", "/programmes/national-plants", "/rounds/1"):
        assert ("/targets", "GW-01") in set(_links(visitor.get(path).text))
    for path in ("/targets", "/documents/GW"):
        assert 'href="/projects?programme=national-plants&amp;status=valid"' in visitor.get(path).text


def test_the_chinese_of_the_pages_is_theirs(visit: Callable[[str], FlaskClient]) -> None:
    """Names of entries, chapters and departments come in the reader's language."""
    visitor = visit("")
    assert "五 完善支持政策" in browse.words(visitor.get("/documents/GW"))
    shown = _entries(visitor.get("/targets?document=SD").text)
    assert "济南" in shown["SD-03"]
    assert "省生态环境厅" in shown["SD-03"]


def test_an_unknown_document_is_not_found(reader: FlaskClient) -> None:
    assert reader.get("/documents/XX").status_code == 404


def test_amounts_are_exact(session: Session) -> None:
    seeds.sync(session, factories.worker())
    every = targets.entries(session)
    assert every["SZ-18"].targets[0].value == Decimal(10_000_000)
    assert targets.counted_in(every, "ZJ-00") == ("ZJ-01", "ZJ-02", "ZJ-03")
    assert targets.counted_in(every, "ZJ-04") == ("ZJ-04",)
