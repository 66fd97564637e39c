"""Subjects and texts of the messages that the portal sends."""

from collections.abc import Mapping

from registry.words.marking import N_

MESSAGES: Mapping[str, tuple[str, str]] = {
    "invitation": (
        N_("Your account on the registry of synergy benchmarks"),
        N_("%(name)s, an account was opened for you. Choose your password through the link below; it works once."),
    ),
    "application_returned": (
        N_("Please correct your application: %(site)s"),
        N_(
            "The office returned the application of %(site)s: %(note)s Correct it and send it again before %(due)s; after that it lapses."
        ),
    ),
    "application_refused": (
        N_("Not accepted in screening: %(site)s"),
        N_("The application of %(site)s was not accepted in screening: %(reason)s You may apply again in this round."),
    ),
    "application_barred": (
        N_("Barred in screening: %(site)s"),
        N_("The application of %(site)s was barred in screening: %(reason)s It cannot be filed again in this round."),
    ),
    "application_declined": (
        N_("Not recommended: %(site)s"),
        N_("The bureau does not recommend the application of %(site)s: %(opinion)s"),
    ),
    "review_assigned": (
        N_("An application to review: %(site)s"),
        N_(
            "You were asked to review the application of %(site)s. Declare a conflict of interest first if you have one."
        ),
    ),
    "submitted": (
        N_("Received: the application of %(site)s"),
        N_(
            "The application of %(site)s has arrived. Receipt %(receipt)s. Digest of the content: %(digest)s. "
            "The receipt is behind the link."
        ),
    ),
    "lapsed": (
        N_("Lapsed: the application of %(site)s"),
        N_("The correction of the application of %(site)s was not handed in by its date, so that it has lapsed."),
    ),
    "seat_offered": (
        N_("You are asked to take a seat in %(organisation)s"),
        N_("A signatory asks you to take a seat in %(organisation)s. Accept or decline it behind the link."),
    ),
    "seat_given": (
        N_("Your seat in %(organisation)s has changed"),
        N_("A signatory gave you another part in %(organisation)s. It holds from now on."),
    ),
    "application_selected": (
        N_("Selected: %(site)s"),
        N_(
            "%(site)s is selected. The selection is announced publicly next; it becomes final when the notice has ended."
        ),
    ),
    "application_reserved": (
        N_("In reserve: %(site)s"),
        N_("%(site)s stands in reserve. If a place becomes vacant it may be selected; you need not do anything."),
    ),
    "application_unselected": (
        N_("Not selected: %(site)s"),
        N_("%(site)s was not selected in this round. Your application shows each figure and how it came about."),
    ),
    "application_excluded": (
        N_("Excluded from the decision: %(site)s"),
        N_("The application of %(site)s was unfinished when it was decided and was excluded: %(reason)s"),
    ),
    "application_removed": (
        N_("Removed after an objection: %(site)s"),
        N_("An objection to %(site)s was upheld and its entry removed from the notice: %(reason)s"),
    ),
    "application_published": (
        N_("Published: %(site)s"),
        N_("%(site)s stands on the published list: %(title)s. Its certificate is issued next."),
    ),
    "certificate_issued": (
        N_("Certificate issued: %(site)s"),
        N_("The certificate of %(site)s is issued under the number %(number)s. You can download it; there is no fee."),
    ),
    "award_revoked": (
        N_("Award revoked: %(site)s"),
        N_("The award %(number)s of %(site)s is revoked: %(reason)s"),
    ),
}
