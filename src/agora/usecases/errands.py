"""Errands: a run somebody asks a server for is begun at once, and goes on without them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agora.governance.rights import may_run
from agora.model.errand import Errand, ErrandState
from agora.model.errors import AgoraError, Conflict, Denied, Missing
from agora.model.ledger import Event
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.model.progress import Phase
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage.knowing import find_product
from agora.passage.leasing import held, released
from agora.passage.recording import refused

TERM = timedelta(hours=1)
GRACE = timedelta(minutes=1)
"""So long a product that was written a moment ago may be unknown to another process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of a run, in the words of a turn."""

    outcome: str
    said: str = ""
    run: str = ""
    edition: int = 0


Ran = Callable[[House, Actor, Errand], Came]
"""Runs a product as somebody; raises what a run raises."""


def begin(
    house: House,
    who: Actor,
    name: str,
    *,
    now: datetime,
    again: bool = False,
    anew: bool = False,
) -> Errand:
    """A run of the product waits for its turn, or the one that was not over yet goes on for both.

    `now` is the machine's time. Raises Missing, Denied.
    """
    product = find_product(house, who.principal, name)
    if reasons := may_run(house.mesh, product.name, who.principal):
        problem = Denied.because(reasons)
        refused(house, who, str(product.name), "", problem, event=Event.DENIED)
        raise problem
    kept = house.store.get(Errand, str(product.name))
    if kept is not None and not kept.noun.over:
        return kept.noun
    errand = Errand(
        product=str(product.name),
        who=who.principal.id,
        operator=who.operator,
        asked_at=now,
        again=again,
        anew=anew,
    )
    try:
        return _put(house, errand, kept.revision if kept else 0)
    except Conflict:
        return begin(house, who, name, now=now, again=again, anew=anew)


def last(house: House, who: Actor, name: str) -> Errand | None:
    """The last errand of a product, None before the first. Raises Missing, Denied."""
    product = find_product(house, who.principal, name)
    if reasons := may_run(house.mesh, product.name, who.principal):
        raise Denied.because(reasons)
    kept = house.store.get(Errand, str(product.name))
    return kept.noun if kept else None


def work(
    house: House,
    ran: Ran,
    *,
    holder: str,
    now: Callable[[], datetime],
    gone: Callable[[str], bool] = lambda _: False,
) -> Iterator[Errand]:
    """Every errand that waits has been seen to, the oldest first; those a fallen process left, too."""
    waiting = [kept for kept in house.store.find(Errand) if not kept.noun.over]
    for each in sorted(waiting, key=lambda kept: kept.noun.asked_at):
        lease = f"errand {each.noun.product}"
        if _unknown(house, each.noun, now()):
            continue
        if not held(house, lease, holder=holder, now=now(), term=TERM, gone=gone):
            continue
        try:
            kept = house.store.get(Errand, each.key)
            if kept is not None and not kept.noun.over:
                yield _seen_to(house, kept, ran, now)
        finally:
            released(house, lease, holder=holder, now=now())


def _unknown(house: House, errand: Errand, now: datetime) -> bool:
    """True for a product that was written just now, which this process has yet to read."""
    known = house.mesh.product(ProductName.parse(errand.product))
    return known is None and now - errand.asked_at < GRACE


def _seen_to(house: House, kept: Kept[Errand], ran: Ran, now: Callable[[], datetime]) -> Errand:
    """The errand is over, whatever came of it."""
    told = _Told(house, kept, now)
    try:
        came = ran(replace(house, progress=told), _actor(house, kept.noun), told.errand)
    except AgoraError as problem:
        hint = f"; {problem.hint}" if problem.hint else ""
        came = Came(outcome="failed", said=f"{problem.sentence}{hint}")
    return told.over(came)


def _actor(house: House, errand: Errand) -> Actor:
    principal = house.mesh.principal(errand.who)
    if principal is None:
        raise Missing(f"there is no `{errand.who}` any more", code="E425")
    return Actor(principal=principal, operator=errand.operator)


def _put(house: House, errand: Errand, revision: int) -> Errand:
    house.store.commit((Put(key=errand.product, noun=errand, revision=revision),), ())
    return errand


class _Told:
    """Keeps where the run of an errand stands, for whoever looks; what watched before is told, too."""

    def __init__(self, house: House, kept: Kept[Errand], now: Callable[[], datetime]) -> None:
        """The errand is begun."""
        self._house, self._before, self._now = house, house.progress, now
        self._revision = kept.revision
        noun = kept.noun
        self.errand = noun
        self._keep(replace(noun, state=ErrandState.RUNNING, begun=noun.begun + 1, begun_at=now()))

    def phase(self, product: ProductName, phase: Phase, detail: str = "") -> None:
        """The run has entered a phase; the same one twice is kept once."""
        self._before.phase(product, phase, detail)
        if phase is not self.errand.phase:
            self._keep(replace(self.errand, phase=phase, detail=detail))

    def point(self, name: str) -> None:
        """A durable write is next or done."""
        self._before.point(name)

    def over(self, came: Came) -> Errand:
        """Nothing more comes of it."""
        self._keep(
            replace(
                self.errand,
                state=ErrandState.DONE,
                phase=None,
                detail="",
                ended_at=self._now(),
                outcome=came.outcome,
                said=came.said,
                run=came.run,
                edition=came.edition,
            )
        )
        return self.errand

    def _keep(self, errand: Errand) -> None:
        self.errand = _put(self._house, errand, self._revision)
        self._revision += 1
