"""Notices: opened after a selection, with the objections to them, and the list that follows."""

from flask import Blueprint, g, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import policy
from registry.domain.errors import NotFound
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action, Kind, ObjectionStatus
from registry.files import path_of
from registry.queries import decisions, notices
from registry.services import calendar
from registry.services import notices as announcing
from registry.services import publications as publishing
from registry.web import storage
from registry.web.evidence import hardened
from registry.web.forms import text
from registry.web.forms.admin_notices import PublicationForm, reply_form
from registry.web.work import committed, tried

bp = Blueprint("notices", __name__, url_prefix="/notices")


@bp.get("")
def index() -> ResponseReturnValue:
    return render_template(
        "admin/notices/index.html",
        notices=notices.recent(g.session, g.actor),
        to_open=notices.to_open(g.session, g.actor),
    )


@bp.post("/open/<int:decision>", endpoint="open")
def open_(decision: int) -> ResponseReturnValue:
    found = decisions.one(g.session, g.actor, Action.OPEN_NOTICE, decision, lock=True)
    notice = announcing.open_(g.session, g.actor, found)
    return committed(url_for(".show", number=notice.id), _("The notice is public now."))


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(number, PublicationForm(None))


@bp.route("/objections/<int:number>/reply", methods=["GET", "POST"])
def reply(number: int) -> ResponseReturnValue:
    found = notices.objection(g.session, g.actor, number)
    form = reply_form()
    if form.validate_on_submit():
        upheld = form.answer.data == ObjectionStatus.UPHELD
        if tried(form, lambda: announcing.reply(g.session, g.actor, found, upheld=upheld, text=text(form.text))):
            return committed(url_for(".show", number=found.notice_id), _("The objection is answered."))
    page = render_template(
        "admin/notices/reply.html", objection=notices.objection(g.session, g.actor, number), form=form
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/files/<int:number>")
def file(number: int) -> ResponseReturnValue:
    found = notices.file(g.session, g.actor, number)
    path = path_of(storage.folder(), found.sha256)
    if not path.is_file():
        raise NotFound("evidence_not_readable")
    answer = send_file(
        path, mimetype=found.media_type, as_attachment=True, download_name=found.name, etag=False, max_age=0
    )
    return hardened(answer)


@bp.post("/<int:number>/clear")
def clear(number: int) -> ResponseReturnValue:
    announcing.clear(g.session, g.actor, notices.one(g.session, g.actor, Action.CLEAR, number))
    return committed(url_for(".show", number=number), _("The notice is concluded; the list can be proposed."))


@bp.post("/<int:number>/publication")
def propose_publication(number: int) -> ResponseReturnValue:
    notice = notices.one(g.session, g.actor, Action.PROPOSE, number)
    form = PublicationForm()
    if form.validate_on_submit():
        decision = tried(
            form,
            lambda: publishing.propose(
                g.session,
                g.actor,
                notice,
                title=text(form.title),
                title_en=text(form.title_en),
                reason=text(form.reason),
            ),
        )
        if decision:
            url = url_for("admin.decisions.show", number=decision.id)
            return committed(url, _("Proposed. Another person approves or rejects it."))
    return _page(number, form), 422


def _page(number: int, form: PublicationForm) -> str:
    notice = notices.one(g.session, g.actor, Action.VIEW_RANKING, number)
    programme = Facts(programme_id=notice.round_category.round.programme_id)
    over = g.actor.at >= notice.closes_at
    to_publish = notices.standing(g.session, notice, Kind.PUBLICATION) if notice.cleared_at else []
    return render_template(
        "admin/notices/show.html",
        announcement=notice,
        removed={row.application_id for row in notice.objections if row.status is ObjectionStatus.UPHELD},
        may_answer=policy.permits(g.actor, Action.ANSWER_OBJECTION, programme),
        open_objections=[row for row in notice.objections if row.status is ObjectionStatus.OPEN],
        over=over,
        estimated=None if over else calendar.unannounced(g.session, notice.opens_at, notice.closes_at),
        may_clear=policy.permits(g.actor, Action.CLEAR, programme),
        may_propose=policy.permits(g.actor, Action.PROPOSE, programme),
        to_publish=to_publish,
        proposed=decisions.proposed_publication(g.session, notice),
        form=form,
    )
