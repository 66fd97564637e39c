"""Lists in the layout that officials use: the value of each from its rows, in the reader's language, and its files."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, g, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.config import Config
from registry.domain.privacy import masked_name
from registry.domain.shapes import Grade
from registry.domain.vocabulary import Ground, Result, Status, TaskState
from registry.files import path_of
from registry.models import Application, Decision, Issuer, Notice, Publication, RoundCategory, Task
from registry.queries import tasks
from registry.rendering import list_pages, spreadsheets
from registry.rendering.lists import Cell, Column, ListPaper
from registry.rendering.paper import PAGES, day
from registry.services import tasks as working
from registry.web import storage
from registry.web.evidence import hardened
from registry.web.templating import BEIJING, clause_ref, label, language_of_reader, named, picked
from registry.web.work import afterwards
from registry.words import sentence

# What a list is handed out as, by the end of its address.
TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
EXTENSION = "any(pdf, xlsx, csv):extension"
# Of so many rows a PDF is drawn while somebody waits for it.
MOST_AT_ONCE = 60
# When a public list that could not be drawn is tried again.
AGAIN_AFTER = timedelta(hours=1)
_DRAWN = {"pdf": list_pages.render, "xlsx": spreadsheets.xlsx_of, "csv": spreadsheets.csv_of}


def is_long(rows: int) -> bool:
    """Tell whether a list of so many rows has its PDF drawn by a worker instead of while somebody waits.

    Only the PDF takes long: of two thousand rows it takes seconds, a spreadsheet a third of one. So XLSX and CSV are
    there at once whatever the length. What a long PDF says is set down when it is asked for, with the rights and in the
    language of whoever asks. An official's draft is a task of their own, which leads to its own page. A public list is
    drawn once for all: whoever asks first has it drawn, and until it is ready is told so and offered the spreadsheets.
    """
    return rows > MOST_AT_ONCE


def public_file(
    paper: ListPaper, extension: str, ascii_name: str, *, number: int, programme_id: int
) -> ResponseReturnValue:
    """Return a public list as a file; a long one as the PDF that was drawn of it, or the page that says to wait.

    One whose kept file is gone is drawn again by a worker, never while somebody waits.
    """
    if extension != "pdf" or not is_long(len(paper.rows)):
        return file(paper, extension, ascii_name)
    before = tasks.latest(g.session, working.key_of_list(paper))
    lost = before.id if before is not None and _is_lost(before) else None
    if before is not None and before.sha256 is not None and lost is None:
        path = path_of(storage.folder(), before.sha256)
        answer = send_file(path, mimetype=before.media_type, etag=False, max_age=0)
        return _as_file(answer, paper, extension, ascii_name)
    failed = before is not None and before.state is TaskState.FAILED
    over = before is None or (before.ended_at is not None and before.ended_at + AGAIN_AFTER <= g.actor.at)
    if over or lost:
        actor = g.actor
        afterwards(
            lambda session: working.ask_list(
                session, actor, paper, programme_id=programme_id, subject_id=number, public=True, lost=lost
            )
        )
    failure = before.failure if before is not None and failed else None
    page = render_template(
        "public/list_waits.html",
        title=paper.title,
        number=number,
        failure=sentence(failure, before.failure_values, _) if failure and before else None,
    )
    return page, 202, {"Retry-After": "5", "Cache-Control": "no-store"}


def ask(paper: ListPaper, *, programme_id: int, subject_id: int) -> Task:
    """Ask for a draft as a PDF in the reader's name; where the file that was drawn of it is gone, ask once more."""

    def asked(lost: int | None = None) -> Task:
        return working.ask_list(g.session, g.actor, paper, programme_id=programme_id, subject_id=subject_id, lost=lost)

    task = asked()
    return asked(task.id) if _is_lost(task) else task


def file(paper: ListPaper, extension: str, ascii_name: str) -> Response:
    """Return a list as a file to keep, under its own name and one in plain letters for who cannot read that."""
    return _as_file(Response(_drawn(paper, extension), content_type=TYPES[extension]), paper, extension, ascii_name)


def _is_lost(task: Task) -> bool:
    """Whether a task has a result whose file is in the store no more."""
    return task.sha256 is not None and not path_of(storage.folder(), task.sha256).is_file()


def _as_file(answer: Response, paper: ListPaper, extension: str, ascii_name: str) -> Response:
    known = quote(f"{paper.name}.{extension}")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}.{extension}\"; filename*=UTF-8''{known}"
    )
    answer.headers["Content-Language"] = paper.language
    return hardened(answer)


@lru_cache(maxsize=16)
def _drawn(paper: ListPaper, extension: str) -> bytes:
    # The same list is asked for again and again on the day on which it comes out.
    return _DRAWN[extension](paper)


