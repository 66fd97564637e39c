"""Applicants: their organisations and sites, their applications, and the form in which they fill them in."""

import registry.web.applicant.applications
import registry.web.applicant.autosaving
import registry.web.applicant.filling
import registry.web.applicant.handing_in
import registry.web.applicant.organisations
import registry.web.applicant.outcomes
import registry.web.applicant.series
import registry.web.applicant.sites
import registry.web.applicant.starting
import registry.web.applicant.summary  # noqa: F401
from registry.web.applicant.blueprint import bp

__all__ = ["bp"]
