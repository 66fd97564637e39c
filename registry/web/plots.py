"""The picture of a series: its line through the year, the gaps in it, what stands out, and the words for all of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from registry.domain.answers import Reading, record_series
from registry.domain.curves import percent
from registry.domain.series import Coverage, coverage, outliers
from registry.domain.shapes import Input, SeriesRule
from registry.domain.values import shown, written
from registry.queries import filings
from registry.rendering.pictures import series
from registry.rendering.pictures.shapes import Picture
from registry.web.templating import figure, picked

MOST_NAMED = 40


@dataclass(frozen=True, slots=True)
class Plot:
    """A series ready to be drawn and told: its picture, and the words beside it.

    `covered` says what counts, `reason` why dates with a record do not count, `missing` and `strange` name what is
    drawn.
    """

    drawn: Picture
    low: str
    high: str
    covered: str
    asked: str
    reason: str
    missing_title: str
    missing: tuple[str, ...]
    strange_title: str
    strange: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """An input of a table: what becomes of its records, and where it was filled from one, its figure and picture."""

    entry: Input
    reduced: str
    typed: bool
    figure: str | None
    plot: Plot | None


def column(sheet: filings.Sheet, entry: Input, reading: Reading) -> Column:
    """Return an input as its table shows it, by the answers as they were read; raises ValueError without a series."""
    if entry.series is None:
        raise ValueError(entry.key)
    value = declared(sheet, entry)
    filled = is_series(value)
    number = reading.values.get(entry.key) if filled else None
    return Column(
        entry,
        reduced_words(entry.series, sheet.criteria.inputs),
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
    """Give the templates the picture of a stored series, and its figure to as many places as are read."""
    app.jinja_env.filters.update(plotted=plotted, shown=shown)


def is_series(value: Any) -> bool:
    """Tell whether a stored value is a series."""
    return isinstance(value, Mapping) and "series" in value


def plotted(value: Any, entry: Input, counted: Coverage | None = None) -> Plot | None:
    """Return the picture of a stored series for a template; its year is that of its first date."""
    return plot(entry, value, None, counted)


def plot(entry: Input, value: Any, year: int | None, counted: Coverage | None = None) -> Plot | None:
    """Return the picture of a stored value, None where it is no series or has no record.

    `counted` is what of the year counts, where other series of the same table lack dates that this one has.
    """
    if entry.series is None or not is_series(value):
        return None
    records = record_series(entry, entry.series, value)
    if not records:
        return None
    own = coverage(records, year, entry.series)
    counted = counted or own
    dates = list(_dates(year or int(min(records)[:4]), monthly=own.monthly))
    low, high = min(records.values()), max(records.values())
    gaps = [places for there, places in series.stretches(dates, records) if not there]
    outlying = outliers(entry.series, records)
    strange = [one for one in dates if one in outlying]
    return Plot(
        drawn=series.picture(dates, records, strange),
        low=figure(written(low)),
        high=figure(written(high)),
        covered=covered_words(counted),
        asked=asked_words(counted),
        reason=_reason(own, counted),
        missing_title=_missing_title(own),
        missing=_named([_stretch([dates[place] for place in places]) for places in gaps]),
        strange_title=_("Stand out: %(count)s", count=len(strange)) if strange else "",
        strange=_named([f"{one}: {figure(written(records[one]))}" for one in strange]),
    )


def covered_words(covered: Coverage) -> str:
    """Say how much of the year has a record, as “260 of 366 days”."""
    about = {"recorded": covered.recorded, "expected": covered.expected}
    if covered.monthly:
        return str(_("%(recorded)s of %(expected)s months", **about))
    return str(_("%(recorded)s of %(expected)s days", **about))


def asked_words(covered: Coverage) -> str:
    """Say what is asked of a series that has fewer records; empty where it has enough."""
    if covered.rule is None or not covered.short:
        return ""
    if not covered.enough:
        return str(_("too few: below %(share)s there is no figure", share=percent(covered.rule.least)))
    return str(_("fewer than the %(share)s asked", share=percent(covered.rule.asked)))


def reduced_words(rule: SeriesRule, inputs: Mapping[str, Input]) -> str:
    """Say what becomes of the records of a series."""
    if rule.weight:
        return str(_("mean, weighted by %(title)s", title=picked(inputs[rule.weight].title)))
    words = {"sum": _("sum"), "mean": _("mean"), "min": _("lowest"), "max": _("highest"), "last": _("last record")}
    return str(words[rule.reduce])


def origin_words(rule: SeriesRule, inputs: Mapping[str, Input], values: Mapping[str, Any]) -> str:
    """Say how a figure of the working came of its series, and how much of the year that covers."""
    covered = Coverage(int(values["recorded"]), int(values["expected"]), values["period"] == "month", rule.coverage)
    return str(_("; ").join((reduced_words(rule, inputs), covered_words(covered))))


def wanted_words(rule: SeriesRule) -> str:
    """Say how much of the year a series should cover; empty where nothing is asked."""
    if rule.coverage is None:
        return ""
    about = {"asked": percent(rule.coverage.asked), "least": percent(rule.coverage.least)}
    if not rule.coverage.least:
        return str(_("Records of %(asked)s of the year are asked.", **about))
    return str(_("Records of %(asked)s of the year are asked; below %(least)s there is no figure.", **about))


def _reason(own: Coverage, counted: Coverage) -> str:
    if own.recorded == counted.recorded:
        return ""
    return str(
        _("%(all)s have a record; only dates count that the columns it belongs with have too.", all=covered_words(own))
    )


def _missing_title(own: Coverage) -> str:
    count = own.expected - own.recorded
    if not count:
        return ""
    if own.monthly:
        return str(_("Months without a record: %(count)s", count=count))
    return str(_("Days without a record: %(count)s", count=count))


def _stretch(dates: list[str]) -> str:
    if len(dates) == 1:
        return dates[0]
    return str(_("%(first)s to %(last)s (%(count)s)", first=dates[0], last=dates[-1], count=len(dates)))


def _named(names: list[str]) -> tuple[str, ...]:
    """Return as many names as are read, and how many more there are."""
    more = len(names) - MOST_NAMED
    return (*names[:MOST_NAMED], _("and %(count)s more", count=more)) if more > 0 else tuple(names)


def _dates(year: int, *, monthly: bool) -> Iterator[str]:
    if monthly:
        yield from (f"{year}-{month:02d}" for month in range(1, 13))
        return
    day = date(year, 1, 1)
    while day.year == year:
        yield day.isoformat()
        day += timedelta(days=1)
