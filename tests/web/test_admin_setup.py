"""Setting up, as the people of the office do it: invite, grant, load, approve, prepare and open."""

import io
import re

import pytest
from sqlalchemy import select

from registry import seeds
from registry.domain.vocabulary import CriteriaStatus, Kind, Level, Once, QuotaPurpose, Role, RoundStatus, UserStatus
from registry.models import (
    Category,
    Clause,
    CriteriaVersion,
    Document,
    Grant,
    Message,
    Programme,
    Quota,
    Round,
    RoundCategory,
    RouteStep,
    User,
)
from tests import browse, factories
from tests.factories import CONTENT, NOON

SWITCHED = CONTENT.replace("formula: licensed,", "formula: licensed, switchable: true,")


@pytest.fixture(autouse=True)
def noon(at):
    at(NOON)


@pytest.fixture
def people(session):
    """One person for each role of the office; a country, and a document with a clause."""
    factories.region(session, "cn", level=Level.COUNTRY, name="全国", name_en="China")
    document = Document(
        key="GW", title="意见", title_en="Opinions", issued_by="三部门", issued_by_en="Three departments"
    )
    factories.added(session, document)
    factories.added(session, Clause(document_key="GW", ref="五(十二)", text="建成标杆厂", position=0))
    made = {
        role: factories.persona(session, role, email=f"{role}@example.cn")
        for role in (Role.ADMINISTRATOR, Role.OFFICER, Role.APPROVER)
    }
    session.commit()
    return made


def in_english(client):
    browse.post(client, "/language", language="en")
    return client


@pytest.fixture
def administrator(client, people):
    return in_english(client(people[Role.ADMINISTRATOR]))


@pytest.fixture
def officer(client, people):
    return in_english(client(people[Role.OFFICER]))


@pytest.fixture
def approver(client, people):
    return in_english(client(people[Role.APPROVER]))


def rows(database, query):
    with database.reading() as session:
        return session.scalars(query).all()


def row(database, query):
    (found,) = rows(database, query)
    return found


def test_somebody_invited_comes_in_by_the_link_and_acts_in_the_granted_role(administrator, client, database):
    answer = browse.post(administrator, "/admin/people/invite", name="Wang", email="Wang@Example.cn", language="en")
    wang = row(database, select(User).where(User.email == "wang@example.cn"))
    assert (answer.status_code, answer.location) == (303, f"/admin/people/{wang.id}")
    page = browse.words(administrator.get(answer.location))
    assert "invited" in page
    link = row(database, select(Message.path).where(Message.user_id == wang.id))
    anybody = client()
    answer = browse.post(anybody, link, password="a long sentence", repeated="a long sentence")
    assert answer.status_code == 303
    browse.post(administrator, f"/admin/people/{wang.id}/grants", role="officer", programme="", region="")
    assert client(wang).get("/admin/rounds/").status_code == 200


def test_a_new_invitation_ends_the_one_before(administrator, client, database):
    browse.post(administrator, "/admin/people/invite", name="Wang", email="wang@example.cn", language="en")
    wang = row(database, select(User).where(User.email == "wang@example.cn"))
    first = row(database, select(Message.path).where(Message.user_id == wang.id))
    assert browse.post(administrator, f"/admin/people/{wang.id}/invitation").status_code == 303
    ended, second = rows(database, select(Message.path).where(Message.user_id == wang.id).order_by(Message.id))
    assert ended == ""
    assert (client().get(first).status_code, client().get(second).status_code) == (404, 200)


def test_an_old_invitation_does_not_open_a_closed_account(administrator, client, database):
    browse.post(administrator, "/admin/people/invite", name="Wang", email="wang@example.cn", language="en")
    wang = row(database, select(User).where(User.email == "wang@example.cn"))
    link = row(database, select(Message.path).where(Message.user_id == wang.id))
    browse.post(administrator, f"/admin/people/{wang.id}/grants", role="officer", programme="", region="")
    assert browse.post(administrator, f"/admin/people/{wang.id}/disable").status_code == 303
    anybody = client()
    assert anybody.get(link).status_code == 404
    assert browse.post(anybody, link, password="a long sentence", repeated="a long sentence").status_code == 404
    assert row(database, select(User.status).where(User.id == wang.id)) is UserStatus.DISABLED
    assert row(database, select(Grant.ended_at).where(Grant.user_id == wang.id)) is not None
    assert row(database, select(Message.path).where(Message.user_id == wang.id)) == ""


