"""Places of tables: only folders that are open to a domain, and only files below them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from agora.model.errors import Denied, Invalid, Unavailable
from agora.model.product import External

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A table's location and the folders that are open to whoever offers it."""

    external: External
    path: Path
    open: tuple[Path, ...]

    def inside(self, path: Path) -> Path:
        """The path itself, links followed; raises Denied when it leads out of what is open."""
        found = path.resolve()
        if not any(found.is_relative_to(folder) for folder in self.open):
            raise Denied(
                f"`{self.external.port}`: `{self.external.location}` leads to a place that is not "
                f"open to `{self.external.port.port.domain}`",
                code="E385",
                hint="the operator opens a folder to a domain: `external` in `agora.yaml`",
            )
        return found

    def file(self, text: str) -> Path:
        """A data file that the table names, by path or `file:` URL."""
        remote(self.external, text)
        path = Path(text.removeprefix("file://") if text.startswith("file:") else text)
        found = self.inside(path if path.is_absolute() else self.path / path)
        if not found.is_file():
            raise Unavailable(
                f"`{self.external.port}`: a file of `{self.external.location}` is not there",
                code="E380",
                hint="was it vacuumed or moved while the table was read? run again",
            )
        return found


def place(external: External, folder: str, allowed: Sequence[tuple[str, str]]) -> Place:
    """Where the table lies; raises Denied or Unavailable."""
    remote(external, external.location)
    domain = external.port.port.domain
    opened = [Path(folder).resolve()]
    opened += [Path(path).resolve() for who, path in allowed if who == domain]
    location = external.location.removeprefix("file://")
    made = Place(external=external, path=Path(folder, location), open=tuple(opened))
    path = made.inside(made.path)
    if not path.exists():
        raise Unavailable(
            f"`{external.port}`: there is nothing at `{external.location}`",
            code="E380",
            hint="a location is absolute, or relative to the product's folder",
        )
    return Place(external=external, path=path, open=made.open)


def remote(external: External, text: str) -> None:
    """Raises Invalid for a place on the network, which the engine does not read."""
    scheme = urlsplit(text).scheme
    if scheme not in ("", "file"):
        raise Invalid(
            f"`{external.port}`: files behind `{scheme}://` cannot be read in place",
            code="E382",
            hint="mount the bucket as a folder, or land its files with a source of the type `s3`",
        )


def unreadable(external: External, why: str) -> Invalid:
    """The table cannot be read as plain Parquet files."""
    return Invalid(
        f"`{external.port}`: `{external.location}` cannot be read in place: {why}",
        code="E381",
        hint="rewrite the table without it, or land its rows with a source",
    )


def footer(external: External, path: Path) -> "tuple[pa.Schema, int]":
    """The schema and the number of rows of a Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            return file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError):
        raise unreadable(external, f"`{path.name}` is no whole Parquet file") from None


def partition(external: External, parts: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """What folders named `column=value` say of every file in them."""
    found = []
    for part in parts:
        name, equals, value = part.partition("=")
        if equals:
            found.append((name, None if value == "__HIVE_DEFAULT_PARTITION__" else unquote(value)))
    if len({name for name, _ in found}) < len(found):
        raise unreadable(external, "a folder says the same column twice")
    return tuple(found)


def sql_type(of: "pa.DataType") -> str:
    """The SQL type of a Parquet column; Arrow's own name where it has no counterpart here."""
    import pyarrow as pa

    if pa.types.is_decimal(of):
        return f"DECIMAL({of.precision},{of.scale})"
    if pa.types.is_timestamp(of):
        zoned = "TIMESTAMP WITH TIME ZONE" if of.tz else "TIMESTAMP"
        return zoned if of.unit in ("us", "ms") else str(of)
    names = {
        "bool": "BOOLEAN", "int8": "TINYINT", "int16": "SMALLINT", "int32": "INTEGER",
        "int64": "BIGINT", "uint8": "UTINYINT", "uint16": "USMALLINT", "uint32": "UINTEGER",
        "float": "FLOAT", "double": "DOUBLE", "string": "VARCHAR", "large_string": "VARCHAR",
        "string_view": "VARCHAR", "binary_view": "BLOB",
        "binary": "BLOB", "large_binary": "BLOB", "date32[day]": "DATE", "time64[us]": "TIME",
    }  # fmt: skip
    return names.get(str(of), str(of))
