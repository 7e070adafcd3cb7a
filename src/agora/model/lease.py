"""Lease: who does, of several processes, what only one needs to do."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """`holder` does it until then, by the clock of the machines; afterwards anybody may."""

    holder: str
    until: datetime
