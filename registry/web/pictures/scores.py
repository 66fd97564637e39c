"""The picture of a score, as it stands or as it was kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from registry.domain.criteria import CriteriaSet
from registry.domain.judging import least_of
from registry.domain.results import Score, State
from registry.domain.values import ZERO, written
from registry.rendering.pictures import scores, shapes
from registry.rendering.pictures.shapes import Picture
from registry.web.pictures.shown import Shown, twice
from registry.web.templating import figure, picked


def of_score(criteria: CriteriaSet, score: Score, *, own: bool = False) -> Shown:
    """Return the picture of a score as it stands; `own` where it rests on the applicant's answers alone."""
    sections = {one.key: (one.points, one.max) for one in score.sections}
    waiting = {item.key: item.max for item in score.items if item.state is State.MISSING}
    full = score.base + score.bonus if score.base is not None else None
    grade = None if own else score.grade
    return _score(
        criteria, _Figures(sections, waiting, score.total, full, score.bonus, score.deduction, grade, own=own)
    )


def of_own(criteria: CriteriaSet, score: Score) -> Shown:
    """Return the picture of a score that rests on the applicant's own answers: it says so, and gives no grade."""
    return replace(of_score(criteria, score, own=True), label=_("Self-assessed score by section"))


def of_result(criteria: CriteriaSet, result: Mapping[str, Any]) -> Shown | None:
    """Return the picture of a score as it was kept; None where nothing was kept of its sections."""
    if not result.get("sections"):
        return None
    sections = {one["key"]: (Decimal(one["points"]), Decimal(one["max"])) for one in result["sections"]}
    waiting = {item["key"]: Decimal(item["max"]) for item in result["items"] if item["state"] == State.MISSING}
    total, base = (Decimal(result[name]) if result[name] is not None else None for name in ("total", "base"))
    bonus, deduction = Decimal(result["bonus"]), Decimal(result["deduction"])
    full = base + bonus if base is not None else None
    return _score(criteria, _Figures(sections, waiting, total, full, bonus, deduction, result["grade"]))


@dataclass(frozen=True, slots=True)
class _Figures:
    """What the picture of a score is drawn from; `waiting` are the most points of what is not judged yet."""

    sections: Mapping[str, tuple[Decimal, Decimal]]
    waiting: Mapping[str, Decimal]
    total: Decimal | None
    full: Decimal | None
    bonus: Decimal
    deduction: Decimal
    grade: str | None
    own: bool = False


def _score(criteria: CriteriaSet, figures: _Figures) -> Shown:
    parts = [*_sections(criteria, figures), *_beside(criteria, figures)]
    total, lines = _total(criteria, figures), _grade_lines(criteria) if figures.total is not None else []
    said = [total.said] if total else []
    said += [line.text for line in lines] + [f"{part.title}{_(': ')}{part.said}" for part in parts]
    pending = sum((part.open for part in parts), ZERO)
    if pending:
        said.append(_("not judged yet: %(points)s points", points=figure(written(pending))))
    legend = [(shapes.swatch("score-value"), _("earned"))]
    legend += [(shapes.swatch("score-ground", "score-open-lines"), _("not judged yet"))] if pending else []
    legend += [(shapes.swatch("score-bonus"), _("Bonus"))] if figures.bonus else []
    legend += [(shapes.swatch("score-lost", "score-lost-lines"), _("Deduction"))] if figures.deduction else []

    def drawn(width: int) -> Picture:
        return scores.bar(parts, total, lines, width=width)

    return twice(_("Score by section"), _("; ").join(said), drawn, tuple(legend))


def _sections(criteria: CriteriaSet, figures: _Figures) -> Iterable[scores.Part]:
    for section in criteria.sections:
        points, most = figures.sections[section.key]
        least = least_of(section, most) if section.minimum is not None else None
        about = {"points": figure(written(points)), "max": figure(written(most))}
        said = _("%(points)s of %(max)s", **about)
        if least is not None:
            said = _("%(points)s of %(max)s, at least %(least)s", **about, least=figure(written(least)))
        pending = sum((figures.waiting.get(entry.key, ZERO) for entry in section.indicators), ZERO)
        yield scores.Part(picked(section.title), said, points, most, pending, least)


def _beside(criteria: CriteriaSet, figures: _Figures) -> Iterable[scores.Part]:
    """Bonuses and deductions, out of the most that counts of them."""
    rules = criteria.rules
    for kind, title, entries, points, cap in (
        ("bonus", _("Bonus"), criteria.bonuses, figures.bonus, rules.bonus_cap),
        ("deduction", _("Deduction"), criteria.deductions, figures.deduction, rules.deduction_cap),
    ):
        if entries:
            most = cap if cap is not None else sum((entry.points for entry in entries), ZERO)
            said = _("%(points)s of %(max)s", points=figure(written(points)), max=figure(written(most)))
            yield scores.Part(title, f"−{said}" if kind == "deduction" and points else said, points, most, kind=kind)


def _total(criteria: CriteriaSet, figures: _Figures) -> scores.Total | None:
    if figures.total is None or figures.full is None:
        return None
    cap = criteria.rules.cap
    about = {"points": figure(written(figures.total)), "max": figure(written(cap))}
    # Of what the own answers can earn is told beside the picture: one denominator is enough on a page.
    own = _("Self-assessed: %(points)s", points=about["points"])
    said = own if figures.own else _("Total: %(points)s of %(max)s", **about)
    grade = next((picked(grade.title) for grade in criteria.grades if grade.key == figures.grade), "")
    return scores.Total(f"{said} · {grade}" if grade else said, figures.total, cap, min(cap, figures.full))


def _grade_lines(criteria: CriteriaSet) -> list[scores.Line]:
    least = min((grade.points for grade in criteria.grades), default=None)
    lines = []
    for grade in criteria.grades:
        text = f"{picked(grade.title)} {figure(written(grade.points))}"
        lines.append(scores.Line(grade.points, _("%(what)s, the least", what=text) if grade.points == least else text))
    return lines
