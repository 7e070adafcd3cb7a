"""Compatibility of everything beside columns and rules: references, service levels, life, terms."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from agora.model.changes import Change, Mark
from agora.model.contract import Contract, Price, ServiceLevel, Severity, moment
from agora.model.product import Lifecycle
from agora.quality.compatibility.verdicts import breaks, doubtful, eases, tells, tightens
from agora.quality.levels import span

_LESS_IS_BETTER = frozenset({
    "latency", "freshness", "frequency", "timetodetect", "timetonotify", "timetorepair", "errorrate",
})  # fmt: skip
_MORE_IS_BETTER = frozenset({"retention", "availability", "throughput"})
_ENDS = frozenset({"endofsupport", "endoflife"})
_STARTS = frozenset({"generalavailability"})


def compare(old: Contract, new: Contract) -> Iterator[Change]:
    """What the contract promises beside its rows and does not promise in the same way any more."""
    yield from _named(old, new)
    yield from _references(old, new)
    yield from _levels(old, new)
    yield from _life(old, new)
    yield from _access(old, new)
    yield from _price(old, new)
    if (old.terms, old.limitations) != (new.terms, new.limitations):
        yield tells("terms", "other terms of use, for agreements from now on")


def _named(old: Contract, new: Contract) -> Iterator[Change]:
    if old.table != new.table:
        words = f"the table `{old.table}` is called `{new.table}` now"
        yield breaks("table", words, mark=Mark.RENAMED)


def _references(old: Contract, new: Contract) -> Iterator[Change]:
    after = {link.columns: link for link in new.relationships}
    before = {link.columns: link for link in old.relationships}
    for columns, link in before.items():
        path, named = f"references.{','.join(columns)}", ", ".join(f"`{c}`" for c in columns)
        now = after.get(columns)
        if any(new.column(name) is None for name in columns):
            continue
        if now is None:
            words = f"{named} need not refer to `{link.to}` any more"
            yield breaks(path, words, *columns, mark=Mark.REMOVED)
        elif (link.to, link.to_columns, link.contract) != (now.to, now.to_columns, now.contract):
            yield breaks(path, f"{named} refer to something else now", *columns)
        elif link.severity is not now.severity:
            loose = now.severity is Severity.WARN
            make, words = (breaks, "only a warning now") if loose else (tightens, "judged anew")
            yield make(path, f"that {named} refer to `{link.to}` is {words}", *columns)
    for columns, link in after.items():
        if columns not in before:
            words = f"{', '.join(f'`{c}`' for c in columns)} refer to `{link.to}` now"
            yield tightens(f"references.{','.join(columns)}", words, mark=Mark.ADDED)


def _levels(old: Contract, new: Contract) -> Iterator[Change]:
    before = {(level.property.lower(), level.element): level for level in old.service_levels}
    after = {(level.property.lower(), level.element): level for level in new.service_levels}
    for key, level in before.items():
        now, path = after.get(key), f"levels.{level.property}"
        if now is not None:
            yield from _level(path, level, now)
        elif key[0] in _ENDS:
            yield eases(path, f"no end is announced any more: {_said(level)}", mark=Mark.REMOVED)
        else:
            yield breaks(path, f"no longer promised: {_said(level)}", mark=Mark.REMOVED)
    for key, level in after.items():
        if key not in before:
            make = tells if key[0] in _ENDS else tightens
            yield make(f"levels.{level.property}", f"new: {_said(level)}", mark=Mark.ADDED)


def _level(path: str, old: ServiceLevel, new: ServiceLevel) -> Iterator[Change]:
    if (old.value, old.unit) == (new.value, new.unit):
        return
    words = f"was: {_said(old)}; is: {_said(new)}"
    kind = old.property.lower()
    was, now = _measured(old, new), _measured(new, old)
    better = kind in _MORE_IS_BETTER | _ENDS
    if was is None or now is None or not (better or kind in _LESS_IS_BETTER | _STARTS):
        yield doubtful(path, words)
    elif was == now:
        yield tells(path, words)
    elif (now > was) is better:
        yield tightens(path, words)
    else:
        yield breaks(path, words)


def _measured(level: ServiceLevel, other: ServiceLevel) -> Decimal | None:
    """The service level as one number that can be compared with the other's: seconds, or as written."""
    if level.property.lower() in _ENDS | _STARTS:
        at = moment(level.value)
        return Decimal(str(at.timestamp())) if at else None
    lasting, others = span(level), span(other)
    if lasting is not None and others is not None:
        return Decimal(str(lasting.total_seconds()))
    try:
        number = Decimal(level.value)
    except InvalidOperation:
        return None
    return number if level.unit == other.unit and number.is_finite() else None


def _said(level: ServiceLevel) -> str:
    return " ".join(part for part in (level.property, level.value, level.unit) if part)


def _life(old: Contract, new: Contract) -> Iterator[Change]:
    if old.status == new.status:
        return
    words = f"its life goes on: from `{old.status}` to `{new.status}`"
    if new.status == Lifecycle.RETIRED:
        yield breaks("status", "it is retired: nobody can read it any more")
    else:
        yield tells("status", words)


def _access(old: Contract, new: Contract) -> Iterator[Change]:
    for role in old.roles:
        if role not in new.roles:
            yield breaks(f"roles.{role}", f"no role `{role}` any more", mark=Mark.REMOVED)
    for role in new.roles:
        if role not in old.roles:
            yield eases(f"roles.{role}", f"a new role `{role}`", mark=Mark.ADDED)
    before, after = dict(old.servers), dict(new.servers)
    for name, place in before.items():
        if name not in after:
            yield breaks(f"servers.{name}", f"no server `{name}` any more", mark=Mark.REMOVED)
        elif place != after[name]:
            yield breaks(f"servers.{name}", f"the server `{name}` is somewhere else now")
    for name in after:
        if name not in before:
            yield eases(f"servers.{name}", f"a new server `{name}`", mark=Mark.ADDED)


def _price(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = old.price or Price(), new.price or Price()
    if before == after:
        return
    was, now = _cost(before), _cost(after)
    words = f"the price was {was[1]} and is {now[1]}"
    same = (before.currency, before.unit) == (after.currency, after.unit)
    if now[0] == 0 or (same and now[0] < was[0]):
        yield eases("price", words)
    elif was[0] == 0 or (same and now[0] > was[0]):
        yield breaks("price", words)
    else:
        yield doubtful("price", words)


def _cost(price: Price) -> tuple[Decimal, str]:
    amount = price.amount or Decimal(0)
    return amount, f"{amount} {price.currency} {price.unit}".strip() if amount else "nothing"
