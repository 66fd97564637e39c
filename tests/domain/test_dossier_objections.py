"""What a dossier says of objections must agree with who stands on its lists, and with who approved what."""

import pytest

from registry.domain.dossier_records import contradictions

OPENS, RAISED, ANSWERED, CLOSES = (f"2026-03-{day:02}T04:00:00+00:00" for day in (2, 3, 5, 9))


def objection(number: int, application: int, status: str, **reply: object) -> dict:
    upheld = status == "upheld"
    answer = {"upheld": upheld, "text": "x", "at": ANSWERED, "answered_by": 1, "decision": 70 if upheld else None}
    return {
        "id": number,
        "application": application,
        "form": "in_name",
        "status": status,
        "raised_at": RAISED,
        "reply": {**answer, "approved_by": 2 if upheld else None, **reply},
    }


def dossier() -> dict:
    """Two were announced; an objection to the first was upheld, one to the second was not, and it was published."""
    line = {"ground": "unfinished", "evaluation": None, "result": "excluded"}
    return {
        "applications": [{"id": 1, "status": "removed"}, {"id": 2, "status": "certified"}],
        "evaluations": [],
        "reviews": [],
        "meetings": [],
        "rules": [],
        "selections": [{"content": {"applications": [{"application": 1, **line}, {"application": 2, **line}]}}],
        "decisions": [
            {
                "id": 70,
                "kind": "removal",
                "content": {"objection": 7, "application": 1},
                "reason": "x",
                "proposed_by": 1,
                "decided_by": 2,
            }
        ],
        "notices": [
            {
                "id": 5,
                "opens_at": OPENS,
                "closes_at": CLOSES,
                "cleared_at": CLOSES,
                "entries": [1, 2],
                "objections": [objection(7, 1, "upheld"), objection(8, 2, "dismissed")],
            }
        ],
        "publications": [{"entries": [{"application": 2}]}],
    }


def paths(changed: dict) -> list[str]:
    return [one.path for one in contradictions(changed)]


def test_what_agrees_has_no_difference():
    assert paths(dossier()) == []


def test_who_was_upheld_against_and_is_listed_all_the_same_is_named():
    changed = dossier()
    changed["publications"][0]["entries"].append({"application": 1})
    assert paths(changed) == ["notices[5].objections[7].status"]
    changed["applications"][0]["status"] = "certified"
    assert paths(changed) == ["applications[1].status", "notices[5].objections[7].status"]


def test_who_was_removed_without_an_upheld_objection_is_named():
    changed = dossier()
    del changed["notices"][0]["objections"][0]
    assert paths(changed) == ["decisions[70].content.objection", "applications[1].status"]


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ({"reply": None}, "status"),
        ({"status": "open"}, "status"),
        ({"status": "upheld"}, "status"),
        ({"raised_at": "2026-03-10T04:00:00+00:00"}, "raised_at"),
        ({"application": 3}, "application"),
    ],
)
def test_an_answer_that_does_not_fit_is_named(part, path):
    changed = dossier()
    changed["notices"][0]["objections"][1].update(part)
    assert f"notices[5].objections[8].{path}" in paths(changed)


def test_a_removal_that_was_approved_leaves_nothing_as_it_was():
    changed = dossier()
    kept = objection(7, 1, "dismissed")
    changed["notices"][0]["objections"][0] = kept
    changed["applications"][0]["status"] = "certified"
    changed["publications"][0]["entries"].append({"application": 1})
    assert paths(changed) == ["decisions[70].content.objection"]
    changed["decisions"].append({**changed["decisions"][0], "id": 71, "content": {"objection": 9, "application": 3}})
    assert paths(changed) == ["decisions[70].content.objection", "decisions[71].content.objection"]


def test_an_answer_that_names_no_decision_upholds_nothing():
    changed = dossier()
    del changed["notices"][0]["objections"][0]["reply"]["decision"]
    changed["decisions"] = []
    assert paths(changed) == ["notices[5].objections[7].reply.decision"]


@pytest.mark.parametrize("where", ["reason", "decided_by", "proposed_by", "kind"])
def test_an_upheld_one_rests_on_its_own_removal_by_two(where):
    changed = dossier()
    changed["decisions"][0][where] = 99
    assert paths(changed) == ["notices[5].objections[7].reply.decision"]


def test_an_upheld_one_names_its_own_removal():
    changed = dossier()
    changed["decisions"][0]["id"] = 99
    assert paths(changed) == ["notices[5].objections[7].reply.decision", "decisions[99].content.objection"]


def test_one_person_alone_upholds_nothing():
    changed = dossier()
    changed["decisions"][0]["decided_by"] = 1
    changed["notices"][0]["objections"][0]["reply"]["approved_by"] = 1
    assert paths(changed) == ["notices[5].objections[7].reply.decision"]


def test_an_answer_after_the_notice_was_concluded_is_named():
    changed = dossier()
    changed["notices"][0]["objections"][1]["reply"]["at"] = "2026-03-10T04:00:00+00:00"
    assert "notices[5].objections[8].reply.at" in paths(changed)


def test_while_a_notice_runs_an_objection_may_be_open():
    changed = dossier()
    changed["notices"][0]["cleared_at"] = None
    changed["notices"][0]["objections"][1] |= {"status": "open", "reply": None}
    assert paths(changed) == []
