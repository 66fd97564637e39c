"""How the assignment of a round stands: its categories, its applications, the loads, and why one and not another."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from registry.domain.assigning.grounds import known, why
from registry.domain.assigning.settings import Settings, settings_of
from registry.domain.assigning.values import Case, Duo, Figures, Load, Plan, Verdict
from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action
from registry.models import Application, Assignment, AssignmentPlan, PlannedPair, ReviewerProfile, Round, Site, User
from registry.queries import assigning, assignment_plans, candidates, disagreements, pages, reviews
from registry.queries.pages import FIRST, Asked, By, Page


@dataclass(frozen=True, slots=True)
class Field:
    """A category of a round under review: what is open there, and the experts who can judge it with their room."""

    round_category_id: int
    key: str
    needed: int
    under_review: int
    lacking: int
    open_places: int
    experts: int
    room: int


@dataclass(frozen=True, slots=True)
class Row:
    """An application under review: who is there, whom a plan that waits brings in, who left, and what stays open."""

    application: Application
    there: list[Assignment]
    left: list[Assignment]
    planned: list[PlannedPair]
    needed: int

    @property
    def missing(self) -> int:
        """How many places stay open."""
        return max(0, self.needed - len(self.there) - len(self.planned))


@dataclass(frozen=True, slots=True)
class Burden:
    """A reviewer with what is open now, what a plan that waits adds, and the limit, None where none is known."""

    user: User
    profile: ReviewerProfile | None
    before: int
    after: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A reviewer for one application, with the verdict on the pair."""

    user: User
    verdict: Verdict


def state(session: Session, actor: Actor, round_: Round, most: int) -> list[Field]:
    """Return how each category of a round stands; whoever has no limit of their own has this one."""
    needs = assigning.needed(session, round_)
    more = disagreements.further(session, round_.categories)
    profiles, carried = assigning.fields_of(session, round_.programme_id), candidates.loads(session)
    each = _counted(assigning.under_review(round_, actor, Action.VIEW_CASE), more).subquery()
    alike = (each.c.round_category_id, each.c.position, each.c.there, each.c.further)
    rows = session.execute(select(*alike, func.count().label("number")).group_by(*alike)).all()
    found = []
    for entry in round_.categories:
        key = entry.criteria_version.key
        own = [row for row in rows if row.round_category_id == entry.id]
        here = [(row, needs.get((entry.id, row.position), 0) + row.further) for row in own]
        able = [row for row in profiles.values() if key in row.fields]
        if here or any(number == entry.id for number, _position in needs):
            found.append(
                Field(
                    entry.id,
                    key,
                    max((needed for (number, _position), needed in needs.items() if number == entry.id), default=0),
                    under_review=sum(row.number for row, _needed in here),
                    lacking=sum(row.number for row, needed in here if row.there < needed),
                    open_places=sum(row.number * max(0, needed - row.there) for row, needed in here),
                    experts=len(able),
                    room=sum(max(0, (row.most or most) - carried.get(row.user_id, 0)) for row in able),
                )
            )
    return found


def index(
    session: Session,
    actor: Actor,
    round_: Round,
    plan: AssignmentPlan | None,
    asked: Asked = FIRST,
    *,
    all_: bool = False,
) -> Page[Row]:
    """Return a page of the applications under review, without `all_` those that lack a reviewer or are in the plan."""
    needs = assigning.needed(session, round_)
    more = disagreements.further(session, round_.categories)
    which = assigning.under_review(round_, actor, Action.VIEW_CASE)
    query = select(Application).where(which).options(*_WITH_SITE)
    if not all_:
        query = query.where(or_(_lacks(needs, more), _in_plan(plan)))
    page = pages.page(session, query, (By(Application.id),), asked)
    numbers = [row.id for row in page.rows]
    assigned: dict[int, list[Assignment]] = defaultdict(list)
    rows = select(Assignment).where(Assignment.application_id.in_(numbers)).options(joinedload(Assignment.reviewer))
    for row in session.scalars(rows.order_by(Assignment.id)):
        assigned[row.application_id].append(row)
    planned: dict[int, list[PlannedPair]] = defaultdict(list)
    for pair in assignment_plans.pairs(session, plan, numbers) if plan is not None else ():
        planned[pair.application_id].append(pair)
    return page.of(
        [
            Row(
                row,
                [one for one in assigned[row.id] if _takes_part(one)],
                [one for one in assigned[row.id] if not _takes_part(one)],
                planned[row.id],
                needs.get((row.round_category_id, row.position), 0) + (row.id in more),
            )
            for row in page.rows
        ]
    )


def loads(session: Session, round_: Round, plan: AssignmentPlan | None, asked: Asked = FIRST) -> Page[Burden]:
    """Return a page of the reviewers of the programme with their loads, by name."""
    page = pages.page(session, candidates.reviewers_of(round_.programme_id), (By(User.name), By(User.id)), asked)
    numbers = [row.id for row in page.rows]
    profiles = {
        row.user_id: row for row in session.scalars(select(ReviewerProfile).where(ReviewerProfile.user_id.in_(numbers)))
    }
    carried, more = candidates.loads(session), _more(session, plan)
    limit = assignment_plans.limits(plan) if plan is not None else {}
    return page.of([_burden(row, profiles.get(row.id), carried, more, limit) for row in page.rows])


