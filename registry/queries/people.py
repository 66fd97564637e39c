"""People and their sign-ins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import TokenPurpose, UserStatus
from registry.models import Grant, Message, SignIn, Token, User


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
    """Return the sign-in with its person, or None where it has ended, idled too long or grown too old."""
    row = session.scalar(select(SignIn).where(SignIn.digest == digest).options(joinedload(SignIn.user)))
    if row is None or row.ended_at is not None or row.user.status is not UserStatus.ACTIVE:
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


def messages_of(session: Session, actor: Actor, limit: int = 100) -> list[Message]:
    """Return the messages to the actor, newest first."""
    return list(
        session.scalars(
            select(Message)
            .where(Message.user_id == actor.user_id)
            .options(joinedload(Message.letter))
            .order_by(Message.id.desc())
            .limit(limit)
        )
    )


def all_messages(session: Session, limit: int = 200) -> list[Message]:
    """Return the messages to anybody, newest first; for the mailbox of a demo."""
    query = select(Message).options(joinedload(Message.letter)).order_by(Message.id.desc())
    return list(session.scalars(query.limit(limit)))


def one_message(session: Session, number: int) -> Message:
    """Return a message; raises NotFound where there is none."""
    message = session.get(Message, number, options=[joinedload(Message.letter)])
    if message is None:
        raise NotFound
    return message


def staff(session: Session) -> list[User]:
    """Return everybody who was invited or ever had a role granted, with their grants, by name."""
    granted = select(Grant.user_id)
    invited_ = select(Token.user_id).where(Token.purpose == TokenPurpose.INVITATION)
    query = select(User).where(or_(User.id.in_(granted), User.id.in_(invited_)))
    return list(session.scalars(query.options(selectinload(User.grants)).order_by(User.name, User.id)))


def named(session: Session, words: str, limit: int = 50) -> list[User]:
    """Return people whose name or address holds the words, with their grants."""
    pattern = f"%{_escaped(words.strip().lower())}%"
    found = or_(func.lower(User.name).like(pattern, escape="\\"), User.email.like(pattern, escape="\\"))
    query = select(User).where(found).options(selectinload(User.grants))
    return list(session.scalars(query.order_by(User.name, User.id).limit(limit)))


def one(session: Session, number: int, *, lock: bool = False) -> User:
    """Return a person with all grants; `lock` keeps the row until the unit of work ends. Raises NotFound."""
    query = select(User).where(User.id == number).options(selectinload(User.grants))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    user = session.scalar(query)
    if user is None:
        raise NotFound
    return user


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


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