def test_a_link_is_kept_nowhere_once_it_was_used(administrator, client, database):
    browse.post(administrator, "/admin/people/invite", name="Wang", email="wang@example.cn", language="en")
    wang = row(database, select(User).where(User.email == "wang@example.cn"))
    link = row(database, select(Message.path).where(Message.user_id == wang.id))
    browse.post(client(), link, password="a long sentence", repeated="a long sentence")
    assert row(database, select(Message.path).where(Message.user_id == wang.id)) == ""
    assert client().get(link).status_code == 404


def test_an_address_is_invited_once_and_the_entries_stay(administrator, people):
    answer = browse.post(administrator, "/admin/people/invite", name="Wang", email="officer@example.cn", language="en")
    assert answer.status_code == 422
    assert 'value="officer@example.cn"' in answer.text
    assert "This address has an account already." in browse.words(answer)


def test_a_role_ended_and_an_account_closed_count_on_the_next_request(administrator, officer, people, database):
    whose = people[Role.OFFICER].id
    assert officer.get("/admin/").status_code == 200
    grant = row(database, select(Grant.id).where(Grant.user_id == whose))
    browse.post(administrator, f"/admin/people/grants/{grant}/end")
    assert officer.get("/admin/").status_code == 403
    browse.post(administrator, f"/admin/people/{whose}/disable")
    assert officer.get("/account").status_code == 303
    assert row(database, select(User.status).where(User.id == whose)) is UserStatus.DISABLED


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"role": "recommender", "region": ""}, "Choose a region for a recommender"),
        ({"role": "officer", "region": "cn"}, "Choose a region for a recommender"),
        ({"role": "officer", "region": ""}, "This person has this role already."),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused_at_its_field(administrator, people, database, fields, sentence):
    answer = browse.post(administrator, f"/admin/people/{people[Role.OFFICER].id}/grants", programme="", **fields)
    assert answer.status_code == 422
    assert sentence in browse.words(answer)
    assert len(rows(database, select(Grant))) == 3


def test_nobody_grants_to_oneself(administrator, people, database):
    myself = people[Role.ADMINISTRATOR].id
    page = administrator.get(f"/admin/people/{myself}")
    assert "somebody else grants you roles" in browse.words(page)
    answer = browse.post(administrator, f"/admin/people/{myself}/grants", role="approver", programme="", region="")
    assert answer.status_code == 422
    assert "Nobody grants a role to oneself." in browse.words(answer)


PROGRAMME = {
    "name": "标杆厂",
    "name_en": "Benchmark plants",
    "key": "national-plants",
    "document_key": "GW",
    "region_key": "cn",
    "issuers": "发展改革委 | Development Commission\n住房城乡建设部 | Ministry of Housing\n生态部 | Ecology Ministry",
    "level": "country",
    "region": "cn",
    "issuer_prefix": "GJ",
    "code": "WWTP",
    "years_valid": "3",
}


def test_a_programme_with_three_ministries_and_a_category(administrator, database):
    answer = browse.post(administrator, "/admin/programmes/new", **PROGRAMME)
    number = row(database, select(Programme.id))
    assert answer.location == f"/admin/programmes/{number}"
    page = browse.words(administrator.get(answer.location))
    assert re.search("Development Commission .* Ministry of Housing .* Ecology Ministry", page)
    category = {"name": "厂", "name_en": "Plant", "key": "GW-01", "clause_ref": "五(十二)", "outcome": "certificate"}
    assert browse.post(administrator, f"{answer.location}/categories", **category).status_code == 303
    assert row(database, select(Category.clause_ref)) == "五(十二)"
    again = browse.post(administrator, f"{answer.location}/categories", **category)
    assert again.status_code == 422
    assert "There is one with the key GW-01 already." in browse.words(again)


def test_a_refused_programme_keeps_all_entries(administrator):
    answer = browse.post(administrator, "/admin/programmes/new", **{**PROGRAMME, "issuer_prefix": "g1"})
    assert answer.status_code == 422
    assert "two to six capital letters" in browse.words(answer)
    assert "住房城乡建设部 | Ministry of Housing" in answer.text


