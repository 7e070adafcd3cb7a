"""SQL texts this room writes: quoted names, and constants a column can be compared with."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from agora.model.contract import Scalar
from agora.model.types import MAX_PRECISION, Kind, Type, quoted

FLOATS = frozenset({Kind.REAL, Kind.DOUBLE})
EXACT = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL})
MOMENTS = frozenset({Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.INSTANT})
FEW = 20


def literal(value: Scalar) -> str:
    """A value as a string literal."""
    if isinstance(value, bool):
        return "'true'" if value else "'false'"
    return "'" + str(value).replace("\x00", "\ufffd").replace("'", "''") + "'"


def constant(value: Scalar, of: Type) -> str | None:
    """A constant that a column of this type can be compared with, or None when the value is none.

    Numbers keep every digit, so that 0.125 is not rounded to the scale of a DECIMAL(10,2) column.
    """
    if value is None:
        return None
    if of.kind is Kind.VARCHAR:
        return literal(value)
    if of.kind in FLOATS | EXACT:
        return _number(value, of)
    if of.kind is Kind.BOOLEAN:
        word = str(value).lower()
        return word if word in ("true", "false") else None
    return _moment(str(value), of.kind) if of.kind in MOMENTS else None


def constants(values: Sequence[Scalar], of: Type) -> tuple[str, ...]:
    """Those of the values that the column can hold at all."""
    return tuple(c for value in values if (c := constant(value, of)) is not None)


def one_of(value: str, found: Sequence[str]) -> str:
    """A condition that is true when the value equals one of the constants; NULL is none of them."""
    if not found:
        return "FALSE"
    listed = ", ".join(found)
    # a hashed lookup instead of one comparison per constant
    many = f"SELECT unnest([{listed}])" if len(found) > FEW else listed
    return f"{value} IN ({many})"


def count_of(condition: str) -> str:
    """How many rows fulfil a condition; measured cheaper than a filter, but NULL for no rows."""
    return f"coalesce(count_if({condition}), 0)"


def names_of(columns: Sequence[str], prefix: str = "") -> str:
    """Quoted names, joined by commas."""
    return ", ".join(f"{prefix}{quoted(name)}" for name in columns)


def present(columns: Sequence[str], prefix: str = "") -> str:
    """A condition that is true when none of the columns is NULL."""
    return " AND ".join(f"{prefix}{quoted(name)} IS NOT NULL" for name in columns)


def spare(wanted: str, taken: Sequence[str]) -> str:
    """A column name that no column has."""
    used = {name.lower() for name in taken}
    while wanted in used:
        wanted += "_"
    return wanted


def as_text(name: str, width: int = 80) -> str:
    """A column's value as bounded text."""
    return f"left(CAST({quoted(name)} AS VARCHAR), {width})"


def _number(value: Scalar, of: Type) -> str | None:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    if of.kind in FLOATS:
        return f"CAST('{number}' AS {of.sql})"
    _, digits, exponent = number.as_tuple()
    places = len(digits) + abs(int(exponent))
    return f"{number:f}" if places <= MAX_PRECISION else f"CAST('{number}' AS DOUBLE)"


def _moment(text: str, kind: Kind) -> str | None:
    try:
        if kind is Kind.TIME:
            return f"TIME '{time.fromisoformat(text).replace(tzinfo=None).isoformat()}'"
        if kind is Kind.DATE and len(text) <= len("2018-01-31"):
            return f"DATE '{date.fromisoformat(text).isoformat()}'"
        moment = datetime.fromisoformat(text)
        at = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    plain = at.replace(tzinfo=None).isoformat()
    return f"TIMESTAMPTZ '{plain}+00:00'" if kind is Kind.INSTANT else f"TIMESTAMP '{plain}'"
