"""The dossier of a round category: all that its result rests on, and the replay that works it out again.

A dossier is canonical JSON with its own digest. It holds the criteria and factors as they were pinned, the answers and
marks of every application as they were frozen, and each approved selection with its rules. The replay needs nothing
else: no database, no clock, no file beside it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from registry.domain import scoring
from registry.domain.chain import digest_of
from registry.domain.criteria import CriteriaSet, load_factors, load_set
from registry.domain.dossier_calibration import of_calibration
from registry.domain.dossier_disputes import disputes
from registry.domain.dossier_facts import Fact, facts
from registry.domain.dossier_records import Difference, Json, contradictions
from registry.domain.dossier_standing import standings
from registry.domain.errors import Invalid
from registry.domain.faults import AnswersFaulty, CriteriaFaulty
from registry.domain.quota_rules import Rule
from registry.domain.results import Score
from registry.domain.selection import BARS, Candidate, Ranked, rank
from registry.domain.shapes import Clause, Document, FactorTable, Texts
from registry.domain.vocabulary import Ground, Result

FORMAT = 1
KIND = "dossier of a round category"
# What a line has from its evaluation, and without one has not.
FIGURES = ("input_digest", "total", "given", "grade", "ties")


@dataclass(frozen=True, slots=True)
class Override:
    """One result that two people decided apart from the order: the application, what it came to, and the reason."""

    application: int
    result: str
    reason: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay worked out again, every difference that it found, and what people decided apart from the order.

    `overrides` are the overrides of results and `scenarios` the scenarios that selections name; `facts` is all else
    that a replay takes as it stands, for nothing in the file leads to it.
    """

    evaluations: int
    selections: int
    differences: tuple[Difference, ...]
    overrides: tuple[Override, ...] = ()
    scenarios: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


def sealed(content: Json) -> dict[str, Any]:
    """Return a dossier of its content: with kind, format and the digest of all the rest."""
    whole = {"kind": KIND, "format": FORMAT, **content}
    return {**whole, "digest": digest_of(whole)}


def figures_of(score: Score | Json) -> dict[str, Any]:
    """Return the figures of a score as a dossier keeps them: all but the written working, which follows from them."""
    written = score.as_dict() if isinstance(score, Score) else dict(score)
    return {
        **written,
        "gates": [_without_working(gate) for gate in written["gates"]],
        "items": [_without_working(item) for item in written["items"]],
    }


def replay(dossier: Json, each: Callable[[int], None] = lambda _done: None) -> Replayed:
    """Work the figures of every application and the order of every selection out again, and compare.

    `each` is told after every evaluation how many are done. Raises Invalid where this is no dossier that can be read,
    with the key that says why.
    """
    if dossier.get("kind") != KIND or dossier.get("format") != FORMAT:
        raise Invalid("dossier_unknown")
    try:
        differences = [
            *_of_digest(dossier),
            *_of_criteria(dossier),
            *contradictions(dossier),
            *standings(dossier),
        ]
        criteria = criteria_of(dossier)
        evaluations = dossier["evaluations"]
        for number, evaluation in enumerate(evaluations):
            differences += _of_evaluation(criteria, evaluation, f"evaluations[{number}]")
            each(number + 1)
        figures = {evaluation["id"]: evaluation for evaluation in evaluations}
        differences += disputes(criteria, dossier)
        for number, selection in enumerate(dossier["selections"]):
            differences += _of_selection(criteria, figures, selection, f"selections[{number}]")
        differences += of_calibration(criteria, dossier)
        taken = facts(dossier)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid("dossier_unreadable", part=str(error)[:120]) from error
    except (CriteriaFaulty, AnswersFaulty) as error:
        raise Invalid("dossier_unreadable", part=str(error.faults[0].path)) from error
    contents = [selection["content"] for selection in dossier["selections"]]
    return Replayed(
        len(evaluations),
        len(contents),
        tuple(differences),
        tuple(Override(**one) for content in contents for one in content.get("overrides", ())),
        tuple(content["scenario"]["title"] for content in contents if "scenario" in content),
        taken,
    )


def _without_working(entry: Json) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "working"}


