"""What is to be visited: pages × roles × states × languages, from the table of who gets where."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from registry.demo import ACCOUNTS

LANGUAGES = ("zh", "en")
WIDTHS = (1280, 390)
STATES = ("full", "empty", "error", "long", "closed", "noscript")
VISITOR = "visitor"
APPLICANT = "applicant"
ROLES = {account.key: str(account.role) for account in ACCOUNTS}
# Where nobody is named in the table, these stand for all who are let in.
SOME = ("drafter", "officer")
# These pages are other pages for each role; the others differ in their frame and buttons, which one state shows.
ADAPTING = {"public.home", "desk.show", "account.messages", "applicant.index"}
EACH = ("drafter", "signatory", "xiangtai", "yunxi", "zhejiang", "officer", "reviewer2", "approver", "auditor", "admin")
BY_ROLE = {"full", "empty"}
BY_ROLE_IF_ADAPTING = {"full", "empty", "long", "closed"}
# Answers for machines.
NO_PAGES = {"public.healthz", "public.readyz"}
# Pages that no endpoint has, with the status that they answer.
STRAYS = {"error.unknown": ("", "/nowhere", 404), "error.forbidden": ("drafter", "/admin", 403)}

# Objects of other programmes that show more of a page than those of the table: endpoint, who looks, where it is.
MORE: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
    "office": ("admin.home", ("sz-officer", "zj-officer", "sz-approver"), {}),
    "bureau": ("recommender.index", ("sz-districts", "bureau"), {}),
    "compared": ("admin.decisions.ranking", ("sz-officer", "sz-approver"), {"number": "compared"}),
    "pool": ("admin.pools.show", ("sz-officer",), {"number": "pool"}),
    "selecting": ("admin.decisions.show", ("zj-approver",), {"number": "selecting"}),
    "meeting": ("admin.meetings.record", ("sz-officer",), {"number": "compared"}),
    "visited": ("admin.visits.show", ("zj-officer",), {"number": "visited"}),
    "visited-case": ("admin.cases.show", ("zj-officer",), {"number": "visited"}),
    "library": ("admin.library.index", ("zj-officer",), {}),
    "due": ("applicant.show", ("yantian-gov",), {"number": "due"}),
    "due-form": ("applicant.edit", ("yantian-gov",), {"number": "due"}),
    "certified": ("applicant.show", ("yunxi",), {"number": "yunxi"}),
    "reviewed": ("admin.cases.show", ("officer",), {"number": "zhexi"}),
    "planned": ("admin.rounds.show", ("officer",), {"number": "planned"}),
    "planned-form": ("admin.rounds.edit", ("officer",), {"number": "planned"}),
    "planned-add": ("admin.rounds.add_category", ("officer",), {"number": "planned"}),
    "planned-change": (
        "admin.rounds.change_category",
        ("officer",),
        {"number": "planned", "entry": "planned_category"},
    ),
    "planned-limits": ("admin.limits.show", ("officer",), {"number": "planned"}),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One page as one person sees it; it is looked at in each width."""

    state: str
    language: str
    person: str
    endpoint: str
    at: Mapping[str, Any]
    more: str = ""

    @property
    def name(self) -> str:
        """The endpoint, and which object of it where the table has another."""
        return f"{self.endpoint}+{self.more}" if self.more else self.endpoint

    @property
    def role(self) -> str:
        return role_of(self.person)


def role_of(person: str) -> str:
    """Return the role of a person of the demonstration, "visitor" for nobody."""
    return ROLES.get(person, APPLICANT) if person else VISITOR


def table() -> dict[str, dict[str, Any]]:
    """Return the table of who gets where."""
    path = Path(__file__).parents[1] / "web" / "access.yaml"
    found: dict[str, dict[str, Any]] = YAML(typ="safe").load(path)
    return found


def persons(endpoint: str, row: Mapping[str, Any]) -> list[str]:
    """Return one person for each role that reaches a page."""
    if row["reach"] == "anyone":
        return ["", *(EACH if endpoint in ADAPTING else SOME[:1])]
    if row["reach"] == "everybody":
        return list(EACH if endpoint in ADAPTING else SOME)
    first: dict[str, str] = {}
    for person in row["reach"].split():
        first.setdefault(role_of(person), person)
    return list(first.values())


def visits(
    *,
    endpoints: Iterable[str] = (),
    roles: Iterable[str] = (),
    states: Iterable[str] = STATES,
    languages: Iterable[str] = LANGUAGES,
) -> Iterator[Visit]:
    """Give what is to be visited, one person in one language after the other; nothing named means everything."""
    rows = {endpoint: row for endpoint, row in table().items() if "GET" in row.get("methods", ["GET"])}
    rows |= {name: {"reach": person or "anyone"} for name, (person, _path, _status) in STRAYS.items()}
    wanted = set(endpoints) or set(rows) - NO_PAGES
    for what, named, known in (("page", wanted, set(rows)), ("state", set(states), set(STATES))):
        if unknown := named - known:
            raise KeyError(f"{what}: {', '.join(sorted(unknown))}")
    pages = [
        (endpoint, rows[endpoint].get("at", {}), persons(endpoint, rows[endpoint]), "") for endpoint in sorted(wanted)
    ]
    pages += [(endpoint, at, list(who), name) for name, (endpoint, who, at) in MORE.items() if endpoint in wanted]
    chosen = set(roles)
    for state in states:
        for language in languages:
            for endpoint, at, seen_by, more in pages:
                for person in _some(state, endpoint, at, seen_by, more):
                    if not chosen or role_of(person) in chosen:
                        yield Visit(state, language, person, endpoint, at, more)


def _some(state: str, endpoint: str, at: Mapping[str, Any], seen_by: list[str], more: str) -> list[str]:
    """Return who looks at a page in a state: an empty portal has no objects; one of them is enough in most states."""
    if state == "empty" and (at or more or endpoint.startswith("demo.")):
        return []
    return seen_by if state in (BY_ROLE_IF_ADAPTING if endpoint in ADAPTING else BY_ROLE) else seen_by[:1]


def grouped(visits: Iterable[Visit]) -> list[list[Visit]]:
    """Put together what one person sees of one state in one language."""
    groups: dict[tuple[str, str, str], list[Visit]] = {}
    for visit in visits:
        groups.setdefault((visit.state, visit.language, visit.person), []).append(visit)
    return list(groups.values())


def shared(visits: Iterable[Visit], among: int) -> list[list[Visit]]:
    """Deal the groups out so that each hand has about as many visits."""
    shares: list[list[Visit]] = [[] for _ in range(among)]
    for group in sorted(grouped(visits), key=len, reverse=True):
        min(shares, key=len).extend(group)
    return [share for share in shares if share]
