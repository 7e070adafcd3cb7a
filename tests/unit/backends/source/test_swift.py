"""The swift reader holds the promises of the careful one: the same rows, or it leaves the file alone."""

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agora.backends.source import swift
from agora.backends.source.csv import CsvSource
from agora.model.errors import AgoraError
from agora.model.product import SourceSpec


def spec(**options):
    return SourceSpec(name="raw", type="csv", path="d.csv", options=tuple(options.items()))


def both(tmp, content, **options):
    """What the swift reader gives (None when it leaves the file), and what the careful one does."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(dir=tmp) as name:
        folder = Path(name)
        (folder / "d.csv").write_bytes(content)
        path, found = str(folder / "d.csv"), []
        readers = (swift.read, CsvSource()._slowly)
        for number, reader in enumerate(readers):
            try:
                made = reader(spec(**options), path, str(folder / str(number)))
                found.append(None if made is None else pq.read_table(made).to_pydict())
            except AgoraError as problem:
                found.append(problem.code_shown)
        return found


LETTERS = st.sampled_from(["a", ",", '"', '""', "\n", "\r\n", "\r", "\x00", "é", " ", "NA", "\xa0"])


@settings(
    max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(LETTERS, max_size=14).map("".join))
@example('x,""a\n')
@example('x,""""a\n')
@example('"x"a,y\n')
@example('x,"a')
@example('"x""')
@example("x,y\n\n\nx,y")
@example('a"b,c"\n')
@example('a",b\n')
@example('"a\n\nb",c\n')
@example(" \n")
@example("x,y\r\n,\r\n")
def test_swift_rows_are_careful_rows(tmp_path, text):
    swiftly, carefully = both(tmp_path, f"h,i\n{text}".encode(), nulls="NA")
    assert swiftly is None or swiftly == carefully


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(LETTERS, max_size=10).map("".join))
@example('"h","i"\n1,2\n')
@example('"h\n",i\n1,2\n')
@example('h""x,i\n1,2\n')
@example('""h,i\n1,2\n')
@example("\n\nh,i\n1,2\n")
@example("h,h\n1,2\n")
@example("\ufeffh,i\n1,2\n")
@example('\ufeff"h",i\n1,2\n')
def test_swift_headers_are_careful_headers(tmp_path, text):
    swiftly, carefully = both(tmp_path, text.encode())
    assert swiftly is None or swiftly == carefully


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ('h,i\n1,"two, three"\n,"say ""yes"""\n"a\nb",\n', {}),
        ("h;i\n1;2\n", {"delimiter": ";"}),
        ("h|i\n'a|b'|2\n", {"delimiter": "|", "quote": "'"}),
        ('"h","i"\r\n"1","2"\r\n', {}),
        ("h,i\n" + "1,2\n" * 200_000, {}),
        ("h,i\nNA,\n", {"nulls": ("NA", "-")}),
    ],
    ids=["quotes", "semicolon", "other quote", "all quoted", "many", "nulls"],
)
def test_ordinary_files_are_read_swiftly(tmp_path, content, options):
    swiftly, carefully = both(tmp_path, content.encode(), **options)
    assert swiftly is not None
    assert swiftly == carefully


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (b"h,i\n1\n", {}),
        (b"h,i\n\xff,1\n", {}),
        (b"h,i\n1,2\n", {"header": 2}),
        (b"h,i\n1,2\n", {"encoding": "cp1252"}),
        (b"h\n1\n", {}),
        (b"h,i\n\x00,1\n", {}),
        (b"h,i\n" + b"x" * (11 << 20) + b",1\n", {}),
    ],
    ids=["ragged", "not utf-8", "title", "encoding", "one column", "zero", "huge value"],
)
def test_what_needs_care_is_left_to_the_careful_reader(tmp_path, content, options):
    assert both(tmp_path, content, **options)[0] is None


def test_what_was_read_is_not_read_again(tmp_path):
    (tmp_path / "d.csv").write_text("h,i\n1,2\n")
    first = swift.read(spec(), str(tmp_path / "d.csv"), str(tmp_path / "out"))
    (tmp_path / "d.csv").unlink()
    assert swift.read(spec(), str(tmp_path / "d.csv"), str(tmp_path / "out")) == first
