"""Casting: a value read as another type, exactly as declared; what would lose something is no value."""

import re

from agora.model.recipe import Casting
from agora.model.types import Kind
from agora.workshop.recipes.conditions import text

TEXT = "VARCHAR"
FLOATS = frozenset({"FLOAT", "DOUBLE"})
NUMERIC = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\))\Z")
_WHOLE = (Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL)
_NUMBERS = (*_WHOLE, Kind.REAL, Kind.DOUBLE)
_MOMENTS = {
    Kind.DATE: r"\d{4}-\d{2}-\d{2}",
    Kind.TIME: r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?",
    Kind.TIMESTAMP: r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?",
    Kind.INSTANT: r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?",
}
_NOISE = "1e-9"


def cast(casting: Casting, value: str, of: str) -> tuple[str, str]:
    """SQL for the value as the new type (NULL where it does not fit), and for whether it misfits.

    `value` is SQL of the type `of`. A number that would be rounded does not fit, except for what
    floating point adds to it; a moment cast to a day gives its day.
    """
    given = _absent(casting, value) if of == TEXT else value
    made = _from_text(casting, given) if of == TEXT else _from_value(casting, value, of)
    return made, f"({given} IS NOT NULL AND {made} IS NULL)"


def _absent(casting: Casting, value: str) -> str:
    if not casting.nulls:
        return value
    words = ", ".join(text(word) for word in casting.nulls)
    return f"(CASE WHEN {value} IN ({words}) THEN NULL ELSE {value} END)"


def _from_text(casting: Casting, value: str) -> str:
    kind, to = casting.to.kind, casting.to.sql
    if kind is Kind.VARCHAR:
        return value
    if kind is Kind.BOOLEAN:
        return _truth(casting, value)
    if casting.format:
        return f"CAST(try_strptime({value}, {text(casting.format)}) AS {to})"
    if kind in _NUMBERS:
        return _matching(number(casting), value, f"TRY_CAST({_plain(casting, value)} AS {to})")
    return _matching(_MOMENTS[kind], value, f"TRY_CAST({value} AS {to})")


def _matching(pattern: str, value: str, then: str) -> str:
    return f"CASE WHEN regexp_full_match({value}, {text(pattern)}) THEN {then} END"


def number(casting: Casting) -> str:
    """The pattern of a number as it is declared to be written, with no digit that would be lost."""
    groups, point = re.escape(casting.thousands), re.escape(casting.decimal)
    whole = rf"(\d{{1,3}}({groups}\d{{3}})+|\d+)" if casting.thousands else r"\d+"
    if casting.to.kind in _WHOLE:
        return rf"[+-]?{whole}({point}\d{{0,{casting.to.scale}}}0*)?"
    return rf"[+-]?{whole}({point}\d*)?([eE][+-]?\d+)?"


def _plain(casting: Casting, value: str) -> str:
    """The text of a number as SQL reads it."""
    if casting.thousands:
        value = f"replace({value}, {text(casting.thousands)}, '')"
    return f"replace({value}, {text(casting.decimal)}, '.')" if casting.decimal != "." else value


def _truth(casting: Casting, value: str) -> str:
    yes, no = casting.true or ("true",), casting.false or ("false",)
    words = [", ".join(text(word.lower()) for word in each) for each in (yes, no)]
    return (
        f"CASE WHEN lower({value}) IN ({words[0]}) THEN TRUE "
        f"WHEN lower({value}) IN ({words[1]}) THEN FALSE END"
    )


def _from_value(casting: Casting, value: str, of: str) -> str:
    to = casting.to.sql
    made = f"TRY_CAST({value} AS {to})"
    if casting.to.kind not in _NUMBERS or not NUMERIC.match(of):
        return made
    if of in FLOATS:
        near = f"abs(CAST({made} AS DOUBLE) - {value}) <= {_NOISE} * greatest(1, abs({value}))"
        return f"CASE WHEN {near} THEN {made} END"
    return f"CASE WHEN TRY_CAST({made} AS {of}) = {value} THEN {made} END"
