"""Requirements that the answers do not meet, each with the questions at which that can be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.domain import scoring
from registry.domain.completeness import Lack, parts, rests_on
from registry.domain.criteria import CriteriaSet
from registry.domain.results import Score, State
from registry.domain.shapes import Gate

# A requirement that rests on more figures than these is not met by all of them together: none of them is at fault.
FEW = 3


@dataclass(frozen=True, slots=True)
class Unmet:
    """A requirement that is not met, and the questions whose answers say so; none where many figures come together."""

    gate: Gate
    places: tuple[Lack, ...]


def unmet(criteria: CriteriaSet, answers: Mapping[str, Any], score: Score | None = None) -> tuple[Unmet, ...]:
    """Return the requirements that these answers fail, in order; the score of the answers may be handed in."""
    results = (score or scoring.score(criteria, answers)).gates
    failed = {result.key for result in results if result.state is State.FAILED}
    return tuple(Unmet(gate, _places(criteria, gate, answers)) for gate in criteria.gates if gate.key in failed)


def _places(criteria: CriteriaSet, gate: Gate, answers: Mapping[str, Any]) -> tuple[Lack, ...]:
    texts = [gate.formula] if gate.formula is not None else [one.formula for one in gate.alternatives]
    behind = frozenset().union(*(rests_on(criteria, criteria.formulas[text].names) for text in texts if text))
    given = answers.get("inputs", {})
    refused = {key for key in behind if criteria.inputs[key].kind == "yes_no" and given.get(key) is False}
    blamed = refused or {key for key in behind if key in given}
    order = [
        Lack(part.key, key)
        for part in parts(criteria)
        for key in part.inputs
        if key in blamed and criteria.inputs[key].filled_by == "applicant"
    ]
    return tuple(order) if len(order) <= FEW else ()
