"""Values stay values: whatever somebody types, the statement keeps its shape."""

import json
import string

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.backends.engine.duckdb.facts import facts
from agora.model.errors import Invalid
from agora.model.saved import Parameter, ParameterKind
from agora.workshop.parameters import bind, demand, literal, samples

CONNECTION = duckdb.connect()
TEXT, DATE = Parameter(name="t"), Parameter(name="d", kind=ParameterKind.DATE)
NUMBER = Parameter(name="n", kind=ParameterKind.NUMBER)
CHOICE = Parameter(name="c", kind=ParameterKind.CHOICE, choices=("north", "o'south"))
ATTACKS = (
    "' or 1=1 --", "'; drop table x; --", "''", "\\' or 1=1 --", "$t", "$$", "*/ 1 /*", "--", '"',
    "x' union all select 1 where 'a'='a", "`", "%' escape '%",
)  # fmt: skip


def stated(sql):
    found = facts(CONNECTION, sql)
    assert not found.error, (sql, found.error)
    return found


def bound(sql, parameters, **values):
    return bind(sql, stated(sql).parameters, parameters, values)


def shape(sql):
    """The syntax tree without the values in it and without places."""

    def bare(node):
        if isinstance(node, dict):
            if node.get("class") in ("CONSTANT", "PARAMETER"):
                return "value"
            if node.get("class") == "CAST" and bare(node.get("child")) == "value":
                return "value"
            return {
                k: bare(v)
                for k, v in node.items()
                if "location" not in k and k != "named_param_map"
            }
        return [bare(each) for each in node] if isinstance(node, list) else node

    row = CONNECTION.execute("select json_serialize_sql(?::varchar)", [sql]).fetchone()
    return bare(json.loads(row[0]))


@pytest.mark.parametrize("value", ATTACKS)
def test_a_text_comes_back_as_it_was_typed(value):
    sql = bound("select $t as t, '$t' as no, \"t\" from (select 1 as t) -- $t", [TEXT], t=value)
    assert CONNECTION.execute(sql).fetchone() == (value, "$t", 1)
    assert shape(sql) == shape("select $t as t, '$t' as no, \"t\" from (select 1 as t)")


LETTERS = st.text(
    st.one_of(st.sampled_from("'\"$`\\-*/;%_ ü\n€"), st.sampled_from(string.ascii_letters))
)


@settings(max_examples=40)
@given(LETTERS)
def test_no_text_changes_the_statement(value):
    sql = "select a from b.c where x = $t and $t<>y or f($t)"
    assert shape(bound(sql, [TEXT], t=value)) == shape(sql)


@settings(max_examples=40)
@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**20), max_value=10**20
    )
)
def test_numbers_come_back_as_they_are(value):
    sql = bound("select 10-$n", [NUMBER], n=f"{value:f}")
    assert CONNECTION.execute(sql).fetchone()[0] == 10 - value


def test_each_kind_is_a_literal_of_its_own():
    assert literal(NUMBER, " 12 ") == "12"
    assert literal(NUMBER, "-0.5") == "(-0.5)"
    assert literal(NUMBER, "+3") == "3"
    assert literal(DATE, "2018-01-31") == "DATE '2018-01-31'"
    assert literal(CHOICE, "o'south") == "'o''south'"


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        *((NUMBER, bad) for bad in ("", "1 or 1=1", "nan", "1e9", "1_0", "0x1", "--1", "٣", "1;")),
        *((DATE, bad) for bad in ("", "2018-02-30", "20180101", "now()", "2018-01-01' or '1", "2018-W01-1")),
        (CHOICE, "west"), (CHOICE, ""),
        (TEXT, "nul\x00"), (TEXT, "x" * 10_001), (TEXT, "half \ud800"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit(parameter, value):
    with pytest.raises(Invalid) as told:
        literal(parameter, value)
    assert told.value.code_shown == "E694"


def test_the_engine_says_where_parameters_stand():
    sql = "select 'ü$t', $t, `$t`, x$t, $$ $t $$, /* $t */ $n from a.b limit $n"
    found = [(use.name, sql.encode()[use.position :][:2]) for use in stated(sql).parameters]
    assert found == [("t", b"$t"), ("n", b"$n"), ("n", b"$n")]
    assert bound("select 'ü', $t", [TEXT], t="é") == "select 'ü', 'é'"


def test_defaults_stand_in_and_missing_values_are_told():
    early = Parameter(name="t", default="a")
    assert bound("select $t", [early]) == "select 'a'"
    assert bound("select $t", [early], t="b") == "select 'b'"
    with pytest.raises(Invalid) as told:
        bound("select $c", [CHOICE])
    assert (told.value.code_shown, told.value.hint) == ("E693", "give one: `c=north`")
    for parameters, hint in (([TEXT], "its parameters are `t`"), ([], "it has no parameters")):
        with pytest.raises(Invalid) as told:
            bind("select 1", (), parameters, {"z": "1"})
        assert (told.value.code_shown, told.value.hint) == ("E693", hint)


def test_nothing_is_put_where_no_parameter_stands():
    uses = stated("select $t").parameters
    for sql, parameters in (("select $t", []), ("select 1t", [TEXT])):
        with pytest.raises(Invalid) as told:
            bind(sql, uses, parameters, {})
        assert told.value.code_shown == "E695"


def test_samples_fit():
    assert samples([TEXT, DATE, NUMBER, CHOICE, Parameter(name="e", default="")]) == {
        "t": "x",
        "d": "2018-01-01",
        "n": "1",
        "c": "north",
    }


@pytest.mark.parametrize(
    ("sql", "parameters", "problem"),
    [
        ("select $t, $t", [TEXT, TEXT], "two parameters `t`"),
        ("select $t", [], "nobody says what `$t`"),
        ("select $1", [Parameter(name="1")], "cannot name"),
        ("select 1", [TEXT], "the text has no `$t`"),
        ("select $t", [Parameter(name="t", choices=("a",))], "has choices and is none"),
        ("select $t", [Parameter(name="t", kind=ParameterKind.CHOICE)], "without choices"),
        ("select $n", [Parameter(name="n", kind=ParameterKind.NUMBER, default="x")], "is a number"),
        ("select $t", [Parameter(name="t", default="a\x00")], "is a text"),
        ("select 1", [Parameter(name=f"p{n}") for n in range(21)], "more than 20"),
    ],
)
def test_parameters_that_mean_nothing(sql, parameters, problem):
    with pytest.raises(Invalid, match=problem.replace("$", r"\$")) as told:
        demand(parameters, stated(sql).parameters)
    assert told.value.code_shown == "E695"


def test_parameters_that_do():
    demand([TEXT, NUMBER], stated("select $t, $n, $t").parameters)
