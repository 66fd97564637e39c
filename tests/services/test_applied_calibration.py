"""A round in which totals adjusted for the severity of reviewers decide, worked out by hand.

Two reviewers, A and B, mark out of forty; the answer earns sixty points in a hundred of it.

    who      answer        marks        total as given
    both     90 → 54.00    A 20 B 24    54 + 22 = 76.00
    apart    90 → 54.00    A 10 B 22    54 + 16 = 70.00
    strict   90 → 54.00    A 30         54 + 30 = 84.00
    mild     90 → 54.00    B 34         54 + 34 = 88.00
    short    50 → 30.00    A 29         30 + 29 = 59.00, and a pass is sixty

On the two that both marked B gave 0.1 and 0.3 more, as shares of forty: 0.2 on the average, and 0.01 twice is left of
the squares. Of two marks each half of that is the rest: 0.01 with one degree of freedom. The severities have the
variance 0.2² ÷ 2 − 0.01 ÷ 2 = 0.015, and the ratio of the two is 2/3. So A is drawn to 2 × 0.2 ÷ (2 × (2 + 2/3)) =
0.075 and B to −0.075: three of forty points each. Then strict has 87.00 and mild 85.00; whoever both marked stays.
"""

import copy
import json
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pypdf
import pytest

from registry.domain import routes
from registry.domain.chain import digest_of
from registry.domain.dossier import replay, sealed
from registry.domain.dossier_facts import Fact, facts
from registry.domain.errors import Invalid, WrongState
from registry.domain.vocabulary import CalibrationUse, Ground, Kind, Role, Track
from registry.domain.whatif.stability import settings_of
from registry.queries import benches, dossiers
from registry.queries import decisions as decided
from registry.rendering import dossier_paper
from registry.services import decisions, rounds
from registry.tasks import dossier_sheets, dossier_words
from tests import factories
from tests.factories import NOON

GIVEN = {
    "both": ("90", {"A": "20", "B": "24"}),
    "apart": ("90", {"A": "10", "B": "22"}),
    "strict": ("90", {"A": "30"}),
    "mild": ("90", {"B": "34"}),
    "short": ("50", {"A": "29"}),
}


@pytest.fixture
def officer(session):
    return factories.actor(session, factories.persona(session, Role.OFFICER))


def category(session, use="applied"):
    settings = {"gates": {}, "calibration": use}
    return factories.round_category(
        session, round_=factories.round_(session, closes_at=NOON), quota=1, settings=settings
    )


def judged(session, where, given=GIVEN):
    """The applications by their names above, each marked by the two reviewers as told."""
    people = {letter: factories.persona(session, Role.REVIEWER) for letter in "AB"}
    return {
        name: factories.judged(
            session, where, reused=reused, marks={people[letter]: mark for letter, mark in marks.items()}
        )
        for name, (reused, marks) in given.items()
    }


def propose(session, officer, where):
    return decisions.propose_selection(session, officer, where, exclusions={}, reason="按校准后总分排序", reserve=1)


def test_the_adjusted_totals_decide_the_order_and_the_given_ones_all_else(session):
    where = category(session)
    rows = judged(session, where)
    names = {row.id: name for name, row in rows.items()}
    ranking = decided.ranking(session, where, at=NOON)
    assert [
        (names[line.application.id], str(line.total), str(line.given), line.row.rank) for line in ranking.lines
    ] == [
        ("strict", "87.00", "84.00", 1),
        ("mild", "85.00", "88.00", 2),
        ("both", "76.00", "76.00", 3),
        ("apart", "70.00", "70.00", 4),
        # 62 adjusted, but 59 were given: no grade.
        ("short", "62.00", "59.00", None),
    ]
    assert ranking.lines[4].row.ground is Ground.BELOW_LOWEST_GRADE
    # A least total is one of the marks as given: 85 keeps strict out, whose adjusted total is above it.
    least = decided.ranking(session, where, least=Decimal(85), at=NOON)
    assert [names[line.application.id] for line in least.lines if line.row.rank] == ["mild"]


@pytest.mark.parametrize("use", ["off", "shown"])
def test_in_other_rounds_the_marks_decide_as_given(session, use):
    where = category(session, use)
    rows = judged(session, where)
    ranking = decided.ranking(session, where, at=NOON)
    assert (ranking.lines[0].application.id, ranking.lines[0].given) == (rows["mild"].id, None)
    assert ranking.applied is None


