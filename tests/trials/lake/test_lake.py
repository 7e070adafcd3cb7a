"""What every lake must do: snapshots nobody sees, published together, and nothing moved backwards."""

from datetime import UTC, datetime

import pytest

from agora.backends.engine.duckdb.benches import DuckBenches
from agora.backends.lake.iceberg import IcebergLake
from agora.backends.lake.landing import keep
from agora.model.errors import Broken, Conflict, Unavailable
from agora.model.mesh import Bounds
from agora.model.names import PortName, PortVersion
from agora.model.release import Release
from agora.model.types import Kind, Type, parse_type

PORT = PortVersion(PortName("sales", "visits", "visits"), 1)
BOUNDS = Bounds(memory=256 << 20)
PLAIN = [("id", parse_type("INTEGER"), ()), ("name", parse_type("VARCHAR"), ("personal",))]


@pytest.fixture
def lake(tmp_path):
    return IcebergLake(tmp_path / "lake")


def write(lake, run, columns, select):
    folder = lake.folder(PORT, run)
    with DuckBenches().open(
        [], [], writable=[folder], scratch=lake.scratch(run), bounds=BOUNDS
    ) as bench:
        return bench.write(select, columns, folder, "part").files


def staged(lake, run, select="select i as id, 'n' as name from range(5) r(i)"):
    columns = lake.prepare(PORT, PLAIN)
    return lake.stage(PORT, run, columns, write(lake, run, columns, select))


def release(number, run, snapshot):
    return Release(
        product=PORT.port.of, number=number, parent=number - 1, run=run, fingerprint="", code_hash="",
        released_at=datetime(2018, 1, 1, tzinfo=UTC), contracts=(), snapshots=(snapshot,),
    )  # fmt: skip


def table(lake):
    return lake._existing(PORT)


def count(lake):
    return table(lake).scan().to_arrow().num_rows


def test_a_staged_snapshot_is_seen_by_nobody_until_it_is_published(lake):
    snapshot = staged(lake, "r1")
    assert snapshot.rows == 5
    assert count(lake) == 0
    lake.publish(release(1, "r1", snapshot))
    assert count(lake) == 5
    assert "release-1" in table(lake).metadata.refs
    assert "run-r1" not in table(lake).metadata.refs


def test_publishing_again_changes_nothing(lake):
    made = release(1, "r1", staged(lake, "r1"))
    for _ in range(3):
        lake.publish(made)
    assert count(lake) == 5


def test_staging_again_counts_the_newest(lake):
    staged(lake, "r1")
    again = staged(lake, "r1", "select i as id, 'm' as name from range(7) r(i)")
    lake.publish(release(1, "r1", again))
    assert count(lake) == 7


def test_an_earlier_release_repaired_late_moves_nothing_backwards(lake):
    first = release(1, "r1", staged(lake, "r1"))
    second = release(2, "r2", staged(lake, "r2", "select i as id, 'n' as name from range(9) r(i)"))
    lake.publish(second)
    lake.publish(first)
    assert count(lake) == 9
    assert {"release-1", "release-2"} <= set(table(lake).metadata.refs)


def test_what_is_discarded_is_gone_and_may_be_discarded_again(lake, tmp_path):
    snapshot = staged(lake, "r1")
    for _ in range(2):
        lake.discard("r1", [PORT])
    assert "run-r1" not in table(lake).metadata.refs
    assert not (tmp_path / "lake" / "scratch" / "r1").exists()
    assert not any(p.exists() for p in [__import__("pathlib").Path(f.path) for f in snapshot.files])


def test_columns_keep_their_ids_and_new_ones_get_new_ones(lake):
    first = lake.prepare(PORT, PLAIN)
    assert lake.prepare(PORT, PLAIN) == first
    more = lake.prepare(PORT, [*PLAIN, ("day", parse_type("DATE"), ())])
    assert more[:2] == first
    assert more[2].field_id not in {c.field_id for c in first}


def test_files_a_snapshot_shares_with_its_base_stay_and_others_are_exchanged(lake):
    columns = lake.prepare(PORT, PLAIN)
    first = write(lake, "r1", columns, "select 1 as id, 'a' as name")
    other = write(lake, "r1b", columns, "select 2 as id, 'b' as name")
    base = lake.stage(PORT, "r1", columns, [*first, *other])
    lake.publish(release(1, "r1", base))
    fresh = write(lake, "r2", columns, "select 3 as id, 'c' as name")
    grown = lake.stage(PORT, "r2", columns, [*first, *fresh], base)
    assert sorted(table(lake).scan().to_arrow()["id"].to_pylist()) == [1, 2]
    lake.publish(release(2, "r2", grown))
    assert sorted(table(lake).scan().to_arrow()["id"].to_pylist()) == [1, 3]
    assert grown.rows == 2
    old = table(lake).scan(snapshot_id=base.snapshot_id).to_arrow()
    assert sorted(old["id"].to_pylist()) == [1, 2]


