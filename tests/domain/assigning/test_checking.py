"""Plans made by hand."""

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.assigning.checking import checked, reopened
from registry.domain.assigning.drawing_up import drawn_up
from registry.domain.assigning.planning import planned
from registry.domain.assigning.values import Duo, Fault, Gap, Problem, Reason
from tests.domain.assigning.by_hand import plans
from tests.domain.assigning.rounds import TIE, case, problem, problems, reviewer


@settings(max_examples=100, deadline=None)
@given(problems(cases=2, reviewers=3), st.data())
def test_a_plan_has_no_fault_just_when_it_is_one_of_the_possible_ones(told: Problem, data):
    pairs = st.sampled_from([Duo(one.key, other.key) for one in told.cases for other in told.reviewers])
    rows = data.draw(st.lists(pairs, max_size=4))
    good = len(set(rows)) == len(rows) and sorted(rows) in [sorted(one) for one in plans(told)]
    assert (checked(told, rows) == ()) == good


def test_every_fault_has_its_row():
    told = problem(
        [case(10, "water", needed=2), case(11, "water", needed=1), case(12, "air", needed=1)],
        [
            reviewer(1, "water", most=1, employer="academy"),
            reviewer(2, "water", employer="academy"),
            reviewer(3, "water"),
        ],
        {Duo(11, 3): TIE},
    )
    rows = [Duo(10, 1), Duo(10, 2), Duo(10, 1), Duo(10, 3), Duo(11, 1), Duo(11, 3), Duo(12, 2), Duo(99, 98)]
    assert checked(told, rows) == (
        Fault(2, Duo(10, 2), (Reason("colleague_there", {"employer": "academy", "reviewer": 1}),)),
        Fault(3, Duo(10, 1), (Reason("twice"),)),
        Fault(4, Duo(10, 3), (Reason("places_taken", {"needed": 2}),)),
        Fault(5, Duo(11, 1), (Reason("load_full", {"load": 1, "most": 1}),)),
        Fault(6, Duo(11, 3), (Reason("tied", {"tie": TIE}), Reason("places_taken", {"needed": 1}))),
        Fault(7, Duo(12, 2), (Reason("no_expertise", {"wanted": ("air",), "has": ("water",)}),)),
        Fault(8, Duo(99, 98), (Reason("unknown_case"), Reason("unknown_reviewer"))),
    )


@settings(max_examples=50, deadline=None)
@given(problems())
def test_a_plan_written_out_by_hand_has_the_figures_of_the_same_plan_found(told: Problem):
    plan = planned(told)
    again = drawn_up(told, [one.duo for one in plan.placed])
    assert (again.placed, again.loads, again.gaps, again.figures, again.digest) == (
        plan.placed,
        plan.loads,
        plan.gaps,
        plan.figures,
        plan.digest,
    )
    assert again.candidates is None


def test_a_plan_by_hand_names_what_it_leaves_open():
    told = problem([case(10, "water", needed=2), case(11, "water")], [reviewer(1, "water")])
    assert drawn_up(told, [Duo(10, 1)]).gaps == (Gap(10, 2, 1), Gap(11, 1, 1))


def test_who_declines_and_who_is_recused_leave_their_place_and_do_not_come_back():
    told = problem(
        [case(10, "water", needed=2), case(11, "water")],
        [reviewer(1, "water", taken=1), reviewer(2, "water"), reviewer(3, "water")],
    )
    rows = [Duo(10, 1), Duo(10, 2), Duo(11, 3)]
    left = reopened(told, rows, declined=[Duo(10, 1)], recused={Duo(11, 3): TIE})
    assert [(one.key, one.needed, one.kept) for one in left.cases] == [(10, 1, frozenset({2})), (11, 1, frozenset())]
    assert [(one.key, one.taken, one.declined) for one in left.reviewers] == [
        (1, 1, frozenset({10})),
        (2, 1, frozenset()),
        (3, 0, frozenset()),
    ]
    assert left.ties == {Duo(11, 3): TIE}
    again = planned(left)
    assert [one.duo for one in again.placed if one.case == 10] == [(10, 3)]


def test_one_who_was_kept_from_before_can_leave_too():
    told = problem([case(10, "water", needed=0, kept=frozenset({1}))], [reviewer(1, "water", taken=1)])
    left = reopened(told, [], declined=[Duo(10, 1), Duo(10, 7)])
    assert (left.cases[0].needed, left.cases[0].kept, left.reviewers[0].taken) == (1, frozenset(), 0)
