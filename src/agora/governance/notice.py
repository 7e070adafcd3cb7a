"""Notices: who is told what of something that happened, and the words for it. Nobody is told their own deed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from agora.governance.access import deciders
from agora.model.access import Agreement, Request, RequestState
from agora.model.ledger import Entry, Event
from agora.model.mesh import Mesh
from agora.model.names import PortVersion, ProductName
from agora.model.notice import Matter, Offered
from agora.model.people import PrincipalKind
from agora.model.product import Lifecycle


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Something to be told to some principals."""

    matter: Matter
    to: tuple[str, ...]
    at: datetime
    product: ProductName | None = None
    port: str = ""
    by: str = ""
    about: str = ""
    purpose: str = ""
    edition: int = 0
    until: datetime | None = None


OF_PRODUCTS = frozenset(
    {
        Matter.EDITION,
        Matter.VERSION,
        Matter.DEPRECATED,
        Matter.BREAKING,
        Matter.PROMISE,
        Matter.QUESTION,
        Matter.ANSWER,
        Matter.ACCEPTED,
    }
)
"""Matters of a product: told only to those who may know it, and as long as they may."""
OF_REQUESTS = frozenset(
    {
        Event.REQUESTED,
        Event.APPROVED,
        Event.REFUSED_REQUEST,
        Event.ASKED_BACK,
        Event.REPLIED,
        Event.CHANGED_REQUEST,
    }
)
"""What happens to a request and is told to the other side."""
OF_AGREEMENTS = {
    Event.ENDED: Matter.ENDED,
    Event.EXTENDED: Matter.EXTENDED,
    Event.CARRIED: Matter.CARRIED,
}
"""What happens to an agreement and is told to those it concerns."""


def behind(mesh: Mesh, consumer: str) -> tuple[str, ...]:
    """Everybody who should hear of what concerns a consumer.

    A person themselves, a team's people, an agent's person, a service and the people of its teams.
    """
    if consumer.startswith("team:"):
        return _members(mesh, (consumer.removeprefix("team:"),))
    found = mesh.principal(consumer)
    if found is None:
        return ()
    if found.kind is PrincipalKind.AGENT:
        return (found.acts_for,)
    if found.kind is PrincipalKind.SERVICE:
        return (found.id, *_members(mesh, found.teams))
    return (found.id,)


def _members(mesh: Mesh, teams: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        each.id
        for each in mesh.principals
        if each.kind is PrincipalKind.PERSON and set(each.teams) & set(teams)
    )


def about_request(mesh: Mesh, entry: Entry, request: Request) -> Iterator[Telling]:
    """What a ledger entry about a request tells its owners, or those who asked.

    One that was settled meanwhile waits for nobody. The end is that of the entry: an approval may
    have given less time than was asked.
    """
    asking = (request.asked_by, *behind(mesh, request.consumer))
    owners = deciders(mesh, request.port)
    told: dict[Event, tuple[Matter, tuple[str, ...]]] = {
        Event.REQUESTED: (Matter.REQUESTED, owners),
        Event.APPROVED: (Matter.APPROVED, asking),
        Event.REFUSED_REQUEST: (Matter.REFUSED, asking),
    }
    matter, to = told.get(entry.event, (Matter.REMARKED, ()))
    if matter is Matter.REMARKED:
        to = asking if entry.who in owners else owners
    if matter is Matter.REQUESTED and request.state is not RequestState.PENDING:
        to = ()
    given = str(dict(entry.facts).get("until", ""))
    yield Telling(
        matter=matter,
        to=others(to, entry.who),
        at=entry.at,
        product=request.port.port.of,
        port=str(request.port),
        by=entry.who,
        about=request.id,
        purpose=request.purpose,
        until=datetime.fromisoformat(given) if given else None,
    )


def about_agreement(mesh: Mesh, entry: Entry, agreed: Agreement) -> Iterator[Telling]:
    """Those who use it hear of it, and its owners when it was ended by somebody else."""
    owners = deciders(mesh, agreed.port)
    own = entry.event is not Event.ENDED or entry.who in owners
    to = (*behind(mesh, agreed.consumer), *(() if own else owners))
    matter = OF_AGREEMENTS[entry.event]
    yield of_agreement(agreed, matter, others(to, entry.who), entry.at, by=entry.who)


