"""The score sheet as officials know it: a table of rows, each with its rule as sentences made from the set."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from registry.domain.criteria import CriteriaSet
from registry.domain.curves import Band, Curve, Shape, percent
from registry.domain.shapes import Case, Entry, Gate, Indicator, NotApplicable, Panel, Sources, Texts, Tie
from registry.domain.values import ONE, ZERO, written
from registry.web.formula_words import choices_named, plainer, without_guard, yes_no_titles
from registry.web.templating import figure, language_of_reader, picked, unit
from registry.web.templating import said as _

Words = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of values with one share; an end that is None is open, the upper one may be left out of it."""

    low: Decimal | None
    high: Decimal | None
    share: Decimal
    below: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The items of a checklist that count under one condition."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the sheet. A default is a number that the issuing authority has yet to set."""

    number: str
    key: str
    title: Texts
    standards: tuple[str, ...]
    points: str
    evidence: tuple[Texts, ...]
    clauses: tuple[str, ...]
    points_default: bool
    standard_default: bool
    note: str = ""
    help: str = ""
    groups: tuple[Group, ...] = ()
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one section, of the requirements, the bonuses or the deductions."""

    kind: str
    title: str
    points: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Computed:
    """A value computed from the answers, with its formula in words and its unit."""

    title: str
    formula: str
    unit: str


@dataclass(slots=True)
class _Numbers:
    """Writes the values of a sentence with their unit: a percent sign every time, another unit only at the first."""

    unit: str
    said: bool = field(default=False)

    def __call__(self, number: Decimal) -> str:
        text = figure(written(number))
        if self.unit == "%":
            return f"{text}%"
        if not self.unit or self.said:
            return text
        self.said = True
        return f"{text} {self.unit}"


def sheet(criteria: CriteriaSet, words: Words) -> tuple[Part, ...]:
    """Return the parts of the sheet of a set; `words` says a formula in the reader's language."""
    parts = [Part("gate", _("Requirements"), "", tuple(_gates(criteria, words)))] if criteria.gates else []
    for number, section in enumerate(criteria.sections, 1):
        points = sum((entry.points for entry in section.indicators), ZERO)
        rows = tuple(_rows(criteria, section.indicators, str(number), words))
        parts.append(Part("section", picked(section.title), written(points), rows, _least(section.minimum)))
    for kind, title, entries, cap in (
        ("bonus", _("Bonuses"), criteria.bonuses, criteria.rules.bonus_cap),
        ("deduction", _("Deductions"), criteria.deductions, criteria.rules.deduction_cap),
    ):
        if entries:
            rows = tuple(_rows(criteria, entries, {"bonus": "B", "deduction": "D"}[kind], words))
            parts.append(Part(kind, title, written(cap) if cap is not None else "", rows))
    return tuple(parts)


def totals(criteria: CriteriaSet) -> tuple[tuple[str, str], ...]:
    """Return what is added up at the end, each with the most it can be: sections, bonuses, deductions, total."""
    own = criteria.rules
    points = sum((entry.points for section in criteria.sections for entry in section.indicators), ZERO)
    lines = [(_("Sum of the sections"), written(points))]
    if criteria.bonuses:
        most = own.bonus_cap if own.bonus_cap is not None else sum((entry.points for entry in criteria.bonuses), ZERO)
        lines.append((_("Bonuses"), _("at most %(points)s", points=f"+{written(most)}")))
    if criteria.deductions:
        all_of_them = sum((entry.points for entry in criteria.deductions), ZERO)
        most = own.deduction_cap if own.deduction_cap is not None else all_of_them
        lines.append((_("Deductions"), _("at most %(points)s", points=f"−{written(most)}")))
    lines.append((_("Total"), _("at most %(points)s", points=written(own.cap))))
    return tuple(lines)


def computed(criteria: CriteriaSet, words: Words) -> tuple[Computed, ...]:
    """Return the values computed from the answers, each formula without its guard."""
    return tuple(
        Computed(picked(entry.title), words(without_guard(entry.formula)), unit(entry.unit))
        for entry in criteria.derived
    )


