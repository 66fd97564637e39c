"""B11: scoring applications of the plant set, beside the same formulas hand-written in plain Decimal.

"With full working" is measured in two ways. First as the portal does it when it ranks or previews: the score with its
working at hand, each line written when somebody reads it. Then with every line written out, as it is kept when a score
is settled; its floor writes lines too.

Both stand beside two floors. The goal is for the score with all its working written, beside the floor that checks the
answers it is given and writes comparable lines: the engine checks them, and no portal could go without. The other
readings stand beside it without a goal, so that nobody has to take our word for what is fair.
"""

import gc
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks import plain_plant, plain_working
from benchmarks.applications import REGIONS, Application, applications
from benchmarks.measuring import Comparison, compare, rounds
from benchmarks.plain_plant import Factors, Form, Result
from registry.domain.answers import READERS
from registry.domain.criteria import CriteriaSet, load_documents, load_factors, load_regions, load_set
from registry.domain.results import GateResult, Item, Score
from registry.domain.scoring import score
from registry.domain.shapes import Input

CRITERIA = Path(__file__).parents[1] / "criteria"
COUNT = 10_000
GOAL = 0.5


def measured(count: int = COUNT, turns: int = 5) -> list[Comparison]:
    """Return how the engine does beside its floors, or raise AssertionError where their results differ."""
    criteria, parents = plant_set()
    factors = factors_of(criteria, parents)
    plants = applications(count)
    same_results(criteria, factors, plants)
    form = form_of(criteria)
    units = {key: entry.unit or "" for key, entry in criteria.inputs.items()}
    grounds = _grounds(criteria, plants[0])

    def written(answers: dict[str, Any], marks: dict[str, dict[str, str]], result: Result) -> object:
        return plain_working.lines(factors, units, grounds, answers, marks, result)

    sides: dict[str, Callable[[dict[str, Any], dict[str, dict[str, str]]], object]] = {
        "bare": lambda answers, marks: plain_plant.score(factors, answers, marks),
        "bare_written": lambda answers, marks: written(answers, marks, plain_plant.score(factors, answers, marks)),
        "checked": lambda answers, marks: plain_plant.score_checked(form, factors, answers, marks),
        "checked_written": lambda answers, marks: written(
            answers, marks, plain_plant.score_checked(form, factors, answers, marks)
        ),
        "score": lambda answers, marks: score(criteria, answers, marks),
        "score_written": lambda answers, marks: score(criteria, answers, marks).as_dict(),
    }
    # Cold start excluded: every side has run before the first round.
    for side in sides.values():
        _through(side, plants[:200])()
    # Ten thousand filings in memory are of the benchmark, not of the portal: the collector is not to walk through them.
    gc.collect()
    gc.freeze()
    seconds = rounds({name: _through(side, plants) for name, side in sides.items()}, turns)
    gc.unfreeze()
    readings = (
        ("score, working at hand : plain, answers checked", "score", "checked", None),
        ("score, working at hand : plain, answers trusted", "score", "bare", None),
        ("score, working written : plain, checked, lines written", "score_written", "checked_written", GOAL),
        ("score, working written : plain, trusted, lines written", "score_written", "bare_written", None),
        ("score, working written : plain, trusted, no lines", "score_written", "bare", None),
    )
    return [
        compare("B11", reading, seconds[side], seconds[beside], each=count, goal=goal)
        for reading, side, beside, goal in readings
    ]


def plant_set() -> tuple[CriteriaSet, Mapping[str, str | None]]:
    """Return the plant set, and the regions with those they lie in."""
    tables = [load_factors(_text(path), source=path.name) for path in sorted((CRITERIA / "factors").glob("*.yaml"))]
    regions = load_regions(_text(CRITERIA / "regions.yaml"), source="regions.yaml")
    criteria = load_set(
        _text(CRITERIA / "sets" / "wwtp.yaml"),
        source="wwtp.yaml",
        documents=load_documents(_text(CRITERIA / "documents.yaml"), source="documents.yaml"),
        factors={table.key: table for table in tables},
        regions=regions,
    )
    return criteria, regions


