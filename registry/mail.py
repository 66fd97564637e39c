"""Messages as mail: each in its reader's language, with its link; without a mail server they stay in the mailbox."""

import smtplib
from email.message import EmailMessage

from registry import words
from registry.config import Config
from registry.models import Message
from registry.translations import gettext_for

SECONDS = 15


def compose(config: Config, message: Message) -> EmailMessage:
    """Return a message as mail."""
    subject, text = words.message(message.key, message.values, gettext_for(message.language))
    mail = EmailMessage()
    # A line break in a name must not become a header of its own.
    mail["Subject"] = " ".join(subject.split())
    mail["From"], mail["To"] = config.mail_from, message.address
    mail.set_content(f"{text}\n\n{config.base_url}{message.path}\n" if message.path else f"{text}\n")
    return mail


def send(config: Config, message: Message) -> None:
    """Hand a message to the mail server, where one is set. Raises OSError where the server does not take it."""
    if not config.smtp:
        return
    host, _, port = config.smtp.partition(":")
    with smtplib.SMTP(host, int(port or 25), timeout=SECONDS) as server:
        server.send_message(compose(config, message))
