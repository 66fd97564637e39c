"""Who applies in the demonstration. They are invented, and so are their figures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from registry.config import ROOT
from registry.domain.vocabulary import Action, Kind, OrganisationKind, SiteKind

EXAMPLES = ROOT / "criteria" / "examples"


@dataclass(frozen=True, slots=True)
class Fate:
    """Where an application does not go on as its route has it: it stays at a kind of stage, or another act ends it.

    In the filing, `Action.EDIT` is a draft that was begun to be filled in. In the review, `Action.ASSIGN` is one that
    was begun, `Action.REVIEW` one that all have finished and nobody has concluded.
    """

    at: Kind
    act: Action | None = None


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
    return {**example(applicant.criteria)[0], **applicant.figures}


def claims_of(applicant: Applicant) -> dict[str, str]:
    """Return what the example of its set says does not apply, with the reasons."""
    return dict(example(applicant.criteria)[1])


@cache
def example(criteria: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Return the inputs of the example of a set, and its reasons why something does not apply; none without one."""
    path = EXAMPLES / f"{criteria}.json"
    if not path.is_file():
        return {}, {}
    answers = json.loads(path.read_text(encoding="utf-8"))
    return answers["inputs"], answers.get("not_applicable", {})
