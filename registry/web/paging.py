"""Where the reader is in a long list, and the addresses of the pages around: they keep what the list is narrowed to."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

from registry.queries.pages import Asked, Page


@dataclass(frozen=True, slots=True)
class Paging:
    """Which rows of how many are shown, for the macro `pager`; the addresses are None at the ends."""

    first: int
    last: int
    total: int
    previous_url: str | None
    next_url: str | None


def asked(name: str = "") -> Asked:
    """Return where the address wants a list to begin; `name` tells apart the lists of one page."""
    return Asked(request.args.get(f"{name}after", ""), request.args.get(f"{name}before", ""))


def paging(page: Page[Any], name: str = "") -> Paging:
    """Return the pages around the one shown."""
    return Paging(
        page.first,
        page.last,
        page.total,
        _address(name, before=page.previous) if page.previous else None,
        _address(name, after=page.next) if page.next else None,
    )


def here(*names: str, **changed: Any) -> str:
    """Return the address of this page with parameters changed; each list of the names begins at its first page.

    What the address of a stranger calls `endpoint` or begins with a low line would be taken for more than a parameter.
    """
    gone = {"endpoint"} | {f"{name}{way}" for name in names for way in ("after", "before")}
    kept: dict[str, Any] = {
        key: values for key, values in request.args.lists() if key not in gone and not key.startswith("_")
    }
    endpoint, parts = _page()
    return url_for(endpoint, **{**kept, **parts, **changed})


def page_path() -> str:
    """Return the path at which the page can be read; one that answers what was sent is read where the form stands."""
    endpoint, parts = _page()
    return url_for(endpoint, **parts)


def _page() -> tuple[str, dict[str, Any]]:
    """What the page can be read as. An address that only takes forms lies below that of the page of its form."""
    if request.method in ("GET", "HEAD") and request.endpoint:
        return request.endpoint, dict(request.view_args or {})
    addresses, path = current_app.url_map.bind(""), request.path
    while path.strip("/"):
        try:
            endpoint, parts = addresses.match(path, method="GET")
        except HTTPException:
            path = path.rpartition("/")[0]
        else:
            return endpoint, dict(parts)
    return "public.home", {}


def _address(name: str, **cursor: str) -> str:
    anchor = f"{name.rstrip('_')}-list" if name else None
    return here(name, _anchor=anchor, **{f"{name}{way}": text for way, text in cursor.items()})
