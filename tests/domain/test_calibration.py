"""Severity and spread of reviewers: worked by hand, the same anywhere, and right about what was put in."""

import math
from dataclasses import replace
from decimal import Decimal
from random import Random

import numpy as np
import pytest

from registry.domain.calibration import Adjusted, Disagreement, Mark, adjusted, calibrate, disagreeing


def marks(*rows: str) -> list[Mark]:
    """Marks as "1 A 0.8"."""
    return [Mark(int(number), name, Decimal(share)) for number, name, share in (row.split() for row in rows)]


FOUR = marks(
    *("1 A 0.6", "1 B 0.8", "2 A 0.5", "2 B 0.7", "3 A 0.4", "3 B 0.5", "4 A 0.7", "4 B 1"),
)


def test_two_reviewers_of_four_applications_worked_by_hand() -> None:
    """B gives 0.2, 0.2, 0.1 and 0.3 more than A: 0.2 on average.

    Freely fitted the effects are −0.1 and +0.1. They explain 0.08: eight marks, each 0.1 from its application's mean.
    The rest: the differences leave 0, 0, −0.1 and 0.1 of the average, half of it on either side: 4 × 0.05² = 0.01,
    with 8 − 4 − 1 = 3 degrees of freedom: 0.003333. The severities: (0.08 − 0.003333) ÷ (8 − 4) = 0.019167.
    The ratio is 0.173913. Each equation: 4 × (1 − ½) = 2 on the diagonal and −2 beside it; by symmetry
    (2 + 2 + 0.173913) × effect = 0.4, the sum of four halves of 0.2: effect 0.095833.
    """
    found = calibrate(FOUR)
    assert [(one.reviewer, one.severity, one.marks, one.group) for one in found.reviewers] == [
        ("A", Decimal("0.0958"), 4, 1),
        ("B", Decimal("-0.0958"), 4, 1),
    ]
    assert (found.between, found.within) == (Decimal("0.1384"), Decimal("0.0577"))
    # The inverse has (2 + r) ÷ ((2 + r)² − 4) on its diagonal with r = 0.173913: 2.173913 ÷ 0.725898 = 2.994792;
    # √(0.003333 × 2.994792) = 0.099913.
    assert {one.error for one in found.reviewers} == {Decimal("0.0999")}
    # Each mark is left ±(0.1 − 0.095833) = 0.004167 by the first two, 0.045833 and 0.054167 by the others: the squares
    # come to 0.005069, over four times a half: √0.002535 = 0.050345.
    assert {one.spread for one in found.reviewers} == {Decimal("0.0503")}
    assert found.marks[0] == Adjusted(1, "A", Decimal("0.6"), Decimal("0.6958"))
    # 1 is the maximum already; less 0.0958 it is 0.9042.
    assert found.marks[7] == Adjusted(4, "B", Decimal(1), Decimal("0.9042"))


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = invented(Random("order"))  # noqa: S311 - invented, no secret
    expected = calibrate(rows)
    for seed in range(3):
        Random(seed).shuffle(rows)  # noqa: S311 - invented, no secret
        assert calibrate(rows) == expected


def test_an_anchor_ties_severities_to_its_known_level() -> None:
    # Both give the anchor a tenth less than it is worth: without it nobody is severe, with it both are.
    rows = [*FOUR, *marks("5 A 0.4", "5 B 0.6")]
    without, found = calibrate(rows), calibrate(rows, {5: Decimal("0.7")})
    assert sum(one.severity for one in without.reviewers) == 0
    assert sum(one.severity for one in found.reviewers) > 0
    assert (found.between, found.within) == (without.between, without.within)


def test_reviewers_without_a_common_application_are_groups_of_their_own_each_with_a_mean_of_nothing() -> None:
    other = [replace(one, application=one.application + 10, reviewer=one.reviewer.lower()) for one in FOUR]
    found = calibrate([*FOUR, *other, *marks("99 alone 0.5")])
    assert [(one.reviewer, one.group) for one in found.reviewers] == [
        ("A", 1),
        ("B", 1),
        ("a", 2),
        ("alone", 3),
        ("b", 2),
    ]
    assert found.groups == 3
    severity = found.severities
    assert severity["A"] + severity["B"] == severity["a"] + severity["b"] == severity["alone"] == 0
    anchored = calibrate([*FOUR, *other], {1: Decimal("0.7"), 11: Decimal("0.7")})
    assert anchored.groups == 1


def test_a_reviewer_with_few_marks_stays_nearer_to_nothing_than_one_with_many() -> None:
    rows = invented(Random("few"))  # noqa: S311 - invented, no secret
    few = [Mark(number, "few", max(one.share - Decimal("0.2"), Decimal(0))) for number, one in enumerate(rows[:2])]
    first = {one.application: one for one in rows}
    many = [Mark(number, "many", max(first[number].share - Decimal("0.2"), Decimal(0))) for number in range(40)]
    found = {
        one.reviewer: one
        for one in calibrate(
            [*rows, *many, *[replace(one, application=number) for number, one in enumerate(few)]]
        ).reviewers
    }
    assert Decimal(0) < found["few"].severity < found["many"].severity
    assert found["few"].error is not None
    assert found["many"].error is not None
    assert found["few"].error > found["many"].error


