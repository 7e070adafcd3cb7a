"""Workbooks as archives: what must be looked at before, and beside, reading their cells.

The cell reader gives an error of a formula as an empty cell; a lost value must not look like one
that was never there, so the sheet's own XML is searched for errors.
"""

import re
import zipfile

from agora.model.errors import Invalid
from agora.model.product import SourceSpec

MAX_UNPACKED = 1 << 30
_SHEET = re.compile(rb'<sheet [^>]*?r:id="([^"]+)"')
_TARGET = re.compile(rb"<Relationship [^>]*?>")
_ATTRIBUTE = re.compile(rb'(Id|Target)="([^"]+)"')
_ERROR = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"[^>]*? t="e"[^>]*>(?:(?!</c>).)*?<v>([^<]*)</v>', re.DOTALL
)
_ODS_ERROR = re.compile(rb'calcext:value-type="error"[^>]*>(?:<text:p>([^<]*)</text:p>)?')


def check_archive(spec: SourceSpec, path: str) -> None:
    """The workbook does not unpack to more than can be held; raises Invalid otherwise."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError):
        return
    if size > MAX_UNPACKED:
        raise Invalid(
            f"source `{spec.name}`: `{spec.path}` unpacks to {size >> 20:,} MB",
            code="E348",
            hint="save only the sheet that is needed, or export it as CSV",
        )


def check_errors(spec: SourceSpec, path: str, sheet: int) -> None:
    """No formula of the sheet failed; raises Invalid with the cell of one that did."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                found = _ERROR.search(archive.read(_part(archive, sheet)))
            elif "content.xml" in names:
                found = _ODS_ERROR.search(archive.read("content.xml"))
            else:
                return
    except (zipfile.BadZipFile, KeyError, IndexError, OSError):
        return
    if found is None:
        return
    words = b" holds ".join(part for part in found.groups() if part).decode("utf-8", "replace")
    raise Invalid(
        f"source `{spec.name}`: a formula failed: {words}",
        code="E347",
        hint="correct the formula in the workbook and save it",
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
