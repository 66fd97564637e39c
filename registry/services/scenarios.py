"""Scenarios: settings of the bench that are kept, to be compared and to be adopted by a selection."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.chain import digest_of
from registry.domain.errors import Conflict, Invalid, WrongState
from registry.domain.policy import Actor, Facts
from registry.domain.reasons import stated
from registry.domain.vocabulary import Action
from registry.domain.whatif.bench import Outcome, compared
from registry.domain.whatif.scenarios import Changes, fixed_before, setting_of
from registry.models import Round, Scenario
from registry.queries.benches import Workbench
from registry.services import archiving, events


def save(session: Session, actor: Actor, bench: Workbench, *, title: str, changes: Changes) -> Scenario:
    """Keep what a setting changes, under a title, with who is in and the digests of figures and result.

    Raises Invalid where nothing is changed or the setting cannot be worked out, Conflict where the title is taken.
    """
    where = bench.where
    programme_id = session.get_one(Round, where.round_id).programme_id
    policy.require(actor, Action.SAVE_SCENARIO, Facts(programme_id=programme_id))
    archiving.hold(session, where.round_id)
    words = stated(title, "title")
    if not changes:
        raise Invalid("scenario_changes_nothing")
    taken = select(Scenario.id).where(Scenario.round_category_id == where.id, Scenario.title == words)
    if session.scalar(taken) is not None:
        raise Conflict("scenario_title_taken")
    try:
        outcome = bench.outcome(setting_of(bench.base, changes))
    except ValueError:
        raise Invalid("setting_impossible") from None
    moved = compared(outcome, bench.outcome(bench.base))
    scenario = Scenario(
        round_category_id=where.id,
        title=words,
        setting=dict(changes),
        selected=sorted(outcome.selected),
        entering=list(moved.entering),
        leaving=list(moved.leaving),
        frozen_digest=bench.digest,
        result_digest=digest_of_result(outcome),
        saved_by_id=actor.user_id,
        saved_at=actor.at,
    )
    session.add(scenario)
    session.flush()
    events.record(
        session,
        actor,
        Action.SAVE_SCENARIO,
        "scenario",
        scenario.id,
        programme_id=programme_id,
        payload={"setting": scenario.setting, "frozen": scenario.frozen_digest, "result": scenario.result_digest},
    )
    return scenario


def check_adoptable(scenario: Scenario, bench: Workbench) -> None:
    """Raise Invalid or WrongState where a selection cannot follow a scenario.

    What totals are made of, and the rules of groups, were fixed before the round opened; the least total may be set
    higher than the lowest grade, never lower. It rests on the same figures, and what it came to is worked out anew.
    """
    if scenario.round_category_id != bench.where.id:
        raise Invalid("scenario_of_other_round", field="scenario")
    if fixed_before(scenario.setting):
        raise Invalid("scenario_not_adoptable", field="scenario")
    lowest = scenario.setting.get("lowest")
    if lowest is not None and bench.frame.lowest is not None and Decimal(lowest) < bench.frame.lowest:
        raise Invalid("scenario_below_lowest_grade", field="scenario")
    if scenario.frozen_digest != bench.digest:
        raise Invalid("scenario_out_of_date", field="scenario")
    if digest_of_result(bench.outcome(setting_of(bench.base, scenario.setting))) != scenario.result_digest:
        raise WrongState("scenario_result_differs")


def digest_of_result(outcome: Outcome) -> str:
    """Return the digest of an outcome: the order with the totals, and who is in."""
    figures = outcome.figures
    return digest_of([[[key, figures[key]] for key in outcome.order], sorted(outcome.selected)])