def _of_digest(dossier: Json) -> Iterator[Difference]:
    found = digest_of({key: value for key, value in dossier.items() if key != "digest"})
    if found != dossier["digest"]:
        yield Difference("digest", dossier["digest"], found)


def _of_criteria(dossier: Json) -> Iterator[Difference]:
    """The criteria, and what each selection says that it was decided by, are of one and the same text.

    Every decision has the digest of its own content.
    """
    criteria = dossier["criteria"]
    found = sha256(criteria["content"].encode()).hexdigest()
    if found != criteria["digest"]:
        yield Difference("criteria.digest", criteria["digest"], found)
    for number, selection in enumerate(dossier["selections"]):
        if selection["content"]["criteria"] != criteria["digest"]:
            path = f"selections[{number}].content.criteria"
            yield Difference(path, selection["content"]["criteria"], criteria["digest"])
    for part in ("selections", "decisions"):
        for number, decision in enumerate(dossier[part]):
            decided = digest_of(decision["content"])
            if decided != decision["digest"]:
                yield Difference(f"{part}[{number}].digest", decision["digest"], decided)


def criteria_of(dossier: Json) -> CriteriaSet:
    """Return the criteria set that a dossier holds, ready to score by."""
    kept = dossier["criteria"]
    return load_set(
        kept["content"],
        source=kept["key"],
        documents={
            key: Document(title=Texts(**entry["title"]), clauses={ref: Clause() for ref in entry["clauses"]} or None)
            for key, entry in kept["documents"].items()
        },
        factors={key: _factors(key, text) for key, text in kept["factors"].items()},
        regions=kept["regions"],
        stored=True,
    )


def _factors(key: str, text: str) -> FactorTable:
    return load_factors(text, source=f"{key}.yaml")


def _of_evaluation(criteria: CriteriaSet, kept: Json, path: str) -> Iterator[Difference]:
    """The figures that answers and marks give, against those that were kept, one by one."""
    digest = digest_of([kept["answers"], kept["marks"]])
    if digest != kept["input_digest"]:
        yield Difference(f"{path}.input_digest", kept["input_digest"], digest)
    found = figures_of(scoring.score(criteria, kept["answers"], kept["marks"]))
    yield from _compared(kept["figures"], found, f"{path}.figures")


def _compared(kept: Any, found: Any, path: str) -> Iterator[Difference]:
    """Go down to the single figures that differ; entries with a key are named by it."""
    if isinstance(kept, dict) and isinstance(found, dict):
        for key in sorted({*kept, *found}):
            yield from _compared(kept.get(key), found.get(key), f"{path}.{key}")
    elif isinstance(kept, list) and isinstance(found, list) and len(kept) == len(found):
        for number, (before, now) in enumerate(zip(kept, found, strict=True)):
            name = before.get("key", number) if isinstance(before, dict) else number
            yield from _compared(before, now, f"{path}[{name}]")
    elif kept != found:
        yield Difference(path, kept, found)


def _of_selection(criteria: CriteriaSet, figures: Mapping[int, Json], kept: Json, path: str) -> Iterator[Difference]:
    content = kept["content"]
    lines = [line for line in content["applications"] if line["ground"] != Ground.UNFINISHED]
    for line in content["applications"]:
        yield from _of_line(line, figures, f"{path}[{line['application']}]")
    candidates = [_candidate(criteria, line, figures) for line in lines]
    yield from _of_scenario(content, path)
    least = content.get("least")
    ranked = rank(
        candidates,
        content["quota"],
        content["reserve"],
        _rules(content.get("rules", ())),
        least=None if least is None else Decimal(least),
        overrides={one["application"]: one["result"] == Result.SELECTED for one in content.get("overrides", ())},
    )
    found = [row.key for row in ranked.rows]
    order = [line["application"] for line in lines]
    if order != found:
        yield Difference(f"{path}.order", order, found)
    if content["tied_across_the_cut"] != list(ranked.across):
        yield Difference(f"{path}.tied_across_the_cut", content["tied_across_the_cut"], list(ranked.across))
    yield from _of_places(lines, ranked, path)


