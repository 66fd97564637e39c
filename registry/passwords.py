"""Password hashes, and the digests of secret keys.

Argon2id with parameters for two cores, where the hash is what limits sign-ins on deadline day.
"""

import hashlib

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from registry.config import Config


class Passwords:
    """Makes and checks hashes; an unknown person costs as much time as a known one."""

    def __init__(self, config: Config) -> None:
        self._hasher = PasswordHasher(
            time_cost=config.argon2_time_cost,
            memory_cost=config.argon2_memory_kib,
            parallelism=config.argon2_parallelism,
        )
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return the hash to keep for a password."""
        return self._hasher.hash(password)

    def matches(self, kept: str | None, password: str) -> bool:
        """Tell whether the password is the one whose hash is kept; without a hash it never is."""
        try:
            return self._hasher.verify(kept or self._nobody, password) and kept is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def digest_of_key(key: str) -> str:
    """Return what is kept of a secret key, such as that of a session or an invitation."""
    return hashlib.sha256(key.encode()).hexdigest()
