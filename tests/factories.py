"""Rows for tests, made directly: each function names only what its test is about, the rest is boring.

All rows are flushed, none is committed. Times are those of `NOON` unless a test says otherwise.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from argon2 import PasswordHasher
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session, object_session

from registry.domain import scoring
from registry.domain.assigning.settings import Settings
from registry.domain.assigning.settings import written as written_settings
from registry.domain.chain import digest_of
from registry.domain.criteria import CriteriaSet, load_set
from registry.domain.policy import Actor
from registry.domain.results import Item, Score, State
from registry.domain.ties.values import Decision as Judgement
from registry.domain.vocabulary import (
    AwardStatus,
    CategoryOutcome,
    ConflictState,
    CriteriaStatus,
    DecisionKind,
    DecisionStatus,
    FilingKind,
    Kind,
    Level,
    LikenessKind,
    MeetingMethod,
    ObjectionStatus,
    OrganisationKind,
    PartyRole,
    PlanKind,
    PlanState,
    QuotaPurpose,
    Result,
    ReviewStatus,
    Role,
    RoundStatus,
    ScanState,
    SeatStatus,
    SiteKind,
    Standing,
    Status,
    TaskKind,
    TaskState,
    Track,
    UserStatus,
)
from registry.domain.whatif.frozen import frame_of
from registry.models import (
    Answer,
    Application,
    Assignment,
    AssignmentPlan,
    Award,
    Base,
    Category,
    Certificate,
    CriteriaVersion,
    Decision,
    DeclaredTie,
    Document,
    Dossier,
    Employment,
    Entry,
    Evaluation,
    Evidence,
    Filing,
    Grant,
    Issuer,
    LikenessFinding,
    LikenessParty,
    LikenessVerdict,
    Mark,
    Meeting,
    MeetingOpinion,
    Membership,
    Notice,
    NumberSeries,
    Objection,
    Organisation,
    Outcome,
    PlannedPair,
    Programme,
    ProgrammeIssuer,
    Publication,
    Quota,
    QuotaRule,
    Recommendation,
    Region,
    Reply,
    Review,
    ReviewerProfile,
    ReviewRemark,
    Round,
    RoundCategory,
    RouteStep,
    Site,
    SiteParty,
    SiteVisit,
    Task,
    TieVerdict,
    User,
    VisitPhoto,
)
from registry.queries import actors, applications, criteria_versions
from registry.services import meetings

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # twelve o'clock in Beijing
PASSWORD = "correct horse battery"
ROUTE = (
    Kind.FILING,
    Kind.RECOMMENDATION,
    Kind.SCREENING,
    Kind.SCORING,
    Kind.REVIEW,
    Kind.DELIBERATION,
    Kind.NOTICE,
    Kind.PUBLICATION,
    Kind.CERTIFICATE,
)
CONTENT = """\
key: tiny
version: "1"
title: {zh: 示例标准集, en: Example set}
rules: {places: 2, panel: {rule: mean, reviewers: 1}, source: default}
grades: [{key: pass, points: 60, title: {zh: 通过, en: Pass}, source: default}]
inputs:
  - {key: licensed, kind: yes_no, title: {zh: 持证, en: Licensed}}
  - {key: reused, kind: number, title: {zh: 再生水率, en: Water reused}, unit: "%", limits: {min: 0, max: 100}}
gates:
  - {key: licence, kind: gate, title: {zh: 许可, en: Licence}, formula: licensed, clauses: []}
sections:
  - key: water
    title: {zh: 水, en: Water}
    indicators:
      - key: reuse
        kind: measure
        title: {zh: 再生利用, en: Reuse}
        points: 60
        formula: reused
        curve: "0:0% → 100:100%"
        clauses: []
        source: default
      - key: novelty
        kind: panel
        title: {zh: 先进性, en: Novelty}
        points: 40
        levels: [{points: 0, zh: 无, en: None}, {points: 40, zh: 领先, en: Leading}]
        clauses: []
        source: default
