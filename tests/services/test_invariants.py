"""Every invariant holds in a sound database, and every one of them notices when it is broken."""

from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine, event, inspect, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from registry import db
from registry.domain.vocabulary import (
    AwardStatus,
    DecisionKind,
    Kind,
    LetterKind,
    LetterState,
    Level,
    MessageStatus,
    QuotaPurpose,
    ReviewStatus,
    Role,
    Status,
    TaskState,
)
from registry.models import (
    Answer,
    AwardEvent,
    Correction,
    Letter,
    Message,
    PoolGrant,
    Programme,
    Quota,
    Round,
    RoundCategory,
    ScreeningItem,
    User,
    Verification,
)
from registry.services import events, integrity, messages
from registry.services.invariants import INVARIANTS
from tests import factories
from tests.factories import NOON, ROUTE

AFTER = NOON + timedelta(days=8)

# How each invariant is broken, as SQL; the names in braces are numbers of rows in a sound database.
BREAKS = {
    "application_place": "UPDATE application SET position = 3 WHERE id = {drafted}",
    "application_submitted": "UPDATE application SET receipt = NULL WHERE id = {returned}",
    "application_submitted_event": "UPDATE event SET action = 'accept' WHERE application_id = {returned}",
    "application_last_event": "UPDATE application SET status = 'refused' WHERE id = {returned}",
    "application_once": "UPDATE application SET site_id = (SELECT site_id FROM application WHERE id = {done})",
    "application_status_at_stage": "UPDATE application SET status = 'selected' WHERE id = {drafted}",
    "application_filing": "DELETE FROM filing WHERE application_id = {drafted}",
    "filing_kind_of_step": "UPDATE filing SET kind = 'acceptance'",
    "site_region_programme": "UPDATE programme SET region_key = (SELECT min(key) FROM region WHERE level = 'city')",
    "application_returned": "UPDATE correction SET closed_at = returned_at",
    "application_organisation": "UPDATE organisation SET status = 'refused'",
    "answer_revision": "UPDATE answer SET revision = 9",
    "answer_in_time": "UPDATE answer SET saved_at = '2026-03-02 04:00:01.000000' WHERE filing_id = {filing}",
    "verification_revision": (
        "INSERT INTO verification (filing_id, key, answer_revision, stage, value, reason, verified_by_id, verified_at)"
        " SELECT filing_id, key, 9, 'screening', value, 'x', saved_by_id, saved_at FROM answer"
    ),
    "evidence_replaced": "UPDATE evidence SET replaces_id = {foreign_file} WHERE id = {file}",
    "recommendation_stage": "UPDATE recommendation SET position = 2",
    "recommendation_passed": "UPDATE recommendation SET in_favour = {no}",
    "recommendation_quota_kept": "UPDATE quota SET number = 0 WHERE purpose = 'recommend'",
    "recommendation_rank_once": (
        "INSERT INTO recommendation (application_id, position, region_key, level, in_favour, opinion, rank,"
        " recommended_by_id, recommended_at) SELECT {returned}, position, region_key, level, in_favour, opinion, rank,"
        " recommended_by_id, recommended_at FROM recommendation WHERE rank = 1"
    ),
    "recommendation_declined": "UPDATE application SET status = 'declined' WHERE id = {returned}",
    "screening_explained": "UPDATE screening_item SET held = {no}",
    "reviewer_granted": "DELETE FROM role_grant WHERE role = 'reviewer'",
    "reviewer_no_applicant": "UPDATE membership SET user_id = {reviewer}",
    "reviewer_no_employee": "UPDATE application SET kind = 'review' WHERE id = {done}",
    "evaluator_named": "UPDATE application SET evaluator_code = '91440300MA5F000000'",
    "likeness_of_several": "DELETE FROM likeness_party",
    "likeness_verdict_of_finding": "UPDATE likeness_verdict SET fingerprint = 'x'",
    "tie_judged_by_another": "UPDATE tie_verdict SET judged_by_id = user_id",
    "plan_in_effect": (
        "UPDATE assignment_plan SET state = 'committed', ended_by_id = drawn_up_by_id, ended_at = drawn_up_at"
    ),
    "review_finished": "DELETE FROM mark",
    "mark_in_time": "UPDATE mark SET marked_at = '2030-01-01 00:00:00'",
    "mark_changed_of_one": "UPDATE mark SET reason = 'x'",
    "remark_of_its_application": "UPDATE review_remark SET made_at = '2020-01-01 00:00:00.000000'",
    "declined_unfinished": "UPDATE assignment SET declined_at = assigned_at, ended_at = assigned_at",
    "invitation_to_its_reviewer": "UPDATE assignment SET reviewer_id = assigned_by_id",
    "evaluation_kept": "DELETE FROM evaluation",
    "evaluation_criteria": "UPDATE evaluation SET criteria_digest = 'x'",
    "visit_passed": "UPDATE site_visit SET concluded_at = NULL",
    "visit_at_its_stage": "UPDATE site_visit SET position = 1",
    "visit_verification": "UPDATE verification SET stage = 'screening'",
    "visit_photo_in_time": "UPDATE visit_photo SET added_at = '2030-01-01 00:00:00.000000'",
    "blind_copy_in_blind_round": "UPDATE evidence SET variant = 'blind'",
    "meeting_of_category": "UPDATE meeting SET round_category_id = {other_category}",
    "meeting_votes": "UPDATE meeting SET method = 'consensus'",
    "not_supported_not_selected": "UPDATE meeting_opinion SET supported = {no}",
    "meeting_digest": "UPDATE meeting SET place = 'x'",
    "meeting_needed": "UPDATE route_step SET parameters = '{{\"meeting\": 1}}' WHERE kind = 'deliberation'",
    "dispute_deliberated": (
        """UPDATE decision SET content = '{{"applications": [{{"rank": 1, "apart": ["novelty"]}}]}}'"""
        " WHERE id = {selection}"
    ),
    "calibration_as_fixed": """UPDATE round_category SET settings = '{{"calibration": "applied"}}'""",
    "criteria_four_eyes": "UPDATE criteria_version SET approved_by_id = prepared_by_id",
    "criteria_pinned": "UPDATE round_category SET pinned_digest = NULL",
    "factors_pinned": "UPDATE round_category SET pinned_factors = NULL",
    "round_category_programme": "UPDATE round SET programme_id = {other_programme}",
    "route_whole": "DELETE FROM route_step WHERE kind = 'screening'",
    "archived_settled": "UPDATE application SET status = 'waiting' WHERE id = {settled}",
    "archived_by_somebody": "UPDATE round SET archived_by_id = NULL WHERE id = {archived}",
    "archived_filed": "DELETE FROM dossier",
    "dossier_of_archived": "UPDATE dossier SET written_at = '2000-01-01 00:00:00.000000'",
    "decision_four_eyes": "UPDATE decision SET decided_by_id = proposed_by_id",
    "decision_bound": "UPDATE decision SET decided_digest = 'x'",
    "decision_in_order": "UPDATE decision SET decided_at = '2000-01-01 00:00:00'",
    "outcome_of_selection": "UPDATE decision SET kind = 'publication' WHERE id = {selection}",
    "outcome_approved": "UPDATE decision SET status = 'rejected' WHERE id = {selection}",
    "outcome_carried_out": "UPDATE application SET status = 'unselected' WHERE id = {done}",
    "outcome_reserved": "UPDATE application SET status = 'reserved', kind = 'deliberation' WHERE id = {done}",
    "outcome_selected_once": (
        "INSERT INTO outcome (decision_id, application_id, result, reason)"
        " SELECT {second_selection}, application_id, result, reason FROM outcome"
    ),
    "quota_kept": "UPDATE quota SET number = 0",
    "total_kept": "UPDATE quota SET number = 0 WHERE purpose = 'total'",
    "pool_kept": "UPDATE pool_grant SET number = 2",
    "pool_granted": "UPDATE decision SET status = 'rejected' WHERE kind = 'pool'",
    "barred_site_stays_out": (
        "UPDATE application SET site_id = (SELECT site_id FROM application WHERE id = {barred}) WHERE id = {drafted}"
    ),
    "notice_of_decision": "UPDATE decision SET status = 'rejected' WHERE id = {selection}",
    "notice_approved": "UPDATE notice SET approval_id = {selection}",
    "notice_in_order": (
        "INSERT INTO notice (round_category_id, decision_id, position, opens_at, closes_at, working_days, entries,"
        " digest, opened_by_id) SELECT round_category_id, decision_id, 9, opens_at, closes_at, 5, entries, digest,"
        " opened_by_id FROM notice"
    ),
    "notice_cleared": "UPDATE objection SET status = 'open'",
    "notice_passed": "UPDATE notice SET cleared_at = NULL",
    "objection_in_time": "UPDATE objection SET raised_at = '2030-01-01 00:00:00'",
    "objection_answered": "DELETE FROM reply",
    "objection_proposed": "UPDATE objection SET status = 'proposed'",
    "objection_upheld_by_two": "UPDATE reply SET upheld = TRUE, decision_id = {selection}",
    "objection_upheld_removes": "UPDATE objection SET status = 'upheld'",
    "publication_of_decision": "UPDATE publication SET decision_id = {second_selection}",
    "publication_corrected": (
        "INSERT INTO publication (round_category_id, decision_id, title, title_en, replaces_id, reason, published_at,"
        " digest) SELECT round_category_id, {second_selection}, title, title_en, id, 'x', published_at, digest"
        " FROM publication"
    ),
    "entry_once": (
        "INSERT INTO entry (publication_id, position, application_id, content)"
        " SELECT publication_id + 1, position, application_id, content FROM entry"
    ),
    "entry_selected": "UPDATE outcome SET result = 'reserved'",
    "entry_published": "DELETE FROM entry",
    "award_certified": "UPDATE application SET status = 'selected' WHERE id = {done}",
    "award_issue_event": "UPDATE event SET action = 'clear' WHERE action = 'issue'",
    "award_numbers": "UPDATE number_series SET last = 2",
    "award_series": "DELETE FROM number_series",
    "award_of_application": "UPDATE award SET site_id = (SELECT site_id FROM application WHERE id = {drafted})",
    "award_certificate": "UPDATE certificate SET edition = 2",
    "award_revoked": "UPDATE award SET status = 'revoked'",
    "award_last_event": "DELETE FROM award_event",
    "account_open": "UPDATE user_account SET password_hash = NULL WHERE id = {reviewer}",
    "grant_by_another": "UPDATE role_grant SET granted_by_id = user_id",
    "credit_code_once": "UPDATE organisation SET credit_code = '91440300MA5F000000'",
    "message_sent": "UPDATE message SET sent_at = NULL",
    "letter_sent": "UPDATE letter SET state = 'withdrawn' WHERE state = 'sent'",
    "letter_released": "UPDATE letter SET settled_by_id = written_by_id WHERE state = 'sent'",
    "letter_waits_alone": "UPDATE letter SET state = 'waiting', settled_at = NULL WHERE state = 'sent'",
    "letter_withdrawn": "UPDATE letter SET instead_of_id = NULL",
    "letter_replaces": "UPDATE letter SET replaces_id = id WHERE replaces_id IS NOT NULL",
    "task_done": "UPDATE task SET sha256 = NULL WHERE state = 'done'",
    "task_leased": "UPDATE task SET leased_until = NULL",
    "task_ended": "UPDATE task SET kept_until = NULL",
    "task_once": "UPDATE task SET key = 'x', state = 'queued'",
    "clock_moved": "UPDATE portal SET clock_ahead = 60",
    "chain_head": "UPDATE chain_head SET seq = seq - 1",
    "criteria_digest": "UPDATE criteria_version SET content = 'x'",
    "pinned_digest": "UPDATE round_category SET pinned_content = 'x'",
    "decision_digest": "UPDATE decision SET content = '{{}}'",
    "entry_of_applicant": """UPDATE entry SET content = '{{"credit_code": "91110000600037341L"}}'""",
    "certificate_digest": "UPDATE certificate SET content = CAST('x' AS BLOB)",
    "award_dates": "UPDATE award SET valid_until = '2030-03-02'",
    "round_dates": "UPDATE round SET closes_at = '2026-12-31 00:00:00.000000'",
    "listed_first": """UPDATE category SET after = '["elsewhere/X-1"]'""",
    "chain": "UPDATE event SET before = 'x' WHERE seq = 1",
}


