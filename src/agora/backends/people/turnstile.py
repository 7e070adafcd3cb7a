"""The queue at the door: so many tries from one address, remembered by this process only."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from agora.governance.account import Bucket, drained

MOST = 10_000
"""So many addresses are remembered; of more, those that tried longest ago are forgotten."""


class MemoryTurnstile:
    """The Turnstile need in memory."""

    def __init__(self) -> None:
        """Nobody has tried yet."""
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._guard = threading.Lock()

    def wait(self, place: str, now: datetime) -> timedelta:
        with self._guard:
            bucket, waits = drained(self._buckets.pop(place, None), now)
            self._buckets[place] = bucket
            while len(self._buckets) > MOST:
                self._buckets.popitem(last=False)
        return waits
