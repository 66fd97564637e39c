"""The one blueprint of the applicants' pages; each module of the package adds its own views to it."""

from flask import Blueprint

bp = Blueprint("applicant", __name__)
