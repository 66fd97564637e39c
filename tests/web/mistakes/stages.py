"""Going to a stage: the running round of the demonstration is led on, act by act, through the services.

Every act takes the stage of the demonstration and returns the number of what it made. The plant of 柘溪 goes the
whole way; those of 北汀, 芦荷 and 湘台, which stand elsewhere, are excluded from the selection with a reason.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.db import Database
from registry.demo import DOMAIN
from registry.demo.cast import Cast
from registry.demo.plants import VISITOR
from registry.demo.stage import HOUR, Stage
from registry.domain.chain import digest_of
from registry.domain.vocabulary import AwardStatus, Role
from registry.models import (
    Application,
    Assignment,
    Award,
    Base,
    Decision,
    Event,
    Grant,
    Notice,
    Objection,
    Organisation,
    Programme,
    Publication,
    Round,
    RoundCategory,
    Site,
    SiteParty,
    User,
)
from registry.queries import decisions as rankings
from registry.queries import publications as published
from registry.services import (
    accounts,
    applications,
    awards,
    decisions,
    marking,
    notices,
    objections,
    publications,
    reviews,
    starting,
)
from registry.services.objections import Said
from tests import browse, factories
from tests.world import MOMENT

REASON = "A reason long enough to be read by others."
BASE_URL = "http://127.0.0.1:8000"
# The programme in which every stage here is; the others have theirs beside it.
PLANTS = select(Programme.id).where(Programme.key == "national-plants").scalar_subquery()


def stage_of(session: Session, folder: Path) -> Stage:
    """Return the stage of a demonstration that was played before, with everybody on it."""
    users = {user.email.partition("@")[0]: user for user in session.scalars(select(User))}
    return Stage(Cast(session, "", users), folder)


# Who else is there


def also(stage: Stage, key: str, role: Role) -> None:
    """Grant somebody a second role in the programme of the demonstration."""
    programme = stage.session.scalars(select(Programme).order_by(Programme.id)).first()
    assert programme is not None
    admin = stage.cast.at("admin", MOMENT)
    accounts.grant(stage.session, admin, stage.cast.users[key], role=role, programme_id=programme.id)


def stranger(stage: Stage, role: Role) -> str:
    """Make somebody who holds a role in another programme; return the key of the account."""
    key = f"strange-{role}"
    person = factories.user(stage.session, email=f"{key}@{DOMAIN}")
    other = factories.programme(stage.session)
    stage.session.add(Grant(user_id=person.id, role=role, programme_id=other.id, granted_at=MOMENT))
    return key


# What is seen, and what is kept


def refused(response: TestResponse, code: int, *sentences: str) -> None:
    """See to it that a page has this status and says each of the sentences."""
    shown = browse.words(response)
    assert response.status_code == code, shown
    for sentence in sentences:
        assert sentence in shown, shown


@contextmanager
def only(database: Database, *tables: str) -> Iterator[None]:
    """See to it that no rows change but those of these tables; a visit itself may touch its sign-in."""
    before = _rows(database)
    yield
    after = _rows(database)
    assert {name for name, rows in before.items() if after[name] != rows} - {"sign_in"} == set(tables)


def events_of(action: str) -> Select[int]:
    """Select the events of an action."""
    return select(Event.seq).where(Event.action == action)


def _rows(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return {
            table.name: digest_of(sorted(str(tuple(row)) for row in session.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }


# The plant of the visitor, in the open round


def number_of(stage: Stage, key: str) -> int:
    """Return the number of the application that this person started."""
    started = select(Application.id).where(Application.started_by_id == stage.cast.users[key].id)
    return stage.session.scalars(started).one()


def open_category(stage: Stage) -> int:
    """Return the number of the category of the open round."""
    ends = (
        select(RoundCategory.id).join(RoundCategory.round).where(Round.programme_id == PLANTS, Round.closes_at > MOMENT)
    )
    return stage.session.scalars(ends).one()


def visitors_part(stage: Stage) -> int:
    """Return the number of the part that the visitor's organisation has in its plant."""
    part = select(SiteParty.id).join(SiteParty.site).where(Site.name.startswith(VISITOR.site))
    return stage.session.scalars(part).one()


