"""Who applies in the demonstration. They are invented, and so are their figures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from registry.config import ROOT
from registry.domain.vocabulary import OrganisationKind, SiteKind

EXAMPLES = ROOT / "criteria" / "examples"


@dataclass(frozen=True, slots=True)
class Applicant:
    """An invented applicant: names, region, what applies, and how its figures differ from those of a set's example.

    `below` is, for each reviewer, how many levels below the best that reviewer marks every question.
    """

    key: str
    organisation: str
    organisation_en: str
    site: str
    site_en: str
    region: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    criteria: str = "wwtp"
    kind: SiteKind = SiteKind.PLANT
    organisation_kind: OrganisationKind = OrganisationKind.ENTERPRISE
    industry: str = "污水处理及其再生利用"
    below: tuple[int, ...] = (0, 0, 1)


def figures_of(applicant: Applicant) -> dict[str, Any]:
    """Return the inputs of an applicant: those of the example of its set, with its own figures."""
    return {**_example(applicant.criteria)["inputs"], **applicant.figures}


def claims_of(applicant: Applicant) -> dict[str, str]:
    """Return what the example of its set says does not apply, with the reasons."""
    return dict(_example(applicant.criteria).get("not_applicable", {}))


@cache
def _example(criteria: str) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads((EXAMPLES / f"{criteria}.json").read_text(encoding="utf-8"))
    return answers
