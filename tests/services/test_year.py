"""A year of all programmes, from the first filing to the last certificate; invariants are asked after every act."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from registry import seeds
from registry.demo.cast import Cast
from registry.demo.plants import FINISHED
from registry.demo.plays import DAY
from registry.demo.stage import HOUR, Stage
from registry.demo.story import load_criteria
from registry.demo.year import PLANS, Plan, year
from registry.domain.policy import Actor
from registry.domain.vocabulary import DecisionKind, DecisionStatus, FilingKind, Status
from registry.models import (
    Application,
    Award,
    Category,
    Decision,
    Filing,
    Letter,
    Notice,
    Organisation,
    PoolGrant,
    Programme,
    RoundCategory,
)
from registry.services import integrity, outlines
from registry.services.invariants import INVARIANTS

# A Monday, noon in Beijing.
AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
BEGUN = AT - 320 * DAY
SELECTED = Plan("national-plants", "selected", 90, {"GW-01": FINISHED})
# Asked after every act: what stands where, what is selected under which number, who decided, which numbers were given.
WATCHED = (
    *("application_place", "application_status_at_stage", "application_last_event", "application_filing"),
    *("quota_kept", "total_kept", "pool_kept", "recommendation_quota_kept", "award_numbers", "award_series"),
    *("decision_four_eyes", "criteria_four_eyes", "decision_bound", "outcome_approved", "notice_passed", "chain_head"),
)


@pytest.fixture
def stage(session: Session, tmp_path: Path) -> Stage:
    """Everybody on the stage, with the approved criteria and the programme of the plants."""
    seeds.sync(session, Actor(BEGUN, worker=True))
    cast = Cast(session, "$argon2id$not-a-hash")
    cast.hire(BEGUN)
    programme = outlines.set_up(session, cast.at("admin", BEGUN + HOUR), seeds.programmes()["national-plants"])
    cast.empower(BEGUN + HOUR, programme)
    return Stage(cast, tmp_path)


def broken(session: Session, keys: tuple[str, ...]) -> list[str]:
    """Return which of the invariants do not hold."""
    session.flush()
    known = {one.key: one.query for one in INVARIANTS}
    return [key for key in keys if session.execute(text(known[key])).first() is not None]


def results(session: Session) -> dict[str, Counter[str]]:
    """Return how many applications of each category ended in each status."""
    rows = session.execute(
        select(Category.key, Application.status)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Category, Category.id == RoundCategory.category_id)
    )
    found: dict[str, Counter[str]] = {}
    for key, status in rows:
        found.setdefault(key, Counter())[str(status)] += 1
    return found


def test_a_year_runs_every_programme_to_its_outcome(session: Session, stage: Stage):
    criteria = load_criteria(stage.cast, BEGUN + DAY)
    plans = (*PLANS, SELECTED)
    assert {plan.programme for plan in plans} == set(seeds.programmes())
    acts = 0
    for _moment in year(stage, seeds.programmes(), criteria, plans, at=AT, base_url="http://127.0.0.1"):
        acts += 1
        assert broken(session, WATCHED) == [], acts
    assert acts > 350
    session.commit()
    assert integrity.violations(session) == []

    # What each plan asks for, counted by hand from who applies and what the plan lets happen to them.
    assert results(session) == {
        "SD-03": {"certified": 1},
        "GW-01": {"certified": 5, "waiting": 1},  # four selected and one built; the other waits in the library
        "SZ-08": {"certified": 2, "unselected": 1},  # one stays below the lowest grade
        "ZJ-09": {"certified": 2},
        "ZJ-06": {"certified": 1, "waiting": 2},  # two stay in the library
        "GJ-01": {"certified": 2},
        "SD-02": {"certified": 1, "removed": 1},  # an objection was upheld
        "SZ-02": {"certified": 6, "reserved": 1},  # five places and one of the pool, for seven
        "SZ-05": {"certified": 1},
        "SZ-01": {"certified": 1},
        "SZ-03": {"certified": 1},
        "SZ-04": {"certified": 1},
        "ZJ-05": {"certified": 2},
        "ZJ-04": {"certified": 1},
        "ZJ-01": {"certified": 2},
        "ZJ-02": {"certified": 1},
        "ZJ-03": {"certified": 1},
        "SD-01": {"certified": 2, "barred": 1},
        "SZ-06": {"certified": 1},
    }
    _check_numbers(session)
    _check_people(session)
    _check_filings(session)
    _check_notices(session)


def _check_numbers(session: Session) -> None:
    """In each programme and year the numbers run from one; the pool gave one place to the sewage works."""
    for _key, _year, count, least, most in session.execute(
        select(Programme.key, Award.year, func.count(), func.min(Award.serial), func.max(Award.serial))
        .join(Programme, Programme.id == Award.programme_id)
        .group_by(Programme.key, Award.year)
    ):
        assert (least, most) == (1, count)
    assert session.execute(
        select(Category.key, PoolGrant.number).join(Category, Category.id == PoolGrant.category_id)
    ).all() == [("SZ-02", 1)]


def _check_people(session: Session) -> None:
    """Nothing was decided by who proposed it, and nobody decided beyond their own programmes."""
    decided = session.scalars(select(Decision)).all()
    turned_down = [row.kind for row in decided if row.status is not DecisionStatus.APPROVED]
    assert set(turned_down) <= {DecisionKind.REMOVAL}
    assert all(row.decided_by_id not in (None, row.proposed_by_id) for row in decided)
    kinds = Counter(row.kind for row in decided)
    assert kinds[DecisionKind.POOL] == 1
    # Each selection is announced once, that of the double near-zero enterprises twice.
    assert kinds[DecisionKind.NOTICE] == kinds[DecisionKind.SELECTION] + 1
    assert kinds[DecisionKind.PUBLICATION] == kinds[DecisionKind.SELECTION]


def _check_filings(session: Session) -> None:
    """Who is named files three times, who builds twice, and everybody else once."""
    rows = session.execute(
        select(Category.key, Filing.kind)
        .join(Application, Application.id == Filing.application_id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Category, Category.id == RoundCategory.category_id)
    ).all()
    found = Counter((key, kind) for key, kind in rows)
    for kind in (FilingKind.REGISTRATION, FilingKind.MID_TERM, FilingKind.ACCEPTANCE):
        assert (found["SZ-08", kind], found["SD-03", kind]) == (3, 1)
    assert (found["GW-01", FilingKind.APPLICATION], found["GW-01", FilingKind.ACCEPTANCE]) == (6, 1)


def _check_notices(session: Session) -> None:
    """The two notices of one selection stand one after the other, and every outcome was told in a letter."""
    twice = (
        session.execute(select(Notice.decision_id).group_by(Notice.decision_id).having(func.count() == 2))
        .scalars()
        .all()
    )
    (decision,) = twice
    first, second = session.scalars(select(Notice).where(Notice.decision_id == decision).order_by(Notice.position))
    assert first.cleared_at is not None
    assert first.cleared_at < second.opens_at
    told = set(session.scalars(select(Letter.application_id)))
    ended = select(Application.id).where(Application.status.in_((Status.CERTIFIED, Status.REMOVED, Status.BARRED)))
    assert set(session.scalars(ended)) <= told
    assert session.scalar(select(func.count(Organisation.id))) == session.scalar(select(func.count(Application.id)))
