"""A reader who wants to see what is hidden, against the gate and the worker behind it.

Two worlds differ only in rows and values the reader must not see. Whatever the reader sends, the
answers of both worlds must be equal, and no canary may appear.
"""

import io
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from agora.backends.engine.duckdb.benches import DuckBenches
from agora.backends.engine.duckdb.readers import DuckReaders, binding
from agora.governance.outcomes import left, outcome
from agora.governance.sql import judge, judge_text
from agora.model.decision import ColumnView, Shield
from agora.model.derived import Derived, Why
from agora.model.errors import AgoraError, Exhausted
from agora.model.expressions import AnyOf, ColumnRef, Compare, Comparison, Literal
from agora.model.mesh import Bounds
from agora.model.names import PortVersion
from agora.model.policy import Mask, MaskKind
from agora.model.relation import Governed, Session
from agora.model.release import ReleasedColumn, Snapshot
from agora.model.types import parse_type
from agora.passage.derived import over, write

BOUNDS = Bounds(memory=256 << 20, seconds=4, rows=100_000, threads=2)
COLUMNS = tuple(
    ReleasedColumn(name=name, type=parse_type(of), field_id=place)
    for place, (name, of) in enumerate(
        [("id", "INTEGER"), ("region", "VARCHAR"), ("name", "VARCHAR"), ("salary", "INTEGER")],
        start=1,
    )
)
SEEN = Compare(by=Comparison.EQUAL, left=ColumnRef(name="region"), right=Literal(value="EU"))
EITHER = AnyOf(
    parts=(
        SEEN,
        Compare(by=Comparison.EQUAL, left=ColumnRef(name="region"), right=Literal(value="XX")),
    )
)
NULL = Mask(kind=MaskKind.NULL)


def shield(rows, *, masked):
    views = tuple(
        ColumnView(
            name=c.name,
            type=c.type,
            mask=NULL if masked and c.name in ("name", "salary") else Mask(),
        )
        for c in COLUMNS
    )
    return Shield(columns=views, rows=rows, barrier=True)


PLAIN = Shield(columns=tuple(ColumnView(name=c.name, type=c.type) for c in COLUMNS), barrier=False)


def world(folder, secret):
    """Rows of two regions; only EU rows may be seen, US rows carry the secret."""
    folder.mkdir()
    select = (
        "SELECT i::INTEGER AS id, CASE WHEN i % 3 = 0 THEN 'US' ELSE 'EU' END AS region, "
        f"CASE WHEN i % 3 = 0 THEN 'SECRET{secret}-' || i ELSE i::VARCHAR END AS name, "
        f"CASE WHEN i % 3 = 0 THEN {secret} ELSE 1000 + i END::INTEGER AS salary FROM range(300) r(i)"
    )
    with DuckBenches().open(
        [], [], writable=[str(folder / "d")], scratch=str(folder / "s"), bounds=BOUNDS
    ) as bench:
        return bench.write(select, COLUMNS, str(folder / "d"), "part").files


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    base = tmp_path_factory.mktemp("worlds")
    return [world(base / "a", 777_001), world(base / "b", 888_002)]


@pytest.fixture(scope="module")
def readers():
    log = []
    made = DuckReaders(log=lambda _reader, detail: log.append(detail))
    yield made
    made.close()


@pytest.fixture(scope="module")
def apart(worlds, tmp_path_factory):
    """The same rows as a derived table: what a shield leaves of a world, in files of its own."""
    base, made = tmp_path_factory.mktemp("apart"), {}

    def derived(place, by):
        if (place, by) not in made:
            made[place, by] = derive(base / str(len(made)), worlds[place], by)
        return made[place, by]

    return derived


