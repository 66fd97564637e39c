"""People and their sign-ins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import TokenPurpose, UserStatus
from registry.models import Message, SignIn, Token, User


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


def invited(session: Session, digest: str, at: datetime) -> Token:
    """Return an invitation with its person; raises NotFound where it is unknown, used or too old."""
    token = session.scalar(
        select(Token)
        .where(Token.digest == digest, Token.purpose == TokenPurpose.INVITATION)
        .options(joinedload(Token.user))
    )
    if token is None or token.used_at is not None or at >= token.expires_at:
        raise NotFound("invitation_unknown")
    return token


def messages_of(session: Session, actor: Actor, limit: int = 100) -> list[Message]:
    """Return the messages to the actor, newest first."""
    return list(
        session.scalars(
            select(Message).where(Message.user_id == actor.user_id).order_by(Message.id.desc()).limit(limit)
        )
    )


def all_messages(session: Session, limit: int = 200) -> list[Message]:
    """Return the messages to anybody, newest first; for the mailbox of a demo."""
    return list(session.scalars(select(Message).order_by(Message.id.desc()).limit(limit)))


def one_message(session: Session, number: int) -> Message:
    """Return a message; raises NotFound where there is none."""
    message = session.get(Message, number)
    if message is None:
        raise NotFound
    return message
