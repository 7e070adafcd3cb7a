"""Inferring: the columns of a source with types, those that only hold text by what its values are."""

from agora.model.types import Kind, Type, parse_type
from agora.needs.engine import Bench
from agora.workshop import inferring

_TEXT = Type(kind=Kind.VARCHAR)


def typed(bench: Bench, relation: str) -> list[tuple[str, Type]]:
    """Each column's name and type: as its file says, and text as what all of its values can be."""
    columns = {name: _type(of) for name, of in bench.columns(relation)}
    texts = [name for name, of in columns.items() if of == _TEXT]
    for start in range(0, len(texts), inferring.AT_ONCE):
        names = texts[start : start + inferring.AT_ONCE]
        counts = bench.rows(inferring.scan(relation, names))[0]
        columns |= {name: inferring.inferred(counts, place) for place, name in enumerate(names)}
    return list(columns.items())


def _type(of: str) -> Type:
    try:
        return parse_type(of)
    except ValueError:
        return _TEXT
