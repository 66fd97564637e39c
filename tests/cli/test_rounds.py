"""`registry rounds replay`: the rounds of the demonstration come out the same, and whatever is altered is named."""

import copy
import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from registry import clock
from registry.cli import registry
from registry.domain.chain import digest_of
from registry.domain.dossier import criteria_of, figures_of, sealed
from registry.domain.scoring import score
from registry.domain.vocabulary import DecisionKind, DecisionStatus
from registry.models import Decision
from registry.queries import dossiers


@pytest.fixture
def decided(world_database):
    """The dossiers of every round category of the demonstration in which a selection was approved."""
    with world_database.reading() as session:
        numbers = session.scalars(
            select(Decision.round_category_id)
            .where(Decision.kind == DecisionKind.SELECTION, Decision.status == DecisionStatus.APPROVED)
            .distinct()
            .order_by(Decision.round_category_id)
        ).all()
        return [
            json.loads(
                json.dumps(
                    sealed(
                        dossiers.content(session, dossiers.whole(session, number), at=clock.read(session), code="0")
                    ),
                    default=str,
                )
            )
            for number in numbers
        ]


@pytest.fixture
def replayed(tmp_path):
    def run(dossier):
        path = tmp_path / "dossier.json"
        path.write_text(dossier if isinstance(dossier, str) else json.dumps(dossier, ensure_ascii=False))
        result = CliRunner().invoke(registry, ["rounds", "replay", str(path)])
        return result.exit_code, result.output

    return run


def test_every_decided_round_of_the_demonstration_comes_out_the_same(decided, replayed):
    assert len(decided) >= 3
    for dossier in decided:
        code, said = replayed(dossier)
        count = len(dossier["evaluations"])
        selections = len(dossier["selections"])
        assert (code, said.splitlines()[0]) == (
            0,
            f"{count} evaluations and {selections} selections worked out again: identical",
        )


def resealed(dossier):
    """The dossier with its own digest put right, as somebody would who wants an alteration to pass."""
    return {**dossier, "digest": digest_of({key: value for key, value in dossier.items() if key != "digest"})}


def richest(decided):
    return copy.deepcopy(max(decided, key=lambda one: len(one["selections"][0]["content"]["applications"])))


def test_a_mark_that_was_raised_afterwards_is_named_with_all_that_follows_from_it(decided, replayed):
    dossier = next(one for one in copy.deepcopy(decided) if any(entry["marks"] for entry in one["evaluations"]))
    number, evaluation = next(pair for pair in enumerate(dossier["evaluations"]) if pair[1]["marks"])
    indicator, by_label = next(iter(evaluation["marks"].items()))
    label = next(iter(by_label))
    by_label[label] = "0" if by_label[label] != "0" else "1"
    code, said = replayed(resealed(dossier))
    assert code == 3
    assert f"evaluations[{number}].input_digest" in said
    assert f"evaluations[{number}].figures.items[{indicator}].points" in said


def test_two_places_that_were_exchanged_are_named(decided, replayed):
    dossier = richest(decided)
    lines = dossier["selections"][0]["content"]["applications"]
    lines[0], lines[1] = lines[1], lines[0]
    code, said = replayed(resealed(dossier))
    assert code == 3
    assert "selections[0].order: the dossier has" in said
    # The digest of what was approved tells it too.
    assert "selections[0].digest" in said


def test_a_result_that_was_turned_is_named(decided, replayed):
    dossier = richest(decided)
    line = dossier["selections"][0]["content"]["applications"][-1]
    line["result"] = "selected" if line["result"] != "selected" else "unselected"
    code, said = replayed(resealed(dossier))
    assert (code, f"selections[0][{line['application']}].result" in said) == (3, True)


def test_other_criteria_are_named(decided, replayed):
    dossier = richest(decided)
    dossier["criteria"]["content"] += "\n# looked at again\n"
    code, said = replayed(resealed(dossier))
    assert (code, "criteria.digest: the dossier has" in said) == (3, True)


def test_a_byte_anywhere_breaks_the_seal(decided, replayed):
    dossier = richest(decided)
    dossier["applications"][0]["site"]["en"] += " "
    code, said = replayed(dossier)
    assert (code, said.splitlines()[0].split(":")[0]) == (3, "digest")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not JSON", "no JSON"),
        ("{}", "This is no dossier of a round"),
        (json.dumps({"kind": "dossier of a round category", "format": 1}), "The dossier cannot be read: 'digest'"),
    ],
)
def test_what_is_no_dossier_is_told(replayed, text, said):
    code, output = replayed(text)
    assert (code, said in output) == (4, True)


def largest(decided):
    """The dossier with most lines, its first selection, and the lines that have figures."""
    dossier = richest(decided)
    content = dossier["selections"][0]["content"]
    return dossier, content, [line for line in content["applications"] if line["evaluation"] is not None]


def forged(dossier):
    """The dossier with all its digests put right, those of the selections too."""
    for selection in dossier["selections"]:
        selection["digest"] = digest_of(selection["content"])
    return resealed(dossier)


