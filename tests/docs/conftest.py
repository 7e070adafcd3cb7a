"""The demo, small: the first three weeks of its year, told as if they were the whole of it."""

import contextlib
import io
import shutil

import pytest
from pyarrow import Table, parquet

from agora.app.demo import deliveries, play
from tests.serving import serving

WEEKS = (range(1, 2), range(2, 3), range(3, 4))
LAST = WEEKS[-1][-1]


def few(file, folder):
    """Rows of the first weeks only: the data lie by week, so the rest need not be read.

    Of the promotions, a million, a tenth of those after the first week will do.
    """
    batches = []
    for batch in parquet.ParquetFile(deliveries._origin(file)).iter_batches(1 << 18):
        weeks = batch.column("week").to_numpy()
        wanted = weeks <= LAST
        if file == "promotions.parquet":
            wanted &= (weeks == 1) | (batch.column("product_id").to_numpy() % 10 == 0)
        batches.append(batch.filter(wanted))
        if weeks[-1] > LAST:
            break
    parquet.write_table(Table.from_batches(batches), folder / file)
    return folder / file


@pytest.fixture(scope="session")
def _played_once(tmp_path_factory):
    """The demo after its three Mondays, and a copy: rows are found by whole paths, so it stays."""
    place = tmp_path_factory.mktemp("small")
    root, copy, told = place / "agora-demo", place / "copy", io.StringIO()
    origins = {file: few(file, place) for file in deliveries.ARRIVING.values()}
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stderr(told),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        patch.setattr(deliveries, "editions", lambda _weeks: WEEKS)
        patch.setattr(deliveries, "_origin", origins.__getitem__)
        patch.setattr(play, "LATER_WEEK", LAST)
        assert play.play(root, len(WEEKS)) == 0, told.getvalue()
    assert "was not released" not in told.getvalue()
    shutil.copytree(root, copy)
    return root, copy


@pytest.fixture
def demo(_played_once):
    """The small demo, as if nobody had touched it yet."""
    root, copy = _played_once
    shutil.rmtree(root)
    shutil.copytree(copy, root)
    return root


@pytest.fixture
def served_demo(demo):
    """The small demo behind a real server."""
    with serving(demo) as found:
        yield found
