"""Who may do what: one table, read by the guard, by the queries and by every move.

A permit says that a role may do an action to an object to which it stands in a relation, during a span of the
application's way. The guard asks for the role alone (`may_enter`), a query turns relation and span into a condition
(`queries.visibility`), a service asks about one object (`require`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from registry.domain.errors import Forbidden, NotFound, SignInNeeded
from registry.domain.vocabulary import Action, Kind, Relation, Role, Span
from registry.domain.workdays import SHANGHAI, months_later

# How long a seat that ended still stands against judging: a default of ours, as the documents name no span.
INTEREST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Permit:
    role: Role
    relation: Relation = Relation.NONE
    span: Span = Span.ALWAYS


@dataclass(frozen=True, slots=True)
class Holding:
    """A role that was granted: for one programme or, with None, the installation; for regions or everywhere."""

    role: Role
    programme_id: int | None = None
    region_key: str | None = None
    region_level: str | None = None
    region_keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's place in an organisation."""

    organisation_id: int
    drafter: bool
    signatory: bool


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, when by the one clock, and in which standing."""

    at: datetime
    user_id: int | None = None
    name: str = ""
    confirmed: bool = False
    holdings: tuple[Holding, ...] = ()
    seats: tuple[Seat, ...] = ()
    worker: bool = False
    clock_moved: bool = False
    past_organisation_ids: frozenset[int] = frozenset()

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def roles(self) -> frozenset[Role]:
        """All roles in which this person acts anywhere."""
        found = {Role.ANYONE, *(holding.role for holding in self.holdings)}
        if self.signed_in:
            found.add(Role.PERSON)
        if self.worker:
            found.add(Role.WORKER)
        if any(seat.drafter for seat in self.seats):
            found.add(Role.DRAFTER)
        if any(seat.signatory for seat in self.seats):
            found.add(Role.SIGNATORY)
        return frozenset(found)

    @property
    def interests(self) -> frozenset[int]:
        """The organisations in which this person has a seat, or had one not long ago."""
        return self.past_organisation_ids | {seat.organisation_id for seat in self.seats}

    def held(self, role: Role) -> tuple[Holding, ...]:
        """The grants of one role."""
        return tuple(holding for holding in self.holdings if holding.role is role)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the policy must know of an object; `blind` where its reviewers are not told who applies."""

    programme_id: int | None = None
    organisation_id: int | None = None
    region_key: str | None = None
    reviewer_ids: frozenset[int] = field(default_factory=frozenset)
    submitted: bool = True
    blind: bool = False
    kind: Kind | None = None


_ANYONE = (Permit(Role.ANYONE),)
_PERSON = (Permit(Role.PERSON),)
_DRAFTER = Permit(Role.DRAFTER, Relation.OWN)
_SIGNATORY = Permit(Role.SIGNATORY, Relation.OWN)
_BUREAU = Permit(Role.RECOMMENDER, Relation.REGION, Span.SUBMITTED)
_OFFICER = Permit(Role.OFFICER, Relation.PROGRAMME, Span.SUBMITTED)
_APPROVER = Permit(Role.APPROVER, Relation.PROGRAMME, Span.SUBMITTED)
_AUDITOR = Permit(Role.AUDITOR, Relation.PROGRAMME, Span.SUBMITTED)
_REVIEWER = Permit(Role.REVIEWER, Relation.ASSIGNED, Span.SUBMITTED)
_REVIEWER_AT_WORK = Permit(Role.REVIEWER, Relation.ASSIGNED, Span.REVIEWING)
_ADMINISTRATOR = Permit(Role.ADMINISTRATOR)
_WORKER = Permit(Role.WORKER)

# Who judges an application has no seat in the organisation that makes it, and had none not long ago.
DISINTERESTED = frozenset({Role.RECOMMENDER, Role.OFFICER, Role.REVIEWER, Role.APPROVER})

