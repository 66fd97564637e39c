"""Meetings that deliberate: their records, and corrections of the latest."""

from datetime import date
from typing import Any, cast

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import policy
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action, MeetingMethod
from registry.models import Meeting, RoundCategory
from registry.queries import decisions, filings, meetings
from registry.services import meetings as deliberating
from registry.services.meetings import Minutes
from registry.web.forms import text
from registry.web.forms.admin_meetings import MeetingForm, data_of, meeting_form, offer_methods
from registry.web.work import committed, tried

bp = Blueprint("meetings", __name__, url_prefix="/meetings")


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    record = meetings.one(g.session, g.actor, Action.VIEW_RANKING, number)
    meeting = record.meeting
    programme_id = meeting.round_category.round.programme_id
    return render_template(
        "admin/meetings/show.html",
        record=record,
        where=meeting.round_category,
        may_correct=policy.permits(g.actor, Action.RECORD_MEETING, Facts(programme_id=programme_id))
        and meetings.is_latest(g.session, meeting)
        and not meetings.is_decided_on(g.session, meeting),
    )


@bp.route("/record/<int:number>", methods=["GET", "POST"])
def record(number: int) -> ResponseReturnValue:
    return _form_page(decisions.round_category(g.session, g.actor, Action.RECORD_MEETING, number))


@bp.route("/<int:number>/correct", methods=["GET", "POST"])
def correct(number: int) -> ResponseReturnValue:
    replaces = meetings.one(g.session, g.actor, Action.RECORD_MEETING, number).meeting
    where = decisions.round_category(g.session, g.actor, Action.RECORD_MEETING, replaces.round_category_id)
    return _form_page(where, replaces)


def _form_page(where: RoundCategory, replaces: Meeting | None = None) -> ResponseReturnValue:
    ranking = decisions.ranking(g.session, where, at=g.actor.at)
    latest = next((one.meeting.id for one in meetings.of_category(g.session, where)), 0)
    form = _form(ranking, replaces, latest)
    overtaken = request.method == "POST" and form.seen.data != str(latest)
    form.seen.data = str(latest)
    if form.is_submitted() and not overtaken and form.validate():
        meeting = tried(form, lambda: _record(where, form, replaces))
        if meeting:
            return committed(url_for(".show", number=meeting.id), _("The meeting is recorded."))
        where = decisions.round_category(g.session, g.actor, Action.RECORD_MEETING, where.id)
        ranking = decisions.ranking(g.session, where, at=g.actor.at)
    page = render_template(
        "admin/meetings/record.html",
        where=where,
        ranking=ranking,
        criteria=filings.criteria_of(where),
        form=form,
        names={line.application.id: line.application for line in ranking.lines},
        replaces=replaces.id if replaces else None,
        latest=latest,
        overtaken=overtaken,
    )
    return page, (409 if overtaken else 422) if form.is_submitted() else 200


def _form(ranking: decisions.Ranking, replaces: Meeting | None, latest: int) -> MeetingForm:
    made = meeting_form(
        (line.application.id for line in ranking.lines),
        (line.application.id for line in ranking.lines if line.apart),
    )
    if request.method == "POST":
        return offer_methods(made())
    data: dict[str, Any] = {**(data_of(replaces) if replaces else {}), "seen": str(latest)}
    return offer_methods(made(None, data=data))


def _record(where: RoundCategory, form: MeetingForm, replaces: Meeting | None) -> Meeting:
    minutes = Minutes(
        held_on=cast(date, form.held_on.data),
        place=text(form.place),
        present=form.present(),
        recusals=form.recusals(),
        method=MeetingMethod(form.method.data),
        opinions=form.opinions(),
        conclusion=text(form.conclusion),
    )
    return deliberating.record(g.session, g.actor, where, minutes, replaces=replaces)
