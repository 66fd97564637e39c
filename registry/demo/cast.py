"""The people of the demonstration as they act: each act at its own moment, through the services."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.demo.accounts import DOMAIN, STAFF, Account
from registry.domain.policy import Actor
from registry.domain.vocabulary import Level, Role, TokenPurpose
from registry.models import Grant, Programme, Region, User
from registry.queries import actors, people, places
from registry.services import accounts, backgrounds

LOCKOUT = accounts.Lockout(5, timedelta(minutes=15))
STAFF_KEYS = frozenset(account.key for account in STAFF)


@dataclass
class Cast:
    """Who is there, and the session in which they act."""

    session: Session
    password_hash: str
    users: dict[str, User] = field(default_factory=dict)
    _staff: dict[str, Actor] = field(default_factory=dict)

    def at(self, key: str, moment: datetime) -> Actor:
        """Return somebody as the actor of a moment; the roles of the staff change by `hire` and `empower` alone."""
        if key not in STAFF_KEYS:
            return actors.load(self.session, self.users[key], moment)
        if key not in self._staff:
            self._staff[key] = actors.load(self.session, self.users[key], moment)
        return replace(self._staff[key], at=moment)

    def hire(self, moment: datetime) -> None:
        """Invite the administrator from outside and the rest of the staff by the administrator; all accept."""
        first, *others = STAFF
        self._invite(Actor(moment, worker=True), first)
        accounts.grant(self.session, Actor(moment, worker=True), self.users[first.key], role=first.role)
        for account in others:
            self._invite(self.at(first.key, moment), account)
            if account.role is Role.REVIEWER:
                actor, expert = self.at(account.key, moment), self.users[account.key]
                backgrounds.add_employment(self.session, actor, expert, employer=f"{account.name[0]}氏研究院（虚构）")
                backgrounds.describe(
                    self.session,
                    actor,
                    expert,
                    fields=account.fields,
                    most=account.most,
                    known=account.fields,
                    region_key=account.based,
                )
        self._staff.clear()

    def empower(self, moment: datetime, programme: Programme) -> None:
        """Grant the roles of the programme to who holds one in it."""
        admin = self.at("admin", moment)
        for account in STAFF:
            if programme.key not in account.programmes:
                continue
            for region in self._regions(account):
                accounts.grant(
                    self.session,
                    admin,
                    self.users[account.key],
                    role=account.role,
                    programme_id=programme.id,
                    region_key=region,
                )
        self._staff.clear()

    def staff(self, role: Role, programme: str) -> list[str]:
        """Return the keys of who holds a role in a programme, by its key."""
        return [account.key for account in STAFF if account.role is role and programme in account.programmes]

    def bureau(self, programme: str, level: Level, region_key: str) -> str:
        """Return the key of the bureau of a level to which a region belongs; raises LookupError where there is none."""
        line = {region.key for region in places.line_of(self.session, region_key) if region.level is level}
        for key in self.staff(Role.RECOMMENDER, programme):
            granted = select(Grant.region_key).where(Grant.user_id == self.users[key].id, Grant.ended_at.is_(None))
            if line & set(self.session.scalars(granted)):
                return key
        raise LookupError(f"no bureau of {level} for {region_key} in {programme}")

    def applicant(self, key: str, name: str, moment: datetime) -> User:
        """Register somebody who will apply, and who confirms the address."""
        link = secrets.token_urlsafe(32)
        digest = sha256(link.encode()).hexdigest()
        self.users[key] = accounts.register(
            self.session,
            Actor(moment),
            email=f"{key}@{DOMAIN}",
            name=name,
            password_hash=self.password_hash,
            language="zh",
            key=link,
            digest=digest,
        )
        token = people.link(self.session, TokenPurpose.CONFIRMATION, digest, moment)
        accounts.confirm(self.session, Actor(moment), token, matches=True, lockout=LOCKOUT)
        return token.user

    def _invite(self, actor: Actor, account: Account) -> None:
        key = secrets.token_urlsafe(32)
        digest = sha256(key.encode()).hexdigest()
        user = accounts.invite(
            self.session, actor, email=account.email, name=account.name, language="zh", key=key, digest=digest
        )
        token = people.invited(self.session, digest, actor.at)
        accounts.accept_invitation(self.session, actor, token, password_hash=self.password_hash)
        self.users[account.key] = user

    def _regions(self, account: Account) -> list[str | None]:
        if account.role is not Role.RECOMMENDER:
            return [None]
        if account.regions:
            return list(account.regions)
        if account.within:
            inside = select(Region.key).where(Region.parent_key == account.within).order_by(Region.position)
            return list(self.session.scalars(inside))
        taken = {key for other in STAFF for key in other.regions}
        provinces = self.session.scalars(select(Region.key).where(Region.level == "province").order_by(Region.position))
        return [key for key in provinces if key not in taken]
