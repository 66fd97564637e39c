"""The files of `criteria/` that fill an empty installation: documents, targets, regions, factors and calendar."""

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from registry.config import ROOT
from registry.domain import plainyaml
from registry.domain.faults import CriteriaFaulty
from registry.domain.policy import Actor
from registry.services import catalogue

CRITERIA = ROOT / "criteria"


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


def _plain(path: Path) -> dict[str, Any]:
    root, faults = plainyaml.read(path.read_text(encoding="utf-8"), source=path.name)
    found = plainyaml.plain(root)
    if faults or not isinstance(found, dict):
        raise CriteriaFaulty(path.name, faults)
    return found
