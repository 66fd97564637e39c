"""A list as officials hand it on: draft, notice or published list, as a value that page, PDF and spreadsheet share."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

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


def packed(paper: ListPaper) -> dict[str, Any]:
    """Return a list as data that can be kept and read again."""
    rows = [[{"decimal": str(cell)} if isinstance(cell, Decimal) else cell for cell in row] for row in paper.rows]
    return {**asdict(paper), "rows": rows, "at": paper.at.isoformat()}


def unpacked(data: Mapping[str, Any]) -> ListPaper:
    """Return the list that was kept as data."""
    known: dict[str, Any] = {key: _frozen(value) for key, value in data.items()}
    known["columns"] = tuple(Column(**column) for column in data["columns"])
    known["at"] = datetime.fromisoformat(data["at"])
    return ListPaper(**known)


def _frozen(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_frozen(each) for each in value)
    return Decimal(value["decimal"]) if isinstance(value, Mapping) and value.keys() == {"decimal"} else value
