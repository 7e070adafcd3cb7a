"""Governed queries beside raw DuckDB on the same released files: ratios from one run.

TPC-H tables (tpchgen-cli) are written as releases are; then eight queries run raw, through a plain
view's worker, and through secure views that hide 20 % of rows and mask two columns. Small queries
go through a warm worker and through a kept connection. Both sides take turns, run by run.

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
import psutil

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
    arguments.add_argument("--scale", default="1")
    arguments.add_argument("--runs", type=int, default=7)
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


def _beside(floor, ours, runs):
    """Wall and CPU ratios of ours over the floor, and both medians in seconds.

    The two take turns, so that whatever else the machine does meets both; wall compares medians,
    CPU the sums over this process and its workers (a clock tick is 10 ms).
    """
    wall, spent = ([], []), [0.0, 0.0]
    for turn in range(runs):
        for side in (0, 1) if turn % 2 else (1, 0):
            before, begun = _cpu(), time.perf_counter()
            (floor, ours)[side]()
            wall[side].append(time.perf_counter() - begun)
            spent[side] += _cpu() - before
    medians = [statistics.median(each) for each in wall]
    return medians[1] / medians[0], spent[1] / max(spent[0], 0.01), medians


def _cpu():
    family = [psutil.Process(), *psutil.Process().children()]
    return sum(each.cpu_times().user + each.cpu_times().system for each in family)


def _compare(words, raw, readers, relations, runs):
    walls, cpus = [], []
    _ask(
        readers,
        relations,
        "select 1 from " + ", ".join(f"(select 1 from tpch.{n} limit 1) {n}" for n in TABLES),
    )
    for place, sql in enumerate(QUERIES, start=1):
        wall, cpu, medians = _beside(
            lambda sql=sql: raw.sql(sql).to_arrow_table(),
            lambda sql=sql: _ask(readers, relations, sql),
            runs,
        )
        walls.append(wall)
        cpus.append(cpu)
        print(
            f"  {words} q{place}: wall {wall:5.2f}, CPU {cpu:5.2f} (raw {medians[0] * 1000:.0f} ms)"
        )
    print(
        f"{words}: geometric mean over {len(QUERIES)} queries, x raw DuckDB: "
        f"wall {_mean(walls):.2f}, CPU {_mean(cpus):.2f}"
    )


def _mean(ratios):
    return math.exp(statistics.fmean(math.log(ratio) for ratio in ratios))


def _small(raw, readers, relations):
    _ask(readers, relations, SMALL)
    raw.execute(SMALL).fetchall()
    wall, cpu, medians = _beside(
        lambda: raw.execute(SMALL).fetchall(),
        lambda: _ask(readers, relations, SMALL),
        100,
    )
    print(
        f"small query, warm worker, secure path: wall {wall:.2f}, CPU {cpu:.2f} "
        f"x kept DuckDB ({medians[1] * 1000:.1f} ms)"
    )
    print(
        f"peak memory of one process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10} MB"
    )


if __name__ == "__main__":
    main()
