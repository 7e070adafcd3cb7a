"""Make: a query becomes a product of one's own domain, written as the same files as by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from agora.governance.access import deciders, judge_terms
from agora.governance.onward import judge_making, served, stays_behind
from agora.governance.saved import judge_purpose
from agora.model.decision import Decision
from agora.model.draft import Draft, DraftInput
from agora.model.errors import Invalid
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.people import Actor
from agora.model.policy import MaskKind
from agora.model.product import OutputPort
from agora.model.reasons import Reason
from agora.needs.house import House
from agora.passage.onward import given
from agora.passage.ruling import rule
from agora.usecases.agreeing import asking
from agora.usecases.agreeing.asking import Asked, Drafted, Wish
from agora.usecases.agreeing.entries import demand
from agora.usecases.making import queries, writing
from agora.usecases.making.writing import Foreseen
from agora.workshop import drafting


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What somebody wants to make of a query: its words, what it is read for, and why.

    `onward` are further purposes others may use it for, which the owners of its data are asked for.
    """

    name: str
    sql: str
    title: str
    summary: str
    purpose: str
    reason: str
    row: str = ""
    terms: str = ""
    accept_terms: bool = False
    onward: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The product as it would be: `asks` are the ports its service needs an approval for.

    `terms` are those of each of them, to be accepted with the request.
    `masked` are columns that the person who makes it sees masked, with the table they come from,
    `filtered` the tables of whose rows they see some. It `reads` these columns of each port, none
    named for all, and others may use it for the purposes `uses`, as soon as it may read its data.
    Rules that hide some of it from others and do not come along `stay`.
    """

    draft: Draft
    files: tuple[str, ...]
    asks: tuple[tuple[PortVersion, tuple[str, ...]], ...]
    terms: tuple[tuple[PortVersion, str], ...] = ()
    masked: tuple[str, ...] = ()
    filtered: tuple[PortVersion, ...] = ()
    reads: tuple[tuple[PortVersion, tuple[str, ...]], ...] = ()
    uses: tuple[str, ...] = ()
    stay: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The product as it was written; `asked` waits for answers before it can run."""

    name: ProductName
    files: tuple[str, ...]
    commit: str
    asked: tuple[Asked, ...]


def foresee(house: House, who: Actor, plan: Plan) -> Drawn:
    """What making it would write and whom it would ask; nothing is written.

    Raises what reading the query raises; Unusable, Missing, Denied, Conflict for its name; Invalid.
    """
    return _drawn(_thought(house, who, plan), plan)


