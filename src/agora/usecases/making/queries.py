"""Queries: what somebody asks, understood as a step over named inputs that gives the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agora.governance.sql import judge, judge_step, judge_text
from agora.model.decision import Decision
from agora.model.errors import Invalid, Refused
from agora.model.people import Actor
from agora.model.product import OutputPort
from agora.model.types import Type
from agora.needs.house import House
from agora.passage.knowing import find_table
from agora.passage.reading import read
from agora.passage.ruling import rule_version
from agora.passage.saved import stated
from agora.workshop import drafting
from agora.workshop.drafting import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query as a step: its inputs by alias, its columns as one look told them, and how it was read."""

    step: str
    inputs: Mapping[str, OutputPort]
    columns: tuple[tuple[Seen, Type], ...]
    decisions: tuple[Decision, ...]


def understood(house: House, who: Actor, sql: str, purpose: str) -> Query:
    """The query as this person reads it, for the purpose they work under, else for this one.

    A column tells rows apart only where all rows were looked at. Raises what reading raises, Invalid.
    """
    reader = who if who.purpose else replace(who, purpose=purpose)
    names, ports = _read(house, reader, sql)
    step = _step(house, reader, sql, names)
    made, decisions = _looked(house, reader, sql)
    _same(house, reader, sql, step, names, made)
    if any(decision.rows for decision in decisions):
        made = [(replace(each, unique=False), of) for each, of in made]
    inputs = {names[table]: port for table, port in ports.items()}
    return Query(step=step, inputs=inputs, columns=tuple(made), decisions=decisions)


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
