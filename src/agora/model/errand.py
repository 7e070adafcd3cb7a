"""Errands: what somebody asked a server to see to, which goes on when they leave and when it falls."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agora.model.progress import Phase


class ErrandState(StrEnum):
    """Where an errand stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Somebody asked for a run of a product; there is one at a time, and the last one is kept.

    `begun` counts how often it was begun: more than once when what did it fell. `outcome` is that of
    a turn (`released`, `nothing new`, `kept back`, `failed`), and `said` why. Times are the machine's.
    """

    product: str
    who: str
    operator: str = ""
    asked_at: datetime
    again: bool = False
    anew: bool = False
    state: ErrandState = ErrandState.WAITING
    begun: int = 0
    begun_at: datetime | None = None
    phase: Phase | None = None
    detail: str = ""
    ended_at: datetime | None = None
    outcome: str = ""
    said: str = ""
    run: str = ""
    edition: int = 0

    @property
    def over(self) -> bool:
        """True when nothing more comes of it."""
        return self.state is ErrandState.DONE
