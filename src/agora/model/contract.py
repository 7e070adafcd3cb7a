"""The contract: what one output port promises (ODCS), reduced to what Agora acts on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

from agora.model.types import Type

Scalar = str | int | Decimal | bool | None


class Severity(StrEnum):
    """What a failing rule does: keep the old release, put rows aside, or only be told."""

    BLOCK = "block"
    QUARANTINE = "quarantine"
    WARN = "warn"


class RuleKind(StrEnum):
    """ODCS quality types."""

    LIBRARY = "library"
    SQL = "sql"
    TEXT = "text"
    CUSTOM = "custom"


class Metric(StrEnum):
    """The five metrics of the ODCS quality library."""

    NULL_VALUES = "nullValues"
    MISSING_VALUES = "missingValues"
    INVALID_VALUES = "invalidValues"
    DUPLICATE_VALUES = "duplicateValues"
    ROW_COUNT = "rowCount"


class Operator(StrEnum):
    """ODCS operators; `mustBeBetween` excludes both bounds (ODCS 3.x)."""

    MUST_BE = "mustBe"
    MUST_NOT_BE = "mustNotBe"
    GREATER_THAN = "mustBeGreaterThan"
    GREATER_OR_EQUAL_TO = "mustBeGreaterOrEqualTo"
    LESS_THAN = "mustBeLessThan"
    LESS_OR_EQUAL_TO = "mustBeLessOrEqualTo"
    BETWEEN = "mustBeBetween"
    NOT_BETWEEN = "mustNotBeBetween"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRule:
    """One ODCS quality rule; `column` is empty for a rule about the whole table.

    `threshold` holds one number, or two for the between operators. `arguments` keeps
    `missingValues`, `validValues`, `pattern` and `properties` as written (lists as tuples).
    """

    id: str
    kind: RuleKind
    column: str = ""
    metric: Metric | None = None
    operator: Operator | None = None
    threshold: tuple[Decimal, ...] = ()
    percent: bool = False
    missing: tuple[Scalar, ...] = ()
    valid: tuple[Scalar, ...] = ()
    pattern: str = ""
    properties: tuple[str, ...] = ()
    query: str = ""
    engine: str = ""
    severity: Severity = Severity.BLOCK
    dimension: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the schema says of single values: lengths, bounds, pattern, permitted values."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    format: str = ""
    minimum: Scalar = None
    maximum: Scalar = None
    exclusive_minimum: Scalar = None
    exclusive_maximum: Scalar = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False
    options: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column a port promises. `id` survives renaming; tags and classification drive policy.

    `properties` are what a STRUCT promises of its fields, in their order. `unit` is the code of a
    measure's unit, `zone` the time zone a timestamp without one is in, `period` how long what a
    period column counts is: `day`, `week`, `month`, `quarter` or `year`.
    """

    name: str
    type: Type
    id: str = ""
    title: str = ""
    description: str = ""
    required: bool = False
    unique: bool = False
    key_position: int = 0
    tags: tuple[str, ...] = ()
    classification: str = ""
    limits: Limits = field(default_factory=Limits)
    properties: tuple["Column", ...] = ()
    unit: str = ""
    zone: str = ""
    period: str = ""

    @property
    def labels(self) -> frozenset[str]:
        """Everything policy may look at: tags and the classification."""
        return frozenset({*self.tags, self.classification} - {""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """A reference: each value of `columns` occurs in `to_columns` of the object `to`.

    The object belongs to the same contract or, with `contract` set to a contract id, to another port.
    """

    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]
    contract: str = ""
    severity: Severity = Severity.BLOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """One service level as ODCS writes it."""

    property: str
    value: str
    unit: str = ""
    element: str = ""
    description: str = ""


def moment(text: str, zone: tzinfo | None = UTC) -> datetime | None:
    """The day or time somebody wrote, in this zone when they named none; None for other words."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What using the port costs, as ODCS writes it; an amount of None is not said."""

    amount: Decimal | None = None
    currency: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The promise of one output port and major version; `file` is where it is written.

    `servers` gives for each named server where it is, as one text that says everything.
    """

    id: str
    version: str
    status: str
    table: str
    columns: tuple[Column, ...]
    name: str = ""
    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    rules: tuple[QualityRule, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    service_levels: tuple[ServiceLevel, ...] = ()
    roles: tuple[str, ...] = ()
    servers: tuple[tuple[str, str], ...] = ()
    price: Price | None = None
    terms: str = ""
    limitations: str = ""
    standard: str = "v3.1.0"
    file: str = ""
    hash: str = ""

    @property
    def major(self) -> int:
        """The major version, which names the port version."""
        return int(self.version.lstrip("v").split(".")[0])

    @property
    def key(self) -> tuple[str, ...]:
        """The primary key columns in their order."""
        keyed = sorted((c for c in self.columns if c.key_position), key=lambda c: c.key_position)
        return tuple(c.name for c in keyed)

    @property
    def ends(self) -> datetime | None:
        """The last day it names: of its life (`endOfLife`), or at least of its support."""
        for word in ("endoflife", "endofsupport"):
            for level in self.service_levels:
                at = moment(level.value) if level.property.lower() == word else None
                if at is not None:
                    return at
        return None

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)
