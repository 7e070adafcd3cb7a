"""Make: a query becomes a product of one's own domain, written as the same files as by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from agora.governance.access import deciders, judge_terms
from agora.governance.saved import judge_purpose
from agora.governance.sql import judge, judge_step, judge_text
from agora.model.decision import Decision
from agora.model.draft import Draft, DraftInput
from agora.model.errors import Invalid, Refused
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.people import Actor
from agora.model.policy import MaskKind
from agora.model.product import OutputPort
from agora.model.types import Type
from agora.needs.house import House
from agora.passage.knowing import find_table
from agora.passage.reading import read
from agora.passage.ruling import rule, rule_version
from agora.passage.saved import stated
from agora.usecases.agreeing import asking
from agora.usecases.agreeing.asking import Asked, Drafted, Wish
from agora.usecases.agreeing.entries import demand
from agora.usecases.making import writing
from agora.usecases.making.writing import Foreseen
from agora.workshop import drafting
from agora.workshop.drafting import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What somebody wants to make of a query: its words, what it is read for, and why."""

    name: str
    sql: str
    title: str
    summary: str
    purpose: str
    reason: str
    row: str = ""
    terms: str = ""
    accept_terms: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The product as it would be: `asks` are the ports its service needs an approval for.

    `terms` are those of each of them, to be accepted with the request.
    `masked` are columns that the person who makes it sees masked, with the table they come from.
    """

    draft: Draft
    files: tuple[str, ...]
    asks: tuple[tuple[PortVersion, tuple[str, ...]], ...]
    terms: tuple[tuple[PortVersion, str], ...] = ()
    masked: tuple[str, ...] = ()


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
    return _drawn(*_thought(house, who, plan))


def make(house: House, who: Actor, plan: Plan) -> Made:
    """The product's files are written and committed in one's name, and its requests are sent.

    It has its first edition when it runs. Raises the same as `foresee`; then nothing is written.
    """
    found, requests, _ = _thought(house, who, plan)
    for each in requests:
        terms = judge_terms(house.mesh, each.request)
        demand(house, who, each.request.port, "the product may not ask for this", terms)
    commit = writing.written(house, who, found, f"Make {found.draft.title} from a query")
    asked = asking.send(found.house, who, requests) if requests else ()
    return Made(name=found.draft.name, files=tuple(found.files), commit=commit, asked=asked)


def _drawn(found: Foreseen, requests: tuple[Drafted, ...], masked: tuple[str, ...]) -> Drawn:
    asks = tuple(
        (each.request.port, deciders(found.house.mesh, each.request.port)) for each in requests
    )
    terms = ((each.request.port, each.port.contract.terms) for each in requests)
    return Drawn(
        draft=found.draft,
        files=tuple(found.files),
        asks=asks,
        terms=tuple((port, words) for port, words in terms if words),
        masked=masked,
    )


def _thought(
    house: House, who: Actor, plan: Plan
) -> tuple[Foreseen, tuple[Drafted, ...], tuple[str, ...]]:
    """The product as its files would be, its requests, and what is masked for who makes it."""
    name = writing.named(house, who, plan.name)
    writing.labelled(plan.title, plan.summary)
    reasons = [*judge_purpose(house.mesh, plan.purpose)]
    if reasons or not plan.purpose:
        words = reasons[0].sentence if reasons else "it is not said what the data are used for"
        raise Invalid(words, code="E411", hint=reasons[0].hint if reasons else "name a purpose")
    draft, masked = _draft(house, who, plan, name)
    found = writing.foreseen(house, draft)
    return found, _requests(found, who, plan), masked


def _draft(
    house: House, who: Actor, plan: Plan, name: ProductName
) -> tuple[Draft, tuple[str, ...]]:
    reader = who if who.purpose else replace(who, purpose=plan.purpose)
    names, ports = _read(house, reader, plan.sql)
    step = _step(house, reader, plan.sql, names)
    made, decisions = _looked(house, reader, plan.sql)
    _same(house, reader, plan.sql, step, names, made)
    if any(decision.rows for decision in decisions):
        made = [(replace(each, unique=False), of) for each, of in made]
    inputs = {names[table]: port for table, port in ports.items()}
    own = PortVersion(PortName(name.domain, name.product, name.product), 1)
    promised = {alias: (port.version, port.contract.columns) for alias, port in inputs.items()}
    draft = Draft(
        name=name,
        title=plan.title.strip(),
        summary=plan.summary.strip(),
        row=plan.row.strip(),
        terms=plan.terms.strip(),
        columns=drafting.columns(own, step, promised, made),
        step=step,
        inputs=tuple(_input(alias, port) for alias, port in inputs.items()),
        purpose=plan.purpose,
    )
    return draft, tuple(_masked(decisions))


def _input(alias: str, port: OutputPort) -> DraftInput:
    contract = port.contract
    return DraftInput(
        alias=alias, port=port.version, contract=contract.id, version=contract.version
    )


def _read(
    house: House, who: Actor, sql: str
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], OutputPort]]:
    """A name for each table of the statement, and the port version each one means to this person."""
    for reason in judge_text(sql):
        raise Refused(reason.sentence, code=reason.code, hint=reason.hint)
    facts = stated(house, who, sql)
    for reason in judge(facts):
        raise Refused(reason.sentence, code=reason.code, hint=reason.hint)
    if facts.parameters or not facts.tables:
        raise Invalid(
            "a value of the query is open"
            if facts.parameters
            else "the query reads no table, so nothing would ever change",
            code="E745",
            hint="a product answers the same question each time: write the values into the text",
        )
    ports = {}
    for table in facts.tables:
        product, versions = find_table(house, who.principal, table)
        ruling = rule_version(house, who.principal, who.purpose, product, versions)
        port = next(each for each in versions if each.version == ruling.decision.port)
        ports[table.schema.lower(), table.table.lower()] = port
    listed = [(t, ports[t.schema.lower(), t.table.lower()].version) for t in facts.tables]
    return drafting.aliases(listed, facts.ctes), ports


def _step(house: House, who: Actor, sql: str, names: Mapping[tuple[str, str], str]) -> str:
    step = drafting.rewritten(sql, names)
    if step is None:
        raise Invalid(
            "the query cannot be made a step", code="E745", hint="write it in plainer SQL"
        )
    for reason in judge_step(stated(house, who, step)):
        raise Refused(reason.sentence, code=reason.code, hint=reason.hint)
    return step


def _looked(
    house: House, who: Actor, sql: str
) -> tuple[list[tuple[Seen, Type]], tuple[Decision, ...]]:
    """The columns of the answer with the types a table has for them, through the query's own door."""
    reading = read(house, who, sql)
    names = list(reading.answer.schema.names)
    reading.answer.close()
    for name in names:
        if not name.isidentifier() or not name.isascii():
            raise Invalid(
                f"the column `{name}` has no name of its own",
                code="E745",
                hint="give it one: `… as name`",
            )
    row = _one(house, who, drafting.look(sql, names))
    found = []
    for each in drafting.seen(names, row):
        of = drafting.kept(each.type)
        if of is None:
            raise Invalid(
                f"no table keeps the `{each.type}` values of `{each.name}`",
                code="E745",
                hint=f"turn them into something else: `cast({each.name} as varchar)`",
            )
        found.append((each, of))
    return found, reading.decisions