def test_a_faulty_set_shows_line_and_mend_and_loses_nothing(officer, database):
    broken = CONTENT.replace("formula: reused", "formula: unheard_of")
    answer = browse.post(officer, "/admin/criteria/load", file=(io.BytesIO(broken.encode()), "tiny.yaml"))
    assert answer.status_code == 422
    # The formula stands on line 19 of the file.
    assert re.search(r"Faults and how to mend them .* 19 .*unheard_of", browse.words(answer))
    assert "formula: unheard_of" in answer.text
    mended = browse.post(officer, "/admin/criteria/load", content=CONTENT.replace("\n", "\r\n"))
    assert mended.status_code == 303
    assert row(database, select(CriteriaVersion.content)) == CONTENT


def test_an_empty_form_asks_for_a_set(officer):
    answer = browse.post(officer, "/admin/criteria/load", content=" ")
    assert answer.status_code == 422
    assert "Choose a file or paste the text." in browse.words(answer)


def test_a_second_person_approves_what_the_page_showed(officer, approver, database):
    url = browse.post(officer, "/admin/criteria/load", content=CONTENT).location
    assert 'name="digest"' not in officer.get(url).text
    digest = re.search('name="digest"[^>]*value="([0-9a-f]{64})"', approver.get(url).text)
    assert digest is not None
    assert browse.post(approver, f"{url}/approve", digest="0" * 64).status_code == 409
    assert browse.post(approver, f"{url}/approve", digest=digest[1]).status_code == 303
    assert row(database, select(CriteriaVersion.status)) is CriteriaStatus.APPROVED
    assert officer.get(f"{url}/file").text == CONTENT


def test_the_page_of_a_set_counts_where_its_numbers_come_from(officer):
    url = browse.post(officer, "/admin/criteria/load", content=CONTENT).location
    # Rules, grade, measure and panel are defaults; the gate holds no number.
    assert re.search(
        "number stated in the document 0 .*set by the issuing authority 4 ", browse.words(officer.get(url))
    )


@pytest.fixture
def ready(session, people):
    """A programme with a category, and approved criteria with a gate that a round may switch."""
    programme = factories.programme(session)
    category = factories.category(session, programme=programme)
    version = factories.criteria_version(session, content=SWITCHED)
    session.commit()
    return programme.id, category.id, version.id


STAGES = "filing, recommendation province, screening, scoring, review, deliberation, notice, publication, certificate"
ROUTE = STAGES.replace(", ", "\r\n")


def round_fields(programme_id, **changed):
    return {
        "programme": str(programme_id),
        "title": "2026年第一批",
        "title_en": "First round",
        "year": "2026",
        "opens_at": "2026-03-02T12:00",
        "closes_at": "2026-04-01T18:00",
        "one_person_may_sign": "y",
        **changed,
    }


def category_fields(category_id, **changed):
    return {
        "category": str(category_id),
        "track": "competition",
        "quota": "100",
        "route": ROUTE,
        **changed,
    }


def test_a_round_is_prepared_filled_and_opened(officer, ready, database):
    programme_id, category_id, version_id = ready
    url = browse.post(officer, "/admin/rounds/new", **round_fields(programme_id)).location
    assert "in preparation" in browse.words(officer.get(url))
    add = f"{url}/categories/add"
    assert f"{add}?criteria={version_id}" in officer.get(add).text
    answer = browse.post(officer, f"{add}?criteria={version_id}", **category_fields(category_id))
    assert (answer.status_code, answer.location) == (303, url)
    # The box of the switchable requirement was not ticked.
    settings = row(database, select(RoundCategory.settings))
    assert settings == {
        "gates": {"licence": False},
        "factors": {},
        "year": 2026,
        "factor_year": None,
        "base_year": None,
        "calibration": "shown",
    }
    assert row(database, select(Quota.number)) == 100
    assert browse.post(officer, f"{url}/open").status_code == 303
    opened = row(database, select(Round))
    assert (opened.status, opened.opens_at) == (RoundStatus.OPENED, NOON)
    assert row(database, select(RoundCategory.pinned_content)) == SWITCHED
    page = browse.words(officer.get(url))
    assert "open until 2026-04-01 18:00" in page
    assert "5 working days" in page
    assert officer.get(f"{url}/edit").location == url
    assert browse.post(officer, f"{url}/edit", **round_fields(programme_id)).status_code == 409


