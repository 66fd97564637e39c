"""Criteria versions, and the criteria sets that they hold, read with what they refer to."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.criteria import CriteriaSet, load_factors, load_set
from registry.domain.errors import NotFound
from registry.domain.faults import CriteriaFaulty
from registry.domain.shapes import Clause as KnownClause
from registry.domain.shapes import Document as KnownDocument
from registry.domain.shapes import FactorTable, Texts
from registry.domain.vocabulary import CriteriaStatus
from registry.models import Clause, CriteriaVersion, Document, Region, RoundCategory, User
from registry.queries import catalogue, finding, pages
from registry.queries.pages import FIRST, Asked, By, Page

_log = logging.getLogger(__name__)
_reading = threading.Lock()
# A document as far as a set is checked against it: key, title, English title, its clauses.
_Known = tuple[str, str, str, tuple[str, ...]]
# The texts of factors by their keys, and each region with the one in which it lies.
_Factors = tuple[tuple[str, str], ...]
_Regions = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A set that was read, with the texts of the tables that it uses; `strict` is one that was read as a new one."""

    used: frozenset[tuple[str, str]]
    strict: bool
    criteria: CriteriaSet


# Reading a set builds all its formulas; the same texts always give the same frozen set, whatever other tables there
# are. So a set is read once for its version, for the rounds that pinned it, and for the factors of today.
_MOST_TEXTS, _MOST_OF_ONE = 64, 4
_shelf: OrderedDict[tuple[str, tuple[_Known, ...], _Regions], list[_Kept]] = OrderedDict()


def index(
    session: Session, text: str = "", status: CriteriaStatus | None = None, asked: Asked = FIRST
) -> Page[CriteriaVersion]:
    """Return a page of the criteria versions that match, those of one set together, the newest of each first."""
    query = select(CriteriaVersion).where(
        finding.holds(text, CriteriaVersion.title, CriteriaVersion.title_en, CriteriaVersion.key)
    )
    if status:
        query = query.where(CriteriaVersion.status == status)
    order = (By(CriteriaVersion.key), By(CriteriaVersion.number, descending=True))
    return pages.page(session, query, order, asked)


def approved(session: Session) -> list[CriteriaVersion]:
    """Return the approved criteria versions, which a round can use."""
    query = select(CriteriaVersion).where(CriteriaVersion.status == CriteriaStatus.APPROVED)
    return list(session.scalars(query.order_by(CriteriaVersion.key, CriteriaVersion.number.desc())))


def one(session: Session, number: int, *, lock: bool = False) -> CriteriaVersion:
    """Return a criteria version; `lock` keeps its row until the unit of work ends. Raises NotFound."""
    query = select(CriteriaVersion).where(CriteriaVersion.id == number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    version = session.scalar(query)
    if version is None:
        raise NotFound
    return version


def people_of(session: Session, version: CriteriaVersion) -> dict[int, str]:
    """Return the names of who prepared and who approved a version, by id."""
    ids = [version.prepared_by_id, version.approved_by_id]
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def read(
    session: Session, content: str, *, source: str, factors: Mapping[str, str] | None = None, stored: bool = False
) -> CriteriaSet:
    """Read a criteria set against the known documents and regions, and the factors handed in, else the newest.

    Raises CriteriaFaulty with all its faults.
    """
    return _once(content, source, *_surroundings(session, factors), stored=stored)


def parsed(session: Session, version: CriteriaVersion) -> CriteriaSet:
    """Return the criteria set of a version, with the factors of today."""
    return read(session, version.content, source=version.key, stored=True)


def parsed_each(session: Session, versions: Iterable[CriteriaVersion]) -> list[tuple[CriteriaVersion, CriteriaSet]]:
    """Return versions with their criteria sets; what they refer to is read once.

    One that can no longer be read is left out and logged, so that it does not take the others with it.
    """
    surroundings = _surroundings(session, None)
    found = []
    for version in versions:
        try:
            found.append((version, _once(version.content, version.key, *surroundings, stored=True)))
        except CriteriaFaulty as faulty:
            _log.warning("criteria set %s %s cannot be read: %s", version.key, version.number, faulty.faults[0])
    return found


def of_round_category(session: Session, round_category: RoundCategory) -> CriteriaSet:
    """Return the criteria set of a round category: what was pinned when the round opened, until then its version's."""
    version = round_category.criteria_version
    if round_category.pinned_content is None:
        return parsed(session, version)
    factors = round_category.pinned_factors or {}
    return read(session, round_category.pinned_content, source=version.key, factors=factors, stored=True)


def _surroundings(session: Session, factors: Mapping[str, str] | None) -> tuple[tuple[_Known, ...], _Factors, _Regions]:
    """What a set is checked against: documents, factors and regions, in a form that a cache can hold.

    Documents and regions change by `catalogue.sync` alone, so that a session reads them once.
    """
    texts = catalogue.factor_texts(session) if factors is None else factors
    if catalogue.KNOWN not in session.info:
        regions = session.execute(select(Region.key, Region.parent_key).order_by(Region.position))
        session.info[catalogue.KNOWN] = _documents(session), tuple((row.key, row.parent_key) for row in regions)
    documents, known = session.info[catalogue.KNOWN]
    return documents, tuple(sorted(texts.items())), known


def _documents(session: Session) -> tuple[_Known, ...]:
    refs: dict[str, list[str]] = {}
    for row in session.execute(select(Clause.document_key, Clause.ref).order_by(Clause.position)):
        refs.setdefault(row.document_key, []).append(row.ref)
    rows = session.execute(select(Document.key, Document.title, Document.title_en).order_by(Document.key))
    return tuple((row.key, row.title, row.title_en, tuple(refs.get(row.key, ()))) for row in rows)


def _once(
    content: str,
    source: str,
    documents: tuple[_Known, ...],
    factors: _Factors,
    regions: _Regions,
    *,
    stored: bool,
) -> CriteriaSet:
    """Return a set that is read by one thread at a time: whoever comes meanwhile finds it read."""
    there, ground = frozenset(factors), (content, documents, regions)
    with _reading:
        for kept in _shelf.get(ground, ()):
            if kept.used <= there and (kept.strict or stored):
                _shelf.move_to_end(ground)
                return kept.criteria
        criteria = _read(content, source, documents, factors, regions, stored=stored)
        own = {table.key for table in criteria.shape.factors}
        used = {(key, text) for key, text in factors if key in criteria.tables and key not in own}
        rows = _shelf.setdefault(ground, [])
        rows.append(_Kept(frozenset(used), not stored, criteria))
        del rows[:-_MOST_OF_ONE]
        _shelf.move_to_end(ground)
        while len(_shelf) > _MOST_TEXTS:
            _shelf.popitem(last=False)
        return criteria


def _read(
    content: str,
    source: str,
    documents: tuple[_Known, ...],
    factors: _Factors,
    regions: _Regions,
    *,
    stored: bool,
) -> CriteriaSet:
    return load_set(
        content,
        stored=stored,
        source=source,
        documents={
            key: KnownDocument(
                title=Texts(zh=title, en=title_en),
                clauses={ref: KnownClause() for ref in refs} or None,
            )
            for key, title, title_en, refs in documents
        },
        factors={key: _table(key, text) for key, text in factors},
        regions=dict(regions),
    )


@lru_cache(maxsize=64)
def _table(key: str, text: str) -> FactorTable:
    return load_factors(text, source=f"{key}.yaml")
