"""CSV files, read as text: encoding, delimiter and header are declared, types come from the contract."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from agora.backends.source import swift
from agora.backends.source.files import Allowed, FileSource, inside, named, unfit
from agora.backends.source.rows import write_text
from agora.model.errors import Invalid
from agora.model.product import SourceSpec

OPTIONS: Allowed = {
    "delimiter": str,
    "quote": str,
    "encoding": str,
    "header": int,
    "nulls": (str, tuple),
}
_LIMIT = 10 << 20


class CsvSource(FileSource):
    """A CSV file beside the product; every column is text until the contract says otherwise."""

    def check(self, spec: SourceSpec) -> tuple[str, ...]:
        found = list(unfit(spec, OPTIONS))
        for option in ("delimiter", "quote"):
            value = spec.option(option)
            if isinstance(value, str) and (len(value) != 1 or value in "\r\n\x00"):
                found.append(f"option `{option}` is one character, not `{value}`")
        if (spec.option("delimiter") or ",") == (spec.option("quote") or '"'):
            found.append("option `delimiter` and option `quote` are the same character")
        header = spec.option("header")
        if isinstance(header, int) and header < 1:
            found.append("option `header` counts from 1")
        encoding = spec.option("encoding")
        if isinstance(encoding, str) and not _known(encoding):
            found.append(f"there is no encoding `{encoding}`")
        return tuple(found)

    def locate(self, spec: SourceSpec, folder: str) -> str:
        return inside(spec, folder)

    def to_parquet(self, spec: SourceSpec, landed: str, folder: str) -> tuple[str, ...]:
        return (swift.read(spec, landed, folder) or self._slowly(spec, landed, folder),)

    def _slowly(self, spec: SourceSpec, landed: str, folder: str) -> str:
        """Row by row: whatever is wrong is found with its line."""
        encoding = str(spec.option("encoding") or _marked(landed))
        csv.field_size_limit(_LIMIT)
        try:
            with Path(landed).open(encoding=encoding, newline="") as file:
                rows = _rows(spec, file)
                header = named(spec, [name or "" for name in next(rows, [])])
                return write_text(header, rows, folder)
        except UnicodeError as problem:
            raise Invalid(
                f"source `{spec.name}`: `{spec.path}` is not written in {encoding.removesuffix('-sig')}",
                code="E337",
                hint="declare its `encoding`, such as `cp1252` for what was saved on Windows: in `build.yaml`, or with `--option encoding=cp1252`",
            ) from problem


def _rows(spec: SourceSpec, file: TextIO) -> Iterator[list[str | None]]:
    """The header, then every row of the same width; raises Invalid with the line of one that differs."""
    null_words = swift.nulls(spec)
    reader = csv.reader(
        _without_nul(spec, file),
        delimiter=str(spec.option("delimiter") or ","),
        quotechar=str(spec.option("quote") or '"'),
        strict=True,
    )
    width, skipped = 0, int(str(spec.option("header") or 1)) - 1
    try:
        for row in reader:
            if not row or reader.line_num <= skipped:
                continue
            width = width or len(row)
            if len(row) != width:
                raise Invalid(
                    f"source `{spec.name}`: line {reader.line_num} has {len(row)} values, not {width}",
                    code="E338",
                    hint="is the delimiter right, and is every text with a delimiter quoted?",
                )
            yield [None if value == "" or value in null_words else value for value in row]
    except csv.Error as problem:
        raise Invalid(
            f"source `{spec.name}`: line {reader.line_num} cannot be read ({problem})", code="E339"
        ) from problem


def _without_nul(spec: SourceSpec, file: TextIO) -> Iterator[str]:
    for number, line in enumerate(file, start=1):
        if "\x00" in line:
            raise Invalid(
                f"source `{spec.name}`: line {number} holds zero bytes",
                code="E337",
                hint="the file may be UTF-16: declare its `encoding`",
            )
        yield line


def _marked(landed: str) -> str:
    """The encoding a text begins to name by its mark, else UTF-8."""
    with Path(landed).open("rb") as file:
        mark = file.read(2)
    return "utf-16" if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def _known(encoding: str) -> bool:
    """Python knows it and it makes text: `base64` and its like make bytes, `undefined` nothing."""
    try:
        return isinstance(b"x".decode(encoding, "replace"), str) and encoding.lower() != "idna"
    except (LookupError, ValueError):
        return False