def rules(criteria: CriteriaSet) -> tuple[str, ...]:
    """Return the rules of the total as sentences: formula, caps, what does not apply, panels, grades, ties."""
    own = criteria.rules
    told = [
        _(
            "Total = 100 × points ÷ points that apply to the site, plus bonuses, less deductions; at most %(cap)s.",
            cap=written(own.cap),
        )
    ]
    if criteria.bonuses and own.bonus_cap is not None:
        told.append(_("Bonuses count up to %(cap)s points.", cap=written(own.bonus_cap)))
    if criteria.deductions and own.deduction_cap is not None:
        told.append(_("Deductions count up to %(cap)s points.", cap=written(own.deduction_cap)))
    told.append(
        _(
            "Items that do not apply leave both sides of the division; where they hold more than %(share)s of the "
            "points, the total is withheld until a person has looked at it.",
            share=percent(own.excluded_cap),
        )
    )
    if own.panel:
        told += panel_rule(own.panel)
    if criteria.ties:
        told.append(
            _(
                "Equal totals are ordered by the points of %(ties)s; after that the earlier submission goes first.",
                ties=_(", then ").join(tie_title(criteria, tie) for tie in criteria.ties),
            )
        )
    return tuple(told)


def grade_lines(criteria: CriteriaSet) -> str:
    """Return the grades with the totals from which they are given, the highest first."""
    lines = sorted(criteria.grades, key=lambda grade: grade.points, reverse=True)
    return _("; ").join(
        _("%(grade)s from %(points)s", grade=picked(grade.title), points=points_words(grade.points)) for grade in lines
    )


def tie_title(criteria: CriteriaSet, tie: Tie) -> str:
    """Return what is compared when totals are equal."""
    if tie.title:
        return picked(tie.title)
    sections = {section.key: section.title for section in criteria.sections}
    entry = criteria.indicators.get(tie.key)
    title = entry.title if entry else sections.get(tie.key)
    return picked(title) if title else tie.key


def points_words(points: Decimal) -> str:
    """Return a number of points with the word."""
    return _("1 point") if points == ONE else _("%(points)s points", points=figure(written(points)))


def curve_sentence(curve: Curve, points: Decimal, unit: str = "", *, costs: bool = False) -> str:
    """Return a curve as the sentence of a score sheet; `costs` where it takes points instead of giving them."""
    numbers = _Numbers(unit)
    found = stretches(curve)
    if curve.shape is not Shape.BANDS:
        found = sorted(found, key=lambda stretch: stretch.share, reverse=True)
    said = [
        _gives(_spaced(_(", ").join(_where(stretch, numbers) for stretch in group)), share, points, costs=costs)
        for share, group in groupby(found, key=lambda stretch: stretch.share)
    ]
    if curve.shape is Shape.LINE and len(said) > 1:
        said.append(
            _("in between deducted in proportion (straight line)")
            if costs
            else _("in between in proportion (straight line)")
        )
    elif curve.shape is Shape.STEPS and len(said) > 1:
        said.append(_("in steps, nothing in between"))
    elif curve.shape is Shape.BANDS:
        said += _beside_bands(curve.bands, costs=costs)
    return _("; ").join(said)


def stretches(curve: Curve) -> list[Stretch]:
    """Return where a curve stays on one share: its knots and plateaus, its steps or its bands."""
    if curve.shape is Shape.BANDS:
        return [Stretch(band.low, band.high, band.share) for band in curve.bands]
    runs = [[knot.x for knot in run] for _share, run in groupby(curve.knots, key=lambda knot: knot.share)]
    shares = [share for share, _run in groupby(knot.share for knot in curve.knots)]
    found = []
    for place, (run, share) in enumerate(zip(runs, shares, strict=True)):
        last = place == len(runs) - 1
        low = run[0] if place else None
        if curve.shape is Shape.STEPS:
            found.append(Stretch(low, None if last else runs[place + 1][0], share, below=True))
        else:
            found.append(Stretch(low, None if last else run[-1], share))
    return found


def measure_sentences(entry: Indicator, words: Words, spoken: Words) -> Iterator[str]:
    """Yield what is computed and how the figure becomes points, a sentence a curve; `spoken` says its condition."""
    about = {"formula": words(without_guard(entry.formula or "")), "unit": unit(entry.unit)}
    yield _("Value (%(unit)s) = %(formula)s", **about) if entry.unit else _("Value = %(formula)s", **about)
    costs = entry.kind == "deduction"
    if not entry.curve:
        yield (
            _("The value itself is deducted, from 0 up to %(points)s.", points=points_words(entry.points))
            if costs
            else _("The value itself is the points, from 0 up to %(points)s.", points=points_words(entry.points))
        )
    for case in entry.curve:
        sentence = curve_sentence(case.curve, entry.points, unit(entry.unit), costs=costs)
        name = case_name(case, spoken) if len(entry.curve) > 1 else ""
        yield (
            _("%(name)s: %(sentence)s.", name=name, sentence=sentence)
            if name
            else _("%(sentence)s.", sentence=sentence)
        )


def case_name(case: Case, words: Words) -> str:
    """Return when a curve is the one that counts: its title and its condition."""
    title = picked(case.title) if case.title else ""
    if case.when is None:
        return title or _("Otherwise")
    condition = words(case.when)
    return _("%(title)s (%(condition)s)", title=title, condition=condition) if title else condition


