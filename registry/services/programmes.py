"""Programmes: what a document asks to be selected, in whose name, and in which categories."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import numbering, policy
from registry.domain.errors import Invalid
from registry.domain.policy import Actor, Facts
from registry.domain.vocabulary import Action, CategoryOutcome, Level
from registry.models import Category, Clause, Document, Issuer, Programme, ProgrammeIssuer, Region
from registry.services import events

_KEY = re.compile(r"[a-z][a-z0-9-]{1,59}")
_CATEGORY_KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,59}")

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
) -> Programme:
    """Set up a programme; its issuers sign in the order given. Raises Invalid at the field that is not acceptable."""
    policy.require(actor, Action.MANAGE_PROGRAMMES, Facts())
    _check_programme(session, key, document_key, issuer_prefix, code, years_valid)
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
) -> Category:
    """Add a category to a programme. Raises Invalid where its key is taken or the document has no such clause."""
    policy.require(actor, Action.MANAGE_PROGRAMMES, Facts(programme_id=programme.id))
    if not _CATEGORY_KEY.fullmatch(key):
        raise Invalid("category_key", field="key")
    taken = select(Category.id).where(Category.programme_id == programme.id, Category.key == key)
    if session.scalar(taken) is not None:
        raise Invalid("key_taken", field="key", taken=key)
    ref = clause_ref.translate(_BRACKETS)
    clauses = set(session.scalars(select(Clause.ref).where(Clause.document_key == programme.document_key)))
    if ref not in clauses:
        raise Invalid("clause_not_of_document", field="clause_ref", clause=clause_ref)
    category = Category(programme_id=programme.id, key=key, name=name, name_en=name_en, clause_ref=ref, outcome=outcome)
    session.add(category)
    session.flush()
    payload = {"key": key, "clause": ref, "outcome": outcome}
    events.record(session, actor, "add_category", "category", category.id, programme_id=programme.id, payload=payload)
    return category


def _check_programme(
    session: Session, key: str, document_key: str, issuer_prefix: str, code: str, years_valid: int
) -> None:
    if not _KEY.fullmatch(key):
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
