"""Exact words: the values of a text as JSON that says the same when it is read again."""

import json
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any


def exact(value: Any) -> str:
    """JSON in which a decimal stays the number it was, and keys stay where they stood."""
    match value:
        case dict():
            inner = [f"{encode_basestring(str(k))}: {exact(v)}" for k, v in value.items()]
            return "{" + ", ".join(inner) + "}"
        case list():
            return "[" + ", ".join([exact(each) for each in value]) + "]"
        case str():
            return encode_basestring(value)
        case Decimal():
            return str(value)
    return json.dumps(value, ensure_ascii=False)


def again(text: str) -> Any:
    """The values of such a text."""
    return json.loads(text, parse_float=Decimal)
