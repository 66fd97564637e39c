"""What nothing in a dossier leads to: taken as facts by a replay, and named, so that nobody takes it for worked out."""

from collections.abc import Iterator
from dataclasses import dataclass

from registry.domain import disagreement, routes
from registry.domain.disagreement import Follows
from registry.domain.dossier_records import COUNTING, Json
from registry.domain.selection import BARS
from registry.domain.vocabulary import CalibrationUse, ConflictState, Ground, Kind, Result, Status

# Where an application stands that left by itself, or by a decision that the dossier does not hold.
LEFT = (Status.WITHDRAWN, Status.TERMINATED)


@dataclass(frozen=True, slots=True)
class Fact:
    """What a replay takes as it stands: the place in the dossier, and what is said there."""

    path: str
    said: object


def facts(dossier: Json) -> tuple[Fact, ...]:
    """Return what stands in a dossier and follows from nothing else in it.

    Raises Invalid where its route cannot be read.
    """
    return (
        *_of_round(dossier),
        *_of_stages(dossier),
        *_of_selections(dossier),
        *_of_people(dossier),
        *_of_applications(dossier),
    )


def _of_round(dossier: Json) -> Iterator[Fact]:
    """What the round had fixed of reviews, of what applicants are told, and of what decides."""
    category = dossier["category"]
    yield Fact("category.settings.calibration", category["settings"].get("calibration", CalibrationUse.SHOWN.value))
    for number, step in enumerate(routes.read(category["route"])):
        path = f"category.route[{number}]"
        if step.kind is Kind.REVIEW:
            for name in ("minimum_reviewers", "blind", "disagreement"):
                yield Fact(f"{path}.{name}", routes.parameter(step.kind, step.parameters, name))
        if step.kind is Kind.PUBLICATION:
            # A route leaves out what is usual, and rounds from before there was a choice say nothing either.
            yield Fact(f"{path}.feedback", step.parameters.get("feedback", "not said"))


def _of_stages(dossier: Json) -> Iterator[Fact]:
    """Where one more review is needed when reviewers disagree: what was evaluated at another stage than the review."""
    steps = [step for step in routes.read(dossier["category"]["route"]) if step.kind is Kind.REVIEW]
    if any(disagreement.follows(step.parameters) is Follows.FURTHER_REVIEW for step in steps):
        for number, evaluation in enumerate(dossier["evaluations"]):
            if evaluation["stage"] != Kind.REVIEW:
                yield Fact(f"evaluations[{number}].stage", evaluation["stage"])


def _of_selections(dossier: Json) -> Iterator[Fact]:
    for number, selection in enumerate(dossier["selections"]):
        path, content = f"selections[{number}]", selection["content"]
        yield Fact(f"{path}.quota", content["quota"])
        if "least" in content:
            yield Fact(f"{path}.least", content["least"])
        for rule in content.get("rules", ()):
            yield Fact(f"{path}.rules[{rule['key']}].taken", rule["taken"])
        for line in content["applications"]:
            own = f"{path}[{line['application']}]"
            if line["ground"] in BARS or line["ground"] == Ground.UNFINISHED:
                yield Fact(f"{own}.ground", f"{line['ground']} {line['reason']}".strip())
            elif line["evaluation"] is None:
                yield Fact(f"{own}.evaluation", "none")
            if line.get("groups"):
                yield Fact(f"{own}.groups", line["groups"])


def _of_people(dossier: Json) -> Iterator[Fact]:
    """Whose marks do not count, what meetings said, and what became of objections.

    Raises ValueError for a conflict that there is no word for.
    """
    for one in dossier["reviews"]:
        path, conflict = f"reviews[{one['application']}][{one['label']}]", ConflictState(one["conflict"])
        if conflict not in COUNTING:
            yield Fact(f"{path}.conflict", conflict.value)
        if one["ended_at"] is not None:
            yield Fact(f"{path}.ended_at", one["ended_at"])
    for meeting in dossier["meetings"]:
        for one in meeting["opinions"]:
            said = {"supported": one["supported"], "votes": one["votes"], "held_on": meeting["held_on"]}
            yield Fact(f"meetings[{meeting['id']}].opinions[{one['application']}]", said)
    for notice in dossier["notices"]:
        for one in notice["objections"]:
            yield Fact(f"notices[{notice['id']}].objections[{one['id']}]", one["status"])


def _of_applications(dossier: Json) -> Iterator[Fact]:
    """Who stands in no selection, who left after one, and who was certified without an award that is kept."""
    awarded = {one["application"] for one in dossier["awards"]}
    last = {
        line["application"]: line["result"]
        for selection in dossier["selections"]
        for line in selection["content"]["applications"]
    }
    for one in dossier["applications"]:
        path, status = f"applications[{one['id']}]", one["status"]
        if one["id"] not in last:
            yield Fact(path, f"in no selection: {one['stage']} {status}")
        elif status == Status.CERTIFIED and one["id"] not in awarded:
            yield Fact(f"{path}.status", f"{status} without an award")
        elif status in LEFT or (last[one["id"]] == Result.RESERVED and status == Status.UNSELECTED):
            yield Fact(f"{path}.status", status)
