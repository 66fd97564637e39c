"""The second gate: the policy's relations as conditions of a query."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, false, not_, or_, select, true

from registry.domain.policy import DISINTERESTED, POLICY, SEEING, Actor, Holding, Permit
from registry.domain.vocabulary import Action, ConflictState, Kind, Relation, Role, Span
from registry.models import Application, Assignment, Round, RoundCategory, RouteStep, Site


def applications(actor: Actor, action: Action) -> ColumnElement[bool]:
    """Return the condition on Application for those on which the actor may do the action."""
    return or_(false(), *(_held(actor, permit) for permit in POLICY[action] if permit.role in actor.roles))


def programme_ids(actor: Actor, action: Action) -> frozenset[int] | None:
    """Return the programmes in which the actor may do the action; None means all of them."""
    found: set[int] = set()
    for permit in POLICY[action]:
        if permit.role not in actor.roles:
            continue
        if permit.relation is Relation.NONE:
            return None
        for holding in actor.held(permit.role):
            if holding.programme_id is None:
                return None
            found.add(holding.programme_id)
    return frozenset(found)


def of_programmes(column: SQLColumnExpression[int], actor: Actor, action: Action) -> ColumnElement[bool]:
    """Return the condition that a programme's id is one in which the actor may do the action."""
    ids = programme_ids(actor, action)
    return true() if ids is None else column.in_(ids)


def disinterested(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Application that the actor has no interest in it by a seat, present or not long past."""
    if not actor.interests:
        return true()
    own = sorted(actor.interests)
    return or_(Application.organisation_id.is_(None), Application.organisation_id.not_in(own))


def blind_stage(round_category_id: SQLColumnExpression[int]) -> Select[int]:
    """Select the stage of a round category whose reviewers are not told who applies; nothing where they are."""
    return select(RouteStep.id).where(
        RouteStep.round_category_id == round_category_id,
        RouteStep.kind == Kind.REVIEW,
        RouteStep.parameters["blind"].as_integer() == 1,
    )


def unreviewed(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Application that the actor is not reviewing it blind just now."""
    if Role.REVIEWER not in actor.roles:
        return true()
    blind = blind_stage(Application.round_category_id).correlate(Application).exists()
    return not_(and_(Application.kind == Kind.REVIEW, Application.id.in_(_assigned(actor)), blind))


def regions_together(holdings: Iterable[Holding]) -> dict[tuple[int | None, str | None], list[str]]:
    """Return the regions of grants by programme and level, so that many bureaus of a person are asked for at once."""
    found: dict[tuple[int | None, str | None], set[str]] = {}
    for holding in holdings:
        found.setdefault((holding.programme_id, holding.region_level), set()).update(holding.region_keys)
    return {key: sorted(keys) for key, keys in found.items()}


def _held(actor: Actor, permit: Permit) -> ColumnElement[bool]:
    unbound = disinterested(actor) if permit.role in DISINTERESTED else true()
    unknowing = unreviewed(actor) if permit.role in SEEING else true()
    return and_(_within(permit.span), unbound, unknowing, _related(actor, permit))


def _within(span: Span) -> ColumnElement[bool]:
    submitted = Application.submitted_at.is_not(None)
    match span:
        case Span.ALWAYS:
            return true()
        case Span.SUBMITTED:
            return submitted
        case Span.REVIEWING:
            return and_(submitted, Application.kind == Kind.REVIEW)


def _related(actor: Actor, permit: Permit) -> ColumnElement[bool]:
    match permit.relation:
        case Relation.NONE:
            return true()
        case Relation.OWN:
            seats = [
                seat.organisation_id
                for seat in actor.seats
                if (seat.signatory if permit.role is Role.SIGNATORY else seat.drafter)
            ]
            return Application.organisation_id.in_(seats)
        case Relation.REGION:
            return or_(
                false(),
                *(
                    and_(
                        Application.site_id.in_(select(Site.id).where(Site.region_key.in_(keys))),
                        _in_programme(programme_id),
                    )
                    for (programme_id, _level), keys in regions_together(actor.held(permit.role)).items()
                ),
            )
        case Relation.PROGRAMME:
            return _granted(actor, permit.role)
        case Relation.ASSIGNED:
            return and_(Application.id.in_(_assigned(actor)), _granted(actor, permit.role))


def _assigned(actor: Actor) -> Select[int]:
    return select(Assignment.application_id).where(
        Assignment.reviewer_id == actor.user_id,
        Assignment.ended_at.is_(None),
        Assignment.conflict.in_((ConflictState.NONE, ConflictState.CLEARED)),
    )


def _granted(actor: Actor, role: Role) -> ColumnElement[bool]:
    return or_(false(), *(_in_programme(holding.programme_id) for holding in actor.held(role)))


def _in_programme(programme_id: int | None) -> ColumnElement[bool]:
    if programme_id is None:
        return true()
    return Application.round_category_id.in_(
        select(RoundCategory.id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(Round.programme_id == programme_id)
    )
