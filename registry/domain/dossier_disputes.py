"""Whether a dossier kept to what its round had fixed for reviewers who disagree."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from registry.domain import disagreement, routes
from registry.domain.criteria import CriteriaSet
from registry.domain.disagreement import Follows, Limits
from registry.domain.dossier_records import Difference, Json
from registry.domain.vocabulary import Kind


def disputes(criteria: CriteriaSet, dossier: Json) -> Iterator[Difference]:
    """Yield where reviewers disagree and what follows from it by the route of the round did not."""
    steps = [step for step in routes.read(dossier["category"]["route"]) if step.kind is Kind.REVIEW]
    allowed = disagreement.limits(criteria)
    for step in steps:
        match disagreement.follows(step.parameters):
            case Follows.FURTHER_REVIEW:
                yield from _of_reviews(dossier, allowed, disagreement.needed(criteria, step.parameters))
            case Follows.DELIBERATION:
                yield from _of_lines(dossier, allowed)


def _of_reviews(dossier: Json, allowed: Limits, needed: int) -> Iterator[Difference]:
    """What was concluded with as many reviews as are needed has no marks that are too far apart."""
    finished: dict[int, list[str]] = defaultdict(list)
    for review in sorted((one for one in dossier["reviews"] if one["finished"]), key=lambda one: one["finished_at"]):
        finished[review["application"]].append(review["label"])
    for number, evaluation in enumerate(dossier["evaluations"]):
        marks: Mapping[str, Mapping[str, str]] = evaluation["marks"]
        counted = {label for by_label in marks.values() for label in by_label}
        if evaluation["stage"] != Kind.REVIEW or len(counted) > needed:
            continue
        order = [label for label in finished[evaluation["application"]] if label in counted]
        given = [
            {key: Decimal(by_label[label]) for key, by_label in marks.items() if label in by_label} for label in order
        ]
        if disagreement.further(allowed, needed, given):
            yield Difference(f"evaluations[{number}].marks", len(counted), f"reviews needed: {needed + 1}")


def _of_lines(dossier: Json, allowed: Limits) -> Iterator[Difference]:
    """A meeting spoke of whoever is ranked although the reviewers disagree, and every selection says who that is."""
    evaluations = {one["id"]: one for one in dossier["evaluations"]}
    for number, selection in enumerate(dossier["selections"]):
        for line in selection["content"]["applications"]:
            if line["evaluation"] is None:
                continue
            evaluation = evaluations[line["evaluation"]]
            found = list(disagreement.of_figures(allowed, evaluation["marks"], evaluation["figures"]["items"]))
            path = f"selections[{number}][{line['application']}]"
            if line.get("apart", []) != found:
                yield Difference(f"{path}.apart", line.get("apart", []), found)
            if found and line["rank"] is not None and "opinion" not in line:
                yield Difference(f"{path}.opinion", None, "a meeting, for the reviewers disagree")
