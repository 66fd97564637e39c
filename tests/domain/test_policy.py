"""The table of who may do what: interests, grants of other programmes, and what a reviewer reads when."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from registry.domain import policy
from registry.domain.errors import Forbidden, NotFound
from registry.domain.policy import Actor, Facts, Holding, Seat
from registry.domain.vocabulary import Action, Kind, Role
from tests.factories import NOON

HERE, ELSEWHERE, OWN = 1, 2, 7
FACTS = Facts(
    programme_id=HERE,
    organisation_id=OWN,
    region_key="sz",
    reviewer_ids=frozenset({5}),
    submitted=True,
    kind=Kind.REVIEW,
)
ACTS = {
    Role.RECOMMENDER: Action.RECOMMEND,
    Role.OFFICER: Action.VERIFY_VALUE,
    Role.REVIEWER: Action.REVIEW,
    Role.APPROVER: Action.SELECT,
}


def acting(role: Role, programme_id: int | None = HERE, *seats: Seat) -> Actor:
    holding = Holding(role, programme_id, region_keys=frozenset({"sz"}))
    return Actor(NOON, user_id=5, holdings=(holding,), seats=seats)


@pytest.mark.parametrize("role", ACTS)
def test_nobody_judges_an_application_of_the_organisation_in_which_one_has_a_seat(role: Role) -> None:
    policy.require(acting(role), ACTS[role], FACTS)
    policy.require(acting(role, HERE, Seat(OWN + 1, drafter=True, signatory=True)), ACTS[role], FACTS)
    for seat in (Seat(OWN, drafter=True, signatory=False), Seat(OWN, drafter=False, signatory=True)):
        with pytest.raises(Forbidden) as refused:
            policy.require(acting(role, HERE, seat), ACTS[role], FACTS)
        assert refused.value.key == "own_organisation"


@pytest.mark.parametrize("role", ACTS)
def test_a_seat_that_ended_not_long_ago_still_stands_against_judging(role: Role) -> None:
    gone = replace(acting(role), past_organisation_ids=frozenset({OWN}))
    with pytest.raises(Forbidden) as refused:
        policy.require(gone, ACTS[role], FACTS)
    assert refused.value.key == "own_organisation"
    assert policy.permits(gone, ACTS[role], replace(FACTS, organisation_id=OWN + 1))
    with pytest.raises(NotFound):
        policy.require(gone, Action.VIEW_OWN, FACTS)


@pytest.mark.parametrize(
    ("at", "interested"),
    [
        # A seat that ended on 2 March 2026 at 23:30 in Beijing counts through 1 March 2027 there.
        (datetime(2026, 3, 2, 15, 30, tzinfo=UTC), True),
        (datetime(2027, 3, 1, 15, 59, tzinfo=UTC), True),
        (datetime(2027, 3, 1, 16, 0, tzinfo=UTC), False),
    ],
)
def test_an_interest_lasts_twelve_months(at: datetime, interested: bool) -> None:
    assert policy.still_interested(datetime(2026, 3, 2, 15, 30, tzinfo=UTC), at) is interested


def test_an_interest_shows_nothing_that_was_hidden_before() -> None:
    with pytest.raises(NotFound):
        policy.require(acting(Role.OFFICER, ELSEWHERE, Seat(OWN, True, True)), Action.VERIFY_VALUE, FACTS)


def test_an_applicant_who_also_judges_elsewhere_still_applies() -> None:
    policy.require(acting(Role.OFFICER, HERE, Seat(OWN, True, True)), Action.WITHDRAW, FACTS)


def test_a_reviewer_needs_a_grant_for_the_programme() -> None:
    assert policy.permits(acting(Role.REVIEWER, None), Action.REVIEW, FACTS)
    assert not policy.permits(acting(Role.REVIEWER, ELSEWHERE), Action.REVIEW, FACTS)


@pytest.mark.parametrize("kind", Kind)
def test_a_reviewer_reads_evidence_only_during_the_review(kind: Kind) -> None:
    facts = replace(FACTS, kind=kind)
    assert policy.permits(acting(Role.REVIEWER), Action.READ_EVIDENCE, facts) is (kind is Kind.REVIEW)
    assert policy.permits(acting(Role.REVIEWER), Action.REVIEW, facts)