"""
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
_numbers = count(1)
Row = TypeVar("Row", bound=Base)


def added(session: Session, row: Row) -> Row:
    """Add a row and flush it, so that it has its number."""
    session.add(row)
    session.flush()
    return row


# People


def user(session: Session, *, name: str = "张三", email: str | None = None, **columns: Any) -> User:
    """A person with an account, whose password is PASSWORD."""
    given = {"status": UserStatus.ACTIVE, "password_hash": _HASH, "language": "zh", "created_at": NOON, **columns}
    given.setdefault("confirmed_at", NOON)
    return added(session, User(name=name, email=email or f"person{next(_numbers)}@example.cn", **given))


def grant(
    session: Session,
    person: User,
    role: Role,
    *,
    programme: Programme | None = None,
    region: Region | None = None,
    **columns: Any,
) -> Grant:
    """A role of a person, in the whole installation unless a programme is named."""
    if role is Role.RECOMMENDER and region is None:
        region = _region(session)
    row = Grant(
        user_id=person.id,
        role=role,
        programme_id=programme.id if programme else None,
        region_key=region.key if region else None,
        **{"granted_at": NOON, **columns},
    )
    return added(session, row)


def persona(
    session: Session,
    role: Role,
    *,
    programme: Programme | None = None,
    region: Region | None = None,
    organisation: Organisation | None = None,
    **columns: Any,
) -> User:
    """A person who acts in a role: with a seat for applicants, with a grant for the others."""
    person = user(session, **columns)
    if role in (Role.DRAFTER, Role.SIGNATORY):
        seat(
            session,
            person,
            organisation or _organisation(session, region=region),
            drafter=role is Role.DRAFTER,
            signatory=role is Role.SIGNATORY,
        )
    elif role is not Role.PERSON:
        grant(session, person, role, programme=programme, region=region)
    return person


def actor(session: Session, person: User | None, at: datetime = NOON) -> Actor:
    """The actor that a service is given for a person; for None, anybody."""
    session.flush()
    return actors.load(session, person, at)


def worker(at: datetime = NOON) -> Actor:
    """The portal itself at work."""
    return Actor(at, worker=True)


# Places and organisations


def region(session: Session, key: str | None = None, *, within: Region | None = None, **columns: Any) -> Region:
    """A region; without a parent it stands alone."""
    number = next(_numbers)
    given = {"level": Level.DISTRICT, "name": f"第{number}区", "name_en": f"District {number}", "position": number}
    row = Region(key=key or f"region-{number}", parent_key=within.key if within else None, **{**given, **columns})
    return added(session, row)


def organisation(session: Session, *, region: Region | None = None, **columns: Any) -> Organisation:
    """A confirmed enterprise."""
    number = next(_numbers)
    given = {
        "name": f"第{number}水务有限公司",
        "name_en": f"Water Works {number}",
        "credit_code": f"91440300MA5F{number:06d}",
        "legal_representative": "李四",
        "kind": OrganisationKind.ENTERPRISE,
        "status": Standing.CONFIRMED,
        "created_at": NOON,
    }
    where = region or _region(session)
    return added(session, Organisation(region_key=where.key, **{**given, **columns}))


def seat(
    session: Session,
    person: User,
    organisation: Organisation,
    *,
    drafter: bool = True,
    signatory: bool = True,
    status: SeatStatus = SeatStatus.ACTIVE,
    ended_at: datetime | None = None,
) -> Membership:
    """A person's place in an organisation."""
    row = Membership(
        organisation_id=organisation.id,
        user_id=person.id,
        drafter=drafter,
        signatory=signatory,
        status=status,
        created_at=NOON,
        ended_at=ended_at,
    )
    return added(session, row)


def site(
    session: Session, *, organisation: Organisation | None = None, region: Region | None = None, **columns: Any
) -> Site:
    """A confirmed plant with its operator, in the operator's region unless another is named."""
    number = next(_numbers)
    operator = organisation or _organisation(session, region=region)
    given = {
        "kind": SiteKind.PLANT,
        "name": f"第{number}水质净化厂",
        "name_en": f"Plant {number}",
        "status": Standing.CONFIRMED,
        "created_at": NOON,
    }
    where = region.key if region else operator.region_key
    row = added(session, Site(region_key=where, **{**given, **columns}))
    party = SiteParty(site_id=row.id, organisation_id=operator.id, role=PartyRole.OPERATOR, since=date(2020, 1, 1))
    added(session, party)
    return row


def employment(session: Session, person: User, employer: str, *, code: str = "", **columns: Any) -> Employment:
    """Where somebody works, by the name and perhaps the credit code, since a time nobody knows."""
    row = Employment(user_id=person.id, employer=employer, credit_code=code, **{"entered_at": NOON, **columns})
    return added(session, row)


def declared_tie(session: Session, person: User, **columns: Any) -> DeclaredTie:
    """A tie that somebody declared, to an organisation that nobody knows."""
    given = {"organisation": "无名咨询有限公司", "words": "持有股份", "entered_at": NOON, **columns}
    return added(session, DeclaredTie(user_id=person.id, **given))


def tie_verdict(session: Session, application: Application, person: User, **columns: Any) -> TieVerdict:
    """A tie of somebody to an application that was dismissed."""
    given = {"fingerprint": "0" * 32, "of_organisations": False, "way": ["甲", "乙"], **_dismissed(session), **columns}
    programme_id = application.round_category.round.programme_id
    row = TieVerdict(application_id=application.id, user_id=person.id, programme_id=programme_id, **given)
    return added(session, row)


def likeness_verdict(session: Session, finding: LikenessFinding, **columns: Any) -> LikenessVerdict:
    """A likeness that was dismissed."""
    given = {**_dismissed(session), **columns}
    return added(session, LikenessVerdict(finding_id=finding.id, fingerprint=finding.fingerprint, **given))


