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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from functools import cache

N = typing.TypeVar("N")
_LISTS = (tuple, frozenset, list, Sequence, Iterable)
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
        return _read(hint, document)
    except (KeyError, TypeError, AttributeError, ArithmeticError) as cause:
        name = getattr(hint, "__name__", str(hint))
        raise ValueError(f"no {name} can be read from this document") from cause


def _read(kind: object, document: object) -> object:
    origin, kinds = typing.get_origin(kind), typing.get_args(kind)
    if kind in (object, typing.Any):
        return document
    if origin in (types.UnionType, typing.Union):
        return _read_union(kinds, document)
    if origin in (dict, Mapping):
        named = typing.cast("Mapping[str, object]", document)
        return {key: _read(kinds[1], value) for key, value in named.items()}
    if origin in _LISTS:
        return _read_items(origin, kinds, typing.cast("list[object]", document))
    if isinstance(kind, type):
        return _read_plain(kind, document)
    raise TypeError(kind)


def _read_union(kinds: tuple[object, ...], document: object) -> object:
    if document is None and type(None) in kinds:
        return None
    nouns = {k.__name__: k for k in kinds if isinstance(k, type) and is_dataclass(k)}
    if isinstance(document, Mapping) and document.get("is") in nouns:
        return _read(nouns[document["is"]], document)
    lists = [k for k in kinds if typing.get_origin(k) in _LISTS]
    if isinstance(document, list) and lists:
        return _read(lists[0], document)
    maps = [k for k in kinds if typing.get_origin(k) in (dict, Mapping)]
    if isinstance(document, Mapping) and maps:
        return _read(maps[0], document)
    plain = [
        k for k in kinds if isinstance(k, type) and k is not type(None) and not is_dataclass(k)
    ]
    exact = next((k for k in plain if type(document) is k), None)
    chosen = exact or next(iter((*plain, *nouns.values())), None)
    if chosen is None:
        raise TypeError(kinds)
    return _read(chosen, document)


def _read_items(origin: object, kinds: tuple[object, ...], items: list[object]) -> object:
    if origin is frozenset:
        return frozenset(_read(kinds[0], item) for item in items)
    if isinstance(items, str) or not isinstance(items, list):
        raise TypeError(kinds)
    if origin is not tuple or (len(kinds) == 2 and kinds[1] is Ellipsis):  # noqa: PLR2004 (tuple[X, ...])
        return tuple(_read(kinds[0], item) for item in items)
    return tuple(_read(kind, item) for kind, item in zip(kinds, items, strict=True))


def _read_plain(kind: type, document: object) -> object:
    if is_dataclass(kind):
        hints = _hints(kind)
        values = typing.cast("Mapping[str, object]", document)
        return kind(
            **{
                f.name: _read(hints[f.name], values[f.name])
                for f in fields(kind)
                if f.name in values
            }
        )
    if issubclass(kind, IntEnum):
        return kind[str(document).upper()]
    if issubclass(kind, timedelta):
        return kind(seconds=typing.cast("int", document))
    if issubclass(kind, bytes):
        return b64decode(str(document), validate=True)
    if issubclass(kind, datetime | date):
        return kind.fromisoformat(str(document))
    if issubclass(kind, Decimal | Enum):
        return kind(str(document))
    if not isinstance(document, kind) or (kind is int and isinstance(document, bool)):
        raise TypeError(kind)
    return document


@cache
def _hints(kind: type) -> dict[str, object]:
    return typing.get_type_hints(kind)
