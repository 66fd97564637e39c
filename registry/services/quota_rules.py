"""Quota rules of a prepared round: limits of groups and places reserved for them."""

from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import GroupBy, Level, QuotaPurpose
from registry.models import QuotaRule, Round
from registry.queries import criteria_versions, places, quota_rules
from registry.services import preparing


def add(
    session: Session,
    actor: Actor,
    round_: Round,
    *,
    group_by: GroupBy,
    most: int | None = None,
    least: int | None = None,
    category_id: int | None = None,
    level: Level | None = None,
    input_key: str | None = None,
    value: str | None = None,
    since: int | None = None,
) -> QuotaRule:
    """Add a rule to a prepared round: at most or at least so many places for a group.

    Without a value it holds for each group by itself: each region of the level, each applicant. With `since` the places
    count that the programme has given since that year. Raises Invalid at the field that does not fit, where the same
    group has such a rule already, and where places would be reserved by two things at once: nobody could tell in
    advance how many of them are one and the same.
    """
    preparing.require(actor, round_)
    number = most if most is not None else least
    if (most is None) == (least is None):
        raise Invalid("rule_number", field="number")
    if number is None or number < 0:
        raise Invalid("quota_negative", field="number")
    if category_id is not None and all(entry.category_id != category_id for entry in round_.categories):
        raise Invalid("category_not_in_round", field="category")
    if since is not None and not 2000 <= since <= round_.year:
        raise Invalid("rule_since_year", field="since", year=round_.year)
    _check_group(session, round_, group_by, level, input_key, value, category_id)
    row = QuotaRule(
        category_id=category_id,
        group_by=group_by,
        level=level if group_by is GroupBy.REGION and value is None else None,
        input_key=input_key,
        value=value,
        least=least,
        most=most,
        since=since,
    )
    for other in round_.quota_rules:
        if _same_group(row, other) and (row.least is None) == (other.least is None):
            raise Invalid("rule_twice", field="group")
        if row.least is not None and other.least is not None and _overlap(session, row, other):
            raise Invalid("reserved_by_two", field="group")
    round_.quota_rules.append(row)
    session.flush()
    preparing.record(session, actor, "add_quota_rule", round_, _said(row))
    return row


def remove(session: Session, actor: Actor, round_: Round, rule_id: int) -> None:
    """Take a rule of a prepared round away. Raises NotFound where the round has no such rule."""
    preparing.require(actor, round_)
    row = next((one for one in round_.quota_rules if one.id == rule_id), None)
    if row is None:
        raise NotFound
    preparing.record(session, actor, "remove_quota_rule", round_, _said(row))
    round_.quota_rules.remove(row)
    session.delete(row)
    session.flush()


def check(session: Session, round_: Round) -> None:
    """Raise Invalid where more places are reserved than a category or the round has, or a question is asked no more."""
    for row in round_.quota_rules:
        _check_group(session, round_, row.group_by, row.level, row.input_key, row.value, row.category_id)
    for category_id in {row.category_id for row in round_.quota_rules}:
        reserved = [row.least or 0 for row in round_.quota_rules if row.category_id == category_id and row.value]
        places_ = _places(round_, category_id)
        if places_ is not None and sum(reserved) > places_:
            raise Invalid("reserved_above_quota", field="number", reserved=sum(reserved), places=places_)


def _places(round_: Round, category_id: int | None) -> int | None:
    purpose = QuotaPurpose.TOTAL if category_id is None else QuotaPurpose.AWARD
    rows = (row for row in round_.quotas if row.purpose is purpose and row.category_id == category_id)
    return next((row.number for row in rows), None)


def _check_group(
    session: Session,
    round_: Round,
    group_by: GroupBy,
    level: Level | None,
    input_key: str | None,
    value: str | None,
    category_id: int | None,
) -> None:
    """Raise Invalid where a group is not one that applications of the round can belong to."""
    if group_by is GroupBy.REGION:
        if (value is None) == (level is None):
            raise Invalid("rule_of_level_or_region", field="group")
        inside = {region.key for region in places.within(session, round_.programme.region_key)}
        if value is not None and value not in inside:
            raise Invalid("region_not_listed", field="region")
    elif group_by is GroupBy.ANSWER:
        if (input_key, value) not in answers(session, round_, category_id):
            raise Invalid("rule_of_unknown_answer", field="answer")
    elif value is not None:
        raise Invalid("rule_of_unknown_answer", field="group")


def answers(session: Session, round_: Round, category_id: int | None = None) -> list[tuple[str, str]]:
    """Return the questions with each of their answers that all sets of a category, or of the whole round, have."""
    found: list[set[tuple[str, str]]] = []
    order: dict[tuple[str, str], None] = {}
    for entry in round_.categories:
        if category_id in (None, entry.category_id):
            criteria = criteria_versions.parsed(session, entry.criteria_version)
            pairs = [
                (asked.key, choice)
                for asked in criteria.inputs.values()
                for choice in (("true", "false") if asked.kind == "yes_no" else asked.choices or ())
            ]
            order.update(dict.fromkeys(pairs))
            found.append(set(pairs))
    return [pair for pair in order if all(pair in one for one in found)]


def _same_group(one: QuotaRule, other: QuotaRule) -> bool:
    return (quota_rules.dimension(one), one.value, one.category_id) == (
        quota_rules.dimension(other),
        other.value,
        other.category_id,
    )


def _overlap(session: Session, one: QuotaRule, other: QuotaRule) -> bool:
    """Tell whether somebody can be in the groups of both."""
    if None not in (one.category_id, other.category_id) and one.category_id != other.category_id:
        return False
    if quota_rules.dimension(one) != quota_rules.dimension(other):
        return True
    if one.group_by is not GroupBy.REGION or one.value is None or other.value is None:
        return one.value is None or other.value is None or one.value == other.value
    return places.lies_in(session, one.value, other.value) or places.lies_in(session, other.value, one.value)


def _said(row: QuotaRule) -> dict[str, object]:
    return {
        "by": quota_rules.dimension(row),
        "value": row.value,
        "least": row.least,
        "most": row.most,
        "category": row.category_id,
        "since": row.since,
    }
