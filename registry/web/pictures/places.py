"""The pictures of places: taken and free, recommended of how many, and how those of a round are divided."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _

from registry.queries.pools import Line
from registry.queries.quotas import Places
from registry.rendering.pictures import places, shapes
from registry.rendering.pictures.shapes import Picture
from registry.web.pictures.shown import Shown, twice
from registry.web.templating import figure, named


def of_places(lines: Iterable[Line], waiting: Mapping[int, int], whole: Places, pool: Places | None) -> Shown | None:
    """Return the places of the categories, of the round and of its pool, taken and free; None without any."""
    rows = [_taken(named(line.category), line.places, waiting.get(line.category.id, 0)) for line in lines]
    rows += [_taken(_("The round in all"), whole)] if whole.number is not None else []
    rows += [_assigned(pool)] if pool else []
    return _places(_("Places: taken and free"), rows) if rows else None


def of_limits(limits: Iterable[tuple[str, Places]]) -> Shown | None:
    """Return how many a bureau has recommended of how many it may; None where nothing is limited."""
    rows = [_taken(name, found) for name, found in limits if found.number is not None]
    return _places(_("Recommended by your bureau, and how many it may"), rows) if rows else None


def of_division(rows: Iterable[tuple[str, int | None, int]], pool: int | None) -> Shown | None:
    """Return how the places of a round are divided, by names with number and those from the pool; None without any."""
    drawn = [
        places.Row(name, _many(number, assigned), number, 0, assigned)
        for name, number, assigned in rows
        if number is not None
    ]
    if pool:
        drawn.append(places.Row(_("Pool, given to no category"), figure(pool), pool, 0))
    return _places(_("How the places are divided"), drawn, divided=True) if drawn else None


def _many(number: int | None, assigned: int) -> str:
    if not assigned:
        return figure(number)
    return str(_("%(count)s, of them %(assigned)s from the pool", count=number, assigned=assigned))


def _taken(name: str, found: Places, waiting: int = 0) -> places.Row:
    if found.number is None:
        said = _("taken %(taken)s, no limit", taken=found.taken)
    else:
        about = {"taken": found.taken, "number": found.number, "left": found.left}
        said = _("taken %(taken)s of %(number)s, free %(left)s", **about)
    if waiting:
        said = f"{said}{_(', ')}{_('in reserve: %(count)s', count=waiting)}"
    return places.Row(name, said, found.number, found.taken, found.assigned, waiting)


def _assigned(pool: Places) -> places.Row:
    said = _("assigned %(taken)s of %(number)s, left %(left)s", taken=pool.taken, number=pool.number, left=pool.left)
    return places.Row(_("Pool"), said, pool.number, pool.taken)


def _places(label: str, rows: Sequence[places.Row], *, divided: bool = False) -> Shown:
    legend = [] if divided else [(shapes.swatch("places-taken"), _("taken"))]
    legend.append((shapes.swatch("places-free"), _("a place") if divided else _("free")))
    legend += [(places.pool_sign(), _("from the pool"))] if any(row.assigned for row in rows) else []
    waiting = any(row.waiting for row in rows)
    legend += [(shapes.swatch("places-free", "places-lines"), _("in reserve"))] if waiting else []

    def drawn(width: int) -> Picture:
        return places.picture(rows, width=width)

    about = _("; ").join(f"{row.name}{_(': ')}{row.said}" for row in rows)
    return twice(label, about, drawn, tuple(legend))
