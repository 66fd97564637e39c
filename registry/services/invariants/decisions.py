"""Decisions: four eyes, places and meetings."""

from registry.services.invariants.shape import Invariant

INVARIANTS = (
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
)