def derive(folder, files, by):
    """Written as the platform writes it: through the secure view of that very shield."""
    port = PortVersion.parse("hr.staff@1")
    snapshot = Snapshot(
        port=port, table="hr__staff.staff_v1", table_uuid="u", snapshot_id=1, metadata="m",
        columns=COLUMNS, files=files,
    )  # fmt: skip
    columns = left(snapshot, by)
    given = replace(governed(files, by), schema="main", name="seen")
    with DuckBenches().open(
        [], [given], writable=[str(folder / "d")], scratch=str(folder / "s"),
        bounds=replace(BOUNDS, threads=1),
    ) as bench:  # fmt: skip
        written, rows = write(bench, columns, str(folder / "d"), "part")
    made = Derived(
        outcome=outcome(1, snapshot, by), port=port, release=1, snapshot_id=1,
        files=written, columns=columns, rows=rows, made_at=datetime.now(UTC), why=Why.RESTRICTED,
    )  # fmt: skip
    return over(governed(files, by), made)


def governed(files, by):
    return Governed(schema="hr", name="staff", files=files, columns=COLUMNS, shield=by)


def ask(readers, reader, relation, sql, *, gate=True):
    """What a reader gets: rows as text, or the error's code and sentence."""
    found = told(readers, reader, relation, sql, gate=gate)
    return found if isinstance(found, str) else repr(found)


def told(readers, reader, relation, sql, *, gate=True, bounds=BOUNDS):
    """What a reader gets: rows by batch, or the error's code and sentence."""
    session = Session(reader=reader, purpose="", fingerprint="f")
    try:
        if gate:
            reasons = judge_text(sql) or judge(readers.facts(session, sql))
            if reasons:
                return f"refused {reasons[0].code} {reasons[0].sentence}"
        answer = readers.answer(session, (relation,), sql, bounds)
        try:
            return [batch.to_pylist() for batch in answer]
        finally:
            answer.close()
    except AgoraError as problem:
        return f"{problem.code_shown} {problem.sentence}"


def lines(found):
    """An answer's rows as texts, in an order of their own: an engine need not keep one."""
    if isinstance(found, str):
        return [found]
    return sorted(repr(row) for batch in found for row in batch)


PROBES = """
select stats(salary) from hr.staff
select stats(name) from hr.staff limit 1
select * from hr.staff x join (values (5)) r(i) on cast(x.name as int) = r.i and r.i > 5
select * from hr.staff where cast(name as int) > 0
select * from hr.staff x, (select 5 as i) r where cast(x.name as int) = r.i
select sum(cast(name as int)) from hr.staff
select list_transform([name], x -> cast(x as int)) from hr.staff
select case when region = 'US' then cast(name as int) end from hr.staff
select 1 / (salary - 77700 * 10 - 1) as q from hr.staff
select try(cast(name as int)) from hr.staff
select * from hr.staff where salary in (select salary from hr.staff where region = 'US')
select count(*), min(salary), max(salary), avg(salary) from hr.staff
select approx_count_distinct(name), approx_quantile(salary, 0.99) from hr.staff
select * from hr.staff order by cast(name as int)
select * from hr.staff a asof join hr.staff b on a.id >= b.id and cast(a.name as int) > 0
select (select max(name) from hr.staff) m
select * from hr.staff a left join hr.staff b on a.salary = b.salary and b.region = 'US'
select * from hr.staff where exists (select 1 from hr.staff i where i.salary > 700000)
with x as (select * from hr.staff) select string_agg(name, ',') from x
with recursive r as (select 1 n union all select n + 1 from r where n < 5) select * from r, hr.staff limit 3
select * from hr.staff tablesample 100%
select * from hr.staff using sample 300
select rowid from hr.staff
select filename from hr.staff
select file_row_number from hr.staff
select row_number() over (order by salary desc), salary from hr.staff qualify salary > 700000
select * from hr.staff pivot (max(salary) for region in ('US', 'EU'))
select unnest(array_agg(name)) from hr.staff
select histogram(region) from hr.staff
select mode(region), any_value(name), first(name), last(name) from hr.staff
select error(name) from hr.staff
select json_object('a', name) from hr.staff where name like 'SECRET%'
select regexp_extract(name, 'SECRET.*') as x from hr.staff
select columns('.*') from hr.staff where region <> 'EU'
select strptime(name, '%Y') from hr.staff
select hash(name), md5(name) from hr.staff where region = 'US'
select * from hr.staff limit (select max(salary) from hr.staff)
""".strip().splitlines()

