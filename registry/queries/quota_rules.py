"""The quota rules of a round as a ranking takes them: with what each group holds already, and who belongs to which."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from registry.domain.quota_rules import Groups, Rule
from registry.domain.ties.names import person_key, read
from registry.domain.vocabulary import GroupBy
from registry.models import (
    Application,
    Evaluation,
    Filing,
    Organisation,
    QuotaRule,
    Recommendation,
    Region,
    Round,
    RoundCategory,
    Site,
)
from registry.queries.quotas import STANDING


def rows(session: Session, round_category: RoundCategory) -> list[QuotaRule]:
    """Return the rules that concern a category of a round, its own and those of the whole round, in their order."""
    return list(
        session.scalars(
            select(QuotaRule)
            .where(
                QuotaRule.round_id == round_category.round_id,
                or_(QuotaRule.category_id.is_(None), QuotaRule.category_id == round_category.category_id),
            )
            .order_by(QuotaRule.id)
        )
    )


def in_force(session: Session, found: Iterable[QuotaRule]) -> tuple[Rule, ...]:
    """Return rules of one round as a ranking takes them, each with how many places its groups hold already."""
    rules = list(found)
    standing = _standing(session, rules) if rules else []
    known = groups(session, [one.id for one in standing], rules) if standing else {}
    return tuple(
        Rule(str(row.id), dimension(row), row.value, row.least, row.most, _taken(row, standing, known)) for row in rules
    )


def dimension(row: QuotaRule) -> str:
    """Return what a rule counts by as one word: with the level of the regions or the question that is meant."""
    return ":".join(part for part in (row.group_by, row.level, row.input_key) if part)


def kept(row: QuotaRule, rule: Rule) -> dict[str, Any]:
    """Return a rule as a decision keeps it: as the ranking took it, with where it holds and since when."""
    return {
        "key": rule.key,
        "by": rule.by,
        "value": rule.value,
        "least": rule.least,
        "most": rule.most,
        "taken": dict(rule.taken),
        "category": row.category_id,
        "since": row.since,
    }


def groups(session: Session, application_ids: Collection[int], found: Iterable[QuotaRule]) -> dict[int, Groups]:
    """Return of each application the groups in which the rules count it, as far as any rule asks for them."""
    asked = {row.group_by for row in found}
    keys = {row.input_key for row in found if row.input_key}
    every: dict[int, dict[str, tuple[str, ...]]] = {number: {} for number in application_ids}
    sources = {
        GroupBy.REGION: lambda: _regions(session, application_ids),
        GroupBy.BUREAU: lambda: _bureaus(session, application_ids),
        GroupBy.APPLICANT: lambda: _applicants(session, application_ids),
        GroupBy.EVALUATOR: lambda: _evaluators(session, application_ids),
        GroupBy.ANSWER: lambda: _answers(session, application_ids, keys),
    }
    for group_by in sorted(asked):
        for number, values in sources[group_by]().items():
            every[number].update(values)
    return dict(every)


def _standing(session: Session, rules: Sequence[QuotaRule]) -> Sequence[Row[int, int, int, int]]:
    """Return who holds a place already, as far as any rule of a round looks back, each with its category and round."""
    round_id = rules[0].round_id
    programme = select(Round.programme_id).where(Round.id == round_id).scalar_subquery()
    years = [row.since for row in rules if row.since is not None]
    reached = [and_(Round.programme_id == programme, Round.year >= min(years))] if years else []
    return session.execute(
        select(Application.id, RoundCategory.category_id, RoundCategory.round_id, Round.year)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(Application.status.in_(STANDING), or_(Round.id == round_id, *reached))
        .order_by(Application.id)
    ).all()


def _taken(
    row: QuotaRule, standing: Sequence[Row[int, int, int, int]], known: Mapping[int, Groups]
) -> Mapping[str, int]:
    """Count who holds a place already in each group: in the round, or in those of its programme since a year."""
    counted: Counter[str] = Counter()
    for one in standing:
        of_category = row.category_id in (None, one.category_id)
        if of_category and (one.round_id == row.round_id if row.since is None else one.year >= row.since):
            counted.update(known[one.id].get(dimension(row), ()))
    return {value: many for value, many in counted.items() if row.value in (None, value)}


def _regions(session: Session, application_ids: Collection[int]) -> dict[int, dict[str, tuple[str, ...]]]:
    """Return where each site lies: in all regions together, and in the one of each level."""
    above = {row.key: (row.level, row.parent_key) for row in session.execute(_REGIONS)}
    found: dict[int, dict[str, tuple[str, ...]]] = {}
    query = select(Application.id, func.coalesce(Site.for_region_key, Site.region_key).label("here")).join(
        Site, Site.id == Application.site_id
    )
    for row in session.execute(query.where(Application.id.in_(application_ids))):
        values: dict[str, tuple[str, ...]] = {}
        here: str | None = row.here
        while here is not None:
            level, parent = above[here]
            values[f"{GroupBy.REGION}:{level}"] = (here,)
            here = parent
        found[row.id] = {**values, GroupBy.REGION: tuple(value for one in values.values() for value in one)}
    return found


_REGIONS = select(Region.key, Region.level, Region.parent_key)


def _bureaus(session: Session, application_ids: Collection[int]) -> dict[int, dict[str, tuple[str, ...]]]:
    """Return the region whose bureau was the first to recommend each application."""
    query = (
        select(Recommendation.application_id, Recommendation.region_key)
        .where(Recommendation.application_id.in_(application_ids), Recommendation.in_favour)
        .order_by(Recommendation.position.desc())
    )
    return {row.application_id: {GroupBy.BUREAU: (row.region_key,)} for row in session.execute(query)}


def _applicants(session: Session, application_ids: Collection[int]) -> dict[int, dict[str, tuple[str, ...]]]:
    """Return the credit code of the organisation that stands above each applicant, or of the applicant itself."""
    query = select(Application.id, Application.organisation_id).where(
        Application.id.in_(application_ids), Application.organisation_id.is_not(None)
    )
    applicants = {row.id: row.organisation_id for row in session.execute(query)}
    known = _with_parents(session, applicants.values())
    return {number: {GroupBy.APPLICANT: (_head(known, one),)} for number, one in applicants.items()}


def _evaluators(session: Session, application_ids: Collection[int]) -> dict[int, dict[str, tuple[str, ...]]]:
    """Return the firm that evaluated for each applicant, by every mark under which firms count together.

    It counts under its own code, under that of the organisation above it, where the portal knows one, and under its
    legal representative: firms of one parent, or led by one person, have one limit.
    """
    query = select(
        Application.id, Application.evaluator, Application.evaluator_code, Application.evaluator_representative
    ).where(Application.id.in_(application_ids), Application.evaluator != "")
    firms = {row.id: row for row in session.execute(query)}
    codes = {row.evaluator_code for row in firms.values() if row.evaluator_code}
    heads = _heads(session, codes)
    found: dict[int, dict[str, tuple[str, ...]]] = {}
    for number, row in firms.items():
        own = row.evaluator_code or f"name:{read(row.evaluator).key}"
        led = f"led:{person_key(row.evaluator_representative)}" if row.evaluator_representative else own
        found[number] = {GroupBy.EVALUATOR: tuple(dict.fromkeys((own, heads.get(row.evaluator_code, own), led)))}
    return found


def _heads(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Return of each credit code that the portal knows that of the organisation that stands above all."""
    query = select(Organisation.id, Organisation.credit_code).where(Organisation.credit_code.in_(codes))
    numbers = {row.credit_code: row.id for row in session.execute(query.order_by(Organisation.id))}
    known = _with_parents(session, numbers.values())
    return {code: _head(known, number) for code, number in numbers.items()}


