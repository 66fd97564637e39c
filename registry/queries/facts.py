"""What the policy must know of an object, read from its rows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.orm import Session

from registry.domain.policy import Facts
from registry.domain.vocabulary import ConflictState
from registry.models import Application, Assignment, Award, Round, RoundCategory, Site
from registry.queries import visibility

# Asked before every act, so it is put together once.
_AROUND = (
    select(
        Round.programme_id,
        Site.region_key,
        Assignment.reviewer_id,
        exists(visibility.blind_stage(RoundCategory.id)).label("blind"),
    )
    .select_from(RoundCategory)
    .join(Round, Round.id == RoundCategory.round_id)
    .join(Site, Site.id == bindparam("site"))
    .outerjoin(
        Assignment,
        and_(
            Assignment.application_id == bindparam("application"),
            Assignment.ended_at.is_(None),
            Assignment.conflict.in_((ConflictState.NONE, ConflictState.CLEARED)),
        ),
    )
    .where(RoundCategory.id == bindparam("round_category"))
)


def of_application(session: Session, application: Application) -> Facts:
    """Return the facts of an application: programme, owner, region, stage, and the reviewers who may see it."""
    numbers = {
        "site": application.site_id,
        "application": application.id,
        "round_category": application.round_category_id,
    }
    rows = session.execute(_AROUND, numbers).all()
    return Facts(
        programme_id=rows[0].programme_id,
        organisation_id=application.organisation_id,
        region_key=rows[0].region_key,
        reviewer_ids=frozenset(row.reviewer_id for row in rows if row.reviewer_id is not None),
        submitted=application.submitted_at is not None,
        kind=application.kind,
        blind=rows[0].blind,
    )


def programme_of(session: Session, application: Application) -> int:
    """Return the number of the programme of an application, which never changes."""
    round_category = session.get_one(RoundCategory, application.round_category_id)
    return session.get_one(Round, round_category.round_id).programme_id


def of_matter(session: Session, programme_id: int, content: Mapping[str, Any]) -> tuple[Facts, ...]:
    """Return the facts of all that the content of a decision touches: its programme, and each organisation in it."""
    numbers = [line["application"] for line in content.get("applications", ())]
    numbers += [line["application_id"] for line in content.get("entries", ())]
    numbers += [content["application"]] if "application" in content else []
    applying = select(Application.organisation_id).where(Application.id.in_(numbers))
    awarded = select(Award.organisation_id).where(Award.id == content.get("award"))
    organisations = session.scalars(applying.union(awarded)).all()
    return (
        Facts(programme_id=programme_id),
        *(Facts(programme_id=programme_id, organisation_id=found) for found in organisations if found is not None),
    )
