"""Nouns as plain documents and back: what stores keep and what `--json` prints.

A document holds only None, bool, int, str, list and dict. Dates become ISO text, decimals text,
enumerations their value, tuples lists, bytes base64, spans of time seconds; the noun's own type hints
say how to read them back.
A union of nouns is told apart by the key `is`, the noun's class name. A union of plain values
(`Value`, `Scalar`) comes back as the JSON type it was kept as, so decimals and dates return as text:
contracts and policies are therefore read from their files, never from documents.
"""

import types
import typing
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from functools import cache

N = typing.TypeVar("N")
_LISTS = (tuple, frozenset, list, Sequence, Iterable)
Reader: typing.TypeAlias = Callable[[typing.Any], object]
Document: typing.TypeAlias = "None | bool | int | str | list[Document] | dict[str, Document]"


def to_document(noun: object) -> Document:
    """Turn a noun (or a plain value) into a document; raise TypeError for what is neither."""
    match noun:
        case IntEnum():
            return noun.name.lower()
        case Enum():
            return str(noun.value)
        case None | bool() | int() | str():
            return noun
        case Decimal() | date() | timedelta() | bytes():
            return _plain(noun)
        case tuple() | list() | frozenset():
            return [
                to_document(item)
                for item in (sorted(noun) if isinstance(noun, frozenset) else noun)
            ]
        case Mapping():
            return {str(key): to_document(value) for key, value in noun.items()}
    if is_dataclass(noun):
        named: dict[str, Document] = {"is": type(noun).__name__}
        return named | {f.name: to_document(getattr(noun, f.name)) for f in fields(noun)}
    raise TypeError(type(noun).__name__)


def _plain(value: Decimal | date | timedelta | bytes) -> Document:
    match value:
        case date():
            return value.isoformat()
        case timedelta():
            return value // timedelta(seconds=1)
        case bytes():
            return b64encode(value).decode()
    return str(value)


def from_document(kind: type[N], document: object) -> N:
    """Read a noun of this kind from its document; raise ValueError when it does not fit."""
    return typing.cast("N", from_hint(kind, document))


def from_hint(hint: object, document: object) -> object:
    """The same for any type hint, such as `Sequence[str]`; raise ValueError when it does not fit."""
    try:
        return _reader(hint)(document)
    except (KeyError, TypeError, AttributeError, ArithmeticError) as cause:
        name = getattr(hint, "__name__", str(hint))
        raise ValueError(f"no {name} can be read from this document") from cause


def _reader(hint: object) -> Reader:
    """How documents of this hint are read, found out once for all of them."""
    origin, kinds = typing.get_origin(hint), typing.get_args(hint)
    if hint in (object, typing.Any):
        return _as_it_is
    if origin in (types.UnionType, typing.Union):
        return _union(kinds)
    if origin in (dict, Mapping):
        value = _reader(kinds[1])
        return lambda document: {key: value(each) for key, each in document.items()}
    if origin in _LISTS:
        return _items(origin, kinds)
    if isinstance(hint, type):
        return _noun(hint) if is_dataclass(hint) else _plain_reader(hint)
    raise TypeError(hint)


def _as_it_is(document: object) -> object:
    return document


def _noun(kind: type) -> Reader:
    """Its fields are looked at when the first is read: a noun may hold others of its kind."""

    def read(document: Mapping[str, object]) -> object:
        return kind(**{name: of(document[name]) for name, of in _fields(kind) if name in document})

    return read


@cache
def _fields(kind: type) -> tuple[tuple[str, Reader], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((each.name, _reader(hints[each.name])) for each in fields(kind))


def _union(kinds: tuple[object, ...]) -> Reader:
    """The kind is told by the document: nothing, a noun by its name, a list, a map, a plain value."""
    nouns = {k.__name__: _noun(k) for k in kinds if isinstance(k, type) and is_dataclass(k)}
    listed = next((_reader(k) for k in kinds if typing.get_origin(k) in _LISTS), None)
    mapped = next((_reader(k) for k in kinds if typing.get_origin(k) in (dict, Mapping)), None)
    plain = {
        k: _plain_reader(k)
        for k in kinds
        if isinstance(k, type) and k is not type(None) and not is_dataclass(k)
    }
    first = next(iter((*plain.values(), *nouns.values())), None)

    def read(document: object) -> object:
        if document is None and type(None) in kinds:
            return None
        named = document.get("is") if isinstance(document, Mapping) else None
        if named in nouns:
            return nouns[named](document)
        if isinstance(document, list) and listed:
            return listed(document)
        if isinstance(document, Mapping) and mapped:
            return mapped(document)
        chosen = plain.get(type(document), first)
        if chosen is None:
            raise TypeError(kinds)
        return chosen(document)

    return read


def _items(origin: object, kinds: tuple[object, ...]) -> Reader:
    if origin is tuple and (len(kinds) != 2 or kinds[1] is not Ellipsis):  # noqa: PLR2004 (tuple[X, ...])
        each = tuple(map(_reader, kinds))
        return lambda items: tuple(of(item) for of, item in zip(each, _list(items), strict=True))
    of, whole = _reader(kinds[0]), frozenset if origin is frozenset else tuple
    return lambda items: whole(map(of, _list(items)))


def _list(items: object) -> list[object]:
    if isinstance(items, list):
        return items
    raise TypeError(items)


def _plain_reader(kind: type) -> Reader:
    if issubclass(kind, IntEnum):
        return lambda document: kind[str(document).upper()]
    if issubclass(kind, timedelta):
        return lambda document: kind(seconds=document)
    if issubclass(kind, bytes):
        return lambda document: b64decode(str(document), validate=True)
    if issubclass(kind, datetime | date):
        return lambda document: kind.fromisoformat(str(document))
    if issubclass(kind, Decimal | Enum):
        return lambda document: kind(str(document))

    def same(document: object) -> object:
        if isinstance(document, kind) and not (kind is int and isinstance(document, bool)):
            return document
        raise TypeError(kind)

    return same
