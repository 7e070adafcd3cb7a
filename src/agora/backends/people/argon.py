"""Passwords as argon2id hashes (RFC 9106, the second recommended choice: 64 MiB, 3 passes)."""

from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class ArgonPasswords:
    """The Passwords need; each check costs some tens of milliseconds and 64 MiB."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Work as hard as this hasher says, or as is recommended."""
        self._hasher = hasher or PasswordHasher()

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept or self._nobodys, password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, kept: str) -> bool:
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _nobodys(self) -> str:
        """A hash to compare with where there is none, so that both take as long."""
        return self._hasher.hash("nobody has this password")
