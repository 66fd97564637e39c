"""The sentences about criteria sets: faults and their mend, warnings, reasons, and the names of lines of working."""

from collections.abc import Mapping

from registry.words.marking import N_

FAULTS: Mapping[str, str] = {
    # The file as a whole
    "criteria_faulty": N_("%(source)s cannot be used: %(count)s faults."),
    "series_faulty": N_("The file was not taken: %(count)s faults."),
    "answers_faulty": N_("The answers do not fit the criteria set: %(count)s faults."),
    "no_such_file": N_("There is no such file. Check its name and the folder it is in."),
    "file_unreadable": N_("The file cannot be read: %(problem)s. Save it as a text file in UTF-8."),
    "file_closed": N_("The file cannot be opened: %(problem)s. Name a file that you may read."),
    "json_syntax": N_(
        "This is not valid JSON at character %(column)s: %(problem)s. Check commas, quotes (half-width) and brackets there and just before."
    ),
    "not_a_set": N_(
        "This is JSON and no criteria set. Use answers and marks with: registry criteria score SET ANSWERS.json --marks MARKS.json"
    ),
    "file_too_large": N_("The file is larger than %(limit)s. Split it or leave out what is not needed."),
    "file_empty": N_("The file is empty. Begin with key, version and title."),
    "yaml_syntax": N_(
        "This is not valid YAML: %(problem)s. Near this line check the indentation (spaces, no tabs), colons (a space after them), quotes and brackets."
    ),
    "full_width_sign": N_(
        "%(text)s has a full-width sign where YAML needs a half-width one. Write a colon or comma without the Chinese input method, and a space after it."
    ),
    "comma_unquoted": N_("A comma within braces ends a text. Write the whole text in quotes: %(name)s: '%(text)s'"),
    "yaml_anchor": N_("Anchors are not allowed: take out &%(anchor)s and write the values where they are needed."),
    "yaml_alias": N_("Aliases are not allowed: write the values out instead of the *name."),
    "yaml_tag": N_("Tags are not allowed: take out %(tag)s."),
    "yaml_merge": N_("Merge keys are not allowed: write the values out instead of <<."),
    "yaml_directive": N_("Directives are not allowed: take out the lines that begin with %%."),
    "yaml_documents": N_("One file holds one document: take out the line --- and what follows."),
    "yaml_duplicate": N_("%(name)s stands here twice, first in line %(first)s. Keep one of them."),
    "yaml_key": N_("The name of a field is a simple text, not a list or mapping. Write name: value."),
    "yaml_depth": N_("This is nested deeper than %(limit)s levels. Make it flatter."),
    "yaml_entries": N_("More than %(limit)s entries in one list or mapping. Shorten it."),
    "text_too_long": N_("The text is longer than %(limit)s characters. Shorten it."),
    # Fields
    "field_missing": N_("%(name)s is missing. Add it."),
    "field_unknown": N_("There is no field %(name)s here. Take it out or correct its spelling (criteria/README.md)."),
    "field_not_of_kind": N_("%(name)s does not belong to the kind %(kind)s. Take it out or change the kind."),
    "field_needed_by_kind": N_("The kind %(kind)s needs %(name)s. Add it."),
    "not_one_of": N_("%(value)s is not possible here. Choose one of: %(allowed)s."),
    "text_expected": N_("A text is expected here. Write one, not a list, a mapping or nothing."),
    "list_expected": N_("A list is expected here. Begin each entry with a dash."),
    "list_empty": N_("This list is empty. Add an entry, or take the field out if it is optional."),
    "mapping_expected": N_("Fields are expected here. Write each as name: value."),
    "number_expected": N_("%(value)s is not a number. Write digits, a point if need be, no unit and no exponent."),
    "whole_expected": N_("%(value)s is not a whole number. Write digits only."),
    "number_above": N_("The number is above %(limit)s. Choose a smaller one."),
    "flag_expected": N_("%(value)s is not possible here. Write true or false."),
    "value_wrong": N_("This value is not possible: %(problem)s. Correct it."),
    "key_wrong": N_("%(name)s cannot be a key. Use letters, digits and _, beginning with a letter, at most 60."),
    "key_reserved": N_("%(name)s has a meaning of its own in formulas. Choose another key."),
    "key_twice": N_("The key %(name)s is used twice. Rename one of them."),
    "range_upside_down": N_("min %(min)s is above max %(max)s. Exchange them."),
    "source_needed": N_("The formula holds a number: say in source where it comes from."),
    "example_wrong": N_(
        "The example %(value)s would be refused or warned about. Write a figure as it is entered, without unit, within limits and plausible."
    ),
    # Clauses
    "document_unknown": N_("The document %(document)s is not known. Use one of %(known)s or describe it in documents."),
    "clause_missing": N_("%(clause)s names no clause. Write the document, a space and the clause."),
    "clause_unknown": N_("%(document)s has no clause %(clause)s. Use one of: %(known)s."),
    # Indicators
    "points_not_positive": N_("%(value)s points are not possible. Write a number above 0."),
    "gate_formula": N_("A gate has either a formula or alternatives. Write one of the two."),
    "items_or_formula": N_("A %(kind)s has either items or a formula. Write one of the two."),
    "items_below_points": N_(
        "The items give %(items)s points together and cannot reach %(points)s. Add points or lower it."
    ),
    "levels_wrong": N_("The levels rise from 0 or more to %(points)s, each higher than the one before. Correct them."),
    "minimum_wrong": N_("%(value)s is no minimum. Write points such as 12, or a share such as 40%%."),
    "kind_elsewhere": N_("%(place)s holds entries of the kind %(wanted)s, not %(kind)s. Correct the kind or move it."),
    "kind_misplaced": N_("A %(kind)s does not stand in a section. Move it to bonuses or deductions."),
    "reviewers_needed": N_("A panel needs at least one reviewer. Write 1 or more."),
    "rule_needed": N_("The set has %(part)s and needs rules.%(name)s. Add it."),
    "paper_unknown": N_("%(name)s is none of the papers. Add it to papers, or write it out: {zh: …, en: …}."),
    "paper_unused": N_("The paper %(name)s proves nothing. Name it in the evidence of an entry, or take it out."),
    "group_unknown": N_("The group %(name)s has no title. Add it to groups."),
    "tie_unknown": N_("%(name)s is no indicator, section or kind. Use the key of one."),
    # Curves
    "curve_wrong": N_("This is no curve. Write knots such as 0:0%% → 20:60%% → 50:100%%."),
    "curve_fields": N_("A curve of the kind %(kind)s has only kind and %(wanted)s. Correct the fields."),
    "curve_band": N_("A band has share and, if need be, from and to. Correct it."),
    "curve_knot": N_("%(knot)s is no knot. Write value:share, such as 0.36:60%%."),
    "curve_not_rising": N_("%(second)s does not come after %(first)s. Order the values from low to high."),
    "curve_too_many": N_("A curve has at most %(limit)s knots. Leave some out."),
    "curve_without_otherwise": N_("Every curve but the last has a when, and the last has none. Correct the order."),
    "share_wrong": N_("%(share)s is no share. Write a percentage from 0%% to 100%%, or a number from 0 to 1."),
    "share_in_points": N_(
        "%(points)s is no share. Write the percentage of the points: %(points)s of %(points)s points is 100%%, half of them 50%%."
    ),
    # Formulas
    "formula_empty": N_("The formula is empty. Write one or take the field out."),
    "formula_too_long": N_("The formula is longer than %(limit)s characters. Move parts of it to derived values."),
    "formula_too_big": N_(
        "The formula has more than %(parts)s parts or %(depth)s levels. Move parts of it to derived values."
    ),
    "formula_token": N_(
        'The formula cannot be read at: %(near)s. Write half-width signs only: + - * / ( ) , == != < <= > >= and "" (criteria/README.md).'
    ),
    "formula_equals": N_("One = does not compare, at: %(near)s. Write == (two signs) for “is equal”."),
    "formula_quotes": N_("The formula has curly quotes at: %(near)s. Write ' or \" of the English keyboard."),
    "formula_title": N_(
        "%(name)s is no key. Write in a formula the key of the input and not its title (nearest: %(near)s)."
    ),
    "formula_comma": N_(
        "%(number)s is not read as one number. Write decimals with a point (0.5) and thousands without a sign (1000)."
    ),
    "formula_syntax": N_("The formula cannot be read near: %(near)s. Check brackets and operators."),
    "formula_refused": N_("%(what)s is not allowed in formulas. Use only what criteria/README.md lists."),
    "name_unknown": N_("%(name)s is not known. Correct it or add it to inputs or derived (nearest: %(near)s)."),
    "function_unknown": N_("There is no function %(name)s (nearest: %(near)s). Use one of criteria/README.md."),
    "function_arguments": N_("%(name)s takes %(least)s to %(most)s plain arguments. Correct the call."),
    "type_wrong": N_("Expected a %(expected)s, found a %(found)s. Correct the formula."),
    "compared_unlike": N_("A %(left)s cannot be compared with a %(right)s. Correct the comparison."),
    "choice_unknown": N_("%(choice)s is not among the choices %(choices)s. Correct the spelling."),
    "input_expected": N_("%(name)s is computed and always there. Ask for an input."),
    "series_expected": N_("A series of at most %(limit)s pairs of date and value is expected."),
    "series_needed": N_("%(name)s cannot be filled from a series. Use days() with an input that has series."),
    "weight_misplaced": N_("A weight belongs to a mean in a named table. Set reduce: mean and table, or take it out."),
    "weight_unknown": N_("%(name)s is no series of the table %(table)s. Name one of the same table."),
    "list_not_constant": N_("Only texts and numbers may stand in this list. Name a list of lists, or write them out."),
    "places_not_constant": N_("round() needs a whole number from 0 to %(limit)s. Write it as digits."),
    "row_not_constant": N_("row() needs the key of a row in quotes. Write it as a text."),
    "row_unknown": N_("There is no row %(row)s. Use one of: %(rows)s."),
    "rows_outside_sum": N_("%(name)s stands for many rows. Use it inside sum(), or name one with row()."),
    "sum_without_rows": N_("sum() needs an input of the kind rows. Name one in it."),
    "sum_within_sum": N_("A sum cannot stand inside a sum. Make the inner one a derived value."),
    "rows_differ": N_("%(names)s do not have the same rows. Give them the same or sum them apart."),
    "row_without_factor": N_("The table %(table)s has no number for the row %(row)s. Add it or take the row out."),
    "table_unknown": N_("There is no factor table %(table)s (nearest: %(near)s). Add it to factors."),
    "factor_row_unknown": N_("The table %(table)s has no row %(row)s. Its rows are: %(rows)s."),
    "version_unknown": N_("There is no version %(version)s. Choose one of: %(versions)s."),
    "region_unknown": N_("The region %(region)s is not known. Use a key of criteria/regions.yaml."),
    # Programmes
    "region_outside": N_("%(region)s does not lie in %(within)s. Take it out, or correct the region of the programme."),
    "programme_names_twice": N_("%(name)s is used already. Choose another, or take one of the two out."),
    "programme_after_not_before": N_(
        "There is no category %(name)s above this one in the file. Name one that is, or one of another programme with the "
        "key of its programme: programme/category."
    ),
    "programme_category_unknown": N_("The programme has no category %(name)s. Add it to categories, or correct it."),
    "programme_set_unknown": N_("There is no criteria set %(name)s. Use the name of a file of criteria/sets."),
    "programme_set_for_others": N_(
        "The set %(name)s is not for %(category)s. Choose another set, or add it to the categories of that set."
    ),
    "derived_circle": N_("The value rests on itself through %(name)s. Break the circle."),
    "derived_too_deep": N_("Too many derived values rest on each other, here on %(name)s. Join some of them."),
    "too_many_faults": N_("There are more than %(limit)s faults; the rest is not listed. Mend these first."),
    "exponent_too_large": N_("An exponent is a whole number, at most %(limit)s. Use such a one."),
    "number_too_large": N_("%(number)s has too many digits. Numbers stay below 10^15 with 28 digits at most."),
    "division_by_zero": N_("This divides by zero. Guard it: x / y if y > 0 else 0."),
    "number_beyond_limits": N_("The result is beyond 10^60. Correct the formula or the values."),
    "no_number": N_("This has no result. Guard it with a condition."),
    "factor_missing": N_(
        "The factor table %(table)s has no number for %(row)s; none is guessed. Add it with its source."
    ),
    # Targets
    "target_id_wrong": N_("%(name)s is no id. Write the key of the document, a hyphen and two digits, such as GW-01."),
    "target_twice": N_("There are two such numbers for %(year)s. Keep one, or tell them apart by the field 'of'."),
    "year_wrong": N_("%(value)s is no year. Write four digits, such as 2025."),
    "amount_wrong": N_("%(value)s is no amount to reach. Write a number above 0."),
    "quote_elsewhere": N_(
        "These words stand in none of the clauses named. Copy them from the clause, or name another."
    ),
    "total_unknown": N_("%(name)s is no total. Use the id of an entry of the class total."),
    "total_of_other_document": N_("%(name)s is the total of another document. Use one of %(document)s."),
    "part_of_nothing": N_("%(total)s has no number for %(year)s. Add it, or take part_of out."),
    "parts_sum": N_(
        "The parts give %(parts)s and %(unallocated)s are unallocated, but the total is %(total)s. Correct them."
    ),
    # Answers and marks
    "answer_unknown": N_("The criteria set does not ask for %(name)s. Take it out or correct its spelling."),
    "too_many_places": N_("%(value)s has more than %(places)s decimal places. Round it."),
    "year_only": N_("Enter the year only, such as %(year)s."),
    "year_outside": N_("%(value)s is not taken: the year lies between %(min)s and %(max)s."),
    "year_to_come": N_("%(value)s is not taken: it comes after %(year)s, the year of the figures."),
    "below_detection": N_(
        "“%(value)s” is not taken: enter a figure only. The criteria have no rule for what is below the limit of "
        "detection; enter the figure with which your monitoring report counts, and say so in the evidence."
    ),
    "outside_limits": N_("%(value)s is not between %(min)s and %(max)s. Check the unit."),
    "outside_range": N_("%(value)s is not between %(min)s and %(max)s %(unit)s."),
    "number_unread": N_(
        "“%(value)s” is not read as a number. Write it in digits, such as 34310000, 34,310,000 or 34.31 million."
    ),
    "number_or_zero": N_(
        "“%(value)s” is not read as a number. Write it in digits, such as 34310000, 34,310,000 or 34.31 million; 0 if there is none."
    ),
    "whole_unread": N_("“%(value)s” is not read as a whole number. Write it in digits, without decimals."),
    "whole_or_zero": N_(
        "“%(value)s” is not read as a whole number. Write it in digits, without decimals; 0 if there is none."
    ),
    "yes_no_expected": N_("Answer yes or no, not %(value)s."),
    "choice_wrong": N_("%(value)s is not among the choices: %(choices)s."),
    "choices_expected": N_("%(value)s is no list of choices. Choose from the list."),
    "date_expected": N_("%(value)s is no date. Write it as 2025-01-31, a month as 2025-01."),
    "rows_expected": N_("Rows are expected, at most %(limit)s, each with a number."),
    "dates_mixed": N_("%(value)s is of another kind than the dates before it. Give days only, or months only."),
    "date_outside_year": N_("%(value)s is not in %(year)s, the year that is judged. Leave it out."),
    "file_not_text": N_("This is no text. Save the table as CSV (UTF-8) and choose that file."),
    "file_not_csv": N_("This is no CSV. Save the table as CSV, with commas between the columns."),
    "series_file_empty": N_("The file has no line below the names of the columns. Fill it in."),
    "column_of_dates": N_("The first column is that of the dates. The columns are: %(columns)s."),
    "column_unknown": N_("There is no column %(column)s. Use: %(columns)s."),
    "column_twice": N_("The column %(column)s stands there twice. Keep one of them."),
    "column_of_weight": N_("%(column)s is weighted by %(weight)s. Add that column."),
    "column_none": N_("No column has figures. Use: %(columns)s."),
    "cell_without_column": N_("%(value)s stands under no column. Take it out or name the column."),
    "weights_nothing": N_("The weights add up to nothing. Check the series that weighs."),
    "day_twice": N_("The day or month %(value)s stands there twice. Keep one of them."),
    "filled_twice": N_("%(name)s is filled in here and in %(other)s. Keep one of them."),
    "reason_needed": N_("Say why this does not apply."),
    "gate_not_switchable": N_("The gate %(name)s cannot be switched off: the criteria set does not allow it."),
    "panel_unknown": N_("%(name)s is no indicator that reviewers mark. Correct the key."),
    "mark_between_levels": N_("%(value)s is none of the levels %(levels)s. Choose one of them."),
}

