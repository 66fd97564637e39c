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
        N_(
            "The application of %(site)s was not accepted in screening: %(reason)s You may apply again in this round."
        ),
    ),
    "application_barred": (
        N_("Barred in screening: %(site)s"),
        N_(
            "The application of %(site)s was barred in screening: %(reason)s It cannot be filed again in this round."
        ),
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
}
