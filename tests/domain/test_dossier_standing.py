"""Decisions of a dossier are taken by two, and who stands on its notices, lists and awards was put there."""

import pytest

from registry.domain.chain import digest_of
from registry.domain.dossier_standing import standings

PROPOSED, DECIDED, CLEARED, PUBLISHED = (f"2026-03-{day:02}T04:00:00+00:00" for day in (2, 3, 9, 12))
BY_TWO = {"proposed_by": 1, "proposed_at": PROPOSED, "decided_by": 2, "decided_at": DECIDED}
ANNOUNCED = [{"position": 1, "application_id": 1, "site": "甲"}]


def line(application: int, result: str) -> dict:
    return {"application": application, "result": result}


def decision(number: int, kind: str, content: dict) -> dict:
    return {"id": number, "kind": kind, "content": content, "digest": digest_of(content), **BY_TWO}


def dossier() -> dict:
    """Three were ranked: the first was selected, announced, published and certified, the second waits in reserve."""
    published = decision(72, "publication", {"notice": 5, "title": "名单", "entries": ANNOUNCED})
    results = ("selected", "reserved", "unselected")
    return {
        "applications": [
            {"id": 1, "status": "certified"},
            *({"id": one, "status": results[one - 1]} for one in (2, 3)),
        ],
        "selections": [
            {"id": 60, "content": {"applications": [line(one, results[one - 1]) for one in (1, 2, 3)]}, **BY_TWO}
        ],
        "decisions": [decision(71, "notice", {"decision": 60, "entries": ANNOUNCED}), published],
        "notices": [
            {
                "id": 5,
                "selection": 60,
                "cleared_at": CLEARED,
                "entries": [1],
                "digest": digest_of(ANNOUNCED),
                "objections": [],
            }
        ],
        "publications": [
            {
                "id": 8,
                "replaces": None,
                "published_at": PUBLISHED,
                "digest": published["digest"],
                "entries": [{"position": 1, "application": 1, "content": {"site": "甲"}}],
            }
        ],
        "awards": [{"application": 1, "number": "X-1", "status": "valid"}],
    }


def corrected() -> dict:
    """The same with the name on the list put right."""
    changed = dossier()
    entries = [{**ANNOUNCED[0], "site": "乙"}]
    found = decision(73, "correction", {"publication": 8, "title": "名单", "entries": entries})
    changed["decisions"].append(found)
    changed["publications"].append(
        {
            "id": 9,
            "replaces": 8,
            "published_at": PUBLISHED,
            "digest": found["digest"],
            "entries": [{"position": 1, "application": 1, "content": {"site": "乙"}}],
        }
    )
    return changed


def paths(changed: dict) -> list[str]:
    return [one.path for one in standings(changed)]


@pytest.mark.parametrize("honest", [dossier, corrected])
def test_what_agrees_has_no_difference(honest):
    assert paths(honest()) == []


@pytest.mark.parametrize("part", ["selections", "decisions"])
def test_who_decides_alone_or_beforehand_is_named(part):
    changed = dossier()
    changed[part][0]["decided_by"] = 1
    assert paths(changed) == [f"{part}[0].decided_by"]
    changed = dossier()
    changed[part][0]["decided_at"] = "2026-03-01T04:00:00+00:00"
    assert paths(changed) == [f"{part}[0].decided_at"]


@pytest.mark.parametrize(
    ("application", "status"),
    [(0, "unselected"), (0, "reserved"), (0, "waiting"), (1, "selected"), (1, "excluded"), (2, "reserved")],
)
def test_who_stands_where_no_selection_put_it_is_named(application, status):
    changed = dossier()
    changed["awards"] = []
    changed["applications"][application]["status"] = status
    assert paths(changed) == [f"applications[{application + 1}].status"]


@pytest.mark.parametrize(("application", "status"), [(0, "withdrawn"), (1, "unselected"), (1, "terminated")])
def test_who_left_afterwards_stands_where_it_may(application, status):
    changed = dossier()
    changed["awards"] = []
    changed["applications"][application]["status"] = status
    assert paths(changed) == []


def test_the_last_selection_counts_and_only_the_reserve_is_decided_on_again():
    changed = dossier()
    later = {"id": 61, "content": {"applications": [line(2, "selected")]}, **BY_TWO}
    changed["selections"].append(later)
    assert paths(changed) == ["applications[2].status"]
    changed["applications"][1]["status"] = "selected"
    assert paths(changed) == []
    changed["applications"][2]["status"] = "selected"
    later["content"]["applications"].append(line(3, "selected"))
    assert paths(changed) == ["selections[1][3]"]


def test_who_was_not_selected_and_is_listed_and_awarded_all_the_same_is_named():
    changed = dossier()
    changed["publications"][0]["entries"].append({"position": 2, "application": 3, "content": {}})
    changed["awards"].append({"application": 3, "number": "X-2", "status": "valid"})
    assert paths(changed) == [
        "publications[8].entries[3]",
        "publications[8].entries",
        "publications[8].entries[3]",
        "awards[X-2].application",
        "awards[X-2].application",
    ]


def test_an_entry_of_nobody_is_named():
    changed = dossier()
    changed["publications"][0]["entries"].append({"position": 2, "application": 999, "content": {}})
    assert "publications[8].entries[999]" in paths(changed)
    changed = dossier()
    changed["notices"][0]["entries"].append(999)
    assert paths(changed) == ["notices[5].entries[999]", "decisions[71].content.entries"]


def test_an_award_without_a_list_is_named():
    changed = dossier()
    changed["publications"] = []
    assert paths(changed) == ["awards[X-1].application"]


@pytest.mark.parametrize("cleared", [None, "2026-03-13T04:00:00+00:00"])
def test_a_list_before_its_notice_was_concluded_is_named(cleared):
    changed = dossier()
    changed["notices"][0]["cleared_at"] = cleared
    assert paths(changed) == ["publications[8].published_at"]


def test_a_list_without_its_notice_is_named():
    changed = dossier()
    changed["notices"] = []
    assert paths(changed) == ["decisions[71].content.entries", "publications[8].published_at"]


@pytest.mark.parametrize("status", ["open", "proposed"])
def test_a_list_with_an_unanswered_objection_is_named(status):
    changed = dossier()
    changed["notices"][0]["objections"] = [{"id": 7, "application": 1, "status": status}]
    assert paths(changed) == ["notices[5].objections[7].status"]


def test_a_list_that_nobody_approved_is_named():
    changed = dossier()
    del changed["decisions"][1]
    assert paths(changed) == ["publications[8].digest"]


def test_a_correction_names_the_same_applications():
    changed = corrected()
    changed["publications"][1]["replaces"] = None
    assert paths(changed) == ["publications[9].replaces"]
    changed = corrected()
    changed["publications"][0]["entries"] = []
    assert "publications[9].entries" in paths(changed)
