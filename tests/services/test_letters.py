"""Letters: each outcome has its own in both languages, in the words of its programme, and goes to the right people."""

import secrets
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, NotFound
from registry.domain.letters import Wording
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, DecisionKind, FilingKind, Kind, LetterKind, Role, SeatStatus, Status
from registry.domain.wordings import DEFAULTS
from registry.models import (
    Application,
    Correction,
    Decision,
    Event,
    Letter,
    LetterTemplate,
    Message,
    Notice,
    Programme,
    Region,
    Round,
    RoundCategory,
)
from registry.queries import applications as tables
from registry.queries import letters as kept
from registry.services import (
    applications,
    awards,
    decisions,
    evaluations,
    letters,
    moves,
    notices,
    objections,
    publications,
    recommendations,
    screening,
)
from tests import factories
from tests.factories import NOON, ROUTE

REASON = "营业执照已过期，须更换后重新提交。"
OWN = Wording("结果：{site}", "{organisation}：{reason}", "Result: {site}", "{organisation}: {reason}")


@pytest.fixture
def where(session: Session) -> RoundCategory:
    programme = factories.programme(session, name="标杆项目", name_en="Benchmark projects")
    category = factories.category(session, programme=programme, name="污水处理", name_en="Wastewater")
    return factories.round_category(
        session,
        round_=factories.round_(session, programme=programme, title="第一批", title_en="First round"),
        category=category,
    )


@pytest.fixture
def officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


def filed(session: Session, where: RoundCategory, kind: Kind, **columns) -> Application:
    """An application of a plant that is called 甲厂 or Plant A."""
    organisation = factories.organisation(session, name="甲水务公司", name_en="Water A")
    site = factories.site(session, organisation=organisation, name="甲厂", name_en="Plant A")
    return factories.application(
        session, round_category=where, organisation=organisation, site=site, kind=kind, **columns
    )


def only(session: Session) -> Letter:
    return session.scalars(select(Letter)).one()


def programme_of(session: Session, where: RoundCategory) -> Programme:
    return session.get_one(Programme, session.get_one(Round, where.round_id).programme_id)


def test_a_refusal_as_it_is_written_out(session, where, officer):
    waiting = filed(session, where, Kind.SCREENING)
    screening.refuse(session, officer, waiting, reason=REASON)
    letter = only(session)
    assert (letter.kind, letter.application_id, letter.written_at) == (LetterKind.REFUSED, waiting.id, NOON)
    assert letter.subject == "形式审查未通过：甲厂"
    assert letter.body == (
        "甲水务公司：\n\n"
        "你单位为“甲厂”提交的申报（标杆项目，第一批，污水处理）未通过形式审查。\n\n"
        "原因：营业执照已过期，须更换后重新提交。\n\n"
        "本批次受理截止前，该场所补齐材料后可重新申报。\n\n"
        "对本通知有疑问的，请向发文机关咨询。\n\n"
        "生态环境局\n2026年3月2日"
    )
    assert letter.subject_en == "Not accepted in screening: Plant A"
    assert letter.body_en == (
        "To Water A\n\n"
        "Your application for Plant A (Benchmark projects, First round, Wastewater) was not accepted in screening.\n\n"
        "Reason: 营业执照已过期，须更换后重新提交。\n\n"
        "While the round takes applications, the site may apply again with what was missing.\n\n"
        "Questions are answered by the issuing authority.\n\n"
        "Environment Bureau\n2 March 2026"
    )


def test_a_bar_names_its_day(session, where, officer):
    waiting = filed(session, where, Kind.SCREENING)
    screening.bar(session, officer, waiting, reason=REASON)
    assert (waiting.status, waiting.barred_until) == (Status.BARRED, date(2029, 3, 2))
    letter = only(session)
    assert (letter.kind, letter.subject, letter.subject_en) == (
        LetterKind.BARRED,
        "取消申报资格的决定：甲厂",
        "Barred from applying: Plant A",
    )
    assert (
        "自即日起至2029年3月2日前，该单位及该场所不得再次申报本计划的任何批次；自2029年3月2日起可以重新申报。"
        in letter.body
    )
    assert (
        "Before 2 March 2029 neither the site nor the organisation can apply in any round of this programme; "
        "from that day on they may apply again." in letter.body_en
    )


