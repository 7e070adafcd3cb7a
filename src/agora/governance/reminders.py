"""Reminders: what a day brings near, and when something that is sent goes out or is given up."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from agora.governance.access import deciders
from agora.governance.lifecycle import Life, life
from agora.governance.notice import Telling, behind, of_agreement, others
from agora.model.access import Agreement, Request, RequestState, Turn
from agora.model.mesh import Mesh
from agora.model.notice import Matter

BEFORE_THE_END = (timedelta(days=14), timedelta(days=1))
"""How long before an agreement's last day its people are reminded."""
UNANSWERED = timedelta(days=3)
"""How long a request waits before its owners are reminded."""
DIGEST_AT = time(7)
GIVEN_UP_AFTER = timedelta(hours=24)
LEASE = timedelta(minutes=5)
"""After so long whoever began to send is taken for dead, and another tries."""
STALE = timedelta(days=2)
"""What has waited so long without a single try, nobody wants to hear by mail any more."""
_LONGEST_WAIT = timedelta(hours=4)


def last_days(
    mesh: Mesh, agreements: Sequence[Agreement], since: datetime | None, now: datetime
) -> Iterator[Telling]:
    """Agreements whose end came near, or came, between two looks at them; each is told once.

    Of equal ones only the longest counts: whose agreement was renewed has nothing to do.
    """
    lasting = _lasting(agreements)
    for agreed in agreements:
        if agreed.expires is None or agreed.ended_at is not None:
            continue
        if lasting[_right(agreed)] > agreed.expires:
            continue
        people = behind(mesh, agreed.consumer)
        if (since or now) < agreed.expires <= now:
            yield of_agreement(agreed, Matter.EXPIRED, people, now, by=agreed.consumer)
        elif _near(agreed.expires, since, now):
            to = tuple(dict.fromkeys((*people, *deciders(mesh, agreed.port))))
            yield of_agreement(agreed, Matter.EXPIRING, to, now, by=agreed.consumer)


def _right(agreed: Agreement) -> tuple[str, str, str, int]:
    return (str(agreed.port), agreed.consumer, agreed.purpose, agreed.edition)


def _lasting(agreements: Sequence[Agreement]) -> dict[tuple[str, str, str, int], datetime]:
    found: dict[tuple[str, str, str, int], datetime] = {}
    for each in agreements:
        ends = each.expires or datetime.max.replace(tzinfo=UTC)
        if each.ended_at is None:
            found[_right(each)] = max(found.get(_right(each), ends), ends)
    return found


def last_versions(
    mesh: Mesh, agreements: Sequence[Agreement], since: datetime | None, now: datetime
) -> Iterator[Telling]:
    """Versions whose end comes near, told to whoever uses them and may not use the next one yet."""
    held = {_right(each) for each in agreements if each.active(now)}
    for agreed in agreements:
        here = life(mesh, agreed.port)
        if here is None or here.ends is None or not agreed.active(now):
            continue
        after = agreed.expires is None or agreed.expires > here.ends
        if after and _next(agreed, here) not in held and _near(here.ends, since, now):
            people = behind(mesh, agreed.consumer)
            telling = of_agreement(agreed, Matter.RETIRING, people, now)
            yield replace(telling, until=here.ends)


def _next(agreed: Agreement, here: Life) -> tuple[str, str, str, int]:
    return (str(here.instead), agreed.consumer, agreed.purpose, agreed.edition)


def _near(ends: datetime, since: datetime | None, now: datetime) -> bool:
    """True when one of the days to remind of came since the last look, or this is the first."""
    left = ends - now
    if left <= timedelta():
        return False
    before = left + (now - since) if since else max(BEFORE_THE_END) + timedelta(seconds=1)
    return any(left <= span < before for span in BEFORE_THE_END)


def waiting(
    mesh: Mesh, requests: Sequence[Request], since: datetime | None, now: datetime
) -> Iterator[Telling]:
    """Requests nobody has answered for days: the owners are reminded, once, while there is time."""
    for asked in requests:
        due = asked.asked_at + UNANSWERED
        lasts = asked.until is None or asked.until > now
        open_ = asked.state is RequestState.PENDING and asked.turn is Turn.OWNERS and lasts
        if open_ and (since is None or since < due) and due <= now:
            yield Telling(
                matter=Matter.WAITING,
                to=others(deciders(mesh, asked.port), asked.asked_by),
                at=now,
                product=asked.port.port.of,
                port=str(asked.port),
                by=asked.asked_by,
                about=asked.id,
                purpose=asked.purpose,
            )


def digest(after: datetime) -> datetime:
    """When the mail of the day goes out: the next morning (UTC)."""
    morning = datetime.combine(after.date(), DIGEST_AT, after.tzinfo)
    return morning if morning > after else morning + timedelta(days=1)


def again(attempts: int, since: datetime, now: datetime) -> datetime | None:
    """When a delivery is tried next: after 1, 2, 4 … minutes, at most 4 hours; None to give it up."""
    wait = min(timedelta(minutes=2 ** min(attempts - 1, 10)), _LONGEST_WAIT)
    last = since + GIVEN_UP_AFTER
    if now >= last:
        return None
    return min(now + wait, last)
