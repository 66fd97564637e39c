"""The sentences for refusals."""

from collections.abc import Mapping

from registry.words.marking import N_

ERRORS: Mapping[str, str] = {
    "not_found": N_("There is no such page, or it is not open to you."),
    "forbidden": N_("Your account does not have the role that this page needs."),
    "sign_in_needed": N_("Please sign in first."),
    "moved_on": N_("This can no longer be done: the application has moved on (stage: %(kind)s, status: %(status)s)."),
    "stale": N_("Somebody else saved in the meantime. Nothing was overwritten; load the page again to see the change."),
    "sent_before_with_other_content": N_("This form was already sent with other content. Load the page again."),
    "form_without_key": N_("The form was incomplete. Load the page again and send it once more."),
    "no_demo": N_("This is not a demonstration: its clock cannot be moved."),
    "clock_never_goes_back": N_("The clock never goes back."),
    "route_begins_with_filing": N_("A route begins with the filing."),
    "route_repeats_a_stage": N_("A route names each kind of stage once."),
    "route_lacks_a_stage": N_("The route lacks a stage that every decision needs: %(kind)s."),
    "route_ends_wrongly": N_("A route ends with deliberation, notice, publication and certificate, in this order."),
    "route_reviews_before_scoring": N_("Review needs figures: scoring stands before it."),
    "address_in_use": N_("This address has an account already. Sign in, or use another address."),
    "invitation_unknown": N_("This invitation is unknown, was used already, or is too old."),
    "grant_not_to_oneself": N_("Nobody grants a role to oneself."),
    "recommender_needs_region": N_("A recommender needs a region; other roles have none."),
    "disable_not_oneself": N_("Nobody closes one's own account."),
    "no_deadline_ahead": N_("There is no further deadline to move to."),
    "fonts_missing": N_("The faces for certificates are missing in %(path)s; make them with: %(command)s"),
    "missing_glyphs": N_("These characters cannot be printed: %(characters)s."),
    "certificate_too_long": N_("The names on certificate %(number)s do not fit on one page."),
    "number_prefix": N_("The issuer's prefix has two to six capital letters."),
    "number_programme": N_("The programme's code has capital letters and digits."),
    "number_year": N_("The year has four digits."),
    "number_serial": N_("The serial number begins with 1."),
    "number_format": N_("This is not a certificate number, such as GJ-WWTP-2026-0007."),
    "code_bytes": N_("A verification code needs 17 random bytes."),
    "code_length": N_("A verification code has 26 characters."),
    "code_characters": N_("This is not a verification code: it has letters and digits only."),
    "workdays_count": N_("The number of working days begins with 1."),
    "workdays_order": N_("The first day comes before the last."),
    "workdays_zone": N_("A moment needs its time zone."),
    "credit_code_length": N_("A credit code has 18 characters."),
    "credit_code_characters": N_("A credit code has digits and capital letters, without I, O, S, V and Z."),
    "credit_code_checksum": N_("The last character does not match: a character of the credit code is wrong."),
    "demo_serial": N_("Demonstration codes run from 0 to 999999."),
    "reason_too_short": N_("Write at least %(least)s characters, so that others can follow."),
    "bureau_of_other_level": N_("This stage belongs to the bureau at the level: %(level)s."),
    "confirm_organisation_first": N_("Confirm the organisation's licence before you recommend."),
    "confirm_site_first": N_("Confirm the site before you recommend."),
    "credit_code_held": N_(
        "Another organisation is confirmed under this credit code. Only one can hold it; clear up which one it is first."
    ),
    "application_without_organisation": N_("This application names no organisation."),
    "screening_item_unknown": N_("The checklist has no such item: %(item)s."),
    "screening_item_unchecked": N_("Say of this item whether it holds."),
    "screening_item_unexplained": N_("This item does not hold: note why the application may go on all the same."),
    "working_days_outside": N_("Give between %(least)s and %(most)s working days."),
    "input_unknown": N_("The criteria ask for no such value."),
    "verified_value_needed": N_("Enter the value that you established."),
    "score_withheld": N_(
        "No score is given: too much was declared not applicable. Return the application for correction."
    ),
    "gates_missing": N_(
        "%(count)s requirements cannot be judged because values are missing. Establish them, or return the application for correction."
    ),
    "not_a_reviewer": N_("This person is no reviewer of this programme."),
    "assigned_already": N_("This reviewer is assigned already."),
    "assign_not_oneself": N_("Nobody assigns oneself."),
    "review_finished": N_("This review is finished; it stays as it is."),
    "no_conflict_to_clear": N_("There is no conflict to clear."),
    "panel_unknown_here": N_("The criteria have no such question for reviewers."),
    "mark_needed": N_("Give points to go with the justification."),
    "marks_missing": N_("%(count)s questions are not marked yet."),
    "reviews_unfinished": N_(
        "The review cannot be concluded: %(finished)s of %(assigned)s reviews are finished, and at least %(needed)s are needed."
    ),
}
