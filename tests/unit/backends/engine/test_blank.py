"""Under a NULL of any type are zeros, and every value stays what it was."""

import duckdb
import pytest

from agora.backends.engine.duckdb.blank import blank

VALUES = {
    "BOOLEAN": "i % 2 = 0", "TINYINT": "77", "INTEGER": "i", "BIGINT": "i", "HUGEINT": "i", "DOUBLE": "i",
    "DECIMAL(9,2)": "i", "DECIMAL(38,2)": "i", "DATE": "date '2020-01-01'", "TIME": "time '10:01'",
    "TIMESTAMP": "timestamp '2020-01-01'", "TIMESTAMPTZ": "timestamptz '2020-01-01'",
    "TIMESTAMP_NS": "timestamp '2020-01-01'", "INTERVAL": "interval 3 days", "UUID": "uuid()",
    "VARCHAR": "'word ' || i", "BLOB": "'b'::blob", "BIT": "'101'", "JSON": "'1'", "BIGNUM": "i",
    "ENUM('a', 'b')": "'b'", "INTEGER[]": "[i, null]", "INTEGER[3]": "[i, 1, 2]",
    "MAP(VARCHAR, INTEGER)": "map {'a': i}", "STRUCT(a INTEGER, b VARCHAR)": "{'a': i, 'b': 'x'}",
    "STRUCT(a TIME[], b STRUCT(c DATE))[]": "[{'a': [time '10:01', null], 'b': {'c': null}}]",
    "UNION(n INTEGER, s VARCHAR)": "i::INTEGER",
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
def test_every_value_stays_and_under_a_null_is_nothing(kind):
    sql = (
        f"select case when i % 3 > 0 then ({VALUES[kind]})::{kind} end as x, case when i % 3 > 0 "
        f"then ({VALUES[kind]})::{kind} end as y from range(999) r(i)"
    )
    batch = duckdb.connect().sql(sql).to_arrow_reader(10_000).read_next_batch()
    made = blank(batch)
    made.validate(full=True)
    assert made.schema == batch.schema
    assert shown(made) == shown(batch)
    assert {byte for column in made.columns for byte in under(column)} <= {0}


def shown(batch):
    return [str(column) for column in batch.columns] + [
        column.null_count for column in batch.columns
    ]


def under(column):
    """The bytes of values of one width where there is none."""
    buffers = column.buffers()
    if len(buffers) != 2 or not column.null_count:
        return
    data, valid = bytes(buffers[1]), column.is_valid().to_pylist()
    if column.type.bit_width == 1:
        yield from (
            data[at // 8] >> at % 8 & 1 for at, is_there in enumerate(valid) if not is_there
        )
        return
    width = column.type.bit_width // 8
    for at, is_there in enumerate(valid):
        if not is_there:
            yield from data[at * width : (at + 1) * width]
