"""Every form under one trial: the same rows come out, exactly, whoever reads them, and nothing runs."""

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import load_workbook

from agora.backends.outlet.registry import InstalledOutlets
from agora.backends.outlet.xlsx import XlsxOutlet
from agora.model.errors import Exhausted, Unusable
from agora.needs.engine import Answer

OUTLETS = InstalledOutlets()
KINDS = OUTLETS.kinds()
BIG = Decimal("12345678901234567.89")
ROWS = """
    select 1::bigint as whole, 12.50::decimal(9,2) as price, 12345678901234567.89::decimal(38,2) as big,
        9007199254740993 as id, sum(3) as total, 0.1::double as share, true as yes,
        timestamptz '2020-01-01 10:00:00+02' as moment, timestamp '2020-01-01 09:30:15.25' as clock,
        timestamp '2020-01-01 00:00:00.000001' as fine, date '2018-06-30' as day, date '1850-01-01' as old,
        time '10:00' as at, interval '1 month 2 days 3.5 seconds' as wait, 'b'::enum('a', 'b') as mood,
        [1, null] as list, {'a': 'x"y', 'b': 1.50::decimal(5,2)} as struct, '\\x01\\xff'::blob as bytes,
        'nan'::double as odd, '' as nothing, null::varchar as missing,
        E'a "quoted",\\nline\\x01' as ugly, 'Zoë 🐘' as name
"""
RUNS = (
    '=cmd|" /C calc"!A0', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1",
)  # fmt: skip
TAME = ("-5", "+49301234", "-0.5", "a=1", "5-3", "'=1", "")


class Asked(Answer):
    """An answer of an engine, in batches as small as it likes."""

    schema = None

    def __init__(self, sql, size=65_536):
        self._reader = duckdb.connect().sql(sql).to_arrow_reader(size)
        self.schema, self.closed = self._reader.schema, 0

    def __iter__(self):
        yield from self._reader

    def close(self):
        self.closed += 1


class Lists(Answer):
    """An answer of these columns."""

    schema = None

    def __init__(self, **columns):
        self._table = pa.table(columns)
        self.schema = self._table.schema

    def __iter__(self):
        yield from self._table.to_batches()

    def close(self):
        """Nothing is held."""


def sent(kind, answer):
    return b"".join(OUTLETS.pick(kind).encode(answer))


def sheet(data):
    return load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def read(kind, data):
    """The rows as a reader of that form finds them."""
    match kind:
        case "csv":
            return list(csv.DictReader(io.StringIO(data.decode(), newline="")))
        case "json":
            return json.loads(data)
        case "ndjson":
            return [json.loads(line) for line in data.decode().splitlines()]
        case "parquet":
            return pq.read_table(io.BytesIO(data)).to_pylist()
        case "arrow":
            return pa.ipc.open_stream(data).read_all().to_pylist()
    names, *rows = sheet(data)
    return [dict(zip(names, row, strict=True)) for row in rows]


EXACT = {
    "whole": 1, "price": Decimal("12.50"), "big": BIG, "id": 9007199254740993, "total": 3,
    "share": 0.1, "yes": True, "moment": datetime(2020, 1, 1, 8, tzinfo=UTC),
    "clock": datetime(2020, 1, 1, 9, 30, 15, 250000), "fine": datetime(2020, 1, 1, 0, 0, 0, 1),
    "day": date(2018, 6, 30), "old": date(1850, 1, 1), "at": time(10), "wait": "P1M2DT3.5S",
    "mood": "b", "list": [1, None], "struct": {"a": 'x"y', "b": Decimal("1.50")},
    "bytes": b"\x01\xff", "nothing": "", "missing": None, "ugly": 'a "quoted",\nline\x01',
    "name": "Zoë 🐘",
}  # fmt: skip
JSON = EXACT | {
    "price": "12.50", "big": str(BIG), "moment": "2020-01-01T08:00:00+00:00",
    "clock": "2020-01-01T09:30:15.250000", "fine": "2020-01-01T00:00:00.000001",
    "day": "2018-06-30", "old": "1850-01-01", "at": "10:00:00.000000",
    "struct": {"a": 'x"y', "b": "1.50"}, "bytes": "01ff", "odd": "nan",
}  # fmt: skip
CSV = JSON | {
    "whole": "1", "id": "9007199254740993", "total": "3", "share": "0.1", "yes": "true",
    "list": "[1, null]", "struct": '{"a": "x\\"y", "b": "1.50"}', "missing": "",
}  # fmt: skip
XLSX = JSON | {
    "price": 12.5, "id": "9007199254740993", "clock": EXACT["clock"], "day": EXACT["day"],
    "at": "10:00:00", "list": CSV["list"], "struct": CSV["struct"], "missing": "",
}  # fmt: skip
MEANT = {"csv": CSV, "json": JSON, "ndjson": JSON, "parquet": EXACT, "arrow": EXACT, "xlsx": XLSX}


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_is_what_it_was(kind):
    (row,) = read(kind, sent(kind, Asked(ROWS)))
    odd = row.pop("odd")
    assert str(odd) == "nan"
    assert row == {name: value for name, value in MEANT[kind].items() if name != "odd"}