@pytest.mark.parametrize(("months", "until"), [(1, date(2026, 4, 2)), (60, date(2031, 3, 2))])
def test_a_bar_holds_for_the_months_that_were_set(session, where, officer, months, until):
    waiting = filed(session, where, Kind.SCREENING)
    screening.bar(session, officer, waiting, reason=REASON, months=months)
    assert waiting.barred_until == until


@pytest.mark.parametrize("months", [0, 61, -1])
def test_a_bar_is_neither_shorter_nor_longer_than_it_may_be(session, where, officer, months):
    waiting = filed(session, where, Kind.SCREENING)
    with pytest.raises(Invalid) as refusal:
        screening.bar(session, officer, waiting, reason=REASON, months=months)
    assert (refusal.value.key, refusal.value.field) == ("months_outside", "months")
    assert waiting.status is Status.WAITING


def test_a_bureau_that_declines_is_quoted(session, where):
    waiting = filed(session, where, Kind.RECOMMENDATION)
    region = session.get_one(Region, waiting.site.region_key)
    actor = factories.actor(session, factories.persona(session, Role.RECOMMENDER, region=region))
    recommendations.recommend(session, actor, waiting, in_favour=False, opinion="数据来源不明，暂不推荐。")
    letter = only(session)
    assert (letter.kind, letter.subject_en) == (LetterKind.DECLINED, "Not recommended: Plant A")
    assert "推荐部门意见：数据来源不明，暂不推荐。" in letter.body


def test_a_requirement_that_is_not_met_is_named_in_each_language(session, where, officer):
    scored = filed(session, where, Kind.SCORING, answers={"licensed": False, "reused": "80"})
    evaluations.score(session, officer, scored)
    assert scored.status is Status.FAILED
    letter = only(session)
    assert (letter.kind, letter.subject) == (LetterKind.FAILED, "未达到门槛要求：甲厂")
    assert "未达到下列门槛要求，本次申报到此为止：\n\n许可\n\n" in letter.body
    assert "does not meet what follows, so that it ends here:\n\nLicence\n\n" in letter.body_en


def approved(session: Session, decision: Decision) -> None:
    approver = factories.actor(session, factories.persona(session, Role.APPROVER))
    decisions.approve(session, approver, decision, digest=decision.digest, reason="同意")


def announced(session: Session, where: RoundCategory, kind: Kind, **columns) -> tuple[Application, Notice]:
    """A selected application, and the notice that announces it."""
    row = filed(session, where, kind)
    decision = factories.decision(session, where)
    factories.outcome(session, decision, row)
    return row, factories.notice(session, decision, entries=[notices.entry_of(row, 1)], **columns)


def test_who_is_removed_reads_what_was_found(session, where, officer):
    row, notice = announced(session, where, Kind.NOTICE)
    objection = factories.objection(session, notice, row)
    approved(session, objections.propose_removal(session, officer, objection, text="经核实，进水浓度数据有误。"))
    letter = only(session)
    assert (letter.kind, letter.subject_en) == (LetterKind.REMOVED, "Removed after an objection: Plant A")
    assert (
        "公示期间收到对“甲厂”（标杆项目，第一批，污水处理）的异议。经核实，异议成立，现将其从公示名单中撤下。\n\n"
        "核实意见：经核实，进水浓度数据有误。" in letter.body
    )


def test_who_is_published_reads_on_which_list(session, where, officer):
    columns = {"opens_at": NOON - timedelta(days=8), "closes_at": NOON - timedelta(days=1), "cleared_at": NOON}
    _row, notice = announced(session, where, Kind.PUBLICATION, **columns)
    approved(
        session,
        publications.propose(session, officer, notice, title="第一批名单", title_en="First list", reason="公示无异议"),
    )
    letter = only(session)
    assert (letter.kind, letter.subject) == (LetterKind.PUBLISHED, "列入公布名单：甲厂")
    assert "公示期满，已列入《第一批名单》。" in letter.body
    assert "stands on the published list “First list” after its public notice." in letter.body_en


