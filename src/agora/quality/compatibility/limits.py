"""Compatibility of single values: lengths, bounds, patterns and permitted values.

A limit that lets more through breaks those who relied on it; one that lets less through binds the
owner. Whether two patterns mean the same cannot be decided, so a person has to.
"""

from collections.abc import Iterator
from decimal import Decimal

from agora.model.changes import Change
from agora.model.contract import Limits, Scalar
from agora.quality.compatibility.verdicts import breaks, doubtful, tightens

Bound = tuple[Scalar, bool]
"""A value and whether the value itself is left out."""


def compare(path: str, column: str, old: Limits, new: Limits) -> Iterator[Change]:
    """Every limit of a column that lets more or less through than before."""
    yield from _options(f"{path}.enum", column, old, new)
    for word, before, after in _bounds(old, new):
        yield from _bound(f"{path}.{word}", column, before, after, up=word.startswith("min"))
    for word in ("pattern", "format"):
        yield from _text(f"{path}.{word}", column, getattr(old, word), getattr(new, word))
    if old.unique_items and not new.unique_items:
        yield breaks(f"{path}.uniqueItems", f"lists in `{column}` may repeat a value now", column)
    elif new.unique_items and not old.unique_items:
        words = f"lists in `{column}` never repeat a value now"
        yield tightens(f"{path}.uniqueItems", words, column)


def _options(path: str, column: str, old: Limits, new: Limits) -> Iterator[Change]:
    was, now = set(old.options), set(new.options)
    if was == now:
        return
    if not was or (now and now < was):
        yield tightens(path, f"fewer values are possible in `{column}`", column)
    elif not now:
        yield breaks(path, f"any value is possible in `{column}` now", column)
    else:
        more = ", ".join(f"`{each}`" for each in sorted(map(str, now - was))[:5])
        yield breaks(path, f"more values are possible in `{column}`: {more}", column)


def _bounds(old: Limits, new: Limits) -> Iterator[tuple[str, Bound | None, Bound | None]]:
    yield "minimum", _low(old), _low(new)
    yield "maximum", _high(old), _high(new)
    for word, name in (
        ("minLength", "min_length"),
        ("maxLength", "max_length"),
        ("minItems", "min_items"),
        ("maxItems", "max_items"),
    ):
        before, after = getattr(old, name), getattr(new, name)
        yield word, _closed(before), _closed(after)


def _closed(value: Scalar) -> Bound | None:
    return None if value is None else (value, False)


def _low(limits: Limits) -> Bound | None:
    return _both(limits.minimum, limits.exclusive_minimum, up=True)


def _high(limits: Limits) -> Bound | None:
    return _both(limits.maximum, limits.exclusive_maximum, up=False)


def _both(closed: Scalar, opened: Scalar, *, up: bool) -> Bound | None:
    """The stricter of an inclusive and an exclusive bound."""
    if opened is None:
        return _closed(closed)
    if closed is not None and _stricter((closed, False), (opened, True), up=up):
        return (closed, False)
    return (opened, True)


def _stricter(one: Bound, other: Bound, *, up: bool) -> bool | None:
    """True when the first bound lets less through; None when the two cannot be compared."""
    (a, a_open), (b, b_open) = one, other
    if a == b:
        return a_open and not b_open
    higher = _higher(a, b)
    return None if higher is None else higher is up


def _higher(one: Scalar, other: Scalar) -> bool | None:
    if isinstance(one, str) and isinstance(other, str):
        return one > other
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal):
        return one > other
    return None


def _bound(
    path: str, column: str, old: Bound | None, new: Bound | None, *, up: bool
) -> Iterator[Change]:
    if old == new:
        return
    if old is None:
        yield tightens(path, f"`{column}` has a limit now: {_said(new)}", column)
        return
    if new is None:
        yield breaks(path, f"`{column}` has no limit any more; it was {_said(old)}", column)
        return
    words = f"the limit of `{column}` was {_said(old)} and is {_said(new)}"
    stricter = _stricter(new, old, up=up)
    make = doubtful if stricter is None else tightens if stricter else breaks
    yield make(path, words, column)


def _said(bound: Bound | None) -> str:
    value, opened = bound or (None, False)
    return f"{value} (left out)" if opened else f"{value}"


def _text(path: str, column: str, old: str, new: str) -> Iterator[Change]:
    word = path.rpartition(".")[2]
    if old == new:
        return
    if not old:
        yield tightens(path, f"every `{column}` fits a {word} now", column)
    elif not new:
        yield breaks(path, f"`{column}` need not fit its {word} any more", column)
    else:
        yield doubtful(path, f"`{column}` fits another {word} now", column)
