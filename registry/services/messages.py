"""The outbox: a message is written with the act it tells of, and leaves after the commit."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.domain.links import PAUSE
from registry.domain.policy import Actor
from registry.domain.vocabulary import MessageStatus
from registry.models import Application, Message, Organisation, Site, User
from registry.queries import blinding, letters


def queue(
    session: Session,
    actor: Actor,
    user: User,
    key: str,
    values: Mapping[str, object],
    *,
    path: str = "",
    address: str | None = None,
) -> Message:
    """Add a message to a person; `key` and `values` become its text in the person's language when it leaves.

    It goes to the person's address unless another is given.
    """
    message = Message(
        user_id=user.id,
        address=address or user.email,
        language=user.language,
        key=key,
        values=dict(values),
        path=path,
        status=MessageStatus.QUEUED,
        queued_at=actor.at,
    )
    session.add(message)
    return message


def naming(**rows: Site | Organisation) -> dict[str, str]:
    """Return the names of rows in both languages, as values of a message."""
    return {key: row.name for key, row in rows.items()} | {
        f"{key}_en": row.name_en for key, row in rows.items() if row.name_en
    }


def reviewed(session: Session, application: Application) -> dict[str, str]:
    """Return what an application is called in a message to its reviewer: its site, or in a blind review its number."""
    if blinding.is_blind(session, application):
        return blinding.names_of(application)
    return naming(site=session.get_one(Site, application.site_id))


def to_applicant(
    session: Session, actor: Actor, application: Application, key: str, values: Mapping[str, object]
) -> None:
    """Add a message to every member of the applying organisation; the site's name is among its values."""
    site = session.get_one(Site, application.site_id)
    for user in letters.readers(session, application):
        queue(session, actor, user, key, {**naming(site=site), **values}, path=f"/applications/{application.id}")


def sent_lately(session: Session, actor: Actor, user: User, key: str) -> bool:
    """Tell whether such a message went to a person so shortly before that another has to wait."""
    last = session.scalar(select(func.max(Message.queued_at)).where(Message.user_id == user.id, Message.key == key))
    return last is not None and actor.at < last + PAUSE


def blank_links(session: Session, user: User, key: str) -> None:
    """Take the link out of a person's messages of a kind, sent or not, once it opens nothing any more."""
    for message in session.scalars(select(Message).where(Message.user_id == user.id, Message.key == key)):
        message.path = ""


def mark_sent(message: Message, actor: Actor) -> None:
    """Record that a message has left."""
    message.status, message.sent_at = MessageStatus.SENT, actor.at


def mark_failed(message: Message, tries: int) -> None:
    """Record that a message did not leave; after so many tries it is given up."""
    message.attempts += 1
    if message.attempts >= tries:
        message.status = MessageStatus.FAILED


def queued(session: Session) -> list[Message]:
    """Return the messages that wait to leave, oldest first."""
    return list(session.scalars(select(Message).where(Message.status == MessageStatus.QUEUED).order_by(Message.id)))
