"""Awards: certificates issued from published lists, and their revocation."""

import secrets
from io import BytesIO

from flask import Blueprint, current_app, g, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.config import Config
from registry.domain import policy
from registry.domain.errors import WrongState
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action, DecisionStatus, Validity
from registry.models import Certificate, Publication
from registry.queries import awards, publications, register
from registry.services import awards as awarding
from registry.web.evidence import hardened
from registry.web.forms import text
from registry.web.forms.admin_awards import IssueForm, RevocationForm
from registry.web.work import committed, tried

bp = Blueprint("awards", __name__, url_prefix="/awards")


@bp.get("")
def index() -> ResponseReturnValue:
    return _index_page(IssueForm(None))


@bp.post("/publications/<int:publication>/issue")
def issue(publication: int) -> ResponseReturnValue:
    found = publications.one(g.session, g.actor, Action.ISSUE, publication)
    form = IssueForm()
    issued = tried(form, lambda: _issued(found))
    if issued is None:
        return _index_page(form), 422
    return committed(url_for(".index"), _("Certificates issued: %(count)s", count=len(issued)))


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(number, RevocationForm(None))


@bp.get("/certificates/<int:number>")
def certificate(number: int) -> ResponseReturnValue:
    found = awards.certificate(g.session, g.actor, number)
    answer = send_file(
        BytesIO(found.content),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{found.award.number}.pdf",
        etag=False,
        max_age=0,
    )
    return hardened(answer)


@bp.post("/<int:number>/revocation")
def propose_revocation(number: int) -> ResponseReturnValue:
    award = awards.one(g.session, g.actor, Action.PROPOSE, number)
    form = RevocationForm()
    if form.validate_on_submit():
        decision = tried(form, lambda: awarding.propose_revocation(g.session, g.actor, award, reason=text(form.reason)))
        if decision:
            url = url_for("admin.decisions.show", number=decision.id)
            return committed(url, _("Proposed. Another person approves or rejects it."))
    return _page(number, form), 422


def _issued(publication: Publication) -> list[Certificate]:
    """Issue to all entries of a list that have no certificate yet, or to none."""
    config: Config = current_app.extensions["registry.config"]
    waiting = publications.waiting(publication)
    if not waiting:
        raise WrongState("list_issued_already")
    return [
        awarding.issue(g.session, g.actor, entry, random_bytes=secrets.token_bytes, base_url=config.base_url)
        for entry in waiting
    ]


def _index_page(form: IssueForm) -> str:
    found = awards.recent(g.session, g.actor)
    to_issue = publications.to_issue(g.session, g.actor)
    return render_template(
        "admin/awards/index.html",
        awards=[(award, register.validity(award, g.actor.at)) for award in found],
        to_issue=[(row, publications.waiting(row), _may(Action.ISSUE, row)) for row in to_issue],
        form=form,
    )


def _may(action: Action, publication: Publication) -> bool:
    programme_id = publication.round_category.round.programme_id
    return policy.permits(g.actor, action, Facts(programme_id=programme_id))


def _page(number: int, form: RevocationForm) -> str:
    award = awards.one(g.session, g.actor, Action.VIEW_RANKING, number)
    decisions = awards.decisions_on(g.session, award)
    validity = register.validity(award, g.actor.at)
    may_propose = policy.permits(g.actor, Action.PROPOSE, Facts(programme_id=award.programme_id))
    waits = any(row.status is DecisionStatus.PROPOSED for row in decisions)
    return render_template(
        "admin/awards/show.html",
        award=award,
        validity=validity,
        decisions=decisions,
        may_revoke=may_propose and not waits and validity is not Validity.REVOKED,
        form=form,
    )
