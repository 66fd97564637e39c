"""Rounds: prepared with their categories, then opened."""

from datetime import datetime
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import routes
from registry.domain.criteria import CriteriaSet
from registry.domain.errors import NotFound, WrongState
from registry.domain.shapes import FactorTable
from registry.domain.vocabulary import Action, CalibrationUse, QuotaPurpose, RoundStatus, Track
from registry.models import Programme, Round, RoundCategory
from registry.queries import criteria_versions, pools, public
from registry.queries import programmes as programmes_of
from registry.queries import quotas as quotas_of
from registry.queries import rounds as rounds_of
from registry.services import rounds
from registry.web import reading, round_ends, route_words, rule_words
from registry.web.forms import SelectChoice, SureForm, text
from registry.web.forms.admin_rounds import (
    EndForm,
    OpenForm,
    ProgrammeChoiceForm,
    RoundCategoryForm,
    RoundForm,
    StartForm,
    from_beijing,
    round_category_form,
)
from registry.web.forms.filters import filters, rows_by, words_of
from registry.web.paging import asked, paging
from registry.web.pictures import places as pictures
from registry.web.pictures.shown import Shown
from registry.web.templating import BEIJING, label, named, picked
from registry.web.work import committed, tried

bp = Blueprint("rounds", __name__, url_prefix="/rounds")


