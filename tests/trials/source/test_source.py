"""The Source need, tried on every kind: what is offered, landed and read back is what was there."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from agora.backends.lake.iceberg import IcebergLake
from agora.model.errors import AgoraError
from tests.trials.source.places import PLACES, ROWS, SECRET


@pytest.fixture(params=list(PLACES))
def place(request, tmp_path):
    folder = tmp_path / "product"
    folder.mkdir()
    return PLACES[request.param](folder, request)


@pytest.fixture
def landed(place, tmp_path):
    """Lands what is offered as a run does, and gives the pins."""
    lake = IcebergLake(tmp_path / "lake")

    def land(known=()):
        offered = place.offered(tmp_path / "scratch", known)
        return [(lake.land(place.spec(), each.path), each) for each in offered]

    return land


def read(place, pins, folder):
    source = place.sources.pick(place.kind)
    files = [f for pin, _ in pins for f in source.to_parquet(place.spec(), pin.path, str(folder))]
    return [tuple(row.values()) for file in files for row in pq.read_table(file).to_pylist()]


def test_its_options_as_described_are_fine(place):
    assert place.sources.pick(place.kind).check(place.spec()) == ()


def test_what_is_landed_is_what_was_there(place, landed, tmp_path):
    place.lay(ROWS)
    assert read(place, landed(), tmp_path / "out") == ROWS


def test_equal_rows_land_as_equal_bytes_once(place, landed):
    place.lay(ROWS)
    first = landed()
    if place.kind != "sheet":  # a workbook carries the time it was written
        place.lay(ROWS)
    again = landed()
    assert [pin.hash for pin, _ in again] == [pin.hash for pin, _ in first]
    assert [each.origin for _, each in again] == [each.origin for _, each in first]


def test_other_rows_land_as_other_bytes(place, landed):
    place.lay(ROWS)
    first = landed()
    place.lay(ROWS[:2])
    assert [pin.hash for pin, _ in landed()] != [pin.hash for pin, _ in first]


def test_the_columns_are_there_without_a_row(place, landed, tmp_path):
    if place.kind in {"json", "s3"}:
        pytest.skip("JSON names its columns in its rows")
    place.lay([])
    assert read(place, landed(), tmp_path / "out") == []


def test_an_option_that_is_none_is_told_with_those_there_are(place):
    told = place.sources.pick(place.kind).check(place.spec(wheels=4))
    assert any("there is no option `wheels`" in sentence for sentence in told)


def test_nothing_there_is_told_calmly(place, tmp_path):
    with pytest.raises(AgoraError) as told:
        place.offered(tmp_path / "scratch")
    assert told.value.code_shown in {"E303", "E354"}
    assert told.value.hint


def test_a_secret_is_never_printed(place, landed, tmp_path):
    place.lay(ROWS)
    pins = landed()
    shown = [repr(pins), repr(place.sources.pick(place.kind))]
    if place.kind == "sql" and place.secrets:
        address = f"postgresql://agora:{SECRET}@127.0.0.1:9/none"
        place.secrets = dict.fromkeys(place.secrets, address)
        with pytest.raises(AgoraError) as told:
            place.offered(tmp_path / "scratch")
        assert told.value.__suppress_context__
        shown += [told.value.sentence, told.value.hint, str(told.value)]
    assert [text for text in shown if SECRET in text] == []
    kept = [
        f for f in Path(tmp_path).rglob("*") if f.is_file() and SECRET.encode() in f.read_bytes()
    ]
    assert kept == []
