"""Laying out the demo mesh: its texts come with the package, the workbook is made here."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from agora.model.errors import Conflict

WORKBOOK = "finance/sales-targets/targets.xlsx"
WEEKS = 53
TARGETS = {
    "GROCERY": 44_000, "DRUG GM": 11_500, "FUEL": 6_200, "PRODUCE": 6_100, "MEAT": 5_900,
    "MEAT-PCKGD": 4_300, "DELI": 2_900, "PASTRY": 1_300,
}  # fmt: skip
"""Weekly targets in US dollars. Invented: the only figures of the demo that are."""


def lay(folder: Path) -> int:
    """The folder holds the demo mesh; files that are there already stay as they are.

    Gives how many files were written. Raises Conflict when another mesh lies there.
    """
    root = resources.files("agora.app.demo") / "mesh"
    standing = folder / "agora.yaml"
    if standing.exists() and b"name: complete-journey" not in standing.read_bytes():
        raise Conflict(
            f"there is another mesh in `{folder}`", code="E031", hint="name another folder"
        )
    written = _copy(root, folder)
    if not (folder / WORKBOOK).exists():
        _workbook(folder / WORKBOOK)
        written += 1
    return written


def lay_later(folder: Path) -> None:
    """The folder holds what the people of the demo change during the year."""
    _copy(resources.files("agora.app.demo") / "later", folder, replace=True)


def _copy(source: Traversable, target: Path, *, replace: bool = False) -> int:
    target.mkdir(parents=True, exist_ok=True)
    written = 0
    for item in source.iterdir():
        place = target / item.name
        if item.is_dir():
            written += _copy(item, place, replace=replace)
        elif replace or not place.exists():
            place.write_bytes(item.read_bytes())
            written += 1
    return written


def _workbook(path: Path) -> None:
    """A workbook as finance would keep it: a title, a note, a gap, and the header in row 4."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Targets")
        sheet.write(0, 0, "Sales targets 2017", book.add_format({"bold": True, "font_size": 14}))
        sheet.write(1, 0, "Invented for the Agora demo.")
        sheet.write_row(
            3, 0, ["Week", "Department", "Target (USD)"], book.add_format({"bold": True})
        )
        row = 4
        for week in range(1, WEEKS + 1):
            for department, base in TARGETS.items():
                sheet.write_row(row, 0, [week, department, target(base, week)])
                row += 1
        book.add_worksheet("Notes").write(0, 0, "Targets rise by a tenth over the year.")


def target(base: int, week: int) -> int:
    """The target of a week: the base, rising by a tenth over the year, in whole fifties."""
    return round(base * (1 + 0.1 * (week - 1) / (WEEKS - 1)) / 50) * 50
