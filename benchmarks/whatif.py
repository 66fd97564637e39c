"""B6: totals, order and places of a round, and what-if settings, beside the SQL window query on SQLite.

100,000 candidates, 20 indicators, 3 reviewers; the best of each of 31 regions are in, as many as its quota. Marks are
whole points of ten, so that there are ties. Both sides start from a database: ours from the frozen marks as one blob
of a byte a mark, the floor from a table of one row a mark with an index that the query reads in order. Both store a row
of total, rank and result for every candidate.

"All" is everything from the marks and stored. A further setting is a changed answer to who is in, without storing: ours
from the bench that is at hand, SQL's the same query over its stored points of each indicator, which is the least it
could be asked. The oracle computes with Python's integers and fractions, candidate after candidate.
"""

import argparse
import gc
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.measuring import Comparison, compare, rounds, table
from registry.domain.quota_rules import Rule
from registry.domain.whatif.arrays import Arrays
from registry.domain.whatif.bench import Bench, Outcome
from registry.domain.whatif.frozen import Column, Frame
from registry.domain.whatif.settings import Setting

COUNT, INDICATORS, REVIEWERS, REGIONS = 100_000, 20, 3, 31
FULL_GOAL, SETTING_GOAL = 4.0, 60.0
MOST = 10
PLACES = 2
SEED = 6

SCHEMA = """
create table candidate (id integer primary key, region integer not null);
create table mark (candidate integer, indicator integer, reviewer integer, points integer,
    primary key (candidate, indicator, reviewer)) without rowid;
create table weight (indicator integer primary key, weight integer not null);
create table quota (region integer primary key, places integer not null);
create table frozen (id integer primary key, marks blob not null);
create table point (candidate integer, indicator integer, points integer,
    primary key (candidate, indicator)) without rowid;
create table result (candidate integer primary key, total integer, rank integer, selected integer);
"""
# A mean of three whole marks in hundredths, halves upwards, as the set's rounding has it.
POINTS = """
insert into point select candidate, indicator, (200 * sum(points) + count(*)) / (2 * count(*))
from mark group by candidate, indicator
"""
# The total is 100 × points ÷ maxima in hundredths; the maxima are the same for all.
RANKED = f"""
select id, total, row_number() over (order by total desc, id) as place,
    row_number() over (partition by region order by total desc, id) <= places as selected
from (
    select candidate.id, region, places,
        (2 * 100 * sum(points * weight) + (select sum(weight) * {MOST} from weight))
        / (2 * (select sum(weight) * {MOST} from weight)) as total
    from point join weight using (indicator) join candidate on candidate.id = point.candidate join quota using (region)
    group by candidate.id
)
"""  # noqa: S608 - a number of ours


