"""Filling: a declared value as a constant of a column's type, or nothing where it is none."""

from datetime import date, datetime, time
from decimal import Decimal

from agora.model.expressions import Value
from agora.workshop.recipes.casting import NUMERIC, TEXT
from agora.workshop.recipes.conditions import text

_READ = {
    "DATE": date.fromisoformat,
    "TIME": time.fromisoformat,
    "TIMESTAMP": datetime.fromisoformat,
    "TIMESTAMP WITH TIME ZONE": datetime.fromisoformat,
}


def filling(value: Value, of: str) -> str | None:
    """The constant as SQL, or None when a column of this SQL type cannot hold the value."""
    if of == TEXT:
        return text(str(value).lower() if isinstance(value, bool) else str(value))
    fits = _fits(value, of)
    return f"CAST({text(str(value))} AS {of})" if fits else None


def _fits(value: Value, of: str) -> bool:
    if of == "BOOLEAN":
        return isinstance(value, bool)
    if NUMERIC.match(of):
        whole = isinstance(value, int) or (isinstance(value, Decimal) and value == int(value))
        return not isinstance(value, bool) and (
            whole or (isinstance(value, Decimal) and "INT" not in of)
        )
    if of in _READ and isinstance(value, str):
        try:
            _READ[of](value)
        except ValueError:
            return False
        return True
    return False
