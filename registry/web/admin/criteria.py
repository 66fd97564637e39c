"""Criteria: loaded by one person, approved by another, and read by everybody in the office."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.criteria import CriteriaSet
from registry.domain.policy import POLICY
from registry.domain.shapes import Sources
from registry.domain.vocabulary import Action, CriteriaStatus, Role
from registry.models import CriteriaVersion
from registry.queries import catalogue
from registry.queries import criteria_versions as versions
from registry.services import criteria_versions
from registry.web.forms.admin_criteria import ApproveForm, CriteriaForm
from registry.web.forms.filters import filters, words_of
from registry.web.paging import asked, paging
from registry.web.work import committed, tried
from registry.words import sentence

bp = Blueprint("criteria", __name__, url_prefix="/criteria")


@bp.get("/")
def index() -> ResponseReturnValue:
    may_load = bool(g.actor.roles & {permit.role for permit in POLICY[Action.LOAD_CRITERIA]})
    form = filters(_("Title or key of the set"), status=(_("Status"), words_of(CriteriaStatus)))
    status = form.value("status")
    found = versions.index(g.session, form.value("q"), CriteriaStatus(status) if status else None, asked())
    return render_template(
        "admin/criteria/index.html", versions=found.rows, filters=form, paging=paging(found), may_load=may_load
    )


@bp.route("/load", methods=["GET", "POST"])
def load() -> ResponseReturnValue:
    form = CriteriaForm()
    if form.validate_on_submit():
        content = form.content.data or ""
        version = tried(form, lambda: criteria_versions.load(g.session, g.actor, content=content))
        if version:
            url = url_for("admin.criteria.show", number=version.id)
            return committed(url, _("The set is loaded. Somebody else approves it now."))
    faults = [(fault.line, fault.path, sentence(fault.key, fault.values, _)) for fault in form.faults]
    page = render_template("admin/criteria/load.html", form=form, faults=faults)
    return page, 422 if form.is_submitted() else 200


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(number)


def _page(number: int, form: ApproveForm | None = None) -> str:
    version = versions.one(g.session, number)
    criteria = versions.parsed(g.session, version)
    return render_template(
        "admin/criteria/show.html",
        criteria_version=version,
        criteria=criteria,
        documents={document.key: document for document in catalogue.documents(g.session)},
        people=versions.people_of(g.session, version),
        sources=sources_of(criteria),
        may_approve=_may_approve(version),
        form=form or ApproveForm(None, data={"digest": version.digest}),
    )


@bp.get("/<int:number>/file")
def download(number: int) -> ResponseReturnValue:
    version = versions.one(g.session, number)
    name = f"{version.key}-{version.number}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(version.content, mimetype="application/yaml", headers=headers)


@bp.post("/<int:number>/approve")
def approve(number: int) -> ResponseReturnValue:
    version, form = versions.one(g.session, number, lock=True), ApproveForm()
    if not form.validate_on_submit():
        return _page(number, form), 422
    criteria_versions.approve(g.session, g.actor, version, digest=form.digest.data or "")
    return committed(
        url_for("admin.criteria.show", number=number), _("The criteria are approved. Rounds can use them.")
    )


def sources_of(criteria: CriteriaSet) -> list[tuple[str, int]]:
    """Return how many entries of a set take numbers from which kind of source; one entry may take from several."""
    counts = Counter(
        word
        for source in _sources(criteria)
        for word in {source.points, source.curve, source.formula}
        if word is not None
    )
    return [(word, counts[word]) for word in ("document", "derived", "public", "default")]


def _sources(criteria: CriteriaSet) -> Iterator[Sources]:
    indicators = criteria.indicators.values()
    items = (item for indicator in indicators for item in indicator.items)
    entries: tuple[Any, ...] = (
        *criteria.gates,
        *indicators,
        *items,
        *criteria.grades,
        *criteria.derived,
        *criteria.inputs.values(),
    )
    yield criteria.rules.source
    yield from (entry.source for entry in entries if entry.source is not None)


def _may_approve(version: CriteriaVersion) -> bool:
    waiting = version.status is CriteriaStatus.DRAFT
    return waiting and Role.APPROVER in g.actor.roles and version.prepared_by_id != g.actor.user_id
