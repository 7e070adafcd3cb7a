"""Workbooks as archives: what must be looked at before, and beside, reading their cells.

The cell reader gives an error of a formula as an empty cell; a lost value must not look like one
that was never there, so the sheet's own XML is searched for errors.
"""

import re
import zipfile
import zlib

from agora.model.errors import Invalid
from agora.model.product import SourceSpec

MAX_UNPACKED = 1 << 30
MAX_CELLS = 10_000_000
_TORN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error)
_SHEET = re.compile(rb'<sheet [^>]*?r:id="([^"]+)"')
_TARGET = re.compile(rb"<Relationship [^>]*?>")
_ATTRIBUTE = re.compile(rb'(Id|Target)="([^"]+)"')
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*>")
_AT = re.compile(rb"""\sr=["']([A-Z]{1,4})([0-9]{1,8})["']""")
_FAILED = re.compile(rb"""\st=["']e["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_ODS_ERROR = re.compile(rb'calcext:value-type="error"[^>]*>(?:<text:p>([^<]*)</text:p>)?')


def check_archive(spec: SourceSpec, path: str) -> None:
    """The workbook does not unpack to more than can be held; raises Invalid otherwise."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
            names = set(archive.namelist())
            whole = size > MAX_UNPACKED or archive.testzip() is None
    except (*_TORN, OSError) as problem:
        raise _unopened(spec) from problem
    if size > MAX_UNPACKED:
        raise Invalid(
            f"source `{spec.name}`: `{spec.path}` unpacks to {size >> 20:,} MB",
            code="E348",
            hint="save only the sheet that is needed, or export it as CSV",
        )
    if not whole or not names & {"xl/workbook.xml", "content.xml"}:
        raise _unopened(spec)


def check_cells(spec: SourceSpec, path: str, sheet: int) -> None:
    """No formula of the sheet failed, and its cells span what can be held; raises Invalid otherwise.

    The cell reader makes room for everything between the first cell and the last, filled or not:
    one stray cell in the last row and column would end the process.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" in archive.namelist():
                cells, failed = _grid(archive.read(_part(archive, sheet)))
            else:
                cells, failed = _open_document(archive.read("content.xml"))
    except (*_TORN, KeyError, IndexError, OSError) as problem:
        raise _unopened(spec) from problem
    if cells > MAX_CELLS:
        raise Invalid(
            f"source `{spec.name}`: the sheet spans {cells:,} cells, more than {MAX_CELLS:,}",
            code="E349",
            hint="delete what stands far away from the table, or export the sheet as CSV",
        )
    if failed is not None:
        raise Invalid(
            f"source `{spec.name}`: a formula failed: {failed}",
            code="E347",
            hint="correct the formula in the workbook and save it",
        )


def _grid(xml: bytes) -> tuple[int, str | None]:
    """How many cells an XLSX sheet spans, and the first failed formula as `A1 holds #REF!`."""
    rows, columns, failed = 0, 0, None
    for cell in _CELL.finditer(xml):
        at = _AT.search(cell[0])
        if at is not None:
            rows, columns = max(rows, int(at[2])), max(columns, _number(at[1]))
        if failed is None and _FAILED.search(cell[0]):
            value = _VALUE.search(xml, cell.end(), cell.end() + 10_000)
            place = (at[1] + at[2]).decode() if at else "a cell"
            failed = f"{place} holds {value[1].decode('utf-8', 'replace') if value else 'an error'}"
    return rows * columns, failed


def _open_document(xml: bytes) -> tuple[int, str | None]:
    """The same for an ODS document, where a cell may say how often it is repeated."""
    found = _ODS_ERROR.search(xml)
    failed = (found[1] or b"an error").decode("utf-8", "replace") if found else None
    return 0, failed


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _unopened(spec: SourceSpec) -> Invalid:
    return Invalid(
        f"source `{spec.name}`: `{spec.path}` is no workbook that can be opened",
        code="E346",
        hint="is it encrypted, cut off, or of an old kind? save it again as .xlsx or .ods",
    )


def _part(archive: zipfile.ZipFile, sheet: int) -> str:
    """The archive's member that holds the sheet of this position."""
    wanted = _SHEET.findall(archive.read("xl/workbook.xml"))[sheet]
    relations = _TARGET.findall(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {}
    for relation in relations:
        attributes = dict(_ATTRIBUTE.findall(relation))
        targets[attributes[b"Id"]] = attributes[b"Target"].decode()
    target = targets[wanted]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