def test_a_line_that_borrows_the_figures_of_another_application_is_named(decided, replayed):
    dossier, _content, lines = largest(decided)
    one, other = lines[0], lines[-1]
    one["application"], other["application"] = other["application"], one["application"]
    code, said = replayed(forged(dossier))
    assert (code, f"[{one['application']}].evaluation" in said) == (3, True)


def test_a_line_that_was_left_out_is_named(decided, replayed):
    dossier, content, lines = largest(decided)
    gone = lines[0]["application"]
    content["applications"] = [line for line in content["applications"] if line["application"] != gone]
    code, said = replayed(forged(dossier))
    assert (code, f"applications[{gone}].status" in said) == (3, True)


def test_a_place_in_reserve_that_no_selection_gave_is_named(decided, replayed):
    dossier, _content, lines = largest(decided)
    lines[-1]["turn"] = 1
    code, said = replayed(forged(dossier))
    assert (code, f"[{lines[-1]['application']}].turn" in said) == (3, True)


def test_an_opinion_that_no_meeting_recorded_is_named(decided, replayed):
    dossier, _content, lines = largest(decided)
    lines[0]["opinion"] = {"meeting": 4711, "supported": False, "votes": None}
    code, said = replayed(forged(dossier))
    assert (code, f"[{lines[0]['application']}].opinion" in said) == (3, True)


def test_a_rule_that_the_round_does_not_have_is_named(decided, replayed):
    dossier, content, _lines = largest(decided)
    content["rules"] = [
        {
            "key": "1",
            "by": "applicant",
            "value": None,
            "least": None,
            "most": 0,
            "taken": {},
            "category": None,
            "since": None,
        }
    ]
    code, said = replayed(forged(dossier))
    assert (code, "selections[0].rules" in said) == (3, True)


def test_marks_that_no_reviewer_gave_are_named_whatever_follows_from_them(decided, replayed):
    """The evaluation is forged with its figures, so that only the reviews tell."""
    dossier = next(one for one in copy.deepcopy(decided) if any(entry["marks"] for entry in one["evaluations"]))
    number, evaluation = next(pair for pair in enumerate(dossier["evaluations"]) if pair[1]["marks"])
    indicator = next(iter(evaluation["marks"]))
    label = next(iter(evaluation["marks"][indicator]))
    evaluation["marks"][indicator][label] = "0"
    evaluation["input_digest"] = digest_of([evaluation["answers"], evaluation["marks"]])
    evaluation["figures"] = figures_of(score(criteria_of(dossier), evaluation["answers"], evaluation["marks"]))
    code, said = replayed(forged(dossier))
    assert (code, f"evaluations[{number}].marks[{indicator}][{label}]" in said) == (3, True)


def test_a_selection_that_one_person_decided_is_named(decided, replayed):
    dossier, _content, _lines = largest(decided)
    dossier["selections"][0]["decided_by"] = dossier["selections"][0]["proposed_by"]
    code, said = replayed(forged(dossier))
    assert (code, "selections[0].decided_by" in said) == (3, True)


def test_a_decision_that_reads_otherwise_than_its_digest_is_named(decided, replayed):
    dossier = next(one for one in copy.deepcopy(decided) if one["decisions"])
    dossier["decisions"][0]["content"]["added"] = True
    code, said = replayed(forged(dossier))
    assert (code, "decisions[0].digest" in said) == (3, True)


def test_a_list_whose_notice_was_left_out_is_named(decided, replayed):
    dossier = next(one for one in copy.deepcopy(decided) if one["publications"])
    dossier["notices"] = []
    dossier["decisions"] = [row for row in dossier["decisions"] if row["kind"] not in ("notice", "removal")]
    for application in dossier["applications"]:
        if application["status"] == "removed":
            application["status"] = "withdrawn"
    code, said = replayed(forged(dossier))
    assert (code, f"publications[{dossier['publications'][0]['id']}].published_at" in said) == (3, True)


def test_who_was_not_selected_and_is_certified_all_the_same_is_named(decided, replayed):
    dossier, out = next(
        (one, line["application"])
        for one in copy.deepcopy(decided)
        for line in one["selections"][-1]["content"]["applications"]
        if line["result"] != "selected"
    )
    next(one for one in dossier["applications"] if one["id"] == out)["status"] = "certified"
    dossier["awards"].append({"application": out, "number": "X-1", "status": "valid"})
    code, said = replayed(forged(dossier))
    assert (code, f"applications[{out}].status" in said, "awards[X-1].application" in said) == (3, True, True)


def test_what_is_taken_as_it_stands_is_counted_and_named_when_asked(decided, tmp_path):
    dossier = richest(decided)
    path = tmp_path / "dossier.json"
    path.write_text(json.dumps(dossier, ensure_ascii=False))
    found = CliRunner().invoke(registry, ["rounds", "replay", str(path), "--facts", "--digest", dossier["digest"]])
    quota = dossier["selections"][0]["content"]["quota"]
    assert (found.exit_code, f"taken as a fact: selections[0].quota: {quota}\n" in found.output) == (0, True)
    other = CliRunner().invoke(registry, ["rounds", "replay", str(path), "--digest", "0" * 64])
    assert (other.exit_code, "is not the one that was filed" in other.output) == (3, True)
