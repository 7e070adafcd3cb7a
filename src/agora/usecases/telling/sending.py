"""Sending: what waits to go out is claimed, sent, and recorded.

What arrived is never sent twice; what a crash interrupted is sent again, under the same id.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from agora.governance import letters
from agora.governance.notice import OF_PRODUCTS
from agora.governance.reminders import LEASE, STALE, again
from agora.model.errors import AgoraError, Conflict, Invalid
from agora.model.ledger import Entry, Event
from agora.model.notice import Call, Dispatch, Heard, Hook, Letter, Mailing, Notice, Sending
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import keys
from agora.passage.knowing import may_know
from agora.usecases.telling.piling import HEARD, preference

Clock = Callable[[], datetime]
TOGETHER = 20
"""So many go out in one claim: as one mail, or as so many calls of one webhook."""
GROUPS = 50
_OPEN = (Sending.WAITING, Sending.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How many notices arrived, will be tried again, and were given up."""

    sent: int = 0
    later: int = 0
    given_up: int = 0


@dataclass(slots=True)
class _Round:
    house: House
    clock: Clock
    states: list[Sending] = field(default_factory=list)


def send(house: House, clock: Clock) -> Sent:
    """Everything that was due has been tried once. `clock` is the machine's."""
    kept = house.store.get(Heard, HEARD)
    if kept is None or not kept.noun.shelves:
        return Sent()
    waiting = {shelf: _open_on(house, shelf) for shelf in kept.noun.shelves}
    _clear(house, kept, {shelf for shelf, found in waiting.items() if found})
    now, turn = clock(), _Round(house, clock)
    due = [each for found in waiting.values() for each in found if each.noun.next_at <= now]
    for group in _grouped(due)[:GROUPS]:
        claimed = _claimed(turn, group)
        if claimed and claimed[0].noun.hook:
            _call_all(turn, claimed)
        elif claimed:
            _mail(turn, claimed)
    return Sent(
        sent=turn.states.count(Sending.SENT),
        later=turn.states.count(Sending.WAITING),
        given_up=turn.states.count(Sending.GIVEN_UP),
    )


def _open_on(house: House, shelf: int) -> list[Kept[Dispatch]]:
    found = house.store.find(Dispatch, keys.shelf(shelf))
    return [kept for kept in found if kept.noun.state in _OPEN]


def _clear(house: House, kept: Kept[Heard], used: set[int]) -> None:
    """Shelves that are full and of which nothing waits are not looked at any more."""
    newest = kept.noun.dispatches // keys.SHELF
    shelves = tuple(each for each in kept.noun.shelves if each in used or each == newest)
    if shelves == kept.noun.shelves:
        return
    noun = replace(kept.noun, shelves=shelves)
    try:
        house.store.commit((Put(key=HEARD, noun=noun, revision=kept.revision),), ())
    except Conflict:
        return


def _grouped(due: Sequence[Kept[Dispatch]]) -> list[list[Kept[Dispatch]]]:
    """What goes the same way, in the order it waits; what was tried together is tried together."""
    groups: dict[object, list[Kept[Dispatch]]] = {}
    for each in due:
        noun = each.noun
        tried = noun.next_at if noun.attempts else None
        groups.setdefault((noun.hook, noun.to, noun.attempts, tried), []).append(each)
    return [group[:TOGETHER] for group in groups.values()]


def _claimed(turn: _Round, group: Sequence[Kept[Dispatch]]) -> list[Kept[Dispatch]]:
    """The group is this sender's for a while; none of it when another was faster."""
    now = turn.clock()
    puts, mine = [], []
    for each in group:
        noun = each.noun
        if not noun.attempts and now - noun.next_at > STALE:
            noun = replace(noun, state=Sending.LEFT_OUT, why="it came too late")
        else:
            attempts, until = noun.attempts + 1, now + LEASE
            noun = replace(noun, state=Sending.SENDING, attempts=attempts, next_at=until)
            mine.append(Kept(key=each.key, revision=each.revision + 1, noun=noun))
        puts.append(Put(key=each.key, noun=noun, revision=each.revision))
    try:
        turn.house.store.commit(puts, ())
    except Conflict:
        return []
    return mine


def _mail(turn: _Round, group: Sequence[Kept[Dispatch]]) -> None:
    house, to = turn.house, group[0].noun.to
    person = house.mesh.principal(to)
    wanted = preference(house, to).noun.mailing is not Mailing.NEVER
    address = person.email if person and wanted else ""
    told = [(each, _still_told(house, each.noun)) for each in group]
    for each, notice in told:
        if notice is None or notice.read_at is not None or not address:
            _over(turn, each, Sending.LEFT_OUT)
    left = [(e, n) for e, n in told if n is not None and n.read_at is None and address]
    if not left:
        return
    words = [letters.worded(house.mesh, notice) for _, notice in left]
    letter = Letter(
        id=_id(house, [each.noun.number for each, _ in left]),
        to=address,
        subject=letters.subject(house.mesh, [each.sentence for each in words]),
        text=letters.body(house.mesh, words),
    )
    problem = _tried(lambda: house.post.mail(letter))
    for each, _ in left:
        _ended(turn, each, problem)


