"""What a mask leaves to see, and whether engines read its constants as we do."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.governance.masking import HIDDEN, NULL, fitting, spells, strictest
from agora.model.policy import Mask, MaskKind
from agora.model.types import parse_type

TYPES = (
    "BOOLEAN", "INTEGER", "BIGINT", "DECIMAL(5,2)", "FLOAT", "DOUBLE", "VARCHAR", "BLOB",
    "DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "INTEGER[]",
)  # fmt: skip
SPELLED = (
    "", "x", "7", "-7", "+7", " 7", "7_0", "٧", "1e3", "7.5", "7.505", "1234.5", "999.99", "NaN",
    "inf", "2147483648", "9223372036854775808", "true", "TRUE", "t", "2018-01-31", "2018-02-31",
    "20180131", "2018-W01-1", "0000-01-01", "10:00:00", "10:00", "25:00:00", "2018-01-31T10:00:00",
    "2018-01-31 10:00:00.5", "2018-01-31T10:00:00Z", "2018-01-31T10:00:00+01:00", "[1]",
)  # fmt: skip
PARTIAL, OTHER = (Mask(kind=MaskKind.PARTIAL, first=n) for n in (1, 2))
CONSTANT = Mask(kind=MaskKind.CONSTANT, constant="x")


@pytest.mark.parametrize(
    ("masks", "left"),
    [
        ([], Mask()),
        ([Mask(first=1)], Mask()),
        ([PARTIAL, PARTIAL], PARTIAL),
        ([PARTIAL, OTHER], NULL),
        ([PARTIAL, CONSTANT], CONSTANT),
        ([PARTIAL, CONSTANT, OTHER], NULL),
        ([CONSTANT, Mask(kind=MaskKind.CONSTANT, constant="y")], NULL),
        ([CONSTANT, NULL], NULL),
        ([NULL, HIDDEN], HIDDEN),
        ([HIDDEN, Mask(kind=MaskKind.HIDDEN, first=1)], HIDDEN),
    ],
)
def test_the_strictest_wins_and_differing_ones_meet_at_null(masks, left):
    assert strictest(masks) == left


@pytest.mark.parametrize("of", TYPES)
@pytest.mark.parametrize("text", SPELLED)
def test_a_constant_that_spells_a_value_is_one_for_the_engine_too(of, text):
    if spells(text, parse_type(of)):
        cast = f"select cast(? as {parse_type(of).sql})"
        with duckdb.connect() as engine:
            assert engine.execute(cast, [text]).fetchall()[0][0] is not None


@pytest.mark.parametrize(
    ("of", "text"),
    [
        ("BOOLEAN", "false"), ("INTEGER", "-2147483648"), ("BIGINT", "9223372036854775807"),
        ("DECIMAL(5,2)", "-999.99"), ("DOUBLE", "7.5"), ("VARCHAR", ""), ("DATE", "2018-01-31"),
        ("TIME", "10:00:00"), ("TIMESTAMP", "2018-01-31 10:00:00"),
        ("TIMESTAMPTZ", "2018-01-31T10:00:00Z"),
    ],
)  # fmt: skip
def test_plain_values_can_be_constants(of, text):
    mask = Mask(kind=MaskKind.CONSTANT, constant=text)
    assert fitting(mask, parse_type(of)) == mask


@pytest.mark.parametrize("of", ["BLOB", "INTEGER[]", "DATE", "INTEGER"])
def test_what_does_not_fit_the_type_becomes_null(of):
    assert fitting(CONSTANT, parse_type(of)) == NULL
    assert fitting(PARTIAL, parse_type(of)) == NULL


def test_a_partial_mask_of_negative_length_becomes_null():
    assert fitting(Mask(kind=MaskKind.PARTIAL, first=-1), parse_type("VARCHAR")) == NULL


@given(st.text(max_size=12), st.sampled_from(TYPES))
def test_no_text_breaks_the_reading_of_constants(text, of):
    assert spells(text, parse_type(of)) in (True, False)
