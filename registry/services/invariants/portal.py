"""People and the portal itself."""

from registry.services.invariants.shape import Invariant

INVARIANTS = (
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
