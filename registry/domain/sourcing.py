"""What the numbers of a criteria set rest on, counted: a document, our use of one, a public source, or nothing."""

from collections import Counter
from collections.abc import Iterable

from registry.domain.criteria import CriteriaSet
from registry.domain.shapes import Gate, Indicator, Source

# From the nearest to a document to the farthest.
KINDS: tuple[Source, ...] = ("document", "derived", "public", "default")


def decisive(entry: Gate | Indicator) -> Source | None:
    """Return the kind of source nearest to a document among the numbers of an entry, None where it has no number."""
    if entry.source is None:
        return None
    kinds = {entry.source.points, entry.source.curve, entry.source.formula}
    return next((kind for kind in KINDS if kind in kinds), None)


def counted(criteria: CriteriaSet) -> Counter[Source]:
    """Count the gates with a number and the indicators of a set by the kind of their decisive source."""
    entries: tuple[Gate | Indicator, ...] = (*criteria.gates, *criteria.indicators.values())
    return Counter(kind for entry in entries if (kind := decisive(entry)) is not None)


def table(sets: Iterable[CriteriaSet]) -> str:
    """Return the counts of several sets as a table in Markdown, with their sum."""
    whole: Counter[Source] = Counter()
    lines = [f"| set | {' | '.join(KINDS)} | 名称 |", "|---|" + "---:|" * len(KINDS) + "---|"]
    for criteria in sets:
        found = counted(criteria)
        whole += found
        lines.append(_row(f"`{criteria.key}`", found, criteria.title.zh))
    return "\n".join([*lines, _row("together", whole, "")])


def _row(name: str, found: Counter[Source], title: str) -> str:
    return f"| {name} | {' | '.join(str(found[kind]) for kind in KINDS)} | {title} |"
