"""Spreadsheets (XLSX, ODS): the whole grid as the sheet holds it; header row and sheet are declared."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from agora.backends.source.files import Allowed, FileSource, inside, named, unfit
from agora.backends.source.rows import write_text
from agora.backends.source.workbook import check_archive, check_cells
from agora.model.errors import Invalid
from agora.model.product import SourceSpec

OPTIONS: Allowed = {"sheet": str, "header": int, "first_column": int, "last_column": int}
_MAX_ROWS = 1_048_576


class SheetSource(FileSource):
    """One sheet of a workbook beside the product; cells arrive as text in ISO form."""

    def check(self, spec: SourceSpec) -> tuple[str, ...]:
        found = list(unfit(spec, OPTIONS))
        for option in ("header", "first_column", "last_column"):
            value = spec.option(option)
            if isinstance(value, int) and not 1 <= value <= _MAX_ROWS:
                found.append(f"option `{option}` counts from 1")
        return tuple(found)

    def locate(self, spec: SourceSpec, folder: str) -> str:
        return inside(spec, folder)

    def to_parquet(self, spec: SourceSpec, landed: str, folder: str) -> tuple[str, ...]:
        grid = _grid(spec, landed)
        top = int(str(spec.option("header") or 1))
        left = int(str(spec.option("first_column") or 1)) - 1
        if len(grid) < top:
            raise Invalid(
                f"source `{spec.name}`: the sheet has {len(grid)} rows, the header should be in {top}",
                code="E344",
            )
        right = spec.option("last_column")
        if isinstance(right, int):
            grid = [cells[:right] for cells in grid]
        header = [_text(cell) or "" for cell in grid[top - 1][left:]]
        while header and not header[-1].strip():
            header.pop()
        names = named(spec, header)
        _check_beyond(spec, grid, top, left + len(names))
        rows = _rows(grid[top:], left, len(names))
        return (write_text(names, rows, folder),)


def _check_beyond(spec: SourceSpec, grid: list[list[Any]], top: int, end: int) -> None:
    """No value stands right of the header, where it would be lost without a word."""
    for number, cells in enumerate(grid[top:], start=top + 1):
        if any(_text(cell) is not None for cell in cells[end:]):
            raise Invalid(
                f"source `{spec.name}`: row {number} has a value right of the header's columns",
                code="E338",
                hint=f"name its column, or declare `last_column: {end}` to leave it out",
            )


def _grid(spec: SourceSpec, path: str) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    check_archive(spec, path)
    try:
        book = CalamineWorkbook.from_path(path)
        name = str(spec.option("sheet") or book.sheet_names[0])
        if name not in book.sheet_names:
            names = ", ".join(f"`{each}`" for each in book.sheet_names)
            raise Invalid(
                f"source `{spec.name}`: there is no sheet `{name}`",
                code="E345",
                hint=f"there are {names}",
            )
        check_cells(spec, path, book.sheet_names.index(name))
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError) as problem:
        raise Invalid(
            f"source `{spec.name}`: `{spec.path}` is no workbook that can be opened",
            code="E346",
            hint="is it encrypted or cut off? save it again as .xlsx or .ods",
        ) from problem


def _rows(grid: list[list[Any]], left: int, width: int) -> Iterator[list[str | None]]:
    """The rows below the header; an empty row ends nothing and is left out."""
    for cells in grid:
        row = [_text(cell) for cell in cells[left : left + width]]
        row += [None] * (width - len(row))
        if any(value is not None for value in row):
            yield row


def _text(cell: object) -> str | None:
    match cell:
        case None | "":
            return None
        case bool():
            return "true" if cell else "false"
        case float():
            return format(Decimal(repr(cell)).normalize(), "f") if cell else "0"
        case datetime() if cell.time() == time.min:
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return str(cell)