def _same(
    house: House,
    who: Actor,
    sql: str,
    step: str,
    names: Mapping[tuple[str, str], str],
    made: list[tuple[Seen, Type]],
) -> None:
    """The step gives the rows the query gives; raises Invalid."""
    columns = [(each.name, of) for each, of in made]
    if int(str(_one(house, who, drafting.difference(sql, step, names, columns))["n"])):
        raise Invalid(
            "as a step the query gives other rows than now",
            code="E748",
            hint="order the rows before a limit, so that it always means the same ones",
        )


def _one(house: House, who: Actor, sql: str) -> Mapping[str, object]:
    answer = read(house, who, sql).answer
    try:
        rows = [row for batch in answer for row in batch.to_pylist()]
    finally:
        answer.close()
    found: Mapping[str, object] = rows[0]
    return found


def _requests(found: Foreseen, who: Actor, plan: Plan) -> tuple[Drafted, ...]:
    """The requests of the product's service, none of them sent; raises Denied when one cannot be."""
    house, service = found.house, found.draft.name.service
    principal = house.mesh.principal(service)
    product = house.mesh.product(found.draft.name)
    assert principal is not None, "every product has its service"
    assert product is not None, "it was read a moment ago"
    wanted = []
    for each in product.inputs:
        offering, port = house.mesh.product(each.port.port.of), house.mesh.port(each.port)
        assert offering is not None, "a product with an input from nowhere has a finding (E134)"
        assert port is not None, "a product with an input from nowhere has a finding (E134)"
        if not rule(house, principal, plan.purpose, offering, port).decision.allowed:
            wanted.append((str(each.port), ()))
    if not wanted:
        return ()
    wish = Wish(
        ports=tuple(wanted),
        purpose=plan.purpose,
        reason=plan.reason,
        consumer=service,
        accept_terms=plan.accept_terms,
    )
    drafts = asking.drafts(house, who, wish)
    for draft in drafts:
        reasons = asking.judged(house, draft)
        demand(house, who, draft.request.port, "the product may not ask for this", reasons)
    return drafts


def _masked(decisions: tuple[Decision, ...]) -> Iterator[str]:
    """The columns that who makes it sees masked, by table: the product may see them otherwise."""
    for decision in decisions:
        for view in decision.visible:
            if view.mask.kind is not MaskKind.CLEAR:
                yield f"{decision.port.port}.{view.name}"
