"""Inferring: a type is only given where no value of a column would be changed by it."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.model.types import quoted
from agora.workshop.inferring import inferred, scan

CASES = [
    ("integers", ["1", "-20", "0"], "BIGINT"),
    ("the largest integer", ["9223372036854775807"], "BIGINT"),
    ("one that is larger", ["1", "9223372036854775808"], "VARCHAR"),
    ("leading zeros", ["01234", "99999"], "VARCHAR"),
    ("a sign", ["+1", "2"], "VARCHAR"),
    ("minus nothing", ["-0", "2"], "VARCHAR"),
    ("groups", ["1,000", "2"], "VARCHAR"),
    ("space around", [" 1", "2"], "VARCHAR"),
    ("missing values", ["1", None], "BIGINT"),
    ("nothing at all", [None, None], "VARCHAR"),
    ("no rows", [], "VARCHAR"),
    ("money", ["3.20", "0.45", "-7.00"], "DECIMAL(18,2)"),
    ("shortest decimals", ["3.2", "0.45", "7"], "DECIMAL(18,2)"),
    ("decimals as programs print them", ["3.0", "0.45", "7.5"], "DECIMAL(18,2)"),
    ("version numbers", ["1.9", "1.10"], "VARCHAR"),
    ("decimals with leading zeros", ["01.5", "2.5"], "VARCHAR"),
    ("minus nothing, in decimals", ["-0.0", "2.5"], "VARCHAR"),
    ("decimal commas", ["1,5", "2,5"], "VARCHAR"),
    ("exponents", ["1e5", "2.5"], "VARCHAR"),
    ("many digits", ["12345678901234567.25"], "DECIMAL(38,2)"),
    ("too many digits", ["12345678901234567890123456789012345678.5"], "VARCHAR"),
    ("no number", ["NaN", "1.5"], "VARCHAR"),
    ("truth", ["true", "false", "true"], "BOOLEAN"),
    ("truth in other words", ["yes", "no"], "VARCHAR"),
    ("truth in capitals", ["True", "False"], "VARCHAR"),
    ("days", ["2018-01-01", "2016-02-29"], "DATE"),
    ("a day that is none", ["2018-01-01", "2018-02-29"], "VARCHAR"),
    ("days of another order", ["01.02.2018"], "VARCHAR"),
    ("a day without end", ["infinity"], "VARCHAR"),
    ("moments", ["2018-01-01 08:30:00", "2018-01-02 23:59:59"], "TIMESTAMP"),
    ("moments with a T", ["2018-01-01T08:30:00"], "TIMESTAMP"),
    ("moments without seconds", ["2018-01-01 08:30"], "TIMESTAMP"),
    ("moments with thousandths", ["2018-01-01 08:30:00.500", "2018-01-01 08:30:00.000"], "TIMESTAMP"),
    ("moments in two forms", ["2018-01-01 08:30:00", "2018-01-01T08:30:00"], "VARCHAR"),
    ("the end of a day", ["2018-01-01 24:00:00"], "VARCHAR"),
    ("moments of a zone", ["2018-01-01T08:30:00+02:00"], "VARCHAR"),
    ("days and moments", ["2018-01-01", "2018-01-01 08:30:00"], "VARCHAR"),
    ("words", ["1", "two"], "VARCHAR"),
]  # fmt: skip


def types(**columns):
    with duckdb.connect() as engine:
        names = list(columns)
        listed = ", ".join(f"{quoted(name)} VARCHAR" for name in names)
        engine.execute(f"create table raw ({listed})")
        for row in zip(*columns.values(), strict=True):
            engine.execute(f"insert into raw values ({', '.join('?' * len(names))})", row)
        found = engine.execute(scan("raw", names)).fetchone()
        counts = dict(zip([each[0] for each in engine.description], found, strict=True))
        return [inferred(counts, place).sql for place in range(len(names))]


@pytest.mark.parametrize(("values", "of"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_a_column_has_the_type_that_gives_its_values_back(values, of):
    assert types(a=values) == [of]


def test_columns_do_not_disturb_one_another():
    found = types(**{"a": ["1", "2"], 'odd "name"': ["x", None], "b": ["1.5", "2.5"]})
    assert found == ["BIGINT", "VARCHAR", "DECIMAL(18,1)"]


WRITTEN = st.one_of(
    st.from_regex(r"-?[0-9]{1,3}(\.[0-9]{1,3})?", fullmatch=True),
    st.from_regex(r"20[01][0-9]-[01][0-9]-[0-3][0-9]([ T][0-2][0-9]:[0-5][0-9])?", fullmatch=True),
    st.sampled_from(["true", "false", "True", "", " ", "1e3", "0x1", "1_000", "epoch"]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(WRITTEN, min_size=1, max_size=4))
def test_values_that_differ_still_differ(values):
    (of,) = types(a=values)
    with duckdb.connect() as engine:
        cast = f"select count(distinct cast(v as {of})) from (select unnest(?::varchar[]) as v)"
        assert engine.execute(cast, [values]).fetchone()[0] == len(set(values))
