"""Past: what a consumer did so far with one owner's data, read from the ledger.

An owner hears of nothing but their own tables: an entry counts when its subject is a port of these
domains, or when a rule of theirs refused it.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from agora.model.access import Past
from agora.model.ledger import Entry, Event

_READ = frozenset({Event.QUERY_OPENED, Event.BUILD_READ})


def conduct(
    entries: Iterable[Entry],
    domains: Collection[str],
    names: Collection[str],
    agreements: Collection[str],
    since: datetime,
) -> Past:
    """How often these consumers, or anybody under these agreements, read the domains' ports."""
    found = Past(since=since)
    for entry in entries:
        if entry.at < since or not _theirs(entry, names, agreements):
            continue
        if entry.event in _READ and _touches(entry, domains):
            found = replace(found, queries=found.queries + 1, last_read=entry.at)
        elif _refused(entry) and (_touches(entry, domains) or _ruled(entry, domains)):
            found = replace(found, refusals=found.refusals + 1)
    return found


def _theirs(entry: Entry, names: Collection[str], agreements: Collection[str]) -> bool:
    return entry.who in names or not set(agreements).isdisjoint(_listed(entry, "agreements"))


def _touches(entry: Entry, domains: Collection[str]) -> bool:
    ports = (*entry.subject.split(", "), *_listed(entry, "ports"))
    return any(port.partition(".")[0] in domains for port in ports)


def _refused(entry: Entry) -> bool:
    """True when a rule said no; who misspelt a column, or came before the first edition, did no wrong."""
    ruled = entry.event is Event.QUERY_REFUSED and bool(_listed(entry, "rules"))
    return ruled or entry.event is Event.DENIED


def _ruled(entry: Entry, domains: Collection[str]) -> bool:
    return any(rule.partition("/")[0] in domains for rule in _listed(entry, "rules"))


def _listed(entry: Entry, name: str) -> tuple[str, ...]:
    found = dict(entry.facts).get(name, ())
    return found if isinstance(found, tuple) else ()
