"""Files on disk, each kept once under the SHA-256 of its content.

What is kept is opened by the portal again only to look whether a copy for blind review names the applicant.

A file is first written beside the others under a name of its own, looked at, and renamed into its place when it is
whole and on the disk; whoever reads finds all of a file or nothing.
"""

import hashlib
import os
import re
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from registry.archives import directory_of
from registry.domain.errors import Invalid, NotFound
from registry.domain.filetypes import HEAD, PDF, FileType, StoredFile, is_archive, refuse_macros, type_of

BLOCK = 1024 * 1024
MOST_ENTRIES = 2_000
MOST_UNPACKED = 500 * 1024 * 1024
MOST_RATIO = 50
LARGEST_DECLARATION = 1024 * 1024
LARGEST_DIRECTORY = 1024 * 1024
_ESCAPED = re.compile(rb"\\(?:([0-7]{1,3})|([^0-7]))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b""}
LARGEST_PART = 16 * 1024 * 1024
Mark = int
_STREAM = re.compile(rb"/FlateDecode\b.{0,400}?\bstream\r?\n", re.DOTALL)
# What the archive reader raises for broken input; NotImplementedError is its word for an unknown compression.
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


def store(folder: Path, stream: IO[bytes], *, name: str, limit: int) -> StoredFile:
    """Keep a file whose content is what its name says.

    Raises Invalid for one that is empty, larger than the limit, of a type that is not taken, or an archive that is
    broken, holds programs or another archive, or unpacks to far more than it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix="incoming-")
    path = Path(temporary)
    try:
        with os.fdopen(handle, "wb") as target:
            sha256, size = _copied(stream, target, limit)
        known = _inspected(path, name)
        _put(path, path_of(folder, sha256))
        return StoredFile(sha256, size, known.media_type)
    finally:
        path.unlink(missing_ok=True)


def keep(folder: Path, stream: IO[bytes], *, media_type: str) -> StoredFile:
    """Keep a file that the portal itself has drawn, of whatever size; raises Invalid for an empty one."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix="incoming-")
    path = Path(temporary)
    try:
        with os.fdopen(handle, "wb") as target:
            sha256, size = _copied(stream, target, sys.maxsize)
        _put(path, path_of(folder, sha256))
        return StoredFile(sha256, size, media_type)
    finally:
        path.unlink(missing_ok=True)


def path_of(folder: Path, sha256: str) -> Path:
    """Return where the file with this digest is kept. Raises NotFound for what is no digest."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise NotFound
    return folder / sha256[:2] / sha256


def told(folder: Path, sha256: str) -> Iterator[bytes]:
    """Yield what can be read in a kept file without drawing it: its bytes, the entries of an archive, parts of a PDF.

    Of each part no more is unpacked than a text has.
    """
    path = path_of(folder, sha256)
    content = path.read_bytes()
    yield content
    if zipfile.is_zipfile(path):
        with suppress(*_BROKEN), zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                yield entry.filename.encode()
                if not entry.is_dir():
                    with archive.open(entry) as packed:
                        yield packed.read(LARGEST_PART)
    elif content.startswith(PDF):
        yield _ESCAPED.sub(_meant, content)
        for match in _STREAM.finditer(content):
            packed_part = content[match.end() : content.find(b"endstream", match.end())]
            with suppress(zlib.error):
                part = zlib.decompressobj().decompress(packed_part, LARGEST_PART)
                yield part
                yield _ESCAPED.sub(_meant, part)


def _meant(escaped: re.Match[bytes]) -> bytes:
    """What an escape in a text of a PDF stands for."""
    return bytes([int(escaped[1], 8) & 255]) if escaped[1] else _LETTERS.get(escaped[2], escaped[2])


def mark_of(folder: Path, sha256: str) -> Mark:
    """Return what is another as soon as the same content is stored once more."""
    return path_of(folder, sha256).stat().st_mtime_ns


def discard(folder: Path, sha256: str, mark: Mark) -> None:
    """Take a file away, unless the same content was stored again since the mark was taken."""
    path = path_of(folder, sha256)
    if path.is_file() and path.stat().st_mtime_ns == mark:
        path.unlink()


def stored_before(folder: Path, moment: float) -> Iterator[Path]:
    """Yield the files, half-written ones too, that were last stored before a moment of this machine's clock."""
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime < moment:
                yield path


def _copied(stream: IO[bytes], target: IO[bytes], limit: int) -> tuple[str, int]:
    """Write the stream and have it on the disk; return its digest and size."""
    digest, size = hashlib.sha256(), 0
    while block := stream.read(BLOCK):
        size += len(block)
        if size > limit:
            raise Invalid("upload_too_large", field="file", limit=limit // (1024 * 1024))
        digest.update(block)
        target.write(block)
    if size == 0:
        raise Invalid("upload_empty", field="file")
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest(), size


def _put(temporary: Path, place: Path) -> None:
    """Move a whole file into its place, and have its name on the disk too."""
    place.parent.mkdir(exist_ok=True)
    if place.exists():
        os.utime(place)
    else:
        temporary.chmod(0o440)
        temporary.rename(place)
        _sync(place.parent)
        _sync(place.parent.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _inspected(path: Path, name: str) -> FileType:
    with path.open("rb") as file:
        known = type_of(name, file.read(HEAD))
    if zipfile.is_zipfile(path):
        _look_inside(path, known, name)
    elif known.entry or known.media_type == "application/zip":
        raise Invalid("archive_broken", field="file")
    return known


def _look_inside(path: Path, known: FileType, name: str) -> None:
    if known.signature[:2] != b"PK":
        # A picture or PDF with an archive behind it is two files in one, made to be read as either.
        raise Invalid("file_type_differs", field="file", extension=name.rsplit(".", 1)[-1].lower())
    _refuse_crowds(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive, path.stat().st_size)
            refuse_macros(archive.namelist())
            _refuse_archives(archive)
            _refuse_others(archive, known, name)
    except _BROKEN as error:
        raise Invalid("archive_broken", field="file") from error


def _refuse_crowds(path: Path) -> None:
    """Refuse an archive whose directory would fill the memory before its entries can be looked at."""
    directory = directory_of(path)
    if directory.entries > MOST_ENTRIES or directory.size > LARGEST_DIRECTORY:
        raise Invalid("archive_unpacks_too_large", field="file", entries=MOST_ENTRIES)


def _refuse_bombs(archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * size:
        raise Invalid("archive_unpacks_too_large", field="file", entries=MOST_ENTRIES)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Invalid("archive_locked", field="file")


def _refuse_archives(archive: zipfile.ZipFile) -> None:
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        with archive.open(entry) as content:
            if is_archive(entry.filename, content.read(HEAD)):
                raise Invalid("archive_in_archive", field="file", entry=entry.filename)


def _refuse_others(archive: zipfile.ZipFile, known: FileType, name: str) -> None:
    """Refuse an archive that lacks what makes it a document of its type."""
    if not known.entry:
        return
    found = known.entry in archive.namelist()
    if found and known.declared:
        with archive.open(known.entry) as content:
            declared = content.read(LARGEST_DECLARATION)
        found = known.declared in declared and b"macroEnabled" not in declared
    if not found:
        raise Invalid("file_type_differs", field="file", extension=name.rsplit(".", 1)[-1].lower())
