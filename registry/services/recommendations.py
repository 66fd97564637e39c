"""The bureau of the region: it confirms organisation and site, and gives its signed opinion."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.errors import Invalid, WrongState
from registry.domain.policy import Actor, Holding
from registry.domain.reasons import reasoned
from registry.domain.vocabulary import Action, Kind, LetterKind, Role, Standing, Status
from registry.models import Application, Organisation, Recommendation, Region, RoundCategory, RouteStep, Site
from registry.queries import facts, quotas
from registry.services import events, letters, moves


def confirm_organisation(session: Session, actor: Actor, application: Application, *, confirmed: bool) -> Organisation:
    """Confirm or refuse the licence of the applying organisation, once.

    The bureau of the site does it, wherever the organisation is registered. Raises WrongState where that was decided,
    Invalid where another organisation is confirmed under the same credit code.
    """
    _at_the_bureau(session, actor, application, Action.CONFIRM)
    if application.organisation_id is None:
        raise Invalid("application_without_organisation")
    organisation = _organisation(session, application.organisation_id)
    if organisation.status is not Standing.PENDING:
        raise WrongState("organisation_decided", status=organisation.status)
    _settle(session, actor, application, organisation, confirmed=confirmed, held="credit_code_held")
    return organisation


def confirm_site(session: Session, actor: Actor, application: Application, *, confirmed: bool) -> Site:
    """Confirm or refuse the site of an application, once.

    Raises WrongState where that was decided, Invalid where another site is confirmed under the same discharge permit.
    """
    _at_the_bureau(session, actor, application, Action.CONFIRM)
    site = session.get_one(Site, application.site_id, with_for_update=True, populate_existing=True)
    if site.status is not Standing.PENDING:
        raise WrongState("site_decided", status=site.status)
    if confirmed:
        _refuse_second_of_region(session, site)
    _settle(session, actor, application, site, confirmed=confirmed, held="permit_number_confirmed")
    return site


def settle_organisation(session: Session, actor: Actor, application: Application) -> None:
    """Confirm the applying organisation where nobody has decided on it: on a route without a bureau the office does.

    Whoever calls was permitted the act that says so. Raises Invalid where another holds the credit code.
    """
    if application.organisation_id is None:
        return
    organisation = _organisation(session, application.organisation_id)
    if organisation.status is Standing.PENDING:
        _settle(session, actor, application, organisation, confirmed=True, held="credit_code_held")


def settle_site(session: Session, actor: Actor, application: Application) -> None:
    """Confirm the site of an application where nobody has decided on it, as `settle_organisation` does."""
    site = session.get_one(Site, application.site_id, with_for_update=True, populate_existing=True)
    if site.status is Standing.PENDING:
        _refuse_second_of_region(session, site)
        _settle(session, actor, application, site, confirmed=True, held="permit_number_confirmed")


def recommend(
    session: Session, actor: Actor, application: Application, *, in_favour: bool, opinion: str, rank: int | None = None
) -> Recommendation:
    """Give the bureau's opinion: the application goes on, or ends as not recommended.

    `rank` is its place among those that the bureau recommends in the category, where the bureau ranks them. Raises
    Invalid where the opinion is too short, organisation and site are not confirmed, the bureau has recommended as many
    as it may, or gave the rank to another.
    """
    action = Action.RECOMMEND if in_favour else Action.DECLINE
    holding = _at_the_bureau(session, actor, application, action)
    words = reasoned(opinion, "opinion")
    if in_favour:
        _confirmed_both(session, application)
        _refuse_above_quota(session, application, holding)
        _refuse_second_of_rank(session, application, holding, rank)
    recommendation = Recommendation(
        application_id=application.id,
        position=application.position,
        region_key=holding.region_key,
        level=holding.region_level,
        in_favour=in_favour,
        opinion=words,
        rank=rank if in_favour else None,
        recommended_by_id=actor.user_id,
        recommended_at=actor.at,
    )
    session.add(recommendation)
    moves.move(session, actor, application, action, payload={"opinion": words})
    if not in_favour:
        letters.send(session, actor, application, LetterKind.DECLINED, {"reason": words})
    return recommendation


def step_of(session: Session, application: Application) -> RouteStep:
    """Return the step of the route at which an application stands."""
    return session.scalars(
        select(RouteStep).where(
            RouteStep.round_category_id == application.round_category_id,
            RouteStep.position == application.position,
        )
    ).one()


def _refuse_second_of_region(session: Session, site: Site) -> None:
    """A region has one confirmed site that stands for it as a whole."""
    if site.for_region_key is None:
        return
    # Of two that are confirmed at once, the second waits for the region and then sees the first.
    session.scalar(select(Region.key).where(Region.key == site.for_region_key).with_for_update())
    taken = select(Site.id).where(
        Site.for_region_key == site.for_region_key,
        Site.kind == site.kind,
        Site.status == Standing.CONFIRMED,
        Site.id != site.id,
        Site.merged_into_id.is_(None),
    )
    if session.scalar(taken) is not None:
        raise Invalid("region_confirmed_already", field="confirmed")


def _at_the_bureau(session: Session, actor: Actor, application: Application, action: Action) -> Holding:
    """Return the grant by which the actor decides, or refuse: another's application, stage or turn."""
    known = facts.of_application(session, application)
    policy.require(actor, action, known)
    if application.kind is not Kind.RECOMMENDATION or application.status is not Status.WAITING:
        raise WrongState("moved_on", action=action, kind=application.kind, status=application.status)
    level = step_of(session, application).level
    for holding in actor.held(Role.RECOMMENDER):
        here = known.region_key in holding.region_keys and holding.programme_id in (None, known.programme_id)
        if here and level in (None, holding.region_level):
            return holding
    raise WrongState("bureau_of_other_level", level=level)


