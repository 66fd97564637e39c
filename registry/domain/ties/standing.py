"""People held against the applications of a round: what ties each to each, found from the people's side."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from registry.domain.errors import NotFound
from registry.domain.ties.graph import Graph
from registry.domain.ties.names import person_key
from registry.domain.ties.values import (
    By,
    Case,
    Finding,
    Link,
    LinkKind,
    Node,
    NodeKind,
    Part,
    Person,
    Reach,
    Step,
    StepKind,
    Strength,
    Tie,
    Verdict,
    Way,
    fingerprint,
)
from registry.domain.ties.verdicts import judged, latest
from registry.domain.workdays import months_later

_SURE = frozenset({Reach.DIRECT, Reach.LINE, Reach.SAME_REPRESENTATIVE})
_ENDED = {Tie.EMPLOYER: Tie.PAST_EMPLOYER, Tie.SEAT: Tie.PAST_SEAT}


@dataclass(frozen=True, slots=True)
class Matrix:
    """The tied pairs of application and person: those blocked and those to be judged, each with all that stands.

    A pair in neither of both is free as far as is known.
    """

    blocked: Mapping[tuple[int, int], tuple[Finding, ...]]
    to_judge: Mapping[tuple[int, int], tuple[Finding, ...]]


class Ties:
    """The applications of a round, by the organisations that have a part in them."""

    def __init__(self, graph: Graph, cases: Iterable[Case]) -> None:
        """Raise NotFound where a party is not among the graph's organisations."""
        self.graph = graph
        self._cases: dict[str, list[tuple[int, tuple[Part, ...]]]] = defaultdict(list)
        self._keys: set[int] = set()
        for case in sorted(cases, key=lambda case: case.key):
            self._keys.add(case.key)
            parts: dict[str, set[Part]] = defaultdict(set)
            for party in case.parties:
                if party.organisation not in graph.organisations:
                    raise NotFound
                parts[party.organisation].add(party.part)
            for organisation, some in parts.items():
                self._cases[organisation].append((case.key, tuple(sorted(some))))

    def check(self, person: Person) -> dict[int, tuple[Finding, ...]]:
        """Return by application all that ties a person to it, certain ones first; nothing where there is nothing."""
        found: dict[int, list[Finding]] = defaultdict(list)
        for told in self._told(person):
            made: dict[tuple[Part, ...], Finding] = {}
            for case, parts in self._cases[told.end]:
                counted = tuple(part for part in parts if _counts(part, told.reach))
                if counted:
                    if counted not in made:
                        made[counted] = told.finding(counted)
                    found[case].append(made[counted])
        return {case: tuple(sorted(some, key=_order)) for case, some in sorted(found.items())}

    def between(self, person: Person, case: int) -> tuple[Finding, ...]:
        """Return all that ties a person to one application. Raise NotFound where it is not of the round."""
        if case not in self._keys:
            raise NotFound
        return self.check(person).get(case, ())

    def matrix(self, people: Iterable[Person], verdicts: Iterable[Verdict] = ()) -> Matrix:
        """Return the tied pairs of application and person, what was dismissed left out."""
        blocked: dict[tuple[int, int], tuple[Finding, ...]] = {}
        to_judge: dict[tuple[int, int], tuple[Finding, ...]] = {}
        remembered = latest(verdicts)
        for person in people:
            for case, findings in self.check(person).items():
                standing = judged(findings, remembered).standing if remembered else findings
                if standing:
                    sure = any(one.strength is Strength.CERTAIN for one in standing)
                    (blocked if sure else to_judge)[case, person.number] = standing
        return Matrix(blocked, to_judge)

    def _told(self, person: Person) -> Iterator["_Told"]:
        """Every tie of a person that ends at an organisation with a part in the round, each once."""
        best: dict[str, _Told] = {}
        for one in self._all_told(person):
            if one.mark not in best or _length(one) < _length(best[one.mark]):
                best[one.mark] = one
        yield from best.values()

    def _all_told(self, person: Person) -> Iterator["_Told"]:
        me = Node(NodeKind.PERSON, f"person:{person.number}", person.name)
        for link in person.links:
            tie = self._tie(link)
            if tie is None:
                continue
            step = Step(StepKind(tie), link.since, link.until, link.words)
            if link.to is not None:
                for end, ways in self.graph.ways(link.to).items():
                    if end in self._cases:
                        for way in ways:
                            yield _Told(person.number, tie, way, (me, *way.nodes), (step, *way.steps), self._sure(way))
            if link.named:
                yield from self._leading(person, tie, me, link.named, step)
        if person.name:
            yield from self._leading(person, Tie.NAMESAKE, me, person.name, Step(StepKind.NAMESAKE))

    def _leading(self, person: Person, tie: Tie, me: Node, name: str, step: Step) -> Iterator["_Told"]:
        """The organisations whose legal representative bears a name."""
        named = Node(NodeKind.NAMED, f"named:{person_key(name)}", name)
        for key in self.graph.represented.get(person_key(name), ()):
            if key in self._cases:
                one = self.graph.organisations[key]
                nodes = (named, Node(NodeKind.ORGANISATION, key, one.name or one.name_en))
                way = Way(Reach.REPRESENTATIVE, By.LIKE_NAME, nodes, (Step(StepKind.LEADS),))
                yield _Told(person.number, tie, way, (me, *nodes), (step, *way.steps), sure=False)

    def _tie(self, link: Link) -> Tie | None:
        """With what a link begins a way today, or None where it ended too long ago.

        A declared tie counts until the person takes it back, whatever end was told: it is the person's own word.
        """
        tie = Tie(link.kind)
        if link.kind is LinkKind.DECLARED or link.until is None or self.graph.day < link.until:
            return tie
        rules = self.graph.rules
        months = rules.past_employer_months if link.kind is LinkKind.EMPLOYER else rules.past_seat_months
        return _ENDED[tie] if self.graph.day < months_later(link.until, months) else None

    def _sure(self, way: Way) -> bool:
        if way.by is By.LIKE_NAME:
            return False
        sure = way.reach in _SURE or (way.reach is Reach.AFFILIATE and way.affiliates == 1)
        return sure or (way.reach is Reach.GROUP and self.graph.rules.group_is_certain)


