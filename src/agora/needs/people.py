"""The needs of the door: passwords kept as hashes, a provider to sign in with, slow queues."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from agora.model.account import Claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Where to send somebody who signs in with a provider, and what their browser keeps meanwhile."""

    url: str
    keep: str


class Passwords(Protocol):
    """Turns passwords into hashes that are slow to try."""

    def hash(self, password: str) -> str:
        """A salted hash of the password, with how it was made."""
        ...

    def verify(self, kept: str, password: str) -> bool:
        """True when this is the password of the hash; with an empty hash as much work, and False."""
        ...

    def outdated(self, kept: str) -> bool:
        """True when the hash was made with less work than is taken now."""
        ...


class Provider(Protocol):
    """An OpenID provider: authorization code with PKCE, state and nonce."""

    def start(self, back: str) -> Departure:
        """Begin: `back` is the address of ours it returns to. Raises Unavailable without provider."""
        ...

    def finish(self, params: Mapping[str, str], keep: str, back: str, now: datetime) -> Claims:
        """Who came back; `keep` is what `start` gave. Raises Denied when anything does not fit."""
        ...


class Turnstile(Protocol):
    """Lets only so many tries through from one place, whichever process of a machine is asked."""

    def wait(self, place: str, now: datetime) -> timedelta:
        """Count a try from this place, and say how long to wait first; nothing: now.

        Raises Unavailable where tries cannot be counted.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """All that stands at the door."""

    passwords: Passwords
    provider: Provider
    turnstile: Turnstile
