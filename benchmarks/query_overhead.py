"""Governed queries beside raw DuckDB on the same released files: ratios from one run.

TPC-H tables (tpchgen-cli) are written as releases are; then eight queries run raw, through a plain
view's worker, and through secure views that hide 20 % of rows and mask two columns. Small queries
go through a warm worker and through a kept connection.

    python benchmarks/query_overhead.py --scale 1
"""

import argparse
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from agora.backends.engine.duckdb.benches import DuckBenches
from agora.backends.engine.duckdb.readers import DuckReaders
from agora.governance.sql import judge, judge_text
from agora.model.decision import ColumnView, Shield
from agora.model.expressions import ColumnRef, Compare, Comparison, Literal
from agora.model.mesh import Bounds
from agora.model.policy import Mask, MaskKind
from agora.model.relation import Governed, RawFile, Session
from agora.model.release import ReleasedColumn
from agora.model.types import parse_type

BOUNDS = Bounds(memory=2 << 30, seconds=600, threads=2)
TABLES = ("lineitem", "orders", "customer")
HIDDEN = {
    "lineitem": Compare(
        by=Comparison.LESS, left=ColumnRef(name="l_quantity"), right=Literal(value=41)
    ),
    "orders": Compare(
        by=Comparison.UNEQUAL,
        left=ColumnRef(name="o_orderpriority"),
        right=Literal(value="1-URGENT"),
    ),
    "customer": Compare(
        by=Comparison.UNEQUAL, left=ColumnRef(name="c_mktsegment"), right=Literal(value="BUILDING")
    ),
}
MASKED = {
    "lineitem": ("l_comment", "l_shipinstruct"),
    "orders": ("o_clerk", "o_comment"),
    "customer": ("c_phone", "c_address"),
}
QUERIES = (
    "select l_returnflag, l_linestatus, sum(l_quantity), sum(l_extendedprice), avg(l_discount), count(*) from tpch.lineitem where l_shipdate <= date '1998-09-02' group by all order by all",
    "select sum(l_extendedprice * l_discount) from tpch.lineitem where l_shipdate >= date '1994-01-01' and l_shipdate < date '1995-01-01' and l_discount between 0.05 and 0.07 and l_quantity < 24",
    "select o_orderpriority, count(*) from tpch.orders where o_orderdate >= date '1993-07-01' and o_orderdate < date '1993-10-01' and exists (select 1 from tpch.lineitem where l_orderkey = o_orderkey and l_commitdate < l_receiptdate) group by all order by all",
    "select l_orderkey, sum(l_extendedprice * (1 - l_discount)) r, o_orderdate from tpch.customer, tpch.orders, tpch.lineitem where c_custkey = o_custkey and l_orderkey = o_orderkey and o_orderdate < date '1995-03-15' and l_shipdate > date '1995-03-15' group by all order by r desc limit 10",
    "select c_custkey, c_name, sum(l_extendedprice) r from tpch.customer, tpch.orders, tpch.lineitem where c_custkey = o_custkey and l_orderkey = o_orderkey and l_returnflag = 'R' group by all order by r desc limit 20",
    "select l_shipmode, count(*) from tpch.orders, tpch.lineitem where o_orderkey = l_orderkey and l_shipmode in ('MAIL', 'SHIP') and l_commitdate < l_receiptdate group by all order by all",
    "select c_count, count(*) from (select c_custkey, count(o_orderkey) c_count from tpch.customer left join tpch.orders on c_custkey = o_custkey group by all) group by all order by all",
    "select o_orderkey, sum(l_quantity) q from tpch.orders, tpch.lineitem where o_orderkey = l_orderkey group by all having sum(l_quantity) > 300 order by q desc limit 100",
)
SMALL = "select count(*), sum(o_totalprice) from tpch.orders where o_orderkey between 1000 and 1100"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--scale", default="0.1")
    arguments.add_argument("--runs", type=int, default=3)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tables = {name: _released(Path(folder), name, given.scale) for name in TABLES}
        raw = _raw(tables)
        readers = DuckReaders()
        for words, barrier in (("plain path", False), ("secure path", True)):
            _compare(
                words,
                raw,
                readers,
                [_governed(n, *t, barrier=barrier) for n, t in tables.items()],
                given.runs,
            )
        _small(raw, readers, [_governed(n, *t, barrier=True) for n, t in tables.items()])
        readers.close()


