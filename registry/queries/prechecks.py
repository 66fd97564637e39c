"""What the portal itself knows of the points of a formal check: proposals that count once an officer keeps them."""

from dataclasses import dataclass
from enum import StrEnum

from registry.domain.answers import missing_inputs
from registry.domain.criteria import CriteriaSet
from registry.domain.results import Score, State
from registry.domain.vocabulary import FormPoint, Standing
from registry.models import Application
from registry.queries import filings


class Ground(StrEnum):
    """What a proposal rests on."""

    NOTHING_MISSING = "nothing_missing"
    CONFIRMED = "confirmed"
    NO_ORGANISATION = "no_organisation"
    PASSED = "passed"
    FAILED = "failed"
    NOT_CALLED_FOR = "not_called_for"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the portal proposes of a point: it holds, it does not, or with None it does not apply; and why."""

    held: bool | None
    ground: Ground


_OF_GATES = {
    State.PASSED: Proposal(True, Ground.PASSED),
    State.FAILED: Proposal(False, Ground.FAILED),
    State.NOT_APPLICABLE: Proposal(None, Ground.NOT_CALLED_FOR),
}


def proposals(sheet: filings.Sheet, score: Score) -> dict[str, Proposal]:
    """Return what is proposed, by the key of the point; of what the portal cannot know it proposes nothing."""
    found = _of_form(sheet.application, sheet.criteria, sheet)
    for gate in score.gates:
        if gate.state in _OF_GATES:
            found[gate.key] = _OF_GATES[gate.state]
    return found


def _of_form(application: Application, criteria: CriteriaSet, sheet: filings.Sheet) -> dict[str, Proposal]:
    found: dict[str, Proposal] = {}
    if not missing_inputs(criteria, filings.answers(sheet)):
        found[FormPoint.COMPLETE] = Proposal(True, Ground.NOTHING_MISSING)
    if application.organisation is None:
        found[FormPoint.ORGANISATION_CONFIRMED] = Proposal(None, Ground.NO_ORGANISATION)
    elif application.organisation.status is Standing.CONFIRMED:
        found[FormPoint.ORGANISATION_CONFIRMED] = Proposal(True, Ground.CONFIRMED)
    if application.site.status is Standing.CONFIRMED:
        found[FormPoint.SITE_CONFIRMED] = Proposal(True, Ground.CONFIRMED)
    return found
