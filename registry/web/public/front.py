"""The front page, and the two addresses by which a watcher asks how the portal is."""

from dataclasses import dataclass

from flask import g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import text

from registry import schema
from registry.domain.vocabulary import Intake, Kind, SiteKind
from registry.models import Round
from registry.queries import catalogue, notices, public, register
from registry.web import reading
from registry.web.forms.public import FindForm
from registry.web.public.blueprint import bp
from registry.web.public.catalogue import Applying, apply_url, applying, way
from registry.web.public.finding import kinds_and_regions
from registry.web.templating import label
from registry.web.work import database

LATEST = 3
ROUNDS = 6
# Stages that only some routes have.
_NOT_EVERYWHERE = (Kind.LIBRARY, Kind.SITE_VISIT)


@dataclass(frozen=True, slots=True)
class Open:
    """A round on the front page: how it stands, for whom it is, and where one applies where it has one category."""

    state: Applying
    kinds: str
    where: str
    apply_url: str | None


@bp.get("/")
def home() -> ResponseReturnValue:
    at = g.actor.at
    form, latest = FindForm(None), register.notices(g.session, at, LATEST)
    kinds_and_regions(form, SiteKind, catalogue.regions(g.session))
    return render_template(
        "public/home.html",
        form=form,
        rounds=[_open(applying(round_, at)) for round_ in public.current_rounds(g.session, at, ROUNDS)],
        count=public.count_current(g.session, at),
        notices=latest,
        places=notices.places(g.session, latest),
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


def _open(state: Applying) -> Open:
    rows = state.round.categories
    alone = len(rows) == 1 and state.intake is Intake.OPEN
    return Open(state, _kinds(state.round), _where(state.round), apply_url(rows[0].id) if alone else None)


def _kinds(round_: Round) -> str:
    """The kinds of site that the categories of a round take."""
    taken = [frozenset(row.category.site_kinds) for row in round_.categories]
    if not all(taken):
        return str(_("every kind of site"))
    return str(_(", ")).join(label(kind) for kind in SiteKind if kind in frozenset().union(*taken))


def _where(round_: Round) -> str:
    """The regions that every category of a round names, else the region of its programme."""
    named = [row.category.named_regions for row in round_.categories]
    keys = dict.fromkeys(key for keys in named for key in keys) if named and all(named) else {}
    return str(_(", ")).join(reading.region_name(key) for key in keys or (round_.programme.region_key,))
