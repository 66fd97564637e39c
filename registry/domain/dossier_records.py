"""What the parts of a dossier say of each other: every line rests on its own application, marks and records.

A replay works out what follows from what. Here stands what must agree beforehand.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from registry.domain.vocabulary import ConflictState, DecisionKind, Ground, ObjectionStatus, Result, Status

Json = Mapping[str, Any]
# Where an application stands that some selection must have spoken of.
DECIDED = (Status.SELECTED, Status.CERTIFIED, Status.RESERVED, Status.UNSELECTED, Status.EXCLUDED, Status.REMOVED)
COUNTING = (ConflictState.NONE, ConflictState.CLEARED)
# Where an application stands to which an objection was upheld: it left the notice by that, or before.
LEFT = (Status.REMOVED, Status.WITHDRAWN, Status.TERMINATED)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a replay comes to something else: the place in the dossier, what stands there, and what comes out."""

    path: str
    kept: object
    found: object


def contradictions(dossier: Json) -> Iterator[Difference]:
    """Yield where one part of a dossier does not agree with another.

    Lines, evaluations, marks, meetings, reserve, and the objections with who stands on the lists.
    """
    applications = {one["id"]: one for one in dossier["applications"]}
    evaluations = {one["id"]: one for one in dossier["evaluations"]}
    for number, evaluation in enumerate(dossier["evaluations"]):
        if evaluation["application"] not in applications:
            yield Difference(f"evaluations[{number}].application", evaluation["application"], None)
    for key, many in Counter(one["id"] for one in dossier["evaluations"]).items():
        if many > 1:
            yield Difference(f"evaluations[{key}]", many, 1)
    yield from _of_marks(dossier)
    yield from _of_objections(dossier, applications)
    named = {line["application"] for row in dossier["selections"] for line in row["content"]["applications"]}
    for key in sorted(named - applications.keys()):
        yield Difference(f"applications[{key}]", None, "in a selection")
    for key, application in applications.items():
        if key not in named and application["status"] in DECIDED:
            yield Difference(f"applications[{key}].status", application["status"], "in no selection")
    yield from _of_selections(dossier, evaluations)


def last_evaluations(dossier: Json, selection: Json) -> dict[int, int]:
    """Return, by application, the number of its last evaluation made before a selection was proposed."""
    latest: dict[int, int] = {}
    for one in sorted(dossier["evaluations"], key=lambda one: one["id"]):
        if one["at"] <= selection["proposed_at"]:
            latest[one["application"]] = one["id"]
    return latest


def _of_selections(dossier: Json, evaluations: Mapping[int, Json]) -> Iterator[Difference]:
    """Each application has one line in a selection, which rests on what is kept of it."""
    reserved: dict[int, int] = {}
    for number, selection in enumerate(dossier["selections"]):
        path, content, latest = f"selections[{number}]", selection["content"], last_evaluations(dossier, selection)
        for key, many in Counter(line["application"] for line in content["applications"]).items():
            if many > 1:
                yield Difference(f"{path}[{key}]", many, 1)
        for line in content["applications"]:
            own = f"{path}[{line['application']}]"
            if line["ground"] != Ground.UNFINISHED:
                yield from _of_evaluation(line, evaluations, latest, own)
                yield from _of_line(dossier, content, line, reserved, own)
        yield from _of_rules(dossier, content, path)
        reserved = {
            line["application"]: line["reserve_order"]
            for line in content["applications"]
            if line["result"] == Result.RESERVED
        }


def _of_evaluation(
    line: Json, evaluations: Mapping[int, Json], latest: Mapping[int, int], path: str
) -> Iterator[Difference]:
    """A line rests on the last evaluation that its own application had, and on none only where it had none."""
    whose = None if line["evaluation"] is None else evaluations[line["evaluation"]]["application"]
    if whose not in (None, line["application"]):
        yield Difference(f"{path}.evaluation", line["application"], whose)
    elif line["evaluation"] != latest.get(line["application"]):
        yield Difference(f"{path}.evaluation", line["evaluation"], latest.get(line["application"]))


def _of_line(dossier: Json, content: Json, line: Json, reserved: Mapping[int, int], path: str) -> Iterator[Difference]:
    """A line says a meeting's own words, and the place in reserve that its application had before."""
    if line.get("turn") != reserved.get(line["application"]):
        yield Difference(f"{path}.turn", line.get("turn"), reserved.get(line["application"]))
    said, recorded = line.get("opinion"), _opinion(dossier, content, line["application"])
    kept = None if said is None else {"meeting": said["meeting"], "supported": said["supported"]}
    if kept != recorded:
        yield Difference(f"{path}.opinion", kept, recorded)


def _opinion(dossier: Json, content: Json, application: int) -> Json | None:
    """Return what the last of the meetings that a selection names says of an application."""
    digests = {one["id"]: one["digest"] for one in content.get("meetings", ())}
    found = None
    for meeting in sorted(dossier["meetings"], key=lambda one: (one["held_on"], one["id"])):
        if digests.get(meeting["id"]) == meeting["digest"]:
            for one in meeting["opinions"]:
                if one["application"] == application:
                    found = {"meeting": meeting["id"], "supported": one["supported"]}
    return found


