"""Ways between organisations, by hand and against every simple path tried."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.errors import NotFound
from registry.domain.ties.graph import Graph
from registry.domain.ties.names import Agreement, agreement, read
from registry.domain.ties.values import Bond, BondKind, By, Organisation, Reach, Rules, StepKind

TODAY = date(2025, 6, 1)
KEYS = tuple("ABCDE")


def org(letter: str, **more: object) -> Organisation:
    return Organisation(f"企业{letter}号环保", code=letter, **more)


def key(letter: str) -> str:
    return f"code:{letter}"


def parent(child: str, of: str, **more: object) -> Bond:
    return Bond(BondKind.PARENT, key(child), key(of), **more)


def affiliate(one: str, other: str) -> Bond:
    return Bond(BondKind.AFFILIATE, key(one), key(other))


def graph(*bonds: Bond, organisations=None, rules=None) -> Graph:
    return Graph(organisations or [org(letter) for letter in KEYS], bonds, TODAY, rules)


def reaches(told: Graph, start: Organisation) -> dict[str, set[Reach]]:
    return {end: {way.reach for way in ways} for end, ways in told.ways(start).items()}


def steps(told: Graph, start: Organisation, end: str, reach: Reach) -> list[StepKind]:
    return next([step.kind for step in way.steps] for way in told.ways(start)[end] if way.reach is reach)


def test_a_line_of_parents_is_followed_to_any_depth_both_ways():
    told = graph(parent("A", "B"), parent("B", "C"), parent("C", "D"))
    assert reaches(told, org("A")) == {key("A"): {Reach.DIRECT}, **{key(one): {Reach.LINE} for one in "BCD"}}
    assert steps(told, org("A"), key("D"), Reach.LINE) == [StepKind.PARENT] * 3
    assert steps(told, org("D"), key("A"), Reach.LINE) == [StepKind.SUBSIDIARY] * 3


def test_sisters_are_of_one_group():
    told = graph(parent("A", "C"), parent("B", "C"), parent("D", "B"))
    assert reaches(told, org("A"))[key("B")] == {Reach.GROUP}
    assert steps(told, org("A"), key("D"), Reach.GROUP) == [
        StepKind.PARENT,
        StepKind.SUBSIDIARY,
        StepKind.SUBSIDIARY,
    ]


def test_two_parents_of_a_joint_venture_are_connected():
    told = graph(parent("A", "B"), parent("A", "C"))
    assert reaches(told, org("B")) == {
        key("B"): {Reach.DIRECT},
        key("A"): {Reach.LINE},
        key("C"): {Reach.CONNECTED},
    }


def test_affiliates_of_affiliates_and_their_subsidiaries():
    told = graph(affiliate("A", "B"), affiliate("C", "B"), parent("D", "C"))
    assert reaches(told, org("A"))[key("C")] == {Reach.AFFILIATE}
    assert reaches(told, org("A"))[key("D")] == {Reach.CONNECTED}


def test_a_bond_counts_until_the_day_it_ended():
    ended = graph(parent("A", "B", until=TODAY))
    held = graph(parent("A", "B", until=date(2025, 6, 2)))
    assert set(ended.ways(org("A"))) == {key("A")}
    assert set(held.ways(org("A"))) == {key("A"), key("B")}


def test_a_circle_of_parents_ends():
    told = graph(parent("A", "B"), parent("B", "C"), parent("C", "A"))
    assert reaches(told, org("A")) == {key("A"): {Reach.DIRECT}, key("B"): {Reach.LINE}, key("C"): {Reach.LINE}}


def test_one_name_of_two_representatives_is_weak_without_a_further_agreement():
    shenzhen, guangzhou = ("cn", "guangdong", "shenzhen"), ("cn", "guangdong", "guangzhou")
    told = graph(
        parent("D", "C"),
        parent("E", "C"),
        organisations=[
            org("A", representative="王 伟", region=(*shenzhen, "nanshan")),
            org("B", representative="王伟", region=(*shenzhen, "futian")),
            org("C"),
            org("D", representative="王伟", region=guangzhou),
            org("E", representative="王伟", region=("cn",)),
        ],
    )
    weak, sure = Reach.REPRESENTATIVE_NAMESAKE, Reach.SAME_REPRESENTATIVE
    found = reaches(told, org("A", representative="王伟"))
    assert found == {key("A"): {Reach.DIRECT}, key("B"): {sure}, key("D"): {weak}, key("E"): {weak}}
    assert reaches(told, org("D"))[key("E")] == {sure, Reach.GROUP}
    way = told.ways(org("A"))[key("B")][0]
    assert [node.name for node in way.nodes] == ["企业A号环保", "王伟", "企业B号环保"]
    provincial = graph(organisations=list(told.organisations.values()), rules=Rules(region_depth=2))
    assert reaches(provincial, org("A"))[key("D")] == {sure}


def test_an_employer_known_by_name_alone_is_found_by_it():
    told = graph(
        Bond(BondKind.PARENT, "code:1", "code:2"),
        organisations=[
            Organisation("深圳市水务（集团）有限公司", code="1", name_en="Shenzhen Water Group Co., Ltd."),
            Organisation("深圳市投资控股有限公司", code="2"),
            Organisation("深圳市水务局"),
        ],
    )
    same = told.ways(Organisation("深圳市水务(集团)有限责任公司"))
    assert {end: {(way.reach, way.by) for way in ways} for end, ways in same.items()} == {
        "name:深 圳 市 水 务 集 团 有限公司": {(Reach.DIRECT, By.NAME)},
        "code:1": {(Reach.DIRECT, By.NAME)},
        "code:2": {(Reach.LINE, By.NAME)},
    }
    like = told.ways(Organisation("深圳水务"))
    assert {way.by for way in like["code:1"]} == {By.LIKE_NAME}
    assert [step.kind for step in like["code:2"][0].steps] == [StepKind.LIKE_NAME, StepKind.PARENT]
    assert set(told.ways(Organisation("SHENZHEN WATER GROUP"))) == {
        "name:shenzhen water group ",
        "code:1",
        "code:2",
    }
    bureau = told.ways(Organisation("深圳市水务局"))
    assert {end: {(way.reach, way.by) for way in ways} for end, ways in bureau.items()} == {
        "name:深 圳 市 水 务 局 ": {(Reach.DIRECT, By.NAME)}
    }


def test_two_codes_are_two_organisations_unless_the_whole_name_is_the_same():
    told = graph(
        organisations=[
            Organisation("杭州清源环保有限公司", code="1"),
            Organisation("杭州清源环保股份有限公司", code="2"),
            Organisation("杭州清源环保有限公司", code="3"),
        ]
    )
    ways = told.ways(Organisation("杭州清源环保有限公司", code="1"))
    assert {end: {way.by for way in some} for end, some in ways.items()} == {
        "code:1": {By.CODE},
        "code:3": {By.LIKE_NAME},
    }


def test_a_bond_of_an_unknown_organisation_is_refused():
    with pytest.raises(NotFound):
        graph(parent("A", "Z"))


PLACES, MIDDLES = ("深圳市", "深圳", "杭州", "Blue River "), ("水务", "水务集团", "清源环保", "Water Group", "供电")
ENDINGS = ("", "有限公司", "股份有限公司", "局", "局南山分局", " Co., Ltd.", "深圳分公司")
NAMES = st.builds(lambda *parts: "".join(parts), *(st.sampled_from(some) for some in (PLACES, MIDDLES, ENDINGS)))


@settings(max_examples=200, deadline=None)
@given(st.lists(NAMES, max_size=12, unique=True), NAMES)
def test_names_are_looked_up_as_if_all_were_compared(names, asked):
    told = graph(organisations=[Organisation(name, code=str(place)) for place, name in enumerate(names)])
    found = {end: {way.by for way in ways} for end, ways in told.ways(Organisation(asked)).items()}
    ways = {Agreement.SAME: {By.NAME}, Agreement.LIKE: {By.LIKE_NAME}}
    how = {f"code:{place}": agreement(read(name), read(asked)) for place, name in enumerate(names)}
    assert {end: by for end, by in found.items() if end.startswith("code:")} == {
        end: ways[one] for end, one in how.items() if one
    }


# -- against every path tried ------------------------------------------------------------------------------------------


def paths(edges: dict[str, set[tuple[str, str]]], start: str, letters: str = "", seen: tuple[str, ...] = ()):
    """Every simple path as the letters of its steps and its end: u up, d down, a affiliate."""
    yield letters, start
    for other, letter in sorted(edges.get(start, ())):
        if other not in (*seen, start):
            yield from paths(edges, other, letters + letter, (*seen, start))


def expected(bonds: list[tuple[str, str, str]], start: str) -> dict[tuple[str, Reach], int]:
    edges: dict[str, set[tuple[str, str]]] = {}
    for kind, one, other in bonds:
        there, back = ("u", "d") if kind == "parent" else ("a", "a")
        edges.setdefault(one, set()).add((other, there))
        edges.setdefault(other, set()).add((one, back))
    shortest: dict[tuple[str, Reach], int] = {}
    every = list(paths(edges, start))
    line = {end for letters, end in every if letters and set(letters) in ({"u"}, {"d"})}
    for letters, end in every:
        sorts = set()
        if not letters:
            sorts.add(Reach.DIRECT)
        elif set(letters) in ({"u"}, {"d"}):
            sorts.add(Reach.LINE)
        elif set(letters) == {"a"}:
            sorts.add(Reach.AFFILIATE)
        elif "du" not in letters and "a" not in letters and end not in line:
            sorts.add(Reach.GROUP)
        for sort in sorts or {Reach.CONNECTED}:
            shortest[end, sort] = min(len(letters), shortest.get((end, sort), 99))
    near = {end for end, sort in shortest if sort is not Reach.CONNECTED}
    return {
        (end, sort): many for (end, sort), many in shortest.items() if sort is not Reach.CONNECTED or end not in near
    }


PAIRS = st.tuples(st.sampled_from(["parent", "affiliate"]), st.sampled_from(KEYS), st.sampled_from(KEYS)).filter(
    lambda row: row[1] != row[2]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PAIRS, max_size=7), st.randoms())
def test_ways_are_the_shortest_of_all_paths_of_their_sort(rows, random):
    bonds = [Bond(BondKind(kind), key(one), key(other)) for kind, one, other in rows]
    told = graph(*bonds)
    found = {
        (end.removeprefix("code:"), way.reach): len(way.steps)
        for end, ways in told.ways(org("A")).items()
        for way in ways
    }
    assert found == expected(rows, "A")
    random.shuffle(bonds)
    assert graph(*bonds).ways(org("A")) == told.ways(org("A"))
