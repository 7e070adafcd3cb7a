"""Reaching: a verb is called on the mesh that lies here, or on the server one is signed in at."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar

from agora.model.people import Actor
from agora.needs.elsewhere import Elsewhere
from agora.needs.house import House

P = ParamSpec("P")
R = TypeVar("R")
Place: TypeAlias = House | Elsewhere


def here(place: Place) -> bool:
    """True where the mesh lies at this terminal, at which one person may act as another."""
    return isinstance(place, House)


def anywhere(
    verb: Callable[Concatenate[House, Actor, P], R],
) -> Callable[Concatenate[Place, Actor, P], R]:
    """The verb, wherever the mesh is: commands do not ask."""

    @wraps(verb)
    def called(place: Place, who: Actor, /, *said: P.args, **named: P.kwargs) -> R:
        if isinstance(place, House):
            return verb(place, who, *said, **named)
        found: R = place.call(verb, who, said, named)
        return found

    return called
