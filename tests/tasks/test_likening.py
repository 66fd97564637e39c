"""A comparison of a round as a worker makes it: texts, files and figures, judged once and remembered."""

import pytest
from sqlalchemy import select

from registry.domain.errors import Forbidden, Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.ties.values import Decision
from registry.domain.vocabulary import Kind, LikenessKind, ReviewStatus, Role, TaskState
from registry.models import Application, LikenessFinding, LikenessVerdict, Round, Task, User
from registry.queries import actors, likeness
from registry.queries import tasks as task_queries
from registry.services import likeness as services
from registry.services import tasks
from registry.tasks import work_off
from tests import factories
from tests.factories import NOON
from tests.world import config_for

ANYBODY = Actor(NOON)
REASON = "同一集团的两座厂,文字确为同一人撰写。"
SAID = (
    "本项目在生化段采用精确曝气与碳源精准投加,配合污泥厌氧消化产沼发电,"
    "全年外购电量较上一年下降百分之十八,出水总氮稳定在八毫克每升以下。"
)
OTHER = (
    "采用屋顶光伏与水源热泵联合供能,厂区照明全部改造为智能控制,"
    "并向周边工业园区输送再生水,替代自来水用于冷却与绿化浇洒。"
)
WHY = "申报书第三页列出的监测数据完整,工艺描述与现场照片一致,先进性有第三方评估报告支持,因此给予较高的分值。"
FORM = factories.CONTENT.replace(
    "gates:\n",
    "  - {key: story, kind: text, title: {zh: 做法, en: What was done}, length: 400}\n"
    "  - {key: power, kind: number, title: {zh: 用电量, en: Power}}\n"
    "  - {key: flow, kind: number, title: {zh: 水量, en: Flow}}\n"
    "gates:\n",
)


@pytest.fixture
def round_category(session):
    return factories.round_category(session, criteria_version=factories.criteria_version(session, content=FORM))


def filed(session, where, story, power="184627.5", flow="7316.48") -> Application:
    answers = {"licensed": True, "reused": "50", "story": story, "power": power, "flow": flow}
    return factories.application(session, round_category=where, kind=Kind.REVIEW, answers=answers)


def compared(session, database, config, where) -> Task:
    officer = session.scalars(select(User).where(User.name == "孙经办")).first()
    person = officer or factories.persona(session, Role.OFFICER, name="孙经办")
    actor = factories.actor(session, person)
    task = tasks.ask_likeness(session, actor, session.get_one(Round, where.round_id), language="zh")
    session.commit()
    assert work_off(database, config, "test") == 1
    session.expire_all()
    return session.get_one(Task, task.id)


@pytest.fixture
def config(database, tmp_path):
    return config_for(database, tmp_path)


def found(session, kind) -> list[set[int]]:
    rows = likeness.of_round(session, ANYBODY, session.scalars(select(Round)).first())
    return [{row.id for row in one.applications} for one in rows if one.finding.kind is kind]


def test_copied_texts_are_found_and_own_ones_are_not(session, database, config, round_category):
    first = filed(session, round_category, SAID, "1", "2")
    second = filed(session, round_category, SAID.replace("百分之十八", "百分之二十"), "3", "4")
    filed(session, round_category, OTHER, "5", "6")
    task = compared(session, database, config, round_category)
    assert (task.state, task.done, task.sha256 is not None) == (TaskState.DONE, 3, True)
    assert found(session, LikenessKind.TEXT) == [{first.id, second.id}]
    (row,) = likeness.of_application(session, ANYBODY, first)
    sides = row.finding.content["sides"]
    start, end, other_start, other_end = row.finding.content["passages"][0]
    assert sides[0]["text"][start:end] == sides[1]["text"][other_start:other_end]
    assert row.finding.why == ["other_applicant"]


def test_the_same_file_the_same_figures_and_the_same_justification(session, database, config, round_category):
    first, second = filed(session, round_category, SAID), filed(session, round_category, OTHER)
    for application in (first, second):
        factories.evidence(session, application, sha256="ab" * 32, submitted=True)
        assignment = factories.assignment(session, application)
        review = factories.review(session, assignment, marks={})
        factories.added(
            session,
            factories.Mark(review_id=review.id, indicator="novelty", points=30, justification=WHY, marked_at=NOON),
        )
        review.status, review.finished_at = ReviewStatus.FINISHED, NOON
    session.flush()
    compared(session, database, config, round_category)
    both = [{first.id, second.id}]
    assert found(session, LikenessKind.FILE) == both
    assert found(session, LikenessKind.FIGURES) == both
    assert found(session, LikenessKind.REVIEW) == both
    assert found(session, LikenessKind.TEXT) == []


