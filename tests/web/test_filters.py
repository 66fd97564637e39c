"""What lists are narrowed to: said in words, kept from page to page, and taken away again."""

import html
import re

import pytest

from tests import browse, factories


@pytest.fixture
def anybody(client):
    visitor = client()
    with visitor.session_transaction() as cookie:
        cookie["language"] = "en"
    return visitor


@pytest.fixture
def awards(session):
    """Sixty awards of one category, the sites numbered."""
    where = factories.round_category(session)
    for number in range(1, 61):
        site = factories.site(session, name=f"北岸第{number}水厂", name_en=f"North Bank {number}")
        factories.award(session, factories.application(session, round_category=where, site=site))
    session.commit()


def _leading(page, way):
    found = re.search(rf'href="([^"]+)" rel="{way}"', page.text)
    return html.unescape(found[1]) if found else None


def test_an_empty_register_is_another_thing_than_nothing_found(anybody):
    assert "Nothing was awarded yet." in browse.words(anybody.get("/projects"))
    page = browse.words(anybody.get("/projects?q=水厂"))
    assert "Nothing is found for these filters." in page
    assert "Nothing was awarded yet." not in page


def test_what_is_chosen_is_said_and_kept_from_page_to_page(anybody, awards):
    first = anybody.get("/projects?q=北岸&status=valid&year=2026")
    assert "Found: 60 · Name or number: “北岸” · Standing: valid · Year: 2026" in browse.words(first)
    assert "1–50 of 60" in browse.words(first)
    assert _leading(first, "prev") is None
    second = anybody.get(_leading(first, "next"))
    assert "Found: 60 · Name or number: “北岸” · Standing: valid · Year: 2026" in browse.words(second)
    assert "51–60 of 60" in browse.words(second)
    assert _leading(second, "next") is None
    assert "1–50 of 60" in browse.words(anybody.get(_leading(second, "prev")))
    assert 'href="/projects">Clear the filters' in second.text


def test_one_sign_is_answered_with_a_hint_and_the_whole_list(anybody, awards):
    page = browse.words(anybody.get("/projects?q=水"))
    assert "Please type at least two characters to search." in page
    assert "1–50 of 60" in page
    assert "Found:" not in page


def test_a_choice_that_is_not_offered_counts_as_none(anybody, awards):
    page = browse.words(anybody.get("/projects?status=splendid&programme=none&year=1e9&region=nowhere&after=%3F"))
    assert "1–50 of 60" in page
    assert "Found:" not in page


@pytest.mark.parametrize("name", ["endpoint", "_scheme", "_method", "_anchor", "_external"])
def test_an_address_with_names_of_another_kind_breaks_nothing(anybody, awards, name):
    page = anybody.get("/projects", query_string={name: "x"})
    assert page.status_code == 200
    assert f"{name}=" not in _leading(page, "next")
