"""Leasing: of several processes one does what needs to be done once; another goes on when it falls."""

from collections.abc import Callable
from datetime import datetime, timedelta

from agora.model.errors import Conflict
from agora.model.lease import Lease
from agora.needs.house import House
from agora.needs.store import Put


def held(
    house: House,
    name: str,
    *,
    holder: str,
    now: datetime,
    term: timedelta,
    gone: Callable[[str], bool] = lambda _: False,
) -> bool:
    """True while this holder has the lease; it is renewed when half of its term is over.

    The store keeps every revision, so a term is minutes rather than seconds; whoever can tell that
    another holder is `gone` need not wait for its end.
    """
    kept = house.store.get(Lease, name)
    if kept is not None and kept.noun.until > now:
        lease = kept.noun
        if lease.holder == holder and lease.until - now > term / 2:
            return True
        if lease.holder != holder and not gone(lease.holder):
            return False
    noun = Lease(holder=holder, until=now + term)
    put = Put(key=name, noun=noun, revision=kept.revision if kept else 0)
    try:
        house.store.commit((put,), ())
    except Conflict:
        return False
    return True


def released(house: House, name: str, *, holder: str, now: datetime) -> None:
    """The holder has given the lease back; somebody else's is left alone."""
    kept = house.store.get(Lease, name)
    if kept is None or kept.noun.holder != holder:
        return
    put = Put(key=name, noun=Lease(holder=holder, until=now), revision=kept.revision)
    try:
        house.store.commit((put,), ())
    except Conflict:
        return
