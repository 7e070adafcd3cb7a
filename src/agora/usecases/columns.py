"""Columns: what is in each column of a table, as this person sees it."""

from dataclasses import dataclass

from agora.model.columns import Columns
from agora.model.names import PortVersion
from agora.model.people import Actor
from agora.needs.house import House
from agora.passage.columns import columns as seen
from agora.passage.knowing import find_port


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The columns of one port version, counted for one person now."""

    port: PortVersion
    columns: Columns


def columns(house: House, who: Actor, port: str) -> Spread:
    """Counts, ends and histograms of their own rows; a masked column says why it has none.

    Raises Missing, Denied with reasons, Unavailable or Exhausted.
    """
    product, found = find_port(house, who.principal, port)
    return Spread(port=found.version, columns=seen(house, who, product, found))
