"""What a bureau sees and sends."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.domain.vocabulary import Kind, Level, Role, Standing, Status
from registry.models import Application, Region
from tests import browse, factories

Client = Callable[..., FlaskClient]
OPINION = "材料齐全,同意推荐该厂参加遴选。"


@pytest.fixture
def region(session: Session) -> Region:
    return factories.region(session, level=Level.CITY)


@pytest.fixture
def waiting(session: Session, region: Region) -> Application:
    organisation = factories.organisation(session, region=region, status=Standing.PENDING)
    site = factories.site(session, organisation=organisation, status=Standing.PENDING)
    return factories.application(
        session,
        kind=Kind.RECOMMENDATION,
        organisation=organisation,
        site=site,
        answers={"licensed": True, "reused": "50"},
    )


@pytest.fixture
def bureau(session: Session, client: Client, region: Region, waiting: Application) -> FlaskClient:
    person = factories.persona(session, Role.RECOMMENDER, region=region)
    session.commit()
    return client(person)


def test_the_way_from_the_queue_to_the_opinion(session: Session, bureau: FlaskClient, waiting: Application) -> None:
    url = f"/recommendations/{waiting.id}"
    assert waiting.site.name in browse.words(bureau.get("/recommendations"))
    page = browse.words(bureau.get(url))
    assert "再生水率 50 %" in page
    early = browse.post(bureau, f"{url}/opinion", in_favour="yes", opinion=OPINION)
    assert early.status_code == 422
    assert OPINION in early.text
    assert browse.post(bureau, f"{url}/organisation", confirmed="yes").status_code == 303
    assert browse.post(bureau, f"{url}/site", confirmed="yes").status_code == 303
    sent = browse.post(bureau, f"{url}/opinion", in_favour="yes", opinion=OPINION)
    assert (sent.status_code, sent.location) == (303, "/recommendations")
    session.expire_all()
    assert session.get_one(Application, waiting.id).kind is Kind.SCREENING
    assert bureau.get(url).status_code == 200


def test_a_code_that_another_holds_is_refused_on_the_page(
    session: Session, client: Client, bureau: FlaskClient, waiting: Application
) -> None:
    assert waiting.organisation is not None
    holder = factories.organisation(session, credit_code=waiting.organisation.credit_code, name="先到环保公司")
    session.commit()
    url = f"/recommendations/{waiting.id}"
    assert holder.name in browse.words(bureau.get(url))
    refused = browse.post(bureau, f"{url}/organisation", confirmed="yes")
    assert refused.status_code == 422
    assert 'class="notice notice-danger"' in refused.text


def test_without_an_answer_nothing_is_sent(session: Session, bureau: FlaskClient, waiting: Application) -> None:
    url = f"/recommendations/{waiting.id}"
    assert browse.post(bureau, f"{url}/opinion", opinion=OPINION).status_code == 422
    assert browse.post(bureau, f"{url}/organisation").status_code == 422
    session.expire_all()
    assert session.get_one(Application, waiting.id).status is Status.WAITING


def test_another_region_finds_nothing(session: Session, client: Client, waiting: Application) -> None:
    elsewhere = factories.persona(session, Role.RECOMMENDER, region=factories.region(session))
    session.commit()
    stranger = client(elsewhere)
    url = f"/recommendations/{waiting.id}"
    assert stranger.get(url).status_code == 404
    assert browse.post(stranger, f"{url}/site", confirmed="yes").status_code == 404
    assert waiting.site.name not in browse.words(stranger.get("/recommendations"))


def test_a_permit_that_another_holds_is_refused_on_the_page(
    session: Session, bureau: FlaskClient, waiting: Application
) -> None:
    waiting.site.permit_number = "91440300MA5F000001001V"
    holder = factories.site(session, permit_number="91440300MA5F000001001V", name="先到水厂")
    session.commit()
    url = f"/recommendations/{waiting.id}"
    assert holder.name in browse.words(bureau.get(url))
    refused = browse.post(bureau, f"{url}/site", confirmed="yes")
    assert refused.status_code == 422
    assert 'class="notice notice-danger"' in refused.text


def test_what_is_decided_has_no_buttons(session: Session, bureau: FlaskClient, waiting: Application) -> None:
    url = f"/recommendations/{waiting.id}"
    assert bureau.get(url).text.count('name="confirmed" value="no"') == 2
    browse.post(bureau, f"{url}/organisation", confirmed="yes")
    browse.post(bureau, f"{url}/site", confirmed="yes")
    assert 'name="confirmed"' not in bureau.get(url).text
    assert browse.post(bureau, f"{url}/organisation", confirmed="no").status_code == 409


def test_the_limit_and_the_rank_are_at_the_field(session: Session, client: Client, region: Region) -> None:
    limit = {"level": Level.CITY, "number": 2}
    where = factories.round_category(session, limits=[limit])
    organisation = factories.organisation(session, region=region)
    rows = [
        factories.application(session, round_category=where, kind=Kind.RECOMMENDATION, organisation=organisation)
        for _ in range(4)
    ]
    person = factories.persona(session, Role.RECOMMENDER, region=region)
    session.commit()
    bureau = client(person)

    def send(application: Application, **fields: str) -> TestResponse:
        return browse.post(bureau, f"/recommendations/{application.id}/opinion", opinion=OPINION, **fields)

    assert send(rows[0], in_favour="yes", rank="1").status_code == 303
    again = send(rows[1], in_favour="yes", rank="1")
    assert again.status_code == 422
    assert 'id="rank-error"' in again.text
    assert OPINION in again.text
    for rank in ("0", "x", str(10**30)):
        assert send(rows[1], in_favour="yes", rank=rank).status_code == 422
    assert send(rows[1], in_favour="yes", rank="2").status_code == 303
    full = send(rows[2], in_favour="yes")
    assert full.status_code == 422
    assert 'id="in_favour-error"' in full.text
    assert send(rows[2], in_favour="no").status_code == 303
    session.expire_all()
    assert [session.get_one(Application, row.id).status for row in rows[2:]] == [Status.DECLINED, Status.WAITING]
    session.rollback()
    listed = browse.words(bureau.get("/recommendations"))
    assert all(row.site.name in listed for row in rows)
