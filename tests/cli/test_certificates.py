"""Whether a file is a certificate of this register."""

from datetime import date

import pytest
from click.testing import CliRunner

from registry.cli import registry
from registry.domain.vocabulary import AwardStatus, Kind
from tests import factories

CODE = "0123456789ABCDEFGHJKMNPQRS"
CONTENT = b"%PDF-1.4 /Keywords (SZ-P1-2026-0001, " + CODE.encode() + b") the end"


@pytest.fixture
def issued(session):
    def issue(**columns):
        award = factories.award(session, factories.application(session, kind=Kind.CERTIFICATE), **columns)
        factories.certificate(session, award, content=CONTENT, code=CODE)
        session.commit()
        return award.number

    return issue


@pytest.fixture
def verify(database_url, monkeypatch, tmp_path):
    monkeypatch.setenv("REGISTRY_DATABASE", database_url)
    monkeypatch.setenv("REGISTRY_DATA", str(tmp_path))

    def run(content: bytes) -> tuple[int, str]:
        path = tmp_path / "certificate.pdf"
        path.write_bytes(content)
        result = CliRunner().invoke(registry, ["certificates", "verify", str(path)])
        return result.exit_code, result.output.strip()

    return run


def test_a_certificate_as_it_was_issued(issued, verify):
    number = issued(valid_until=date(2999, 1, 1))
    assert verify(CONTENT) == (0, f"{number} valid")


def test_one_whose_award_was_revoked(issued, verify):
    number = issued(status=AwardStatus.REVOKED)
    assert verify(CONTENT) == (3, f"{number} revoked")


def test_one_whose_time_is_over(issued, verify):
    number = issued(valid_from=date(2001, 1, 1), valid_until=date(2004, 1, 1))
    assert verify(CONTENT) == (4, f"{number} expired")


def test_one_that_was_altered_after_it_was_issued(issued, verify):
    number = issued()
    assert verify(CONTENT.replace(b"the end", b"another end")) == (5, f"{number} altered")


def test_one_that_is_unknown(issued, verify):
    issued()
    assert verify(b"%PDF-1.4 of another house") == (6, "unknown")
    assert verify(CONTENT.replace(CODE.encode(), CODE[::-1].encode())) == (6, "unknown")
