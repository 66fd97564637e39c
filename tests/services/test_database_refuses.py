"""The database refuses too: what the portal never does, direct SQL may not do either."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from registry import db
from registry.domain.vocabulary import (
    Binding,
    CriteriaStatus,
    DecisionKind,
    DecisionStatus,
    Kind,
    ReviewStatus,
    Role,
    Standing,
    Status,
)
from registry.models import (
    Application,
    Correction,
    EvidenceLink,
    NotApplicable,
    Programme,
    Quota,
    ReviewerProfile,
    Round,
    RouteStep,
    ScreeningItem,
)
from registry.services import events
from tests import factories
from tests.factories import NOON


def each_column(what, statement, values):
    """Try the statement with each of the columns and its value."""
    return {f"{what} {name}": statement.format(name, value) for name, value in values.items()}


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
    "a verdict on a tie is edited": "UPDATE tie_verdict SET decision = 'confirmed'",
    "a verdict on a tie is deleted": "DELETE FROM tie_verdict",
    "a verdict on a likeness is edited": "UPDATE likeness_verdict SET reason = 'x'",
    "a verdict on a likeness is deleted": "DELETE FROM likeness_verdict",
    "a likeness is edited": "UPDATE likeness_finding SET content = '{{}}'",
    "a likeness is deleted": "DELETE FROM likeness_finding",
    "an application is taken out of a likeness": "DELETE FROM likeness_party",
    "a plan of reviewers is edited": "UPDATE assignment_plan SET content = '{{}}'",
    "a plan of reviewers is deleted": "DELETE FROM assignment_plan",
    "a pair of a plan is edited": "UPDATE planned_pair SET load = 9",
    "a pair is taken out of a plan": "DELETE FROM planned_pair",
    "a plan ends by nobody": "UPDATE assignment_plan SET state = 'committed'",
    "two plans of a round wait": (
        "INSERT INTO assignment_plan (round_id, kind, state, seed, settings, digest, content, weighed, faults,"
        " drawn_up_by_id, drawn_up_at) SELECT round_id, kind, state, seed, settings, digest, content, weighed, faults,"
        " drawn_up_by_id, drawn_up_at FROM assignment_plan"
    ),
    "an evaluator is named after handing in": "UPDATE application SET evaluator = 'x' WHERE id = {done}",
    "an evaluator has a code and no name": "UPDATE application SET evaluator_code = 'x' WHERE id = {drafted}",
    "a reviewer takes no application at a time": "UPDATE reviewer_profile SET most = 0",
    "an employment ends before it began": "UPDATE employment SET since = '2026-01-02', until = '2026-01-01'",
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
    "an archived round is opened again": (
        "UPDATE round SET archived_at = NULL, archived_by_id = NULL WHERE id = {ended_round}"
    ),
    "a round is archived later": "UPDATE round SET archived_at = '2030-01-01 00:00:00' WHERE id = {ended_round}",
    "a round is archived by somebody else": "UPDATE round SET archived_by_id = {other} WHERE id = {ended_round}",
    "a round is archived by nobody": "UPDATE round SET archived_at = closes_at WHERE id = {round}",
    "something is proposed in an archived round": (
        "INSERT INTO decision (kind, programme_id, round_category_id, content, digest, reason, status, proposed_by_id,"
        " proposed_at, decided_reason, version) SELECT kind, programme_id, {ended_category}, content, digest, reason,"
        " status, proposed_by_id, proposed_at, decided_reason, 1 FROM decision WHERE id = {proposed}"
    ),
    "a notice opens in an archived round": (
        "INSERT INTO notice (round_category_id, decision_id, position, opens_at, closes_at, working_days, entries,"
        " digest, opened_by_id) SELECT {ended_category}, decision_id, 9, opens_at, closes_at, 5, entries, digest,"
        " opened_by_id FROM notice WHERE id = {cleared}"
    ),
    "somebody applies in an archived round": (
        "INSERT INTO application (round_category_id, site_id, organisation_id, position, kind, status, started_by_id,"
        " started_at, withdrawal_reason, version) SELECT {ended_category}, site_id, organisation_id, 0, 'filing',"
        " 'drafted', started_by_id, started_at, '', 1 FROM application WHERE id = {drafted}"
    ),
    "a place of an archived round's pool is assigned": (
        "INSERT INTO pool_grant (quota_id, category_id, decision_id, number) SELECT {ended_quota}, category_id,"
        " {proposed}, 1 FROM quota WHERE id = {ended_quota}"
    ),
    "a dossier is edited": "UPDATE dossier SET digest = 'x'",
    "a dossier is deleted": "DELETE FROM dossier",
    "a dossier of a round that is not archived": (
        "INSERT INTO dossier (round_category_id, digest, code, evaluations, selections, written_at, json_sha256,"
        " json_size, xlsx_sha256, xlsx_size, pdf_sha256, pdf_size) SELECT {category}, digest, code, 1, 1, written_at,"
        " json_sha256, 1, xlsx_sha256, 1, pdf_sha256, 1 FROM dossier"
    ),
    "a second dossier of a category": (
        "INSERT INTO dossier (round_category_id, digest, code, evaluations, selections, written_at, json_sha256,"
        " json_size, xlsx_sha256, xlsx_size, pdf_sha256, pdf_size) SELECT round_category_id, digest, code, 1, 1,"
        " written_at, json_sha256, 1, xlsx_sha256, 1, pdf_sha256, 1 FROM dossier"
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
        " started_at, withdrawal_reason, version) SELECT round_category_id, site_id, organisation_id, 0, 'filing',"
        " 'drafted', started_by_id, started_at, '', 1 FROM application WHERE id = {drafted}"
    ),
    "two filings of one application": (
        "INSERT INTO filing (application_id, site_id, kind, revision, filled_by, submitted_claims) SELECT"
        " application_id, site_id, kind, 0, filled_by, submitted_claims FROM filing WHERE application_id = {drafted}"
    ),
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
    **each_column(
        "an award gets another",
        "UPDATE award SET {} = {} WHERE id = {{award}}",
        {
            "valid_from": "'2020-01-01'",
            "valid_until": "'2099-01-01'",
            "year": "2020",
            "programme_id": "{elsewhere}",
            "site_id": "(SELECT site_id FROM application WHERE id = {drafted})",
            "organisation_id": "NULL",
            "application_id": "{drafted}",
            "category_id": "{other_category}",
        },
    ),
    **each_column(
        "an open round gets another",
        "UPDATE round SET {} = {} WHERE id = {{round}}",
        {
            "closes_at": "'2099-01-01 00:00:00'",
            "opens_at": "'2020-01-01 00:00:00'",
            "programme_id": "{elsewhere}",
            "year": "2020",
            "title": "'x'",
            "title_en": "'x'",
            "one_person_may_sign": "NOT one_person_may_sign",
            "status": "'prepared'",
            "prepared_by_id": "{other}",
        },
    ),
    "an open round has no end any more": "UPDATE round SET closes_at = NULL WHERE id = {round}",
    "an open round is deleted": "DELETE FROM round WHERE id = {round}",
    "a stage is put into an open round": (
        "INSERT INTO route_step (round_category_id, position, kind, parameters)"
        " VALUES ({category}, 99, 'review', '{{}}')"
    ),
    "a stage of an open round is changed": "UPDATE route_step SET parameters = '{{\"x\": 1}}' WHERE id = {step}",
    "a stage is moved into an open round": (
        "UPDATE route_step SET round_category_id = {category}, position = 99 WHERE id = {free_step}"
    ),
    "a stage of an open round is taken out": "DELETE FROM route_step WHERE id = {step}",
    "an open round gets a second quota": (
        "INSERT INTO quota (round_id, category_id, purpose, number) SELECT round_id, category_id, purpose, 99"
        " FROM quota WHERE id = {quota}"
    ),
    "an open round gets a pool": (
        "INSERT INTO quota (round_id, purpose, number) SELECT round_id, purpose, 99 FROM quota WHERE id = {quota}"
    ),
    "the quota of an open round is raised": "UPDATE quota SET number = 99 WHERE id = {quota}",
    "the quota of an open round is lifted": "UPDATE quota SET number = NULL WHERE id = {quota}",
    "the quota of an open round is deleted": "DELETE FROM quota WHERE id = {quota}",
    "pinned factors are taken off": "UPDATE round_category SET pinned_factors = NULL WHERE id = {category}",
    "pinned content alone is taken off": "UPDATE round_category SET pinned_content = NULL WHERE id = {category}",
    "an open round category goes to another track": (
        "UPDATE round_category SET track = 'library' WHERE id = {category}"
    ),
    "an open round category is deleted": "DELETE FROM round_category WHERE id = {category}",
    **each_column(
        "a decided decision gets another",
        "UPDATE decision SET {} = {} WHERE id = {{decision}}",
        {
            "content": "'{{}}'",
            "digest": "'x'",
            "reason": "'x'",
            "kind": "'publication'",
            "programme_id": "{elsewhere}",
            "round_category_id": "NULL",
            "proposed_by_id": "{other}",
            "proposed_at": "'2020-01-01 00:00:00'",
            "decided_at": "NULL",
            "decided_digest": "NULL",
            "decided_reason": "'x'",
        },
    ),
    "what is proposed is reworded": "UPDATE decision SET content = '{{}}' WHERE id = {proposed}",
    **each_column(
        "a submitted application gets another",
        "UPDATE application SET {} = {} WHERE id = {{done}}",
        {
            "content_digest": "'x'",
            "receipt": "'x'",
            "submitted_at": "'2020-01-01 00:00:00'",
            "submitted_by_id": "{other}",
            "applicant": "NULL",
            "site_id": "(SELECT site_id FROM application WHERE id = {drafted})",
            "organisation_id": "NULL",
        },
    ),
    "a returned application gets another receipt": "UPDATE application SET receipt = 'x' WHERE id = {returned}",
    "a returned application was never submitted": "UPDATE application SET submitted_at = NULL WHERE id = {returned}",
    "an ended application goes back": "UPDATE application SET kind = 'filing', position = 0 WHERE id = {ended}",
    "a value is declared after submission": (
        "INSERT INTO answer (filing_id, key, revision, value, saved_by_id, saved_at)"
        " SELECT f.id, 'late', 9, '1', {other}, a.submitted_at"
        " FROM filing f JOIN application a ON a.id = f.application_id WHERE a.id = {done}"
    ),
    "a claim is made after submission": (
        "INSERT INTO not_applicable (filing_id, indicator, reason)"
        " SELECT id, 'reuse', 'x' FROM filing WHERE application_id = {done}"
    ),
    "a claim is reworded after submission": "UPDATE not_applicable SET reason = 'x'",
    "a claim is taken back after submission": "DELETE FROM not_applicable",
    "a file is added after submission": (
        "INSERT INTO evidence (filing_id, name, sha256, size, media_type, scan_state, variant, uploaded_by_id,"
        " uploaded_at, submitted) SELECT f.id, e.name, e.sha256, e.size, e.media_type, e.scan_state, e.variant,"
        " e.uploaded_by_id, e.uploaded_at, e.submitted FROM evidence e, filing f"
        " WHERE e.id = {file} AND f.application_id = {done}"
    ),
    "a file is taken away after submission": (
        "UPDATE evidence SET removed_at = uploaded_at WHERE id = {submitted_file}"
    ),
    "a file is renamed": "UPDATE evidence SET name = 'x' WHERE id = {file}",
    "a removed file is back": "UPDATE evidence SET removed_at = NULL WHERE id = {removed_file}",
    "a file supports something else": "UPDATE evidence_link SET key = 'x'",
    "a file supports nothing any more": "DELETE FROM evidence_link",
    "a file supports more after submission": (
        "INSERT INTO evidence_link (evidence_id, binding, key, page) VALUES ({submitted_file}, 'input', 'late', '')"
    ),
    "an opinion is turned": "UPDATE recommendation SET in_favour = {no}",
    "an opinion is reworded": "UPDATE recommendation SET opinion = 'x'",
    "an opinion is deleted": "DELETE FROM recommendation",
    "an item is checked after the screening": (
        "INSERT INTO screening_item (application_id, key, held, note, checked_by_id, checked_at)"
        " SELECT application_id, 'late', held, note, checked_by_id, checked_at FROM screening_item"
    ),
    "an item is found otherwise after the screening": "UPDATE screening_item SET held = NOT held",
    "a note is added after the screening": "UPDATE screening_item SET note = 'x'",
    "an item is deleted after the screening": "DELETE FROM screening_item",
    "a correction has more time": "UPDATE correction SET due_at = '2099-01-01 00:00:00' WHERE id = {correction}",
    "a correction asks something else": "UPDATE correction SET note = 'x' WHERE id = {correction}",
    "a correction names its fields later": "UPDATE correction SET fields = '[]' WHERE id = {correction}",
    "a correction was asked by another": "UPDATE correction SET returned_by_id = {other} WHERE id = {correction}",
    "a correction was asked earlier": (
        "UPDATE correction SET returned_at = '2020-01-01 00:00:00' WHERE id = {correction}"
    ),
    "a closed correction is open again": "UPDATE correction SET closed_at = NULL WHERE id = {closed}",
    "a correction is closed at another time": (
        "UPDATE correction SET closed_at = '2020-01-01 00:00:00' WHERE id = {closed}"
    ),
    "a correction is deleted": "DELETE FROM correction WHERE id = {closed}",
    "a mark is given in a finished review": (
        "INSERT INTO mark (review_id, indicator, points, justification, marked_at)"
        " SELECT review_id, indicator, '40', justification, marked_at FROM mark WHERE review_id = {finished}"
    ),
    "a review is finished at another time": (
        "UPDATE review SET finished_at = '2020-01-01 00:00:00' WHERE id = {finished}"
    ),
    "a review goes to another assignment": "UPDATE review SET assignment_id = {free} WHERE id = {finished}",
    "a review is deleted": "DELETE FROM review WHERE id = {started}",
    "an assignment goes to another reviewer": "UPDATE assignment SET reviewer_id = {other} WHERE id = {assignment}",
    "an assignment is for another application": (
        "UPDATE assignment SET application_id = {drafted} WHERE id = {assignment}"
    ),
    "an assignment gets another letter": "UPDATE assignment SET label = 'X' WHERE id = {assignment}",
    "an ended assignment goes on": "UPDATE assignment SET ended_at = NULL WHERE id = {ended_assignment}",
    "an assignment is deleted": "DELETE FROM assignment WHERE id = {free}",
    "a grant becomes another role": "UPDATE role_grant SET role = 'administrator' WHERE id = {grant}",
    "a grant goes to another person": "UPDATE role_grant SET user_id = {other} WHERE id = {grant}",
    "a grant is for every programme": "UPDATE role_grant SET programme_id = NULL WHERE id = {grant}",
    "a grant was given by another": "UPDATE role_grant SET granted_by_id = {other} WHERE id = {grant}",
    "an ended grant is given again": "UPDATE role_grant SET ended_at = NULL WHERE id = {ended_grant}",
    "an ended grant ended at another time": (
        "UPDATE role_grant SET ended_at = '2020-01-01 00:00:00' WHERE id = {ended_grant}"
    ),
    "a grant is deleted": "DELETE FROM role_grant WHERE id = {grant}",
    "a cleared notice is open again": "UPDATE notice SET cleared_at = NULL WHERE id = {cleared}",
    "a reviewer is assigned twice": (
        "INSERT INTO assignment (application_id, reviewer_id, label, why, conflict, conflict_reason, ended_reason,"
        " assigned_by_id, assigned_at) SELECT application_id, reviewer_id, 'Z', '', 'none', '', '', assigned_by_id,"
        " assigned_at"
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
    returned = factories.application(session, round_category=category, status=Status.RETURNED)
    ended = factories.application(session, round_category=category, kind=Kind.SCREENING, status=Status.REFUSED)
    second = factories.application(session, round_category=category, kind=Kind.CERTIFICATE)
    chosen = factories.decision(session, category)
    factories.outcome(session, chosen, done)
    notice = factories.notice(session, chosen)
    listed = factories.decision(session, category, kind=DecisionKind.PUBLICATION)
    cleared = factories.notice(session, listed, cleared_at=NOON + timedelta(days=8))
    objection = factories.objection(session, notice, done)
    factories.reply(session, objection)
    factories.entry(session, factories.publication(session, chosen), done)
    award, revoked = factories.award(session, done), factories.award(session, second, status="revoked")
    factories.certificate(session, award)
    factories.evaluation(session, done)
    file, removed_file = factories.evidence(session, drafted), factories.evidence(session, drafted, removed_at=NOON)
    submitted_file = screened(session, done)
    factories.recommendation(session, done)
    asked = {"application_id": returned.id, "from_position": 2, "note": "请补正", "returned_at": NOON, "due_at": NOON}
    asker = factories.user(session)
    closed = factories.added(session, Correction(**asked, returned_by_id=asker.id, closed_at=NOON))
    correction = factories.added(session, Correction(**asked, returned_by_id=asker.id))
    assignment = factories.assignment(session, done)
    finished = factories.review(session, assignment, marks={"novelty": "30"}, status=ReviewStatus.FINISHED)
    started = factories.review(session, factories.assignment(session, done))
    free, ended_assignment = (factories.assignment(session, done, ended_at=ended_at) for ended_at in (None, NOON))
    intake = session.get_one(Round, category.round_id)
    programme = session.get_one(Programme, intake.programme_id)
    grant, ended_grant = (
        factories.grant(session, factories.user(session), Role.OFFICER, programme=programme, ended_at=ended_at)
        for ended_at in (None, NOON)
    )
    known_of_reviewers(session, done, intake)
    prepared = factories.round_category(session, pinned=False)
    ended_category = factories.round_category(session, round_=factories.round_(session, closes_at=NOON))
    ended_round = factories.archived(session, session.get_one(Round, ended_category.round_id))
    factories.dossier(session, ended_category)
    factories.seat(session, factories.user(session), whose)
    actor = factories.actor(session, factories.user(session))
    events.record(session, actor, "submit", "application", done.id)
    return {
        "category": category.id,
        "criteria": category.criteria_version_id,
        "draft": factories.criteria_version(session, content="other", status=CriteriaStatus.DRAFT).id,
        "round": intake.id,
        "ended_round": ended_round.id,
        "ended_category": ended_category.id,
        "ended_quota": session.scalars(select(Quota.id).where(Quota.round_id == ended_round.id)).one(),
        "elsewhere": factories.programme(session).id,
        "other_category": factories.category(session, programme=programme).id,
        "step": session.scalars(select(RouteStep.id).where(RouteStep.round_category_id == category.id)).first(),
        "free_step": session.scalars(select(RouteStep.id).where(RouteStep.round_category_id == prepared.id)).first(),
        "quota": session.scalars(select(Quota.id).where(Quota.round_id == intake.id)).one(),
        "done": done.id,
        "returned": returned.id,
        "file": file.id,
        "removed_file": removed_file.id,
        "submitted_file": submitted_file.id,
        "correction": correction.id,
        "closed": closed.id,
        "cleared": cleared.id,
        "free": free.id,
        "ended_assignment": ended_assignment.id,
        "grant": grant.id,
        "ended_grant": ended_grant.id,
        "drafted": drafted.id,
        "ended": ended.id,
        "decision": chosen.id,
        "proposed": factories.decision(session, category, status=DecisionStatus.PROPOSED).id,
        "award": award.id,
        "revoked": revoked.id,
        "assignment": assignment.id,
        "finished": finished.id,
        "started": started.id,
        "free_review": factories.review(session, free).id,
        "other": actor.user_id,
        "claimant": factories.organisation(session, credit_code=whose.credit_code, status=Standing.PENDING).id,
        "no": "false",
    }


def known_of_reviewers(session, application, intake):
    """Make what is known of a reviewer, and what was decided about a tie and a likeness."""
    reviewer = factories.user(session)
    factories.employment(session, reviewer, "甲研究院")
    factories.added(session, ReviewerProfile(user_id=reviewer.id))
    factories.tie_verdict(session, application, reviewer)
    factories.likeness_verdict(session, factories.likeness(session, intake.id, [application.id]))
    factories.assignment_plan(session, intake, [(application, reviewer)])


def screened(session, application):
    """Let an application have what belongs to stages that it has passed; return its file."""
    stood = {"kind": application.kind, "position": application.position, "status": application.status}
    here = update(Application).where(Application.id == application.id)
    session.execute(here.values(kind=Kind.FILING, position=0, status=Status.RETURNED))
    file = factories.evidence(session, application)
    factories.added(session, EvidenceLink(evidence_id=file.id, binding=Binding.INPUT, key="reused"))
    claim = NotApplicable(filing_id=file.filing_id, indicator="reuse", reason="无此设施")
    factories.added(session, claim)
    session.execute(here.values(kind=Kind.SCREENING, position=2, status=Status.WAITING))
    checker = application.started_by_id
    item = ScreeningItem(
        application_id=application.id, position=2, key="form", held=True, checked_by_id=checker, checked_at=NOON
    )
    factories.added(session, item)
    session.execute(here.values(**stood))
    return file


@pytest.mark.parametrize("what", FORBIDDEN)
def test_it_is_refused(database, rows, what):
    with database.engine.connect() as connection, pytest.raises(DatabaseError) as refusal:
        connection.execute(text(FORBIDDEN[what].format(**rows).replace(":", r"\:")))
    assert isinstance(refusal.value, IntegrityError), refusal.value
    # Not for a column that the statement has forgotten.
    assert not re.search("not null|null value", str(refusal.value.orig), re.IGNORECASE), refusal.value


def test_what_is_allowed_still_goes(database, rows):
    """The refusals above are refusals of what was tried, not of everything."""
    with database.engine.connect() as connection:
        for statement in (
            "UPDATE evidence SET removed_at = uploaded_at WHERE id = {file}",
            "UPDATE application SET status = 'withdrawn' WHERE id = {drafted}",
            "UPDATE award SET status = 'revoked' WHERE id = {award}",
            "UPDATE decision SET status = 'rejected', decided_by_id = {other} WHERE id = {proposed}",
            "UPDATE criteria_version SET status = 'retired' WHERE id = {criteria}",
            "UPDATE review SET status = 'finished', finished_at = started_at WHERE id = {started}",
            "UPDATE assignment SET conflict = 'declared', conflict_reason = 'x', ended_at = assigned_at"
            " WHERE id = {assignment}",
            "UPDATE application SET content_digest = 'x', submitted_by_id = {other} WHERE id = {returned}",
            "UPDATE correction SET closed_at = due_at WHERE id = {correction}",
            "UPDATE role_grant SET ended_at = granted_at WHERE id = {grant}",
            "UPDATE notice SET cleared_at = closes_at WHERE id <> {cleared}",
            "UPDATE round SET version = version + 1 WHERE id = {round}",
            "UPDATE round SET archived_at = closes_at, archived_by_id = {other} WHERE id = {round}",
            "DELETE FROM route_step WHERE id = {free_step}",
            "INSERT INTO mark (review_id, indicator, points, justification, marked_at)"
            " SELECT {free_review}, indicator, '40', justification, marked_at FROM mark WHERE review_id = {finished}",
        ):
            assert connection.execute(text(statement.format(**rows))).rowcount == 1


@pytest.mark.parametrize("table", ["event", "answer", "mark", "evaluation", "award", "round", "reply", "dossier"])
def test_a_table_is_not_emptied_at_a_stroke(database, rows, table):
    if database.engine.dialect.name != "postgresql":
        pytest.skip("a test of postgresql")
    with database.engine.connect() as connection, pytest.raises(IntegrityError, match=f"{table} rows are kept"):
        connection.execute(text(f"TRUNCATE {table} CASCADE"))
