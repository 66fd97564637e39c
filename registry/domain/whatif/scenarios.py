"""A setting as plain values: what it changes of a base, for an address, a scenario that is kept, and a decision."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from registry.domain.quota_rules import Rule
from registry.domain.whatif.settings import Setting

# What is changed, by name: `places` and `pool` are whole numbers, `lowest` a figure, `minima` and `weights` figures by
# section or indicator, `ties` the tie sums in order, `rules` the numbers of quota rules by their keys.
Changes = Mapping[str, Any]
# What a selection can follow: all else was fixed in public before the round opened.
ADOPTABLE = frozenset({"places", "lowest"})


def setting_of(base: Setting, changes: Changes) -> Setting:
    """Return the base with the changes; raises ValueError where one of them names what the base does not have."""
    numbers: Mapping[str, int] = changes.get("rules", {})
    unknown = set(numbers) - {rule.key for rule in base.rules}
    if unknown:
        raise ValueError(f"no such rules: {sorted(unknown)}")
    ties = changes.get("ties")
    return replace(
        base,
        key="changed",
        adjusted=bool(changes.get("adjusted", base.adjusted)),
        aggregation=changes.get("aggregation", base.aggregation),
        weights=tuple((key, Decimal(factor)) for key, factor in changes.get("weights", {}).items()) or base.weights,
        lowest=Decimal(changes["lowest"]) if "lowest" in changes else base.lowest,
        minima=tuple(changes.get("minima", {}).items()) or base.minima,
        ties=base.ties if ties is None else tuple(ties),
        places=changes.get("places", base.places),
        pool=changes.get("pool", base.pool),
        rules=tuple(_numbered(rule, numbers) for rule in base.rules),
    )


def fixed_before(changes: Changes) -> tuple[str, ...]:
    """Return the names of what a scenario changes although the round fixed it before it opened."""
    return tuple(sorted(set(changes) - ADOPTABLE))


def _numbered(rule: Rule, numbers: Mapping[str, int]) -> Rule:
    if rule.key not in numbers:
        return rule
    number = numbers[rule.key]
    return replace(rule, most=number) if rule.most is not None else replace(rule, least=number)
