"""The process that gets killed while it does what is due: one look, dying at a point if told."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agora.app.house import close_house, open_house
from agora.app.running import done, outcome
from agora.app.up.chores import fallen, process
from agora.usecases.errands import work
from agora.usecases.schedule import tick
from tests.crash.child import Teller

LATER = timedelta(days=2)


def now():
    """The machine's time."""
    return datetime.now(UTC)


def later(house):
    """The same mesh, two days on: what runs daily is due."""
    return replace(house, now=lambda: datetime.now(UTC) + LATER)


def ticked(house):
    """Everything that is due has had its turn; says what came of it."""
    turns = tick(house, lambda name: outcome(house, name), holder=process(), now=now(), gone=fallen)
    return [turn.outcome for _, turn in turns]


def seen_to(house):
    """Every errand is seen to; says what came of it, and how often it was begun."""
    errands = work(house, done, holder=process(), now=now, gone=fallen)
    return [(each.outcome, each.begun) for each in errands]


def main() -> None:
    """Look once at the mesh named first for what is named second; die at the point named third."""
    house = open_house(Path(sys.argv[1]), {}, Teller(sys.argv[3]))
    ticked(later(house)) if sys.argv[2] == "tick" else seen_to(house)
    close_house(house)


if __name__ == "__main__":
    main()
