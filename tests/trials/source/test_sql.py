"""Database sources: nothing is lost or doubled behind a watermark, types survive, only reading passes."""

import contextlib
import datetime as dt
import sqlite3
import sys
from dataclasses import replace
from decimal import Decimal

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pymysql
import pytest
from sqlalchemy.engine import make_url

from agora.app.settings import Secret, for_source
from agora.backends.lake.iceberg import IcebergLake
from agora.backends.source.databases import marks
from agora.backends.source.databases.asking import judged
from agora.backends.source.registry import InstalledSources
from agora.model.errors import AgoraError, Unavailable
from agora.model.product import SourceSpec


class Base:
    """A database to write to, and the source that reads it."""

    def __init__(self, kind, folder, url):
        self.kind, self.folder, self.url = kind, folder, url

    def execute(self, *statements):
        if self.kind == "sqlite":
            with contextlib.closing(sqlite3.connect(self.folder / "shop.db")) as held, held:
                for each in statements:
                    held.execute(each)
        elif self.kind == "postgres":
            with psycopg.connect(self.url) as held:
                for each in statements:
                    held.execute(each)
        else:
            at = make_url(self.url)
            held = pymysql.connect(
                host=at.host, port=at.port, user=at.username, password=at.password,
                database=at.database, autocommit=True,
            )  # fmt: skip
            with held, held.cursor() as cursor:
                for each in statements:
                    cursor.execute(each)

    def spec(self, **options):
        url = "sqlite:///shop.db" if self.kind == "sqlite" else "${env:SHOP}"
        return SourceSpec(name="raw", type="sql", options=tuple({"url": url, **options}.items()))

    def landed(self, spec, known=()):
        """The pins of what is offered, as a run lands them."""
        source = InstalledSources(secret=lambda text: Secret(text.replace("${env:SHOP}", self.url))).pick("sql")  # fmt: skip
        assert source.check(spec) == ()
        lake = IcebergLake(self.folder / "lake")
        scratch = str(self.folder / "scratch")
        return [
            replace(lake.land(spec, each.path), origin=each.origin, mark=each.mark)
            for each in source.offered(spec, str(self.folder), scratch, known)
        ]

    def refused(self, spec, known=()):
        with pytest.raises(AgoraError) as told:
            self.landed(spec, known)
        assert "s3cret" not in told.value.sentence + told.value.hint
        return told.value


@pytest.fixture(params=["sqlite", "postgres", "mariadb"])
def base(request, tmp_path):
    url = "" if request.param == "sqlite" else request.getfixturevalue(request.param)
    return Base(request.param, tmp_path, url)


def rows(pins):
    return [tuple(row.values()) for pin in pins for row in pq.read_table(pin.path).to_pylist()]


@pytest.mark.parametrize(
    ("of", "marks_"),
    [
        ("integer", ["1", "2", "2", "10"]),
        ("decimal(10,2)", ["1.50", "2.25", "2.25", "10.00"]),
        ("date", ["'2018-01-01'", "'2018-01-02'", "'2018-01-02'", "'2018-01-10'"]),
        ("timestamp", ["'2018-01-01 00:00:00'", "'2018-01-02 03:04:05'", "'2018-01-02 03:04:05'", "'2018-01-10 00:00:00'"]),
        ("varchar(20)", ["'a'", "'it''s \\\\ b'", "'it''s \\\\ b'", "'z'"]),
    ],
)  # fmt: skip
def test_rows_behind_the_watermark_come_once_whenever_they_come(base, of, marks_):
    """Also those that come later under a mark that was read already, and true doubles."""
    first, second, same, last = marks_
    base.execute(
        f"CREATE TABLE orders (at {of} not null, name varchar(10))",
        f"INSERT INTO orders VALUES ({first}, 'a'), ({second}, 'b'), ({second}, 'b')",
    )
    spec = base.spec(table="orders", watermark="at")
    pins = base.landed(spec)
    assert len(rows(pins)) == 3
    assert base.landed(spec, pins) == []
    base.execute(f"INSERT INTO orders VALUES ({same}, 'b'), ({same}, 'c')")
    pins += base.landed(spec, pins)
    base.execute(f"INSERT INTO orders VALUES ({same}, 'd'), ({last}, 'e')")
    pins += base.landed(spec, pins)
    assert base.landed(spec, pins) == []
    assert sorted(name for _, name in rows(pins)) == ["a", "b", "b", "b", "c", "d", "e"]
    assert len({pin.origin for pin in pins}) == len(pins) == 3


