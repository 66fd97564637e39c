"""The country of the demonstration, made once: what stands where is counted by hand from its plans."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import clock, db, seeds
from registry.cli.doctor import examine
from registry.db import Database
from registry.demo.cast import Cast
from registry.demo.crowd import Crowd
from registry.demo.opening import open_demo
from registry.demo.plays import DAY
from registry.demo.stage import Stage
from registry.demo.story import load_criteria
from registry.demo.year import Plan, year
from registry.domain.policy import Actor
from registry.models import (
    Application,
    Award,
    Evaluation,
    Filing,
    Notice,
    Organisation,
    Publication,
    Reply,
    Round,
    RoundCategory,
)
from registry.services import outlines
from tests.world import MOMENT, config_for

BEGUN = MOMENT - 660 * DAY


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> tuple[Database, Path]:
    """The whole demonstration, with its folder."""
    folder = tmp_path_factory.mktemp("country")
    config = config_for(f"sqlite:///{folder}/registry.sqlite", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "utc_now", lambda: MOMENT)
        assert open_demo(config, crowd=True)
        assert not open_demo(config, crowd=True)
    return db.connect(config.database_url), folder


def standing(session: Session, title: str) -> Counter[str]:
    """Return how many applications of a round stand where, by the end of its title."""
    rows = session.execute(
        select(Application.kind, Application.status)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(Round.title.endswith(title))
    )
    return Counter(f"{kind}.{status}" for kind, status in rows)


def test_it_is_as_the_plans_say_and_everything_holds(country):
    database, folder = country
    assert list(examine(database, config_for("", folder))) == []
    with database.reading() as session:
        # 20 places: the first twenty less one whose objection was upheld, and the first in reserve in its place.
        # The second in reserve lost the place after a year, as 18 were passed over: 19.
        assert standing(session, "标杆厂2025年第一批") == {
            "certificate.certified": 20,
            "notice.removed": 1,
            "deliberation.unselected": 19,
            "recommendation.declined": 2,
            "screening.refused": 1,
            "scoring.withdrawn": 1,
            "scoring.failed": 2,
        }
        # With the four of the story: one waits for the bureau, one in screening, one was returned, one is reviewed.
        assert standing(session, "2026年第二批") == {
            "recommendation.waiting": 5 + 1,
            "screening.waiting": 5 + 1,
            "filing.returned": 3 + 1,
            "scoring.waiting": 3,
            "review.waiting": 2 + 3 + 2 + 1,
            "deliberation.waiting": 2,
        }
        assert standing(session, "2026年第三批") == {"filing.drafted": 4 + 8}
        assert _awards(session) == {
            ("GJ-WWTP", 2025, "valid"): 19,
            ("GJ-WWTP", 2025, "revoked"): 1,
            ("GJ-WWTP", 2026, "valid"): 3,
            ("GJ-WWTP", 2026, "revoked"): 1,
            ("ZJ-NC", 2025, "valid"): 7,  # eight farms, of which an objection took one away
            ("ZJ-NC", 2026, "valid"): 2,
            ("SD-QY", 2025, "valid"): 5,
            ("SD-QY", 2026, "valid"): 2,
            ("SD-CS", 2026, "valid"): 1,
        }
        # Upheld: a plant and a farm. Answered without effect: two plants, and four to the factories.
        assert Counter(session.scalars(select(Reply.upheld))) == {True: 2, False: 6}
        # Of the year before: two of the plants, one of the farms, one of the factories.
        before = MOMENT - 320 * DAY
        assert session.scalar(select(func.count(Notice.id)).where(Notice.opens_at < before)) == 4
        assert session.scalar(select(func.count(Publication.id)).where(Publication.published_at < before)) == 4
        ranked = _totals(session, "标杆厂2025年第一批")
        assert len(ranked) == 40
        assert max(ranked) - min(ranked) > 10


def test_the_story_is_told_within_it(country):
    database, _folder = country
    with database.reading() as session:
        names = set(session.scalars(select(Organisation.name)))
        assert {"云溪水务集团有限公司（虚构）", "青澜水务有限公司（虚构）", "柘溪排水有限公司（虚构）"} <= names
        assert all(name.endswith(("（虚构）", "（演示单位）（虚构）")) for name in names)
        numbers = set(session.scalars(select(Award.number)))
        assert {"GJ-WWTP-2026-0001", "GJ-WWTP-2026-0002", "GJ-WWTP-2026-0003", "GJ-WWTP-2025-0001"} <= numbers
        codes = session.scalars(select(Organisation.credit_code)).all()
        assert len(set(codes)) == len(codes)


def test_two_plays_of_the_same_moment_give_the_same_numbers_and_scores(session: Session, tmp_path: Path):
    first = _played(session, tmp_path)
    session.rollback()
    session.expunge_all()
    assert _played(session, tmp_path) == first
    assert len(first) == 5


def _played(session: Session, folder: Path) -> list[tuple[str, str, str, str]]:
    """Play the factories of the year before; return number, holder, code and score of each award."""
    seeds.sync(session, Actor(BEGUN, worker=True))
    cast = Cast(session, "$argon2id$not-a-hash")
    cast.hire(BEGUN)
    cast.empower(BEGUN, outlines.set_up(session, cast.at("admin", BEGUN), seeds.programmes()["national-plants"]))
    criteria = load_criteria(cast, BEGUN + DAY)
    plan = Plan("shandong-enterprises", "selection", 640, {"SD-01": Crowd().factories})
    stage = Stage(cast, folder)
    for _moment in year(stage, seeds.programmes(), criteria, [plan], at=MOMENT, base_url="http://127.0.0.1"):
        pass
    rows = session.execute(
        select(Award.number, Organisation.name, Organisation.credit_code, Evaluation.total)
        .join(Organisation, Organisation.id == Award.organisation_id)
        .join(Filing, Filing.application_id == Award.application_id)
        .join(Evaluation, Evaluation.filing_id == Filing.id)
        .where(Evaluation.stage == "review")
        .order_by(Award.number)
    )
    return [(row.number, row.name, row.credit_code, str(row.total)) for row in rows]


def _awards(session: Session) -> dict[tuple[str, int, str], int]:
    rows = session.execute(select(Award.number, Award.year, Award.status))
    return Counter((number.rsplit("-", 2)[0], year, str(status)) for number, year, status in rows)


def _totals(session: Session, title: str) -> list[float]:
    rows = session.scalars(
        select(Evaluation.total)
        .join(Filing, Filing.id == Evaluation.filing_id)
        .join(Application, Application.id == Filing.application_id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(Round.title.endswith(title), Evaluation.stage == "review")
    )
    return [float(total) for total in rows if total is not None]
