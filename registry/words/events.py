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
}