def _refuse_above_quota(session: Session, application: Application, holding: Holding) -> None:
    """Refuse one more than the bureau may recommend; who has its recommendation for an earlier filing is none."""
    before = select(Recommendation.id).where(
        Recommendation.application_id == application.id,
        Recommendation.region_key == holding.region_key,
        Recommendation.in_favour,
    )
    if session.scalar(before) is not None:
        return
    round_category = session.get_one(RoundCategory, application.round_category_id)
    for places in quotas.recommending(session, round_category, holding, lock=True):
        if places.left == 0:
            raise Invalid("recommendation_quota_spent", field="in_favour", number=places.number)


def _refuse_second_of_rank(session: Session, application: Application, holding: Holding, rank: int | None) -> None:
    if rank is None:
        return
    if rank < 1:
        raise Invalid("rank_from_one", field="rank")
    # Of two who give one rank at the same moment, the second waits here and then sees the first.
    session.scalar(select(Region.key).where(Region.key == holding.region_key).with_for_update())
    same = (
        select(Recommendation.id)
        .join(Application, Application.id == Recommendation.application_id)
        .where(
            Application.round_category_id == application.round_category_id,
            Application.id != application.id,
            Application.status != Status.WITHDRAWN,
            Recommendation.region_key == holding.region_key,
            Recommendation.rank == rank,
        )
    )
    if session.scalar(same) is not None:
        raise Invalid("rank_given_before", field="rank", rank=rank)


def _organisation(session: Session, number: int) -> Organisation:
    return session.get_one(Organisation, number, with_for_update=True, populate_existing=True)


def _settle(
    session: Session,
    actor: Actor,
    application: Application,
    row: Organisation | Site,
    *,
    confirmed: bool,
    held: str,
) -> None:
    """Write what was decided on an organisation or a site; `held` says that another has its number already."""
    try:
        with session.begin_nested():
            row.status = Standing.CONFIRMED if confirmed else Standing.REFUSED
            row.decided_by_id = actor.user_id
            session.flush()
    except IntegrityError:
        raise Invalid(held) from None
    verb, noun = "confirm" if confirmed else "refuse", "organisation" if isinstance(row, Organisation) else "site"
    _record(session, actor, application, f"{verb}_{noun}", noun, row.id)


def _confirmed_both(session: Session, application: Application) -> None:
    if application.organisation_id is not None:
        organisation = session.get_one(Organisation, application.organisation_id)
        if organisation.status is not Standing.CONFIRMED:
            raise Invalid("confirm_organisation_first", field="in_favour")
    if session.get_one(Site, application.site_id).status is not Standing.CONFIRMED:
        raise Invalid("confirm_site_first", field="in_favour")


def _record(
    session: Session, actor: Actor, application: Application, action: str, subject: str, subject_id: int
) -> None:
    programme_id = facts.programme_of(session, application)
    events.record(session, actor, action, subject, subject_id, programme_id=programme_id, application=application)