def items_sentences(entry: Indicator) -> Iterator[str]:
    """Yield how the items of a checklist count, and the most of all."""
    most = points_words(entry.points)
    if entry.kind == "deduction":
        yield _("Deducted item by item, at most %(points)s:", points=most)
    elif any(item.when for item in entry.items):
        yield _("Item by item, at most %(points)s; of these count those that apply:", points=most)
    else:
        yield _("Item by item, at most %(points)s:", points=most)


def item_groups(entry: Indicator, criteria: CriteriaSet, words: Words) -> tuple[Group, ...]:
    """Return the items of a checklist with their points, those of one condition together under it with their sum."""
    conditions = tuple(dict.fromkeys(item.when for item in entry.items))
    found = []
    for when in conditions:
        own = [item for item in entry.items if item.when == when]
        title = _("In every case")
        if when:
            short = plainer(when, criteria)
            title = choices_named(short, criteria) or words(short)
        points = points_words(sum((item.points for item in own), ZERO))
        heading = "" if conditions == (None,) else _("%(title)s (%(condition)s)", title=title, condition=points)
        found.append(Group(heading, tuple(_item(item, words) for item in own)))
    return tuple(found)


def panel_sentences(entry: Indicator, common: Panel | None) -> Iterator[str]:
    """Yield the steps between which experts mark, whether marks in between may be given, and an own rule."""
    levels = _("; ").join(
        _("%(points)s: %(meaning)s", points=points_words(level.points), meaning=picked(level)) for level in entry.levels
    )
    yield _("Experts give 0 to %(points)s. %(levels)s.", points=points_words(entry.points), levels=levels)
    yield (_("Only these steps may be given.") if entry.marks == "levels" else _("Marks in between may be given."))
    if entry.panel and entry.panel != common:
        yield from panel_rule(entry.panel)


def panel_rule(panel: Panel) -> Iterator[str]:
    """Yield how the marks of several experts become one."""
    yield {
        "mean": _("The mean of the experts' marks counts."),
        "median": _("The median of the experts' marks counts."),
        "trimmed_mean": _(
            "The mean of the experts' marks counts; from five marks on without the highest and the lowest."
        ),
    }[panel.rule]
    yield _("Experts: at least %(count)s.", count=panel.reviewers)
    if panel.spread is not None:
        yield _(
            "Marks that differ (standard deviation) by more than %(share)s of the points are pointed out.",
            share=percent(panel.spread),
        )


def gate_sentences(gate: Gate, criteria: CriteriaSet, words: Words) -> Iterator[str]:
    """Yield what must hold, and that nothing else counts where it does not."""
    if gate.formula is not None:
        condition = yes_no_titles(gate.formula, criteria) or words(plainer(gate.formula, criteria))
        yield _("Must hold: %(condition)s. If not, the application fails.", condition=condition)
    else:
        ways = _("; ").join(
            _("%(title)s (%(condition)s)", title=picked(way.title), condition=words(way.formula))
            for way in gate.alternatives
        )
        yield _("One of these must hold: %(ways)s. If none does, the application fails.", ways=ways)
    if gate.may_switch:
        yield (
            _("Counts only where the round asks for it.") if gate.default == "off" else _("A round may leave it out.")
        )


def applying(when: str | None, claim: NotApplicable | None, words: Words) -> Iterator[str]:
    """Yield when an entry applies, and when an applicant may declare that it does not."""
    if when:
        yield _("Only if %(condition)s; otherwise it does not apply.", condition=words(when))
    if claim:
        yield (
            _("May be declared not applicable, with a reason, if %(condition)s.", condition=words(claim.when))
            if claim.when
            else _("May be declared not applicable, with a reason.")
        )


def _rows(criteria: CriteriaSet, entries: Sequence[Indicator], number: str, words: Words) -> Iterator[Row]:
    spoken = _plainly(criteria, words)
    for place, entry in enumerate(entries, 1):
        sign = {"bonus": "+", "deduction": "−"}.get(entry.kind, "")
        own: Iterable[str] = (
            measure_sentences(entry, words, spoken)
            if entry.formula
            else items_sentences(entry)
            if entry.items
            else panel_sentences(entry, criteria.rules.panel)
        )
        yield Row(
            number=f"{number}.{place}",
            key=entry.key,
            title=entry.title,
            standards=tuple(own),
            points=sign + written(entry.points),
            evidence=_each_once(entry.evidence, (text for item in entry.items for text in item.evidence)),
            clauses=tuple(dict.fromkeys((*entry.clauses, *(ref for item in entry.items for ref in item.clauses)))),
            points_default=entry.source.points == "default",
            standard_default=_standard_default(entry),
            note=_note(entry.source),
            help=picked(entry.help) if entry.help else "",
            groups=item_groups(entry, criteria, words),
            conditions=tuple(applying(entry.when, entry.not_applicable, spoken)),
        )


