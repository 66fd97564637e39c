"""Finding rows by words: every word stands somewhere in a name or number, whatever its case.

Parts of words are found, so that two characters of a Chinese name are enough; both databases do the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from registry.domain.searching import spellings, words_of
from registry.models import Region, Site
from registry.queries.pages import FIRST, Asked, Page, cut


def holds(text: str, *columns: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Return the condition that each word of a text stands in one of the columns; true where there is no word."""
    return and_(True, *(_somewhere(word, columns) for word in words_of(text)))


def among(entries: Sequence[Mapping[str, Any]], text: str, asked: Asked = FIRST) -> Page[Mapping[str, Any]]:
    """Return a page of the entries of a list at hand whose names or code hold the words."""
    found = [entry for entry in entries if all(_is_in(entry, word) for word in words_of(text))]
    return cut(found, lambda entry: int(entry["position"]), asked)


def within(region_key: str) -> Select[str]:
    """Select the keys of a region and of all regions in it."""
    here = select(Region.key).where(Region.key == region_key).cte("here", recursive=True)
    here = here.union(select(Region.key).where(Region.parent_key == here.c.key))
    return select(here.c.key)


def sites_in(region_key: str) -> Select[int]:
    """Select the sites of a region and of all regions in it."""
    return select(Site.id).where(Site.region_key.in_(within(region_key)))


def _is_in(entry: Mapping[str, Any], word: str) -> bool:
    names = [half for part in ("site", "organisation", "region") for half in (entry.get(part) or {}).values()]
    said = "\n".join([*names, entry.get("credit_code") or ""]).casefold()
    return any(one.casefold() in said for one in spellings(word))


def _somewhere(word: str, columns: tuple[Any, ...]) -> ColumnElement[bool]:
    return or_(*(_is_part(column, one) for column in columns for one in spellings(word)))


def _is_part(column: Any, word: str) -> ColumnElement[bool]:
    # Characters without capitals are compared as they are: that is twice as fast, and the same.
    same: ColumnElement[bool] = column.contains(word, autoescape=True)
    return same if word.lower() == word.upper() else column.icontains(word, autoescape=True)
