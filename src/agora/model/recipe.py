"""Recipes: cleaning declared in `build.yaml`, one instruction after another, each on the last one's rows."""

from dataclasses import dataclass
from enum import StrEnum

from agora.model.expressions import Expression, Value
from agora.model.types import Type


class Otherwise(StrEnum):
    """What becomes of a value that an instruction has no place for."""

    FAIL = "fail"
    NULL = "null"
    KEEP = "keep"
    QUARANTINE = "quarantine"


class Keep(StrEnum):
    """Which of several rows with one key stays."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trim:
    """Texts lose the white space around them; no `columns` means every column of text."""

    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """Columns have other names: (old, new) each."""

    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Casting:
    """One column becomes another type; how its texts are written is declared, never guessed.

    `format` is the order of a moment's parts (`%d/%m/%Y`), `decimal` and `thousands` the signs in
    numbers, `true` and `false` the words of truth values, `nulls` the words for no value.
    """

    column: str
    to: Type
    format: str = ""
    decimal: str = "."
    thousands: str = ""
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()
    otherwise: Otherwise = Otherwise.FAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Columns become other types."""

    columns: tuple[Casting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapValues:
    """A column's values become others: (old, new or None) each; the column is text afterwards."""

    column: str
    values: tuple[tuple[str, str | None], ...]
    otherwise: Otherwise = Otherwise.FAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """Columns have a value where they had none."""

    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A column of text is replaced by its parts; missing parts are no value.

    `otherwise` says what becomes of a text with more parts: the last column may keep the rest.
    """

    column: str
    by: str
    into: tuple[str, ...]
    otherwise: Otherwise = Otherwise.FAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpivot:
    """Each of `columns` becomes a row: its name in the column `name`, its value in `value`.

    `keep` stays beside them; without it every other column does.
    """

    columns: tuple[str, ...]
    name: str
    value: str
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduplicate:
    """One row of each key stays, the first or last in `order`; rows without a whole key all stay."""

    key: tuple[str, ...]
    order: tuple[str, ...] = ()
    keep: Keep = Keep.FIRST


@dataclass(frozen=True, slots=True, kw_only=True)
class DropColumns:
    """Columns are gone."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRows:
    """Rows for which the condition is true are gone."""

    where: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAside:
    """Rows for which the condition is true go to the quarantine with this reason."""

    where: Expression
    reason: str


Deed = (
    Trim
    | Rename
    | Cast
    | MapValues
    | Fill
    | Split
    | Unpivot
    | Deduplicate
    | DropColumns
    | DropRows
    | PutAside
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One thing to do with every row, in the word people write for it, and where it stands."""

    word: str
    deed: Deed
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The instructions of one cleaning step, over the rows of `reads`."""

    reads: str
    instructions: tuple[Instruction, ...]