def _released(folder: Path, name: str, scale: str):
    """The table as a release holds it: typed, zstd, with field ids."""
    tool = Path(sys.executable).with_name("tpchgen-cli")
    subprocess.run(
        [str(tool), "parquet", "-s", scale, f"--tables={name}", f"--output-dir={folder}"],
        check=True,
        capture_output=True,
    )
    source = folder / f"{name}.parquet"
    described = duckdb.connect().sql(f"describe select * from '{source}'").fetchall()
    columns = tuple(
        ReleasedColumn(name=row[0], type=parse_type(row[1]), field_id=place)
        for place, row in enumerate(described, start=1)
    )
    home = folder / "lake" / name
    with DuckBenches().open(
        [RawFile(name="raw", files=(str(source),))],
        [],
        writable=[str(home)],
        scratch=str(folder / "s"),
        bounds=BOUNDS,
    ) as bench:
        return columns, bench.write("select * from raw", columns, str(home), "part").files


def _raw(tables) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={"threads": 2, "memory_limit": "2GB", "preserve_insertion_order": False}
    )
    connection.execute("create schema tpch")
    for name, (_, files) in tables.items():
        connection.execute(
            f"create view tpch.{name} as select * from read_parquet({[f.path for f in files]})"
        )
    return connection


def _governed(name, columns, files, *, barrier):
    masked = MASKED[name] if barrier else ()
    views = tuple(
        ColumnView(
            name=c.name, type=c.type, mask=Mask(kind=MaskKind.NULL) if c.name in masked else Mask()
        )
        for c in columns
    )
    shield = Shield(columns=views, rows=HIDDEN[name] if barrier else None, barrier=barrier)
    return Governed(schema="tpch", name=name, files=files, columns=columns, shield=shield)


def _ask(readers, relations, sql):
    session = Session(reader="bench", purpose="", fingerprint=str(relations[0].shield.barrier))
    assert not judge_text(sql)
    assert not judge(readers.facts(session, sql))
    answer = readers.answer(session, relations, sql, BOUNDS)
    rows = sum(batch.num_rows for batch in answer)
    answer.close()
    return rows


def _timed(action, runs):
    found = []
    for _ in range(runs):
        begun = time.perf_counter()
        action()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


def _compare(words, raw, readers, relations, runs):
    ratios = []
    _ask(
        readers,
        relations,
        "select 1 from " + ", ".join(f"(select 1 from tpch.{n} limit 1) {n}" for n in TABLES),
    )
    for place, sql in enumerate(QUERIES, start=1):
        floor = _timed(lambda sql=sql: raw.sql(sql).to_arrow_table(), runs)
        ours = _timed(lambda sql=sql: _ask(readers, relations, sql), runs)
        ratios.append(ours / floor)
        print(f"  {words} q{place}: {ours / floor:5.2f} (raw {floor * 1000:.0f} ms)")
    mean = math.exp(statistics.fmean(math.log(ratio) for ratio in ratios))
    print(f"{words}: geometric mean {mean:.2f} x raw DuckDB over {len(ratios)} queries")


def _small(raw, readers, relations):
    _ask(readers, relations, SMALL)
    raw.execute(SMALL).fetchall()
    floor = _timed(lambda: raw.execute(SMALL).fetchall(), 60)
    ours = _timed(lambda: _ask(readers, relations, SMALL), 60)
    print(
        f"small query, warm worker, secure path: {ours / floor:.2f} x kept DuckDB ({ours * 1000:.1f} ms)"
    )
    print(
        f"peak memory of one process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10} MB"
    )


if __name__ == "__main__":
    main()
