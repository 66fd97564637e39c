"""A real browser for the journeys, where there is one."""

import shutil
from importlib.util import find_spec

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
NAMES = ("chromium", "chromium-browser", "google-chrome")


def found_browser() -> str:
    """Return the path of a browser that can be driven; nothing where there is none."""
    if not find_spec("playwright"):
        return ""
    return next((path for name in NAMES if (path := shutil.which(name))), "")