def test_an_empty_table_waits_for_its_first_row(base):
    base.execute("CREATE TABLE orders (id integer not null, name varchar(10))")
    spec = base.spec(table="orders", watermark="id")
    pins = base.landed(spec)
    assert rows(pins) == []
    base.execute("INSERT INTO orders VALUES (1, 'a')")
    pins += base.landed(spec, pins)
    base.execute("DELETE FROM orders")
    assert base.landed(spec, pins) == []
    assert rows(pins) == [(1, "a")]


def test_a_mark_that_is_empty_is_refused_because_it_would_never_be_fetched(base):
    base.execute(
        "CREATE TABLE orders (id integer, name varchar(10))",
        "INSERT INTO orders VALUES (1, 'a'), (null, 'b')",
    )
    assert base.refused(base.spec(table="orders", watermark="id")).code_shown == "E357"


@pytest.mark.parametrize(("mark", "code"), [("none", "E359"), ("weight", "E359")])
def test_what_cannot_be_a_watermark_is_told(base, mark, code):
    base.execute("CREATE TABLE orders (id integer, weight double precision)")
    assert base.refused(base.spec(table="orders", watermark=mark)).code_shown == code


def test_too_many_rows_under_one_mark_are_told(base, monkeypatch):
    monkeypatch.setattr(marks, "MOST", 2)
    base.execute("CREATE TABLE orders (id integer)", "INSERT INTO orders VALUES (1), (1), (1)")
    spec = base.spec(table="orders", watermark="id")
    pins = base.landed(spec)
    assert base.refused(spec, pins).code_shown == "E358"


TYPES = {
    "sqlite": [
        ("integer", "9007199254740993", 9007199254740993),
        ("decimal(38,2)", "'123456789012.10'", Decimal("123456789012.10")),
        ("decimal(10,2)", "12.1", Decimal("12.10")),
        ("time", "'03:04:05.000006'", dt.time(3, 4, 5, 6)),
        ("date", "'2018-01-02'", dt.date(2018, 1, 2)),
        ("timestamp", "'2018-01-02T03:04:05.000006'", dt.datetime(2018, 1, 2, 3, 4, 5, 6)),
        ("timestamptz", "'2018-01-02 03:04:05+01:00'", dt.datetime(2018, 1, 2, 2, 4, 5, tzinfo=dt.UTC)),
        ("boolean", "1", True),
        ("blob", "x'00ff'", b"\x00\xff"),
        ("real", "0.1", 0.1),
        ("text", "'ä,\"\n'", 'ä,"\n'),
        ("json", "'{\"a\": 1}'", '{"a": 1}'),
    ],
    "postgres": [
        ("bigint", "9007199254740993", 9007199254740993),
        ("smallint", "-3", -3),
        ("numeric(38,2)", "12345678901234567890.10", Decimal("12345678901234567890.10")),
        ("numeric", "1.5", Decimal("1.500000000")),
        ("date", "'2018-01-02'", dt.date(2018, 1, 2)),
        ("time", "'03:04:05.000006'", dt.time(3, 4, 5, 6)),
        ("timestamp", "'2018-01-02 03:04:05.000006'", dt.datetime(2018, 1, 2, 3, 4, 5, 6)),
        ("timestamptz", "'2018-01-02 03:04:05.5+01'", dt.datetime(2018, 1, 2, 2, 4, 5, 500000, tzinfo=dt.UTC)),
        ("boolean", "true", True),
        ("bytea", "'\\x00ff'", b"\x00\xff"),
        ("real", "0.5", 0.5),
        ("double precision", "0.1", 0.1),
        ("text", "'ä,\"\n'", 'ä,"\n'),
        ("text", "''", ""),
        ("jsonb", "'{\"a\": 1}'", '{"a": 1}'),
        ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("mood", "'happy'", "happy"),
    ],
    "mariadb": [
        ("bigint", "9007199254740993", 9007199254740993),
        ("bigint unsigned", "18446744073709551615", Decimal(18446744073709551615)),
        ("int unsigned", "4294967295", 4294967295),
        ("tinyint(1)", "1", True),
        ("decimal(38,2)", "12345678901234567890.10", Decimal("12345678901234567890.10")),
        ("date", "'2018-01-02'", dt.date(2018, 1, 2)),
        ("time(6)", "'03:04:05.000006'", dt.time(3, 4, 5, 6)),
        ("datetime(6)", "'2018-01-02 03:04:05.000006'", dt.datetime(2018, 1, 2, 3, 4, 5, 6)),
        ("timestamp null", "'2018-01-02 03:04:05'", dt.datetime(2018, 1, 2, 3, 4, 5, tzinfo=dt.UTC)),
        ("varbinary(9)", "x'00ff'", b"\x00\xff"),
        ("double", "0.1", 0.1),
        ("text", "'ae,\"\n'", 'ae,"\n'),
        ("json", "'{\"a\": 1}'", '{"a": 1}'),
        ("enum('x','y')", "'y'", "y"),
    ],
}  # fmt: skip


