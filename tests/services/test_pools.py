"""The pool: places that no category has, until the issuer's paper is proposed here and approved by another person.

The numbers are those of Shenzhen made small: two categories with two places each, one more in the pool, five in all.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.domain.errors import Forbidden, Invalid, NotFound, WrongState
from registry.domain.vocabulary import Action, Kind, QuotaPurpose, Role, RoundStatus
from registry.models import Event, PoolGrant, Quota
from registry.queries import pools as pools_of
from registry.queries import quotas
from registry.queries import rounds as rounds_of
from registry.services import decisions, pools
from tests import factories
from tests.factories import NOON

BASIS = "深环〔2026〕18号 关于机动名额分配的通知"
REASON = "按通知把机动名额给大气类。"


class Shenzhen:
    """Two categories with two places each and one in the pool, in a round that is closed; officer and approver."""

    def __init__(self, session, *, total=5, pool=1, quotas_=(2, 2), status=RoundStatus.OPENED):
        self.session = session
        self.round = factories.round_(session, closes_at=NOON, status=status)
        for purpose, number in ((QuotaPurpose.TOTAL, total), (QuotaPurpose.POOL, pool)):
            if number is not None:
                factories.added(session, Quota(round_id=self.round.id, purpose=purpose, number=number))
        self.air, self.water = (self.category(quota) for quota in quotas_)
        self.officer = factories.actor(session, factories.persona(session, Role.OFFICER))
        later = NOON + timedelta(hours=1)
        self.approver = factories.actor(session, factories.persona(session, Role.APPROVER), later)

    def category(self, quota):
        pinned = self.round.status is RoundStatus.OPENED
        return factories.round_category(self.session, round_=self.round, quota=quota, pinned=pinned)

    def ranked(self, where, count):
        rows = [factories.application(self.session, round_category=where, kind=Kind.DELIBERATION) for _ in range(count)]
        for place, row in enumerate(rows):
            factories.evaluation(self.session, row, total=str(90 - place))
        return rows

    def select(self, where, places):
        """Propose and approve to select this many in a category."""
        decision = decisions.propose_selection(
            self.session, self.officer, where, exclusions={}, reason="按总分排序", places=places, reserve=9
        )
        self.approve(decision)

    def propose(self, places, **changed):
        given = {"basis": BASIS, "reason": REASON, **changed}
        return pools.propose(self.session, self.officer, self.round, places=places, **given)

    def approve(self, decision):
        decisions.approve(self.session, self.approver, decision, digest=decision.digest, reason="同意")

    def places(self, where):
        found = quotas.of_category(self.session, self.round.id, where.category_id)
        return found.number, found.assigned, found.taken, found.left


@pytest.fixture
def shenzhen(session):
    return Shenzhen(session)


def refused(act, kind=Invalid):
    with pytest.raises(kind) as error:
        act()
    return error.value.key


def test_above_its_places_a_category_waits_for_the_pool_though_the_total_has_room(shenzhen):
    shenzhen.ranked(shenzhen.air, 3)
    # Two places of its own; the total has five, of which none is taken.
    assert quotas.free_places(shenzhen.session, shenzhen.air) == 2
    assert refused(lambda: shenzhen.select(shenzhen.air, 3)) == "selection_above_quota"
    shenzhen.approve(shenzhen.propose({shenzhen.air.category_id: 1}))
    assert quotas.free_places(shenzhen.session, shenzhen.air) == 3
    shenzhen.select(shenzhen.air, 3)
    assert shenzhen.places(shenzhen.air) == (3, 1, 3, 0)
    # The other category keeps its two: 3 + 2 = 5.
    assert quotas.free_places(shenzhen.session, shenzhen.water) == 2


def test_above_the_total_nobody_is_selected_though_the_category_has_room(session):
    # A total of three stands before the two and two of the categories.
    small = Shenzhen(session, total=3, pool=None)
    small.ranked(small.air, 2)
    small.ranked(small.water, 2)
    small.select(small.air, 2)
    assert quotas.of_category(session, small.round.id, small.water.category_id).left == 2
    assert quotas.free_places(session, small.water) == 1
    assert refused(lambda: small.select(small.water, 2)) == "selection_above_quota"
    small.select(small.water, 1)
    assert quotas.free_places(session, small.water) == 0


def test_an_approved_assignment_is_kept_with_its_paper(session, shenzhen):
    decision = shenzhen.propose({shenzhen.air.category_id: 1, shenzhen.water.category_id: 0})
    assert decision.content["left"] == 1
    (line,) = decision.content["places"]
    assert (line["category"], line["number"], line["before"]) == (shenzhen.air.category_id, 1, 2)
    assert decision.content["basis"] == BASIS
    assert shenzhen.places(shenzhen.air) == (2, 0, 0, 2)

    shenzhen.approve(decision)

    grant = session.scalars(select(PoolGrant)).one()
    assert (grant.category_id, grant.number, grant.decision_id) == (shenzhen.air.category_id, 1, decision.id)
    pool = quotas.pool(session, shenzhen.round.id)
    assert (pool.number, pool.taken, pool.left) == (1, 1, 0)
    event = session.scalars(select(Event).where(Event.action == "assign_pool")).one()
    assert event.payload["places"] == {str(shenzhen.air.category_id): 1}
    whole = rounds_of.one(session, shenzhen.officer, Action.VIEW_ROUNDS, shenzhen.round.id)
    assert [(line.own, line.places.assigned) for line in pools_of.lines(session, whole)] == [(2, 1), (2, 0)]
    assert pools_of.proposals(session, shenzhen.round) == [decision]


def test_no_more_is_assigned_than_the_pool_holds(shenzhen):
    air, water = shenzhen.air.category_id, shenzhen.water.category_id
    assert refused(lambda: shenzhen.propose({air: 1, water: 1})) == "pool_too_small"
    assert refused(lambda: shenzhen.propose({air: 0})) == "pool_assigns_nothing"
    assert refused(lambda: shenzhen.propose({air: 2, water: -1})) == "pool_assigns_nothing"
    shenzhen.approve(shenzhen.propose({air: 1}))
    assert refused(lambda: shenzhen.propose({water: 1})) == "pool_too_small"


def test_of_two_proposals_for_the_same_place_one_holds(shenzhen):
    first = shenzhen.propose({shenzhen.air.category_id: 1})
    second = shenzhen.propose({shenzhen.water.category_id: 1})
    shenzhen.approve(first)
    assert refused(lambda: shenzhen.approve(second), WrongState) == "changed_since_proposed"
    assert shenzhen.places(shenzhen.water) == (2, 0, 0, 2)


def test_paper_and_reason_are_asked_for(shenzhen):
    assert refused(lambda: shenzhen.propose({shenzhen.air.category_id: 1}, basis=" ")) == "entry_needed"
    assert refused(lambda: shenzhen.propose({shenzhen.air.category_id: 1}, reason="")) == "reason_too_short"


def test_a_category_without_a_number_and_one_of_another_round_get_nothing(session):
    shenzhen = Shenzhen(session, quotas_=(None, 2))
    assert refused(lambda: shenzhen.propose({shenzhen.air.category_id: 1})) == "pool_for_unlimited"
    elsewhere = factories.round_category(session)
    assert refused(lambda: shenzhen.propose({elsewhere.category_id: 1})) == "pool_for_unlimited"


def test_only_an_open_round_with_a_pool_assigns(session):
    prepared = Shenzhen(session, status=RoundStatus.PREPARED)
    assert refused(lambda: prepared.propose({prepared.air.category_id: 1}), WrongState) == "pool_of_open_round"
    without = Shenzhen(session, total=4, pool=None)
    assert refused(lambda: without.propose({without.air.category_id: 1}), WrongState) == "round_without_pool"


def test_another_person_approves_and_nobody_of_another_programme_proposes(session, shenzhen):
    decision = shenzhen.propose({shenzhen.air.category_id: 1})
    shenzhen.approver = shenzhen.officer
    assert refused(lambda: shenzhen.approve(decision), (NotFound, Forbidden)) in {"not_found", "forbidden"}
    stranger = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    shenzhen.officer = factories.actor(session, stranger)
    with pytest.raises(NotFound):
        shenzhen.propose({shenzhen.water.category_id: 1})
