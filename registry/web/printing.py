"""Names that cannot be printed, told to whoever types them: they are taken as they are, and no paper is a surprise."""

from flask import flash
from flask_babel import gettext as _

from registry.rendering import fonts


def warn_unprintable(*names: str) -> None:
    """Tell the reader with the next page which characters of these names no paper can show."""
    found = fonts.missing_glyphs({"names": "".join(names)}).get("names", ())
    if found:
        named = ", ".join(fonts.named(character) for character in found)
        flash(
            _(
                "These characters cannot be printed: %(characters)s. The name is kept as you wrote it, but receipts, "
                "letters and certificates cannot be made with it. Check that it is written as in your licence; if it "
                "is, ask the office before you apply.",
                characters=named,
            ),
            "warning",
        )