def test_a_certificate_and_its_revocation_name_the_number(session, where, officer):
    row = filed(session, where, Kind.CERTIFICATE)
    publication = factories.publication(session, factories.decision(session, where, kind=DecisionKind.PUBLICATION))
    entry = factories.entry(session, publication, row, content=notices.entry_of(row, 1))
    edition = awards.issue(session, officer, entry, random_bytes=secrets.token_bytes, base_url="https://a.cn")
    number = edition.award.number
    letter = only(session)
    assert (letter.kind, letter.subject) == (LetterKind.CERTIFIED, "证书颁发通知：甲厂")
    assert f"的证书已颁发，编号为 {number}，有效期至2029年3月2日。" in letter.body
    assert f"is issued under the number {number}, valid until 2 March 2029." in letter.body_en

    approved(session, awards.propose_revocation(session, officer, edition.award, reason="申报数据与台账不符。"))
    revoked = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert (revoked.kind, revoked.subject) == (LetterKind.REVOKED, "撤销认定的决定：甲厂")
    assert f"的认定（编号 {number}）自2026年3月2日起撤销，证书同时失效。\n\n原因：申报数据与台账不符。" in revoked.body
    assert f"The award {number} of Plant A" in revoked.body_en


@pytest.mark.parametrize(
    ("months", "due", "due_en"),
    [
        (12, "2027年3月3日 00:00", "00:00 on 3 March 2027 (Beijing time)"),
        (0, "未设截止时间", "no fixed date"),
    ],
)
def test_a_later_filing_is_asked_for_with_its_date(session, officer, months, due, due_en):
    where = factories.round_category(
        session,
        route=(*ROUTE[:3], Kind.LIBRARY, Kind.FILING, *ROUTE[3:]),
        steps={Kind.FILING: {"filing": FilingKind.ACCEPTANCE, "parameters": {"months": months}}},
    )
    row = filed(session, where, Kind.LIBRARY)
    moves.move(session, officer, row, Action.CALL)
    assert (row.kind, row.status) == (Kind.FILING, Status.DUE)
    letter = only(session)
    assert (letter.kind, letter.subject, letter.subject_en) == (
        LetterKind.FILING_DUE,
        "请提交验收材料：甲厂",
        "Please file: filing for acceptance of Plant A",
    )
    assert f"请提交验收材料。截止时间：{due}。" in letter.body
    assert f"Please hand in the filing for acceptance. Due: {due_en}." in letter.body_en


def test_a_withdrawal_is_confirmed_with_its_reason(session, where):
    waiting = filed(session, where, Kind.SCREENING)
    signatory = factories.persona(session, Role.SIGNATORY, organisation=waiting.organisation)
    applications.withdraw(session, factories.actor(session, signatory), waiting, reason="停产检修")
    letter = only(session)
    assert (letter.kind, letter.subject, letter.subject_en) == (
        LetterKind.WITHDRAWN,
        "撤回确认：甲厂",
        "Withdrawn: Plant A",
    )
    assert "已按你单位的要求撤回。\n\n你单位说明的原因：停产检修\n\n" in letter.body
    assert "is withdrawn as you asked.\n\nThe reason that you gave: 停产检修\n\n" in letter.body_en


def test_a_letter_goes_to_every_member_in_their_language_and_to_nobody_else(session, where, officer):
    waiting = filed(session, where, Kind.SCREENING)
    chinese, english = factories.user(session), factories.user(session, language="en")
    former, asked, other = (factories.user(session) for _ in range(3))
    for person, status in (
        (chinese, SeatStatus.ACTIVE),
        (english, SeatStatus.ACTIVE),
        (former, SeatStatus.ENDED),
        (asked, SeatStatus.ASKED),
    ):
        factories.seat(session, person, waiting.organisation, status=status)
    factories.seat(session, other, factories.organisation(session))
    screening.refuse(session, officer, waiting, reason=REASON)
    letter = only(session)
    rows = session.scalars(select(Message).order_by(Message.id)).all()
    assert [(row.user_id, row.key, row.values["subject"], row.values["body"]) for row in rows] == [
        (chinese.id, "letter", letter.subject, letter.body),
        (english.id, "letter", letter.subject_en, letter.body_en),
    ]
    assert {(row.letter_id, row.path) for row in rows} == {(letter.id, f"/applications/{waiting.id}")}


def test_without_an_english_name_the_chinese_stands_in_the_english_letter(session, where, officer):
    waiting = filed(session, where, Kind.SCREENING)
    waiting.site.name_en = waiting.organisation.name_en = ""
    screening.refuse(session, officer, waiting, reason=REASON)
    assert only(session).subject_en == "Not accepted in screening: 甲厂"
    assert only(session).body_en.startswith("To 甲水务公司\n\n")


