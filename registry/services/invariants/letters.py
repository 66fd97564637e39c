"""Letters: nobody is sent what was not released, and no two that wait contradict each other."""

from registry.services.invariants.shape import Invariant

INVARIANTS = (
    Invariant(
        "letter_sent",
        "nobody has a message of a letter that was not sent, and nobody two of the same letter",
        "SELECT m.id FROM message m JOIN letter l ON l.id = m.letter_id"
        " WHERE l.state <> 'sent' OR m.queued_at < l.settled_at"
        " UNION SELECT min(m.id) FROM message m WHERE m.letter_id IS NOT NULL"
        " GROUP BY m.letter_id, m.user_id HAVING count(*) > 1",
    ),
    Invariant(
        "letter_released",
        "a letter is released by somebody else than who wrote it, and what became of it has its time",
        "SELECT id FROM letter WHERE (state = 'sent' AND settled_by_id = written_by_id)"
        " OR (state = 'waiting') <> (settled_at IS NULL) OR settled_at < written_at",
    ),
    Invariant(
        "letter_waits_alone",
        "of an application one letter waits at most, and none that tells an outcome was sent after it was written",
        "SELECT min(id) FROM letter WHERE state = 'waiting' GROUP BY application_id HAVING count(*) > 1"
        " UNION SELECT w.id FROM letter w JOIN letter l ON l.application_id = w.application_id AND l.id > w.id"
        " WHERE w.state = 'waiting' AND l.kind <> 'filing_due'",
    ),
    Invariant(
        "letter_withdrawn",
        "a letter that was withdrawn is followed by another about the same application: anew, of the same kind, where"
        " there is a reason",
        "SELECT w.id FROM letter w LEFT JOIN letter l ON l.instead_of_id = w.id"
        " WHERE w.state = 'withdrawn' AND (l.id IS NULL OR l.application_id <> w.application_id"
        " OR (w.reason <> '' AND l.kind <> w.kind))"
        " UNION SELECT l.id FROM letter l JOIN letter w ON w.id = l.instead_of_id WHERE w.state <> 'withdrawn'",
    ),
    Invariant(
        "letter_replaces",
        "a letter names as replaced only one that was sent before about the same application",
        "SELECT l.id FROM letter l JOIN letter e ON e.id = l.replaces_id"
        " WHERE e.state <> 'sent' OR e.application_id <> l.application_id OR e.id >= l.id",
    ),
)