def test_what_was_judged_stays_judged_when_compared_again(session, database, config, round_category):
    first = filed(session, round_category, SAID, "1", "2")
    filed(session, round_category, SAID, "3", "4")
    compared(session, database, config, round_category)
    officer = actors.load(session, session.scalars(select(User).where(User.name == "孙经办")).one(), NOON)
    round_ = session.get_one(Round, round_category.round_id)
    (row,) = likeness.of_round(session, ANYBODY, round_)
    with pytest.raises(Invalid, match="reason_too_short"):
        services.judge(session, officer, round_, row.finding, decision=Decision.DISMISSED, reason="无")
    services.judge(session, officer, round_, row.finding, decision=Decision.DISMISSED, reason=REASON)
    session.commit()
    compared(session, database, config, round_category)
    (again,) = likeness.of_round(session, ANYBODY, round_)
    assert (again.dismissed, again.verdict.reason) == (True, REASON)
    assert len(session.scalars(select(LikenessFinding)).all()) == 1
    # A further copy is another finding, to be judged for itself.
    filed(session, round_category, SAID, "5", "6")
    compared(session, database, config, round_category)
    assert sum(one.open for one in likeness.of_round(session, ANYBODY, round_)) == 2
    services.judge(session, officer, round_, row.finding, decision=Decision.CONFIRMED, reason=REASON)
    assert [one.decision for one in session.scalars(select(LikenessVerdict).order_by(LikenessVerdict.id))] == [
        Decision.DISMISSED,
        Decision.CONFIRMED,
    ]
    assert [one.dismissed for one in likeness.of_application(session, ANYBODY, first) if not one.open] == [False]


def test_only_the_officer_of_the_programme_asks_and_judges(session, round_category):
    round_ = session.get_one(Round, round_category.round_id)
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    with pytest.raises(WrongState, match="likeness_of_nothing"):
        tasks.ask_likeness(session, officer, round_, language="zh")
    application = filed(session, round_category, SAID)
    finding = factories.likeness(session, round_.id, [application.id])
    for role in (Role.APPROVER, Role.AUDITOR, Role.REVIEWER):
        other = factories.actor(session, factories.persona(session, role))
        with pytest.raises(NotFound):
            tasks.ask_likeness(session, other, round_, language="zh")
        with pytest.raises(NotFound):
            services.judge(session, other, round_, finding, decision=Decision.DISMISSED, reason=REASON)


def test_whoever_has_a_seat_in_one_of_the_applicants_neither_sees_nor_judges_it(session, round_category):
    first, second = filed(session, round_category, SAID), filed(session, round_category, OTHER)
    round_ = session.get_one(Round, round_category.round_id)
    finding = factories.likeness(session, round_.id, [first.id, second.id])
    person = factories.persona(session, Role.OFFICER)
    factories.seat(session, person, second.organisation)
    officer = factories.actor(session, person)
    with pytest.raises(Forbidden, match="own_organisation"):
        services.judge(session, officer, round_, finding, decision=Decision.DISMISSED, reason=REASON)
    assert likeness.of_round(session, officer, round_) == []
    assert likeness.of_application(session, officer, first) == []
    assert likeness.one(session, officer, round_, finding.id) is None
    assert [row.finding for row in likeness.of_round(session, ANYBODY, round_)] == [finding]


def test_nothing_is_found_or_judged_in_an_archived_round(session, round_category):
    first, second = filed(session, round_category, SAID), filed(session, round_category, OTHER)
    round_ = session.get_one(Round, round_category.round_id)
    finding = factories.likeness(session, round_.id, [first.id, second.id])
    factories.archived(session, round_)
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    with pytest.raises(WrongState, match="round_archived"):
        services.judge(session, officer, round_, finding, decision=Decision.DISMISSED, reason=REASON)
    with pytest.raises(WrongState, match="round_archived"):
        services.keep(session, officer, round_, [], NOON)
    with pytest.raises(WrongState, match="round_archived"):
        tasks.ask_likeness(session, officer, round_, language="zh")


def test_colleagues_share_the_comparison_of_a_round(session, round_category):
    filed(session, round_category, SAID)
    round_ = session.get_one(Round, round_category.round_id)
    one, other = (factories.actor(session, factories.persona(session, Role.OFFICER)) for _ in range(2))
    task = tasks.ask_likeness(session, one, round_, language="zh")
    assert tasks.ask_likeness(session, other, round_, language="zh").id == task.id
    assert task_queries.one(session, other, task.id) is task
    elsewhere = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    with pytest.raises(NotFound):
        task_queries.one(session, factories.actor(session, elsewhere), task.id)