@bp.get("/")
def index() -> ResponseReturnValue:
    mine = programmes_of.names(g.session, g.actor, Action.VIEW_ROUNDS)
    form = filters(
        _("Title of the round"),
        programme=(_("Programme"), rows_by("id", mine)),
        status=(_("Status"), words_of(RoundStatus)),
    )
    programme, status = int(form.value("programme") or 0) or None, form.value("status")
    found = rounds_of.index(
        g.session, g.actor, form.value("q"), programme, RoundStatus(status) if status else None, asked()
    )
    return render_template(
        "admin/rounds/index.html",
        rounds=found.rows,
        filters=form,
        paging=paging(found),
        may_set_up=bool(_mine()),
        intake=public.intake,
    )


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
    return page(rounds_of.one(g.session, g.actor, Action.VIEW_ROUNDS, number))


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
    start = StartForm(request.args)
    start.route.choices = [SelectChoice(name, route_words.offered(name)) for name in routes.PRESETS]
    if request.method != "POST":
        begun = start.route.data if start.route.data in routes.PRESETS else next(iter(routes.PRESETS))
        form.route.data = "\n".join(routes.PRESETS[begun])
    if form.validate_on_submit() and tried(form, lambda: _added(round_, chosen, form)):
        return committed(url_for("admin.rounds.show", number=number), _("The category is added."))
    page = render_template(
        "admin/rounds/add_category.html",
        round_=_to_prepare(number),
        criteria_version=version,
        versions=[],
        form=form,
        start=start,
        notation=route_words.notation(),
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/<int:number>/categories/<int:entry>/change", methods=["GET", "POST"])
def change_category(number: int, entry: int) -> ResponseReturnValue:
    round_ = _to_prepare(number)
    if round_.status is not RoundStatus.PREPARED:
        return redirect(url_for("admin.rounds.show", number=number), 303)
    row = _entry(round_, entry)
    version, category = row.criteria_version, row.category
    form = _category_form(round_, criteria_versions.parsed(g.session, version), row)
    if form.validate_on_submit() and tried(
        form,
        lambda: rounds.change_category(
            g.session, g.actor, round_, entry, criteria_version=version, **_category_entered(form)
        ),
    ):
        return committed(url_for("admin.rounds.show", number=number), _("The category is changed."))
    page = render_template(
        "admin/rounds/change_category.html",
        round_=_to_prepare(number),
        entry=entry,
        category=category,
        criteria_version=version,
        form=form,
        notation=route_words.notation(),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/<int:number>/categories/<int:entry>/remove")
def remove_category(number: int, entry: int) -> ResponseReturnValue:
    rounds.remove_category(g.session, g.actor, _to_prepare(number), entry)
    return committed(url_for("admin.rounds.show", number=number), _("The category is taken out of the round."))


@bp.post("/<int:number>/open", endpoint="open")
def open_(number: int) -> ResponseReturnValue:
    form, round_ = OpenForm(), _to_prepare(number)
    if form.validate_on_submit() and tried(form, lambda: rounds.open_(g.session, g.actor, round_)):
        return committed(
            url_for("admin.rounds.show", number=number), _("The round is open; nothing of it changes now.")
        )
    return page(_to_prepare(number), form), 422


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


def page(
    round_: Round,
    form: OpenForm | None = None,
    archive_form: SureForm | None = None,
    end_form: EndForm | None = None,
) -> str:
    """Return the page of a round, with what was entered to open, to end or to archive it."""
    quotas = {entry.id: rounds_of.award_quota(round_, entry.category_id) for entry in round_.categories}
    criteria = {entry.id: criteria_versions.of_round_category(g.session, entry) for entry in round_.categories}
    return render_template(
        "admin/rounds/show.html",
        round_=round_,
        form=form or OpenForm(None),
        archive_form=archive_form or SureForm(None),
        end_form=end_form or EndForm(None),
        ends=round_ends.ends(round_),
        may_set_up=round_.programme_id in _mine(),
        quotas=quotas,
        criteria=criteria,
        intake=public.intake,
        numbers={row.purpose.value: row.number for row in round_.quotas if row.category_id is None},
        recommending=[row for row in round_.quotas if row.purpose is QuotaPurpose.RECOMMEND],
        categories={entry.category_id: entry.category for entry in round_.categories},
        ways={entry.id: route_words.way(entry.steps, settings=True) for entry in round_.categories},
        region_name=reading.region_name,
        rules=rule_words.of_round(round_),
        places=_places(round_) if round_.status is RoundStatus.OPENED else None,
    )


def _places(round_: Round) -> Shown | None:
    """The picture of the places of an opened round: taken, free, and who waits in reserve."""
    return pictures.of_places(
        pools.lines(g.session, round_),
        quotas_of.in_reserve(g.session, round_.id),
        quotas_of.of_round(g.session, round_.id),
        quotas_of.pool(g.session, round_.id),
    )


def _entry(round_: Round, entry: int) -> RoundCategory:
    """A category of the round by the number of its row; raises NotFound."""
    found = next((row for row in round_.categories if row.id == entry), None)
    if found is None:
        raise NotFound
    return found


def _entered(form: RoundForm) -> dict[str, Any]:
    return {
        "title": text(form.title),
        "title_en": text(form.title_en),
        "year": form.year.data,
        "opens_at": from_beijing(form.opens_at.data),
        "closes_at": from_beijing(form.closes_at.data) if form.closes_at.data else None,
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


def _in_beijing(at: datetime | None) -> datetime | None:
    return at.astimezone(BEIJING).replace(tzinfo=None) if at else None


def _category_form(round_: Round, criteria: CriteriaSet, row: RoundCategory | None = None) -> RoundCategoryForm:
    """The form of a category, as it stands in the round where it is changed."""
    tables = {key: _versions(table) for key, table in criteria.tables.items() if len(table.versions) > 1}
    made = round_category_form(tables)
    form = made() if request.method == "POST" or row is None else made(None, data=_category_shown(round_, row))
    categories = round_.programme.categories if row is None else [row.category]
    form.category.choices = [SelectChoice(str(category.id), named(category)) for category in categories]
    form.track.choices = [SelectChoice(track, label(track)) for track in Track]
    form.calibration.choices = [SelectChoice(use, label(use)) for use in CalibrationUse]
    switchable = [gate for gate in criteria.gates if gate.may_switch]
    form.gates.choices = [SelectChoice(gate.key, picked(gate.title)) for gate in switchable]
    if request.method != "POST":
        on = row.settings["gates"] if row else {}
        form.gates.data = [gate.key for gate in switchable if on.get(gate.key, gate.default == "on")]
    return form


def _category_shown(round_: Round, row: RoundCategory) -> dict[str, Any]:
    """What stands in the form of a category that is changed."""
    quota = rounds_of.award_quota(round_, row.category_id)
    return {
        "category": str(row.category_id),
        "track": row.track,
        "quota": quota.number if quota else None,
        "figures_year": row.settings["year"],
        "factor_year": row.settings.get("factor_year"),
        "base_year": row.settings["base_year"],
        "calibration": row.settings.get("calibration", CalibrationUse.SHOWN.value),
        "route": "\n".join(routes.write(route_words.steps_of(row.steps))),
        **{f"factor_{key}": version for key, version in row.settings["factors"].items()},
    }


def _versions(table: FactorTable) -> tuple[str, list[SelectChoice], str]:
    label_ = _("Factors: %(table)s", table=picked(table.title))
    versions = [SelectChoice(version.version, _version_label(version)) for version in table.versions]
    return label_, versions, table.default


def _version_label(version: Any) -> str:
    name = picked(version.title) if version.title else version.version
    return f"{name} · {picked(version.note)}" if version.note else str(name)


def _added(round_: Round, version_id: int, form: RoundCategoryForm) -> object:
    category = next(row for row in round_.programme.categories if row.id == int(form.category.data))
    version = criteria_versions.one(g.session, version_id)
    return rounds.add_category(
        g.session, g.actor, round_, category, criteria_version=version, **_category_entered(form)
    )


def _category_entered(form: RoundCategoryForm) -> dict[str, Any]:
    """What was entered for a category; raises Invalid where its route cannot be read."""
    on = set(form.gates.data or ())
    return {
        "track": Track(form.track.data),
        "quota": form.quota.data,
        "route": routes.read(text(form.route).splitlines()),
        "gates": {option.data: option.data in on for option in form.gates},
        "factors": form.factors(),
        "year": form.figures_year.data,
        "factor_year": form.factor_year.data,
        "base_year": form.base_year.data,
        "calibration": CalibrationUse(form.calibration.data),
    }
