"""Contracts compared: what a new contract of a port changes for those who rely on the old one.

Every row of the table in `docs/concepts/versions.md` is judged here or in the files beside.
Comparing is a partial order in the sense that matters: a contract compared with itself changes
nothing, and what is compatible step by step is compatible as a whole.
"""

from collections.abc import Iterator, Mapping

from agora.model.changes import Change, Mark
from agora.model.contract import Column, Contract
from agora.quality.compatibility import limits, rules, terms
from agora.quality.compatibility.types import changed
from agora.quality.compatibility.verdicts import breaks, doubtful, eases, tells, tightens, warns


def compare(old: Contract, new: Contract) -> tuple[Change, ...]:
    """Every change from `old` to `new`, columns first; none when both promise the same."""
    pairs = matched(old, new)
    found = [*_columns(old, new, pairs), *rules.compare(old, new, pairs), *terms.compare(old, new)]
    if not found and old.hash != new.hash:
        found = [tells("text", "only descriptions and what binds nobody")]
    return tuple(found)


def matched(old: Contract, new: Contract) -> Mapping[str, str]:
    """The new name of each old column that is still there: found by its `id`, else by its name."""
    ids = {c.id: c.name for c in new.columns if c.id}
    found = {c.name: ids[c.id] for c in old.columns if c.id and c.id in ids}
    taken = set(found.values())
    for column in old.columns:
        if column.name not in found and new.column(column.name) and column.name not in taken:
            found[column.name] = column.name
            taken.add(column.name)
    return found


def _columns(old: Contract, new: Contract, pairs: Mapping[str, str]) -> Iterator[Change]:
    for before in old.columns:
        after = new.column(pairs.get(before.name, ""))
        if after is None:
            words = f"`{before.name}` is gone"
            yield breaks(f"columns.{before.name}", words, before.name, mark=Mark.REMOVED)
        else:
            yield from _column(old, new, before, after)
    came_from = set(pairs.values())
    for after in new.columns:
        if after.name not in came_from:
            yield _added(after)
    yield from _key(old, new, pairs)


def _added(column: Column) -> Change:
    path = f"columns.{column.name}"
    if column.required or column.key_position:
        words = f"`{column.name}` is new, and every row has a value"
        return tightens(path, words, mark=Mark.ADDED)
    return eases(path, f"`{column.name}` is new", mark=Mark.ADDED)


def _column(old: Contract, new: Contract, before: Column, after: Column) -> Iterator[Change]:
    name, path = before.name, f"columns.{before.name}"
    if after.name != name:
        yield breaks(path, f"`{name}` is called `{after.name}` now", name, mark=Mark.RENAMED)
    elif before.id and after.id and before.id != after.id:
        words = f"`{name}` has another id: does it still mean the same?"
        yield doubtful(f"{path}.id", words, name)
    yield from changed(f"{path}.type", name, before.type, after.type)
    yield from _promises(old, new, before, after)
    yield from _meaning(path, before, after)
    yield from limits.compare(path, name, before.limits, after.limits)
    yield from _words(path, before, after)


def _promises(old: Contract, new: Contract, before: Column, after: Column) -> Iterator[Change]:
    """What every value keeps: that it is there, and that it is there once."""
    name, path = before.name, f"columns.{before.name}"
    was, now = _present(before), _present(after)
    if was and not now:
        yield breaks(f"{path}.required", f"`{name}` may be empty now", name)
    elif now and not was:
        yield tightens(f"{path}.required", f"`{name}` is never empty now", name)
    was, now = before.unique, after.unique or new.key == (after.name,)
    if was and not now:
        yield breaks(f"{path}.unique", f"`{name}` may repeat a value now", name)
    elif after.unique and not was and old.key != (name,):
        yield tightens(f"{path}.unique", f"`{name}` never repeats a value now", name)


def _present(column: Column) -> bool:
    return column.required or column.key_position > 0


def _meaning(path: str, before: Column, after: Column) -> Iterator[Change]:
    """The unit of a number, the zone of a time, the length of a period: equal values mean another thing."""
    for word in ("unit", "zone", "period"):
        was, now = getattr(before, word), getattr(after, word)
        if was and was != now:
            words = f"the {word} of `{before.name}` was {was} and is {now or 'not said'}"
            yield breaks(f"{path}.{word}", words, before.name)
        elif now and not was:
            words = f"the {word} of `{before.name}` is said now: {now}"
            yield tightens(f"{path}.{word}", words, before.name)


def _words(path: str, before: Column, after: Column) -> Iterator[Change]:
    name = before.name
    if before.labels != after.labels:
        words = f"`{name}` carries other tags: policies decide anew who sees it"
        yield warns(f"{path}.tags", words, name)
    elif (before.title, before.description) != (after.title, after.description):
        yield tells(f"{path}.description", f"`{name}` is described in other words", name)


def _key(old: Contract, new: Contract, pairs: Mapping[str, str]) -> Iterator[Change]:
    """A key of fewer columns promises more, one of more columns or none promises less."""
    was = tuple(pairs.get(name, name) for name in old.key)
    if was == new.key:
        return
    path = "key"
    named = ", ".join(f"`{name}`" for name in new.key)
    if set(was) == set(new.key):
        yield tells(path, f"the key names its columns in another order: {named}")
    elif not was:
        yield tightens(path, f"{named} name each row once now", mark=Mark.ADDED)
    elif not new.key:
        yield breaks(path, "no key names each row once any more", *old.key, mark=Mark.REMOVED)
    elif set(new.key) < set(was):
        yield tightens(path, f"fewer columns name each row once: {named}")
    else:
        yield breaks(path, f"other columns name each row now: {named}", *old.key)
