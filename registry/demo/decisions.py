"""How a round of the demonstration is decided: meeting, selection, notices with an objection, list and certificates."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.demo.plays import DAY, Play, Run, merged
from registry.demo.stage import HOUR, Stage
from registry.domain.deliberation import Opinion, Present
from registry.domain.policy import Actor
from registry.domain.routes import parameter
from registry.domain.vocabulary import Action, Kind, LetterState, MeetingMethod, MeetingPart, Result, Role
from registry.domain.workdays import SHANGHAI
from registry.models import Application, Decision, Letter, Notice, Objection, Round, RouteStep
from registry.queries import decisions as decided
from registry.queries import notices as announced
from registry.queries import publications as published
from registry.services import awards, decisions, letters, meetings, notices, objections, pools, publications
from registry.services.meetings import Minutes
from registry.services.objections import Said

BOARD = (
    Present("江主任", "演示生态环境局（虚构）", MeetingPart.CHAIR),
    Present("童处长", "演示生态环境局（虚构）", MeetingPart.MEMBER),
    Present("颜研究员", "演示研究院（虚构）", MeetingPart.MEMBER),
    Present("郭科员", "演示生态环境局（虚构）", MeetingPart.SECRETARY),
)

GOOD_REASON = "经现场核查，申报数据与台账不符，异议成立。"
NO_REASON = "经调取运行台账和在线监测记录核对，申报数据属实，异议不成立。"


def decided_on(stage: Stage, run: Run, category: str, moment: datetime, base_url: str) -> Play:
    """A category is decided, from the pool to its certificates; a vacant place is filled from the reserve."""
    if category in run.pool:
        moment = yield from assigned(stage, run, category, moment + DAY)
    where = run.categories[category]
    while any(line.row.result is Result.SELECTED for line in ranking_of(stage, run, category, moment + DAY).lines):
        if _meets(stage.session, where.id):
            moment += DAY
            yield moment
            _meet(stage, run, category, moment)
        moment += DAY
        yield moment
        ranking = ranking_of(stage, run, category, moment)
        selection = decisions.propose_selection(
            stage.session,
            _officer(stage, run, moment),
            where,
            exclusions={row.id: "评审截止时手续未完成，不再等待。" for row in ranking.unfinished},
            reason="按总分排序，在名额以内择优。",
        )
        moment = yield from approved(stage, run, selection, moment + DAY)
        moment = yield from noticed(stage, run, selection, moment)
        moment = yield from published_and_issued(stage, run, category, selection, moment, base_url)
    return moment


def assigned(stage: Stage, run: Run, category: str, moment: datetime) -> Play:
    """The issuer assigns places of the pool to a category."""
    yield moment
    where = run.categories[category]
    proposal = pools.propose(
        stage.session,
        _officer(stage, run, moment),
        stage.session.get_one(Round, where.round_id),
        places={where.category_id: run.pool[category]},
        basis="关于分配未分配名额的函（演示）",
        reason="该类申报项目质量较高，经发文机关研究同意分配。",
    )
    return (yield from approved(stage, run, proposal, moment + DAY))


def approved(stage: Stage, run: Run, decision: Decision, moment: datetime) -> Play:
    """Another person approves."""
    yield moment
    approver = stage.cast.at(stage.cast.staff(Role.APPROVER, run.outline.key)[0], moment)
    decisions.approve(stage.session, approver, decision, digest=decision.digest, reason="同意。")
    return moment


def released(session: Session, actor: Actor, round_category_id: int) -> None:
    """Somebody looks at the letters that wait in a category, and releases those that others wrote."""
    waiting = (
        select(Letter.id)
        .join(Application, Application.id == Letter.application_id)
        .where(
            Application.round_category_id == round_category_id,
            Letter.state == LetterState.WAITING,
            Letter.written_by_id.is_distinct_from(actor.user_id),
        )
    )
    if numbers := session.scalars(waiting).all():
        letters.release(session, actor, numbers)


def _looked_at(stage: Stage, run: Run, selection: Decision, moment: datetime) -> Play:
    """The officer releases the letters of a selection."""
    yield moment
    if selection.round_category_id:
        released(stage.session, _officer(stage, run, moment), selection.round_category_id)
    return moment


def noticed(stage: Stage, run: Run, selection: Decision, moment: datetime) -> Play:
    """Each notice of the route is prepared, approved, stands its time, and is concluded."""
    while announced.next_stage(stage.session, selection) is not None:
        moment += HOUR
        yield moment
        proposal = notices.propose(
            stage.session, _officer(stage, run, moment), selection, reason="按程序公示，接受监督。"
        )
        if not proposal.content["entries"]:
            return moment
        moment = yield from approved(stage, run, proposal, moment + HOUR)
        notice = announced.of_approval(stage.session, proposal)
        assert notice is not None  # noqa: S101 - an approved notice is open
        moment = yield from merged(
            moment,
            _objected(stage, run, notice, moment),
            _looked_at(stage, run, selection, moment + 2 * DAY),
        )
        moment = notice.closes_at + HOUR
        yield moment
        approver = stage.cast.at(stage.cast.staff(Role.APPROVER, run.outline.key)[0], moment)
        released(stage.session, approver, notice.round_category_id)
        notices.clear(stage.session, _officer(stage, run, moment), notice)
    return moment


def published_and_issued(
    stage: Stage, run: Run, category: str, selection: Decision, moment: datetime, base_url: str
) -> Play:
    """The list is proposed, approved and published, and certificates are issued."""
    session = stage.session
    notice = announced.of_selection(session, selection)[-1]
    if not announced.standing(session, notice, Kind.PUBLICATION):
        return moment
    moment += HOUR
    yield moment
    title = run.categories[category].category
    proposal = publications.propose(
        session,
        _officer(stage, run, moment),
        notice,
        title=f"{title.name}名单（{run.opens.year}年，演示）",
        title_en=f"{title.name_en}, list of {run.opens.year} (demonstration)",
        reason="公示期满，异议已处理。",
    )
    moment = yield from approved(stage, run, proposal, moment + DAY)
    moment += DAY
    yield moment
    officer = _officer(stage, run, moment)
    released(session, officer, notice.round_category_id)
    publication = published.of_decision(session, proposal)
    assert publication is not None  # noqa: S101 - an approved list is published
    for entry in publication.entries:
        awards.issue(session, officer, entry, random_bytes=secrets.token_bytes, base_url=base_url)
    return moment


def _objected(stage: Stage, run: Run, notice: Notice, moment: datetime) -> Play:
    """Somebody objects to whom the run names: the office upholds what is said with good reason and nothing else."""
    if run.aired:
        return (yield from _aired(stage, run, notice, moment))
    upheld = {run.filed[key] for key in run.objected if key in run.filed}
    others = {run.filed[key] for key in run.doubted if key in run.filed}
    for number in sorted((upheld | others) & {entry["application_id"] for entry in notice.entries}):
        moment += DAY
        yield moment
        objection = _raised(stage, notice, number, moment)
        moment += DAY
        yield moment
        officer = _officer(stage, run, moment)
        if number in upheld:
            removal = objections.propose_removal(stage.session, officer, objection, text=GOOD_REASON)
            moment = yield from approved(stage, run, removal, moment + HOUR)
        else:
            objections.dismiss(stage.session, officer, objection, text=NO_REASON)
    return moment


def _aired(stage: Stage, run: Run, notice: Notice, moment: datetime) -> Play:
    """One objection stays open, one is to be upheld, one is dismissed; by the end of the notice all are."""
    first, last = notice.entries[0]["application_id"], notice.entries[-1]["application_id"]
    raised: list[Objection] = []
    for number, without_name in ((first, True), (last, False), (first, False)):
        moment += HOUR
        yield moment
        raised.append(_raised(stage, notice, number, moment, without_name=without_name))
    moment += DAY
    yield moment
    officer = _officer(stage, run, moment)
    removal = objections.propose_removal(stage.session, officer, raised[1], text=GOOD_REASON)
    objections.dismiss(stage.session, officer, raised[2], text=NO_REASON)
    moment = notice.closes_at - HOUR
    yield moment
    approver = stage.cast.at(stage.cast.staff(Role.APPROVER, run.outline.key)[0], moment)
    decisions.reject(stage.session, approver, removal, reason="台账原件已补交，与申报一致，请重新答复。")
    for objection in raised[:2]:
        objections.dismiss(stage.session, _officer(stage, run, moment), objection, text=NO_REASON)
    return moment


def _raised(stage: Stage, notice: Notice, number: int, moment: datetime, *, without_name: bool = False) -> Objection:
    statement = "公示项目的运行数据与公开的在线监测数据不一致，请核实。"
    named = Said(number, statement, "某某", "objector@demo.example")
    said = Said(number, statement, anonymous=True) if without_name else named
    receipt = secrets.token_urlsafe(24)
    return objections.take(stage.session, Actor(moment), notice, said, files=(), receipt=receipt)


def _meet(stage: Stage, run: Run, category: str, moment: datetime) -> None:
    ranking = ranking_of(stage, run, category, moment)
    minutes = Minutes(
        held_on=moment.astimezone(SHANGHAI).date(),
        place="第一会议室（演示）",
        present=BOARD,
        recusals=(),
        method=MeetingMethod.CONSENSUS,
        opinions=[Opinion(line.application.id, supported=True) for line in ranking.lines],
        conclusion="与会人员逐项审议，一致同意按总分排序提出入选建议。",
    )
    meetings.record(stage.session, _officer(stage, run, moment), run.categories[category], minutes)


def _meets(session: Session, round_category_id: int) -> bool:
    step = session.scalars(
        select(RouteStep).where(RouteStep.round_category_id == round_category_id, RouteStep.kind == Kind.DELIBERATION)
    ).one()
    return bool(parameter(Kind.DELIBERATION, step.parameters, "meeting"))


def ranking_of(stage: Stage, run: Run, category: str, moment: datetime) -> decided.Ranking:
    """Return a category of a run as it would be decided at a moment."""
    officer = _officer(stage, run, moment)
    where = decided.round_category(stage.session, officer, Action.PROPOSE, run.categories[category].id)
    return decided.ranking(stage.session, where, at=moment)


def _officer(stage: Stage, run: Run, moment: datetime) -> Actor:
    return stage.cast.at(stage.cast.staff(Role.OFFICER, run.outline.key)[0], moment)