def test_the_form_begins_with_the_route_that_is_chosen(officer, ready):
    programme_id, _category_id, version_id = ready
    url = browse.post(officer, "/admin/rounds/new", **round_fields(programme_id)).location
    page = officer.get(f"{url}/categories/add?criteria={version_id}&route=without_recommendation")
    assert re.search(r"<textarea[^>]*>\s*filing\nscreening\nscoring\nreview\ndeliberation\n", page.text)
    # How it is written stands beside it: each stage, its range and what it is unless told.
    assert "minimum_reviewers= 1 to 15, usually 3: fewest reviewers that must have finished" in browse.words(page)


def test_a_line_that_cannot_be_read_is_named_and_the_text_stays(officer, ready, database):
    programme_id, category_id, version_id = ready
    url = browse.post(officer, "/admin/rounds/new", **round_fields(programme_id)).location
    wrong = ROUTE.replace("recommendation province", "recommendation county")
    answer = browse.post(
        officer, f"{url}/categories/add?criteria={version_id}", **category_fields(category_id, route=wrong)
    )
    assert answer.status_code == 422
    assert "Line 2 cannot be read: recommendation county." in browse.words(answer)
    assert "recommendation county\nscreening" in answer.text.replace("\r", "")
    assert rows(database, select(RoundCategory.id)) == []


def test_a_category_is_changed_from_what_stands_there(officer, ready, database):
    programme_id, category_id, version_id = ready
    url = browse.post(officer, "/admin/rounds/new", **round_fields(programme_id)).location
    browse.post(officer, f"{url}/categories/add?criteria={version_id}", **category_fields(category_id))
    change = f"{url}/categories/{row(database, select(RoundCategory.id))}/change"
    page = officer.get(change)
    assert 'value="100"' in page.text
    assert "recommendation province\nscreening" in page.text
    fields = category_fields(category_id, quota="7", route=ROUTE.replace("review", "review minimum_reviewers=5"))
    assert browse.post(officer, change, **fields).location == url
    assert row(database, select(Quota.number)) == 7
    step = row(database, select(RouteStep).where(RouteStep.kind == Kind.REVIEW))
    assert step.parameters["minimum_reviewers"] == 5
    assert "at least 5 reviewers" in browse.words(officer.get(url))


def test_total_and_limits_are_entered_and_what_contradicts_them_keeps_the_round_closed(officer, ready, database):
    programme_id, category_id, version_id = ready
    url = browse.post(officer, "/admin/rounds/new", **round_fields(programme_id)).location
    browse.post(officer, f"{url}/categories/add?criteria={version_id}", **category_fields(category_id, quota="4"))
    assert browse.post(officer, f"{url}/limits", total="6", pool="1").location == f"{url}/limits"
    refused = browse.post(officer, f"{url}/open")
    # 4 places and 1 of the pool are not 6.
    assert "The categories have 4 places and the pool 1, but the total is 6." in browse.words(refused)
    browse.post(officer, f"{url}/limits", total="5", pool="1")
    both = {"number": "3", "level": "province", "region_key": "cn", "category": ""}
    answer = browse.post(officer, f"{url}/limits/recommendations", **both)
    assert (answer.status_code, 'value="3"' in answer.text) == (422, True)
    for level in ("city", "province"):
        fields = {**both, "level": level, "region_key": ""}
        assert browse.post(officer, f"{url}/limits/recommendations", **fields).status_code == 303
    page = browse.words(officer.get(url))
    assert "every bureau of the level province: 3 · all categories together" in page
    assert "(level: city)" in browse.words(browse.post(officer, f"{url}/open"))
    city = row(database, select(Quota.id).where(Quota.level == Level.CITY))
    assert browse.post(officer, f"{url}/limits/recommendations/{city}/remove").status_code == 303
    assert browse.post(officer, f"{url}/open").status_code == 303
    assert browse.post(officer, f"{url}/limits", total="9", pool="").status_code == 409


def test_what_keeps_a_round_from_opening_is_said_on_its_page(officer, ready):
    url = browse.post(officer, "/admin/rounds/new", **round_fields(ready[0])).location
    answer = browse.post(officer, f"{url}/open")
    assert answer.status_code == 422
    assert "The round has no category yet." in browse.words(answer)


