"""The first administrator comes in without anybody in the portal, and the catalogue is filled."""

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from registry.cli import registry
from registry.domain.vocabulary import Role, UserStatus
from registry.models import Document, Grant, User
from tests import factories


@pytest.fixture
def run(database_url, database, monkeypatch, tmp_path):
    monkeypatch.setenv("REGISTRY_DATABASE", database_url)
    monkeypatch.setenv("REGISTRY_DATA", str(tmp_path))
    monkeypatch.setenv("REGISTRY_BASE_URL", "https://portal.example.cn")
    return lambda *words: CliRunner().invoke(registry, words)


def test_the_first_administrator_gets_a_link_that_works(run, database, client):
    result = run("users", "add", "Root@Example.cn", "--name", "管理员", "--role", "administrator")
    assert result.exit_code == 0
    link = result.stdout.strip()
    assert link.startswith("https://portal.example.cn/invitations/")
    assert client().get(link.removeprefix("https://portal.example.cn")).status_code == 200
    with database.reading() as session:
        user = session.scalars(select(User)).one()
        grant = session.scalars(select(Grant)).one()
    assert (user.email, user.status) == ("root@example.cn", UserStatus.INVITED)
    assert (grant.role, grant.programme_id, grant.granted_by_id) == (Role.ADMINISTRATOR, None, None)


def test_several_roles_each_for_one_programme(run, database, session):
    key = factories.programme(session, key="plants").key
    factories.region(session, "zhejiang")
    session.commit()
    options = ("--role", "officer", "--role", "recommender", "--programme", key, "--region", "zhejiang")
    assert run("users", "add", "a@example.cn", "--name", "A", *options).exit_code == 0
    with database.reading() as reading:
        rows = reading.scalars(select(Grant).order_by(Grant.id)).all()
    assert [(row.role, row.region_key) for row in rows] == [(Role.OFFICER, None), (Role.RECOMMENDER, "zhejiang")]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--role", "recommender"), "Refused: Choose a region for a recommender; leave it empty for any other role.\n"),
        (("--role", "officer", "--programme", "none"), "Refused: There is no programme none.\n"),
        (("--role", "recommender", "--region", "none"), "Refused: There is no region none.\n"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(run, database, options, sentence):
    result = run("users", "add", "a@example.cn", "--name", "A", *options)
    assert (result.exit_code, result.stderr) == (1, sentence)
    with database.reading() as session:
        assert session.scalar(select(func.count(User.id))) == 0


def test_the_catalogue_is_filled_and_filled_again(run, database):
    assert [run("catalogue").exit_code, run("catalogue").exit_code] == [0, 0]
    with database.reading() as session:
        assert session.scalar(select(func.count(Document.key))) == 5