def test_a_snapshot_may_share_everything_with_its_base(lake):
    columns = lake.prepare(PORT, PLAIN)
    files = write(lake, "r1", columns, "select 1 as id, 'a' as name")
    base = lake.stage(PORT, "r1", columns, files)
    lake.publish(release(1, "r1", base))
    lake.publish(release(2, "r2", lake.stage(PORT, "r2", columns, files, base)))
    assert table(lake).scan().to_arrow()["id"].to_pylist() == [1]


def test_a_column_cannot_change_its_type_in_place(lake):
    lake.prepare(PORT, PLAIN)
    with pytest.raises(Conflict, match="`id`") as told:
        lake.prepare(PORT, [("id", parse_type("VARCHAR"), ())])
    assert "major version" in told.value.hint


def test_nested_types_are_read_back_by_iceberg_itself(lake):
    struct = Type(
        kind=Kind.STRUCT, fields=(("a", parse_type("INTEGER")), ("b", parse_type("VARCHAR[]")))
    )
    columns = lake.prepare(
        PORT,
        [
            ("id", parse_type("INTEGER"), ()),
            ("tags", parse_type("VARCHAR[]"), ()),
            ("s", struct, ()),
        ],
    )
    files = write(
        lake, "r1", columns, "select 1 as id, ['x', 'y'] as tags, {'a': 2, 'b': ['z']} as s"
    )
    lake.publish(release(1, "r1", lake.stage(PORT, "r1", columns, files)))
    assert table(lake).scan().to_arrow().to_pylist() == [
        {"id": 1, "tags": ["x", "y"], "s": {"a": 2, "b": ["z"]}}
    ]


@pytest.mark.parametrize(
    "of", ["BOOLEAN", "INTEGER", "BIGINT", "DECIMAL(12,3)", "FLOAT", "DOUBLE", "VARCHAR", "BLOB", "DATE", "TIME",
           "TIMESTAMP", "TIMESTAMPTZ"],
)  # fmt: skip
def test_every_type_survives_storage(lake, of):
    columns = lake.prepare(PORT, [("v", parse_type(of), ())])
    literal = {"BOOLEAN": "true", "VARCHAR": "'x'", "BLOB": "'x'::blob", "DATE": "date '2018-01-02'",
               "TIME": "time '01:02:03'", "TIMESTAMP": "timestamp '2018-01-02 03:04:05'",
               "TIMESTAMPTZ": "timestamptz '2018-01-02 03:04:05+00'"}.get(of, "1")  # fmt: skip
    files = write(lake, "r1", columns, f"select {literal} as v union all select null")
    lake.publish(release(1, "r1", lake.stage(PORT, "r1", columns, files)))
    values = table(lake).scan().to_arrow()["v"].to_pylist()
    assert len(values) == 2
    assert None in values


def test_values_that_do_not_fit_are_named_by_column_and_not_shown(lake):
    columns = lake.prepare(PORT, PLAIN)
    with pytest.raises(Broken, match="column `id`: 2 values are no INTEGER") as told:
        write(
            lake,
            "r1",
            columns,
            "select * from (values ('SECRET', 'x'), ('1', 'y'), ('SECRET2', 'z')) t(id, name)",
        )
    assert "SECRET" not in told.value.sentence


def test_a_run_that_lives_is_not_left_over(lake, tmp_path):
    lake.scratch("r1")
    assert list(lake.leftovers()) == []
    other = IcebergLake(tmp_path / "lake")
    assert list(other.leftovers()) == []
    lake._held["r1"].release()
    assert list(other.leftovers()) == ["r1"]


def test_equal_bytes_are_landed_once(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("same")
    pins = [keep("raw", tmp_path / name, tmp_path / "landing") for name in ("a.csv", "b.csv")]
    assert pins[0] == pins[1]
    assert len(list((tmp_path / "landing").iterdir())) == 1
    with pytest.raises(Unavailable):
        keep("raw", tmp_path / "missing.csv", tmp_path / "landing")


def test_what_a_writer_left_half_done_is_swept_and_nothing_beside_it(lake, tmp_path):
    columns = lake.prepare(PORT, PLAIN)
    files = write(lake, "one", columns, "select 1 as id, 'n' as name")
    lake.sync(files)
    folder = tmp_path / "lake/sales/visits/visits.v1/data/one"
    (folder / "other-0.parquet").write_bytes(b"half")
    lake.sweep(str(folder), "other-")
    assert [path.name for path in folder.iterdir()] == ["part-0.parquet"]
    lake.sweep(str(folder), "part-")
    lake.sweep(str(folder), "part-")
    assert not folder.exists()
    with pytest.raises(Unavailable):
        lake.sync(files)
