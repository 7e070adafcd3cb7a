"""Values as text, a column at a time: exact, in ISO 8601, and as JSON."""

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 8_192
"""Rows that are turned into text at once: bounds the memory of wide ones."""
_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
_CONTROL = "[\\x00-\\x1f]"


def is_text(of: "pa.DataType") -> bool:
    """True for columns whose values are texts somebody wrote."""
    import pyarrow as pa

    return bool(
        pa.types.is_string(of) or pa.types.is_large_string(of) or pa.types.is_string_view(of)
    )


def text(column: "pa.Array") -> "pa.Array":
    """Each value as text; null stays null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    of, large = column.type, pa.large_string()
    if pa.types.is_nested(of) or pa.types.is_binary(of) or pa.types.is_large_binary(of):
        return pa.array([None if v is None else _words(v) for v in column.to_pylist()], large)
    found = pc.cast(column, large)
    if pa.types.is_timestamp(of):
        return _moment(found)
    return found


def json_text(column: "pa.Array") -> "pa.Array":
    """Each value as JSON: numbers as numbers, decimals with digits behind the point as text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    of = column.type
    if pa.types.is_nested(of):
        found = text(column)
    elif pa.types.is_integer(of) or pa.types.is_boolean(of) or _whole(of):
        found = pc.cast(column, pa.large_string())
    elif pa.types.is_floating(of):
        words = pc.cast(column, pa.large_string())
        found = pc.if_else(pc.is_finite(column), words, quoted(words))
    else:
        found = quoted(text(column))
    return pc.fill_null(found, "null")


def quoted(column: "pa.Array") -> "pa.Array":
    """Each text as a JSON string."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for plain, escaped in _ESCAPES:
        column = pc.replace_substring(column, plain, escaped)
    if pc.any(pc.match_substring_regex(column, _CONTROL)).as_py():
        rest = [None if v is None else _controls(v) for v in column.to_pylist()]
        column = pa.array(rest, pa.large_string())
    mark = pa.scalar('"', pa.large_string())
    return pc.binary_join_element_wise(mark, column, mark, pa.scalar("", pa.large_string()))


def joined(parts: "list[pa.Array | pa.Scalar]") -> bytes:
    """The parts of every row behind one another, row behind row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lines = pc.binary_join_element_wise(*parts, pa.scalar("", pa.large_string()))
    ends = pa.Array.from_buffers(pa.int64(), len(lines) + 1, [None, lines.buffers()[1]])
    return bytes(lines.buffers()[2][: ends[-1].as_py()])


def scalar(words: str) -> "pa.Scalar":
    """A text that every row has."""
    import pyarrow as pa

    return pa.scalar(words, pa.large_string())


def plain(value: Any) -> Any:
    """A value as JSON can carry it, without losing anything."""
    match value:
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case float():
            return value if value - value == 0 else str(value)
        case bytes():
            return value.hex()
        case Decimal() if value.as_tuple().exponent == 0:
            return int(value)
        case None | bool() | int() | str():
            return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _words(value: Any) -> str:
    found = plain(value)
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def _moment(found: "pa.Array") -> "pa.Array":
    """`2017-01-02 09:00:00.000000+0000` as `2017-01-02T09:00:00+00:00`."""
    import pyarrow.compute as pc

    found = pc.replace_substring(found, " ", "T", max_replacements=1)
    found = pc.replace_substring_regex(found, r"\.0+([Z+-]|$)", r"\1")
    return pc.replace_substring_regex(found, r"([+-]\d\d)(\d\d)$", r"\1:\2")


def _whole(of: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_decimal(of)) and of.scale == 0


def _controls(value: str) -> str:
    """A text whose usual escapes are made, with its other control characters escaped too."""
    return "".join(f"\\u{ord(c):04x}" if c < " " else c for c in value)
