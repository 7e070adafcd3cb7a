"""Flows: what a value or a set of rows came from, and how flows join and follow one another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from agora.model.lineage import ColumnName, How

_STRENGTH = (How.IDENTITY, How.TRANSFORMATION, How.AGGREGATION)


class Way(NamedTuple):
    """One way in which a column arrives; `counted` when only how many values there are arrives."""

    how: How
    counted: bool = False

    @property
    def tells(self) -> bool:
        """True when a single value tells of the column's values."""
        return self.how.tells and not self.counted


Flow = Mapping[ColumnName, frozenset[Way]]
NOTHING: Flow = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A relation with the flow into each column, in order, and into its rows: which there are.

    `rest` is the flow into any further column whose name nobody could tell, or None: there are none.
    """

    columns: tuple[tuple[str, Flow], ...] = ()
    rows: Flow = field(default_factory=dict)
    rest: Flow | None = None
    reads: frozenset[str] = frozenset()
    conservative: bool = False

    def column(self, name: str) -> Flow | None:
        """The flow into the column of that name in any spelling, or None."""
        wanted = name.lower()
        found = [flow for known, flow in self.columns if known.lower() == wanted]
        return merged(found) if found else None

    @property
    def values(self) -> Flow:
        """The flow into all columns together."""
        return merged([*(flow for _, flow in self.columns), self.rest or NOTHING])


def ground(relation: str, columns: Iterable[str]) -> Traced:
    """A relation nothing is known to come before: each column comes from itself."""
    own = {
        name: {ColumnName(relation=relation, column=name): frozenset({Way(How.IDENTITY)})}
        for name in columns
    }
    return Traced(columns=tuple(own.items()), reads=frozenset({relation}))


def merged(flows: Iterable[Flow]) -> Flow:
    """Everything that arrives with any of the flows."""
    found: dict[ColumnName, frozenset[Way]] = {}
    for flow in flows:
        for origin, ways in flow.items():
            found[origin] = found.get(origin, frozenset()) | ways
    return found


def through(flow: Flow, how: How, *, counted: bool = False) -> Flow:
    """The flow after one more thing has been done with its values.

    What does not tell of values any more never tells of them again: indirect stays indirect,
    counted stays counted. Of direct ways the strongest names the whole.
    """
    return {
        origin: frozenset(_through(way, how, counted=counted) for way in ways)
        for origin, ways in flow.items()
    }


def _through(way: Way, how: How, *, counted: bool) -> Way:
    if not way.how.tells:
        return way
    if not how.tells:
        return Way(how)
    if How.CONDITIONAL in (way.how, how):
        return Way(How.CONDITIONAL, way.counted or counted)
    return Way(max(way.how, how, key=_STRENGTH.index), way.counted or counted)
