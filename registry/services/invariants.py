"""What must always hold in the database, as data: each invariant has the query for the rows that break it.

The queries read on either kind of database. What a query cannot tell, because a digest or a date must be worked out or
the payload of an event read, is in `services.integrity`, which asks them all.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold, and the query for the numbers of the rows where it does not."""

    key: str
    says: str
    query: str


# Each site with the regions in which it lies, that of a city or zone being the region it stands for.
_LIES_IN = (
    "WITH RECURSIVE line (site_id, region_key, level, above) AS (SELECT s.id, g.key, g.level, g.parent_key FROM site s"
    " JOIN region g ON g.key = coalesce(s.for_region_key, s.region_key) UNION ALL"
    " SELECT l.site_id, g.key, g.level, g.parent_key FROM line l JOIN region g ON g.key = l.above) "
)


def _by_region(query: str) -> str:
    """Return a query that may read `line`."""
    return _LIES_IN + query


INVARIANTS = (
    # Applications
    Invariant(
        "application_place",
        "an application's stage is the one at its place of the route",
        "SELECT a.id FROM application a LEFT JOIN route_step s ON s.round_category_id = a.round_category_id"
        " AND s.position = a.position WHERE s.kind IS NULL OR s.kind <> a.kind",
    ),
    Invariant(
        "application_submitted",
        "beyond its filing an application has a time of submission, a receipt and a digest",
        "SELECT id FROM application WHERE (kind <> 'filing' OR status IN ('due', 'returned', 'lapsed'))"
        " AND (submitted_at IS NULL OR receipt IS NULL OR content_digest IS NULL)",
    ),
    Invariant(
        "application_submitted_event",
        "a submission is on record",
        "SELECT a.id FROM application a WHERE a.submitted_at IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM event e WHERE e.application_id = a.id AND e.action = 'submit')",
    ),
    Invariant(
        "application_last_event",
        "an application stands where its last recorded move led",
        "SELECT a.id FROM application a JOIN event e ON e.seq = (SELECT max(m.seq) FROM event m WHERE"
        " m.application_id = a.id AND m.subject = 'application' AND m.after LIKE '%.%')"
        " WHERE e.after <> a.kind || '.' || a.status",
    ),
    Invariant(
        "application_once",
        "a site has one live application in a round category",
        "SELECT min(id) FROM application WHERE status NOT IN ('withdrawn', 'lapsed', 'declined', 'refused', 'barred',"
        " 'failed', 'excluded', 'unselected') GROUP BY round_category_id, site_id HAVING count(*) > 1",
    ),
    Invariant(
        "application_status_at_stage",
        "an application's status is one that its stage has",
        "SELECT id FROM application WHERE (status IN ('drafted', 'due', 'returned', 'lapsed') AND kind <> 'filing')"
        " OR (status = 'drafted' AND position <> 0) OR (status = 'due' AND position = 0)"
        " OR (status = 'selected' AND kind NOT IN ('notice', 'publication', 'certificate'))"
        " OR (status = 'certified' AND kind <> 'certificate') OR (status = 'reserved' AND kind <> 'deliberation')"
        " OR (status = 'waiting' AND kind IN ('filing', 'notice', 'publication', 'certificate'))",
    ),
    Invariant(
        "application_filing",
        "an application has one current filing, the last that its route asked for, and all for its own site",
        "SELECT a.id FROM application a WHERE 1 <> (SELECT count(*) FROM filing f"
        " WHERE f.application_id = a.id AND f.current AND f.position = (SELECT max(p.position) FROM route_step p"
        " WHERE p.round_category_id = a.round_category_id AND p.kind = 'filing' AND p.position <= a.position))"
        " OR EXISTS (SELECT 1 FROM filing f WHERE f.application_id = a.id AND f.site_id <> a.site_id)",
    ),
    Invariant(
        "filing_kind_of_step",
        "a filing is what its stage of the route asks for, and an earlier one was handed in",
        "SELECT f.id FROM filing f JOIN application a ON a.id = f.application_id"
        " LEFT JOIN route_step p ON p.round_category_id = a.round_category_id AND p.position = f.position"
        " WHERE p.kind IS NULL OR p.kind <> 'filing' OR f.kind <> coalesce(p.filing, 'application')"
        " OR (NOT f.current AND f.submitted_at IS NULL)",
    ),
    Invariant(
        "site_region_programme",
        "whoever applies lies in the region of the programme",
        _by_region(
            "SELECT a.id FROM application a JOIN round_category c ON c.id = a.round_category_id"
            " JOIN round r ON r.id = c.round_id JOIN programme o ON o.id = r.programme_id"
            " JOIN region g ON g.key = o.region_key WHERE g.level <> 'country' AND NOT EXISTS"
            " (SELECT 1 FROM line l WHERE l.site_id = a.site_id AND l.region_key = o.region_key)"
        ),
    ),
    Invariant(
        "application_returned",
        "an application is returned exactly while a correction is open",
        "SELECT a.id FROM application a WHERE (a.status = 'returned') <> EXISTS"
        " (SELECT 1 FROM correction c WHERE c.application_id = a.id AND c.closed_at IS NULL)",
    ),
    Invariant(
        "application_organisation",
        "nothing is selected of an organisation that was refused",
        "SELECT a.id FROM application a JOIN organisation o ON o.id = a.organisation_id"
        " WHERE o.status = 'refused' AND a.status IN ('selected', 'certified')",
    ),
    Invariant(
        "answer_revision",
        "no answer is newer than its filing",
        "SELECT n.id FROM answer n JOIN filing f ON f.id = n.filing_id WHERE n.revision > f.revision",
    ),
    Invariant(
        "answer_in_time",
        "no answer is newer than the submission of its filing, but for those given in a correction of it",
        "SELECT n.id FROM answer n JOIN filing f ON f.id = n.filing_id WHERE n.saved_at > f.submitted_at AND NOT EXISTS"
        " (SELECT 1 FROM correction c WHERE c.application_id = f.application_id AND c.from_position > f.position"
        " AND n.saved_at >= c.returned_at AND (c.closed_at IS NULL OR n.saved_at <= c.closed_at))",
    ),
    Invariant(
        "verification_revision",
        "no value is verified of a revision that was never saved",
        "SELECT v.id FROM verification v JOIN filing f ON f.id = v.filing_id WHERE v.answer_revision > f.revision",
    ),
    Invariant(
        "evidence_replaced",
        "a file replaces one of the same filing",
        "SELECT n.id FROM evidence n JOIN evidence o ON o.id = n.replaces_id WHERE o.filing_id <> n.filing_id",
    ),
    # Recommendation, screening, review
    Invariant(
        "recommendation_stage",
        "a recommendation stands at a stage of recommendation",
        "SELECT r.id FROM recommendation r JOIN application a ON a.id = r.application_id"
        " LEFT JOIN route_step s ON s.round_category_id = a.round_category_id AND s.position = r.position"
        " WHERE s.kind IS NULL OR s.kind <> 'recommendation'",
    ),
    Invariant(
        "recommendation_passed",
        "what stands behind a recommendation was recommended there, unless the site lies in no region of that level",
        _by_region(
            "SELECT DISTINCT a.id FROM application a JOIN route_step p"
            " ON p.round_category_id = a.round_category_id AND p.kind = 'recommendation' AND p.position < a.position"
            " WHERE (p.level IS NULL OR EXISTS"
            " (SELECT 1 FROM line l WHERE l.site_id = a.site_id AND l.level = p.level)) AND NOT EXISTS (SELECT 1"
            " FROM recommendation r WHERE r.application_id = a.id AND r.position = p.position AND r.in_favour)"
        ),
    ),
    Invariant(
        "recommendation_quota_kept",
        "no bureau recommends more than its limit; one set for its region stands before that of its level",
        "SELECT q.id FROM quota q WHERE q.purpose = 'recommend' AND EXISTS (SELECT 1 FROM recommendation r"
        " JOIN application a ON a.id = r.application_id JOIN round_category c ON c.id = a.round_category_id"
        " WHERE c.round_id = q.round_id AND (q.category_id IS NULL OR c.category_id = q.category_id)"
        " AND r.in_favour AND a.status <> 'withdrawn' AND (r.region_key = q.region_key"
        " OR (q.region_key IS NULL AND r.level = q.level AND NOT EXISTS (SELECT 1 FROM quota o"
        " WHERE o.round_id = q.round_id AND o.purpose = 'recommend' AND o.region_key = r.region_key"
        " AND coalesce(o.category_id, 0) = coalesce(q.category_id, 0))))"
        " GROUP BY r.region_key HAVING count(DISTINCT a.id) > q.number)",
    ),
    Invariant(
        "recommendation_rank_once",
        "a bureau gives a rank to one application of a category",
        "SELECT min(r.id) FROM recommendation r JOIN application a ON a.id = r.application_id"
        " WHERE r.rank IS NOT NULL AND a.status <> 'withdrawn' GROUP BY a.round_category_id, r.region_key, r.rank"
        " HAVING count(DISTINCT a.id) > 1",
    ),
    Invariant(
        "recommendation_declined",
        "what was declined has an unfavourable opinion",
        "SELECT a.id FROM application a WHERE a.status = 'declined' AND NOT EXISTS"
        " (SELECT 1 FROM recommendation r WHERE r.application_id = a.id AND NOT r.in_favour)",
    ),
    Invariant(
        "screening_explained",
        "what stands behind the screening holds in every point, or a note says why not",
        "SELECT i.id FROM screening_item i JOIN application a ON a.id = i.application_id"
        " WHERE EXISTS (SELECT 1 FROM route_step p"
        " WHERE p.round_category_id = a.round_category_id AND p.kind = 'screening' AND p.position < a.position)"
        " AND NOT i.held AND i.note = ''",
    ),
    Invariant(
        "reviewer_granted",
        "whoever reviews was granted the role",
        "SELECT s.id FROM assignment s WHERE NOT EXISTS"
        " (SELECT 1 FROM role_grant g WHERE g.user_id = s.reviewer_id AND g.role = 'reviewer')",
    ),
    Invariant(
        "reviewer_no_applicant",
        "nobody reviews the application of an organisation in which they have a seat",
        "SELECT s.id FROM assignment s JOIN application a ON a.id = s.application_id JOIN membership m"
        " ON m.user_id = s.reviewer_id AND m.organisation_id = a.organisation_id AND m.status = 'active'"
        " WHERE s.ended_at IS NULL AND s.conflict = 'none'",
    ),
    Invariant(
        "review_finished",
        "a finished review has marks and a time, an unfinished one no time",
        "SELECT r.id FROM review r WHERE (r.status = 'finished') <> (r.finished_at IS NOT NULL)"
        " OR (r.status = 'finished' AND NOT EXISTS (SELECT 1 FROM mark m WHERE m.review_id = r.id))",
    ),
    Invariant(
        "mark_in_time",
        "no mark is given after the review was finished",
        "SELECT m.id FROM mark m JOIN review r ON r.id = m.review_id WHERE m.marked_at > r.finished_at",
    ),
    Invariant(
        "evaluation_kept",
        "what stands behind the scoring has its figures kept",
        "SELECT a.id FROM application a WHERE EXISTS (SELECT 1 FROM route_step p"
        " WHERE p.round_category_id = a.round_category_id AND p.kind = 'scoring' AND p.position < a.position)"
        " AND NOT EXISTS"
        " (SELECT 1 FROM evaluation v JOIN filing f ON f.id = v.filing_id WHERE f.application_id = a.id)",
    ),
    Invariant(
        "evaluation_criteria",
        "figures are worked out by the pinned criteria",
        "SELECT v.id FROM evaluation v JOIN filing f ON f.id = v.filing_id"
        " JOIN application a ON a.id = f.application_id"
        " JOIN round_category c ON c.id = a.round_category_id"
        " WHERE c.pinned_digest IS NOT NULL AND c.pinned_digest <> v.criteria_digest",
    ),
    Invariant(
        "visit_passed",
        "what stands behind a site visit has a concluded one there",
        "SELECT a.id FROM application a JOIN route_step s ON s.round_category_id = a.round_category_id"
        " AND s.kind = 'site_visit' AND s.position < a.position WHERE NOT EXISTS"
        " (SELECT 1 FROM site_visit v WHERE v.application_id = a.id AND v.position = s.position"
        " AND v.concluded_at IS NOT NULL)",
    ),
    Invariant(
        "visit_at_its_stage",
        "a visit is recorded at a stage of the route that is one",
        "SELECT v.id FROM site_visit v JOIN application a ON a.id = v.application_id"
        " LEFT JOIN route_step s ON s.round_category_id = a.round_category_id AND s.position = v.position"
        " WHERE s.kind IS NULL OR s.kind <> 'site_visit'",
    ),
    Invariant(
        "visit_verification",
        "a visit establishes values of its own application, at its own stage",
        "SELECT n.id FROM verification n JOIN filing f ON f.id = n.filing_id"
        " LEFT JOIN site_visit v ON v.id = n.visit_id"
        " WHERE (n.stage = 'site_visit') <> (n.visit_id IS NOT NULL) OR v.application_id <> f.application_id",
    ),
    Invariant(
        "visit_photo_in_time",
        "no photograph is added or taken away after the visit was concluded",
        "SELECT p.id FROM visit_photo p JOIN site_visit v ON v.id = p.visit_id"
        " WHERE p.added_at > v.concluded_at OR p.removed_at > v.concluded_at",
    ),
    # Rounds and criteria
    Invariant(
        "criteria_four_eyes",
        "criteria are approved by somebody else than who prepared them",
        "SELECT id FROM criteria_version WHERE approved_by_id = prepared_by_id"
        " OR (status <> 'draft' AND approved_by_id IS NULL)",
    ),
    Invariant(
        "criteria_pinned",
        "every category of an open round has its criteria pinned, none of them a draft",
        "SELECT c.id FROM round_category c JOIN round r ON r.id = c.round_id"
        " JOIN criteria_version v ON v.id = c.criteria_version_id"
        " WHERE r.status = 'opened' AND (c.pinned_digest IS NULL OR c.pinned_content IS NULL OR v.status = 'draft')",
    ),
    Invariant(
        "factors_pinned",
        "every category of an open round has its factors pinned",
        "SELECT c.id FROM round_category c JOIN round r ON r.id = c.round_id WHERE r.status = 'opened'"
        " AND (c.pinned_factors IS NULL OR CAST(c.pinned_factors AS TEXT) = 'null')",
    ),
    Invariant(
        "round_category_programme",
        "a round and its quotas have categories of the round's own programme",
        "SELECT r.id FROM round r JOIN round_category c ON c.round_id = r.id JOIN category k ON k.id = c.category_id"
        " WHERE k.programme_id <> r.programme_id UNION SELECT r.id FROM round r JOIN quota q ON q.round_id = r.id"
        " JOIN category k ON k.id = q.category_id WHERE k.programme_id <> r.programme_id",
    ),
    Invariant(
        "route_whole",
        "the route of an open round begins with a filing and has no gap, and every filing says what is filed",
        "SELECT c.id FROM round_category c JOIN round r ON r.id = c.round_id"
        " LEFT JOIN route_step s ON s.round_category_id = c.id WHERE r.status = 'opened' GROUP BY c.id"
        " HAVING count(s.id) = 0 OR max(s.position) + 1 <> count(s.id)"
        " OR sum(CASE WHEN s.position = 0 AND s.kind = 'filing' THEN 1 ELSE 0 END) <> 1"
        " OR sum(CASE WHEN (s.kind = 'filing') <> (s.filing IS NOT NULL) THEN 1 ELSE 0 END) > 0",
    ),
    # Decisions
    Invariant(
        "decision_four_eyes",
        "a decision is taken by somebody else than who proposed it",
        "SELECT id FROM decision WHERE decided_by_id = proposed_by_id"
        " OR (status = 'proposed') <> (decided_by_id IS NULL)",
    ),
    Invariant(
        "decision_bound",
        "what was approved is what was proposed",
        "SELECT id FROM decision WHERE status = 'approved' AND (decided_digest IS NULL OR decided_digest <> digest)",
    ),
    Invariant(
        "decision_in_order",
        "nothing is decided before it is proposed",
        "SELECT id FROM decision WHERE decided_at < proposed_at",
    ),
    Invariant(
        "outcome_of_selection",
        "an outcome belongs to a selection in its application's own round category",
        "SELECT o.id FROM outcome o JOIN decision d ON d.id = o.decision_id"
        " JOIN application a ON a.id = o.application_id"
        " WHERE d.kind <> 'selection' OR d.round_category_id IS NULL OR d.round_category_id <> a.round_category_id",
    ),
    Invariant(
        "outcome_approved",
        "nobody is selected, reserved, passed over or excluded without an approved decision",
        "SELECT a.id FROM application a WHERE a.status IN ('selected', 'certified', 'reserved', 'unselected',"
        " 'excluded', 'removed') AND NOT EXISTS (SELECT 1 FROM outcome o JOIN decision d"
        " ON d.id = o.decision_id WHERE o.application_id = a.id AND d.status = 'approved' AND d.kind = 'selection')",
    ),
    Invariant(
        "outcome_carried_out",
        "whoever an approved decision selected is selected, unless it was removed, withdrew or was terminated since",
        "SELECT a.id FROM application a"
        " WHERE a.status NOT IN ('selected', 'certified', 'removed', 'withdrawn', 'terminated')"
        " AND EXISTS (SELECT 1 FROM outcome o JOIN decision d"
        " ON d.id = o.decision_id WHERE o.application_id = a.id AND d.status = 'approved'"
        " AND d.kind = 'selection' AND o.result = 'selected')",
    ),
    Invariant(
        "outcome_reserved",
        "whoever stands in reserve was given a place in its order and a last day",
        "SELECT a.id FROM application a WHERE a.status = 'reserved' AND NOT EXISTS"
        " (SELECT 1 FROM outcome o WHERE o.application_id = a.id AND o.reserve_order IS NOT NULL)",
    ),
    Invariant(
        "outcome_selected_once",
        "an application is selected once",
        "SELECT o.application_id FROM outcome o JOIN decision d ON d.id = o.decision_id"
        " WHERE d.status = 'approved' AND o.result = 'selected' GROUP BY o.application_id HAVING count(*) > 1",
    ),
    Invariant(
        "quota_kept",
        "no more are selected of a category than it has places, those assigned from the pool among them",
        "SELECT q.id FROM quota q WHERE q.purpose = 'award' AND q.number + (SELECT coalesce(sum(g.number), 0)"
        " FROM pool_grant g JOIN quota p ON p.id = g.quota_id WHERE p.round_id = q.round_id"
        " AND g.category_id = q.category_id) <"
        " (SELECT count(*) FROM application a JOIN round_category c ON c.id = a.round_category_id"
        " WHERE c.round_id = q.round_id AND c.category_id = q.category_id AND a.status IN ('selected', 'certified'))",
    ),
    Invariant(
        "total_kept",
        "no more are selected in a round than it has places in all",
        "SELECT q.id FROM quota q WHERE q.purpose = 'total' AND q.number < (SELECT count(*) FROM application a"
        " JOIN round_category c ON c.id = a.round_category_id WHERE c.round_id = q.round_id"
        " AND a.status IN ('selected', 'certified'))",
    ),
    Invariant(
        "pool_kept",
        "no more is assigned from a pool than it holds",
        "SELECT q.id FROM quota q WHERE (q.purpose <> 'pool' AND EXISTS"
        " (SELECT 1 FROM pool_grant g WHERE g.quota_id = q.id))"
        " OR q.number < (SELECT coalesce(sum(g.number), 0) FROM pool_grant g WHERE g.quota_id = q.id)",
    ),
    Invariant(
        "pool_granted",
        "a place of the pool is assigned by an approved decision",
        "SELECT g.id FROM pool_grant g JOIN decision d ON d.id = g.decision_id"
        " WHERE d.kind <> 'pool' OR d.status <> 'approved'",
    ),
    Invariant(
        "meeting_of_category",
        "a meeting speaks of applications of its own round category, and replaces an earlier record of it",
        "SELECT o.meeting_id FROM meeting_opinion o JOIN meeting m ON m.id = o.meeting_id"
        " JOIN application a ON a.id = o.application_id WHERE a.round_category_id <> m.round_category_id"
        " UNION SELECT m.id FROM meeting m JOIN meeting e ON e.id = m.replaces_id"
        " WHERE e.round_category_id <> m.round_category_id OR e.id >= m.id",
    ),
    Invariant(
        "meeting_votes",
        "where a meeting voted every opinion has its votes and agrees with them, elsewhere none has any",
        "SELECT o.id FROM meeting_opinion o JOIN meeting m ON m.id = o.meeting_id"
        " WHERE (m.method = 'vote' AND (o.in_favour IS NULL OR o.against IS NULL OR o.abstained IS NULL"
        " OR o.supported <> (o.in_favour > o.against)))"
        " OR (m.method <> 'vote' AND (o.in_favour IS NOT NULL OR o.against IS NOT NULL OR o.abstained IS NOT NULL))",
    ),
    Invariant(
        "not_supported_not_selected",
        "nobody is selected against the latest word of a meeting",
        "SELECT a.id FROM application a JOIN meeting_opinion o ON o.application_id = a.id"
        " WHERE a.status IN ('selected', 'certified') AND NOT o.supported AND o.meeting_id ="
        " (SELECT max(n.meeting_id) FROM meeting_opinion n WHERE n.application_id = a.id AND NOT EXISTS"
        " (SELECT 1 FROM meeting e WHERE e.replaces_id = n.meeting_id))",
    ),
    # Notices and publications
    Invariant(
        "notice_of_decision",
        "a notice announces an approved selection of its own round category",
        "SELECT n.id FROM notice n JOIN decision d ON d.id = n.decision_id WHERE d.status <> 'approved'"
        " OR d.kind <> 'selection' OR d.round_category_id <> n.round_category_id",
    ),
    Invariant(
        "notice_approved",
        "a notice opens by an approved decision of its own round category, at a notice of the route",
        "SELECT n.id FROM notice n LEFT JOIN decision d ON d.id = n.approval_id"
        " LEFT JOIN route_step s ON s.round_category_id = n.round_category_id AND s.position = n.position"
        " WHERE s.kind IS NULL OR s.kind <> 'notice' OR (n.approval_id IS NOT NULL"
        " AND (d.status <> 'approved' OR d.kind <> 'notice' OR d.round_category_id <> n.round_category_id))",
    ),
    Invariant(
        "notice_in_order",
        "a later notice of a selection opens after the one before has ended",
        "SELECT n.id FROM notice n JOIN notice e ON e.decision_id = n.decision_id AND e.position < n.position"
        " WHERE e.cleared_at IS NULL OR n.opens_at < e.cleared_at",
    ),
    Invariant(
        "notice_cleared",
        "a notice ends after its last day and with every objection answered",
        "SELECT n.id FROM notice n WHERE n.cleared_at IS NOT NULL AND (n.cleared_at < n.closes_at OR EXISTS"
        " (SELECT 1 FROM objection b WHERE b.notice_id = n.id AND b.status = 'open'))",
    ),
    Invariant(
        "notice_passed",
        "what stands behind a notice of its route was on one there that has ended",
        "SELECT DISTINCT a.id FROM application a JOIN route_step s ON s.round_category_id = a.round_category_id"
        " AND s.kind = 'notice' AND s.position < a.position WHERE NOT EXISTS"
        " (SELECT 1 FROM outcome o JOIN notice n ON n.decision_id = o.decision_id WHERE o.application_id = a.id"
        " AND o.result = 'selected' AND n.position = s.position AND n.cleared_at IS NOT NULL)",
    ),
    Invariant(
        "objection_in_time",
        "an objection is raised while the notice is open, against one who is on it",
        "SELECT b.id FROM objection b JOIN notice n ON n.id = b.notice_id WHERE b.raised_at < n.opens_at"
        " OR b.raised_at > n.closes_at OR NOT EXISTS (SELECT 1 FROM outcome o WHERE o.decision_id = n.decision_id"
        " AND o.application_id = b.application_id AND o.result = 'selected')",
    ),
    Invariant(
        "objection_answered",
        "an objection's standing is that of its reply, and open without one",
        "SELECT b.id FROM objection b LEFT JOIN reply r ON r.objection_id = b.id"
        " WHERE (r.id IS NULL) <> (b.status = 'open') OR (r.upheld AND b.status <> 'upheld')"
        " OR (NOT r.upheld AND b.status <> 'dismissed')",
    ),
    Invariant(
        "publication_of_decision",
        "a list is published by an approved decision, and in the place of another by that of a correction",
        "SELECT p.id FROM publication p JOIN decision d ON d.id = p.decision_id"
        " WHERE d.status <> 'approved' OR d.round_category_id <> p.round_category_id"
        " OR d.kind <> CASE WHEN p.replaces_id IS NULL THEN 'publication' ELSE 'correction' END",
    ),
    Invariant(
        "publication_corrected",
        "a correction has the entries of the list that it replaces, one for one",
        "SELECT p.id FROM publication p JOIN publication e ON e.id = p.replaces_id"
        " WHERE p.round_category_id <> e.round_category_id"
        " OR (SELECT count(*) FROM entry n WHERE n.publication_id = p.id)"
        " <> (SELECT count(*) FROM entry m WHERE m.publication_id = e.id)"
        " OR EXISTS (SELECT 1 FROM entry n WHERE n.publication_id = p.id AND NOT EXISTS"
        " (SELECT 1 FROM entry m WHERE m.publication_id = e.id AND m.position = n.position"
        " AND coalesce(m.application_id, 0) = coalesce(n.application_id, 0)))",
    ),
    Invariant(
        "entry_once",
        "an application stands on one list that no correction has replaced",
        "SELECT n.application_id FROM entry n WHERE n.application_id IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM publication p WHERE p.replaces_id = n.publication_id)"
        " GROUP BY n.application_id HAVING count(*) > 1",
    ),
    Invariant(
        "entry_selected",
        "whoever stands on a published list was selected",
        "SELECT n.id FROM entry n JOIN application a ON a.id = n.application_id"
        " WHERE NOT EXISTS (SELECT 1 FROM outcome o JOIN decision d"
        " ON d.id = o.decision_id WHERE o.application_id = a.id AND d.status = 'approved'"
        " AND d.kind = 'selection' AND o.result = 'selected')",
    ),
    Invariant(
        "entry_published",
        "whoever may have a certificate stands on a published list",
        "SELECT a.id FROM application a WHERE a.kind = 'certificate' AND NOT EXISTS"
        " (SELECT 1 FROM entry n WHERE n.application_id = a.id)",
    ),
    # Awards
    Invariant(
        "award_certified",
        "there is an award exactly for what is certified",
        "SELECT a.id FROM application a LEFT JOIN award w ON w.application_id = a.id"
        " WHERE (a.status = 'certified') <> (w.id IS NOT NULL)",
    ),
    Invariant(
        "award_issue_event",
        "an award's issue is on record",
        "SELECT w.id FROM award w WHERE NOT EXISTS"
        " (SELECT 1 FROM event e WHERE e.application_id = w.application_id AND e.action = 'issue')",
    ),
    Invariant(
        "award_numbers",
        "the numbers of a programme and year run from one to the last without a gap",
        "SELECT s.programme_id FROM number_series s LEFT JOIN award w ON w.programme_id = s.programme_id"
        " AND w.year = s.year GROUP BY s.programme_id, s.year, s.last"
        " HAVING count(w.id) <> s.last OR coalesce(max(w.serial), 0) <> s.last",
    ),
    Invariant(
        "award_series",
        "an award's number is from a series",
        "SELECT w.id FROM award w WHERE NOT EXISTS"
        " (SELECT 1 FROM number_series s WHERE s.programme_id = w.programme_id AND s.year = w.year)",
    ),
    Invariant(
        "award_of_application",
        "an award names the site, organisation and category that applied",
        "SELECT w.id FROM award w JOIN application a ON a.id = w.application_id"
        " JOIN round_category c ON c.id = a.round_category_id WHERE w.site_id <> a.site_id"
        " OR w.category_id <> c.category_id OR coalesce(w.organisation_id, 0) <> coalesce(a.organisation_id, 0)",
    ),
    Invariant(
        "award_certificate",
        "an award has a certificate, its editions counted from one",
        "SELECT w.id FROM award w LEFT JOIN certificate c ON c.award_id = w.id GROUP BY w.id"
        " HAVING count(c.id) = 0 OR max(c.edition) <> count(c.id)",
    ),
    Invariant(
        "award_revoked",
        "an award is revoked exactly by an approved decision",
        "SELECT w.id FROM award w WHERE (w.status = 'revoked') <> EXISTS (SELECT 1 FROM decision d"
        " WHERE d.award_id = w.id AND d.kind = 'revocation' AND d.status = 'approved')",
    ),
    Invariant(
        "award_last_event",
        "an award stands as its last change says",
        "SELECT w.id FROM award w LEFT JOIN award_event e ON e.id ="
        " (SELECT max(m.id) FROM award_event m WHERE m.award_id = w.id) WHERE e.id IS NULL OR e.after <> w.status",
    ),
    # People and the portal itself
    Invariant(
        "account_open",
        "an open account has a password, a closed one no session",
        "SELECT u.id FROM user_account u WHERE (u.status = 'active' AND u.password_hash IS NULL)"
        " OR (u.status = 'disabled' AND EXISTS"
        " (SELECT 1 FROM sign_in s WHERE s.user_id = u.id AND s.ended_at IS NULL))",
    ),
    Invariant(
        "grant_by_another",
        "nobody grants a role to themselves, and a recommender has a region",
        "SELECT id FROM role_grant WHERE granted_by_id = user_id OR (role = 'recommender') <> (region_key IS NOT NULL)",
    ),
    Invariant(
        "credit_code_once",
        "one confirmed organisation holds a credit code",
        "SELECT min(id) FROM organisation WHERE status = 'confirmed' GROUP BY credit_code HAVING count(*) > 1",
    ),
    Invariant(
        "message_sent",
        "a message has a time of sending exactly when it was sent",
        "SELECT id FROM message WHERE (status = 'sent') <> (sent_at IS NOT NULL)",
    ),
    Invariant(
        "task_done",
        "long work that is done has its file and all its units",
        "SELECT id FROM task WHERE (state = 'done') <> (sha256 IS NOT NULL) OR (sha256 IS NULL) <> (size IS NULL)"
        " OR done > total OR (state = 'done' AND done <> total)",
    ),
    Invariant(
        "task_leased",
        "long work that is under way, and no other, is some worker's until a time",
        "SELECT id FROM task WHERE (state = 'running') <> (owner IS NOT NULL)"
        " OR (state = 'running') <> (leased_until IS NOT NULL)",
    ),
    Invariant(
        "task_ended",
        "long work that is over has a time of its end, is kept for a while, and says why where it failed",
        "SELECT id FROM task WHERE (state IN ('queued', 'running')) <> (ended_at IS NULL)"
        " OR (ended_at IS NULL) <> (kept_until IS NULL) OR (state = 'failed') <> (failure IS NOT NULL)",
    ),
    Invariant(
        "task_once",
        "the same long work is unfinished once, and of one person at most three",
        "SELECT min(id) FROM task WHERE state IN ('queued', 'running') GROUP BY key HAVING count(*) > 1"
        " UNION SELECT min(id) FROM task WHERE state IN ('queued', 'running') AND asked_by_id IS NOT NULL"
        " GROUP BY asked_by_id HAVING count(*) > 3",
    ),
    Invariant(
        "clock_moved",
        "the clock is moved in a demonstration only, and the portal has its one row",
        "SELECT id FROM portal WHERE clock_ahead < 0 OR (clock_ahead > 0 AND NOT demo)"
        " UNION SELECT 0 WHERE (SELECT count(*) FROM portal) <> 1",
    ),
    Invariant(
        "chain_head",
        "the chain of events ends where its head says",
        "SELECT h.seq FROM chain_head h WHERE h.seq <> (SELECT coalesce(max(seq), 0) FROM event)"
        " OR (h.seq > 0 AND NOT EXISTS (SELECT 1 FROM event e WHERE e.seq = h.seq AND e.digest = h.digest))"
        " UNION SELECT 0 WHERE (SELECT count(*) FROM chain_head) <> 1",
    ),
)
