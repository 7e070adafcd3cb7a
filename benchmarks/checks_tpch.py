"""How much counting a contract costs: 26 promises over TPC-H lineitem and orders.

Three ways count the same promises on the same Parquet files, each in a process of its own, in
turn, so that a crowded machine slows all of them: `floor` is the fewest statements a person would
write by hand, `plan` is what `agora.quality` makes of two contracts, `single` asks one statement
per promise. Printed are medians and the ratios to the floor; the goal is `plan` <= 1.2 in CPU.

    uv run python benchmarks/checks_tpch.py --scale 0.01
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import duckdb

from agora.model.contract import (
    Column,
    Contract,
    Limits,
    Metric,
    Operator,
    QualityRule,
    Relationship,
    RuleKind,
)
from agora.model.names import PortName, PortVersion
from agora.model.types import parse_type
from agora.quality.checks import SHARED
from agora.quality.conclude import conclude
from agora.quality.plans import plan

VARIANTS = ("floor", "plan", "single")
MODES = ("REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB")
INSTRUCTIONS = ("DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN")
FLOOR = (
    f"""
    SELECT count(*), count(*) - count(l_orderkey), count(*) - count(l_linenumber),
      count(*) - count(l_partkey), count(*) - count(l_suppkey), count(*) - count(l_shipdate),
      count_if(l_quantity < 1), count_if(l_quantity > 50), count_if(l_discount < 0),
      count_if(l_discount > 0.1), count_if(l_tax < 0), count_if(l_tax > 0.08),
      count_if(l_returnflag NOT IN ('A', 'N', 'R')), count_if(l_linestatus NOT IN ('O', 'F')),
      count_if(l_shipmode NOT IN {MODES}), count_if(l_shipinstruct NOT IN {INSTRUCTIONS}),
      count_if(length(l_comment) > 44)
    FROM lineitem
    """,
    """
    SELECT coalesce(sum(n - 1), 0) FROM
      (SELECT count(*) AS n FROM lineitem GROUP BY l_orderkey, l_linenumber HAVING count(*) > 1)
    """,
    "SELECT count(*) FROM lineitem ANTI JOIN orders ON l_orderkey = o_orderkey",
    """
    SELECT count(*) - count(o_orderkey), count(*) - count(o_custkey),
      count_if(o_orderstatus NOT IN ('O', 'F', 'P')), count_if(o_totalprice < 0),
      count_if(NOT regexp_matches(o_orderpriority, '^[1-5]-')),
      count_if(o_orderdate < DATE '1992-01-01')
    FROM orders
    """,
    """
    SELECT coalesce(sum(n - 1), 0) FROM
      (SELECT count(*) AS n FROM orders GROUP BY o_orderkey HAVING count(*) > 1)
    """,
)


def column(name, kind, *, required=False, key=0, **limits):
    return Column(
        name=name,
        type=parse_type(kind),
        required=required,
        key_position=key,
        limits=Limits(**limits),
    )


def contracts():
    lineitem = Contract(
        id="lineitem",
        version="1.0.0",
        status="active",
        table="lineitem",
        columns=(
            column("l_orderkey", "BIGINT", key=1),
            column("l_linenumber", "INTEGER", key=2),
            column("l_partkey", "BIGINT", required=True),
            column("l_suppkey", "BIGINT", required=True),
            column("l_shipdate", "DATE", required=True),
            column("l_quantity", "DECIMAL(15,2)", minimum=1, maximum=50),
            column("l_discount", "DECIMAL(15,2)", minimum=0, maximum=Decimal("0.1")),
            column("l_tax", "DECIMAL(15,2)", minimum=0, maximum=Decimal("0.08")),
            column("l_returnflag", "VARCHAR", options=("A", "N", "R")),
            column("l_linestatus", "VARCHAR", options=("O", "F")),
            column("l_shipmode", "VARCHAR", options=MODES),
            column("l_shipinstruct", "VARCHAR", options=INSTRUCTIONS),
            column("l_comment", "VARCHAR", max_length=44),
        ),
        rules=(
            QualityRule(
                id="rows",
                kind=RuleKind.LIBRARY,
                metric=Metric.ROW_COUNT,
                operator=Operator.GREATER_THAN,
                threshold=(Decimal(0),),
            ),
        ),
        relationships=(
            Relationship(columns=("l_orderkey",), to="orders", to_columns=("o_orderkey",)),
        ),
    )
    orders = Contract(
        id="orders",
        version="1.0.0",
        status="active",
        table="orders",
        columns=(
            column("o_orderkey", "BIGINT", key=1),
            column("o_custkey", "BIGINT", required=True),
            column("o_orderstatus", "VARCHAR", options=("O", "F", "P")),
            column("o_totalprice", "DECIMAL(15,2)", minimum=0),
            column("o_orderpriority", "VARCHAR", pattern="^[1-5]-"),
            column("o_orderdate", "DATE", minimum="1992-01-01"),
        ),
    )
    return lineitem, orders


def counted(connection, variant):
    """Count by plan or one by one; the number of promises that hold."""
    held = 0
    for contract in contracts():
        port = PortVersion(PortName("tpch", contract.table, contract.table), 1)
        made = plan(
            contract,
            port,
            relation=contract.table,
            others={"orders": "orders"},
            classified=frozenset(),
        )
        scans = made.scans if variant == "plan" else (*made.scans[1:], *made.singles)
        answers = {}
        for scan in scans:
            result = connection.execute(scan.sql)
            names = [each[0] for each in result.description]
            answers[scan.id] = tuple(
                dict(zip(names, row, strict=True)) for row in result.fetchall()
            )
        assert SHARED in answers
        held += sum(result.outcome == "pass" for result in conclude(made, answers, {}))
    return held


def by_hand(connection):
    rows = [number for sql in FLOOR for number in connection.execute(sql).fetchall()[0]]
    return sum(number == 0 for number in rows[1:]) + (rows[0] > 0)


def one(variant, folder, threads):
    """One variant in this process, as JSON on standard output."""
    connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": "false"})
    for table in ("lineitem", "orders"):
        file = Path(folder) / f"{table}.parquet"
        connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{file}')")
    begun, wall = _cpu(), time.perf_counter()
    held = by_hand(connection) if variant == "floor" else counted(connection, variant)
    told = {
        "held": held,
        "cpu": _cpu() - begun,
        "wall": time.perf_counter() - wall,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))


def _cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def data(folder, scale):
    """Both tables as zstd Parquet, made once per folder."""
    if not all((folder / f"{table}.parquet").exists() for table in ("lineitem", "orders")):
        tool = shutil.which("tpchgen-cli") or str(Path(sys.executable).with_name("tpchgen-cli"))
        options = ("--tables", "lineitem,orders", "--compression", "ZSTD(1)", "--output-dir")
        subprocess.run([tool, "parquet", "-s", str(scale), *options, str(folder)], check=True)


def measured(folder, repeats, threads):
    runs = {variant: [] for variant in VARIANTS}
    for number in range(repeats + 1):  # the first round warms the file cache
        for variant in VARIANTS:
            command = [sys.executable, __file__, "--variant", variant, "--folder", str(folder)]
            asked = subprocess.run(
                [*command, "--threads", str(threads)], check=True, capture_output=True, text=True
            )
            if number:
                runs[variant].append(json.loads(asked.stdout))
    return runs


def report(runs):
    middle = {
        variant: {key: statistics.median(run[key] for run in each) for key in each[0]}
        for variant, each in runs.items()
    }
    floor = middle["floor"]
    print(f"{'variant':8} {'hold':>5} {'CPU s':>8} {'wall s':>8} {'peak MB':>8} {'CPU ratio':>10}")
    for variant, told in middle.items():
        ratio = told["cpu"] / floor["cpu"]
        print(
            f"{variant:8} {told['held']:5.0f} {told['cpu']:8.2f} {told['wall']:8.2f} "
            f"{told['peak']:8.0f} {ratio:10.2f}"
        )
    print("plan and single also count two promises about column types, from the description alone")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", default="", help="keep and reuse the data here")
    parser.add_argument("--variant", choices=VARIANTS)
    asked = parser.parse_args()
    if asked.variant:
        one(asked.variant, asked.folder, asked.threads)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(asked.folder or scratch)
        data(folder, asked.scale)
        report(measured(folder, asked.repeats, asked.threads))


if __name__ == "__main__":
    main()
