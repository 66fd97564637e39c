"""Blind review in the services: who may review so, which files are open, and what messages and other roles tell."""

import io
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from registry import files
from registry.domain import policy
from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Binding, Kind, Level, Role, Variant
from registry.models import Application, BlindRuling, Event, Message, Programme, Round, RoundCategory, User
from registry.queries import applications, blinding, facts, filings
from registry.services import accounts, filling, reviews
from registry.services import blinding as services
from tests import factories
from tests.factories import NOON

NAME = "浙江路河水务有限公司"


@pytest.fixture
def where(session: Session) -> RoundCategory:
    return factories.round_category(session, steps={Kind.REVIEW: {"parameters": {"minimum_reviewers": 1, "blind": 1}}})


@pytest.fixture
def programme(session: Session, where: RoundCategory) -> Programme:
    return session.get_one(Programme, session.get_one(Round, where.round_id).programme_id)


@pytest.fixture
def application(session: Session, where: RoundCategory) -> Application:
    city = factories.region(
        session, level=Level.CITY, name="杭州市", name_en="Hangzhou", within=factories.country(session)
    )
    owner = factories.organisation(session, name=NAME, name_en="Luhe Water Co., Ltd.", region=city)
    return factories.application(session, round_category=where, organisation=owner, kind=Kind.REVIEW)


@pytest.fixture
def officer(session: Session, programme: Programme) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER, programme=programme, name="经办甲"))


def reviewer_of(session: Session, programme: Programme) -> User:
    return factories.persona(session, Role.REVIEWER, programme=programme, name="专家甲")


def test_a_round_is_blind_where_its_route_says_so(session: Session, application: Application) -> None:
    assert blinding.is_blind(session, application)
    assert not blinding.is_blind(
        session, factories.application(session, round_category=factories.round_category(session))
    )


def test_an_application_is_called_by_its_number_in_messages_to_reviewers(
    session: Session, application: Application, officer: Actor, programme: Programme
) -> None:
    reviewer = reviewer_of(session, programme)
    reviews.assign(session, officer, application, reviewer, why="懂行")
    told = session.scalars(select(Message).where(Message.user_id == reviewer.id)).one()
    assert told.values == {"site": f"申报 {application.id} 号", "site_en": f"Application {application.id}"}


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.AUDITOR])
def test_nobody_reviews_blind_who_sees_the_applicant_in_another_role(
    session: Session, application: Application, officer: Actor, programme: Programme, role: Role
) -> None:
    both = reviewer_of(session, programme)
    factories.grant(session, both, role, programme=programme)
    with pytest.raises(Invalid, match="reviewer_knows"):
        reviews.assign(session, officer, application, both, why="懂行")


def test_nobody_reviews_blind_what_the_own_bureau_recommends(
    session: Session, application: Application, officer: Actor, programme: Programme
) -> None:
    both = reviewer_of(session, programme)
    factories.grant(session, both, Role.RECOMMENDER, programme=programme, region=application.site.region)
    with pytest.raises(Invalid, match="reviewer_knows"):
        reviews.assign(session, officer, application, both, why="懂行")


def test_a_role_granted_later_shows_nothing_while_the_review_goes_on(
    session: Session, application: Application, officer: Actor, programme: Programme
) -> None:
    both = reviewer_of(session, programme)
    reviews.assign(session, officer, application, both, why="懂行")
    factories.grant(session, both, Role.OFFICER, programme=programme)
    other = factories.application(session, round_category=application.round_category, kind=Kind.REVIEW)
    actor = factories.actor(session, both)
    with pytest.raises(NotFound):
        applications.one(session, actor, Action.VIEW_CASE, application.id)
    assert not policy.permits(actor, Action.VIEW_CASE, facts.of_application(session, application))
    assert applications.one(session, actor, Action.REVIEW, application.id).id == application.id
    assert applications.one(session, actor, Action.VIEW_CASE, other.id).id == other.id
    factories._write(session, application, kind=Kind.DELIBERATION, position=5)
    assert applications.one(session, actor, Action.VIEW_CASE, application.id).id == application.id
    assert policy.permits(actor, Action.VIEW_CASE, facts.of_application(session, application))


def test_the_latest_word_of_an_officer_stands_before_that_of_the_applicant(
    session: Session, application: Application, officer: Actor
) -> None:
    original = factories.evidence(session, application)
    copy = factories.evidence(session, application, variant=Variant.BLIND)
    assert blinding.readable(session, [original, copy]) == {copy.id}
    services.rule(session, officer, application, original, readable=True)
    services.rule(session, officer, application, copy, readable=False)
    session.flush()
    assert blinding.readable(session, [original, copy]) == {original.id}
    services.rule(session, officer, application, original, readable=False)
    session.flush()
    assert blinding.readable(session, [original, copy]) == set()
    said = blinding.rulings(session, [original, copy])[original.id]
    assert [(one.ruling.readable, one.name, one.ruling.ruled_at) for one in said] == [
        (False, "经办甲", NOON),
        (True, "经办甲", NOON),
    ]
    told = session.scalars(
        select(Event.action).where(Event.action.in_(("open_file", "withhold_file"))).order_by(Event.seq)
    )
    assert list(told) == ["open_file", "withhold_file", "withhold_file"]


def test_a_file_that_names_the_applicant_is_not_opened(
    session: Session, application: Application, officer: Actor
) -> None:
    file = factories.evidence(session, application)
    with pytest.raises(Invalid, match="file_names_applicant"):
        services.rule(session, officer, application, file, readable=True, told=[b"x", f"作者 {NAME}".encode("gb18030")])
    assert session.scalars(select(BlindRuling)).all() == []
    services.rule(session, officer, application, file, readable=False, told=[NAME.encode()])


