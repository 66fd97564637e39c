"""Programmes as files: what a document asks to be selected, in whose name, from whom, on which route and how many.

``load_programme`` is the only way in. An administrator sets a programme up from its file, and an officer prepares its
rounds from it; from then on the database has them, and the file can be changed for the next.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from registry.domain import numbering, plainyaml, routes
from registry.domain.checking import Steps, at, citation_faults, shaped
from registry.domain.criteria import Regions
from registry.domain.errors import Invalid
from registry.domain.faults import CriteriaFaulty, Fault
from registry.domain.routes import Step
from registry.domain.shapes import Document, Flag, Frozen, SetKey, Texts, Whole, Words, refuse
from registry.domain.vocabulary import Kind, Track

KEY = re.compile(r"[a-z][a-z0-9-]{1,59}")
CATEGORY_KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,59}")
RegionLevel = Literal["country", "province", "city", "district"]
SiteWord = Literal["plant", "park", "factory", "farm", "city", "zone", "project"]
GroupWord = Literal["region", "bureau", "applicant", "evaluator", "answer"]
TrackWord = Literal["competition", "named", "library"]
OnceWord = Literal["site", "applicant"]


def _route(value: object) -> object:
    """One of the offered routes by name, or a route of its own line by line."""
    if isinstance(value, str):
        if value not in routes.PRESETS:
            raise refuse("not_one_of", value=value[:60], allowed=", ".join(routes.PRESETS))
        return tuple(routes.PRESETS[value])
    return value


class Authority(Frozen):
    """An authority in whose name certificates are issued."""

    zh: Words
    en: Words
    level: RegionLevel
    region: Words


class Numbers(Frozen):
    """The two words that the numbers of its awards begin with."""

    prefix: Words
    code: Words


class CategoryEntry(Frozen):
    """What is selected, under the id of its target, and the sites that it takes; what is left out sets no limit.

    `after` names categories in one of which a valid award is needed first: of this programme by their key, of others
    with the key of theirs before it. `once` says who is given no second award while one is valid.
    """

    key: Words
    title: Texts
    clause: Words
    sites: tuple[SiteWord, ...] = ()
    levels: tuple[RegionLevel, ...] = ()
    regions: tuple[Words, ...] = ()
    after: tuple[Words, ...] = ()
    once: OnceWord | None = None


class Limit(Frozen):
    """How many a bureau may recommend: every bureau of a level, or that of one region; in a category or in all."""

    number: Whole
    level: RegionLevel | None = None
    region: Words | None = None
    category: Words | None = None


class GroupRule(Frozen):
    """A limit of a group or places reserved for it: of one region, or of each group by itself."""

    by: GroupWord
    level: RegionLevel | None = None
    region: Words | None = None
    answer: Words | None = None
    value: Words | None = None
    least: Whole | None = None
    most: Whole | None = None
    since: Whole | None = None
    category: Words | None = None


class Intake(Frozen):
    """A category in a round: its criteria, track, number of places (none: no limit) and route."""

    category: Words
    criteria: SetKey
    track: TrackWord = "competition"
    quota: Whole | None = None
    route: Annotated[tuple[Words, ...], BeforeValidator(_route)]


class RoundEntry(Frozen):
    """A kind of round: one that ends, or a library that does not."""

    key: Words
    title: Texts
    ends: Flag = True
    one_person_may_sign: Flag = True
    total: Whole | None = None
    pool: Whole | None = None
    recommend: tuple[Limit, ...] = ()
    rules: tuple[GroupRule, ...] = ()
    categories: tuple[Intake, ...]


class ProgrammeFile(Frozen):
    """A programme with its kinds of rounds."""

    key: Words
    title: Texts
    document: Words
    region: Words
    number: Numbers
    years_valid: Annotated[Whole, Field(ge=1, le=10)]
    issuers: Annotated[tuple[Authority, ...], Field(min_length=1)]
    categories: Annotated[tuple[CategoryEntry, ...], Field(min_length=1)]
    rounds: Annotated[tuple[RoundEntry, ...], Field(min_length=1)]

    def round_of(self, key: str) -> RoundEntry:
        """Return a kind of round by its key; raises Invalid where there is none."""
        for entry in self.rounds:
            if entry.key == key:
                return entry
        raise Invalid("round_kind_unknown", field="kind", name=key)


@dataclass(frozen=True, slots=True)
class Known:
    """What a programme may name: documents with their clauses, regions, and the categories of each criteria set."""

    documents: Mapping[str, Document]
    regions: Regions
    sets: Mapping[str, frozenset[str]]


def load_programme(text: str, *, source: str, known: Known) -> ProgrammeFile:
    """Return a programme as its file has it, or raise CriteriaFaulty with all that is wrong with it."""
    root, faults = plainyaml.read(text, source=source)
    programme, more = shaped(root, ProgrammeFile)
    faults += more
    if programme is not None:
        for steps, key, values in _faults(programme, known):
            line, path = plainyaml.place(root, _nearest(root, steps))
            faults.append(Fault(line, path, key, values))
    if programme is None or faults:
        raise CriteriaFaulty(source, faults)
    return programme


def route_of(intake: Intake) -> tuple[Step, ...]:
    """Return the route of an intake, checked; raises Invalid where it cannot be walked or is none of its track."""
    route = routes.check(routes.read(intake.route))
    routes.check_track(Track(intake.track), route)
    return route


Finding = tuple[Steps, str, dict[str, str]]


def _faults(programme: ProgrammeFile, known: Known) -> Iterator[Finding]:
    yield from _of_keys(programme)
    yield from _of_names(programme, known)
    keys = [entry.key for entry in programme.categories]
    for number, entry in enumerate(programme.categories):
        where: Steps = ("categories", number)
        if entry.key in keys[:number]:
            yield (*where, "key"), "programme_names_twice", {"name": entry.key}
        for key, values in citation_faults(f"{programme.document} {entry.clause}", known.documents):
            yield (*where, "clause"), key, values
        for region in entry.regions:
            if not _within(region, programme.region, known.regions):
                yield (*where, "regions"), "region_outside", {"region": region, "within": programme.region}
        for name in entry.after:
            if not _set_up_before(name, programme.key, keys[:number]):
                yield (*where, "after"), "programme_after_not_before", {"name": name}
    for number, round_ in enumerate(programme.rounds):
        yield from _of_round(programme, round_, ("rounds", number), known)


def _set_up_before(name: str, programme: str, earlier: Sequence[str]) -> bool:
    """Tell whether a category is set up before another: above it in its file, or in that of another programme."""
    first, slash, last = name.rpartition("/")
    if slash and first != programme:
        return bool(KEY.fullmatch(first) and CATEGORY_KEY.fullmatch(last))
    return last in earlier


def _of_keys(programme: ProgrammeFile) -> Iterator[Finding]:
    """What a programme cannot be set up with: its key, its numbers, the keys of its categories."""
    if not KEY.fullmatch(programme.key):
        yield ("key",), "programme_key", {}
    try:
        numbering.number(programme.number.prefix, programme.number.code, 2000, 1)
    except Invalid as error:
        part = "prefix" if error.key == "number_prefix" else "code"
        yield ("number", part), error.key, {}
    for number, entry in enumerate(programme.categories):
        if not CATEGORY_KEY.fullmatch(entry.key):
            yield ("categories", number, "key"), "category_key", {}


def _of_names(programme: ProgrammeFile, known: Known) -> Iterator[Finding]:
    if programme.region not in known.regions:
        yield ("region",), "region_unknown", {"region": programme.region}
    for number, issuer in enumerate(programme.issuers):
        if issuer.region not in known.regions:
            yield ("issuers", number, "region"), "region_unknown", {"region": issuer.region}
    keys = [entry.key for entry in programme.rounds]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            yield ("rounds", number, "key"), "programme_names_twice", {"name": key}


def _of_round(programme: ProgrammeFile, round_: RoundEntry, where: Steps, known: Known) -> Iterator[Finding]:
    categories = {entry.key for entry in programme.categories}
    for number, intake in enumerate(round_.categories):
        here: Steps = (*where, "categories", number)
        if intake.category not in categories:
            yield (*here, "category"), "programme_category_unknown", {"name": intake.category}
        if intake.criteria not in known.sets:
            yield (*here, "criteria"), "programme_set_unknown", {"name": intake.criteria}
        elif intake.category not in known.sets[intake.criteria]:
            yield (
                (*here, "criteria"),
                "programme_set_for_others",
                {"name": intake.criteria, "category": intake.category},
            )
        try:
            route_of(intake)
        except Invalid as error:
            yield _place(here, error), error.key, {name: str(value) for name, value in error.values.items()}
    yield from _of_numbers(round_, where, categories, known)
    yield from _of_rules(round_, where, categories, known)


def _place(here: Steps, error: Invalid) -> Steps:
    """The stage of a route that is at fault, or the field where no one stage is."""
    number = error.values.get("number")
    return (*here, "route", number - 1) if isinstance(number, int) else (*here, error.field or "route")


def _asked(round_: RoundEntry, category: str | None) -> set[str]:
    """The levels whose bureaus some route asks: in one category, or in any."""
    lines = [line.split() for one in round_.categories if category in (None, one.category) for line in one.route]
    return {words[1] for words in lines if words[:1] == [Kind.RECOMMENDATION] and len(words) > 1}


def _of_numbers(round_: RoundEntry, where: Steps, categories: set[str], known: Known) -> Iterator[Finding]:
    numbers = {intake.category: intake.quota for intake in round_.categories}
    if round_.total is not None:
        added = sum(number for number in numbers.values() if number is not None) + (round_.pool or 0)
        if None in numbers.values() or added != round_.total:
            values = {
                "total": str(round_.total),
                "added": str(added - (round_.pool or 0)),
                "pool": str(round_.pool or 0),
            }
            yield (*where, "total"), "limits_do_not_add_up", values
    elif round_.pool is not None:
        yield (*where, "pool"), "pool_needs_total", {}
    for number, limit in enumerate(round_.recommend):
        here: Steps = (*where, "recommend", number)
        if (limit.level is None) == (limit.region is None):
            yield here, "limit_of_level_or_region", {}
        if limit.region is not None and limit.region not in known.regions:
            yield (*here, "region"), "region_unknown", {"region": limit.region}
        if limit.category is not None and limit.category not in categories:
            yield (*here, "category"), "programme_category_unknown", {"name": limit.category}
        elif limit.level is not None and limit.level not in _asked(round_, limit.category):
            yield (*here, "level"), "limit_of_nobody", {"level": limit.level}


def _of_rules(round_: RoundEntry, where: Steps, categories: set[str], known: Known) -> Iterator[Finding]:
    for number, rule in enumerate(round_.rules):
        here: Steps = (*where, "rules", number)
        if (rule.least is None) == (rule.most is None):
            yield here, "rule_number", {}
        if (rule.by == "region") != (rule.level is not None or rule.region is not None) or None not in (
            rule.level,
            rule.region,
        ):
            yield here, "rule_of_level_or_region", {}
        if (rule.by == "answer") != (rule.answer is not None) or (rule.answer is None) != (rule.value is None):
            yield here, "rule_of_unknown_answer", {}
        if rule.region is not None and rule.region not in known.regions:
            yield (*here, "region"), "region_unknown", {"region": rule.region}
        if rule.category is not None and rule.category not in categories:
            yield (*here, "category"), "programme_category_unknown", {"name": rule.category}


def _within(region: str, within: str, regions: Regions) -> bool:
    here: str | None = region
    while here is not None and here in regions:
        if here == within:
            return True
        here = regions[here]
    return False


def _nearest(root: plainyaml.Node, steps: Steps) -> Steps:
    """The steps themselves, or the nearest above them that the file has: what is left out has no line."""
    while steps and at(root, steps) is None:
        steps = steps[:-1]
    return steps
