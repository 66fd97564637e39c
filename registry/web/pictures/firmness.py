"""The picture of how firmly each application is in."""

from collections.abc import Sequence

from flask_babel import gettext as _

from registry.rendering.pictures import firmness, shapes
from registry.rendering.pictures.shapes import Picture
from registry.web.pictures.shown import Shown, twice


def of_rows(rows: Sequence[firmness.Row]) -> Shown:
    """Return the picture of the ranked applications in order."""
    many = sum(row.selected for row in rows)
    first, shown = firmness.around(rows)
    counts = {
        "safe": sum(row.inside == row.settings for row in rows),
        "line": sum(row.on_the_line for row in rows),
        "out": sum(not row.inside for row in rows),
    }
    about = _("safe: %(safe)s; on the line: %(line)s; out: %(out)s", **counts)
    note = ""
    if len(shown) < len(rows):
        about_rows = {"first": first + 1, "last": first + len(shown), "count": len(rows)}
        note = _("Shown are rows %(first)s to %(last)s of %(count)s, around the cut.", **about_rows)
    legend = (
        (shapes.swatch("ranking-selected"), _("safe: in under every setting")),
        (shapes.swatch("firm-line", "firm-lines"), _("on the line: the part of the settings under which it is in")),
        (firmness.line_sign(), _("on the line")),
        (shapes.swatch("firm-ground"), _("out under these settings")),
    )

    def drawn(width: int) -> Picture:
        return firmness.picture(rows, _("Cut: %(count)s in", count=many), width=width)

    return twice(_("How firm the ranking is"), about, drawn, legend, note)