def factors_of(criteria: CriteriaSet, parents: Mapping[str, str | None]) -> Factors:
    """Return the factors of the tables as the plain formulas want them."""
    tables: Mapping[str, Any] = criteria.factor_values
    grid = {
        (version, region): _of_years(rows, region, parents)
        for version, rows in tables["grid"].items()
        for region in REGIONS
    }
    default = {key: table.default for key, table in criteria.tables.items()}
    chemicals = tables["chemicals"][default["chemicals"]]
    equivalents = tables["equivalents_water"][default["equivalents_water"]]
    return Factors(
        gwp={version: (rows["ch4"], rows["n2o"]) for version, rows in tables["gwp"].items()},
        sewage={key: (rows["ch4_bod"], rows["ch4_cod"], rows["n2o_tn"]) for key, rows in tables["sewage_ghg"].items()},
        grid=grid,
        chemicals=(chemicals["pac"], chemicals["pam"], chemicals["naclo"]),
        equivalents=tuple(equivalents[key] for key in ("cod", "bod5", "ss", "nh3n", "tp")),
        default=default,
    )


def _of_years(rows: Mapping[str, Any], region: str, parents: Mapping[str, str | None]) -> dict[int, Decimal]:
    around: str | None = region
    while around is not None and around not in rows:
        around = parents[around]
    return {int(year): number for year, number in rows[around].items() if number is not None} if around else {}


def form_of(criteria: CriteriaSet) -> Form:
    """Return what may be answered, as the plain formulas want it."""
    kinds = {kind: {key: one for key, one in criteria.inputs.items() if one.kind == kind} for kind in READERS}
    return Form(
        numbers={key: _limits(entry) for key, entry in kinds["number"].items()},
        wholes={key: _limits(entry) for key, entry in kinds["whole"].items()},
        flags=frozenset(kinds["yes_no"]),
        choices={key: frozenset(entry.choices or {}) for key, entry in kinds["choice"].items()},
        lists={key: frozenset(entry.choices or {}) for key, entry in kinds["choices"].items()},
    )


def _limits(entry: Input) -> tuple[Decimal, Decimal]:
    if entry.limits is None or entry.limits.min is None or entry.limits.max is None:
        raise ValueError(entry.key)
    return entry.limits.min, entry.limits.max


def same_results(criteria: CriteriaSet, factors: Factors, plants: Iterable[Application]) -> None:
    """Raise AssertionError at the first plant whose points, values, states, totals or grade differ."""
    form = form_of(criteria)
    for number, (answers, marks) in enumerate(plants):
        ours = of_score(score(criteria, answers, marks))
        plain = of_result(plain_plant.score(factors, answers, marks))
        if plain != of_result(plain_plant.score_checked(form, factors, answers, marks)):
            raise AssertionError(f"application {number}: the plain formulas differ when answers are checked")
        if ours != plain:
            differ = {key: (ours[key], plain[key]) for key in ours if ours[key] != plain[key]}
            raise AssertionError(f"application {number}: engine and plain formulas differ: {differ}")


def of_score(result: Score) -> dict[str, Any]:
    """Return the figures of a score as texts, to the last digit."""
    return {
        "whole": [str(one) for one in (result.eligible, result.complete, result.base, result.bonus, result.total)],
        "grade": result.grade,
        "sections": {one.key: (str(one.points), str(one.max)) for one in result.sections},
        "gates": {one.key: str(one.state) for one in result.gates},
        "items": {one.key: (str(one.state), str(one.points), str(one.value)) for one in result.items},
        "ties": {one.key: str(one.points) for one in result.ties},
    }


def of_result(result: Result) -> dict[str, Any]:
    """Return the same figures of the plain formulas."""
    return {
        "whole": [str(result[key]) for key in ("eligible", "complete", "base", "bonus", "total")],
        "grade": result["grade"],
        "sections": {key: tuple(map(str, one)) for key, one in result["sections"].items()},
        "gates": result["gates"],
        "items": {key: tuple(map(str, one)) for key, one in result["items"].items()},
        "ties": {key: str(one) for key, one in result["ties"].items()},
    }


def _grounds(criteria: CriteriaSet, plant: Application) -> dict[str, list[dict[str, Any]]]:
    """Return the lines of clauses and sources by gate and indicator, which are the same for every plant."""
    result = score(criteria, *plant)
    judged: list[GateResult | Item] = [*result.gates, *result.items]
    return {one.key: [line.as_dict() for line in one.working if line.line in {"clauses", "source"}] for one in judged}


def _through(
    side: Callable[[dict[str, Any], dict[str, dict[str, str]]], object], plants: Iterable[Application]
) -> Callable[[], None]:
    def run() -> None:
        for answers, marks in plants:
            side(answers, marks)

    return run


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
