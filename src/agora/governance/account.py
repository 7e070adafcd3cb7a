"""Accounts: which passwords will do, how wrong ones slow down, and how long somebody is signed in.

Lengths and the absence of rules about kinds of letters follow NIST SP 800-63B, section 5.1.1.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from agora.model.account import Account, Attempts, Session, Standing
from agora.model.people import Principal
from agora.model.reasons import Reason

SHORTEST, LONGEST = 12, 256
DIFFERENT = 5
STEMS = ("password", "passwort", "qwerty", "qwertz", "123456", "letmein", "welcome", "iloveyou")
OWN = 8
"""So many letters of a password have to be more than what everybody thinks of first."""

FREE = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
FORGOTTEN = timedelta(days=1)

BURST, REFILL = 30, timedelta(seconds=3)

INVITED = timedelta(days=7)
ROTATES, GRACE = timedelta(hours=1), timedelta(minutes=5)
IDLE = timedelta(hours=12)
LASTS = {"provider": timedelta(hours=12)}
LASTS_OTHERWISE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """How many tries an address has left, as of a moment; they come back one by one."""

    left: float
    at: datetime


def prepared(password: str) -> str:
    """The password in one spelling, whatever keyboard wrote it (Unicode NFKC).

    What is far too long to be one is cut, so that it costs no more than one.
    """
    return unicodedata.normalize("NFKC", password[: 4 * LONGEST])


def password_faults(password: str, principal: Principal) -> tuple[Reason, ...]:
    """Why a password will not do; empty when it will."""
    text = prepared(password)
    folded = text.casefold()
    faults = []
    if len(text) < SHORTEST:
        faults.append(f"a password has at least {SHORTEST} letters")
    if len(text) > LONGEST:
        faults.append(f"a password has at most {LONGEST} letters")
    if text and len(set(folded)) < DIFFERENT:
        faults.append("a password repeats few letters less often")
    if any(stem in folded and len(folded.replace(stem, "")) < OWN for stem in STEMS):
        faults.append("this password is among the first that are tried")
    if any(word in folded for word in _own_words(principal)):
        faults.append("a password does not hold your name or address")
    hint = "four unusual words make a good one"
    return tuple(Reason(code="E603", sentence=fault, hint=hint) for fault in faults)


def _own_words(principal: Principal) -> set[str]:
    parts = {principal.id, principal.email.partition("@")[0], *principal.name.split()}
    return {part.casefold() for part in parts if len(part) > 3}  # noqa: PLR2004 (short ones are in many words)


def failed(before: Attempts | None, now: datetime) -> Attempts:
    """One more sign-in went wrong; from the fifth on each one doubles the wait, up to a bound."""
    fresh = before is None or forgiven(before, now)
    failures = 1 if fresh or before is None else before.failures + 1
    if failures < FREE:
        return Attempts(failures=failures, last_at=now)
    doubled = FIRST_WAIT * 2 ** min(failures - FREE, 10)
    return Attempts(failures=failures, last_at=now, locked_until=now + min(doubled, LONGEST_WAIT))


def wait(attempts: Attempts | None, now: datetime) -> timedelta:
    """How long until the next password is looked at; nothing when it is now."""
    if attempts is None or attempts.locked_until is None:
        return timedelta(0)
    return max(attempts.locked_until - now, timedelta(0))


def drained(bucket: Bucket | None, now: datetime) -> tuple[Bucket, timedelta]:
    """The bucket after one more try, and how long to wait before it may be made (nothing: now)."""
    left = float(BURST) if bucket is None else bucket.left + max((now - bucket.at) / REFILL, 0.0)
    left = min(left, float(BURST))
    if left < 1:
        return Bucket(left=left, at=now), REFILL * (1 - left)
    return Bucket(left=left - 1, at=now), timedelta(0)


def standing(account: Account | None, now: datetime) -> Standing:
    """How somebody stands with us."""
    if account is None:
        return Standing.NONE
    if account.blocked:
        return Standing.BLOCKED
    if account.password or account.subject:
        return Standing.ACTIVE
    return Standing.INVITED if invited(account, now) else Standing.NONE


def invited(account: Account, now: datetime) -> bool:
    """True while an invitation waits to be accepted."""
    return (
        bool(account.invitation)
        and account.invited_until is not None
        and (now < account.invited_until)
    )


def forgiven(attempts: Attempts, now: datetime) -> bool:
    """True for wrong sign-ins so long ago that the next one counts as the first."""
    return now - attempts.last_at > FORGOTTEN


def lasts(how: str) -> timedelta:
    """How long somebody stays signed in at most, by how they signed in.

    What a provider vouched for is asked again every half day, so that who left there leaves here.
    """
    return LASTS.get(how, LASTS_OTHERWISE)


def live(session: Session, account: Account, now: datetime) -> bool:
    """True while a session's secret opens anything."""
    if account.blocked or session.ended_at is not None or session.epoch != account.epoch:
        return False
    if session.replaced_at is not None and now - session.replaced_at >= GRACE:
        return False
    return now < session.ends_at and now - session.made_at < IDLE


def over(session: Session, now: datetime) -> bool:
    """True for a session that was left so long ago that nothing makes it live again."""
    return now - session.made_at > IDLE + FORGOTTEN


def rotates(session: Session, now: datetime) -> bool:
    """True when the session is to go on under another secret."""
    return session.replaced_at is None and now - session.made_at >= ROTATES