def of_notice(notice: Notice, gone: Mapping[int, Status]) -> ListPaper:
    """Return a public notice as it was given; who does not stand any more is marked, not left out."""
    where = notice.round_category
    days = _("%(count)s working days", count=notice.working_days)
    until = _("%(begin)s to %(end)s, Beijing time", begin=_at(notice.opens_at), end=_at(notice.closes_at))
    remarks = {number: left(status) for number, status in gone.items()}
    return _paper(
        title=_title_of_notice(where),
        state=_("Public notice"),
        facts=(
            *_of_round(where),
            (_("Decision number"), str(notice.decision_id)),
            (_("Time of the notice"), f"{until} ({days})"),
            (_("Objections"), f"{_config().base_url}/notices/{notice.id}/objection"),
            (_("Digest of the entries"), notice.digest),
        ),
        notes=(_("Whoever objects gives a name and a contact, which stay confidential."),),
        columns=[*_columns(), *([Column(_("Remark"), 14)] if remarks else [])],
        rows=[
            (*_entry(entry, entry["position"]), *([remarks.get(entry["application_id"], "")] if remarks else []))
            for entry in notice.entries
        ],
        issuers=_issuers(where),
        at=notice.opens_at,
    )


def of_publication(publication: Publication, before: Publication | None, after: Publication | None) -> ListPaper:
    """Return a published list as it was published, with the list that it replaces and the one that replaced it."""
    where = publication.round_category
    notes = []
    if before:
        notes.append(correction_note(publication, before))
    if after:
        notes.append(
            _(
                "This list was replaced on %(day)s by a correction: %(address)s Reason: %(reason)s",
                day=_day(after.published_at),
                address=f"{_config().base_url}/lists/{after.id}",
                reason=after.reason,
            )
        )
    return _paper(
        title=named(publication, "title"),
        state=_("Published list"),
        facts=(
            *_of_round(where),
            (_("Decision number"), str(publication.decision_id)),
            (_("Published on"), _day(publication.published_at)),
            (_("Digest of the list"), publication.digest),
        ),
        notes=notes,
        columns=_columns(),
        rows=[_entry(entry.content, entry.position) for entry in publication.entries],
        issuers=_issuers(where),
        at=publication.published_at,
    )


def of_proposal(decision: Decision) -> ListPaper:
    """Return what a notice, a list or a correction is proposed to say, as a draft."""
    where = decision.round_category
    assert where is not None  # noqa: S101 - only selections, notices and lists come here, and each has one
    content = decision.content
    published = {"title": content["title"], "title_en": content["title_en"]} if "title" in content else None
    wanted = picked({"zh": published["title"], "en": published["title_en"]}) if published else None
    return _paper(
        title=wanted or _title_of_notice(where),
        state=_("Draft"),
        facts=(*_of_round(where), *_of_decision(decision)),
        notes=(_("A draft: it is neither announced nor published."),),
        columns=_columns(),
        rows=[_entry(entry, entry["position"]) for entry in content["entries"]],
        issuers=(),
        at=decision.proposed_at,
    )


def of_selection(decision: Decision, applications: Mapping[int, Application], grades: Sequence[Grade]) -> ListPaper:
    """Return a proposed or approved selection with figures and reasons; who represents an organisation is masked."""
    where = decision.round_category
    assert where is not None  # noqa: S101 - a selection has a round category
    named_grades = {grade.key: picked(grade.title) for grade in grades}
    return _paper(
        title=_title(
            where, _("%(programme)s, %(category)s: draft of the selection"), _("%(programme)s: draft of the selection")
        ),
        state=_("Draft"),
        facts=(*_of_round(where), *_of_decision(decision)),
        notes=(_("A draft for use within the office: it is neither announced nor published."), *_adjusted(decision)),
        columns=[
            *_columns(3.5, 14, 14, 14, 8, 10),
            Column(_("Legal representative"), 9.5),
            Column(_("Total"), 6, number=True),
            Column(_("Grade"), 7),
            Column(_("Rank"), 5, number=True),
            Column(_("Result"), 8),
            Column(_("Order in reserve"), 6.5, number=True),
            Column(_("Reason"), 12),
        ],
        rows=[
            _ranked(place, line, applications[line["application"]], named_grades)
            for place, line in enumerate(decision.content["applications"], start=1)
        ],
        issuers=(),
        at=decision.proposed_at,
    )


def _adjusted(decision: Decision) -> Iterable[str]:
    """Say by what totals the order goes, where these are not those of the marks as given."""
    if decision.content.get("calibration", {}).get("told"):
        yield _("The order goes by totals adjusted for the severity of reviewers")


def left(status: Status) -> str:
    """Return what a list says of an entry that does not stand any more."""
    if status is Status.REMOVED:
        return str(_("removed after an objection was upheld"))
    return str(_("no longer stands for selection"))