# Who reviews an application blind sees it in none of these roles as long as the review goes on.
SEEING = frozenset({Role.RECOMMENDER, Role.OFFICER, Role.APPROVER, Role.AUDITOR})

POLICY: Mapping[Action, tuple[Permit, ...]] = {
    Action.BROWSE: _ANYONE,
    Action.OBJECT: _ANYONE,
    Action.ENTER: _ANYONE,
    Action.RUN_DEMO: _ANYONE,
    Action.USE_ACCOUNT: _PERSON,
    Action.FOUND_ORGANISATION: _PERSON,
    Action.MANAGE_ORGANISATION: (_SIGNATORY,),
    Action.LEAVE_ORGANISATION: (_DRAFTER, _SIGNATORY),
    Action.APPLY: (_DRAFTER, _SIGNATORY),
    Action.VIEW_OWN: (_DRAFTER, _SIGNATORY),
    Action.EDIT: (_DRAFTER, _SIGNATORY),
    Action.SUBMIT: (_SIGNATORY,),
    Action.WITHDRAW: (_SIGNATORY,),
    Action.VIEW_RECOMMENDATIONS: (_BUREAU,),
    Action.CONFIRM: (_BUREAU,),
    Action.RECOMMEND: (_BUREAU,),
    Action.DECLINE: (_BUREAU,),
    Action.VIEW_OFFICE: (_OFFICER, _APPROVER, _AUDITOR, _ADMINISTRATOR),
    Action.VIEW_CRITERIA: (_OFFICER, _APPROVER, _AUDITOR, _ADMINISTRATOR),
    Action.VIEW_ROUNDS: (_OFFICER, _APPROVER, _AUDITOR),
    Action.VIEW_CASE: (_OFFICER, _APPROVER, _AUDITOR),
    Action.EXPORT: (_OFFICER, _AUDITOR),
    Action.VERIFY_VALUE: (_OFFICER,),
    Action.ACCEPT: (_OFFICER,),
    Action.RETURN: (_OFFICER,),
    Action.REFUSE: (_OFFICER,),
    Action.BAR: (_OFFICER,),
    Action.LAPSE: (_WORKER,),
    Action.SCORE: (_OFFICER,),
    Action.FAIL: (_OFFICER,),
    Action.ASSIGN: (_OFFICER,),
    Action.JUDGE_LIKENESS: (_OFFICER,),
    Action.CONCLUDE_REVIEW: (_OFFICER,),
    Action.CALL: (_OFFICER,),
    Action.VISIT: (_OFFICER,),
    Action.CONCLUDE_VISIT: (_OFFICER,),
    Action.SET_UP_ROUND: (_OFFICER,),
    Action.END_INTAKE: (_OFFICER,),
    Action.ARCHIVE_ROUND: (_OFFICER,),
    Action.LOAD_CRITERIA: (_OFFICER, _ADMINISTRATOR),
    Action.APPROVE_CRITERIA: (_APPROVER,),
    Action.REVIEW: (_REVIEWER,),
    Action.VIEW_RANKING: (_OFFICER, _APPROVER, _AUDITOR),
    Action.SAVE_SCENARIO: (_OFFICER, _APPROVER),
    Action.PROPOSE: (_OFFICER,),
    Action.APPROVE: (_APPROVER,),
    Action.SELECT: (_APPROVER,),
    Action.RESERVE: (_APPROVER,),
    Action.PASS_OVER: (_APPROVER,),
    Action.EXPIRE: (_WORKER,),
    Action.TERMINATE: (_APPROVER,),
    Action.RECORD_MEETING: (_OFFICER,),
    Action.EXCLUDE: (_APPROVER,),
    Action.OPEN_NOTICE: (_APPROVER,),
    Action.ANSWER_OBJECTION: (_OFFICER,),
    Action.CLEAR: (_OFFICER,),
    Action.REMOVE: (_APPROVER,),
    Action.PUBLISH: (_APPROVER,),
    Action.ISSUE: (_OFFICER,),
    Action.MANAGE_LETTERS: (_OFFICER,),
    Action.RELEASE_LETTERS: (_OFFICER, _APPROVER),
    Action.READ_EVIDENCE: (_DRAFTER, _SIGNATORY, _BUREAU, _OFFICER, _APPROVER, _AUDITOR, _REVIEWER_AT_WORK),
    Action.AUDIT: (_AUDITOR,),
    Action.MANAGE_PEOPLE: (_ADMINISTRATOR,),
    Action.MANAGE_PROGRAMMES: (_ADMINISTRATOR,),
}


