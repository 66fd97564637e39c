"""What is alike in the applications of a round: asked for, shown side by side, and judged."""

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import policy
from registry.domain.errors import NotFound
from registry.domain.policy import Facts
from registry.domain.ties.values import Decision
from registry.domain.vocabulary import Action
from registry.models import Round
from registry.queries import likeness, rounds, tasks
from registry.services import likeness as services
from registry.services import tasks as working
from registry.web import likeness_words
from registry.web.forms import text
from registry.web.forms.backgrounds import LikenessForm
from registry.web.templating import language_of_reader
from registry.web.work import committed, tried

MOST_SHOWN = 50

bp = Blueprint("likeness", __name__, url_prefix="/rounds/<int:number>/likeness")


@bp.get("")
def show(number: int) -> ResponseReturnValue:
    return _page(rounds.one(g.session, g.actor, Action.VIEW_RANKING, number))


@bp.post("")
def compare(number: int) -> ResponseReturnValue:
    round_ = rounds.one(g.session, g.actor, Action.JUDGE_LIKENESS, number)
    task = working.ask_likeness(g.session, g.actor, round_, language=language_of_reader())
    return committed(url_for("tasks.show", number=task.id))


@bp.post("/<int:finding>")
def judge(number: int, finding: int) -> ResponseReturnValue:
    round_ = rounds.one(g.session, g.actor, Action.JUDGE_LIKENESS, number)
    row, form = likeness.one(g.session, g.actor, round_, finding), LikenessForm()
    if row is None:
        raise NotFound
    if form.validate_on_submit() and tried(
        form,
        lambda: services.judge(
            g.session, g.actor, round_, row, decision=Decision(text(form.decision)), reason=text(form.reason)
        ),
    ):
        return committed(url_for(".show", number=number, _anchor=f"finding-{finding}"), _("Kept, with your reason."))
    return _page(rounds.one(g.session, g.actor, Action.JUDGE_LIKENESS, number), (finding, form)), 422


def _page(round_: Round, refused: tuple[int, LikenessForm] | None = None) -> str:
    found = likeness.of_round(g.session, g.actor, round_)
    which = request.args.get("show", "open")
    listed = [one for one in found if refused or which != "open" or one.open]
    return render_template(
        "admin/likeness/show.html",
        round_=round_,
        found=found,
        which=which,
        rows=likeness_words.shown(listed[:MOST_SHOWN]),
        most=MOST_SHOWN,
        more=max(0, len(listed) - MOST_SHOWN),
        refused=refused or (0, LikenessForm(None)),
        whose=likeness_words.whose,
        task=tasks.latest(g.session, f"likeness:{round_.id}"),
        unfinished=tasks.UNFINISHED,
        may_judge=round_.archived_at is None
        and policy.permits(g.actor, Action.JUDGE_LIKENESS, Facts(programme_id=round_.programme_id)),
    )
