"""Sources through the command line: a database that grows, and deliveries whose columns change."""

import sqlite3

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy.engine import make_url

BUILD = "sales/transactions/build.yaml"
STEP = "sales/transactions/steps/typed.sql"
DATA = "sales/transactions/data"
RUN = ("run", "sales.transactions")
COUNT = (
    "query",
    "--as",
    "sofia",
    "--format",
    "csv",
    "select count(*) as n from sales.transactions",
)
HEAD = "basket_id,household_id,store_id,sold_at,week,quantity,amount"
LATER = "9001,1,330,2017-12-01 09:00:00,48,1,1.50"


def edit(path, old, new):
    text = path.read_text()
    assert old in text, old
    path.write_text(text.replace(old, new))


def rows(shell):
    code, out, err = shell(*COUNT)
    assert code == 0, err
    return int(out.split()[-1])


@pytest.fixture
def database(market):
    """The market's transactions in a database, read behind a watermark; gives a way to write to it."""
    head, *lines = (market / DATA / "transactions.csv").read_text().splitlines()
    file = market / "sales/transactions/shop.db"

    def insert(*new):
        with sqlite3.connect(file) as held:
            held.executemany("INSERT INTO sold VALUES (?, ?, ?, ?, ?, ?, ?)", [line.split(",") for line in new])  # fmt: skip
        held.close()

    with sqlite3.connect(file) as held:
        held.execute(f"CREATE TABLE sold ({head.replace('amount', 'amount decimal(10,2)')})")
    held.close()
    insert(*lines)
    edit(
        market / BUILD,
        "{name: raw, type: csv, path: data/transactions.csv}",
        '{name: raw, type: sql, options: {url: "sqlite:///shop.db", table: sold, watermark: sold_at}}',
    )
    return insert


def test_a_database_that_grows_is_read_from_where_it_was(shell, database):
    code, out, err = shell(*RUN)
    assert code == 0, out + err
    before = rows(shell)
    assert "nothing has changed" in shell(*RUN)[1]
    database(LATER)
    assert shell(*RUN)[0] == 0
    assert rows(shell) == before + 1
    assert "nothing has changed" in shell(*RUN)[1]


def test_only_what_came_is_loaded_and_it_is_what_one_build_over_all_of_it_leaves(
    shell, market, database
):
    edit(
        market / BUILD, "from: typed}", "from: typed, load: {mode: append, by: [sold_at], of: raw}}"
    )
    assert shell(*RUN)[0] == 0
    before = rows(shell)
    database(LATER, LATER.replace("9001", "9002"))
    assert shell(*RUN)[0] == 0
    database(LATER.replace("9001", "9003"))
    code, out, err = shell(*RUN)
    assert code == 0, out + err
    assert rows(shell) == before + 3
    every = (
        "query",
        "--as",
        "sofia",
        "--format",
        "csv",
        "select * from sales.transactions order by 1",
    )
    loaded = shell(*every)[1]
    (market / "sales/transactions/build.yaml").write_text(
        (market / BUILD).read_text().replace(", load: {mode: append, by: [sold_at], of: raw}", "")
    )
    assert shell(*RUN)[0] == 0
    assert shell(*every)[1] == loaded


def test_another_question_is_no_continuation_of_the_last(shell, market, database):
    assert shell(*RUN)[0] == 0
    before = rows(shell)
    edit(market / BUILD, "watermark: sold_at", "watermark: basket_id")
    assert shell(*RUN)[0] == 0
    assert rows(shell) == before


def test_an_unknown_option_stops_a_run(shell, market, database):
    edit(market / BUILD, "table: sold", "table: sold, wheels: 4")
    code, _, err = shell(*RUN)
    assert code == 1
    assert "error[E302]" in err
    assert "`wheels`" in err


@pytest.fixture
def arriving(shell, market):
    """The transactions come in deliveries, the first of which is released."""
    edit(market / BUILD, "data/transactions.csv", "data/*.csv")
    code, out, err = shell(*RUN)
    assert code == 0, out + err
    return market / DATA


