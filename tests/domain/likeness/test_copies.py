"""Near-duplicate texts: examples worked by hand, properties, and every pair of small sets."""

import os
import subprocess
import sys
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.likeness.copies import compared
from registry.domain.likeness.values import Cluster, Rules, TextKind, Why, reasons
from tests.domain.likeness.by_hand import likeness, owner, signs, text

LOOSE = Rules(shortest=dict.fromkeys(TextKind, 1))


def keys(report) -> list[tuple[str, str]]:
    return [(one.one, one.other) for one in report.pairs]


def test_one_sign_changed_costs_four_shingles():
    """Of 40 signs come 37 shingles; a sign in the middle is in 4, so 33 of 41 are shared, and 33 of the 37 of each."""
    changed = f"{signs(0, 19)}{signs(900, 901)}{signs(20, 40)}"
    (pair,) = compared([text("a", signs(0, 40)), text("b", changed)]).pairs
    assert (pair.one, pair.other, pair.jaccard, pair.containment) == ("a", "b", 33 / 41, 33 / 37)
    assert pair.why == {Why.OTHER_APPLICANT}
    assert [(one.start, one.end) for one in pair.passages] == [(0, 19), (20, 40)]


def test_a_short_text_within_a_long_one():
    """27 shingles of the 197 of the long one: hardly alike as wholes, but held by it entirely."""
    (pair,) = compared([text("a", signs(0, 200)), text("b", signs(80, 110))]).pairs
    assert (pair.jaccard, pair.containment) == (27 / 197, 1.0)
    assert [(one.start, one.end, one.other_start, one.other_end) for one in pair.passages] == [(80, 110, 0, 30)]


def test_a_passage_taken_into_a_text_of_ones_own():
    """Of a passage of 83 signs come 80 shingles, of 400 signs 397: neither alike nor held, but too long for chance."""

    def around(start: int, many: int) -> str:
        return signs(start, start + 150) + signs(0, many) + signs(start + 150, start + 400 - many)

    (pair,) = compared([text("a", around(200, 83)), text("b", around(700, 83))]).pairs
    assert (pair.jaccard, pair.containment, pair.longest) == (80 / 714, 80 / 397, 80)
    assert [(one.start, one.end) for one in pair.passages] == [(150, 233)]
    assert compared([text("a", around(200, 82)), text("b", around(700, 82))]).pairs == ()


def test_english_texts_are_compared_by_words():
    first = (
        "The plant recovers biogas from sludge and uses the heat to dry the remaining sludge before it is burned "
        "in the power station next door, which saves coal."
    )
    other = first.replace("biogas", "methane").upper()
    (pair,) = compared([text("a", first), text("b", other)]).pairs
    # 28 words, 25 shingles; the fourth word is in four of them: 21 shared of 29.
    assert (pair.jaccard, pair.containment) == (21 / 29, 21 / 25)


def test_short_and_different_texts_say_nothing():
    report = compared([text("a", signs(0, 22)), text("b", signs(0, 22)), text("c", "无"), text("d", signs(60, 99))])
    assert (report.pairs, report.clusters, report.too_short) == ((), (), ("a", "b", "c"))


def test_what_the_form_hands_out_is_left_out():
    help_text = signs(500, 560)
    texts = [text(key, help_text + signs(start, start + 30)) for key, start in (("a", 0), ("b", 40))]
    # 87 shingles each, 57 of them of the help: 57 of 117 shared is less than half, and 57 of 87 less than four fifths.
    assert compared(texts).pairs == ()
    longer = [text(key, help_text + signs(start, start + 21)) for key, start in (("a", 0), ("b", 40))]
    assert [pair.jaccard for pair in compared(longer).pairs] == [57 / 99]
    assert compared(longer, handed_out=[help_text]).pairs == ()


def test_what_everybody_writes_is_left_out_but_not_what_one_firm_gives_all_its_clients():
    phrase = signs(500, 540)
    clients = [text(f"{chr(97 + number)}", phrase, firm="one") for number in range(12)]
    many = compared(clients)
    assert len(many.pairs) == 66
    assert many.clusters[0].why == {Why.OTHER_APPLICANT, Why.SAME_FIRM}
    everybody = [text(f"{chr(97 + number)}", phrase) for number in range(12)]
    report = compared(everybody)
    assert (report.pairs, report.usual, len(report.too_short)) == ((), 37, 12)
    assert len(compared(everybody[:10]).pairs) == 45


def test_justifications_are_held_against_each_other_and_not_against_answers():
    body = signs(0, 30)
    texts = [
        text("answer", body, 1),
        text("r1", body, 1, TextKind.REVIEW, reviewer=5),
        text("r2", body, 1, TextKind.REVIEW, reviewer=6),
        text("r3", body, 2, TextKind.REVIEW, reviewer=5),
        text("r4", body, 1, TextKind.REVIEW, reviewer=5),
    ]
    assert {(one.one, one.other): set(one.why) for one in compared(texts).pairs} == {
        ("r1", "r2"): {Why.TWO_REVIEWERS},
        ("r2", "r3"): {Why.TWO_REVIEWERS},
        ("r2", "r4"): {Why.TWO_REVIEWERS},
        ("r1", "r3"): {Why.ONE_REVIEWER},
        ("r3", "r4"): {Why.ONE_REVIEWER},
    }