@dataclass(frozen=True, slots=True)
class _Told:
    """A tie before it is known which part its end has."""

    person: int
    tie: Tie
    way: Way
    nodes: tuple[Node, ...]
    steps: tuple[Step, ...]
    sure: bool

    @property
    def end(self) -> str:
        return self.way.end

    @property
    def reach(self) -> Reach:
        return self.way.reach

    @property
    def sort(self) -> tuple[str, ...]:
        """The sort of the way between its ends; the legal representative's name is part of it, the other steps not.

        An affiliate is another sort than an affiliate's affiliate, since it weighs more.
        """
        through = [node.key for node in self.way.nodes[1:-1] if node.kind is NodeKind.NAMED]
        near = ["near"] if self.way.reach is Reach.AFFILIATE and self.way.affiliates == 1 else []
        return self.way.reach, self.way.by, *near, *through

    @property
    def mark(self) -> str:
        ends = self.way.nodes[0].key, self.end
        return fingerprint("person", str(self.person), self.tie, *self.sort, *ends, self.steps[0].words)

    def finding(self, parts: tuple[Part, ...]) -> Finding:
        ends = sorted((self.way.nodes[0].key, self.end))
        between = "" if len(self.way.nodes) == 1 else fingerprint("between", *self.sort, *ends)
        strength = Strength.CERTAIN if self.sure else Strength.POSSIBLE
        return Finding(
            self.person,
            self.tie,
            self.way.reach,
            self.way.by,
            parts,
            strength,
            self.nodes,
            self.steps,
            self.mark,
            between if self.reach is not Reach.REPRESENTATIVE else "",
        )


def _counts(part: Part, reach: Reach) -> bool:
    """A bureau ties those who belong to it; what its government owns or leads does not."""
    return part is not Part.BUREAU or reach is Reach.DIRECT


def _length(one: _Told) -> tuple[int, str, str]:
    return len(one.steps), str(one.steps[0].since), str(one.steps[0].until)


def _order(one: Finding) -> tuple[bool, int, str, str, str, str]:
    return one.strength is Strength.POSSIBLE, len(one.steps), one.tie, one.reach, one.by, one.fingerprint
