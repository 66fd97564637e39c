"""Notices: opened after a selection, with the objections to them, and the list that follows."""

from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import policy
from registry.domain.policy import Facts
from registry.domain.routes import parameter
from registry.domain.vocabulary import Action, Kind
from registry.models import Application, Decision, Notice
from registry.queries import decisions, finding, notices, objections, programmes, publications, quotas, register
from registry.services import calendar
from registry.services import notices as announcing
from registry.services import publications as publishing
from registry.web import lists
from registry.web.forms import SureForm, text
from registry.web.forms.admin_notices import NoticeForm, PublicationForm
from registry.web.forms.filters import filters, rows_by
from registry.web.paging import asked, paging
from registry.web.work import committed, tried

bp = Blueprint("notices", __name__, url_prefix="/notices")


@bp.get("")
def index() -> ResponseReturnValue:
    to_open = notices.to_open(g.session, g.actor)
    mine = programmes.names(g.session, g.actor, Action.VIEW_RANKING)
    form = filters(programme=(_("Programme"), rows_by("id", mine)))
    found = notices.index(g.session, g.actor, int(form.value("programme") or 0) or None, asked())
    return render_template(
        "admin/notices/index.html",
        notices=found.rows,
        filters=form,
        paging=paging(found),
        places=notices.places(g.session, found.rows),
        loads=objections.loads(g.session, found.rows),
        to_open=to_open,
        proposed=notices.proposed(g.session, to_open),
    )


@bp.route("/propose/<int:decision>", methods=["GET", "POST"])
def propose(decision: int) -> ResponseReturnValue:
    selection = decisions.one(g.session, g.actor, Action.PROPOSE, decision)
    form = NoticeForm()
    if form.validate_on_submit():
        proposal = tried(form, lambda: announcing.propose(g.session, g.actor, selection, reason=text(form.reason)))
        if proposal:
            url = url_for("admin.decisions.show", number=proposal.id)
            return committed(url, _("Proposed. Another person approves or rejects it."))
        selection = decisions.one(g.session, g.actor, Action.PROPOSE, decision)
    return _proposal_page(selection, form), 422 if form.is_submitted() else 200


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(number, PublicationForm(None))


@bp.post("/<int:number>/clear")
def clear(number: int) -> ResponseReturnValue:
    notice, form = notices.one(g.session, g.actor, Action.CLEAR, number), SureForm()
    if not form.validate_on_submit():
        return _page(number, PublicationForm(None), form), 422
    announcing.clear(g.session, g.actor, notice)
    return committed(url_for(".show", number=number), _("The notice is concluded; what follows can be proposed."))


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


def _page(number: int, form: PublicationForm, sure_form: SureForm | None = None) -> str:
    notice = notices.one(g.session, g.actor, Action.VIEW_RANKING, number)
    programme = Facts(programme_id=notice.round_category.round.programme_id)
    over = g.actor.at >= notice.closes_at
    narrowed = filters(_("Name or code on the list"))
    entries = finding.among(notice.entries, narrowed.value("q"), asked())
    raised = objections.of_notice(g.session, notice, asked("objections_"))
    gone = register.gone_from(g.session, notice)
    to_publish = notices.standing(g.session, notice, Kind.PUBLICATION) if notice.cleared_at else []
    return render_template(
        "admin/notices/show.html",
        announcement=notice,
        place=notices.places(g.session, [notice])[notice.id],
        filters=narrowed,
        entries=entries.rows,
        paging=paging(entries),
        objections=raised.rows,
        objections_paging=paging(raised, "objections_"),
        removals=objections.proposals(g.session, raised.rows),
        rules=objections.rules(g.session, notice),
        voices=objections.voices(g.session, notice, g.actor.at),
        under=objections.under(g.session, [entry["application_id"] for entry in entries.rows]),
        of_entries={entry["application_id"]: entry for entry in notice.entries},
        gone={number: lists.left(status) for number, status in gone.items()},
        vacancy=_vacancy(notice) if gone else None,
        may_answer=policy.permits(g.actor, Action.ANSWER_OBJECTION, programme),
        holding=objections.unanswered(g.session, notice),
        over=over,
        estimated=None if over else calendar.unannounced(g.session, notice.opens_at, notice.closes_at),
        may_clear=policy.permits(g.actor, Action.CLEAR, programme),
        may_propose=policy.permits(g.actor, Action.PROPOSE, programme),
        to_announce=_to_announce(notice) if notice.cleared_at else [],
        to_publish=to_publish if notices.is_last(g.session, notice) else [],
        proposed=decisions.proposed_publication(g.session, notice),
        publication=publications.of_notice(g.session, notice.id),
        form=form,
        sure_form=sure_form or SureForm(None),
    )


def _vacancy(notice: Notice) -> dict[str, Any]:
    """What is free since somebody left the notice, and who is next in reserve."""
    where = notice.round_category
    return {
        "free": quotas.free_places(g.session, where),
        "reserve": notices.in_reserve(g.session, where.id),
        "waiting": decisions.waiting_for(g.session, where),
    }


def _to_announce(notice: Notice) -> list[Application]:
    """Who of the selection stands at the next notice of the route, where there is one to be given."""
    selection = g.session.get_one(Decision, notice.decision_id)
    step = notices.next_stage(g.session, selection)
    return notices.at_stage(g.session, selection, step.position) if step else []


def _proposal_page(selection: Decision, form: NoticeForm) -> str:
    step = notices.next_stage(g.session, selection)
    rows = notices.at_stage(g.session, selection, step.position) if step else []
    told = step.parameters if step else {}
    days = parameter(Kind.NOTICE, told, "working_days")
    counts = bool(parameter(Kind.NOTICE, told, "count_start"))
    ends = calendar.deadline(g.session, g.actor.at, days, count_start=counts)
    return render_template(
        "admin/notices/propose.html",
        decision=selection,
        entries=[announcing.entry_of(row, place) for place, row in enumerate(rows, start=1)],
        working_days=days,
        rules=objections.told_by(told),
        ends=ends,
        estimated=calendar.unannounced(g.session, g.actor.at, ends),
        given=notices.of_selection(g.session, selection),
        proposed=notices.proposed(g.session, [selection]).get(selection.id),
        form=form,
    )
