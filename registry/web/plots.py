"""The picture of a series: its line through the year, the gaps in it, and what stands out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from registry.domain.answers import Reading, record_series
from registry.domain.series import Coverage, coverage, outliers
from registry.domain.shapes import Input
from registry.domain.values import shown, written
from registry.queries import filings
from registry.web.templating import figure

WIDTH, HEIGHT = 360, 90
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Plot:
    """A series ready to be drawn and told: paths in the coordinates of the picture, and the words beside it."""

    line: str
    gaps: tuple[tuple[str, str], ...]
    marks: tuple[tuple[str, str], ...]
    low: str
    high: str
    covered: str
    standing_out: tuple[str, ...]
    more: int
    short: bool


@dataclass(frozen=True, slots=True)
class Column:
    """An input of a table: the figure that its series comes to and its picture, where it was filled from one."""

    entry: Input
    typed: bool
    figure: str | None
    plot: Plot | None


def column(sheet: filings.Sheet, entry: Input, reading: Reading) -> Column:
    """Return an input as its table shows it, by the answers as they were read."""
    value = declared(sheet, entry)
    filled = is_series(value)
    number = reading.values.get(entry.key) if filled else None
    return Column(
        entry,
        typed=value is not None and not filled,
        figure=figure(shown(number)) if isinstance(number, Decimal) else None,
        plot=plot(entry, value, year_of(sheet), reading.covered.get(entry.key)),
    )


def declared(sheet: filings.Sheet, entry: Input) -> Any:
    """Return the declared value of an input, None where nothing is declared."""
    found = sheet.declared.get(entry.key)
    return found.value if found else None


def year_of(sheet: filings.Sheet) -> int:
    """Return the year that is judged."""
    return int(filings.answers(sheet, verified=False)["context"]["year"])


def init_app(app: Flask) -> None:
    """Give the templates the picture of a stored series."""
    app.jinja_env.filters.update(plotted=plotted, written=written)


def is_series(value: Any) -> bool:
    """Tell whether a stored value is a series."""
    return isinstance(value, Mapping) and "series" in value


def plot(entry: Input, value: Any, year: int | None, covered: Coverage | None = None) -> Plot | None:
    """Return the picture of a stored value, None where it is no series or has no record.

    `covered` is what of the year counts, where other series of the same table lack dates that this one has.
    """
    if entry.series is None or not is_series(value):
        return None
    records = record_series(entry, entry.series, value)
    if not records:
        return None
    covered = covered or coverage(records, year, entry.series)
    dates = list(_dates(year or int(min(records)[:4]), monthly=covered.monthly))
    low, high = min(records.values()), max(records.values())
    across = Decimal(WIDTH) / len(dates)
    up = Decimal(HEIGHT - 12) / ((high - low) or 1)

    def x(place: int) -> Decimal:
        return across * place + across / 2

    def y(number: Decimal) -> Decimal:
        return HEIGHT - 6 - (number - low) * up

    stretches = [
        (there, [place for place, _date in group])
        for there, group in groupby(enumerate(dates), key=lambda item: item[1] in records)
    ]
    strange = sorted(outliers(entry.series, records))
    return Plot(
        line=" ".join(
            "M"
            + "L".join(f"{_short(x(place))} {_short(y(records[dates[place]]))}" for place in places)
            + ("h0.01" if len(places) == 1 else "")
            for there, places in stretches
            if there
        ),
        gaps=tuple(
            (_short(across * places[0]), _short(across * len(places))) for there, places in stretches if not there
        ),
        marks=tuple((_short(x(dates.index(one))), _short(y(records[one]))) for one in strange if one in dates),
        low=figure(written(low)),
        high=figure(written(high)),
        covered=words(covered),
        standing_out=tuple(f"{one}: {figure(written(records[one]))}" for one in strange[:MOST_NAMED]),
        more=max(len(strange) - MOST_NAMED, 0),
        short=covered.short,
    )


def words(covered: Coverage) -> str:
    """Say how much of the year has a record, as “260 of 366 days”."""
    about = {"recorded": covered.recorded, "expected": covered.expected}
    if covered.monthly:
        return str(_("%(recorded)s of %(expected)s months", **about))
    return str(_("%(recorded)s of %(expected)s days", **about))


def _dates(year: int, *, monthly: bool) -> Iterator[str]:
    if monthly:
        yield from (f"{year}-{month:02d}" for month in range(1, 13))
        return
    day = date(year, 1, 1)
    while day.year == year:
        yield day.isoformat()
        day += timedelta(days=1)


def _short(number: Decimal) -> str:
    return f"{number:.1f}"


def plotted(value: Any, entry: Input) -> Plot | None:
    """Return the picture of a stored series for a template; its year is that of its first date."""
    return plot(entry, value, None)
