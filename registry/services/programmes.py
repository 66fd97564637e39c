"""Programmes: what a document asks to be selected, in whose name, and in which categories."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import numbering, policy
from registry.domain.errors import Invalid
from registry.domain.policy import Actor, Facts
from registry.domain.programmes import CATEGORY_KEY, KEY
from registry.domain.vocabulary import Action, CategoryOutcome, Level, Once, SiteKind
from registry.models import Category, Clause, Document, Issuer, Programme, ProgrammeIssuer, Region
from registry.queries import holdings, places
from registry.services import events

# Documents print the brackets of their clauses in full width, the catalogue keeps them in half width.
_BRACKETS = str.maketrans("\uff08\uff09", "()")


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority in whose name certificates are issued, as it is entered."""

    name: str
    name_en: str
    level: Level
    region_key: str


def create(
    session: Session,
    actor: Actor,
    *,
    key: str,
    name: str,
    name_en: str,
    document_key: str,
    issuer_prefix: str,
    code: str,
    years_valid: int,
    issuers: Sequence[Authority],
    region_key: str = "cn",
) -> Programme:
    """Set up a programme within a region; its issuers sign in the order given.

    Raises Invalid at the field that is not acceptable.
    """
    policy.require(actor, Action.MANAGE_PROGRAMMES, Facts())
    _check_programme(session, key, document_key, issuer_prefix, code, years_valid)
    if session.get(Region, region_key) is None:
        raise Invalid("region_unknown_here", field="region_key", region=region_key)
    if not issuers:
        raise Invalid("issuer_needed", field="issuers")
    programme = Programme(
        key=key,
        name=name,
        name_en=name_en,
        document_key=document_key,
        issuer_prefix=issuer_prefix,
        code=code,
        years_valid=years_valid,
        region_key=region_key,
    )
    rows = [_issuer(session, authority) for authority in issuers]
    if len({row.key for row in rows}) < len(rows):
        raise Invalid("issuer_twice", field="issuers")
    programme.issuers = [ProgrammeIssuer(position=place, issuer=row) for place, row in enumerate(rows)]
    programme.categories = []
    session.add(programme)
    session.flush()
    payload = {"key": key, "number": f"{issuer_prefix}-{code}", "issuers": [row.name for row in rows]}
    events.record(
        session, actor, "create_programme", "programme", programme.id, programme_id=programme.id, payload=payload
    )
    return programme


def add_category(
    session: Session,
    actor: Actor,
    programme: Programme,
    *,
    key: str,
    name: str,
    name_en: str,
    clause_ref: str,
    outcome: CategoryOutcome,
    site_kinds: Collection[SiteKind] = (),
    levels: Collection[Level] = (),
    named_regions: Collection[str] = (),
    after: Collection[str] = (),
    once: Once | None = None,
) -> Category:
    """Add a category to a programme, with the sites that it takes; no kinds, levels or names mean that all are.

    `after` are the full names of categories in one of which a valid award is needed first, `once` says who is given no
    second award while one is valid. Raises Invalid where its key is taken, the document has no such clause, a named
    region is not listed or lies outside the programme, or a category of `after` is not on the portal.
    """
    policy.require(actor, Action.MANAGE_PROGRAMMES, Facts(programme_id=programme.id))
    if not CATEGORY_KEY.fullmatch(key):
        raise Invalid("category_key", field="key")
    taken = select(Category.id).where(Category.programme_id == programme.id, Category.key == key)
    if session.scalar(taken) is not None:
        raise Invalid("key_taken", field="key", taken=key)
    ref = clause_ref.translate(_BRACKETS)
    clauses = set(session.scalars(select(Clause.ref).where(Clause.document_key == programme.document_key)))
    if ref not in clauses:
        raise Invalid("clause_not_of_document", field="clause_ref", clause=clause_ref)
    for region in named_regions:
        if session.get(Region, region) is None or not places.lies_in(session, region, programme.region_key):
            raise Invalid("region_unknown_here", field="named_regions", region=region)
    known = holdings.categories(session, after)
    for name in after:
        if name not in known:
            raise Invalid("after_unknown", field="after", name=name)
    category = Category(
        programme_id=programme.id,
        key=key,
        name=name,
        name_en=name_en,
        clause_ref=ref,
        outcome=outcome,
        site_kinds=[str(kind) for kind in site_kinds],
        levels=[str(level) for level in levels],
        named_regions=list(named_regions),
        after=list(after),
        once=once,
    )
    session.add(category)
    session.flush()
    limits = {"site_kinds": category.site_kinds, "levels": category.levels, "named_regions": category.named_regions}
    awards = {"after": category.after, "once": once}
    payload = {"key": key, "clause": ref, "outcome": outcome, **limits, **awards}
    events.record(session, actor, "add_category", "category", category.id, programme_id=programme.id, payload=payload)
    return category


def _check_programme(
    session: Session, key: str, document_key: str, issuer_prefix: str, code: str, years_valid: int
) -> None:
    if not KEY.fullmatch(key):
        raise Invalid("programme_key", field="key")
    if session.scalar(select(Programme.id).where(Programme.key == key)) is not None:
        raise Invalid("key_taken", field="key", taken=key)
    if session.get(Document, document_key) is None:
        raise Invalid("document_not_kept", field="document_key", document=document_key)
    _check_number(issuer_prefix, code)
    same = select(Programme.name).where(Programme.issuer_prefix == issuer_prefix, Programme.code == code)
    if (other := session.scalar(same)) is not None:
        raise Invalid("numbers_taken", field="code", number=f"{issuer_prefix}-{code}", programme=other)
    if not 1 <= years_valid <= 10:
        raise Invalid("years_valid", field="years_valid")


def _check_number(issuer_prefix: str, code: str) -> None:
    try:
        numbering.number(issuer_prefix, code, 2000, 1)
    except Invalid as error:
        field = "issuer_prefix" if error.key == "number_prefix" else "code"
        raise Invalid(error.key, field=field, **error.values) from None


def _issuer(session: Session, authority: Authority) -> Issuer:
    """Return the row of an authority, the one it has already where it has one."""
    if session.get(Region, authority.region_key) is None:
        raise Invalid("region_unknown_here", field="region", region=authority.region_key)
    key = re.sub("[^a-z0-9]+", "-", authority.name_en.lower()).strip("-")
    if not key or not authority.name:
        raise Invalid("issuer_two_names", field="issuers", name=authority.name)
    row = session.scalar(select(Issuer).where(Issuer.key == key))
    if row is None:
        row = Issuer(
            key=key,
            name=authority.name,
            name_en=authority.name_en,
            level=authority.level,
            region_key=authority.region_key,
        )
        session.add(row)
        session.flush()
    elif row.name != authority.name:
        raise Invalid("issuer_other_name", field="issuers", name=row.name, name_en=row.name_en)
    return row
