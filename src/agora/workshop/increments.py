"""Increments: what a run has to load, and why it builds everything anew when it does.

The law: a sequence of deliveries, loaded one by one in the order they came, leaves row for row what
one build over all of them leaves. So a run may only load what came since a release when everything
else that goes in is as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agora.model.contract import Metric, Severity
from agora.model.lineage import ColumnName, How, PortLineage
from agora.model.names import fold
from agora.model.product import Load, LoadMode, Output, Product, SourceSpec
from agora.model.release import InputPin, Release, SourcePin
from agora.model.types import quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What a run loads: `anew` says why everything, else only what came since `since`.

    `driver` is the source or input whose deliveries are loaded one by one; empty when the product
    is not loaded by deliveries. `fresh` are the new deliveries of a driving source.
    """

    anew: str = ""
    driver: str = ""
    fresh: tuple[SourcePin, ...] = ()
    since: Release | None = None


def arrivals(
    spec: SourceSpec, known: Sequence[SourcePin], landed: Sequence[SourcePin]
) -> tuple[SourcePin, ...]:
    """The deliveries of a source in the order they came: equal bytes count once.

    A delivery that was corrected under its old name takes its old place; one that has been moved
    away after it was landed stays. A source that is one file is just what it holds now.
    """
    if not spec.arriving and not any(pin.mark for pin in (*known, *landed)):
        return tuple(landed)
    corrected = {pin.origin: pin for pin in landed}
    order = [corrected.pop(pin.origin, pin) for pin in known]
    order += [pin for pin in landed if pin.origin in corrected]
    found: dict[str, SourcePin] = {}
    for pin in order:
        found.setdefault(pin.hash, pin)
    return tuple(found.values())


def growth(
    product: Product,
    standing: Release | None,
    sources: Sequence[SourcePin],
    inputs: Sequence[InputPin],
    *,
    asked: bool = False,
) -> Growth:
    """What to load, given the standing release and everything that goes in now.

    `asked` builds everything anew although nothing demands it.
    """
    loads = {output.load for output in product.build.outputs}
    drivers = {load.driver for load in loads if load}
    if None in loads or len(drivers) != 1:
        return Growth(anew="it is not loaded by deliveries")
    driver = drivers.pop()
    if any(_mixes(product, output) for output in product.build.outputs):
        return _fold(driver, sources, "equal keys are put aside over the whole table")
    changed = "it was asked for" if asked else _changed(product, standing)
    if standing is None or changed:
        return _fold(driver, sources, changed)
    other = _others(standing, sources, inputs, driver)
    if other:
        return _fold(driver, sources, f"`{other}` has changed")
    every = tuple(pin for pin in sources if pin.name == driver)
    before = tuple(pin.hash for pin in standing.sources if pin.name == driver)
    if tuple(pin.hash for pin in every[: len(before)]) != before:
        return _fold(driver, sources, f"a delivery of `{driver}` was corrected")
    return Growth(driver=driver, fresh=every[len(before) :], since=standing)


def _fold(driver: str, sources: Sequence[SourcePin], anew: str) -> Growth:
    fresh = tuple(pin for pin in sources if pin.name == driver)
    return Growth(driver=driver, fresh=fresh, anew=anew)


def _mixes(product: Product, output: Output) -> bool:
    """True when rows put aside for their key could belong back once another row is replaced."""
    port = product.port(output.port)
    rules = port.contract.rules if port else ()
    aside = any(
        rule.metric is Metric.DUPLICATE_VALUES and rule.severity is Severity.QUARANTINE
        for rule in rules
    )
    return aside and output.load is not None and replaces(output.load)


def _changed(product: Product, standing: Release | None) -> str:
    if standing is None:
        return "there is no release yet"
    if standing.code_hash != product.build.hash:
        return "the build has changed"
    promised = tuple((str(port.version), port.contract.hash) for port in product.ports)
    return "" if promised == standing.contracts else "a contract has changed"


