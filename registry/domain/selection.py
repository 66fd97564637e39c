"""The ranking under quotas: who is in, who waits in reserve, who is out, and on what ground.

Whoever a meeting does not support, or is barred on any ground, has no place in it, whatever the total. A place that
falls vacant goes to the reserve first, in its order. Limits and reserved places of groups are rules of
`registry.domain.quota_rules`.

An override decides the result of one application apart from the order, in or out. It makes no place more: who is put in
takes one of those there are, and the rest are filled down the ranking. Nor does it lift a limit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from registry.domain.quota_rules import Allotted, Groups, Rule, allot
from registry.domain.vocabulary import Ground, Result

ORDER = "order"
RESERVE = "reserve"
SETTLED = "settled"
# By key, whether an override puts an application in; otherwise it keeps it out.
Overrides = Mapping[int, bool]
NO_OVERRIDES: Overrides = {}
# What keeps somebody out whatever the figures are, and can be over on a later day.
BARS = frozenset({Ground.BARRED, Ground.NOT_LISTED, Ground.HELD_ALREADY})


@dataclass(frozen=True, slots=True)
class Candidate:
    """One application as the ranking sees it.

    `given` is the total of the marks as they were given, where the order goes by another one: a least total is one of
    these. `waits` says that an earlier decision placed it in reserve, `turn` in which place there, `supported` is false
    where a meeting spoke against it, `barred` on which ground it can have no place whatever its figures are, one of
    BARS. `groups` are the groups that quota rules count it in.
    """

    key: int
    total: Decimal | None
    ties: tuple[tuple[str, Decimal], ...] = ()
    reaches: bool = True
    waits: bool = False
    supported: bool = True
    barred: Ground | None = None
    turn: int | None = None
    groups: Groups = field(default_factory=dict)
    given: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The place of one application.

    Those equal in total and in every tie-break value share a rank. `parted_by` names what sets a row below the one
    above it where their totals are equal: a tie-break value, or the order of the keys where nothing else does; or the
    reserve, whose members stand before who comes later, in the order that was decided. `rule` is the quota rule that
    let a row in before others or kept it out.
    """

    key: int
    rank: int | None
    result: Result
    ground: Ground
    parted_by: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """All rows in order, the key of the last that is in, and the keys of those whose tie the cut goes through."""

    rows: tuple[Row, ...]
    last_in: int | None
    across: tuple[int, ...]


def rank(
    candidates: Iterable[Candidate],
    places: int | None,
    reserve: int,
    rules: Sequence[Rule] = (),
    *,
    least: Decimal | None = None,
    overrides: Overrides = NO_OVERRIDES,
) -> Ranked:
    """Order by reserve, place in it, total, tie-break values and key, and fill the places there are under the rules.

    Without a number of places everyone who reaches the lowest grade is in, as far as the rules allow. The next ones
    stand in reserve, as many as asked for; whoever stood there before stays there. Who does not reach the lowest grade
    or the `least` total, is not supported or is barred has no rank, and no override gives one.
    """
    everyone = sorted(candidates, key=lambda one: one.key)
    able = sorted((one for one in everyone if _able(one, least)), key=_figures, reverse=True)
    first = [one for one in able if overrides.get(one.key)]
    in_order = [one for one in able if one.key not in overrides]
    allotted = allot(
        [(one.key, one.groups) for one in (*first, *in_order)], len(able) if places is None else places, rules
    )
    last = next((one.key for one in reversed(in_order) if one.key in allotted.taken), None)
    waiting = _waiting([one for one in in_order if one.key not in allotted.taken], allotted, reserve)
    rows: list[Row] = []
    before = last is not None
    for index, (place, one) in enumerate(_placed(able)):
        result, ground = _standing(one, allotted, waiting, before=before)
        if one.key in overrides:
            result, ground = Result.SELECTED if one.key in allotted.taken else Result.UNSELECTED, Ground.OVERRIDDEN
        parted_by = _parted_by(able[index - 1], one) if index else None
        rows.append(Row(one.key, place, result, ground, parted_by, allotted.rule_of(one.key)))
        before = before and one.key != last
    below = tuple(_below(one) for one in everyone if not _able(one, least))
    return Ranked((*rows, *below), last, _across(in_order, allotted.taken))


def _able(candidate: Candidate, least: Decimal | None) -> bool:
    if candidate.total is None:
        return False
    if least is not None and (candidate.total if candidate.given is None else candidate.given) < least:
        return False
    return candidate.reaches and candidate.supported and candidate.barred is None


def _figures(candidate: Candidate) -> tuple[Decimal, ...]:
    # The order in reserve was decided: equals there are no open tie any more.
    turn = Decimal(-(candidate.turn or 0))
    return (Decimal(candidate.waits), turn, candidate.total or Decimal(0), *(points for _, points in candidate.ties))


def _placed(able: Sequence[Candidate]) -> Iterable[tuple[int, Candidate]]:
    """Return everyone in order with the rank, which those equal in all figures share."""
    before = 0
    for _, equals in groupby(able, key=_figures):
        members = list(equals)
        yield from ((before + 1, one) for one in members)
        before += len(members)


def _waiting(left: Sequence[Candidate], allotted: Allotted, reserve: int) -> frozenset[int]:
    """Return the keys of the next ones in line; whoever a full limit keeps out is not next."""
    return frozenset([one.key for one in left if one.waits or one.key not in allotted.passed][:reserve])


def _standing(one: Candidate, allotted: Allotted, waiting: frozenset[int], *, before: bool) -> tuple[Result, Ground]:
    """Return what becomes of somebody with a rank; `before` says whether it is above the last that is in."""
    if one.key in allotted.taken:
        return Result.SELECTED, Ground.RESERVED_PLACE if one.key in allotted.favoured else Ground.WITHIN_QUOTA
    if one.waits or one.key in waiting:
        return Result.RESERVED, Ground.NEXT_IN_LINE
    return Result.UNSELECTED, Ground.ABOVE_LIMIT if before and one.key in allotted.passed else Ground.BELOW_CUT


def _below(candidate: Candidate) -> Row:
    ground = Ground.NOT_SUPPORTED
    if candidate.total is None:
        ground = Ground.NO_FIGURE
    elif not candidate.reaches:
        ground = Ground.BELOW_LOWEST_GRADE
    elif candidate.barred is not None:
        ground = candidate.barred
    elif candidate.supported:
        ground = Ground.BELOW_MINIMUM
    return Row(candidate.key, None, Result.UNSELECTED, ground)


def _parted_by(above: Candidate, one: Candidate) -> str | None:
    if above.waits is not one.waits:
        return RESERVE
    if above.total != one.total:
        return None
    if above.turn != one.turn:
        return SETTLED
    pairs = zip(above.ties, one.ties, strict=True)
    return next((name for (name, more), (_, less) in pairs if more != less), ORDER)


def _across(able: Sequence[Candidate], taken: frozenset[int]) -> tuple[int, ...]:
    """Return the keys of all that are equal in everything although only some of them are in."""
    found: list[int] = []
    for _, equals in groupby(able, key=_figures):
        keys = [one.key for one in equals]
        if taken.intersection(keys) and not taken.issuperset(keys):
            found += keys
    return tuple(found)
