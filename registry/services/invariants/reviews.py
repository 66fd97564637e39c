"""Recommendation, screening, review, scores and site visits."""

from registry.services.invariants.shape import Invariant, by_region

INVARIANTS = (
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
        by_region(
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
        " AND (i.held IS NULL OR NOT i.held) AND i.note = ''",
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
        "reviewer_no_employee",
        "nobody reviews the application of an organisation for which they say they work, known by its code",
        "SELECT s.id FROM assignment s JOIN application a ON a.id = s.application_id"
        " JOIN organisation o ON o.id = a.organisation_id"
        " JOIN employment e ON e.user_id = s.reviewer_id AND e.credit_code = o.credit_code"
        " WHERE s.ended_at IS NULL AND s.conflict IN ('none', 'cleared') AND a.kind = 'review'"
        " AND e.until IS NULL AND e.removed_at IS NULL",
    ),
    Invariant(
        "evaluator_named",
        "the third party that evaluated has a name where anything is said of it",
        "SELECT a.id FROM application a"
        " WHERE a.evaluator = '' AND (a.evaluator_code <> '' OR a.evaluator_representative <> '')",
    ),
    Invariant(
        "likeness_of_several",
        "a likeness concerns applications, one of its own round among them",
        "SELECT l.id FROM likeness_finding l WHERE NOT EXISTS (SELECT 1 FROM likeness_party p"
        " JOIN application a ON a.id = p.application_id JOIN round_category c ON c.id = a.round_category_id"
        " WHERE p.finding_id = l.id AND c.round_id = l.round_id)",
    ),
    Invariant(
        "likeness_verdict_of_finding",
        "a verdict on a likeness has the fingerprint of what was judged",
        "SELECT v.id FROM likeness_verdict v JOIN likeness_finding l ON l.id = v.finding_id"
        " WHERE v.fingerprint <> l.fingerprint",
    ),
    Invariant(
        "tie_judged_by_another",
        "nobody judges one's own ties",
        "SELECT v.id FROM tie_verdict v WHERE v.judged_by_id = v.user_id",
    ),
    Invariant(
        "plan_in_effect",
        "whoever a plan in effect gives to an application was assigned to it when it came into effect",
        "SELECT DISTINCT p.id FROM assignment_plan p JOIN planned_pair o ON o.plan_id = p.id"
        " WHERE p.state = 'committed' AND NOT EXISTS (SELECT 1 FROM assignment s"
        " WHERE s.application_id = o.application_id AND s.reviewer_id = o.reviewer_id AND s.assigned_at = p.ended_at)",
    ),
    Invariant(
        "review_finished",
        "a finished review has marks and a time and no draft, an unfinished one no time",
        "SELECT r.id FROM review r WHERE (r.status = 'finished') <> (r.finished_at IS NOT NULL)"
        " OR (r.status = 'finished' AND CAST(r.draft AS TEXT) <> '{}')"
        " OR (r.status = 'finished' AND NOT EXISTS (SELECT 1 FROM mark m WHERE m.review_id = r.id))",
    ),
    Invariant(
        "mark_in_time",
        "no mark is given after the review was finished, unless it says why",
        "SELECT m.id FROM mark m JOIN review r ON r.id = m.review_id WHERE (m.marked_at > r.finished_at"
        " AND m.reason = '') OR (m.reason <> '' AND (r.finished_at IS NULL OR m.marked_at < r.finished_at))",
    ),
    Invariant(
        "mark_changed_of_one",
        "a mark that was changed has one before it with which the review was finished",
        "SELECT m.id FROM mark m WHERE m.reason <> '' AND NOT EXISTS (SELECT 1 FROM mark b"
        " WHERE b.review_id = m.review_id AND b.indicator = m.indicator AND b.id < m.id AND b.reason = '')",
    ),
    Invariant(
        "remark_of_its_application",
        "a remark of a reviewer is made by the reviewer of that application, who had finished by then",
        "SELECT k.id FROM review_remark k JOIN assignment s ON s.id = k.assignment_id"
        " LEFT JOIN review r ON r.assignment_id = s.id WHERE s.application_id <> k.application_id"
        " OR s.reviewer_id <> k.made_by_id OR r.finished_at IS NULL OR r.finished_at > k.made_at",
    ),
    Invariant(
        "declined_unfinished",
        "whoever declined had not finished, and the assignment ended with it",
        "SELECT s.id FROM assignment s LEFT JOIN review r ON r.assignment_id = s.id"
        " WHERE s.declined_at IS NOT NULL AND (s.ended_at IS NULL OR r.finished_at IS NOT NULL)",
    ),
    Invariant(
        "invitation_to_its_reviewer",
        "the message about an assignment went to its reviewer",
        "SELECT s.id FROM assignment s JOIN message m ON m.id = s.message_id WHERE m.user_id <> s.reviewer_id",
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
    Invariant(
        "blind_copy_in_blind_round",
        "copies without names and words on files belong to applications whose review is blind",
        "SELECT e.id FROM evidence e JOIN filing f ON f.id = e.filing_id JOIN application a ON a.id = f.application_id"
        " WHERE (e.variant = 'blind' OR EXISTS (SELECT 1 FROM blind_ruling b WHERE b.evidence_id = e.id))"
        " AND NOT EXISTS (SELECT 1 FROM route_step s WHERE s.round_category_id = a.round_category_id"
        " AND s.kind = 'review' AND CAST(s.parameters AS TEXT) LIKE '%\"blind\": 1%')",
    ),
)
