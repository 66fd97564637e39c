"""The pool of a round: what is left of it, and the proposal to assign places of it."""

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import policy
from registry.domain.errors import NotFound
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action, RoundStatus
from registry.models import Decision, Round
from registry.queries import decisions, quotas
from registry.queries import pools as pools_of
from registry.queries import rounds as rounds_of
from registry.services import pools
from registry.web.forms import text
from registry.web.forms.admin_rounds import PoolForm, pool_form
from registry.web.templating import named
from registry.web.work import committed, tried

bp = Blueprint("pools", __name__, url_prefix="/rounds/<int:number>/pool")


@bp.get("")
def show(number: int) -> ResponseReturnValue:
    round_ = _with_pool(number, Action.VIEW_RANKING)
    return _page(round_, _form(round_, sent=False))


@bp.post("")
def propose(number: int) -> ResponseReturnValue:
    round_ = _with_pool(number, Action.PROPOSE)
    form = _form(round_)
    if form.validate_on_submit():
        decision = tried(form, lambda: _proposed(round_, form))
        if decision:
            url = url_for("admin.decisions.show", number=decision.id)
            return committed(url, _("Proposed. Another person approves or rejects it."))
    return _page(_with_pool(number, Action.PROPOSE), form), 422


def _with_pool(number: int, action: Action) -> Round:
    round_ = rounds_of.one(g.session, g.actor, action, number)
    if round_.status is not RoundStatus.OPENED or quotas.pool(g.session, number) is None:
        raise NotFound
    return round_


def _form(round_: Round, *, sent: bool = True) -> PoolForm:
    limited = [line.category for line in pools_of.lines(g.session, round_) if line.places.number is not None]
    made = pool_form((row.id, named(row)) for row in limited)
    return made() if sent else made(None)


def _proposed(round_: Round, form: PoolForm) -> Decision:
    return pools.propose(
        g.session, g.actor, round_, places=form.wanted, basis=text(form.basis), reason=text(form.reason)
    )


def _page(round_: Round, form: PoolForm) -> str:
    found = pools_of.proposals(g.session, round_)
    return render_template(
        "admin/pools/show.html",
        round_=round_,
        lines=pools_of.lines(g.session, round_),
        whole=quotas.of_round(g.session, round_.id),
        pool=quotas.pool(g.session, round_.id),
        waiting=quotas.in_reserve(g.session, round_.id),
        proposals=found,
        people=decisions.people(g.session, *(row.proposed_by_id for row in found)),
        may_propose=policy.permits(g.actor, Action.PROPOSE, Facts(programme_id=round_.programme_id)),
        form=form,
    )
