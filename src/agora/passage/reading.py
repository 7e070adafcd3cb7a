"""Reading: a SQL text from a reader becomes an answer, or a refusal that explains itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agora.governance.shielding import shield
from agora.governance.sql import judge, judge_text
from agora.model.decision import Decision
from agora.model.errors import AgoraError, Denied, Refused, Unavailable
from agora.model.people import Actor
from agora.model.reasons import Reason
from agora.model.relation import Governed, Session
from agora.model.release import Release
from agora.model.sqlfacts import SqlFacts
from agora.needs.engine import Answer
from agora.needs.house import House
from agora.passage import derived, editions, outside, waiting
from agora.passage.knowing import find_table
from agora.passage.recording import Recorded, fell, opened, refused, tables
from agora.passage.ruling import Ruling, rule_version

_UNOPENED = "E511"
"""What a worker says whose files cannot be opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read: the streaming answer and the decisions it was made under.

    `statement` is what the ledger calls it.
    """

    answer: Answer
    decisions: tuple[Decision, ...]
    rulings: tuple[Ruling, ...] = ()
    statement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """A statement as opened in the ledger, and what it reads by the names it gives it."""

    id: str
    sql: str
    rulings: Mapping[tuple[str, str], Ruling]

    @property
    def releases(self) -> tuple[Release, ...]:
        """The releases it reads."""
        return tuple(each.release for each in self.rulings.values() if each.release)

    @property
    def read(self) -> str:
        """The tables it reads, as the ledger names them."""
        return tables(each.decision for each in self.rulings.values())


def read(
    house: House, who: Actor, sql: str, asked: Sequence[str] = (), *, part: str = ""
) -> Reading:
    """Answer this SELECT with what the reader may see; every refusal is recorded and raised.

    `asked` are editions to read instead of the current ones: rows of then under rules of today.
    `part` names what asks by itself, such as a label for its figures.
    Raises Refused (text nobody may run), Missing, Denied (with reasons), Unavailable, Exhausted.
    """
    rulings: dict[tuple[str, str], Ruling] = {}
    try:
        session = _session(house, who)
        facts = _judged(house, session, sql)
        rulings = _ruled(house, who, facts, editions.wanted(asked))
        _demanded(house, rulings)
        decisions = tuple(ruling.decision for ruling in rulings.values())
        one_purpose(decisions)
        relations = _relations(house, who, rulings)
        statement = _opened(house, who, sql, rulings, part=part)
    except AgoraError as problem:
        refused(house, who, _about(rulings), sql, problem)
        raise
    answer = _execute(house, who, session, relations, statement)
    return Reading(
        answer=answer,
        decisions=decisions,
        rulings=tuple(rulings.values()),
        statement=statement.id,
    )


def _session(house: House, who: Actor) -> Session:
    return Session(reader=who.principal.id, purpose=who.purpose, fingerprint=house.mesh.hash)


def _judged(house: House, session: Session, sql: str) -> SqlFacts:
    _refuse(judge_text(sql))
    facts = house.readers.facts(session, sql)
    _refuse(judge(facts))
    return facts


def _refuse(reasons: Sequence[Reason]) -> None:
    if reasons:
        first = reasons[0]
        raise Refused(first.sentence, code=first.code, hint=first.hint)


def _ruled(
    house: House, who: Actor, facts: SqlFacts, asked: editions.Wanted
) -> dict[tuple[str, str], Ruling]:
    """One ruling for each table the statement names; raises Missing where they know of none."""
    found = {
        (table.schema.lower(), table.table.lower()): find_table(house, who.principal, table)
        for table in facts.tables
    }
    editions.fitting(asked, (product.name for product, _ in found.values()))
    rulings: dict[tuple[str, str], Ruling] = {}
    for name, (product, ports) in found.items():
        edition = editions.edition(house, product, asked.of(product.name))
        rulings[name] = rule_version(
            house, who.principal, who.purpose, product, ports, edition=edition
        )
    return rulings


def _demanded(house: House, rulings: Mapping[tuple[str, str], Ruling]) -> None:
    """Each of them is allowed and has rows to read."""
    for ruling in rulings.values():
        demand_own(house, ruling)
        if ruling.release is not None:
            editions.there(house, ruling.release)


def _about(rulings: Mapping[tuple[str, str], Ruling]) -> str:
    """The tables a refusal is about, all of which its reader knows: those denied, else all named."""
    denied = [each for each in rulings.values() if not each.decision.allowed]
    return ", ".join(str(each.port.version) for each in denied or rulings.values())


def demand_own(house: House, ruling: Ruling) -> None:
    """The same for whoever the ruling is about: of a request that waits nobody else hears."""
    if not ruling.decision.allowed:
        reasons = waiting.reasons(house, ruling)
        raise Denied.because(reasons, f"you may not read `{ruling.port.name}`")
    demand(ruling)


def demand(ruling: Ruling) -> None:
    """The reader may read this port and something is released; raises Denied or Unavailable."""
    decision = ruling.decision
    if not decision.allowed:
        raise Denied.because(decision.reasons, f"you may not read `{ruling.port.name}`")
    if ruling.release is not None:
        editions.held_by(ruling.release, ruling.port.version)
    if ruling.snapshot is None:
        raise Unavailable(
            f"`{ruling.port.version}` has no release yet",
            code="E504",
            hint=f"its owners publish the first one with `agora run {ruling.product.name}`",
        )


def one_purpose(decisions: Sequence[Decision]) -> None:
    """All ports of one statement are used for one purpose; raises Denied with what to ask for."""
    purposes = sorted({d.purpose for d in decisions if d.purpose})
    if len(purposes) > 1:
        names = " and ".join(f"`{p}`" for p in purposes)
        ports = " ".join(sorted(str(d.port.port) for d in decisions))
        raise Denied(
            f"approvals for different purposes do not mix: {names}",
            code="E412",
            hint=f"ask for one purpose that covers all of them: `agora request {ports} --purpose …`",
        )


def relation(ruling: Ruling, schema: str, name: str) -> Governed:
    """The shielded relation an engine may bind for this ruling."""
    snapshot = ruling.snapshot
    if snapshot is None:
        raise Unavailable(f"`{ruling.port.version}` has no release yet", code="E504")
    return Governed(
        schema=schema,
        name=name,
        files=snapshot.files,
        columns=snapshot.columns,
        shield=shield(ruling.decision),
        deletes=snapshot.deletes,
        live=snapshot.live,
    )


def _relations(
    house: House, who: Actor, rulings: Mapping[tuple[str, str], Ruling]
) -> tuple[Governed, ...]:
    return tuple(
        derived.picked(house, who, ruling, relation(ruling, *name))
        for name, ruling in rulings.items()
    )


def _opened(
    house: House,
    who: Actor,
    sql: str,
    rulings: Mapping[tuple[str, str], Ruling],
    *,
    part: str,
) -> _Statement:
    decisions = tuple(ruling.decision for ruling in rulings.values())
    statement = _Statement(id="", sql=sql, rulings=rulings)
    given = opened(
        house,
        who,
        decisions,
        sql,
        releases=statement.releases,
        outcomes=derived.outcomes(rulings.values()),
        part=part,
    )
    return replace(statement, id=given)


def _execute(
    house: House,
    who: Actor,
    session: Session,
    relations: Sequence[Governed],
    statement: _Statement,
) -> Recorded:
    def told(problem: AgoraError) -> AgoraError:
        return editions.vanished(house, statement.releases, problem)

    try:
        answer = _answer(house, who, session, relations, statement)
    except AgoraError as problem:
        meant = told(problem)
        fell(house, who, statement.id, statement.read, meant)
        raise meant from problem
    return Recorded(house, who, statement.id, answer, told, read=statement.read)


def _answer(
    house: House,
    who: Actor,
    session: Session,
    relations: Sequence[Governed],
    statement: _Statement,
) -> Answer:
    """The answer; of a derived table that went meanwhile, what takes its place."""
    rulings = tuple(statement.rulings.values())
    try:
        return outside.answered(house, session, rulings, relations, statement.sql)
    except AgoraError as problem:
        if problem.code_shown not in editions.LOST:
            raise
        if problem.code_shown == _UNOPENED:
            derived.unreadable(house, who, zip(rulings, relations, strict=True))
        again = _relations(house, who, statement.rulings)
        if again == relations:
            raise
        return outside.answered(house, session, rulings, again, statement.sql)
