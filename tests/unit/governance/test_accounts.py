"""Which passwords will do, how wrong ones slow down, and how long somebody stays signed in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.governance import account as rules
from agora.model.account import Account, Attempts, Session, Standing
from agora.model.people import Principal, PrincipalKind

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))
ANA = Principal(
    id="ana", kind=PrincipalKind.PERSON, name="Ana Ruizmoreno", email="a.ruiz@example.org"
)
SESSION = Session(
    id="ses-1", principal="ana", epoch=2, how="password", csrf="c", salt="s",
    began_at=NOW, made_at=NOW, ends_at=NOW + timedelta(days=7),
)  # fmt: skip
ACCOUNT = Account(principal="ana", epoch=2, password="hash")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("four unusual words here", ""),
        ("ünïcödé wörds äre fïne", ""),
        ("short", "at least 12"),
        ("", "at least 12"),
        ("ﬁﬁﬁﬁﬁ", "at least 12"),
        ("x" * 257, "at most 256"),
        ("abababababab", "few letters"),
        ("Password2026!", "first that are tried"),
        ("my password for the market", ""),
        ("RUIZMORENO-2026-x", "name or address"),
        ("a.ruiz loves data", "name or address"),
        ("bananas are fruits", ""),
    ],
)
def test_a_password_is_long_and_not_what_is_tried_first(password, fault):
    found = rules.password_faults(password, ANA)
    assert bool(found) is bool(fault)
    assert not fault or any(fault in reason.sentence for reason in found)
    assert {reason.code for reason in found} <= {"E603"}


def test_one_password_has_one_spelling():
    assert rules.prepared("caf\u00e9") == rules.prepared("cafe\u0301")
    assert rules.prepared("a") != rules.prepared("A")
    assert len(rules.prepared("x" * 10_000_000)) < 2000


def waits(failures):
    """How long is waited after each of so many wrong passwords, each tried as soon as it may be."""
    attempts, now, found = None, NOW, []
    for _ in range(failures):
        attempts = rules.failed(attempts, now)
        waited = rules.wait(attempts, now)
        found.append(waited)
        now += waited
    return found


def test_from_the_fifth_wrong_password_on_each_doubles_the_wait():
    assert waits(4) == [timedelta(0)] * 4
    assert waits(8)[4:] == [30 * SECOND, MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert waits(60)[-1] == 15 * MINUTE


def test_a_day_without_tries_forgets_them():
    before = Attempts(failures=40, last_at=NOW)
    assert rules.failed(before, NOW + DAY).failures == 41
    assert rules.failed(before, NOW + DAY + SECOND).failures == 1


def test_a_wait_ends():
    locked = rules.failed(Attempts(failures=4, last_at=NOW), NOW)
    assert rules.wait(locked, NOW + 29 * SECOND) == SECOND
    assert rules.wait(locked, NOW + 30 * SECOND) == timedelta(0)
    assert rules.wait(None, NOW) == timedelta(0)


@given(st.lists(st.integers(0, 20), max_size=200))
def test_an_address_never_gets_more_than_a_burst_and_what_came_back(gaps):
    bucket, now, let = None, NOW, 0
    for gap in gaps:
        now += gap * SECOND
        bucket, waited = rules.drained(bucket, now)
        let += not waited
        assert waited <= rules.REFILL
    assert let <= rules.BURST + (now - NOW) / rules.REFILL


def test_an_address_that_waited_is_let_through():
    bucket = None
    for _ in range(rules.BURST):
        bucket, waited = rules.drained(bucket, NOW)
        assert not waited
    bucket, waited = rules.drained(bucket, NOW)
    assert waited == rules.REFILL
    assert not rules.drained(bucket, NOW + waited)[1]
    assert rules.drained(bucket, NOW - DAY)[1], "a clock that goes back gives nothing"


@pytest.mark.parametrize(
    ("account", "standing"),
    [
        (None, Standing.NONE),
        (Account(principal="ana"), Standing.NONE),
        (Account(principal="ana", invitation="h", invited_until=NOW + DAY), Standing.INVITED),
        (Account(principal="ana", invitation="h", invited_until=NOW), Standing.NONE),
        (Account(principal="ana", password="h"), Standing.ACTIVE),
        (Account(principal="ana", subject="issuer 1"), Standing.ACTIVE),
        (Account(principal="ana", password="h", blocked=True), Standing.BLOCKED),
    ],
)
def test_how_somebody_stands(account, standing):
    assert rules.standing(account, NOW) is standing


@pytest.mark.parametrize(
    ("change", "account", "after", "live"),
    [
        ({}, {}, SECOND, True),
        ({"ended_at": NOW}, {}, SECOND, False),
        ({}, {"epoch": 3}, SECOND, False),
        ({}, {"blocked": True}, SECOND, False),
        ({}, {}, 12 * HOUR - SECOND, True),
        ({}, {}, 12 * HOUR, False),
        ({"made_at": NOW + 7 * DAY - HOUR}, {}, 7 * DAY - SECOND, True),
        ({"made_at": NOW + 7 * DAY - HOUR}, {}, 7 * DAY, False),
        ({"replaced_at": NOW}, {}, 5 * MINUTE - SECOND, True),
        ({"replaced_at": NOW}, {}, 5 * MINUTE, False),
    ],
)
def test_a_session_is_over_after_a_while_and_when_somebody_ends_it(change, account, after, live):
    session, account = replace(SESSION, **change), replace(ACCOUNT, **account)
    assert rules.live(session, account, NOW + after) is live


def test_a_session_goes_on_under_another_secret_once_an_hour():
    assert not rules.rotates(SESSION, NOW + HOUR - SECOND)
    assert rules.rotates(SESSION, NOW + HOUR)
    assert not rules.rotates(replace(SESSION, replaced_at=NOW), NOW + HOUR)


def test_what_a_provider_vouched_for_lasts_half_a_day():
    assert rules.lasts("provider") == 12 * HOUR
    assert rules.lasts("password") == rules.lasts("invitation") == 7 * DAY