def test_only_a_blind_review_that_is_not_over_has_files_to_open(
    session: Session, application: Application, officer: Actor, programme: Programme
) -> None:
    file = factories.evidence(session, application)
    another = factories.application(session, round_category=application.round_category, kind=Kind.REVIEW)
    with pytest.raises(NotFound):
        services.rule(session, officer, another, file, readable=True)
    reviewer = factories.actor(session, reviewer_of(session, programme))
    with pytest.raises(NotFound):
        services.rule(session, reviewer, application, file, readable=True)
    factories._write(session, application, kind=Kind.DELIBERATION, position=5)
    with pytest.raises(WrongState, match="not_reviewed_blind"):
        services.rule(session, officer, application, file, readable=True)


def test_no_word_on_a_file_is_ever_changed(session: Session, application: Application, officer: Actor) -> None:
    services.rule(session, officer, application, factories.evidence(session, application), readable=True)
    session.commit()
    for statement in ("UPDATE blind_ruling SET readable = false", "DELETE FROM blind_ruling"):
        with pytest.raises((IntegrityError, OperationalError, ProgrammingError)):
            session.execute(text(statement))
        session.rollback()


def draft(session: Session, where: RoundCategory) -> tuple[Application, Actor]:
    owner = factories.organisation(session, name=NAME)
    person = factories.persona(session, Role.DRAFTER, organisation=owner)
    application = factories.application(session, round_category=where, organisation=owner, started_by_id=person.id)
    return application, factories.actor(session, person)


STORED = StoredFile("a" * 64, 10, "application/pdf")
BOUND = [(Binding.INDICATOR, "novelty")]


def test_a_copy_without_names_is_taken_where_the_review_is_blind(session: Session, where: RoundCategory) -> None:
    application, actor = draft(session, where)
    kept = filling.attach(
        session, actor, application, STORED, name="a.pdf", bindings=BOUND, blind=True, told=[b"of no name"]
    )
    assert kept.variant is Variant.BLIND


def test_a_copy_that_names_the_applicant_is_refused(session: Session, where: RoundCategory) -> None:
    application, actor = draft(session, where)
    with pytest.raises(Invalid, match="copy_names_applicant") as refusal:
        filling.attach(
            session,
            actor,
            application,
            STORED,
            name="a.pdf",
            bindings=BOUND,
            blind=True,
            told=[NAME.encode("utf-16-be")],
        )
    assert refusal.value.field == "file"
    kept = filling.attach(session, actor, application, STORED, name="a.pdf", bindings=BOUND, told=[NAME.encode()])
    assert kept.variant is Variant.ORIGINAL


def test_no_copy_without_names_is_asked_where_reviewers_know(session: Session) -> None:
    application, actor = draft(session, factories.round_category(session))
    with pytest.raises(Invalid, match="no_blind_review"):
        filling.attach(session, actor, application, STORED, name="a.pdf", bindings=BOUND, blind=True)


def test_the_veil_knows_all_who_have_a_part(session: Session, application: Application) -> None:
    person = factories.user(session, name="王小二", email="wang@luhe.example")
    factories.seat(session, person, application.organisation)
    factories.site(
        session, organisation=application.organisation, name="老路河净水厂", merged_into_id=application.site_id
    )
    veil = blinding.veil(session, application)
    said = [NAME, "浙江路河水务", "Luhe Water", "王小二", "wang@luhe.example", "老路河净水厂", "杭州", "Hangzhou"]
    assert [
        one for one in [*said, application.site.name, application.organisation.credit_code] if not veil.names_in(one)
    ] == []
    assert not veil.names_in("浙江省内的污水处理厂，出水达标，COD 去除率 95%")


def test_a_reviewer_is_shown_a_copy_that_no_session_keeps(session: Session, application: Application) -> None:
    factories.evidence(session, application)
    session.commit()
    whole = applications.held(session, application.id)
    seen = blinding.seen(session, whole, filings.sheet(session, whole, outside=True), material="Material")
    assert (seen.blind, seen.withheld, seen.sheet.evidence) == (True, 1, ())
    assert (seen.application.site.name, seen.application.site.name_en) == (
        f"申报 {application.id} 号",
        f"Application {application.id}",
    )
    assert seen.application.organisation is None
    assert list(session.new) == []
    assert list(session.dirty) == []


def test_what_can_be_read_in_a_file_is_read_in_its_parts(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/core.xml", f"<creator>{NAME}</creator>" * 3)
    stored = files.keep(tmp_path, io.BytesIO(packed.getvalue()), media_type="application/zip")
    assert NAME.encode() not in packed.getvalue()
    assert any(NAME.encode() in part for part in files.told(tmp_path, stored.sha256))


def test_no_office_is_granted_that_would_end_a_blind_review(session: Session, programme, application, officer) -> None:
    administrator = factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))
    person = reviewer_of(session, programme)
    elsewhere = factories.programme(session)
    assignment = factories.assignment(session, application, reviewer=person)
    for where in (programme.id, None):
        with pytest.raises(Invalid) as refused:
            accounts.grant(session, administrator, person, role=Role.AUDITOR, programme_id=where)
        assert (refused.value.key, refused.value.field) == ("grant_ends_blindness", "role")
    accounts.grant(session, administrator, person, role=Role.AUDITOR, programme_id=elsewhere.id)
    reviews.unassign(session, officer, assignment)
    session.flush()
    accounts.grant(session, administrator, person, role=Role.AUDITOR, programme_id=programme.id)
