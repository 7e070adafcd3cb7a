"""People of the market who sign in: passwords that cost little to try, and a time to move."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from agora.app.house import close_house, open_house
from agora.backends.people.argon import ArgonPasswords
from agora.backends.people.turnstile import SharedTurnstile
from agora.model.errors import AgoraError
from agora.usecases import account, session
from tests.journeys.changing import actor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))
GOOD = "four unusual words"
PLACE = "192.0.2.7"


class Counted(ArgonPasswords):
    """Real hashes of little work; says how often it had to work."""

    def __init__(self, passes=1):
        super().__init__(PasswordHasher(time_cost=passes, memory_cost=64, parallelism=1))
        self.verified = 0

    def verify(self, kept, password):
        self.verified += 1
        return super().verify(kept, password)


class OpenTurnstile:
    """Lets everybody through, where a test is about something else."""

    def wait(self, _place, _now):
        return timedelta(0)


def quick(house, turnstile=None):
    people = replace(house.people, passwords=Counted(), turnstile=turnstile or OpenTurnstile())
    return replace(house, people=people)


class Door:
    """One open mesh and the shortest words for what people do at its door."""

    def __init__(self, root, **more):
        self.root = root
        self.house = quick(open_house(root, {}), **more)

    def close(self):
        close_house(self.house)

    def who(self, name):
        return actor(self.house, name)

    def invite(self, person, now=NOW):
        return account.invite(self.house, self.who("olga"), person, now).secret

    def accept(self, secret, password=GOOD, now=NOW):
        return account.accept(self.house, secret, password, address=PLACE, now=now)

    def join(self, person, password=GOOD):
        """The person has a password; gives the secret of their first session."""
        return self.accept(self.invite(person), password).secret

    def sign_in(self, name, password=GOOD, now=NOW, address=PLACE):
        return session.sign_in(self.house, name, password, address=address, now=now)

    def inside(self, secret, now=NOW):
        """The id of who is signed in with this secret, or None."""
        found = session.session(self.house, secret, now)
        return found and found.actor.principal.id


def queue(folder):
    return SharedTurnstile(folder / "tries")


def refused(code, verb, *args, **kwargs):
    with pytest.raises(AgoraError) as caught:
        verb(*args, **kwargs)
    assert caught.value.code_shown == code, caught.value
    return caught.value


def leave(root, person):
    """The person is taken out of the files, with the agents that act for them."""
    gone = (f"id: {person},", f"acts_for: {person}}}", f"as: {person},")
    for file in root.rglob("*.yaml"):
        lines = file.read_text().splitlines(keepends=True)
        left = "".join(line for line in lines if not any(w in line for w in gone))
        file.write_text(re.sub(r"^(agents|tests):\n(?=\S|\Z)", "", left, flags=re.MULTILINE))
