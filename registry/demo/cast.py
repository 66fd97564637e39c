"""The people of the demonstration as they act: each act at its own moment, through the services."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.demo.accounts import DOMAIN, STAFF, Account
from registry.domain.policy import Actor
from registry.domain.vocabulary import Role
from registry.models import Programme, Region, ReviewerProfile, User
from registry.queries import actors, people
from registry.services import accounts


@dataclass
class Cast:
    """Who is there, and the session in which they act."""

    session: Session
    password_hash: str
    users: dict[str, User] = field(default_factory=dict)

    def at(self, key: str, moment: datetime) -> Actor:
        """Return somebody as the actor of a moment."""
        return actors.load(self.session, self.users[key], moment)

    def hire(self, moment: datetime) -> None:
        """Invite the administrator from outside and the rest of the staff by the administrator; all accept."""
        first, *others = STAFF
        self._invite(Actor(moment, worker=True), first)
        accounts.grant(self.session, Actor(moment, worker=True), self.users[first.key], role=first.role)
        for account in others:
            self._invite(self.at(first.key, moment), account)
            if account.role is Role.REVIEWER:
                profile = ReviewerProfile(
                    user_id=self.users[account.key].id, employer=f"{account.name[0]}氏研究院（虚构）"
                )
                self.session.add(profile)

    def empower(self, moment: datetime, programme: Programme) -> None:
        """Grant the roles of the programme; the bureaus together cover every province."""
        for account in STAFF[1:]:
            for region in self._regions(account):
                accounts.grant(
                    self.session,
                    self.at("admin", moment),
                    self.users[account.key],
                    role=account.role,
                    programme_id=programme.id,
                    region_key=region,
                )

    def applicant(self, key: str, name: str, moment: datetime) -> User:
        """Register somebody who will apply."""
        self.users[key] = accounts.register(
            self.session,
            Actor(moment),
            email=f"{key}@{DOMAIN}",
            name=name,
            password_hash=self.password_hash,
            language="zh",
        )
        return self.users[key]

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
        taken = {key for other in STAFF for key in other.regions}
        provinces = self.session.scalars(select(Region.key).where(Region.level == "province").order_by(Region.position))
        return [key for key in provinces if key not in taken]
