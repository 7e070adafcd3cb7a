"""Inferring: the type that a column of text can have without any of its values being changed by it.

A value is read as a type only if the type gives its text back: leading zeros, signs, exponents,
mixed decimals (`1.9` beside `1.10`) and days that are none stay text.
"""

from collections.abc import Mapping, Sequence

from agora.model.types import Kind, Type, quoted

AT_ONCE = 50
"""So many columns are looked at in one scan."""
_LONG, _LONGER = 18, 38
_NUMBER = r"-?(0|[1-9]\d*)(\.\d+)?"
_ZERO = r"-0(\.0+)?"
_LIKE_DAY = r"\d{4}-\d{2}-\d{2}"
_DAY = "%Y-%m-%d"
_CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%g", "%H:%M:%S.%f")
_MOMENTS = tuple(f"{_DAY}{between}{clock}" for between in " T" for clock in _CLOCKS)
"""The ways to write a moment; a column has one of them."""


def scan(relation: str, columns: Sequence[str]) -> str:
    """SQL that counts, for each column, how many of its values every type would give back."""
    counted = (
        f"{sql} AS {quoted(f'{name}_{place}')}"
        for place, column in enumerate(columns)
        for name, sql in _counts(quoted(column)).items()
    )
    return f"SELECT {', '.join(counted)} FROM {quoted(relation)}"


def inferred(counts: Mapping[str, object], place: int) -> Type:
    """The type of the column at this place of a scan; text where no other holds every value."""
    found = {
        name.rpartition("_")[0]: int(str(value or 0))
        for name, value in counts.items()
        if name.rpartition("_")[2] == str(place)
    }
    every = found["n"]
    plain = {"truth": Kind.BOOLEAN, "whole": Kind.BIGINT, "day": Kind.DATE}
    moments = {f"moment{way}": Kind.TIMESTAMP for way in range(len(_MOMENTS))}
    for name, kind in (plain | moments).items():
        if every and found[name] == every:
            return Type(kind=kind)
    return _decimal(found) if every else Type(kind=Kind.VARCHAR)


def _decimal(found: Mapping[str, int]) -> Type:
    """One way of writing all of them: always so many decimals, or never a zero behind them."""
    every, digits = found["n"], found["digits"] + found["most"]
    alike = found["least"] == found["most"] or every in (found["short"], found["float"])
    if found["number"] < every or not found["most"] or not alike or digits > _LONGER:
        return Type(kind=Kind.VARCHAR)
    precision = _LONG if digits <= _LONG else _LONGER
    return Type(kind=Kind.DECIMAL, precision=precision, scale=found["most"])


def _counts(column: str) -> dict[str, str]:
    number = f"({_matches(column, _NUMBER)} AND NOT {_matches(column, _ZERO)})"
    scale = f"length(split_part({column}, '.', 2))"
    digits = f"length(replace(split_part({column}, '.', 1), '-', ''))"
    ends = f"({column} LIKE '%.%' AND {column} LIKE '%0')"
    alone = f"split_part({column}, '.', 2) = '0'"
    where = {
        "truth": f"{column} IN ('true', 'false')",
        "whole": f"CAST(TRY_CAST({column} AS BIGINT) AS VARCHAR) = {column}",
        "number": number,
        "short": f"{number} AND NOT {ends}",
        "float": f"{number} AND {column} LIKE '%.%' AND ({alone} OR NOT {ends})",
        "day": f"{_matches(column, _LIKE_DAY)} AND strftime(TRY_CAST({column} AS DATE), '{_DAY}') = {column}",
    } | {
        f"moment{way}": f"{_matches(column, _LIKE_DAY + '.+')} AND strftime(TRY_CAST({column} AS TIMESTAMP), '{written}') = {column}"
        for way, written in enumerate(_MOMENTS)
    }
    counts = {name: f"count(*) FILTER ({condition})" for name, condition in where.items()}
    return counts | {
        "n": f"count({column})",
        "least": f"min({scale}) FILTER ({number})",
        "most": f"max({scale}) FILTER ({number})",
        "digits": f"max({digits}) FILTER ({number})",
    }


def _matches(column: str, pattern: str) -> str:
    return f"regexp_full_match({column}, '{pattern}')"
