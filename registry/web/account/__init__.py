"""The account: coming in and out, links that were sent by mail, and what people change of their own accounts."""

import registry.web.account.coming_in
import registry.web.account.own
import registry.web.account.sent_links  # noqa: F401
from registry.web.account.blueprint import bp
from registry.web.account.signing import init_app

__all__ = ["bp", "init_app"]
