"""Lasting: how agreements follow one another, are carried over to a new version, and end."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from agora.governance.access import deciders
from agora.governance.lifecycle import life
from agora.governance.publishing import speakers
from agora.model.access import Agreement, Due, DueKind
from agora.model.changes import Change, Verdict
from agora.model.contract import Contract
from agora.model.mesh import Mesh


def alike(one: Agreement, other: Agreement) -> bool:
    """True when two agreements give the same consumer the same port version for one purpose."""
    return (one.port, one.consumer, one.purpose, one.edition) == (
        other.port,
        other.consumer,
        other.purpose,
        other.edition,
    )


def replaced(new: Agreement, there: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """What a new agreement takes the place of, as it is kept from then on.

    One consumer has one agreement on a port version for one purpose: who ends it ends the access.
    """
    return tuple(
        _succeeded(each, new)
        for each in there
        if each.id != new.id
        and (each.id == new.renews or (alike(each, new) and each.active(new.starts)))
    )


def _succeeded(old: Agreement, new: Agreement) -> Agreement:
    if not old.active(new.starts):
        return replace(old, renewed_by=new.id)
    return replace(
        old,
        renewed_by=new.id,
        ended_at=new.starts,
        ended_by=new.approved_by,
        ended_for=f"`{new.id}` takes its place",
    )


def family(agreement: Agreement, there: Sequence[Agreement]) -> tuple[Agreement, ...]:
    """The agreement with all that came of it or that it came of, on any version: one right."""
    found = {agreement.id}
    while True:
        links = [{each.id, each.renews, each.renewed_by, each.carried_from} for each in there]
        more = {name for named in links if found & named for name in named if name}
        if more <= found:
            return tuple(each for each in there if each.id in found)
        found |= more


def carries(agreement: Agreement, changes: Sequence[Change], new: Contract) -> bool:
    """True when an agreement holds for a new version too: nothing it covers is other than before.

    Terms that are not those agreed, and whatever a person would have to look at, ask again.
    """
    if agreement.edition or (new.terms.strip() and new.terms != agreement.terms):
        return False
    covered = set(agreement.columns)
    return all(
        change.verdict is Verdict.COMPATIBLE
        or (covered and change.columns and not covered & set(change.columns))
        for change in changes
    )


def due(
    mesh: Mesh, agreements: Iterable[Agreement], now: datetime, within: timedelta
) -> tuple[Due, ...]:
    """Every active agreement that ends within this time, or whose version does; soonest first."""
    found = (each for a in agreements if a.active(now) for each in _ending(mesh, a))
    soon = (each for each in found if now < each.ends <= now + within)
    return tuple(sorted(soon, key=lambda each: (each.ends, each.agreement.id)))


def _ending(mesh: Mesh, agreement: Agreement) -> Iterator[Due]:
    here = life(mesh, agreement.port)
    ends = {DueKind.AGREEMENT: agreement.expires, DueKind.VERSION: here.ends if here else None}
    for kind, at in ends.items():
        if at is not None:
            yield Due(
                agreement=agreement,
                ends=at,
                kind=kind,
                people=speakers(mesh, agreement.consumer),
                owners=deciders(mesh, agreement.port),
                instead=here.instead if here else None,
            )
