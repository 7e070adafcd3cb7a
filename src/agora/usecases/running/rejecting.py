"""Rejecting: rows that recipes put aside are in the quarantine of the ports they would have reached."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agora.model.names import PortVersion
from agora.model.product import Product
from agora.model.release import DataFile, Quarantine, ReleasedColumn
from agora.model.types import Kind, Type, quoted
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.passage.aside import REASON
from agora.usecases.running.building import prepared
from agora.usecases.running.stepping import Aside


@dataclass(slots=True, kw_only=True)
class Rejects:
    """What the recipes of one run have put aside so far, port by port."""

    house: House
    product: Product
    bench: Bench
    run: str
    batches: dict[PortVersion, Quarantine] = field(default_factory=dict)
    turns: int = 0

    def take(self, asides: Sequence[Aside]) -> None:
        """The rows put aside in this turn are written, too.

        A port that a recipe fills itself keeps the columns of its own names; one behind further
        steps only the reasons, for there a name may mean something else.
        """
        for aside in asides:
            for port in (*aside.ports, *aside.further):
                self._take(aside, port, aside.columns if port in aside.ports else ())
        self.turns += 1

    def joined(self, found: Sequence[Quarantine]) -> tuple[Quarantine, ...]:
        """Those that checks put aside together with those of recipes."""
        both = [_together(each, self.batches.get(each.port)) for each in found]
        ports = {each.port for each in found}
        return (*both, *(each for port, each in self.batches.items() if port not in ports))

    def _take(self, aside: Aside, port: PortVersion, names: Sequence[str]) -> None:
        before = self.batches.get(port)
        columns = before.columns if before else self._columns(port)
        folder = self.house.lake.folder(port, self.run, "quarantine")
        select = _select(aside, columns, {name.lower() for name in names})
        stem = f"{aside.relation}-{self.turns:05}"
        files = self.bench.write(select, columns, folder, stem).files
        if files:
            now = Quarantine(port=port, files=files, columns=columns, rows=_rows(files))
            self.batches[port] = _together(now, before)

    def _columns(self, port: PortVersion) -> tuple[ReleasedColumn, ...]:
        output = next(each for each in self.product.build.outputs if each.port == port)
        columns = prepared(self.house, self.product, output)
        last = max((column.field_id for column in columns), default=0)
        reason = ReleasedColumn(name=REASON, type=Type(kind=Kind.VARCHAR), field_id=last + 100_000)
        return (*columns, reason)


def _select(aside: Aside, columns: Sequence[ReleasedColumn], names: set[str]) -> str:
    listed = [
        f"TRY_CAST({quoted(c.name) if c.name.lower() in names else 'NULL'} AS {c.type.sql})"
        f" AS {quoted(c.name)}"
        for c in columns[:-1]
    ]
    return f"SELECT {', '.join([*listed, quoted(REASON)])} FROM {quoted(aside.relation)}"  # noqa: S608


def _together(batch: Quarantine, other: Quarantine | None) -> Quarantine:
    if other is None:
        return batch
    files = (*other.files, *batch.files)
    return replace(batch, files=files, rows=other.rows + batch.rows)


def _rows(files: Sequence[DataFile]) -> int:
    return sum(file.rows for file in files)
