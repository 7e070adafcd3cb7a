"""The language of row rules: `region in $user.regions and (week >= 10 or not late is null)`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from agora.model.expressions import (
    Absent,
    All,
    AnyOf,
    Attribute,
    ColumnRef,
    Compare,
    Comparison,
    Expression,
    Literal,
    Not,
    OneOf,
)

MAX_LENGTH = 2_000
MAX_DEPTH = 30
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<attribute>\$[a-z]+\.[A-Za-z_][\w-]*)"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<quoted>\"(?:[^\"]|\"\")+\")|(?P<sign><=|>=|<>|!=|=|<|>|\(|\)|,|-))"
)
_SIGNS = {"!=": "<>"}
_WORDS = frozenset("and or not in is null true false between date timestamp".split())  # noqa: SIM905


class Unreadable(ValueError):
    """The text is no row rule; `position` counts letters from 0."""

    def __init__(self, words: str, position: int) -> None:
        """Say what was expected, and where."""
        super().__init__(words)
        self.position = position


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def parse(text: str) -> Expression:
    """The expression a text means; raises Unreadable with the position of the first problem."""
    if len(text) > MAX_LENGTH:
        raise Unreadable(f"it is longer than {MAX_LENGTH:,} letters", 0)
    parser = _Parser(list(_tokens(text)), len(text))
    found = parser.alternatives(0)
    parser.end()
    return found


def attributes(of: Expression) -> tuple[Attribute, ...]:
    """What an expression asks about the reader, in its order."""
    match of:
        case Attribute():
            return (of,)
        case Compare(left=left, right=right):
            inner: tuple[Expression, ...] = (left, right)
        case OneOf(item=item, options=options):
            inner = (item, *options)
        case Absent(item=item) | Not(item=item):
            inner = (item,)
        case All(parts=parts) | AnyOf(parts=parts):
            inner = parts
        case _:
            inner = ()
    return tuple(found for each in inner for found in attributes(each))


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text.rstrip()):
        found = _TOKEN.match(text, position)
        if found is None:
            start = len(text) - len(text[position:].lstrip())
            raise Unreadable(f"`{text[start]}` has no meaning here", start)
        kind = found.lastgroup or ""
        word = found[kind]
        if kind == "name" and word.lower() in _WORDS:
            kind, word = "word", word.lower()
        yield _Token(kind, _SIGNS.get(word, word), found.start(found.lastgroup or 0))
        position = found.end()


class _Parser:
    def __init__(self, tokens: list[_Token], length: int) -> None:
        self._tokens, self._place, self._length = tokens, 0, length

    def alternatives(self, depth: int) -> Expression:
        """One or several conditions joined by `or`."""
        if depth > MAX_DEPTH:
            raise Unreadable("it is nested too deeply", self._position())
        parts = [self._all(depth)]
        while self._take("or"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else AnyOf(parts=tuple(parts))

    def end(self) -> None:
        """Nothing may follow."""
        if self._place < len(self._tokens):
            raise Unreadable(
                f"`{self._tokens[self._place].text}` is one word too many", self._position()
            )

    def _all(self, depth: int) -> Expression:
        parts = [self._not(depth)]
        while self._take("and"):
            parts.append(self._not(depth))
        return parts[0] if len(parts) == 1 else All(parts=tuple(parts))

    def _not(self, depth: int) -> Expression:
        if self._take("not"):
            if depth > MAX_DEPTH:
                raise Unreadable("it is nested too deeply", self._position())
            return Not(item=self._not(depth + 1))
        if self._take("("):
            inner = self.alternatives(depth + 1)
            self._need(")")
            return inner
        return self._condition()

    def _condition(self) -> Expression:
        left = self._value()
        if self._take("is"):
            turned = self._take("not")
            self._need("null")
            return Not(item=Absent(item=left)) if turned else Absent(item=left)
        turned = self._take("not")
        if self._take("in"):
            found: Expression = OneOf(item=left, options=self._options())
        elif self._take("between"):
            low = self._value()
            self._need("and")
            found = _between(left, low, self._value())
        elif turned:
            raise Unreadable("`in` or `between` is expected after `not`", self._position())
        else:
            return self._compared(left)
        return Not(item=found) if turned else found

    def _compared(self, left: Expression) -> Expression:
        token = self._peek()
        if token is None or token.text not in {each.value for each in Comparison}:
            if isinstance(left, ColumnRef) or (
                isinstance(left, Literal) and isinstance(left.value, bool)
            ):
                return left
            raise Unreadable("a comparison is expected here", self._position())
        self._place += 1
        return Compare(by=Comparison(token.text), left=left, right=self._value())

    def _options(self) -> tuple[Expression, ...]:
        token = self._peek()
        if token is not None and token.kind == "attribute":
            return (self._value(),)
        self._need("(")
        options = [self._value()]
        while self._take(","):
            options.append(self._value())
        self._need(")")
        return tuple(options)

    def _value(self) -> Expression:  # noqa: C901 (one case per kind of value)
        token = self._peek()
        if token is None:
            raise Unreadable("a value is expected here", self._length)
        self._place += 1
        match token.kind, token.text:
            case "text", _:
                return Literal(value=token.text[1:-1].replace("''", "'"))
            case "number", _:
                return Literal(value=_number(token.text))
            case "sign", "-":
                return self._negative()
            case "attribute", _:
                scope, _, name = token.text[1:].partition(".")
                if scope not in ("user", "grant"):
                    raise Unreadable("attributes begin with `$user.` or `$grant.`", token.position)
                return Attribute(scope=scope, name=name)
            case "name", _:
                return ColumnRef(name=token.text)
            case "quoted", _:
                return ColumnRef(name=token.text[1:-1].replace('""', '"'))
            case "word", "null" | "true" | "false":
                return Literal(value={"null": None, "true": True, "false": False}[token.text])
            case "word", "date" | "timestamp":
                return self._moment(token)
        raise Unreadable(f"a value is expected, not `{token.text}`", token.position)

    def _negative(self) -> Expression:
        token = self._peek()
        if token is None or token.kind != "number":
            raise Unreadable("a number is expected after `-`", self._position())
        self._place += 1
        return Literal(value=-_number(token.text))

    def _moment(self, word: _Token) -> Expression:
        token = self._peek()
        if token is None or token.kind != "text":
            return ColumnRef(name=word.text)
        self._place += 1
        try:
            read = date if word.text == "date" else datetime
            return Literal(value=read.fromisoformat(token.text[1:-1]))
        except ValueError:
            raise Unreadable(f"{token.text} is no {word.text}", token.position) from None

    def _peek(self) -> _Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _position(self) -> int:
        token = self._peek()
        return token.position if token else self._length

    def _take(self, text: str) -> bool:
        token = self._peek()
        if token is None or token.text != text or token.kind not in ("word", "sign"):
            return False
        self._place += 1
        return True

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise Unreadable(f"`{text}` is expected here", self._position())


def _between(item: Expression, low: Expression, high: Expression) -> Expression:
    return All(
        parts=(
            Compare(by=Comparison.AT_LEAST, left=item, right=low),
            Compare(by=Comparison.AT_MOST, left=item, right=high),
        )
    )


def _number(text: str) -> int | Decimal:
    return Decimal(text) if "." in text else int(text)
