"""Building: each port's rows are staged on a snapshot that nobody sees yet."""

from collections.abc import Sequence

from agora.model.names import PortVersion, fold
from agora.model.product import Output, Product
from agora.model.progress import Phase
from agora.model.release import DataFile, ReleasedColumn, Snapshot
from agora.model.types import quoted
from agora.needs.engine import Bench
from agora.needs.house import House


def stage(house: House, product: Product, bench: Bench, run: str) -> tuple[Snapshot, ...]:
    """Every output port has a snapshot of this run, filled anew."""
    return tuple(_stage(house, product, bench, run, output) for output in product.build.outputs)


def restage(house: House, run: str, bench: Bench, snapshot: Snapshot, select: str) -> Snapshot:
    """The snapshot is written again with these rows only; the relation it came from stays attached."""
    house.progress.point("before-rewrite")
    folder = house.lake.folder(snapshot.port, run)
    written = bench.write(select, snapshot.columns, folder, "kept")
    return staged(house, run, snapshot.port, snapshot.columns, written.files)


def staged(
    house: House,
    run: str,
    port: PortVersion,
    columns: Sequence[ReleasedColumn],
    files: Sequence[DataFile],
    base: Snapshot | None = None,
) -> Snapshot:
    """Exactly these files are on the run's own branch, with a crash point before and after."""
    house.progress.point("before-stage")
    snapshot = house.lake.stage(port, run, columns, files, base)
    house.progress.point("after-stage")
    return snapshot


def prepared(house: House, product: Product, output: Output) -> tuple[ReleasedColumn, ...]:
    """The port's table has the columns its contract promises; give them with their field ids."""
    port = product.port(output.port)
    assert port is not None, "a build that fills a port nobody offers is not opened (E128)"
    columns = [(c.name, c.type, tuple(sorted(c.labels))) for c in port.contract.columns]
    return house.lake.prepare(port.version, columns)


def filled(output: Output, columns: Sequence[ReleasedColumn]) -> str:
    """The SELECT that fills a port: its promised columns of the step, source or input behind it."""
    listed = ", ".join(quoted(column.name) for column in columns)
    return f"select {listed} from {quoted(fold(output.source))}"  # noqa: S608


def _stage(house: House, product: Product, bench: Bench, run: str, output: Output) -> Snapshot:
    house.progress.phase(product.name, Phase.WRITE, str(output.port))
    columns = prepared(house, product, output)
    house.progress.point("before-write")
    folder = house.lake.folder(output.port, run)
    written = bench.write(filled(output, columns), columns, folder, "part")
    return staged(house, run, output.port, columns, written.files)
