"""The catalogue: policy documents with their clauses and targets, regions, tables of factors and the calendar, kept in
step with the files.

The files are read elsewhere (`registry.seeds`); here their content arrives as plain values.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from registry.domain import plainyaml
from registry.domain.criteria import load_factors
from registry.domain.policy import Actor
from registry.domain.shapes import Document as KnownDocument
from registry.domain.targets import document_of, load_targets
from registry.domain.vocabulary import Level
from registry.models import Clause, Document, Factor, Region, TargetEntry
from registry.queries import catalogue
from registry.services import calendar as calendars
from registry.services import events


def sync(
    session: Session,
    actor: Actor,
    *,
    documents: Mapping[str, Any],
    regions: Mapping[str, Any],
    factors: Iterable[str] = (),
    targets: str | None = None,
    calendar: str | None = None,
) -> None:
    """Bring the tables in step with the files; what is in step already is left alone and makes no event.

    `documents` and `regions` are the plain content of their files, the others the texts of theirs. Of targets and
    calendar alone something is taken away, what their files no longer have: a region or a clause may be in use.
    Raises CriteriaFaulty where factors or targets are at fault.
    """
    for key, entry in documents.items():
        _sync_document(session, actor, key, entry)
    _sync_regions(session, actor, regions)
    for content in factors:
        _sync_factor(session, actor, content)
    if targets is not None:
        _sync_targets(session, actor, targets, documents, regions)
    if calendar is not None:
        calendars.sync(session, actor, calendar)
    session.info.pop(catalogue.KNOWN, None)


def _sync_document(session: Session, actor: Actor, key: str, entry: Mapping[str, Any]) -> None:
    row = session.get(Document, key, options=[selectinload(Document.clauses)])
    if row is None:
        row = Document(key=key, clauses=[])
        session.add(row)
    changed = _put(
        row,
        title=entry["title"]["zh"],
        title_en=entry["title"]["en"],
        issued_by=entry["issued_by"]["zh"],
        issued_by_en=entry["issued_by"]["en"],
        number=entry.get("number"),
        dated=date.fromisoformat(entry["date"]) if entry.get("date") else None,
        chapters=entry.get("chapters") or {},
    )
    known = {clause.ref: clause for clause in row.clauses}
    clauses = [
        _sync_clause(row, known, ref, position, clause)
        for position, (ref, clause) in enumerate((entry.get("clauses") or {}).items())
    ]
    if changed or any(clauses):
        events.record(session, actor, "sync_document", "document", key, payload={"clauses": sum(clauses)})


def _sync_clause(
    document: Document, known: Mapping[str, Clause], ref: str, position: int, entry: Mapping[str, Any]
) -> bool:
    row = known.get(ref)
    if row is None:
        row = Clause(ref=ref)
        document.clauses.append(row)
    title = entry.get("title") or {}
    return _put(
        row,
        title=title.get("zh", ""),
        title_en=title.get("en", ""),
        text=entry.get("text") or "",
        summary_en=entry.get("english") or "",
        position=position,
    )


def _sync_regions(session: Session, actor: Actor, regions: Mapping[str, Any]) -> None:
    known = {region.key: region for region in session.scalars(select(Region))}
    changed = []
    for position, (key, entry) in enumerate(regions.items()):
        row = known.get(key)
        if row is None:
            row = Region(key=key)
            session.add(row)
        touched = _put(
            row,
            parent_key=entry["parent"],
            level=Level(entry["level"]),
            code=entry["code"],
            name=entry["name"]["zh"],
            name_en=entry["name"]["en"],
            position=position,
        )
        changed += [key] if touched else []
    if changed:
        events.record(session, actor, "sync_regions", "region", "", payload={"changed": len(changed)})


def _sync_factor(session: Session, actor: Actor, content: str) -> None:
    key = load_factors(content, source="factors").key
    digest = hashlib.sha256(content.encode()).hexdigest()
    newest = session.scalar(select(Factor).where(Factor.key == key).order_by(Factor.number.desc()).limit(1))
    if newest is not None and newest.digest == digest:
        return
    number = 1 + (session.scalar(select(func.max(Factor.number)).where(Factor.key == key)) or 0)
    session.add(Factor(key=key, number=number, content=content, digest=digest, loaded_at=actor.at))
    events.record(session, actor, "load_factors", "factor", key, payload={"number": number, "digest": digest})


def _sync_targets(
    session: Session, actor: Actor, content: str, documents: Mapping[str, Any], regions: Mapping[str, Any]
) -> None:
    entries = load_targets(
        content,
        source="targets.yaml",
        documents={key: KnownDocument.model_validate(entry) for key, entry in documents.items()},
        regions={key: entry["parent"] for key, entry in regions.items()},
    )
    root, _faults = plainyaml.read(content, source="targets.yaml")
    plain: Any = plainyaml.plain(root)
    known = {row.key: row for row in session.scalars(select(TargetEntry))}
    changed = []
    for position, (key, entry) in enumerate(entries.items()):
        row = known.pop(key, None)
        if row is None:
            row = TargetEntry(key=key)
            session.add(row)
        touched = _put(
            row,
            document_key=document_of(key),
            kind=entry.kind,
            title=entry.title.zh,
            title_en=entry.title.en,
            position=position,
            content=plain[key],
        )
        changed += [key] if touched else []
    for row in known.values():
        session.delete(row)
    if changed or known:
        payload = {"changed": len(changed), "removed": sorted(known)}
        events.record(session, actor, "sync_targets", "target_entry", "", payload=payload)


def _put(row: Any, **values: object) -> bool:
    """Write the values that differ and tell whether any did."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
