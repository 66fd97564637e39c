"""The gallery itself: what it plans to visit, what it refuses, and a small one of one page."""

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from registry.config import ROOT
from tests.gallery import guide, plan
from tests.gallery.__main__ import gallery
from tests.journeys import browsers


def test_every_page_of_the_table_is_planned_for_every_role_that_reaches_it():
    planned = {(visit.endpoint, visit.role) for visit in plan.visits(states=["full"], languages=["zh"])}
    for endpoint, row in plan.table().items():
        if "GET" in row.get("methods", ["GET"]) and endpoint not in plan.NO_PAGES:
            assert {role for page, role in planned if page == endpoint} >= {
                plan.role_of(person) for person in plan.persons(endpoint, row)
            }


def test_an_empty_portal_has_no_objects():
    assert {visit.endpoint for visit in plan.visits(states=["empty"]) if visit.at} == set()


def test_every_picture_of_a_guide_is_one_of_ours_and_is_kept_in_both_languages():
    named = {
        name
        for path in (ROOT / "docs" / "guides").glob("*.yaml")
        for name in re.findall(r"^\s+name: (\w+)$", path.read_text(), re.MULTILINE)
    }
    assert named <= set(guide.PICTURES)
    assert {path.name for path in guide.FOLDER.iterdir()} == {
        f"{name}-{language}.webp" for name in guide.PICTURES for language in plan.LANGUAGES
    }
    assert {page for page, *_ in guide.PICTURES.values()} <= set(plan.table())


def test_shares_leave_nothing_out_and_keep_a_person_together():
    visits = list(plan.visits(states=["full", "error"]))
    shares = plan.shared(visits, 3)
    assert sorted(map(str, visits)) == sorted(str(visit) for share in shares for visit in share)
    people = [{(visit.state, visit.language, visit.person) for visit in share} for share in shares]
    assert sum(map(len, people)) == len(set.union(*people))


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ([str(ROOT / "var" / "gallery")], "name one outside the working tree"),
        (["/nowhere", "--only", "public.nothing"], "no such page: public.nothing"),
        (["/nowhere", "--state", "asleep"], "no such state: asleep"),
    ],
)
def test_what_cannot_be_made_is_refused(arguments, answer):
    if not browsers.found_browser():
        pytest.skip("no browser found")
    outcome = CliRunner().invoke(gallery, arguments)
    assert (outcome.exit_code, answer in outcome.output) == (2, True)


def test_a_small_gallery_has_its_pictures_its_index_and_its_report(tmp_path):
    if not browsers.found_browser():
        pytest.skip("no browser found")
    parts = (
        "--only",
        "account.sign_in",
        "--state",
        "empty",
        "--role",
        "visitor",
        "--language",
        "en",
        "--width",
        "390",
        "--jobs",
        "1",
    )
    # A process of its own, because the clock stands still in it.
    subprocess.run([sys.executable, "-m", "tests.gallery", str(tmp_path / "out"), *parts], cwd=ROOT, check=True)
    shots = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [(shot["name"], shot["status"], shot["faults"]) for shot in shots] == [
        ("account.sign_in~visitor~empty~en~390", 200, {}),
    ]
    assert all((tmp_path / "out" / shot["picture"]).stat().st_size > 5000 for shot in shots)
    assert "account.sign_in~visitor" in (tmp_path / "out" / "index.html").read_text()
    assert not (tmp_path / "out" / "world").exists()
