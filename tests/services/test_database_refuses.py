"""The database refuses too: what the portal never does, direct SQL may not do either."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from registry import db
from registry.domain.vocabulary import CriteriaStatus, DecisionStatus, Kind, ReviewStatus, Standing, Status
from registry.services import events
from tests import factories

# What is tried, as SQL; the names in braces are the numbers of the rows in `rows`.
FORBIDDEN = {
    "an event is edited": "UPDATE event SET action = 'select' WHERE seq = 1",
    "the payload of an event is edited": "UPDATE event SET payload = '{{}}' WHERE seq = 1",
    "the time of an event is edited": "UPDATE event SET at = '2020-01-01 00:00:00' WHERE seq = 1",
    "an event is deleted": "DELETE FROM event WHERE seq = 1",
    "all events are deleted": "DELETE FROM event",
    "a second event follows the same one": (
        "INSERT INTO event SELECT 99, at, clock_moved, actor_id, role, action, subject, subject_id, programme_id,"
        " application_id, before, after, payload, payload_digest, previous, 'other' FROM event WHERE seq = 1"
    ),
    "the chain has two ends": "INSERT INTO chain_head (id, seq, digest) VALUES (2, 0, '0')",
    "the chain ends earlier": "UPDATE chain_head SET seq = 0",
    "the end of the chain is forgotten": "DELETE FROM chain_head",
    "a declared value is edited": "UPDATE answer SET value = '\"99\"'",
    "a declared value is deleted": "DELETE FROM answer",
    "a revision is declared twice": (
        "INSERT INTO answer (filing_id, key, revision, value, saved_by_id, saved_at)"
        " SELECT filing_id, key, revision, value, saved_by_id, saved_at FROM answer"
    ),
    "a mark is edited": "UPDATE mark SET points = '40'",
    "a mark is deleted": "DELETE FROM mark",
    "a finished review is reopened": "UPDATE review SET status = 'started', finished_at = NULL WHERE id = {finished}",
    "a finished review loses its time": "UPDATE review SET finished_at = NULL WHERE id = {finished}",
    "a review is finished without a time": "UPDATE review SET status = 'finished' WHERE id = {started}",
    "a score is edited": "UPDATE evaluation SET total = '100.00'",
    "a score is deleted": "DELETE FROM evaluation",
    "an approved criteria set is edited": "UPDATE criteria_version SET content = 'x' WHERE id = {criteria}",
    "an approved criteria set gets another digest": "UPDATE criteria_version SET digest = 'x' WHERE id = {criteria}",
    "an approved criteria set becomes a draft": "UPDATE criteria_version SET status = 'draft' WHERE id = {criteria}",
    "criteria are approved by nobody": "UPDATE criteria_version SET status = 'approved' WHERE id = {draft}",
    "criteria are approved by whoever prepared them": (
        "UPDATE criteria_version SET status = 'approved', approved_by_id = prepared_by_id WHERE id = {draft}"
    ),
    "pinned criteria are edited": "UPDATE round_category SET pinned_content = 'x' WHERE id = {category}",
    "pinned criteria are taken off": (
        "UPDATE round_category SET pinned_content = NULL, pinned_digest = NULL WHERE id = {category}"
    ),
    "the factors of an open round are exchanged": (
        'UPDATE round_category SET pinned_factors = \'{{"grid": "x"}}\' WHERE id = {category}'
    ),
    "the settings of an open round are changed": (
        'UPDATE round_category SET settings = \'{{"gates": {{"licence": false}}}}\' WHERE id = {category}'
    ),
    "an open round turns to other criteria": (
        "UPDATE round_category SET criteria_version_id = {draft} WHERE id = {category}"
    ),
    "a round ends before it opens": "UPDATE round SET closes_at = '2000-01-01 00:00:00'",
    "a quota is negative": "UPDATE quota SET number = -1",
    "a route has two stages at one place": "UPDATE route_step SET position = 0 WHERE position = 1",
    "a decision is undecided": "UPDATE decision SET status = 'proposed', decided_by_id = NULL WHERE id = {decision}",
    "an approved decision is rejected": "UPDATE decision SET status = 'rejected' WHERE id = {decision}",
    "an approved decision gets another digest": (
        "UPDATE decision SET digest = 'x', decided_digest = 'x' WHERE id = {decision}"
    ),
    "an approved decision gets another approver": "UPDATE decision SET decided_by_id = {other} WHERE id = {decision}",
    "a decision is approved by its proposer": (
        "UPDATE decision SET status = 'approved', decided_by_id = proposed_by_id, decided_digest = digest"
        " WHERE id = {proposed}"
    ),
    "something else is approved than was proposed": (
        "UPDATE decision SET status = 'approved', decided_by_id = {other}, decided_digest = 'x' WHERE id = {proposed}"
    ),
    "a decision is approved by nobody": (
        "UPDATE decision SET status = 'approved', decided_digest = digest WHERE id = {proposed}"
    ),
    "two proposals for one category": (
        "INSERT INTO decision (kind, programme_id, round_category_id, content, digest, reason, status, proposed_by_id,"
        " proposed_at, decided_reason, version) SELECT kind, programme_id, round_category_id, content, digest, reason,"
        " status, proposed_by_id, proposed_at, decided_reason, 1 FROM decision WHERE id = {proposed}"
    ),
    "a selection names an award": "UPDATE decision SET award_id = {award} WHERE id = {proposed}",
    "an outcome excludes without a reason": "UPDATE outcome SET result = 'excluded', reason = ''",
    "an application has two outcomes in a decision": (
        "INSERT INTO outcome (decision_id, application_id, result, reason)"
        " SELECT decision_id, application_id, 'reserved', reason FROM outcome"
    ),
    "a notice is cleared before it ends": "UPDATE notice SET cleared_at = opens_at",
    "a notice ends before it opens": "UPDATE notice SET closes_at = '2000-01-01 00:00:00'",
    "a result is edited": "UPDATE outcome SET result = 'reserved'",
    "a result is deleted": "DELETE FROM outcome",
    "the names on a notice are edited": "UPDATE notice SET entries = '[1]'",
    "a notice is open longer than was announced": "UPDATE notice SET closes_at = '2030-01-01 00:00:00'",
    "a notice is deleted": "DELETE FROM notice",
    "an objection is reworded": "UPDATE objection SET statement = 'x'",
    "an answered objection is open again": "UPDATE objection SET status = 'open'",
    "an objection is deleted": "DELETE FROM objection",
    "a reply is edited": "UPDATE reply SET text = 'x'",
    "a reply is deleted": "DELETE FROM reply",
    "an objection is answered twice": (
        "INSERT INTO reply (objection_id, upheld, text, replied_by_id, replied_at)"
        " SELECT objection_id, upheld, text, replied_by_id, replied_at FROM reply"
    ),
    "a published list is renamed": "UPDATE publication SET title = 'x'",
    "a published list is deleted": "DELETE FROM publication",
    "a published line is edited": "UPDATE entry SET content = '{{}}'",
    "a published line is deleted": "DELETE FROM entry",
    "an application is published twice": (
        "INSERT INTO entry (publication_id, position, application_id, content)"
        " SELECT publication_id, 2, application_id, content FROM entry"
    ),
    "an award is renumbered": "UPDATE award SET number = 'SZ-X' WHERE id = {award}",
    "an award gets another serial": "UPDATE award SET serial = 7 WHERE id = {award}",
    "an award ends before it begins": "UPDATE award SET valid_until = '2000-01-01' WHERE id = {award}",
    "an award is deleted": "DELETE FROM award WHERE id = {award}",
    "a revoked award is valid again": "UPDATE award SET status = 'valid' WHERE id = {revoked}",
    "an application is awarded twice": (
        "INSERT INTO award (number, programme_id, year, serial, application_id, site_id, organisation_id, category_id,"
        " status, valid_from, valid_until, version) SELECT 'SZ-Y', programme_id, year, 99, application_id, site_id,"
        " organisation_id, category_id, status, valid_from, valid_until, 1 FROM award WHERE id = {award}"
    ),
    "numbers are given out once more": "UPDATE number_series SET last = 0",
    "a series is forgotten": "DELETE FROM number_series",
    "the last number of a series is negative": "UPDATE number_series SET last = -1",
    "a certificate is edited": "UPDATE certificate SET sha256 = 'x'",
    "the bytes of a certificate are exchanged": "UPDATE certificate SET content = CAST(sha256 AS BYTEA)",
    "a certificate is deleted": "DELETE FROM certificate",
    "an edition is issued twice": (
        "INSERT INTO certificate (award_id, edition, code, status_index, sha256, content, issued_by_id, issued_at)"
        " SELECT award_id, edition, 'other', 999, sha256, content, issued_by_id, issued_at FROM certificate"
    ),
    "an ended application is opened again": "UPDATE application SET status = 'waiting' WHERE id = {ended}",
    "an ended application is deleted": "DELETE FROM application WHERE id = {ended}",
    "an application goes on without being submitted": "UPDATE application SET kind = 'screening' WHERE id = {drafted}",
    "a draft counts as submitted": "UPDATE application SET submitted_at = started_at WHERE id = {drafted}",
    "an application has a status that is no word": "UPDATE application SET status = 'winning' WHERE id = {drafted}",
    "a site applies twice in a category": (
        "INSERT INTO application (round_category_id, site_id, organisation_id, position, kind, status, started_by_id,"
        " started_at, version) SELECT round_category_id, site_id, organisation_id, 0, 'filing', 'drafted',"
        " started_by_id, started_at, 1 FROM application WHERE id = {drafted}"
    ),
    "two filings of one application": "INSERT INTO filing (application_id, site_id, kind, revision) SELECT"
    " application_id, site_id, kind, 0 FROM filing WHERE application_id = {drafted}",
    "an application refers to no site": "UPDATE application SET site_id = 99999 WHERE id = {drafted}",
    "a file is exchanged": "UPDATE evidence SET sha256 = '" + "e" * 64 + "'",
    "a file is deleted": "DELETE FROM evidence",
    "a file without bytes": "UPDATE evidence SET size = 0",
    "two organisations hold one credit code": "UPDATE organisation SET status = 'confirmed' WHERE id = {claimant}",
    "a credit code is too short": "UPDATE organisation SET credit_code = '123' WHERE id = {claimant}",
    "a seat without a part": "UPDATE membership SET drafter = {no}, signatory = {no}",
    "a role is granted to oneself": "UPDATE role_grant SET granted_by_id = user_id",
    "a recommender without a region": "UPDATE role_grant SET role = 'recommender'",
    "two accounts have one address": (
        "UPDATE user_account SET email = (SELECT email FROM user_account WHERE id = {other}) WHERE id <> {other}"
    ),
    "an account without a password is open": "UPDATE user_account SET password_hash = NULL WHERE id = {other}",
    "a clock is moved where there is no demo": "UPDATE portal SET clock_ahead = 60",
    "a second portal": "INSERT INTO portal (id, demo, clock_ahead, salt) VALUES (2, {no}, 0, 'x')",
    "a conflict without a reason": "UPDATE assignment SET conflict = 'declared', conflict_reason = ''",
    "a reviewer is assigned twice": (
        "INSERT INTO assignment (application_id, reviewer_id, label, why, conflict, conflict_reason, assigned_by_id,"
        " assigned_at) SELECT application_id, reviewer_id, 'Z', '', 'none', '', assigned_by_id, assigned_at"
        " FROM assignment WHERE id = {assignment}"
    ),
}


@pytest.fixture(scope="module")
def database(databases_of_run):
    """One database for all: what is refused changes nothing."""
    with databases_of_run.fresh() as url:
        connected = db.connect(url)
        yield connected
        connected.engine.dispose()


@pytest.fixture(scope="module")
def rows(database):
    """One of everything; returns the numbers by name."""
    with database.writing() as session:
        numbers = made(session)
        session.commit()
    return numbers


def made(session):
    category = factories.round_category(session)
    whose = factories.organisation(session)
    done = factories.application(session, round_category=category, organisation=whose, kind=Kind.CERTIFICATE)
    drafted = factories.application(session, round_category=category, organisation=whose, answers={"reused": "40"})
    ended = factories.application(session, round_category=category, kind=Kind.SCREENING, status=Status.REFUSED)
    second = factories.application(session, round_category=category, kind=Kind.CERTIFICATE)
    chosen = factories.decision(session, category)
    factories.outcome(session, chosen, done)
    notice = factories.notice(session, chosen)
    objection = factories.objection(session, notice, done)
    factories.reply(session, objection)
    factories.entry(session, factories.publication(session, chosen), done)
    award, revoked = factories.award(session, done), factories.award(session, second, status="revoked")
    factories.certificate(session, award)
    factories.evaluation(session, done)
    factories.evidence(session, drafted)
    assignment = factories.assignment(session, done)
    finished = factories.review(session, assignment, marks={"novelty": "30"}, status=ReviewStatus.FINISHED)
    started = factories.review(session, factories.assignment(session, done))
    factories.seat(session, factories.user(session), whose)
    actor = factories.actor(session, factories.user(session))
    events.record(session, actor, "submit", "application", done.id)
    return {
        "category": category.id,
        "criteria": category.criteria_version_id,
        "draft": factories.criteria_version(session, content="other", status=CriteriaStatus.DRAFT).id,
        "drafted": drafted.id,
        "ended": ended.id,
        "decision": chosen.id,
        "proposed": factories.decision(session, category, status=DecisionStatus.PROPOSED).id,
        "award": award.id,
        "revoked": revoked.id,
        "assignment": assignment.id,
        "finished": finished.id,
        "started": started.id,
        "other": actor.user_id,
        "claimant": factories.organisation(session, credit_code=whose.credit_code, status=Standing.PENDING).id,
        "no": "false",
    }


@pytest.mark.parametrize("what", FORBIDDEN)
def test_it_is_refused(database, rows, what):
    with database.engine.connect() as connection, pytest.raises(DatabaseError) as refusal:
        connection.execute(text(FORBIDDEN[what].format(**rows).replace(":", r"\:")))
    assert isinstance(refusal.value, IntegrityError), refusal.value


def test_what_is_allowed_still_goes(database, rows):
    """The refusals above are refusals of what was tried, not of everything."""
    with database.engine.connect() as connection:
        for statement in (
            "UPDATE application SET status = 'withdrawn' WHERE id = {drafted}",
            "UPDATE award SET status = 'revoked' WHERE id = {award}",
            "UPDATE decision SET status = 'rejected', decided_by_id = {other} WHERE id = {proposed}",
            "UPDATE criteria_version SET status = 'retired' WHERE id = {criteria}",
            "UPDATE review SET status = 'finished', finished_at = started_at WHERE id = {started}",
        ):
            assert connection.execute(text(statement.format(**rows))).rowcount == 1


@pytest.mark.parametrize("table", ["event", "answer", "mark", "evaluation", "certificate", "outcome", "reply"])
def test_a_table_is_not_emptied_at_a_stroke(database, rows, table):
    if database.engine.dialect.name != "postgresql":
        pytest.skip("a test of postgresql")
    with database.engine.connect() as connection, pytest.raises(IntegrityError, match=f"{table} rows are kept"):
        connection.execute(text(f"TRUNCATE {table} CASCADE"))