class Round:
    """A made-up round in a database, frozen and in rows."""

    def __init__(self, folder: Path, count: int) -> None:
        random = np.random.default_rng(SEED)
        self.count = count
        self.marks = random.integers(0, MOST + 1, (count, INDICATORS, REVIEWERS), dtype=np.int8)
        self.regions = random.integers(0, REGIONS, count)
        self.quotas = {region: count // 800 + region * count // 40_000 for region in range(REGIONS)}
        self.database = sqlite3.connect(folder / "round.sqlite", isolation_level=None)
        self.database.executescript(SCHEMA)
        self.database.execute("begin")
        many = self.database.executemany
        many("insert into candidate values (?, ?)", enumerate(self.regions.tolist()))
        many("insert into quota values (?, ?)", self.quotas.items())
        many("insert into weight values (?, ?)", ((one, MOST) for one in range(INDICATORS)))
        keys = np.indices(self.marks.shape).reshape(3, -1)
        many("insert into mark values (?, ?, ?, ?)", zip(*keys.tolist(), self.marks.ravel().tolist(), strict=True))
        many("insert into frozen values (1, ?)", [(self.marks.tobytes(),)])
        self.database.execute("commit")
        self.frame = Frame(
            tuple(Column(f"i{one}", f"s{one // 5}", Decimal(MOST), "mean") for one in range(INDICATORS)),
            {}, PLACES, PLACES, Decimal(100), (), None,
        )  # fmt: skip
        self.base = Setting(places=sum(self.quotas.values()), rules=self.rules(self.quotas))

    def rules(self, quotas: dict[int, int]) -> tuple[Rule, ...]:
        """Return the quotas of the regions as rules."""
        return tuple(Rule(f"r{region}", "region", str(region), most=places) for region, places in quotas.items())

    def bench(self) -> Bench:
        """Return the bench from the frozen marks."""
        (blob,) = self.database.execute("select marks from frozen").fetchone()
        marks = np.frombuffer(blob, dtype=np.int8).reshape(self.marks.shape).astype(np.int64) * 10**PLACES
        regions = self.database.execute("select region from candidate order by id").fetchall()
        groups = [{"region": (str(region),)} for region in range(REGIONS)]
        yes, nothing = np.ones(self.count, dtype=bool), np.zeros(self.count, dtype=np.int64)
        arrays = Arrays(
            frame=self.frame,
            keys=range(self.count),
            groups=[groups[region] for (region,) in regions],
            figure=yes,
            eligible=yes,
            supported=yes,
            barred=~yes,
            bars=[None] * self.count,
            waits=~yes,
            turn=nothing,
            applies=np.ones((self.count, INDICATORS), dtype=bool),
            points=np.zeros((self.count, INDICATORS), dtype=np.int64),
            marks=marks,
            mark_places=PLACES,
            slots=np.broadcast_to(np.arange(REVIEWERS), (self.count, REVIEWERS)),
            reviewers=tuple(f"R{one}" for one in range(REVIEWERS)),
            addition=nothing,
            fine=PLACES,
            tie_points=np.zeros((self.count, 0), dtype=np.int64),
            severities={},
        )
        return Bench(arrays)

    def full(self) -> Outcome:
        """Compute everything from the frozen marks and store it."""
        outcome = self.bench().outcome(self.base)
        place = np.empty(self.count, dtype=np.int64)
        place[outcome.rows] = np.arange(1, self.count + 1)
        selected = np.zeros(self.count, dtype=np.int64)
        selected[list(outcome.selected)] = 1
        rows = zip(range(self.count), outcome.totals.total.tolist(), place.tolist(), selected.tolist(), strict=True)
        self._begin()
        self.database.executemany("insert into result values (?, ?, ?, ?)", rows)
        self.database.execute("commit")
        return outcome

    def full_in_sql(self) -> None:
        """Compute everything from the rows of marks in SQL and store it."""
        self._begin()
        self.database.execute("delete from point")
        self.database.execute(POINTS)
        self.database.execute(f"insert into result {RANKED}")
        self.database.execute("commit")

    def stored(self) -> list[tuple[int, int, int, int]]:
        """Return what is stored."""
        return self.database.execute("select * from result order by candidate").fetchall()

    def in_sql(self, weights: Sequence[int], quotas: dict[int, int]) -> list[tuple[int, int, int, int]]:
        """Return total, rank and result of all under other weights and quotas."""
        self.database.execute("begin")
        self.database.executemany(
            "update weight set weight = ? where indicator = ?", zip(weights, range(INDICATORS), strict=True)
        )
        self.database.executemany(
            "update quota set places = ? where region = ?", ((many, one) for one, many in quotas.items())
        )
        found = self.database.execute(RANKED).fetchall()
        self.database.execute("rollback")
        return found

    def oracle(self, weights: Sequence[int], quotas: dict[int, int]) -> list[tuple[int, int, int, int]]:
        """Return the same with exact fractions."""
        rounded = [floor(Fraction(100 * points, REVIEWERS) + Fraction(1, 2)) for points in range(REVIEWERS * MOST + 1)]
        below = sum(weights) * MOST
        totals = [
            floor(
                Fraction(
                    100 * sum(rounded[sum(marks)] * weight for marks, weight in zip(one, weights, strict=True)), below
                )
                + Fraction(1, 2)
            )
            for one in self.marks.tolist()
        ]
        held: Counter[int] = Counter()
        found = []
        for place, one in enumerate(sorted(range(self.count), key=lambda one: (-totals[one], one)), start=1):
            region = int(self.regions[one])
            held[region] += 1
            found.append((one, totals[one], place, int(held[region] <= quotas[region])))
        return sorted(found)

    def _begin(self) -> None:
        self.database.execute("begin")
        self.database.execute("delete from result")


def settings_of(one: Round) -> list[tuple[Setting, list[int], dict[int, int]]]:
    """Return ten settings, each as the bench and as SQL and the oracle take it: five of weights, five of quotas."""
    found = []
    for number in range(5):
        weights = [MOST + (1 if indicator // 4 == number else 0) for indicator in range(INDICATORS)]
        factors = tuple((f"i{number * 4 + step}", Decimal("1.1")) for step in range(4))
        found.append((replace(one.base, key=f"weights_{number}", weights=factors), weights, one.quotas))
    for number in range(5):
        quotas = {region: places + (number + 1) * (10 if region % 2 else -10) for region, places in one.quotas.items()}
        quotas = {region: max(places, 0) for region, places in quotas.items()}
        setting = replace(one.base, key=f"quotas_{number}", rules=one.rules(quotas), places=sum(quotas.values()))
        found.append((setting, [MOST] * INDICATORS, quotas))
    return found


def same_results(one: Round) -> None:
    """Raise AssertionError where the bench, SQL and the oracle differ in a total, a rank or a result."""
    expected = one.oracle([MOST] * INDICATORS, one.quotas)
    one.full_in_sql()
    if one.stored() != expected:
        raise AssertionError("SQL differs from the oracle")
    one.full()
    if one.stored() != expected:
        raise AssertionError("the bench differs from the oracle")
    bench = one.bench()
    for setting, weights, quotas in settings_of(one):
        expected = one.oracle(weights, quotas)
        outcome = bench.outcome(setting)
        totals = outcome.totals.total.tolist()
        place = {row: number for number, row in enumerate(outcome.rows.tolist(), start=1)}
        if [(row, totals[row], place[row], int(row in outcome.selected)) for row in range(one.count)] != expected:
            raise AssertionError(f"{setting.key}: the bench differs from the oracle")
        if sorted(one.in_sql(weights, quotas)) != expected:
            raise AssertionError(f"{setting.key}: SQL differs from the oracle")


def done(_results: object) -> None:
    """Let go of what was computed."""


def measured(count: int = COUNT, turns: int = 5) -> list[Comparison]:
    """Return how the bench does beside SQL, or raise AssertionError where their results differ."""
    with TemporaryDirectory() as folder:
        one = Round(Path(folder), count)
        same_results(one)
        bench, changed = one.bench(), settings_of(one)
        bench.outcome(one.base)

        def through(settings: Sequence[tuple[Setting, list[int], dict[int, int]]]) -> Callable[[], None]:
            return lambda: done([bench.outcome(setting) for setting, _, _ in settings])

        def through_sql(settings: Sequence[tuple[Setting, list[int], dict[int, int]]]) -> Callable[[], None]:
            return lambda: done([one.in_sql(weights, quotas) for _, weights, quotas in settings])

        gc.collect()
        gc.freeze()
        sides: dict[str, Callable[[], None]] = {
            "full": lambda: done(one.full()),
            "full_sql": one.full_in_sql,
            "settings": through(changed),
            "settings_sql": through_sql(changed),
        }
        seconds = rounds(sides, turns)
        gc.unfreeze()
        one.database.close()
    full_sql = [each * len(changed) for each in seconds["full_sql"]]
    many = len(changed)
    return [
        compare(
            "B6",
            "all from the marks, stored : SQL window query",
            seconds["full"],
            seconds["full_sql"],
            each=1,
            goal=FULL_GOAL,
        ),
        compare(
            "B6",
            "a further setting : SQL from the marks, stored",
            seconds["settings"],
            full_sql,
            each=many,
            goal=SETTING_GOAL,
        ),
        compare(
            "B6",
            "a further setting : SQL from its stored points",
            seconds["settings"],
            seconds["settings_sql"],
            each=many,
            goal=None,
        ),
    ]


def main() -> int:
    """Print the rows beside their goals; 1 if one is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whatif", description=__doc__)
    parser.add_argument("--candidates", type=int, default=COUNT, help="how many candidates there are")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds, each side once in each")
    asked = parser.parse_args()
    found = measured(asked.candidates, asked.rounds)
    sys.stdout.write(f"{asked.candidates} candidates, {asked.rounds} rounds; processor time of each\n{table(found)}\n")
    return 0 if all(one.met for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
