"""The routes that are offered, how a route is written, and what a route must hold."""

import pytest

from registry.domain import routes
from registry.domain.errors import Invalid
from registry.domain.routes import Step
from registry.domain.vocabulary import FilingKind, Kind, Level, Track

END = ("deliberation", "notice", "publication", "certificate")
SHORTEST = ("filing", "screening", "scoring", *END)


def key_of(*lines):
    """Read a route and return why it is refused."""
    with pytest.raises(Invalid) as refused:
        routes.check(routes.read(lines))
    assert refused.value.field == "route"
    return refused.value.key


# What is offered


@pytest.mark.parametrize("name", list(routes.PRESETS))
def test_every_offered_route_holds(name):
    steps = routes.preset(name)
    assert routes.check(steps) == steps
    assert [str(step.kind) for step in steps] == [line.split()[0] for line in routes.PRESETS[name]]


def test_what_is_offered_covers_the_ways_of_the_documents():
    assert {"in_turn", "with_visit", "two_notices", "library_first", "built_then_accepted", "named_pilot"} <= set(
        routes.PRESETS
    )


def test_a_preset_carries_what_its_stages_need():
    by_kind = {step.kind: step for step in routes.preset("full", level=Level.CITY, notice_working_days=7)}
    assert by_kind[Kind.RECOMMENDATION] == Step(Kind.RECOMMENDATION, Level.CITY, {})
    assert by_kind[Kind.FILING] == Step(Kind.FILING, None, {"months": 0}, FilingKind.APPLICATION)
    assert by_kind[Kind.SCREENING].parameters == {"working_days": 10, "count_start": 0}
    assert by_kind[Kind.REVIEW].parameters["minimum_reviewers"] == 3
    assert by_kind[Kind.DELIBERATION].parameters == {"meeting": 0, "reserve_months": 12}
    assert by_kind[Kind.NOTICE].parameters == {"working_days": 7, "count_start": 0, "anonymous": 0, "answer_days": 5}
    assert by_kind[Kind.SCORING].parameters == {}


def test_what_a_preset_is_not_told_stays_as_it_is():
    steps = routes.preset("with_visit", notice_working_days=None, screening_count_start=1)
    by_kind = {step.kind: step.parameters for step in steps}
    assert by_kind[Kind.NOTICE] == {"working_days": 5, "count_start": 0, "anonymous": 0, "answer_days": 5}
    assert by_kind[Kind.SCREENING] == {"working_days": 10, "count_start": 1}
    assert by_kind[Kind.DELIBERATION] == {"meeting": 1, "reserve_months": 12}


def test_the_level_is_told_where_one_bureau_alone_recommends():
    levels = [step.level for step in routes.preset("in_turn", level=Level.CITY) if step.level]
    assert levels == [Level.DISTRICT, Level.CITY, Level.PROVINCE]
    assert [step.level for step in routes.preset("full", level=Level.DISTRICT) if step.level] == [Level.DISTRICT]


def test_the_named_pilot_files_three_times_and_is_told_until_when():
    filings = [step for step in routes.preset("named_pilot") if step.kind is Kind.FILING]
    assert [(step.filing, step.parameters["months"]) for step in filings] == [
        (FilingKind.REGISTRATION, 0),
        (FilingKind.MID_TERM, 12),
        (FilingKind.ACCEPTANCE, 24),
    ]


def test_an_unknown_preset_is_refused():
    with pytest.raises(Invalid) as refused:
        routes.preset("shortcut")
    assert (refused.value.key, refused.value.field) == ("route_unknown", "route")


# Reading and writing


@pytest.mark.parametrize("name", list(routes.PRESETS))
def test_what_is_written_reads_as_the_same_route(name):
    steps = routes.preset(name)
    assert routes.check(routes.read(routes.write(steps))) == steps
    assert routes.write(steps) == list(routes.PRESETS[name])


