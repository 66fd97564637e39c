"""The demonstration: invented organisations and three rounds, all made through the services.

One round is finished, one is in progress, one is open and empty for the visitor. Its time is played: each act has the
moment at which it would have happened, so the chain of events reads like a year of real work.
"""

from registry.demo.accounts import ACCOUNTS, DOMAIN, PASSWORD, Account
from registry.demo.story import build

__all__ = ["ACCOUNTS", "DOMAIN", "PASSWORD", "Account", "build"]
