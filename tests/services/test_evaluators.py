"""The third party that evaluated: named with the application, frozen with it, and counted by quota rules."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.identity import demo_credit_code
from registry.domain.quota_rules import allot
from registry.domain.vocabulary import GroupBy, Kind, Role, Status
from registry.models import Application, Correction, Event, QuotaRule, RoundCategory
from registry.queries import filings, quota_rules
from registry.services import applications, evaluators
from registry.services.evaluators import Evaluator
from tests import factories

CODE = demo_credit_code(77)
FIRM = Evaluator("正衡检测有限公司", CODE, "周明")


@pytest.fixture
def drafted(session: Session) -> Application:
    return factories.application(session, answers={"licensed": True, "reused": "50"})


def signatory(session: Session, application: Application):
    person = factories.persona(session, Role.SIGNATORY, organisation=application.organisation)
    return factories.actor(session, person)


def test_it_is_named_once_and_changed_until_it_is_handed_in(session, drafted):
    actor = signatory(session, drafted)
    evaluators.name(session, actor, drafted, Evaluator(" 正衡检测有限公司 ", CODE.lower(), "周明"))
    assert evaluators.of(drafted) == FIRM
    evaluators.name(session, actor, drafted, FIRM)
    events = session.scalars(select(Event).where(Event.action == "name_evaluator")).all()
    assert [event.payload["credit_code"] for event in events] == [CODE]
    assert "周明" not in str(events[0].payload)
    evaluators.name(session, actor, drafted, Evaluator())
    assert evaluators.of(drafted) == Evaluator()


@pytest.mark.parametrize(
    ("firm", "key"),
    [
        (Evaluator("", CODE), "evaluator_name_missing"),
        (Evaluator("", "", "周明"), "evaluator_name_missing"),
        (Evaluator("正衡检测有限公司", "123"), "credit_code_length"),
    ],
)
def test_half_a_firm_is_refused(session, drafted, firm, key):
    with pytest.raises(Invalid, match=key):
        evaluators.name(session, signatory(session, drafted), drafted, firm)


def test_nothing_is_changed_after_handing_in_nor_by_others(session, drafted):
    handed_in = factories.application(session, kind=Kind.SCREENING, organisation=drafted.organisation)
    with pytest.raises(WrongState):
        evaluators.name(session, signatory(session, handed_in), handed_in, FIRM)
    stranger = factories.actor(session, factories.persona(session, Role.SIGNATORY))
    with pytest.raises(NotFound):
        evaluators.name(session, stranger, drafted, FIRM)


def test_it_is_a_part_of_what_is_signed(session, drafted):
    sheet = filings.sheet(session, drafted)
    shown = filings.shown_digest(sheet)
    assert filings.content_digest(sheet) == shown
    actor = signatory(session, drafted)
    evaluators.name(session, actor, drafted, FIRM)
    revision = drafted.filing.revision
    applications.submit(session, actor, drafted, revision=revision, receipt_key=bytes(10), digest=shown)
    assert drafted.content_digest not in (None, shown)
    assert drafted.applicant is not None
    assert drafted.applicant["evaluator"] == {
        "name": "正衡检测有限公司",
        "credit_code": CODE,
        "legal_representative": "周明",
    }


def test_a_correction_that_asks_for_something_else_leaves_it_as_it_is(session):
    returned = factories.application(session, status=Status.RETURNED, answers={"licensed": True, "reused": "50"})
    factories.added(
        session,
        Correction(
            application_id=returned.id,
            from_position=1,
            note="请补正再生水量",
            fields=["reused"],
            due_at=factories.NOON + timedelta(days=5),
            returned_by_id=factories.user(session).id,
            returned_at=factories.NOON,
        ),
    )
    session.refresh(returned)
    actor = signatory(session, returned)
    with pytest.raises(Invalid, match="field_locked"):
        evaluators.name(session, actor, returned, FIRM)
    evaluators.name(session, actor, returned, Evaluator())
    assert evaluators.of(returned) == Evaluator()


# A limit of each firm


def evaluated(session: Session, where: RoundCategory, name: str, code: str = "", led_by: str = "") -> int:
    firm = {"evaluator": name, "evaluator_code": code, "evaluator_representative": led_by}
    return factories.application(session, round_category=where, kind=Kind.DELIBERATION, **firm).id


def taken(session: Session, where: RoundCategory, numbers: list[int]) -> list[bool]:
    rule = factories.added(session, QuotaRule(round_id=where.round_id, group_by=GroupBy.EVALUATOR, most=1))
    groups = quota_rules.groups(session, numbers, [rule])
    found = allot([(number, groups[number]) for number in numbers], 9, quota_rules.in_force(session, [rule]))
    return [number in found.taken for number in numbers]


@pytest.fixture
def where(session: Session) -> RoundCategory:
    return factories.round_category(session, pinned=False)


def test_a_firm_counts_by_its_code_its_parent_and_its_legal_representative(session, where):
    parent = factories.organisation(session, credit_code=demo_credit_code(1))
    child = factories.organisation(session, credit_code=demo_credit_code(2), parent_id=parent.id)
    numbers = [
        evaluated(session, where, "正衡检测", CODE, "周明"),
        evaluated(session, where, "正衡检测有限公司", CODE, "吴军"),  # the same code
        evaluated(session, where, "另一家公司", demo_credit_code(78), " 周 明 "),  # the same representative
        evaluated(session, where, "甲公司", parent.credit_code),
        evaluated(session, where, "乙公司", child.credit_code),  # of the same parent
        evaluated(session, where, "丙公司"),
        evaluated(session, where, "丁公司"),
        factories.application(session, round_category=where, kind=Kind.DELIBERATION).id,
        factories.application(session, round_category=where, kind=Kind.DELIBERATION).id,
    ]
    assert taken(session, where, numbers) == [True, False, False, True, False, True, True, True, True]
