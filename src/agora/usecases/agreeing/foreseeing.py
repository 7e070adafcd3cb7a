"""Foreseeing: what would come of asking, before anything is sent: who decides and what is masked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from agora.governance.access import deciders, judge_parties, judge_terms
from agora.governance.lasting import replaced
from agora.model.access import Agreement, Request
from agora.model.decision import Decision
from agora.model.errors import Conflict
from agora.model.names import PortVersion
from agora.model.reasons import Reason
from agora.needs.house import House
from agora.passage.ruling import agreements_on
from agora.usecases.agreeing.asking import Drafted, carried_over, had, judged, twin, would


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What would come of asking for one port.

    `decision` is what the consumer would see once it is approved, column by column with the reasons;
    None when the asker may not ask for them. `had` says why there is nothing to ask for, `settled` says why nobody need answer, `terms` what is
    to be accepted, `replaces` which agreements this one would take the place of. A consumer that is
    a product passes it on: what it makes of it `serves` these purposes, in the hands of whoever reads
    that. `refusals` are all reasons for which it may not be asked, whatever the terms.
    """

    port: PortVersion
    title: str
    deciders: tuple[str, ...]
    names: tuple[str, ...]
    settled: str = ""
    had: str = ""
    decision: Decision | None = None
    terms: str = ""
    limitations: str = ""
    replaces: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    refusals: tuple[Reason, ...] = ()
    to_accept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What would come of a request, port by port; `seen` names the terms exactly as they are now."""

    ports: tuple[Foreseen, ...]
    seen: str = ""

    @property
    def possible(self) -> bool:
        """True when it may be asked, once the terms are accepted."""
        return not any(each.refusals or each.had for each in self.ports)

    @property
    def terms(self) -> tuple[str, ...]:
        """Every text of terms that is to be accepted, once each."""
        return tuple(dict.fromkeys(each.terms for each in self.ports if each.to_accept))


def foreseen(house: House, found: Sequence[Drafted]) -> Foresight:
    """What would come of sending these; nothing is sent and nothing is written."""
    return Foresight(ports=tuple(_port(house, each) for each in found), seen=seen(found))


def seen(found: Sequence[Drafted]) -> str:
    """One word for all terms of these ports as they are now."""
    terms = "\n".join(sorted({each.port.contract.terms for each in found}))
    return hashlib.sha256(terms.encode()).hexdigest() if terms.strip() else ""


def _port(house: House, draft: Drafted) -> Foreseen:
    refusals = judged(house, draft)
    owners = deciders(house.mesh, draft.port.version)
    people = [house.mesh.principal(name) for name in owners]
    barred = bool(judge_parties(house.mesh, draft.request))
    refusals = refusals if barred else (*refusals, *_twin(house, draft.request))
    already = "" if refusals else had(house, draft)
    return Foreseen(
        port=draft.port.version,
        title=draft.product.title,
        deciders=owners,
        names=tuple(each.name or each.id for each in people if each),
        settled="" if refusals else _settled(house, draft),
        had=already,
        decision=None if barred else would(house, draft),
        terms=draft.port.contract.terms,
        limitations=draft.port.contract.limitations,
        replaces=() if barred else _replaces(house, draft),
        serves=_serves(house, draft.request),
        refusals=refusals,
        to_accept=not already and bool(judge_terms(house.mesh, draft.request)),
    )


def _twin(house: House, request: Request) -> tuple[Reason, ...]:
    other = twin(house, request)
    words = f"`{other.id}` asks for the same and waits for an answer" if other else ""
    return (Reason(code="E417", sentence=words),) if words else ()


def _settled(house: House, draft: Drafted) -> str:
    carried = carried_over(house, draft)
    return f"your agreement `{carried.carried_from}` holds for this version too" if carried else ""


def _serves(house: House, request: Request) -> tuple[str, ...]:
    if house.mesh.built_by(request.consumer) is None:
        return ()
    return tuple(dict.fromkeys((request.purpose, *request.onward)))


def _replaces(house: House, draft: Drafted) -> tuple[str, ...]:
    request = draft.request
    thought = Agreement(
        id=request.id,
        port=request.port,
        consumer=request.consumer,
        purpose=request.purpose,
        edition=request.edition,
        starts=request.asked_at,
        approved_by="",
        renews=request.renews,
    )
    there = agreements_on(house, draft.port.name)
    return tuple(each.id for each in replaced(thought, there))


def unchanged(found: Sequence[Drafted], before: str) -> None:
    """The terms are still those that were seen, where it is said which; raises Conflict."""
    if before and before != seen(found):
        raise Conflict(
            "the terms of use are others by now", code="E631", hint="read them, and ask again"
        )
