"""Plans of odd contracts: very wide ones, hostile texts, and types that are not kept."""

import duckdb
import pytest

from agora.model.checks import Outcome
from agora.quality.checks import MOST_COUNTS, SHARED
from agora.quality.patterns import problem
from agora.quality.values import RANGES
from tests.unit.quality.counting import RELATION, asked, contract, counted, planned, rows, table


@pytest.fixture
def engine():
    connection = duckdb.connect(config={"threads": 1})
    yield connection
    connection.close()


def test_a_wide_table_is_counted_in_parts_of_one_statement(engine):
    names = [f"c{n}" for n in range(3 * MOST_COUNTS)]
    of = contract({"columns": {name: {"type": "INTEGER", "required": True} for name in names}})
    table(engine, RELATION, of, [[None if n % 7 == 0 else n for n in range(len(names))]])
    made = planned(of)
    answers, errors = asked(engine, made.scans)
    assert not errors
    assert len(answers[SHARED][0]) == len(names) + 1
    broken = {r.check for r in counted(engine, made) if r.outcome is Outcome.FAIL}
    assert broken == {f"required:c{n}" for n in range(0, len(names), 7)}


def test_columns_that_are_missing_or_have_another_type_are_told(engine):
    of = contract(
        {
            "columns": {
                "a": "BIGINT",
                "b": "VARCHAR",
                "c": {"properties": {"x": "INTEGER", "y": "DATE[]"}},
            }
        }
    )
    engine.execute(f"CREATE TABLE {RELATION} (a INTEGER, c STRUCT(x INTEGER, y DATE[]))")
    (found,) = counted(engine, planned(of))
    assert (found.check, found.outcome, found.value) == ("types", Outcome.FAIL, 2)


KINDS = [
    "BOOLEAN", "INTEGER", "BIGINT", "DECIMAL(38,10)", "FLOAT", "DOUBLE", "VARCHAR", "BLOB", "DATE",
    "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "DOUBLE[]", "VARCHAR[][]",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_can_be_required_unique_sampled_and_kept(engine, kind):
    of = contract({"columns": {"a": {"type": kind, "required": True, "unique": True}}})
    table(engine, RELATION, of, [[None]])
    found = {r.check: r.outcome.value for r in counted(engine, planned(of))}
    assert found == {"types": "pass", "required:a": "fail", "unique:a": "pass"}


HOSTILE = [
    "select 1 /* /* */ {column} */",
    "select 1 /*/* */ {column} */",
    "select '{column}'",
    "select e'\\'{column}'",
    "select $${column}$$",
    "select $t${column}$t$",
    "select 1 -- {column}",
    "select 1 /* {column} */",
    'select 1 as "x{column}"',
]
NAME = "a' */ \" $$ $t$ \n, (select count(*) from secret)"


@pytest.mark.parametrize("query", HOSTILE)
def test_a_placeholder_never_breaks_out_of_a_text(engine, query):
    rule = {"type": "sql", "query": query, "column": NAME, "mustBe": 1}
    made = planned(contract({"columns": {NAME: "BIGINT"}, "rules": [rule]}))
    assert "secret" not in made.checks[-1].query
    assert made.checks[-1].broke or "{column}" in made.checks[-1].query


def test_a_placeholder_in_plain_text_is_one_quoted_name(engine):
    rule = {
        "type": "sql",
        "query": "select max({column}) from {object}",
        "column": NAME,
        "mustBe": 1,
    }
    of = contract({"columns": {NAME: "BIGINT"}, "rules": [rule]})
    table(engine, RELATION, of, [[1]])
    assert counted(engine, planned(of))[-1].outcome is Outcome.PASS


def test_an_endless_answer_is_cut(engine):
    rule = {"type": "sql", "query": "select * from range(1000000)", "mustBe": 1}
    of = contract({"columns": {"a": "BIGINT"}, "rules": [rule]})
    table(engine, RELATION, of, [])
    made = planned(of)
    assert len(rows(engine, made.scans[-1].sql)) == 2
    assert counted(engine, made)[-1].outcome is Outcome.ERROR


@pytest.mark.parametrize(
    ("pattern", "word"),
    [("(?=a)", "ahead"), ("(?<!a)", "behind"), (r"(a)\1", "back"), (r"(?<n>a)\k<n>", "back")],
)
def test_patterns_the_engine_cannot_read_are_told(pattern, word):
    assert word in problem(pattern)


@pytest.mark.parametrize("pattern", ["", "a{2}", r"\\1", r"\(\?=", "[(?=]", "(?<name>a)", "(?:a)"])
def test_patterns_that_only_look_like_it_are_read(pattern):
    assert problem(pattern) == ""


def test_a_pattern_that_cannot_be_read_is_told_before_anything_runs():
    rules = [
        {"metric": metric, "column": "a", "pattern": "(?=a)", "mustBe": 0}
        for metric in ("invalidValues", "missingValues")
    ]
    checks = planned(contract({"columns": {"a": "VARCHAR"}, "rules": rules})).checks
    assert [bool(check.broke) for check in checks] == [False, True, False]
    assert [check.shared for check in checks] == [False, False, True]


def test_whole_number_formats_are_the_ranges_of_their_bits():
    assert RANGES["i8"] == (-128, 127)
    assert RANGES["u8"] == (0, 255)
    assert RANGES["i64"] == (-9223372036854775808, 9223372036854775807)
    assert set(RANGES) == {f"{sign}{bits}" for sign in "iu" for bits in (8, 16, 32, 64, 128)}


def test_a_rule_of_another_engine_is_refused_by_its_name():
    rules = [{"type": "custom", "engine": "soda"}, {"type": "custom"}]
    checks = planned(contract({"columns": {"a": "VARCHAR"}, "rules": rules})).checks
    assert [check.broke for check in checks[1:]] == [
        "rules of the engine `soda` are not run here",
        "rules of the engine `unnamed` are not run here",
    ]
    assert {check.severity.value for check in checks[1:]} == {"warn"}
