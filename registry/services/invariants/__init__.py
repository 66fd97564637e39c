"""What must always hold in the database, as data: each invariant has the query for the rows that break it.

The queries read on either kind of database. What a query cannot tell, because a digest or a date must be worked out or
the payload of an event read, is in `services.integrity`, which asks them all.
"""

from registry.services.invariants import applications, decisions, letters, portal, publications, reviews, rounds

INVARIANTS = (
    *applications.INVARIANTS,
    *reviews.INVARIANTS,
    *rounds.INVARIANTS,
    *decisions.INVARIANTS,
    *publications.INVARIANTS,
    *letters.INVARIANTS,
    *portal.INVARIANTS,
)