def sound(session):
    """Make a sound database in which every table that an invariant reads has a row; return the numbers."""
    of_round = {"category_id": None, "number": 1}
    limits = [
        {**of_round, "purpose": QuotaPurpose.TOTAL},
        {**of_round, "purpose": QuotaPurpose.POOL},
        {"level": Level.DISTRICT, "number": 1},
    ]
    category = factories.round_category(session, quota=2, limits=limits)
    whose, other = factories.organisation(session), factories.organisation(session)
    factories.seat(session, factories.user(session), whose)
    done = factories.application(
        session, round_category=category, organisation=whose, kind=Kind.SCREENING, answers={"reused": "40"}
    )
    drafted = factories.application(session, round_category=category, organisation=other, answers={"reused": "40"})
    returned = factories.application(session, round_category=category, status=Status.RETURNED)
    barred = factories.application(session, round_category=category, kind=Kind.SCREENING, status=Status.BARRED)
    factories.recommendation(session, barred)
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    for made, action, after in (
        (done, "submit", "recommendation.waiting"),
        (done, "issue", "certificate.certified"),
        (returned, "submit", "recommendation.waiting"),
        (returned, "return", "filing.returned"),
        (barred, "submit", "recommendation.waiting"),
        (barred, "bar", "screening.barred"),
    ):
        events.record(session, officer, action, "application", made.id, application=made, after=after)
    correction = Correction(
        application_id=returned.id,
        from_position=2,
        note="请补正",
        due_at=AFTER,
        returned_by_id=officer.user_id,
        returned_at=NOON,
    )
    item = ScreeningItem(
        application_id=done.id, position=2, key="form", held=True, checked_by_id=officer.user_id, checked_at=NOON
    )
    session.add_all([correction, item])
    session.flush()
    done.kind, done.position, done.status = Kind.CERTIFICATE, ROUTE.index(Kind.CERTIFICATE), Status.CERTIFIED
    answered = factories.filing_of(session, returned)
    answered.revision = 1
    # Declared again in the correction.
    session.add(
        Answer(filing_id=answered.id, key="reused", revision=1, value="41", saved_by_id=officer.user_id, saved_at=AFTER)
    )
    intake = session.get_one(Round, category.round_id)
    dates = {"opens_at": intake.opens_at.isoformat(), "closes_at": intake.closes_at.isoformat()}
    events.record(session, officer, "open_round", "round", intake.id, payload=dates)
    factories.recommendation(session, done, rank=1)
    assigned(session, category)
    assignment = factories.assignment(session, done)
    factories.review(session, assignment, marks={"novelty": "30"}, status=ReviewStatus.FINISHED)
    factories.remark(session, done, assignment, "请看佐证材料第三页。")
    invited = messages.queue(session, officer, session.get_one(User, assignment.reviewer_id), "review_assigned", {})
    session.flush()
    assignment.message_id = invited.id
    factories.evaluation(session, done)
    judged(session, done, whose, session.get_one(User, assignment.reviewer_id))
    written_to(session, officer, barred)
    # Ranked without an opinion, which is enough where the route asks for no meeting.
    ranked = {"applications": [{"application": done.id, "rank": 1}]}
    selection = factories.decision(session, category, content=ranked)
    factories.outcome(session, selection, done)
    factories.meeting(session, category, {done.id: True})
    other_category = visited(session, officer)
    notice = factories.notice(session, selection, cleared_at=AFTER)
    factories.reply(session, factories.objection(session, notice, done))
    listed = factories.decision(session, category, kind=DecisionKind.PUBLICATION)
    published = factories.publication(session, listed)
    factories.entry(session, published, done)
    long_work(session, published)
    # Issued on 2 March 2026 for three years.
    award = factories.award(session, done, valid_until=date(2029, 3, 2))
    factories.certificate(session, award)
    session.add(AwardEvent(award_id=award.id, after=AwardStatus.VALID, reason="", at=NOON))
    sent = {"status": MessageStatus.SENT, "queued_at": NOON, "sent_at": NOON}
    session.add(Message(user_id=officer.user_id, address="a@b.cn", language="zh", key="submitted", values={}, **sent))
    numbers = {
        "done": done.id,
        "drafted": drafted.id,
        "filing": factories.filing_of(session, done).id,
        "returned": returned.id,
        "barred": barred.id,
        "reviewer": assignment.reviewer_id,
        "file": factories.evidence(session, drafted).id,
        "foreign_file": factories.evidence(session, returned).id,
        "other_programme": factories.programme(session).id,
        "selection": selection.id,
        "second_selection": factories.decision(session, category).id,
        "other_category": other_category,
        **over(session, officer),
        "no": "false",
    }
    session.commit()
    return numbers


