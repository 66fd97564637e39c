"""Whether the adjusted totals of a dossier are what the marks in it make of them."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from registry.domain.criteria import CriteriaSet
from registry.domain.dossier_records import Difference, Json, last_evaluations
from registry.domain.results import Score
from registry.domain.vocabulary import CalibrationUse, Ground
from registry.domain.whatif.adjusting import adjust
from registry.domain.whatif.frozen import Application, Frame, FrozenRound, Marks, frame_of, freeze


def of_calibration(criteria: CriteriaSet, dossier: Json) -> Iterator[Difference]:
    """Yield where severities or adjusted totals are not those that the marks tell, or were used against the round."""
    applied = dossier["category"]["settings"].get("calibration") == CalibrationUse.APPLIED
    evaluations = {one["id"]: one for one in dossier["evaluations"]}
    reviewers = {(one["application"], one["label"]): str(one["reviewer"]) for one in dossier["reviews"]}
    for number, selection in enumerate(dossier["selections"]):
        path, content = f"selections[{number}]", selection["content"]
        ranked = [line for line in content["applications"] if line["ground"] != Ground.UNFINISHED]
        if ("calibration" in content) is not (applied and bool(ranked)):
            yield Difference(f"{path}.calibration", "calibration" in content, applied)
        for line in content["applications"]:
            if ("given" in line) is not ("calibration" in content and line["total"] is not None):
                yield Difference(f"{path}[{line['application']}].given", line.get("given"), "calibration" in content)
        if "calibration" in content:
            yield from _of_evaluations(dossier, selection, path)
            yield from _of_totals(criteria, evaluations, reviewers, content, path)


def _of_evaluations(dossier: Json, selection: Json, path: str) -> Iterator[Difference]:
    """The severities come from the marks of everybody: of each application the last evaluation before the proposal."""
    latest = last_evaluations(dossier, selection)
    named, found = sorted(selection["content"]["calibration"]["evaluations"]), sorted(latest.values())
    if named != found:
        yield Difference(f"{path}.calibration.evaluations", named, found)


def _of_totals(
    criteria: CriteriaSet,
    evaluations: Mapping[int, Json],
    reviewers: Mapping[tuple[int, str], str],
    content: Json,
    path: str,
) -> Iterator[Difference]:
    kept, frame = content["calibration"], frame_of(criteria)
    rows = tuple(_frozen(frame, evaluations[one], reviewers) for one in kept["evaluations"])
    found = adjust(FrozenRound(frame, rows))
    for key, value in (("told", found.told), ("severities", found.digest)):
        if kept[key] != value:
            yield Difference(f"{path}.calibration.{key}", kept[key], value)
    for line in content["applications"]:
        if line["ground"] == Ground.UNFINISHED:
            continue
        total = found.totals.get(line["application"])
        written = None if total is None else format(total, "f")
        if line["total"] != written:
            yield Difference(f"{path}[{line['application']}].total", line["total"], written)


def _frozen(frame: Frame, evaluation: Json, reviewers: Mapping[tuple[int, str], str]) -> Application:
    key = evaluation["application"]
    marks: Marks = {
        indicator: {reviewers.get((key, label), label): Decimal(points) for label, points in given.items()}
        for indicator, given in evaluation["marks"].items()
    }
    return freeze(key, frame, Score.from_dict(evaluation["figures"]), marks)
