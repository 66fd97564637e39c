"""The one blueprint of the account's pages; each module of the package adds its own views to it."""

from flask import Blueprint

bp = Blueprint("account", __name__)
