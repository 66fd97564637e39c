"""What a form says of figures: how they were read, which contradict each other for certain, which are only unusual."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from registry.queries import filings
from tests import browse
from tests.factories import NOON
from tests.web.test_filling_plainly import CONTENT, FULL, Works

Client = Callable[..., FlaskClient]
CHECK = "{key: within, formula: share <= 100, help"
WATER = "title: {zh: 处理水量, en: Water treated}, unit: m³,"
CERTAIN = CONTENT.replace(CHECK, "{key: within, formula: share <= 100, certain: true, help").replace(
    WATER, f"{WATER} water: true,"
)
# What follows only where the method of the next group is known, and a group in which all may stay empty.
MORE = CERTAIN.replace(
    "derived:\n",
    "  - {key: names, kind: text, title: {zh: 别名, en: Other names}, optional: true, group: remarks}\nderived:\n",
).replace("groups:\n", "groups:\n  remarks: {zh: 备注, en: Remarks}\n")
TOLD = "Water reused is part of it."


@pytest.fixture
def works(session: Session, client: Client, at: Callable[[datetime], None]) -> Works:
    at(NOON)
    return Works(session, client, MORE)


def test_water_in_tonnes_is_read_as_cubic_metres_and_said_back(works: Works) -> None:
    answer = works.autosave(water="5万吨", reused="20000")
    assert answer["faults"] == {}
    assert answer["read"]["water"] == "50,000 m³ (1 t of water counted as 1 m³)"
    assert 'value="50000"' in works.page("/edit/group-figures")


def test_a_tonne_is_refused_where_the_volume_is_not_known_to_be_of_water(works: Works) -> None:
    assert "is asked in m³" in works.autosave(reused="20000吨")["faults"]["reused"]


def test_a_converted_figure_is_said_back_however_small(works: Works) -> None:
    assert works.autosave(method="measured", methane="0.72 t")["read"]["methane"] == "720 kg"


def test_what_is_no_number_is_quoted_and_told_what_is_taken(works: Works) -> None:
    said = works.autosave(water="3.431e7", methane="none")["faults"]
    assert said["water"].startswith("“3.431e7” is not read as a number. Write it in digits, such as 34310000, ")
    assert said["water"].endswith("34,310,000 or 34.31 million; 0 if there is none.")
    assert said["methane"].endswith("34,310,000 or 34.31 million.")


def test_a_certain_contradiction_is_no_warning(works: Works) -> None:
    answer = works.autosave(water="5000", reused="6000")
    assert answer["warnings"] == {}
    assert answer["contradictions"] == {"reused": [f"Figures contradict each other, please correct: {TOLD}"]}
    page = works.page("/edit/group-figures")
    assert re.search(rf'notice-danger"><p class="notice-text">[^<]*{re.escape(TOLD)}', page)


def test_nothing_is_submitted_with_a_certain_contradiction_whatever_is_ticked(works: Works) -> None:
    works.autosave(**{**FULL, "water": "5000", "reused": "6000"})
    page = works.page("/submit")
    assert "Figures that contradict each other, please correct: 1" in page
    assert f'href="{works.url}/edit/group-figures#input_reused"' in page
    assert 'name="unusual"' not in page
    assert 'name="truthful"' not in page
    works.session.expire_all()
    ticked = {"digest": filings.content_digest(filings.sheet(works.session, works.draft)), "truthful": "y"}
    works.session.rollback()
    refused = browse.post(works.client, f"{works.url}/submit", revision=1, unusual="y", unmet="y", **ticked)
    assert refused.status_code == 422
    assert "Figures contradict each other: 1." in browse.words(refused)
    works.autosave(1, reused="4000")
    assert works.submit(2, truthful="y", unusual="y").location == f"{works.url}/receipt"


def test_what_was_said_of_the_figure_before_goes_with_the_refusal_of_the_next(works: Works) -> None:
    works.autosave(water="500", reused="600")
    assert "500 is unusual" in works.words("/edit/group-figures")
    refused = works.save("group-figures", revision=1, input_water="a lot", input_reused="many")
    said = browse.words(refused)
    assert "“a lot” is not read as a number" in said
    assert "500 is unusual" not in said
    assert TOLD not in said


def test_only_what_the_answers_ask_for_is_counted(works: Works) -> None:
    before = works.autosave(opened="2009", method="factors")
    assert (before["answered"], before["asked"]) == (2, 6)
    after = works.autosave(1, water="50000", names="The old works")
    assert (after["answered"], after["asked"]) == (3, 6)


def test_a_part_in_which_all_may_stay_empty_is_neither_complete_nor_lacking(works: Works) -> None:
    works.autosave(names="The old works")
    page = works.page("/edit/group-remarks")
    entry = re.search(r'<li class="sections-(\w+)">\s*<a href="[^"]*group-remarks"', page)
    assert entry is not None
    assert entry[1] == "coming"


def test_the_hint_about_numbers_stands_with_numbers_only(works: Works) -> None:
    hint = "Figures may be written 34,310,000 or 34.31 million"
    assert hint in works.words("/edit/group-figures")
    assert hint not in works.words("/edit/group-remarks")


def test_nothing_is_unfolded_that_says_nothing(works: Works) -> None:
    assert "question-help" not in works.page("/edit/group-remarks")
    assert "question-help" in works.page("/edit/group-figures")


def test_the_submission_is_the_last_of_the_parts(works: Works) -> None:
    for part in ("/edit/group-figures", "/edit/measures", "/submit"):
        last = re.findall(r'<li class="sections-\w+">\s*<a href="([^"]+)"', works.page(part))[-1]
        assert last == f"{works.url}/submit"


def test_the_head_says_that_the_round_sets_the_year_and_the_round_why(works: Works) -> None:
    anchor = f"/rounds/{works.category.round_id}#year-{works.category.id}"
    assert f'href="{anchor}"' in works.page("/edit/group-figures")
    told = browse.words(works.client.get(anchor))
    assert "All figures are those of 2023, not of a later year: the office set it before the round opened." in told
