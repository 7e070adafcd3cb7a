"""Columns: what is in each column of a table, counted for one reader."""

from dataclasses import dataclass

from agora.model.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """So many `rows` lie from `start` up to `end`; without an end they have exactly this value."""

    start: str
    rows: int
    end: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as one reader sees it; `distinct` is an estimate, some percent off.

    `bars` are up to 20 ranges of numbers and moments, or the 10 most frequent other values;
    `sampled` when they were counted on a part of the rows. A masked column has `reasons` instead.
    """

    name: str
    type: str
    masked: str = ""
    reasons: tuple[Reason, ...] = ()
    nulls: int | None = None
    distinct: int | None = None
    least: str = ""
    most: str = ""
    bars: tuple[Bar, ...] = ()
    ranges: bool = False
    sampled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a table for one reader, and of how many rows; `filtered` says why not all."""

    rows: int
    columns: tuple[Column, ...]
    filtered: tuple[Reason, ...] = ()
