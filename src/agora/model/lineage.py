"""Lineage: which columns a released column came from, in the words of OpenLineage's column lineage."""

from dataclasses import dataclass
from enum import StrEnum

from agora.model.names import PortVersion, ProductName


class How(StrEnum):
    """How one column reaches another; the first three are direct, the others indirect.

    The words are the subtypes of OpenLineage's column lineage facet.
    """

    IDENTITY = "identity"
    TRANSFORMATION = "transformation"
    AGGREGATION = "aggregation"
    CONDITIONAL = "conditional"
    FILTER = "filter"
    JOIN = "join"
    GROUP_BY = "group-by"
    SORT = "sort"
    WINDOW = "window"

    @property
    def direct(self) -> bool:
        """True when values of the one become values of the other."""
        return self in (How.IDENTITY, How.TRANSFORMATION, How.AGGREGATION)

    @property
    def tells(self) -> bool:
        """True when a single value of the other can tell of values of the one: direct, or a case."""
        return self.direct or self is How.CONDITIONAL


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ColumnName:
    """A column of a port version (`sales.transactions@1`) or of a source (`sales.transactions/raw`).

    An empty `column` means the rows of the relation: which ones there are.
    """

    relation: str
    column: str

    @property
    def port(self) -> PortVersion | None:
        """The port version this column belongs to; None for a source's."""
        return PortVersion.parse(self.relation) if "/" not in self.relation else None

    @property
    def product(self) -> ProductName:
        """The product that offers the port, or reads the source."""
        port = self.port
        return port.port.of if port else ProductName.parse(self.relation.partition("/")[0])

    def __str__(self) -> str:
        return f"{self.relation}.{self.column}" if self.column else self.relation


def source_name(product: ProductName, source: str) -> str:
    """The name of a product's source as a relation of lineage."""
    return f"{product}/{source}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edge:
    """A column reaches the output column `to`; an empty `to` means every column of the port.

    `counted` is True for value-free aggregates: only how many values there are can be told, which
    OpenLineage calls masking.
    """

    origin: ColumnName
    to: str
    how: How
    counted: bool = False

    @property
    def carries(self) -> bool:
        """True when what must be said of the origin must be said of the output: tags travel along."""
        return self.how.tells and not self.counted


@dataclass(frozen=True, slots=True, kw_only=True)
class PortLineage:
    """Every edge to the columns of one port; `reads` are all relations that had a part in it.

    `conservative` is True where a step could not be followed and every column of what it reads
    counts as an origin of every column of it.
    """

    port: PortVersion
    columns: tuple[str, ...]
    edges: tuple[Edge, ...] = ()
    reads: tuple[str, ...] = ()
    conservative: bool = False

    def origins(self, column: str) -> tuple[Edge, ...]:
        """Every edge to one column, those to all columns included."""
        return tuple(edge for edge in self.edges if edge.to in ("", column))


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnLineage:
    """The lineage of what one run built, kept under the run's key: whoever reads rows never loads it."""

    product: ProductName
    run: str
    ports: tuple[PortLineage, ...] = ()

    def port(self, version: PortVersion) -> PortLineage | None:
        """The lineage of one port version, or None."""
        return next((port for port in self.ports if port.port == version), None)