def about_release(
    product: ProductName, entry: Entry, number: int, followers: Sequence[str]
) -> Iterator[Telling]:
    """A new edition: those who follow the product hear of it."""
    yield Telling(
        matter=Matter.EDITION,
        to=others(followers, entry.who),
        at=entry.at,
        product=product,
        edition=number,
        by=entry.who,
    )


def about_run(
    mesh: Mesh, product: ProductName, entry: Entry, followers: Sequence[str]
) -> Iterator[Telling]:
    """A run that released nothing: its domain's people mend it, and followers hear of a promise."""
    facts = dict(entry.facts)
    state, run = str(facts.get("state", "")), str(facts.get("run", ""))
    domain = mesh.domain(product.domain)
    own = tuple(dict.fromkeys((*domain.owners, *domain.publishers))) if domain else ()
    if state in ("blocked", "failed", "abandoned"):
        yield Telling(
            matter=Matter.RUN_FAILED, to=own, at=entry.at, product=product, by=entry.who, about=run
        )
    if state == "blocked":
        yield Telling(
            matter=Matter.PROMISE,
            to=tuple(name for name in others(followers, entry.who) if name not in own),
            at=entry.at,
            product=product,
            about=run,
        )


def about_talk(mesh: Mesh, product: ProductName, entry: Entry) -> Iterator[Telling]:
    """A question reaches the owners, an answer whoever asked, being accepted whoever answered."""
    facts = dict(entry.facts)
    domain = mesh.domain(product.domain)
    told = {
        Event.QUESTIONED: (Matter.QUESTION, domain.owners if domain else ()),
        Event.ANSWERED: (Matter.ANSWER, (str(facts.get("asked_by", "")),)),
        Event.SETTLED: (Matter.ACCEPTED, (str(facts.get("author", "")),)),
    }
    matter, to = told[entry.event]
    yield Telling(
        matter=matter,
        to=others(to, entry.who),
        at=entry.at,
        product=product,
        by=entry.who,
        about=str(facts.get("question", "")),
    )


def undelivered(entry: Entry) -> Iterator[Telling]:
    """What could not be delivered is told to whom it was for, where they look next."""
    facts = dict(entry.facts)
    to = str(facts.get("told", ""))
    yield Telling(
        matter=Matter.UNDELIVERED, to=(to,) if to else (), at=entry.at, about=entry.subject
    )


def changed(
    before: Sequence[Offered], after: Sequence[Offered]
) -> Iterator[tuple[Matter, Offered]]:
    """What the files offer newly, and what they announce the end of."""
    known = {each.port: each for each in before}
    names = {each.port.partition("@")[0] for each in before}
    leaving = (Lifecycle.DEPRECATED, Lifecycle.RETIRED)
    for each in after:
        old = known.get(each.port)
        if old is None and each.port.partition("@")[0] in names:
            yield Matter.VERSION, each
        ends = each.status in leaving or each.until is not None
        if old is not None and ends and (old.status, old.until) != (each.status, each.until):
            yield Matter.DEPRECATED, each


def offered(mesh: Mesh) -> tuple[Offered, ...]:
    """What the files offer now."""
    return tuple(
        Offered(
            port=str(port.version),
            status=str(port.contract.status),
            until=port.contract.ends,
            contract=port.contract.hash,
        )
        for _, port in mesh.ports()
    )


def about_offer(
    matter: Matter, each: Offered, to: Sequence[str], at: datetime, *, by: str = ""
) -> Telling:
    """A change of what is offered, told to those who follow or use it."""
    return Telling(
        matter=matter,
        to=tuple(dict.fromkeys(to)),
        at=at,
        product=PortVersion.parse(each.port).port.of,
        port=each.port,
        by=by,
        until=each.until,
    )


def of_agreement(
    agreed: Agreement, matter: Matter, to: Sequence[str], at: datetime, *, by: str = ""
) -> Telling:
    """Something about an agreement, told to these."""
    return Telling(
        matter=matter,
        to=tuple(to),
        at=at,
        product=agreed.port.port.of,
        port=str(agreed.port),
        by=by,
        about=agreed.id,
        purpose=agreed.purpose,
        until=agreed.expires,
    )


def others(names: Sequence[str], doer: str) -> tuple[str, ...]:
    """These names, each once, without whoever did it."""
    return tuple(dict.fromkeys(name for name in names if name and name != doer))
