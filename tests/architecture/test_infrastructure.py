"""The tests' own ground: rows can be made at every stage, people can sign in, tokens are real, time stands still."""

from datetime import UTC, datetime

import pytest

from registry import clock
from registry.domain.vocabulary import Kind, Role
from registry.models import Portal
from tests import browse, factories


@pytest.mark.parametrize("kind", list(Kind))
def test_an_application_can_be_made_at_every_stage(session, kind):
    route = (*factories.ROUTE[:3], Kind.LIBRARY, *factories.ROUTE[3:5], Kind.SITE_VISIT, *factories.ROUTE[5:])
    where = factories.round_category(session, route=route)
    made = factories.application(session, round_category=where, kind=kind, answers={"reused": "40"})
    assert (made.kind, route[made.position]) == (kind, kind)


def test_a_selected_project_has_all_that_comes_of_it(session):
    made = factories.application(session, kind=Kind.CERTIFICATE)
    chosen = factories.decision(session, made.round_category)
    factories.outcome(session, chosen, made)
    factories.objection(session, factories.notice(session, chosen), made)
    factories.entry(session, factories.publication(session, chosen), made)
    award = factories.award(session, made)
    factories.certificate(session, award)
    session.commit()
    assert award.serial == 1


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ANYONE, Role.WORKER)])
def test_a_persona_acts_in_its_role(session, role):
    assert role in factories.actor(session, factories.persona(session, role)).roles


def test_a_signed_in_client_is_that_person(session, client):
    person = factories.user(session, name="赵六")
    session.commit()
    assert "赵六" in browse.words(client(person).get("/account"))
    assert client().get("/account").status_code == 303


def test_the_known_password_signs_in(session, client):
    person = factories.user(session)
    session.commit()
    answer = browse.post(client(), "/sign-in", email=person.email, password=factories.PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/desk")


def test_a_form_without_a_token_is_refused(client):
    assert client().post("/sign-in", data={"email": "a@b.cn", "password": "x"}).status_code == 400


def test_the_clock_stands_where_it_is_set(session, at):
    at(datetime(2030, 1, 1, tzinfo=UTC))
    assert clock.read(session) == datetime(2030, 1, 1, tzinfo=UTC)


def test_a_demo_says_so(demo_database):
    with demo_database.reading() as session:
        assert session.get_one(Portal, 1).demo is True