def test_without_overlap_nothing_is_said_and_nothing_changed() -> None:
    found = calibrate(marks("1 A 0.5", "2 B 0.9", "3 C 0"))
    assert [(one.severity, one.error, one.spread) for one in found.reviewers] == [(0, None, None)] * 3
    assert [one.adjusted for one in found.marks] == [Decimal("0.5"), Decimal("0.9"), Decimal(0)]
    assert (found.between, found.within, found.groups) == (None, None, 3)
    assert calibrate([]).reviewers == ()


def test_reviewers_who_agree_entirely_have_no_severity() -> None:
    found = calibrate(marks("1 A 0.5", "1 B 0.5", "2 A 0.7", "2 B 0.7", "3 A 0.2", "3 B 0.2"))
    assert {one.severity for one in found.reviewers} == {0}
    assert found.between == found.within == 0


def test_reviewers_who_differ_by_the_same_everywhere_are_set_right_entirely() -> None:
    found = calibrate(marks("1 A 0.5", "1 B 0.7", "2 A 0.2", "2 B 0.4", "3 A 0.6", "3 B 0.8"))
    assert found.severities == {"A": Decimal("0.1000"), "B": Decimal("-0.1000")}


@pytest.mark.parametrize(
    ("mark", "severity", "expected"),
    [("7", "0.05", "7.5"), ("9.8", "0.05", "10"), ("0.2", "-0.05", "0"), ("3.333", "0.0012", "3.35")],
)
def test_an_adjusted_mark_is_rounded_half_up_and_stays_between_nothing_and_the_maximum(
    mark, severity, expected
) -> None:
    # 3.333 + 0.0012 × 10 = 3.345.
    assert adjusted(Decimal(mark), Decimal(10), Decimal(severity), 2) == Decimal(expected)


def test_a_mark_twice_or_beyond_the_maximum_is_refused() -> None:
    for rows in (marks("1 A 0.5", "1 A 0.6"), marks("1 A 1.1"), marks("1 A -0.1")):
        with pytest.raises(ValueError, match="1 A"):
            calibrate(rows)


def test_applications_whose_totals_are_as_far_apart_as_stated_are_named() -> None:
    # 0.6 and 0.8 have a standard deviation of 0.1, 0.4 and 0.5 of 0.05, 0.7 and 1 of 0.15.
    assert disagreeing(FOUR, Decimal("0.1")) == (
        Disagreement(1, Decimal("0.1000"), 2),
        Disagreement(2, Decimal("0.1000"), 2),
        Disagreement(4, Decimal("0.1500"), 2),
    )
    assert [one.application for one in disagreeing(FOUR, Decimal("0.1001"))] == [4]


def invented(random: Random, applications: int = 60, reviewers: int = 9) -> list[Mark]:
    severity = [random.gauss(0, 0.05) for _ in range(reviewers)]
    rows = []
    for number in range(applications):
        level = random.gauss(0.65, 0.1)
        for one in random.sample(range(reviewers), random.choice([1, 2, 3, 4])):
            share = min(max(level - severity[one] + random.gauss(0, 0.06), 0), 1)
            rows.append(Mark(number, f"R{one}", Decimal(f"{share:.3f}")))
    return rows


@pytest.mark.parametrize("seed", range(5))
def test_the_figures_are_those_of_the_textbook_with_whole_matrices(seed: int) -> None:
    """The same by dense matrices: least squares, traces of projections, and the full mixed model equations."""
    rows = invented(Random(seed))  # noqa: S311 - invented, no secret
    found = calibrate(rows, places=8)
    names = sorted({one.reviewer for one in rows})
    numbers = sorted({one.application for one in rows})
    y = np.array([float(one.share) for one in rows])
    x = np.array([[one.application == number for number in numbers] for one in rows], dtype=float)
    z = np.array([[one.reviewer == name for name in names] for one in rows], dtype=float)
    both = np.hstack([x, z])
    within_x = np.eye(len(y)) - x @ np.linalg.pinv(x)
    within_both = np.eye(len(y)) - both @ np.linalg.pinv(both)
    rest = y @ within_both @ y / (len(y) - np.linalg.matrix_rank(both))
    explained = y @ within_x @ y - y @ within_both @ y
    rank = np.linalg.matrix_rank(both) - np.linalg.matrix_rank(x)
    between = (explained - rest * rank) / np.trace(z.T @ within_x @ z)
    assert float(found.within or 0) == pytest.approx(math.sqrt(rest), abs=1e-7)
    assert float(found.between or 0) == pytest.approx(math.sqrt(between), abs=1e-7)
    equations = np.block([[x.T @ x, x.T @ z], [z.T @ x, z.T @ z + np.eye(len(names)) * rest / between]])
    effects = np.linalg.solve(equations, np.hstack([x.T @ y, z.T @ y]))[len(numbers) :]
    errors = np.sqrt(rest * np.diag(np.linalg.inv(equations))[len(numbers) :])
    assert [float(one.severity) for one in found.reviewers] == pytest.approx(list(-effects), abs=1e-7)
    assert [float(one.error or 0) for one in found.reviewers] == pytest.approx(list(errors), abs=1e-7)
