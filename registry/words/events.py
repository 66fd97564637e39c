"""What happened, as it stands in a history."""

from collections.abc import Mapping

from registry.words.marking import N_

EVENTS: Mapping[str, str] = {
    "submit": N_("Submitted"),
    "withdraw": N_("Withdrawn"),
    "recommend": N_("Recommended"),
    "decline": N_("Not recommended"),
    "accept": N_("Accepted in screening"),
    "return": N_("Returned for correction"),
    "refuse": N_("Refused in screening; may apply again"),
    "bar": N_("Barred in screening"),
    "lapse": N_("Lapsed: not corrected in time"),
    "score": N_("Scored"),
    "fail": N_("Failed a requirement"),
    "assign": N_("Reviewer assigned"),
    "conclude_review": N_("Review concluded"),
    "select": N_("Selected"),
    "reserve": N_("Placed in reserve"),
    "pass_over": N_("Not selected"),
    "exclude": N_("Excluded from the decision"),
    "clear": N_("Notice ended without objection upheld"),
    "remove": N_("Removed after an upheld objection"),
    "publish": N_("Published"),
    "issue": N_("Certificate issued"),
    "confirm_organisation": N_("Organisation confirmed"),
    "refuse_organisation": N_("Organisation not confirmed"),
    "confirm_site": N_("Site confirmed"),
    "refuse_site": N_("Site not confirmed"),
    "check": N_("Checklist of screening saved"),
    "verify_value": N_("Value established"),
    "evaluate": N_("Score computed and kept"),
    "unassign": N_("Reviewer taken off"),
    "declare_conflict": N_("Conflict of interest declared"),
    "clear_conflict": N_("Conflict of interest cleared"),
    "mark": N_("Marks saved"),
    "finish_review": N_("Review finished"),
}