def _dismissed(session: Session) -> dict[str, Any]:
    by = _user(session).id
    return {"decision": Judgement.DISMISSED, "reason": "核实后无影响", "judged_by_id": by, "judged_at": NOON}


def likeness(session: Session, round_id: int, applications: Iterable[int], **columns: Any) -> LikenessFinding:
    """A file that several applications hold."""
    numbers = list(applications)
    given: dict[str, Any] = {
        "fingerprint": hashlib.sha256(str(next(_numbers)).encode()).hexdigest(),
        "kind": LikenessKind.FILE,
        "why": ["other_applicant"],
        "measure": {"applications": len(numbers)},
        "content": {"sides": [{"application": number, "name": "报告.pdf"} for number in numbers]},
        "found_at": NOON,
        **columns,
    }
    parties = [LikenessParty(application_id=number) for number in numbers]
    return added(session, LikenessFinding(round_id=round_id, parties=parties, **given))


# Programmes and rounds


def country(session: Session) -> Region:
    """The country, in which everything lies."""
    return session.get(Region, "cn") or region(session, "cn", level=Level.COUNTRY, name="全国", name_en="China")


def programme(session: Session, **columns: Any) -> Programme:
    """A programme with its document and one issuer."""
    number = next(_numbers)
    document = Document(
        key=f"D{number}", title="通知", title_en="Notice", issued_by="生态环境局", issued_by_en="Environment Bureau"
    )
    added(session, document)
    given = {
        "key": f"programme-{number}",
        "name": f"第{number}标杆项目",
        "name_en": f"Benchmark projects {number}",
        "document_key": document.key,
        "issuer_prefix": "SZ",
        "code": f"P{number}",
        "years_valid": 3,
        "region_key": country(session).key,
    }
    row = added(session, Programme(**{**given, **columns}))
    where = _region(session, level=Level.CITY)
    authority = Issuer(
        key=f"issuer-{number}", name="生态环境局", name_en="Environment Bureau", level=Level.CITY, region_key=where.key
    )
    added(session, authority)
    added(session, ProgrammeIssuer(programme_id=row.id, position=1, issuer_id=authority.id))
    return row


def category(session: Session, *, programme: Programme | None = None, **columns: Any) -> Category:
    """A category of a programme."""
    number = next(_numbers)
    given = {
        "key": f"C-{number}",
        "name": "污水处理",
        "name_en": "Wastewater",
        "clause_ref": "一",
        "outcome": CategoryOutcome.CERTIFICATE,
    }
    whose = programme or _programme(session)
    return added(session, Category(programme_id=whose.id, **{**given, **columns}))


def criteria_version(session: Session, *, content: str = CONTENT, **columns: Any) -> CriteriaVersion:
    """An approved version of the example set: a gate, a measure of 60 points, a panel of 40."""
    given: dict[str, Any] = {
        "key": "tiny",
        "number": next(_numbers),
        "title": "示例标准集",
        "title_en": "Example set",
        "digest": hashlib.sha256(content.encode()).hexdigest(),
        "status": CriteriaStatus.APPROVED,
        "prepared_at": NOON,
        **columns,
    }
    if "prepared_by_id" not in given:
        given["prepared_by_id"] = _user(session).id
    if given["status"] is not CriteriaStatus.DRAFT and "approved_by_id" not in given:
        given |= {"approved_by_id": _user(session).id, "approved_at": NOON}
    return added(session, CriteriaVersion(content=content, **given))


def round_(session: Session, *, programme: Programme | None = None, **columns: Any) -> Round:
    """An open round, from a day before NOON to a month after it."""
    given: dict[str, Any] = {
        "title": "2026年第一批",
        "title_en": "First round of 2026",
        "year": 2026,
        "opens_at": NOON - timedelta(days=1),
        "closes_at": NOON + timedelta(days=30),
        "status": RoundStatus.OPENED,
        "one_person_may_sign": True,
        **columns,
    }
    whose = programme or _programme(session)
    if "prepared_by_id" not in given:
        given["prepared_by_id"] = _user(session).id
    return added(session, Round(programme_id=whose.id, **given))


