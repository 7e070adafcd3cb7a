"""Waiting: who may not read because their request is not answered yet hears that, not how to ask."""

from dataclasses import replace

from agora.governance.access import deciders
from agora.model.access import Desk, Request, RequestState, Turn
from agora.model.people import Principal
from agora.model.reasons import Reason
from agora.needs.house import House
from agora.passage import keys
from agora.passage.ruling import Ruling

_ASK = frozenset({"E403", "E441"})
"""The reasons that tell how to ask."""


def reasons(house: House, ruling: Ruling) -> tuple[Reason, ...]:
    """Why this reader may not read; where they have asked already, with whose answer is missing."""
    hint = told(house, ruling)
    return tuple(
        replace(each, hint=hint) if hint and each.code in _ASK else each
        for each in ruling.decision.reasons
    )


def told(house: House, ruling: Ruling) -> str:
    """That a request for this waits, and for whom; empty when there is none of this reader's."""
    decision = ruling.decision
    reader = house.mesh.principal(decision.principal)
    kept = house.store.get(Desk, keys.desk(decision.port.port))
    if reader is None or kept is None:
        return ""
    found = [house.store.get(Request, name) for name in kept.noun.open]
    for request in (each.noun for each in found if each is not None):
        same = request.port == decision.port and request.edition == 0
        if same and decision.purpose in ("", request.purpose) and _own(reader, request):
            return _words(house, request)
    return ""


def _own(reader: Principal, request: Request) -> bool:
    own = {reader.id, *(f"team:{team}" for team in reader.teams)}
    return request.state is RequestState.PENDING and request.consumer in own


def _words(house: House, request: Request) -> str:
    what = f"`{request.id}` asks for it for `{request.purpose}`"
    if request.turn is Turn.REQUESTER:
        return f"{what}; its owners asked back and wait for an answer of `{request.asked_by}`"
    owners = " or ".join(f"`{owner}`" for owner in deciders(house.mesh, request.port))
    return f"{what} and waits for {owners or 'an owner'}"
