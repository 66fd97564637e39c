"""What the policy must know of an object, read from its rows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.policy import Facts
from registry.domain.vocabulary import ConflictState
from registry.models import Application, Assignment, Award, Round, RoundCategory, Site


def of_application(session: Session, application: Application) -> Facts:
    """Return the facts of an application: programme, owner, region, stage, and the reviewers who may see it."""
    programme_id, region_key = session.execute(
        select(Round.programme_id, Site.region_key)
        .select_from(RoundCategory)
        .join(Round, Round.id == RoundCategory.round_id)
        .join(Site, Site.id == application.site_id)
        .where(RoundCategory.id == application.round_category_id)
    ).one()
    reviewers = session.scalars(
        select(Assignment.reviewer_id).where(
            Assignment.application_id == application.id,
            Assignment.ended_at.is_(None),
            Assignment.conflict.in_((ConflictState.NONE, ConflictState.CLEARED)),
        )
    )
    return Facts(
        programme_id=programme_id,
        organisation_id=application.organisation_id,
        region_key=region_key,
        reviewer_ids=frozenset(reviewers),
        submitted=application.submitted_at is not None,
        kind=application.kind,
    )


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