def drafted(stage: Stage) -> int:
    """Let the drafter start the visitor's application and fill it in whole."""
    session = stage.session
    part = session.get_one(SiteParty, visitors_part(stage))
    where = session.get_one(RoundCategory, open_category(stage))
    site, organisation = session.get_one(Site, part.site_id), session.get_one(Organisation, part.organisation_id)
    started = starting.start(session, stage.cast.at("drafter", MOMENT), where, site, organisation)
    stage.fill(stage.whole(started.id), VISITOR, "drafter", MOMENT)
    return started.id


def withdrawn(stage: Stage, key: str, signatory: str = "") -> int:
    """Let the signatory withdraw the application that this person started."""
    application = stage.whole(number_of(stage, key))
    actor = stage.cast.at(signatory or key, MOMENT)
    applications.withdraw(stage.session, actor, application, reason=REASON)
    return application.id


# The running round


def recommended(stage: Stage, key: str) -> int:
    """Let the bureau recommend an application."""
    number = number_of(stage, key)
    stage.recommend(stage.whole(number), MOMENT)
    return number


def reviewing(stage: Stage, reviewer: str) -> int:
    """Return the number of a reviewer's assignment to 柘溪."""
    of = Assignment.application_id == number_of(stage, "zhexi")
    rows = select(Assignment.id).where(of, Assignment.reviewer_id == stage.cast.users[reviewer].id)
    return stage.session.scalars(rows).one()


def reviewed(stage: Stage) -> int:
    """Lead 柘溪 to the deliberation: the draft is finished, a fourth reviewer takes the place of the third."""
    number = number_of(stage, "zhexi")
    assignment = stage.session.get_one(Assignment, reviewing(stage, "reviewer2"))
    marking.finish(stage.session, stage.cast.at("reviewer2", MOMENT), assignment)
    application = stage.whole(number)
    (fourth,) = stage.assign(application, MOMENT, ("reviewer4",))
    stage.review(application, fourth, 0, MOMENT)
    reviews.conclude(stage.session, stage.cast.at("officer", MOMENT), stage.whole(number))
    return number


def running(stage: Stage) -> int:
    """Return the number of the category of the running round."""
    return stage.whole(number_of(stage, "zhexi")).round_category_id


def proposed(stage: Stage) -> int:
    """Lead 柘溪 to the deliberation and let the officer propose to select it and to exclude the others."""
    reviewed(stage)
    return proposed_again(stage)


def proposed_again(stage: Stage) -> int:
    """Let the officer propose the same once more."""
    where = stage.session.get_one(RoundCategory, running(stage))
    unfinished = rankings.ranking(stage.session, where).unfinished
    exclusions = {row.id: REASON for row in unfinished}
    officer = stage.cast.at("officer", MOMENT)
    return decisions.propose_selection(stage.session, officer, where, exclusions=exclusions, reason=REASON).id


def approved(stage: Stage, number: int) -> int:
    """Let the approver approve a decision."""
    decision = stage.session.get_one(Decision, number)
    approver = stage.cast.at("approver", max(MOMENT, decision.proposed_at))
    decisions.approve(stage.session, approver, decision, digest=decision.digest, reason="")
    return number


def rejected(stage: Stage, number: int) -> int:
    """Let the approver reject a decision."""
    decision = stage.session.get_one(Decision, number)
    approver = stage.cast.at("approver", max(MOMENT, decision.proposed_at))
    decisions.reject(stage.session, approver, decision, reason=REASON)
    return number


def selected(stage: Stage) -> int:
    """Have 柘溪 selected; return the number of the decision."""
    return approved(stage, proposed(stage))


