"""What the office sets for a plan, as values and as they are kept; and reasons as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.domain.assigning.values import Demand, Level, Reason, Rules


@dataclass(frozen=True, slots=True)
class Settings:
    """How a plan is to be drawn up.

    `most` is the limit of the load of whoever has none of their own. With `unjudged` a possible tie that nobody has
    judged yet keeps two apart as well. With a `round_category` only its applications are looked at.
    """

    seed: str
    most: int = 20
    apart: Level | None = Level.CITY
    demand: Demand = Demand.ANY
    unjudged: bool = True
    round_category: int | None = None

    @property
    def rules(self) -> Rules:
        """The rules that the plan follows."""
        return Rules(seed=self.seed, apart=self.apart, demand=self.demand)


def written(settings: Settings) -> dict[str, Any]:
    """Return settings as they are kept."""
    return {
        "seed": settings.seed,
        "most": settings.most,
        "apart": settings.apart and settings.apart.name.lower(),
        "demand": settings.demand.value,
        "unjudged": settings.unjudged,
        "round_category": settings.round_category,
    }


def settings_of(kept: Mapping[str, Any]) -> Settings:
    """Return the settings that were kept."""
    return Settings(
        seed=kept["seed"],
        most=kept["most"],
        apart=Level[kept["apart"].upper()] if kept["apart"] else None,
        demand=Demand(kept["demand"]),
        unjudged=kept["unjudged"],
        round_category=kept["round_category"],
    )


def written_reason(reason: Reason) -> dict[str, Any]:
    """Return a reason as it is kept, with a reason that stands in its values."""
    values = {name: _kept(value) for name, value in reason.values.items()}
    return {"key": str(reason.key), "values": values}


def reason_of(kept: Mapping[str, Any]) -> Reason:
    """Return the reason that was kept."""
    return Reason(kept["key"], {name: _read(value) for name, value in kept["values"].items()})


def _kept(value: object) -> object:
    if isinstance(value, Reason):
        return {"reason": written_reason(value)}
    return list(value) if isinstance(value, tuple) else value


def _read(value: Any) -> object:
    if isinstance(value, dict):
        return reason_of(value["reason"])
    return tuple(value) if isinstance(value, list) else value