def test_types_and_values_survive(base):
    wanted = TYPES[base.kind]
    if base.kind == "postgres":
        base.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')")
    if base.kind == "mariadb":
        base.execute("SET time_zone='+00:00'")
    columns = ", ".join(f"c{n} {of}" for n, (of, _, _) in enumerate(wanted))
    values = ", ".join(value for _, value, _ in wanted)
    nulls = ", ".join("null" for _ in wanted)
    base.execute(
        f"CREATE TABLE kinds ({columns})", f"INSERT INTO kinds VALUES ({values}), ({nulls})"
    )
    (first, second) = rows(base.landed(base.spec(table="kinds")))
    assert list(first) == [value for _, _, value in wanted]
    assert set(second) == {None}


UNKEPT = {
    "sqlite": ("CREATE TABLE odd (a interval)", "INSERT INTO odd VALUES ('1 day')"),
    "postgres": ("CREATE TABLE odd (a int[])", "INSERT INTO odd VALUES ('{1}')"),
    "mariadb": ("CREATE TABLE odd (a point)", "INSERT INTO odd VALUES (point(1, 1))"),
}


def test_a_type_that_cannot_be_kept_is_told_with_its_column(base):
    base.execute(*UNKEPT[base.kind])
    told = base.refused(base.spec(table="odd"))
    if base.kind == "sqlite":
        assert told.code_shown in {"E355", "E356"}  # INTERVAL holds `INT`, by SQLite's rules
    else:
        assert told.code_shown == "E355"
    assert "`a`" in told.sentence


MISFITS = {
    "sqlite": [("integer", "'words'"), ("date", "'soon'"), ("decimal(4,1)", "1.25"), ("boolean", "3")],
    "postgres": [("date", "'infinity'"), ("numeric", "'NaN'"), ("numeric", "0.12345678901")],
    "mariadb": [("time", "'800:00:00'")],
}  # fmt: skip


def test_a_value_its_column_cannot_hold_is_told_without_it(base):
    for place, (of, value) in enumerate(MISFITS[base.kind]):
        base.execute(f"CREATE TABLE m{place} (a {of})", f"INSERT INTO m{place} VALUES ({value})")
        told = base.refused(base.spec(table=f"m{place}"))
        assert told.code_shown == "E356", (of, value)
        assert value.strip("'") not in told.sentence


