"""What reviewers say of themselves, or the office for them: where they work and worked, ties, fields and how much."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.identity import credit_code
from registry.domain.policy import Actor, Facts
from registry.domain.reasons import stated
from registry.domain.vocabulary import Action
from registry.domain.workdays import SHANGHAI
from registry.models import DeclaredTie, Employment, Region, ReviewerProfile, User
from registry.services import conflicts, events


def add_employment(
    session: Session,
    actor: Actor,
    user: User,
    *,
    employer: str,
    code: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Employment:
    """Enter where a reviewer works or worked; what the reviewer still judges is looked at anew.

    Raises Invalid without a name, for a credit code that is none, and for an end before the beginning.
    """
    _require(actor, user)
    _check_time(since, until)
    row = Employment(
        user_id=user.id,
        employer=stated(employer, "employer"),
        credit_code=_code(code),
        since=since,
        until=until,
        entered_by_id=actor.user_id,
        entered_at=actor.at,
    )
    session.add(row)
    _record(session, actor, "add_employment", user, name=row.employer)
    conflicts.find_ties(session, actor, user)
    return row


def end_employment(session: Session, actor: Actor, user: User, row: Employment, *, until: date) -> None:
    """Say on which day an employment ended.

    Raises Invalid for a day before its beginning or after today, WrongState for an employment that was taken away, and
    to the reviewer for one that the office entered or that has an end already: the office alone puts these right.
    """
    _require(actor, user)
    _check_own(actor, user, row)
    if row.until is not None and actor.user_id == user.id:
        raise WrongState("end_is_entered")
    _check_time(row.since, until)
    if until > actor.at.astimezone(SHANGHAI).date():
        raise Invalid("ends_in_future", field="until")
    row.until = until
    _record(session, actor, "end_employment", user, name=row.employer)


def declare_tie(
    session: Session,
    actor: Actor,
    user: User,
    *,
    organisation: str,
    words: str,
    code: str = "",
    since: date | None = None,
    until: date | None = None,
) -> DeclaredTie:
    """Declare a tie of a reviewer to an organisation; it counts until it is taken back, whatever end is told.

    Raises Invalid where the organisation or the words are missing, and as `add_employment` does.
    """
    _require(actor, user)
    _check_time(since, until)
    row = DeclaredTie(
        user_id=user.id,
        organisation=stated(organisation, "organisation"),
        words=stated(words, "words"),
        credit_code=_code(code),
        since=since,
        until=until,
        entered_by_id=actor.user_id,
        entered_at=actor.at,
    )
    session.add(row)
    _record(session, actor, "declare_tie", user, name=row.organisation, text=row.words)
    conflicts.find_ties(session, actor, user)
    return row


def take_back(session: Session, actor: Actor, user: User, row: Employment | DeclaredTie) -> None:
    """Take away an employment or a tie that was entered wrongly; it stays on record.

    An assignment that it blocked stays blocked until the office clears it. Raises WrongState the second time, and to
    the reviewer for what the office entered.
    """
    _require(actor, user)
    _check_own(actor, user, row)
    row.removed_at = actor.at
    if isinstance(row, Employment):
        _record(session, actor, "remove_employment", user, name=row.employer)
    else:
        _record(session, actor, "take_back_tie", user, name=row.organisation, text=row.words)


def confirm(session: Session, actor: Actor, user: User) -> None:
    """Note that a reviewer says today that employments and ties are complete. Only the reviewer can."""
    policy.require(actor, Action.USE_ACCOUNT, Facts())
    if actor.user_id != user.id:
        raise WrongState("confirms_own_alone")
    profile_of(session, user).confirmed_at = actor.at
    _record(session, actor, "confirm_ties", user)


def describe(
    session: Session,
    actor: Actor,
    user: User,
    *,
    fields: Sequence[str],
    most: int | None,
    known: Sequence[str],
    region_key: str | None = None,
) -> None:
    """Set which criteria sets a reviewer can judge, of those known, how many applications at a time, and from where.

    Reviewers say it of themselves, the administrator of everybody. Raises Invalid for a set or a region that is not
    known and for a number below one.
    """
    _require(actor, user)
    if set(fields) - set(known):
        raise Invalid("set_unknown_here", field="fields")
    if most is not None and most < 1:
        raise Invalid("most_positive", field="most")
    if region_key is not None and session.get(Region, region_key) is None:
        raise Invalid("region_unknown_here", field="region_key", region=region_key)
    profile = profile_of(session, user)
    profile.fields, profile.most, profile.region_key = sorted(fields), most, region_key
    events.record(
        session,
        actor,
        "describe_reviewer",
        "user",
        user.id,
        payload={"fields": profile.fields, "most": most},
        personal={"region": region_key} if region_key else None,
    )


def profile_of(session: Session, user: User) -> ReviewerProfile:
    """Return the row of what is known of a reviewer, begun where there is none."""
    profile = session.get(ReviewerProfile, user.id)
    if profile is None:
        profile = ReviewerProfile(user_id=user.id)
        session.add(profile)
        session.flush()
    return profile


def _require(actor: Actor, user: User) -> None:
    """Everybody enters one's own, the administrator everybody's."""
    own = actor.signed_in and actor.user_id == user.id
    policy.require(actor, Action.USE_ACCOUNT if own else Action.MANAGE_PEOPLE, Facts())


def _check_own(actor: Actor, user: User, row: Employment | DeclaredTie) -> None:
    """What the office entered, or was there before anybody was noted, is not the reviewer's to change."""
    if row.user_id != user.id:
        raise NotFound
    if row.removed_at is not None:
        raise WrongState("taken_back_already")
    if actor.user_id == user.id and row.entered_by_id != user.id:
        raise WrongState("entered_by_office")


def _check_time(since: date | None, until: date | None) -> None:
    if since is not None and until is not None and until < since:
        raise Invalid("ends_before_it_begins", field="until")


def _code(code: str) -> str:
    if not code.strip():
        return ""
    try:
        return credit_code(code)
    except Invalid as error:
        raise Invalid(error.key, field="code", **error.values) from None


def _record(session: Session, actor: Actor, action: str, user: User, **personal: str) -> None:
    events.record(session, actor, action, "user", user.id, personal=personal or None)
