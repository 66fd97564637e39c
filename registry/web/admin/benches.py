"""The what-if bench of a ranking, its scenarios, and its reviewers beside each other."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import policy
from registry.domain.policy import Facts
from registry.domain.selection import Row
from registry.domain.vocabulary import Action, Result, TaskState
from registry.domain.whatif.bench import Difference, Outcome, compared
from registry.domain.whatif.scenarios import Changes, fixed_before, setting_of
from registry.domain.whatif.settings import RULES, Setting, common, weighed
from registry.domain.whatif.stability import Stability, Standing
from registry.files import path_of
from registry.models import Application, Task
from registry.queries import benches, decisions, frozen_rounds, scenarios, tasks
from registry.queries.benches import Workbench
from registry.queries.pages import cut
from registry.rendering.pictures import firmness as shapes
from registry.services import scenarios as keeping
from registry.services import tasks as working
from registry.web import bench_words, severities, storage
from registry.web.forms import SelectChoice, text
from registry.web.forms.admin_benches import BenchForm, ScenarioForm, bench_form
from registry.web.paging import asked, paging
from registry.web.pictures import firmness as pictures
from registry.web.templating import language_of_reader, named
from registry.web.work import committed, tried

bp = Blueprint("benches", __name__, url_prefix="/decisions/rankings")
# How many rows on either side of the line are listed, and how many in all at the most.
NEAR, MOST = 12, 120
# How many applications stand on a page beside their reviewers' marks.
LINES = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One application near the line: as the round is set, and as it would be."""

    application: Application
    before: Row
    now: Row
    total_before: Decimal | None
    total_now: Decimal | None
    standing: Standing | None

    @property
    def moves(self) -> str:
        """Whether it enters or leaves; nothing where it stays what it is."""
        was, is_ = (row.result is Result.SELECTED for row in (self.before, self.now))
        return "" if was == is_ else "enters" if is_ else "leaves"


@bp.get("/<int:number>/bench")
def show(number: int) -> ResponseReturnValue:
    return _page(_bench(number))


@bp.post("/<int:number>/bench")
def save(number: int) -> ResponseReturnValue:
    bench, form = _bench(number, Action.SAVE_SCENARIO), ScenarioForm()
    moved = _form(bench)
    if form.validate_on_submit() and moved.validate():
        changes = _changes(moved, bench)
        if tried(form, lambda: keeping.save(g.session, g.actor, bench, title=text(form.title), changes=changes)):
            here: dict[str, Any] = request.args.to_dict()
            url = url_for(".show", number=number, **here, _anchor="scenarios")
            return committed(url, _("The scenario is saved."))
    return _page(_bench(number), form), 422


@bp.post("/<int:number>/firmness")
def work_out(number: int) -> ResponseReturnValue:
    bench = _bench(number)
    form = _form(bench)
    changes = _changes(form, bench) if form.validate() else {}
    task = working.ask_stability(
        g.session, g.actor, bench.where, digest=bench.digest, changes=changes, language=language_of_reader()
    )
    return committed(url_for("tasks.show", number=task.id))


@bp.get("/<int:number>/reviewers")
def reviewers(number: int) -> ResponseReturnValue:
    bench = _bench(number)
    calibration, found = bench.calibration, None
    if calibration is not None:
        people = decisions.people(g.session, *(int(one.reviewer) for one in calibration.reviewers))
        found = severities.beside(bench, calibration, people)
    lines = cut(list(enumerate(found.keys if found else ())), _place, asked(), size=LINES)
    keys = [key for _place_of, key in lines.rows]
    return render_template(
        "admin/benches/reviewers.html",
        where=bench.where,
        calibration=calibration,
        told=bool(bench.frozen.severities),
        use=frozen_rounds.calibration_use(bench.where),
        reviewers=found.reviewers if found else (),
        marked=len(found.keys) if found else 0,
        apart=found.apart if found else {},
        threshold=format(found.threshold.normalize(), "f") if found else "",
        threshold_is_ours=bool(found and found.ours),
        lines=found.lines(decisions.by_number(g.session, keys), keys) if found else [],
        paging=paging(lines),
    )


def _place(line: tuple[int, int]) -> int:
    return line[0]


def _bench(number: int, action: Action = Action.VIEW_RANKING) -> Workbench:
    where = decisions.round_category(g.session, g.actor, action, number)
    return benches.of(g.session, where, at=g.actor.at)


