"""Links sent to a person: each opens one thing, for a while and once. Only the digest of its key is kept."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.links import KINDS
from registry.domain.policy import Actor
from registry.domain.vocabulary import TokenPurpose
from registry.models import Token, User
from registry.services import messages


def send(
    session: Session,
    actor: Actor,
    user: User,
    purpose: TokenPurpose,
    *,
    key: str,
    digest: str,
    address: str | None = None,
) -> None:
    """Send a person a link that carries the key; those of the same purpose before it end.

    `address` is the one to which it goes where that is not the person's own.
    """
    end(session, actor, user, purpose)
    kind = KINDS[purpose]
    expires_at = actor.at + kind.lasting
    session.add(Token(digest=digest, user_id=user.id, purpose=purpose, address=address, expires_at=expires_at))
    path = f"{kind.path}{key}"
    # Only an invitation names its reader: any other may go to an address that its owner never gave.
    values = {"name": user.name} if purpose is TokenPurpose.INVITATION else {}
    messages.queue(session, actor, user, kind.message, values, path=path, address=address)


def sent_lately(session: Session, actor: Actor, user: User, purpose: TokenPurpose) -> bool:
    """Tell whether a mail with such a link went to the person so shortly before that another has to wait."""
    return messages.sent_lately(session, actor, user, KINDS[purpose].message)


def use(session: Session, actor: Actor, token: Token) -> None:
    """Note that a link was used; it and all others of its purpose open nothing any more."""
    token.used_at = actor.at
    end(session, actor, token.user, token.purpose)


def end(session: Session, actor: Actor, user: User, *purposes: TokenPurpose) -> None:
    """Let no link of these purposes that was sent to a person open anything any more."""
    query = select(Token).where(Token.user_id == user.id, Token.purpose.in_(purposes), Token.used_at.is_(None))
    for token in session.scalars(query):
        token.expires_at = min(token.expires_at, actor.at)
    for purpose in purposes:
        messages.blank_links(session, user, KINDS[purpose].message)