def test_dates_are_changed_in_beijing_time_and_refused_at_their_field(officer, ready, database):
    url = browse.post(officer, "/admin/rounds/new", **round_fields(ready[0])).location
    assert 'value="2026-03-02T12:00"' in officer.get(f"{url}/edit").text
    wrong = browse.post(officer, f"{url}/edit", **round_fields(ready[0], closes_at="2026-03-02T11:59"))
    assert wrong.status_code == 422
    assert "The round would close before it opens." in browse.words(wrong)
    fields = round_fields(ready[0], closes_at="", one_person_may_sign=None)
    assert browse.post(officer, f"{url}/edit", **fields).status_code == 303
    changed = row(database, select(Round))
    assert (changed.closes_at, changed.one_person_may_sign) == (None, False)


def test_a_refused_category_keeps_its_entries(officer, ready):
    programme_id, category_id, version_id = ready
    url = browse.post(officer, "/admin/rounds/new", **round_fields(programme_id)).location
    wrong = ROUTE.replace("notice", "notice working_days=99")
    answer = browse.post(
        officer, f"{url}/categories/add?criteria={version_id}", **category_fields(category_id, route=wrong, quota="42")
    )
    assert answer.status_code == 422
    assert 'value="42"' in answer.text
    assert "notice working_days=99" in answer.text
    # The notice is the seventh stage of the route.
    assert "Route: Stage 7: working_days goes from 1 to 60; 99 is outside." in browse.words(answer)


def test_an_officer_of_another_programme_sees_no_round(officer, client, session, ready):
    url = browse.post(officer, "/admin/rounds/new", **round_fields(ready[0])).location
    stranger = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    session.commit()
    assert client(stranger).get(url).status_code == 404


def test_the_portals_own_set_can_be_read_in_both_languages(session, officer, people):
    seeds.sync(session, factories.worker())
    session.commit()
    url = browse.post(officer, "/admin/criteria/load", content=seeds.criteria_set("wwtp")).location
    assert "Green low-carbon benchmark wastewater plant" in browse.words(officer.get(url))
    browse.post(officer, "/language", language="zh")
    assert "污水处理绿色低碳标杆厂" in browse.words(officer.get(url))


@pytest.fixture
def catalogued(session, people):
    """Documents, regions and targets of the project, and the approved set of one programme."""
    seeds.sync(session, factories.worker())
    factories.criteria_version(session, key="dual", content=seeds.criteria_set("dual"))
    session.commit()


def test_a_programme_is_set_up_from_its_file(catalogued, administrator, database):
    page = browse.words(administrator.get("/admin/programmes/"))
    assert "Shenzhen synergy demonstration zones" in page
    answer = browse.post(administrator, "/admin/programmes/files/shenzhen-zones")
    made = row(database, select(Programme))
    assert (answer.location, made.region_key) == (f"/admin/programmes/{made.id}", "shenzhen")
    assert re.search(
        "SZ-08 .*demonstration zone named in the document: Yantian", browse.words(administrator.get(answer.location))
    )
    index = administrator.get("/admin/programmes/").text
    assert "/files/shenzhen-zones" not in index
    assert "/files/shenzhen-projects" in index
    again = browse.post(administrator, "/admin/programmes/files/shenzhen-zones")
    assert again.status_code == 422
    assert "There is one with the key shenzhen-zones already." in browse.words(again)
    assert browse.post(administrator, "/admin/programmes/files/nothing").status_code == 404


def test_a_category_says_who_may_apply(catalogued, administrator, database):
    browse.post(administrator, "/admin/programmes/files/shenzhen-near-zero")
    url = f"/admin/programmes/{row(database, select(Programme.id))}"
    fields = {
        "name": "厂",
        "name_en": "Works",
        "key": "SZ-99",
        "clause_ref": "五(三)",
        "outcome": "certificate",
        "site_kinds": ["plant", "factory"],
        "levels": ["district"],
        "named_regions": ["shenzhen-yantian"],
        "after": [f"shenzhen-near-zero/{row(database, select(Category.key).limit(1))}"],
        "once": "site",
    }
    assert browse.post(administrator, f"{url}/categories", **fields).status_code == 303
    made = row(database, select(Category).where(Category.key == "SZ-99"))
    assert (made.after, made.once) == (fields["after"], Once.SITE)
    assert "not while the site has a valid award of this category" in browse.words(administrator.get(url))
    assert (made.site_kinds, made.levels, made.named_regions) == (
        ["plant", "factory"],
        ["district"],
        ["shenzhen-yantian"],
    )
    # Hangzhou does not lie in Shenzhen and is not offered.
    assert browse.post(administrator, f"{url}/categories", **{**fields, "named_regions": "hangzhou"}).status_code == 422


