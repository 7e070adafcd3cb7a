"""Rows of an answer in the form somebody asked for, streamed; a file is whole or not there."""

import contextlib
import json
import os
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from agora.cli.answers.tables import legible, line_width, table
from agora.cli.answers.terminal import count, safe, say, tell
from agora.model.documents import to_document
from agora.model.errors import Unavailable, Unusable
from agora.needs.engine import Answer
from agora.needs.outlet import Export, Outlets

if TYPE_CHECKING:
    import pyarrow as pa

TABLE = "table"
LINES = "ndjson"
"""What `--json` gives of rows: one object per line."""
SHOWN = 50


def chosen(outlets: Outlets, wanted: str, output: str) -> str:
    """The format that was named, or the one the file's name ends in, or a table.

    Raises Unusable for one that is not there, and for a binary one without a file.
    """
    found = wanted or _by_suffix(outlets, output) or ("csv" if output else TABLE)
    if found == TABLE:
        return "csv" if output else TABLE
    if outlets.pick(found).form.binary and not output and sys.stdout.isatty():
        raise Unusable(f"`{found}` is not for reading", code="E023", hint="name a file with `-o`")
    return found


def _by_suffix(outlets: Outlets, output: str) -> str:
    """The format whose files end like this one."""
    suffix = Path(output).suffix.lower()
    if not suffix:
        return ""
    forms = (outlets.pick(kind).form for kind in outlets.kinds())
    return next((form.kind for form in forms if form.suffix == suffix), "")


def write(answer: Answer, *, screen: int = SHOWN) -> int:
    """A table of at most `screen` rows stands on standard output; gives how many there were."""
    return _table(answer, screen)


def take(export: Export, output: str) -> None:
    """The bytes are in the file, or have gone to standard output."""
    try:
        if not output:
            for piece in export.pieces:
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
            return
        with _whole(Path(output)) as file:
            file.writelines(export.pieces)
    finally:
        export.pieces.close()
    tell(f"wrote {count(export.pieces.rows, 'row')} to {output}")


def lines(outlets: Outlets, answer: Answer) -> int:
    """Each row is a JSON object on a line of standard output; gives how many there were."""
    rows = 0
    for piece in outlets.pick(LINES).encode(answer):
        sys.stdout.buffer.write(piece)
        rows += bytes(piece).count(b"\n")
    sys.stdout.buffer.flush()
    return rows


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that gets its name only when everything in it has been written."""
    try:
        handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}-")
    except OSError as problem:
        raise Unavailable(
            f"`{path}` cannot be written", code="E024", hint=problem.strerror or ""
        ) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).chmod(0o666 & ~_mask())
        Path(name).replace(path)
    except OSError as problem:
        raise Unavailable(
            f"`{path}` cannot be written", code="E024", hint=problem.strerror or ""
        ) from None
    finally:
        Path(name).unlink(missing_ok=True)


def _mask() -> int:
    """What new files of this process may not allow: an exported file is like any other."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case float():
            return value if value - value == 0 else str(value)
        case bytes():
            return value.hex()
        case Decimal() if value.as_tuple().exponent == 0:
            return int(value)
    try:
        return to_document(value)
    except TypeError:
        return str(value)


def _table(answer: Answer, screen: int) -> int:
    """A screenful, and whether there is more."""
    kept: list[dict[str, Any]] = []
    more = False
    for batch in answer:
        kept += batch.slice(0, screen + 1 - len(kept)).to_pylist()
        if len(kept) > screen:
            more = True
            break
    answer.close()
    names = answer.schema.names
    right = [_is_number(field.type) for field in answer.schema]
    cells = [[_cell(row[name]) for name in names] for row in kept[:screen]]
    fits = legible(names, cells, right, line_width())
    say(
        table(
            names[:fits],
            [row[:fits] for row in cells],
            right=right[:fits],
            whole=_whole_ones(right),
        )
    )
    words = (
        f"the first {screen} rows; more with --format csv or -o FILE"
        if more
        else count(len(cells), "row")
    )
    say(f"({words})")
    if names[fits:]:
        left = f"{count(len(names) - fits, 'more column')} in a wider terminal: {', '.join(names[fits:])}"
        say(safe(textwrap.fill(f"({left})", max(line_width(), 20), break_on_hyphens=False)))
    return len(cells)


def _whole_ones(right: Sequence[bool]) -> list[int]:
    """A number without its last digits is another number."""
    return [place for place, number in enumerate(right) if number]


def _is_number(of: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(of) or pa.types.is_floating(of) or pa.types.is_decimal(of))


def _cell(value: Any) -> str:
    if value is None:
        return "·"
    if isinstance(value, dict | list):
        return json.dumps(_plain(value), ensure_ascii=False)
    return str(value)
