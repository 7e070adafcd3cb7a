"""Operating: runs as those who watch them see them, and how the machines do."""

from dataclasses import dataclass
from datetime import datetime

from agora.model.ledger import Record
from agora.model.names import ProductName
from agora.model.release import RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run in a list: `place` is the entry of its end, or of its start while it runs.

    `standing` is true for a failure after which nothing was released; `seconds` are the machine's.
    """

    id: str
    product: ProductName
    state: RunState
    who: str
    at: datetime
    place: int
    error: str = ""
    quarantined: int = 0
    seconds: int | None = None
    standing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What the ledger says of runs and of maintenance up to this `place`.

    Of runs the newest, of every product too; `begun` is when those began that have not ended, by the
    machine's clock.
    """

    place: int = 0
    runs: tuple[RunLine, ...] = ()
    begun: tuple[tuple[str, datetime], ...] = ()
    maintained: Record | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of a run's log; the level is info, warn or error."""

    at: datetime
    level: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the machines do: the record, the search index, chores, what was maintained last.

    `unsealed` entries are not part of a proof yet; `chores` is until when somebody does them.
    """

    entries: int
    unsealed: int
    index: int
    chores: datetime | None
    maintained: Record | None
    failing: int
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a product takes of the lake: bytes and files by area; of none, what belongs to nobody."""

    product: ProductName | None
    files: int
    size: int
    areas: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What the statements cost that read exactly these `names`, domains or products, or were a reader's.

    A statement that read several has a line of all their names, for nobody can tell which of them took
    the time; what is of none has no name. `size` is their room in the lake, which readers have none of;
    `domains` are those the reader is of.
    """

    names: tuple[str, ...]
    reads: int = 0
    rows: int = 0
    millis: int = 0
    size: int = 0
    last: datetime | None = None
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What reading and storing costs, told three times: each way adds up to the same.

    Counted in the record from its beginning up to this `place`.
    """

    domains: tuple[Spent, ...]
    products: tuple[Spent, ...]
    readers: tuple[Spent, ...]
    total: Spent
    place: int
