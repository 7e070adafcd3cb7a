"""Relations: what an engine session may see under a SQL name, and nothing else."""

from dataclasses import dataclass

from agora.model.decision import Shield
from agora.model.release import DataFile, ReleasedColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Governed:
    """Rows of a port under a shield: exactly these files, seen as `schema.name`.

    `columns` describe the files (name, type, field id), `shield` what is seen of them.
    `aliases` are further SQL names for the same view in the same schema. A `live` one has no files
    yet, its rows being in a database still: no engine takes it like that.
    """

    schema: str
    name: str
    files: tuple[DataFile, ...]
    columns: tuple[ReleasedColumn, ...]
    shield: Shield
    aliases: tuple[str, ...] = ()
    deletes: bool = False
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """A landed source of the product that is being built: Parquet files with their own columns.

    `absent` are columns (name, type) that other deliveries bring: here they are null.
    """

    name: str
    files: tuple[str, ...]
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The identity of an engine session: whoever differs in any part never shares a worker."""

    reader: str
    purpose: str
    fingerprint: str