def may_enter(actor: Actor, action: Action) -> None:
    """Raise SignInNeeded or Forbidden where none of the actor's roles is permitted the action at all."""
    if actor.roles & {permit.role for permit in POLICY[action]}:
        return
    if not actor.signed_in:
        raise SignInNeeded
    raise Forbidden


def permits(actor: Actor, action: Action, facts: Facts) -> bool:
    """Tell whether the actor may do the action to an object of which the facts are given."""
    return any(_stands(actor, permit, facts) for permit in POLICY[action])


def require(actor: Actor, action: Action, facts: Facts) -> None:
    """Raise NotFound where the object is not this actor's to act on: what one may not touch one may not see.

    Raises Forbidden where nothing but the actor's own seat in the applying organisation stands against it, be it a
    seat that ended not long ago.
    """
    if permits(actor, action, facts):
        return
    if has_interest(actor, facts) and any(_reaches(actor, permit, facts) for permit in POLICY[action]):
        raise Forbidden("own_organisation")
    raise NotFound


def has_interest(actor: Actor, facts: Facts) -> bool:
    """Tell whether the actor has a seat in the organisation that the object belongs to, or had one not long ago."""
    return facts.organisation_id in actor.interests


def still_interested(ended_at: datetime, at: datetime) -> bool:
    """Tell whether a seat that ended still stands against judging: for twelve months, a default of ours."""
    ended, today = (moment.astimezone(SHANGHAI).date() for moment in (ended_at, at))
    return today < months_later(ended, INTEREST_MONTHS)


def _stands(actor: Actor, permit: Permit, facts: Facts) -> bool:
    if permit.role in DISINTERESTED and has_interest(actor, facts):
        return False
    if permit.role in SEEING and facts.blind and facts.kind is Kind.REVIEW and actor.user_id in facts.reviewer_ids:
        return False
    return _reaches(actor, permit, facts)


def _reaches(actor: Actor, permit: Permit, facts: Facts) -> bool:
    """Tell whether a permit covers an object, whatever interest the actor has in it."""
    if permit.role not in actor.roles or not _within(permit.span, facts):
        return False
    match permit.relation:
        case Relation.NONE:
            return True
        case Relation.OWN:
            return any(
                seat.organisation_id == facts.organisation_id
                and (seat.signatory if permit.role is Role.SIGNATORY else seat.drafter)
                for seat in actor.seats
            )
        case Relation.REGION:
            return any(
                facts.region_key in holding.region_keys and _in_programme(holding, facts)
                for holding in actor.held(permit.role)
            )
        case Relation.PROGRAMME:
            return any(_in_programme(holding, facts) for holding in actor.held(permit.role))
        case Relation.ASSIGNED:
            return actor.user_id in facts.reviewer_ids and any(
                _in_programme(holding, facts) for holding in actor.held(permit.role)
            )


def _within(span: Span, facts: Facts) -> bool:
    match span:
        case Span.ALWAYS:
            return True
        case Span.SUBMITTED:
            return facts.submitted
        case Span.REVIEWING:
            return facts.submitted and facts.kind is Kind.REVIEW


def _in_programme(holding: Holding, facts: Facts) -> bool:
    return holding.programme_id is None or holding.programme_id == facts.programme_id
