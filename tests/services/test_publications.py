"""Corrections of published lists, and the place that an upheld objection leaves free."""

import secrets
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import DecisionKind, Kind, Role, Status
from registry.models import Application, Award, Decision, Entry, Event, Notice, Publication, RoundCategory
from registry.queries import publications as lists
from registry.queries import register
from registry.services import awards, decisions, notices, objections, publications
from registry.services.notices import entry_of
from registry.services.objections import Said
from tests import factories
from tests.factories import NOON

WHY = "申报单位全称印刷有误，现予更正。"
# NOON is Monday 2 March 2026: five working days end with Monday the 9th, whose midnight in Beijing is 16:00 UTC.
FIRST_END = datetime(2026, 3, 9, 16, tzinfo=UTC)


def acting(session: Session, role: Role, at: datetime = NOON) -> Actor:
    return factories.actor(session, factories.persona(session, role), at)


def approve(session: Session, proposal: Decision, at: datetime = NOON) -> None:
    decisions.approve(session, acting(session, Role.APPROVER, at), proposal, digest=proposal.digest, reason="")


@pytest.fixture
def where(session: Session) -> RoundCategory:
    return factories.round_category(session, quota=5)


@pytest.fixture
def listed(session: Session, where: RoundCategory) -> Publication:
    """A published list of two entries, whose certificates are not issued yet."""
    rows = [factories.application(session, round_category=where, kind=Kind.CERTIFICATE) for _ in range(2)]
    decision = factories.decision(session, where, kind=DecisionKind.PUBLICATION)
    publication = factories.publication(session, decision, title="第一批名单", title_en="First list", digest="1" * 64)
    for position, row in enumerate(rows, start=1):
        content = {key: value for key, value in entry_of(row, 1).items() if key not in ("position", "application_id")}
        factories.entry(session, publication, row, position=position, content=content)
    session.refresh(publication, ["entries"])
    return publication


def correct(session: Session, publication: Publication, at: datetime = NOON, **changed) -> Decision:
    given = {"title": publication.title, "title_en": publication.title_en, "corrections": {}, "reason": WHY}
    return publications.propose_correction(
        session, acting(session, Role.OFFICER, at), publication, **{**given, **changed}
    )


NAME = {"zh": "第一水务（集团）有限公司", "en": "First Water (Group)"}


def test_a_correction_is_a_new_list_and_the_old_one_stays_as_it_was(session, listed):
    later = NOON + timedelta(days=2)
    before = [dict(entry.content) for entry in listed.entries]
    proposal = correct(session, listed, corrections={1: {"organisation": NAME}}, title_en="First list, corrected")
    assert session.scalars(select(Publication)).all() == [listed]
    approve(session, proposal, later)
    corrected = session.scalars(select(Publication).where(Publication.replaces_id == listed.id)).one()
    assert (corrected.title, corrected.title_en, corrected.reason, corrected.published_at, corrected.digest) == (
        "第一批名单",
        "First list, corrected",
        WHY,
        later,
        proposal.digest,
    )
    entries = session.scalars(select(Entry).where(Entry.publication_id == corrected.id).order_by(Entry.position)).all()
    assert [entry.content for entry in entries] == [{**before[0], "organisation": NAME}, before[1]]
    assert [entry.application_id for entry in entries] == [entry.application_id for entry in listed.entries]
    session.expire_all()
    session.refresh(listed, ["title_en", "entries"])
    assert (listed.title_en, [entry.content for entry in listed.entries]) == ("First list", before)
    event = session.scalars(select(Event).where(Event.action == "correct_publication")).one()
    assert (event.subject_id, event.payload["replaces"]) == (str(corrected.id), listed.id)


def test_only_the_latest_is_counted_and_the_certificate_has_its_names(session, listed):
    approve(session, correct(session, listed, corrections={1: {"organisation": NAME}}))
    corrected = lists.latest(session, listed)
    assert corrected.id != listed.id
    assert register.publications(session, 10) == [corrected]
    officer = acting(session, Role.OFFICER)
    assert [row.publication for row in lists.to_issue(session, officer).rows] == [corrected]
    # From the old list's entry, as from a page that was open meanwhile, the words of the new one come out.
    edition = awards.issue(
        session, officer, listed.entries[0], random_bytes=secrets.token_bytes, base_url="http://localhost"
    )
    award = session.scalars(select(Award)).one()
    assert edition.award is award
    assert register.entry_of(session, award).content["organisation"] == NAME
    assert NAME["zh"] in text_of(edition.content)


