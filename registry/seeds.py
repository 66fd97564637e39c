"""The files of `criteria/` that fill an empty installation: documents, targets, regions, factors and calendar."""

import re
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from registry.config import ROOT
from registry.domain import plainyaml
from registry.domain.criteria import load_documents, load_regions
from registry.domain.faults import CriteriaFaulty
from registry.domain.policy import Actor
from registry.domain.programmes import Known, ProgrammeFile, load_programme
from registry.services import catalogue

CRITERIA = ROOT / "criteria"
_ID = re.compile(r"[A-Z][A-Za-z0-9]*-[0-9]+")


def sync(session: Session, actor: Actor, folder: Path = CRITERIA) -> None:
    """Bring documents, targets, regions, factors and calendar in step with the files of a folder."""
    catalogue.sync(
        session,
        actor,
        documents=documents(folder),
        regions=regions(folder),
        factors=factors(folder),
        targets=targets(folder),
        calendar=calendar(folder),
    )


def documents(folder: Path = CRITERIA) -> dict[str, Any]:
    """Return the policy documents by key, as their file has them."""
    return _plain(folder / "documents.yaml")


def regions(folder: Path = CRITERIA) -> dict[str, Any]:
    """Return the regions by key, parents first, as their file has them."""
    return _plain(folder / "regions.yaml")


def factors(folder: Path = CRITERIA) -> list[str]:
    """Return the texts of the files of factors."""
    return [path.read_text(encoding="utf-8") for path in sorted((folder / "factors").glob("*.yaml"))]


def targets(folder: Path = CRITERIA) -> str:
    """Return the text of the file of what the documents ask for."""
    return (folder / "targets.yaml").read_text(encoding="utf-8")


def calendar(folder: Path = CRITERIA) -> str:
    """Return the text of the file of days that the library of holidays does not have."""
    return (folder / "calendar" / "cn.yaml").read_text(encoding="utf-8")


def criteria_set(key: str, folder: Path = CRITERIA) -> str:
    """Return the text of the file of a criteria set."""
    return (folder / "sets" / f"{key}.yaml").read_text(encoding="utf-8")


def programmes(folder: Path = CRITERIA) -> dict[str, ProgrammeFile]:
    """Return the programmes by key, each as its file has it; raises CriteriaFaulty for a file that cannot be used."""
    known = known_to_programmes(folder)
    paths = sorted((folder / "programmes").glob("*.yaml"))
    read = (load_programme(path.read_text(encoding="utf-8"), source=path.name, known=known) for path in paths)
    return {entry.key: entry for entry in read}


def offered(folder: Path = CRITERIA) -> tuple[list[ProgrammeFile], list[str]]:
    """Return the programmes whose files can be used, and the names of the files that cannot."""
    known = known_to_programmes(folder)
    usable, faulty = [], []
    for path in sorted((folder / "programmes").glob("*.yaml")):
        try:
            usable.append(load_programme(path.read_text(encoding="utf-8"), source=path.name, known=known))
        except CriteriaFaulty:
            faulty.append(path.name)
    return usable, faulty


def known_to_programmes(folder: Path = CRITERIA) -> Known:
    """Return what the files of programmes may name."""
    sets = {path.stem: _categories(path) for path in sorted((folder / "sets").glob("*.yaml"))}
    return Known(
        documents=load_documents((folder / "documents.yaml").read_text(encoding="utf-8"), source="documents.yaml"),
        regions=load_regions((folder / "regions.yaml").read_text(encoding="utf-8"), source="regions.yaml"),
        sets=sets,
    )


def _categories(path: Path) -> frozenset[str]:
    """Return the categories that a criteria set names, read from that part of the file alone.

    To read a whole set takes twenty times as long.
    """
    text = path.read_text(encoding="utf-8")
    found = re.search(r"^categories:(?: *\[[^\]]*\]|(?:\n  - .*)+)", text, re.MULTILINE)
    return frozenset(_ID.findall(found.group() if found else ""))


def _plain(path: Path) -> dict[str, Any]:
    root, faults = plainyaml.read(path.read_text(encoding="utf-8"), source=path.name)
    found = plainyaml.plain(root)
    if faults or not isinstance(found, dict):
        raise CriteriaFaulty(path.name, faults)
    return found
