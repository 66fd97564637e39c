"""The names of what may read otherwise in two versions of a decision's content."""

from collections.abc import Mapping

from registry.words.marking import N_

FIELDS: Mapping[str, str] = {
    "position": N_("No."),
    "site": N_("Project (site)"),
    "organisation": N_("Applicant"),
    "credit_code": N_("Unified Social Credit Code"),
    "region": N_("Region"),
    "category": N_("Category"),
    "title": N_("Title of the list"),
    "title_en": N_("Title in English"),
    "publication": N_("List to be corrected"),
    "working_days": N_("Working days"),
    "count_start": N_("The first day counts"),
    "quota": N_("Places to fill"),
    "reserve": N_("In reserve"),
    "criteria": N_("Digest of the criteria"),
    "evaluation": N_("Evaluation"),
    "total": N_("Total"),
    "grade": N_("Grade"),
    "rank": N_("Rank"),
    "result": N_("Result"),
    "reserve_order": N_("Order in reserve"),
    "ground": N_("Why"),
    "scenario": N_("Scenario"),
    "least": N_("Least total"),
    "overrides": N_("Overrides"),
    "reason": N_("Reason"),
}
