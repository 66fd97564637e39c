"""What is wrong in a file or an answer from outside, as values; ``registry.words`` has the sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from registry.domain.errors import Invalid


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where it stands, which sentence says it, and the values in that sentence."""

    line: int
    path: str
    key: str
    values: Mapping[str, str] = field(default_factory=dict)


class CriteriaFaulty(Invalid):
    """A file of criteria, documents, factors or regions cannot be used; all its faults, in order of lines."""

    def __init__(self, source: str, faults: Iterable[Fault]) -> None:
        self.source = source
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.path)))
        super().__init__("criteria_faulty", source=source, count=len(self.faults))


class AnswersFaulty(Invalid):
    """Answers or marks do not fit the set; all their faults at once. They have paths, but no lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("answers_faulty", count=len(self.faults))


class SeriesFaulty(Invalid):
    """A file of series cannot be used; all its faults at once, with line and column."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("series_faulty", count=len(self.faults))
