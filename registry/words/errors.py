"""The sentences for refusals."""

from collections.abc import Mapping

from registry.words.marking import N_

ERRORS: Mapping[str, str] = {
    "not_found": N_("There is no such page, or it is not open to you."),
    "forbidden": N_(
        "Your account does not have the role that this page needs. Sign in with the account that has it, or ask the "
        "office."
    ),
    "sign_in_needed": N_("Please sign in first."),
    "moved_on": N_(
        "This can no longer be done: the application has moved on (stage: %(kind)s, status: %(status)s). Load the "
        "page again to see what can be done now."
    ),
    "stale": N_("Somebody else saved in the meantime. Nothing was overwritten; load the page again to see the change."),
    "sent_before_with_other_content": N_("This form was already sent with other content. Load the page again."),
    "form_without_key": N_("The form was incomplete. Load the page again and send it once more."),
    "no_demo": N_("This is not a demonstration: its clock cannot be moved."),
    "clock_never_goes_back": N_("The clock never goes back. Choose a later moment."),
    "route_begins_with_filing": N_("A route begins with a filing. Make it the first line."),
    "route_repeats_a_stage": N_("Stage %(number)s: %(kind)s stands once in a route. Take the second one out."),
    "route_screens_twice": N_(
        "Stage %(number)s: what was filed is screened once before the next filing. Take the second screening out."
    ),
    "route_lacks_a_stage": N_("The route lacks a stage that every decision needs: %(kind)s. Add a line for it."),
    "route_ends_wrongly": N_(
        "A route ends with deliberation, one or two notices, publication and certificate, in this order, and has them "
        "nowhere else."
    ),
    "route_reviews_before_scoring": N_("Stage %(number)s: a review needs figures. Put scoring before it."),
    "route_filings_out_of_order": N_(
        "Stage %(number)s: %(filing)s cannot be filed here. A route begins with an application or a registration; "
        "mid-term report and acceptance follow in this order, each once."
    ),
    "route_filing_unscreened": N_(
        "Stage %(number)s: %(filing)s is not screened before the next filing. Put a screening between them."
    ),
    "route_scores_before_screening": N_(
        "Stage %(number)s: scoring comes after the last filing and its screening. Move it behind them."
    ),
    "route_visits_before_scoring": N_(
        "Stage %(number)s: the site visit comes after the scoring, where a filing may still be returned. Move it down."
    ),
    "route_keeps_unscreened": N_(
        "Stage %(number)s: only what was screened enters the library. Put a screening before."
    ),
    "route_keeps_what_is_scored": N_("Stage %(number)s: the library comes before the scoring. Move it up."),
    "route_recommends_downwards": N_(
        "Stage %(number)s: the level %(level)s recommends before the level %(before)s, not after it or twice. Put the "
        "lowest level first."
    ),
    "route_recommends_after_scoring": N_("Stage %(number)s: bureaus recommend before the scoring. Move it up."),
    "route_line_unreadable": N_(
        "Line %(number)s cannot be read: %(line)s. Write a stage, its level or what is filed, and its settings, as in "
        "recommendation city or notice working_days=7."
    ),
    "address_in_use": N_("This address has an account already. Sign in, or use another address."),
    "invitation_unknown": N_(
        "This invitation is unknown, was used already, or is too old. Ask whoever invited you for a new one."
    ),
    "link_unknown": N_("This link is unknown, was used already, or is too old. Ask for a new one."),
    "address_unconfirmed": N_(
        "Confirm your address first, through the link that was mailed to you; then send this once more. What you entered "
        "stays on this page."
    ),
    "address_unchanged": N_("This is your address already. Enter the new one."),
    "mail_sent_lately": N_("A mail left less than a minute ago. Look into your mailbox, or try again in a minute."),
    "grant_ends_blindness": N_(
        "This person reviews applications without being told who applies, and the role would show it. Take the "
        "applications off first, or wait until the reviews are over."
    ),
    "grant_not_to_oneself": N_("Nobody grants a role to oneself. Ask another administrator."),
    "recommender_needs_region": N_("Choose a region for a recommender; leave it empty for any other role."),
    "disable_not_oneself": N_("Nobody closes one's own account. Ask another administrator."),
    "no_deadline_ahead": N_("There is no further deadline to move to."),
    "fonts_missing": N_("The faces for certificates are missing in %(path)s; make them with: %(command)s"),
    "missing_glyphs": N_("These characters cannot be printed: %(characters)s. Write others in their place."),
    "paper_unprintable": N_(
        "This paper was not made: at “%(where)s” it has characters that cannot be printed: %(characters)s. The page "
        "itself can be printed from the browser."
    ),
    "certificate_too_long": N_(
        "The names on certificate %(number)s do not fit on one page. Shorten them through a correction of the list."
    ),
    "number_prefix": N_("Write the issuer's prefix with two to six capital letters."),
    "number_programme": N_("Write the programme's code with capital letters and digits."),
    "number_year": N_("Write the year with four digits."),
    "number_serial": N_("The serial number begins with 1."),
    "number_format": N_("This is not a certificate number. One looks like GJ-WWTP-2026-0007."),
    "code_bytes": N_("A verification code needs 17 random bytes."),
    "neither_number_nor_code": N_(
        "This is neither a number (for example GJ-WWTP-2026-0007) nor a code of 26 characters."
    ),
    "code_length": N_("A verification code has 26 characters. Compare yours with the certificate."),
    "code_characters": N_(
        "This is not a verification code: one has letters and digits only. Compare it with the certificate."
    ),
    "workdays_count": N_("Enter at least one working day."),
    "workdays_order": N_("The first day comes before the last. Change one of the two."),
    "workdays_zone": N_("A moment needs its time zone."),
    "credit_code_length": N_("A credit code has 18 characters. Copy it from the licence."),
    "credit_code_characters": N_(
        "A credit code has digits and capital letters, without I, O, S, V and Z. Compare yours with the licence."
    ),
    "credit_code_checksum": N_(
        "The last character does not match: a character of the credit code is wrong. Compare it with the licence."
    ),
    "demo_serial": N_("Demonstration codes run from 0 to 999999."),
    "reason_too_short": N_("Write at least %(least)s characters, so that others can follow."),
    "bureau_of_other_level": N_("This stage belongs to the bureau at the level: %(level)s."),
    "confirm_organisation_first": N_("Confirm the organisation's licence before you recommend."),
    "confirm_site_first": N_("Confirm the site before you recommend."),
    "credit_code_held": N_(
        "Another organisation is confirmed under this credit code. Only one can hold it; clear up which one it is first."
    ),
    "application_without_organisation": N_("This application names no organisation."),
    "screening_item_unknown": N_("The checklist has no such item: %(item)s. Load the page again."),
    "screening_item_not_called_for": N_("Note why this item does not apply."),
    "screening_item_unchecked": N_("Say of this item whether it holds."),
    "screening_item_unexplained": N_("This item does not hold: note why the application may go on all the same."),
    "working_days_outside": N_("Give between %(least)s and %(most)s working days."),
    "unit_differs": N_(
        "“%(figure)s %(typed)s” is not taken: the figure is asked in %(unit)s. Convert it, then enter all of its digits."
    ),
    "site_confirmed": N_(
        "The bureau has confirmed this site, so that its organisation changes it no more. Ask the bureau of the region: it "
        "corrects the site or has it entered anew."
    ),
    "site_decided_on": N_(
        "An application of this site is handed in and is read as it stands. Ask the bureau of the region, or the office, which can return it."
    ),
    "input_unknown": N_("The criteria ask for no such value. Load the page again."),
    "example_over_answers": N_("The example fills an empty draft only: nothing that you answered is overwritten."),
    "unmet_unread": N_(
        "Requirements that are not met: %(count)s. Read which, and tick the box to submit all the same."
    ),
    "figures_contradict": N_(
        "Figures contradict each other: %(count)s. They cannot be submitted; the list below leads to each of them."
    ),
    "unusual_unconfirmed": N_("Look at each of the %(count)s figures named here; tick the box if they are right."),
    "verified_value_needed": N_("Enter the value that you established."),
    "score_withheld": N_(
        "No score is given: too much was declared not applicable. Return the application for correction."
    ),
    "gates_missing": N_(
        "%(count)s requirements cannot be judged because values are missing. Establish them, or return the application for correction."
    ),
    "not_a_reviewer": N_(
        "This person is no reviewer of this programme. Choose another, or have the role granted first."
    ),
    "reviewer_knows": N_(
        "The review is blind, and this person sees who applies in another role of the programme. Choose another."
    ),
    "not_reviewed_blind": N_("No blind review is to come or under way here. Load the page again."),
    "file_names_applicant": N_(
        "The applicant is named in this file, be it in its properties, where a reader does not see it. It stays withheld."
    ),
    "copy_names_applicant": N_(
        "You are named in this file, be it in its properties, where a reader does not see it. Take the names out, also of the properties of the document, and attach it again."
    ),
    "no_blind_review": N_("Reviewers are told who applies in this round, so that no copy without names is needed."),
    "evidence_withheld": N_("This file is not open to reviewers, as it may name the applicant."),
    "assigned_already": N_("This reviewer is assigned already. Choose another."),
    "assign_not_oneself": N_("Nobody assigns oneself. Choose another reviewer."),
    "review_not_finished": N_("Finish the review first."),
    "marks_stay": N_("In this round a finished mark stays as it is."),
    "mark_unchanged": N_("Neither points nor justification changed. Change them, or leave the mark as it is."),
    "promise_outside": N_("Choose a day from today up to the day on which the review is due."),
    "promise_too_far": N_("Choose a day from today on, at most %(days)s days from now."),
    "nobody_to_remind": N_("Nobody is left to remind: whoever is late was reminded within the last day."),
    "no_message_to_note": N_("No message has gone out that could come back."),
    "review_finished": N_("This review is finished; it stays as it is."),
    "no_conflict_to_clear": N_("There is no conflict to clear. Load the page again."),
    "panel_unknown_here": N_("The criteria have no such question for reviewers. Load the page again."),
    "mark_needed": N_("Give points to go with the justification."),
    "marks_missing": N_("%(count)s questions are not marked yet. Mark them, then finish the review."),
    "reviews_unfinished": N_(
        "The review cannot be concluded: %(finished)s of %(assigned)s reviews are finished, and at least %(needed)s "
        "are needed. Wait for the others, or assign more reviewers."
    ),
    "credit_code_claimed_before": N_(
        "You have entered an organisation with this credit code already. Go on with that one."
    ),
    "region_not_listed": N_("Choose a region from the list."),
    "member_without_part": N_("Choose at least one part: drafter, signatory, or both."),
    "person_unknown": N_("Nobody has an account with this address. Ask the person to register first."),
    "person_unconfirmed": N_(
        "Whoever has this address has not confirmed it yet. Ask the person to open the link that was mailed, then try again."
    ),
    "members_missed": N_(
        "With %(most)s addresses in a short time nobody could take a seat. Ask the people for the addresses of their "
        "accounts, and try again in %(minutes)s minutes."
    ),
    "successor_not_member": N_("Choose another member of the organisation whose account is open."),
    "last_signatory": N_("You are the last signatory. Hand over to another member first; then you can leave."),
    "own_seat_is_left": N_("Nobody ends one's own seat here; leave the organisation instead."),
    "appoint_not_oneself": N_("Nobody appoints oneself. Ask another administrator."),
    "signatory_there": N_("The organisation has a signatory, who lets others sign. Ask that person."),
    "signatory_stays": N_("You cannot give up signing yourself; another signatory can change your part."),
    "permit_number_held": N_(
        "A confirmed site has this permit number already. Ask its organisation, or the bureau of your region."
    ),
    "permit_number_entered_before": N_(
        "Your organisation has entered a site with this permit number already. Go on with that one."
    ),
    "round_not_open_yet": N_("This round takes no applications yet: it opens at %(opens)s, and it is %(now)s now."),
    "round_closed": N_("The deadline was %(deadline)s, and it is %(now)s now by the clock of the portal."),
    "correction_overdue": N_(
        "The correction was due by %(deadline)s, and it is %(now)s now by the clock of the portal."
    ),
    "no_part_in_site": N_("Your organisation has no part in this site at present. Choose a site in which it has one."),
    "refused_by_bureau": N_(
        "The bureau has not confirmed the organisation or the site; nobody can apply with it. Ask the bureau for the "
        "reason."
    ),
    "barred_until": N_(
        "This site or its organisation is barred from this programme; they can apply again from %(day)s on."
    ),
    "months_outside": N_("Give between %(least)s and %(most)s months."),
    "reserve_holds": N_("The place in reserve still holds. It ends by itself when its time is over."),
    "letter_settled": N_(
        "One of these letters does not wait any more: it was sent or withdrawn. Look at the list again."
    ),
    "letters_changed_meanwhile": N_(
        "Other letters wait here now than those that were shown. Nothing was done: look at the list again."
    ),
    "another_person_releases": N_("This letter was written by an act of yours; another person releases it."),
    "letter_reads_the_same": N_(
        "Written anew, a letter would read as it does now. Save another wording of the programme first."
    ),
    "letter_subject_in_lines": N_("The subject is one line. Take the line breaks out."),
    "letter_placeholder_unknown": N_("This letter knows no %(name)s. It knows: %(known)s."),
    "letter_brace_stray": N_(
        "The brace %(brace)s belongs to no placeholder. A placeholder stands between { and } on one line, such as {site}."
    ),
    "wording_unchanged": N_("Nothing is changed: this is the wording that counts already."),
    "wording_changed_meanwhile": N_(
        "Somebody else saved another wording in the meantime. Nothing was overwritten: compare with the last one below, and save again if yours is right."
    ),
    "applied_already": N_("This site has an application in this category of the round already. Go on with that one."),
    "field_locked": N_("The correction does not ask for this; only what the office named can be changed."),
    "claim_not_allowed": N_("The criteria do not let this be declared not applicable. Fill it in."),
    "evidence_for_nothing": N_("Choose what the file proves."),
    "evidence_attached_before": N_("The same file proves this already, as %(name)s. It need not be attached again."),
    "filing_incomplete": N_("%(count)s entries are still missing. Fill them in, then submit."),
    "signs_own_draft": N_(
        "In this round nobody signs what they helped to fill in, evidence included. Another signatory has to submit."
    ),
    "reason_missing": N_("Please give a reason."),
    "correction_not_overdue": N_("The correction is not overdue."),
    "series_file_too_large": N_("The file is larger than %(limit)s. Send the columns in several files."),
    "file_missing": N_("Choose a file."),
    "upload_empty": N_("The file is empty. Choose another."),
    "upload_too_large": N_("The file is larger than %(limit)s MB. Make it smaller or split it."),
    "file_type_unknown": N_("Files of this type are not taken. Taken are: %(types)s."),
    "file_type_differs": N_(
        "The content of the file is not what its name says (.%(extension)s). Save it in that format, then attach it."
    ),
    "file_has_macros": N_("The file holds macros (%(entry)s). Save it without them."),
    "archive_broken": N_("The file is damaged and cannot be opened. Save it anew, then attach it."),
    "archive_locked": N_("The archive is locked with a password. Nobody could read it; pack it without one."),
    "archive_in_archive": N_("The archive holds another archive (%(entry)s). Unpack that first."),
    "archive_unpacks_too_large": N_(
        "The archive unpacks to far more than it is, or has more than %(entries)s entries. Hand in the files themselves."
    ),
    "proposal_waits_already": N_(
        "A proposal on this waits for approval already. It is decided before there is another."
    ),
    "nothing_to_decide": N_("There is no application to decide about."),
    "exclusion_of_finished": N_("Only an application that is unfinished can be excluded. Load the page again."),
    "selection_above_quota": N_(
        "The quota leaves %(free)s places free; not more can be selected. Place the others in reserve, or pass them "
        "over."
    ),
    "quota_taken_meanwhile": N_(
        "Another selection has taken places in the meantime: %(free)s are free. Propose again."
    ),
    "number_negative": N_("Enter 0 or more."),
    "changed_since_proposed": N_(
        "What this rests on has changed since it was proposed. Reject it and have it proposed again."
    ),
    "decided_already": N_("This was decided already: %(status)s."),
    "another_person_decides": N_("You proposed this; another person decides."),
    "notice_needs_approved_selection": N_(
        "A notice announces an approved selection. Have the selection approved first."
    ),
    "notice_opened_already": N_("This selection is announced already."),
    "nobody_selected": N_("Nobody is selected, so there is nothing to announce."),
    "notice_closed": N_("The notice has ended; objections are no longer taken."),
    "objection_entry_unknown": N_("Choose an entry of this notice."),
    "objection_answered": N_("This objection is answered already."),
    "objection_proposed": N_("It is proposed to uphold this objection; a second person decides on that."),
    "anonymous_not_taken": N_("This round takes objections in name only. Give your name and how we reach you."),
    "entry_needed": N_("Fill in this field."),
    "notice_cleared_already": N_("This notice is concluded already."),
    "notice_still_open": N_("The notice is still open; it can be concluded when its last working day is over."),
    "objections_unanswered": N_("Answer every objection before the notice is concluded."),
    "notice_before_not_concluded": N_(
        "The notice before this one on the route is not concluded yet. Conclude that one first."
    ),
    "another_notice_follows": N_("Another notice follows this one on the route; the list is proposed after that."),
    "publication_replaced": N_("A correction has replaced this list already. Correct the list that stands now."),
    "correction_changes_nothing": N_(
        "Nothing reads otherwise than on the published list. Change what is to be corrected."
    ),
    "notice_not_cleared": N_("The notice is not concluded yet. Conclude it first."),
    "nothing_to_publish": N_("Nobody is left on this notice who waits for publication."),
    "not_to_be_issued": N_("There is no certificate to be issued for this entry."),
    "list_issued_already": N_("Every entry of this list has its certificate already."),
    "certificate_unprintable": N_(
        "The certificate of %(site)s cannot be printed: the faces lack %(characters)s. Tell whoever runs the portal."
    ),
    "award_revoked_already": N_("This award is revoked already."),
    "evidence_not_readable": N_(
        "This file cannot be read: it was found infected, or it is no longer in the store. It has to be attached anew."
    ),
    "programme_unknown": N_("There is no programme %(programme)s."),
    "granted_already": N_("This person has this role already."),
    "not_waiting_for_invitation": N_("This person has come in already, or the account is closed."),
    "key_taken": N_("There is one with the key %(taken)s already. Choose another key."),
    "programme_key": N_("Write the key with small letters, digits and hyphens, beginning with a letter."),
    "category_key": N_("Write the key with letters, digits and hyphens, beginning with a letter."),
    "document_not_kept": N_("The document %(document)s is not in the catalogue. Choose one that is."),
    "clause_not_of_document": N_(
        "The document has no clause %(clause)s in the catalogue. Look it up on the page of the document."
    ),
    "numbers_taken": N_("Numbers %(number)s-… belong to %(programme)s already. Choose another code."),
    "years_valid": N_("Enter one to ten years: so long an award is valid."),
    "issuer_needed": N_("Name at least one issuer."),
    "issuer_twice": N_("The same issuer is named twice. Take one out."),
    "issuer_two_names": N_("An issuer needs a Chinese and an English name with a bar between: %(name)s"),
    "issuer_other_name": N_("%(name_en)s is known as %(name)s. Use that name or another English one."),
    "region_unknown_here": N_("There is no region %(region)s."),
    "criteria_loaded_before": N_("This text is version %(number)s of the set %(name)s already."),
    "criteria_four_eyes": N_("You loaded these criteria; another person approves them."),
    "criteria_not_waiting": N_("These criteria do not wait for approval any more. Load the page again."),
    "criteria_changed": N_("These are not the criteria that you were shown. Load the page again and read them."),
    "criteria_not_approved": N_("The criteria %(name)s are not approved. Choose an approved version."),
    "criteria_set_not_approved": N_(
        "No version of the criteria set %(name)s is approved. Load it and have it approved first."
    ),
    "route_unknown": N_("There is no route %(name)s."),
    "route_parameter_unknown": N_("Stage %(number)s: %(kind)s has no setting %(name)s. Take it out."),
    "route_parameter_range": N_("Stage %(number)s: %(name)s goes from %(least)s to %(most)s; %(value)s is outside."),
    "route_recommendation_needs_level": N_(
        "Stage %(number)s: a recommendation needs the level of its bureau, as in recommendation city."
    ),
    "library_track_needs_stage": N_(
        "The track is a library, and the route has none. Add a line library, or choose another track."
    ),
    "registration_needs_named_track": N_(
        "Only named pilots register. Choose their track, or begin the route with filing."
    ),
    "round_kind_unknown": N_("The file of the programme has no kind of round %(name)s."),
    "round_needs_end": N_("This kind of round ends. Say when it closes."),
    "category_not_in_round": N_("This category is not in the round. Choose one that is."),
    "limit_of_level_or_region": N_(
        "A limit holds for every bureau of a level or for that of one region. Choose one of the two."
    ),
    "limit_of_nobody": N_(
        "How many may be recommended is set for bureaus that no route asks (level: %(level)s). Take that limit away, or "
        "add their stage to a route."
    ),
    "scenario_title_taken": N_("Another scenario of this round has this title."),
    "scenario_changes_nothing": N_("Change something first: a scenario is what differs from the round as it is set."),
    "scenario_not_adoptable": N_("This scenario changes what the round fixed before it opened. It cannot be adopted."),
    "scenario_below_lowest_grade": N_("The least total of a scenario that is adopted is not below the lowest grade."),
    "scenario_of_other_round": N_("This scenario belongs to another ranking."),
    "scenario_unknown": N_("This ranking has no such scenario."),
    "scenario_result_differs": N_("Worked out anew, the scenario comes to another result. Please save it anew."),
    "scenario_out_of_date": N_("The figures have changed since the scenario was saved. Please save it anew."),
    "stability_out_of_date": N_("The figures have changed since this was asked for. Please ask for it anew."),
    "setting_impossible": N_("With this setting nothing can be worked out."),
    "override_of_unranked": N_("Only an application that stands in the ranking can be overridden."),
    "override_twice": N_("One application is overridden twice."),
    "override_above_limit": N_("There is no place left for it: the places or a limit of its group are full."),
    "overrides_unseen": N_("Please confirm that you looked at the overrides."),
    "dossier_unknown": N_("This is no dossier of a round, or one of a format that is not known here."),
    "dossier_unreadable": N_("The dossier cannot be read: %(part)s"),
    "assigning_under_way": N_("A plan of this round is being worked on. Wait until it is done, then try again."),
    "assigning_nothing": N_("No application under review lacks a reviewer."),
    "assigning_nobody": N_("The programme has no reviewer with an open account."),
    "plan_over": N_("This plan was put into effect or discarded already. Load the page again."),
    "plan_empty": N_("The plan assigns nobody, so there is nothing to put into effect."),
    "plan_does_not_hold": N_(
        "What the plan rests on has changed: %(count)s of its assignments do not hold any more. Nobody was assigned. "
        "They are named on the page of the plan."
    ),
    "plan_file_columns": N_("The first line must name the columns “application” and “reviewer”."),
    "plan_file_empty": N_("The file has no line that assigns somebody."),
    "plan_file_too_long": N_("At most %(limit)s lines are read at once."),
    "plan_file_no_application": N_("A reviewer is named, but no application."),
    "plan_file_application": N_("No application under review in this round has the number “%(value)s”."),
    "plan_file_reviewer": N_("No reviewer of this programme has the e-mail address “%(value)s”."),
    "plan_file_faulty": N_("The file was not taken. What is wrong: %(count)s"),
    "load_below_one": N_("A reviewer who is to be added takes one application or more."),
    "needed_below_zero": N_("An application needs 0 reviewers or more."),
    "load_below_zero": N_("A reviewer takes 0 applications or more."),
    "candidates_below_one": N_("At least one reviewer must be considered for each application."),
    "seed_needed": N_("Enter a seed: a word or number by which equal plans are told apart."),
    "tie_unequivocal": N_("This tie is certain and cannot be dismissed. Choose another reviewer."),
    "tie_of_one_organisation": N_("Nothing lies between two organisations here: decide about this person alone."),
    "tie_of_oneself": N_("Nobody judges one's own ties. Leave it to a colleague."),
    "ends_in_future": N_("Enter a day that has come: an employment that goes on has no end."),
    "ends_before_it_begins": N_("The end lies before the beginning."),
    "entered_by_office": N_("The office entered this: ask it to put it right."),
    "end_is_entered": N_("The end of this employment is entered already: ask the office to put it right."),
    "taken_back_already": N_("This was taken away already. Load the page again."),
    "confirms_own_alone": N_("Everybody confirms this for oneself alone."),
    "set_unknown_here": N_("One of these criteria sets is not known. Load the page again."),
    "most_positive": N_("Enter at least 1, or nothing where there is no limit."),
    "evaluator_name_missing": N_("Enter the name of the firm too, or leave all three fields empty."),
    "likeness_of_nothing": N_("Nobody has handed in an application in this round yet; there is nothing to compare."),
    "rule_number": N_("A rule has one number: at most, or at least."),
    "rule_since_year": N_("Count from a year between 2000 and %(year)s, the year of the round."),
    "rule_of_level_or_region": N_("Choose one region, or each region of a level."),
    "rule_of_unknown_answer": N_("Choose a question and an answer that every category of the rule has."),
    "rule_twice": N_("This group has such a number already. Take the other rule away first."),
    "reserved_by_two": N_(
        "Places are reserved for another group to which some of these may belong too. Reserve for one kind of group "
        "only."
    ),
    "reserved_above_quota": N_("%(reserved)s places are reserved, but there are only %(places)s. Change one of them."),
    "limits_do_not_add_up": N_(
        "The categories have %(added)s places and the pool %(pool)s, but the total is %(total)s. Change one of them."
    ),
    "total_needs_numbers": N_(
        "With a total every category needs a number of places. Give each one, or take the total away."
    ),
    "pool_needs_total": N_("A pool is the part of a total that no category has. Set the total too."),
    "round_unsettled": N_("Something of this round can still change, so that it cannot be archived: %(what)s"),
    "round_not_opened": N_("Only a round that was opened can be archived."),
    "dossier_of_archived_round": N_("Dossiers are written of rounds that are archived."),
    "round_archived_already": N_("This round is archived already. Load the page again."),
    "round_archived": N_("This round is archived: nothing of it is decided any more."),
    "dossiers_complete": N_("Every category of this round has its dossier."),
    "dossier_differs": N_(
        "The dossier of %(category)s does not come out the same when it is worked out again. Differences: %(count)s, the first at %(path)s. Nothing was filed; please tell whoever runs the portal."
    ),
    "task_goes_on": N_("Dossiers are written to the end; this cannot be cancelled."),
    "pool_of_open_round": N_("Places of the pool are assigned while the round is open."),
    "round_without_pool": N_("This round has no pool, so that there is nothing to assign."),
    "pool_assigns_nothing": N_("Enter at least one place for one category; no number is below 0."),
    "pool_too_small": N_("The pool has %(left)s places left. Assign no more than that."),
    "pool_for_unlimited": N_("A category without a number of places needs none from the pool. Leave it empty."),
    "recommendation_quota_spent": N_(
        "Your bureau may recommend %(number)s here and has done so. Decline this one, or ask the office."
    ),
    "rank_from_one": N_("Enter a rank from 1 on."),
    "rank_given_before": N_("Another application already has the rank %(rank)s from your bureau. Choose another."),
    "region_confirmed_already": N_(
        "Another site is confirmed for this region. Clear up which one stands for it first."
    ),
    "site_outside_programme": N_(
        "This programme takes sites in %(region)s only. Choose a site there, or another programme."
    ),
    "site_kind_not_taken": N_(
        "This category takes sites of other kinds: %(kinds)s. Choose such a site, or another category."
    ),
    "site_level_not_taken": N_(
        "This category takes regions of another level: %(levels)s. Choose such a region, or another category."
    ),
    "site_not_named": N_("The document names who takes part, and this site is none of them: %(regions)s."),
    "site_not_listed": N_(
        "This category is for those who hold a valid award already, the site or the organisation that applies for it: "
        "%(categories)s."
    ),
    "award_held_already": N_(
        "There is a valid award in this category already, which is not given a second time meanwhile (%(once)s)."
    ),
    "after_unknown": N_("There is no category %(name)s on the portal. Set up its programme first."),
    "round_is_open": N_("The round is open; nothing of it changes any more."),
    "round_year": N_("Enter a year from 2000 to 2100."),
    "round_closes_before_it_opens": N_("The round would close before it opens. Set a later close."),
    "intake_has_end": N_("The end of this round is set already; it does not change any more."),
    "intake_end_too_late": N_("The end can be at most %(days)s days ahead. It is set once."),
    "intake_end_in_past": N_("Choose a moment from now on, so that nobody who applies now is shut out afterwards."),
    "round_without_category": N_("The round has no category yet. Add one first."),
    "round_opens_in_past": N_("The opening lies before today. Set it to today or later."),
    "round_closes_in_past": N_("The close is past. Set it to a later moment."),
    "category_of_other_programme": N_("This category belongs to another programme. Choose one of this programme."),
    "category_in_round": N_("This category is in the round already on this track."),
    "gate_always_holds": N_("The requirement %(gate)s always holds: the criteria do not let a round switch it off."),
    "factor_year_unknown": N_(
        "The factor tables have no figures of %(year)s. Set a year of the factors from %(first)s to %(last)s."
    ),
    "factor_version_unknown": N_(
        "The criteria read no version %(version)s of the table %(table)s. Choose one that is offered."
    ),
    "quota_negative": N_("Enter a quota of 0 or more."),
    "quota_differs": N_("All tracks of a category share one quota in a round; it is %(number)s. Enter the same."),
    "event_missing": N_("An event is missing here."),
    "event_not_linked": N_("The event does not follow from the one before."),
    "payload_changed": N_("The details of the event were changed."),
    "event_changed": N_("The event was changed."),
    "chain_cut_short": N_("The record does not end where it should."),
    "round_still_open": N_("The round is still open. A selection is proposed after it has closed."),
    "sign_not_taken": N_("At place %(place)s stands a sign that cannot be read (%(sign)s). Type the text anew there."),
    "organisation_decided": N_(
        "The organisation is decided on already (%(status)s). A bureau decides it once; the recommendation goes on."
    ),
    "site_decided": N_("The site is decided on already (%(status)s). A bureau decides it once."),
    "permit_number_confirmed": N_(
        "Another site is confirmed under this discharge permit. Only one can hold it; clear up which one it is first."
    ),
    "own_organisation": N_(
        "You have a seat in the organisation concerned, or had one in the last twelve months, so somebody else has to act "
        "here."
    ),
    "person_twice": N_("%(name)s stands here twice. Take one out."),
    "person_named_twice": N_(
        "%(name)s is named twice. Tell two people of one name apart, for example by their offices."
    ),
    "person_unreadable": N_("Line %(number)s lacks a name or a unit: %(line)s. Write: name | unit."),
    "person_too_long": N_("Line %(number)s is too long: at most %(most)s characters for the name and for the unit."),
    "people_outside": N_("Name from %(least)s to %(most)s people; there are %(count)s."),
    "day_in_future": N_("This day is still to come. Enter today or an earlier day."),
    "day_before_submission": N_("This day lies before the submission of %(day)s. Enter a later one."),
    "visit_not_recorded": N_("Record the visit first: its day, who went, and what was found."),
    "photo_type": N_("Photographs are taken as JPG or PNG. Save yours as one of the two."),
    "photos_full": N_(
        "There are %(most)s photographs already; that is as many as a visit may have. Take one away first."
    ),
    "caption_needed": N_("Say what the photograph shows, in at most %(most)s characters."),
    "photo_added_before": N_("This photograph is there already."),
    "meeting_one_chair": N_("Name one person in the chair."),
    "recused_not_present": N_("%(name)s is not among those present. Add the name there, or take it out here."),
    "recusal_without_reason": N_("Say why %(name)s stayed out of it. Write: name | reason."),
    "recusal_without_opinion": N_("Somebody stayed out of this application: say what the others made of it."),
    "nobody_left_to_judge": N_("Chair and members all stayed out of this application; nobody was left to judge it."),
    "votes_without_voting": N_("Votes are entered only where the meeting voted. Take them out, or say that it voted."),
    "votes_needed": N_("Enter how many voted so; 0 where nobody did."),
    "votes_not_those_of_voters": N_(
        "The votes do not add up to the %(voters)s who could vote on this application. Count them again."
    ),
    "site_region_too_wide": N_(
        "The site names a region in which a bureau below has to recommend it. Enter the site with its region at the level: %(level)s."
    ),
    "holder_not_confirmed": N_(
        "Nobody has confirmed the organisation and the site yet, so that no certificate can be issued."
    ),
    "votes_say_otherwise": N_(
        "The votes say otherwise: %(in_favour)s in favour, %(against)s against. Supported is what has more votes in favour."
    ),
    "rest_needs_votes": N_("Where the meeting voted, the votes on each application are entered one by one."),
    "opinion_needed": N_("Say whether the meeting supports this application."),
    "meeting_without_opinion": N_("The record says nothing of any application. Enter the opinion on at least one."),
    "opinion_on_no_candidate": N_("One of these applications is not in deliberation any more. Load the page again."),
    "opinions_missing": N_(
        "The route asks for a meeting: of %(count)s ranked applications no meeting has said anything yet. Record the "
        "meeting first."
    ),
    "adjusting_needs_all_reviews": N_(
        "In this round totals adjusted for the severity of reviewers decide, and these depend on every mark: %(count)s "
        "applications are still under review. Conclude their reviews first."
    ),
    "calibration_without_review": N_(
        "Severities can decide only where experts review. Add a stage of review to the route, or choose another use."
    ),
    "disagreements_open": N_(
        "The reviewers of %(count)s ranked applications disagree, and no meeting has spoken of them yet. Record the "
        "meeting first."
    ),
    "meeting_not_latest": N_("Another meeting was recorded since. Only the latest record can be corrected."),
    "meeting_decided_on": N_("A decision rests on this record; it stays as it is."),
    "conflict_stands": N_("The conflict of interest stands: this person does not review the application any more."),
    "credit_code_not_of_applicant": N_(
        "This is not the credit code of the organisation that applied. A correction puts a spelling right; it names "
        "nobody else."
    ),
    "entry_not_of_applicant": N_(
        "The published line has a credit code that is not that of the organisation that applied. Correct the list first."
    ),
    "grant_needs_confirmed_address": N_(
        "Nobody has confirmed the address of this account, so that nobody knows whose it is. A role is granted once the "
        "address is confirmed."
    ),
    "name_has_address": N_("Enter the name alone, in one line and without an address on the web."),
    "nothing_chosen": N_("Choose at least one."),
    "tasks_too_many": N_(
        "You have asked for %(most)s results that are not ready yet. Wait for one of them, or cancel one."
    ),
    "result_gone": N_("This file is not kept any more. Ask for it once more."),
    "task_over": N_("This is not under way any more. Load the page again."),
    "task_broke": N_("Something went wrong on our side; it is on record. Please ask for it once more."),
    "task_given_up": N_("It was begun %(times)s times and never came to its end. Please tell whoever runs the portal."),
    "task_asker_may_not": N_(
        "Whoever asked for this may not do it any more, so that it stopped. What was done before stays done."
    ),
    "task_nothing_issued": N_("No certificate could be issued. The reasons stand below."),
    "export_empty": N_("No application fits, so that there is nothing to export. Widen the search."),
    "export_too_large": N_("These are %(count)s applications; at most %(most)s go into one file. Narrow the search."),
    "list_drawn_apart": N_("This list is long: its PDF is drawn meanwhile. Ask for it on the page of the list."),
    "library_changed": N_("Some of these do not stand in the library any more. Look again at what is there now."),
}
