"""The worker program, driven in this process: its sandbox is tried where a process can be lost."""

import io
import json

import duckdb
import psutil
import pytest

from agora.backends.engine.duckdb import sandbox
from agora.backends.engine.duckdb.facts import facts
from agora.backends.engine.duckdb.frames import BATCH, SCHEMA, WORDS, Closed, receive, send
from agora.backends.engine.duckdb.process import WorkerProcess
from agora.backends.engine.duckdb.worker import Worker

SETTINGS = {"memory": 256 << 20, "threads": 1, "scratch": ""}


@pytest.fixture
def talk(monkeypatch):
    """Send commands to one worker; the walls that would close around this process are left out."""
    monkeypatch.setattr(sandbox, "limit", lambda *_, **__: None)
    monkeypatch.setattr(sandbox, "confine", lambda *_: True)

    def run(*commands):
        written, answers = io.BytesIO(), io.BytesIO()
        for command in commands:
            send(written, WORDS, json.dumps(command).encode())
        written.seek(0)
        Worker(answers).serve(written)
        answers.seek(0)
        found = []
        while True:
            try:
                kind, payload = receive(answers)
            except Closed:
                return found
            found.append(json.loads(payload) if kind == WORDS else kind)

    return run


def bind(*statements, tables=(), scans=True):
    return {"do": "bind", "statements": list(statements), "paths": [], "folders": [], "tables": list(tables),
            "scans": scans, "settings": SETTINGS}  # fmt: skip


VIEW = ("create schema s", "create secure view s.t as select 1 as a union all select 2")


def test_a_statement_streams_schema_batches_and_an_end(talk):
    told = talk(bind(*VIEW, tables=["s.t"]), {"do": "run", "sql": "select * from s.t", "rows": 10})
    assert told[0] == {"confined": True, "ok": True}
    assert told[1] == SCHEMA
    assert set(told[2:-1]) == {BATCH}
    assert told[-1] == {"rows": 2, "ok": True}


def test_rows_beyond_the_bound_are_not_sent(talk):
    told = talk(
        bind(*VIEW, tables=["s.t"]), {"do": "run", "sql": "select * from s.t, range(9)", "rows": 3}
    )
    assert told[-1] == {"rows": 18, "more": True, "ok": True}
    assert BATCH not in told


def test_the_same_statement_is_looked_at_once(talk):
    ask = {"do": "run", "sql": "select a from s.t", "rows": 10}
    told = talk(bind(*VIEW, tables=["s.t"]), ask, ask)
    assert [t for t in told if isinstance(t, dict)][1:] == [{"rows": 2, "ok": True}] * 2


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ({"do": "run", "sql": "select 1", "rows": 1}, "walled"),
        ({"do": "rows", "sql": "selec"}, "walled"),
        ({"do": "nothing"}, "AttributeError"),
    ],
)
def test_nothing_runs_before_something_is_bound(talk, command, error):
    told = talk(command)
    assert told[0]["ok"] is False
    assert told[0]["error"] == error


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("select * from s.other", "walled"),
        ("select * from range(3), read_text('/etc/passwd')", "walled"),
        ("insert into s.t values (1)", "walled"),
        ("select nope from s.t", "BinderException"),
        ("select cast('x' as int) from s.t", "ConversionException"),
    ],
)
def test_what_the_wall_or_the_engine_refuses_is_told_to_the_parent(talk, sql, error):
    told = talk(bind(*VIEW, tables=["s.t"]), {"do": "run", "sql": sql, "rows": 10})
    assert told[-1]["ok"] is False
    assert told[-1]["error"] == error


def test_a_plain_scan_runs_only_where_plain_relations_are_bound(talk, tmp_path):
    path = tmp_path / "x.parquet"
    duckdb.connect().execute(f"copy (select 1 as a) to '{path}'")
    view = f"create view s.p as select * from read_parquet('{path}')"
    for scans in (True, False):
        command = bind("create schema s", view, tables=["s.p"], scans=scans)
        command["paths"] = [str(path)]
        told = talk(command, {"do": "run", "sql": "select * from s.p", "rows": 9})
        assert told[-1]["ok"] is scans


def test_a_bench_executes_and_answers_in_plain_values(talk):
    told = talk(
        bind(),
        {
            "do": "execute",
            "sql": "create temp table t as select 1.5::decimal(3,1) d, [1, 2] l, date '2018-01-01' x",
        },
        {"do": "rows", "sql": "select * from t"},
    )
    assert told[-1] == {"rows": [{"d": "1.5", "l": [1, 2], "x": "2018-01-01"}], "ok": True}


def test_facts_are_told_without_anything_bound(talk):
    told = talk({"do": "facts", "sql": "select count(*) from a.b"})
    assert told[0]["facts"]["tables"][0]["table"] == "b"


CASES = {
    "select 1": ([], []),
    "select * from a.b, c.d": (["a.b", "c.d"], []),
    "with x as (select * from a.b) select * from x": (["a.b"], []),
    "with x as (select * from x) select * from x": ([".x"], []),
    "with recursive x as (select 1 n union all select n from x) select * from x": ([], []),
    "select * from (with y as (select 1) select * from y), y": ([".y"], []),
    "select max(a) over (), lower(b) from a.b": (["a.b"], ["lower", "max"]),
    "select * from unnest([1]) u": ([], ["list_value", "unnest"]),
    "select (select count(*) from a.b), exists (select 1 from c.d)": (
        ["a.b", "c.d"],
        ["count_star"],
    ),
}


@pytest.mark.parametrize("sql", CASES)
def test_tables_and_functions_of_a_text(sql):
    found = facts(duckdb.connect(), sql)
    tables, functions = CASES[sql]
    assert sorted(f"{t.schema}.{t.table}" for t in found.tables) == tables
    assert sorted({f.name for f in found.functions}) == functions


def test_samples_and_errors_are_facts_too():
    connection = duckdb.connect()
    assert "sample:SAMPLE" in facts(connection, "select * from a.b using sample 3").kinds
    assert "sample:SAMPLE" in facts(connection, "select * from a.b tablesample 3%").kinds
    assert facts(connection, "selec").error
    assert facts(connection, "insert into t values (1)").error
    assert facts(connection, "select repeat('x', 5), repeat('y', a)").functions[0].constants in (
        ("x", "5"),
        ("y", None),
    )


def test_a_worker_reserves_little_address_space_in_advance():
    """The limit counts what is reserved, too: large answers had ended at it that needed 200 MB."""
    process = WorkerProcess()
    try:
        process.ask(bind(*VIEW, tables=["s.t"]), 20)
        process.send({"do": "run", "sql": "select i from s.t, range(200000) t(i)", "rows": 10**6})
        while process.frame()[0] != WORDS:
            continue
        assert psutil.Process(process._process.pid).memory_info().vms < 1 << 30
    finally:
        process.close()
