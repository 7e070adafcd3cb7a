"""Products: what a domain offers, what it reads, and how it is built."""

from dataclasses import dataclass
from enum import StrEnum

from agora.model.contract import Contract
from agora.model.names import PortName, PortVersion, ProductName, fold
from agora.model.recipe import Recipe
from agora.model.schedule import Schedule
from agora.model.script import Script


class ProductKind(StrEnum):
    """What a product stands near to: its source, an aggregation, or a consumer's question."""

    SOURCE_ALIGNED = "source-aligned"
    AGGREGATE = "aggregate"
    CONSUMER_ALIGNED = "consumer-aligned"


class Lifecycle(StrEnum):
    """The life of a product or contract, in the words of ODPS."""

    PROPOSED = "proposed"
    DRAFT = "draft"
    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputPort:
    """A named, versioned dataset that others read; `status` is its contract's lifecycle."""

    name: PortName
    contract: Contract
    description: str = ""

    @property
    def version(self) -> PortVersion:
        """The port and the major version of its contract."""
        return PortVersion(self.name, self.contract.major)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputPort:
    """What a product reads from another product, under the SQL name `alias` and for `purpose`."""

    alias: str
    port: PortVersion
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """Where raw rows come from: `type` picks the source backend, `options` are checked by it."""

    name: str
    type: str
    path: str = ""
    options: tuple[tuple[str, str | int | bool | tuple[str, ...]], ...] = ()

    def option(self, name: str) -> str | int | bool | tuple[str, ...] | None:
        """The value of one option, or None."""
        return next((value for key, value in self.options if key == name), None)

    @property
    def arriving(self) -> bool:
        """True for a folder of files that arrive one after another (`deliveries/*.csv`)."""
        return "*" in self.path


class StepKind(StrEnum):
    """How a step is written."""

    SQL = "sql"
    PYTHON = "python"
    RECIPE = "recipe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One relation made of sources, inputs and earlier steps; `file` is relative to the mesh folder.

    It is a SELECT, or a `script` in Python, or a `recipe` that stands in the build's own file.
    """

    name: str
    file: str
    sql: str = ""
    script: Script | None = None
    recipe: Recipe | None = None

    @property
    def kind(self) -> StepKind:
        """How the step is written."""
        if self.script is not None:
            return StepKind.PYTHON
        return StepKind.SQL if self.recipe is None else StepKind.RECIPE

    @property
    def told(self) -> tuple[str, ...]:
        """The relations it reads, as far as they can be told without reading its SQL."""
        if self.script is not None:
            return tuple(fold(name) for name, _ in self.script.parameters)
        return (fold(self.recipe.reads),) if self.recipe else ()


class LoadMode(StrEnum):
    """How a delivery changes a port: new rows beside, rows of equal key, or whole partitions."""

    APPEND = "append"
    MERGE = "merge"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How a port grows by deliveries: `by` is the watermark, the key, or the partition.

    `driver` names the source or input whose deliveries are loaded one by one.
    """

    mode: LoadMode
    by: tuple[str, ...]
    driver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Which step, source or input fills a port; without `load` every run fills it anew."""

    port: PortVersion
    source: str
    load: Load | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """A port whose rows lie elsewhere, governed in place: a table of another tool, or of a database.

    `location` is a folder, or the address of a database as it is written: with its secrets unfilled.
    `table` names the table in a database; the rows of such a one are read live.
    """

    port: PortVersion
    type: str
    location: str
    table: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """How a product is made; `hash` covers the build file, whose words are `text`, and every step's.

    Without a `schedule` it runs by hand.
    """

    sources: tuple[SourceSpec, ...] = ()
    steps: tuple[Step, ...] = ()
    outputs: tuple[Output, ...] = ()
    external: tuple[External, ...] = ()
    hash: str = ""
    text: str = ""
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A data product of one domain; an unlisted product is invisible to those who may not use it."""

    name: ProductName
    id: str
    kind: ProductKind
    title: str = ""
    summary: str = ""
    description: str = ""
    status: Lifecycle = Lifecycle.ACTIVE
    version: str = ""
    tags: tuple[str, ...] = ()
    listed: bool = True
    inputs: tuple[InputPort, ...] = ()
    ports: tuple[OutputPort, ...] = ()
    build: Build = Build()
    readme: str = ""
    queries: tuple[tuple[str, str], ...] = ()
    folder: str = ""

    def port(self, version: PortVersion) -> OutputPort | None:
        """The output port of that name and major version, or None."""
        return next((p for p in self.ports if p.version == version), None)

    def sql_name(self, port: OutputPort) -> str:
        """What a query calls the port; a version that is not the newest is named with its number."""
        newest = max(p.contract.major for p in self.ports if p.name == port.name)
        table = port.name.table if port.contract.major == newest else port.version.table
        return f"{port.name.schema}.{table}"

    def every_tag(self) -> tuple[str, ...]:
        """Its tags, those of its contracts, and the tags and classifications of their columns."""
        found = set(self.tags)
        for port in self.ports:
            found |= {*port.contract.tags}
            for column in port.contract.columns:
                found |= column.labels
        return tuple(sorted(found))