def test_what_sqlite_computes_has_the_type_of_its_values(tmp_path):
    base = Base("sqlite", tmp_path, "")
    base.execute("CREATE TABLE t (a integer)", "INSERT INTO t VALUES (1), (2)")
    query = "SELECT a + 1 AS i, a / 2.0 AS r, 'x' || a AS t, NULL AS n, x'00' AS b FROM t -- why"
    (pin,) = base.landed(base.spec(query=query))
    types = pq.read_schema(pin.path).types
    assert types == [pa.int64(), pa.float64(), pa.string(), pa.string(), pa.binary()]
    query = "SELECT CASE a WHEN 1 THEN 'x' ELSE a END AS m FROM t"
    assert base.refused(base.spec(query=query)).code_shown == "E355"


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM t",
        "INSERT INTO t VALUES (1)",
        "UPDATE t SET a = 1",
        "DROP TABLE t",
        "SELECT 1; DELETE FROM t",
        "SELECT 1) AS q; DELETE FROM t; --",
        "WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone",
        "SELECT * INTO u FROM t",
        "SELECT * FROM t FOR UPDATE",
        "SELECT * FROM t FOR SHARE",
        "EXPLAIN ANALYZE SELECT 1",
        "COPY t TO '/tmp/x'",
        "CALL p()",
        "SET ROLE x",
        "ATTACH 'x' AS y",
        "PRAGMA query_only=OFF",
        "VACUUM",
        "SELECT * FROM t INTO OUTFILE '/tmp/x'",
        "SELECT 1 /*! INTO OUTFILE '/tmp/x' */",
        "SELECT 1 /*M! INTO OUTFILE '/tmp/x' */",
        "SELECT (",
        "",
        "(" * 5000 + "SELECT 1" + ")" * 5000,
    ],
    ids=lambda query: query[:40] or "nothing",
)
@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "mysql"])
def test_only_one_select_that_reads_passes(query, dialect):
    with pytest.raises(AgoraError) as told:
        judged(query, dialect)
    assert told.value.code_shown == "E353"


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "mysql"])
def test_what_only_reads_passes(dialect):
    for query in (
        "SELECT 1;",
        "WITH a AS (SELECT 1 AS x) SELECT * FROM a",
        "SELECT 1 UNION SELECT 2",
    ):
        assert judged(query, dialect) == query.rstrip(";")


def test_whatever_the_judge_misses_runs_in_a_transaction_that_only_reads(base, monkeypatch):
    from agora.backends.source import sql

    base.execute("CREATE TABLE t (a integer)", "INSERT INTO t VALUES (1)")
    monkeypatch.setattr(sql, "judged", lambda query, _dialect: query)
    if base.kind == "postgres":
        base.execute("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'INSERT INTO t VALUES (2) RETURNING a'")  # fmt: skip
        told = base.refused(base.spec(query="SELECT f() AS a"))
    else:
        told = base.refused(base.spec(query="DELETE FROM t"))
    assert told.code_shown == "E354"
    monkeypatch.undo()
    assert rows(base.landed(base.spec(table="t"))) == [(1,)]


def test_the_order_of_the_key_makes_equal_bytes(base):
    base.execute("CREATE TABLE t (a integer, b integer)")
    base.execute("INSERT INTO t VALUES (2, 1), (1, 1), (3, 1)")
    (first,) = base.landed(base.spec(query="SELECT a, b FROM t", key="a"))
    base.execute("DELETE FROM t", "INSERT INTO t VALUES (3, 1), (2, 1), (1, 1)")
    (again,) = base.landed(base.spec(query="SELECT a, b FROM t", key="a"))
    assert first.hash == again.hash
    assert rows([first])[0] == (1, 1)


def test_many_rows_come_in_even_groups(base):
    base.execute("CREATE TABLE t (a integer)")
    digits = "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4)"
    joins = " CROSS JOIN ".join(f"{digits} AS t{n}" for n in range(7))
    base.execute(f"INSERT INTO t SELECT t0.d FROM {joins}")
    base.execute(f"INSERT INTO t SELECT t0.d FROM {joins}")
    (pin,) = base.landed(base.spec(table="t"))
    with pq.ParquetFile(pin.path) as file:
        groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert groups == [131_072, 156_250 - 131_072]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"table": "nowhere"}, "E354"),
        ({"query": "SELECT nothing FROM t"}, "E354"),
        ({"query": "SELECT a, a FROM t"}, "E334"),
        ({"table": "t", "key": "nothing"}, "E354"),
    ],
)
def test_what_the_database_does_not_answer_is_told(base, options, code):
    base.execute("CREATE TABLE t (a integer)")
    if base.kind == "sqlite" and code == "E334":
        pytest.skip("SQLite gives the second column another name")
    told = base.refused(base.spec(**options))
    assert told.code_shown in {code, "E354"}


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql://agora:wrong-s3cret@127.0.0.1:PORT/none", "E352"),
        ("postgresql://agora:wrong-s3cret@127.0.0.1:9/none", "E351"),
        ("mysql://agora:wrong-s3cret@127.0.0.1:9/none", "E351"),
        ("postgresql:///none", "E350"),
        ("oracle://a:b@c/d", "E350"),
        ("s3cret words", "E350"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_it(url, code, tmp_path, request):
    if "PORT" in url:
        url = url.replace("PORT", str(make_url(request.getfixturevalue("postgres")).port))
    base = Base("postgres", tmp_path, url)
    assert base.refused(base.spec(table="t")).code_shown == code


def test_a_closed_door_of_mariadb_is_told(mariadb, tmp_path):
    wrong = make_url(mariadb).set(password="wrong-s3cret").render_as_string(hide_password=False)
    base = Base("mariadb", tmp_path, wrong)
    assert base.refused(base.spec(table="t")).code_shown == "E352"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"table": "t"}, "`url` is missing"),
        ({"url": "oracle://a", "table": "t"}, "begins with one of"),
        ({"url": "postgresql://u:plain@h/d", "table": "t"}, "shows a password"),
        ({"url": "postgresql://h/d", "table": "t"}, "names no user and password"),
        ({"url": "sqlite:///x"}, "either a `table` or a `query`"),
        ({"url": "sqlite:///x", "table": "t", "query": "q"}, "either a `table` or a `query`"),
    ],
)
def test_wrong_descriptions_are_told(options, words):
    spec = SourceSpec(name="raw", type="sql", options=tuple(options.items()))
    assert any(words in told for told in InstalledSources().pick("sql").check(spec))
    spec = SourceSpec(name="raw", type="sql", path="x", options=tuple(options.items()))
    assert any("has no `path`" in told for told in InstalledSources().pick("sql").check(spec))


