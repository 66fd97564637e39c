"""Rounds: prepared with their categories, then opened."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import routes
from registry.domain.criteria import CriteriaSet
from registry.domain.errors import WrongState
from registry.domain.shapes import FactorTable
from registry.domain.vocabulary import Action, Level, RoundStatus, Track
from registry.models import Programme, Round
from registry.queries import criteria_versions, public
from registry.queries import programmes as programmes_of
from registry.queries import rounds as rounds_of
from registry.services import rounds
from registry.web.forms import SelectChoice, text
from registry.web.forms.admin_rounds import (
    OpenForm,
    ProgrammeChoiceForm,
    RoundCategoryForm,
    RoundForm,
    round_category_form,
)
from registry.web.templating import BEIJING, label, named, picked
from registry.web.work import committed, tried

bp = Blueprint("rounds", __name__, url_prefix="/rounds")


@bp.get("/")
def index() -> ResponseReturnValue:
    found = rounds_of.everything(g.session, g.actor)
    return render_template("admin/rounds/index.html", rounds=found, may_set_up=bool(_mine()), intake=public.intake)


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    mine = _mine()
    form = ProgrammeChoiceForm()
    form.programme.choices = [SelectChoice(str(number), named(row)) for number, row in mine.items()]
    if form.validate_on_submit():
        programme = mine[int(form.programme.data)]
        round_ = tried(form, lambda: rounds.create(g.session, g.actor, programme, **_entered(form)))
        if round_:
            url = url_for("admin.rounds.show", number=round_.id)
            return committed(url, _("The round is in preparation. Now add its categories."))
    return render_template("admin/rounds/new.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(rounds_of.one(g.session, g.actor, Action.VIEW_ROUNDS, number), OpenForm())


@bp.route("/<int:number>/edit", methods=["GET", "POST"])
def edit(number: int) -> ResponseReturnValue:
    round_ = _to_prepare(number)
    if round_.status is not RoundStatus.PREPARED:
        return redirect(url_for("admin.rounds.show", number=number), 303)
    form = RoundForm(data=None if request.method == "POST" else _shown(round_))
    if form.validate_on_submit() and tried(form, lambda: rounds.edit(g.session, g.actor, round_, **_entered(form))):
        return committed(url_for("admin.rounds.show", number=number), _("The round is changed."))
    page = render_template("admin/rounds/edit.html", form=form, number=number)
    return page, 422 if form.is_submitted() else 200


@bp.route("/<int:number>/categories/add", methods=["GET", "POST"])
def add_category(number: int) -> ResponseReturnValue:
    round_ = _to_prepare(number)
    if round_.status is not RoundStatus.PREPARED:
        return redirect(url_for("admin.rounds.show", number=number), 303)
    chosen = request.args.get("criteria", type=int)
    if chosen is None:
        approved = criteria_versions.approved(g.session)
        return render_template("admin/rounds/add_category.html", round_=round_, versions=approved, form=None)
    version = criteria_versions.one(g.session, chosen)
    form = _category_form(round_, criteria_versions.parsed(g.session, version))
    if form.validate_on_submit() and tried(form, lambda: _added(round_, chosen, form)):
        return committed(url_for("admin.rounds.show", number=number), _("The category is added."))
    page = render_template(
        "admin/rounds/add_category.html", round_=_to_prepare(number), criteria_version=version, versions=[], form=form
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/<int:number>/categories/<int:entry>/remove")
def remove_category(number: int, entry: int) -> ResponseReturnValue:
    rounds.remove_category(g.session, g.actor, _to_prepare(number), entry)
    return committed(url_for("admin.rounds.show", number=number), _("The category is taken out of the round."))


@bp.post("/<int:number>/open", endpoint="open")
def open_(number: int) -> ResponseReturnValue:
    form, round_ = OpenForm(), _to_prepare(number)
    if tried(form, lambda: rounds.open_(g.session, g.actor, round_)):
        return committed(
            url_for("admin.rounds.show", number=number), _("The round is open; nothing of it changes now.")
        )
    return _page(_to_prepare(number), form), 422


def _mine() -> dict[int, Programme]:
    """The programmes whose rounds this person may set up."""
    return {row.id: row for row in programmes_of.of_actor(g.session, g.actor, Action.SET_UP_ROUND)}


def _to_prepare(number: int) -> Round:
    """A round that this officer may set up; while it is written it is still in preparation and its row is kept."""
    writing = request.method == "POST"
    round_ = rounds_of.one(g.session, g.actor, Action.SET_UP_ROUND, number, lock=writing)
    if writing and round_.status is not RoundStatus.PREPARED:
        raise WrongState("round_is_open")
    return round_


def _page(round_: Round, form: OpenForm) -> str:
    quotas = {entry.id: rounds_of.award_quota(round_, entry.category_id) for entry in round_.categories}
    criteria = {entry.id: criteria_versions.of_round_category(g.session, entry) for entry in round_.categories}
    return render_template(
        "admin/rounds/show.html",
        round_=round_,
        form=form,
        may_set_up=round_.programme_id in _mine(),
        quotas=quotas,
        criteria=criteria,
        intake=public.intake,
    )


def _entered(form: RoundForm) -> dict[str, Any]:
    return {
        "title": text(form.title),
        "title_en": text(form.title_en),
        "year": form.year.data,
        "opens_at": _from_beijing(form.opens_at.data),
        "closes_at": _from_beijing(form.closes_at.data),
        "one_person_may_sign": form.one_person_may_sign.data,
    }


def _shown(round_: Round) -> dict[str, Any]:
    """What stands in the form of a round, its dates in the time of Beijing."""
    return {
        "title": round_.title,
        "title_en": round_.title_en,
        "year": round_.year,
        "opens_at": _in_beijing(round_.opens_at),
        "closes_at": _in_beijing(round_.closes_at),
        "one_person_may_sign": round_.one_person_may_sign,
    }


def _from_beijing(entered: datetime | None) -> datetime | None:
    return entered.replace(tzinfo=BEIJING).astimezone(UTC) if entered else None


def _in_beijing(at: datetime | None) -> datetime | None:
    return at.astimezone(BEIJING).replace(tzinfo=None) if at else None


def _category_form(round_: Round, criteria: CriteriaSet) -> RoundCategoryForm:
    tables = {key: _versions(table) for key, table in criteria.tables.items() if len(table.versions) > 1}
    form = round_category_form(tables)()
    form.category.choices = [SelectChoice(str(row.id), named(row)) for row in round_.programme.categories]
    form.track.choices = [SelectChoice(track, label(track)) for track in Track]
    form.level.choices = [SelectChoice(level, label(level)) for level in Level]
    form.route.choices = [SelectChoice(name, _stages(kinds)) for name, kinds in routes.PRESETS.items()]
    switchable = [gate for gate in criteria.gates if gate.may_switch]
    form.gates.choices = [SelectChoice(gate.key, picked(gate.title)) for gate in switchable]
    if request.method != "POST":
        form.gates.data = [gate.key for gate in switchable if gate.default == "on"]
    return form


def _versions(table: FactorTable) -> tuple[str, list[SelectChoice], str]:
    label_ = _("Factors: %(table)s", table=picked(table.title))
    versions = [SelectChoice(version.version, _version_label(version)) for version in table.versions]
    return label_, versions, table.default


def _version_label(version: Any) -> str:
    name = picked(version.title) if version.title else version.version
    return f"{name} · {picked(version.note)}" if version.note else str(name)


def _stages(kinds: tuple[Any, ...]) -> str:
    return " → ".join(label(kind) for kind in kinds[1:-4])


def _added(round_: Round, version_id: int, form: RoundCategoryForm) -> object:
    category = next(row for row in round_.programme.categories if row.id == int(form.category.data))
    route = routes.preset(
        form.route.data,
        level=Level(form.level.data),
        correction_days=form.correction_days.data,
        notice_days=form.notice_days.data,
        correction_counts_start=form.correction_counts_start.data,
        notice_counts_start=form.notice_counts_start.data,
        reviewers=form.reviewers.data,
    )
    on = set(form.gates.data or ())
    return rounds.add_category(
        g.session,
        g.actor,
        round_,
        category,
        criteria_version=criteria_versions.one(g.session, version_id),
        track=Track(form.track.data),
        quota=form.quota.data,
        route=route,
        gates={option.data: option.data in on for option in form.gates},
        factors=form.factors(),
        year=form.figures_year.data,
        base_year=form.base_year.data,
    )
