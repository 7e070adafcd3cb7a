"""Constants a column can be compared with, and those it cannot."""

from decimal import Decimal

import pytest

from agora.model.types import parse_type
from agora.quality.sql import FEW, constant, one_of, spare


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (Decimal("0.125"), "DECIMAL(10,2)", "0.125"),
        (" -7 ", "INTEGER", "-7"),
        (Decimal("1E+3"), "BIGINT", "1000"),
        ("9" * 38, "DECIMAL(38,0)", "9" * 38),
        ("9" * 39, "DECIMAL(38,0)", f"CAST('{'9' * 39}' AS DOUBLE)"),
        ("1e-40", "DOUBLE", "CAST('1E-40' AS DOUBLE)"),
        (Decimal("0.1"), "REAL", "CAST('0.1' AS FLOAT)"),
        ("inf", "DOUBLE", None),
        (True, "INTEGER", None),
        ("TRUE", "BOOLEAN", "true"),
        (1, "BOOLEAN", None),
        (None, "VARCHAR", None),
        ("a'b\x00", "VARCHAR", "'a''b\ufffd'"),
        ("2018-01-31", "DATE", "DATE '2018-01-31'"),
        ("2018-01-31", "TIMESTAMP", "TIMESTAMP '2018-01-31T00:00:00'"),
        ("2018-01-31T10:00:00Z", "TIMESTAMPTZ", "TIMESTAMPTZ '2018-01-31T10:00:00+00:00'"),
        ("10:30:00", "TIME", "TIME '10:30:00'"),
        ("25:00", "TIME", None),
        ("x", "BLOB", None),
    ],
)
def test_a_constant_keeps_its_value_or_is_none(value, kind, expected):
    assert constant(value, parse_type(kind)) == expected


def test_long_lists_are_looked_up_and_short_ones_compared():
    assert one_of('"a"', ["1"] * FEW) == f'"a" IN ({", ".join(["1"] * FEW)})'
    assert "unnest" in one_of('"a"', ["1"] * (FEW + 1))
    assert one_of('"a"', []) == "FALSE"


def test_a_spare_name_is_taken_by_nobody():
    assert spare("_bad", ["_BAD", "_bad_"]) == "_bad__"
    assert spare("_bad", []) == "_bad"
