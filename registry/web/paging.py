"""Pages of a long list."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import request, url_for


@dataclass(frozen=True, slots=True)
class Paging:
    """Where the reader is in a long list, for the macro `pager`."""

    number: int
    pages: int
    total: int
    previous_url: str | None
    next_url: str | None


def wanted_page() -> int:
    """Return the page that the address asks for, the first where it asks for none."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def paging(number: int, total: int, size: int) -> Paging:
    """Return the pages around the one shown; the other parameters of the address are kept."""
    pages = max(1, ceil(total / size))
    return Paging(
        number,
        pages,
        total,
        _address(number - 1) if number > 1 else None,
        _address(number + 1) if number < pages else None,
    )


def _address(number: int) -> str:
    rest: dict[str, Any] = {**request.args, **(request.view_args or {}), "page": number}
    return url_for(request.endpoint or "", **rest)
