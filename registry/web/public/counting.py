"""How often something came from an address lately."""

from datetime import datetime, timedelta
from threading import Lock

WITHIN = timedelta(hours=1)
MOST_ADDRESSES = 10_000


class Lately:
    """How many of something came from an address within the last hour.

    Each process counts for itself, and forgets when it ends: the count only keeps a careless machine from going on and
    on. It need not be exact, it needs no table, and no address is kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: dict[str, list[datetime]] = {}
        self._lock = Lock()

    def too_many(self, address: str, at: datetime) -> bool:
        """Tell whether an address has used up what it may for now."""
        with self._lock:
            return len(self._recent(address, at)) >= self._most

    def count(self, address: str, at: datetime) -> None:
        """Note one more."""
        with self._lock:
            recent = self._recent(address, at)
            if address not in self._seen and len(self._seen) >= MOST_ADDRESSES:
                del self._seen[next(iter(self._seen))]
            self._seen[address] = [*recent, at]

    def _recent(self, address: str, at: datetime) -> list[datetime]:
        return [moment for moment in self._seen.get(address, ()) if at - moment < WITHIN]
