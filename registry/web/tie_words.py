"""The way from a person to an organisation in words: step by step, in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass

from registry.domain.ties.values import Finding, Step, StepKind
from registry.web.templating import day, label
from registry.web.templating import said as _


@dataclass(frozen=True, slots=True)
class Told:
    """A step of a way: how it leads on, and to whom."""

    step: str
    name: str


def way(finding: Finding) -> list[Told]:
    """Return the steps of a way from the person on; the last says the part that its end has in the application."""
    steps = [
        Told(_STEPS[step.kind](step), node.name) for step, node in zip(finding.steps, finding.nodes[1:], strict=True)
    ]
    parts = _(", ").join(label(part) for part in finding.parts)
    last = steps[-1]
    return [*steps[:-1], Told(last.step, _("%(name)s (%(parts)s)", name=last.name, parts=parts))]


_STEPS: dict[StepKind, Callable[[Step], str]] = {
    StepKind.EMPLOYER: lambda _step: _("works at"),
    StepKind.PAST_EMPLOYER: lambda step: _("worked until %(day)s at", day=day(step.until)),
    StepKind.SEAT: lambda _step: _("acts for"),
    StepKind.PAST_SEAT: lambda step: _("acted until %(day)s for", day=day(step.until)),
    StepKind.DECLARED: lambda step: _("declared “%(words)s” about", words=step.words),
    StepKind.NAMESAKE: lambda _step: _("has the same name as"),
    StepKind.PARENT: lambda _step: _("whose parent is"),
    StepKind.SUBSIDIARY: lambda _step: _("whose subsidiary is"),
    StepKind.AFFILIATE: lambda _step: _("whose affiliate is"),
    StepKind.LED_BY: lambda _step: _("whose legal representative is"),
    StepKind.LEADS: lambda _step: _("a name that is also the legal representative's of"),
    StepKind.SAME_NAME: lambda _step: _("has the same name as the organisation"),
    StepKind.LIKE_NAME: lambda _step: _("has a like name as the organisation"),
}
