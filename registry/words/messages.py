"""Subjects and texts of the messages that the portal sends."""

from collections.abc import Mapping

from registry.words.marking import N_

MESSAGES: Mapping[str, tuple[str, str]] = {
    # A letter has its words already, in the language of the person.
    "letter": ("%(subject)s", "%(body)s"),
    "invitation": (
        N_("Your account on the registry of synergy benchmarks"),
        N_("%(name)s, an account was opened for you. Choose your password through the link below; it works once."),
    ),
    # Whoever opens an account chooses its name: what may go to an address that nobody confirmed does not carry it.
    "confirm_address": (
        N_("Confirm your address"),
        N_(
            "Please confirm that this is your address: open the link below and press the button there. It works "
            "once, for three days. If you opened no account, do nothing."
        ),
    ),
    "registered_before": (
        N_("You have an account already"),
        N_(
            "Somebody asked for an account with this address. You have one already, so that none was opened. Sign in with "
            "your password; if you do not know it any more, or never confirmed this address, choose a new one on the page "
            "below. If that was not you, do nothing."
        ),
    ),
    "reset_password": (
        N_("Choose a new password"),
        N_(
            "Somebody asked for a new password for your account. Choose it through the link below; it works once, "
            "for two hours. If that was not you, do nothing: your password stays as it is."
        ),
    ),
    "password_changed": (
        N_("Your password was changed"),
        N_(
            "The password of your account was changed. If that was not you, choose another one at once through "
            "the page below and tell the office."
        ),
    ),
    "new_address": (
        N_("Confirm your new address"),
        N_(
            "This shall be the address of your account. Open the link below and press the button there; it works "
            "once, for a day. If you asked for nothing, do nothing."
        ),
    ),
    "address_change_asked": (
        N_("Your account is to have another address"),
        N_(
            "Somebody who knows your password asked to change the address of your account. It changes when the "
            "link at the new address is opened. If that was not you, change your password at once on the page below: that "
            "ends the request."
        ),
    ),
    "address_changed": (
        N_("Your account has another address"),
        N_(
            "The address of your account was changed; nothing is sent to this one any more. If that was not you, "
            "tell the office at once."
        ),
    ),
    "application_returned": (
        N_("Please correct your application: %(site)s"),
        N_(
            "The office returned the application of %(site)s: %(note)s Correct it and send it again before %(due)s; after that it lapses."
        ),
    ),
    "intake_ends": (
        N_("The round closes: hand in the application of %(site)s in time"),
        N_(
            "The round in which you are preparing the application of %(site)s had no end. It now closes on %(due)s: "
            "%(reason)s An application that is not handed in by then does not take part."
        ),
    ),
    "application_called": (
        N_("Called to the selection: %(site)s"),
        N_("The application of %(site)s was called from the library to the selection: %(reason)s"),
    ),
    "review_assigned": (
        N_("An application to review: %(site)s"),
        N_(
            "You were asked to review the application of %(site)s. Declare a conflict of interest first if you have one."
        ),
    ),
    "review_reminder": (
        N_("A review waits for you"),
        N_("A review that you were asked for is due on %(due)s and not finished. Finish it, or say if you cannot."),
    ),
    "review_reminder_without_date": (
        N_("A review waits for you"),
        N_("A review that you were asked for is not finished. Finish it, or say if you cannot."),
    ),
    "review_reminder_of_several": (
        N_("Reviews wait for you: %(count)s"),
        N_(
            "Reviews that you were asked for are not finished: %(count)s; the first is due on %(due)s. Finish them, or say if you cannot."
        ),
    ),
    "review_declined": (
        N_("A reviewer declined: %(site)s"),
        N_(
            "Reviewer %(label)s declined the application of %(site)s. The reason stands with the case; assign another if one is needed."
        ),
    ),
    "submitted": (
        N_("Received: the application of %(site)s"),
        N_(
            "The application of %(site)s has arrived. Receipt %(receipt)s. Digest of the content: %(digest)s. "
            "The receipt is behind the link."
        ),
    ),
    "seat_offered": (
        N_("You are asked to take a seat in %(organisation)s"),
        N_("A signatory asks you to take a seat in %(organisation)s. Accept or decline it behind the link."),
    ),
    "seat_given": (
        N_("Your seat in %(organisation)s has changed"),
        N_("A signatory gave you another part in %(organisation)s. It holds from now on."),
    ),
    "seat_handed_over": (
        N_("You are signatory of %(organisation)s"),
        N_("%(person)s handed over to you: you sign for %(organisation)s from now on and look after its people."),
    ),
    "seat_ended": (
        N_("Your seat in %(organisation)s has ended"),
        N_("A signatory ended your seat in %(organisation)s: %(reason)s"),
    ),
    "member_left": (
        N_("%(person)s has left %(organisation)s"),
        N_("%(person)s gave up the seat in %(organisation)s and sees nothing of it any more."),
    ),
    "signatory_appointed": (
        N_("You are signatory of %(organisation)s"),
        N_(
            "Nobody could sign for %(organisation)s any more, so that an administrator appointed you its signatory: "
            "%(reason)s"
        ),
    ),
}
