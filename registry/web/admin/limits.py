"""The numbers of a prepared round: how many in all, its pool, and how many each bureau may recommend."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.criteria import CriteriaSet
from registry.domain.errors import NotFound, WrongState
from registry.domain.vocabulary import Action, GroupBy, Level, QuotaPurpose, RoundStatus
from registry.models import Quota, Round, RoundCategory
from registry.queries import criteria_versions, places
from registry.queries import rounds as rounds_of
from registry.services import limits, quota_rules
from registry.web import reading, rule_words
from registry.web.forms import SelectChoice
from registry.web.forms.admin_rounds import LimitForm, RuleForm, TotalsForm
from registry.web.pictures import places as pictures
from registry.web.pictures.shown import Shown
from registry.web.templating import label, named
from registry.web.work import committed, tried

bp = Blueprint("limits", __name__, url_prefix="/rounds/<int:number>/limits")


@bp.get("")
def show(number: int) -> ResponseReturnValue:
    round_ = _to_prepare(number)
    if round_.status is not RoundStatus.PREPARED:
        return redirect(url_for("admin.rounds.show", number=number), 303)
    return _page(round_)


@bp.post("")
def set_totals(number: int) -> ResponseReturnValue:
    round_ = _to_prepare(number, lock=True)
    form = TotalsForm()
    if form.validate_on_submit() and tried(form, lambda: _totals_set(round_, form)):
        return committed(url_for("admin.limits.show", number=number), _("Total and pool are set."))
    return _page(_to_prepare(number), totals=form), 422


@bp.post("/recommendations")
def add(number: int) -> ResponseReturnValue:
    round_ = _to_prepare(number, lock=True)
    form = _limit_form(round_)
    if form.validate_on_submit() and tried(form, lambda: _added(round_, form)):
        return committed(url_for("admin.limits.show", number=number), _("The limit is set."))
    return _page(_to_prepare(number), limit=form), 422


@bp.post("/rules")
def add_rule(number: int) -> ResponseReturnValue:
    round_ = _to_prepare(number, lock=True)
    form = _rule_form(round_)
    if form.validate_on_submit() and tried(form, lambda: _rule_added(round_, form)):
        return committed(url_for("admin.limits.show", number=number), _("The rule is set."))
    return _page(_to_prepare(number), rule=form), 422


@bp.post("/rules/<int:rule>/remove")
def remove_rule(number: int, rule: int) -> ResponseReturnValue:
    quota_rules.remove(g.session, g.actor, _to_prepare(number, lock=True), rule)
    return committed(url_for("admin.limits.show", number=number), _("The rule is taken away."))


@bp.post("/recommendations/<int:limit>/remove")
def remove(number: int, limit: int) -> ResponseReturnValue:
    round_ = _to_prepare(number, lock=True)
    row = next((row for row in _recommending(round_) if row.id == limit), None)
    if row is None:
        raise NotFound
    limits.set_recommendations(
        g.session,
        g.actor,
        round_,
        number=None,
        level=row.level,
        region_key=row.region_key,
        category_id=row.category_id,
    )
    return committed(url_for("admin.limits.show", number=number), _("The limit is taken away."))


def _to_prepare(number: int, *, lock: bool = False) -> Round:
    """A round that this officer may set up; one that is locked is about to be changed and still in preparation."""
    round_ = rounds_of.one(g.session, g.actor, Action.SET_UP_ROUND, number, lock=lock)
    if lock and round_.status is not RoundStatus.PREPARED:
        raise WrongState("round_is_open")
    return round_


def _recommending(round_: Round) -> list[Quota]:
    return [row for row in round_.quotas if row.purpose is QuotaPurpose.RECOMMEND]


def _page(
    round_: Round,
    totals: TotalsForm | None = None,
    limit: LimitForm | None = None,
    rule: RuleForm | None = None,
) -> str:
    entered = {row.purpose.value: row.number for row in round_.quotas if row.category_id is None}
    return render_template(
        "admin/limits/show.html",
        round_=round_,
        totals=totals or TotalsForm(None, data=entered),
        limit=limit or _limit_form(round_, sent=False),
        rule=rule or _rule_form(round_, sent=False),
        rules=rule_words.of_round(round_),
        recommending=_recommending(round_),
        awards={row.category_id: row for row in round_.quotas if row.purpose is QuotaPurpose.AWARD},
        categories={entry.category_id: entry.category for entry in round_.categories},
        region_name=reading.region_name,
        divided=_divided(round_),
    )


def _divided(round_: Round) -> Shown | None:
    """The picture of how the places are divided, as far as they are set."""
    names = {entry.category_id: named(entry.category) for entry in round_.categories}
    awards = [row for row in round_.quotas if row.purpose is QuotaPurpose.AWARD]
    pool = next((row.number for row in round_.quotas if row.purpose is QuotaPurpose.POOL), None)
    return pictures.of_division(((names[row.category_id], row.number, 0) for row in awards if row.category_id), pool)


def _limit_form(round_: Round, *, sent: bool = True) -> LimitForm:
    form = LimitForm() if sent else LimitForm(None)
    levels = [SelectChoice(level, label(level)) for level in reversed(Level)]
    form.level.choices = [SelectChoice("", _("– or a region –")), *levels]
    regions = places.within(g.session, round_.programme.region_key)
    bureaus = [SelectChoice(row.key, named(row)) for row in regions]
    form.region_key.choices = [SelectChoice("", _("– or a level –")), *bureaus]
    categories = {str(entry.category_id): named(entry.category) for entry in round_.categories}
    each = [SelectChoice(key, name) for key, name in categories.items()]
    form.category.choices = [SelectChoice("", _("all categories together")), *each]
    return form


# Which groups a rule may count by; what stands after the colon is a level of regions.
_GROUPS = (
    *(f"{GroupBy.REGION}:{level}" for level in (Level.PROVINCE, Level.CITY, Level.DISTRICT)),
    *(GroupBy.REGION, GroupBy.BUREAU, GroupBy.APPLICANT, GroupBy.EVALUATOR, GroupBy.ANSWER),
)


def _rule_form(round_: Round, *, sent: bool = True) -> RuleForm:
    form = RuleForm() if sent else RuleForm(None)
    alone: dict[str, str] = {GroupBy.REGION: _("One region"), GroupBy.ANSWER: _("Those who gave one answer")}
    groups = [(key, alone.get(key) or rule_words.group_words(key, None, None)) for key in _GROUPS]
    form.kind.choices = [SelectChoice("most", _("at most")), SelectChoice("least", _("at least"))]
    form.group.choices = [SelectChoice(key, name) for key, name in groups]
    regions = places.within(g.session, round_.programme.region_key)
    form.region.choices = [SelectChoice("", "–"), *(SelectChoice(row.key, named(row)) for row in regions)]
    pairs = quota_rules.answers(g.session, round_) if round_.categories else []
    criteria = _criteria(round_.categories[0]) if round_.categories else None
    answers = [SelectChoice(f"{key}={value}", rule_words.answer_words(key, value, criteria)) for key, value in pairs]
    form.answer.choices = [SelectChoice("", "–"), *answers]
    categories = {str(entry.category_id): named(entry.category) for entry in round_.categories}
    each = [SelectChoice(key, name) for key, name in categories.items()]
    form.category.choices = [SelectChoice("", _("all categories together")), *each]
    return form


def _criteria(entry: RoundCategory) -> CriteriaSet:
    return criteria_versions.parsed(g.session, entry.criteria_version)


def _rule_added(round_: Round, form: RuleForm) -> bool:
    group_by, _colon, level = str(form.group.data).partition(":")
    input_key, _equals, answer = (form.answer.data or "").partition("=")
    by_answer, one_region = group_by == GroupBy.ANSWER, group_by == GroupBy.REGION and not level
    quota_rules.add(
        g.session,
        g.actor,
        round_,
        group_by=GroupBy(group_by),
        most=form.number.data if form.kind.data == "most" else None,
        least=form.number.data if form.kind.data == "least" else None,
        category_id=int(form.category.data) if form.category.data else None,
        level=Level(level) if level else None,
        input_key=input_key if by_answer else None,
        value=answer if by_answer else (form.region.data or None) if one_region else None,
        since=form.since.data,
    )
    return True


def _totals_set(round_: Round, form: TotalsForm) -> bool:
    limits.set_totals(g.session, g.actor, round_, total=form.total.data, pool=form.pool.data)
    return True


def _added(round_: Round, form: LimitForm) -> bool:
    limits.set_recommendations(
        g.session,
        g.actor,
        round_,
        number=form.number.data,
        level=Level(form.level.data) if form.level.data else None,
        region_key=form.region_key.data or None,
        category_id=int(form.category.data) if form.category.data else None,
    )
    return True