def judged(session, application, organisation, reviewer):
    """Make what was decided about a tie and a likeness; who judged works for the applicant since it is over."""
    factories.employment(session, reviewer, organisation.name, code=organisation.credit_code)
    factories.tie_verdict(session, application, reviewer)
    round_id = session.get_one(RoundCategory, application.round_category_id).round_id
    factories.likeness_verdict(session, factories.likeness(session, round_id, [application.id]))
    factories.assignment_plan(session, session.get_one(Round, round_id), [(application, factories.user(session))])


def written_to(session, officer, application):
    """Write three letters about an application: sent by a second person, withdrawn, and waiting in its place."""
    second = factories.persona(session, Role.APPROVER)
    words = {"subject": "告知书", "body": "请阅。", "subject_en": "Letter", "body_en": "Please read."}
    about = {**words, "application_id": application.id, "written_at": NOON, "written_by_id": officer.user_id}
    first = Letter(**about, kind=LetterKind.RESERVED, state=LetterState.SENT, settled_by_id=second.id, settled_at=NOON)
    session.add(first)
    session.flush()
    withdrawn = Letter(
        **about,
        kind=LetterKind.SELECTED,
        state=LetterState.WITHDRAWN,
        settled_by_id=second.id,
        settled_at=NOON,
        reason="落款有误。",
        replaces_id=first.id,
    )
    session.add(withdrawn)
    session.flush()
    waits = {"state": LetterState.WAITING, "instead_of_id": withdrawn.id, "replaces_id": first.id}
    session.add(Letter(**about, kind=LetterKind.SELECTED, **waits))
    sent = {"status": MessageStatus.SENT, "queued_at": NOON, "sent_at": NOON, "letter_id": first.id}
    session.add(Message(user_id=second.id, address="c@b.cn", language="zh", key="letter", values={}, **sent))


