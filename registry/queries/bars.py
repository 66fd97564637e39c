"""Who is barred from a programme: the site, and the organisation that applied for it under its credit code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import Status
from registry.models import Application, Organisation, Round, RoundCategory


@dataclass(frozen=True, slots=True)
class Bars:
    """The first day on which each barred site and each barred credit code may apply again."""

    sites: Mapping[int, date]
    codes: Mapping[str, date]

    def until(self, application: Application) -> date | None:
        """Return the day before which an application does not count, None where nothing bars it."""
        code = application.organisation.credit_code if application.organisation else ""
        return self.of(application.site_id, code)

    def of(self, site_id: int, credit_code: str) -> date | None:
        """Return the day before which a site of an organisation is barred, None where it is not."""
        return max((day for day in (self.sites.get(site_id), self.codes.get(credit_code)) if day), default=None)


def of_programme(session: Session, programme_id: int, on: date) -> Bars:
    """Return the bars that hold in a programme on a day."""
    rows = session.execute(
        select(Application.site_id, Organisation.credit_code, Application.barred_until)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
        .where(Round.programme_id == programme_id, Application.status == Status.BARRED, Application.barred_until > on)
        .order_by(Application.barred_until)
    ).all()
    return Bars(
        {row.site_id: row.barred_until for row in rows},
        {row.credit_code: row.barred_until for row in rows if row.credit_code},
    )
