"""JSON: one array of objects, or one object per line; every value keeps its own JSON text."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from agora.backends.source.files import MAX_COLUMNS, Allowed, FileSource, inside, named, unfit
from agora.backends.source.rows import write_text
from agora.model.errors import Invalid
from agora.model.product import SourceSpec

OPTIONS: Allowed = {}
_MAX_ARRAY = 200 << 20


class JsonSource(FileSource):
    """A JSON or NDJSON file beside the product; nested values arrive as JSON text."""

    def check(self, spec: SourceSpec) -> tuple[str, ...]:
        return unfit(spec, OPTIONS)

    def locate(self, spec: SourceSpec, folder: str) -> str:
        return inside(spec, folder)

    def to_parquet(self, spec: SourceSpec, landed: str, folder: str) -> tuple[str, ...]:
        try:
            keys = _keys(spec, landed)
            if not keys:
                raise Invalid(f"source `{spec.name}` holds no objects", code="E340")
            rows = ([_text(row.get(key)) for key in keys] for row in _objects(spec, landed))
            return (write_text(named(spec, keys), rows, folder),)
        except RecursionError as problem:
            raise Invalid(f"source `{spec.name}` is nested too deeply", code="E342") from problem
        except UnicodeError as problem:
            raise Invalid(
                f"source `{spec.name}`: `{spec.path}` is not written in utf-8", code="E337"
            ) from problem


def _keys(spec: SourceSpec, path: str) -> list[str]:
    """Every key there is, in the order they appear; stops as soon as there are too many."""
    keys: dict[str, None] = {}
    for row in _objects(spec, path):
        keys |= dict.fromkeys(row)
        if len(keys) > MAX_COLUMNS:
            break
    return list(keys)


def _objects(spec: SourceSpec, path: str) -> Iterator[dict[str, Any]]:
    with Path(path).open(encoding="utf-8-sig") as file:
        first = file.read(1)
        while first.isspace():
            first = file.read(1)
        file.seek(0)
        if first == "[":
            yield from _array(spec, file.read(_MAX_ARRAY + 1))
            return
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _object(spec, _parse(spec, line, number), f"line {number}")


def _array(spec: SourceSpec, text: str) -> Iterator[dict[str, Any]]:
    if len(text) > _MAX_ARRAY:
        raise Invalid(
            f"source `{spec.name}` is one array of more than {_MAX_ARRAY >> 20} MB",
            code="E341",
            hint="write one object per line instead",
        )
    for number, item in enumerate(_parse(spec, text, 1), start=1):
        yield _object(spec, item, f"item {number}")


def _parse(spec: SourceSpec, text: str, line: int) -> Any:
    try:
        return json.loads(
            text, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_once
        )
    except (ValueError, ArithmeticError, RecursionError) as problem:
        place = line + getattr(problem, "lineno", 1) - 1
        raise Invalid(
            f"source `{spec.name}`: line {place} is no JSON", code="E342", hint=_why(problem)
        ) from problem


def _constant(word: str) -> None:
    raise ValueError(f"`{word}` is no number in JSON: write null")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in made if keys.count(key) > 1)
        raise ValueError(f"the key `{twice}` stands twice in one object")
    return made


def _why(problem: Exception) -> str:
    if isinstance(problem, RecursionError):
        return "it is nested too deeply"
    if isinstance(problem, ArithmeticError):
        return "a number is too large"
    return str(problem)


def _object(spec: SourceSpec, item: object, place: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise Invalid(f"source `{spec.name}`: {place} is no object", code="E343")
    return item


def _text(value: object) -> str | None:
    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return str(value)
    return _nested(value)


def _nested(value: object) -> str:
    """JSON text of a nested value; numbers keep every digit they were written with."""
    match value:
        case dict():
            inner = (f"{_nested(key)}: {_nested(each)}" for key, each in value.items())
            return "{" + ", ".join(inner) + "}"
        case list():
            return "[" + ", ".join(_nested(each) for each in value) + "]"
        case Decimal():
            return str(value)
    return json.dumps(value, ensure_ascii=False)
