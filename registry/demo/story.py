"""The story of the demonstration: how its portal was set up, and what has happened in its three rounds."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import seeds
from registry.demo.batches import open_batch
from registry.demo.cast import Cast
from registry.demo.crowd import Crowd, before, beside
from registry.demo.decisions import released
from registry.demo.plants import FINISHED, RUNNING, VISITOR
from registry.demo.plays import Play, closing, merged
from registry.demo.stage import COPIED, HOUR, JUSTIFICATION, Stage
from registry.demo.year import PLANS, year
from registry.domain.policy import Actor
from registry.domain.programmes import ProgrammeFile
from registry.domain.shapes import Texts
from registry.domain.vocabulary import ConflictState, Kind
from registry.domain.workdays import SHANGHAI
from registry.models import (
    Application,
    Assignment,
    Certificate,
    CriteriaVersion,
    Decision,
    Organisation,
    Review,
    RoundCategory,
)
from registry.queries import notices as announced
from registry.queries import publications as published
from registry.services import (
    awards,
    backgrounds,
    conflicts,
    criteria_versions,
    decisions,
    invitations,
    messages,
    notices,
    organisations,
    outlines,
    publications,
)

DAY = timedelta(days=1)
QUOTA = 3


def build(
    session: Session, folder: Path, *, at: datetime, password_hash: str, base_url: str, crowd: Crowd | None = None
) -> None:
    """Make the whole demonstration as of a moment: staff, programme, the three rounds and the year of all programmes.

    With a crowd, the year before is played too, and the batches of the plants are full. `folder` is where evidence is
    kept. Nothing is committed.
    """
    cast = Cast(session, password_hash)
    stage = Stage(cast, folder)
    begun = at - (660 if crowd else 320) * DAY
    seeds.sync(session, Actor(begun, worker=True))
    cast.hire(begun)
    outlined = {key: marked(outline) for key, outline in seeds.programmes().items()}
    programme = outlines.set_up(session, cast.at("admin", begun + HOUR), outlined["national-plants"])
    cast.empower(begun + 2 * HOUR, programme)
    (category,) = programme.categories
    criteria = load_criteria(cast, begun + DAY)
    version = criteria["wwtp"]

    def opened(title: str, title_en: str, opens: datetime, closes: datetime) -> RoundCategory:
        return open_batch(cast, category, version, title, title_en, opens, closes, quota=QUOTA)

    if crowd:
        play_until(at, before(stage, crowd, outlined, criteria, at=at, base_url=base_url))
    # The acts are played in the order of their moments, so that the record runs forward.
    finished = opened("2026年第一批", "First batch of 2026", at - 240 * DAY, closing(at - 200 * DAY))
    certified = _play_finished(stage, finished, at, base_url)
    running = opened("2026年第二批", "Second batch of 2026", at - 60 * DAY, closing(at - 12 * DAY))
    filed = [stage.file(plant, running, at - (40 - number) * DAY) for number, plant in enumerate(RUNNING)]
    _revoke(cast, certified[-1], at - 30 * DAY)
    _play_running(stage, filed, at)
    third = opened("2026年第三批", "Third batch of 2026", at - 2 * DAY, closing(at + 26 * DAY))
    _welcome(stage, at - DAY)
    plays = [year(stage, outlined, criteria, PLANS, at=at, base_url=base_url)]
    if crowd:
        plays.append(beside(stage, crowd, outlined["national-plants"], closed=running, open_=third, at=at))
    play_until(at, merged(at, *plays))
    _deliver(session, at)
    _come_back(stage, at)


def play_until(at: datetime, play: Play) -> None:
    """Play as far as a moment, and leave everything as it stands then."""
    for moment in play:
        if moment > at:
            return


def marked(outline: ProgrammeFile) -> ProgrammeFile:
    """Return the outline of a programme whose title and issuers say that it is a demonstration."""
    issuers = tuple(
        issuer.model_copy(update={"zh": f"{issuer.zh}（演示）", "en": f"{issuer.en} (demonstration)"})
        for issuer in outline.issuers
    )
    title = Texts(zh=f"{outline.title.zh}（演示）", en=f"{outline.title.en} (demonstration)")
    return outline.model_copy(update={"title": title, "issuers": issuers})


def load_criteria(cast: Cast, moment: datetime) -> dict[str, CriteriaVersion]:
    """Load and approve every set that comes with the portal, and return the versions by the key of their set."""
    loaded = {}
    for key in sorted(path.stem for path in (seeds.CRITERIA / "sets").glob("*.yaml")):
        content = seeds.criteria_set(key)
        version = criteria_versions.load(cast.session, cast.at("officer", moment), content=content)
        approver = cast.at("approver", moment + HOUR)
        criteria_versions.approve(cast.session, approver, version, digest=version.digest)
        loaded[key] = version
    return loaded


def _play_finished(stage: Stage, entry: RoundCategory, at: datetime, base_url: str) -> list[Certificate]:
    """Four plants applied, three were selected and certified, one stands in reserve."""
    session, cast = stage.session, stage.cast
    filed = [stage.file(plant, entry, at - (236 - 4 * number) * DAY) for number, plant in enumerate(FINISHED)]
    for number, application in enumerate(filed):
        said = JUSTIFICATION if number else COPIED
        stage.judge(application, at - (190 - 4 * number) * DAY, (0, 0, 1) if number < 2 else (1, 1, 0), said=said)
    decision = decisions.propose_selection(
        session, cast.at("officer", at - 160 * DAY), entry, exclusions={}, reason="按总分排序，名额三个。"
    )
    _approve(cast, decision, at - 158 * DAY)
    announcement = notices.propose(
        session, cast.at("officer", at - 157 * DAY), decision, reason="按程序公示，接受监督。"
    )
    _approve(cast, announcement, at - 156 * DAY)
    notice = announced.of_approval(session, announcement)
    assert notice is not None  # noqa: S101 - an approved notice is open
    notices.clear(session, cast.at("officer", notice.closes_at + HOUR), notice)
    proposal = publications.propose(
        session,
        cast.at("officer", notice.closes_at + 2 * HOUR),
        notice,
        title="污水处理绿色低碳标杆厂名单（2026年第一批，演示）",
        title_en="Benchmark wastewater plants, list of the first batch of 2026 (demonstration)",
        reason="公示期满，无异议。",
    )
    _approve(cast, proposal, notice.closes_at + DAY)
    publication = published.of_decision(session, proposal)
    assert publication is not None  # noqa: S101 - an approved list is published
    officer = cast.at("officer", notice.closes_at + 2 * DAY)
    return [
        awards.issue(session, officer, row, random_bytes=secrets.token_bytes, base_url=base_url)
        for row in publication.entries
    ]


def _revoke(cast: Cast, certificate: Certificate, moment: datetime) -> None:
    """Two people take the last certificate back."""
    revocation = awards.propose_revocation(
        cast.session,
        cast.at("officer", moment),
        certificate.award,
        reason="抽查发现申报数据与台账不符，整改后仍不达标。",
    )
    _approve(cast, revocation, moment + 2 * DAY)
    application = cast.session.get_one(Application, certificate.award.application_id)
    released(cast.session, cast.at("officer", moment + 3 * DAY), application.round_category_id)


def _play_running(stage: Stage, filed: list[Application], at: datetime) -> None:
    """Each plant stands elsewhere: waiting for the bureau, in screening, returned, under review."""
    _waiting, screened, returned, reviewed = filed
    stage.recommend(screened, at - 9 * DAY)
    _half_reviewed(stage, reviewed, at - 6 * DAY)
    _send_back(stage, returned, at - 3 * DAY)


def _send_back(stage: Stage, application: Application, moment: datetime) -> None:
    stage.recommend(application, moment)
    stage.send_back(application, moment + HOUR)


def _half_reviewed(stage: Stage, application: Application, moment: datetime) -> None:
    stage.recommend(application, moment)
    stage.screen(application, moment + HOUR)
    stage.score(application, moment + HOUR)
    first, second, third = stage.assign(application, moment + 2 * HOUR, ("reviewer1", "reviewer2", "reviewer3"))
    stage.review(application, first, 0, moment + 3 * HOUR, said=COPIED)
    stage.promise(second, moment + 3 * HOUR, days=7)
    stage.review(application, second, 1, moment + 4 * HOUR, finish=False)
    conflicts.declare_conflict(
        stage.session, stage.cast.at("reviewer3", moment + 5 * HOUR), third, reason="曾为该厂提供设计咨询。"
    )
    _tell_ties(stage, application, moment + 6 * HOUR)


def _tell_ties(stage: Stage, application: Application, moment: datetime) -> None:
    """Two experts enter what ties them to the applicant: one worked there until lately, one at a place of like name."""
    organisation = stage.session.get_one(Organisation, application.organisation_id)
    left = moment.astimezone(SHANGHAI).date() - 200 * DAY
    for key, employer, code, until in (
        ("reviewer3", organisation.name, organisation.credit_code, left),
        ("reviewer2", organisation.name.partition("有限公司")[0], "", left),
    ):
        actor, expert = stage.cast.at(key, moment), stage.cast.users[key]
        backgrounds.add_employment(stage.session, actor, expert, employer=employer, code=code, until=until)


def _welcome(stage: Stage, moment: datetime) -> None:
    """The visitor's own drafter and signatory, with a plant that has not applied yet."""
    stage.cast.applicant("signatory", "卫签署", moment)
    stage.cast.applicant("drafter", "赵填报", moment)
    organisation, _site = stage.enter(VISITOR, "signatory", moment)
    organisations.add_member(
        stage.session,
        stage.cast.at("signatory", moment + HOUR),
        organisation,
        email=stage.cast.users["drafter"].email,
        drafter=True,
        signatory=False,
    )
    organisations.answer_seat(stage.session, stage.cast.at("drafter", moment + 2 * HOUR), organisation, accepted=True)


def _approve(cast: Cast, decision: Decision, moment: datetime) -> None:
    decisions.approve(cast.session, cast.at("approver", moment), decision, digest=decision.digest, reason="同意。")
    if decision.round_category_id:
        released(cast.session, cast.at("officer", moment + HOUR / 2), decision.round_category_id)


def _come_back(stage: Stage, at: datetime) -> None:
    """One invitation that nobody has opened came back, and the office noted it."""
    rows = stage.session.scalars(
        select(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .where(Application.kind == Kind.REVIEW, Assignment.opened_at.is_(None), Assignment.ended_at.is_(None))
        .where(Assignment.message_id.is_not(None), Assignment.conflict == ConflictState.NONE)
        .where(~select(Review.id).where(Review.assignment_id == Assignment.id).exists())
        .order_by(Assignment.id.desc())
    ).all()
    for assignment in rows[:1]:
        application = stage.whole(assignment.application_id)
        invitations.note_bounce(stage.session, stage.officer(application, at), assignment)


def _deliver(session: Session, at: datetime) -> None:
    """All that was written so far counts as delivered."""
    for message in messages.queued(session):
        messages.mark_sent(message, Actor(at, worker=True))
