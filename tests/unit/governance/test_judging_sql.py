"""What SQL may contain, judged on what DuckDB's own parser says of real statements."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.backends.engine.duckdb.facts import facts
from agora.governance.sql import MAX_DEPTH, MAX_LENGTH, judge, judge_step, judge_text
from agora.model.sqlfacts import FunctionUse, SqlFacts, TableUse

ENGINE = duckdb.connect()

FINE = """
from s.t
table s.t
values (1), (2)
select * exclude (a) replace (b + 1 as b) from s.t
select columns('a.*'), a.b.c, a[1], a['k'], {'x': 1}.x, map {'a': 1} from s.t
select a, grouping(a) from s.t group by rollup (a) having count(*) > 1 order by all limit 5
select distinct on (a) a from s.t order by a limit 5% offset 2
select count(*) filter (where a > 1) over (partition by b order by c rows between 1 preceding and current row) from s.t
select lag(a) over w, ntile(4) over w from s.t window w as (order by a) qualify row_number() over w = 1
select x from s.t where x in (select y from s.u) and exists (select 1 from s.u) or x = any(select 1)
select * from s.t asof join s.u using (x) positional join s.v, lateral (select 1)
select * from s.t tablesample 10%
with x as materialized (select 1 as a), y as (select * from x) select * from y
with recursive r as (select 1 as n union all select n + 1 from r where n < 3) select * from r
select * from s.t pivot (sum(b) for a in (1, 2))
unpivot s.t on a, b into name n value v
select a from s.t union by name select b from s.u
select interval 3 day, date '2018-01-01', 1::decimal(3, 1), try_cast('a' as int), try(1 / 0)
select 'a' similar to 'b', 'a' like 'b' escape 'c', 'a' ilike 'b', 'a' not like 'b', 'a' glob 'b'
select case when a then 1 else 2 end, a between 1 and 2, -a, @a, a // 2, a ** 2, a || 'x' from s.t
select list_transform([1, 2], lambda x: x + 1), [x * 2 for x in [1, 2] if x > 1]
select sum(distinct a), string_agg(a, ',' order by a), quantile_cont(a, 0.5), arg_max(a, b) from s.t
select extract(year from a), date_trunc('day', a)::date, a at time zone 'UTC', strftime(a, '%Y') from s.t
select a->'x', a->>'y', json_extract(a, '$.z') from s.t
select * from range(5), generate_series(1, 3), json_each('[1, 2]'), unnest([1, 2])
select unnest(range(3)), repeat('-', 20), lpad(a, 10, '0'), printf('%05d', 3), format('{:>8}', 'x') from s.t
select list_aggregate([1, 2], 'sum'), range(10, 1, -1)
select * from range(10000000000)
""".strip().splitlines()

REFUSED = {
    "E210": """
        select from where
        set x = 1
        explain select 1
        attach ':memory:' as x
        call pragma_version()
        merge into s.t using s.u on true when matched then delete
        pivot s.t on a using sum(b)
        copy s.t to 'f'
        select 1 into x
    """,
    "E211": "select 1; select 2",
    "E212": """
        with x as (insert into s.t values (1) returning *) select * from x
        with x as (delete from s.t returning *) select * from x
        with x as (update s.t set a = 1 returning *) select * from x
        with x as (copy (select 1) to 'f') select 1
        show tables
        describe s.t
        summarize s.t
        select * from (show tables)
        select ?
        select $1
        select default
    """,
    "E213": """
        select * from t
        select * from 'a.parquet'
        select * from "a.parquet"
        select * from s."../t"
        select * from c.s.t
        select * from s.t at (version => 1)
        with t as (select * from t) select * from t
        with a as (select * from b), b as (select 1) select * from a
    """,
    "E214": """
        select stats(a) from s.t
        select getvariable('x')
        select current_setting('x')
        select current_database()
        select nextval('s')
        select version()
        select error('x')
        select pg_sleep(1)
        select write_log('x')
        select txid_current()
        select json_serialize_sql('select 1')
        select json_execute_serialized_sql('x')
        select getenv('HOME')
        select main.abs(1)
        select system.main.abs(1)
        select unheard_of(1)
        select * from query('select 1')
        select * from query_table('x')
        select * from read_csv('x')
        select * from read_parquet('x')
        select * from glob('*')
        select * from duckdb_settings()
        select * from repeat('x', 3)
        select list_aggregate([1, 2], 'stats')
        select list_aggregate([1, 2], a) from s.t
        select json_each('[1]')
    """,
    "E215": """
        select repeat('x', 1000000001)
        select repeat('x', -1000000001)
        select repeat('x', a) from s.t
        select lpad('x', 'many'::int)
        select rpad('x', 1e12)
        select bar(1, 0, 1, 100000000)
        select range(1000000000)
        select range(a) from s.t
        select range(0, 10, 0)
        select range(0, 1000000, 0.1)
        select range(1, 2, 3, 4)
        select generate_series(1, 100000000)
        select range(10000000000) from range(10000000000)
        select printf('%1000000000d', 1)
        select printf('%.9999f', 1)
        select printf('%*d', 1000000000, 1)
        select printf(a, 1) from s.t
        select format('{:>1000000000}', 1)
        select format('{:{}}', 1, 1000000000)
    """,
    "E216": 'with "x y" as (select 1) select * from "x y"',
}


def codes(reasons):
    return {reason.code for reason in reasons}


@pytest.mark.parametrize("sql", FINE)
def test_what_readers_need_is_possible(sql):
    assert judge_text(sql) == ()
    assert [r.sentence for r in judge(facts(ENGINE, sql))] == []


@pytest.mark.parametrize(
    ("code", "sql"),
    [(code, sql.strip()) for code, many in REFUSED.items() for sql in many.strip().splitlines()],
)
def test_everything_else_is_refused_by_the_gate_alone(code, sql):
    reasons = judge(facts(ENGINE, sql))
    assert code in codes(reasons), [r.sentence for r in reasons]


@pytest.mark.parametrize(
    "sql",
    ["select now()", "select today()", "select random()", "select uuid()", "select age(a) from t",
     "select reservoir_quantile(a, 0.5) from t", "select * from t tablesample 10%",
     "select * from s.t", "select stats(a) from t"],
)  # fmt: skip
def test_a_step_is_repeatable_and_reads_only_its_own_names(sql):
    assert judge_step(facts(ENGINE, sql))


def test_a_step_reads_sources_inputs_and_steps():
    assert judge_step(facts(ENGINE, "with x as (select * from raw) select a from x, cleaned")) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E201"),
        (" \n\t", "E201"),
        ("x" * (MAX_LENGTH + 1), "E202"),
        ("select\x00 1", "E203"),
        ("select\x1b 1", "E203"),
        ("select " + "(" * 201 + "1" + ")" * 201, "E204"),
    ],
)
def test_texts_that_are_not_even_parsed(text, code):
    assert codes(judge_text(text)) == {code}


def test_ordinary_texts_are_parsed():
    assert judge_text("select\t1,\r\n " + "(" * 200 + "1" + ")" * 200) == ()
    assert judge_text("select " + "()" * 300) == ()


def test_a_tree_that_is_too_deep_is_refused():
    assert codes(judge(SqlFacts(statements=1, depth=MAX_DEPTH + 1))) == {"E204"}


def test_a_refusal_on_purpose_says_why():
    (reason,) = judge(facts(ENGINE, "select stats(a) from s.t"))
    assert reason.hint == "it tells of values nobody asked for, hidden ones too"


@given(
    st.sampled_from(["node", "table", "expression", "modifier", "sample", "planet", ""]),
    st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ_", min_size=1),
)
def test_a_kind_nobody_has_heard_of_is_refused(place, name):
    unheard = f"X{name}Q"
    facts = SqlFacts(statements=1, kinds=frozenset({f"{place}:{unheard}"}))
    assert bool(judge(facts)) is not (place == "sample")
    assert judge_step(facts)


@given(st.text(min_size=1, max_size=12))
def test_a_function_nobody_has_heard_of_is_refused(name):
    call = FunctionUse(name=f"?{name}")
    for use in (call, FunctionUse(name=call.name, table=True)):
        assert codes(judge(SqlFacts(statements=1, functions=(use,)))) == {"E214"}


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12), st.booleans())
def test_a_table_has_a_plain_domain_and_a_plain_name(catalog, schema, name, at):
    table = TableUse(catalog=catalog, schema=schema, table=name, at=at)
    plain = schema.isidentifier() and schema.isascii() and name.isascii()
    if not judge(SqlFacts(statements=1, tables=(table,))):
        assert plain
        assert name.isidentifier() or not name
        assert not catalog
        assert not at


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_sizes_are_bounded_whatever_their_sign(size):
    judged = judge(facts(ENGINE, f"select repeat('x', {size})"))
    assert bool(judged) is (abs(size) > 1_000_000)
