"""Who reviews what in a round: how it stands, a plan drawn up or read from a file, looked at, and put into effect."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import policy
from registry.domain.assigning.planfile import read_plan, written_plan
from registry.domain.assigning.settings import Settings
from registry.domain.errors import NotFound, WrongState
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action, PlanState, RoundStatus
from registry.models import AssignmentPlan, Round, User
from registry.queries import assigning as problems
from registry.queries import assignment_plans, assignment_standing, backgrounds, candidates, rounds, tasks
from registry.services import assigning as services
from registry.services import tasks as working
from registry.web import assigning_words
from registry.web.forms import SelectChoice, SureForm
from registry.web.forms.admin_assigning import FileForm, PlanForm
from registry.web.paging import asked, paging
from registry.web.reading import region_name
from registry.web.templating import language_of_reader, named
from registry.web.work import committed, tried

MOST_FAULTS_SHOWN = 100
LARGEST_FILE = 4 * 1024 * 1024

bp = Blueprint("assigning", __name__, url_prefix="/rounds/<int:number>/assigning")


@bp.get("")
def show(number: int) -> ResponseReturnValue:
    return _page(_round(number, Action.VIEW_RANKING))


@bp.post("/draw-up")
def draw_up(number: int) -> ResponseReturnValue:
    round_ = _round(number, Action.ASSIGN)
    form = _plan_form(round_, sent=True)
    if form.validate_on_submit():
        language = language_of_reader()
        task = tried(form, lambda: working.ask_plan(g.session, g.actor, round_, form.entered, language=language))
        if task:
            return committed(url_for("tasks.show", number=task.id))
    return _page(_round(number, Action.ASSIGN), plan_form=form), 422


@bp.post("/file")
def load(number: int) -> ResponseReturnValue:
    round_, form = _round(number, Action.ASSIGN), FileForm(prefix="file-")
    if form.validate_on_submit():
        content = form.file.data.read(LARGEST_FILE + 1)
        found = read_plan(content, *_known(round_))
        if len(content) > LARGEST_FILE:
            form.file.errors = [_("A file may have %(size)s MB at most.", size=LARGEST_FILE // 1024**2)]
        elif found.faults:
            said = [_("Nobody was assigned. Mend these lines and send the file again.")]
            form.form_errors = [*said, *assigning_words.faults(found.faults)]
        else:
            lines = [(line.number, *line.duo) for line in found.lines]
            settings, language = form.settings("csv"), language_of_reader()
            task = working.ask_plan(g.session, g.actor, round_, settings, language=language, lines=lines)
            return committed(url_for("tasks.show", number=task.id))
    return _page(_round(number, Action.ASSIGN), file_form=form), 422


@bp.post("/plans/<int:plan>/commit")
def commit(number: int, plan: int) -> ResponseReturnValue:
    round_, form = _round(number, Action.ASSIGN), SureForm()
    row = assignment_plans.one(g.session, number, plan, lock=True)
    if form.validate_on_submit():
        task = working.ask_commit(g.session, g.actor, round_, row, language=language_of_reader())
        return committed(url_for("tasks.show", number=task.id))
    return _page(round_, sure_form=form), 422


@bp.post("/plans/<int:plan>/discard")
def discard(number: int, plan: int) -> ResponseReturnValue:
    _round(number, Action.ASSIGN)
    services.discard(g.session, g.actor, assignment_plans.one(g.session, number, plan, lock=True))
    return committed(url_for(".show", number=number), _("The plan is discarded; nobody was assigned."))


@bp.get("/applications/<int:application>")
def candidates_of(number: int, application: int) -> ResponseReturnValue:
    round_ = _round(number, Action.ASSIGN)
    plan = assignment_plans.drafted(g.session, number)
    row, found = assignment_standing.choices(g.session, g.actor, round_, application, plan, Settings("-"))
    about = assigning_words.called({one.user.id: one.user for one in found})
    return render_template(
        "admin/assigning/candidates_of.html",
        round_=round_,
        application=row,
        plan=plan,
        rows=[(one.user, one.verdict.possible, assigning_words.reasons(one.verdict.reasons, about)) for one in found],
        chosen={pair.reviewer_id for pair in assignment_plans.pairs(g.session, plan, [row.id])} if plan else set(),
    )


@bp.get("/loads")
def loads(number: int) -> ResponseReturnValue:
    round_ = _round(number, Action.VIEW_RANKING)
    plan = assignment_plans.drafted(g.session, number)
    found = assignment_standing.loads(g.session, round_, plan, asked())
    return render_template(
        "admin/assigning/loads.html",
        round_=round_,
        plan=plan,
        rows=found.rows,
        paging=paging(found),
        highest=max((row.most or row.after for row in found.rows), default=1) or 1,
        sets={key: named(row, "title") for key, row in backgrounds.sets(g.session).items()},
        region_name=region_name,
    )


@bp.get("/template.csv")
def template(number: int) -> ResponseReturnValue:
    round_ = _round(number, Action.ASSIGN)
    needs = problems.needed(g.session, round_)
    categories = {entry.id: named(entry.category) for entry in round_.categories}
    rows = [
        (row.receipt, "", row.name, categories[row.round_category_id])
        for row in assignment_standing.receipts(g.session, g.actor, round_)
        for _place in range(max(0, needs.get((row.round_category_id, row.position), 0) - row.there))
    ]
    return _file(["application", "reviewer", _("Project (site)"), _("Category")], rows, f"assignment-{number}.csv")


@bp.get("/plans/<int:plan>.csv")
def plan_file(number: int, plan: int) -> ResponseReturnValue:
    _round(number, Action.ASSIGN)
    row = assignment_plans.one(g.session, number, plan)
    lines = assignment_plans.whole(g.session, g.actor, row)
    about, limits = assigning_words.called({}), assignment_plans.limits(row)
    rows = [
        (
            line.receipt,
            line.email,
            line.site,
            line.name,
            _("; ").join(
                assigning_words.reasons(
                    assignment_plans.placed(line.pair, line.field, limits[line.pair.reviewer_id]).reasons, about
                )
            ),
        )
        for line in lines
    ]
    return _file(["application", "reviewer", _("Project (site)"), _("Expert"), _("Why")], rows, f"plan-{plan}.csv")


def _file(head: list[str], rows: list[tuple[Any, ...]], name: str) -> Response:
    answer = Response("\ufeff" + written_plan(head, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _round(number: int, action: Action) -> Round:
    round_ = rounds.one(g.session, g.actor, action, number)
    if round_.status is not RoundStatus.OPENED:
        raise NotFound
    if action is Action.ASSIGN and request.method == "POST" and round_.archived_at is not None:
        raise WrongState("round_archived")
    return round_


def _known(round_: Round) -> tuple[dict[str, int], dict[str, int]]:
    """The applications under review by their numbers on receipts, the reviewers by their addresses."""
    applications = {row.receipt: row.id for row in assignment_standing.receipts(g.session, g.actor, round_)}
    people = g.session.execute(candidates.reviewers_of(round_.programme_id).with_only_columns(User.email, User.id))
    return applications, {row.email: row.id for row in people}


def _plan_form(round_: Round, *, sent: bool = False) -> PlanForm:
    form = PlanForm(prefix="plan-") if sent else PlanForm(None, prefix="plan-", seed=f"{round_.year}-{round_.id}")
    form.offer(SelectChoice(str(entry.id), named(entry.category)) for entry in round_.categories)
    return form


def _page(round_: Round, **forms: Any) -> str:
    plan = assignment_plans.drafted(g.session, round_.id)
    all_ = request.args.get("show") == "all"
    page = assignment_standing.index(g.session, g.actor, round_, plan, asked(), all_=all_)
    pairs = [pair for row in page.rows for pair in row.planned]
    people = assignment_plans.names(g.session, {pair.reviewer_id for pair in pairs})
    fields = assignment_standing.state(g.session, g.actor, round_, _most(plan))
    return render_template(
        "admin/assigning/show.html",
        round_=round_,
        categories={entry.id: named(entry.category) for entry in round_.categories},
        sets={key: named(row, "title") for key, row in backgrounds.sets(g.session).items()},
        fields=fields,
        plan=plan,
        settings=assigning_words.settings(plan) if plan else [],
        wanting=assigning_words.wanting(plan) if plan else [],
        refused=_refused(plan) if plan else [],
        rows=page.rows,
        paging=paging(page),
        all_=all_,
        people=people,
        why=_why(round_, plan, page.rows) if plan else {},
        over=assignment_plans.over(g.session, round_.id),
        states=PlanState,
        task=tasks.latest(g.session, working.key_of_assignment(round_.id)),
        unfinished=tasks.UNFINISHED,
        may_assign=round_.archived_at is None
        and policy.permits(g.actor, Action.ASSIGN, Facts(programme_id=round_.programme_id)),
        region_name=region_name,
        **{"plan_form": _plan_form(round_), "file_form": FileForm(None, prefix="file-"), "sure_form": SureForm(None)}
        | forms,
    )


def _most(plan: AssignmentPlan | None) -> int:
    return int(plan.settings["most"]) if plan else Settings("-").most


def _refused(plan: AssignmentPlan) -> list[assigning_words.Refused]:
    numbers = [row["application"] for row in plan.faults]
    return assigning_words.refused(plan, assignment_plans.sites(g.session, g.actor, numbers))[:MOST_FAULTS_SHOWN]


def _why(round_: Round, plan: AssignmentPlan, rows: list[assignment_standing.Row]) -> dict[tuple[int, int], str]:
    """What speaks for each pair that is shown."""
    about, limits = assigning_words.called({}), assignment_plans.limits(plan)
    keys = {entry.id: entry.criteria_version.key for entry in round_.categories}
    return {
        (row.application.id, pair.reviewer_id): _("; ").join(
            assigning_words.reasons(
                assignment_plans.placed(
                    pair, keys[row.application.round_category_id], limits[pair.reviewer_id]
                ).reasons,
                about,
            )
        )
        for row in rows
        for pair in row.planned
    }
