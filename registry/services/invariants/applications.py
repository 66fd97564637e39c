"""Applications: where they stand, what was filed, and when."""

from registry.services.invariants.shape import Invariant, by_region

INVARIANTS = (
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
        by_region(
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
)