def _of_scenario(content: Json, path: str) -> Iterator[Difference]:
    """The places and the least total of a selection, against those of the scenario that it adopted.

    Nothing but a scenario has a least total.
    """
    setting = content["scenario"]["setting"] if "scenario" in content else {}
    if "places" in setting and content["quota"] != setting["places"]:
        yield Difference(f"{path}.quota", content["quota"], setting["places"])
    if content.get("least") != setting.get("lowest"):
        yield Difference(f"{path}.least", content.get("least"), setting.get("lowest"))


def _of_line(line: Json, figures: Mapping[int, Json], path: str) -> Iterator[Difference]:
    """What a selection says of the figures that it rests on, against the figures themselves.

    Who was left unfinished is excluded, without figures and without a place.
    """
    if line["ground"] == Ground.UNFINISHED:
        if line["result"] != Result.EXCLUDED:
            yield Difference(f"{path}.result", line["result"], Result.EXCLUDED)
        yield from _empty(line, ("evaluation", "rank", "reserve_order", *FIGURES), path)
        return
    if line["evaluation"] is None:
        yield from _empty(line, FIGURES, path)
        return
    evaluation = figures[line["evaluation"]]
    pairs = {
        "input_digest": evaluation["input_digest"],
        "grade": evaluation["figures"]["grade"],
        "ties": evaluation["figures"]["ties"],
    }
    for key, found in pairs.items():
        if line[key] != found:
            yield Difference(f"{path}.{key}", line[key], found)
    # Where adjusted totals decide, the total of the marks as given stands beside them.
    name = "given" if "given" in line else "total"
    if line[name] != evaluation["figures"]["total"]:
        yield Difference(f"{path}.{name}", line[name], evaluation["figures"]["total"])


def _empty(line: Json, keys: Iterable[str], path: str) -> Iterator[Difference]:
    """What a line can say nothing of: the ties are none, all else is null."""
    for key in keys:
        if line.get(key) not in (None, []):
            yield Difference(f"{path}.{key}", line[key], None)


def _of_places(lines: Sequence[Json], ranked: Ranked, path: str) -> Iterator[Difference]:
    rows = {row.key: row for row in ranked.rows}
    reserve = 0
    for line in lines:
        row = rows[line["application"]]
        reserve += row.result is Result.RESERVED
        found = {
            "rank": row.rank,
            "result": str(row.result),
            "ground": str(row.ground),
            "parted_by": row.parted_by,
            "rule": row.rule,
            "reserve_order": reserve if row.result is Result.RESERVED else None,
        }
        for key, value in found.items():
            if line.get(key) != value:
                yield Difference(f"{path}[{row.key}].{key}", line.get(key), value)


def _candidate(criteria: CriteriaSet, line: Json, figures: Mapping[int, Json]) -> Candidate:
    """The application as the ranking saw it; a bar and what a meeting said are facts that others established."""
    evaluation = figures[line["evaluation"]]["figures"] if line["evaluation"] is not None else None
    opinion = line.get("opinion")
    total = evaluation["total"] if evaluation else None
    given = None
    if evaluation and "given" in line:
        # That it is what the severities make of it is looked at for all lines together.
        total, given = line["total"], total
    return Candidate(
        key=line["application"],
        total=None if total is None else Decimal(total),
        ties=tuple((tie["key"], Decimal(tie["points"])) for tie in evaluation["ties"]) if evaluation else (),
        reaches=evaluation is None or _reaches(criteria, evaluation),
        waits=line.get("turn") is not None,
        turn=line.get("turn"),
        supported=opinion is None or opinion["supported"],
        barred=Ground(line["ground"]) if line["ground"] in BARS else None,
        groups={by: tuple(values) for by, values in line.get("groups", {}).items()},
        given=None if given is None else Decimal(given),
    )


def _reaches(criteria: CriteriaSet, figures: Json) -> bool:
    return figures["eligible"] is True and (figures["grade"] is not None or not criteria.grades)


def _rules(kept: Iterable[Json]) -> list[Rule]:
    return [
        Rule(rule["key"], rule["by"], rule["value"], rule["least"], rule["most"], dict(rule["taken"])) for rule in kept
    ]