def _with_parents(session: Session, numbers: Iterable[int]) -> dict[int, Any]:
    """Return organisations with all that stand above them, by their numbers."""
    known: dict[int, Any] = {}
    asked = set(numbers)
    while asked:
        fields = (Organisation.id, Organisation.parent_id, Organisation.credit_code)
        known |= {row.id: row for row in session.execute(select(*fields).where(Organisation.id.in_(asked)))}
        asked = {row.parent_id for row in known.values() if row.parent_id is not None} - known.keys()
    return known


def _head(known: Mapping[int, Any], number: int) -> str:
    seen: set[int] = set()
    while known[number].parent_id is not None and number not in seen:
        seen.add(number)
        number = known[number].parent_id
    return str(known[number].credit_code)


def _answers(
    session: Session, application_ids: Collection[int], keys: Iterable[str]
) -> dict[int, dict[str, tuple[str, ...]]]:
    """Return what was answered, verified where somebody verified it, as it stood in the last evaluation."""
    newest = (
        select(func.max(Evaluation.id))
        .join(Filing, Filing.id == Evaluation.filing_id)
        .where(Filing.application_id.in_(application_ids))
        .group_by(Filing.application_id)
    )
    query = (
        select(Filing.application_id, Evaluation.inputs)
        .join(Filing, Filing.id == Evaluation.filing_id)
        .where(Evaluation.id.in_(newest))
    )
    wanted = tuple(keys)
    return {
        row.application_id: {f"{GroupBy.ANSWER}:{key}": _said(row.inputs["inputs"].get(key)) for key in wanted}
        for row in session.execute(query)
    }


def _said(answer: Any) -> tuple[str, ...]:
    if answer is None:
        return ()
    if isinstance(answer, bool):
        return ("true" if answer else "false",)
    return tuple(answer) if isinstance(answer, list) else (str(answer),)
