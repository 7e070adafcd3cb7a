"""Counting: what the scorecard is made of, taken from the ledger entry by entry."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

from agora.model.activity import products
from agora.model.ledger import Event, Record
from agora.model.scorecard import Book, Joined, Open, Tell, Use, Wait

MOST = 1_000
"""So many waits, and so much of what has begun and not ended, are remembered: the newest."""
_REFUSALS = frozenset({Event.QUERY_REFUSED, Event.DENIED})
_NOBODY_REFUSED = ("E2", "E43", "E5")
"""Codes of a text that cannot be read, of work that was stopped, and of what is not there just now."""


def counted(before: Book, records: Iterable[Record]) -> Book:
    """The same as if everything had been counted at once."""
    counting = _Counting(before)
    for record in records:
        counting.hear(record)
    return counting.book()


class _Counting:
    """One book that is being written."""

    def __init__(self, before: Book) -> None:
        self._place = before.place
        self._uses = {(use.products, use.reader): use for use in before.uses}
        self._joined = Counter({(each.one, each.other): each.times for each in before.joined})
        self._waits = deque(before.waits, maxlen=MOST)
        self._tells = Counter({(each.what, each.product): each.times for each in before.tells})
        self._open = {(each.what, each.key): each for each in before.open}
        self._published = dict.fromkeys(before.published)

    def book(self) -> Book:
        """Everything, in an order of its own."""
        return Book(
            place=self._place,
            uses=tuple(self._uses[key] for key in sorted(self._uses)),
            joined=tuple(Joined(one=a, other=b, times=n) for (a, b), n in sorted(self._joined.items())),
            waits=tuple(self._waits),
            tells=tuple(Tell(what=w, product=p, times=n) for (w, p), n in sorted(self._tells.items())),
            open=tuple(list(self._open.values())[-MOST:]),
            published=tuple(self._published),
        )  # fmt: skip

    def hear(self, record: Record) -> None:
        """One record more."""
        self._place = record.place
        entry, named = record.entry, products(record.entry)
        if entry.event is Event.SEARCHED:
            self._begin(record, "search", entry.who, ())
        elif entry.event in (Event.QUERY_OPENED, Event.BUILD_READ):
            self._read(record, named if entry.event is Event.QUERY_OPENED else named[1:])
        elif entry.event is Event.QUERY_CLOSED:
            self._closed(record)
        elif entry.event in _REFUSALS:
            self._closed(record)
            self._refused(record, named or ("",))
        else:
            self._market(record, named)

    def _market(self, record: Record, named: tuple[str, ...]) -> None:
        """Requests, and products on their way to a first edition."""
        event, facts = record.entry.event, dict(record.entry.facts)
        name = named[0] if named else ""
        if event is Event.REQUESTED:
            self._tell("requested", name)
            if facts.get("agreement"):
                self._tell("decided", name)
                self._tell("policy", name)
                self._waits.append(Wait(what="decision", product=name, seconds=0))
            else:
                self._begin(record, "request", str(facts.get("request", "")), (name,))
        elif event in (Event.APPROVED, Event.REFUSED_REQUEST):
            self._tell("decided", name)
            self._end(record, "request", str(facts.get("request", "")), "decision", name)
        elif event in (Event.MADE, Event.RUN_STARTED):
            if name not in self._published and ("product", name) not in self._open:
                self._begin(record, "product", name, (name,))
        elif event is Event.RELEASED:
            self._published[name] = None
            self._end(record, "product", name, "publishing", name)

    def _read(self, record: Record, named: tuple[str, ...]) -> None:
        entry = record.entry
        statement = str(dict(entry.facts).get("statement", ""))
        if statement:
            self._begin(record, "statement", statement, named)
        use = self._use(named, entry.who)
        self._keep(replace(use, reads=use.reads + 1, last=entry.at))
        pairs = combinations(sorted(named), 2) if statement else ()
        self._joined.update(p for p in pairs if len({n.partition(".")[0] for n in p}) > 1)

    def _closed(self, record: Record) -> None:
        """A statement has ended; one that was stopped on its way is named by its refusal."""
        facts, who = dict(record.entry.facts), record.entry.who
        statement = str(facts.get("statement", record.entry.subject))
        begun = self._open.pop(("statement", statement), None)
        if begun is None:
            return
        rows = int(str(facts.get("rows", 0)))
        millis = round((record.recorded_at - begun.at).total_seconds() * 1000)
        use = self._use(begun.products, who)
        self._keep(replace(use, rows=use.rows + rows, millis=use.millis + millis))
        if rows and begun.products:
            self._end(record, "search", who, "search", begun.products[0])

    def _refused(self, record: Record, named: tuple[str, ...]) -> None:
        facts = dict(record.entry.facts)
        if str(facts.get("code", "")).startswith(_NOBODY_REFUSED):
            return
        for name in named:
            self._tell("refused", name)
            if facts.get("rules"):
                self._tell("explained", name)

    def _use(self, named: tuple[str, ...], reader: str) -> Use:
        products = tuple(sorted(named))
        return self._uses.get((products, reader)) or Use(products=products, reader=reader)

    def _keep(self, use: Use) -> None:
        self._uses[use.products, use.reader] = use

    def _tell(self, what: str, product: str) -> None:
        self._tells[what, product] += 1

    def _begin(self, record: Record, what: str, key: str, named: tuple[str, ...]) -> None:
        self._open[what, key] = Open(
            what=what, key=key, products=named, at=record.recorded_at, moment=record.entry.at
        )

    def _end(self, record: Record, what: str, key: str, wait: str, product: str) -> None:
        begun = self._open.pop((what, key), None)
        if begun is not None:
            seconds = round(_lasted(begun, record).total_seconds())
            self._waits.append(Wait(what=wait, product=product, seconds=seconds))


def _lasted(begun: Open, ended: Record) -> timedelta:
    """By the mesh's own clock, which may run ahead in a replay; by the machine's where that stands still."""
    by_machine = ended.recorded_at - begun.at
    return max(by_machine, ended.entry.at - begun.moment) if begun.moment else by_machine
