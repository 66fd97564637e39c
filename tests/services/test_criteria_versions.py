"""Criteria versions: loaded by one, approved by another, bound to the text."""

import pytest

from registry.domain.errors import Conflict, Forbidden, Invalid, WrongState
from registry.domain.faults import CriteriaFaulty
from registry.domain.vocabulary import CriteriaStatus, Role
from registry.services import criteria_versions
from tests import factories
from tests.factories import CONTENT


def person(session, *roles):
    user = factories.user(session)
    for role in roles:
        factories.grant(session, user, role)
    return factories.actor(session, user)


@pytest.fixture
def officer(session):
    return person(session, Role.OFFICER)


@pytest.fixture
def approver(session):
    return person(session, Role.APPROVER)


def test_a_loaded_set_waits_under_the_first_number(session, officer):
    version = criteria_versions.load(session, officer, content=CONTENT)
    assert (version.key, version.number, version.title_en, version.status) == (
        "tiny",
        1,
        "Example set",
        CriteriaStatus.DRAFT,
    )


def test_the_next_text_takes_the_next_number_and_the_same_text_none(session, officer):
    criteria_versions.load(session, officer, content=CONTENT)
    with pytest.raises(Invalid) as refused:
        criteria_versions.load(session, officer, content=CONTENT)
    assert (refused.value.key, refused.value.values["number"]) == ("criteria_loaded_before", 1)
    assert criteria_versions.load(session, officer, content=CONTENT + "# changed\n").number == 2


def test_all_faults_come_at_once(session, officer):
    broken = CONTENT.replace("formula: reused", "formula: unheard_of").replace("points: 60, title", "points: x, title")
    with pytest.raises(CriteriaFaulty) as refused:
        criteria_versions.load(session, officer, content=broken)
    assert [fault.line for fault in refused.value.faults] == [5, 19]


def test_a_second_person_approves_what_was_shown(session, officer, approver):
    version = criteria_versions.load(session, officer, content=CONTENT)
    criteria_versions.approve(session, approver, version, digest=version.digest)
    assert (version.status, version.approved_by_id, version.approved_at) == (
        CriteriaStatus.APPROVED,
        approver.user_id,
        approver.at,
    )
    with pytest.raises(WrongState):
        criteria_versions.approve(session, approver, version, digest=version.digest)


def test_nobody_approves_what_one_loaded(session):
    both = person(session, Role.OFFICER, Role.APPROVER)
    version = criteria_versions.load(session, both, content=CONTENT)
    with pytest.raises(Forbidden):
        criteria_versions.approve(session, both, version, digest=version.digest)


def test_another_digest_than_that_shown_is_a_conflict(session, officer, approver):
    version = criteria_versions.load(session, officer, content=CONTENT)
    with pytest.raises(Conflict):
        criteria_versions.approve(session, approver, version, digest="0" * 64)
    assert version.status is CriteriaStatus.DRAFT


def test_approvers_load_nothing_and_officers_approve_nothing(session, officer, approver):
    with pytest.raises(Forbidden):
        criteria_versions.load(session, approver, content=CONTENT)
    version = criteria_versions.load(session, officer, content=CONTENT)
    with pytest.raises(Forbidden):
        criteria_versions.approve(session, person(session, Role.OFFICER), version, digest=version.digest)