def _page(bench: Workbench, scenario_form: ScenarioForm | None = None) -> str:
    where, criteria = bench.where, bench.criteria
    form = _form(bench)
    changes = _changes(form, bench) if form.validate() else {}
    base = bench.outcome(bench.base)
    setting = setting_of(bench.base, changes)
    outcome = bench.outcome(setting) if changes else base
    long = len(bench.rows) > benches.LONG
    task = tasks.latest(g.session, working.key_of_stability(where, bench.digest, changes)) if long else None
    if task is not None and task.state not in (*tasks.UNFINISHED, TaskState.DONE):
        task = None
    firm = _worked_out(bench, setting, task) if long else bench.stability(setting) if bench.rows else None
    lines = _lines(bench, base, outcome, firm)
    names = decisions.people(g.session, *(int(one) for one in bench.bench.arrays.reviewers if one.isdigit()))
    return render_template(
        "admin/benches/show.html",
        where=where,
        criteria=criteria,
        form=form,
        bench=bench,
        changes=changes,
        said=bench_words.changes_in_words(changes, criteria, bench.base.rules),
        base=base,
        outcome=outcome,
        lines=lines,
        entering=[line for line in lines if line.moves == "enters"],
        leaving=[line for line in lines if line.moves == "leaves"],
        firm=firm,
        counts=_counts(firm),
        long=long,
        shown=pictures.of_rows(_rows(bench, outcome, firm)) if firm else None,
        families=bench_words.families(criteria, bench.frame, calibrated=bench.bench.calibrated),
        common=[bench_words.in_words(one.key, criteria, {}) for one in firm.common] if firm else [],
        otherwise={
            key: [bench_words.in_words(one, criteria, _names(names)) for one in standing.otherwise]
            for key, standing in (firm.standings if firm else {}).items()
            if 0 < standing.inside < standing.settings
        },
        firmness_words=bench_words.firmness,
        scenarios=_scenarios(bench),
        people=decisions.people(g.session, *(row.saved_by_id for row in scenarios.of_category(g.session, where))),
        scenario_form=scenario_form or ScenarioForm(None),
        may_save=policy.permits(g.actor, Action.SAVE_SCENARIO, Facts(programme_id=where.round.programme_id)),
        may_propose=policy.permits(g.actor, Action.PROPOSE, Facts(programme_id=where.round.programme_id)),
        here=request.args.to_dict(),
        fields_of={kind: [one for one in form if one.short_name.startswith(kind)] for kind in _KINDS},
        limit=benches.LONG,
        firm_task=task,
        most_settings=max((one.settings for one in firm.standings.values()), default=0) if firm else 0,
    )


# The parts of the form that are folded, by how the names of their fields begin.
_KINDS = ("minimum_", "weight_", "rule_")


def _worked_out(bench: Workbench, setting: Setting, task: Task | None) -> Stability | None:
    """The stability that a task worked out, or None while there is none."""
    path = path_of(storage.folder(), task.sha256) if task and task.sha256 else None
    if path is None or not path.is_file():
        return None
    kept = json.loads(path.read_bytes())
    shared = common(setting, bench.frame, calibrated=bench.bench.calibrated)
    rows = (Standing(key, inside, many, tuple(other)) for key, inside, many, other in kept["standings"])
    return Stability(setting, shared, {row.key: row for row in rows})


def _names(people: dict[int, str]) -> dict[str, str]:
    return {str(number): name for number, name in people.items()}


def _counts(firm: Stability | None) -> dict[str, int]:
    found = [one.firmness.value for one in firm.standings.values() if one.settings] if firm else []
    return {word: found.count(word) for word in ("safe", "on_the_line", "out")}


def _lines(bench: Workbench, base: Outcome, outcome: Outcome, firm: Stability | None) -> list[Line]:
    """The applications near the line, whoever enters or leaves, and who is on the line, in the order as it would be."""
    before = {row.key: row for row in bench.ranked(bench.base).rows}
    now = bench.ranked(outcome.setting).rows
    cut = max((place for place, row in enumerate(now, 1) if row.result is Result.SELECTED), default=0)
    moved = compared(outcome, base)
    on_the_line = {key for key, one in (firm.standings if firm else {}).items() if 0 < one.inside < one.settings}
    wanted = {row.key for row in now[max(0, cut - NEAR) : cut + NEAR]} | on_the_line
    wanted |= {*moved.entering, *moved.leaving}
    figures = base.figures, outcome.figures
    return [
        Line(
            bench.rows[row.key],
            before[row.key],
            row,
            figures[0][row.key],
            figures[1][row.key],
            firm.standings[row.key] if firm else None,
        )
        for row in now
        if row.key in wanted
    ][:MOST]


def _rows(bench: Workbench, outcome: Outcome, firm: Stability) -> list[shapes.Row]:
    return [
        shapes.Row(
            named(bench.rows[row.key].site),
            row.rank,
            row.result is Result.SELECTED,
            firm.standings[row.key].inside,
            firm.standings[row.key].settings,
        )
        for row in bench.ranked(outcome.setting).rows
        if row.rank is not None
    ]