SHOWN = {
    "some rows": shield(SEEN, masked=False),
    "empty values": shield(SEEN, masked=True),
    "a constant": replace(
        shield(SEEN, masked=True),
        columns=tuple(
            replace(c, mask=Mask(kind=MaskKind.CONSTANT, constant="0"))
            if c.name in ("name", "salary")
            else c
            for c in shield(SEEN, masked=True).columns
        ),
    ),
    "last letters, every row": replace(
        shield(None, masked=False),
        columns=tuple(
            replace(c, mask=Mask(kind=MaskKind.PARTIAL, last=1)) if c.name == "name" else c
            for c in shield(None, masked=False).columns
            if c.name != "salary"
        ),
    ),
    "not even the columns": replace(
        shield(None, masked=False), columns=shield(None, masked=False).columns[:2]
    ),
}


@pytest.mark.parametrize("by", SHOWN.values(), ids=SHOWN)
@pytest.mark.parametrize("way", ["secure", "derived"])
def test_what_leaves_as_arrow_is_the_same_to_the_byte_in_both_worlds(
    readers, worlds, apart, way, by
):
    """Nothing hidden lies under a NULL, behind a text or between two buffers."""
    left = []
    for n, files in enumerate(worlds):
        relation = governed(files, by) if way == "secure" else apart(n, by)
        session = Session(reader=f"byter{way}{n}", purpose="", fingerprint=repr(by))
        for sql in (
            "select * from hr.staff order by id",
            "select * from hr.staff where id % 7 < 3 order by id desc limit 50",
            f"select region, {by.columns[-1].name} as last from hr.staff order by id",
        ):
            answer = readers.answer(session, (relation,), sql, BOUNDS)
            left.append(b"".join(bytes(message.content) for message in answer.messages()))
            answer.close()
    assert left[:3] == left[3:]
    assert (777_001).to_bytes(4, "little") not in b"".join(left)
    assert b"SECRET" not in b"".join(left)


FORBIDDEN = """
select * from read_parquet('{path}')
select * from parquet_scan('{path}')
select * from '{path}'
select * from parquet_metadata('{path}')
select * from parquet_schema('{path}')
select * from read_text('/etc/passwd')
select * from read_csv('/etc/passwd')
select * from read_blob('{path}')
select * from glob('/*')
select * from query('select 1')
select * from query_table('hr.staff')
select * from duckdb_views()
select * from duckdb_tables()
select * from duckdb_settings()
select * from information_schema.tables
select * from pg_catalog.pg_class
select * from sqlite_master
select current_setting('allowed_paths')
select getvariable('x')
select getenv('HOME')
copy (select 1) to '/tmp/agora-leak.csv'
copy hr.staff to '/tmp/agora-leak.csv'
with x as (copy (select 1) to '/tmp/agora-leak.csv') select 1
with x as (insert into hr.staff values (1, 'a', 'b', 2) returning *) select * from x
with x as (delete from hr.staff returning *) select * from x
with x as (update hr.staff set id = 1 returning *) select * from x
create table memory.x as select 1
create or replace view hr.staff as select 1
drop view hr.staff
attach ':memory:' as other
attach '/tmp/agora-leak.db' as other
install httpfs
load httpfs
set memory_limit = '100GB'
pragma database_list
call pragma_version()
explain select * from hr.staff
describe hr.staff
show tables
select 1; select 2
select * from hr.staff at (version => 1)
select * from memory.hr.staff
select * from hr."staff' --"
select json_execute_serialized_sql('{{}}')
select * from summary('x')
select * from repeat('a', 3)
select * from seq_scan('hr.staff')
select write_log('x')
select sleep_ms(10)
select nextval('x')
select ?
prepare x as select 1
begin
""".strip().splitlines()


