"""A port whose rows lie in another tool's table is asked, masked, checked and recorded like any other."""

import csv
import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake
from pyiceberg.catalog.sql import SqlCatalog

BUILD = "sales/transactions/build.yaml"
CONTRACT = "sales/transactions/contracts/transactions.v1.odcs.yaml"
RUN = ("run", "sales.transactions")
SCHEMA = pa.schema(
    [
        ("basket_id", pa.int32()), ("household_id", pa.int32()), ("store_id", pa.string()),
        ("sold_at", pa.timestamp("us")), ("week", pa.int32()), ("quantity", pa.int32()),
        ("amount", pa.decimal128(9, 2)),
    ]
)  # fmt: skip


def edit(path, old, new):
    text = path.read_text()
    assert old in text, old
    path.write_text(text.replace(old, new))


def lines(market):
    with (market / "sales/transactions/data/transactions.csv").open() as file:
        for row in csv.DictReader(file):
            yield [
                int(row["basket_id"]), int(row["household_id"]), row["store_id"],
                dt.datetime.fromisoformat(row["sold_at"]), int(row["week"]), int(row["quantity"]),
                Decimal(row["amount"]),
            ]  # fmt: skip


def table(rows):
    columns = zip(*rows, strict=True)
    return pa.table([pa.array(c, of.type) for c, of in zip(columns, SCHEMA, strict=True)], SCHEMA)


def write(kind, folder, rows):
    if kind == "delta":
        write_deltalake(str(folder), table(rows), mode="append", partition_by=["week"])
    elif kind == "iceberg":
        held = SqlCatalog("x", uri=f"sqlite:///{folder}.db", warehouse=f"file://{folder.parent}")
        held.create_namespace_if_not_exists("n")
        held.create_table_if_not_exists("n.t", SCHEMA, location=f"file://{folder}").append(
            table(rows)
        )
    else:
        folder.mkdir(exist_ok=True)
        pq.write_table(table(rows), folder / f"{len(list(folder.iterdir()))}.parquet")


@pytest.fixture(params=["parquet", "delta", "iceberg"])
def outside(request, market, tmp_path):
    """The transactions lie in a warehouse that is open to sales; gives kind, folder and their rows."""
    folder = tmp_path / "warehouse" / "transactions"
    folder.parent.mkdir()
    rows = [row for row in lines(market) if row[5] >= 1]
    write(request.param, folder, rows)
    place = "- {port: transactions, version: 1, external: {type: %s, location: %s}}"
    edit(
        market / BUILD,
        "- {port: transactions, version: 1, from: typed}",
        place % (request.param, folder),
    )
    edit(market / CONTRACT, "severity: quarantine", "severity: error")
    with (market / "agora.yaml").open("a") as file:
        file.write(f"external:\n  - {{domain: sales, folder: {folder.parent}}}\n")
    return request.param, folder, rows


def asked(shell, sql, who="sofia"):
    code, out, err = shell("query", "--as", who, "--format", "csv", sql)
    assert code == 0, err
    return out.splitlines()[1:]


def test_it_is_governed_where_it_lies(shell, market, outside):
    _, folder, rows = outside
    before = sorted(folder.rglob("*"))
    code, out, err = shell(*RUN)
    assert code == 0, out + err
    assert asked(shell, "select count(*), sum(amount) from sales.transactions") == [
        f"{len(rows)},{sum(row[6] for row in rows)}"
    ]
    assert asked(shell, "select basket_id, week from sales.transactions order by 1 limit 1") == [
        "1000,1"
    ]
    own = [row for row in rows if row[2] in {"330", "367"}]
    assert asked(shell, "select count(*) from sales.transactions", "ana") == [str(len(own))]
    assert sorted(folder.rglob("*")) == before
    assert list((market / ".agora/lake").rglob("transactions.v1/data/**/*.parquet")) == []
    assert "nothing has changed" in shell(*RUN)[1]
    code, out, _ = shell("show", "sales.transactions", "--sample", "--as", "sofia")
    assert code == 0
    assert shell("ledger", "verify", "--as", "olga")[0] in (0, 3)


def test_a_new_state_is_a_new_release_and_a_bad_one_is_none(shell, outside):
    kind, folder, rows = outside
    shell(*RUN)
    write(kind, folder, [[9001, 1, "330", dt.datetime(2017, 12, 1), 48, 1, Decimal("1.50")]])
    assert asked(shell, "select count(*) from sales.transactions") == [str(len(rows))]
    assert shell(*RUN)[0] == 0
    assert asked(shell, "select count(*) from sales.transactions") == [str(len(rows) + 1)]
    write(kind, folder, [[9002, 1, "330", dt.datetime(2017, 12, 1), 48, -1, Decimal("1.50")]])
    assert shell(*RUN)[0] == 1
    assert asked(shell, "select count(*) from sales.transactions") == [str(len(rows) + 1)]


def test_rows_cannot_be_kept_out_of_what_stays_where_it_is(shell, market, outside):
    kind, folder, _ = outside
    there = "- {id: quantity-there, metric: nullValues, mustBe: 0, severity: quarantine}"
    edit(
        market / CONTRACT,
        "- {id: quantity-positive",
        f"{there}\n          - {{id: quantity-positive",
    )
    write(kind, folder, [[9002, 1, "330", dt.datetime(2017, 12, 1), 48, None, Decimal("1.50")]])
    code, _, err = shell(*RUN)
    assert code == 1
    assert "error[E386]" in err


def test_a_plan_counts_on_the_table_where_it_lies(shell, outside):
    kind, folder, _rows = outside
    shell(*RUN)
    write(kind, folder, [[9001, 1, "330", dt.datetime(2017, 12, 1), 48, 1, Decimal("1.50")]])
    code, out, err = shell("plan", "sales.transactions", "--data")
    assert code == 0, out + err
    assert "24 -> 25, 1 new, 0 gone, 0 different" in out


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{name: amount, ", "{name: price, ", "E383"),
        ('logicalType: number, physicalType: "DECIMAL(9,2)"', "logicalType: string", "E384"),
    ],
)
def test_a_promise_the_table_does_not_keep_is_told(shell, market, outside, old, new, code):
    edit(market / CONTRACT, old, new)
    assert f"error[{code}]" in shell(*RUN)[2]


def test_a_folder_that_is_not_open_to_the_domain_is_refused(shell, market, outside):
    edit(market / "agora.yaml", "domain: sales,", "domain: customers,")
    code, _, err = shell(*RUN)
    assert code == 3
    assert "error[E385]" in err


def test_another_product_builds_on_it(shell, outside):
    shell(*RUN)
    shell("run", "customers.households")
    code, out, err = shell("run", "customers.segments")
    assert code == 0 or "E403" in err, out + err


@pytest.mark.parametrize(
    "line",
    [
        "{port: transactions, version: 1}",
        "{port: transactions, version: 1, from: typed, external: {type: delta, location: x}}",
        "{port: transactions, version: 1, external: {type: delta, location: x}, load: {mode: append, by: [week]}}",
    ],
)
def test_a_port_is_filled_from_one_place(shell, market, line):
    edit(market / BUILD, "{port: transactions, version: 1, from: typed}", line)
    code, out, err = shell("check")
    assert code == 1
    assert "E138" in out + err
