"""Where a site may apply again."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from registry.domain.vocabulary import RoundStatus, Status
from registry.models import Application, Round, RoundCategory


def open_to(
    session: Session, application: Application, at: datetime, leaving: Collection[Status]
) -> list[RoundCategory]:
    """Return where the site of an application may be entered at a moment: the same category in rounds that are open.

    Left out are those in which the site has an application that stands; `leaving` are the statuses that do not.
    """
    where = aliased(RoundCategory)
    taken = select(Application.round_category_id).where(
        Application.site_id == application.site_id, Application.status.not_in(leaving)
    )
    query = (
        select(RoundCategory)
        .join(RoundCategory.round)
        .join(where, where.category_id == RoundCategory.category_id)
        .where(
            where.id == application.round_category_id,
            Round.status == RoundStatus.OPENED,
            Round.opens_at <= at,
            or_(Round.closes_at.is_(None), Round.closes_at > at),
            RoundCategory.id.not_in(taken),
        )
        .options(joinedload(RoundCategory.category, innerjoin=True), joinedload(RoundCategory.round, innerjoin=True))
        .order_by(Round.id, RoundCategory.id)
    )
    return list(session.scalars(query))
