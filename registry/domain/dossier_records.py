"""What the parts of a dossier say of each other: every line rests on its own application, marks and records.

A replay works out what follows from what. Here stands what must agree beforehand, and what nothing in the file leads
to: such things are taken as facts, and named, so that nobody takes them for worked out.
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


@dataclass(frozen=True, slots=True)
class Fact:
    """What a replay takes as it stands: the place in the dossier, and what is said there."""

    path: str
    said: object


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
    reserved: dict[int, int] = {}
    named: set[int] = set()
    for number, selection in enumerate(dossier["selections"]):
        path, content = f"selections[{number}]", selection["content"]
        for key, many in Counter(line["application"] for line in content["applications"]).items():
            if many > 1:
                yield Difference(f"{path}[{key}]", many, 1)
        for line in content["applications"]:
            yield from _of_line(dossier, content, line, evaluations, reserved, f"{path}[{line['application']}]")
        yield from _of_rules(dossier, content, path)
        named |= {line["application"] for line in content["applications"]}
        reserved = {
            line["application"]: line["reserve_order"]
            for line in content["applications"]
            if line["result"] == Result.RESERVED
        }
    for key in sorted(named - applications.keys()):
        yield Difference(f"applications[{key}]", None, "in a selection")
    for key, application in applications.items():
        if key not in named and application["status"] in DECIDED:
            yield Difference(f"applications[{key}].status", application["status"], "in no selection")


def facts(dossier: Json) -> tuple[Fact, ...]:
    """Return what stands in a dossier and follows from nothing else in it."""
    return tuple(_facts(dossier))


def _facts(dossier: Json) -> Iterator[Fact]:
    named: set[int] = set()
    for number, selection in enumerate(dossier["selections"]):
        path, content = f"selections[{number}]", selection["content"]
        yield Fact(f"{path}.quota", content["quota"])
        for rule in content.get("rules", ()):
            yield Fact(f"{path}.rules[{rule['key']}].taken", rule["taken"])
        for line in content["applications"]:
            named.add(line["application"])
            if line["ground"] in (Ground.BARRED, Ground.UNFINISHED):
                said = f"{line['ground']} {line['reason']}".strip()
                yield Fact(f"{path}[{line['application']}].ground", said)
            if line.get("groups"):
                yield Fact(f"{path}[{line['application']}].groups", line["groups"])
    for notice in dossier["notices"]:
        for one in notice["objections"]:
            yield Fact(f"notices[{notice['id']}].objections[{one['id']}]", one["status"])
    for one in dossier["applications"]:
        if one["id"] not in named:
            yield Fact(f"applications[{one['id']}]", f"in no selection: {one['stage']} {one['status']}")


def _of_line(
    dossier: Json,
    content: Json,
    line: Json,
    evaluations: Mapping[int, Json],
    reserved: Mapping[int, int],
    path: str,
) -> Iterator[Difference]:
    """A line rests on an evaluation of its own application, a meeting's own words, and its place in reserve."""
    if line["evaluation"] is not None:
        whose = evaluations[line["evaluation"]]["application"]
        if whose != line["application"]:
            yield Difference(f"{path}.evaluation", line["application"], whose)
    if line["ground"] == Ground.UNFINISHED:
        return
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
    """Every objection is answered before its notice ended; who is upheld against stands on no list, and nobody else
    was removed."""
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
    # Before two persons were asked for, one alone upheld an objection.
    if not reply["upheld"] or "decision" not in reply:
        return
    by = {row["id"]: row for row in dossier["decisions"] if row["kind"] == DecisionKind.REMOVAL}.get(reply["decision"])
    kept = (one["id"], one["application"], reply["text"], reply["answered_by"], reply["approved_by"])
    approved = by and (
        *(by["content"]["objection"], by["content"]["application"]),
        *(by["reason"], by["proposed_by"], by["decided_by"]),
    )
    if approved != kept or reply["answered_by"] == reply["approved_by"]:
        yield Difference(f"{path}.reply.decision", reply["decision"], by and by["id"])


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