def _burden(
    user: User,
    profile: ReviewerProfile | None,
    carried: Mapping[int, int],
    more: Mapping[int, int],
    limit: Mapping[int, int],
) -> Burden:
    before = carried.get(user.id, 0)
    own = profile.most if profile else None
    return Burden(user, profile, before, before + more.get(user.id, 0), own or limit.get(user.id))


def choices(
    session: Session, actor: Actor, round_: Round, application: int, plan: AssignmentPlan | None, settings: Settings
) -> tuple[Application, list[Choice]]:
    """Return an application under review and every reviewer for it, with all reasons for or against each as of now.

    With a plan that waits the verdicts are about what the plan leaves. Raises NotFound.
    """
    used = settings_of(plan.settings) if plan is not None else settings
    problem = assigning.problem(session, actor, round_, used, [application])
    if not problem.cases:
        raise NotFound
    told = known(problem, None if plan is None else _as_far_as(session, plan, problem.cases[0]))
    people = session.scalars(candidates.reviewers_of(round_.programme_id).order_by(User.id)).all()
    rows = [Choice(user, why(told, Duo(application, user.id))) for user in people]
    rows.sort(key=lambda row: (not row.verdict.possible, len(row.verdict.reasons), row.user.id))
    row = session.scalars(select(Application).where(Application.id == application).options(*_WITH_SITE)).one()
    return row, rows


def receipts(session: Session, actor: Actor, round_: Round) -> Sequence[Any]:
    """Return of each application under review its number, receipt, site, category and how many reviewers it has."""
    which = assigning.under_review(round_, actor, Action.ASSIGN)
    counts = _counted(which).subquery()
    query = (
        select(
            Application.id,
            Application.receipt,
            Application.round_category_id,
            Application.position,
            Site.name,
            counts.c.there,
        )
        .join(Site, Site.id == Application.site_id)
        .join(counts, counts.c.id == Application.id)
        .order_by(Application.id)
    )
    return session.execute(query).all()


_WITH_SITE = (joinedload(Application.site, innerjoin=True), joinedload(Application.organisation))


def _takes_part(row: Assignment) -> bool:
    return row.ended_at is None and row.conflict in reviews.OPEN


def _counted(which: ColumnElement[bool], further: Collection[int] = ()) -> Any:
    """Count who takes part in each application; those in `further` need one more reviewer than the others."""
    taking_part = and_(
        Assignment.application_id == Application.id,
        Assignment.ended_at.is_(None),
        Assignment.conflict.in_(reviews.OPEN),
    )
    return (
        select(
            Application.id,
            Application.round_category_id,
            Application.position,
            func.count(Assignment.id).label("there"),
            cast(Application.id.in_(further), Integer).label("further"),
        )
        .outerjoin(Assignment, taking_part)
        .where(which)
        .group_by(Application.id, Application.round_category_id, Application.position)
    )


def _lacks(needs: Mapping[tuple[int, int], int], further: Collection[int]) -> ColumnElement[bool]:
    """The condition on Application that fewer reviewers take part than are needed, one more for those in `further`."""
    there = (
        select(func.count())
        .where(
            Assignment.application_id == Application.id,
            Assignment.ended_at.is_(None),
            Assignment.conflict.in_(reviews.OPEN),
        )
        .correlate(Application)
        .scalar_subquery()
    )
    return or_(
        false(),
        *(
            and_(
                Application.round_category_id == number,
                Application.position == position,
                or_(there < needed, and_(there == needed, Application.id.in_(further))),
            )
            for (number, position), needed in needs.items()
        ),
    )


def _in_plan(plan: AssignmentPlan | None) -> ColumnElement[bool]:
    if plan is None:
        return false()
    return Application.id.in_(select(PlannedPair.application_id).where(PlannedPair.plan_id == plan.id))


def _more(session: Session, plan: AssignmentPlan | None) -> Counter[int]:
    """Return how many applications a plan gives to each reviewer."""
    if plan is None:
        return Counter()
    query = select(PlannedPair.reviewer_id, func.count()).where(PlannedPair.plan_id == plan.id)
    return Counter({row[0]: row[1] for row in session.execute(query.group_by(PlannedPair.reviewer_id))})


def _as_far_as(session: Session, plan: AssignmentPlan, case: Case) -> Plan:
    """Return a plan as far as it concerns one application: who is placed there, and the loads of all."""
    limit = assignment_plans.limits(plan)
    there = [
        assignment_plans.placed(pair, case.fields[0], limit[pair.reviewer_id])
        for pair in assignment_plans.pairs(session, plan, [case.key])
    ]
    weighed = plan.weighed.get(str(case.key))
    return Plan(
        tuple(there),
        tuple(Load(*one) for one in plan.content["loads"]),
        (),
        Figures(0, 0, 0, {}, 0),
        plan.seed,
        plan.digest,
        None if weighed is None else {case.key: frozenset(weighed)},
    )
