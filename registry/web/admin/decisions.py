"""Decisions: rankings under quota, proposals, and what a second person makes of them."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from registry.domain import policy
from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action, DecisionKind, DecisionStatus, Ground, Kind, Result, Status
from registry.domain.whatif.scenarios import fixed_before
from registry.models import Application, Decision, RoundCategory, Scenario
from registry.queries import (
    decisions,
    filings,
    meetings,
    notices,
    objections,
    programmes,
    publications,
    quota_rules,
    quotas,
    scenarios,
    settled,
    visits,
)
from registry.queries.pages import cut
from registry.rendering.lists import ListPaper
from registry.services import decisions as deciding
from registry.web import lists
from registry.web.admin import comparisons
from registry.web.forms import text
from registry.web.forms.admin_decisions import (
    OVERRIDES,
    ApproveForm,
    PlacesForm,
    ProposalForm,
    RejectForm,
    proposal_form,
)
from registry.web.forms.filters import filters, rows_by, words_of
from registry.web.intake import LARGEST
from registry.web.paging import asked as asked_for
from registry.web.paging import paging
from registry.web.templating import named, picked
from registry.web.work import committed, tried

bp = Blueprint("decisions", __name__, url_prefix="/decisions")
# How many applications on either side of the cut are offered to be overridden.
NEAR = 30
# How many lines of a ranking or a decision stand on a page, and of how many at the line the working stands below.
LINES = 50
EXPLAINED = 2
# The kinds of decision that a list can be drawn of.
LISTED = (DecisionKind.SELECTION, DecisionKind.NOTICE, DecisionKind.PUBLICATION, DecisionKind.CORRECTION)


@bp.get("")
def index() -> ResponseReturnValue:
    mine = programmes.names(g.session, g.actor, Action.VIEW_RANKING)
    form = filters(
        programme=(_("Programme"), rows_by("id", mine)),
        kind=(_("Kind of decision"), words_of(DecisionKind)),
        status=(_("Status"), words_of(DecisionStatus)),
    )
    programme, kind, status = int(form.value("programme") or 0) or None, form.value("kind"), form.value("status")
    wanted = decisions.Wanted(
        programme, DecisionKind(kind) if kind else None, DecisionStatus(status) if status else None
    )
    found = decisions.index(g.session, g.actor, wanted, asked_for())
    queues = decisions.queues(g.session, g.actor, programme, asked_for("rankings_"))
    return render_template(
        "admin/decisions/index.html",
        filters=form,
        queues=queues.rows,
        queues_paging=paging(queues, "rankings_"),
        decisions=found.rows,
        paging=paging(found),
        people=decisions.people(g.session, *(row.proposed_by_id for row in found.rows)),
    )


@bp.get("/rankings/<int:number>")
def ranking(number: int) -> ResponseReturnValue:
    return _ranking_page(number)


@bp.post("/rankings/<int:number>/propose")
def propose(number: int) -> ResponseReturnValue:
    where = decisions.round_category(g.session, g.actor, Action.PROPOSE, number)
    form = _proposal_form(_looked_at(where, request.form))
    if form.validate_on_submit():
        decision = tried(
            form,
            lambda: deciding.propose_selection(
                g.session,
                g.actor,
                where,
                exclusions=form.exclusions,
                reason=text(form.reason),
                places=form.places.data,
                reserve=_or_usual(form.reserve.data),
                overrides=form.overrides,
                scenario=_named(where, form.scenario.data),
            ),
        )
        if decision:
            return committed(
                url_for(".show", number=decision.id), _("Proposed. Another person approves or rejects it.")
            )
    return _ranking_page(number, form), 422


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(number, ApproveForm(None), None)


@bp.get(f"/<int:number>/list.<{lists.EXTENSION}>")
def list_file(number: int, extension: str) -> ResponseReturnValue:
    paper = _paper(decisions.one(g.session, g.actor, Action.VIEW_RANKING, number))
    if extension == "pdf" and lists.is_long(len(paper.rows)):
        raise WrongState("list_drawn_apart")
    return lists.file(paper, extension, f"draft-{number}")


@bp.post("/<int:number>/list")
def draw_list(number: int) -> ResponseReturnValue:
    decision = decisions.one(g.session, g.actor, Action.VIEW_RANKING, number)
    paper, programme_id = _paper(decision), decision.programme_id
    task = lists.ask(paper, programme_id=programme_id, subject_id=decision.id)
    return committed(url_for("tasks.show", number=task.id))


@bp.post("/<int:number>/approve")
def approve(number: int) -> ResponseReturnValue:
    decision = decisions.one(g.session, g.actor, Action.APPROVE, number, lock=True)
    form = ApproveForm()
    if form.validate_on_submit():
        if tried(form, lambda: _approved(decision, form)):
            return committed(url_for(".show", number=number), _("Approved and carried out."))
        decision = decisions.one(g.session, g.actor, Action.APPROVE, number)
    return _page(number, form, None), 422


@bp.post("/<int:number>/reject")
def reject(number: int) -> ResponseReturnValue:
    decision = decisions.one(g.session, g.actor, Action.APPROVE, number, lock=True)
    form = RejectForm()
    if form.validate_on_submit() and tried(form, lambda: _rejected(decision, form)):
        return committed(url_for(".show", number=number), _("Rejected. Everything stays as it was."))
    return _page(number, ApproveForm(None), form), 422


def _paper(decision: Decision) -> ListPaper:
    """What a decision proposes, as a list; raises NotFound for a kind of which there is none."""
    if decision.kind not in LISTED or decision.round_category is None:
        raise NotFound
    if decision.kind is DecisionKind.SELECTION:
        grades = filings.criteria_of(decision.round_category).grades
        return lists.of_selection(decision, decisions.named_in(g.session, decision), grades)
    return lists.of_proposal(decision)


def _is_long(decision: Decision) -> bool:
    return lists.is_long(len(decision.content.get("applications") or decision.content.get("entries") or ()))


def _approved(decision: Decision, form: ApproveForm) -> Decision:
    deciding.approve(
        g.session,
        g.actor,
        decision,
        digest=text(form.digest),
        reason=text(form.reason),
        overrides_seen=form.overrides_seen.data,
    )
    return decision


def _rejected(decision: Decision, form: RejectForm) -> Decision:
    deciding.reject(g.session, g.actor, decision, reason=text(form.reason))
    return decision


class _LookedAt(NamedTuple):
    """A ranking as it is looked at, with the numbers that were asked for and the scenario that is followed."""

    ranking: decisions.Ranking
    numbers: PlacesForm
    scenario: Scenario | None


def _looked_at(where: RoundCategory, given: MultiDict[str, str]) -> _LookedAt:
    """The ranking with the numbers and the scenario that an address or a form names."""
    numbers = PlacesForm(given)
    asked = numbers if numbers.validate() else PlacesForm(None)
    scenario = _one(where, given.get("scenario", type=int))
    setting = scenario.setting if scenario and not fixed_before(scenario.setting) else None
    found = decisions.ranking(
        g.session,
        where,
        places=asked["places"].data if setting is None else setting.get("places"),
        reserve=_or_usual(asked["reserve"].data),
        least=Decimal(setting["lowest"]) if setting and "lowest" in setting else None,
        at=g.actor.at,
    )
    return _LookedAt(found, numbers, scenario)


def _one(where: RoundCategory, number: int | None) -> Scenario | None:
    return scenarios.one(g.session, where, number) if number is not None and 0 < number <= LARGEST else None


def _named(where: RoundCategory, number: int | None) -> Scenario | None:
    """The scenario that a proposal names, None where it names none; raises Invalid where the ranking has none such."""
    scenario = _one(where, number)
    if scenario is None and number is not None:
        raise Invalid("scenario_unknown", field="scenario")
    return scenario


def _proposal_form(looked_at: _LookedAt) -> ProposalForm:
    """The form of a proposal: whoever is near the cut is offered to be overridden, and all who are ranked may be."""
    ranking, _numbers, scenario = looked_at
    ranked = [line for line in ranking.lines if line.row.rank is not None]
    cut_at = sum(line.row.result is Result.SELECTED for line in ranked)
    offered = range(max(0, cut_at - NEAR), cut_at + NEAR)
    chosen = {request.form.get(f"override_{place}") for place in OVERRIDES}
    near = [line for at, line in enumerate(ranked) if at in offered or str(line.application.id) in chosen]
    made = proposal_form(
        [(row.id, named(row.site)) for row in ranking.unfinished],
        [(line.application.id, f"{line.row.rank} · {named(line.application.site)}") for line in near],
    )
    if request.method == "POST":
        return made()
    number = scenario.id if scenario else None
    return made(None, data={"places": ranking.places, "reserve": ranking.reserve, "scenario": number})


def _ranking_page(number: int, form: ProposalForm | None = None) -> str:
    where = decisions.round_category(g.session, g.actor, Action.VIEW_RANKING, number)
    looked_at = _looked_at(where, request.form if form else request.args)
    found, numbers, scenario = looked_at
    if form is None and scenario is None and "scenario" in request.args:
        raise NotFound
    lines = cut(list(enumerate(found.lines)), _place, asked_for(), size=LINES)
    if not numbers.errors:
        numbers = PlacesForm(None, data={"places": found.places, "reserve": found.reserve})
    return render_template(
        "admin/decisions/ranking.html",
        ranking=found,
        lines=[line for _place, line in lines.rows],
        explained=_at_the_line(lines.rows, found),
        paging=paging(lines),
        where=where,
        criteria=filings.criteria_of(where),
        places=quotas.of_category(g.session, where.round_id, where.category_id),
        whole=quotas.of_round(g.session, where.round_id),
        numbers=numbers,
        rules=[quota_rules.kept(*pair) for pair in found.rules],
        form=form or _proposal_form(looked_at),
        scenario=scenario,
        override_lines=OVERRIDES,
        may_propose=_may(Action.PROPOSE, where.round.programme_id),
        may_record=_may(Action.RECORD_MEETING, where.round.programme_id),
        meetings=meetings.of_category(g.session, where),
        **_as_decided(where),
        waiting=decisions.waiting_for(g.session, where),
        still_open=where.round.closes_at is not None and g.actor.at < where.round.closes_at,
    )


def _at_the_line(lines: Sequence[tuple[int, decisions.Line]], found: decisions.Ranking) -> set[int]:
    """Return the applications of a page of the ranking that stand next to the cut and have figures."""
    inside = sum(line.row.result is Result.SELECTED for line in found.lines)
    judged = [(abs(2 * place - 2 * inside + 1), line) for place, line in lines if line.evaluation]
    return {line.application.id for _far, line in sorted(judged, key=lambda pair: pair[0])[:EXPLAINED]}


def _as_decided(where: RoundCategory) -> dict[str, Any]:
    """The selections that were approved in a category with their lines: what the ranking came to."""
    found = settled.of_category(g.session, where.id)
    concerned = {number: row for one in found for number, row in decisions.named_in(g.session, one).items()}
    return {
        "settled": found,
        "concerned": concerned,
        "most": LINES,
        "people": decisions.people(
            g.session, *(row.proposed_by_id for row in found), *(row.decided_by_id for row in found)
        ),
        "result_of": Result,
        "ground_of": Ground,
    }


def _or_usual(reserve: int | None) -> int:
    return decisions.RESERVE if reserve is None else reserve


def _may(action: Action, programme_id: int) -> bool:
    return policy.permits(g.actor, action, Facts(programme_id=programme_id))


def _page(number: int, approve_form: ApproveForm, reject_form: RejectForm | None) -> str:
    decision = decisions.one(g.session, g.actor, Action.VIEW_RANKING, number)
    objected = objections.of_removal(g.session, g.actor, decision)
    waits = decision.status is DecisionStatus.PROPOSED
    own = decision.proposed_by_id == g.actor.user_id
    concerned = decisions.named_in(g.session, decision)
    lines = cut(list(enumerate(_lines(decision))), _place, asked_for(), size=LINES)
    may_decide = waits and not own and _may(Action.APPROVE, decision.programme_id)
    since = comparisons.since(decision) if waits else ()
    if reject_form is None:
        stale = _("What this rests on has changed since it was proposed. Please propose it anew.")
        reject_form = RejectForm(None, data={"reason": stale if since else ""})
    return render_template(
        "admin/decisions/show.html",
        decision=decision,
        lines=[line for _place, line in lines.rows],
        paging=paging(lines),
        applications=concerned,
        meetings=meetings.of_decision(g.session, decision),
        visits=visits.of_applications(g.session, concerned.values()),
        people=decisions.people(g.session, decision.proposed_by_id, decision.decided_by_id),
        may_decide=may_decide,
        own=own,
        result_of=Result,
        ground_of=Ground,
        kind_of=Kind,
        status_of=Status,
        against=comparisons.against(decision),
        since=since,
        criteria=filings.criteria_of(decision.round_category) if decision.round_category else None,
        objected=objected,
        entry_gone=_entry_gone(decision),
        has_list=decision.kind in LISTED,
        long_list=_is_long(decision),
        **_what_follows(decision),
        approve_form=approve_form,
        reject_form=reject_form,
        consequence=_consequence(decision),
    )


def _consequence(decision: Decision) -> str:
    """What happens with the approval, and to how many."""
    content, lines = decision.content, _lines(decision)
    match decision.kind:
        case DecisionKind.SELECTION:
            found = Counter(line["result"] for line in lines)
            selected, reserved = found[Result.SELECTED.value], found[Result.RESERVED.value]
            return str(
                _(
                    "With your approval this is decided for good: selected %(selected)s, in reserve %(reserved)s, all "
                    "others %(others)s.",
                    selected=selected,
                    reserved=reserved,
                    others=len(lines) - selected - reserved,
                )
            )
        case DecisionKind.NOTICE:
            return str(_("With your approval the notice is public at once, with entries: %(count)s.", count=len(lines)))
        case DecisionKind.PUBLICATION:
            return str(_("With your approval the list is public at once, with entries: %(count)s.", count=len(lines)))
        case DecisionKind.CORRECTION:
            return str(_("With your approval the corrected list takes the place of the published one at once."))
        case DecisionKind.POOL:
            count = sum(line["number"] for line in content["places"])
            return str(_("With your approval places leave the pool for good: %(count)s.", count=count))
        case DecisionKind.TERMINATION:
            return str(_("With your approval one application ends for good, and its applicants receive a letter."))
        case DecisionKind.REMOVAL:
            if _entry_gone(decision):
                return str(
                    _("With your approval the objection is upheld for good; its entry has left the notice already.")
                )
            return str(
                _(
                    "With your approval the objection is upheld for good, and this entry leaves the notice: %(site)s.",
                    site=picked(content["site"]),
                )
            )
        case DecisionKind.REVOCATION:
            return str(_("With your approval one award is revoked for good: %(number)s.", number=content["number"]))


def _entry_gone(decision: Decision) -> bool:
    """Whether the entry that a waiting removal names left the notice in the meantime, by itself or by another one."""
    if decision.kind is not DecisionKind.REMOVAL or decision.status is not DecisionStatus.PROPOSED:
        return False
    return not objections.on_notice(g.session.get_one(Application, decision.content["application"]))


def _lines(decision: Decision) -> list[dict[str, Any]]:
    """Whom a decision names, line by line."""
    content = decision.content
    return list(content.get("applications") or content.get("entries") or ())


def _place(line: tuple[int, object]) -> int:
    return line[0]


def _what_follows(decision: Decision) -> dict[str, Any]:
    """What has come of an approved decision, and what can be prepared next."""
    approved = decision.status is DecisionStatus.APPROVED
    selection = decision.kind is DecisionKind.SELECTION and approved
    step = notices.next_stage(g.session, decision) if selection else None
    given = notices.of_selection(g.session, decision) if selection else []
    to_announce = notices.at_stage(g.session, decision, step.position) if step else []
    opened = notices.of_approval(g.session, decision) if decision.kind is DecisionKind.NOTICE else None
    shown = [opened] if opened else given
    return {
        "announcements": shown,
        "places_on_route": notices.places(g.session, shown),
        "to_announce": to_announce,
        "proposed_notice": notices.proposed(g.session, [decision]).get(decision.id) if selection else None,
        "may_prepare": _may(Action.PROPOSE, decision.programme_id),
        "published": publications.of_decision(g.session, decision) if approved else None,
    }
