"""Rounds and the criteria that they are held by."""

from registry.services.invariants.shape import Invariant

_OF_ARCHIVED = "FROM round r JOIN round_category c ON c.round_id = r.id"

INVARIANTS = (
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
    Invariant(
        "archived_settled",
        "an archived round has no application that moves on, no proposal, no notice that is not concluded and no"
        " objection without an answer",
        f"SELECT a.id {_OF_ARCHIVED} JOIN application a ON a.round_category_id = c.id WHERE r.archived_at IS NOT NULL"
        " AND a.status IN ('due', 'returned', 'waiting', 'selected', 'reserved')"
        f" UNION SELECT d.id {_OF_ARCHIVED} JOIN decision d ON d.round_category_id = c.id WHERE r.archived_at IS NOT"
        " NULL AND d.status = 'proposed' AND d.kind NOT IN ('correction', 'revocation')"
        f" UNION SELECT n.id {_OF_ARCHIVED} JOIN notice n ON n.round_category_id = c.id WHERE r.archived_at IS NOT NULL"
        " AND n.cleared_at IS NULL"
        f" UNION SELECT o.id {_OF_ARCHIVED} JOIN notice n ON n.round_category_id = c.id JOIN objection o"
        " ON o.notice_id = n.id WHERE r.archived_at IS NOT NULL AND o.status IN ('open', 'proposed')",
    ),
    Invariant(
        "archived_by_somebody",
        "a round is archived by somebody, after its intake is over",
        "SELECT id FROM round WHERE (archived_at IS NULL) <> (archived_by_id IS NULL) OR (archived_at IS NOT NULL"
        " AND (status <> 'opened' OR closes_at IS NULL OR archived_at < closes_at))",
    ),
    Invariant(
        "archived_filed",
        "every category of an archived round has its dossier, or a worker is to write it",
        "SELECT c.id FROM round_category c JOIN round r ON r.id = c.round_id LEFT JOIN dossier d"
        " ON d.round_category_id = c.id WHERE r.archived_at IS NOT NULL AND d.id IS NULL AND NOT EXISTS (SELECT 1"
        " FROM task t WHERE t.kind = 'dossier' AND t.subject_id = r.id AND t.state IN ('queued', 'running'))",
    ),
    Invariant(
        "dossier_of_archived",
        "a dossier is of an archived round and was written after it was archived",
        "SELECT d.id FROM dossier d JOIN round_category c ON c.id = d.round_category_id JOIN round r"
        " ON r.id = c.round_id WHERE r.archived_at IS NULL OR d.written_at < r.archived_at",
    ),
)
