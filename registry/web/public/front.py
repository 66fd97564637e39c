"""The front page, and the two addresses by which a watcher asks how the portal is."""

from flask import g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from registry import schema
from registry.domain.vocabulary import Kind
from registry.queries import public, register
from registry.web.public.blueprint import bp
from registry.web.public.catalogue import applying, way
from registry.web.work import database

LATEST = 4
# Stages that only some routes have.
_NOT_EVERYWHERE = (Kind.LIBRARY, Kind.SITE_VISIT)


@bp.get("/")
def home() -> ResponseReturnValue:
    at = g.actor.at
    rounds = public.current_rounds(g.session, at)
    return render_template(
        "public/home.html",
        rounds=[applying(round_, at) for round_ in rounds],
        notices=register.notices(g.session, at, LATEST),
        publications=register.publications(g.session, LATEST),
        way=way(kind for kind in Kind if kind not in _NOT_EVERYWHERE),
        valid=register.count_valid(g.session, at),
    )


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    g.session.execute(text("SELECT 1"))
    if schema.is_current(database().engine):
        return {"status": "ok"}
    return {"status": "schema is not current"}, 503
