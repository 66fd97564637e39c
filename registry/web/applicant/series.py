"""Filling figures from a table of days or months: the file to fill in, its upload, its picture, and taking it back."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from registry import words
from registry.domain import answers as reading
from registry.domain import completeness, seriesfile
from registry.domain.errors import Invalid, NotFound
from registry.domain.faults import Fault, SeriesFaulty
from registry.domain.shapes import Input
from registry.domain.vocabulary import Action
from registry.models import Application
from registry.queries import applications as tables
from registry.queries import filings
from registry.services import filling
from registry.web import plots
from registry.web.applicant import parts
from registry.web.applicant.applications import writable
from registry.web.applicant.blueprint import bp
from registry.web.forms.applicant import SeriesForm
from registry.web.templating import picked
from registry.web.work import committed, tried

LARGEST_FILE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Back:
    """The part of the form that leads here."""

    label: str
    url: str


@bp.route("/applications/<int:number>/series/<string(maxlength=60):table>", methods=["GET", "POST"])
def series(number: int, table: str) -> ResponseReturnValue:
    form = SeriesForm()
    application = tables.one(g.session, g.actor, Action.EDIT, number, lock=form.is_submitted())
    sheet = filings.sheet(g.session, application)
    entries = _entries(sheet, table)
    if form.validate_on_submit():
        faults: list[Fault] = []
        if tried(form, lambda: _fill(application, sheet, entries, form, faults)) is not None:
            return committed(_here(number, table), _("The table is taken over."))
        if faults:
            form.form_errors = [_("Nothing was changed. Mend these lines and send the file again."), *_told(faults)]
        sheet = filings.sheet(g.session, tables.one(g.session, g.actor, Action.EDIT, number))
    read = reading.read(sheet.criteria, filings.answers(sheet, verified=False))
    page = render_template(
        "applicant/series.html",
        application=sheet.application,
        sheet=sheet,
        table=table,
        form=form,
        columns=[plots.column(sheet, entry, read) for entry in entries],
        wanted=_wanted(entries),
        year=plots.year_of(sheet),
        came_from=_came_from(),
        back=_back(sheet, entries),
        writable=writable(sheet.application),
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/applications/<int:number>/series/<string(maxlength=60):table>/<any(days, months):period>.csv")
def series_file(number: int, table: str, period: str) -> ResponseReturnValue:
    sheet = filings.sheet(g.session, tables.one(g.session, g.actor, Action.VIEW_OWN, number))
    entries = _entries(sheet, table)
    year = plots.year_of(sheet)
    months = [f"{year}-{month:02d}" for month in range(1, 13)]
    days = [
        f"{month}-{day:02d}" for month in months for day in range(1, calendar.monthrange(year, int(month[5:]))[1] + 1)
    ]
    head = [_("date"), *(_column_name(entry) for entry in entries)]
    text = seriesfile.empty_file(entries, months if period == "months" else days, head)
    answer = Response("\ufeff" + text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{table}-{year}-{period}.csv"'
    return answer


@bp.post("/applications/<int:number>/series/<string(maxlength=60):table>/clear")
def clear_series(number: int, table: str) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.EDIT, number, lock=True)
    sheet = filings.sheet(g.session, application)
    taken_back = {entry.key: None for entry in _entries(sheet, table) if plots.is_series(plots.declared(sheet, entry))}
    revision = request.form.get("revision", type=int)
    filling.save(g.session, g.actor, application, taken_back, revision=-1 if revision is None else revision)
    return committed(_here(number, table), _("The table is taken back; the figures can be typed again."))


def _here(number: int, table: str) -> str:
    return url_for("applicant.series", number=number, table=table, input=_came_from())


def _came_from() -> str | None:
    return request.args.get("input")


def _back(sheet: filings.Sheet, entries: Sequence[Input]) -> Back:
    """Return the way to the input from which the reader came, else to the first that the table fills."""
    keys = [entry.key for entry in entries]
    key = came if (came := _came_from()) in keys else keys[0]
    part = next((part for part in completeness.parts(sheet.criteria) if key in part.inputs), None)
    if part is None:
        return Back(_("Application"), url_for("applicant.show", number=sheet.application.id))
    there = url_for("applicant.edit", number=sheet.application.id, part=part.key, _anchor=f"input_{key}")
    return Back(parts.title_of(part), there)


def _entries(sheet: filings.Sheet, table: str) -> list[Input]:
    """Return the inputs that may be filled from a table; raises NotFound where there are none."""
    entries = [
        entry for entry in sheet.criteria.inputs.values() if entry.table == table and entry.filled_by == "applicant"
    ]
    if not entries:
        raise NotFound
    return entries


def _wanted(entries: Sequence[Input]) -> list[str]:
    """Return how much of the year the columns of a table should cover, those together of which the same is asked."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        if entry.series and (told := plots.wanted_words(entry.series)):
            found.setdefault(told, []).append(picked(entry.title))
    if [len(titles) for titles in found.values()] == [len(entries)]:
        return list(found)
    return [_("%(name)s: %(text)s", name=_("; ").join(titles), text=told) for told, titles in found.items()]


def _column_name(entry: Input) -> str:
    """Return the name of a column in the empty table: the title, and the unit in which it is to be filled in."""
    title = picked(entry.title)
    return f"{title} ({entry.unit})" if entry.unit else title


def _fill(
    application: Application, sheet: filings.Sheet, entries: Sequence[Input], form: SeriesForm, faults: list[Fault]
) -> int:
    """Save the series of the file that was sent and return the revision; what is wrong in it joins the faults."""
    upload = form.file.data
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise Invalid("file_missing", field="file")
    content = upload.stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise Invalid("series_file_too_large", field="file", limit="1 MB")
    try:
        found = seriesfile.read_file(seriesfile.decoded(content), entries, plots.year_of(sheet))
    except SeriesFaulty as error:
        faults.extend(error.faults)
        raise
    try:
        return filling.save(g.session, g.actor, application, found, revision=form.revision.data or 0)
    except Invalid as error:
        # A figure that the series come to does not fit: no line is at fault, so the input is named.
        about = sheet.criteria.inputs.get(error.field or "")
        values = {name: str(value) for name, value in error.values.items()}
        faults.append(Fault(0, picked(about.title) if about else "", error.key, values))
        raise


def _told(faults: Sequence[Fault]) -> list[str]:
    """Return faults as sentences with the place of each: line and column, or the name of the input."""
    return [_place(fault, words.sentence(fault.key, parts.legible(fault.values), _)) for fault in faults]


def _place(fault: Fault, sentence: str) -> str:
    if fault.line and fault.path:
        return str(_("Line %(line)s, column %(column)s: %(text)s", line=fault.line, column=fault.path, text=sentence))
    if fault.line:
        return str(_("Line %(line)s: %(text)s", line=fault.line, text=sentence))
    return str(_("%(name)s: %(text)s", name=fault.path, text=sentence)) if fault.path else sentence