def round_category(
    session: Session,
    *,
    round_: Round | None = None,
    category: Category | None = None,
    criteria_version: CriteriaVersion | None = None,
    route: Iterable[Kind] = ROUTE,
    quota: int | None = 1,
    pinned: bool = True,
    steps: Mapping[Kind | int, Mapping[str, Any]] | None = None,
    limits: Iterable[Mapping[str, Any]] = (),
    rules: Iterable[Mapping[str, Any]] = (),
    **columns: Any,
) -> RoundCategory:
    """A category in a round, with its route, its pinned criteria and a quota of awards.

    `steps` are columns of the stages of a kind, or of the stage at a position of the route;
    `limits` are columns of further quotas of the category, of what bureaus may recommend unless they name a purpose;
    `rules` are columns of quota rules of its round.
    """
    intake = round_ or _round(session, programme=session.get(Programme, category.programme_id) if category else None)
    version = criteria_version or _criteria_version(session)
    what = category or _category(session, programme=session.get_one(Programme, intake.programme_id))
    pin = {"pinned_content": version.content, "pinned_digest": version.digest, "pinned_factors": {}}
    row = RoundCategory(
        round_id=intake.id,
        category_id=what.id,
        criteria_version_id=version.id,
        **{"track": Track.COMPETITION, "settings": {"gates": {}}, **columns},
    )
    added(session, row)
    for position, kind in enumerate(route):
        filing = FilingKind.APPLICATION if kind is Kind.FILING else None
        given = {"parameters": {}, "filing": filing, **(steps or {}).get(kind, {}), **(steps or {}).get(position, {})}
        session.add(RouteStep(round_category_id=row.id, position=position, kind=kind, **given))
    award = Quota(round_id=intake.id, category_id=what.id, purpose=QuotaPurpose.AWARD, number=quota)
    added(session, award)
    for limit in limits:
        given = {"category_id": what.id, "purpose": QuotaPurpose.RECOMMEND, **limit}
        added(session, Quota(round_id=intake.id, **given))
    for rule in rules:
        added(session, QuotaRule(round_id=intake.id, **rule))
    if pinned:
        _write(session, row, **pin)
    return row


# Applications


def application(
    session: Session,
    *,
    round_category: RoundCategory | None = None,
    site: Site | None = None,
    organisation: Organisation | None = None,
    kind: Kind = Kind.FILING,
    status: Status | None = None,
    answers: Mapping[str, Any] | None = None,
    **columns: Any,
) -> Application:
    """An application at a kind of stage, loaded with all around it; past the filing it is submitted."""
    where = round_category or _round_category(session)
    whose = organisation or _organisation(session)
    row = Application(
        round_category_id=where.id,
        site_id=(site or _site(session, organisation=whose)).id,
        organisation_id=whose.id,
        started_at=columns.pop("started_at", NOON),
        started_by_id=columns.pop("started_by_id", None) or _user(session).id,
    )
    added(session, row)
    place = {"kind": kind, "position": _position(session, where, kind), **_standing(session, kind, status), **columns}
    revision = 1 if answers else 0
    submitted = revision if place.get("submitted_at") is not None else None
    filing = Filing(
        application_id=row.id,
        site_id=row.site_id,
        kind=_first_filing(session, where),
        revision=revision,
        submitted_revision=submitted,
        submitted_at=place.get("submitted_at"),
    )
    added(session, filing)
    for key, value in (answers or {}).items():
        declared = Answer(
            filing_id=filing.id, key=key, revision=1, value=value, saved_by_id=row.started_by_id, saved_at=NOON
        )
        added(session, declared)
    # Only now, because the database takes no answer of an application that was handed in.
    _write(session, row, **place)
    return session.scalars(
        applications.whole().where(Application.id == row.id).execution_options(populate_existing=True)
    ).one()


def filing_of(session: Session, application: Application) -> Filing:
    """The current filing of an application."""
    return session.scalars(select(Filing).where(Filing.application_id == application.id, Filing.current)).one()


def evidence(session: Session, application: Application, **columns: Any) -> Evidence:
    """An uploaded file of an application, without bytes in a store."""
    number = next(_numbers)
    given = {
        "name": f"附件{number}.pdf",
        "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
        "size": 1000,
        "media_type": "application/pdf",
        "scan_state": ScanState.NO_SCANNER,
        "uploaded_by_id": application.started_by_id,
        "uploaded_at": NOON,
    }
    row = Evidence(filing_id=filing_of(session, application).id, **{**given, **columns})
    with _at_its_filing(session, application):
        return added(session, row)


def recommendation(session: Session, application: Application, **columns: Any) -> Recommendation:
    """A bureau's favourable opinion."""
    given: dict[str, Any] = {
        "position": 1,
        "level": Level.DISTRICT,
        "in_favour": True,
        "opinion": "同意推荐",
        "recommended_at": NOON,
        **columns,
    }
    if "region_key" not in given:
        given["region_key"] = session.get_one(Site, application.site_id).region_key
    if "recommended_by_id" not in given:
        given["recommended_by_id"] = _user(session).id
    return added(session, Recommendation(application_id=application.id, **given))


# Reviews


def assignment(
    session: Session, application: Application, *, reviewer: User | None = None, **columns: Any
) -> Assignment:
    """A reviewer on an application, without a conflict."""
    given: dict[str, Any] = {"label": "A", "conflict": ConflictState.NONE, "assigned_at": NOON, **columns}
    if "assigned_by_id" not in given:
        given["assigned_by_id"] = _user(session).id
    who = reviewer or persona(session, Role.REVIEWER)
    return added(session, Assignment(application_id=application.id, reviewer_id=who.id, **given))