def _call_all(turn: _Round, group: Sequence[Kept[Dispatch]]) -> None:
    """Each notice is a call of its own; when one is not taken the rest is not tried this time."""
    house = turn.house
    kept = house.store.get(Hook, keys.hook(group[0].noun.to, group[0].noun.hook))
    problem: AgoraError | None = None
    for each in group:
        notice = _still_told(house, each.noun)
        if kept is None or kept.noun.dropped_at is not None or notice is None:
            _over(turn, each, Sending.LEFT_OUT)
            continue
        if problem is None:
            call = _call(house, kept.noun, each.noun, notice, turn.clock())
            problem = _tried(lambda call=call: house.post.call(call))  # type: ignore[misc]
        _ended(turn, each, problem)


def _still_told(house: House, dispatch: Dispatch) -> Notice | None:
    """The notice, while its reader is still here and may still know what it is about."""
    kept = house.store.get(Notice, keys.notice(dispatch.to, dispatch.notice))
    principal = house.mesh.principal(dispatch.to)
    if kept is None or principal is None:
        return None
    if kept.noun.matter not in OF_PRODUCTS or kept.noun.product is None:
        return kept.noun
    product = house.mesh.product(kept.noun.product)
    return kept.noun if product and may_know(house, principal, product) else None


def _call(house: House, hook: Hook, dispatch: Dispatch, notice: Notice, now: datetime) -> Call:
    words = letters.worded(house.mesh, notice)
    site = house.mesh.post.site.rstrip("/")
    told = {
        "agora": 1,
        "kind": "notice",
        "mesh": house.mesh.name,
        "id": notice.number,
        "to": notice.to,
        "matter": notice.matter.value,
        "sentence": words.sentence,
        "at": notice.at.isoformat(),
        "product": str(notice.product or ""),
        "port": notice.port,
        "by": notice.by,
        "about": notice.about,
        "purpose": notice.purpose,
        "edition": notice.edition,
        "until": notice.until.isoformat() if notice.until else "",
        "url": f"{site}{words.page}" if site else "",
    }
    return Call(
        id=_id(house, [dispatch.number]),
        url=hook.url,
        body=json.dumps(told, ensure_ascii=False),
        secret=hook.secret,
        at=int(now.timestamp()),
    )


def _id(house: House, numbers: Sequence[int]) -> str:
    """The same for the same deliveries, however often they are tried."""
    named = "-".join(map(str, numbers))
    return hashlib.sha256(f"{house.mesh.name}/{named}".encode()).hexdigest()[:32]


def _tried(deed: Callable[[], None]) -> AgoraError | None:
    try:
        deed()
    except AgoraError as problem:
        return problem
    return None


def _ended(turn: _Round, each: Kept[Dispatch], problem: AgoraError | None) -> None:
    """One delivery has arrived, waits for its next try, or is given up."""
    if problem is None:
        _over(turn, each, Sending.SENT)
        return
    noun, now = each.noun, turn.clock()
    later = None if isinstance(problem, Invalid) else again(noun.attempts, noun.since, now)
    if later is None:
        _over(turn, each, Sending.GIVEN_UP, problem.sentence)
        return
    waits = replace(noun, state=Sending.WAITING, next_at=later, why=problem.sentence)
    _keep(turn, each, waits, ())


def _over(turn: _Round, each: Kept[Dispatch], state: Sending, why: str = "") -> None:
    noun = replace(each.noun, state=state, why=why)
    _keep(turn, each, noun, tuple(_lost(turn.house, noun)))


def _keep(turn: _Round, each: Kept[Dispatch], noun: Dispatch, entries: Sequence[Entry]) -> None:
    """How it went is kept, unless this sender was taken for dead and another has it now."""
    put = Put(key=each.key, noun=noun, revision=each.revision)
    try:
        turn.house.store.commit((put,), entries)
    except Conflict:
        return
    turn.states.append(noun.state)


def _lost(house: House, noun: Dispatch) -> Iterator[Entry]:
    """The ledger tells what was given up; from there whom it was for hears of it."""
    if noun.state is Sending.GIVEN_UP:
        yield Entry(
            event=Event.UNDELIVERED,
            at=house.now(),
            who=noun.to,
            subject=noun.hook or "mail",
            facts=(("told", noun.to), ("notice", noun.notice), ("why", noun.why)),
        )
