"""Awards: numbers, certificates, revocation."""

import hashlib
import io
import secrets
from datetime import UTC, date, datetime, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Forbidden, Invalid, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import AwardStatus, DecisionKind, Kind, Role, Status
from registry.models import (
    Application,
    AwardEvent,
    Certificate,
    Entry,
    NumberSeries,
    Portal,
    Publication,
    RoundCategory,
)
from registry.services import awards, decisions
from tests import factories
from tests.factories import NOON

ADDRESS = "https://registry.example.cn"
WHY = "抽查发现申报数据与台账不符。"


def acting(session: Session, role: Role, at: datetime = NOON) -> Actor:
    return factories.actor(session, factories.persona(session, role), at)


def names(site: str) -> dict[str, dict[str, str]]:
    return {
        "site": {"zh": site, "en": "Plant"},
        "organisation": {"zh": "滨江水务有限公司", "en": "Riverside Water"},
        "region": {"zh": "滨江区", "en": "Riverside"},
        "category": {"zh": "污水处理", "en": "Wastewater"},
    }


@pytest.fixture
def publication(session: Session) -> Publication:
    where = factories.round_category(session, quota=9)
    return factories.publication(session, factories.decision(session, where, kind=DecisionKind.PUBLICATION))


def published(session: Session, publication: Publication, position: int = 1, site: str = "滨江水质净化厂") -> Entry:
    where = session.get_one(RoundCategory, publication.round_category_id)
    application = factories.application(session, round_category=where, kind=Kind.CERTIFICATE)
    return factories.entry(session, publication, application, position=position, content=names(site))


def issued(session: Session, entry: Entry, at: datetime = NOON) -> Certificate:
    officer = acting(session, Role.OFFICER, at)
    return awards.issue(session, officer, entry, random_bytes=secrets.token_bytes, base_url=ADDRESS)


def test_a_certificate_carries_its_number_names_issuer_basis_and_code(session, publication):
    entry = published(session, publication)
    edition = issued(session, entry)
    award = edition.award
    assert (award.serial, award.year, award.status) == (1, 2026, AwardStatus.VALID)
    assert award.number.endswith("-2026-0001")
    # NOON is on 2 March 2026 in Beijing; the programme of the tests is valid for three years.
    assert (award.valid_from, award.valid_until) == (date(2026, 3, 2), date(2029, 3, 2))
    assert edition.sha256 == hashlib.sha256(edition.content).hexdigest()
    assert (edition.edition, len(edition.code)) == (1, 26)
    assert 0 <= edition.status_index < 131_072
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(edition.content)).pages)
    for words in (
        award.number,
        "滨江水质净化厂",
        "滨江水务有限公司",
        "污水处理",
        "竞争遴选",
        f"/verify/code/{edition.code}",
    ):
        assert words in text, words
    application = session.get_one(Application, entry.application_id)
    assert (application.kind, application.status) == (Kind.CERTIFICATE, Status.CERTIFIED)
    assert session.scalars(select(AwardEvent.after)).all() == [AwardStatus.VALID]


def test_only_the_certificate_of_a_demo_says_so(session, publication):
    def text(edition: Certificate) -> str:
        return PdfReader(io.BytesIO(edition.content)).pages[0].extract_text()

    assert "DEMONSTRATION" not in text(issued(session, published(session, publication)))
    session.get_one(Portal, 1).demo = True
    assert "DEMONSTRATION" in text(issued(session, published(session, publication, 2)))


def test_numbers_run_without_gaps_and_begin_again_with_the_year_in_beijing(session, publication):
    # 16:00 in UTC on 31 December is midnight in Beijing.
    new_year = datetime(2026, 12, 31, 16, tzinfo=UTC)
    times = (NOON, NOON, new_year - timedelta(seconds=1), new_year)
    entries = [published(session, publication, place) for place in range(1, 5)]
    editions = [issued(session, entry, at) for entry, at in zip(entries, times, strict=True)]
    assert [(one.award.year, one.award.serial) for one in editions] == [(2026, 1), (2026, 2), (2026, 3), (2027, 1)]
    assert session.scalars(select(NumberSeries.last).order_by(NumberSeries.year)).all() == [3, 1]


def test_the_29_of_february_becomes_the_28(session, publication):
    leap_day = datetime(2028, 2, 29, 4, tzinfo=UTC)
    award = issued(session, published(session, publication), leap_day).award
    assert (award.valid_from, award.valid_until) == (date(2028, 2, 29), date(2031, 2, 28))


def test_a_certificate_is_issued_once(session, publication):
    entry = published(session, publication)
    issued(session, entry)
    with pytest.raises(WrongState) as refusal:
        issued(session, entry)
    assert refusal.value.key == "not_to_be_issued"


def test_characters_that_cannot_be_printed_are_named_before_anything_is_issued(session, publication):
    with pytest.raises(Invalid) as refusal:
        issued(session, published(session, publication, site="水厂\U0001f600"))
    assert refusal.value.key == "certificate_unprintable"
    assert refusal.value.values == {"site": "水厂\U0001f600", "characters": "\U0001f600 (U+1F600)"}


def test_two_people_revoke_an_award_and_its_reason_stays(session, publication):
    award = issued(session, published(session, publication)).award
    decision = awards.propose_revocation(session, acting(session, Role.OFFICER), award, reason=WHY)
    assert award.status is AwardStatus.VALID
    decisions.approve(session, acting(session, Role.APPROVER), decision, digest=decision.digest, reason="")
    assert award.status is AwardStatus.REVOKED
    rows = session.scalars(select(AwardEvent).order_by(AwardEvent.id)).all()
    assert [(row.before, row.after, row.reason, row.decision_id) for row in rows] == [
        (None, AwardStatus.VALID, "", None),
        (AwardStatus.VALID, AwardStatus.REVOKED, WHY, decision.id),
    ]
    with pytest.raises(WrongState) as refusal:
        awards.propose_revocation(session, acting(session, Role.OFFICER), award, reason=WHY)
    assert refusal.value.key == "award_revoked_already"


def test_one_person_alone_revokes_nothing(session, publication):
    award = issued(session, published(session, publication)).award
    person = factories.persona(session, Role.OFFICER)
    factories.grant(session, person, Role.APPROVER)
    both = factories.actor(session, person)
    decision = awards.propose_revocation(session, both, award, reason=WHY)
    with pytest.raises(Forbidden):
        decisions.approve(session, both, decision, digest=decision.digest, reason="")
    assert award.status is AwardStatus.VALID


def test_what_is_approved_of_a_revocation_includes_its_reason(session, publication):
    award = issued(session, published(session, publication)).award
    first = awards.propose_revocation(session, acting(session, Role.OFFICER), award, reason=WHY)
    assert first.content["reason"] == WHY
    decisions.reject(session, acting(session, Role.APPROVER), first, reason="理由不充分，请补充。")
    other = awards.propose_revocation(session, acting(session, Role.OFFICER), award, reason=WHY + "另有举报。")
    assert first.digest != other.digest


def test_a_revocation_needs_a_reason(session, publication):
    award = issued(session, published(session, publication)).award
    with pytest.raises(Invalid) as refusal:
        awards.propose_revocation(session, acting(session, Role.OFFICER), award, reason="不符")
    assert (refusal.value.key, refusal.value.field) == ("reason_too_short", "reason")
