"""Blank: nothing lies under a NULL.

The engine leaves under a NULL whatever its memory held, hidden values among it. A tool shows none of
that, but the bytes would leave with the rows, so they are made zeros before.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_VALIDITY, _VALUES = 1, 2
"""Of so many buffers consist a struct, and values of one width or the ends of lists."""
_WIDEST = 64


def blank(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows, with zeros where there is no value."""
    if not any(column.null_count or pa.types.is_nested(column.type) for column in batch.columns):
        return batch
    return pa.RecordBatch.from_arrays([_blank(each) for each in batch.columns], schema=batch.schema)


def _blank(array: Any) -> Any:
    kind = array.type
    if pa.types.is_nested(kind):
        return _nested(array, kind)
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(_blank(array.indices), array.dictionary)
    if array.null_count and len(array.buffers()) == _VALUES:
        return _zeros(array)
    return array


def _nested(array: Any, kind: Any) -> Any:
    if pa.types.is_struct(kind):
        return _around(array, _VALIDITY, [_blank(each) for each in array.flatten()])
    if pa.types.is_list(kind) or pa.types.is_map(kind):
        return _around(array, _VALUES, [_blank(array.values)])
    if pa.types.is_union(kind):
        parts = [_blank(array.field(place)) for place in range(kind.num_fields)]
        names = [kind.field(place).name for place in range(kind.num_fields)]
        return pa.UnionArray.from_sparse(array.type_codes, parts, names, kind.type_codes)
    return pa.array(array.to_pylist(), kind)


def _around(array: Any, own: int, children: list[Any]) -> Any:
    return pa.Array.from_buffers(
        array.type, len(array), array.buffers()[:own], array.null_count, children=children
    )


def _zeros(array: Any) -> Any:
    zero = pa.Array.from_buffers(array.type, 1, [None, pa.py_buffer(bytes(_WIDEST))])[0]
    filled = pc.if_else(array.is_valid(), array, zero)
    own = array.buffers()[0], filled.buffers()[1]
    return pa.Array.from_buffers(array.type, len(array), own, array.null_count)
