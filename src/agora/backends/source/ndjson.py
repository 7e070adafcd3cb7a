"""JSON: one array of objects, or one object per line; every value keeps its own JSON text."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from agora.backends.source.files import Allowed, inside, named, unfit
from agora.backends.source.rows import write_text
from agora.model.errors import Invalid
from agora.model.product import SourceSpec

OPTIONS: Allowed = {}
_MAX_ARRAY = 200 << 20


class JsonSource:
    """A JSON or NDJSON file beside the product; nested values arrive as JSON text."""

    def check(self, spec: SourceSpec) -> tuple[str, ...]:
        return unfit(spec, OPTIONS)

    def locate(self, spec: SourceSpec, folder: str) -> str:
        return inside(spec, folder)

    def to_parquet(self, spec: SourceSpec, landed: str, folder: str) -> tuple[str, ...]:
        try:
            header = named(
                spec, list(dict.fromkeys(k for row in _objects(spec, landed) for k in row))
            )
            if not header:
                raise Invalid(f"source `{spec.name}` holds no objects", code="E340")
            rows = ([_text(row.get(name)) for name in header] for row in _objects(spec, landed))
            return (write_text(header, rows, folder),)
        except UnicodeError as problem:
            raise Invalid(
                f"source `{spec.name}`: `{spec.path}` is not written in utf-8", code="E337"
            ) from problem


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
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as problem:
        place = line + getattr(problem, "lineno", 1) - 1
        raise Invalid(f"source `{spec.name}`: line {place} is no JSON", code="E342") from problem


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
    return json.dumps(value, ensure_ascii=False, default=str)
