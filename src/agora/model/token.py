"""Tokens: what programs show instead of a password."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a token may be used for, within what its principal may do."""

    READ = "read"
    ASK = "ask"
    MAKE = "make"
    OPERATE = "operate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A right to act as `principal` without signing in; only a hash of its secret is kept.

    It works as long as `made_by` might make it today. `last_used_at` is true to the hour.
    """

    id: str
    name: str
    principal: str
    made_by: str
    scopes: tuple[Scope, ...]
    hash: str
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str = ""
