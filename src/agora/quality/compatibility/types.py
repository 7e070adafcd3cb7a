"""Compatibility of types: which of them hold every value of another, inside nested ones too."""

from collections.abc import Iterator

from agora.model.changes import Change, Mark
from agora.model.types import Kind, Type
from agora.quality.compatibility.verdicts import breaks, eases, warns

_WIDER = frozenset({(Kind.INTEGER, Kind.BIGINT), (Kind.REAL, Kind.DOUBLE)})


def changed(path: str, column: str, old: Type, new: Type) -> Iterator[Change]:
    """How a type differs: wider is a warning, anything else breaks; nested ones part by part."""
    if old == new:
        return
    if old.kind is new.kind is Kind.LIST and old.element and new.element:
        yield from changed(f"{path}.items", column, old.element, new.element)
    elif old.kind is new.kind is Kind.STRUCT:
        yield from _fields(path, column, old, new)
    elif _wider(old, new):
        words = f"`{column}` was {old} and is {new}: wider, which a typed client may not expect"
        yield warns(path, words, column)
    else:
        yield breaks(path, f"`{column}` was {old} and is {new}", column)


def _fields(path: str, column: str, old: Type, new: Type) -> Iterator[Change]:
    before, after = dict(old.fields), dict(new.fields)
    for name, kind in before.items():
        if name not in after:
            words = f"`{column}.{name}` is gone"
            yield breaks(f"{path}.{name}", words, column, mark=Mark.REMOVED)
        else:
            yield from changed(f"{path}.{name}", column, kind, after[name])
    for name in after:
        if name not in before:
            words = f"`{column}.{name}` is new"
            yield eases(f"{path}.{name}", words, column, mark=Mark.ADDED)


def _wider(old: Type, new: Type) -> bool:
    """True when every value of the old type is one of the new, digits behind the point included."""
    if old.kind is new.kind is Kind.DECIMAL:
        whole = new.precision - new.scale >= old.precision - old.scale
        return whole and new.scale == old.scale
    return (old.kind, new.kind) in _WIDER