def _others(
    standing: Release, sources: Sequence[SourcePin], inputs: Sequence[InputPin], driver: str
) -> str:
    """The first source or input beside the driver that is not as it was, or nothing.

    Another edition of the driving input is what is loaded; another policy on it changes old rows.
    """

    def seen(pins: Sequence[SourcePin], read: Sequence[InputPin]) -> set[tuple[str, str]]:
        found = {(pin.name, pin.hash) for pin in pins if pin.name != driver}
        for pin in read:
            edition = "" if pin.alias == driver else pin.rows_of
            found.add((pin.alias, f"{pin.port}#{edition}/{pin.policy_hash}"))
        return found

    changed = seen(standing.sources, standing.inputs) ^ seen(sources, inputs)
    return next((name for name, _ in sorted(changed)), "")


def apart(traced: PortLineage, load: Load, origin: str) -> bool:
    """True when lineage shows that each partition of a port comes from the same one of its driver.

    Its columns are the driver's own, rows are summed up within them, and nothing looks across rows
    (windows, sorting). A subquery over the whole driver stays unseen; `--verify` would find it.
    """
    edges = traced.edges
    own = {ColumnName(relation=origin, column=by) for by in load.by}
    same = {e.origin for e in edges if e.to in load.by and e.how is How.IDENTITY}
    others = {e for e in edges if e.to in load.by and e.how.tells and e.how is not How.IDENTITY}
    hows = {edge.how for edge in edges}
    grouped = {edge.origin for edge in edges if edge.how is How.GROUP_BY}
    summed = How.AGGREGATION in hows or any(edge.counted for edge in edges)
    across = bool(hows & {How.WINDOW, How.SORT}) or traced.conservative
    return same == own and not others and not across and (not summed or own <= grouped)


def late(load: Load, fresh: str, standing: str) -> str:
    """SQL that counts the rows of a delivery that are not behind the watermark."""
    mark = quoted(load.by[0])
    return (
        f"select count(*) as n from {quoted(fresh)} "
        f"where ({mark} > (select max({mark}) from {quoted(standing)})) is not true"
    )


def unseen(load: Load, columns: Sequence[str], fresh: str, standing: str) -> str:
    """SQL for the rows of a delivery that are new: behind the watermark, or late and not there yet.

    A row at or before the watermark that is there already, equal in every column, was sent again.
    """
    mark = quoted(load.by[0])
    same = " and ".join(f"s.{quoted(c)} is not distinct from f.{quoted(c)}" for c in columns)
    return (
        f"select * from {quoted(fresh)} as f "
        f"where f.{mark} > (select max({mark}) from {quoted(standing)}) "
        f"or not exists (select 1 from {quoted(standing)} as s where {same})"
    )


def outdated(load: Load, part: str, changed: str) -> str:
    """SQL that counts the rows of `part` that the delivery's keys or partitions replace."""
    return f"select count(*) as n from {quoted(part)} as t where {_replaced(load, changed)}"


def surviving(load: Load, part: str, changed: str) -> str:
    """SQL for the rows of `part` that stay beside the delivery."""
    return f"select * from {quoted(part)} as t where not {_replaced(load, changed)}"


def narrowed(load: Load, whole: str, changed: str) -> str:
    """SQL for the rows of an input in every partition that its changed files touch."""
    return f"select * from {quoted(whole)} as t where {_replaced(load, changed)}"


def _replaced(load: Load, changed: str) -> str:
    same = " and ".join(f"c.{quoted(by)} is not distinct from t.{quoted(by)}" for by in load.by)
    return f"exists (select 1 from {quoted(changed)} as c where {same})"


def replaces(load: Load) -> bool:
    """True when a delivery takes the place of rows that are there."""
    return load.mode is not LoadMode.APPEND


def whole_name(alias: str) -> str:
    """What the bench calls all of an input while its steps see only what has changed."""
    return f"{fold(alias)}__whole"


def all_of(growth: Growth, alias: str) -> str:
    """The relation that holds all of an input, also while its steps see only what has changed."""
    driven = growth.since is not None and alias == growth.driver
    return whole_name(alias) if driven else fold(alias)


def changed_name(alias: str) -> str:
    """What the bench calls the rows of an input's changed files."""
    return f"{fold(alias)}__changed"
