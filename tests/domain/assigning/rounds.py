"""Rounds to assign: plain ones by hand, and small ones drawn by Hypothesis."""

from hypothesis import strategies as st

from registry.domain.assigning.values import Case, Demand, Duo, Level, Problem, Reason, Reviewer, Rules

FIELDS = ("air", "waste", "water")
EMPLOYERS = ("academy", "institute", "university")
PATHS = (
    (),
    ("cn",),
    ("cn", "east"),
    ("cn", "east", "town"),
    ("cn", "east", "town", "ward"),
    ("cn", "east", "village"),
    ("cn", "west", "city"),
)
DEEP = ("cn", "east", "town", "ward")
TIE = Reason("same_legal_representative", {"person": "3f1c"})


def rules(**changes: object) -> Rules:
    return Rules(**{"seed": "kept", **changes})


def reviewer(key: int, *fields: str, most: int = 9, **changes: object) -> Reviewer:
    return Reviewer(key, frozenset(fields), most, **changes)


def case(key: int, *fields: str, needed: int = 1, **changes: object) -> Case:
    return Case(key, fields, needed, **changes)


def problem(cases, reviewers, ties=None, **changes: object) -> Problem:
    return Problem(tuple(cases), tuple(reviewers), rules(**changes), ties or {})


@st.composite
def problems(draw, cases: int = 3, reviewers: int = 4, plain: bool = False) -> Problem:
    """Draw a round small enough that every assignment can be tried."""
    # In half of the rounds only fields, employers and loads stand between people, so that there is much to choose.
    plain = plain or draw(st.booleans())
    some = st.frozensets(st.sampled_from(FIELDS), min_size=1, max_size=2)
    paths = st.just(()) if plain else st.sampled_from(PATHS)
    employer = st.none() | st.sampled_from(EMPLOYERS)
    rare = st.frozensets(st.sampled_from(EMPLOYERS), max_size=1) if not plain else st.just(frozenset())
    who = [
        Reviewer(
            key,
            draw(some),
            draw(st.sampled_from([1, 2, 3, 5] if plain else [0, 1, 2, 3, 5])),
            taken=draw(st.sampled_from([0, 0, 1] if plain else [0, 0, 1, 2])),
            region=draw(paths),
            barred_regions=draw(st.sampled_from([frozenset(), frozenset({"west"})])),
            employer=draw(employer),
            organisations=draw(rare),
            declined=draw(st.frozensets(st.sampled_from([10, 11, 12]), max_size=1)) if not plain else frozenset(),
        )
        for key in range(1, draw(st.integers(2, reviewers)) + 1)
    ]
    what = [
        Case(
            key,
            tuple(draw(st.permutations(FIELDS))[: draw(st.integers(1, 2))]),
            draw(st.sampled_from([1, 2] if plain else [0, 1, 2])),
            region=draw(paths),
            organisations=draw(rare),
            kept=draw(st.frozensets(st.sampled_from([1, 2]), max_size=1)) if not plain else frozenset(),
        )
        for key in range(10, 10 + draw(st.integers(2, cases)))
    ]
    pairs = st.sampled_from([Duo(one.key, other.key) for one in what for other in who])
    ties = dict.fromkeys(draw(st.frozensets(pairs, max_size=0 if plain else 2)), TIE)
    return Problem(
        tuple(what),
        tuple(who),
        Rules(
            seed=draw(st.sampled_from(["one", "two"])),
            apart=draw(st.none() | st.sampled_from(Level)),
            own_organisation_barred=draw(st.booleans()),
            one_of_an_employer=draw(st.booleans()),
            demand=draw(st.sampled_from([Demand.ANY, Demand.NONE, Demand.MAIN])),
            spread=draw(st.booleans()),
            candidates=draw(st.sampled_from([50, 2, 1])),
        ),
        ties,
    )
