"""Selections: the content of one, drawn from the ranking, and what becomes of each application once it is approved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, WrongState
from registry.domain.policy import Actor
from registry.domain.reasons import reasoned
from registry.domain.vocabulary import Ground, Result
from registry.domain.workdays import SHANGHAI
from registry.models import Application, Decision, RoundCategory
from registry.queries import decisions, deliberating, quota_rules, reserves
from registry.queries.decisions import Line, Ranking
from registry.queries.frozen_rounds import Applied
from registry.services import outcomes


@dataclass(frozen=True, slots=True)
class Apart:
    """What a selection does beside the order: by application, the override with its reason; and the scenario adopted.

    `scenario` is as the content keeps it: its number, title, setting and the digest of its result.
    """

    overrides: Mapping[int, tuple[bool, str]] = field(default_factory=dict)
    scenario: Mapping[str, Any] | None = None

    @property
    def results(self) -> dict[int, bool]:
        """The overrides as a ranking takes them."""
        return {number: inside for number, (inside, _reason) in self.overrides.items()}

    @property
    def least(self) -> Decimal | None:
        """The least total of the scenario, or None."""
        lowest = self.scenario["setting"].get("lowest") if self.scenario else None
        return None if lowest is None else Decimal(lowest)


NOTHING_APART = Apart()


def content_of(ranking: Ranking, exclusions: Mapping[int, str], apart: Apart = NOTHING_APART) -> dict[str, Any]:
    """Return what is approved: the criteria, the places, and of every application its figures, place and reason.

    Where meetings deliberated, their records are named with their digests, and what they say of each application. Where
    the round has adjusted totals decide, these are the totals, those of the marks as given stand beside them, and the
    evaluations from which the severities were worked out are named with the digest of the severities.
    """
    overrides = [
        {
            "application": number,
            "result": str(Result.SELECTED if inside else Result.UNSELECTED),
            "reason": reason,
        }
        for number, (inside, reason) in sorted(apart.overrides.items())
    ]
    meetings = [{"id": number, "digest": digest} for number, digest in ranking.meetings.items()]
    return {
        "round_category": ranking.round_category.id,
        "criteria": ranking.round_category.pinned_digest,
        "quota": ranking.places,
        "reserve": ranking.reserve,
        "tied_across_the_cut": [row.id for row in ranking.across],
        "applications": [
            *(_ranked(line, place, apart) for line, place in zip(ranking.lines, _reserve_orders(ranking), strict=True)),
            *(_excluded(row, exclusions.get(row.id, "")) for row in ranking.unfinished),
        ],
        **({"meetings": meetings} if meetings else {}),
        **({"calibration": _calibration(ranking.applied)} if ranking.applied else {}),
        **({"rules": [quota_rules.kept(*pair) for pair in ranking.rules]} if ranking.rules else {}),
        **({"scenario": dict(apart.scenario)} if apart.scenario else {}),
        **({"least": _digits(apart.least)} if apart.least is not None else {}),
        **({"overrides": overrides} if overrides else {}),
    }


def proposed(ranking: Ranking, exclusions: Mapping[int, str], apart: Apart = NOTHING_APART) -> dict[str, Any]:
    """Return the content of a proposal.

    Raises Invalid where more are to be selected than the quota leaves free, an unfinished application is left without
    a reason, a meeting is to speak of a ranked application, by the route or because its reviewers disagree, and none
    has, or an override is of somebody without a rank, or finds no place; WrongState where there is nothing to decide,
    or severities decide and reviewers are still at work.
    """
    if not ranking.lines and not ranking.unfinished:
        raise WrongState("nothing_to_decide")
    if ranking.applied and ranking.under_review:
        raise WrongState("adjusting_needs_all_reviews", count=ranking.under_review)
    if _above_quota(ranking):
        raise Invalid("selection_above_quota", field="places", free=ranking.free)
    if ranking.meeting_needed and ranking.without_opinion:
        raise Invalid("opinions_missing", count=len(ranking.without_opinion))
    if ranking.to_deliberate:
        raise Invalid("disagreements_open", count=len(ranking.to_deliberate))
    unfinished = {row.id for row in ranking.unfinished}
    if exclusions.keys() - unfinished:
        raise Invalid("exclusion_of_finished")
    reasons = {number: reasoned(exclusions.get(number, ""), f"exclude_{number}") for number in sorted(unfinished)}
    _check_overrides(ranking, apart)
    return content_of(ranking, reasons, apart)


def _check_overrides(ranking: Ranking, apart: Apart) -> None:
    rows = {line.application.id: line.row for line in ranking.lines}
    for place, (number, (inside, reason)) in enumerate(apart.overrides.items(), start=1):
        if number not in rows or rows[number].rank is None:
            raise Invalid("override_of_unranked", field=f"override_{place}")
        reasoned(reason, f"override_reason_{place}")
        if inside and rows[number].result is not Result.SELECTED:
            raise Invalid("override_above_limit", field=f"override_{place}")


def carry_out(session: Session, actor: Actor, decision: Decision) -> None:
    """Move every application as the approved selection says, and tell its applicants.

    Raises WrongState where another selection has taken the places in the meantime, a place in reserve has ended, or an
    award has that somebody had to hold.
    """
    ranking = ranking_behind(session, decision)
    if _above_quota(ranking):
        raise WrongState("quota_taken_meanwhile", free=ranking.free)
    today = actor.at.astimezone(SHANGHAI).date()
    held = reserves.last_days(session, [line.application.id for line in ranking.lines])
    if any(last < today for last in held.values()) or _barred_meanwhile(session, ranking, today):
        raise WrongState("changed_since_proposed")
    until = outcomes.last_day_in_reserve(session, decision, today)
    lines = {line["application"]: line for line in decision.content["applications"]}
    for application in (*(line.application for line in ranking.lines), *ranking.unfinished):
        promised = held.get(application.id, until)
        outcomes.enter(session, actor, decision, application, lines[application.id], reserve_until=promised)


def _barred_meanwhile(session: Session, ranking: Ranking, today: date) -> bool:
    """Tell whether somebody who is in or in reserve can have no place any more on the day of the approval."""
    placed = [line.application for line in ranking.lines if line.row.result is not Result.UNSELECTED]
    return bool(deliberating.barred(session, ranking.round_category, placed, today))


def content_now(session: Session, decision: Decision, *, lock: bool = True) -> dict[str, Any]:
    """Return the content that a proposed selection would have if it were drawn up now."""
    return content_of(ranking_behind(session, decision, lock=lock), exclusions_in(decision), apart_in(decision))


def ranking_behind(session: Session, decision: Decision, *, lock: bool = True) -> Ranking:
    """Return the ranking as it stands, with the places and the reserve of a proposal; its rows are kept as they are."""
    round_category = session.get_one(RoundCategory, decision.round_category_id)
    content, apart = decision.content, apart_in(decision)
    return decisions.ranking(
        session,
        round_category,
        places=content["quota"],
        reserve=content["reserve"],
        least=apart.least,
        overrides=apart.results,
        at=decision.proposed_at,
        lock=lock,
    )


def exclusions_in(decision: Decision) -> dict[int, str]:
    """Return the reasons for which a proposal excludes applications, by their numbers."""
    return {
        line["application"]: line["reason"]
        for line in decision.content["applications"]
        if line["result"] == Result.EXCLUDED
    }


def apart_in(decision: Decision) -> Apart:
    """Return what a proposal does beside the order."""
    overrides = decision.content.get("overrides", ())
    return Apart(
        {one["application"]: (one["result"] == Result.SELECTED, one["reason"]) for one in overrides},
        decision.content.get("scenario"),
    )


def _above_quota(ranking: Ranking) -> bool:
    return ranking.free is not None and ranking.places is not None and ranking.places > ranking.free


def _reserve_orders(ranking: Ranking) -> Iterator[int | None]:
    """Number those in reserve in the order of the ranking, whoever stood there before among them."""
    places = count(1)
    for line in ranking.lines:
        yield next(places) if line.row.result is Result.RESERVED else None


def _ranked(line: Line, reserve_order: int | None, apart: Apart) -> dict[str, Any]:
    evaluation = line.evaluation
    reason = line.opinion.reason if line.opinion and line.row.ground is Ground.NOT_SUPPORTED else ""
    if line.row.ground is Ground.OVERRIDDEN:
        reason = apart.overrides[line.application.id][1]
    return {
        "application": line.application.id,
        "evaluation": evaluation.id if evaluation else None,
        "input_digest": evaluation.input_digest if evaluation else None,
        "total": _digits(line.total),
        **({"given": _digits(line.given)} if line.given is not None else {}),
        "grade": evaluation.grade if evaluation else None,
        "ties": [{"key": key, "points": _digits(points)} for key, points in line.ties],
        "rank": line.row.rank,
        "result": str(line.row.result),
        "reserve_order": reserve_order,
        "ground": str(line.row.ground),
        "parted_by": line.row.parted_by,
        "reason": reason,
        **({"apart": list(line.apart)} if line.apart else {}),
        **({"turn": line.candidate.turn} if line.candidate.turn is not None else {}),
        **({"rule": line.row.rule} if line.row.rule else {}),
        **(
            {"groups": {by: list(values) for by, values in line.candidate.groups.items()}}
            if line.candidate.groups
            else {}
        ),
        **_opinion(line),
    }


def _calibration(applied: Applied) -> dict[str, Any]:
    return {
        "evaluations": list(applied.evaluations),
        "told": applied.adjusted.told,
        "severities": applied.adjusted.digest,
    }


def _opinion(line: Line) -> dict[str, Any]:
    if line.opinion is None:
        return {}
    opinion = line.opinion
    voted = opinion.in_favour is not None
    votes = [opinion.in_favour, opinion.against, opinion.abstained] if voted else None
    return {"opinion": {"meeting": opinion.meeting_id, "supported": opinion.supported, "votes": votes}}


def _excluded(application: Application, reason: str) -> dict[str, Any]:
    return {
        "application": application.id,
        "evaluation": None,
        "input_digest": None,
        "total": None,
        "grade": None,
        "ties": [],
        "rank": None,
        "result": str(Result.EXCLUDED),
        "reserve_order": None,
        "ground": str(Ground.UNFINISHED),
        "parted_by": None,
        "reason": reason,
    }


def _digits(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")