def reviewer(
    session: Session,
    *,
    fields: Iterable[str] = ("tiny",),
    most: int | None = None,
    region: Region | None = None,
    **columns: Any,
) -> User:
    """A reviewer of whom it is known what they can judge, how much at a time, and where they are."""
    person = persona(session, Role.REVIEWER, **columns)
    place = region.key if region else None
    added(session, ReviewerProfile(user_id=person.id, fields=[*fields], most=most, region_key=place))
    return person


def assignment_plan(
    session: Session, round_: Round, pairs: Iterable[tuple[Application, User]] = (), **columns: Any
) -> AssignmentPlan:
    """A plan of a round that waits, each of its pairs with a field that fits."""
    chosen = [(application.id, person.id) for application, person in pairs]
    given: dict[str, Any] = {
        "kind": PlanKind.SOLVER,
        "state": PlanState.DRAFTED,
        "seed": "1",
        "settings": written_settings(Settings("1")),
        "digest": "ab" * 32,
        "content": {
            "applications": len({application for application, _person in chosen}),
            "places": len(chosen),
            "filled": len(chosen),
            "matches": {"3": len(chosen)},
            "loads": [[number, 0, 1, 20] for _application, number in chosen],
            "gaps": [],
            "widened": 0,
            "wanting": None,
        },
        "weighed": {},
        "faults": [],
        "drawn_up_at": NOON,
        **columns,
    }
    if "drawn_up_by_id" not in given:
        given["drawn_up_by_id"] = _user(session).id
    plan = added(session, AssignmentPlan(round_id=round_.id, **given))
    for application, person in chosen:
        pair = PlannedPair(plan_id=plan.id, application_id=application, reviewer_id=person, match=3, load=1)
        added(session, pair)
    return plan


def review(
    session: Session,
    assignment: Assignment,
    *,
    marks: Mapping[str, str] | None = None,
    status: ReviewStatus = ReviewStatus.STARTED,
) -> Review:
    """A reviewer's work, with marks as {indicator: points}."""
    row = added(session, Review(assignment_id=assignment.id, status=ReviewStatus.STARTED, started_at=NOON))
    for indicator, points in (marks or {}).items():
        mark = Mark(
            review_id=row.id,
            indicator=indicator,
            points=Decimal(points),
            justification="理由充分",
            marked_at=NOON,
        )
        added(session, mark)
    if status is ReviewStatus.FINISHED:
        _write(session, row, status=status, finished_at=NOON)
    return row


def remark(session: Session, application: Application, assignment: Assignment | None, words: str) -> ReviewRemark:
    """What a reviewer, or the office where there is no assignment, said in the discussion."""
    who = assignment.reviewer_id if assignment else _user(session).id
    number = assignment.id if assignment else None
    row = ReviewRemark(application_id=application.id, assignment_id=number, made_by_id=who, made_at=NOON, words=words)
    return added(session, row)


def evaluation(
    session: Session, application: Application, *, total: str | None = "80.00", **columns: Any
) -> Evaluation:
    """Frozen figures of an application, after its review unless another stage is named.

    What is given of the result stands in a whole one, as a score is kept.
    """
    where = session.get_one(RoundCategory, application.round_category_id)
    result = {**result_of(where, total), **columns.pop("result", {})}
    given: dict[str, Any] = {
        "stage": Kind.REVIEW,
        "criteria_digest": where.pinned_digest or "",
        "factors": {},
        "input_digest": digest_of({}),
        "inputs": {},
        "marks": {},
        "result": result,
        "total": Decimal(total) if total else None,
        "grade": "pass" if total else None,
        "evaluated_at": NOON,
        **columns,
    }
    if "evaluated_by_id" not in given:
        given["evaluated_by_id"] = _user(session).id
    return added(session, Evaluation(filing_id=filing_of(session, application).id, **given))


def result_of(where: RoundCategory, total: str | None = "80.00") -> dict[str, Any]:
    """A total as a score by the criteria of a round category is kept: every indicator earned the same share."""
    criteria = _pinned(where)
    points = Decimal(total) if total else None
    share, none = (points or Decimal(0)) / 100, Decimal(0)
    columns, step = (frame_of(criteria).columns, Decimal(1).scaleb(-criteria.rules.places)) if criteria else ((), none)
    return Score(
        set=criteria.key if criteria else "tiny",
        version=criteria.version if criteria else "1",
        gates_on={},
        factors={},
        eligible=True,
        complete=True,
        withheld=None,
        base=points,
        bonus=none,
        deduction=none,
        total=points,
        grade="pass" if total else None,
        sections=(),
        gates=(),
        items=tuple(
            Item(one.key, "", State.SCORED, (one.maximum * share).quantize(step), one.maximum) for one in columns
        ),
        ties=(),
    ).as_dict()


def _pinned(where: RoundCategory) -> CriteriaSet | None:
    session = object_session(where)
    if session is None or where.pinned_content is None:
        return None
    factors = where.pinned_factors or {}
    return criteria_versions.read(session, where.pinned_content, source="pinned", factors=factors, stored=True)


