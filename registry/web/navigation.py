"""The navigation: where each audience finds its work, seven ways at most, and which of them the reader is on."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import LazyString, lazy_gettext

from registry.domain.policy import POLICY, Actor
from registry.domain.vocabulary import Role
from registry.web.guards import ROUTES

# Staff do not apply, so they are not shown the way to it.
STAFF = frozenset({Role.RECOMMENDER, Role.OFFICER, Role.REVIEWER, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR})
MOST = 7

OWN: Mapping[str, LazyString] = {
    "desk.show": lazy_gettext("My desk"),
    "applicant.index": lazy_gettext("My applications"),
    "recommender.index": lazy_gettext("Recommendations"),
    "reviewer.index": lazy_gettext("My reviews"),
    "admin.home": lazy_gettext("Office"),
    "auditor.index": lazy_gettext("Audit"),
}
PUBLIC: Mapping[str, LazyString] = {
    "public.find": lazy_gettext("Find your category"),
    "public.programmes": lazy_gettext("Programmes"),
    "public.notices": lazy_gettext("Notices"),
    "public.projects": lazy_gettext("Certified sites"),
    "public.verify": lazy_gettext("Check a certificate"),
    "public.targets": lazy_gettext("Targets"),
}
# Of the public ways the staff are shown these: what they work on, as others see it.
FOR_STAFF = ("public.programmes", "public.notices", "public.projects", "public.verify")
# What stands in the footer of every page.
FOOTER: Mapping[str, LazyString] = {
    "public.find": lazy_gettext("Find your category"),
    "public.verify": lazy_gettext("Check a certificate"),
    "public.documents": lazy_gettext("Documents"),
    "public.targets": lazy_gettext("Targets of the documents"),
    "public.criteria_index": lazy_gettext("All criteria sets"),
    "public.guides": lazy_gettext("Guides"),
}
# The public pages that belong to another's part of the portal.
WITHIN: Mapping[str, str] = {
    "public.programme": "public.programmes",
    "public.round": "public.programmes",
    "public.project": "public.projects",
    "public.publication": "public.projects",
    "public.notice": "public.notices",
    "public.object": "public.notices",
    "public.objection_receipt": "public.notices",
    "public.verify_number": "public.verify",
    "public.verify_code": "public.verify",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A way, and where the reader stands to it: "page" on the very page, "true" within its part, else empty."""

    label: str
    url: str
    current: str = ""


def ways(actor: Actor) -> list[Link]:
    """Return the ways that somebody is shown, their own first."""
    own = [endpoint for endpoint in OWN if _own(actor, endpoint)]
    public = FOR_STAFF if actor.roles & STAFF else tuple(PUBLIC)
    labels = {**OWN, **PUBLIC}
    return [Link(str(labels[endpoint]), url_for(endpoint), _current(endpoint)) for endpoint in [*own, *public][:MOST]]


def footer() -> list[Link]:
    """Return the ways at the foot of every page."""
    return [Link(str(text), url_for(endpoint)) for endpoint, text in FOOTER.items()]


def _own(actor: Actor, endpoint: str) -> bool:
    allowed = actor.roles & {permit.role for permit in POLICY[ROUTES[endpoint]]}
    return bool(allowed) and not (endpoint == "applicant.index" and actor.roles & STAFF)


def _current(endpoint: str) -> str:
    here = request.endpoint or ""
    if here == endpoint:
        return "page"
    audience = endpoint.partition(".")[0]
    within = WITHIN.get(here) == endpoint if audience == "public" else here.startswith(f"{audience}.")
    return "true" if within else ""
