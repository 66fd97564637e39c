"""Invented rounds, and the plainest way from a frozen round to who is in: fractions, one after the other."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import floor, isqrt
from random import Random
from statistics import median

from registry.domain.quota_rules import Rule
from registry.domain.selection import Candidate, rank
from registry.domain.vocabulary import Ground, Result
from registry.domain.whatif.frozen import Application, Column, Frame, FrozenRound, Item, TieSum
from registry.domain.whatif.settings import Setting, Shift

REVIEWERS = tuple(f"R{number:02}" for number in range(1, 9))


def invented(random: Random, many: int, *, graded: bool = True) -> FrozenRound:
    """Return a round of few points, so that there are ties, with everything that keeps somebody out."""
    frame = Frame(
        columns=(
            Column("m", "measured", Decimal(12)),
            Column("n", "measured", Decimal("7.5")),
            Column("p", "judged", Decimal(6), "trimmed_mean"),
            Column("q", "judged", Decimal(4), "median"),
            Column("s", "last", Decimal(5), "mean"),
        ),
        minima={"judged": "20%", "last": "0.5"},
        places=1,
        total_places=random.choice([0, 1, 2]),
        cap=Decimal(105),
        ties=(TieSum("judged", (), ("judged",)), TieSum("m", ("m", "extra"))),
        lowest=Decimal(30) if graded else None,
    )
    severities = {name: Decimal(random.randint(-1200, 1200)).scaleb(-4) for name in REVIEWERS}
    return FrozenRound(
        frame, tuple(_application(random, key, frame) for key in random.sample(range(900), many)), severities
    )


def _application(random: Random, key: int, frame: Frame) -> Application:
    names = random.sample(REVIEWERS, random.choice([1, 2, 3, 4, 5, 6]))
    items = []
    for column in frame.columns:
        applies = random.random() < 0.95
        if column.rule is None or not applies or random.random() < 0.03:
            points = (
                Decimal(random.randint(0, int(column.maximum * 2))) / 2
                if applies and column.rule is None
                else Decimal(0)
            )
            items.append(Item(applies, points))
        else:
            marks = {name: Decimal(random.randint(0, int(column.maximum) * 4)) / 4 for name in names}
            items.append(Item(True, Decimal(0), tuple(sorted(marks.items()))))
    waits = random.random() < 0.08
    return Application(
        key=key,
        items=tuple(items),
        bonus=Decimal(random.choice(["0", "0", "1.5"])),
        deduction=Decimal(random.choice(["0", "0", "2"])),
        tie_points=(Decimal(0), Decimal(random.choice(["0", "1.5"]))),
        figure=random.random() < 0.97,
        eligible=random.random() < 0.97,
        waits=waits,
        turn=random.choice([None, 1, 2, 3]) if waits else None,
        supported=random.random() < 0.97,
        barred=Ground.BARRED if random.random() < 0.03 else None,
        groups={
            "region": random.choice([("north", "land"), ("south", "land"), ("west", "land"), ("sea",)]),
            "evaluator": random.choice([("one",), ("two",), ("three",), ()]),
        },
    )


def limits(random: Random) -> tuple[Rule, ...]:
    """Return some limits of groups."""
    rules = (
        Rule("north", "region", "north", most=random.randint(0, 3)),
        Rule("land", "region", "land", most=random.randint(2, 9)),
        Rule("each_firm", "evaluator", most=random.randint(1, 4), taken={"one": random.randint(0, 2)}),
        Rule("each_region", "region", most=random.randint(1, 6)),
    )
    return tuple(random.sample(rules, random.randint(0, 3)))


def half_up(number: Fraction, places: int) -> Fraction:
    return Fraction(floor(number * 10**places + Fraction(1, 2)), 10**places)


def marks_under(
    frozen: FrozenRound, setting: Setting, one: Application, item: Item, maximum: Decimal
) -> list[Fraction]:
    """Return the marks of a panel that count."""
    found = []
    for name, mark in item.marks:
        if any(left.reviewer == name and left.application in (None, one.key) for left in setting.without):
            continue
        if setting.adjusted:
            moved = Fraction(mark) + Fraction(frozen.severities.get(name, 0)) * Fraction(maximum)
            found.append(half_up(min(max(moved, Fraction(0)), Fraction(maximum)), frozen.frame.places))
        else:
            found.append(Fraction(mark))
    return sorted(found)


def panel_points(rule: str, marks: list[Fraction], places: int) -> Fraction:
    if not marks:
        return Fraction(0)
    if rule == "median":
        return half_up(Fraction(median(marks)), places)
    if rule == "trimmed_mean" and len(marks) >= 5:
        marks = marks[1:-1]
    return half_up(sum(marks, Fraction(0)) / len(marks), places)


def candidate(frozen: FrozenRound, setting: Setting, one: Application, moved: Fraction = Fraction(0)) -> Candidate:
    """Return an application as the ranking sees it under a setting."""
    frame = frozen.frame
    weights = dict.fromkeys((column.key for column in frame.columns), Fraction(1))
    for key, factor in setting.weights:
        for column in frame.columns:
            if key in (column.section, column.key):
                weights[column.key] *= Fraction(factor)
    points: dict[str, Fraction] = {}
    most: dict[str, Fraction] = {}
    for column, item in zip(frame.columns, one.items, strict=True):
        if item.applies:
            most[column.key] = Fraction(column.maximum)
        points[column.key] = Fraction(item.points)
        if item.marks:
            marks = marks_under(frozen, setting, one, item, column.maximum)
            points[column.key] = panel_points(setting.aggregation or column.rule or "", marks, frame.places)
    below = sum(weights[key] * most[key] for key in most)
    total = None
    if one.figure and below:
        base = half_up(100 * sum(weights[key] * points[key] for key in most) / below, frame.total_places)
        whole = base + Fraction(one.bonus) - Fraction(one.deduction)
        total = half_up(min(max(whole, Fraction(0)), Fraction(frame.cap)), frame.total_places)
        total = min(max(total + moved, Fraction(0)), Fraction(frame.cap))
    return Candidate(
        one.key,
        None if total is None else Decimal(total.numerator) / Decimal(total.denominator),
        ties(frozen, setting, one, points),
        one.eligible and total is not None and reaches(frozen, setting, total, points, most),
        one.waits,
        one.supported,
        one.barred,
        one.turn,
        one.groups,
    )


def ties(
    frozen: FrozenRound, setting: Setting, one: Application, points: Mapping[str, Fraction]
) -> tuple[tuple[str, Decimal], ...]:
    found = {}
    for tie, extra in zip(frozen.frame.ties, one.tie_points, strict=True):
        total = Fraction(extra) + sum(points[key] for key in tie.items if key in points)
        total += sum(points[column.key] for column in frozen.frame.columns if column.section in tie.sections)
        found[tie.key] = Decimal(total.numerator) / Decimal(total.denominator)
    return tuple((key, found[key]) for key in (found if setting.ties is None else setting.ties))


def reaches(
    frozen: FrozenRound, setting: Setting, total: Fraction, points: Mapping[str, Fraction], most: Mapping[str, Fraction]
) -> bool:
    frame = frozen.frame
    lowest = frame.lowest if setting.lowest is None else setting.lowest
    minima = {**(frame.minima if frame.lowest is not None else {}), **dict(setting.minima)}
    for section, minimum in minima.items():
        own = [column.key for column in frame.columns if column.section == section]
        reached = sum((points[key] for key in own), Fraction(0))
        least = Fraction(minimum.removesuffix("%"))
        if minimum.endswith("%"):
            least *= sum((most.get(key, Fraction(0)) for key in own), Fraction(0)) / 100
        if reached < least:
            return False
    return lowest is None or total >= lowest


def moved_by(frozen: FrozenRound, setting: Setting, shift: Shift) -> Fraction:
    """Return the standard errors of one total: the jackknife of every application, taken together."""
    plain = [one for one in frozen.applications if one.figure]
    summed, freedom = Fraction(0), 0
    for one in plain:
        names = one.reviewers
        if len(names) < 2 or any({name for name, _ in item.marks} == {left} for item in one.items for left in names):
            continue
        totals = []
        for name in names:
            fewer = [
                Item(item.applies, item.points, tuple(mark for mark in item.marks if mark[0] != name))
                for item in one.items
            ]
            found = candidate(frozen, setting, _with(one, fewer)).total
            assert found is not None
            totals.append(Fraction(found))
        mean = sum(totals, Fraction(0)) / len(totals)
        error = Fraction(len(totals) - 1, len(totals)) * sum((each - mean) ** 2 for each in totals)
        summed += (len(totals) - 1) * len(totals) * error
        freedom += len(totals) - 1
    own = len(next(one for one in frozen.applications if one.key == shift.application).reviewers)
    unit = 10**frozen.frame.total_places
    steps = isqrt(floor(shift.errors**2 * summed / freedom / own * unit**2))
    return Fraction(steps if shift.errors > 0 else -steps, unit)


def _with(one: Application, items: list[Item]) -> Application:
    return Application(one.key, tuple(items), one.bonus, one.deduction, one.tie_points, one.figure, one.eligible)


def plainly(frozen: FrozenRound, setting: Setting) -> tuple[tuple[int, ...], frozenset[int]]:
    """Return the keys in order and those who are in under a setting, everything computed anew."""
    moved = moved_by(frozen, setting, setting.shift) if setting.shift else Fraction(0)
    own = setting.shift.application if setting.shift else None
    everyone = [
        candidate(frozen, setting, one, moved if one.key == own else Fraction(0)) for one in frozen.applications
    ]
    places = None if setting.places is None else setting.places + setting.pool
    rows = rank(everyone, places, 0, setting.rules).rows
    order = tuple(row.key for row in rows if row.rank is not None)
    return order, frozenset(row.key for row in rows if row.result is Result.SELECTED)