def test_a_reason_that_looks_like_a_placeholder_or_a_page_stays_text(session, where, officer):
    waiting = filed(session, where, Kind.SCREENING)
    waiting.site.name = "甲\n厂"
    reason = "{site} {date} <script>alert(1)</script> 100%"
    letters.save(session, officer, programme_of(session, where), LetterKind.REFUSED, OWN, seen=0)
    screening.refuse(session, officer, waiting, reason=reason)
    assert only(session).body == f"甲水务公司：{reason}"
    assert only(session).subject == "结果：甲 厂"


def test_a_programme_has_its_own_wording_and_the_latest_counts(session, where, officer):
    programme = programme_of(session, where)
    first = letters.save(session, officer, programme, LetterKind.REFUSED, OWN, seen=0)
    second = letters.save(
        session,
        officer,
        programme,
        LetterKind.REFUSED,
        Wording("二：{site}", "{reason}", "Two: {site}", "{reason}"),
        seen=first.id,
    )
    assert kept.wording(session, programme.id, LetterKind.REFUSED).subject == "二：{site}"
    assert kept.wording(session, programme.id, LetterKind.BARRED) == DEFAULTS[LetterKind.BARRED]
    assert kept.wording(session, factories.programme(session).id, LetterKind.REFUSED) == DEFAULTS[LetterKind.REFUSED]
    assert [(row.id, name) for row, name in kept.past(session, programme.id, LetterKind.REFUSED)] == [
        (second.id, officer.name),
        (first.id, officer.name),
    ]
    events = session.scalars(select(Event).where(Event.action == "save_wording").order_by(Event.seq)).all()
    assert [(event.subject_id, event.programme_id) for event in events] == [
        (str(first.id), programme.id),
        (str(second.id), programme.id),
    ]
    screening.refuse(session, officer, filed(session, where, Kind.SCREENING), reason=REASON)
    assert (only(session).subject, only(session).subject_en) == ("二：甲厂", "Two: Plant A")


def test_a_letter_stays_as_it_was_written(session, where, officer):
    screening.refuse(session, officer, filed(session, where, Kind.SCREENING), reason=REASON)
    before = only(session).body
    letters.save(session, officer, programme_of(session, where), LetterKind.REFUSED, OWN, seen=0)
    session.expire_all()
    assert only(session).body == before


def test_back_to_the_wording_of_the_portal_is_another_row(session, where, officer):
    programme = programme_of(session, where)
    first = letters.save(session, officer, programme, LetterKind.REFUSED, OWN, seen=0)
    letters.save(session, officer, programme, LetterKind.REFUSED, DEFAULTS[LetterKind.REFUSED], seen=first.id)
    assert kept.wording(session, programme.id, LetterKind.REFUSED) == DEFAULTS[LetterKind.REFUSED]
    assert len(session.scalars(select(LetterTemplate)).all()) == 2


@pytest.mark.parametrize(
    ("wording", "seen", "key"),
    [
        (OWN, 7, "wording_changed_meanwhile"),
        (DEFAULTS[LetterKind.REFUSED], 0, "wording_unchanged"),
        (Wording("a", "{until}", "b", "c"), 0, "letter_placeholder_unknown"),
    ],
)
def test_what_is_not_saved(session, where, officer, wording, seen, key):
    with pytest.raises(Invalid) as refusal:
        letters.save(session, officer, programme_of(session, where), LetterKind.REFUSED, wording, seen=seen)
    assert refusal.value.key == key
    assert session.scalars(select(LetterTemplate)).all() == []


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_nobody_but_the_office_of_the_programme_words_its_letters(session, where, role):
    own = factories.actor(session, factories.persona(session, role))
    other = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    for actor in (own, factories.actor(session, other)):
        with pytest.raises(NotFound):
            letters.save(session, actor, programme_of(session, where), LetterKind.REFUSED, OWN, seen=0)


def test_a_correction_not_handed_in_is_told_with_its_moment(session, where):
    returned = filed(session, where, Kind.FILING, status=Status.RETURNED)
    correction = Correction(
        application_id=returned.id,
        from_position=2,
        note="请补正",
        due_at=NOON,
        returned_by_id=returned.started_by_id,
        returned_at=NOON - timedelta(days=10),
    )
    factories.added(session, correction)
    worker = factories.worker(NOON)
    session.expire_all()
    applications.lapse(session, worker, tables.one(session, worker, Action.LAPSE, returned.id))
    letter = only(session)
    assert "应于2026年3月2日 12:00前补正或提交材料，逾期未提交，已自动失效。" in letter.body
    assert "was to be handed in again before 12:00 on 2 March 2026 (Beijing time)." in letter.body_en