def text_of(pdf: bytes) -> str:

    return pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text()


def test_a_certificate_that_was_issued_keeps_its_words(session, listed):
    officer = acting(session, Role.OFFICER)
    edition = awards.issue(
        session, officer, listed.entries[0], random_bytes=secrets.token_bytes, base_url="http://localhost"
    )
    issued = bytes(edition.content)
    approve(session, correct(session, listed, corrections={1: {"organisation": NAME}}))
    session.expire_all()
    assert edition.content == issued
    assert NAME["zh"] not in text_of(edition.content)


def test_a_correction_of_a_correction(session, listed):
    approve(session, correct(session, listed, title="第一批名单（更正）"))
    second = lists.latest(session, listed)
    approve(session, correct(session, second, title="第一批名单（再更正）"))
    assert [row.title for row in session.scalars(select(Publication).order_by(Publication.id))] == [
        "第一批名单",
        "第一批名单（更正）",
        "第一批名单（再更正）",
    ]
    assert lists.latest(session, listed).title == "第一批名单（再更正）"
    with pytest.raises(WrongState) as old:
        correct(session, listed, title="别的")
    assert old.value.key == "publication_replaced"


def test_one_correction_waits_at_a_time_and_by_another_person(session, listed):
    officer = factories.persona(session, Role.OFFICER)
    factories.grant(session, officer, Role.APPROVER)
    both = factories.actor(session, officer)
    proposal = publications.propose_correction(
        session, both, listed, title="新标题", title_en="", corrections={}, reason=WHY
    )
    with pytest.raises(Forbidden):
        decisions.approve(session, both, proposal, digest=proposal.digest, reason="")
    with pytest.raises(Conflict):
        correct(session, listed, title="又一标题")
    assert lists.latest(session, listed) is listed


@pytest.mark.parametrize(
    ("changed", "key", "field"),
    [
        ({}, "correction_changes_nothing", None),
        ({"title": " "}, "entry_needed", "title"),
        ({"title": "新标题", "reason": "改"}, "reason_too_short", "reason"),
        ({"corrections": {2: {"site": {"zh": " ", "en": "X"}}}}, "entry_needed", "entry_2_site_zh"),
        ({"corrections": {1: {"credit_code": "9144"}}}, "credit_code_length", "entry_1_credit_code"),
        # An entry that the list does not have is nothing to be corrected.
        ({"corrections": {9: {"site": NAME}}}, "correction_changes_nothing", None),
    ],
)
def test_what_is_wrong_with_a_correction_is_said_at_its_field(session, listed, changed, key, field):
    with pytest.raises(Invalid) as refusal:
        correct(session, listed, **changed)
    assert (refusal.value.key, refusal.value.field) == (key, field)


def test_an_approver_does_not_propose_a_correction(session, listed):
    with pytest.raises(NotFound):
        publications.propose_correction(
            session, acting(session, Role.APPROVER), listed, title="新", title_en="", corrections={}, reason=WHY
        )


# A vacancy


def announced(session: Session, selection: Decision, at: datetime) -> Notice:
    proposal = notices.propose(session, acting(session, Role.OFFICER, at), selection, reason="按名次公示")
    approve(session, proposal, at)
    return session.scalars(select(Notice).where(Notice.approval_id == proposal.id)).one()


def published(session: Session, notice: Notice, title: str) -> Publication:
    at = notice.closes_at
    notices.clear(session, acting(session, Role.OFFICER, at), notice)
    proposal = publications.propose(
        session, acting(session, Role.OFFICER, at), notice, title=title, title_en="", reason="公示期满"
    )
    approve(session, proposal, at)
    return lists.of_decision(session, proposal)


