"""Column types: the small set that survives engine, table format and exchange unchanged."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of value a column may hold, named as in SQL."""

    BOOLEAN = "BOOLEAN"
    INTEGER = "INTEGER"
    BIGINT = "BIGINT"
    DECIMAL = "DECIMAL"
    REAL = "FLOAT"
    DOUBLE = "DOUBLE"
    VARCHAR = "VARCHAR"
    BLOB = "BLOB"
    DATE = "DATE"
    TIME = "TIME"
    TIMESTAMP = "TIMESTAMP"
    INSTANT = "TIMESTAMP WITH TIME ZONE"
    LIST = "LIST"
    STRUCT = "STRUCT"


_ALIASES = {
    "BOOL": Kind.BOOLEAN, "LOGICAL": Kind.BOOLEAN,
    "TINYINT": Kind.INTEGER, "SMALLINT": Kind.INTEGER, "INT": Kind.INTEGER, "INT4": Kind.INTEGER,
    "INT32": Kind.INTEGER, "INT2": Kind.INTEGER, "SIGNED": Kind.INTEGER,
    "LONG": Kind.BIGINT, "INT8": Kind.BIGINT, "INT64": Kind.BIGINT,
    "NUMERIC": Kind.DECIMAL, "DEC": Kind.DECIMAL,
    "REAL": Kind.REAL, "FLOAT4": Kind.REAL, "FLOAT8": Kind.DOUBLE, "DOUBLE PRECISION": Kind.DOUBLE,
    "STRING": Kind.VARCHAR, "TEXT": Kind.VARCHAR, "CHAR": Kind.VARCHAR, "BPCHAR": Kind.VARCHAR,
    "BINARY": Kind.BLOB, "VARBINARY": Kind.BLOB, "BYTEA": Kind.BLOB,
    "DATETIME": Kind.TIMESTAMP, "TIMESTAMPTZ": Kind.INSTANT,
}  # fmt: skip
MAX_PRECISION = 38


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A column type; `fields` belong to STRUCT, `element` to LIST, precision and scale to DECIMAL."""

    kind: Kind
    precision: int = 0
    scale: int = 0
    fields: tuple[tuple[str, "Type"], ...] = ()
    element: "Type | None" = None

    @property
    def sql(self) -> str:
        """The type as DuckDB and most SQL engines spell it."""
        match self.kind:
            case Kind.DECIMAL:
                return f"DECIMAL({self.precision},{self.scale})"
            case Kind.LIST:
                return f"{self.element.sql}[]" if self.element else "VARCHAR[]"
            case Kind.STRUCT:
                inner = ", ".join(f"{quoted(name)} {of.sql}" for name, of in self.fields)
                return f"STRUCT({inner})"
        return self.kind.value

    def __str__(self) -> str:
        return self.sql


def quoted(name: str) -> str:
    """Quote a name as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def parse_type(text: str) -> Type:
    """Read a SQL type such as `DECIMAL(10,2)`, `VARCHAR(20)` or `INTEGER[]`.

    Raises ValueError for types that do not survive storage (interval, unsigned, nanoseconds)
    and for words that are no type. STRUCT types come from a contract's nested properties.
    """
    word = " ".join(text.strip().upper().split())
    if word.endswith("[]"):
        return Type(kind=Kind.LIST, element=parse_type(word[:-2]))
    match = re.fullmatch(r"([A-Z][A-Z0-9 ]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?", word)
    if match is None:
        raise ValueError(text)
    name, first, second = match.groups()
    kind = _ALIASES.get(name) or next(
        (k for k in Kind if k.value == name and k not in _NESTED), None
    )
    if kind is None:
        raise ValueError(text)
    return _decimal(first, second, text) if kind is Kind.DECIMAL else Type(kind=kind)


_NESTED = (Kind.LIST, Kind.STRUCT)


def _decimal(first: str | None, second: str | None, text: str) -> Type:
    precision, scale = int(first or 18), int(second or (0 if first else 3))
    if not 0 < precision <= MAX_PRECISION or scale > precision:
        raise ValueError(text)
    return Type(kind=Kind.DECIMAL, precision=precision, scale=scale)