def judged(
    session: Session, where: RoundCategory, *, reused: str, marks: Mapping[User, str], **columns: Any
) -> Application:
    """An application in deliberation, scored by the example set from its answer and what each reviewer gave."""
    row = application(session, round_category=where, kind=Kind.DELIBERATION, **columns)
    labels = {chr(ord("A") + place): reviewer for place, reviewer in enumerate(marks)}
    for label, reviewer in labels.items():
        given_to = assignment(session, row, reviewer=reviewer, label=label)
        review(session, given_to, marks={"novelty": marks[reviewer]}, status=ReviewStatus.FINISHED)
    answers = {
        "context": {"category": "plants", "region": "cn", "year": 2026, "track": "competition", "base_year": None},
        "settings": {"gates": {}, "factors": {}},
        "inputs": {"licensed": True, "reused": reused},
        "not_applicable": {},
    }
    given = {"novelty": {label: marks[reviewer] for label, reviewer in labels.items()}}
    found = scoring.score(load_set(where.pinned_content or "", source="tiny"), answers, given)
    evaluation(
        session,
        row,
        total=str(found.total),
        inputs=answers,
        marks=given,
        input_digest=digest_of([answers, given]),
        result=found.as_dict(),
        grade=found.grade,
    )
    return row


# What people saw and said before a decision


def site_visit(session: Session, application: Application, **columns: Any) -> SiteVisit:
    """The record of a visit at the stage where an application stands, not concluded unless a time is named."""
    given: dict[str, Any] = {
        "position": application.position,
        "visited_on": date(2026, 3, 2),
        "team": [{"name": "陈华", "unit": "省生态环境厅"}],
        "met": [],
        "findings": "现场与申报材料一致，设施运行正常。",
        "recorded_at": NOON,
        **columns,
    }
    if "recorded_by_id" not in given:
        given["recorded_by_id"] = _user(session).id
    return added(session, SiteVisit(application_id=application.id, **given))