def test_a_missing_column_keeps_the_last_release_and_says_what_would_be_lost(shell, arriving):
    before = rows(shell)
    (arriving / "u.csv").write_text(f"{HEAD[:-7]}\n{LATER[:-5]}\n")
    code, _, err = shell(*RUN)
    assert code == 1
    assert "error[E370]" in err
    assert "the column `amount` is missing in `data/u.csv`" in err
    assert "`sales.transactions@1.amount` is made from it" in err
    assert rows(shell) == before
    assert "the column `amount` is missing" in shell("show", "sales.transactions")[1]
    (arriving / "u.csv").write_text(f"{HEAD}\n{LATER}\n")
    assert shell(*RUN)[0] == 0
    assert rows(shell) == before + 1


def test_a_new_column_is_told_and_kept_out_until_a_step_names_it(shell, market, arriving):
    before = rows(shell)
    (arriving / "u.csv").write_text(f"{HEAD},till\n{LATER},7\n")
    code, _, err = shell(*RUN)
    assert code == 0
    assert "the column `till` (VARCHAR) is new in `data/u.csv`" in err
    assert "the column `till` (VARCHAR) is new" in shell("show", "sales.transactions")[1]
    assert rows(shell) == before + 1
    edit(market / STEP, "from raw", "from raw where till is null or till = '7'")
    code, out, err = shell(*RUN)
    assert code == 0, out + err
    assert rows(shell) == before + 1


def test_a_column_of_another_type_keeps_the_last_release(shell, market):
    table = pq.read_table
    lines = (market / DATA / "transactions.csv").read_text().splitlines()
    names, values = (
        lines[0].split(","),
        list(zip(*(line.split(",") for line in lines[1:]), strict=True)),
    )
    columns = dict(zip(names, values, strict=True))

    def lay(name, **changed):
        held = {n: pa.array(v) for n, v in columns.items()} | changed
        pq.write_table(pa.table(held), market / DATA / name)

    edit(
        market / BUILD,
        "type: csv, path: data/transactions.csv",
        "type: parquet, path: data/*.parquet",
    )
    quantity = [int(each) for each in columns["quantity"]]
    lay("a.parquet", quantity=pa.array(quantity, pa.int32()))
    code, out, err = shell(*RUN)
    assert code == 0, out + err
    lay("b.parquet", quantity=pa.array(quantity, pa.int64()), basket_id=pa.array([f"b{n}" for n in columns["basket_id"]]))  # fmt: skip
    shell(*RUN)
    lay("c.parquet", quantity=pa.array([each + 0.5 for each in quantity]))
    code, _, err = shell(*RUN)
    assert code == 1
    assert "error[E371]" in err
    assert "`quantity` is DOUBLE instead of" in err
    assert table(market / DATA / "c.parquet").num_rows


def test_a_secret_of_the_environment_opens_a_database_and_is_found_nowhere(
    shell, market, postgres, monkeypatch
):
    head, *lines = (market / DATA / "transactions.csv").read_text().splitlines()
    with psycopg.connect(postgres) as held:
        columns = head.replace(",", " text, ") + " numeric(9,2)"
        held.execute(f"CREATE TABLE sold ({columns})")
        with held.cursor() as cursor:
            marks = ", ".join(["%s"] * 7)
            cursor.executemany(f"INSERT INTO sold VALUES ({marks})", [x.split(",") for x in lines])
    monkeypatch.setenv("SHOP", postgres)
    options = "{url: '${env:SHOP}', table: sold}"
    edit(market / BUILD, "type: csv, path: data/transactions.csv", f"type: sql, options: {options}")
    code, out, err = shell(*RUN)
    assert code == 0, out + err
    assert rows(shell) > 0
    monkeypatch.setenv("SHOP", postgres.replace("127.0.0.1", "127.0.0.2"))
    code, again, told = shell(*RUN)
    assert code == 4
    assert "error[E351]" in told
    password = make_url(postgres).password
    assert password not in out + err + again + told
    kept = [f for f in market.rglob("*") if f.is_file() and password.encode() in f.read_bytes()]
    assert kept == []
