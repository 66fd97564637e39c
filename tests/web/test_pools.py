"""The pool of a round as officer, approver and visitors see it."""

import re

import pytest
from sqlalchemy import select

from registry.domain.vocabulary import DecisionStatus, Level, QuotaPurpose, Role
from registry.models import Decision, PoolGrant, Programme, Quota
from tests import browse, factories
from tests.factories import NOON

BASIS = "深环〔2026〕18号"


@pytest.fixture(autouse=True)
def noon(at):
    at(NOON)


@pytest.fixture
def pooled(session):
    """An open round with two categories of two places, three in the pool, seven in all: its number and categories."""
    programme = factories.programme(session)
    round_ = factories.round_(session, programme=programme)
    for purpose, number in ((QuotaPurpose.TOTAL, 7), (QuotaPurpose.POOL, 3)):
        factories.added(session, Quota(round_id=round_.id, purpose=purpose, number=number))
    factories.added(session, Quota(round_id=round_.id, purpose=QuotaPurpose.RECOMMEND, level=Level.DISTRICT, number=12))
    made = [factories.round_category(session, round_=round_, quota=2) for _ in range(2)]
    session.commit()
    return round_.id, [row.category_id for row in made], made[0].id


@pytest.fixture
def staff(session, client):
    def signed_in(role):
        person = factories.persona(session, role)
        session.commit()
        visitor = client(person)
        browse.post(visitor, "/language", language="en")
        return visitor

    return signed_in


def fields(first, second, **changed):
    return {first: "2", second: "", "basis": BASIS, "reason": "按通知分配机动名额两个。", **changed}


def test_places_are_proposed_with_the_paper_and_assigned_by_the_approver(pooled, staff, database):
    number, (air, water), entry = pooled
    officer, approver = staff(Role.OFFICER), staff(Role.APPROVER)
    url = f"/admin/rounds/{number}/pool"
    assert url in officer.get(f"/admin/rounds/{number}").text
    answer = browse.post(officer, url, **fields(f"places_{air}", f"places_{water}"))
    with database.reading() as session:
        decision = session.scalars(select(Decision)).one()
    assert answer.location == f"/admin/decisions/{decision.id}"
    page = browse.words(approver.get(answer.location))
    # Three in the pool, one afterwards; two places before, four afterwards.
    assert re.search(f"Paper of the issuer {BASIS} Left in the pool before 3 Left in the pool afterwards 1 ", page)
    assert re.search("Wastewater 2 2 4 ", page)
    assert "assignment from the pool" in browse.words(approver.get("/admin/decisions"))
    approved = browse.post(approver, f"{answer.location}/approve", digest=decision.digest, reason="同意")
    assert approved.status_code == 303
    with database.reading() as session:
        assert session.scalars(select(Decision.status)).one() is DecisionStatus.APPROVED
        assert session.execute(select(PoolGrant.category_id, PoolGrant.number)).one() == (air, 2)
    assert re.search("In the pool 3 Assigned from it 2 Left in the pool 1 ", browse.words(officer.get(url)))
    ranking = browse.words(officer.get(f"/admin/decisions/rankings/{entry}"))
    assert "Places of the category: 2, from the pool 2, taken 0. Of the round in all: 7, taken 0." in ranking


def test_more_than_the_pool_holds_is_refused_and_nothing_entered_is_lost(pooled, staff, database):
    number, (air, water), _entry = pooled
    entered = fields(f"places_{air}", f"places_{water}", **{f"places_{water}": "2"})
    answer = browse.post(staff(Role.OFFICER), f"/admin/rounds/{number}/pool", **entered)
    assert answer.status_code == 422
    assert "The pool has 3 places left." in browse.words(answer)
    assert f'value="{BASIS}"' in answer.text
    with database.reading() as session:
        assert session.scalars(select(Decision)).all() == []


def test_the_approver_reads_and_proposes_nothing(pooled, staff):
    number, (air, water), _entry = pooled
    approver = staff(Role.APPROVER)
    page = approver.get(f"/admin/rounds/{number}/pool")
    assert (page.status_code, "Propose to assign places" in browse.words(page)) == (200, False)
    answer = browse.post(approver, f"/admin/rounds/{number}/pool", **fields(f"places_{air}", f"places_{water}"))
    assert answer.status_code == 403


def test_a_round_without_a_pool_has_no_such_page(session, staff):
    where = factories.round_category(session)
    session.commit()
    officer = staff(Role.OFFICER)
    assert officer.get(f"/admin/rounds/{where.round_id}/pool").status_code == 404
    assert "/pool" not in officer.get(f"/admin/rounds/{where.round_id}").text


def test_visitors_see_places_pool_and_total(pooled, client):
    visitor = client()
    browse.post(visitor, "/language", language="en")
    page = browse.words(visitor.get(f"/rounds/{pooled[0]}"))
    assert "Places in all 7" in page
    assert "3 of 3 not assigned yet" in page
    assert "every bureau of the level district 12" in page
    assert "Who may apply every kind of site" in page


def test_visitors_see_who_may_apply_and_that_a_library_has_no_end(session, client):
    where = factories.region(session, "yantian", name="盐田区", name_en="Yantian", within=factories.country(session))
    category = factories.category(session, site_kinds=["zone", "park"], levels=["district"], named_regions=[where.key])
    programme = session.get_one(Programme, category.programme_id)
    round_ = factories.round_(session, programme=programme, closes_at=None)
    factories.round_category(session, round_=round_, category=category)
    session.commit()
    visitor = client()
    browse.post(visitor, "/language", language="en")
    page = browse.words(visitor.get(f"/rounds/{round_.id}"))
    assert "open without an end" in page
    assert "industrial park · at the level district named in the document: Yantian" in page
    assert "named in the document: Yantian" in browse.words(visitor.get(f"/programmes/{programme.key}"))