def visit_photo(session: Session, visit: SiteVisit, **columns: Any) -> VisitPhoto:
    """A photograph of a visit, without bytes in a store."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "name": f"现场{number}.jpg",
        "caption": "曝气池",
        "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
        "size": 1000,
        "media_type": "image/jpeg",
        "added_at": NOON,
        **columns,
    }
    if "added_by_id" not in given:
        given["added_by_id"] = _user(session).id
    return added(session, VisitPhoto(visit_id=visit.id, **given))


def finished_task(session: Session, person: User, *, publication: Publication, **columns: Any) -> Task:
    """An issue of certificates that a person asked for and that is done, without bytes in a store."""
    given: dict[str, Any] = {
        "kind": TaskKind.ISSUE,
        "key": f"issue:{publication.id}",
        "language": "zh",
        "subject_id": publication.id,
        "parameters": {"entries": [1]},
        "asked_at": NOON,
        "state": TaskState.DONE,
        "done": 1,
        "total": 1,
        "outcomes": [{"entry": 1, "certificate": 1}],
        "failure_values": {},
        "ended_at": NOON,
        "kept_until": NOON + timedelta(days=14),
        "name": "certificates-1.zip",
        "sha256": hashlib.sha256(str(next(_numbers)).encode()).hexdigest(),
        "size": 1000,
        "media_type": "application/zip",
        **columns,
    }
    return added(session, Task(asked_by_id=person.id, **given))


def meeting(session: Session, round_category: RoundCategory, opinions: Mapping[int, bool], **columns: Any) -> Meeting:
    """The record of a meeting of three that voted: two to one for what it supports, by application, and against."""
    given: dict[str, Any] = {
        "held_on": date(2026, 3, 2),
        "place": "省厅 301 会议室",
        "chair": "陈华",
        "present": [
            {"name": name, "unit": "省生态环境厅", "part": part}
            for name, part in (("陈华", "chair"), ("李明", "member"), ("王芳", "member"))
        ],
        "recusals": [],
        "method": MeetingMethod.VOTE,
        "conclusion": "按得分和现场情况逐项评议。",
        "recorded_at": NOON,
        **columns,
    }
    if "recorded_by_id" not in given:
        given["recorded_by_id"] = _user(session).id
    rows = [
        MeetingOpinion(
            application_id=number,
            supported=supported,
            in_favour=2 if supported else 1,
            against=1 if supported else 2,
            abstained=0,
            reason="" if supported else "数据来源不清，论证不足。",
        )
        for number, supported in opinions.items()
    ]
    row = Meeting(round_category_id=round_category.id, opinions=rows, **given)
    row.digest = digest_of(meetings.content_of(row))
    return added(session, row)


# Decisions and what comes of them


def decision(
    session: Session,
    round_category: RoundCategory,
    *,
    kind: DecisionKind = DecisionKind.SELECTION,
    status: DecisionStatus = DecisionStatus.APPROVED,
    content: Mapping[str, Any] | None = None,
    **columns: Any,
) -> Decision:
    """A decision by two people, approved unless another status is named."""
    intake = session.get_one(Round, round_category.round_id)
    body = dict(content or {"number": next(_numbers)})
    given: dict[str, Any] = {"digest": digest_of(body), "reason": "按得分排序", "proposed_at": NOON, **columns}
    if "proposed_by_id" not in given:
        given["proposed_by_id"] = _user(session).id
    if status is not DecisionStatus.PROPOSED and "decided_by_id" not in given:
        given |= {"decided_by_id": _user(session).id, "decided_at": NOON, "decided_digest": given["digest"]}
    row = Decision(
        kind=kind,
        programme_id=intake.programme_id,
        round_category_id=round_category.id,
        content=body,
        status=status,
        **given,
    )
    return added(session, row)


def outcome(
    session: Session,
    decision: Decision,
    application: Application,
    *,
    result: Result = Result.SELECTED,
    **columns: Any,
) -> Outcome:
    """What a decision says of an application."""
    given = {"rank": 1, "total": Decimal("80.00"), "reason": "" if result is not Result.EXCLUDED else "材料不实"}
    if result is Result.RESERVED:
        given |= {"reserve_order": 1, "reserve_until": date(2027, 3, 2)}
    row = Outcome(decision_id=decision.id, application_id=application.id, result=result, **{**given, **columns})
    return added(session, row)


def notice(session: Session, decision: Decision, **columns: Any) -> Notice:
    """A public notice of a selection, open from NOON for a week."""
    given: dict[str, Any] = {
        "opens_at": NOON,
        "closes_at": NOON + timedelta(days=7),
        "working_days": 5,
        "entries": [],
        **columns,
    }
    if "opened_by_id" not in given:
        given["opened_by_id"] = _user(session).id
    if "position" not in given:
        given["position"] = _position(session, session.get_one(RoundCategory, decision.round_category_id), Kind.NOTICE)
    row = Notice(
        decision_id=decision.id,
        round_category_id=decision.round_category_id,
        digest=digest_of(given["entries"]),
        **given,
    )
    return added(session, row)


def objection(session: Session, notice: Notice, application: Application, **columns: Any) -> Objection:
    """An objection in name that is not answered yet, a week before it is late."""
    number = next(_numbers)
    given = {
        "name": "王五",
        "contact": "13800000000",
        "statement": "数据与公开信息不符",
        "receipt": f"OBJ-{number:06d}",
        "status": ObjectionStatus.OPEN,
        "raised_at": NOON,
        "anonymous": False,
        "answer_due_at": columns.get("raised_at", NOON) + timedelta(days=7),
    }
    row = Objection(notice_id=notice.id, application_id=application.id, **{**given, **columns})
    return added(session, row)


def reply(session: Session, objection: Objection, *, upheld: bool = False, **columns: Any) -> Reply:
    """The answer to an objection, which is dismissed unless it is upheld, by an approved decision then."""
    given: dict[str, Any] = {"text": "经核实，数据属实", "replied_at": NOON, **columns}
    if "replied_by_id" not in given:
        given["replied_by_id"] = _user(session).id
    if upheld and "decision_id" not in given:
        given["decision_id"] = _removal(session, objection, given["text"]).id
    objection.status = ObjectionStatus.UPHELD if upheld else ObjectionStatus.DISMISSED
    return added(session, Reply(objection_id=objection.id, upheld=upheld, **given))


def _removal(session: Session, objection: Objection, words: str) -> Decision:
    where = session.get_one(RoundCategory, session.get_one(Notice, objection.notice_id).round_category_id)
    content = {"objection": objection.id, "notice": objection.notice_id, "application": objection.application_id}
    return decision(session, where, kind=DecisionKind.REMOVAL, content=content, reason=words)


def publication(session: Session, decision: Decision, **columns: Any) -> Publication:
    """A published list without entries."""
    given = {"title": "公布名单", "title_en": "Published list", "published_at": NOON, "digest": digest_of([])}
    row = Publication(decision_id=decision.id, round_category_id=decision.round_category_id, **{**given, **columns})
    return added(session, row)


def entry(session: Session, publication: Publication, application: Application | None, **columns: Any) -> Entry:
    """A line of a published list."""
    given = {"position": 1, "content": {"site": {"zh": "水质净化厂", "en": "Plant"}}}
    row = Entry(
        publication_id=publication.id,
        application_id=application.id if application else None,
        **{**given, **columns},
    )
    return added(session, row)


def award(session: Session, application: Application, *, year: int = 2026, **columns: Any) -> Award:
    """A valid award with the next number of its programme and year."""
    where = session.get_one(RoundCategory, application.round_category_id)
    whose = session.get_one(Programme, session.get_one(Round, where.round_id).programme_id)
    series = session.get(NumberSeries, (whose.id, year))
    if series is None:
        series = added(session, NumberSeries(programme_id=whose.id, year=year, last=0))
    series.last += 1
    given: dict[str, Any] = {
        "number": f"{whose.issuer_prefix}-{whose.code}-{year}-{series.last:04d}",
        "serial": series.last,
        "status": AwardStatus.VALID,
        "valid_from": date(year, 3, 2),
        "valid_until": date(year + whose.years_valid, 3, 1),
        **columns,
    }
    row = Award(
        programme_id=whose.id,
        year=year,
        application_id=application.id,
        site_id=application.site_id,
        organisation_id=application.organisation_id,
        category_id=where.category_id,
        **given,
    )
    return added(session, row)


def certificate(session: Session, award: Award, *, content: bytes = b"%PDF-1.7 example", **columns: Any) -> Certificate:
    """The first edition of an award's certificate."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "edition": 1,
        "code": f"CODE{number:08d}",
        "status_index": number,
        "sha256": hashlib.sha256(content).hexdigest(),
        "issued_at": NOON,
        **columns,
    }
    if "issued_by_id" not in given:
        given["issued_by_id"] = _user(session).id
    return added(session, Certificate(award_id=award.id, content=content, **given))


