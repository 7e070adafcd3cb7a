"""Compatibility of quality rules: a rule that lets more through breaks, one that lets less binds.

Rules are found again by their id. What a rule measures is compared as the set of results it
accepts, so that `mustBeLessThan 1` and `mustBe 0` of a count are the same promise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from agora.model.changes import Bump, Change, Mark, Verdict
from agora.model.contract import Contract, Operator, QualityRule, Severity
from agora.quality.compatibility.verdicts import breaks, doubtful, tells, tightens
from agora.quality.rules import sentence

_END = Decimal("Infinity")
Edge = tuple[Decimal, int]
Range = tuple[Edge, Edge]
"""From and to; the second part of an edge is 0 when its value belongs to the range."""


def compare(old: Contract, new: Contract, pairs: Mapping[str, str]) -> Iterator[Change]:
    """Every rule that is new, gone or different; rules of columns that are gone went with them."""
    rules = {rule.id: rule for rule in new.rules}
    seen = set()
    for rule in old.rules:
        if not set(_columns(rule)) <= set(pairs):
            continue
        before = _moved(rule, pairs)
        after = rules.get(rule.id) or next((r for r in new.rules if _same(before, r)), None)
        path, words = f"rules.{rule.id}", sentence(rule)
        if after is None:
            gone = f"no longer promised: {words}"
            found = iter((breaks(path, gone, *_columns(rule), mark=Mark.REMOVED),))
        else:
            seen.add(after.id)
            found = _changed(path, rule, before, after)
        yield from found if rule.severity is not Severity.WARN else map(_soft, found)
    for rule in new.rules:
        if rule.id not in seen:
            yield tightens(f"rules.{rule.id}", f"promised now: {sentence(rule)}", mark=Mark.ADDED)


def _soft(change: Change) -> Change:
    """The same of a rule that only warned, on which nobody could rely."""
    if change.verdict is Verdict.COMPATIBLE:
        return change
    return replace(change, verdict=Verdict.COMPATIBLE, bump=Bump.MINOR)


def _columns(rule: QualityRule) -> tuple[str, ...]:
    return (rule.column,) if rule.column else rule.properties


def _moved(rule: QualityRule, pairs: Mapping[str, str]) -> QualityRule:
    """The rule with the names its columns have now."""
    return replace(
        rule,
        column=pairs.get(rule.column, ""),
        properties=tuple(pairs[name] for name in rule.properties),
    )


def _same(one: QualityRule, other: QualityRule) -> bool:
    return replace(one, id="", description="") == replace(other, id="", description="")


def _changed(
    path: str, rule: QualityRule, before: QualityRule, after: QualityRule
) -> Iterator[Change]:
    columns = _columns(rule)
    if _about(before) != _about(after):
        yield breaks(path, f"no longer promised as it was: {sentence(rule)}", *columns)
        return
    if before.severity is not Severity.WARN and after.severity is Severity.WARN:
        yield breaks(path, f"only a warning now: {sentence(rule)}", *columns)
    elif before.severity is Severity.WARN and after.severity is not Severity.WARN:
        yield tightens(path, f"no longer only a warning: {sentence(rule)}", *columns)
    yield from _accepted(path, columns, before, after)
    for word, was, now in _arguments(before, after):
        if _permits_few(before) and _permits_few(after):
            yield _argument(path, columns, word, was, now)
        else:
            yield doubtful(path, f"it counts something else: {sentence(after)}", *columns)
    if before.query.split() != after.query.split() or before.pattern != after.pattern:
        yield doubtful(path, f"it is counted in another way: {sentence(after)}", *columns)
    elif (before.description, before.dimension) != (after.description, after.dimension):
        yield tells(path, f"in other words: {sentence(after)}", *columns)


def _about(rule: QualityRule) -> tuple[object, ...]:
    return rule.kind, rule.metric, rule.column, rule.engine, bool(rule.pattern)


def _accepted(
    path: str, columns: tuple[str, ...], before: QualityRule, after: QualityRule
) -> Iterator[Change]:
    if before.percent != after.percent:
        yield doubtful(path, f"it is measured in another unit: {sentence(after)}", *columns)
        return
    was, now = _ranges(before), _ranges(after)
    if was == now:
        return
    words = f"was: {sentence(before)}; is: {sentence(after)}"
    if _within(now, was):
        yield tightens(path, words, *columns)
    else:
        yield breaks(path, words, *columns)


def _ranges(rule: QualityRule) -> tuple[Range, ...]:
    """Every result the rule accepts, as ranges in order; counts are whole and not negative."""
    first = rule.threshold[0] if rule.threshold else Decimal(0)
    last = rule.threshold[-1] if rule.threshold else _END
    below, above = (-_END, 0), (_END, 0)
    every: dict[Operator | None, list[Range]] = {
        None: [(below, above)],
        Operator.MUST_BE: [((first, 0), (first, 0))],
        Operator.MUST_NOT_BE: [(below, (first, -1)), ((first, 1), above)],
        Operator.GREATER_THAN: [((first, 1), above)],
        Operator.GREATER_OR_EQUAL_TO: [((first, 0), above)],
        Operator.LESS_THAN: [(below, (first, -1))],
        Operator.LESS_OR_EQUAL_TO: [(below, (first, 0))],
        Operator.BETWEEN: [((first, 1), (last, -1))],
        Operator.NOT_BETWEEN: [(below, (first, 0)), ((last, 0), above)],
    }
    found = every[rule.operator]
    measured = [_measured(rule, each) for each in found] if rule.metric else found
    return tuple(each for each in measured if each[0] <= each[1])


def _measured(rule: QualityRule, of: Range) -> Range:
    """A count or share: never below nothing, a share never above all, a count always whole."""
    low, high = max(of[0], (Decimal(0), 0)), of[1]
    if rule.percent:
        return low, min(high, (Decimal(100), 0))
    return _whole(low, 1), _whole(high, -1)


def _whole(edge: Edge, step: int) -> Edge:
    value, opened = edge
    integer = value.is_finite() and value == value.to_integral_value()
    return (value + step, 0) if opened and integer else edge


def _permits_few(rule: QualityRule) -> bool:
    """True when the rule only says how many failures are too many."""
    ranges = _ranges(rule)
    return len(ranges) == 1 and ranges[0][0] == (Decimal(0), 0)


def _within(inner: tuple[Range, ...], outer: tuple[Range, ...]) -> bool:
    return all(any(o[0] <= i[0] and i[1] <= o[1] for o in outer) for i in inner)


def _arguments(
    before: QualityRule, after: QualityRule
) -> Iterator[tuple[str, frozenset[object], frozenset[object]]]:
    for word in ("valid", "missing", "properties"):
        was, now = frozenset(getattr(before, word)), frozenset(getattr(after, word))
        if was != now:
            yield word, was, now


def _argument(
    path: str,
    columns: tuple[str, ...],
    word: str,
    was: frozenset[object],
    now: frozenset[object],
) -> Change:
    """Fewer valid values, more that count as missing, and a shorter key promise more."""
    said = {
        "valid": "valid values",
        "missing": "values that count as missing",
        "properties": "columns of the key",
    }
    words = f"other {said[word]}"
    stricter = now < was if word in ("valid", "properties") else was < now
    if word == "valid" and not (was and now):
        return doubtful(path, words, *columns)
    return tightens(path, words, *columns) if stricter else breaks(path, words, *columns)
