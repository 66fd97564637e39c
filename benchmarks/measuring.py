"""Measuring by turns: every side once a round, the other way round in every second one; medians and spread of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some rounds, and the lowest and highest of them."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """How fast one side is beside another: the ratio of their speeds in the same round."""

    row: str
    reading: str
    side: Spread
    floor: Spread
    ratio: Spread
    goal: float | None

    @property
    def met(self) -> bool:
        """Whether the goal is reached, if there is one."""
        return self.goal is None or self.ratio.median >= self.goal


def rounds(sides: Mapping[str, Callable[[], None]], count: int) -> dict[str, list[float]]:
    """Return the seconds of processor time that each side takes in each round."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(count):
        order = list(sides)
        if number % 2:
            order.reverse()
        for name in order:
            start = process_time()
            sides[name]()
            seconds[name].append(process_time() - start)
    return seconds


def spread(numbers: Sequence[float]) -> Spread:
    """Return median, lowest and highest."""
    return Spread(median(numbers), min(numbers), max(numbers))


def compare(
    row: str, reading: str, side: Sequence[float], floor: Sequence[float], *, each: int, goal: float | None
) -> Comparison:
    """Compare the seconds of a side and of its floor, round by round; ``each`` things were done in one round."""
    ratios = [theirs / ours for ours, theirs in zip(side, floor, strict=True)]
    micro = 1_000_000 / each
    of_side, of_floor = (spread([seconds * micro for seconds in one]) for one in (side, floor))
    return Comparison(row, reading, of_side, of_floor, spread(ratios), goal)


def table(comparisons: Sequence[Comparison]) -> str:
    """Write comparisons as a table, times in millionths of a second each."""
    lines = [f"{'row':<5}{'reading':<62}{'µs':>8}{'floor µs':>10}{'ratio':>7}  {'from – to':<12}{'goal':>6}"]
    for one in comparisons:
        goal = "–" if one.goal is None else f"{one.goal:g}{'' if one.met else ' missed'}"
        lines.append(
            f"{one.row:<5}{one.reading:<62}{one.side.median:>8.1f}{one.floor.median:>10.1f}{one.ratio.median:>7.2f}  "
            f"{one.ratio.low:.2f} – {one.ratio.high:.2f} {goal:>6}"
        )
    return "\n".join(lines)