WARNINGS: Mapping[str, str] = {
    "implausible": N_("%(value)s is unusual: between %(min)s and %(max)s is usual. Check the number and its unit."),
    # The same at a field, whose unit is said; of days and counts the unit is in no doubt.
    "implausible_amount": N_(
        "%(value)s is unusual: between %(min)s and %(max)s%(unit)s is usual. Check the number and its unit."
    ),
    "implausible_count": N_("%(value)s is unusual: between %(min)s and %(max)s%(unit)s is usual. Check the number."),
    "coverage_short": N_(
        "%(recorded)s of %(expected)s have a record; %(asked)s%% are asked. Attach as evidence why the rest is missing."
    ),
    "coverage_mixed": N_(
        "The year is not complete in this table, and another sum of it was typed: fill that from the table too."
    ),
    "coverage_least": N_("%(recorded)s of %(expected)s have a record: too few for a figure. Complete the series."),
    "inconsistent": N_("These fields contradict each other: %(numbers)s."),
}

REASONS: Mapping[str, str] = {
    "excluded_over_cap": N_("More of the points do not apply than the criteria set allows; a person decides."),
    "nothing_applicable": N_("No indicator applies; a person decides."),
}

LINES: Mapping[str, str] = {
    "input": N_("Filled in"),
    "factors": N_("Factor table"),
    "derived": N_("Computed value"),
    "condition": N_("Condition"),
    "formula": N_("Formula"),
    "curve_chosen": N_("Choice of the curve"),
    "curve": N_("Place on the curve"),
    "entry": N_("Item"),
    "marks": N_("Marks"),
    "spread": N_("Spread of the marks"),
    "points": N_("Points"),
    "clauses": N_("Clauses"),
    "source": N_("Source of the numbers"),
    "switched_off": N_("Switched off in this round"),
    "not_applicable": N_("Does not apply by its own rule"),
    "declared_not_applicable": N_("Declared not applicable"),
    "claim_refused": N_("Declared not applicable, which its rule does not allow"),
    "not_claimed": N_("Not claimed"),
    "missing": N_("Not filled in"),
    "too_few_marks": N_("Too few marks"),
    "uncomputable": N_("Cannot be computed"),
}