@pytest.mark.parametrize("kind", KINDS)
def test_many_rows_in_odd_batches_are_all_there_in_order(kind):
    rows = 9_000 if kind == "xlsx" else 70_000
    answer = Asked(f"select i, 'row ' || i as word from range({rows}) t(i)", 3_001)
    found = read(kind, sent(kind, answer))
    assert [int(row["i"]) for row in found] == list(range(rows))
    assert found[-1]["word"] == f"row {rows - 1}"
    assert answer.closed


@pytest.mark.parametrize("kind", KINDS)
def test_no_rows_are_no_rows(kind):
    assert read(kind, sent(kind, Asked("select 1 as a, 'x' as b where false"))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_stands_for_one_column(kind):
    (row,) = read(kind, sent(kind, Asked("select 1 as a, 2 as a, 3 as a_2, 4 as a")))
    assert [int(value) for value in row.values()] == [1, 2, 3, 4]
    assert list(row) == ["a", "a_3", "a_2", "a_4"]


@pytest.mark.parametrize("kind", KINDS)
def test_who_stops_reading_stops_the_answer(kind):
    answer = Asked(f"select i from range({5_000 if kind == 'xlsx' else 200_000}) t(i)")
    pieces = OUTLETS.pick(kind).encode(answer)
    next(pieces)
    pieces.close()
    assert answer.closed


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"xlsx"}))
def test_rows_leave_while_others_are_still_to_come(kind):
    class Endless(Asked):
        def __iter__(self):
            batch = next(super().__iter__())
            while True:
                yield batch

    pieces = OUTLETS.pick(kind).encode(Endless("select i from range(65536) t(i)"))
    assert sum(len(next(pieces)) for _ in range(5)) > 1_000


@pytest.mark.parametrize("kind", KINDS)
def test_each_form_says_what_it_is(kind):
    form = OUTLETS.pick(kind).form
    assert (form.kind, form.suffix) == (kind, f".{kind}")
    assert form.title
    assert "/" in form.media
    assert form.limits


def test_a_form_that_is_not_there():
    with pytest.raises(Unusable) as told:
        OUTLETS.pick("xml")
    assert told.value.code_shown == "E022"
    assert "`xlsx`" in told.value.hint


def test_no_text_of_a_csv_is_a_formula():
    texts = [*RUNS, *TAME, None]
    data = sent("csv", Lists(text=texts, **{"=cmd()": [1] * len(texts)}))
    (title, name), *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    assert (title, name) == ("text", "'=cmd()")
    assert [row[0] for row in rows] == [*(f"'{text}" for text in RUNS), *TAME, ""]
    assert not any(row[0][:1] in tuple("=@\t\r\n") for row in rows)


def test_numbers_of_a_csv_stay_numbers():
    data = sent("csv", Asked("select -5 as a, -1.50::decimal(9,2) as b, -0.5::double as c"))
    assert data.decode().splitlines()[1] == "-5,-1.50,-0.5"
    assert polars.read_csv(data).row(0) == (-5, -1.5, -0.5)


def test_what_looks_like_a_formula_is_text_in_a_workbook():
    data = sent("xlsx", Lists(text=[*RUNS, "plain"], number=[-5] * (len(RUNS) + 1)))
    found = sheet(data)[1:]
    assert [row[0].replace("\r", "\n") for row in found] == [
        *(text.replace("\r", "\n") for text in RUNS),
        "plain",
    ]
    assert {row[1] for row in found} == {-5}
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    assert "<f>" not in cells
    assert 'quotePrefix="1"' in styles


def test_a_workbook_that_would_be_cut_is_refused_before_its_first_byte():
    answer = Asked("select i from range(100) t(i)")
    with pytest.raises(Exhausted, match="more than 99 rows") as told:
        next(XlsxOutlet(most=99).encode(answer))
    assert told.value.code_shown == "E680"
    assert answer.closed
    assert len(sheet(b"".join(XlsxOutlet(most=100).encode(Asked("from range(100)"))))) == 101


@pytest.mark.parametrize(
    "answer",
    [
        Lists(text=["x" * 32_768]),
        Lists(**{"x" * 32_768: [1]}),
        Lists(**{f"c{place}": [1] for place in range(16_385)}),
    ],
    ids=["a text", "a name", "columns"],
)
def test_what_a_sheet_cannot_hold_is_refused(answer):
    with pytest.raises(Exhausted) as told:
        next(XlsxOutlet().encode(answer))
    assert told.value.code_shown == "E680"
    assert "csv" in told.value.hint


def test_floats_without_a_value_are_told_in_every_text_form():
    answer = {"f": [float("inf"), float("-inf"), float("nan"), 1e300, None]}
    found = [row["f"] for row in read("ndjson", sent("ndjson", Lists(**answer)))]
    assert found == ["inf", "-inf", "nan", 1e300, None]
    assert [row[0] for row in sheet(sent("xlsx", Lists(**answer)))[1:]] == [
        "inf", "-inf", "nan", 1e300,
    ]  # fmt: skip