@pytest.mark.parametrize(
    "by", [shield(SEEN, masked=False), shield(EITHER, masked=False), shield(SEEN, masked=True)]
)
@pytest.mark.parametrize("way", ["secure", "derived"])
@pytest.mark.parametrize("sql", PROBES)
def test_two_worlds_that_differ_in_what_is_hidden_look_alike(readers, worlds, apart, sql, by, way):
    name = f"prober{way}{by.rows == SEEN}{by.columns[2].mask.kind}"
    relations = [
        governed(files, by) if way == "secure" else apart(n, by) for n, files in enumerate(worlds)
    ]
    # A machine that is busy may take its time: slowness is not what tells two worlds apart here.
    calm = replace(BOUNDS, seconds=60)
    for gate in (True, False):
        one, other = (
            lines(told(readers, f"{name}{n}", each, sql, gate=gate, bounds=calm))
            for n, each in enumerate(relations)
        )
        if "sample" not in sql:
            assert one == other
        assert all(
            canary not in text for text in one + other for canary in ("SECRET", "777001", "888002")
        )


@pytest.mark.parametrize("by", SHOWN.values(), ids=SHOWN)
def test_files_of_a_derived_table_are_the_same_to_the_byte_in_both_worlds(apart, by):
    """Values, statistics, dictionaries, filters, sizes: no part of them depends on what is hidden."""
    first, second = ([Path(f.path).read_bytes() for f in apart(n, by).files] for n in (0, 1))
    assert first == second
    assert [name for name in ("name", "salary") if name.encode() in first[0]] == [
        c.name for c in by.columns if c.name in ("name", "salary")
    ]


@pytest.mark.parametrize("by", SHOWN.values(), ids=SHOWN)
def test_nothing_hidden_is_in_the_files_of_a_derived_table(apart, by):
    relation = apart(0, by)
    shown = {c.name: c.mask for c in by.columns}
    for file in relation.files:
        parquet = pq.ParquetFile(file.path, read_dictionary=["region"])
        kept = repr(parquet.read().to_pylist()) + repr(parquet.metadata.metadata)
        groups = [parquet.metadata.row_group(n) for n in range(parquet.num_row_groups)]
        chunks = [group.column(n) for group in groups for n in range(group.num_columns)]
        told = repr([(c.path_in_schema, c.statistics and c.statistics.to_dict()) for c in chunks])
        raw = decompressed(file.path)
        for text in (kept, told, raw):
            assert "SECRET" not in text
            assert "777001" not in text
        assert (777_001).to_bytes(4, "little").decode("latin-1") not in raw
        assert {c.path_in_schema for c in chunks} == shown.keys()
    if by.rows is not None:
        assert "US" not in kept + told


def decompressed(path):
    """Every page as it is before compression: the columns are written again without any."""
    told = io.BytesIO()
    pq.write_table(pq.read_table(path), told, compression="none")
    return told.getvalue().decode("latin-1") + Path(path).read_bytes().decode("latin-1")


def test_files_of_the_release_do_hold_it_so_these_looks_can_fail(worlds):
    assert "SECRET" in decompressed(worlds[0][0].path)
    first, second = (Path(world[0].path).read_bytes() for world in worlds)
    assert first != second


def test_the_bloom_filter_of_a_derived_table_excludes_what_is_hidden(worlds, apart):
    """The released file's own filter says that there is a US row; the derived one's that there is none."""
    connection = duckdb.connect()

    def excluded(path, value):
        asked = f"from parquet_bloom_probe('{path}', 'region', '{value}')"
        return connection.sql(f"select bool_and(bloom_filter_excludes) {asked}").fetchall()[0][0]

    released, derived = worlds[0][0].path, apart(0, SHOWN["some rows"]).files[0].path
    assert [excluded(released, value) for value in ("US", "EU")] == [False, False]
    assert [excluded(derived, value) for value in ("US", "EU")] == [True, False]


def test_a_worker_over_a_derived_table_reaches_nothing_of_the_release(worlds, apart):
    relation = apart(0, SHOWN["empty values"])
    paths = binding(frozenset({relation}), BOUNDS)["paths"]
    assert paths == [file.path for file in relation.files]
    assert not {file.path for file in worlds[0]} & set(paths)


