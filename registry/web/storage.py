"""Where uploaded files are kept, and how large one may be, by the settings of this installation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app, g
from werkzeug.datastructures import FileStorage

from registry import files
from registry.config import Config
from registry.domain.errors import DomainError
from registry.domain.filetypes import StoredFile
from registry.queries import kept_files


def folder() -> Path:
    """Return the folder of the files."""
    return _config().data / "files"


def limit() -> int:
    """Return the most bytes that a file may have."""
    return _config().upload_bytes


@contextmanager
def receiving() -> Iterator[Callable[[FileStorage], StoredFile]]:
    """Hand out what keeps an upload; where anything is refused after that, what no row names is taken away again."""
    kept: dict[str, files.Mark] = {}

    def keep(upload: FileStorage) -> StoredFile:
        stored = files.store(folder(), upload.stream, name=upload.filename or "", limit=limit())
        kept[stored.sha256] = files.mark_of(folder(), stored.sha256)
        return stored

    try:
        yield keep
    except DomainError:
        g.session.rollback()
        named = kept_files.named(g.session, kept)
        for sha256 in kept.keys() - named:
            files.discard(folder(), sha256, kept[sha256])
        raise


def _config() -> Config:
    found: Config = current_app.extensions["registry.config"]
    return found
