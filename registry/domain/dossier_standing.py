"""Whether a dossier's decisions were taken by two, and who stands on its notices, lists and awards was selected."""

from collections.abc import Iterator, Mapping
from itertools import chain

from registry.domain.chain import digest_of
from registry.domain.dossier_records import Difference, Json
from registry.domain.vocabulary import DecisionKind, ObjectionStatus, Result, Status

# Where an application may stand by what the last selection that speaks of it made of it.
AFTER: Mapping[Result, tuple[Status, ...]] = {
    Result.SELECTED: (Status.SELECTED, Status.CERTIFIED, Status.REMOVED, Status.WITHDRAWN, Status.TERMINATED),
    Result.RESERVED: (Status.RESERVED, Status.UNSELECTED, Status.WITHDRAWN, Status.TERMINATED),
    Result.UNSELECTED: (Status.UNSELECTED,),
    Result.EXCLUDED: (Status.EXCLUDED,),
}
UNANSWERED = (ObjectionStatus.OPEN, ObjectionStatus.PROPOSED)


def standings(dossier: Json) -> Iterator[Difference]:
    """Yield where somebody decided alone, or where who stands somewhere was not put there by what comes before."""
    for part in ("selections", "decisions"):
        for number, decision in enumerate(dossier[part]):
            yield from _of_two(decision, f"{part}[{number}]")
    last = _last_results(dossier)
    for one in dossier["applications"]:
        result = last.get(one["id"])
        if result is not None and one["status"] not in AFTER[result]:
            yield Difference(f"applications[{one['id']}].status", one["status"], result)
    yield from _of_repeated(dossier)
    yield from _of_notices(dossier)
    yield from _of_lists(dossier, last)
    yield from _of_awards(dossier, last)


def _of_two(decision: Json, path: str) -> Iterator[Difference]:
    """One person proposes, and another decides afterwards."""
    if decision["proposed_by"] == decision["decided_by"]:
        yield Difference(f"{path}.decided_by", decision["decided_by"], "another person")
    if decision["decided_at"] < decision["proposed_at"]:
        yield Difference(f"{path}.decided_at", decision["decided_at"], decision["proposed_at"])


def _last_results(dossier: Json) -> dict[int, Result]:
    """Return, by application, what the last selection that speaks of it made of it."""
    return {
        line["application"]: Result(line["result"])
        for selection in dossier["selections"]
        for line in selection["content"]["applications"]
    }


def _of_repeated(dossier: Json) -> Iterator[Difference]:
    """Only who waits in reserve is decided on again."""
    before: dict[int, str] = {}
    for number, selection in enumerate(dossier["selections"]):
        lines = selection["content"]["applications"]
        for line in lines:
            earlier = before.get(line["application"], Result.RESERVED)
            if earlier != Result.RESERVED:
                yield Difference(f"selections[{number}][{line['application']}]", line["result"], earlier)
        before |= {line["application"]: line["result"] for line in lines}


def _of_notices(dossier: Json) -> Iterator[Difference]:
    """A notice announces who its selection selected, and every one that was approved is there as it was approved."""
    selected = {
        selection["id"]: {
            line["application"] for line in selection["content"]["applications"] if line["result"] == Result.SELECTED
        }
        for selection in dossier["selections"]
    }
    for notice in dossier["notices"]:
        path = f"notices[{notice['id']}]"
        if notice["selection"] not in selected:
            yield Difference(f"{path}.selection", notice["selection"], None)
        for application in notice["entries"]:
            if application not in selected.get(notice["selection"], ()):
                yield Difference(f"{path}.entries[{application}]", application, "selected")
    given = [(notice["selection"], notice["digest"], notice["entries"]) for notice in dossier["notices"]]
    for row in dossier["decisions"]:
        if row["kind"] == DecisionKind.NOTICE:
            entries = row["content"]["entries"]
            numbers = [entry["application_id"] for entry in entries]
            if (row["content"]["decision"], digest_of(entries), numbers) not in given:
                yield Difference(f"decisions[{row['id']}].content.entries", numbers, "a notice")


def _of_lists(dossier: Json, last: Mapping[int, Result]) -> Iterator[Difference]:
    """A list was approved as it stands, after a notice that was concluded with every objection answered."""
    approved = {
        row["digest"]: row["content"]
        for row in dossier["decisions"]
        if row["kind"] in (DecisionKind.PUBLICATION, DecisionKind.CORRECTION)
    }
    notices = {notice["id"]: notice for notice in dossier["notices"]}
    lists = {list_["id"]: list_ for list_ in dossier["publications"]}
    for list_ in dossier["publications"]:
        path, content = f"publications[{list_['id']}]", approved.get(list_["digest"])
        for entry in list_["entries"]:
            if last.get(entry["application"]) is not Result.SELECTED:
                yield Difference(f"{path}.entries[{entry['application']}]", entry["application"], "selected")
        if content is None:
            yield Difference(f"{path}.digest", list_["digest"], "an approved list")
            continue
        found = [
            {"position": one["position"], "application_id": one["application"], **one["content"]}
            for one in list_["entries"]
        ]
        if found != content["entries"]:
            yield Difference(f"{path}.entries", len(found), len(content["entries"]))
        if "notice" not in content:
            yield from _of_correction(list_, lists.get(content["publication"]), path)
        else:
            yield from _of_conclusion(list_, notices.get(content["notice"]), path)


def _of_correction(list_: Json, replaced: Json | None, path: str) -> Iterator[Difference]:
    """A corrected list replaces an earlier one and names the same applications."""
    if replaced is None or list_["replaces"] != replaced["id"] or replaced["id"] >= list_["id"]:
        yield Difference(f"{path}.replaces", list_["replaces"], replaced and replaced["id"])
        return
    own, before = ([one["application"] for one in rows["entries"]] for rows in (list_, replaced))
    if own != before:
        yield Difference(f"{path}.entries", own, before)


def _of_conclusion(list_: Json, notice: Json | None, path: str) -> Iterator[Difference]:
    """A list comes after its notice, and names nobody whom that did not announce."""
    if notice is None or notice["cleared_at"] is None or notice["cleared_at"] > list_["published_at"]:
        yield Difference(f"{path}.published_at", list_["published_at"], notice and notice["cleared_at"])
        return
    for one in notice["objections"]:
        if one["status"] in UNANSWERED:
            yield Difference(f"notices[{notice['id']}].objections[{one['id']}].status", one["status"], path)
    for entry in list_["entries"]:
        if entry["application"] not in notice["entries"]:
            yield Difference(f"{path}.entries[{entry['application']}]", entry["application"], "announced")


def _of_awards(dossier: Json, last: Mapping[int, Result]) -> Iterator[Difference]:
    """An award is of an application that was selected, published and certified."""
    listed = set(chain.from_iterable([one["application"] for one in row["entries"]] for row in dossier["publications"]))
    status = {one["id"]: one["status"] for one in dossier["applications"]}
    for award in dossier["awards"]:
        application = award["application"]
        path = f"awards[{award['number']}]"
        if last.get(application) is not Result.SELECTED:
            yield Difference(f"{path}.application", application, "selected")
        if application not in listed:
            yield Difference(f"{path}.application", application, "on a published list")
        if status.get(application) != Status.CERTIFIED:
            yield Difference(f"{path}.application", status.get(application), Status.CERTIFIED)
