"""The digest of what is submitted."""

import pytest
from sqlalchemy.orm import Session

from registry.queries import filings
from tests import factories


@pytest.mark.parametrize(
    ("subject", "column"),
    [("organisation", "name"), ("organisation", "credit_code"), ("site", "name"), ("site", "permit_number")],
)
def test_the_digest_stands_for_the_applicant_and_the_site_too(session: Session, subject: str, column: str) -> None:
    application = factories.application(session, answers={"reused": "50"})
    before = filings.content_digest(filings.sheet(session, application))
    setattr(getattr(application, subject), column, "91440300MA5FDA0001")
    assert filings.content_digest(filings.sheet(session, application)) != before