def test_an_sqlite_file_lies_beside_the_product(tmp_path):
    """The store of the mesh itself is such a file."""
    (tmp_path / "product").mkdir()
    outside = Base("sqlite", tmp_path, "")
    outside.execute("CREATE TABLE t (a integer)")
    source = InstalledSources().pick("sql")
    for path in ("../shop.db", "/etc/passwd"):
        spec = SourceSpec(name="raw", type="sql", options=(("url", f"sqlite:///{path}"), ("table", "t")))  # fmt: skip
        with pytest.raises(AgoraError) as told:
            source.offered(spec, str(tmp_path / "product"), str(tmp_path), ())
        assert told.value.code_shown == "E330"
    (tmp_path / "words.db").write_text("no database at all, but words" * 100)
    spec = SourceSpec(
        name="raw", type="sql", options=(("url", "sqlite:///words.db"), ("table", "t"))
    )
    with pytest.raises(AgoraError) as told:
        source.offered(spec, str(tmp_path), str(tmp_path), ())
    assert told.value.code_shown == "E351"


@pytest.mark.parametrize(
    ("module", "extra"), [("psycopg", "postgres"), ("pymysql", "mysql"), ("httpx", "http")]
)
def test_a_missing_extra_is_told_with_the_line_that_installs_it(module, extra, monkeypatch):
    from agora.backends.extras import library

    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(Unavailable) as told:
        library(module, extra, "this source")
    assert told.value.code_shown == "E304"
    assert told.value.hint == f"pip install 'agora-mesh[{extra}]'"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("${env:AGORA_STORE}", "E367"),
        ("${file:/etc/passwd}", "E367"),
        ("${file:/run/secrets/../../etc/passwd}", "E367"),
        ("${file:relative}", "E367"),
        ("${env:NOT_THERE}", "E020"),
    ],
)
def test_secrets_of_the_platform_are_not_for_sources(text, code):
    with pytest.raises(AgoraError) as told:
        for_source(f"x{text}", {"AGORA_STORE": "postgresql://…"})
    assert told.value.code_shown == code


def test_a_secret_is_filled_in_and_does_not_print(tmp_path):
    (tmp_path / "token").write_text("abc\n")
    environment = {"AGORA_SECRETS": str(tmp_path), "SHOP": "xyz"}
    found = for_source("${env:SHOP}-${file:" + str(tmp_path / "token") + "}", environment)
    assert found.reveal() == "xyz-abc"
    assert "abc" not in repr(found)
    assert "xyz" not in f"{found}"


def test_where_no_mesh_is_open_there_are_no_secrets():
    from agora.backends.source.around import no_kinds, no_secrets

    assert no_secrets("plain").reveal() == "plain"
    assert "plain" not in repr(no_secrets("plain"))
    for call in (lambda: no_secrets("${env:X}"), lambda: no_kinds("csv")):
        with pytest.raises(Unavailable):
            call()