def _of_rules(dossier: Json, content: Json, path: str) -> Iterator[Difference]:
    """The rules of a selection are those of its round, whatever places were taken before."""
    kept = [{key: value for key, value in rule.items() if key != "taken"} for rule in content.get("rules", ())]
    if kept != dossier["rules"]:
        yield Difference(f"{path}.rules", kept, dossier["rules"])


def _of_objections(dossier: Json, applications: Mapping[int, Json]) -> Iterator[Difference]:
    """Every objection is answered before its notice ended; who is upheld against stands on no list, nobody else was
    removed, and every removal that was approved upheld one."""
    listed = {entry["application"] for list_ in dossier["publications"] for entry in list_["entries"]}
    upheld: set[int] = set()
    for notice in dossier["notices"]:
        for one in notice["objections"]:
            path, about = f"notices[{notice['id']}].objections[{one['id']}]", one["application"]
            if about not in applications or about not in notice.get("entries", (about,)):
                yield Difference(f"{path}.application", about, None)
            yield from _of_answer(dossier, notice, one, path)
            if one["status"] != ObjectionStatus.UPHELD:
                continue
            upheld.add(about)
            status = applications[about]["status"] if about in applications else None
            if status not in LEFT:
                yield Difference(f"applications[{about}].status", status, Status.REMOVED)
            if about in listed:
                yield Difference(f"{path}.status", one["status"], "on a published list")
    answers = {
        one["id"]: one["reply"].get("decision")
        for notice in dossier["notices"]
        for one in notice["objections"]
        if one["status"] == ObjectionStatus.UPHELD and one["reply"] is not None
    }
    for row in dossier["decisions"]:
        if row["kind"] == DecisionKind.REMOVAL and answers.get(row["content"]["objection"]) != row["id"]:
            yield Difference(f"decisions[{row['id']}].content.objection", row["content"]["objection"], "upheld by it")
    for key, application in applications.items():
        if application["status"] == Status.REMOVED and key not in upheld:
            yield Difference(f"applications[{key}].status", application["status"], "no objection upheld")


def _of_answer(dossier: Json, notice: Json, one: Json, path: str) -> Iterator[Difference]:
    """The answer to an objection says what became of it, came in its place, and was approved where it upholds it."""
    reply = one["reply"]
    found = None if reply is None else ObjectionStatus.UPHELD if reply["upheld"] else ObjectionStatus.DISMISSED
    waits = one["status"] in (ObjectionStatus.OPEN, ObjectionStatus.PROPOSED) and notice["cleared_at"] is None
    if found != one["status"] and not (found is None and waits):
        yield Difference(f"{path}.status", one["status"], found)
    if not notice["opens_at"] <= one["raised_at"] <= notice["closes_at"]:
        yield Difference(f"{path}.raised_at", one["raised_at"], notice["closes_at"])
    if reply is None:
        return
    if reply["at"] < one["raised_at"] or (notice["cleared_at"] is not None and reply["at"] > notice["cleared_at"]):
        yield Difference(f"{path}.reply.at", reply["at"], notice["cleared_at"])
    if not reply["upheld"]:
        return
    decided = reply.get("decision")
    by = {row["id"]: row for row in dossier["decisions"] if row["kind"] == DecisionKind.REMOVAL}.get(decided)
    kept = (one["id"], one["application"], reply["text"], reply["answered_by"], reply["approved_by"])
    approved = by and (
        *(by["content"]["objection"], by["content"]["application"]),
        *(by["reason"], by["proposed_by"], by["decided_by"]),
    )
    if approved != kept or reply["answered_by"] == reply["approved_by"]:
        yield Difference(f"{path}.reply.decision", decided, by and by["id"])


def _of_marks(dossier: Json) -> Iterator[Difference]:
    """Every mark that counted was made by a reviewer of that application, and what should have counted did."""
    reviews: dict[int, dict[str, Json]] = {}
    for review in dossier["reviews"]:
        reviews.setdefault(review["application"], {})[review["label"]] = review
    for number, evaluation in enumerate(dossier["evaluations"]):
        path, own = f"evaluations[{number}].marks", reviews.get(evaluation["application"], {})
        for indicator, by_label in evaluation["marks"].items():
            for label, points in by_label.items():
                made = _made(own.get(label), indicator, evaluation["at"])
                if made != Decimal(points):
                    yield Difference(f"{path}[{indicator}][{label}]", points, None if made is None else str(made))
        for label, review in own.items():
            asked = {mark["indicator"] for mark in review["marks"]} if _counts(review, evaluation["at"]) else set()
            for indicator in sorted(asked):
                if label not in evaluation["marks"].get(indicator, {}):
                    yield Difference(f"{path}[{indicator}][{label}]", None, "a finished review")


def _made(review: Json | None, indicator: str, at: str) -> Decimal | None:
    """Return the last mark of a finished review on a question by a moment."""
    if review is None or not review["finished"] or review["finished_at"] > at:
        return None
    return next((Decimal(one["points"]) for one in reversed(review["marks"]) if one["indicator"] == indicator), None)


def _counts(review: Json, at: str) -> bool:
    """Tell whether a review counts whatever else happened: finished in time, never ended, no conflict."""
    finished = review["finished"] and review["finished_at"] <= at
    return bool(finished and review["conflict"] in COUNTING and review["ended_at"] is None)
