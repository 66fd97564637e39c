"""The one blueprint of the account's pages; each module of the package adds its own views to it."""

from flask import Blueprint

bp = Blueprint("account", __name__)

# Where somebody who registered in this browser wanted to go, kept in the cookie until the address is confirmed.
AFTER_CONFIRMING = "after_confirming"
