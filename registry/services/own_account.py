"""What people change of their own accounts: a forgotten or old password, the address, the name, the sessions."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid
from registry.domain.policy import Actor
from registry.domain.vocabulary import TokenPurpose, UserStatus
from registry.models import Token, User
from registry.services import accounts, events, links, messages


def ask_reset(session: Session, actor: Actor, *, email: str, key: str, digest: str) -> None:
    """Send a link with which a new password is chosen, where an open account has the address.

    Nobody can tell from the answer whether one has: for any other address the same rows are written and undone, and so
    they are where a link left less than a minute ago.
    """
    address = accounts.address_of(email)
    user = session.scalar(select(User).where(User.email == address).with_for_update())
    events.record(session, actor, "ask_reset", "user", user.id if user else "", personal={"email": address})
    attempt = session.begin_nested()
    addressee = user or _nobody(session, actor, address)
    lately = links.sent_lately(session, actor, addressee, TokenPurpose.RESET)
    links.send(session, actor, addressee, TokenPurpose.RESET, key=key, digest=digest)
    session.flush()
    if addressee.status is UserStatus.ACTIVE and not lately:
        attempt.commit()
    else:
        attempt.rollback()


def reset_password(session: Session, actor: Actor, token: Token, *, password_hash: str) -> User:
    """Use such a link: the password is another one, all sessions end, a lock is lifted, the address is confirmed.

    The mail arrived, so that whoever opened the link reads the mail at the address.
    """
    links.use(session, actor, token)
    user = token.user
    user.failures, user.locked_until = 0, None
    user.confirmed_at = user.confirmed_at or actor.at
    accounts.end_sessions(session, actor, user)
    links.end(session, actor, user, TokenPurpose.CONFIRMATION)
    events.record(session, actor, "reset_password", "user", user.id)
    _set_password(session, actor, user, password_hash)
    return user


def change_password(session: Session, actor: Actor, user: User, *, password_hash: str, keep: str) -> None:
    """Set another password; all sessions end but the one whose digest is to be kept."""
    accounts.end_sessions(session, actor, user, keep=keep)
    events.record(session, actor, "change_password", "user", user.id)
    _set_password(session, actor, user, password_hash)


def ask_address(session: Session, actor: Actor, user: User, *, email: str, key: str, digest: str) -> None:
    """Send a link to an address that shall be the person's, and word of it to the present one.

    Nothing changes before the link is used. An address that has an account gets the same mail, whose link is refused
    when it is used, so that nobody but its reader learns of the account. Raises Invalid where the address is the
    present one, and where such a link left less than a minute ago.
    """
    address = accounts.address_of(email)
    if address == user.email:
        raise Invalid("address_unchanged", field="email")
    if links.sent_lately(session, actor, user, TokenPurpose.ADDRESS):
        raise Invalid("mail_sent_lately", field="email")
    events.record(session, actor, "ask_address", "user", user.id, personal={"email": address})
    links.send(session, actor, user, TokenPurpose.ADDRESS, key=key, digest=digest, address=address)
    messages.queue(session, actor, user, "address_change_asked", {}, path="/account/password")


def take_address(session: Session, actor: Actor, token: Token) -> User:
    """Use such a link: its address is the person's from now on, and the old one is told.

    Links that were sent to the old address end. Raises Invalid where somebody else has taken the address since.
    """
    user, address = token.user, token.address or ""
    accounts.require_free(session, address)
    links.use(session, actor, token)
    links.end(session, actor, user, TokenPurpose.CONFIRMATION, TokenPurpose.RESET)
    messages.queue(session, actor, user, "address_changed", {})
    user.email, user.confirmed_at = address, actor.at
    events.record(session, actor, "change_address", "user", user.id, personal={"email": address})
    return user


def change_profile(session: Session, actor: Actor, user: User, *, name: str, language: str) -> None:
    """Change one's name and the language of one's mails. Raises Invalid for a name that holds an address."""
    user.name, user.language = accounts.name_of(name), language
    payload = {"language": language}
    events.record(session, actor, "change_profile", "user", user.id, payload=payload, personal={"name": user.name})


def end_other_sessions(session: Session, actor: Actor, user: User, *, keep: str) -> int:
    """End all sessions of a person but the one whose digest is to be kept; return how many ended."""
    ended = accounts.end_sessions(session, actor, user, keep=keep)
    if ended:
        events.record(session, actor, "end_sessions", "user", user.id, payload={"ended": ended})
    return ended


def _set_password(session: Session, actor: Actor, user: User, password_hash: str) -> None:
    """Set the password; a link that somebody who knew the old one may have asked for opens nothing any more."""
    user.password_hash = password_hash
    links.end(session, actor, user, TokenPurpose.RESET, TokenPurpose.ADDRESS)
    messages.queue(session, actor, user, "password_changed", {}, path="/forgotten-password")


def _nobody(session: Session, actor: Actor, address: str) -> User:
    """Somebody without an account, to be undone."""
    user = User(email=address, name="", language="zh", status=UserStatus.INVITED, created_at=actor.at)
    session.add(user)
    session.flush()
    return user