def test_a_plain_view_does_leak_so_these_probes_can_fail(worlds, tmp_path):
    """The same statement on an unguarded view tells a hidden value: the test above means something."""
    connection = duckdb.connect()
    path = worlds[0][0].path
    connection.execute(
        f"create view staff as select * from '{path}' where region = 'EU' or region = 'XX'"
    )
    told = connection.sql("select stats(salary) from staff limit 1").fetchall()
    assert "777001" in repr(told)


@pytest.mark.parametrize("gate", [True, False])
@pytest.mark.parametrize("way", ["plain", "secure", "derived"])
@pytest.mark.parametrize("sql", FORBIDDEN)
def test_nothing_but_products_can_be_read_and_nothing_changed(
    readers, worlds, apart, sql, way, gate
):
    by = PLAIN if way == "plain" else shield(SEEN, masked=True)
    found = ask(
        readers,
        f"intruder{way}",
        apart(0, by) if way == "derived" else governed(worlds[0], by),
        sql.format(path=worlds[0][0].path),
        gate=gate,
    )
    assert found[0] == "E" or found.startswith("refused E")
    assert "SECRET" not in found
    if "{path}" not in sql:
        assert worlds[0][0].path not in found
    assert not os.path.exists("/tmp/agora-leak.csv")
    assert not os.path.exists("/tmp/agora-leak.db")


BOMBS = """
select repeat('x', 2000000000)
select length(repeat('x', 2000000000))
select printf('%1000000000d', 1)
select format('{:>1000000000}', 1)
select lpad('x', 2000000000, 'y')
select count(*) from range(1000000000000)
select count(*) from range(10000000) a, range(10000000) b
select sum(list_sum(list_transform(range(50000000), x -> x * x))) from range(100)
with recursive r as (select 1 n union all select n + 1 from r) select count(*) from r
select array_agg(i) from range(1000000000) r(i)
select string_agg(i::varchar, ',') from range(1000000000) r(i)
""".strip().splitlines()


@pytest.mark.parametrize("sql", BOMBS)
def test_bombs_end_in_time_with_a_code(readers, worlds, sql):
    begun = time.monotonic()
    found = ask(readers, "bomber", governed(worlds[0], PLAIN), sql, gate=False)
    assert found.startswith("E")
    assert time.monotonic() - begun < BOUNDS.seconds + 6


@pytest.mark.parametrize(
    "sql",
    [
        "select " + "(" * 5000 + "1" + ")" * 5000,
        "select " + "+".join(["1"] * 60_000),
        "select " + "not " * 20_000 + "true",
        "select 1 " + "union all select 1 " * 8_000,
        "x" * 1_000_000,
        "select '" + "a" * 99_000,
        "with " + ",".join(f"c{n} as (select 1)" for n in range(5_000)) + " select 1",
        "select case " + "when 1 = 1 then 1 " * 9_000 + "end",
        "\x00select 1",
        "",
        ";;;",
    ],
    ids=[
        "brackets",
        "sum",
        "nots",
        "unions",
        "long",
        "open-text",
        "ctes",
        "cases",
        "nul",
        "empty",
        "semicolons",
    ],
)
def test_parse_bombs_are_refused_calmly(readers, worlds, sql):
    found = ask(readers, "parser", governed(worlds[0], PLAIN), sql)
    assert found.startswith(("refused E", "E")) or found == "[[{'1': 1}]]" or len(found) < 200_000
    assert ask(readers, "parser", governed(worlds[0], PLAIN), "select 1 as a") == "[[{'a': 1}]]"


def test_a_changed_decision_gets_a_new_process(readers, worlds):
    first = ask(readers, "ana", governed(worlds[0], PLAIN), "select count(*) as n from hr.staff")
    second = ask(
        readers,
        "ana",
        governed(worlds[0], shield(SEEN, masked=False)),
        "select count(*) as n from hr.staff",
    )
    assert (first, second) == ("[[{'n': 300}]]", "[[{'n': 200}]]")


