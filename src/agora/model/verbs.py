"""Verbs as documents: what is said to one that runs elsewhere, and what it answers.

A verb is a function of a house, of somebody and of more; its own type hints say how all of it is
read back. What it answers may stream: rows or bytes within a noun, or one noun after the other.
"""

import inspect
import re
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache

from agora.model.documents import Document, from_hint, to_document

Verb = Callable[..., typing.Any]
GIVEN = ("house", "who")
"""What every verb begins with; whoever runs it gives them."""
OF_THE_MACHINE = frozenset({"environment", "now", "clock", "held", "told"})
"""What only the machine it runs on can say; nobody sends these.

`held` is what the caller has shown, `told` is who they are.
"""
LARGEST = 1 << 63
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


def name_of(verb: Verb) -> str:
    """What a verb is called elsewhere: `agreements.end`."""
    return f"{verb.__module__.rpartition('.')[2]}.{verb.__name__}"


def said(
    verb: Verb, arguments: Sequence[object], named: Mapping[str, object]
) -> dict[str, Document]:
    """What is said to the verb, by name; what nobody said or only the machine knows is left out."""
    bound = inspect.signature(verb).bind(*GIVEN, *arguments, **named).arguments
    kept = bound.keys() - {*GIVEN, *OF_THE_MACHINE}
    return {name: to_document(value) for name, value in bound.items() if name in kept}


def heard(verb: Verb, document: Mapping[str, object]) -> dict[str, object]:
    """The arguments as nouns again; raise ValueError for what the verb does not take."""
    _demand_plain(document)
    hints = _hints(verb)
    taken = inspect.signature(verb).parameters.keys() - {*GIVEN, *OF_THE_MACHINE}
    unknown = sorted(document.keys() - taken)
    if unknown:
        raise ValueError(f"{name_of(verb)} takes no {unknown[0]}")
    missing = [name for name in sorted(taken - document.keys()) if _demanded(verb, name)]
    if missing:
        raise ValueError(f"{name_of(verb)} needs {missing[0]}")
    return {name: from_hint(hints[name], value) for name, value in document.items()}


def _demand_plain(document: object) -> None:
    """Nothing in it is text that cannot be written down, or a number no store can keep."""
    match document:
        case str():
            if _NO_TEXT.search(document):
                raise ValueError("a text in it is no text")
        case int():
            if not -LARGEST <= document < LARGEST:
                raise ValueError("a number in it is too large")
        case Mapping() | list():
            pairs = document.items() if isinstance(document, Mapping) else enumerate(document)
            for name, value in pairs:
                _demand_plain(name)
                _demand_plain(value)


def of_the_machine(verb: Verb) -> frozenset[str]:
    """Which of the things only the machine knows this verb asks for."""
    return OF_THE_MACHINE & inspect.signature(verb).parameters.keys()


def items_of(verb: Verb) -> object | None:
    """The hint of one item, of a verb that answers with one after the other; None for any other."""
    kind = _hints(verb)["return"]
    return typing.get_args(kind)[0] if typing.get_origin(kind) is Iterator else None


def stream_of(verb: Verb) -> str | None:
    """The field of the answer whose content streams, empty when the answer itself does; else None."""
    kind = _hints(verb)["return"]
    if _streams(kind):
        return ""
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return None
    hints = typing.get_type_hints(kind)
    return next((each.name for each in fields(kind) if _streams(hints[each.name])), None)


def told(verb: Verb, answer: object) -> Document:
    """What the verb answered, without what streams."""
    stream = stream_of(verb)
    if stream is None:
        return to_document(answer)
    named = fields(answer) if stream else ()  # type: ignore[arg-type]
    return {f.name: to_document(getattr(answer, f.name)) for f in named if f.name != stream}


def understood(verb: Verb, document: object, stream: object = None) -> object:
    """The answer as the verb gives it, with this as what streams; raise ValueError."""
    kind, field = _hints(verb)["return"], stream_of(verb)
    if field is None:
        return from_hint(kind, document)
    if not field:
        return stream
    hints = typing.get_type_hints(kind)
    named = typing.cast("Mapping[str, object]", document)
    return kind(
        **{name: from_hint(hints[name], each) for name, each in named.items()}, **{field: stream}
    )


def _streams(kind: object) -> bool:
    return isinstance(kind, type) and hasattr(kind, "close") and hasattr(kind, "__iter__")


def _demanded(verb: Verb, name: str) -> bool:
    return inspect.signature(verb).parameters[name].default is inspect.Parameter.empty


@cache
def _hints(verb: Verb) -> dict[str, typing.Any]:
    return typing.get_type_hints(verb)
