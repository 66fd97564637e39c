"""The text of the pledge: offered where it is wanted, made of the declarations of the set."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pypdf
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import browse, factories
from tests.factories import NOON

Client = Callable[..., FlaskClient]
CONTENT = """\
key: pledging
version: "1"
title: {zh: 示例厂, en: Example works}
rules: {places: 2, panel: {rule: mean, reviewers: 1}, source: default}
grades:
  - {key: good, points: 60, title: {zh: 良好, en: Good}, source: default}
groups:
  plant: {zh: 厂, en: Plant}
papers:
  - {key: pledge, zh: 签字的承诺书, en: Signed pledge, PLEDGE}
inputs:
  - {key: true_data, kind: yes_no, title: {zh: 承诺数据真实, en: We pledge true data}, evidence: [pledge], group: plant}
  - {key: sealed, kind: yes_no, title: {zh: 另有封条, en: There is a seal}, group: plant}
  - {key: power, kind: number, title: {zh: 用电量, en: Electricity}, unit: kWh, evidence: [pledge], group: plant}
sections:
  - key: use
    title: {zh: 利用, en: Use}
    indicators:
      - key: used
        kind: measure
        title: {zh: 用电, en: Use}
        points: 100
        formula: '1 if sealed and true_data else power'
        clauses: []
        source: default
"""


def pages(session: Session, client: Client, at: Callable[[datetime], None], flag: str) -> tuple[FlaskClient, str]:
    at(NOON)
    person, organisation = factories.user(session), factories.organisation(session)
    factories.seat(session, person, organisation, signatory=True)
    version = factories.criteria_version(session, content=CONTENT.replace("PLEDGE", flag))
    category = factories.round_category(session, criteria_version=version, settings={"gates": {}, "year": 2023})
    draft = factories.application(session, round_category=category, organisation=organisation, started_by_id=person.id)
    session.commit()
    signed_in = client(person)
    browse.post(signed_in, "/language", language="en")
    signed_in.post(
        f"/applications/{draft.id}/autosave",
        json={"revision": 0, "values": {"true_data": "true"}, "not_applicable": {}},
        headers={"X-CSRFToken": browse.token(signed_in)},
    )
    return signed_in, f"/applications/{draft.id}"


def test_the_pledge_is_offered_where_it_is_wanted(
    session: Session, client: Client, at: Callable[[datetime], None]
) -> None:
    signed_in, url = pages(session, client, at, "pledge: true")
    assert f'href="{url}/pledge.pdf"' in signed_in.get(f"{url}/edit/evidence").text
    found = signed_in.get(f"{url}/pledge.pdf")
    assert (found.status_code, found.content_type) == (200, "application/pdf")
    words = "".join(pypdf.PdfReader(BytesIO(found.data)).pages[0].extract_text().split())
    assert "1.承诺数据真实" in words
    # What the pledge does not prove is not declared, nor is what is no declaration.
    assert "另有封条" not in words
    assert "用电量" not in words


def test_a_set_without_a_pledge_offers_none(session: Session, client: Client, at: Callable[[datetime], None]) -> None:
    signed_in, url = pages(session, client, at, "needed: submission")
    assert "pledge.pdf" not in signed_in.get(f"{url}/edit/evidence").text
    assert signed_in.get(f"{url}/pledge.pdf").status_code == 404