def test_readers_never_share_a_worker(readers, worlds):
    secret = governed(worlds[0], PLAIN)
    assert (
        ask(readers, "boss", secret, "select max(salary) as m from hr.staff") == "[[{'m': 777001}]]"
    )
    other = replace(secret, schema="fin", name="open")
    found = ask(readers, "clerk", other, "select max(salary) from hr.staff", gate=False)
    assert found.startswith("E")


def test_too_many_rows_are_refused_and_the_worker_lives(readers, worlds):
    few = replace(BOUNDS, rows=10)
    session = Session(reader="many", purpose="", fingerprint="f")
    answer = readers.answer(session, (governed(worlds[0], PLAIN),), "select * from hr.staff", few)
    with pytest.raises(Exhausted, match="more than 10 rows"):
        list(answer)
    assert ask(readers, "many", governed(worlds[0], PLAIN), "select 1 as a") == "[[{'a': 1}]]"


def test_an_answer_can_be_stopped_half_way(readers, worlds):
    session = Session(reader="stopper", purpose="", fingerprint="f")
    sql = "select a.id from hr.staff a, hr.staff b, range(1000)"
    answer = readers.answer(
        session, (governed(worlds[0], PLAIN),), sql, replace(BOUNDS, rows=10**9)
    )
    next(iter(answer))
    answer.close()
    assert ask(readers, "stopper", governed(worlds[0], PLAIN), "select 1 as a") == "[[{'a': 1}]]"


def test_the_sandbox_holds_even_if_the_engine_does_not(tmp_path, worlds):
    """A worker told to bind nothing is asked to read the machine's files through the raw engine."""
    from agora.backends.engine.duckdb.process import WorkerProcess

    process = WorkerProcess()
    settings = {"memory": BOUNDS.memory, "threads": 1, "scratch": ""}
    bind = {"do": "bind", "statements": [], "paths": ["/etc/passwd", worlds[0][0].path], "folders": [],
            "tables": [], "scans": True, "settings": settings}  # fmt: skip
    bind["paths"] = [worlds[0][0].path]
    told = process.ask(bind, 20)
    if not told["confined"]:
        pytest.skip("this kernel has no Landlock")
    probe = "select content from read_text('/etc/hostname')"
    again = {**bind, "paths": ["/etc/hostname"]}
    process.ask(again, 20)
    found = process.ask({"do": "rows", "sql": probe}, 20)
    process.close()
    assert not found["ok"]
    assert "ermission" in json.dumps(found) or "IOException" in json.dumps(found)


def test_a_worker_outlives_the_thread_that_asked_first(readers, worlds):
    relation = governed(worlds[0], PLAIN)
    told = []
    for _ in range(3):
        thread = threading.Thread(
            target=lambda: told.append(ask(readers, "threads", relation, "select 1 as a"))
        )
        thread.start()
        thread.join()
        time.sleep(0.2)
    assert told == ["[[{'a': 1}]]"] * 3


def test_a_worker_ends_with_its_parent_even_while_it_works(tmp_path):
    script = (
        "import os, sys, time\n"
        "from agora.backends.engine.duckdb.process import WorkerProcess\n"
        "worker = WorkerProcess()\n"
        "bind = {'do': 'bind', 'statements': [], 'paths': [], 'folders': [], 'tables': [], 'scans': True,\n"
        "        'settings': {'memory': 268435456, 'threads': 1, 'scratch': ''}}\n"
        "worker.ask(bind, 20)\n"
        "print(worker._process.pid, flush=True)\n"
        "worker.send({'do': 'rows', 'sql': 'select count(*) from range(1000000) a, range(10000000) b'})\n"
        "time.sleep(1)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    pid = int(found.stdout)
    for _ in range(50):
        if not os.path.exists(f"/proc/{pid}"):
            return
        time.sleep(0.1)
    raise AssertionError("the worker is still there")


def test_many_readers_share_few_workers_without_a_slip(worlds):
    few = DuckReaders(most=2)
    relation = governed(worlds[0], PLAIN)
    for _ in range(2):
        for name in ("a", "b", "c", "d"):
            assert ask(few, name, relation, f"select '{name}' as n") == f"[[{{'n': '{name}'}}]]"
    few.close()
