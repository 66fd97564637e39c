"""The first minute: the front page, the finder of categories, the desk after signing in, and the navigation."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.demo.accounts import ACCOUNTS
from registry.domain.vocabulary import DecisionStatus, Kind, Level, Role, RoundStatus, SeatStatus, Track
from registry.models import Category, CriteriaVersion, Programme, Region, RoundCategory
from registry.web import desk
from tests import browse, factories
from tests.factories import NOON

Client = Callable[..., FlaskClient]
At = Callable[[datetime], None]
ROW = re.compile(r"<tr.*?</tr>", re.DOTALL)


@pytest.fixture
def anybody(client: Client, at: At) -> FlaskClient:
    """Somebody without an account who reads English, at NOON."""
    at(NOON)
    return english(client())


def english(visitor: FlaskClient) -> FlaskClient:
    browse.post(visitor, "/language", language="en")
    return visitor


def rows(page: str) -> list[str]:
    """The lines of the tables of a page, as they are read."""
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in ROW.findall(page)]


# The front page


def test_the_front_page_shows_the_six_rounds_that_close_next(anybody: FlaskClient, session: Session) -> None:
    for days in (9, 3, 8, 5, 7, 6, 4):
        round_ = factories.round_(session, title_en=f"Round of {days}", closes_at=NOON + timedelta(days=days))
        category = factories.category(session, site_kinds=["plant", "park"])
        factories.round_category(session, round_=round_, category=category)
    session.commit()
    page = anybody.get("/").text
    assert re.findall(r"Round of (\d)</a>", page) == ["3", "4", "5", "6", "7", "8"]
    assert "All 7 rounds and all programmes" in page
    first = next(row for row in rows(page) if row.startswith("Round of 3"))
    # NOON is 12:00 in Beijing on 2 March.
    assert first == (
        "Round of 3 Wastewater competition: for what is built and in operation wastewater plant, industrial park"
        " China 3 days left 2026-03-05 12:00 Apply : Round of 3"
    )


def test_what_opens_later_stands_behind_and_cannot_be_applied_for(anybody: FlaskClient, session: Session) -> None:
    later = factories.round_(session, title_en="Later", opens_at=NOON + timedelta(days=1))
    library = factories.round_(session, title_en="Library", closes_at=None)
    for round_ in (later, library):
        factories.round_category(session, round_=round_)
    session.commit()
    page = anybody.get("/").text
    library_row, later_row = rows(page)[1:3]
    assert "at any time" in library_row
    assert "opens later 2026-03-03 12:00" in later_row
    assert len(re.findall(r'href="/sign-in\?next=/applications/start/\d+"', page)) == 1


def test_the_front_page_leads_to_the_finder_and_to_the_check(anybody: FlaskClient) -> None:
    page = anybody.get("/").text
    assert re.findall(r'<form method="get" action="([^"]+)"', page) == ["/find", "/verify"]


# The finder


class Land:
    """A country with two provinces; the first has a city with a district, and a second city."""

    def __init__(self, session: Session) -> None:
        country = factories.country(session)

        def region(level: Level, within: Region, name: str) -> Region:
            return factories.region(session, name_en=name, level=level, within=within)

        self.east = region(Level.PROVINCE, country, "East")
        self.port = region(Level.CITY, self.east, "Port")
        self.quay = region(Level.DISTRICT, self.port, "Quay")
        self.lake = region(Level.CITY, self.east, "Lake")
        self.west = region(Level.PROVINCE, country, "West")


@pytest.fixture
def land(session: Session) -> Land:
    return Land(session)


def offered(session: Session, name: str, *, region: Region | None = None, **columns: Any) -> RoundCategory:
    """A category that is open, by its English name."""
    set_key = columns.pop("set_key", "tiny")
    programme = factories.programme(session, **({"region_key": region.key} if region else {}))
    category = factories.category(session, programme=programme, name_en=name, **columns)
    version = factories.criteria_version(session, key=set_key, title_en=f"Set {set_key}")
    return factories.round_category(session, category=category, criteria_version=version)


def found(visitor: FlaskClient, **answers: str) -> list[str]:
    """The names of the categories that the finder answers, in their order."""
    page = visitor.get("/find", query_string=answers)
    assert page.status_code == 200
    return re.findall(r"<h3>(.*?)</h3>", page.text)


def test_the_finder_asks_three_questions_and_answers_nothing_before(anybody: FlaskClient, session: Session) -> None:
    offered(session, "Plants", site_kinds=["plant"])
    session.commit()
    page = anybody.get("/find").text
    assert re.findall(r'name="(kind|region|field)"', page) == ["kind", "kind", "region", "field"]
    assert found(anybody) == []
    assert "Nothing fits" not in page


def test_an_open_category_says_until_when_what_it_asks_and_where_to_apply(
    anybody: FlaskClient, session: Session
) -> None:
    where = offered(session, "Plants", site_kinds=["plant"])
    version = session.get_one(CriteriaVersion, where.criteria_version_id)
    session.commit()
    page = anybody.get("/find?kind=plant")
    assert f'href="/sign-in?next=/applications/start/{where.id}"' in page.text
    assert f'href="/rounds/{where.round_id}"' in page.text
    assert f'href="/criteria/tiny?version={version.number}"' in page.text
    words = browse.words(page)
    assert "Open now 1 Plants" in words
    # NOON and thirty days: 1 April, noon in Beijing.
    assert "30 days left 2026-04-01 12:00" in words
    assert "Who may apply wastewater plant Where China Also required Licence" in words


def test_the_kind_of_site_excludes(anybody: FlaskClient, session: Session) -> None:
    offered(session, "Plants", site_kinds=["plant"])
    offered(session, "Anything")
    session.commit()
    assert found(anybody, kind="plant") == ["Plants", "Anything"]
    assert found(anybody, kind="park") == ["Anything"]


def test_the_region_of_the_programme_excludes(anybody: FlaskClient, session: Session, land: Land) -> None:
    offered(session, "Eastern", region=land.east)
    offered(session, "Of the port", region=land.port)
    session.commit()
    assert found(anybody, region=land.quay.key) == ["Eastern", "Of the port"]
    assert found(anybody, region=land.lake.key) == ["Eastern"]
    assert found(anybody, region=land.west.key) == []
    # Somewhere in the east may be in the port, which is then said.
    assert found(anybody, region=land.east.key) == ["Eastern", "Of the port"]
    assert "only in Port" in browse.words(anybody.get(f"/find?region={land.east.key}"))


def test_the_level_excludes(anybody: FlaskClient, session: Session, land: Land) -> None:
    offered(session, "Cities", site_kinds=["city"], levels=["city"])
    session.commit()
    assert found(anybody, kind="city", region=land.port.key) == ["Cities"]
    assert found(anybody, kind="city", region=land.quay.key) == []


def test_the_named_places_exclude(anybody: FlaskClient, session: Session, land: Land) -> None:
    offered(session, "Named", site_kinds=["zone"], named_regions=[land.lake.key])
    session.commit()
    assert found(anybody, region=land.lake.key) == ["Named"]
    assert found(anybody, region=land.port.key) == []
    assert "only in Lake" in browse.words(anybody.get(f"/find?kind=zone&region={land.east.key}"))


def test_awards_that_are_needed_first_are_told(anybody: FlaskClient, session: Session) -> None:
    programme = factories.programme(session, key="city-list", name_en="City list")
    factories.category(session, programme=programme, key="PARK", name_en="City parks")
    where = offered(session, "Best parks", site_kinds=["park"], after=["city-list/PARK"], once="applicant")
    session.commit()
    told = "only with a valid award of the site or its applicant in: City list · City parks"
    once = "not while the site or its applicant has a valid award of this category"
    programme = session.scalar(select(Programme.key).join(Category).where(Category.id == where.category_id))
    for page in ("/find?kind=park", f"/rounds/{where.round_id}", f"/programmes/{programme}"):
        words = browse.words(anybody.get(page))
        assert told in words, page
        assert once in words, page


def test_what_it_is_about_excludes_and_offers_only_what_is_left(anybody: FlaskClient, session: Session) -> None:
    offered(session, "Air", site_kinds=["factory"], set_key="air")
    offered(session, "Water", site_kinds=["plant"], set_key="water")
    session.commit()
    assert found(anybody, field="air") == ["Air"]
    page = anybody.get("/find?kind=plant").text
    assert re.findall(r'<option value="(air|water)"', page) == ["water"]


def test_where_nothing_fits_the_answer_that_excludes_is_named(
    anybody: FlaskClient, session: Session, land: Land
) -> None:
    offered(session, "Eastern plants", region=land.east, site_kinds=["plant"])
    offered(session, "Parks", site_kinds=["park"])
    session.commit()
    page = anybody.get(f"/find?kind=plant&region={land.west.key}")
    words = browse.words(page)
    assert "Nothing fits these answers together" in words
    assert "Excluding: wastewater plant. Without this answer 1 would fit." in words
    assert "Excluding: West. Without this answer 1 would fit." in words
    assert f'href="/find?region={land.west.key}"' in page.text
    assert 'href="/find?kind=plant"' in page.text


def test_later_closed_and_never_begun_stand_apart(anybody: FlaskClient, session: Session) -> None:
    def category(name: str) -> Category:
        return factories.category(session, name_en=name)

    def place(name: str, **columns: Any) -> None:
        one = category(name)
        programme = session.get_one(Programme, one.programme_id)
        round_ = factories.round_(session, programme=programme, **columns)
        factories.round_category(session, round_=round_, category=one)

    place("Later", opens_at=NOON + timedelta(days=1))
    place("Over", opens_at=NOON - timedelta(days=9), closes_at=NOON - timedelta(days=1))
    place("Prepared", status=RoundStatus.PREPARED)
    category("Bare")
    place("Library", closes_at=None)
    place("Now")
    session.commit()
    page = anybody.get("/find?kind=plant")
    assert found(anybody, kind="plant") == ["Now", "Library", "Later", "Over", "Prepared", "Bare"]
    words = browse.words(page)
    for part in ("Open now 2", "Opens later 1", "Closed or not begun 3"):
        assert part in words
    assert page.text.count("/applications/start/") == 2


def test_what_every_category_asks_is_said_once(anybody: FlaskClient, session: Session) -> None:
    offered(session, "One")
    offered(session, "Other")
    session.commit()
    words = browse.words(anybody.get("/find?kind=plant"))
    assert words.count("Licence") == 1
    assert "Required in each of these Licence" in words


def test_a_gate_that_is_off_is_not_asked(anybody: FlaskClient, session: Session) -> None:
    factories.round_category(session, settings={"gates": {"licence": False}})
    session.commit()
    assert "Licence" not in browse.words(anybody.get("/find?kind=plant"))


@pytest.mark.parametrize("address", ["/find?kind=castle", "/find?region=nowhere", "/find?field=nothing", "/find?kind="])
def test_what_is_no_answer_counts_for_none(anybody: FlaskClient, session: Session, address: str) -> None:
    factories.round_category(session)
    session.commit()
    page = anybody.get(address)
    assert page.status_code == 200
    assert "<h3>" not in page.text


def test_the_finder_says_of_the_demonstration_what_its_documents_say(visit: Callable[[str], FlaskClient]) -> None:
    visitor = english(visit(""))
    # SD 五(三) takes parks out of the existing eco-industrial parks; its set asks that of SD-02 alone.
    shandong = browse.words(visitor.get("/find?kind=park&region=jinan"))
    assert "An existing national or provincial eco-industrial park" in shandong
    zhejiang = browse.words(visitor.get("/find?kind=park&region=hangzhou"))
    assert "An existing national or provincial eco-industrial park" not in zhejiang
    # SD 五(二) names four cities; Zibo is none of them.
    assert "Innovation pilot city" in found(visitor, kind="city", region="jinan")
    assert "Innovation pilot city" not in found(visitor, kind="city", region="zibo")


# The desk


def test_signing_in_leads_to_the_desk_unless_something_else_was_wanted(client: Client, session: Session) -> None:
    person = factories.user(session)
    session.commit()
    fields = {"email": person.email, "password": factories.PASSWORD}
    assert browse.post(client(), "/sign-in", **fields).location == "/desk"
    assert browse.post(client(), "/sign-in?next=/targets", **fields).location == "/targets"
    assert client().get("/desk").location == "/sign-in?next=/desk"


def test_a_line_says_what_for_what_how_many_and_until_when(client: Client, session: Session, at: At) -> None:
    at(NOON)
    ours = factories.organisation(session)
    drafter = factories.persona(session, Role.DRAFTER, organisation=ours)
    site = factories.site(session, organisation=ours, name_en="North Bank")
    # NOON is a Monday: Thursday at 24:00 is the end of the third working day, and Friday is later.
    for days, name in ((3, "Third day"), (4, "Fourth day")):
        round_ = factories.round_(session, closes_at=NOON + timedelta(days=days))
        where = factories.round_category(session, round_=round_)
        session.get_one(Programme, round_.programme_id).name_en = name
        factories.application(session, round_category=where, organisation=ours, site=site)
    session.commit()
    page = english(client(drafter)).get("/desk").text
    assert rows(page)[1:] == [
        "Finish the draft and have it signed Third day North Bank 1 urgent 2026-03-05 12:00",
        "Finish the draft and have it signed Fourth day North Bank 1 2026-03-06 12:00",
    ]
    assert page.count('class="row-attention"') == 1
    assert page.count("desk-urgent") == 1


def test_what_is_overdue_says_so(client: Client, session: Session, at: At) -> None:
    at(NOON + timedelta(days=7))
    application = factories.application(session, kind=Kind.NOTICE)
    notice = factories.notice(session, factories.decision(session, application.round_category))
    factories.objection(session, notice, application)
    officer = factories.persona(session, Role.OFFICER)
    session.commit()
    page = english(client(officer)).get("/desk")
    # A notice of a week from 2 March.
    assert "1 overdue 2026-03-09 12:00" in browse.words(page)
    assert f'href="/admin/notices/{notice.id}">Answer objections' in page.text


def test_several_lead_to_the_list_and_one_leads_to_itself(client: Client, session: Session, at: At) -> None:
    at(NOON)
    where = factories.round_category(session)
    officer = factories.persona(session, Role.OFFICER)
    alone = factories.application(session, round_category=where, kind=Kind.SCORING)
    for _number in range(2):
        factories.application(session, round_category=where, kind=Kind.SCREENING)
    session.commit()
    page = client(officer).get("/desk").text
    assert f'href="/admin/cases?stage=screening&amp;category={where.id}"' in page
    assert f'href="/admin/cases/{alone.id}"' in page


def test_who_has_nothing_to_do_is_told_so_and_where_to_go(client: Client, session: Session, at: At) -> None:
    at(NOON)
    reviewer = factories.persona(session, Role.REVIEWER)
    session.commit()
    page = english(client(reviewer)).get("/desk")
    assert "Nothing waits for you. All is done for now." in browse.words(page)
    ways = re.search(r'<ul class="desk-ways">(.*?)</ul>', page.text, re.DOTALL)
    assert ways
    assert re.findall(r'href="([^"]+)"', ways[1]) == ["/reviews", "/programmes", "/notices", "/projects", "/verify"]


def test_who_has_no_organisation_is_led_to_enter_one(client: Client, session: Session) -> None:
    person = factories.user(session)
    member = factories.persona(session, Role.DRAFTER)
    asked = factories.user(session)
    factories.seat(session, asked, factories.organisation(session), status=SeatStatus.ASKED)
    session.commit()
    assert 'href="/organisations/new"' in client(person).get("/desk").text
    assert 'href="/organisations/new"' not in client(member).get("/desk").text
    assert "Answer the offer of a seat in an organisation" in english(client(asked)).get("/desk").text


def test_an_auditor_finds_the_programmes_and_the_newest_decisions(client: Client, session: Session) -> None:
    where = factories.round_category(session, track=Track.COMPETITION)
    proposer, approver = factories.user(session, name="吕提出"), factories.user(session, name="沈批准")
    decision = factories.decision(
        session,
        where,
        proposed_by_id=proposer.id,
        proposed_at=NOON,
        decided_by_id=approver.id,
        decided_at=NOON + timedelta(days=1),
        digest="d" * 64,
        decided_digest="d" * 64,
    )
    waiting = factories.decision(
        session, where, status=DecisionStatus.PROPOSED, proposed_by_id=proposer.id, proposed_at=NOON
    )
    elsewhere = factories.decision(session, factories.round_category(session))
    programme = session.get_one(Programme, decision.programme_id)
    auditor = factories.persona(session, Role.AUDITOR, programme=programme)
    session.commit()
    page = english(client(auditor)).get("/desk").text
    assert "approved by 沈批准, 2026-03-03 12:00; proposed by 吕提出" in page
    assert "proposed by 吕提出, 2026-03-02 12:00" in page
    assert f'href="/admin/decisions/{waiting.id}"' in page
    assert f'href="/audit/programmes/{programme.id}"' in page
    assert f'href="/admin/decisions/{decision.id}"' in page
    assert f'href="/admin/decisions/{elsewhere.id}"' not in page


def test_every_line_of_every_desk_leads_somewhere(visit: Callable[[str], FlaskClient]) -> None:
    for account in ACCOUNTS:
        person = visit(account.key)
        page = person.get("/desk")
        assert page.status_code == 200
        for address in set(re.findall(r'<th scope="row"[^>]*><div><a href="([^"]+)"', page.text)):
            assert person.get(unescape(address)).status_code == 200, (account.key, address)


def test_every_duty_has_its_place() -> None:
    assert set(desk._PLACES) == set(desk.Duty)


# The navigation


def test_nobody_is_shown_more_than_seven_ways(visit: Callable[[str], FlaskClient]) -> None:
    for key in ("", *(account.key for account in ACCOUNTS)):
        navigation = re.search(r'<nav class="navigation".*?</nav>', visit(key).get("/targets").text, re.DOTALL)
        assert navigation
        assert 4 <= navigation[0].count("<li>") <= 7, key


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/programmes", ('href="/programmes" aria-current="page"',)),
        ("/find", ('href="/find" aria-current="page"',)),
        ("/", ()),
    ],
)
def test_the_page_where_one_is_is_marked(anybody: FlaskClient, address: str, current: tuple[str, ...]) -> None:
    navigation = re.search(r'<nav class="navigation".*?</nav>', anybody.get(address).text, re.DOTALL)
    assert navigation
    assert tuple(re.findall(r'href="[^"]+" aria-current="[a-z]+"', navigation[0])) == current


def test_a_page_within_a_part_marks_the_part(anybody: FlaskClient, session: Session) -> None:
    where = factories.round_category(session)
    session.commit()
    assert 'href="/programmes" aria-current="true"' in anybody.get(f"/rounds/{where.round_id}").text
