"""Subjects and texts of the messages that the portal sends."""

from collections.abc import Mapping

from registry.words.marking import N_

MESSAGES: Mapping[str, tuple[str, str]] = {
    "invitation": (
        N_("Your account on the registry of synergy benchmarks"),
        N_("%(name)s, an account was opened for you. Choose your password through the link below; it works once."),
    ),
}
