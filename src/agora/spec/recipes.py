"""Recipes: the cleaning that `build.yaml` declares, every doubt noted where it stands."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from agora.model.expressions import AnyOf, Expression
from agora.model.recipe import (
    Cast,
    Casting,
    Deduplicate,
    Deed,
    DropColumns,
    DropRows,
    Fill,
    Instruction,
    Keep,
    MapValues,
    Otherwise,
    PutAside,
    Recipe,
    Rename,
    Split,
    Trim,
    Unpivot,
)
from agora.model.types import Kind, Type, parse_type
from agora.spec.expressions import Unreadable, attributes, parse
from agora.spec.texts import Path, Text, texts

MOMENTS = frozenset({Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.INSTANT})
NUMBERS = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL, Kind.REAL, Kind.DOUBLE})
_PARTS = frozenset("aAbBdfgHIjmMnpSuUVwWyYz%-")
_TYPES = "boolean, integer, bigint, decimal(12,2), double, text, date, time, timestamp"
_NOTHING = AnyOf(parts=())


def recipe(text: Text, path: Path, node: Mapping[str, Any]) -> Recipe:
    """The recipe of one step; what cannot work whatever the rows are is noted."""
    instructions = [
        _instruction(text, (*path, "recipe", place), each)
        for place, each in enumerate(node["recipe"])
    ]
    return Recipe(reads=str(node["from"]), instructions=tuple(instructions))


def _instruction(text: Text, path: Path, node: Mapping[str, Any]) -> Instruction:
    word, said = next(iter(node.items()))
    line, column = text.place((*path, word))
    deed = _READERS[word](text, (*path, word), said)
    return Instruction(word=word, deed=deed, line=line, column=column)


def _trim(text: Text, path: Path, said: Any) -> Deed:
    return Trim(columns=() if said == "all" else _once(text, path, said))


def _rename(text: Text, path: Path, said: Mapping[str, Any]) -> Deed:
    names = tuple((old, str(new)) for old, new in said.items())
    _once(text, path, [new for _, new in names])
    return Rename(names=names)


def _cast(text: Text, path: Path, said: Mapping[str, Any]) -> Deed:
    _once(text, path, list(said))
    columns = [_casting(text, (*path, name), name, each) for name, each in said.items()]
    return Cast(columns=tuple(each for each in columns if each))


def _casting(text: Text, path: Path, name: str, said: Any) -> Casting | None:
    options = {"to": said} if isinstance(said, str) else said
    try:
        to = parse_type(options["to"])
    except ValueError:
        to = Type(kind=Kind.LIST)
    if to.kind in (Kind.LIST, Kind.STRUCT, Kind.BLOB):
        text.report("E161", path, f"`{options['to']}` is no type to cast to", f"one of {_TYPES}")
        return None
    found = Casting(
        column=name,
        to=to,
        format=str(options.get("format", "")),
        decimal=options.get("decimal", "."),
        thousands=options.get("thousands", ""),
        true=texts(options.get("true")),
        false=texts(options.get("false")),
        nulls=texts(options.get("nulls")),
        otherwise=_otherwise(options),
    )
    for words in _misfits(found, options):
        text.report("E162", path, words)
    return found


def _misfits(casting: Casting, options: Collection[str]) -> Iterator[str]:
    """What the options of a cast say that its type or another option makes meaningless."""
    kind, shown = casting.to.kind, casting.to.sql.lower()
    families = (("format", MOMENTS), ("decimal", NUMBERS), ("thousands", NUMBERS))
    for word, kinds in (
        *families,
        ("true", frozenset({Kind.BOOLEAN})),
        ("false", frozenset({Kind.BOOLEAN})),
    ):
        if word in options and kind not in kinds:
            yield f"`{word}` says nothing about {shown}"
    if casting.decimal == casting.thousands:
        yield f"`{casting.decimal}` cannot stand for both a fraction and thousands"
    if bool(casting.true) != bool(casting.false):
        yield "`true` and `false` are declared together"
    twice = {each.lower() for each in casting.true} & {each.lower() for each in casting.false}
    if twice:
        yield f"`{min(twice)}` cannot be both true and false"
    parts = re.findall(r"%-?(.?)", casting.format)
    strange = [part for part in parts if part not in _PARTS]
    if strange:
        yield f"`%{strange[0]}` is no part of a date or time"
    elif casting.format and not parts:
        yield f"`{casting.format}` names no part of a date or time"


def _map(text: Text, path: Path, said: Mapping[str, Any]) -> Deed:
    del text, path
    values = tuple((old, _word(new)) for old, new in said["values"].items())
    return MapValues(column=said["column"], values=values, otherwise=_otherwise(said))


def _word(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fill(text: Text, path: Path, said: Mapping[str, Any]) -> Deed:
    _once(text, path, list(said))
    return Fill(values=tuple(said.items()))


def _split(text: Text, path: Path, said: Mapping[str, Any]) -> Deed:
    return Split(
        column=said["column"],
        by=said["by"],
        into=_once(text, (*path, "into"), said["into"]),
        otherwise=_otherwise(said),
    )


def _unpivot(text: Text, path: Path, said: Mapping[str, Any]) -> Deed:
    _once(text, path, [*said["columns"], *said.get("keep", ())])
    _once(text, path, [said["name"], said["value"], *said.get("keep", ())])
    return Unpivot(
        columns=texts(said["columns"]),
        name=said["name"],
        value=said["value"],
        keep=texts(said.get("keep")),
    )


def _deduplicate(text: Text, path: Path, said: Mapping[str, Any]) -> Deed:
    return Deduplicate(
        key=_once(text, (*path, "key"), said["key"]),
        order=_once(text, (*path, "order"), said.get("order") or []),
        keep=Keep(said.get("keep", "first")),
    )


def _drop(text: Text, path: Path, said: Mapping[str, Any]) -> Deed:
    if "columns" in said:
        return DropColumns(columns=_once(text, (*path, "columns"), said["columns"]))
    return DropRows(where=_condition(text, (*path, "where"), said["where"]))


def _quarantine(text: Text, path: Path, said: Mapping[str, Any]) -> Deed:
    return PutAside(
        where=_condition(text, (*path, "where"), said["where"]), reason=str(said["reason"])
    )


def _condition(text: Text, path: Path, said: str) -> Expression:
    try:
        found = parse(said)
    except Unreadable as problem:
        words = f"`{said}`, at letter {problem.position + 1}: {problem}"
        text.report("E150", path, words, "write it as `amount < 0 or region is null`")
        return _NOTHING
    asked = attributes(found)
    if asked:
        text.report("E164", path, f"`${asked[0].scope}.{asked[0].name}` is nothing a build knows")
        return _NOTHING
    return found


def _once(text: Text, path: Path, names: list[str]) -> tuple[str, ...]:
    """The names; one that stands there twice in any spelling is noted."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            text.report("E163", path, f"the column `{name}` stands there twice")
        seen.add(name.lower())
    return tuple(names)


def _otherwise(said: Mapping[str, Any]) -> Otherwise:
    """What is said, or fail; `null` may stand there as YAML's own."""
    if "otherwise" not in said:
        return Otherwise.FAIL
    return Otherwise(said["otherwise"] or "null")


_READERS: Mapping[str, Callable[[Text, Path, Any], Deed]] = {
    "trim": _trim,
    "rename": _rename,
    "cast": _cast,
    "map": _map,
    "fill": _fill,
    "split": _split,
    "unpivot": _unpivot,
    "deduplicate": _deduplicate,
    "drop": _drop,
    "quarantine": _quarantine,
}
