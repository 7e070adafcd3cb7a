"""Row expressions: the small typed language in which policies say which rows are seen.

An expression is engine-neutral. `Attribute` stands for something about the reader (`$user.region`)
and is replaced by literals when a decision is made; what reaches a shield holds none.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Value = str | int | Decimal | bool | date | datetime | None


class Comparison(StrEnum):
    """How two values are compared; NULL on either side hides the row."""

    EQUAL = "="
    UNEQUAL = "<>"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A fixed value."""

    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRef:
    """The value of a column of the governed port."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Something about the reader or their agreement: `scope` is `user` or `grant`."""

    scope: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A comparison of two values."""

    by: Comparison
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """True when the item equals one of the options; an empty list matches nothing."""

    item: "Expression"
    options: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """True when the item is NULL."""

    item: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The opposite, in SQL's three-valued logic."""

    item: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """True when every part is true; true without parts."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """True when one part is true; false without parts."""

    parts: "tuple[Expression, ...]"


Expression = Literal | ColumnRef | Attribute | Compare | OneOf | Absent | Not | All | AnyOf
