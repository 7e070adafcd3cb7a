"""What is rendered means in DuckDB what it says in the model."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.backends.engine.duckdb import render
from agora.backends.engine.duckdb.instance import chosen
from agora.backends.engine.duckdb.refusals import refusal
from agora.model.decision import ColumnView, Shield
from agora.model.errors import Exhausted, Refused
from agora.model.expressions import (
    Absent,
    All,
    AnyOf,
    Attribute,
    ColumnRef,
    Compare,
    Comparison,
    Literal,
    Not,
    OneOf,
)
from agora.model.policy import Mask, MaskKind
from agora.model.relation import Governed
from agora.model.release import DataFile, ReleasedColumn
from agora.model.types import parse_type

TEXT = parse_type("VARCHAR")


def evaluate(sql, **columns):
    given_ = ", ".join(f"{value} AS {name}" for name, value in columns.items()) or "1 AS one"
    return duckdb.connect().sql(f"SELECT {sql} FROM (SELECT {given_})").fetchall()[0][0]


@given(st.text())
def test_any_text_survives_as_a_literal(value):
    assert evaluate(render.text(value)) == value.replace("\x00", "\ufffd")


@pytest.mark.parametrize(
    "value",
    [None, True, False, 0, -7, 2**62, Decimal("1.50"), Decimal("-0.001"), date(2018, 1, 2),
     datetime(2018, 1, 2, 3, 4, 5, 6), "a'b\"c", ""],
)  # fmt: skip
def test_values_come_back_as_they_went(value):
    assert evaluate(render.value(value)) == value


def test_an_instant_keeps_its_moment():
    moment = datetime(2018, 1, 2, 3, tzinfo=UTC)
    assert evaluate(f"epoch({render.value(moment)})") == moment.timestamp()


COLUMN = ColumnRef(name="a")
TRUTHS = [
    (Compare(by=Comparison.LESS, left=COLUMN, right=Literal(value=5)), True),
    (Compare(by=Comparison.EQUAL, left=COLUMN, right=Literal(value=None)), None),
    (OneOf(item=COLUMN, options=(Literal(value=3), Literal(value=4))), True),
    (OneOf(item=COLUMN, options=()), False),
    (Absent(item=COLUMN), False),
    (Not(item=Absent(item=COLUMN)), True),
    (All(parts=()), True),
    (AnyOf(parts=()), False),
    (All(parts=(Literal(value=True), Literal(value=False))), False),
    (AnyOf(parts=(Literal(value=True), Literal(value=False))), True),
]


@pytest.mark.parametrize(("expression", "truth"), TRUTHS)
def test_expressions_evaluate_as_they_read(expression, truth):
    assert evaluate(render.expression(expression), a=3) == truth


def test_an_unbound_attribute_is_never_rendered():
    with pytest.raises(ValueError, match="region"):
        render.expression(Attribute(scope="user", name="region"))


@pytest.mark.parametrize(
    ("mask", "value", "seen"),
    [
        (Mask(), "'secret'", "secret"),
        (Mask(kind=MaskKind.NULL), "'secret'", None),
        (Mask(kind=MaskKind.CONSTANT, constant="x'y"), "'secret'", "x'y"),
        (Mask(kind=MaskKind.PARTIAL, first=2, last=1), "'secret'", "se***t"),
        (Mask(kind=MaskKind.PARTIAL, first=2, last=1), "'abc'", "***"),
        (Mask(kind=MaskKind.PARTIAL, first=2, last=1), "NULL", None),
        (Mask(kind=MaskKind.PARTIAL), "'secret'", "***"),
        (Mask(kind=MaskKind.PARTIAL, last=2), "'çäö漢字'", "***漢字"),
    ],
)
def test_masks_show_what_they_say(mask, value, seen):
    column = ColumnView(name="a", type=TEXT, mask=mask)
    assert evaluate(render.column(column).removesuffix(' AS "a"'), a=f"{value}::varchar") == seen


@pytest.mark.parametrize(
    "of", ["INTEGER", "DECIMAL(9,2)", "DATE", "VARCHAR", "BOOLEAN", "TIMESTAMP", "INTEGER[]"]
)
def test_a_masked_column_keeps_its_type(of):
    column = ColumnView(name="a", type=parse_type(of), mask=Mask(kind=MaskKind.NULL))
    assert (
        evaluate(f"typeof({render.column(column).removesuffix(' AS ' + chr(34) + 'a' + chr(34))})")
        == of
    )


def test_no_files_are_no_rows_of_the_right_columns():
    columns = (ReleasedColumn(name="a b", type=TEXT, field_id=1),)
    assert duckdb.connect().sql(f"SELECT * FROM {render.rows((), columns)}").fetchall() == []


@pytest.mark.parametrize(
    ("error", "detail", "code"),
    [
        ("OutOfMemoryException", "", "E431"),
        ("ConversionException", "Could not convert string 'SECRET'", "E232"),
        ("BinderException", 'Referenced column "nope" not found', "E230"),
        ("BinderException", 'Referenced column "hidden" not found', "E231"),
        ("CatalogException", "", "E231"),
        ("SomethingNew", "SECRET", "E239"),
    ],
)
def test_refusals_tell_codes_and_the_readers_own_words(error, detail, code):
    told = refusal(error, detail, "select nope from t")
    assert told.code_shown == code
    assert "SECRET" not in told.sentence
    assert "hidden" not in told.sentence
    assert isinstance(told, Exhausted if code == "E431" else Refused)


WRITTEN = (
    ReleasedColumn(name="a", type=parse_type("INTEGER"), field_id=1),
    ReleasedColumn(name="b", type=parse_type("VARCHAR"), field_id=2),
)
LATER = {
    "as they were written": (WRITTEN, True),
    "in another order": (WRITTEN[::-1], True),
    "one renamed": ((WRITTEN[0], replace(WRITTEN[1], name="c")), False),
    "one wider": ((replace(WRITTEN[0], type=parse_type("BIGINT")), WRITTEN[1]), False),
    "one dropped and made again": ((WRITTEN[0], replace(WRITTEN[1], field_id=3)), False),
    "one more": ((*WRITTEN, ReleasedColumn(name="c", type=TEXT, field_id=3)), False),
    "one less": (WRITTEN[:1], False),
}


@pytest.mark.parametrize("case", LATER)
def test_files_are_read_as_they_are_only_when_all_carry_exactly_the_columns(case, tmp_path):
    columns, alike = LATER[case]
    engine = duckdb.connect()
    files = []
    for name in ("one", "two"):
        (tmp_path / "a=5").mkdir(exist_ok=True)
        path = str(tmp_path / "a=5" / f"{name}.parquet")
        engine.execute(
            f"COPY (SELECT 1::INTEGER AS a, 'x' AS b) TO '{path}' (FIELD_IDS {{a: 1, b: 2}})"
        )
        files.append(DataFile(path=path, rows=1, size=1))
    statement = render.attached("t", files, columns)
    made = chosen(engine, statement)
    assert ("schema=MAP" not in made) is alike
    engine.execute(made)
    assert engine.sql("SELECT a FROM t").fetchall() == [(1,), (1,)]
    assert set(engine.sql("SELECT * FROM t").columns) == {c.name for c in columns}
    odd = str(tmp_path / "odd.parquet")
    engine.execute(f"COPY (SELECT 1::INTEGER AS a, 'x' AS b) TO '{odd}' (FIELD_IDS {{a: 2, b: 1}})")
    mixed = render.attached("u", [*files, DataFile(path=odd, rows=1, size=1)], columns)
    assert "schema=MAP" in chosen(engine, mixed)


def test_where_something_is_hidden_files_are_never_read_as_they_are():
    shield = Shield(
        columns=(ColumnView(name="a", type=TEXT, mask=Mask()),), rows=None, barrier=True
    )
    files = (DataFile(path="/nowhere", rows=1, size=1),)
    hidden = Governed(schema="s", name="t", files=files, columns=WRITTEN, shield=shield)
    assert isinstance(render.view(hidden, "t"), str)
    assert not isinstance(
        render.view(replace(hidden, shield=replace(shield, barrier=False)), "t"), str
    )
