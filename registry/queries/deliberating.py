"""Who stands for decision in a round category and what is known of them beside their figures, for ranking and bench."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import routes
from registry.domain.eligibility import Exclusion
from registry.domain.quota_rules import Groups, Rule
from registry.domain.vocabulary import Ground, Kind, Status
from registry.domain.workdays import SHANGHAI
from registry.domain.workflow import ENDED
from registry.models import Application, Category, MeetingOpinion, QuotaRule, Round, RoundCategory, RouteStep
from registry.queries import applications, bars, holdings, meetings, quota_rules, reserves


@dataclass(frozen=True, slots=True)
class Standing:
    """The applications that can be decided, by number, and those that have not come that far.

    Of each of the former: what a meeting says of it, what bars it, its turn in reserve, and the groups in which
    the quota rules count it; `in_force` are these rules as a ranking takes them. `under_review` counts those whose
    reviewers are still at work.
    """

    decidable: Mapping[int, Application]
    unfinished: tuple[Application, ...]
    opinions: Mapping[int, MeetingOpinion]
    barred: Mapping[int, Ground]
    turns: Mapping[int, int]
    rules: tuple[QuotaRule, ...]
    in_force: tuple[Rule, ...]
    groups: Mapping[int, Groups]
    under_review: int


def standing(
    session: Session, round_category: RoundCategory, *, at: datetime | None = None, lock: bool = False
) -> Standing:
    """Return who stands for decision at a moment; `lock` keeps the applications as they are.

    Nobody is unfinished where the round decides in batches, which leaves them for later. At the moment `at` it counts
    who is barred, and whose time in reserve was over is gone.
    """
    rows = _submitted(session, round_category, lock)
    gone = set(reserves.over(session, at.astimezone(SHANGHAI).date())) if at else set()
    decidable = {row.id: row for row in rows if can_be_decided(row.kind, row.status) and row.id not in gone}
    opinions = meetings.standing(session, round_category.id)
    rules = quota_rules.rows(session, round_category)
    return Standing(
        decidable,
        () if _in_batches(session, round_category) else tuple(row for row in rows if is_pending(row.kind, row.status)),
        {key: one for key, one in opinions.items() if key in decidable},
        barred(session, round_category, decidable.values(), at.astimezone(SHANGHAI).date()) if at else {},
        reserves.turns(session, list(decidable)),
        tuple(rules),
        quota_rules.in_force(session, rules),
        quota_rules.groups(session, decidable, rules),
        sum(row.kind is Kind.REVIEW and is_pending(row.kind, row.status) for row in rows),
    )


def can_be_decided(kind: Kind, status: Status) -> bool:
    """Tell whether a decision can be taken on an application at this stage and in this status."""
    return kind is Kind.DELIBERATION and status in (Status.WAITING, Status.RESERVED)


def is_pending(kind: Kind, status: Status) -> bool:
    """Tell whether an application is still on its way to a decision."""
    return kind is not Kind.DELIBERATION and status in (Status.WAITING, Status.RETURNED)


def barred(session: Session, round_category: RoundCategory, rows: Iterable[Application], on: date) -> dict[int, Ground]:
    """Return the applications that can have no place on a day, each with the ground.

    Their site or organisation is barred from the programme, lacks a valid award that the category asks for first, or
    holds one already that the category gives once.
    """
    programme_id = session.get_one(Round, round_category.round_id).programme_id
    asked = holdings.prior(session, session.get_one(Category, round_category.category_id))
    held = holdings.valid(session, asked, on) if asked else None
    found = bars.of_programme(session, programme_id, on)
    grounds: dict[int, Ground] = {}
    for row in rows:
        if found.until(row) is not None:
            grounds[row.id] = Ground.BARRED
        elif asked and held:
            code = row.organisation.credit_code if row.organisation else ""
            out = held.exclusion(asked, row.site_id, code)
            if out is not None:
                grounds[row.id] = _GROUNDS[out]
    return grounds


_GROUNDS = {Exclusion.NOT_LISTED: Ground.NOT_LISTED, Exclusion.HELD_ALREADY: Ground.HELD_ALREADY}


def _submitted(session: Session, round_category: RoundCategory, lock: bool) -> Sequence[Application]:
    query = (
        applications.whole()
        .where(
            Application.round_category_id == round_category.id,
            Application.submitted_at.is_not(None),
            Application.status.not_in(ENDED),
        )
        .order_by(Application.id)
    )
    if lock:
        query = query.with_for_update(of=Application).execution_options(populate_existing=True)
    return session.scalars(query).all()


def _in_batches(session: Session, round_category: RoundCategory) -> bool:
    """Tell whether a decision leaves those standing who are not ready: in a library, or where they file in steps."""
    kinds = session.scalars(select(RouteStep.kind).where(RouteStep.round_category_id == round_category.id)).all()
    return session.get_one(Round, round_category.round_id).closes_at is None or routes.in_batches(kinds)