def test_a_short_justification_is_found_within_a_longer_one():
    texts = [
        text("a", signs(0, 12), 1, TextKind.REVIEW, reviewer=5),
        text("b", signs(100, 150) + signs(0, 12) + signs(200, 250), 2, TextKind.REVIEW, reviewer=5),
    ]
    assert [(one.jaccard, one.containment) for one in compared(texts).pairs] == [(9 / 109, 1.0)]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (owner(1), owner(1), set()),
        (owner(1), owner(2), {Why.OTHER_APPLICANT}),
        (owner(1, applicant="x"), owner(2, applicant="x"), set()),
        (
            owner(1, applicant="x", firm="f"),
            owner(2, applicant="x", year=2024, firm="f"),
            {Why.OTHER_YEAR, Why.SAME_FIRM},
        ),
        (owner(1, firm="f"), owner(2, firm="g", year=2024), {Why.OTHER_APPLICANT, Why.OTHER_YEAR, Why.OTHER_FIRM}),
        (owner(1, reviewer=3), owner(1, reviewer=3), set()),
        (owner(1, reviewer=3), owner(2), set()),
    ],
)
def test_why_it_matters(one, other, why):
    assert reasons(one, other) == reasons(other, one) == why


def test_a_chain_is_one_cluster():
    texts = [text("a", signs(0, 60)), text("b", signs(20, 80)), text("c", signs(40, 100))]
    # Neighbours share 40 of 60 signs, 37 of 77 shingles: too little alone, so they are made alike by a common end.
    joined = [text(one.key, one.text + signs(300, 315)) for one in texts]
    # 72 shingles each; neighbours share 37 and the 12 of the end: 49 of 95. The outer two share 17 and 12: 29 of 115.
    report = compared(joined)
    assert [(one.one, one.other, one.jaccard) for one in report.pairs] == [("a", "b", 49 / 95), ("b", "c", 49 / 95)]
    assert report.clusters == (Cluster(("a", "b", "c"), frozenset({Why.OTHER_APPLICANT})),)
    assert compared(texts).pairs == ()


def test_a_large_group_is_thinned_but_stays_whole():
    texts = [text(f"{number:03}", signs(0, 60), number, firm="one") for number in range(70)]
    report = compared(texts)
    assert report.thinned
    assert [len(one.members) for one in report.clusters] == [70]
    assert len(report.pairs) == 69 + 68


# -- properties --------------------------------------------------------------------------------------------------------

BODIES = st.lists(
    st.sampled_from(["甲乙丙丁", "戊己庚辛", "天地玄黄", "water", "the sludge", "宇宙", "洪"]), max_size=14
)
MANY = st.lists(BODIES.map(" ".join), max_size=8)


def told(bodies: list[str]):
    return [text(f"{number}", body, number, firm=f"f{number}") for number, body in enumerate(bodies)]


@settings(max_examples=200, deadline=None)
@given(MANY, st.randoms())
def test_found_pairs_are_exact_and_none_that_is_much_alike_is_missed(bodies, random):
    texts = told(bodies)
    report = compared(texts, LOOSE)
    found = {(int(one.one), int(one.other)): (one.jaccard, one.containment) for one in report.pairs}
    for one, other in combinations(range(len(bodies)), 2):
        exact = likeness(bodies[one], bodies[other])
        if (one, other) in found:
            assert found[one, other] == exact
            assert exact[0] >= 0.5 or exact[1] >= 0.8
        else:
            assert exact[0] < 0.7
    random.shuffle(texts)
    assert compared(texts, LOOSE) == report


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 60), st.integers(40, 160), st.data())
def test_an_edit_of_one_sign_does_not_hide_a_copy(start, length, data):
    body = signs(start, start + length)
    place = data.draw(st.integers(0, length - 1))
    sign = data.draw(st.sampled_from(["", "改", "改了", "，", "x"]))
    edited = body[:place] + sign + body[place + 1 :]
    assert keys(compared([text("a", body), text("b", edited)])) == [("a", "b")]
    assert keys(compared([text("a", edited), text("b", body)])) == [("a", "b")]


@settings(max_examples=100, deadline=None)
@given(st.integers(24, 60), st.integers(0, 300), st.integers(0, 300), st.text(max_size=5))
def test_an_unbroken_passage_is_found_in_any_text_that_holds_it(length, before, after, seed):
    passage = signs(0, length)
    long = signs(400, 400 + before) + passage + signs(800, 800 + after)
    found = compared([text("a", passage), text("b", long)], Rules(seed=seed))
    assert [one.containment for one in found.pairs] == [1.0]


def test_the_same_report_in_another_process():
    program = (
        "from tests.domain.likeness.test_copies import told, compared, LOOSE\n"
        "from tests.domain.likeness.by_hand import signs\n"
        "report = compared(told([signs(n * 7, n * 7 + 60) for n in range(12)]), LOOSE)\n"
        "print([(one.one, one.other, one.jaccard) for one in report.pairs], report.candidates)\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
