"""Pages of long lists: forwards and backwards, among equals, with rows gone meanwhile, and what is no cursor."""

import base64
import json

import pytest
from sqlalchemy import delete, select

from registry.models import Award, Site, SiteParty
from registry.queries import pages
from registry.queries.pages import Asked, By
from tests import factories

ORDER = (By(Site.kind), By(Site.name, descending=True), By(Site.id))


@pytest.fixture
def sites(session):
    """Seven sites in the order of the list; the three in the middle have one name."""
    return [factories.site(session, name=name).id for name in ("g", "f", "d", "d", "d", "c", "a")]


def _page(session, asked=pages.FIRST, *, size=3):
    return pages.page(session, select(Site), ORDER, asked, size=size)


def _numbers(page):
    return [row.id for row in page.rows]


def _cursor(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_the_pages_follow_one_another_with_their_numbers(session, sites):
    first = _page(session)
    second = _page(session, Asked(after=first.next))
    third = _page(session, Asked(after=second.next))
    assert [_numbers(page) for page in (first, second, third)] == [sites[:3], sites[3:6], sites[6:]]
    assert [(page.first, page.last, page.total) for page in (first, second, third)] == [(1, 3, 7), (4, 6, 7), (7, 7, 7)]
    assert (first.previous, third.next) == (None, None)


@pytest.mark.parametrize("size", [7, 8])
def test_a_list_that_fits_has_one_page_and_is_counted_all_the_same(session, sites, size):
    page = _page(session, size=size)
    assert (_numbers(page), page.first, page.last, page.total) == (sites, 1, 7, 7)
    assert (page.previous, page.next) == (None, None)


def test_the_pages_lead_back_to_where_one_came_from(session, sites):
    last = _page(session, Asked(after=_page(session, Asked(after=_page(session).next)).next))
    middle = _page(session, Asked(before=last.previous))
    begin = _page(session, Asked(before=middle.previous))
    assert (_numbers(middle), middle.first) == (sites[3:6], 4)
    assert (_numbers(begin), begin.first, begin.previous) == (sites[:3], 1, None)


def test_a_page_that_leads_back_to_less_than_a_page_is_the_first(session, sites):
    fourth = _page(session, Asked(after=_page(session, size=2).next), size=2)
    assert _numbers(fourth) == sites[2:4]
    assert _numbers(_page(session, Asked(before=fourth.previous))) == sites[:3]


def test_no_row_is_lost_where_the_one_at_the_edge_is_gone(session, sites):
    first = _page(session)
    session.execute(delete(SiteParty).where(SiteParty.site_id == sites[2]))
    session.execute(delete(Site).where(Site.id == sites[2]))
    second = _page(session, Asked(after=first.next))
    assert (_numbers(second), second.first, second.total) == (sites[3:6], 3, 6)


def test_a_row_that_comes_before_the_page_moves_nothing_on_it(session, sites):
    first = _page(session)
    factories.site(session, name="z")
    assert _numbers(_page(session, Asked(after=first.next))) == sites[3:6]


def test_past_the_end_stands_the_first_page(session, sites):
    last = session.get_one(Site, sites[6])
    page = _page(session, Asked(after=pages.cursor((last.kind, last.name, last.id))))
    assert (_numbers(page), page.first) == (sites[:3], 1)


def test_an_empty_list_has_one_empty_page(session):
    page = pages.page(session, select(Award), (By(Award.id),))
    assert (page.rows, page.first, page.last, page.total, page.previous, page.next) == ([], 0, 0, 0, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "é",
        "====",
        "A" * 5000,
        "%00",
        _cursor(),
        _cursor(1),
        _cursor("plant", "d", "1"),
        _cursor("plant", "d", None),
        _cursor("plant", "d", True),
        _cursor("plant", "d", 1.5),
        _cursor("plant", "d", 2**63),
        _cursor("no such kind", "d", 1),
        _cursor("plant", "a\x00b", 1),
        _cursor("plant", ["d"], 1),
        base64.urlsafe_b64encode(b'["plant", "\\ud800", 1]').decode(),
        base64.urlsafe_b64encode(b"[" * 1400).decode(),
        base64.urlsafe_b64encode(b'{"a": 1, "b": 2, "c": 3}').decode(),
    ],
)
def test_what_is_no_cursor_shows_the_first_page(session, sites, text):
    for asked in (Asked(after=text), Asked(before=text)):
        assert _numbers(_page(session, asked)) == sites[:3]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "2026-01-01", "2026-01-01T00:00:00", "soon", 5])
def test_a_moment_without_its_zone_is_no_cursor(session, sites, moment):
    order = (By(Site.created_at), By(Site.id))
    page = pages.page(session, select(Site), order, Asked(after=_cursor(moment, 1)), size=3)
    assert page.first == 1


def test_rows_at_hand_are_cut_in_the_same_way():
    rows = list(range(1, 8))
    first = pages.cut(rows, int, size=3)
    second = pages.cut(rows, int, Asked(after=first.next), size=3)
    third = pages.cut(rows, int, Asked(after=second.next), size=3)
    back = pages.cut(rows, int, Asked(before=third.previous), size=3)
    assert [page.rows for page in (first, second, third, back)] == [[1, 2, 3], [4, 5, 6], [7], [4, 5, 6]]
    assert (third.first, third.next, back.first) == (7, None, 4)
    assert pages.cut([], int).rows == []
