"""Where uploaded files are kept, and how large one may be, by the settings of this installation."""

from pathlib import Path

from flask import current_app

from registry.config import Config


def folder() -> Path:
    """Return the folder of the files."""
    return _config().data / "files"


def limit() -> int:
    """Return the most bytes that a file may have."""
    return _config().upload_bytes


def _config() -> Config:
    found: Config = current_app.extensions["registry.config"]
    return found