def correction_note(publication: Publication, before: Publication) -> str:
    """Return the sentence of a correction about the list that it replaces, with the reason."""
    return str(
        _(
            "This list corrects the one of %(day)s: %(address)s Reason: %(reason)s",
            day=_day(before.published_at),
            address=f"{_config().base_url}/lists/{before.id}",
            reason=publication.reason,
        )
    )


def _paper(
    *,
    title: str,
    state: str,
    facts: Iterable[tuple[str, str]],
    notes: Iterable[str],
    columns: Iterable[Column],
    rows: Iterable[tuple[Cell, ...]],
    issuers: Iterable[str],
    at: datetime,
) -> ListPaper:
    return ListPaper(
        language=language_of_reader(),
        title=title,
        state=state,
        facts=tuple(facts),
        notes=tuple(notes),
        columns=tuple(columns),
        rows=tuple(rows),
        issuers=tuple(issuers),
        signed=_day(at),
        seal=_("(seal)"),
        page=PAGES,
        unprintable=_("These characters cannot be printed and stand as 〓: {characters}"),
        at=at,
        name=_file_name(title, state),
        demo=g.demo,
    )


def _file_name(title: str, state: str) -> str:
    kept = "".join(sign for sign in title if sign not in '\\/:*?"<>|')
    return f"{kept[:80].strip()} - {state}"


def _title_of_notice(where: RoundCategory) -> str:
    return _title(
        where, _("%(programme)s, %(category)s: list for public notice"), _("%(programme)s: list for public notice")
    )


def _title(where: RoundCategory, of_category: str, of_programme: str) -> str:
    """The title of a list; a category that the programme is named after is not said twice."""
    programme, category = named(where.round.programme), named(where.category)
    same = category.casefold() in programme.casefold()
    return (of_programme if same else of_category) % {"programme": programme, "category": category}


def _of_round(where: RoundCategory) -> tuple[tuple[str, str], ...]:
    programme = where.round.programme
    document = f"{named(programme.document, 'title')} {clause_ref(where.category.clause_ref)}"
    return (
        (_("Programme"), named(programme)),
        (_("Round and category"), f"{named(where.round, 'title')} · {named(where.category)}"),
        (_("Basis"), document),
    )


def _of_decision(decision: Decision) -> tuple[tuple[str, str], ...]:
    return (
        (_("Decision number"), f"{decision.id} · {label(decision.status)}"),
        (_("Proposed"), _at(decision.proposed_at)),
        (_("Digest of the content"), decision.digest),
    )


def _columns(*shares: float) -> list[Column]:
    """The columns of every list, with the shares of the width that they have on one of names alone or those given."""
    number, *names = shares or (5, 23, 23, 19, 11, 19)
    titles = (_("Project (site)"), _("Applicant"), _("Unified Social Credit Code"), _("Region"), _("Category"))
    return [
        Column(_("No."), number, number=True),
        *(Column(title, share) for title, share in zip(titles, names, strict=True)),
    ]


def _entry(entry: Mapping[str, Any], position: int) -> tuple[Cell, ...]:
    # Who applies for itself, as a city does, is its own applicant.
    return (
        position,
        picked(entry["site"]),
        picked(entry.get("organisation")) or picked(entry["site"]),
        entry.get("credit_code") or "",
        picked(entry.get("region")),
        picked(entry.get("category")),
    )


def _ranked(
    place: int, line: Mapping[str, Any], application: Application, grades: Mapping[str, str]
) -> tuple[Cell, ...]:
    organisation = application.organisation
    snapshot = application.applicant or {}
    reason = label(Ground(line["ground"]))
    if line["reason"]:
        reason = f"{reason}: {line['reason']}"
    return (
        place,
        named(application.site),
        named(organisation) if organisation else named(application.site),
        organisation.credit_code if organisation else "",
        named(application.site.region),
        named(application.round_category.category),
        masked_name(snapshot.get("legal_representative", "")),
        Decimal(line["total"]) if line["total"] is not None else "",
        grades.get(line["grade"], "") if line["grade"] else "",
        line["rank"] or "",
        label(Result(line["result"])),
        line.get("reserve_order") or "",
        reason,
    )


def _issuers(where: RoundCategory) -> list[str]:
    issuers: list[Issuer] = [row.issuer for row in where.round.programme.issuers]
    return [named(issuer) for issuer in issuers]


def _day(at: datetime | date) -> str:
    found = day(at.astimezone(BEIJING).date() if isinstance(at, datetime) else at)
    return found.en if language_of_reader() == "en" else found.zh


def _at(at: datetime) -> str:
    """A moment as official papers write it."""
    return f"{_day(at)}{', ' if language_of_reader() == 'en' else ' '}{at.astimezone(BEIJING):%H:%M}"


def _config() -> Config:
    found: Config = current_app.extensions["registry.config"]
    return found