def _plainly(criteria: CriteriaSet, words: Words) -> Words:
    """Says a condition as shortly as it can be said."""
    return lambda condition: words(plainer(condition, criteria))


def _gates(criteria: CriteriaSet, words: Words) -> Iterator[Row]:
    for place, gate in enumerate(criteria.gates, 1):
        yield Row(
            number=f"0.{place}",
            key=gate.key,
            title=gate.title,
            standards=tuple(gate_sentences(gate, criteria, words)),
            points="",
            evidence=gate.evidence,
            clauses=gate.clauses,
            points_default=False,
            standard_default=is_default(gate.source),
            note=_note(gate.source),
            conditions=tuple(applying(gate.when, gate.not_applicable, _plainly(criteria, words))),
        )


def is_default(source: Sources | None) -> bool:
    """Tell whether any of the numbers of an entry is a demonstration default."""
    return source is not None and "default" in {source.points, source.curve, source.formula}


def _note(source: Sources | None) -> str:
    return picked(source.note) if source and source.note else ""


def _standard_default(entry: Indicator) -> bool:
    """Whether a number of the standard is ours; a curve with a note has anchors of ours beside those that it names."""
    source = entry.source
    if entry.curve and (source.curve == "default" or source.note):
        return True
    has_formula = entry.formula is not None or any(item.formula for item in entry.items)
    if has_formula and source.formula == "default":
        return True
    # The points of items and levels are the standard itself.
    return bool(entry.items or entry.levels) and source.points == "default"


def _least(minimum: str | None) -> tuple[str, ...]:
    return (_("At least %(minimum)s of the section's points, or no grade.", minimum=minimum),) if minimum else ()


def _where(stretch: Stretch, numbers: _Numbers) -> str:
    low, high = stretch.low, stretch.high
    if low is not None and high is not None:
        if low == high:
            return numbers(low)
        about = {"low": numbers(low), "high": numbers(high)}
        return _("%(low)s to less than %(high)s", **about) if stretch.below else _("%(low)s to %(high)s", **about)
    if low is not None:
        return _("%(x)s or more", x=numbers(low))
    if high is not None:
        return _("less than %(x)s", x=numbers(high)) if stretch.below else _("%(x)s or less", x=numbers(high))
    return _("any value")


def _spaced(where: str) -> str:
    """Chinese sets a figure apart from the word that follows it."""
    return f"{where} " if language_of_reader() == "zh" and where[-1:].isascii() else where


def _gives(where: str, share: Decimal, points: Decimal, *, costs: bool) -> str:
    about = {"where": where, "share": percent(share), "points": points_words(share * points)}
    if share == ONE:
        return (
            _("%(where)s costs all (%(points)s)", **about) if costs else _("%(where)s earns all (%(points)s)", **about)
        )
    if share == ZERO:
        return _("%(where)s costs nothing", where=where) if costs else _("%(where)s earns nothing", where=where)
    return (
        _("%(where)s costs %(share)s (%(points)s)", **about)
        if costs
        else _("%(where)s earns %(share)s (%(points)s)", **about)
    )


def _beside_bands(bands: Sequence[Band], *, costs: bool) -> Iterator[str]:
    """What is to be said of the edges of bands and of what lies outside them."""
    if len(bands) > 1:
        yield _("a limit belongs to the band named first")
    if not _cover_all(bands):
        yield _("anything else costs nothing") if costs else _("anything else earns nothing")


def _cover_all(bands: Sequence[Band]) -> bool:
    """Tell whether every value lies in one of the bands."""
    reached = Decimal("-Infinity")
    for band in sorted(bands, key=lambda band: Decimal("-Infinity") if band.low is None else band.low):
        if band.low is not None and band.low > reached:
            return False
        if band.high is None:
            return True
        reached = max(reached, band.high)
    return False


def _item(item: Entry, words: Words) -> str:
    title, points = picked(item.title), points_words(item.points)
    named = (
        _("%(title)s: %(points)s", title=title, points=points)
        if title[-1:].isdigit() or title.endswith("%")
        else _("%(title)s %(points)s", title=title, points=points)
    )
    return _("%(item)s (follows from %(formula)s)", item=named, formula=words(item.formula)) if item.formula else named


def _each_once(*groups: Iterable[Texts]) -> tuple[Texts, ...]:
    return tuple({text.zh: text for group in groups for text in group}.values())
