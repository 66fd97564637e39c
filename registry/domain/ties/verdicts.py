"""What was decided about findings: kept in mind by fingerprint, the latest counts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from registry.domain.errors import Invalid
from registry.domain.ties.values import Decision, Finding, Judged, Strength, Verdict


def latest(verdicts: Iterable[Verdict]) -> dict[str, Verdict]:
    """Return of each fingerprint the verdict that counts: the latest."""
    return {one.fingerprint: one for one in sorted(verdicts, key=lambda one: one.at)}


def judged(findings: Iterable[Finding], remembered: Mapping[str, Verdict]) -> Judged:
    """Return which findings stand once the verdicts that count are applied, and which were dismissed.

    What was decided about the person's own finding goes before what was decided about the two organisations. A
    confirmed finding is certain. An unequivocal one stands whatever was decided.
    """
    standing, dismissed, used = [], [], {}
    for one in findings:
        found = remembered.get(one.fingerprint) or (remembered.get(one.between) if one.between else None)
        if found is None or one.unequivocal:
            standing.append(one)
        elif found.decision is Decision.DISMISSED:
            dismissed.append((one, found))
        else:
            standing.append(replace(one, strength=Strength.CERTAIN))
            used[one.fingerprint] = found
    standing.sort(key=lambda one: (one.strength is Strength.POSSIBLE, len(one.steps)))
    return Judged(tuple(standing), tuple(dismissed), used)


def may_dismiss(finding: Finding) -> None:
    """Raise Invalid where a finding is unequivocal: the person must leave the case, no word clears it."""
    if finding.unequivocal:
        raise Invalid("tie_unequivocal", field="decision", tie=str(finding.tie))
