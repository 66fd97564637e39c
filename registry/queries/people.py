"""People and their sign-ins."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.searching import words_of
from registry.domain.vocabulary import Role, TokenPurpose, UserStatus
from registry.models import Grant, Message, SignIn, Token, User
from registry.queries import finding, pages
from registry.queries.pages import FIRST, Asked, By, Page


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whoever an address belongs to, as far as a sign-in must know before the password is checked."""

    user_id: int | None
    password_hash: str | None


def candidate(session: Session, email: str) -> Candidate:
    """Return who may sign in with an address; for an unknown one a candidate that never matches."""
    row = session.execute(
        select(User.id, User.password_hash).where(User.email == email.strip().lower(), User.status == UserStatus.ACTIVE)
    ).first()
    return Candidate(row.id, row.password_hash) if row else Candidate(None, None)


def signed_in(session: Session, digest: str, at: datetime, *, idle: timedelta, absolute: timedelta) -> SignIn | None:
    """Return the sign-in with its person, or None where it has ended, idled too long or grown too old.

    Nobody comes in whose account is not open, or whose address is not confirmed.
    """
    row = session.scalar(select(SignIn).where(SignIn.digest == digest).options(joinedload(SignIn.user)))
    if row is None or row.ended_at is not None or row.user.status is not UserStatus.ACTIVE:
        return None
    if row.user.confirmed_at is None:
        return None
    return row if at < row.seen_at + idle and at < row.started_at + absolute else None


def link(session: Session, purpose: TokenPurpose, digest: str, at: datetime, *, lock: bool = False) -> Token:
    """Return a link that was sent to somebody, with its person; `lock` keeps both until the unit of work ends.

    Raises NotFound where it is unknown, used or too old, and where the account is not one that it opens anything for:
    an invitation is for whoever has not come in yet, all others for open accounts.
    """
    query = (
        select(Token)
        .where(Token.digest == digest, Token.purpose == purpose)
        .options(joinedload(Token.user, innerjoin=True))
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    token = session.scalar(query)
    invitation = purpose is TokenPurpose.INVITATION
    status = UserStatus.INVITED if invitation else UserStatus.ACTIVE
    if token is None or token.used_at is not None or at >= token.expires_at or token.user.status is not status:
        raise NotFound("invitation_unknown" if invitation else "link_unknown")
    return token


def invited(session: Session, digest: str, at: datetime, *, lock: bool = False) -> Token:
    """Return an invitation with its person, as `link` does."""
    return link(session, TokenPurpose.INVITATION, digest, at, lock=lock)


def messages_of(session: Session, actor: Actor, limit: int) -> list[Message]:
    """Return the latest messages to the actor, newest first."""
    query = _messages().where(Message.user_id == actor.user_id)
    return list(session.scalars(query.order_by(Message.id.desc()).limit(limit)))


def messages_page(session: Session, actor: Actor, asked: Asked = FIRST) -> Page[Message]:
    """Return a page of the messages to the actor, newest first."""
    query = _messages().where(Message.user_id == actor.user_id)
    return pages.page(session, query, (By(Message.id, descending=True),), asked)


def all_messages(session: Session, text: str = "", asked: Asked = FIRST) -> Page[Message]:
    """Return a page of the messages to anybody whose address holds the words, newest first; for a demo's mailbox."""
    query = _messages().where(finding.holds(text, Message.address))
    return pages.page(session, query, (By(Message.id, descending=True),), asked)


def _messages() -> Select[Message]:
    return select(Message).options(joinedload(Message.letter))


def one_message(session: Session, number: int) -> Message:
    """Return a message; raises NotFound where there is none."""
    message = session.get(Message, number, options=[joinedload(Message.letter)])
    if message is None:
        raise NotFound
    return message


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people are looked for: by words of name or address, by a standing role, by the state of the account."""

    words: str = ""
    role: Role | None = None
    programme_id: int | None = None
    status: UserStatus | None = None


def index(session: Session, wanted: Wanted, asked: Asked = FIRST) -> Page[User]:
    """Return a page of people with their grants, by name.

    Without words only those who were invited or ever had a role granted; by words everybody with an account is found.
    """
    query = select(User).where(finding.holds(wanted.words, User.name, User.email)).options(selectinload(User.grants))
    if not words_of(wanted.words):
        invited_ = select(Token.user_id).where(Token.purpose == TokenPurpose.INVITATION)
        query = query.where(or_(User.id.in_(select(Grant.user_id)), User.id.in_(invited_)))
    if wanted.role or wanted.programme_id:
        grants = select(Grant.user_id).where(Grant.ended_at.is_(None))
        grants = grants.where(Grant.role == wanted.role) if wanted.role else grants
        grants = grants.where(Grant.programme_id == wanted.programme_id) if wanted.programme_id else grants
        query = query.where(User.id.in_(grants))
    if wanted.status:
        query = query.where(User.status == wanted.status)
    return pages.page(session, query, (By(User.name), By(User.id)), asked)


def one(session: Session, number: int, *, lock: bool = False) -> User:
    """Return a person with all grants; `lock` keeps the row until the unit of work ends. Raises NotFound."""
    query = select(User).where(User.id == number).options(selectinload(User.grants))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    user = session.scalar(query)
    if user is None:
        raise NotFound
    return user


def names(session: Session, numbers: Collection[int]) -> dict[int, str]:
    """Return the names of people by their numbers."""
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(numbers)))}


def standing_grant(session: Session, number: int) -> Grant:
    """Return a grant that has not ended, kept until the unit of work ends; raises NotFound."""
    query = select(Grant).where(Grant.id == number, Grant.ended_at.is_(None)).with_for_update()
    grant = session.scalar(query)
    if grant is None:
        raise NotFound
    return grant


def open_sign_ins(session: Session, user: User) -> list[SignIn]:
    """Return the sessions of a person that were not ended, newest first."""
    query = select(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    return list(session.scalars(query.order_by(SignIn.id.desc())))


def own(session: Session, actor: Actor, *, lock: bool = False) -> User:
    """Return the actor's own account; `lock` keeps the row until the unit of work ends."""
    return one(session, actor.user_id or 0, lock=lock)
