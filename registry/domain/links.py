"""Links that are sent to a person: what each is for, how long it opens something, and which messages carry one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from registry.domain.vocabulary import TokenPurpose

# Between two mails with a link of the same kind to the same person.
PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LinkKind:
    """The message that carries a link, the address that it leads to, and how long it works."""

    message: str
    path: str
    lasting: timedelta


KINDS: Mapping[TokenPurpose, LinkKind] = {
    TokenPurpose.INVITATION: LinkKind("invitation", "/invitations/", timedelta(days=7)),
    TokenPurpose.CONFIRMATION: LinkKind("confirm_address", "/confirmations/", timedelta(days=3)),
    TokenPurpose.RESET: LinkKind("reset_password", "/password-resets/", timedelta(hours=2)),
    TokenPurpose.ADDRESS: LinkKind("new_address", "/new-addresses/", timedelta(days=1)),
}
# Such a message proves who reads the mail at an address, so that its link is never shown within the portal.
CARRYING = frozenset(kind.message for kind in KINDS.values())
