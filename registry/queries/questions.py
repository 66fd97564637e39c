"""The questions of a review, each with what belongs to it of the filing and how far its marking is."""

from dataclasses import dataclass

from registry.domain.judging import panel_rule
from registry.domain.shapes import Indicator, Justification
from registry.domain.values import written
from registry.models import Assignment, Evidence, Review
from registry.queries import cases, filings, reviews


@dataclass(frozen=True, slots=True)
class Question:
    """One question that reviewers mark, with its files, the values that rest on the same papers, and a claim.

    `rule` says which marks need a justification."""

    panel: Indicator
    files: tuple[Evidence, ...]
    values: tuple[cases.ValueRow, ...]
    claim: str
    marked: bool
    begun: bool
    rule: Justification

    @property
    def key(self) -> str:
        return self.panel.key


def of_sheet(sheet: filings.Sheet, assignment: Assignment) -> list[Question]:
    """Return the questions of a sheet in their order; the assignment was loaded with its review and marks.

    A value belongs to a question where both rest on a file, or ask for the same paper.
    """
    panels = reviews.panels(sheet.criteria)
    draft = assignment.review.draft if assignment.review else {}
    marked = {mark.indicator for mark in assignment.review.marks} - draft.keys() if assignment.review else set()
    rows = cases.value_rows(sheet)
    return [
        Question(
            panel,
            cases.evidence_of(sheet, key),
            tuple(row for row in rows if _belongs(sheet, row, panel)),
            sheet.not_applicable.get(key, ""),
            key in marked,
            key in draft,
            panel_rule(sheet.criteria, panel).justification,
        )
        for key, panel in panels.items()
    ]


def typed(review: Review | None) -> dict[str, tuple[str, str]]:
    """Return what stands at each question of a review that was loaded with its marks: its draft before its mark."""
    if review is None:
        return {}
    found = {mark.indicator: (written(mark.points), mark.justification) for mark in review.marks}
    return found | {key: (points, justification) for key, (points, justification) in review.draft.items()}


def _belongs(sheet: filings.Sheet, row: cases.ValueRow, panel: Indicator) -> bool:
    papers = {paper.zh for paper in panel.evidence}
    shared = {file.id for file in row.evidence} & {file.id for file in cases.evidence_of(sheet, panel.key)}
    return bool(shared) or any(paper.zh in papers for paper in row.entry.evidence)
