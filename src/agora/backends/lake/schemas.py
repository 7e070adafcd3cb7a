"""Column types as Iceberg keeps them, with the field ids that survive renames and additions."""

from collections.abc import Iterator
from typing import Any

from agora.model.types import Kind, Type

_NESTED = 100


def iceberg_type(of: Type, field_id: int) -> Any:
    """The Iceberg type of a column type; the catalogue replaces the nested ids given here."""
    from pyiceberg import types

    plain = {
        Kind.BOOLEAN: types.BooleanType,
        Kind.INTEGER: types.IntegerType,
        Kind.BIGINT: types.LongType,
        Kind.REAL: types.FloatType,
        Kind.DOUBLE: types.DoubleType,
        Kind.VARCHAR: types.StringType,
        Kind.BLOB: types.BinaryType,
        Kind.DATE: types.DateType,
        Kind.TIME: types.TimeType,
        Kind.TIMESTAMP: types.TimestampType,
        Kind.INSTANT: types.TimestamptzType,
    }
    if of.kind is Kind.DECIMAL:
        return types.DecimalType(of.precision, of.scale)
    if of.kind is Kind.LIST:
        inner = field_id * _NESTED + 1
        element = iceberg_type(of.element or Type(kind=Kind.VARCHAR), inner)
        return types.ListType(element_id=inner, element_type=element, element_required=False)
    if of.kind is Kind.STRUCT:
        return types.StructType(
            *(
                types.NestedField(
                    field_id * _NESTED + number,
                    name,
                    iceberg_type(each, field_id * _NESTED + number),
                    required=False,
                )
                for number, (name, each) in enumerate(of.fields, start=1)
            )
        )
    return plain[of.kind]()


def nested_ids(of: Any) -> Iterator[int]:
    """The field ids inside a nested type as the catalogue gave them, outer before inner."""
    from pyiceberg import types

    if isinstance(of, types.ListType):
        yield of.element_id
        yield from nested_ids(of.element_type)
    elif isinstance(of, types.StructType):
        for field in of.fields:
            yield field.field_id
            yield from nested_ids(field.field_type)


def shape(of: Any) -> str:
    """A type without its ids, to tell whether two are the same."""
    from pyiceberg import types

    if isinstance(of, types.ListType):
        return f"list<{shape(of.element_type)}>"
    if isinstance(of, types.StructType):
        return "struct<" + ", ".join(f"{f.name}: {shape(f.field_type)}" for f in of.fields) + ">"
    return str(of)