def test_a_route_is_read_line_by_line():
    lines = ["filing mid_term months=12", "", "  recommendation   city ", "notice working_days=7 count_start=1"]
    assert routes.read(lines) == (
        Step(Kind.FILING, None, {"months": 12}, FilingKind.MID_TERM),
        Step(Kind.RECOMMENDATION, Level.CITY, {}),
        Step(Kind.NOTICE, None, {"working_days": 7, "count_start": 1}),
    )


def test_what_is_as_usual_is_not_written():
    steps = routes.check(routes.read([*SHORTEST[:4], "notice working_days=6 count_start=0", *SHORTEST[5:]]))
    assert routes.write(steps) == [*SHORTEST[:4], "notice working_days=6", *SHORTEST[5:]]


@pytest.mark.parametrize(
    "line",
    ["teleport", "filing someday", "recommendation moon", "screening now", "notice working_days=soon", "review 3"],
)
def test_a_line_that_cannot_be_read_is_named_with_its_number(line):
    with pytest.raises(Invalid) as refused:
        routes.read(["filing", "", line, "teleport"])
    assert (refused.value.key, refused.value.field) == ("route_line_unreadable", "route")
    assert refused.value.values == {"number": 3, "line": line}


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (("filing", "screening", "filing acceptance", "filing mid_term", *SHORTEST[1:]), 4),
        (("filing", "screening", "screening", "scoring", *END), 3),
        (("filing", "screening", "scoring", "recommendation city", *END), 4),
        (("filing", "recommendation city", "recommendation district", *SHORTEST[1:]), 3),
    ],
)
def test_the_stage_that_is_wrong_is_named_by_its_line(lines, number):
    with pytest.raises(Invalid) as refused:
        routes.check(routes.read(lines))
    assert refused.value.values.get("number") == number


# Parameters


def test_a_stage_that_was_told_nothing_has_its_defaults():
    assert routes.parameter(Kind.NOTICE, {}, "working_days") == 5
    assert routes.parameter(Kind.NOTICE, {"count_start": 1}, "count_start") == 1
    assert routes.parameter(Kind.SCREENING, {"working_days": 7}, "count_start") == 0
    assert routes.parameter(Kind.FILING, {}, "months") == 0


def test_missing_parameters_take_their_defaults():
    bare = [Step(step.kind, step.level, {}, step.filing) for step in routes.preset("full")]
    assert routes.check(bare) == routes.preset("full")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("notice working_days=0", "route_parameter_range"),
        ("notice working_days=61", "route_parameter_range"),
        ("notice count_start=2", "route_parameter_range"),
        ("notice months=1", "route_parameter_unknown"),
        ("deliberation meeting=2", "route_parameter_range"),
        ("deliberation reserve_months=0", "route_parameter_range"),
        ("scoring working_days=5", "route_parameter_unknown"),
        ("screening working_days=-1", "route_parameter_range"),
        ("filing months=61", "route_parameter_range"),
    ],
)
def test_a_stage_that_cannot_run_is_named(line, key):
    word = line.split()[0]
    with pytest.raises(Invalid) as refused:
        routes.check(routes.read(line if other == word else other for other in SHORTEST))
    assert (refused.value.key, refused.value.values["kind"]) == (key, Kind(word))


@pytest.mark.parametrize(("value", "holds"), [(1, True), (15, True), (0, False), (16, False)])
def test_a_range_holds_at_its_ends(value, holds):
    route = routes.read(["filing", "screening", "scoring", f"review minimum_reviewers={value}", *END])
    if holds:
        assert routes.check(route)[3].parameters["minimum_reviewers"] == value
    else:
        with pytest.raises(Invalid, match="route_parameter_range"):
            routes.check(route)


# What a route must hold


