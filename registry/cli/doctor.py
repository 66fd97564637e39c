"""The doctor: whether this installation is sound, and what is wrong with it if not."""

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from registry import db, files
from registry.cli.opening import opened
from registry.config import Config
from registry.models import Dossier, Evidence, ObjectionFile, Task
from registry.services import integrity

# Of what files are kept: what it is called, and the columns with its number, the digest and the size.
_FILES = (
    ("evidence", Evidence.id, Evidence.sha256, Evidence.size),
    ("objection_file", ObjectionFile.id, ObjectionFile.sha256, ObjectionFile.size),
    ("task", Task.id, Task.sha256, Task.size),
    ("dossier", Dossier.id, Dossier.json_sha256, Dossier.json_size),
    ("dossier", Dossier.id, Dossier.xlsx_sha256, Dossier.xlsx_size),
    ("dossier", Dossier.id, Dossier.pdf_sha256, Dossier.pdf_size),
)


@click.command()
def doctor() -> None:
    """Check the database, the stored files and the settings; exit 1 where something is wrong."""
    with opened() as (config, database):
        faults = list(examine(database, config))
    for fault in faults:
        click.echo(fault)
    click.echo(f"Faults found: {len(faults)}" if faults else "Everything holds.")
    sys.exit(1 if faults else 0)


def examine(database: db.Database, config: Config) -> Iterator[str]:
    """Yield a line for everything that is wrong."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            yield from _sqlite(connection)
    with database.reading() as session:
        yield from (_line(violation) for violation in integrity.violations(session))
        yield from _lost_files(session, config.data / "files")


def _sqlite(connection: Connection) -> Iterator[str]:
    found = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar()).upper()
    if reason := unsafe_journal(found, sqlite3.sqlite_version_info):
        yield f"sqlite: {reason}"
    for table, row, parent, _number in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"sqlite: row {row} of {table} refers to a row of {parent} that is not there"
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check(10)"):
        if line != "ok":
            yield f"sqlite: {line}"


def unsafe_journal(found: str, version: tuple[int, ...]) -> str:
    """Return why a journal mode is not safe with this version of SQLite, or nothing where it is."""
    if found == db.journal_mode(version) or (found == "DELETE" and version >= db.WAL_IS_SAFE_FROM):
        return ""
    number = ".".join(map(str, version))
    if found == "WAL":
        return (
            f"the write-ahead log is in use, and SQLite {number} may corrupt it when two connections write it at once;"
            f" it is safe from {'.'.join(map(str, db.WAL_IS_SAFE_FROM))} on"
        )
    return f"the journal mode is {found}, which does not survive a crash or several writers; it should be DELETE"


def _lost_files(session: Session, folder: Path) -> Iterator[str]:
    for name, number, digest, size in _FILES:
        for row in session.execute(select(number, digest, size).where(digest.is_not(None)).order_by(number)):
            path = files.path_of(folder, row[1] or "")
            if not path.is_file() or path.stat().st_size != row[2]:
                yield f"{name}_file: the file of {name} {row[0]} is missing or of another size: {row[1]}"


def _line(violation: integrity.Violation) -> str:
    more = "" if violation.count == len(violation.rows) else ", …"
    return f"{violation.key}: not so for {violation.count}: {violation.says} ({', '.join(violation.rows)}{more})"
