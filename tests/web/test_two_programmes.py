"""Two programmes at once: one organisation applies with the same site in both, and nobody sees across."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from registry.domain.vocabulary import Kind, Level, Role
from registry.models import Application, Evidence, Organisation, Programme, Region, Round, Site, User
from tests import browse, factories

Client = Callable[..., FlaskClient]
FILED = {"licensed": True, "reused": "50"}


class Both:
    """A site that applies in two programmes, and the people of each by their role."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.region: Region = factories.region(session, level=Level.CITY)
        self.organisation: Organisation = factories.organisation(session, region=self.region)
        self.site: Site = factories.site(session, organisation=self.organisation)
        self.applicant = factories.user(session)
        factories.seat(session, self.applicant, self.organisation)
        self.first, self.second = self.applying(Kind.RECOMMENDATION), self.applying(Kind.RECOMMENDATION)
        self.files: dict[int, Evidence] = {
            one.id: factories.evidence(session, one, submitted=True) for one in (self.first, self.second)
        }

    def applying(self, kind: Kind) -> Application:
        where = factories.round_category(self.session)
        return factories.application(
            self.session,
            round_category=where,
            site=self.site,
            organisation=self.organisation,
            kind=kind,
            answers=FILED,
        )

    def programme(self, application: Application) -> Programme:
        where = application.round_category
        return self.session.get_one(Programme, self.session.get_one(Round, where.round_id).programme_id)

    def person(self, role: Role, *applications: Application) -> User:
        """Somebody with the role in the programmes of these applications."""
        found = factories.user(self.session)
        for application in applications:
            where = self.region if role is Role.RECOMMENDER else None
            factories.grant(self.session, found, role, programme=self.programme(application), region=where)
        return found


@pytest.fixture
def both(session: Session) -> Both:
    return Both(session)


PAGES = {Role.RECOMMENDER: "/recommendations", Role.OFFICER: "/admin/cases", Role.AUDITOR: "/admin/cases"}


@pytest.mark.parametrize("role", list(PAGES))
def test_people_of_one_programme_see_nothing_of_the_other(
    session: Session, client: Client, both: Both, role: Role
) -> None:
    person = both.person(role, both.first)
    session.commit()
    reader, base = client(person), PAGES[role]
    listed = reader.get(base).text
    assert f"{base}/{both.first.id}" in listed
    assert f"{base}/{both.second.id}" not in listed
    for application, status in ((both.first, 200), (both.second, 404)):
        assert reader.get(f"{base}/{application.id}").status_code == status
    assert reader.get(f"/evidence/{both.files[both.second.id].id}").status_code == 404


@pytest.mark.parametrize("role", list(PAGES))
def test_people_of_both_see_both(session: Session, client: Client, both: Both, role: Role) -> None:
    person = both.person(role, both.first, both.second)
    session.commit()
    reader, base = client(person), PAGES[role]
    listed = reader.get(base).text
    for application in (both.first, both.second):
        assert f"{base}/{application.id}" in listed
        assert reader.get(f"{base}/{application.id}").status_code == 200


def test_a_role_in_one_programme_and_another_in_the_other(session: Session, client: Client, both: Both) -> None:
    """Who screens one and audits the other reads both and changes the one."""
    person = both.person(Role.OFFICER, both.first)
    factories.grant(session, person, Role.AUDITOR, programme=both.programme(both.second))
    session.commit()
    reader, reason = client(person), "营业执照已过期，须更换后重新提交。"
    for application in (both.first, both.second):
        assert reader.get(f"/admin/cases/{application.id}").status_code == 200
    assert (
        browse.post(reader, f"/admin/cases/{both.second.id}/return", note=reason, working_days="5").status_code == 404
    )
    # Its own it may touch; it stands with the bureau, so that nothing is returned now.
    assert browse.post(reader, f"/admin/cases/{both.first.id}/return", note=reason, working_days="5").status_code == 409


def test_a_bureau_confirms_only_where_it_is_the_bureau(session: Session, client: Client, both: Both) -> None:
    person = both.person(Role.RECOMMENDER, both.first)
    session.commit()
    bureau = client(person)
    fields = {"in_favour": "yes", "opinion": "材料齐全，同意推荐该厂参加遴选。"}
    assert browse.post(bureau, f"/recommendations/{both.second.id}/opinion", **fields).status_code == 404
    assert browse.post(bureau, f"/recommendations/{both.first.id}/opinion", **fields).status_code == 303
    session.expire_all()
    kinds = [session.get_one(Application, one.id).kind for one in (both.first, both.second)]
    assert kinds == [Kind.SCREENING, Kind.RECOMMENDATION]


def test_a_reviewer_sees_what_was_assigned_in_a_programme_of_theirs(
    session: Session, client: Client, both: Both
) -> None:
    first, second = both.applying(Kind.REVIEW), both.applying(Kind.REVIEW)
    person = both.person(Role.REVIEWER, first)
    mine = factories.assignment(session, first, reviewer=person)
    # An assignment left over from a role that this person does not have there.
    other = factories.assignment(session, second, reviewer=person)
    session.commit()
    reviewer = client(person)
    assert reviewer.get(f"/reviews/{mine.id}").status_code == 200
    assert reviewer.get(f"/reviews/{other.id}").status_code == 404
    factories.grant(session, session.get_one(User, person.id), Role.REVIEWER, programme=both.programme(second))
    session.commit()
    assert reviewer.get(f"/reviews/{other.id}").status_code == 200


def test_the_applicant_sees_both_and_each_has_its_own_answers(session: Session, client: Client, both: Both) -> None:
    session.commit()
    reader = client(both.applicant)
    listed = reader.get("/applications").text
    for application in (both.first, both.second):
        assert f"/applications/{application.id}" in listed
        page = reader.get(f"/applications/{application.id}")
        assert both.files[application.id].name in page.text
    assert both.files[both.second.id].name not in reader.get(f"/applications/{both.first.id}").text
