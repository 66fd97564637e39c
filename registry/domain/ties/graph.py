"""The ways from one organisation to all others that it is bound to, each the shortest of its sort."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from registry.domain.errors import NotFound
from registry.domain.ties.names import Agreement, Name, Units, agreement, opening, person_key, read
from registry.domain.ties.values import (
    Bond,
    BondKind,
    By,
    Node,
    NodeKind,
    Organisation,
    Reach,
    Rules,
    Step,
    StepKind,
    Way,
)

Nexts = Callable[[str], Iterable[tuple[str, Step]]]
_Trail = tuple[tuple[str, ...], tuple[Step, ...]]
_WEAKER = {By.CODE: 0, By.NAME: 1, By.LIKE_NAME: 2}
_LED_BY, _LEADS = Step(StepKind.LED_BY), Step(StepKind.LEADS)


class Graph:
    """Organisations and the bonds that hold on a day, indexed so that only what is bound is ever looked at."""

    def __init__(
        self, organisations: Iterable[Organisation], bonds: Iterable[Bond], day: date, rules: Rules | None = None
    ) -> None:
        """Raise NotFound where a bond names an organisation that is not among those given."""
        self.day, self.rules = day, rules or Rules()
        self.organisations: dict[str, Organisation] = {}
        for one in sorted(organisations, key=lambda one: (one.key, one.name, one.name_en)):
            self.organisations.setdefault(one.key, one)
        self.represented: dict[str, list[str]] = defaultdict(list)
        for key, one in self.organisations.items():
            if one.representative:
                self.represented[person_key(one.representative)].append(key)
        self._parents = self._bound(bonds := list(bonds), BondKind.PARENT, StepKind.PARENT)
        self._children = self._bound(bonds, BondKind.PARENT, StepKind.SUBSIDIARY, turned=True)
        there = self._bound(bonds, BondKind.AFFILIATE, StepKind.AFFILIATE)
        back = self._bound(bonds, BondKind.AFFILIATE, StepKind.AFFILIATE, turned=True)
        self._affiliates = {key: [*there[key], *back[key]] for key in {*there, *back}}
        self._spelled = _Spellings(self.organisations.values())
        self._spelled_without_code = _Spellings(one for one in self.organisations.values() if not one.code)
        self._ways: dict[Organisation, dict[str, tuple[Way, ...]]] = {}
        self._trails_from: dict[str, dict[tuple[str, Reach], _Trail]] = {}
        self._alike: dict[str, list[tuple[str, By]]] = {}

    def _bound(
        self, bonds: Sequence[Bond], kind: BondKind, step: StepKind, *, turned: bool = False
    ) -> Mapping[str, list[tuple[str, Step]]]:
        found: dict[str, list[tuple[str, Step]]] = defaultdict(list)
        for bond in bonds:
            for key in (bond.one, bond.other):
                if key not in self.organisations:
                    raise NotFound
            if bond.kind is kind and bond.one != bond.other and (bond.until is None or self.day < bond.until):
                one, other = (bond.other, bond.one) if turned else (bond.one, bond.other)
                found[one].append((other, Step(step, bond.since, bond.until)))
        for rows in found.values():
            rows.sort(key=lambda row: (row[0], str(row[1].since), str(row[1].until)))
        return found

    def ways(self, start: Organisation) -> Mapping[str, tuple[Way, ...]]:
        """Return by key of its end every way from an organisation, known to the graph or not; itself is among them."""
        found = self._ways.get(start)
        if found is None:
            best: dict[tuple[str, Reach, By], Way] = {}
            for way in self._all_ways(start):
                key = (way.end, way.reach, way.by)
                if key not in best or len(way.steps) < len(best[key].steps):
                    best[key] = way
            by_end: dict[str, list[Way]] = defaultdict(list)
            for (end, _, _), way in best.items():
                by_end[end].append(way)
            found = self._ways[start] = {end: tuple(some) for end, some in by_end.items()}
        return found

    def _all_ways(self, start: Organisation) -> Iterator[Way]:
        known = By.CODE if start.code else By.NAME if read(start.name or start.name_en).telling else By.LIKE_NAME
        for (end, reach), trail in self._trails(start.key).items():
            yield self._way(start, reach, known, trail)
            for other, by in self._same_or_like(self.organisations.get(end, start)):
                if other not in trail[0]:
                    named = (*trail[0], other), (*trail[1], _named(by))
                    yield self._way(start, reach, max(known, by, key=_WEAKER.__getitem__), named)
        for other, by in self._same_or_like(start):
            for (end, reach), trail in self._trails(other).items():
                if end != start.key and start.key not in trail[0]:
                    yield self._way(start, reach, by, ((start.key, *trail[0]), (_named(by), *trail[1])))

    def _way(self, start: Organisation, reach: Reach, by: By, trail: _Trail) -> Way:
        nodes = tuple(self._node(key, start) for key in trail[0])
        return Way(reach, by, nodes, trail[1], sum(step.kind is StepKind.AFFILIATE for step in trail[1]))

    def _node(self, key: str, start: Organisation) -> Node:
        if key.startswith("named:"):
            return Node(NodeKind.NAMED, key, key.removeprefix("named:"))
        one = start if key == start.key else self.organisations[key]
        return Node(NodeKind.ORGANISATION, key, one.name or one.name_en)

    def _trails(self, start: str) -> Mapping[tuple[str, Reach], _Trail]:
        """Return the shortest trail of each sort that rests on no likeness of names of organisations."""
        found = self._trails_from.get(start)
        if found is None:
            found = self._trails_from[start] = self._found_trails(start)
        return found

    def _found_trails(self, start: str) -> dict[tuple[str, Reach], _Trail]:
        found: dict[tuple[str, Reach], _Trail] = {(start, Reach.DIRECT): ((start,), ())}
        above = _shortest([((start,), ())], lambda key: self._parents.get(key, ()))
        below = _shortest([((start,), ())], lambda key: self._children.get(key, ()))
        beside = _shortest(above.values(), lambda key: self._children.get(key, ()))
        affiliates = _shortest([((start,), ())], lambda key: self._affiliates.get(key, ()))
        lines = [*above.items(), *below.items()]
        for key, trail in sorted(lines, key=lambda row: len(row[1][1]), reverse=True):
            if key != start:
                found[key, Reach.LINE] = trail
        closer = {*above, *below}
        found |= {(key, Reach.GROUP): trail for key, trail in beside.items() if key not in closer}
        found |= {(key, Reach.AFFILIATE): trail for key, trail in affiliates.items() if key != start}
        for key, surely in self._led_alike(start):
            reach = Reach.SAME_REPRESENTATIVE if surely else Reach.REPRESENTATIVE_NAMESAKE
            found[key, reach] = (start, self._led_by(key), key), (_LED_BY, _LEADS)
        near = {key for key, reach in found if reach is not Reach.REPRESENTATIVE_NAMESAKE}
        for key, (nodes, steps) in _shortest([((start,), ())], self._any).items():
            if key not in near and not key.startswith("named:"):
                found[key, Reach.CONNECTED] = nodes, steps
        return found

    def _any(self, key: str) -> Iterator[tuple[str, Step]]:
        """Every bond of an organisation with others, whichever way it goes."""
        yield from self._parents.get(key, ())
        yield from self._children.get(key, ())
        yield from self._affiliates.get(key, ())

    def _led_by(self, key: str) -> str:
        return f"named:{person_key(self.organisations[key].representative)}"

    def _led_alike(self, start: str) -> Iterator[tuple[str, bool]]:
        """Whoever has a legal representative of the same name, and whether region or parent agree too.

        A name alone is weak: hundreds of thousands bear the commonest. That one person leads two suppliers is what
        article 18 of 政府采购法实施条例 looks at.
        """
        one = self.organisations.get(start)
        if one is None or not one.representative:
            return
        parents = {key for key, _ in self._parents.get(start, ())}
        place = one.region[: self.rules.region_depth]
        for key in self.represented[person_key(one.representative)]:
            if key != start:
                other = self.organisations[key]
                near = len(place) == self.rules.region_depth and place == other.region[: self.rules.region_depth]
                yield key, near or any(parent in parents for parent, _ in self._parents.get(key, ()))

    def _same_or_like(self, one: Organisation) -> Sequence[tuple[str, By]]:
        """Return the organisations that may be this one by their name.

        Of two with codes the codes decide; only where the whole name is the same may one code be a slip.
        """
        spelled = (one.name, one.name_en)
        key = "\x1f".join((one.key, *spelled))
        found = self._alike.get(key)
        if found is None:
            rows = []
            index = self._spelled_without_code if one.code else self._spelled
            for other, how in index.alike(spelled):
                if other != one.key:
                    rows.append((other, By.NAME if how is Agreement.SAME else By.LIKE_NAME))
            if one.code:
                rows += [
                    (other, By.LIKE_NAME)
                    for other in self._spelled.of_one_name(spelled)
                    if other.startswith("code:") and other != one.key
                ]
            found = self._alike[key] = sorted(rows)
        return found


def _named(by: By) -> Step:
    return Step(StepKind.SAME_NAME if by is By.NAME else StepKind.LIKE_NAME)


def _shortest(starts: Iterable[_Trail], nexts: Nexts) -> dict[str, _Trail]:
    """Return the shortest trail to every node that can be reached, going on from trails that are there already."""
    found: dict[str, _Trail] = {}
    waiting: deque[tuple[str, _Trail]] = deque()
    levels: dict[int, list[_Trail]] = defaultdict(list)
    for trail in starts:
        levels[len(trail[1])].append(trail)
    step_count = 0
    while waiting or levels:
        for trail in levels.pop(step_count, ()):
            if trail[0][-1] not in found:
                found[trail[0][-1]] = trail
                waiting.append((trail[0][-1], trail))
        for _ in range(len(waiting)):
            key, (nodes, steps) = waiting.popleft()
            for other, step in nexts(key):
                if other not in found:
                    found[other] = ((*nodes, other), (*steps, step))
                    waiting.append((other, found[other]))
        step_count += 1
    return found


class _Spellings:
    """Names of organisations, looked up by what they are equal to, lie within or contain."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._names: dict[str, list[Name]] = {}
        self._whole: dict[str, set[str]] = defaultdict(set)
        self._equal: dict[Units, set[str]] = defaultdict(set)
        self._opened: dict[Units, set[str]] = defaultdict(set)
        self._holding: dict[Units, set[str]] = defaultdict(set)
        for one in organisations:
            names = [read(text) for text in (one.name, one.name_en) if text]
            self._names[one.key] = names
            for name in names:
                self._whole[name.key].add(one.key)
                for units in {name.core, name.loose}:
                    self._enter(units, one.key)

    def _enter(self, units: Units, key: str) -> None:
        self._equal[units].add(key)
        for start in range(len(units)):
            begun = opening(units, start)
            if begun is not None:
                self._holding[begun].add(key)
                if start == 0:
                    self._opened[begun].add(key)

    def of_one_name(self, spelled: Iterable[str]) -> set[str]:
        """Return the keys of organisations that bear one of these names, whole and long enough to be somebody's own."""
        names = [read(text) for text in spelled if text]
        return {key for name in names if name.telling for key in self._whole.get(name.key, ())}

    def alike(self, spelled: Iterable[str]) -> list[tuple[str, Agreement]]:
        """Return the keys of organisations whose names agree with one of these, with the best agreement of each."""
        found: dict[str, Agreement] = {}
        for name in (read(text) for text in spelled if text):
            for key in self._near(name):
                for other in self._names[key]:
                    how = agreement(name, other)
                    if how is not None and found.get(key) is not Agreement.SAME:
                        found[key] = how
        return sorted(found.items())

    def _near(self, name: Name) -> set[str]:
        keys: set[str] = set()
        for units in {name.core, name.loose}:
            keys |= self._equal.get(units, set())
            begun = opening(units)
            if begun is not None:
                keys |= self._holding.get(begun, set())
            for start in range(len(units)):
                inner = opening(units, start)
                if inner is not None:
                    keys |= self._opened.get(inner, set())
        return keys