def over(session, officer):
    """Make an archived round with its dossier and an application that came to nothing; return their numbers."""
    category = factories.round_category(session, round_=factories.round_(session, closes_at=NOON))
    settled = factories.application(session, round_category=category, kind=Kind.SCREENING, status=Status.BARRED)
    factories.recommendation(session, settled)
    for action, after in (("submit", "recommendation.waiting"), ("bar", "screening.barred")):
        events.record(session, officer, action, "application", settled.id, application=settled, after=after)
    intake = session.get_one(Round, category.round_id)
    dates = {"opens_at": intake.opens_at.isoformat(), "closes_at": intake.closes_at.isoformat()}
    events.record(session, officer, "open_round", "round", intake.id, payload=dates)
    factories.archived(session, intake)
    factories.dossier(session, category)
    return {"settled": settled.id, "archived": intake.id}


def long_work(session, published):
    """Make one that is done and one that is under way."""
    person = factories.user(session)
    factories.finished_task(session, person, publication=published)
    under_way = {"state": TaskState.RUNNING, "done": 0, "owner": "a", "leased_until": AFTER}
    nothing = dict.fromkeys(("ended_at", "kept_until", "sha256", "size", "media_type"))
    factories.finished_task(session, person, publication=published, **under_way, **nothing)


def assigned(session, category):
    """Assign the place of the round's pool to another category of the programme."""
    intake = session.get_one(Round, category.round_id)
    elsewhere = factories.category(session, programme=session.get_one(Programme, intake.programme_id))
    pool = session.scalars(select(Quota).where(Quota.purpose == QuotaPurpose.POOL)).one()
    decision = factories.decision(session, category, kind=DecisionKind.POOL)
    session.add(PoolGrant(quota_id=pool.id, category_id=elsewhere.id, decision_id=decision.id, number=1))