def test_a_vacancy_is_filled_from_the_reserve_by_a_proposal_with_its_own_notice_and_list(session):
    round_ = factories.round_(session, closes_at=NOON)
    where = factories.round_category(session, round_=round_, quota=2)
    rows: list[Application] = []
    for total in ("90.00", "80.00", "70.00"):
        row = factories.application(session, round_category=where, kind=Kind.DELIBERATION)
        factories.evaluation(session, row, total=total)
        rows.append(row)
    best, second, third = rows

    def select_(at: datetime) -> Decision:
        officer = acting(session, Role.OFFICER, at)
        proposal = decisions.propose_selection(session, officer, where, exclusions={}, reason="按总分排序", reserve=1)
        approve(session, proposal, at)
        return proposal

    first_selection = select_(NOON)
    assert [row.status for row in rows] == [Status.SELECTED, Status.SELECTED, Status.RESERVED]
    notice = announced(session, first_selection, NOON)
    said = Said(second.id, "进水浓度与公开数据不符，请核实。", "王五", "13800000000")
    objection = objections.take(session, Actor(NOON), notice, said, files=[], receipt="receipt-of-the-vacancy")
    officer = acting(session, Role.OFFICER)
    removal = objections.propose_removal(session, officer, objection, text="经核实，异议成立，予以移出。")
    approve(session, removal, NOON)
    first_list = published(session, notice, "第一批名单")
    assert [entry.application_id for entry in first_list.entries] == [best.id]

    # One place of two is free: exactly the one in reserve moves up.
    selection = select_(FIRST_END)
    chosen = {line["application"]: line["result"] for line in selection.content["applications"]}
    assert chosen == {third.id: "selected"}
    assert selection.content["quota"] == 1
    assert (third.kind, third.status) == (Kind.NOTICE, Status.SELECTED)
    own_notice = announced(session, selection, FIRST_END)
    assert own_notice.id != notice.id
    assert [entry["application_id"] for entry in own_notice.entries] == [third.id]
    assert [entry["position"] for entry in own_notice.entries] == [1]
    own_list = published(session, own_notice, "第一批递补名单")
    assert [entry.application_id for entry in own_list.entries] == [third.id]

    officer = acting(session, Role.OFFICER, own_notice.closes_at)
    for entry in (*first_list.entries, *own_list.entries):
        awards.issue(session, officer, entry, random_bytes=secrets.token_bytes, base_url="http://localhost")
    found = session.scalars(select(Award).order_by(Award.serial)).all()
    assert [(award.serial, award.application_id) for award in found] == [(1, best.id), (2, third.id)]
    assert second.status is Status.REMOVED
    with pytest.raises(WrongState) as full:
        select_(own_notice.closes_at)
    assert full.value.key == "nothing_to_decide"


# 91110000600037341L is a code whose check digit is right; no organisation of the factories has it.
SOMEBODY_ELSES = "91110000600037341L"


def test_the_credit_code_is_corrected_to_that_of_the_applicant_and_no_other(session, listed):
    with pytest.raises(Invalid) as refusal:
        correct(session, listed, corrections={1: {"organisation": NAME, "credit_code": SOMEBODY_ELSES}})
    assert (refusal.value.key, refusal.value.field) == ("credit_code_not_of_applicant", "entry_1_credit_code")


def test_a_code_that_was_printed_wrong_becomes_the_applicants(session, where):
    organisation = factories.organisation(session, credit_code="91110000600037341L")
    row = factories.application(session, round_category=where, organisation=organisation, kind=Kind.CERTIFICATE)
    publication = factories.publication(session, factories.decision(session, where, kind=DecisionKind.PUBLICATION))
    content = {"site": NAME, "organisation": NAME, "credit_code": "91440300MA5F000001"}
    factories.entry(session, publication, row, content=content)
    session.refresh(publication, ["entries"])
    approve(session, correct(session, publication, corrections={1: {"credit_code": "91110000600037341L"}}))
    (entry,) = lists.latest(session, publication).entries
    assert entry.content == {**content, "credit_code": "91110000600037341L"}


def test_no_certificate_is_issued_from_an_entry_of_somebody_else(session, where):
    row = factories.application(session, round_category=where, kind=Kind.CERTIFICATE)
    publication = factories.publication(session, factories.decision(session, where, kind=DecisionKind.PUBLICATION))
    content = dict.fromkeys(("site", "organisation", "region", "category"), NAME)
    entry = factories.entry(session, publication, row, content={**content, "credit_code": SOMEBODY_ELSES})
    officer = acting(session, Role.OFFICER)
    with pytest.raises(WrongState) as refusal:
        awards.issue(session, officer, entry, random_bytes=secrets.token_bytes, base_url="http://localhost")
    assert refusal.value.key == "entry_not_of_applicant"
    assert session.scalars(select(Award)).all() == []