def test_the_shortest_route_holds():
    assert [step.kind for step in routes.check(routes.read(SHORTEST))] == [Kind(word) for word in SHORTEST]


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        # The beginning and the end
        ((), "route_begins_with_filing"),
        (SHORTEST[1:], "route_begins_with_filing"),
        (("screening", *SHORTEST), "route_begins_with_filing"),
        (("filing", "screening", "scoring", *END[1:]), "route_lacks_a_stage"),
        (("filing", "screening", "scoring", "deliberation", *END[2:]), "route_lacks_a_stage"),
        (("filing", "screening", "scoring", *END[:2], "certificate"), "route_lacks_a_stage"),
        (("filing", "screening", "scoring", *END[:3]), "route_lacks_a_stage"),
        (("filing", "screening", *END), "route_lacks_a_stage"),
        (("filing", "screening", "scoring", "notice", "deliberation", *END[2:]), "route_ends_wrongly"),
        (("filing", "screening", "notice", "scoring", *END), "route_ends_wrongly"),
        (("filing", "screening", "scoring", *END, "screening"), "route_ends_wrongly"),
        (("filing", "screening", "scoring", "deliberation", "review", *END[1:]), "route_ends_wrongly"),
        (("filing", "screening", "scoring", "deliberation", *END), "route_ends_wrongly"),
        (("filing", "screening", "scoring", "deliberation", "notice", "notice", *END[1:]), "route_ends_wrongly"),
        # Filings
        (("filing acceptance", *SHORTEST[1:]), "route_filings_out_of_order"),
        (("filing mid_term", *SHORTEST[1:]), "route_filings_out_of_order"),
        (("filing", "screening", *SHORTEST), "route_filings_out_of_order"),
        (("filing acceptance", "screening", "filing registration", *SHORTEST[1:]), "route_filings_out_of_order"),
        (
            ("filing registration", "screening", "filing acceptance", "screening", "filing mid_term", *SHORTEST[1:]),
            "route_filings_out_of_order",
        ),
        (("filing registration", "filing acceptance", *SHORTEST[1:]), "route_filing_unscreened"),
        (("filing", "recommendation city", "filing acceptance", *SHORTEST[1:]), "route_filing_unscreened"),
        # Each kind of judging once, and where it can judge
        (("filing", "screening", "screening", "scoring", *END), "route_screens_twice"),
        (("filing", "screening", "scoring", "screening", *END), "route_screens_twice"),
        (("filing", "screening", "scoring", "scoring", *END), "route_repeats_a_stage"),
        (("filing", "screening", "scoring", "review", "review", *END), "route_repeats_a_stage"),
        (("filing", "screening", "scoring", "site_visit", "site_visit", *END), "route_repeats_a_stage"),
        (("filing", "screening", "library", "library", "scoring", *END), "route_repeats_a_stage"),
        (("filing", "scoring", "screening", *END), "route_scores_before_screening"),
        (("filing", "screening", "scoring", "filing acceptance", "screening", *END), "route_scores_before_screening"),
        (("filing", "screening", "filing acceptance", "scoring", *END), "route_scores_before_screening"),
        (("filing", "screening", "review", "scoring", *END), "route_reviews_before_scoring"),
        (("filing", "site_visit", "screening", "scoring", *END), "route_visits_before_scoring"),
        (("filing", "screening", "site_visit", "scoring", *END), "route_visits_before_scoring"),
        (
            ("filing", "screening", "site_visit", "filing acceptance", "screening", "scoring", *END),
            "route_visits_before_scoring",
        ),
        (("filing", "library", "screening", "scoring", *END), "route_keeps_unscreened"),
        (
            ("filing", "screening", "filing acceptance", "library", "screening", "scoring", *END),
            "route_keeps_unscreened",
        ),
        (("filing", "screening", "scoring", "library", *END), "route_keeps_what_is_scored"),
        # Bureaus
        (("filing", "recommendation", "screening", "scoring", *END), "route_recommendation_needs_level"),
        (("filing", "recommendation city", "recommendation district", *SHORTEST[1:]), "route_recommends_downwards"),
        (("filing", "recommendation city", "recommendation city", *SHORTEST[1:]), "route_recommends_downwards"),
        (
            ("filing", "recommendation province", "screening", "recommendation city", "scoring", *END),
            "route_recommends_downwards",
        ),
        (("filing", "screening", "scoring", "recommendation city", *END), "route_recommends_after_scoring"),
    ],
)
def test_a_route_that_cannot_be_walked_is_refused_by_name(lines, key):
    assert key_of(*lines) == key


