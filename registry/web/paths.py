"""Where a reader may be sent on to: an address of this portal, and no other."""

import unicodedata

from flask import current_app
from werkzeug.exceptions import HTTPException


def safe_path(text: str) -> str:
    """Return the path where it is an address of this portal that can be read, else nothing."""
    if not text.startswith("/") or text.startswith(("//", "/\\")):
        return ""
    if any(unicodedata.category(sign) == "Cc" for sign in text):
        # Browsers leave them out: what follows would be read as another address.
        return ""
    try:
        current_app.url_map.bind("").match(text.split("?", 1)[0], method="GET")
    except HTTPException:
        return ""
    return text
