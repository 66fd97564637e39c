"""The totals of a frozen round with the severities of its reviewers made good, for a round in which these decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from registry.domain.calibration import Calibration, calibrate
from registry.domain.chain import digest_of
from registry.domain.whatif.bench import Bench
from registry.domain.whatif.frozen import FrozenRound, marks_of
from registry.domain.whatif.settings import Setting

NOBODY: Mapping[str, Decimal] = {}


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The adjusted total of each application by key, and the severities behind it; empty where they cannot be told."""

    totals: Mapping[int, Decimal | None]
    severities: Mapping[str, Decimal]

    @property
    def told(self) -> bool:
        """Whether there are severities; without any, the totals are those of the marks as they were given."""
        return bool(self.severities)

    @property
    def digest(self) -> str:
        """The digest of the severities by reviewer."""
        return digest_of({reviewer: format(one, "f") for reviewer, one in self.severities.items()})


def told(calibration: Calibration) -> Mapping[str, Decimal]:
    """Return the severities that there is something to adjust by; none where no mark says more than is needed."""
    return calibration.severities if calibration.between is not None and calibration.between > 0 else NOBODY


def adjust(frozen: FrozenRound) -> Adjusted:
    """Return the totals of a frozen round adjusted by the severities that its own marks tell."""
    severities = told(calibrate(marks_of(frozen)))
    bench = Bench(FrozenRound(frozen.frame, frozen.applications, severities))
    return Adjusted(bench.outcome(Setting(adjusted=bool(severities), by_given=True)).figures, severities)