def test_a_missing_stage_is_named():
    with pytest.raises(Invalid) as refused:
        routes.check(routes.read([line for line in SHORTEST if line != "notice"]))
    assert refused.value.values["kind"] is Kind.NOTICE


@pytest.mark.parametrize(
    "lines",
    [
        ("filing", "screening", "recommendation province", "scoring", *END),
        ("filing", "recommendation district", "recommendation province", "screening", "scoring", *END),
        ("filing", "screening", "scoring", "site_visit", *END),
        ("filing", "screening", "scoring", "site_visit", "review", *END),
        ("filing", "screening", "scoring", "deliberation", "notice", *END[1:]),
        # Who was recommended for the first filing is recommended anew for the next.
        (
            *("filing registration", "recommendation province", "screening", "filing acceptance"),
            *("recommendation district", "screening", "scoring", *END),
        ),
    ],
)
def test_a_route_that_can_be_walked_holds(lines):
    assert [step.kind for step in routes.check(routes.read(lines))] == [Kind(line.split()[0]) for line in lines]


def test_only_a_stage_that_has_a_level_or_a_filing_keeps_one():
    route = [Step(step.kind, Level.CITY, step.parameters, FilingKind.MID_TERM) for step in routes.read(SHORTEST)]
    route[0] = Step(Kind.FILING, Level.CITY)
    assert [(step.level, step.filing) for step in routes.check(route)] == [
        (None, FilingKind.APPLICATION),
        *((None, None) for _ in SHORTEST[1:]),
    ]


@pytest.mark.parametrize(
    ("name", "batches"), [("full", False), ("library_first", True), ("named_pilot", True), ("two_notices", False)]
)
def test_what_waits_in_a_library_or_for_another_filing_is_taken_in_batches(name, batches):
    assert routes.in_batches([step.kind for step in routes.preset(name)]) is batches


@pytest.mark.parametrize(
    "line", ["recommendation city province", "filing mid_term acceptance", "notice working_days=5 working_days=7"]
)
def test_a_word_or_setting_that_is_given_twice_is_not_read(line):
    with pytest.raises(Invalid) as refused:
        routes.read([line])
    assert refused.value.key == "route_line_unreadable"


@pytest.mark.parametrize(
    ("lines", "key", "number"),
    [
        (("filing", "screening", "scoring", "recommendation city", *END), "route_recommends_after_scoring", 4),
        (("filing", "screening", "scoring", "scoring", *END), "route_repeats_a_stage", 4),
        (
            ("filing", "screening", "scoring", "deliberation", "notice working_days=61", *END[2:]),
            "route_parameter_range",
            5,
        ),
        (("filing", "screening", "filing mid_term", "scoring", *END), "route_scores_before_screening", 4),
        (("filing acceptance", "screening", "scoring", *END), "route_filings_out_of_order", 1),
        (("filing", "screening", "site_visit", "scoring", *END), "route_visits_before_scoring", 3),
    ],
)
def test_the_stage_at_fault_is_named_by_its_number(lines, key, number):
    with pytest.raises(Invalid) as refused:
        routes.check(routes.read(lines))
    assert (refused.value.key, refused.value.values["number"]) == (key, number)


def test_track_and_route_belong_together():
    pilot, full = routes.preset("named_pilot"), routes.preset("full")
    routes.check_track(Track.NAMED, pilot)
    routes.check_track(Track.NAMED, full)
    for track, route, key in (
        (Track.COMPETITION, pilot, "registration_needs_named_track"),
        (Track.LIBRARY, full, "library_track_needs_stage"),
    ):
        with pytest.raises(Invalid) as refused:
            routes.check_track(track, route)
        assert refused.value.key == key