def _scenarios(bench: Workbench) -> list[dict[str, Any]]:
    """The scenarios that were kept, each with what it changes, what it came to, and whether a selection can follow."""
    found = []
    for row in scenarios.of_category(g.session, bench.where):
        same = row.frozen_digest == bench.digest
        found.append(
            {
                "row": row,
                "words": bench_words.changes_in_words(row.setting, bench.criteria, bench.base.rules),
                "address": _address(row.setting),
                "same": same,
                "adoptable": same and not fixed_before(row.setting),
                "difference": Difference(tuple(row.entering), tuple(row.leaving)),
            }
        )
    return found


def _form(bench: Workbench) -> BenchForm:
    criteria, frame, base = bench.criteria, bench.frame, bench.base
    made = bench_form(
        [(key, bench_words.title_of(criteria, key)) for key in frame.sections],
        [(key, bench_words.title_of(criteria, key)) for key in weighed(frame)],
        {rule.key: bench_words.rule_name(rule, criteria) for rule in base.rules},
    )
    form = made(request.args, data=_as_set(bench))
    form.aggregation.choices = [
        SelectChoice("", _("as in the set")),
        *(SelectChoice(one, bench_words.joined(one)) for one in RULES),
    ]
    form.marks.choices = [SelectChoice("" if not base.adjusted else "raw", _("raw, as they were given"))]
    if bench.bench.calibrated:
        adjusted = SelectChoice("adjusted" if not base.adjusted else "", _("adjusted for the severity of reviewers"))
        form.marks.choices.insert(0 if base.adjusted else 1, adjusted)
    form.ties.choices = [SelectChoice("", _("as in the set"))]
    if frame.ties:
        form.ties.choices += [
            SelectChoice(tie.key, _("first: %(name)s", name=bench_words.title_of(criteria, tie.key)))
            for tie in frame.ties
        ]
        form.ties.choices.append(SelectChoice("-", _("nothing but the order of the applications")))
    return form


def _as_set(bench: Workbench) -> dict[str, Any]:
    """What stands in the form before anything is moved."""
    frame = bench.frame
    return {
        "places": bench.base.places,
        "pool": 0,
        "lowest": frame.lowest,
        "aggregation": "",
        "marks": "",
        "ties": "",
        **{f"minimum_{key}": minimum for key, minimum in frame.minima.items()},
        **{f"weight_{key}": 100 for key in weighed(frame)},
        **{f"rule_{rule.key}": _number(rule.most, rule.least) for rule in bench.base.rules},
    }


def _number(most: int | None, least: int | None) -> int | None:
    return least if most is None else most


def _changes(form: BenchForm, bench: Workbench) -> Changes:
    """What the form moves of the round as it is set; a field that says the same changes nothing."""
    as_set, frame = _as_set(bench), bench.frame
    found: dict[str, Any] = {}
    for name in ("places", "pool"):
        if form[name].data is not None and form[name].data != as_set[name]:
            found[name] = form[name].data
    if form.lowest.data is not None and form.lowest.data != frame.lowest:
        found["lowest"] = format(form.lowest.data, "f")
    minima = {key: said for key, said in form.minima.items() if said != frame.minima.get(key)}
    rules = {key: number for key, number in form.rules.items() if number != as_set[f"rule_{key}"]}
    ties = [tie.key for tie in frame.ties]
    chosen = form.ties.data
    parted = [] if chosen == "-" else [chosen, *(key for key in ties if key != chosen)] if chosen else ties
    found |= {"minima": minima} if minima else {}
    found |= {"ties": parted} if parted != ties else {}
    found |= {"aggregation": form.aggregation.data} if form.aggregation.data else {}
    found |= {"adjusted": form.marks.data == "adjusted"} if form.marks.data else {}
    found |= {"weights": form.weights} if form.weights else {}
    found |= {"rules": rules} if rules else {}
    return found


def _address(changes: Changes) -> dict[str, Any]:
    """The parameters of the address under which the bench shows these changes."""
    found: dict[str, Any] = {key: changes[key] for key in ("places", "pool", "lowest", "aggregation") if key in changes}
    found |= {"marks": "adjusted" if changes["adjusted"] else "raw"} if "adjusted" in changes else {}
    found |= {"ties": changes["ties"][0] if changes["ties"] else "-"} if "ties" in changes else {}
    found |= {f"minimum_{key}": minimum for key, minimum in changes.get("minima", {}).items()}
    found |= {f"weight_{key}": int(Decimal(factor) * 100) for key, factor in changes.get("weights", {}).items()}
    found |= {f"rule_{key}": number for key, number in changes.get("rules", {}).items()}
    return found
