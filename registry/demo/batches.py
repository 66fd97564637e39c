"""The batches of the national plants: rounds that the office prepares by hand, each with its own number of places."""

from datetime import datetime

from registry.demo.cast import Cast
from registry.demo.plays import BASE_YEAR, YEAR
from registry.domain import routes
from registry.domain.vocabulary import Track
from registry.models import Category, CriteriaVersion, Programme, RoundCategory
from registry.services import rounds


def open_batch(
    cast: Cast,
    category: Category,
    version: CriteriaVersion,
    title: str,
    title_en: str,
    opens: datetime,
    closes: datetime,
    *,
    quota: int,
) -> RoundCategory:
    """Prepare a batch in the category of the plants and open it."""
    officer = cast.at("officer", opens)
    round_ = rounds.create(
        cast.session,
        officer,
        cast.session.get_one(Programme, category.programme_id),
        title=f"污水处理绿色低碳标杆厂{title}",
        title_en=f"Benchmark wastewater plants, {title_en[0].lower()}{title_en[1:]}",
        year=opens.year,
        opens_at=opens,
        closes_at=closes,
        one_person_may_sign=True,
    )
    entry = rounds.add_category(
        cast.session,
        officer,
        round_,
        category,
        criteria_version=version,
        track=Track.COMPETITION,
        quota=quota,
        route=routes.preset("full"),
        gates={},
        factors={"grid": "national"},
        year=YEAR,
        base_year=BASE_YEAR,
    )
    rounds.open_(cast.session, officer, round_)
    return entry
