"""In place: a table of another tool is a port's snapshot only when it is what the contract promises."""

import pytest

from agora.model.contract import Column, Contract
from agora.model.errors import AgoraError
from agora.model.names import PortName, PortVersion
from agora.model.product import External
from agora.model.release import DataFile
from agora.model.types import parse_type
from agora.workshop.inplace import fits, lasting, snapshot, where

PORT = PortVersion(PortName("sales", "orders", "orders"), 1)
EXTERNAL = External(port=PORT, type="delta", location="/data/orders")
FILE = DataFile(path="/data/orders/a.parquet", rows=3, size=9, values=(("region", "north"),))


def made(columns, files=(FILE,), **promised):
    contract = Contract(
        id="c", version="1.0.0", status="active", table="orders",
        columns=tuple(Column(name=n, type=parse_type(of)) for n, of in promised.items()),
    )  # fmt: skip
    return snapshot(EXTERNAL, contract, columns, files, uuid="u", version=7, metadata="m")


def test_the_snapshot_names_the_very_files_and_only_promised_columns():
    found = made((("id", "BIGINT", 4), ("more", "DATE", 5)), id="BIGINT")
    assert found.files == (FILE,)
    assert [(c.name, c.field_id) for c in found.columns] == [("id", 4)]
    assert (found.external, found.snapshot_id, found.table) == ("delta", 7, "/data/orders")
    assert found.rows == 3


@pytest.mark.parametrize(
    ("columns", "promised", "code"),
    [
        ((("id", "BIGINT", 0),), {"amount": "BIGINT"}, "E383"),
        ((("id", "VARCHAR", 0),), {"id": "BIGINT"}, "E384"),
        ((("id", "BIGINT", 0),), {"id": "INTEGER"}, "E384"),
        ((("id", "TIMESTAMP", 0),), {"id": "DATE"}, "E384"),
        ((("region", "VARCHAR", 0),), {"region": "INTEGER"}, None),
    ],
)
def test_what_is_promised_must_be_there_as_it_is(columns, promised, code):
    if code is None:
        assert made(columns, **promised).columns[0].name == "region"
        return
    with pytest.raises(AgoraError) as told:
        made(columns, **promised)
    assert told.value.code_shown == code


@pytest.mark.parametrize(
    ("promised", "kind", "fine"),
    [
        ("BIGINT", "BIGINT", True),
        ("BIGINT", "INTEGER", True),
        ("INTEGER", "BIGINT", False),
        ("DOUBLE", "FLOAT", True),
        ("DECIMAL(12,2)", "DECIMAL(10,2)", True),
        ("DECIMAL(10,2)", "DECIMAL(10,4)", False),
        ("VARCHAR", "UUID", True),
        ("VARCHAR", "INTEGER", False),
        ("VARCHAR", "LIST<STRING>", False),
    ],
)
def test_a_type_fits_when_nothing_has_to_be_changed(promised, kind, fine):
    assert fits(parse_type(promised), kind) is fine


def test_a_release_keeps_of_a_live_table_where_it_is_and_none_of_its_rows():
    table = External(port=PORT, type="postgres", location="${env:SHOP}", table="shop.orders")
    contract = Contract(
        id="c", version="1.0.0", status="active", table="orders",
        columns=(Column(name="id", type=parse_type("BIGINT")),),
    )  # fmt: skip
    checked = snapshot(
        table, contract, (("id", "BIGINT", 0),), (FILE,),
        uuid="", version=0, metadata=table.location, live=True,
    )  # fmt: skip
    kept = lasting(checked)
    assert (kept.files, kept.rows, where(kept)) == ((), 3, table)
    assert lasting(made((("id", "BIGINT", 4),), id="BIGINT")).files == (FILE,)
