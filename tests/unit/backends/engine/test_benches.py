"""A bench tells which part of a run failed, and why, with a code."""

import pytest

from agora.backends.engine.duckdb.benches import DuckBenches, _failure
from agora.model.errors import Broken, Exhausted, Unavailable
from agora.model.mesh import Bounds
from agora.model.relation import RawFile
from agora.model.release import DataFile, ReleasedColumn
from agora.model.types import parse_type

BOUNDS = Bounds(memory=256 << 20)
COLUMNS = (ReleasedColumn(name="a", type=parse_type("INTEGER"), field_id=1),)


def bench(folder, *raw):
    return DuckBenches().open(
        raw, [], writable=[str(folder / "out")], scratch=str(folder / "s"), bounds=BOUNDS
    )


def test_a_landed_file_that_is_torn(tmp_path):
    torn = tmp_path / "torn.parquet"
    torn.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(Broken) as told, bench(tmp_path, RawFile(name="raw", files=(str(torn),))):
        pass
    assert told.value.code_shown == "E320"


def test_written_rows_that_vanish(tmp_path):
    gone = DataFile(path=str(tmp_path / "out" / "gone.parquet"), rows=1, size=1)
    with bench(tmp_path) as opened, pytest.raises(Broken) as told:
        opened.attach("again", [gone], COLUMNS)
    assert told.value.code_shown == "E322"


def test_a_check_that_cannot_be_computed(tmp_path):
    with bench(tmp_path) as opened, pytest.raises(Broken) as told:
        opened.rows("select cast('SECRET' as integer)")
    assert told.value.code_shown == "E323"
    assert "SECRET" not in told.value.sentence


@pytest.mark.parametrize(
    ("error", "detail", "kind", "code"),
    [
        ("IOException", "IO Error: No space left on device", Unavailable, "E514"),
        ("IOException", "Could not write file: File too large", Unavailable, "E514"),
        ("OutOfMemoryException", "", Exhausted, "E431"),
        ("ParserException", "Parser Error: at or near SELEC", Broken, "E321"),
    ],
)
def test_what_ends_a_step_has_its_code(error, detail, kind, code):
    told = _failure(error, detail, "step `x` does not run", "E321")
    assert (type(told), told.code_shown) == (kind, code)
