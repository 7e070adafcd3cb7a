"""Saved: what people keep and share, found and kept for somebody who may know all that it names."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from agora.governance.saved import judge_purpose, judge_sharing, judge_words, may_edit, may_see
from agora.governance.sql import judge, judge_text
from agora.model.chart import Chart
from agora.model.errors import Conflict, Denied, Invalid, Missing, Refused
from agora.model.ledger import Entry, Event
from agora.model.people import Actor, Principal
from agora.model.reasons import Reason
from agora.model.relation import Session
from agora.model.saved import Audience, Parameter, SavedQuery, Sharing
from agora.model.sqlfacts import SqlFacts, TableUse
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage.knowing import find_table
from agora.passage.ruling import rule_version
from agora.workshop.parameters import bind, demand, samples

N = TypeVar("N", SavedQuery, Chart)
_WORDS = {SavedQuery: ("saved query", "E690"), Chart: ("chart", "E696")}


class Cabinet(Generic[N]):
    """Everything of one kind that is kept, as one person may see it."""

    def __init__(self, house: House, who: Actor, kind: type[N]) -> None:
        """Whose eyes, and what kind of thing they look for."""
        self._house, self._who = house, who
        self._kind: type[N] = kind
        self._word, self._code = _WORDS[kind]

    def get(self, name: str) -> Kept[N]:
        """What is kept under this id; raises Missing, the same for unshared and unknown ones."""
        kept = self._house.store.get(self._kind, name)
        if kept is None or not visible(self._house, self._who.principal, kept.noun):
            raise Missing(f"there is no {self._word} `{name}`", code=self._code)
        return kept

    def all(self) -> Iterator[Kept[N]]:
        """Everything this person sees, their own and what others share with them, newest first."""
        found = [
            kept
            for kept in self._house.store.find(self._kind)
            if visible(self._house, self._who.principal, kept.noun)
        ]
        return iter(sorted(found, key=lambda kept: kept.noun.changed_at, reverse=True))

    def to_change(self, name: str, revision: int, *, owning: bool = False) -> Kept[N]:
        """What this person may change now; raises Missing, Denied, or Conflict with what stands."""
        kept = self.get(name)
        sharing, own = kept.noun.sharing, self._who.principal
        if own.id != sharing.owner and (owning or not may_edit(sharing, own)):
            raise Denied(
                f"`{name}` belongs to `{sharing.owner}`",
                code="E691",
                hint="keep a copy of your own, or ask its owner to let you edit it",
            )
        if revision and revision != kept.revision:
            raise _overtaken(name, kept)
        return kept

    def share(
        self,
        name: str,
        revision: int,
        audience: Audience,
        named: Sequence[str],
        editors: Sequence[str],
    ) -> Kept[N]:
        """Its owner shares the words like this from now on; raises what changing and keeping do."""
        kept = self.to_change(name, revision, owning=True)
        sharing = Sharing.of(kept.noun.sharing.owner, audience, named, editors)
        return self.keep(replace(kept.noun, sharing=sharing), kept.revision)

    def remove(self, name: str, revision: int) -> Kept[N]:
        """Its owner has taken it away from everybody; raises what changing and keeping do."""
        kept = self.to_change(name, revision, owning=True)
        return self.keep(replace(kept.noun, removed_at=self._house.now()), kept.revision)

    def keep(self, noun: N, revision: int) -> Kept[N]:
        """The noun is kept in place of `revision` (0: it is new), as changed by this person now.

        Raises Invalid or Conflict.
        """
        own = self._who.principal.id
        noun = replace(noun, changed_at=self._house.now(), changed_by=own)
        _demand_words(self._house, noun)
        put, entry = Put(key=noun.id, noun=noun, revision=revision), self._entry(noun)
        try:
            self._house.store.commit((put,), (entry,))
        except Conflict:
            raise _overtaken(noun.id, self.get(noun.id)) from None
        return Kept(key=noun.id, revision=revision + 1, noun=noun)

    def _entry(self, noun: N) -> Entry:
        sharing = noun.sharing
        return self._house.entry(
            self._who,
            Event.SAVED if noun.removed_at is None else Event.SAVED_REMOVED,
            subject=noun.id,
            purpose=noun.purpose,
            facts=(
                ("audience", sharing.audience.value),
                ("named", sharing.named),
                ("editors", sharing.editors),
                ("tables", noun.tables),
            ),
        )


def visible(house: House, principal: Principal, noun: SavedQuery | Chart) -> bool:
    """True when the noun is this person's or shared with them, and they may know all its tables.

    Its owner sees it even after a product in it was taken away from them: the words are their own.
    """
    if noun.removed_at is not None:
        return False
    if principal.id == noun.sharing.owner:
        return True
    everybody = noun.sharing.audience is Audience.READERS
    reads = everybody and _reads_all(house, principal, noun)
    return may_see(noun.sharing, principal, reads=reads) and knows_all(
        house, principal, noun.tables
    )


def knows_all(house: House, principal: Principal, tables: Sequence[str]) -> bool:
    """True when this person may know of every one of these tables."""
    try:
        for table in tables:
            find_table(house, principal, _use(table))
    except Missing:
        return False
    return True


def read_through(
    house: House, who: Actor, sql: str, parameters: Sequence[Parameter]
) -> tuple[str, ...]:
    """The tables of a text that anybody may run at all, each of which this person may know of.

    Raises Refused for what no reader may run, Invalid for its parameters, Missing for its tables.
    """
    _refuse(judge_text(sql))
    facts = stated(house, who, sql)
    if facts.error:
        _refuse(judge(facts))
    demand(parameters, facts.parameters)
    whole = bind(sql, facts.parameters, parameters, samples(parameters))
    facts = stated(house, who, whole)
    _refuse(judge(facts))
    for table in facts.tables:
        find_table(house, who.principal, table)
    names = (f"{table.schema}.{table.table}".lower() for table in facts.tables)
    return tuple(dict.fromkeys(names))


def bound(
    house: House, who: Actor, sql: str, parameters: Sequence[Parameter], values: dict[str, str]
) -> str:
    """The text with these values in it, ready to be read; raises Invalid."""
    if not parameters and not values:
        return sql
    return bind(sql, stated(house, who, sql).parameters, parameters, values)


def stated(house: House, who: Actor, sql: str) -> SqlFacts:
    """What the engine's parser says of the text, in a process that serves this reader alone."""
    session = Session(reader=who.principal.id, purpose=who.purpose, fingerprint=house.mesh.hash)
    return house.readers.facts(session, sql)