OUTLINED = {
    "title": "2026 年遴选",
    "title_en": "Selection 2026",
    "year": "2026",
    "opens_at": "2026-03-02T12:00",
    "closes_at": "2026-04-01T18:00",
    "figures_year": "2025",
    "base_year": "",
}


def test_a_round_is_prepared_from_the_file_of_its_programme(catalogued, administrator, officer, database):
    browse.post(administrator, "/admin/programmes/files/near-zero")
    number = row(database, select(Programme.id))
    url = f"/admin/rounds/prepare/{number}/selection"
    assert url in officer.get("/admin/rounds/prepare").text
    late = browse.post(officer, url, **{**OUTLINED, "closes_at": ""})
    assert (late.status_code, 'value="2025"' in late.text) == (422, True)
    answer = browse.post(officer, url, **OUTLINED)
    made = row(database, select(Round))
    assert (answer.location, made.status) == (f"/admin/rounds/{made.id}", RoundStatus.PREPARED)
    # The file asks for two notices and lets each province put forward ten.
    kinds = rows(database, select(RouteStep.kind).order_by(RouteStep.position))
    assert kinds.count(Kind.NOTICE) == 2
    limit = row(database, select(Quota).where(Quota.purpose == QuotaPurpose.RECOMMEND))
    assert (limit.level, limit.number) == (Level.PROVINCE, 10)
    assert browse.post(officer, f"{answer.location}/open").status_code == 303


def test_sets_that_are_not_approved_are_named_before_and_after(catalogued, administrator, officer, database):
    browse.post(administrator, "/admin/programmes/files/zhejiang-parks")
    url = f"/admin/rounds/prepare/{row(database, select(Programme.id))}/library"
    page = officer.get(url)
    assert "No version of these sets is approved: park." in browse.words(page)
    # A library has no close to enter.
    assert 'name="closes_at"' not in page.text
    answer = browse.post(officer, url, **OUTLINED)
    assert answer.status_code == 422
    assert "No version of the criteria set park is approved." in browse.words(answer)
    assert rows(database, select(Round.id)) == []
    assert officer.get(url.replace("library", "selection")).status_code == 404


def test_quota_rules_are_set_on_the_page_of_numbers_and_read_by_everybody(catalogued, administrator, officer, database):
    browse.post(administrator, "/admin/programmes/files/near-zero")
    programme = row(database, select(Programme.id))
    prepared = browse.post(officer, f"/admin/rounds/prepare/{programme}/selection", **OUTLINED)
    number = row(database, select(Round.id))
    url = f"/admin/rounds/{number}/limits"
    each = {"group": "region:province", "region": "", "answer": "", "kind": "most", "number": "2", "category": ""}
    assert browse.post(officer, f"{url}/rules", **each).status_code == 303
    again = browse.post(officer, f"{url}/rules", **each)
    assert again.status_code == 422
    assert "This group has such a number already." in browse.words(again)
    nowhere = browse.post(officer, f"{url}/rules", **{**each, "group": "region"})
    assert (nowhere.status_code, 'value="2"' in nowhere.text) == (422, True)
    assert "Choose one region, or each region of a level." in browse.words(nowhere)
    reserve = {**each, "group": "region", "region": "zhejiang", "kind": "least", "number": "1", "since": "2025"}
    assert browse.post(officer, f"{url}/rules", **reserve).status_code == 303
    browse.post(officer, f"{prepared.location}/open")
    words = browse.words(officer.get(f"/rounds/{number}"))
    assert "Each region of the level province: at most 2 (all categories together)" in words
    assert "Zhejiang: at least 1 (all categories together, with the awards since 2025)" in words
    assert browse.post(officer, f"{url}/rules", **each).status_code == 409
