"""Files that people hand in: which types are taken, how each is known, and what is told of a file that was kept."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

from registry.domain.errors import Invalid

PDF = b"%PDF-"
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
ZIP = b"PK\x03\x04"
HEAD = 16

LONGEST_NAME = 200
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})

_OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that is taken: what its files begin with and, where they are archives, the entry that makes them one."""

    media_type: str
    signature: bytes
    entry: str = ""
    declared: bytes = b""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was kept under its digest."""

    sha256: str
    size: int
    media_type: str


TYPES = {
    "pdf": FileType("application/pdf", PDF),
    "png": FileType("image/png", PNG),
    "jpg": FileType("image/jpeg", JPEG),
    "jpeg": FileType("image/jpeg", JPEG),
    "docx": FileType(
        _OFFICE + "wordprocessingml.document",
        ZIP,
        "[Content_Types].xml",
        b"wordprocessingml.document.main+xml",
    ),
    "xlsx": FileType(
        _OFFICE + "spreadsheetml.sheet",
        ZIP,
        "[Content_Types].xml",
        b"spreadsheetml.sheet.main+xml",
    ),
    "ofd": FileType("application/ofd", ZIP, "OFD.xml"),
    "zip": FileType("application/zip", ZIP),
}
SHOWN = "PDF, PNG, JPG, DOCX, XLSX, OFD, ZIP"

_ARCHIVES = frozenset({"zip", "7z", "rar", "gz", "bz2", "xz", "tar", "jar"})
_MACROS = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm"})
_ARCHIVE_HEADS = (ZIP, b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")


def type_of(name: str, head: bytes) -> FileType:
    """Return the type that a file's name says it has and its first bytes confirm, or raise Invalid."""
    known = TYPES.get(extension(name))
    if known is None:
        raise Invalid("file_type_unknown", field="file", types=SHOWN)
    if not head.startswith(known.signature):
        raise Invalid("file_type_differs", field="file", extension=extension(name))
    return known


def extension(name: str) -> str:
    """Return the last extension of a name, in small letters without its dot."""
    return PurePosixPath(name.strip()).suffix.removeprefix(".").lower()


def kept_name(name: str) -> str:
    """Return a file's name as it is kept: its end, without signs that nobody sees and that turn what is read."""
    seen = "".join(sign for sign in name if unicodedata.category(sign) not in _UNSEEN)
    return seen.strip()[-LONGEST_NAME:]


def refuse_macros(entries: Collection[str]) -> None:
    """Raise Invalid where an archive holds programs of an office document."""
    for entry in entries:
        if entry.lower().endswith("vbaproject.bin") or extension(entry) in _MACROS:
            raise Invalid("file_has_macros", field="file", entry=entry)


def is_archive(entry: str, head: bytes) -> bool:
    """Tell whether an entry of an archive is an archive itself; an office document is none."""
    if extension(entry) in {"docx", "xlsx", "ofd", "pptx"}:
        return False
    return extension(entry) in _ARCHIVES or head.startswith(_ARCHIVE_HEADS)