def visited(session, officer):
    """Make an application that goes on to its deliberation after a visit; return the number of its round category."""
    route = (Kind.FILING, Kind.SCREENING, Kind.SCORING, Kind.SITE_VISIT, *ROUTE[ROUTE.index(Kind.DELIBERATION) :])
    category = factories.round_category(session, route=route)
    seen = factories.application(session, round_category=category, kind=Kind.SITE_VISIT, answers={"reused": "40"})
    factories.evaluation(session, seen)
    visit = factories.site_visit(session, seen)
    factories.visit_photo(session, visit)
    finding = Verification(
        filing_id=factories.filing_of(session, seen).id,
        key="reused",
        answer_revision=1,
        stage=Kind.SITE_VISIT,
        value="39",
        reason="现场台账为 39。",
        visit_id=visit.id,
        verified_by_id=officer.user_id,
        verified_at=NOON,
    )
    session.add(finding)
    visit.concluded_at = NOON
    session.flush()
    seen.kind, seen.position = Kind.DELIBERATION, route.index(Kind.DELIBERATION)
    events.record(session, officer, "submit", "application", seen.id, application=seen, after="deliberation.waiting")
    intake = session.get_one(Round, category.round_id)
    dates = {"opens_at": intake.opens_at.isoformat(), "closes_at": intake.closes_at.isoformat()}
    events.record(session, officer, "open_round", "round", intake.id, payload=dates)
    return category.id


