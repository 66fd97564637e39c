"""A list as officials hand it on: draft, notice or published list, as a value that page, PDF and spreadsheet share."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

Cell = str | int | Decimal
# From so many columns on a list lies across the page.
WIDE_FROM = 8


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its share of the width; figures stand to the right."""

    title: str
    share: float
    number: bool = False


@dataclass(frozen=True, slots=True)
class ListPaper:
    """All that stands on a list, in one language; `state` is what kind of list it is, `at` its own time.

    `page` and `unprintable` are sentences with places for `{page}`, `{pages}` and `{characters}`; `notes` stand under
    the title, `issuers` with `signed` at the end, where they put their seals.
    """

    language: str
    title: str
    state: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    issuers: tuple[str, ...]
    signed: str
    seal: str
    page: str
    unprintable: str
    at: datetime
    name: str
    demo: bool = False

    @property
    def wide(self) -> bool:
        """Whether it lies across the page."""
        return len(self.columns) >= WIDE_FROM


def written(cell: Cell) -> str:
    """Return what stands in a cell on paper; a figure keeps its own number of places."""
    return cell if isinstance(cell, str) else format(cell, "f") if isinstance(cell, Decimal) else str(cell)