def test_the_bench_begins_where_the_round_stands(session):
    where = category(session)
    rows = judged(session, where)
    bench = benches.of(session, where, at=NOON)
    outcome = bench.outcome(bench.base)
    ranking = decided.ranking(session, where, at=NOON)
    assert outcome.selected == {rows["strict"].id}
    assert list(outcome.order) == [line.application.id for line in ranking.lines if line.row.rank]
    assert outcome.figures == {line.application.id: line.total for line in ranking.lines}
    assert bench.outcome(bench.raw).selected == {rows["mild"].id}
    standings = bench.stability(bench.base).standings
    for key, standing in standings.items():
        settings = settings_of(bench.bench, bench.base, key)
        inside = sum(key in bench.outcome(setting).selected for setting in settings)
        assert (standing.inside, standing.settings) == (inside, len(settings))


def test_the_content_keeps_both_totals_and_what_the_severities_come_from(session, officer):
    where = category(session)
    rows = judged(session, where)
    content = propose(session, officer, where).content
    line = content["applications"][0]
    assert (line["application"], line["total"], line["given"]) == (rows["strict"].id, "87.00", "84.00")
    assert (content["calibration"]["told"], len(content["calibration"]["evaluations"])) == (True, 5)


def test_where_nobody_marked_the_same_the_marks_decide_as_given_and_it_says_so(session, officer):
    where = category(session)
    rows = judged(session, where, {name: GIVEN[name] for name in ("strict", "mild")})
    content = propose(session, officer, where).content
    assert content["calibration"]["told"] is False
    assert [(line["application"], line["total"], line["given"]) for line in content["applications"]] == [
        (rows["mild"].id, "88.00", "88.00"),
        (rows["strict"].id, "84.00", "84.00"),
    ]


def test_nothing_is_decided_while_reviewers_are_at_work(session, officer):
    where = category(session)
    judged(session, where)
    late = factories.application(session, round_category=where, kind=Kind.REVIEW)
    with pytest.raises(WrongState) as refused:
        decisions.propose_selection(
            session, officer, where, exclusions={late.id: "评审尚未完成，不再等待。"}, reason="按总分排序", reserve=1
        )
    assert (refused.value.key, refused.value.values["count"]) == ("adjusting_needs_all_reviews", 1)


def test_severities_decide_only_where_experts_review(session):
    programme = factories.programme(session)
    officer = factories.actor(session, factories.persona(session, Role.OFFICER, programme=programme))
    dates = {"opens_at": NOON + timedelta(days=1), "closes_at": NOON + timedelta(days=31)}
    named = {"title": "第一批", "title_en": "First", "year": 2026, "one_person_may_sign": True}
    round_ = rounds.create(session, officer, programme, **named, **dates)
    with pytest.raises(Invalid) as refused:
        rounds.add_category(
            session,
            officer,
            round_,
            factories.category(session, programme=programme),
            criteria_version=factories.criteria_version(session),
            track=Track.COMPETITION,
            quota=1,
            route=routes.preset("figures_only"),
            gates={},
            calibration=CalibrationUse.APPLIED,
        )
    assert (refused.value.key, refused.value.field) == ("calibration_without_review", "calibration")


# The dossier


@pytest.fixture
def kept(session, officer):
    where = category(session)
    judged(session, where)
    approver = factories.actor(session, factories.persona(session, Role.APPROVER), NOON + timedelta(hours=1))
    decision = propose(session, officer, where)
    decisions.approve(session, approver, decision, digest=decision.digest, reason="同意")
    session.flush()
    content = dossiers.content(session, dossiers.whole(session, where.id), at=approver.at, code="0")
    return json.loads(json.dumps(sealed(content), default=str))


def altered(kept, change):
    """Return where a replay finds that a dossier was altered, its own digests put right."""
    found = copy.deepcopy(kept)
    content = found["selections"][0]["content"]
    change(found, content)
    found["selections"][0]["digest"] = digest_of(content)
    found["digest"] = digest_of({key: value for key, value in found.items() if key != "digest"})
    return [one.path for one in replay(found).differences]


def test_a_replay_works_the_severities_and_the_adjusted_totals_out_again(kept):
    assert replay(kept).differences == ()


