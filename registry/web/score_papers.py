"""The score sheet of an application as values: of the applicant's own answers, or as the office kept it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import Response, g

from registry.domain import letters as wordings
from registry.domain import scoring
from registry.domain.criteria import CriteriaSet
from registry.domain.results import State
from registry.domain.shapes import Gate, Indicator
from registry.domain.values import ZERO, written
from registry.domain.vocabulary import Kind
from registry.models import Application
from registry.queries import filings, papers
from registry.queries.feedback import Feedback
from registry.rendering import score_paper
from registry.rendering.paper import Bilingual
from registry.rendering.score_paper import Declared, Judged, Question, ScorePaper, Section
from registry.web import feedback_words, workings
from registry.web.papers import author, file, in_both, names, together
from registry.web.templating import citation, figure, label, picked, spoken, unit
from registry.web.templating import said as _
from registry.web.values_in_words import readable, source_in_words
from registry.words.criteria import LINES, REASONS

OWN = Bilingual("自评分表", "SELF-SCORE SHEET")
KEPT = Bilingual("得分表", "SCORE SHEET")
FEEDBACK = Bilingual("评审反馈", "FEEDBACK ON THE ASSESSMENT")
# What stands elsewhere on the paper: values and what is computed of them once, the rest in its own column.
_ONCE = ("factors", "derived")
_LEFT_OUT = frozenset({"input", "clauses", "source", "missing", "too_few_marks", "uncomputable", *_ONCE})


def _brackets() -> str:
    return _("Names in square brackets are answers of the applicant or values computed from them.")


def own(application: Application, sheet: filings.Sheet) -> Response:
    """Return the score sheet of what the applicant's own answers earn, without anybody's marks."""
    score = scoring.score(sheet.criteria, filings.answers(sheet, verified=False)).as_dict()
    counted = [item for item in score["items"] if _kind(sheet.criteria, item["key"]) in ("measure", "checklist")]
    standing = [item for item in counted if item["state"] != State.NOT_APPLICABLE]
    panels = [item for item in score["items"] if _kind(sheet.criteria, item["key"]) == "panel"]
    points, most = (sum((Decimal(item[key]) for item in standing), ZERO) for key in ("points", "max"))
    values = _paper(
        application,
        sheet.criteria,
        score,
        title=OWN,
        facts=(),
        results=(
            (Bilingual("自评得分", "Own points"), f"{written(points)} / {written(most)}"),
            (Bilingual("专家评分", "Experts, later"), _most(panels)),
            (Bilingual("加分", "Bonus"), score["bonus"]),
        ),
        notes=(
            _brackets(),
            _(
                "What your own answers earn, figure by figure. Experts add their marks later; the office may establish "
                "other values."
            ),
        ),
        experts=_("marked by experts later"),
        later=_("marked by experts later"),
        values=_declared(sheet.criteria, {key: one.value for key, one in sheet.declared.items()}, {}),
        place=workings.place_of(filings.answers(sheet, verified=False)),
    )
    return _file(application, values, f"self-score-{application.id}")


def kept(found: papers.KeptScore) -> Response:
    """Return the score sheet of a score as the office kept it."""
    values = _kept(found, KEPT, found.evaluation.result)
    return _file(found.application, values, f"score-{found.application.id}-{found.evaluation.id}")


def feedback(found: papers.KeptScore, told: Feedback) -> Response:
    """Return what an applicant is told of how an application was judged, with the score sheet behind it."""
    criteria = filings.criteria_of(found.application.round_category)
    standing = zip(*(_rows_in(told, criteria, language) for language in ("zh", "en")), strict=True)
    values = replace(
        _kept(found, FEEDBACK, told.result),
        standing=tuple((Bilingual(zh[0], en[0]), Bilingual(zh[1], en[1])) for zh, en in standing),
        questions=tuple(
            Question(one.title, one.points, tuple((mark.label, written(mark.points), mark.words) for mark in one.marks))
            for one in feedback_words.questions(told, criteria)
        ),
    )
    return _file(found.application, values, f"feedback-{found.application.id}")


def _rows_in(told: Feedback, criteria: CriteriaSet, language: str) -> list[tuple[str, str]]:
    with spoken(language):
        return feedback_words.rows(told, criteria)


def _kept(found: papers.KeptScore, title: Bilingual, score: Mapping[str, Any]) -> ScorePaper:
    application, evaluation = found.application, found.evaluation
    criteria = filings.criteria_of(application.round_category)
    grade = next((entry.title for entry in criteria.grades if entry.key == evaluation.grade), None)
    at = wordings.moment(evaluation.evaluated_at)
    reason, few = REASONS.get(score["withheld"]), LINES["too_few_marks"]
    withheld = [_(reason)] if reason else []
    failed = [_("A requirement is not met")] if score["eligible"] is False else []
    return _paper(
        application,
        criteria,
        score,
        title=title,
        facts=(
            (Bilingual("环节", "Stage"), in_both(lambda: label(Kind(evaluation.stage)))),
            (Bilingual("计分时间", "Scored"), Bilingual(f"{at.zh}（北京时间）", at.en)),
            (Bilingual("输入摘要", "Digest of the inputs"), Bilingual(evaluation.input_digest)),
        ),
        results=(
            (Bilingual("总分", "Total"), figure(score["total"])),
            (Bilingual("等级", "Grade"), picked(grade) if grade else "–"),
            (Bilingual("基础分", "Base"), figure(score["base"])),
            (Bilingual("加分 / 扣分", "Bonus / deduction"), f"{score['bonus']} / {score['deduction']}"),
        ),
        notes=(*failed, *withheld, _brackets()),
        experts=_(few),
        values=_declared(criteria, found.declared, found.verified),
    )


def _file(application: Application, values: ScorePaper, ascii_name: str) -> Response:
    return file(score_paper.render(values), together(values.title, names(application.site)), ascii_name)


def _paper(
    application: Application,
    criteria: CriteriaSet,
    score: Mapping[str, Any],
    *,
    title: Bilingual,
    facts: tuple[tuple[Bilingual, Bilingual], ...],
    results: tuple[tuple[Bilingual, str], ...],
    notes: tuple[str, ...],
    experts: str,
    values: tuple[Declared, ...],
    later: str = "",
    place: workings.Place | None = None,
) -> ScorePaper:
    where = application.round_category
    gates = {gate["key"]: gate for gate in score["gates"]}
    items = {item["key"]: item for item in score["items"]}
    judged_gates = tuple(
        _gate(criteria, gate, gates[gate.key], f"0.{place}") for place, gate in enumerate(criteria.gates, 1)
    )
    sections = tuple(_sections(criteria, items, experts))
    rows = (*judged_gates, *(row for section in sections for row in section.rows))
    title_of_set, edition = criteria.title, criteria.version
    return ScorePaper(
        title=title,
        programme=names(where.round.programme),
        number=application.receipt or "",
        author="、".join(author(application)),
        facts=(
            (Bilingual("申报场所", "Site"), names(application.site)),
            (
                Bilingual("申报单位", "Applicant"),
                names(application.organisation) if application.organisation else Bilingual(""),
            ),
            (Bilingual("批次", "Round"), names(where.round, "title")),
            (Bilingual("类别", "Category"), names(where.category)),
            (Bilingual("申报回执", "Receipt"), Bilingual(application.receipt or "")),
            (
                Bilingual("评分标准", "Criteria"),
                Bilingual(f"{title_of_set.zh}，第 {edition} 版", f"{title_of_set.en}, version {edition}"),
            ),
            *facts,
        ),
        results=results,
        notes=notes,
        gates=judged_gates,
        sections=sections,
        missing=tuple(
            _(": ").join((f"{row.number} {row.title}", row.open)) for row in rows if row.open not in ("", later)
        ),
        computed=tuple(_computed(criteria, score, place)),
        values=values,
        demo=g.demo,
    )


def _sections(criteria: CriteriaSet, items: Mapping[str, Mapping[str, Any]], experts: str) -> Iterator[Section]:
    groups: list[tuple[str, Bilingual, Iterable[Indicator]]] = [
        (str(number), Bilingual(section.title.zh, section.title.en), section.indicators)
        for number, section in enumerate(criteria.sections, 1)
    ]
    groups += [
        ("B", Bilingual("加分项", "Bonus points"), criteria.bonuses),
        ("D", Bilingual("扣分项", "Deductions"), criteria.deductions),
    ]
    for sign, title, entries in groups:
        own_items = [items[entry.key] for entry in entries]
        if own_items:
            counted = [item for item in own_items if item["state"] != State.NOT_APPLICABLE]
            yield Section(
                title,
                sum((Decimal(item["points"]) for item in counted), ZERO),
                sum((Decimal(item["max"]) for item in counted), ZERO),
                tuple(
                    _indicator(criteria, entry, items[entry.key], f"{sign}.{place}", experts)
                    for place, entry in enumerate(entries, 1)
                ),
            )


def _gate(criteria: CriteriaSet, gate: Gate, result: Mapping[str, Any], number: str) -> Judged:
    words = {State.PASSED: _("met"), State.FAILED: _("not met"), State.NOT_APPLICABLE: _("does not apply")}
    state = State(result["state"])
    return Judged(
        number=number,
        title=picked(gate.title),
        figure=words.get(state, ""),
        working=_working(criteria, result["working"]),
        points="",
        clauses="; ".join(map(citation, gate.clauses)),
        source=source_in_words(gate.source),
        open=_("cannot be judged yet") if state is State.MISSING else "",
    )


def _indicator(criteria: CriteriaSet, entry: Indicator, item: Mapping[str, Any], number: str, experts: str) -> Judged:
    state = State(item["state"])
    scored = state is State.SCORED
    clauses = dict.fromkeys((*entry.clauses, *(ref for one in entry.items for ref in one.clauses)))
    points = f"{item['points'] if scored else '–'} / {item['max']}"
    return Judged(
        number=number,
        title=picked(entry.title),
        figure=_figure(entry, item) if scored else "",
        working=_working(criteria, item["working"]),
        points=_("does not apply") if state is State.NOT_APPLICABLE else points,
        clauses="; ".join(map(citation, clauses)),
        source=source_in_words(entry.source),
        open=_open(item, experts) if state is State.MISSING else "",
    )


def _figure(entry: Indicator, item: Mapping[str, Any]) -> str:
    """The figure that the curve of a measure is entered with, to four places at most."""
    if entry.kind != "measure" or item["value"] is None:
        return ""
    return f"{figure(written(round(Decimal(item['value']), 4)))} {unit(entry.unit)}".strip()


def _open(item: Mapping[str, Any], experts: str) -> str:
    lines = {line["line"] for line in item["working"]}
    if "too_few_marks" in lines:
        return experts
    return _("not filled in") if "missing" in lines else _("cannot be computed")


def _working(criteria: CriteriaSet, lines: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(map(str, workings.rows(criteria, lines, without=_LEFT_OUT)))


def _computed(
    criteria: CriteriaSet, score: Mapping[str, Any], place: workings.Place | None
) -> Iterator[tuple[str, str]]:
    """Every factor table with its edition and every computed value with its working, each once."""
    lines = [line for one in (*score["gates"], *score["items"]) for line in one["working"]]
    for kind in _ONCE:
        found = {workings.about(criteria, line): line for line in lines if line["line"] == kind}
        for name, line in found.items():
            told = workings.edition(criteria, line["values"]) if kind == "factors" else workings.arithmetic(line)
            factors = workings.factor_words(criteria, line, score["factors"], place) if place else []
            yield name, _("; ").join((told, *factors))


def _declared(
    criteria: CriteriaSet, declared: Mapping[str, Any], verified: Mapping[str, papers.Established]
) -> tuple[Declared, ...]:
    """Every value that was given or established, in the order of the form."""
    return tuple(
        Declared(
            picked(entry.title),
            readable(entry, declared.get(key)),
            readable(entry, verified[key].value) if key in verified else "",
            verified[key].reason if key in verified else "",
        )
        for key, entry in criteria.inputs.items()
        if declared.get(key) is not None or key in verified
    )


def _kind(criteria: CriteriaSet, key: str) -> str:
    return criteria.indicators[key].kind


def _most(items: Iterable[Mapping[str, Any]]) -> str:
    return written(sum((Decimal(item["max"]) for item in items if item["state"] != State.NOT_APPLICABLE), ZERO))
