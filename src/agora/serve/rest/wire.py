"""Wire: nouns as they go over the wire, and the models that describe and filter them.

Names of products, ports, columns and types are texts, masks their kind; a row rule is told by its
reason alone. What an answer's model does not name does not leave.
"""

import types
import typing
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from inspect import getdoc
from math import isfinite
from typing import Any

from pydantic import BaseModel, create_model

from agora.model.decision import RowRule
from agora.model.lineage import ColumnName
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.notice import Hook
from agora.model.policy import Mask
from agora.model.reasons import Reason
from agora.model.token import Token
from agora.model.types import Type
from agora.serve.rest.hints import spoken

Model = type[BaseModel]
TEXTS: Mapping[type, Callable[[Any], str]] = {
    ProductName: str,
    PortName: str,
    PortVersion: str,
    ColumnName: str,
    Type: lambda found: found.sql,
    Mask: lambda found: found.kind.name.lower(),
}
KEPT_BACK: Mapping[type, frozenset[str]] = {
    Token: frozenset({"hash"}),
    Hook: frozenset({"secret"}),
}
_MODELS: dict[type, Model] = {}


def model_of(kind: type, *, name: str = "", without: frozenset[str] = frozenset()) -> Model:
    """The description of a noun: its fields, without those that are kept back."""
    hidden = KEPT_BACK.get(kind, frozenset()) | without
    hints = typing.get_type_hints(kind)
    named: dict[str, Any] = {
        each.name: _typed(hints[each.name]) for each in fields(kind) if each.name not in hidden
    }
    words = (getdoc(kind) or "").partition("\n")[0]
    return create_model(name or kind.__name__, __doc__=words, __module__=kind.__module__, **named)


def listing(item: Model | type[str]) -> Model:
    """A page of these, and the cursor of the next one."""
    name = f"{item.__name__.capitalize() if item is str else item.__name__}Page"
    return create_model(
        name,
        __doc__="A page; `next` is the cursor of the one after it, if there is one.",
        __module__=item.__module__,
        items=list[item],  # type: ignore[valid-type]
        next=(str | None, None),
    )


def wired(noun: object) -> Any:
    """The noun as JSON can say it."""
    match noun:
        case RowRule():
            return wired(noun.reason)
        case Mapping():
            return {str(key): wired(value) for key, value in noun.items()}
        case tuple() | list() | frozenset():
            return [wired(each) for each in noun]
    if type(noun) in TEXTS or not is_dataclass(noun):
        return _said(noun)
    hidden = KEPT_BACK.get(type(noun), frozenset())
    told = {f.name: wired(getattr(noun, f.name)) for f in fields(noun) if f.name not in hidden}
    return told | {"hint": spoken(told["hint"])} if told.get("hint") else told


def _said(value: object) -> Any:
    match value:
        case IntEnum():
            return value.name.lower()
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case float():
            return value if isfinite(value) else None
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return b64encode(value).decode()
    return TEXTS.get(type(value), str)(value)


def _nested(kind: type) -> Any:
    if kind in _MODELS:
        return _MODELS[kind]
    _MODELS[kind] = typing.cast("Model", dict[str, Any])  # a noun within itself stays undescribed
    _MODELS[kind] = model_of(kind)
    return _MODELS[kind]


def _typed(hint: Any) -> Any:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return typing.Union[tuple(_typed(each) for each in inner)]  # noqa: UP007 (made at run time)
    if origin in (tuple, frozenset, list, Sequence):
        several = origin is not tuple or (len(inner) == 2 and inner[1] is Ellipsis)  # noqa: PLR2004
        return list[_typed(inner[0])] if several else list[Any]  # type: ignore[misc]
    if not isinstance(hint, type):
        return Any
    return _plain(hint)


def _plain(kind: type) -> Any:
    if kind is RowRule:
        return _nested(Reason)
    if kind in TEXTS or issubclass(kind, IntEnum | Decimal | bytes | date):
        return datetime if kind is datetime else str
    if is_dataclass(kind):
        return _nested(kind)
    return kind if kind in (str, bool, int, float, type(None)) or issubclass(kind, Enum) else Any