def test_a_forged_total_is_found(kept):
    mild = next(line for line in kept["selections"][0]["content"]["applications"] if line["given"] == "88.00")
    line = f"selections[0][{mild['application']}]"

    def raise_adjusted(_found, content):
        content["applications"][1]["total"] = "86.99"

    def lower_given(_found, content):
        content["applications"][1]["given"] = "87.00"

    assert altered(kept, raise_adjusted) == [f"{line}.total"]
    assert altered(kept, lower_given) == [f"{line}.given"]


def test_severities_of_other_marks_are_found(kept):
    def leave_one_out(_found, content):
        content["calibration"]["evaluations"].pop()

    def another_digest(_found, content):
        content["calibration"]["severities"] = "ab" * 32

    assert "selections[0].calibration.evaluations" in altered(kept, leave_one_out)
    assert altered(kept, another_digest) == ["selections[0].calibration.severities"]


def test_adjusting_against_what_the_round_fixed_is_found(kept):
    def fix_otherwise(found, _content):
        found["category"]["settings"]["calibration"] = "shown"

    assert altered(kept, fix_otherwise) == ["selections[0].calibration"]


def without_figures(line, **said):
    line.update(evaluation=None, input_digest=None, grade=None, ties=[], **said)


def test_a_total_without_an_evaluation_is_found(kept):
    first = kept["selections"][0]["content"]["applications"][0]
    line = f"selections[0][{first['application']}]"

    def any_total(_found, content):
        without_figures(content["applications"][0], total="99.00", given="99.00")

    found = altered(kept, any_total)
    assert {f"{line}.evaluation", f"{line}.total", f"{line}.given", f"{line}.rank"} <= set(found)


def test_whose_figures_were_left_out_of_a_selection_is_found(kept):
    first = kept["selections"][0]["content"]["applications"][0]
    line = f"selections[0][{first['application']}]"

    def no_figure(_found, content):
        own = content["applications"][0]
        without_figures(own, total=None)
        del own["given"]

    assert f"{line}.evaluation" in altered(kept, no_figure)


def test_an_earlier_evaluation_than_the_last_is_found(kept):
    last = copy.deepcopy(kept["evaluations"][0])
    last["id"] = max(one["id"] for one in kept["evaluations"]) + 1

    def one_more(found, _content):
        found["evaluations"].append(last)

    assert f"selections[0][{last['application']}].evaluation" in altered(kept, one_more)


def test_who_was_left_unfinished_has_no_place(kept):
    first = kept["selections"][0]["content"]["applications"][0]
    line = f"selections[0][{first['application']}]"

    def unfinished(_found, content):
        content["applications"][0]["ground"] = "unfinished"

    assert {f"{line}.result", f"{line}.evaluation", f"{line}.rank"} <= set(altered(kept, unfinished))


@pytest.mark.parametrize("ground", ["barred", "not_listed", "held_already"])
def test_every_bar_is_told_as_a_fact(kept, ground):
    line = kept["selections"][0]["content"]["applications"][0]
    line["ground"] = ground
    assert Fact(f"selections[0][{line['application']}].ground", ground) in facts(kept)


def test_a_least_total_comes_from_a_scenario(kept):
    def least(_found, content):
        content["least"] = "10.00"

    assert altered(kept, least) == ["selections[0].least"]


def test_what_the_round_had_fixed_is_told_as_a_fact(kept):
    told = {fact.path.split(".", 1)[1]: fact.said for fact in facts(kept) if fact.path.startswith("category.")}
    review = kept["category"]["route"].index(next(one for one in kept["category"]["route"] if one.startswith("review")))
    assert told["settings.calibration"] == "applied"
    assert (told[f"route[{review}].disagreement"], told[f"route[{review}].blind"]) == (0, 0)
    assert sum(path.endswith(".feedback") for path in told) == 1


def test_workbook_and_paper_say_both_totals(kept):
    read = dossier_words.Read(kept)
    ranking = dossier_sheets.sheets(read, demo=False)[3]
    assert [(row[4], row[-1]) for row in ranking.rows][:2] == [
        (Decimal("87.00"), Decimal("84.00")),
        (Decimal("85.00"), Decimal("88.00")),
    ]
    reader = pypdf.PdfReader(BytesIO(dossier_paper.render(dossier_words.paper(read, demo=False))))
    text = "".join(page.extract_text() for page in reader.pages)
    assert ("87.00" in text, "84.00" in text, "adjusted totals decide" in text) == (True, True, True)
