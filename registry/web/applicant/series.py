"""Filling figures from a table of days or months: the file to fill in, its upload, its picture, and taking it back."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from registry import words
from registry.domain import answers as reading
from registry.domain import seriesfile
from registry.domain.errors import Invalid, NotFound
from registry.domain.faults import SeriesFaulty
from registry.domain.shapes import Input
from registry.domain.vocabulary import Action
from registry.models import Application
from registry.queries import applications as tables
from registry.queries import filings
from registry.services import applications as services
from registry.web import plots
from registry.web.applicant.applications import writable
from registry.web.applicant.blueprint import bp
from registry.web.forms.applicant import SeriesForm
from registry.web.work import committed, tried

LARGEST_FILE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Refusal:
    """A fault of a file in words: its line, its column, and the sentence."""

    line: int
    column: str
    sentence: str


@bp.route("/applications/<int:number>/series/<string(maxlength=60):table>", methods=["GET", "POST"])
def series(number: int, table: str) -> ResponseReturnValue:
    form = SeriesForm()
    application = tables.one(g.session, g.actor, Action.EDIT, number, lock=form.is_submitted())
    sheet = filings.sheet(g.session, application)
    entries = _entries(sheet, table)
    refused: list[Refusal] = []
    if form.validate_on_submit():
        try:
            if tried(form, lambda: _fill(application, sheet, entries, form)) is not None:
                there = url_for("applicant.series", number=number, table=table)
                return committed(there, _("The table is taken over."))
        except SeriesFaulty as error:
            g.session.rollback()
            refused = [_refusal(fault.line, fault.path, fault.key, fault.values) for fault in error.faults]
        sheet = filings.sheet(g.session, tables.one(g.session, g.actor, Action.EDIT, number))
    read = reading.read(sheet.criteria, filings.answers(sheet, verified=False))
    page = render_template(
        "applicant/series.html",
        application=sheet.application,
        sheet=sheet,
        table=table,
        form=form,
        refused=refused,
        columns=[plots.column(sheet, entry, read) for entry in entries],
        reductions=reductions(),
        year=plots.year_of(sheet),
        writable=writable(sheet.application),
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/applications/<int:number>/series/<string(maxlength=60):table>/<any(days, months):period>.csv")
def series_file(number: int, table: str, period: str) -> ResponseReturnValue:
    sheet = filings.sheet(g.session, tables.one(g.session, g.actor, Action.VIEW_OWN, number))
    year = plots.year_of(sheet)
    months = [f"{year}-{month:02d}" for month in range(1, 13)]
    days = [
        f"{month}-{day:02d}" for month in months for day in range(1, calendar.monthrange(year, int(month[5:]))[1] + 1)
    ]
    text = seriesfile.empty_file(_entries(sheet, table), months if period == "months" else days)
    answer = Response("\ufeff" + text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{table}-{year}-{period}.csv"'
    return answer


@bp.post("/applications/<int:number>/series/<string(maxlength=60):table>/clear")
def clear_series(number: int, table: str) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.EDIT, number, lock=True)
    sheet = filings.sheet(g.session, application)
    taken_back = {entry.key: None for entry in _entries(sheet, table) if plots.is_series(plots.declared(sheet, entry))}
    services.save(g.session, g.actor, application, taken_back, revision=sheet.filing.revision)
    there = url_for("applicant.series", number=number, table=table)
    return committed(there, _("The table is taken back; the figures can be typed again."))


def _entries(sheet: filings.Sheet, table: str) -> list[Input]:
    """Return the inputs that may be filled from a table; raises NotFound where there are none."""
    entries = [entry for entry in sheet.criteria.inputs.values() if entry.table == table]
    if not entries:
        raise NotFound
    return entries


def reductions() -> dict[str, str]:
    """Return what becomes of the records of a column, in words."""
    return {"sum": _("added up"), "mean": _("mean"), "min": _("lowest"), "max": _("highest"), "last": _("last")}


def _fill(application: Application, sheet: filings.Sheet, entries: Sequence[Input], form: SeriesForm) -> int:
    upload = form.file.data
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise Invalid("file_missing", field="file")
    content = upload.stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise Invalid("series_file_too_large", field="file", limit="1 MB")
    found = seriesfile.read_file(seriesfile.decoded(content), entries, plots.year_of(sheet))
    try:
        return services.save(g.session, g.actor, application, found, revision=form.revision.data or 0)
    except Invalid as error:
        if isinstance(error, SeriesFaulty):
            raise
        raise Invalid(error.key, field="file", **error.values) from error


def _refusal(line: int, column: str, key: str, values: object) -> Refusal:
    about = dict(values) if isinstance(values, dict) else {}
    return Refusal(line, column, words.sentence(key, about, _))
