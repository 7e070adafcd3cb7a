"""Tables as people see them: one word for one type, whichever page they are on."""

import pyarrow as pa
import pytest

from agora.web.tables import called


@pytest.mark.parametrize(
    ("of", "word"),
    [
        (pa.int32(), "INTEGER"), (pa.int64(), "BIGINT"), (pa.string(), "VARCHAR"), (pa.bool_(), "BOOLEAN"),
        (pa.decimal128(12, 2), "DECIMAL(12,2)"), (pa.date32(), "DATE"), (pa.time64("us"), "TIME"),
        (pa.timestamp("us"), "TIMESTAMP"), (pa.timestamp("us", tz="UTC"), "TIMESTAMP WITH TIME ZONE"),
        (pa.float64(), "DOUBLE"), (pa.list_(pa.int32()), "list<item: int32>"), (pa.null(), "null"),
    ],
)  # fmt: skip
def test_types_are_called_as_labels_call_them(of, word):
    assert called(str(of)) == word
