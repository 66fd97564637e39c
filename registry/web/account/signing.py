"""What keeps a person signed in: a session on the server whose key is in the cookie, and how passwords are checked."""

from datetime import timedelta

from flask import Flask, current_app, g, session
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user
from wtforms import PasswordField

from registry.config import Config
from registry.models import User
from registry.passwords import Passwords, digest_of_key
from registry.queries import people
from registry.services import accounts

# Who was the last to be signed in with this browser, kept in the cookie beyond the session's end.
LAST = "last_reader"


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login wants of a person, kept away from the table; its id is the key of the session."""

    def __init__(self, key: str, user: User | None = None) -> None:
        self.key, self.user = key, user

    def get_id(self) -> str:
        return self.key


def init_app(app: Flask, config: Config) -> None:
    """Set up sign-ins: sessions are kept on the server, the cookie carries a random key."""
    app.extensions["registry.config"] = config
    app.extensions["registry.passwords"] = Passwords(config)
    # No person in the context of templates: a page about a database that is away must not ask it.
    LoginManager(app, add_context_processor=False).user_loader(load_user)


def load_user(key: str) -> SignedIn | None:
    """Return the person whose session has this key, where the session still stands."""
    config = _config()
    row = people.signed_in(
        g.session,
        digest_of_key(key),
        g.actor.at,
        idle=timedelta(seconds=config.idle_seconds),
        absolute=timedelta(seconds=config.session_seconds),
    )
    if row is None:
        return None
    g.seen = row.id, row.seen_at
    remember(row.user_id)
    return SignedIn(key, row.user)


def remember(user_id: int) -> None:
    """Note who is signed in with this browser; pages that it showed to somebody else before send nothing any more."""
    if session.get(LAST) == user_id:
        return
    if LAST in session:
        forget_forms()
    session[LAST] = user_id


def last_reader() -> int | None:
    """Return the number of whoever was the last to be signed in with this browser, or None where nobody was."""
    return session.get(LAST)


def forget_forms() -> None:
    """Let no form that this browser has shown so far be taken any more: each carries what is dropped here."""
    session.pop("csrf_token", None)


def wrong_password(field: PasswordField) -> None:
    """Commit that a wrong password was counted, and say so at its field; the same form may be mended and sent again."""
    g.session.delete(g.pop("claim"))
    g.session.commit()
    refusal = _("This password is wrong, or the account is closed for a while after too many wrong passwords.")
    field.errors = [*field.errors, refusal]


def digest_of_session() -> str:
    """Return what is kept of the key of the reader's own session."""
    return digest_of_key(current_user.key)


def passwords() -> Passwords:
    """Return what makes and checks the hashes of passwords."""
    found: Passwords = current_app.extensions["registry.passwords"]
    return found


def lockout() -> accounts.Lockout:
    """Return after how many wrong passwords an account is closed, and for how long."""
    config = _config()
    return accounts.Lockout(config.lockout_failures, timedelta(seconds=config.lockout_seconds))


def open_since() -> tuple[timedelta, timedelta]:
    """Return for how long a session may idle, and how old it may grow."""
    config = _config()
    return timedelta(seconds=config.idle_seconds), timedelta(seconds=config.session_seconds)


def _config() -> Config:
    found: Config = current_app.extensions["registry.config"]
    return found
