"""Files on disk: what is taken, what is refused, and that a kept file is whole."""

import hashlib
import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

from registry import files
from registry.domain.errors import Invalid, NotFound

MEGABYTE = 1024 * 1024
WORD = b'<Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
SHEET = b'<Override ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
WITH_MACROS = b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'


def archive(**entries: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in entries.items():
            opened.writestr(name, content)
    return written.getvalue()


def types(content: bytes) -> dict[str, bytes]:
    return {"[Content_Types].xml": content}


def stored(folder: Path, name: str, content: bytes, limit: int = MEGABYTE) -> files.StoredFile:
    return files.store(folder, io.BytesIO(content), name=name, limit=limit)


def refused(folder: Path, name: str, content: bytes, limit: int = MEGABYTE) -> str:
    with pytest.raises(Invalid) as refusal:
        stored(folder, name, content, limit)
    assert refusal.value.field == "file"
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    return refusal.value.key


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("报告.PDF", b"%PDF-1.7 text", "application/pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n0000", "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.jpeg", b"\xff\xd8\xff\xe1", "image/jpeg"),
        (
            "a.docx",
            archive(**types(WORD)),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("a.xlsx", archive(**types(SHEET)), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.ofd", archive(**{"OFD.xml": b"<ofd/>"}), "application/ofd"),
        ("a.zip", archive(**{"one.txt": b"text", "in.docx": archive(**types(WORD))}), "application/zip"),
    ],
)
def test_a_file_is_kept_under_the_digest_of_its_content(
    tmp_path: Path, name: str, content: bytes, media_type: str
) -> None:
    sha256 = hashlib.sha256(content).hexdigest()

    assert stored(tmp_path, name, content) == files.StoredFile(sha256, len(content), media_type)

    assert files.path_of(tmp_path, sha256).read_bytes() == content
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [sha256]


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    assert stored(tmp_path, "a.pdf", b"%PDF-1") == stored(tmp_path, "b.pdf", b"%PDF-1")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("a.pdf", b"", "upload_empty"),
        ("a.exe", b"MZ", "file_type_unknown"),
        ("a", b"%PDF-1.7", "file_type_unknown"),
        ("a.html.pdf", b"<script>", "file_type_differs"),
        ("a.png", b"%PDF-1.7", "file_type_differs"),
        ("a.docm", archive(**types(WITH_MACROS)), "file_type_unknown"),
        ("a.docx", archive(**types(WITH_MACROS)), "file_type_differs"),
        ("a.docx", archive(**types(SHEET)), "file_type_differs"),
        ("a.docx", archive(**{"one.txt": b"text"}), "file_type_differs"),
        ("a.docx", archive(**types(WORD), **{"word/vbaProject.bin": b"x"}), "file_has_macros"),
        ("a.zip", archive(**{"book.xlsm": b"x"}), "file_has_macros"),
        ("a.zip", archive(**{"inner.zip": archive(one=b"x")}), "archive_in_archive"),
        ("a.zip", archive(**{"hidden.txt": archive(one=b"x")}), "archive_in_archive"),
        # A megabyte of nothing packs to about a thousandth of it, far beyond 1 to 50.
        ("a.zip", archive(nothing=bytes(MEGABYTE)), "archive_unpacks_too_large"),
        ("a.zip", archive(**{f"{number}": b"x" for number in range(2001)}), "archive_unpacks_too_large"),
        ("a.zip", b"PK\x03\x04 and no more", "archive_broken"),
        # A picture with an archive behind it would be read as either.
        ("a.png", b"\x89PNG\r\n\x1a\n" + archive(one=b"x"), "file_type_differs"),
    ],
)
def test_what_is_not_what_it_says_is_refused_and_leaves_nothing(
    tmp_path: Path, name: str, content: bytes, key: str
) -> None:
    assert refused(tmp_path, name, content) == key


def test_the_limit_itself_is_taken_and_one_byte_more_is_not(tmp_path: Path) -> None:
    assert refused(tmp_path, "a.pdf", b"%PDF-" + bytes(6), limit=10) == "upload_too_large"
    assert stored(tmp_path, "a.pdf", b"%PDF-" + bytes(5), limit=10).size == 10


@pytest.mark.parametrize("digest", ["", "ab", "../../etc/passwd", "A" * 64, "g" * 64])
def test_what_is_no_digest_has_no_path(tmp_path: Path, digest: str) -> None:
    with pytest.raises(NotFound):
        files.path_of(tmp_path, digest)


def ended(entries: int, size: int, *, larger: bool) -> bytes:
    """The end of an archive that announces a directory, in the small form or in the one for large archives."""
    if not larger:
        return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, entries, entries, size, 0, 0)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, size, 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, 4, 1)
    return record + locator + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0, 0)


@pytest.mark.parametrize(
    "end",
    [
        ended(1_000_000, 46_000_000, larger=True),
        ended(2_001, 100_000, larger=False),
        # A directory is read by its size, whatever number of entries is announced beside it.
        ended(1, MEGABYTE + 1, larger=False),
        ended(1, MEGABYTE + 1, larger=True),
        # Nothing but the small record of a large archive: its size is not known, and taken for the largest.
        ended(0xFFFF, 0xFFFFFFFF, larger=False),
    ],
)
def test_an_announced_crowd_of_entries_is_refused_before_its_directory_is_read(tmp_path: Path, end: bytes) -> None:
    """There is no such directory in the file: were it read, the archive would be called broken."""
    assert refused(tmp_path, "a.zip", b"PK\x03\x04" + end) == "archive_unpacks_too_large"


def test_content_that_was_stored_again_is_not_discarded(tmp_path: Path) -> None:
    sha256 = stored(tmp_path, "a.pdf", b"%PDF-1").sha256
    before = files.mark_of(tmp_path, sha256)
    os.utime(files.path_of(tmp_path, sha256), (1_000_000_000, 1_000_000_000))
    earlier = files.mark_of(tmp_path, sha256)
    stored(tmp_path, "b.pdf", b"%PDF-1")
    files.discard(tmp_path, sha256, earlier)
    assert files.path_of(tmp_path, sha256).is_file()
    assert files.mark_of(tmp_path, sha256) >= before
    files.discard(tmp_path, sha256, files.mark_of(tmp_path, sha256))
    assert not files.path_of(tmp_path, sha256).exists()
