"""Tables of other tools, tried on every kind: governed in place, the very files, nothing copied."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake
from pyiceberg.catalog.sql import SqlCatalog

from agora.backends.outside.registry import InstalledExternals
from agora.model.errors import AgoraError
from agora.model.names import PortName, PortVersion
from agora.model.product import External

PORT = PortVersion(PortName("sales", "orders", "orders"), 1)
SCHEMA = pa.schema([("id", pa.int64()), ("amount", pa.decimal128(10, 2)), ("region", pa.string())])
ROWS = [(1, Decimal("1.50"), "north"), (2, Decimal("2.25"), "s&uth/1"), (3, None, None)]


def table(rows=ROWS):
    held = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        [pa.array(each, of.type) for each, of in zip(held, SCHEMA, strict=True)], SCHEMA
    )


def parquet(folder, rows=ROWS):
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table(rows), folder / f"part-{len(list(folder.iterdir()))}.parquet")


def hive(folder, rows=ROWS):
    import pyarrow.dataset as ds

    ds.write_dataset(
        table(rows), folder, format="parquet", partitioning=ds.partitioning(pa.schema([("region", pa.string())]), flavor="hive"),
        existing_data_behavior="overwrite_or_ignore",
    )  # fmt: skip


def delta(folder, rows=ROWS):
    write_deltalake(str(folder), table(rows), mode="append")


def delta_parted(folder, rows=ROWS):
    write_deltalake(str(folder), table(rows), mode="append", partition_by=["region"])


def catalog(folder):
    return SqlCatalog("x", uri=f"sqlite:///{folder}.db", warehouse=f"file://{folder.parent}")


def iceberg(folder, rows=ROWS):
    held = catalog(folder)
    held.create_namespace_if_not_exists("n")
    made = held.create_table_if_not_exists("n.t", SCHEMA, location=f"file://{folder}")
    made.append(table(rows))


KINDS = {
    "parquet": ("parquet", parquet),
    "hive": ("parquet", hive),
    "delta": ("delta", delta),
    "delta, partitioned": ("delta", delta_parted),
    "iceberg": ("iceberg", iceberg),
}


class Place:
    def __init__(self, root, kind):
        self.root, self.folder = root, root / "warehouse" / "orders"
        self.type, self._write = KINDS[kind]
        self.folder.parent.mkdir(parents=True)
        (root / "product").mkdir()

    def write(self, rows=ROWS):
        self._write(self.folder, rows)

    def look(self, location="", domain="sales", wanted=SCHEMA.names):
        external = External(port=PORT, type=self.type, location=location or str(self.folder))
        allowed = [(domain, str(self.root / "warehouse"))]
        return InstalledExternals(allowed).look(external, str(self.root / "product"), wanted)

    def refused(self, **more):
        with pytest.raises(AgoraError) as told:
            self.look(**more)
        return told.value.code_shown


@pytest.fixture(params=list(KINDS))
def place(request, tmp_path):
    return Place(tmp_path, request.param)


@pytest.fixture
def kind(tmp_path):
    return lambda name: Place(tmp_path, name)


def seen(state, columns=None):
    """The rows as the engine shows them."""
    from agora.backends.engine.duckdb import render
    from agora.model.release import ReleasedColumn
    from agora.model.types import parse_type

    wanted = columns or [(name, of) for name, of in zip(SCHEMA.names, ("BIGINT", "DECIMAL(10,2)", "VARCHAR"), strict=True)]  # fmt: skip
    ids = {name: number for name, _, number in state.columns}
    released = [ReleasedColumn(name=n, type=parse_type(of), field_id=ids[n]) for n, of in wanted]
    with duckdb.connect() as engine:
        found = engine.execute(f"SELECT * FROM {render.rows(state.files, released)}").fetchall()
    return sorted(found, key=str)


def test_the_rows_are_those_of_the_table_and_the_files_its_own(place):
    place.write()
    state = place.look()
    assert seen(state) == sorted(ROWS, key=str)
    assert sum(file.rows for file in state.files) == 3
    assert all(Path(file.path).is_relative_to(place.folder) for file in state.files)
    assert {(n, k) for n, k, _ in state.columns} == {("id", "BIGINT"), ("amount", "DECIMAL(10,2)"), ("region", "VARCHAR")}  # fmt: skip


def test_each_state_is_told_apart_and_the_same_state_is_the_same(place):
    place.write()
    first = place.look()
    assert place.look() == first
    place.write([(4, Decimal("4.00"), "north")])
    again = place.look()
    assert again != first
    if place.folder.name == "orders" and len(seen(again)) != 4:
        assert place.type == "parquet"  # a folder of one name for two writes holds the newer
    assert (4, Decimal("4.00"), "north") in seen(again)


def test_a_place_that_is_not_open_to_the_domain_is_refused(place):
    place.write()
    assert place.refused(domain="marketing") == "E385"
    assert place.refused(location="../warehouse/../../etc") == "E385"
    assert place.refused(location="/etc") == "E385"


def test_a_link_that_leads_out_is_refused(place):
    place.write()
    shutil.move(place.folder, place.root / "elsewhere")
    place.folder.symlink_to(place.root / "elsewhere")
    assert place.refused() == "E385"


def test_files_that_lead_out_are_refused(place):
    place.write()
    outside = place.root / "outside.parquet"
    for file in list(place.folder.rglob("*.parquet")):
        shutil.move(file, outside)
        file.symlink_to(outside)
    assert place.refused() == "E385"


def test_nothing_there_is_told(place):
    assert place.refused() == "E380"


@pytest.mark.parametrize("location", ["s3://bucket/orders", "https://x/orders", "abfss://a@b/c"])
def test_places_on_the_network_are_refused(place, location):
    assert place.refused(location=location) == "E382"


def test_a_file_that_was_vacuumed_is_told(place):
    if place.type == "parquet":
        pytest.skip("a folder has no list of its own")
    place.write()
    next(place.folder.rglob("*.parquet")).unlink()
    assert place.refused() == "E380"


def test_something_else_is_told(place):
    place.folder.mkdir()
    if place.type == "parquet":
        (place.folder / "data.parquet").write_text("words")
    assert place.refused() == "E381"


def test_delta_with_deletion_vectors_is_refused(kind):
    place = kind("delta")
    write_deltalake(
        str(place.folder), table(), configuration={"delta.enableDeletionVectors": "true"}
    )
    log = next((place.folder / "_delta_log").glob("*.json"))
    actions = [json.loads(line) for line in log.read_text().splitlines()]
    features = {
        f for a in actions if "protocol" in a for f in a["protocol"].get("readerFeatures", ())
    }
    assert "deletionVectors" in features
    assert place.refused() == "E381"


def test_delta_with_renamed_columns_is_refused(kind):
    place = kind("delta")
    place.write()
    log = next((place.folder / "_delta_log").glob("*.json"))
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    for action in lines:
        if "metaData" in action:
            action["metaData"]["configuration"]["delta.columnMapping.mode"] = "name"
        if "protocol" in action:
            action["protocol"] = {"minReaderVersion": 2, "minWriterVersion": 5}
    log.write_text("\n".join(map(json.dumps, lines)))
    assert place.refused() == "E381"


def test_delta_rows_that_are_gone_are_gone_and_later_columns_are_null(kind):
    place = kind("delta")
    place.write()
    DeltaTable(str(place.folder)).delete("id = 1")
    more = table([(4, Decimal("4.00"), "north")]).append_column("tax", pa.array([0.5]))
    write_deltalake(str(place.folder), more, mode="append", schema_mode="merge")
    state = place.look(wanted=[*SCHEMA.names, "tax"])
    assert seen(state, [("id", "BIGINT"), ("tax", "DOUBLE")]) == [(2, None), (3, None), (4, 0.5)]


def test_iceberg_columns_are_followed_by_their_ids(kind):
    place = kind("iceberg")
    place.write()
    made = catalog(place.folder).load_table("n.t")
    with made.update_schema() as change:
        change.rename_column("region", "area")
    made = catalog(place.folder).load_table("n.t")
    with made.update_schema() as change:
        from pyiceberg.types import StringType

        change.add_column("region", StringType())
    state = place.look()
    assert seen(state, [("id", "BIGINT"), ("area", "VARCHAR"), ("region", "VARCHAR")]) == [(1, "north", None), (2, "s&uth/1", None), (3, None, None)]  # fmt: skip


def test_iceberg_says_which_of_two_newest_metadata_files_counts(kind):
    place = kind("iceberg")
    place.write()
    newest = max((place.folder / "metadata").glob("*.metadata.json"))
    shutil.copy(newest, newest.with_name(newest.name[:5] + "-twin.metadata.json"))
    assert place.refused() == "E381"
    assert len(place.look(location=str(newest)).files) == 1


def test_iceberg_files_without_field_ids_are_refused(kind):
    place = kind("iceberg")
    place.write()
    file = next(place.folder.rglob("*.parquet"))
    pq.write_table(table(), file)
    assert place.refused() == "E381"


def test_iceberg_with_row_deletes_is_refused(kind, monkeypatch):
    from pyiceberg.table import FileScanTask

    place = kind("iceberg")
    place.write()
    made = FileScanTask.__init__
    monkeypatch.setattr(
        FileScanTask, "__init__",
        lambda self, file, delete_files=None, **more: made(self, file, delete_files={file}, **more),
    )  # fmt: skip
    assert place.refused() == "E381"


@pytest.mark.parametrize("change", ["type", "missing"])
def test_a_folder_whose_files_disagree_is_refused(kind, change):
    place = kind("parquet")
    place.write()
    other = table().drop_columns("region") if change == "missing" else table().set_column(2, "region", pa.array([1, 2, 3]))  # fmt: skip
    pq.write_table(other, place.folder / "z.parquet")
    assert place.refused() == "E381"
    assert len(place.look(wanted=["id", "amount"]).files) == 2


def test_an_unknown_kind_is_told(kind):
    place = kind("parquet")
    place.type = "papyrus"
    assert place.refused() == "E301"
