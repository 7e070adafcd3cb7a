"""Order: which step comes before which, from what each one names."""

from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from agora.model.errors import Invalid
from agora.model.names import fold
from agora.model.product import Step


def order(
    steps: Sequence[Step], named: Mapping[str, Collection[str]], known: Collection[str]
) -> tuple[Step, ...]:
    """The steps so that each comes after every step it names.

    `named` gives the tables of each step, `known` the sources and inputs there are. Raises Invalid
    for a name that is nothing, and for steps that go round in a circle.
    """
    by_name = {fold(step.name): step for step in steps}
    for step in steps:
        for table in named[step.name]:
            if table not in by_name and table not in known:
                raise _unknown(step, table, [*by_name, *known])
    graph = {name: set(named[by_name[name].name]) & by_name.keys() for name in by_name}
    try:
        return tuple(by_name[name] for name in TopologicalSorter(graph).static_order())
    except CycleError as cycle:
        path = " → ".join(f"`{name}`" for name in cycle.args[1])
        raise Invalid(
            f"the steps go round in a circle: {path}",
            code="E312",
            hint="let one of them read its rows from a source",
        ) from None


def _unknown(step: Step, table: str, names: list[str]) -> Invalid:
    listed = ", ".join(f"`{name}`" for name in sorted(names)) or "nothing yet"
    return Invalid(
        f"step `{step.file}` reads `{table}`, which is no source, input or step",
        code="E311",
        hint=f"it can read {listed}",
    )


def before(name: str, named: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Everything a step reads, directly or through others; names as SQL spells them."""
    tables = {fold(step): read for step, read in named.items()}
    found: set[str] = set()
    waiting = [*tables.get(name, ())]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += tables.get(each, ())
    return frozenset(found)