def announced(stage: Stage) -> int:
    """Open the notice of the selection."""
    return opened(stage, prepared(stage, selected(stage)))


def prepared(stage: Stage, selection: int) -> int:
    """Let the officer propose the notice of a selection."""
    decision = stage.session.get_one(Decision, selection)
    return notices.propose(stage.session, stage.cast.at("officer", MOMENT), decision, reason=REASON).id


def opened(stage: Stage, proposal: int) -> int:
    """Let the approver approve a notice; return its number."""
    approved(stage, proposal)
    return stage.session.scalars(select(Notice.id).where(Notice.approval_id == proposal)).one()


def objected(stage: Stage, number: int) -> int:
    """Object to 柘溪 in a running notice."""
    objection = objections.take(
        stage.session,
        stage.cast.at("beiting", MOMENT + HOUR),
        stage.session.get_one(Notice, number),
        Said(
            number_of(stage, "zhexi"),
            "The outlet smells in summer, and nobody answers the telephone.",
            "A neighbour",
            "neighbour@example.org",
        ),
        files=[],
        receipt=secrets.token_urlsafe(24),
    )
    return objection.id


def answered(stage: Stage, number: int, upheld: bool) -> int:
    """Answer an objection, or let it be upheld by two persons."""
    objection = stage.session.get_one(Objection, number)
    officer = stage.cast.at("officer", MOMENT + HOUR)
    if not upheld:
        objections.dismiss(stage.session, officer, objection, text=REASON)
        return number
    approved(stage, objections.propose_removal(stage.session, officer, objection, text=REASON).id)
    return number


def cleared(stage: Stage, number: int) -> int:
    """Conclude a notice an hour after it ended."""
    notice = stage.session.get_one(Notice, number)
    notices.clear(stage.session, stage.cast.at("officer", notice.closes_at + HOUR), notice)
    return number


def concluded(stage: Stage) -> int:
    """Lead the running round to a concluded notice."""
    return cleared(stage, announced(stage))


def listed(stage: Stage, notice_number: int) -> int:
    """Let the officer propose the list of a concluded notice; return the number of the proposal."""
    notice = stage.session.get_one(Notice, notice_number)
    officer = stage.cast.at("officer", notice.closes_at + HOUR)
    return publications.propose(
        stage.session, officer, notice, title="第二批名单", title_en="Second list", reason=REASON
    ).id


def publicized(stage: Stage) -> int:
    """Lead the running round to its published list; return the number of the list."""
    decision = approved(stage, listed(stage, concluded(stage)))
    rows = select(Publication.id).where(Publication.decision_id == decision)
    return stage.session.scalars(rows).one()


def issued(stage: Stage, number: int) -> int:
    """Issue the certificates of a list; return the number of the first award."""
    publication = stage.session.get_one(Publication, number)
    officer = stage.cast.at("officer", publication.published_at)
    entries = published.of_decision(stage.session, stage.session.get_one(Decision, publication.decision_id)).entries
    first, *_others = [
        awards.issue(stage.session, officer, entry, random_bytes=secrets.token_bytes, base_url=BASE_URL)
        for entry in entries
    ]
    return first.award_id


# The finished round


def valid_award(stage: Stage) -> int:
    """Return the number of an award that is valid."""
    return (
        stage.session.scalars(
            select(Award.id).where(Award.programme_id == PLANTS, Award.status == AwardStatus.VALID).order_by(Award.id)
        ).first()
        or 0
    )


def revocation(stage: Stage, number: int) -> int:
    """Let the officer propose to revoke an award; return the number of the proposal."""
    officer = stage.cast.at("officer", MOMENT)
    return awards.propose_revocation(stage.session, officer, stage.session.get_one(Award, number), reason=REASON).id


def renamed(stage: Stage, key: str, name: str) -> None:
    """Give the site of an application another name, in both languages."""
    site = stage.session.get_one(Site, stage.whole(number_of(stage, key)).site_id)
    site.name = site.name_en = name
