"""Applicants: their organisations and sites, their applications, and the form in which they fill them in."""

import registry.web.applicant.applications
import registry.web.applicant.filling
import registry.web.applicant.handing_in
import registry.web.applicant.organisations
import registry.web.applicant.outcomes
import registry.web.applicant.series
import registry.web.applicant.starting  # noqa: F401
from registry.web.applicant.blueprint import bp

__all__ = ["bp"]
