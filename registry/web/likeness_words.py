"""Findings of likeness as pages show them: what is alike, why it matters, and the passages in common marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g

from registry.domain.likeness.values import Why
from registry.domain.vocabulary import LikenessKind
from registry.models import Application
from registry.queries import criteria_versions, people
from registry.queries.likeness import Judged
from registry.web.templating import label, named, picked
from registry.web.templating import said as _


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a finding: whose it is, what it is called, and its text in pieces, those alike marked."""

    application: Application
    title: str
    pieces: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding in words."""

    judged: Judged
    title: str
    measure: str
    why: str
    sides: tuple[Side, ...]
    shared: tuple[tuple[str, str, str], ...] = ()


def shown(rows: Iterable[Judged]) -> list[Shown]:
    """Return findings as a page shows them."""
    found = list(rows)
    reviewers = people.names(
        g.session, {side["reviewer"] for one in found for side in one.finding.content["sides"] if side.get("reviewer")}
    )
    return [_shown(one, reviewers) for one in found]


def _shown(judged: Judged, reviewers: dict[int, str]) -> Shown:
    finding = judged.finding
    applications = {row.id: row for row in judged.applications}
    sides = [
        Side(applications[side["application"]], _title(applications[side["application"]], side, reviewers), pieces)
        for side, pieces in zip(finding.content["sides"], _pieces(finding.content), strict=True)
    ]
    why = _(", ").join(label(Why(word)) for word in finding.why)
    one, other = sides[0].application, sides[-1].application
    shared = tuple(
        (row["value"], _questions(one, row["questions"]), _questions(other, row["others"]))
        for row in finding.content.get("shared", ())
    )
    return Shown(judged, label(finding.kind), _measure(finding.kind, finding.measure), why, tuple(sides), shared)


def _measure(kind: LikenessKind, measure: dict[str, Any]) -> str:
    match kind:
        case LikenessKind.FILE:
            return _("Applications that hold it: %(count)s", count=measure["applications"])
        case LikenessKind.FIGURES:
            return _("Unusual numbers in common: %(count)s", count=measure["figures"])
        case _:
            share = round(100 * float(measure["containment"]))
            return _("%(share)s %% of the shorter text stand in the longer too", share=share)


def _title(application: Application, side: dict[str, Any], reviewers: dict[int, str]) -> str:
    if side.get("reviewer"):
        return reviewers.get(side["reviewer"], "")
    if side.get("question"):
        return _questions(application, [side["question"]])
    return str(side.get("name", ""))


def _questions(application: Application, keys: Sequence[str]) -> str:
    inputs = criteria_versions.of_round_category(g.session, application.round_category).inputs
    return _(", ").join(picked(inputs[key].title) if key in inputs else key for key in keys)


def _pieces(content: dict[str, Any]) -> list[tuple[tuple[str, bool], ...]]:
    """Return each text in pieces, those that stand in the other too marked."""
    passages = content.get("passages", [])
    spans = [sorted((row[0], row[1]) for row in passages), sorted((row[2], row[3]) for row in passages)]
    return [
        tuple(_cut(side["text"], spans[place])) if "text" in side else () for place, side in enumerate(content["sides"])
    ]


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> Iterable[tuple[str, bool]]:
    at = 0
    for start, end in spans:
        if end <= at:
            continue
        start = max(start, at)
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


def whose(application: Application) -> str:
    """Return an application by its site, its applicant and its round."""
    applicant = [named(application.organisation)] if application.organisation else []
    return " · ".join([named(application.site), *applicant, named(application.round_category.round, "title")])