def archived(session: Session, round_: Round, **columns: Any) -> Round:
    """Archive a round, whatever stands in the way."""
    given: dict[str, Any] = {"archived_at": NOON, **columns}
    if "archived_by_id" not in given:
        given["archived_by_id"] = _user(session).id
    for name, value in given.items():
        setattr(round_, name, value)
    session.flush()
    return round_


def dossier(session: Session, round_category: RoundCategory, **columns: Any) -> Dossier:
    """The dossier of a category of an archived round, without bytes in a store."""
    given: dict[str, Any] = {
        "digest": digest_of(next(_numbers)),
        "code": "0.1.0",
        "evaluations": 1,
        "selections": 1,
        "written_at": NOON,
        **{f"{kind}_sha256": digest_of(next(_numbers)) for kind in ("json", "xlsx", "pdf")},
        **{f"{kind}_size": 1000 for kind in ("json", "xlsx", "pdf")},
        **columns,
    }
    return added(session, Dossier(round_category_id=round_category.id, **given))


def _write(session: Session, row: Base, **columns: Any) -> None:
    """Change columns of a row as happens to it later, without counting a version."""
    table = type(row)
    where = inspect(table).primary_key[0] == inspect(row).identity[0]
    session.execute(update(table).where(where).values(**columns), execution_options={"synchronize_session": False})
    session.refresh(row, list(columns))


@contextmanager
def _at_its_filing(session: Session, application: Application) -> Iterator[None]:
    """Have an application back at its filing for a moment: later the database takes nothing into it."""
    stood = session.execute(
        select(Application.kind, Application.position, Application.status).where(Application.id == application.id)
    ).one()
    here = update(Application).where(Application.id == application.id)
    unseen = {"synchronize_session": False}
    if stood.kind is Kind.FILING:
        yield
        return
    session.execute(here.values(kind=Kind.FILING, position=0, status=Status.RETURNED), execution_options=unseen)
    yield
    session.execute(here.values(stood._asdict()), execution_options=unseen)


def _first_filing(session: Session, where: RoundCategory) -> FilingKind:
    """What the route asks to be filed first."""
    first = select(RouteStep.filing).where(RouteStep.round_category_id == where.id, RouteStep.position == 0)
    return session.scalar(first) or FilingKind.APPLICATION


def _position(session: Session, where: RoundCategory, kind: Kind) -> int:
    """Where a kind of stage stands on a route; the first of it, where it recurs."""
    found = select(RouteStep.position).where(RouteStep.round_category_id == where.id, RouteStep.kind == kind)
    return session.scalars(found.order_by(RouteStep.position).limit(1)).one()


def _standing(session: Session, kind: Kind, status: Status | None) -> dict[str, Any]:
    """The status that is usual at a kind of stage, and what a submitted application carries."""
    if kind is Kind.FILING and status in (None, Status.DRAFTED):
        return {"status": Status.DRAFTED}
    usual = Status.WAITING
    if kind in (Kind.NOTICE, Kind.PUBLICATION, Kind.CERTIFICATE):
        usual = Status.SELECTED
    number = next(_numbers)
    return {
        "status": status or usual,
        "submitted_at": NOON,
        "submitted_by_id": _user(session).id,
        "receipt": f"R{number:08d}",
        "content_digest": digest_of({"number": number}),
        "applicant": {"name": "水务有限公司"},
        **({"barred_until": date(2029, 3, 2)} if status is Status.BARRED else {}),
    }


# Parameters hide the functions of the same name; these names reach them.
_user, _region, _organisation, _site, _programme = user, region, organisation, site, programme
_category, _criteria_version, _round, _round_category = category, criteria_version, round_, round_category
