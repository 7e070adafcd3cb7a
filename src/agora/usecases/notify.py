"""Notify: what happened is told, once, to whom it concerns; and what waits to go out is sent.

A server does this every few seconds, and several may do it at once.
"""

from dataclasses import dataclass

from agora.model.errors import Denied
from agora.model.people import Actor
from agora.needs.house import House
from agora.usecases.telling import hearing, looking, sending
from agora.usecases.telling.sending import Clock, Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """How many notices were made, and what became of those that were due to go out."""

    made: int
    sent: Sent


def notify_now(house: House, who: Actor, clock: Clock) -> Notified:
    """The same at the word of an operator, who needs no server for it. Raises Denied."""
    operates = who.principal.id == house.mesh.operator or "operator" in who.principal.roles
    if not operates:
        raise Denied(
            "only an operator sends what waits",
            code="E669",
            hint="a server does it by itself every few seconds",
        )
    return notify(house, clock)


def notify(house: House, clock: Clock) -> Notified:
    """Everything that has happened is told, and everything due was tried. `clock` is the machine's."""
    made = hearing.hear(house)
    made += looking.compare(house, clock())
    made += looking.remind(house, clock())
    return Notified(made=made, sent=sending.send(house, clock))
