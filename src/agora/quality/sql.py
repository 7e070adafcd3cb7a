"""SQL texts this room writes: quoted names, literals of a column's own type."""

from collections.abc import Sequence

from agora.model.contract import Scalar
from agora.model.types import Kind, Type, quoted


def literal(value: Scalar) -> str:
    """A value as a string literal, to be cast where it is compared."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "'true'" if value else "'false'"
    return "'" + str(value).replace("\x00", "\ufffd").replace("'", "''") + "'"


def typed(value: Scalar, of: Type) -> str:
    """A value cast to the column's type."""
    return f"CAST({literal(value)} AS {of.sql})"


def one_of(name: str, values: Sequence[Scalar], of: Type) -> str:
    """A condition that is true when the column equals one of the values; NULL is none of them."""
    given = [value for value in values if value is not None]
    if not given:
        return "FALSE"
    listed = ", ".join(typed(value, of) for value in given)
    return f"{quoted(name)} IN ({listed})"


def listed(names: Sequence[str], prefix: str = "") -> str:
    """Quoted names, joined by commas."""
    return ", ".join(f"{prefix}{quoted(name)}" for name in names)


def present(names: Sequence[str], prefix: str = "") -> str:
    """A condition that is true when none of the columns is NULL."""
    return " AND ".join(f"{prefix}{quoted(name)} IS NOT NULL" for name in names)


def as_text(name: str, width: int = 80) -> str:
    """A column's value as bounded text."""
    return f"left(CAST({quoted(name)} AS VARCHAR), {width})"


def is_text(of: Type) -> bool:
    """True for columns that hold text."""
    return of.kind is Kind.VARCHAR