@pytest.fixture(scope="module")
def numbers_and_url(databases_of_run):
    with databases_of_run.fresh() as url:
        database = db.connect(url)
        with database.writing() as session:
            numbers = sound(session)
        database.engine.dispose()
        yield numbers, url


@pytest.fixture(scope="module")
def unguarded(numbers_and_url):
    """An engine on the sound database for which no trigger, check or foreign key counts."""
    numbers, url = numbers_and_url
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _careless_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    else:
        event.listen(engine, "connect", _careless_postgres)
    with engine.begin() as connection:
        _drop_guards(connection)
    yield engine, numbers
    engine.dispose()


def _careless_sqlite(connection, _record):
    connection.isolation_level = None
    connection.execute("PRAGMA ignore_check_constraints = ON")


def _careless_postgres(connection, _record):
    connection.execute("SET session_replication_role = replica")
    connection.commit()


def _drop_guards(connection):
    inspector = inspect(connection)
    for name in (
        "uq_application_one_per_site",
        "uq_organisation_confirmed_credit_code",
        "uq_task_unfinished",
        "uq_letter_one_waiting",
    ):
        connection.execute(text(f"DROP INDEX {name}"))
    if connection.dialect.name == "sqlite":
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        return
    for table in inspector.get_table_names():
        for check in inspector.get_check_constraints(table):
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {check['name']}"))


def test_the_route_of_the_factories_is_the_one_meant():
    # The statements above count on these places.
    assert (ROUTE[1], ROUTE[2], ROUTE[3]) == (Kind.RECOMMENDATION, Kind.SCREENING, Kind.SCORING)


def test_there_are_many_and_each_is_tried():
    keys = [known.key for known in INVARIANTS] + [key for key, _says, _look in integrity.LOOKS]
    assert len(keys) == len(set(keys))
    assert set(BREAKS) == set(keys)
    assert len(keys) >= 40


def test_a_sound_database_has_no_violations(numbers_and_url):
    database = db.connect(numbers_and_url[1])
    with database.reading() as session:
        assert integrity.violations(session) == []
    database.engine.dispose()


@pytest.mark.parametrize("key", BREAKS)
def test_it_notices(unguarded, key):
    engine, numbers = unguarded
    statement = BREAKS[key].format(**numbers)
    if engine.dialect.name == "postgresql":
        statement = statement.replace("CAST('x' AS BLOB)", "CAST('x' AS BYTEA)")
    with engine.connect() as connection:
        assert connection.execute(text(statement)).rowcount > 0
        with Session(bind=connection, join_transaction_mode="conditional_savepoint") as session:
            found = {violation.key: violation for violation in integrity.violations(session)}
        connection.rollback()
    assert key in found
    assert found[key].count == len(found[key].rows) > 0
