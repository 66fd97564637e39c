"""Applicants: their organisations and sites, their applications, and the form in which they fill them in."""

from registry.web.applicant import applications, filling, handing_in, organisations
from registry.web.applicant.blueprint import bp

__all__ = ["applications", "bp", "filling", "handing_in", "organisations"]
