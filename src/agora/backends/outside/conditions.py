"""Conditions a database judges exactly as the engines here do; the others are left to the shield.

Only what is provably the same is passed on: equality of texts byte by byte (`COLLATE "C"`, in a
database of UTF-8), comparisons of whole numbers, emptiness, and what they are joined to. Values
travel as parameters. What is left out only makes more rows arrive.
"""

from collections.abc import Mapping

from agora.model.expressions import (
    Absent,
    All,
    AnyOf,
    ColumnRef,
    Compare,
    Comparison,
    Expression,
    Literal,
    Not,
    OneOf,
)
from agora.model.types import quoted

TEXTS = frozenset({'"text"', '"varchar"'})
WHOLE = frozenset({'"int2"', '"int4"', '"int8"'})
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
_EQUALITY = frozenset({Comparison.EQUAL, Comparison.UNEQUAL})
Asked = tuple[str, tuple[object, ...]]


def passed(rows: Expression | None, natives: Mapping[str, str], *, texts: bool) -> Asked:
    """What of a condition the database may judge, as SQL with its parameters; empty for nothing.

    `natives` are the types of the columns there, `texts` whether its texts are kept in UTF-8.
    """
    if rows is None:
        return "", ()
    asking = _Asking(natives, texts=texts)
    parts = rows.parts if isinstance(rows, All) else (rows,)
    found = [asked for part in parts if (asked := asking.whole(part)) is not None]
    return " AND ".join(sql for sql, _ in found), tuple(v for _, values in found for v in values)


class _Asking:
    """A condition about columns of these types."""

    def __init__(self, natives: Mapping[str, str], *, texts: bool) -> None:
        self._natives, self._texts = natives, texts

    def whole(self, of: Expression) -> Asked | None:
        """All of the condition, or None when a part of it could be judged in another way."""
        match of:
            case Compare(by=by, left=ColumnRef(name=name), right=Literal() as right):
                return self._compared(name, by, right)
            case OneOf(item=ColumnRef(name=name), options=options):
                return self._one_of(name, options)
            case Absent(item=ColumnRef(name=name)) if name in self._natives:
                return f"({_name(name)} IS NULL)", ()
            case Not(item=item):
                inner = self.whole(item)
                return inner and (f"(NOT {inner[0]})", inner[1])
            case All(parts=parts) if parts:
                return self._joined(parts, " AND ")
            case AnyOf(parts=parts) if parts:
                return self._joined(parts, " OR ")
        return None

    def _joined(self, parts: tuple[Expression, ...], word: str) -> Asked | None:
        found = [self.whole(part) for part in parts]
        kept = [each for each in found if each is not None]
        if len(kept) < len(found):
            return None
        values = tuple(value for _, values in kept for value in values)
        return f"({word.join(sql for sql, _ in kept)})", values

    def _compared(self, name: str, by: Comparison, right: Literal) -> Asked | None:
        if not self._same(name, right) or (self._is_text(name) and by not in _EQUALITY):
            return None
        return f"({self._left(name)} {by.value} {self._mark(name)})", (right.value,)

    def _one_of(self, name: str, options: tuple[Expression, ...]) -> Asked | None:
        literals = [each for each in options if isinstance(each, Literal)]
        values = [each.value for each in literals if self._same(name, each)]
        if not values or len(values) < len(options):
            return None
        marks = ", ".join(self._mark(name) for _ in values)
        return f"({self._left(name)} IN ({marks}))", tuple(values)

    def _same(self, name: str, option: Literal) -> bool:
        """Whether the column and this value are of one kind that both sides compare alike."""
        value = option.value
        native = self._natives.get(name, "")
        if isinstance(value, str):
            return self._texts and native in TEXTS and _plain(value)
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and native in WHOLE and _LEAST <= int(str(value)) <= _MOST

    def _is_text(self, name: str) -> bool:
        return self._natives[name] in TEXTS

    def _left(self, name: str) -> str:
        return f'{_name(name)} COLLATE "C"' if self._is_text(name) else _name(name)

    def _mark(self, name: str) -> str:
        return f"CAST(%s AS {'text' if self._is_text(name) else 'int8'})"


def _name(name: str) -> str:
    """A name in a statement that has parameters."""
    return quoted(name).replace("%", "%%")


def _plain(text: str) -> bool:
    """Texts a database of UTF-8 can hold."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
