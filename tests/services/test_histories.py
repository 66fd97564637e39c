"""What is told of an application's way, and to whom by name."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import Kind, Role
from registry.models import Event
from registry.queries import histories
from registry.services import applications, screening
from tests import factories

NOTE = "请补充进水总氮的监测报告。"


def test_the_applicant_reads_the_names_of_its_own_people_and_the_roles_of_others(session: Session) -> None:
    application = factories.application(session, kind=Kind.SCREENING)
    office = factories.persona(session, Role.OFFICER, name="刘审")
    signatory = factories.user(session, name="卫签署")
    factories.seat(session, signatory, application.organisation)
    officer = factories.actor(session, office)
    screening.check(session, officer, application, {"complete": (True, "")})
    screening.send_back(session, officer, application, note=NOTE, working_days=5)
    session.refresh(application, ["corrections"])
    applications.withdraw(session, factories.actor(session, signatory), application, reason="法定代表人患病")

    def told(*, names: bool) -> list[tuple[str, str, Role | None, str]]:
        rows = histories.of_application(session, application, names=names)
        return [(row.action, row.name, row.role, row.said) for row in rows]

    withdrawn = ("withdraw", "卫签署", Role.SIGNATORY, "法定代表人患病")
    assert told(names=False) == [withdrawn, ("return", "", Role.OFFICER, NOTE)]
    assert told(names=True) == [
        withdrawn,
        ("return", "刘审", Role.OFFICER, NOTE),
        ("check", "刘审", None, ""),
    ]
    event = session.scalars(select(Event).where(Event.action == "withdraw")).one()
    assert "法定代表人患病" not in str(event.payload)
