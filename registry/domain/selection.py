"""The ranking under a quota: who is in, who waits in reserve, who is out, and on what ground.

Whoever a meeting does not support, or is barred, has no place in it, whatever the total. A place that falls vacant goes
to the reserve first, in its order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from registry.domain.vocabulary import Ground, Result

ORDER = "order"
RESERVE = "reserve"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One application as the ranking sees it.

    `waits` says that an earlier decision placed it in reserve, `supported` is false where a meeting spoke against it,
    `barred` says that it is barred from the programme.
    """

    key: int
    total: Decimal | None
    ties: tuple[tuple[str, Decimal], ...] = ()
    reaches: bool = True
    waits: bool = False
    supported: bool = True
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The place of one application.

    Those equal in total and in every tie-break value share a rank. `parted_by` names what sets a row below the one
    above it where their totals are equal: a tie-break value, or the order of the keys where nothing else does; or the
    reserve, whose members stand before who comes later.
    """

    key: int
    rank: int | None
    result: Result
    ground: Ground
    parted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """All rows in order, the key of the last above the cut, and the keys of a tie that the cut goes through."""

    rows: tuple[Row, ...]
    last_in: int | None
    across: tuple[int, ...]


def rank(candidates: Iterable[Candidate], places: int | None, reserve: int) -> Ranked:
    """Order by reserve, total, the tie-break values and key, and cut at the places there are.

    Without a number of places everyone who reaches the lowest grade is in. The next ones stand in reserve, as many as
    asked for; whoever stood there before stays there. Who does not reach the lowest grade, is not supported or is
    barred has no rank.
    """
    everyone = sorted(candidates, key=lambda one: one.key)
    able = sorted((one for one in everyone if _able(one)), key=_figures, reverse=True)
    cut = len(able) if places is None else min(places, len(able))
    rows = tuple(_row(able, index, cut, reserve) for index in range(len(able)))
    below = tuple(_below(one) for one in everyone if not _able(one))
    return Ranked(rows + below, able[cut - 1].key if cut else None, _across(able, cut))


def _able(candidate: Candidate) -> bool:
    return candidate.reaches and candidate.supported and not candidate.barred and candidate.total is not None


def _figures(candidate: Candidate) -> tuple[Decimal, ...]:
    return (Decimal(candidate.waits), candidate.total or Decimal(0), *(points for _, points in candidate.ties))


def _row(able: Sequence[Candidate], index: int, cut: int, reserve: int) -> Row:
    one = able[index]
    result, ground = Result.UNSELECTED, Ground.BELOW_CUT
    if index < cut:
        result, ground = Result.SELECTED, Ground.WITHIN_QUOTA
    elif index < cut + reserve or one.waits:
        result, ground = Result.RESERVED, Ground.NEXT_IN_LINE
    place = 1 + sum(_figures(other) > _figures(one) for other in able)
    return Row(one.key, place, result, ground, _parted_by(able[index - 1], one) if index else None)


def _below(candidate: Candidate) -> Row:
    ground = Ground.NOT_SUPPORTED
    if candidate.total is None:
        ground = Ground.NO_FIGURE
    elif not candidate.reaches:
        ground = Ground.BELOW_LOWEST_GRADE
    elif candidate.barred:
        ground = Ground.BARRED
    return Row(candidate.key, None, Result.UNSELECTED, ground)


def _parted_by(above: Candidate, one: Candidate) -> str | None:
    if above.waits is not one.waits:
        return RESERVE
    if above.total != one.total:
        return None
    pairs = zip(above.ties, one.ties, strict=True)
    return next((name for (name, more), (_, less) in pairs if more != less), ORDER)


def _across(able: Sequence[Candidate], cut: int) -> tuple[int, ...]:
    """Return the keys of all that are equal in everything on both sides of the cut."""
    if not 0 < cut < len(able) or _figures(able[cut - 1]) != _figures(able[cut]):
        return ()
    return tuple(one.key for one in able if _figures(one) == _figures(able[cut]))