def make(house: House, who: Actor, plan: Plan) -> Made:
    """The product's files are written and committed in one's name, and its requests are sent.

    It has its first edition when it runs. Raises the same as `foresee`; then nothing is written.
    """
    thought = _thought(house, who, plan)
    found, requests = thought.found, thought.requests
    for each in requests:
        terms = judge_terms(house.mesh, each.request)
        demand(house, who, each.request.port, "the product may not ask for this", terms)
    commit = writing.written(house, who, found, f"Make {found.draft.title} from a query")
    asked = asking.send(found.house, who, requests) if requests else ()
    return Made(name=found.draft.name, files=tuple(found.files), commit=commit, asked=asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Thought:
    """The product as its files would be, its requests, and what who makes it sees of its inputs."""

    found: Foreseen
    requests: tuple[Drafted, ...]
    decisions: tuple[Decision, ...]
    reads: Mapping[PortVersion, tuple[str, ...]]


def _drawn(thought: _Thought, plan: Plan) -> Drawn:
    found, requests, decisions = thought.found, thought.requests, thought.decisions
    asks = tuple(
        (each.request.port, deciders(found.house.mesh, each.request.port)) for each in requests
    )
    terms = ((each.request.port, each.port.contract.terms) for each in requests)
    return Drawn(
        draft=found.draft,
        files=tuple(found.files),
        asks=asks,
        terms=tuple((port, words) for port, words in terms if words),
        masked=tuple(_masked(decisions, thought.reads)),
        filtered=tuple(each.port for each in decisions if each.rows),
        reads=tuple(thought.reads.items()),
        uses=_uses(found, plan),
        stay=tuple(
            reason
            for port, columns in thought.reads.items()
            for reason in stays_behind(
                found.house.mesh, port, found.draft.name.service, plan.purpose, columns
            )
        ),
    )


def _uses(found: Foreseen, plan: Plan) -> tuple[str, ...]:
    """What others may use it for, once everything asked for is approved."""
    product = found.house.mesh.product(found.draft.name)
    assert product is not None, "it was read a moment ago"
    came = given(found.house, product, None)
    direct = {each.port for each in found.draft.inputs}
    asked = (
        replace(each, onward=(*each.onward, *plan.onward)) if each.port in direct else each
        for each in came
    )
    return served(tuple(asked), [each.id for each in found.house.mesh.purposes])


def _thought(house: House, who: Actor, plan: Plan) -> _Thought:
    name = writing.named(house, who, plan.name)
    writing.labelled(plan.title, plan.summary)
    reasons = [*judge_purpose(house.mesh, plan.purpose)]
    if reasons or not plan.purpose:
        words = reasons[0].sentence if reasons else "it is not said what the data are used for"
        raise Invalid(words, code="E411", hint=reasons[0].hint if reasons else "name a purpose")
    draft, decisions, reads = _draft(house, who, plan, name)
    found = writing.foreseen(house, draft)
    _no_more(found, who, plan, decisions, reads)
    requests = _requests(found, who, plan, reads)
    return _Thought(found=found, requests=requests, decisions=decisions, reads=reads)


def _draft(
    house: House, who: Actor, plan: Plan, name: ProductName
) -> tuple[Draft, tuple[Decision, ...], dict[PortVersion, tuple[str, ...]]]:
    asked = queries.understood(house, who, plan.sql, plan.purpose)
    own = PortVersion(PortName(name.domain, name.product, name.product), 1)
    promised = {
        alias: (port.version, port.contract.columns) for alias, port in asked.inputs.items()
    }
    draft = Draft(
        name=name,
        title=plan.title.strip(),
        summary=plan.summary.strip(),
        row=plan.row.strip(),
        terms=plan.terms.strip(),
        columns=drafting.columns(own, asked.step, promised, asked.columns),
        step=asked.step,
        inputs=tuple(_input(alias, port) for alias, port in asked.inputs.items()),
        purpose=plan.purpose,
    )
    return draft, asked.decisions, drafting.used(asked.step, promised)


def _input(alias: str, port: OutputPort) -> DraftInput:
    contract = port.contract
    return DraftInput(
        alias=alias, port=port.version, contract=contract.id, version=contract.version
    )


def _its_own(found: Foreseen, plan: Plan) -> Iterator[Decision]:
    """What the product's service may see of each input as things stand."""
    house = found.house
    principal = house.mesh.principal(found.draft.name.service)
    assert principal is not None, "every product has its service"
    for each in found.draft.inputs:
        offering, port = house.mesh.product(each.port.port.of), house.mesh.port(each.port)
        assert offering is not None, "a product with an input from nowhere has a finding (E134)"
        assert port is not None, "a product with an input from nowhere has a finding (E134)"
        yield rule(house, principal, plan.purpose, offering, port).decision


def _no_more(
    found: Foreseen,
    who: Actor,
    plan: Plan,
    decisions: tuple[Decision, ...],
    reads: Mapping[PortVersion, tuple[str, ...]],
) -> None:
    """Without an approval the product sees no more than who makes it; raises Denied."""
    own = {each.port: each for each in decisions}
    for its in _its_own(found, plan):
        columns = reads[its.port] or tuple(view.name for view in its.columns)
        reasons = tuple(judge_making(own[its.port], its, columns))
        demand(found.house, who, its.port, "this cannot be made by you", reasons)


def _requests(
    found: Foreseen, who: Actor, plan: Plan, reads: Mapping[PortVersion, tuple[str, ...]]
) -> tuple[Drafted, ...]:
    """The requests of the product's service for the columns it uses, none of them sent.

    Raises Denied when one cannot be.
    """
    house, service = found.house, found.draft.name.service
    refused = [each.port for each in _its_own(found, plan) if not each.allowed]
    wanted = [(str(port), reads[port]) for port in refused]
    if not wanted:
        return ()
    wish = Wish(
        ports=tuple(wanted),
        purpose=plan.purpose,
        reason=plan.reason,
        consumer=service,
        accept_terms=plan.accept_terms,
        onward=plan.onward,
    )
    drafts = asking.drafts(house, who, wish)
    for draft in drafts:
        reasons = asking.judged(house, draft)
        demand(house, who, draft.request.port, "the product may not ask for this", reasons)
    return drafts


def _masked(
    decisions: tuple[Decision, ...], reads: Mapping[PortVersion, tuple[str, ...]]
) -> Iterator[str]:
    """The columns it reads that who makes it sees masked: the product may see them otherwise."""
    for decision in decisions:
        read = reads.get(decision.port, ())
        for view in decision.visible:
            if view.mask.kind is not MaskKind.CLEAR and (not read or view.name in read):
                yield f"{decision.port.port}.{view.name}"
