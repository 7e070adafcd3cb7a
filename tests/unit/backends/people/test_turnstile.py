"""So many tries from one address."""

from datetime import UTC, datetime, timedelta

from agora.backends.people import turnstile
from agora.backends.people.turnstile import MemoryTurnstile
from agora.governance.account import BURST, REFILL

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_each_address_has_its_own_tries_and_gets_them_back():
    queue = MemoryTurnstile()
    assert [bool(queue.wait("1.2.3.4", NOW)) for _ in range(BURST + 2)] == [False] * BURST + [
        True
    ] * 2
    assert not queue.wait("5.6.7.8", NOW)
    assert not queue.wait("1.2.3.4", NOW + REFILL)
    assert queue.wait("1.2.3.4", NOW + REFILL)


def test_only_so_many_addresses_are_remembered(monkeypatch):
    monkeypatch.setattr(turnstile, "MOST", 3)
    queue = MemoryTurnstile()
    for n in range(BURST + 1):
        queue.wait("busy", NOW + n * timedelta(0))
        queue.wait(f"other-{n}", NOW)
    assert queue.wait("busy", NOW), "who tries all the time is not forgotten"
    for n in range(3):
        queue.wait(f"new-{n}", NOW)
    assert not queue.wait("busy", NOW)
