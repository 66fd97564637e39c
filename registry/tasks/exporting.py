"""Applications as a workbook: a sheet for each category of a round, with the figures that its criteria ask for.

A figure is the one that counts: established where the office established one, else as declared. Texts that applicants
write freely stay out, and who represents an organisation is masked, as on every list that goes from hand to hand. The
rights are those of the asker, looked at again for every few applications.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from registry import clock, files
from registry.domain.criteria import CriteriaSet
from registry.domain.errors import WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.privacy import masked_name
from registry.domain.shapes import Input
from registry.domain.values import Value, written
from registry.domain.workdays import SHANGHAI
from registry.models import Portal, RoundCategory, Task
from registry.queries import exports, filings, tasks
from registry.rendering import spreadsheets
from registry.rendering.lists import Cell, Column, ListPaper
from registry.tasks.bench import Bench, asker
from registry.translations import gettext_for
from registry.words import label
from registry.words.units import UNITS

AT_ONCE = 20
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Gettext = Callable[[str], str]


def export(bench: Bench, task: Task) -> StoredFile:
    """Read the applications of a task, a few at a time, and keep the workbook.

    A worker that goes on with one begins from the front: nothing was written but the progress. Raises WrongState where
    the asker may not export any more.
    """
    rows: dict[int, list[tuple[Cell, ...]]] = {}
    numbers = task.parameters["applications"]
    words = _Words(task.language)
    for start in range(0, len(numbers), AT_ONCE):
        with bench.database.reading() as session:
            actor = asker(session, task)
            if not tasks.may_export(actor, task):
                raise WrongState("task_asker_may_not")
            for line in exports.lines(session, actor, numbers[start : start + AT_ONCE]):
                of_category = rows.setdefault(line.application.round_category_id, [])
                of_category.append(_row(words, line, len(of_category) + 1))
        bench.advance(min(start + AT_ONCE, len(numbers)))
    if not rows:
        raise WrongState("export_empty")
    with bench.database.reading() as session:
        at, portal = clock.read(session), session.get(Portal, 1)
        demo = portal is not None and portal.demo
        papers = [
            _paper(words, exports.round_category(session, number), lines, at, demo=demo)
            for number, lines in sorted(rows.items())
        ]
    return files.keep(bench.folder, BytesIO(spreadsheets.workbook_of(papers)), media_type=MEDIA_TYPE)


class _Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.gettext: Gettext = gettext_for(language)

    def named(self, thing: Any, attribute: str = "name") -> str:
        english = getattr(thing, f"{attribute}_en") if self.language == "en" else ""
        return english or getattr(thing, attribute)

    def picked(self, text: Any) -> str:
        return (text.en if self.language == "en" else "") or text.zh


def _paper(words: _Words, where: RoundCategory, rows: list[tuple[Cell, ...]], at: datetime, *, demo: bool) -> ListPaper:
    gettext, programme = words.gettext, where.round.programme
    names = {"programme": words.named(programme), "category": words.named(where.category)}
    title = gettext("%(programme)s, %(category)s: export of applications") % names
    return ListPaper(
        language=words.language,
        title=title,
        state=gettext("Export"),
        facts=(
            (gettext("Programme"), words.named(programme)),
            (gettext("Round and category"), f"{words.named(where.round, 'title')} · {words.named(where.category)}"),
            (gettext("Basis"), f"{words.named(programme.document, 'title')} {where.category.clause_ref}"),
            (gettext("As of"), f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"),
            (gettext("Applications"), str(len(rows))),
        ),
        notes=(
            gettext("For use within the office. Figures are those that count: established, else as declared."),
            gettext("Numbers of a table of days or months are what the table comes to."),
        ),
        columns=tuple(_columns(words, filings.criteria_of(where))),
        rows=tuple(rows),
        issuers=(),
        signed="",
        seal="",
        page="",
        unprintable="",
        at=at,
        name=words.named(where.category),
        demo=demo,
    )


def _columns(words: _Words, criteria: CriteriaSet) -> list[Column]:
    gettext = words.gettext
    return [
        Column(gettext("No."), 6, number=True),
        Column(gettext("Project (site)"), 26),
        Column(gettext("Applicant"), 26),
        Column(gettext("Unified Social Credit Code"), 22),
        Column(gettext("Region"), 12),
        Column(gettext("Legal representative"), 12),
        Column(gettext("Stage"), 14),
        Column(gettext("Status"), 14),
        Column(gettext("Submitted at"), 18),
        Column(gettext("Total"), 10, number=True),
        Column(gettext("Grade"), 12),
        Column(gettext("Established values"), 20),
        *(Column(_head(words, entry), 16, number=_counts(entry)) for entry in _asked(criteria)),
    ]


def _head(words: _Words, entry: Input) -> str:
    unit = words.gettext(UNITS[entry.unit]) if entry.unit and entry.unit in UNITS else entry.unit
    return f"{words.picked(entry.title)} ({unit})" if unit else words.picked(entry.title)


def _asked(criteria: CriteriaSet) -> list[Input]:
    return [entry for entry in criteria.inputs.values() if entry.kind != "text"]


def _counts(entry: Input) -> bool:
    return entry.kind in ("number", "whole")


def _row(words: _Words, line: exports.Line, place: int) -> tuple[Cell, ...]:
    application, criteria = line.application, line.sheet.criteria
    organisation = application.organisation
    snapshot: Mapping[str, Any] = application.applicant or {}
    submitted = application.submitted_at
    grades = {grade.key: words.picked(grade.title) for grade in criteria.grades}
    score = line.evaluation
    established = [words.picked(criteria.inputs[key].title) for key in criteria.inputs if key in line.sheet.verified]
    return (
        place,
        words.named(application.site),
        words.named(organisation) if organisation else words.named(application.site),
        organisation.credit_code if organisation else "",
        words.named(application.site.region),
        masked_name(snapshot.get("legal_representative", "")),
        label(application.kind, words.gettext),
        label(application.status, words.gettext),
        f"{submitted.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if submitted else "",
        score.total if score and score.total is not None else "",
        grades.get(score.grade or "", "") if score else "",
        "；".join(established) if words.language == "zh" else "; ".join(established),
        *(_cell(words, entry, line.values.get(entry.key)) for entry in _asked(criteria)),
    )


def _cell(words: _Words, entry: Input, value: Value | None) -> Cell:
    match value:
        case None:
            return ""
        case bool():
            return words.gettext("Yes") if value else words.gettext("No")
        case Decimal():
            return value
        case str():
            return words.picked(entry.choices[value]) if entry.choices and value in entry.choices else value
        case frozenset():
            return " · ".join(words.picked(text) for key, text in (entry.choices or {}).items() if key in value)
        case dict():
            titles = entry.rows or {}
            return " · ".join(
                f"{words.picked(titles[key]) if key in titles else key} {written(number)}"
                for key, number in value.items()
            )
