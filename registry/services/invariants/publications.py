"""Notices, lists and awards."""

from registry.services.invariants.shape import Invariant

INVARIANTS = (
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
        " (SELECT 1 FROM objection b WHERE b.notice_id = n.id AND b.status IN ('open', 'proposed')))",
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
        " WHERE (r.id IS NULL) <> (b.status IN ('open', 'proposed')) OR (r.upheld AND b.status <> 'upheld')"
        " OR (NOT r.upheld AND b.status <> 'dismissed')",
    ),
    Invariant(
        "objection_proposed",
        "an objection that is to be upheld has one proposal that waits, and no other has",
        "SELECT b.id FROM objection b WHERE (CASE WHEN b.status = 'proposed' THEN 1 ELSE 0 END) <> (SELECT count(*)"
        " FROM decision d WHERE d.kind = 'removal' AND d.status = 'proposed' AND"
        " CAST(d.content ->> 'objection' AS INTEGER) = b.id)",
    ),
    Invariant(
        "objection_upheld_by_two",
        "an objection is upheld by an approved removal of its own entry, with the words of its answer",
        "SELECT r.id FROM reply r JOIN objection b ON b.id = r.objection_id JOIN decision d ON d.id = r.decision_id"
        " WHERE d.kind <> 'removal' OR d.status <> 'approved' OR d.reason <> r.text"
        " OR CAST(d.content ->> 'objection' AS INTEGER) <> b.id"
        " OR CAST(d.content ->> 'application' AS INTEGER) <> b.application_id",
    ),
    Invariant(
        "objection_upheld_removes",
        "an entry to which an objection is upheld stands on no list any more",
        "SELECT b.id FROM objection b JOIN application a ON a.id = b.application_id WHERE b.status = 'upheld'"
        " AND a.status IN ('selected', 'certified')",
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
)
