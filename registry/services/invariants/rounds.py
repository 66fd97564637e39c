"""Rounds and the criteria that they are held by."""

from registry.services.invariants.shape import Invariant

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
)