def acting(who: Actor, purpose: str) -> Actor:
    """The same person, for the purpose that was kept with the words unless they name another."""
    return who if who.purpose or not purpose else replace(who, purpose=purpose)


def _reads_all(house: House, principal: Principal, noun: SavedQuery | Chart) -> bool:
    return all(_reads(house, principal, table, noun.purpose) for table in noun.tables)


def _reads(house: House, principal: Principal, table: str, purpose: str) -> bool:
    """True when this person may read the table, for the purpose kept with the words or any other."""
    try:
        product, ports = find_table(house, principal, _use(table))
    except Missing:
        return False
    purposes = dict.fromkeys(["", purpose, *(each.id for each in house.mesh.purposes)])
    return any(
        rule_version(house, principal, each, product, ports).decision.allowed for each in purposes
    )


def _use(table: str) -> TableUse:
    schema, _, name = table.partition(".")
    return TableUse(schema=schema, table=name)


def _demand_words(house: House, noun: SavedQuery | Chart) -> None:
    reasons = (
        *judge_words(noun.title, noun.description),
        *judge_purpose(house.mesh, noun.purpose),
        *judge_sharing(house.mesh, noun.sharing),
    )
    for reason in reasons:
        raise Invalid(reason.sentence, code=reason.code, hint=reason.hint)


def _overtaken(name: str, kept: Kept[SavedQuery] | Kept[Chart]) -> Conflict:
    return Conflict(
        f"`{kept.noun.changed_by}` changed `{name}` in between",
        code="E692",
        hint=f"it is revision {kept.revision} now: look at it, then save yours again",
        standing=kept.noun,
    )


def _refuse(reasons: Sequence[Reason]) -> None:
    for reason in reasons:
        raise Refused(reason.sentence, code=reason.code, hint=reason.hint)
