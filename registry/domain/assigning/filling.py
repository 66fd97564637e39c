"""How many places can be filled at all, found by exchanging reviewers along chains until no chain leads further.

A chain begins at a case with an open place. A reviewer with room ends it; one without room passes a place of another
case on to somebody else. What a search in vain has seen can never help later, so it is not looked at again: at the end
those cases and reviewers are the ones for whom there are too few.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from registry.domain.assigning.weighing import members


@dataclass(frozen=True, slots=True)
class Room:
    """Cases and reviewers as bare numbers: places needed, room left, who cannot serve beside whom."""

    needed: Sequence[int]
    rooms: Sequence[int]
    colleagues: Sequence[int]


class Filling:
    """Who serves where, as sets of bits by case; `short` are the cases and `scarce` the reviewers of vain searches."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._left = list(room.rooms)
        self._serves: list[set[int]] = [set() for _ in room.rooms]
        self.there = [0] * len(room.needed)
        self.short: set[int] = set()
        self.scarce = 0

    @property
    def filled(self) -> int:
        """How many places are filled."""
        return sum(one.bit_count() for one in self.there)

    @property
    def open(self) -> list[int]:
        """The cases with an open place."""
        return [case for case, needed in enumerate(self.room.needed) if self.there[case].bit_count() < needed]

    def reached(self, start: int, able: Sequence[int]) -> set[int]:
        """Return the cases that a search from one case passes, after those able have filled all they can."""
        kept = self.short, self.scarce
        self.short, self.scarce = set(), 0
        self._lengthen(start, able)
        found = self.short
        self.short, self.scarce = kept
        return found

    def joined_by(self, rooms: Sequence[int]) -> "Filling":
        """Return the same filling with further reviewers, who have this room and no colleague."""
        ours = len(self.room.rooms)
        alone = [1 << one for one in range(ours, ours + len(rooms))]
        more = Filling(Room(self.room.needed, [*self.room.rooms, *rooms], [*self.room.colleagues, *alone]))
        more._left = [*self._left, *rooms]
        more._serves = [*(set(one) for one in self._serves), *(set() for _ in rooms)]
        more.there = list(self.there)
        return more

    def fill(self, able: Sequence[int]) -> None:
        """Fill as many places as can be filled by those able; what is filled already stays filled, if by others."""
        self.short, self.scarce = set(), 0
        for case, needed in enumerate(self.room.needed):
            for reviewer in sorted(members(able[case]), key=lambda one: (-self._left[one], one)):
                if self.there[case].bit_count() >= needed:
                    break
                if self._left[reviewer] and not self._beside(case) >> reviewer & 1:
                    self._place(case, reviewer)
                    self._left[reviewer] -= 1
        for case, needed in enumerate(self.room.needed):
            while self.there[case].bit_count() < needed and self._lengthen(case, able):
                pass

    def _lengthen(self, start: int, able: Sequence[int]) -> bool:
        """Fill one more place of a case by a shortest chain; False where there is none."""
        if start in self.short:
            return False
        came: dict[int, tuple[int, int | None]] = {}
        seen, through = self.scarce, {start} | self.short
        waiting: deque[int] = deque()
        for reviewer in members(able[start] & ~self._beside(start) & ~seen):
            seen |= 1 << reviewer
            came[reviewer] = (start, None)
            waiting.append(reviewer)
        while waiting:
            reviewer = waiting.popleft()
            if self._left[reviewer]:
                self._left[reviewer] -= 1
                self._exchange(reviewer, came)
                return True
            for case in sorted(self._serves[reviewer]):
                # From the place that is given up a colleague can go on, and anyone whose colleagues are not there.
                free = self.room.colleagues[reviewer] | ~self._beside(case)
                next_ones = able[case] & ~self.there[case] & ~seen & free
                through.add(case)
                seen |= next_ones
                for other in members(next_ones):
                    came[other] = (case, reviewer)
                    waiting.append(other)
        self.short, self.scarce = through, seen
        return False

    def _exchange(self, last: int, came: dict[int, tuple[int, int | None]]) -> None:
        reviewer: int | None = last
        while reviewer is not None:
            case, before = came[reviewer]
            self._place(case, reviewer)
            if before is not None:
                self.there[case] &= ~(1 << before)
                self._serves[before].discard(case)
            reviewer = before

    def _place(self, case: int, reviewer: int) -> None:
        self.there[case] |= 1 << reviewer
        self._serves[reviewer].add(case)

    def _beside(self, case: int) -> int:
        out = 0
        for reviewer in members(self.there[case]):
            out |= self.room.colleagues[reviewer]
        return out
