"""Accounts: how people come in, sign in and out, and what roles are granted to them."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Role, TokenPurpose, UserStatus
from registry.models import Grant, SignIn, Token, User
from registry.queries import blinding
from registry.services import events, links, messages

# What makes a mail program show a link.
LINKS = ("://", "www.")


@dataclass(frozen=True, slots=True)
class Lockout:
    """After how many wrong passwords in a row an account is closed, and for how long."""

    failures: int
    lasting: timedelta


def register(
    session: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    password_hash: str,
    language: str,
    key: str,
    digest: str,
) -> User:
    """Open an account for somebody who will apply and send the link, which carries the key, to confirm the address.

    Raises Invalid where the address has an account already, and for a name that holds an address.
    """
    user = _new_user(session, actor, email, name, language)
    user.status, user.password_hash = UserStatus.ACTIVE, password_hash
    session.flush()
    events.record(session, actor, "register", "user", user.id, personal={"email": user.email})
    links.send(session, actor, user, TokenPurpose.CONFIRMATION, key=key, digest=digest)
    return user


def ask_account(
    session: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    password_hash: str,
    language: str,
    key: str,
    digest: str,
) -> None:
    """Open an account for whoever reads the mail at an address; where it has one already, only its owner is told so.

    Who was invited there and has not come in yet is sent the invitation anew. Nobody can tell from the answer which of
    these happened. Raises Invalid for a name that holds an address.
    """
    name = name_of(name)
    known = session.scalar(select(User).where(User.email == address_of(email)).with_for_update())
    if known is None:
        given = {"password_hash": password_hash, "language": language, "key": key, "digest": digest}
        register(session, actor, email=email, name=name, **given)
        return
    events.record(session, actor, "register_again", "user", known.id, personal={"email": known.email})
    if known.status is UserStatus.INVITED:
        if not links.sent_lately(session, actor, known, TokenPurpose.INVITATION):
            links.send(session, actor, known, TokenPurpose.INVITATION, key=key, digest=digest)
    elif known.status is not UserStatus.DISABLED and not messages.sent_lately(
        session, actor, known, "registered_before"
    ):
        messages.queue(session, actor, known, "registered_before", {}, path="/forgotten-password")


def confirm(
    session: Session, actor: Actor, token: Token, *, matches: bool, lockout: Lockout, digest: str | None = None
) -> bool:
    """Use a link that was sent to a person's address: the address is confirmed from now on, and a session begins.

    The session is the one with the `digest`; without it none begins, as for somebody who is signed in already.

    Only with the password of the account: else its owner would confirm an account that somebody else opened in the
    owner's name. A wrong one counts like one at the sign-in; that is written and must be committed, and the link stays.
    """
    if not show_password_again(session, actor, token.user, matches=matches, lockout=lockout):
        return False
    links.use(session, actor, token)
    token.user.confirmed_at = actor.at
    events.record(session, actor, "confirm_address", "user", token.user_id, personal={"email": token.user.email})
    if digest is not None:
        begin_session(session, actor, token.user, digest)
    return True


def invite(session: Session, actor: Actor, *, email: str, name: str, language: str, key: str, digest: str) -> User:
    """Open an account for staff and send the link, which carries the key, with which they choose a password.

    An account that somebody opened with the address and never confirmed becomes that of the person invited: its
    password, sessions and links end. Raises Invalid for any other address that has an account.
    """
    address = address_of(email)
    query = select(User).where(User.email == address, User.status == UserStatus.ACTIVE, User.confirmed_at.is_(None))
    user = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if user is None:
        user = _new_user(session, actor, email, name, language)
    else:
        user.name, user.language = name_of(name), language
        user.status, user.password_hash, user.failures, user.locked_until = UserStatus.INVITED, None, 0, None
        end_sessions(session, actor, user)
        links.end(session, actor, user, *TokenPurpose)
    session.flush()
    _send_invitation(session, actor, user, key=key, digest=digest)
    return user


def invite_again(session: Session, actor: Actor, user: User, *, key: str, digest: str) -> None:
    """Send a new link to somebody who has not come in yet; the links before it end.

    Raises WrongState where the person has a password already or the account is closed.
    """
    if user.status is not UserStatus.INVITED:
        raise WrongState("not_waiting_for_invitation")
    _send_invitation(session, actor, user, key=key, digest=digest)


def accept_invitation(session: Session, actor: Actor, token: Token, *, password_hash: str) -> User:
    """Use an invitation: the person has a password and a confirmed address from now on."""
    links.use(session, actor, token)
    user = token.user
    user.password_hash, user.status, user.confirmed_at = password_hash, UserStatus.ACTIVE, actor.at
    events.record(session, actor, "accept_invitation", "user", user.id)
    return user


def sign_in(
    session: Session,
    actor: Actor,
    user_id: int | None,
    *,
    email: str,
    matches: bool,
    key: str,
    digest: str,
    lockout: Lockout,
) -> bool:
    """Begin a session where the password matches and the account is not locked; count the failure where not.

    Both are written and must be committed. The caller shows the same refusal whatever the cause. Nobody comes in before
    the address is confirmed: whoever tried would learn whether it was free. With the right password the link to confirm
    it is sent once more, as the first may be lost; it carries the key that a session would have had.
    """
    user = session.get(User, user_id, with_for_update=True) if user_id else None
    if user is not None and user.status is not UserStatus.ACTIVE:
        user = None  # Closed since the password was looked up.
    known = user is not None and _let_in(user, actor, matches=matches, lockout=lockout)
    if user is not None and known and user.confirmed_at is not None:
        begin_session(session, actor, user, digest)
        return True
    events.record(session, actor, "sign_in_failed", "user", user_id or "", personal={"email": email})
    if user is not None and known and not links.sent_lately(session, actor, user, TokenPurpose.CONFIRMATION):
        events.record(session, actor, "send_confirmation", "user", user.id)
        links.send(session, actor, user, TokenPurpose.CONFIRMATION, key=key, digest=digest)
    return False


def begin_session(session: Session, actor: Actor, user: User, digest: str) -> None:
    """Begin a session of somebody who has shown who they are."""
    session.add(SignIn(digest=digest, user_id=user.id, started_at=actor.at, seen_at=actor.at))
    events.record(session, actor, "sign_in", "user", user.id)


def show_password_again(session: Session, actor: Actor, user: User, *, matches: bool, lockout: Lockout) -> bool:
    """Tell whether somebody who is signed in, or came by a link that was mailed, has shown the password again.

    A wrong one counts like one at the sign-in, and once the account is locked the right one does not help either; that
    is written and must be committed.
    """
    if _let_in(user, actor, matches=matches, lockout=lockout):
        return True
    events.record(session, actor, "password_wrong", "user", user.id)
    return False


def sign_out(session: Session, actor: Actor, digest: str) -> None:
    """End a session."""
    row = session.scalar(select(SignIn).where(SignIn.digest == digest, SignIn.ended_at.is_(None)))
    if row is not None:
        row.ended_at = actor.at
        events.record(session, actor, "sign_out", "user", row.user_id)


def end_sessions(session: Session, actor: Actor, user: User, *, keep: str | None = None) -> int:
    """End the sessions of a person, but for the one whose digest is to be kept; return how many ended."""
    query = select(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    ended = [row for row in session.scalars(query) if row.digest != keep]
    for row in ended:
        row.ended_at = actor.at
    return len(ended)


def keep_awake(session: Session, actor: Actor, number: int) -> None:
    """Note that a session is in use, so that it does not end for idling."""
    row = session.get(SignIn, number)
    if row is not None and row.ended_at is None:
        row.seen_at = max(row.seen_at, actor.at)


def grant(
    session: Session,
    actor: Actor,
    user: User,
    *,
    role: Role,
    programme_id: int | None = None,
    region_key: str | None = None,
) -> Grant:
    """Grant a role.

    Raises Invalid for oneself, where a recommender has no region or another role has one, and for whoever opened an
    account without confirming its address: nobody knows who that is. Who was invited confirms it by coming in. So it
    does for an office of whoever reviews blind there: an office shows who applies.
    """
    if user.id == actor.user_id:
        raise Invalid("grant_not_to_oneself", field="role")
    if user.confirmed_at is None and user.status is not UserStatus.INVITED:
        raise Invalid("grant_needs_confirmed_address", field="role")
    if (role is Role.RECOMMENDER) != (region_key is not None):
        raise Invalid("recommender_needs_region", field="region")
    if _held(session, user, role, programme_id, region_key):
        raise Invalid("granted_already", field="role")
    if role is not Role.REVIEWER and blinding.reviews(session, user, programme_id):
        raise Invalid("grant_ends_blindness", field="role")
    row = Grant(
        user_id=user.id,
        role=role,
        programme_id=programme_id,
        region_key=region_key,
        granted_by_id=actor.user_id,
        granted_at=actor.at,
    )
    session.add(row)
    payload = {"role": role, "programme": programme_id, "region": region_key}
    events.record(session, actor, "grant", "user", user.id, programme_id=programme_id, payload=payload)
    return row


def end_grant(session: Session, actor: Actor, row: Grant) -> None:
    """End a grant; it counts no longer from the next request on."""
    row.ended_at = actor.at
    payload = {"role": row.role, "grant": row.id}
    events.record(session, actor, "end_grant", "user", row.user_id, programme_id=row.programme_id, payload=payload)


def disable(session: Session, actor: Actor, user: User) -> None:
    """Close an account: its sessions, roles and open links end with it. Raises Invalid for oneself."""
    if user.id == actor.user_id:
        raise Invalid("disable_not_oneself")
    # Whoever counts the signatories of an organisation with this person waits here, or is waited for.
    session.refresh(user, ["status"], with_for_update=True)
    user.status = UserStatus.DISABLED
    end_sessions(session, actor, user)
    for standing in session.scalars(select(Grant).where(Grant.user_id == user.id, Grant.ended_at.is_(None))).all():
        end_grant(session, actor, standing)
    links.end(session, actor, user, *TokenPurpose)
    events.record(session, actor, "disable", "user", user.id)


def address_of(email: str) -> str:
    """Return an address as it is kept and compared."""
    return email.strip().lower()


def name_of(text: str) -> str:
    """Return a name as it is kept, in one line. Raises Invalid where it holds a link, which a mail would carry on."""
    name = text.strip()
    if len(name.splitlines()) > 1 or any(sign in name.lower() for sign in LINKS):
        raise Invalid("name_has_address", field="name")
    return name


def require_free(session: Session, address: str) -> None:
    """Raise Invalid where an address belongs to an account."""
    if session.scalar(select(User.id).where(User.email == address)) is not None:
        raise Invalid("address_in_use", field="email")


def _held(session: Session, user: User, role: Role, programme_id: int | None, region_key: str | None) -> bool:
    query = select(Grant.id).where(
        Grant.user_id == user.id,
        Grant.role == role,
        Grant.programme_id.is_not_distinct_from(programme_id),
        Grant.region_key.is_not_distinct_from(region_key),
        Grant.ended_at.is_(None),
    )
    return session.scalar(query) is not None


def _new_user(session: Session, actor: Actor, email: str, name: str, language: str) -> User:
    address = address_of(email)
    require_free(session, address)
    user = User(email=address, name=name_of(name), language=language, status=UserStatus.INVITED, created_at=actor.at)
    session.add(user)
    return user


def _send_invitation(session: Session, actor: Actor, user: User, *, key: str, digest: str) -> None:
    events.record(session, actor, "invite", "user", user.id, personal={"email": user.email})
    links.send(session, actor, user, TokenPurpose.INVITATION, key=key, digest=digest)


def _let_in(user: User, actor: Actor, *, matches: bool, lockout: Lockout) -> bool:
    """Whether a password that was shown opens the account; a wrong one is counted unless the account is locked."""
    if user.locked_until is not None and actor.at < user.locked_until:
        return False
    if matches:
        user.failures, user.locked_until = 0, None
        return True
    user.failures += 1
    if user.failures >= lockout.failures:
        user.failures, user.locked_until = 0, actor.at + lockout.lasting
    return False
