"""Newcomer: which of the five steps were done, counted on in the ledger from where it was left off."""

from dataclasses import replace

from agora.model.errors import Conflict
from agora.model.ledger import Entry, Event
from agora.model.newcomer import Deed, Steps
from agora.needs.house import House
from agora.needs.store import Put

KEY = "steps"
FAR = 200
"""So many records in which nothing was done are not read twice."""
_DEEDS = {
    Event.SEARCHED: Deed.FIND,
    Event.LABEL_READ: Deed.LABEL,
    Event.REQUESTED: Deed.REQUEST,
    Event.APPROVED: Deed.APPROVE,
    Event.QUERY_OPENED: Deed.QUERY,
}
_INCLUDED = {Deed.LABEL: (Deed.FIND,)}
"""Who reads a label has found the product, also by results that came while typing."""


def steps(house: House) -> Steps:
    """What visitors of a demo have done, whoever they were at the time."""
    kept = house.store.get(Steps, KEY)
    before = kept.noun if kept else Steps()
    if len(before.done) == len(Deed):
        return before
    now = before
    for record in house.store.records(after=before.place):
        now = heard(replace(now, place=record.place), record.entry)
    if replace(now, place=before.place) != before or now.place - before.place > FAR:
        put = Put(key=KEY, noun=now, revision=kept.revision if kept else 0)
        try:
            house.store.commit((put,), ())
        except Conflict:
            return now  # somebody else counted on at the same time, and kept it
    return now


def heard(before: Steps, entry: Entry) -> Steps:
    """One entry more; nothing counts until a visitor has chosen who to be."""
    facts = dict(entry.facts)
    if entry.event is Event.SIGNED_IN and facts.get("how") == "demo":
        return replace(before, begun=True)
    deed = _DEEDS.get(entry.event)
    if "part" in facts or facts.get("hits") == 0:
        deed = None  # what a label reads by itself is no query; who found nothing has not found
    if not before.begun or deed is None or deed in before.done:
        return before
    done = {*before.done, deed, *_INCLUDED.get(deed, ())}
    return replace(before, done=tuple(each for each in Deed if each in done))
