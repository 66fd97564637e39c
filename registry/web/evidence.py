"""Evidence, handed to whoever may read it: always as a file to keep, never as a page of the portal."""

from flask import Blueprint, Response, g, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.errors import NotFound
from registry.domain.vocabulary import ScanState
from registry.files import path_of
from registry.queries import blinding, filings
from registry.web import storage

bp = Blueprint("evidence", __name__)


@bp.get("/evidence/<int:number>")
def download(number: int) -> ResponseReturnValue:
    found = filings.evidence(g.session, g.actor, number)
    path = path_of(storage.folder(), found.sha256)
    if found.scan_state is ScanState.INFECTED or not path.is_file():
        raise NotFound("evidence_not_readable")
    name = blinding.handed(g.session, g.actor, found, material=_("Material")) or found.name
    answer = send_file(path, mimetype=found.media_type, as_attachment=True, download_name=name, etag=False, max_age=0)
    return hardened(answer)


def hardened(answer: Response) -> Response:
    """Let a browser do nothing with a file but keep it."""
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
