"""Rounds prepared from the file of their programme: the kind of round is chosen, then its title and dates."""

from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry import seeds
from registry.domain.errors import NotFound
from registry.domain.programmes import Intake, RoundEntry, route_of
from registry.domain.vocabulary import Action, Level, Track
from registry.models import CriteriaVersion, Programme, Round
from registry.queries import programmes as programmes_of
from registry.queries import public
from registry.services import outlines
from registry.web import reading, route_words
from registry.web.forms import text
from registry.web.forms.admin_rounds import OutlineForm, from_beijing, outline_form
from registry.web.templating import BEIJING
from registry.web.work import committed, tried

bp = Blueprint("outlines", __name__, url_prefix="/rounds/prepare")


@bp.get("")
def index() -> ResponseReturnValue:
    usable, faulty = seeds.offered()
    outlined = {outline.key: outline for outline in usable}
    mine = programmes_of.of_actor(g.session, g.actor, Action.SET_UP_ROUND)
    return render_template(
        "admin/outlines/index.html",
        offers=[(row, outlined[row.key]) for row in mine if row.key in outlined],
        faulty=faulty,
    )


@bp.route("/<int:programme>/<string(maxlength=60):kind>", methods=["GET", "POST"])
def prepare(programme: int, kind: str) -> ResponseReturnValue:
    whose, entry = _chosen(programme, kind)
    criteria = {version.key: version for version in public.criteria_in_force(g.session)}
    form = outline_form(ends=entry.ends)()
    if not form.is_submitted():
        _fill(form, whose, entry)
    if form.validate_on_submit():
        round_ = tried(form, lambda: _prepared(whose, entry, criteria, form))
        if round_:
            url = url_for("admin.rounds.show", number=round_.id)
            return committed(url, _("The round is prepared as the file says. Look it over, then open it."))
    # A refused value ends the unit of work, so that the page is made of what it reads anew.
    whose = _programme(programme)
    page = render_template(
        "admin/outlines/prepare.html",
        programme=whose,
        entry=entry,
        form=form,
        titles={row.key: row for row in whose.categories},
        criteria=criteria,
        missing=sorted({intake.criteria for intake in entry.categories} - set(criteria)),
        way_of=_way,
        track_of=Track,
        level_of=Level,
        region_name=reading.region_name,
    )
    return page, 422 if form.is_submitted() else 200


def _chosen(number: int, kind: str) -> tuple[Programme, RoundEntry]:
    """The programme and the kind of round of its file; raises NotFound where either is not this officer's."""
    programme = _programme(number)
    outline = next((one for one in seeds.offered()[0] if one.key == programme.key), None)
    entry = next((one for one in outline.rounds if one.key == kind), None) if outline else None
    if entry is None:
        raise NotFound
    return programme, entry


def _programme(number: int) -> Programme:
    mine = programmes_of.of_actor(g.session, g.actor, Action.SET_UP_ROUND)
    found = next((row for row in mine if row.id == number), None)
    if found is None:
        raise NotFound
    return found


def _fill(form: OutlineForm, programme: Programme, entry: RoundEntry) -> None:
    """Propose a title and the years, which the officer may change."""
    year = g.actor.at.astimezone(BEIJING).year
    form.title.data = f"{programme.name}{year} 年{entry.title.zh}"
    form.title_en.data = f"{programme.name_en}, {entry.title.en} {year}"
    form.year.data = year


def _prepared(
    programme: Programme, entry: RoundEntry, criteria: dict[str, CriteriaVersion], form: OutlineForm
) -> Round:
    entered: dict[str, Any] = {
        "title": text(form.title),
        "title_en": text(form.title_en),
        "year": form.year.data,
        "opens_at": from_beijing(form.opens_at.data),
        "closes_at": from_beijing(form.closes_at.data) if entry.ends else None,
        "figures_year": form.figures_year.data,
        "factor_year": form.factor_year.data,
        "base_year": form.base_year.data,
    }
    return outlines.prepare(g.session, g.actor, programme, entry, criteria=criteria, **entered)


def _way(intake: Intake) -> list[object]:
    return list(route_words.way(route_of(intake), settings=True))
